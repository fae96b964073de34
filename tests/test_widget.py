"""The scrubber without a notebook: its index, who follows it, and what closing leaves behind."""

from __future__ import annotations

import gc
import io
import tracemalloc
import warnings
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib._pylab_helpers import Gcf
from PIL import Image

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError
from patchviz.livefigure import encode_png

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import ipywidgets
    from ipywidgets.widgets.widget import _instances


@pytest.fixture
def patches() -> pv.Patches:
    rng = np.random.default_rng(0)
    values = rng.uniform(-80, 0, (16, 100)).astype(np.float32)
    spec = pv.Spectrogram(values, sr=22050, hop_length=512, y_axis="mel", unit="dB")
    return spec.patches(frame_length=20, hop_length=4)


def view_of(patches: pv.Patches, **options: Any) -> pv.PatchView:
    _, ax = plt.subplots(figsize=(3, 2))
    return pv.PatchView(patches, ax=ax, **options)


def pixels(scrubber: pv.Scrubber) -> np.ndarray:
    (picture,) = (child for child in scrubber.children if isinstance(child, ipywidgets.Image))
    with Image.open(io.BytesIO(picture.value)) as image:
        return np.asarray(image)


def test_index_moves_slider_view_and_readout(patches: pv.Patches) -> None:
    view = view_of(patches)
    scrubber = pv.scrub(view)
    scrubber.index = 7
    assert (scrubber.slider.value, view.index) == (7, 7)
    assert np.array_equal(view.mesh.get_array(), patches[7])
    assert scrubber.readout.value == "patch 7 / 21 · 0.650-1.115 s"


def test_slider_moves_index_and_view_and_reaches_the_last_patch(patches: pv.Patches) -> None:
    view = view_of(patches)
    scrubber = pv.scrub(view)
    assert (scrubber.slider.min, scrubber.slider.max) == (0, len(patches) - 1)
    scrubber.slider.value = scrubber.slider.max
    assert (scrubber.index, view.index) == (20, 20)
    assert np.array_equal(view.mesh.get_array(), patches[-1])


def test_view_and_its_animation_move_the_scrubber(patches: pv.Patches) -> None:
    view = view_of(patches)
    scrubber = pv.scrub(view)
    view.index = 3
    assert (scrubber.index, scrubber.slider.value) == (3, 3)
    animation = pv.animate(view)
    animation._draw_frame(5)  # what its timer does
    assert (scrubber.index, scrubber.slider.value) == (5, 5)
    scrubber.index = 8
    assert next(animation.new_frame_seq()) == 8


def test_starts_at_the_patch_that_the_view_shows(patches: pv.Patches) -> None:
    scrubber = pv.scrub(view_of(patches, index=4))
    assert (scrubber.index, scrubber.slider.value) == (4, 4)


def test_negative_indices_count_from_the_end(patches: pv.Patches) -> None:
    scrubber = pv.scrub(patches)
    scrubber.index = -1
    assert scrubber.index == len(patches) - 1
    scrubber.index = np.int64(2)
    assert scrubber.index == 2
    assert type(scrubber.index) is int


@pytest.mark.parametrize(
    ("index", "error", "message"),
    [
        (21, PatchIndexError, "index=21 is out of range: there are 21 patches, 0 to 20"),
        (-22, PatchIndexError, "index=-22 is out of range"),
        (1.5, InvalidValueError, "index=1.5 is not a whole number. It must be a whole number"),
        ("3", InvalidTypeError, "index='3' is of type str. It must be a whole number."),
        (True, InvalidTypeError, "index=True is of type bool. It must be a whole number."),
    ],
)
def test_an_index_that_no_patch_has_is_refused_and_nothing_changes(
    patches: pv.Patches, index: Any, error: type[Exception], message: str
) -> None:
    view = view_of(patches)
    scrubber = pv.scrub(view)
    scrubber.index = 7
    seen: list[int] = []
    scrubber.observe(lambda change: seen.append(change.new), "index")
    before = pixels(scrubber)
    with pytest.raises(error) as caught:
        scrubber.index = index
    assert str(caught.value).startswith(message)
    with pytest.raises(error), scrubber.hold_trait_notifications():
        scrubber.index = index
    assert (scrubber.index, scrubber.slider.value, view.index, seen) == (7, 7, 7, [])
    assert np.array_equal(pixels(scrubber), before)


