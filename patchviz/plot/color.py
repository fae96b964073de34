"""One colour scale, taken from the range of all values and shared by every panel and frame."""

from __future__ import annotations

import copy
import dataclasses
import difflib
import math
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.colors import (
    AsinhNorm,
    CenteredNorm,
    Colormap,
    LinearSegmentedColormap,
    ListedColormap,
    LogNorm,
    Normalize,
    SymLogNorm,
    TwoSlopeNorm,
)

from .._util.reductions import (
    FiniteRange,
    Reduction,
    are_decibels,
    finite_values,
    least_positive,
)
from .._util.text import one_line
from ..errors import Argument, Code, InvalidTypeError, InvalidValueError
from ..features.framed import OWN_SCALE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.colors import Norm  # which matplotlib 3.10 has not
    from numpy.typing import NDArray

    from ..core.patches import Patches

from ..core.spectrogram import Spectrogram
from .limits import MAX_LIMIT, ColorLimits, check_clim, limits_of, limits_of_range, numbers_of

__all__ = [
    "ColorScale",
    "byte_colors",
    "extremes",
    "find_cmap",
    "normed",
]

DEFAULT_CMAP = "magma"

# Of levels that nothing cuts off, such as those of silence in dB re full scale, a picture shows so
# much below the loudest one unless it is told: what relative ones have.
DEPTH = 80.0  # dB

# How those norms find limits that look at nothing but the smallest and the largest value.
_FROM_RANGE = {
    CenteredNorm.autoscale,
    *(norm.autoscale_None for norm in (Normalize, TwoSlopeNorm, SymLogNorm, AsinhNorm)),
}


