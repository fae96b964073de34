"""Frames as bars: on a screen the pixels that their paths fill on paper."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

from patchviz.plot.frames import Look, Overlay, dashed, outlines, sides

RED = (1.0, 0.0, 0.0, 1.0)

WHOLE = np.array([[20.0, 10.0, 50.0, 40.0], [-30.0, 15.0, 12.0, 36.0], [60.0, 5.0, 200.0, 52.0]])


def picture(draw: Any) -> NDArray[np.uint8]:
    renderer: Any = RendererAgg(80, 60, 72)  # type: ignore[no-untyped-call]
    draw(renderer, renderer.new_gc())
    return np.array(renderer.buffer_rgba())


@pytest.mark.parametrize("shape", [{}, {"size": 4.0}, {"size": 4.0, "least": 40.0}])
@pytest.mark.parametrize("lengths", [(), (4.0, 2.0)])
def test_pixels_are_what_the_paths_fill(
    shape: dict[str, float], lengths: tuple[float, ...]
) -> None:
    bars = sides(WHOLE, 2.0, **shape)
    bars = np.rint(bars)  # short sides may be a third of a box
    overlay = Overlay((0, 0, 80, 60), (80, 60))
    overlay.fill(bars, [Look.of(RED, lengths, 250)] * len(bars))
    flat = bars.reshape(-1, 4)
    inside = np.maximum(flat, 0.0)  # dashes begin where there are pixels

    def paths(renderer: Any, gc: Any) -> None:
        gc.set_linewidth(0.0)
        path = outlines(dashed(inside, lengths) if lengths else flat)
        renderer.draw_path(gc, path, IdentityTransform(), RED)

    wanted = picture(paths)
    assert (wanted[..., 3] == 255).any()
    np.testing.assert_array_equal(picture(overlay.draw), wanted)


def test_an_overlay_ends_where_its_axes_does() -> None:
    overlay = Overlay((10.0, 10.0, 30.4, 30.4), (80, 60))
    overlay.fill(np.array([[[0.0, 0.0, 80.0, 60.0]]]), [Look.of(RED)])
    overlay.paste(np.full((4, 6, 4), 255, np.uint8), 28.0, 28.0)
    rows, columns = np.nonzero(picture(overlay.draw)[::-1, :, 3])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (10, 29, 10, 29)
    beyond = Overlay((10.0, 10.0, 30.0, 30.0), (80, 60))
    beyond.fill(np.array([[[40.0, 0.0, 80.0, 60.0]]]), [Look.of(RED)])
    assert not picture(beyond.draw)[..., 3].any()
    assert not picture(Overlay((0, 0, 9, 9), (80, 60)).draw)[..., 3].any()