def test_python_watches(patches: pv.Patches) -> None:
    scrubber = pv.scrub(patches)
    indices: list[int] = []
    seen: list[np.ndarray] = []
    scrubber.observe(lambda change: indices.append(change.new), "index")
    disconnect = scrubber.on_patch(seen.append)
    scrubber.index = 2
    scrubber.slider.value = 9
    scrubber.index = 9
    assert indices == [2, 9]
    assert [np.shares_memory(patch, patches.values) for patch in seen] == [True, True]
    assert np.array_equal(seen[1], patches[9])
    assert np.array_equal(scrubber.patch, patches[9])
    assert scrubber.interval == patches.time(9)
    disconnect()
    scrubber.index = 3
    assert len(seen) == 2


def test_on_patch_refuses_what_cannot_be_called(patches: pv.Patches) -> None:
    with pytest.raises(InvalidTypeError, match="callback=3 must be callable with one argument"):
        pv.scrub(patches).on_patch(3)  # type: ignore[arg-type]


def test_scrub_refuses_what_is_no_patches() -> None:
    with pytest.raises(InvalidTypeError, match=r"patches is of type list\. It must be P"):
        pv.scrub([1, 2])  # type: ignore[arg-type]


def test_picture_is_the_figure_with_what_callbacks_draw(patches: pv.Patches) -> None:
    view = view_of(patches)
    (line,) = view.ax.plot([0.1, 0.1], [0, 5000], color="white")
    view.on_index(lambda index: line.set_xdata([0.02 * index] * 2))
    scrubber = pv.scrub(view)
    for index in (3, 9):
        scrubber.index = index
        shown = pixels(scrubber)
        figure, ax = plt.subplots(figsize=(3, 2))
        pv.PatchView(patches, ax=ax, index=index)
        ax.plot([0.02 * index] * 2, [0, 5000], color="white")
        figure.canvas.draw()
        drawn = np.asarray(figure.canvas.buffer_rgba())[..., :3]
        assert np.array_equal(shown, drawn)


def test_pyplot_forgets_the_figure_that_the_scrubber_shows(patches: pv.Patches) -> None:
    view = view_of(patches)
    number = view.figure.number
    pv.scrub(view)
    assert not plt.fignum_exists(number)
    pv.scrub(patches)
    assert not Gcf.figs


def test_png_holds_the_pixels() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    with Image.open(io.BytesIO(encode_png(rgb))) as image:
        assert np.array_equal(np.asarray(image), rgb)


# -- closing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("of", ["patches", "view"])
def test_closing_leaves_no_widget_no_figure_and_no_callback(patches: pv.Patches, of: str) -> None:
    before = set(_instances)
    view = view_of(patches)
    scrubber = pv.scrub(patches if of == "patches" else view)
    scrubber.observe(print, "index")
    comms = scrubber.comm
    scrubber.close()
    scrubber.close()  # a second time does nothing
    assert set(_instances) == before
    assert comms is not None
    assert scrubber.comm is None
    assert not view._callbacks
    assert not view.mesh.get_animated()
    view.index = 5
    plt.close(view.figure)
    assert not Gcf.figs


def churn(patches: pv.Patches, n: int) -> None:
    for _ in range(n):
        scrubber = pv.scrub(patches)
        scrubber.index = 3
        scrubber.close()
    gc.collect()


def memory_grows_by(patches: pv.Patches, n: int) -> tuple[int, int]:
    """Bytes and objects that n scrubbers, made and closed, leave behind."""
    tracemalloc.start()
    try:
        churn(patches, 5)  # fills caches
        n_objects, n_bytes = len(gc.get_objects()), tracemalloc.get_traced_memory()[0]
        churn(patches, n)
        return tracemalloc.get_traced_memory()[0] - n_bytes, len(gc.get_objects()) - n_objects
    finally:
        tracemalloc.stop()


def test_scrubbers_made_and_closed_leave_memory_flat(patches: pv.Patches) -> None:
    grown, n_objects = memory_grows_by(patches, 10)
    assert grown < 200_000
    assert n_objects < 100
    assert not Gcf.figs


@pytest.mark.slow
def test_a_thousand_scrubbers_made_and_closed_leave_memory_flat(patches: pv.Patches) -> None:
    grown, n_objects = memory_grows_by(patches, 1000)
    assert grown < 1_000_000
    assert n_objects < 100