@dataclasses.dataclass(frozen=True)
class ColorScale:
    """Which colour a value has.

    Attributes
    ----------
    cmap : matplotlib.colors.Colormap
    norm : matplotlib.colors.Normalize
        Shared, not copied, by everything that is drawn with this scale: changing its limits
        changes every panel.
    label : str
        What the colour bar says: the quantity and the unit of the values.
    decibels : bool
        Whether values are levels, of which a mean is that of powers.
    """

    cmap: Colormap
    norm: Normalize
    label: str
    decibels: bool = False

    @classmethod
    def of(
        cls,
        spectrogram: Spectrogram,
        *,
        cmap: str | Colormap | None = None,
        clim: ColorLimits | None = None,
        norm: Normalize | None = None,
        n_columns: int = 0,
        reduce: Reduction = "max",
    ) -> ColorScale:
        """Return the scale that spans a whole spectrogram.

        Parameters
        ----------
        spectrogram : Spectrogram
        cmap, clim, norm
            As in `of_range`; `norm` may lack any limits, and `clim` be ``"robust"`` or have
            percentiles, which the values tell.
        n_columns : int, optional
            How many columns a picture shows at once. Where these are more than its pixels,
            percentiles are those of what the pixels show.
        reduce : {"max", "mean", "median"}
            What a pixel shows that several cells share.

        Returns
        -------
        ColorScale

        Raises
        ------
        InvalidValueError, InvalidTypeError
            If `cmap` is no colormap, `clim` are no limits that rise, both `clim` and `norm` are
            given, or `norm` can show none of the values.
        """
        found = FiniteRange()
        if clim is not None and norm is None:
            clim = limits_of(spectrogram, check_clim(clim), n_columns, reduce)
        elif clim is None and not (isinstance(norm, Normalize) and norm.scaled()):
            # Or a recording of hours would be looked through for nothing.
            found = FiniteRange(*spectrogram.finite_range, spectrogram.n_nonfinite)
            if spectrogram.unit == "dB" and found.minimum == found.maximum:
                # Of silence: its level is the lowest, and what is louder would be brighter.
                found = found._replace(maximum=max(0.0, found.minimum + 1.0))
            elif spectrogram.unit.startswith("dB re ") and spectrogram.floor is not None:
                found = found._replace(minimum=max(found.minimum, found.maximum - DEPTH))
            elif spectrogram.unit.endswith("above the median") and found.maximum > 0:
                found = found._replace(minimum=max(found.minimum, 0.0))
            if isinstance(norm, Normalize) and not (
                math.isnan(found.minimum) or _fills_in(found, norm)
            ):
                norm.autoscale_None(extremes(spectrogram.values, norm, found))
        quantity, unit = one_line(spectrogram.quantity), one_line(spectrogram.unit)
        label = f"{quantity} ({unit})" if quantity and unit else quantity or unit
        scale = cls.of_range(found, label=label, cmap=cmap, clim=clim, norm=norm)
        return dataclasses.replace(scale, decibels=are_decibels(spectrogram.unit))

    @classmethod
    def of_several(
        cls,
        recordings: Iterable[Patches],
        *,
        cmap: str | Colormap | None = None,
        clim: ColorLimits | None = None,
        norm: Normalize | None = None,
        reduce: Reduction = "max",
    ) -> ColorScale:
        """Return the scale that spans all recordings whose patches are shown, as `of` does of one.

        It goes from the lowest limit of one of them to the highest; of one it is its own.
        """
        scales: list[ColorScale] = []
        of_gaps: list[ColorScale] = []  # which say nothing, where there are others
        for one in recordings:
            is_empty = math.isnan(one.spectrogram.finite_range[0])
            if is_empty and (scales or of_gaps):
                continue
            scale = cls.of(
                one.spectrogram, cmap=cmap, clim=clim, reduce=reduce, norm=copy.deepcopy(norm),
                n_columns=one.frame_length,
            )  # fmt: skip
            (of_gaps if is_empty else scales).append(scale)
        scales = scales or of_gaps
        if len(scales) == 1 and norm is None:
            return scales[0]
        limits = min(scale.vmin for scale in scales), max(scale.vmax for scale in scales)
        if norm is None:
            norm = Normalize(*limits)
        else:
            norm.autoscale_None(limits)
        label = scales[0].label
        if len(scales) > 1:
            label = label.replace(OWN_SCALE, f"{OWN_SCALE} of each")
        return dataclasses.replace(scales[0], norm=norm, label=label)

    @classmethod
    def of_range(
        cls,
        finite_range: FiniteRange,
        *,
        label: str = "",
        cmap: str | Colormap | None = None,
        clim: ColorLimits | None = None,
        norm: Normalize | None = None,
    ) -> ColorScale:
        """Return the scale that spans a range, such as the merged ranges of several recordings.

        Parameters
        ----------
        finite_range : FiniteRange
            Of all values that are shown; ranges merge: ``of_one | of_another``.
        label : str, default: ""
            What the colour bar says.
        cmap : str or Colormap, default: "magma"
        clim : (float, float), optional
            Values of the lowest and the highest colour; by default the ends of the range, which
            tells no percentiles.
        norm : Normalize, optional
            A norm of one's own in place of `clim`. Limits that it lacks are filled in, where a
            range tells them: a logarithmic norm takes the smallest positive value for its vmin.

        Returns
        -------
        ColorScale

        Raises
        ------
        InvalidValueError, InvalidTypeError
            As `of` does, and if the range does not tell `norm` the limits that it lacks.

        Examples
        --------
        >>> import numpy as np
        >>> from patchviz._util.reductions import finite_range
        >>> from patchviz.plot.color import ColorScale
        >>> morning, noon = np.array([[-60.0, -20.0]]), np.array([[-35.0, -5.0]])
        >>> scale = ColorScale.of_range(finite_range(morning) | finite_range(noon))
        >>> scale.vmin, scale.vmax
        (-60.0, -5.0)
        """
        if norm is not None and clim is not None:
            raise InvalidValueError(
                Argument("clim", clim),
                " and ",
                Argument("norm", norm),
                " both set the limits",
                remedy="Give one of them.",
            )
        if norm is None and clim is None:
            norm = Normalize(*limits_of_range(finite_range))
        elif norm is None:
            norm = Normalize(*numbers_of(check_clim(clim)))
        elif not isinstance(norm, Normalize):
            raise InvalidTypeError(
                Argument("norm"),
                f" is of type {type(norm).__name__}",
                allowed="a matplotlib.colors.Normalize",
            )
        else:
            _fill_in(norm, finite_range)
        return cls(find_cmap(cmap), norm, label)

    @property
    def vmin(self) -> float:
        """Value of the lowest colour."""
        return float(self.norm.vmin)  # type: ignore[arg-type]  # of() leaves no limit open

    @property
    def vmax(self) -> float:
        """Value of the highest colour."""
        return float(self.norm.vmax)  # type: ignore[arg-type]


