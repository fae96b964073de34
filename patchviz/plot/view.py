"""One mesh that shows one patch, and the one index that moves it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.artist import Artist

from .._util.each import all_while
from .._util.reductions import REDUCTIONS, Reduction
from .._util.validation import check_bool, check_choice
from ..core.captions import Known, are_numbers, class_names, known_of, title_forms, widest
from ..core.patches import Patches, check_patches
from ..core.truth import as_truth
from ..errors import Argument, InvalidTypeError
from .axis import FrequencyAxis
from .color import ColorScale
from .figures import add_colorbar, axes_or_new, axes_width, settle
from .inputs import check_mesh_kws
from .known import are_named, fitting_known
from .labels import draw_labels
from .limits import ColorLimits
from .mesh import draw_mesh
from .padding import Padding, has_padding, padding_of
from .text import text_width
from .times import TimeAxis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.figure import Figure, SubFigure
    from numpy.typing import ArrayLike, NDArray

    from .band import FrequencyLimits

__all__ = ["PatchView"]


class _Caption(Artist):
    """The title that says which patch an axes shows, in the longest form that fits.

    Where patches are scored, or a truth is given, a line below says what is known of it, as in a
    mosaic.

    How wide the axes is, the layout of its figure decides, and only when that is drawn. So this
    is an artist, drawn before the title, though there is nothing to see of it.
    """

    def __init__(
        self,
        ax: Axes,
        patches: Patches,
        index: int,
        *,
        labels: bool,
        scores: bool,
        truth: NDArray[np.bool_] | None,
    ) -> None:
        super().__init__()
        self._ax = ax
        self._patches = patches
        self._index = index
        self._labels = labels
        self.truth = truth
        self.is_scored = scores and patches.scores is not None
        self._names = class_names(patches)
        self._form = 0
        self._fitted = 0.0  # the width that the form was chosen for, in points
        self._are_named = True
        self._written = title_forms(patches, index)[0]
        self.text = ax.set_title(self._written, loc="left", parse_math=False)
        self.set_in_layout(False)
        ax.add_artist(self)

    def _write(self) -> str:
        title = title_forms(self._patches, self._index)[self._form]
        if not self.is_scored and self.truth is None:
            return title
        known = known_of(
            self._patches, self._index, labels=self._labels, scores=self.is_scored, truth=self.truth
        )
        size = self.text.get_fontsize()
        said = fitting_known(known, self._fitted, size, self._names, named=self._are_named)
        return f"{title}\n{said}"

    @property
    def _longest(self) -> Known:
        """One label and one score, of the longest name."""
        name = max(self._names, key=len, default="")
        scores = ((name, "0.00"),) if self.is_scored else ()
        what = "label" if self.truth is None else "truth"
        return Known((name,), scores, what, self.is_scored, are_numbers(self._patches.classes))

    def show(self, index: int) -> None:
        self._index = index
        self._written = self._write()
        self.text.set_text(self._written)

    def fit(self) -> None:
        """Choose the longest form that fits for every patch, so that it stays."""
        width = axes_width(self._ax)
        # Each drawing refines a layout by less than a point; what others wrote is theirs.
        is_ours = self.text.get_text() == self._written
        if not is_ours or abs(width - self._fitted) < 1.0:
            return
        self._fitted = width
        size = self.text.get_fontsize()
        ends = (title_forms(self._patches, index) for index in widest(self._patches))
        forms = list(zip(*ends, strict=True))
        fitting = (k for k, texts in enumerate(forms) if text_width(texts, size) <= width)
        self._form = next(fitting, len(forms) - 1)
        self._are_named = are_named([self._longest], width, size)
        self.show(self._index)

    def draw(self, renderer: Any) -> None:
        if self.get_visible():
            self.fit()
        self.stale = False


class PatchView:
    """A patch on an axes; setting `index` shows another in the same mesh.

    The axis shows the time within the patch and stays as it is; the title says which patch it
    is and when it sounds. Colours span the whole spectrogram, so that patches compare.

    Parameters
    ----------
    patches : Patches
        The patches of a recording.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default a new pyplot figure is made.
    index : int, default: 0
        The patch to begin with.
    cmap : str or Colormap, default: "magma"
        A matplotlib colormap, or its name.
    clim : (float, float) or "robust", optional
        Values of the lowest and the highest colour, by default those of the whole spectrogram, but
        of levels in dB re full scale or a unit the loudest 80 dB. Either may be a percentile, as in
        ``("1%", "99.5%")``; ``"robust"`` is ``("2%", "98%")``.
    norm : Normalize, optional
        A norm of one's own, in place of `clim`.
    flim : (float, float), optional
        Lowest and highest frequency to show, in Hz, as far as there are rows: ``(20e3, 120e3)``,
        or ``(None, 8000)``. By default all in which there can be sound: of a file of 8 kHz those up
        to 4 kHz, whatever it is analysed at; ``(None, None)`` are all rows.
    colorbar : bool, optional
        Whether to put a colour bar beside the axes; by default only in a figure made here.
    reduce : {"max", "mean", "median"}, default: "max"
        What a pixel shows of the cells that share it. The mean of decibels is that of powers.
    labels : bool, default: True
        Show what was written down, where the spectrogram knows it: as boxes, and in the title.
    scores : bool, default: True
        A second line of the title says which labels the patch has and its highest score, where
        patches have scores; where that is not of one of its labels, the highest of these, too.
    truth : mapping or array_like, optional
        What that line says in place of the patch's labels: that against which
        :meth:`Patches.choose` found mistakes.
    mesh_kws : mapping, optional
        What the mesh takes besides, such as ``{"alpha": 0.5}``; see
        :class:`matplotlib.collections.QuadMesh`.

    Attributes
    ----------
    patches : Patches
    ax : matplotlib.axes.Axes
    figure : matplotlib.figure.Figure or SubFigure
    mesh : PatchMesh
        The one mesh, a :class:`matplotlib.collections.QuadMesh`. Its array is the patch.
    title : matplotlib.text.Text
    artists : list of Artist
        What a new index changes: `mesh`, `title`, the labels' boxes and what hatches padding.
        Append artists that your own callback changes, and animations and scrubbers repaint these
        as well, and nothing else.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an argument is not what it must be.
    PatchIndexError
        If there is no patch of that number.

    See Also
    --------
    animate : The patches one after the other.
    scrub : The patches under a slider.

    Examples
    --------
    >>> import numpy as np
    >>> import patchviz as pv
    >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    >>> view = pv.PatchView(patches)
    >>> view.index = 7
    >>> view.title.get_text()
    'patch 7 / 106 · 0.650-5.642 s'
    >>> np.array_equal(view.mesh.get_array(), patches[7])
    True
    """

    def __init__(
        self,
        patches: Patches,
        *,
        ax: Axes | None = None,
        index: int = 0,
        cmap: str | Colormap | None = None,
        clim: ColorLimits | None = None,
        norm: Normalize | None = None,
        flim: FrequencyLimits | None = None,
        colorbar: bool | None = None,
        reduce: Reduction = "max",
        labels: bool = True,
        scores: bool = True,
        truth: Mapping[str, float] | ArrayLike | None = None,
        mesh_kws: Mapping[str, Any] | None = None,
    ) -> None:
        self.patches = check_patches(patches)
        self._index = patches.check_index(index)
        check_choice("reduce", reduce, REDUCTIONS)
        scale = ColorScale.of(
            patches.spectrogram, cmap=cmap, clim=clim, norm=norm,
            n_columns=patches.frame_length, reduce=reduce,
        )  # fmt: skip
        frequency, self._flim = FrequencyAxis.of(patches.spectrogram, flim), flim
        colorbar = ax is None if colorbar is None else check_bool("colorbar", colorbar)
        check_bool("labels", labels)
        check_bool("scores", scores)
        true = None if truth is None else as_truth(patches, truth)
        check_mesh_kws(mesh_kws)  # before there is a figure
        self.ax = axes_or_new(ax)
        self.mesh = draw_mesh(
            self.ax,
            patches[self._index],
            np.linspace(0.0, patches.duration, patches.frame_length + 1),
            frequency.edges,
            scale,
            reduce=reduce,
            mesh_kws=mesh_kws,
        )
        frequency.apply(self.ax)
        TimeAxis.within(patches).apply(self.ax)
        self._labels = draw_labels(self.ax, patches, frequency) if labels else None
        self._padding = Padding(self.ax) if has_padding(patches) else None
        self._show_known()
        self._caption = _Caption(
            self.ax, patches, self._index, labels=labels, scores=scores, truth=true
        )
        self.title = self._caption.text
        if colorbar:
            add_colorbar(self.mesh, self.ax, scale)
        if ax is None:
            settle(self.ax)
        self._caption.fit()
        self.artists: list[Artist] = [self.mesh, self.title]
        if self._labels is not None:
            self.artists.append(self._labels)
        if self._padding is not None:
            self.artists.append(self._padding)
        self._callbacks: dict[object, Callable[[int], object]] = {}
        self._move: object = None  # the last one, of which they are told

    @property
    def _shown(self) -> dict[str, Any]:
        """What is shown, as options of a player: of frequencies, and of what is known."""
        caption = self._caption
        shown = {"labels": self._labels is not None, "scores": caption.is_scored}
        return {**shown, "truth": caption.truth, "flim": self._flim}

    @property
    def figure(self) -> Figure | SubFigure:
        """The figure, or subfigure, that the axes belongs to."""
        return self.ax.get_figure(root=False)  # type: ignore[return-value]  # an axes has one

    @property
    def index(self) -> int:
        """Number of the patch that is shown, 0-based; negative numbers count from the end.

        Setting it moves the mesh and then calls what :meth:`on_index` was given. A number that
        no patch has raises ``PatchIndexError``, and nothing changes.
        """
        return self._index

    @index.setter
    def index(self, index: int) -> None:
        index = self.patches.check_index(index)
        if index == self._index:
            return
        self._index = index
        self.mesh.set_array(self.patches[index])
        self._show_known()
        self._caption.show(index)
        self._move = move = object()
        all_while(  # one may move on, of which everybody is told then
            lambda: self._move is move,
            *(partial(callback, index) for callback in self._callbacks.values()),
        )

    def _show_known(self) -> None:
        framing = self.patches.framing
        start = framing.time(self._index)[0]
        if self._labels is not None:
            self._labels.show(framing.table_time(self._index), origin=start)
        if self._padding is not None:
            padding = padding_of(self.patches, self._index)
            self._padding.show(padding[0] - start, padding[1] - start)

    def on_index(self, callback: Callable[[int], object]) -> Callable[[], None]:
        """Call a function with the new index whenever it changes.

        Parameters
        ----------
        callback : callable
            Called with the index, after the mesh has moved.

        Returns
        -------
        callable
            Call it, without arguments, to stop being called.

        Examples
        --------
        >>> import patchviz as pv
        >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
        >>> view = pv.PatchView(patches)
        >>> disconnect = view.on_index(print)
        >>> view.index = 3
        3
        >>> disconnect()
        """
        if not callable(callback):
            raise InvalidTypeError(
                Argument("callback", callback), " must be callable with one argument, the index."
            )
        connection = object()  # the same function may be connected twice
        self._callbacks[connection] = callback

        def disconnect() -> None:
            self._callbacks.pop(connection, None)

        return disconnect

    def __repr__(self) -> str:
        return f"PatchView of patch {self._index} of {self.patches!r}"
