"""The one place that draws spectrogram cells: a mesh that costs what its pixels cost."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import matplotlib
import numpy as np
from matplotlib.artist import allow_rasterization
from matplotlib.collections import QuadMesh
from matplotlib.path import Path
from matplotlib.transforms import Bbox, IdentityTransform, TransformedPath
from numpy.typing import ArrayLike, NDArray

from .._util.reductions import REDUCTIONS, Reduction, finite_range
from .._util.validation import check_choice
from ..errors import InvalidTypeError, InvalidValueError
from .color import ColorScale, byte_colors, extremes, normed
from .inputs import as_values, check_edges, check_mesh_kws, mask_nonfinite, smallest_positive
from .raster import (
    Edges,
    EvenEdges,
    FindMaxima,
    Geometry,
    Projection,
    group_cells,
    locate_cell,
    reduce_cells,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backend_bases import MouseEvent, RendererBase
    from matplotlib.colors import Colormap, Normalize


__all__ = ["PatchMesh", "draw_mesh"]


class PatchMesh(QuadMesh):
    """A `~matplotlib.collections.QuadMesh` on a rectilinear grid, drawn at the speed of its pixels.

    On a raster canvas it looks up the cell of each pixel and paints one image: the same pixels
    that matplotlib makes of the same mesh, in a small part of the time. Where cells are smaller
    than pixels, a pixel shows the largest (or the mean, or the median) of all that share it, so
    that nothing is missed, at any zoom. Whatever cannot be painted like that (cells with borders,
    or with ``snap=False``, rotated or polar axes, an `alpha` per cell, vector output with
    ``rasterized=False``) is left to QuadMesh.

    Parameters
    ----------
    values : array_like, shape (n_rows, n_columns)
        What the colours show. An array is kept as it is, not copied.
    x_edges : array_like or EvenEdges, shape (n_columns + 1,)
        Borders of the columns in data coordinates, rising or falling.
    y_edges : array_like or EvenEdges, shape (n_rows + 1,)
        Borders of the rows, likewise; a row between equal ones is not shown.
    reduce : {"max", "mean", "median"}, default: "max"
        What a pixel shows that several cells share.
    find_maxima : callable, optional
        Returns the maxima of every few columns of `values`, as `raster.reduce_cells` takes it.
        Asked when thousands of columns share a pixel, and not after other values have been set.
    decibels : bool, default: False
        Whether values are levels, the mean of which is that of their powers.
    cmap, norm : optional
        As in `~matplotlib.axes.Axes.pcolormesh`.
    mesh_kws : mapping, optional
        Properties of the collection: ``alpha``, ``zorder``, ``rasterized`` (on unless turned
        off, so that PDF and SVG embed one image), ``visible``, ``clip_path``, ``picker`` ...

    Raises
    ------
    InvalidValueError
        If edges do not rise or fall, `values` has another shape than the grid, or
        `reduce` or a key of `mesh_kws` is none of those allowed.
    InvalidTypeError
        If `values` are not numbers.

    See Also
    --------
    draw_mesh : Add one to an axes.

    Notes
    -----
    The mesh shows a view of the array it is given: ``np.shares_memory(values, mesh.get_array())``.
    After changing that array in place, pass it to `set_array` again: what was worked out of it is
    kept until then.

    Cells that are masked or not finite have the colormap's colour for bad values (by default they
    are transparent). They do not count where cells share a pixel, unless there are no others. A
    mean is one of cells, however wide each is.

    Examples
    --------
    >>> import numpy as np
    >>> from patchviz.plot.mesh import PatchMesh
    >>> values = np.arange(6.0).reshape(2, 3)
    >>> mesh = PatchMesh(values, x_edges=[0, 1, 2, 3], y_edges=[0, 100, 1000])
    >>> np.shares_memory(values, mesh.get_array())
    True
    >>> mesh.get_clim()
    (0.0, 5.0)
    >>> mesh.get_coordinates().shape
    (3, 4, 2)
    """

    def __init__(
        self,
        values: ArrayLike,
        x_edges: ArrayLike | EvenEdges,
        y_edges: ArrayLike | EvenEdges,
        *,
        reduce: Reduction = "max",
        find_maxima: FindMaxima | None = None,
        decibels: bool = False,
        cmap: str | Colormap | None = None,
        norm: str | Normalize | None = None,
        mesh_kws: Mapping[str, Any] | None = None,
    ) -> None:
        properties = check_mesh_kws(mesh_kws)
        check_choice("reduce", reduce, REDUCTIONS)
        self._reduction: Reduction = reduce
        x_edges, y_edges = check_edges("x_edges", x_edges), check_edges("y_edges", y_edges)
        self._is_painted = False
        self._geometry: Geometry | None = None
        self._shown: np.ma.MaskedArray[Any, Any] | None = None
        # QuadMesh looks at its vertices for their bounding box: the outline tells it.
        self._x_edges: Edges = x_edges[[0, -1]]
        self._y_edges: Edges = y_edges[[0, -1]]
        super().__init__(
            self._coordinates,
            antialiased=properties.pop("antialiased", False),
            cmap=cmap,
            norm=norm,
            edgecolors="none",
            snap=matplotlib.rcParams["pcolormesh.snap"],
        )
        self._x_edges, self._y_edges = x_edges, y_edges
        self.set(**{"rasterized": True, **properties})
        self.set_array(values)
        self._find_maxima, self._decibels = find_maxima, decibels

    # An attribute of QuadMesh. The vertices take four times the memory of the values and more:
    # they are made when asked for, and not kept.
    @property
    def _coordinates(self) -> NDArray[np.float64]:
        return np.stack(np.meshgrid(self._x_edges, self._y_edges), axis=-1)

    @_coordinates.setter
    def _coordinates(self, vertices: object) -> None:
        """Ignore what QuadMesh sets: the edges say it all."""

    def __getstate__(self) -> dict[str, Any]:
        # The first two know the canvas; the third knows the values, which would be kept twice.
        left_out = {"_geometry": None, "_shown": None, "_find_maxima": None}
        return {**cast("dict[str, Any]", super().__getstate__()), **left_out}

    @property
    def reduce(self) -> Reduction:
        """What a pixel shows that several cells share: "max", "mean" or "median"."""
        return self._reduction

    def set_array(self, A: ArrayLike | None) -> None:  # noqa: N803
        """Show other values on the same grid.

        Parameters
        ----------
        A : array_like or None
            Shape (n_rows, n_columns), or (n_rows * n_columns,), or (n_rows, n_columns, 3 or 4)
            for colours. An array is kept as it is, not copied: call this again after changing it.

        Raises
        ------
        InvalidValueError
            If the shape is another one.
        InvalidTypeError
            If these are not real numbers.

        Examples
        --------
        >>> from patchviz.plot.mesh import PatchMesh
        >>> mesh = PatchMesh([[1, 2], [3, 4]], x_edges=[0, 1, 2], y_edges=[0, 1, 2])
        >>> mesh.set_array([[5, 6], [7, 8]])
        >>> int(mesh.get_array().max())
        8
        """
        self._shown = self._find_maxima = None
        self.stale = True
        if A is None:
            self._A = None
            return
        values = as_values(A)
        grid = (self._y_edges.size - 1, self._x_edges.size - 1)
        if values.shape not in (grid, (grid[0] * grid[1],), (*grid, 3), (*grid, 4)):
            raise InvalidValueError(
                f"values of shape {values.shape} do not fit the grid: {self._y_edges.size} y_edges "
                f"and {self._x_edges.size} x_edges ask for shape {grid}."
            )
        self._A = values.reshape(grid) if values.ndim == 1 else values
        if not self.norm.scaled():
            self.autoscale_None()

    def get_array(self) -> np.ma.MaskedArray[Any, Any] | None:
        """Return the values, shape (n_rows, n_columns): a view of the array that was given.

        Unlike QuadMesh's it is no copy, so values that are not finite are in it as they are, not
        masked. They are drawn in the colormap's colour for bad values all the same.

        Examples
        --------
        >>> from patchviz.plot.mesh import PatchMesh
        >>> PatchMesh([[1, 2, 3]], x_edges=[0, 1, 2, 3], y_edges=[0, 1]).get_array().shape
        (1, 3)
        """
        values: np.ma.MaskedArray[Any, Any] | None = self._A
        return values

    def to_rgba(
        self,
        x: NDArray[Any],
        alpha: float | ArrayLike | None = None,
        bytes: bool = False,
        norm: bool = True,
    ) -> NDArray[Any]:
        """Return colours as QuadMesh does; what is not finite gets the colour for bad values."""
        return super().to_rgba(x if np.ndim(x) == 3 else mask_nonfinite(x), alpha, bytes, norm)

    def get_facecolor(self) -> NDArray[Any]:  # type: ignore[override]  # which it returns
        """Return the colours of the cells, shape (n_rows * n_columns, 4), as QuadMesh does.

        Once the mesh was drawn they are those of its values. Asking takes 32 bytes a cell.
        """
        if self._is_painted and self.get_fill() and self._A is not None:
            return self.to_rgba(self._A, self.get_alpha()).reshape(-1, 4)
        return np.asarray(super().get_facecolor())

    def autoscale(self) -> None:
        """Set the limits of the norm to the range of the finite values."""
        self.norm.autoscale(self._extremes())

    def autoscale_None(self) -> None:  # noqa: N802
        """Set those limits of the norm that are None to the range of the finite values."""
        if not self.norm.scaled():  # or every colour bar would look through all values
            self.norm.autoscale_None(self._extremes())

    def _extremes(self) -> NDArray[Any]:
        """Return the finite values, or as many of them as tell a norm their range."""
        if self._A is None:
            raise InvalidTypeError("The mesh has no values to scale by. Call set_array first.")
        if self._A.ndim == 2 and np.ma.getmask(self._A) is np.ma.nomask:
            values = np.ma.getdata(self._A)
            found = finite_range(values)
            if found.minimum <= found.maximum:
                return extremes(values, self.norm, found)
        return mask_nonfinite(self._A)

    def contains(self, mouseevent: MouseEvent) -> tuple[bool, dict[str, Any]]:
        """Return whether the pointer is in a cell, and the number of that cell.

        Parameters
        ----------
        mouseevent : MouseEvent

        Returns
        -------
        bool
        dict
            ``ind`` holds the cell's number: ``row * n_columns + column``.
        """
        picker = self.get_picker()
        radius = self.get_pickradius()
        if isinstance(picker, int | float) and not isinstance(picker, bool):
            radius = picker
        if radius > 0 or not self._is_rectilinear():
            return super().contains(mouseevent)
        cell = self._cell_at(mouseevent)
        if cell is None:
            return False, {"ind": np.zeros(0, dtype=int)}
        return True, {"ind": np.array([cell[0] * (self._x_edges.size - 1) + cell[1]])}

    def get_cursor_data(  # type: ignore[override]  # QuadMesh says float, and returns this
        self, event: MouseEvent
    ) -> np.ma.MaskedArray[Any, Any] | None:
        """Return the value of the cell under the pointer, shape (1,); None if there is none.

        Parameters
        ----------
        event : MouseEvent
        """
        is_inside, info = self.contains(event)
        if not is_inside or self._A is None:
            return None
        found = self._A[np.unravel_index(info["ind"], self._A.shape[:2])]
        return found if found.ndim > 1 else mask_nonfinite(found)

    @allow_rasterization  # type: ignore[untyped-decorator]
    def draw(self, renderer: RendererBase) -> None:
        """Draw the mesh: as an image of its pixels where that is the same picture, or as QuadMesh.

        Parameters
        ----------
        renderer : RendererBase
        """
        values = self._A
        if not self.get_visible():
            return
        if values is None or not (
            self._is_paintable(values, renderer) and self._paint(values, renderer)
        ):
            # QuadMesh's own drawing, without its handling of rasterization a second time.
            inspect.unwrap(QuadMesh.draw)(self, renderer)
        self.stale = False

    def _is_rectilinear(self) -> bool:
        """Whether rows and columns of the mesh are rows and columns of pixels."""
        return bool(
            self.get_transform().is_separable
            and isinstance(self.get_offset_transform(), IdentityTransform)
            and not np.any(self.get_offsets())
        )

    def _is_paintable(self, values: NDArray[Any], renderer: RendererBase) -> bool:
        """Whether the mesh is nothing but one colour for each pixel of `renderer`."""
        return bool(
            hasattr(renderer, "buffer_rgba")  # Agg, or a vector renderer while it rasterizes
            and self.get_snap() is not False  # borders between pixels
            and values.ndim == 2
            and self.get_fill()
            and not len(self.get_edgecolor())
            and not np.iterable(self.get_alpha())
            and self._is_rectilinear()
        )

    def _paint(self, values: NDArray[Any], renderer: RendererBase) -> bool:
        """Paint the mesh as an image; return False if the axes have no place for some of it."""
        width, height = (int(size) for size in renderer.get_canvas_width_height())
        geometry = self._find_pixels(width, height)
        if geometry is None:
            return False
        rows, columns = geometry.rows, geometry.columns
        if not (rows.group.size and columns.group.size):
            return True
        if self._shown is None:
            how = self._reduction, self._find_maxima, self._decibels
            self._shown = reduce_cells(values, rows, columns, *how)
        colours = byte_colors(self.cmap, normed(self.norm, self._shown), self.get_alpha())
        # One number for each colour: a pixel is then one item to look up.
        packed = np.ascontiguousarray(colours).view(np.uint32)[..., 0]
        image = packed.take(columns.group, axis=1).take(rows.group[::-1], axis=0)
        gc = renderer.new_gc()
        gc.set_snap(self.get_snap())  # of the clip path
        clip_path = self.get_clip_path() if self.get_clip_on() else None
        if isinstance(clip_path, TransformedPath):
            gc.set_clip_path(clip_path)
        bottom = height - rows.first_pixel - rows.group.size
        renderer.draw_image(
            gc, columns.first_pixel, bottom, image.view(np.uint8).reshape(*image.shape, 4)
        )
        gc.restore()
        self._is_painted = True
        return True

    def _find_pixels(self, width: int, height: int) -> Geometry | None:
        """Return which cells the pixels show, worked out again only if that may have changed."""
        kept, transform = self._geometry, self.get_transform()
        if kept is not None and kept.transform is transform:
            watch = kept.watch
        else:
            corners = np.column_stack([self._x_edges[[0, -1]], self._y_edges[[0, -1]]])
            watch = TransformedPath(Path(corners), transform)
        corners_path, affine = watch.get_transformed_points_and_affine()
        box = self.get_clip_box() if self.get_clip_on() else None
        if box is None:
            box = Bbox([[0, 0], [width, height]])
        state = (width, height, *box.extents, *affine.get_matrix().flat)
        if kept is not None and kept.corners is corners_path and kept.state == state:
            return kept
        columns = group_cells(self._x_edges, self._projection(0), box.x0, box.x1, width)
        rows = group_cells(
            self._y_edges, self._projection(1, height), height - box.y1, height - box.y0, height
        )
        if rows is None or columns is None:
            return None
        if kept is None or not (rows.same_groups(kept.rows) and columns.same_groups(kept.columns)):
            self._shown = None
        self._geometry = Geometry(transform, watch, corners_path, state, rows, columns)
        return self._geometry

    def _projection(self, axis: int, height: int | None = None) -> Projection:
        """Return the map from edges to pixels; with a height, down from there."""
        transform = self.get_transform()
        matrix = transform.get_affine().get_matrix()
        elsewhere = (self._y_edges, self._x_edges)[axis][0]

        def project(edges: NDArray[np.float64]) -> NDArray[np.float64]:
            points = np.full((edges.size, 2), elsewhere)
            points[:, axis] = edges
            straight = np.asarray(transform.transform_non_affine(points))[:, axis]
            # One axis alone: the other may be infinite there, as on a logarithmic axis at 0.
            pixels: NDArray[np.float64] = straight * matrix[axis, axis] + matrix[axis, 2]
            return pixels if height is None else height - pixels

        return project

    def _cell_at(self, event: MouseEvent) -> tuple[int, int] | None:
        """Return row and column of the cell under the pointer."""
        own_canvas = getattr(self.figure, "canvas", None)
        if getattr(event, "canvas", own_canvas) is not own_canvas or not self.get_visible():
            return None
        if self.axes is not None:
            _ = self.axes.viewLim  # brings the limits up to date
        column = locate_cell(self._x_edges, self._projection(0), event.x)
        row = locate_cell(self._y_edges, self._projection(1), event.y)
        return None if row is None or column is None else (row, column)


def draw_mesh(
    ax: Axes,
    values: ArrayLike,
    x_edges: ArrayLike | EvenEdges,
    y_edges: ArrayLike | EvenEdges,
    scale: ColorScale,
    *,
    reduce: Reduction = "max",
    find_maxima: FindMaxima | None = None,
    mesh_kws: Mapping[str, Any] | None = None,
) -> PatchMesh:
    """Draw cells into an axes.

    Parameters
    ----------
    ax : Axes
    values : array_like, shape (n_rows, n_columns)
        Kept as they are, not copied.
    x_edges : array_like or EvenEdges, shape (n_columns + 1,)
        Borders of the columns in data coordinates, rising or falling.
    y_edges : array_like or EvenEdges, shape (n_rows + 1,)
        Borders of the rows, likewise; a row between equal ones is not shown.
    scale : ColorScale
        Which colour a value has.
    reduce : {"max", "mean", "median"}, default: "max"
        What a pixel shows that several cells share.
    find_maxima : callable, optional
        Returns the maxima of every few columns, as `PatchMesh` takes it.
    mesh_kws : mapping, optional
        Properties of the mesh, as `PatchMesh` takes them: ``alpha``, ``zorder`` ...

    Returns
    -------
    PatchMesh
        The limits of the axes include it, as they include a pcolormesh.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        As `PatchMesh` does.

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.colors import Normalize
    >>> from matplotlib.figure import Figure
    >>> import matplotlib
    >>> from patchviz.plot.mesh import draw_mesh
    >>> from patchviz.plot.color import ColorScale
    >>> scale = ColorScale(matplotlib.colormaps["magma"], Normalize(0, 5), "dB")
    >>> ax = Figure().subplots()
    >>> values = np.arange(6).reshape(2, 3)
    >>> mesh = draw_mesh(ax, values, [0, 1, 2, 3], [0, 100, 1000], scale)
    >>> ax.get_xlim() == (0, 3), ax.get_ylim() == (0, 1000)
    (True, True)
    """
    mesh = PatchMesh(
        values,
        x_edges,
        y_edges,
        reduce=reduce,
        find_maxima=find_maxima,
        decibels=scale.decibels,
        cmap=scale.cmap,
        norm=scale.norm,
        mesh_kws=mesh_kws,
    )
    ax.add_collection(mesh, autolim=False)
    to_pixels = mesh.get_transform()
    if to_pixels.contains_branch(ax.transData):
        # The corners, and for logarithmic axes the smallest edges that they can show.
        x, y = mesh._x_edges, mesh._y_edges
        points = np.array(
            [[x[0], y[0]], [x[0], y[-1]], [x[-1], y[0]], [x[-1], y[-1]],
             [smallest_positive(x), smallest_positive(y)]]
        )  # fmt: skip
        points = (to_pixels - ax.transData).transform(points)
        mesh.sticky_edges.x[:] = points[:, 0].min(), points[:, 0].max()
        mesh.sticky_edges.y[:] = points[:, 1].min(), points[:, 1].max()
        ax.update_datalim(points)
        ax.autoscale_view()
    return mesh