def find_cmap(cmap: str | Colormap | None) -> Colormap:
    """Return a colormap given itself, its name, or nothing (magma)."""
    if isinstance(cmap, Colormap):
        return cmap
    if cmap is None:
        return matplotlib.colormaps[DEFAULT_CMAP]
    if not isinstance(cmap, str):
        raise InvalidTypeError(
            Argument("cmap", cmap),
            f" is of type {type(cmap).__name__}",
            allowed="a matplotlib Colormap or the name of one",
        )
    if cmap not in matplotlib.colormaps:
        near = difflib.get_close_matches(cmap, matplotlib.colormaps, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise InvalidValueError(
            Argument("cmap", cmap),
            " is no colormap of matplotlib",
            remedy=f"matplotlib.colormaps lists them.{hint}",
        )
    return matplotlib.colormaps[cmap]


def normed(norm: Norm, values: NDArray[Any]) -> np.ma.MaskedArray[Any, Any]:
    """Return what a norm makes of values, far beyond its limits too.

    A norm reckons in the values' own type: half precision has no room for differences of its own.
    """
    if values.dtype.kind == "f" and values.dtype.itemsize < 4:
        values = values.astype(np.float32)
    with np.errstate(over="ignore"):  # which is as far beyond as can be
        return np.ma.asarray(norm(values))


def byte_colors(cmap: Colormap, fractions: NDArray[Any], alpha: float | None) -> NDArray[np.uint8]:
    """Return the colours of values that a norm has looked at, in bytes that Agg would paint.

    Agg rounds them; ``cmap(fractions, bytes=True)`` truncates, which is a shade darker.
    """
    if type(cmap) not in (LinearSegmentedColormap, ListedColormap):
        return _rounded(cmap(fractions, alpha=alpha)).astype(np.uint8)
    # A table of rounded colours loses nothing when it is truncated, and is quickly made.
    ends = {"bad": cmap.get_bad(), "under": cmap.get_under(), "over": cmap.get_over()}
    rounded: dict[str, Any] = {end: _rounded(color) / 255 for end, color in ends.items()}
    table = ListedColormap(_rounded(cmap(np.arange(cmap.N))) / 255).with_extremes(**rounded)
    alpha = None if alpha is None else float(_rounded(alpha)) / 255
    colors: NDArray[np.uint8] = table(fractions, alpha=alpha, bytes=True)
    return colors


def _rounded(colors: Any) -> NDArray[np.float64]:
    return np.asarray(np.floor(np.asarray(colors) * 255 + 0.5))


def extremes(values: NDArray[Any], norm: Norm, found: FiniteRange) -> NDArray[Any]:
    """Return as few finite values of an array as tell a norm its limits: as a rule, two.

    Parameters
    ----------
    values : ndarray, 2-D
    norm : Normalize
    found : FiniteRange
        The range of `values`, which are not all gaps.
    """
    if _tells(found, norm):
        return np.array(found[:2])
    if _is_logarithmic(norm):
        return np.array([least_positive(values), found.maximum])
    # What somebody's own norm does, such as taking percentiles, no merged blocks may tell.
    return finite_values(values)


def _tells(found: FiniteRange, norm: Norm) -> bool:
    """Whether a range alone tells a norm its limits, as all values within would."""
    if _is_logarithmic(norm):
        return not found.minimum <= 0 < found.maximum
    how = type(norm).autoscale_None
    return (type(norm).autoscale if how is CenteredNorm.autoscale_None else how) in _FROM_RANGE


def _is_logarithmic(norm: Norm) -> bool:
    return type(norm).autoscale_None is LogNorm.autoscale_None


def _fills_in(found: FiniteRange, norm: Norm) -> bool:
    """Whether a range alone tells a norm those limits that it lacks."""
    return _tells(found, norm) or (_is_logarithmic(norm) and norm.vmin is not None)


def _fill_in(norm: Normalize, found: FiniteRange) -> None:
    """Give a norm the limits that it lacks."""
    named = Argument("norm", Code(type(norm).__name__))
    if type(norm).autoscale_None is Normalize.autoscale_None:
        norm.autoscale_None(limits_of_range(found))
    elif not norm.scaled() and not math.isnan(found.minimum):
        if not _fills_in(found, norm):
            raise InvalidValueError(
                named,
                f" lacks limits that the values' range, {found.minimum:g} to {found.maximum:g}, "
                "does not tell",
                remedy="Give it a vmin and a vmax.",
            )
        norm.autoscale_None(found[:2])
    limits = np.array([norm.vmin, norm.vmax], float)
    if not _spans(norm, limits):
        has_values = not math.isnan(found.minimum)
        values = f", with values from {found.minimum:g} to {found.maximum:g}" if has_values else ""
        raise InvalidValueError(
            named,
            f" cannot span {limits[0]:g} to {limits[1]:g}{values}",
            remedy="Give it a vmin and a vmax that suit it.",
        )


def _spans(norm: Normalize, limits: NDArray[np.float64]) -> bool:
    """Whether a norm has colours from its lower limit to its upper one."""
    if not (np.abs(limits).max() <= MAX_LIMIT and limits[0] < limits[1]):  # which NaN is not
        return False
    try:
        with np.errstate(all="ignore"):
            fractions = np.ma.asarray(norm(limits))
    except ValueError:  # a logarithm of nothing positive
        return False
    return bool(np.isfinite(np.ma.filled(fractions.astype(float), np.nan)).all())
