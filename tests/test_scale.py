"""One colour scale, from the whole spectrogram."""

from __future__ import annotations

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import LogNorm, Normalize

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.scale import ColorScale


def of(values: object = ((0.0, 5.0), (-3.0, 2.0)), **meaning: object) -> pv.Spectrogram:
    return pv.Spectrogram(values, **meaning)  # type: ignore[arg-type]


def test_it_spans_the_whole_spectrogram_in_magma() -> None:
    scale = ColorScale.of(of())
    assert (scale.vmin, scale.vmax) == (-3, 5)
    assert scale.cmap.name == "magma"


@pytest.mark.parametrize(
    ("meaning", "label"),
    [
        ({}, ""),
        ({"unit": "dB"}, "dB"),
        ({"quantity": "Level"}, "Level"),
        ({"quantity": "Level", "unit": "dB"}, "Level (dB)"),
    ],
)
def test_the_label_is_quantity_and_unit(meaning: dict[str, str], label: str) -> None:
    assert ColorScale.of(of(**meaning)).label == label


def test_flat_and_empty_values_have_a_range_too() -> None:
    flat = ColorScale.of(of([[7.0, 7.0]]))
    assert flat.vmin < 7 < flat.vmax
    nothing = ColorScale.of(of([[np.nan, np.inf]]))
    assert (nothing.vmin, nothing.vmax) == (0, 1)
    gaps = ColorScale.of(of([[np.nan, -np.inf, 3.0, 1.0]]))
    assert (gaps.vmin, gaps.vmax) == (1, 3)


def test_limits_colormap_and_norm_of_ones_own() -> None:
    assert ColorScale.of(of(), clim=(-1, 1)).norm(0) == 0.5
    assert ColorScale.of(of(), clim=np.array([-1, 1])).vmax == 1  # type: ignore[arg-type]
    viridis = matplotlib.colormaps["viridis"]
    assert ColorScale.of(of(), cmap="viridis").cmap == viridis
    assert ColorScale.of(of(), cmap=viridis).cmap is viridis
    norm = Normalize(vmax=4)
    scale = ColorScale.of(of(), norm=norm)
    assert scale.norm is norm
    assert (scale.vmin, scale.vmax) == (-3, 4)
    log = ColorScale.of(of([[0.0, 1.0, 100.0]]), norm=LogNorm())
    assert (log.vmin, log.vmax) == (1, 100)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"clim": (1, 1)}, InvalidValueError, r"clim=\(1, 1\) does not rise"),
        ({"clim": (2, 1)}, InvalidValueError, r"clim=\(2, 1\) does not rise"),
        ({"clim": (0, np.inf)}, InvalidValueError, r"clim\[1\]=inf is not allowed"),
        ({"clim": 3}, InvalidTypeError, "clim=3 must be a pair of numbers"),
        ({"clim": (1, 2, 3)}, InvalidTypeError, "must be a pair of numbers"),
        ({"clim": ("a", "b")}, InvalidTypeError, r"clim\[0\]='a'"),
        ({"cmap": "magmaa"}, InvalidValueError, "Did you mean 'magma'"),
        ({"cmap": 3}, InvalidTypeError, "cmap=3 is of type int"),
        ({"norm": "log"}, InvalidTypeError, "norm is of type str"),
        ({"norm": Normalize(), "clim": (0, 1)}, InvalidValueError, "Give one of them"),
    ],
)
def test_what_is_no_scale(options: dict[str, object], error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        ColorScale.of(of(), **options)  # type: ignore[arg-type]
