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
from patchviz._util.reductions import FiniteRange, finite_range, finite_reduced
from patchviz.core.spectrogram import Spectrogram
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.plot import color, limits
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
    figure = Figure((3, 2))
    plot_spectrogram(spec, ax=figure.add_subplot(), norm=norm, colorbar=True)
    figure.draw_without_rendering()


PAIR = (
    'must be a pair of numbers or percentiles, (lowest, highest) or ("1%", "99.5%"), or "robust".'
)


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


# -- percentiles -------------------------------------------------------------------------------


def test_percentiles_are_those_of_the_finite_values(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(1).normal(size=(6, 5000)).astype(np.float32)
    values[2, 7], values[3, 9], values[0, 0] = np.nan, np.inf, 1e30
    finite = values[np.isfinite(values)]
    spec = Spectrogram(values)
    for clim, percents in (("robust", (2, 98)), (("1%", "99.5%"), (1, 99.5))):
        scale = ColorScale.of(spec, clim=clim)
        np.testing.assert_allclose((scale.vmin, scale.vmax), np.percentile(finite, percents))
    scale = ColorScale.of(spec, clim=("1%", 7))
    assert (scale.vmin, scale.vmax) == (pytest.approx(np.percentile(finite, 1)), 7.0)
    # Of a long recording they are those of columns spread over it, whatever repeats in it.
    monkeypatch.setattr(reductions, "_SAMPLE", 6 * 1000)
    values[:, ::5] = 1e6
    few = ColorScale.of(Spectrogram(values), clim=("10%", "60%"))
    finite = values[np.isfinite(values)]
    assert few.vmin == pytest.approx(np.percentile(finite, 10), abs=0.2)
    assert few.vmax == pytest.approx(np.percentile(finite, 60), abs=0.2)


@pytest.mark.parametrize("reduce", ["max", "mean", "median"])
def test_percentiles_are_those_of_what_pixels_show(
    monkeypatch: pytest.MonkeyPatch, reduce: Any
) -> None:
    """Of a loud frame here and there the cells' 98th percentile is quiet, and pixels are not."""
    monkeypatch.setattr(limits, "_PIXELS", 50)
    values = np.random.default_rng(2).uniform(-80, -40, (6, 5000)).astype(np.float32)
    values[:, ::190] = 0.0
    spec = Spectrogram(values, unit="dB")
    shown = finite_reduced(values.reshape(6, 50, 100), 2, reduce, decibels=True)
    scale = ColorScale.of(spec, clim="robust", n_columns=5000, reduce=reduce)
    np.testing.assert_allclose((scale.vmin, scale.vmax), np.percentile(shown, (2, 98)))
    # Where pixels have a column each, as in patches, they are those of the cells.
    scale = ColorScale.of(spec, clim="robust", n_columns=50, reduce=reduce)
    np.testing.assert_allclose((scale.vmin, scale.vmax), np.percentile(values, (2, 98)))


def test_percentiles_of_a_long_picture_are_those_of_some_pixels() -> None:
    """What pixels show of hours is known from maxima, or looked at in some of them."""
    rng = np.random.default_rng(3)
    values = rng.uniform(0, 1, (2, 1_100_000)).astype(np.float32)
    shown = values[:, : 1000 * 1100].reshape(2, 1000, 1100).max(axis=2)
    scale = ColorScale.of(Spectrogram(values), clim="robust", n_columns=values.shape[1])
    low, high = np.percentile(shown, (2, 98))
    assert scale.vmin == pytest.approx(low, abs=0.002)
    assert scale.vmax == pytest.approx(high, abs=0.001)
    scale = ColorScale.of(
        Spectrogram(values), clim=("2%", "98%"), n_columns=values.shape[1], reduce="mean"
    )
    assert 0.4 < scale.vmin < 0.5 < scale.vmax < 0.6


def test_percentiles_of_what_is_nearly_all_alike_are_the_whole_range() -> None:
    values = np.full((4, 100), -80.0)
    values[1, 3] = 0.0
    scale = ColorScale.of(Spectrogram(values), clim="robust")
    assert (scale.vmin, scale.vmax) == (-80.0, 0.0)
    gaps = ColorScale.of(Spectrogram(np.full((2, 3), np.nan)), clim=("5%", 7))
    assert (gaps.vmin, gaps.vmax) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("clim", "message"),
    [
        ("robst", "clim='robst' is not allowed. It must be 'robust', or limits such as (-80, 0)"),
        (("1%", "1%"), "clim=(1%, 1%) does not rise. It must be (lowest, highest) with lowest <"),
        ((9, "98%"), "clim=(9, 2.6) does not rise."),
        (
            ("1%", "101%"),
            "clim[1]='101%' is not allowed. It must be a number, or a percentile from "
            '"0%" to "100%".',
        ),
        (("x%", 1), "clim[0]='x%' is not allowed."),
    ],
)
def test_limits_that_are_none_are_refused(clim: Any, message: str) -> None:
    values = np.linspace(0, 2.65306122, 50).reshape(5, 10)
    with pytest.raises(InvalidValueError) as caught:
        ColorScale.of(Spectrogram(values), clim=clim)
    assert str(caught.value).startswith(message)


def test_percentiles_of_levels_leave_out_what_holds_nothing() -> None:
    values = np.linspace(-100, -20, 400).reshape(4, 100)
    values = np.concatenate([np.full((2, 100), -300.0), values])
    spec = Spectrogram(values, unit="dB re full scale²/Hz", floor=-300.0)
    scale = ColorScale.of(spec, clim="robust")
    np.testing.assert_allclose((scale.vmin, scale.vmax), np.percentile(values[2:], (2, 98)))


def test_what_stands_out_begins_at_the_median() -> None:
    values = np.random.default_rng(0).normal(size=(3, 50))
    above = Spectrogram(values, unit="dB").minus_floor()
    assert ColorScale.of(above).vmin == 0
    assert ColorScale.of(above).vmax == above.finite_range[1]
