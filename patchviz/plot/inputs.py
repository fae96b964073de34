"""What a mesh may be made of: values, edges of cells, and properties, checked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.collections import QuadMesh
from numpy.typing import ArrayLike, NDArray

from .._util.validation import check_bool, check_choice, check_number
from ..errors import Argument, Code, InvalidTypeError, InvalidValueError, shown
from .raster import Edges, EvenEdges

__all__ = [
    "PROPERTIES",
    "as_values",
    "check_edges",
    "check_mesh_kws",
    "mask_nonfinite",
    "smallest_positive",
]

PROPERTIES = (
    "agg_filter", "alpha", "animated", "antialiased", "clip_box", "clip_on", "clip_path",
    "edgecolor", "edgecolors", "gid", "in_layout", "label", "linestyle", "linestyles",
    "linewidth", "linewidths", "lw", "mouseover", "picker", "pickradius", "rasterized", "snap",
    "transform", "url", "visible", "zorder",
)  # fmt: skip

_TRUTHS = ("animated", "clip_on", "in_layout", "mouseover", "rasterized", "visible")

# These belong to a figure, and are not tried on another mesh.
_PLACES = ("agg_filter", "clip_box", "clip_path", "transform")

_COLOURS = ("array", "clim", "cmap", "norm", "vmax", "vmin")


def as_values(values: ArrayLike) -> np.ma.MaskedArray[Any, Any]:
    """Return a view of an array; anything else as an array."""
    try:
        array = values if isinstance(values, np.ma.MaskedArray) else np.asarray(values)
    except ValueError as error:
        raise InvalidTypeError(f"values are no array of numbers: {error}") from error
    if not np.can_cast(array.dtype, float, "same_kind"):
        raise InvalidTypeError(
            f"values of dtype {array.dtype} have no colours. They must be real numbers."
        )
    return np.ma.MaskedArray(array)  # unlike ma.asarray, this keeps strided views


def check_edges(name: str, edges: ArrayLike | EvenEdges) -> Edges:
    """Return the borders of cells, which rise or fall; a cell between equal ones is not shown."""
    if isinstance(edges, EvenEdges):
        return edges
    try:
        array = np.asarray(edges, dtype=float).view()
    except (TypeError, ValueError) as error:
        raise InvalidTypeError(f"{name} must be numbers, not {edges!r}.") from error
    if array.ndim != 1 or array.size < 2:
        raise InvalidValueError(
            f"{name} of shape {array.shape} are no borders of cells. They must have shape "
            "(n_cells + 1,), with at least one cell."
        )
    if not np.isfinite(array[[0, -1]]).all():
        raise InvalidValueError(f"{name} from {array[0]} to {array[-1]} must be finite.")
    follows = array[1:] >= array[:-1] if array[0] < array[-1] else array[1:] <= array[:-1]
    follows &= array[0] != array[-1]
    if not follows.all():
        k = int(np.argmin(follows))
        raise InvalidValueError(
            f"{name}[{k + 1}]={array[k + 1]} follows {array[k]}. Edges must rise or fall."
        )
    array.flags.writeable = False
    return array


def smallest_positive(edges: Edges) -> float:
    """Return the smallest edge above zero; the largest one if none is."""
    numbers = range(edges.size)
    if edges[0] < edges[-1]:
        first = bisect_left(numbers, True, key=lambda k: edges[k] > 0)
        return float(edges[min(first, edges.size - 1)])
    first_not = bisect_left(numbers, True, key=lambda k: edges[k] <= 0)
    return float(edges[max(first_not - 1, 0)])


def check_mesh_kws(mesh_kws: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the options of a mesh; none of them may be one that patchviz sets."""
    if mesh_kws is None:
        return {}
    if not isinstance(mesh_kws, Mapping):
        raise InvalidTypeError(
            Argument("mesh_kws", mesh_kws),
            ' must be a mapping from properties to values, such as {"alpha": 0.5}.',
        )
    for name in mesh_kws:
        if name in _COLOURS:
            raise InvalidValueError(
                Argument("mesh_kws", Code(f"{{{name!r}: ...}}")),
                " is not allowed: values and colours have arguments of their own, so that every "
                "panel shares one colour scale.",
            )
        check_choice("key of mesh_kws", name, PROPERTIES)
    return {name: _check_property(name, value) for name, value in mesh_kws.items()}


def _check_property(name: str, value: Any) -> Any:
    """Return a property that a mesh can have, or say which it cannot."""
    named = f"mesh_kws[{name!r}]"
    if name in _TRUTHS:
        return check_bool(named, value)
    if name == "zorder":
        return check_number(named, value)
    if name in ("linewidth", "linewidths", "lw") and (
        isinstance(value, str) or np.ndim(value) == 0
    ):
        return check_number(named, value, minimum=0)
    if name not in _PLACES:
        try:
            QuadMesh(np.zeros((2, 2, 2))).set(**{name: value})
        except Exception as error:  # whatever matplotlib raises of it
            raise InvalidValueError(
                Argument(named, value), f" is refused by matplotlib: {shown(error, str)}"
            ) from error
    return value


def mask_nonfinite(values: NDArray[Any]) -> np.ma.MaskedArray[Any, Any]:
    """Mask what is not finite, and what was masked."""
    data = np.ma.getdata(values)
    return np.ma.MaskedArray(data, mask=~np.isfinite(data) | np.ma.getmask(values))
