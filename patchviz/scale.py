"""One colour scale, taken from the whole spectrogram and shared by every panel and frame."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib
from matplotlib.colors import Colormap, Normalize

from .errors import InvalidTypeError, InvalidValueError, check_choice, check_number

if TYPE_CHECKING:
    from .spectrogram import Spectrogram

__all__ = ["ColorScale"]

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
            If `cmap` is no colormap, `clim` is no pair of rising numbers, or both `clim` and
            `norm` are given.
        """
        if norm is not None and clim is not None:
            raise InvalidValueError(
                f"clim={clim!r} and norm={norm!r} both set the limits. Give one of them."
            )
        if norm is None:
            norm = Normalize(*(_limits(spectrogram) if clim is None else check_clim(clim)))
        elif not isinstance(norm, Normalize):
            raise InvalidTypeError(
                f"norm is of type {type(norm).__name__}. It must be a matplotlib.colors.Normalize."
            )
        elif not norm.scaled():
            norm.autoscale_None(list(_limits(spectrogram)))
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


def check_clim(clim: object) -> tuple[float, float]:
    """Return colour limits as two rising numbers, or say what they must be."""
    if not isinstance(clim, Sequence) or isinstance(clim, str) or len(clim) != 2:
        raise InvalidTypeError(f"clim={clim!r} must be a pair of numbers, (lowest, highest).")
    low, high = (check_number(f"clim[{i}]", value) for i, value in enumerate(clim))
    if low >= high:
        raise InvalidValueError(
            f"clim={clim!r} does not rise. It must be (lowest, highest) with lowest < highest."
        )
    return low, high


def find_cmap(cmap: str | Colormap | None) -> Colormap:
    """Return a colormap given itself, its name, or nothing (magma)."""
    if isinstance(cmap, Colormap):
        return cmap
    name = DEFAULT_CMAP if cmap is None else cmap
    return matplotlib.colormaps[check_choice("cmap", name, matplotlib.colormaps)]


def _limits(spectrogram: Spectrogram) -> tuple[float, float]:
    low, high = spectrogram.finite_range
    if math.isnan(low):
        return 0.0, 1.0  # nothing finite to show: everything is a gap
    return (low, high) if low < high else (low - 0.5, high + 0.5)
