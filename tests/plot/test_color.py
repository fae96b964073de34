"""One colour scale, taken from the whole spectrogram."""

from __future__ import annotations

import copy
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib import colors
from matplotlib.figure import Figure

from patchviz._util import reductions
from patchviz._util.reductions import FiniteRange, finite_range
from patchviz.core.spectrogram import Spectrogram
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.plot import color
from patchviz.plot.color import ColorScale
from patchviz.plot.overview import plot_spectrogram

VALUES = np.linspace(-3.0, 2.0, 24).reshape(4, 6)


def test_it_spans_the_spectrogram() -> None:
    scale = ColorScale.of(Spectrogram(VALUES, quantity="Level", unit="dB"))
    assert (scale.vmin, scale.vmax) == (-3.0, 2.0)
    assert scale.label == "Level (dB)"
    assert scale.cmap.name == "magma"


@pytest.mark.parametrize(
    ("quantity", "unit", "label"),
    [("", "", ""), ("Energy", "", "Energy"), ("", "dB", "dB"), ("Level", "dB", "Level (dB)")],
)
def test_label(quantity: str, unit: str, label: str) -> None:
    assert ColorScale.of(Spectrogram(VALUES, quantity=quantity, unit=unit)).label == label


def test_gaps_do_not_count() -> None:
    values = VALUES.copy()
    values[0, 0], values[-1, -1] = -np.inf, np.nan
    scale = ColorScale.of(Spectrogram(values))
    assert (scale.vmin, scale.vmax) == (VALUES[0, 1], VALUES[-1, -2])


@pytest.mark.parametrize(
    ("value", "limits"), [(np.nan, (0.0, 1.0)), (7.0, (6.5, 7.5)), (0.0, (-0.5, 0.5))]
)
def test_flat_spectrograms_are_drawn(value: float, limits: tuple[float, float]) -> None:
    spec = Spectrogram(np.full((3, 4), value))
    scale = ColorScale.of(spec)
    assert (scale.vmin, scale.vmax) == limits
    figure = Figure()
    plot_spectrogram(spec, ax=figure.add_subplot(), colorbar=True)
    figure.draw_without_rendering()


@pytest.mark.parametrize("clim", [(-80, 0), [-80.0, 0.0], np.array([-80, 0]), (np.float32(-80), 0)])
def test_limits_of_ones_own(clim: Any) -> None:
    scale = ColorScale.of(Spectrogram(VALUES), clim=clim)
    assert (scale.vmin, scale.vmax) == (-80.0, 0.0)


def test_colormaps() -> None:
    spec = Spectrogram(VALUES)
    assert ColorScale.of(spec, cmap="gray_r").cmap.name == "gray_r"
    own = colors.ListedColormap(["k", "w"])
    assert ColorScale.of(spec, cmap=own).cmap is own


def test_a_norm_of_ones_own_is_used_itself() -> None:
    norm = colors.PowerNorm(0.5, vmin=0, vmax=1)
    scale = ColorScale.of(Spectrogram(VALUES), norm=norm)
    assert scale.norm is norm
    assert (scale.vmin, scale.vmax) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("norm", "limits"),
    [
        (colors.Normalize(), (-3.0, 2.0)), (colors.Normalize(vmin=-1), (-1.0, 2.0)),
        (colors.CenteredNorm(), (-3.0, 3.0)), (colors.TwoSlopeNorm(0), (-3.0, 2.0)),
        (colors.SymLogNorm(0.1), (-3.0, 2.0)), (colors.BoundaryNorm([-2, 0, 1], 256), (-2.0, 1.0)),
        (colors.LogNorm(), (VALUES[VALUES > 0].min(), 2.0)),
    ],
)  # fmt: skip
def test_limits_that_a_norm_lacks_are_filled_in(
    norm: colors.Normalize, limits: tuple[float, float]
) -> None:
    spec = Spectrogram(VALUES)
    scale = ColorScale.of(spec, norm=norm)
    assert (scale.vmin, scale.vmax) == limits
    figure = Figure()
    plot_spectrogram(spec, ax=figure.add_subplot(), norm=norm, colorbar=True)
    figure.draw_without_rendering()


