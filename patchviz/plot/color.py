"""One colour scale, taken from the whole spectrogram and shared by every panel and frame."""

from __future__ import annotations

import dataclasses
import difflib
import math
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.colors import Colormap, Normalize

from .._util.validation import check_number
from ..errors import Argument, InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from ..core.spectrogram import Spectrogram

__all__ = ["ColorScale", "find_cmap"]

DEFAULT_CMAP = "magma"


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
    """

    cmap: Colormap
    norm: Normalize
    label: str

    @classmethod
    def of(
        cls,
        spectrogram: Spectrogram,
        *,
        cmap: str | Colormap | None = None,
        clim: tuple[float, float] | None = None,
        norm: Normalize | None = None,
    ) -> ColorScale:
        """Return the scale that spans a whole spectrogram.

        Parameters
        ----------
        spectrogram : Spectrogram
        cmap : str or Colormap, default: "magma"
        clim : (float, float), optional
            Values of the lowest and the highest colour; by default those of the spectrogram.
        norm : Normalize, optional
            A norm of one's own in place of `clim`. Limits that it lacks are filled in.

        Returns
        -------
        ColorScale

        Raises
        ------
        InvalidValueError, InvalidTypeError
            If `cmap` is no colormap, `clim` is no pair of rising numbers, both `clim` and `norm`
            are given, or `norm` can show none of the values.
        """
        if norm is not None and clim is not None:
            raise InvalidValueError(
                Argument("clim", clim),
                " and ",
                Argument("norm", norm),
                " both set the limits",
                remedy="Give one of them.",
            )
        if norm is None:
            norm = Normalize(*(_limits(spectrogram) if clim is None else check_clim(clim)))
        elif not isinstance(norm, Normalize):
            raise InvalidTypeError(
                f"norm is of type {type(norm).__name__}. It must be a matplotlib.colors.Normalize."
            )
        else:
            _fill_in(norm, spectrogram)
        quantity, unit = spectrogram.quantity, spectrogram.unit
        label = f"{quantity} ({unit})" if quantity and unit else quantity or unit
        return cls(find_cmap(cmap), norm, label)

    @property
    def vmin(self) -> float:
        """Value of the lowest colour."""
        return float(self.norm.vmin)  # type: ignore[arg-type]  # of() leaves no limit open

    @property
    def vmax(self) -> float:
        """Value of the highest colour."""
        return float(self.norm.vmax)  # type: ignore[arg-type]


def check_clim(clim: Any) -> tuple[float, float]:
    """Return colour limits as two rising numbers, or say what they must be."""
    try:
        low, high = clim
    except (TypeError, ValueError):
        raise InvalidTypeError(
            Argument("clim", clim), " must be a pair of numbers, (lowest, highest)."
        ) from None
    low, high = check_number("clim[0]", low), check_number("clim[1]", high)
    if low >= high:
        raise InvalidValueError(
            f"clim=({low:g}, {high:g}) does not rise. "
            "It must be (lowest, highest) with lowest < highest."
        )
    return low, high


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


def _fill_in(norm: Normalize, spectrogram: Spectrogram) -> None:
    """Give a norm the limits that it lacks."""
    if type(norm).autoscale_None is Normalize.autoscale_None:
        norm.autoscale_None(list(_limits(spectrogram)))
    elif not norm.scaled():
        # A norm with rules of its own, as a logarithmic one, may ask for every value.
        norm.autoscale_None(spectrogram.values[np.isfinite(spectrogram.values)])
    limits = np.array([norm.vmin, norm.vmax], float)
    try:
        norm(limits)
        rise = bool(limits[0] < limits[1])
    except ValueError:
        rise = False  # a logarithm of nothing positive
    if not rise:
        low, high = spectrogram.finite_range
        raise InvalidValueError(
            f"norm={type(norm).__name__} cannot span {limits[0]:g} to {limits[1]:g}, with values "
            f"from {low:g} to {high:g}. Give it a vmin and a vmax that suit it."
        )


def _limits(spectrogram: Spectrogram) -> tuple[float, float]:
    low, high = spectrogram.finite_range
    if math.isnan(low):
        return 0.0, 1.0  # nothing finite to show: everything is a gap
    return (low, high) if low < high else (low - 0.5, high + 0.5)