PAIR = "must be a pair of numbers, (lowest, highest)."


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"clim": (1, 0)}, InvalidValueError,
         "clim=(1, 0) does not rise. It must be (lowest, highest) with lowest < highest."),
        ({"clim": (1, 1)}, InvalidValueError,
         "clim=(1, 1) does not rise. It must be (lowest, highest) with lowest < highest."),
        ({"clim": (np.nan, 1)}, InvalidValueError,
         "clim[0]=nan is not allowed. It must be a finite number."),
        ({"clim": (0, "1")}, InvalidTypeError,
         "clim[1]='1' is of type str. It must be a finite number."),
        ({"clim": (0, None)}, InvalidTypeError,
         "clim[1]=None is of type NoneType. It must be a finite number."),
        ({"clim": 5}, InvalidTypeError, f"clim=5 {PAIR}"),
        ({"clim": (0, 1, 2)}, InvalidTypeError, f"clim=(0, 1, 2) {PAIR}"),
        ({"cmap": "magna"}, InvalidValueError,
         "cmap='magna' is no colormap of matplotlib. matplotlib.colormaps lists them. "
         "Did you mean 'magma'?"),
        ({"cmap": "?"}, InvalidValueError,
         "cmap='?' is no colormap of matplotlib. matplotlib.colormaps lists them."),
        ({"cmap": 3}, InvalidTypeError,
         "cmap=3 is of type int. It must be a matplotlib Colormap or the name of one."),
        ({"norm": "log"}, InvalidTypeError,
         "norm is of type str. It must be a matplotlib.colors.Normalize."),
        ({"norm": colors.LogNorm(-5, 5)}, InvalidValueError,
         "norm=LogNorm cannot span -5 to 5. Give it a vmin and a vmax that suit it."),
        ({"norm": colors.Normalize(vmin=4)}, InvalidValueError,
         "norm=Normalize cannot span 4 to 2, with values from -3 to 2. Give it a vmin and a vmax "
         "that suit it."),
    ],
)  # fmt: skip
def test_bad_options(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        ColorScale.of(Spectrogram(VALUES), **options)
    assert str(caught.value) == message


class Robust(colors.Normalize):
    """Somebody's own, which looks at every value."""

    def autoscale_None(self, A: Any) -> None:  # noqa: N802, N803
        if not self.scaled():
            self.vmin, self.vmax = np.percentile(A, [10, 90])


class Fivefold(colors.CenteredNorm):
    """As Robust, by the method that its base's autoscale_None calls."""

    def autoscale(self, A: Any) -> None:  # noqa: N803
        self.halfrange = 5 * float(np.mean(np.abs(A)))


OF_RANGES = [
    colors.SymLogNorm(0.1), colors.SymLogNorm(0.1, vmax=20), colors.AsinhNorm(),
    colors.PowerNorm(0.5), colors.CenteredNorm(), colors.CenteredNorm(0.5),
    colors.TwoSlopeNorm(0), colors.TwoSlopeNorm(7), colors.TwoSlopeNorm(-7, vmin=-9),
    colors.BoundaryNorm([-2, 0, 1], 256), colors.NoNorm(),
]  # fmt: skip
LOGARITHMIC = [colors.LogNorm(), colors.LogNorm(vmin=0.25), colors.LogNorm(vmax=50)]
OF_ALL_VALUES = [colors.FuncNorm((np.sqrt, np.square)), Robust(), Fivefold()]


@pytest.mark.filterwarnings("ignore:invalid value encountered in sqrt")
@pytest.mark.parametrize("low", [-3.0, 0.0, 0.5])
@pytest.mark.parametrize(
    "norm", [*OF_RANGES, *LOGARITHMIC, *OF_ALL_VALUES], ids=lambda norm: type(norm).__name__
)
def test_limits_are_those_that_all_values_give(
    norm: colors.Normalize, low: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reductions, "_BLOCK_SIZE", 7)
    if norm not in OF_ALL_VALUES:
        monkeypatch.setattr(color, "finite_values", None)  # nor is anything copied
    values = np.random.default_rng(0).permutation(np.linspace(low, 9.0, 60)).reshape(6, 10)
    values[2, 3], values[4, 5], values[0, 0] = np.nan, np.inf, -np.inf
    expected = copy.deepcopy(norm)
    expected.autoscale_None(values[np.isfinite(values)])
    scale = ColorScale.of(Spectrogram(values), norm=copy.deepcopy(norm))
    assert (scale.vmin, scale.vmax) == (expected.vmin, expected.vmax)


@pytest.mark.parametrize("norm", [None, *OF_RANGES], ids=lambda norm: type(norm).__name__)
def test_one_scale_spans_two_recordings(norm: colors.Normalize | None) -> None:
    ranges = [finite_range(VALUES), finite_range(VALUES * 4 + 1)]
    merged, reverse = (
        ColorScale.of_range(one | another, norm=copy.deepcopy(norm), label="Level (dB)")
        for one, another in (ranges, ranges[::-1])
    )
    both = np.hstack([VALUES, VALUES * 4 + 1])
    whole = ColorScale.of(Spectrogram(both), norm=copy.deepcopy(norm))
    assert (merged.vmin, merged.vmax) == (reverse.vmin, reverse.vmax) == (whole.vmin, whole.vmax)
    assert (merged.label, merged.cmap) == ("Level (dB)", whole.cmap)


def test_a_range_of_nothing() -> None:
    scale = ColorScale.of_range(FiniteRange())
    assert (scale.vmin, scale.vmax, scale.label) == (0.0, 1.0, "")


def test_a_logarithm_of_a_range() -> None:
    """Which tells the smallest positive value if all are positive."""
    scale = ColorScale.of_range(FiniteRange(0.5, 2.0), norm=colors.LogNorm())
    assert (scale.vmin, scale.vmax) == (0.5, 2.0)
    scale = ColorScale.of_range(FiniteRange(-3.0, 2.0), norm=colors.LogNorm(vmin=0.25))
    assert (scale.vmin, scale.vmax) == (0.25, 2.0)


@pytest.mark.parametrize("norm", [colors.LogNorm(), colors.LogNorm(vmax=3), *OF_ALL_VALUES])
def test_a_range_that_tells_no_limits(norm: colors.Normalize) -> None:
    with pytest.raises(InvalidValueError) as caught:
        ColorScale.of_range(FiniteRange(-3.0, 2.0), norm=copy.deepcopy(norm))
    assert str(caught.value) == (
        f"norm={type(norm).__name__} lacks limits that the values' range, -3 to 2, does not tell. "
        "Give it a vmin and a vmax."
    )


@pytest.mark.parametrize(
    "norm", [colors.TwoSlopeNorm(0), colors.LogNorm(), colors.CenteredNorm(), *OF_ALL_VALUES]
)
def test_a_norm_for_gaps_alone(norm: colors.Normalize) -> None:
    with pytest.raises(InvalidValueError) as caught:
        ColorScale.of(Spectrogram(np.full((3, 4), np.nan)), norm=norm)
    assert str(caught.value) == (
        f"norm={type(norm).__name__} cannot span nan to nan. "
        "Give it a vmin and a vmax that suit it."
    )


def test_a_logarithm_of_decibels() -> None:
    with pytest.raises(InvalidValueError) as caught:
        ColorScale.of(Spectrogram(VALUES - 5), norm=colors.LogNorm())
    assert str(caught.value) == (
        "norm=LogNorm cannot span 0 to 0, with values from -8 to -3. Give it a vmin and a vmax "
        "that suit it."
    )


def test_limits_or_a_norm() -> None:
    with pytest.raises(InvalidValueError, match=r"both set the limits\. Give one of them\.$"):
        ColorScale.of(Spectrogram(VALUES), clim=(0, 1), norm=colors.Normalize())


def test_the_default_is_not_changed_by_a_style() -> None:
    with matplotlib.rc_context({"image.cmap": "jet"}):
        assert ColorScale.of(Spectrogram(VALUES)).cmap.name == "magma"
