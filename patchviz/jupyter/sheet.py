"""The mosaic that answers: patches as tiles that are heard, opened, kept, rejected and named."""

from __future__ import annotations

import hashlib
import html
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets

from .._util.made import remember
from .._util.text import plural
from ..core.batch import batch_of
from ..web.beside import Beside, check_page, needs_page
from ..web.encode import readable_size
from ..web.html import Embed, Fragment, embedded, page, widget_module
from ..web.options import PlayerOptions
from ..web.packed import compressed
from ..web.sheet import SheetContent, make_content
from .boxes import Saved, beside_others, save_boxes
from .canvas import LOADER, MESSAGE, sound_of
from .controls import close_parts
from .decided import Decidable
from .notebook import publish, when_cell_runs_again
from .picks import Numbers, Picks
from .saved import saved_fragment, saved_now
from .telling import Teller

if TYPE_CHECKING:
    from matplotlib.colors import Colormap, Normalize
    from numpy.typing import ArrayLike

    from .._util.reductions import Reduction
    from ..core.patches import Patches
    from ..plot.band import FrequencyLimits
    from ..plot.limits import ColorLimits
    from ..recordings.recordings import Recordings
    from ..web.player import Player

__all__ = ["Sheet", "sheet"]

_BESIDE = 'Its pictures and sounds are files beside a page: sheet.save("review.html") writes one.'


class Sheet(Saved, Picks, anywidget.AnyWidget):  # type: ignore[misc]  # which bundles its view alone
    """Patches as tiles that answer. Made by :func:`sheet`.

    Parameters
    ----------
    content : SheetContent
        What it shows, as :func:`sheet` makes it.

    Attributes
    ----------
    picked : tuple of int
        Numbers of the patches that are kept, or named: positions among all patches, so that
        ``patches[list(sheet.picked)]`` are these. It follows the page, and can be set and
        observed, as those below: ``sheet.observe(f, "picked")``.
    rejected : tuple of int
        Those that are rejected.
    names : dict of int to str
        What some of those picked are called.
    heard : tuple of int
        Those that were heard.

    See Also
    --------
    sheet : Makes one.

    Examples
    --------
    >>> import patchviz as pv
    >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    >>> sheet = pv.sheet(patches, patches.choose(4, apart=False), names=["robin"])
    >>> sheet.picked, sheet.names = [0, 35], {35: "robin"}
    >>> sheet.to_frame()[["start_time", "end_time", "label"]].round(3)
           start_time  end_time  label
    patch
    0           0.000     4.992   keep
    35          3.251     8.243  robin
    >>> sheet.close()
    """

    _css = MESSAGE
    _esm = LOADER % f"sheet-{hashlib.sha256(widget_module().encode()).hexdigest()[:8]}"
    library = traitlets.Bytes().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    sources: traitlets.List[Any] = traitlets.List().tag(sync=True)
    heard = Numbers().tag(sync=True, to_json=lambda numbers, _: [*numbers])
    _watched = Picks._watched | {"heard"}
    _message = traitlets.Unicode().tag(sync=True)  # what went wrong, if anything did

    def __init__(self, content: SheetContent) -> None:
        self._content = content
        self._assets = content.assets
        is_beside = content.assets == "folder"
        said = [_BESIDE] if is_beside else []
        self._teller = Teller(lambda texts: self.set_trait("_message", "\n".join(said + texts)))
        super().__init__(
            library=compressed(widget_module()),
            state=content.state,
            sources=[
                {"state": one.state, "tiles": list(one.tiles), "sound": sound_of(one)}
                for one in (() if is_beside else content.players)
            ],
            _message="\n".join(said),
            layout=beside_others(),
        )
        self.add_class("patchviz-sheet-widget").add_class(f"patchviz-{self.model_id}")
        self._forget = when_cell_runs_again(self.close)
        save_boxes()

    def close(self) -> None:
        """Free what the page has of it, which shows nothing any more; what was decided stays.

        A cell that runs again closes what it made before.
        """
        if self.comm is not None:
            self._forget()
            close_parts(self)
        super().close()

    def _check_number(self, number: int, name: str) -> int:
        return self._content.check_number(number, name)

    def _place(self, number: int) -> tuple[Patches, int, str | list[str]]:
        return self._content.place(number)

    def _called(self, number: int) -> int:
        return self._content.tiled.number(number)

    def _scored(self, numbers: Sequence[int]) -> list[tuple[str, float]]:
        return [self._content.said.get(number, ("", np.nan)) for number in numbers]

    def _time(self, number: int) -> tuple[float, float]:
        return self._content.times[number]

    @property
    def _is_of_many(self) -> bool:
        return self._content.tiled.numbers is not None

    @property
    def _is_scored(self) -> bool:
        return bool(self._content.said)

    def _in_file(self, number: int) -> int | None:
        return self._content.tiled.in_file(number)

    @property
    def _decidable(self) -> Decidable:
        numbers, files = self._content.tiled.shown.tolist(), list[str]()
        names: dict[int, tuple[str, ...] | None] = {}  # of all items of each batch
        times = np.array([self._time(number) for number in numbers], float)
        for at, number in enumerate(numbers):
            patches, index, file = self._place(number)
            if isinstance(file, list):  # items are recordings of their own
                file, times[at] = file[index], times[at] - times[at, 0]
            batch = batch_of(patches)
            names[id(batch)] = None if batch is None else batch.names
            files.append(file)
        called = [self._called(number) for number in numbers]
        items = None if None in names.values() else [*chain(*filter(None, names.values()))]
        return Decidable.of(numbers, files, times, self._scored, called, "of={}", items)

    @property
    def _among(self) -> Iterable[str]:
        return self._content.among

    # -- what others get of it -----------------------------------------------------------------

    # What is decided changes after the cell has run: it has an output of its own, which is small.
    _published: dict[str, str] | None = None

    def _publish_now(self) -> None:
        self._published = saved_now(self._shared, self.model_id)
        publish(self._published, self.model_id)

    @traitlets.observe("picked", "rejected", "names", "heard")
    def _publish_again(self, _: Any) -> None:
        if self._published is None or self._published == (
            changed := saved_now(self._shared, self.model_id)
        ):
            return
        self._published = changed
        publish(changed, self.model_id, again=True)

    @property
    def _shared(self) -> dict[str, Any]:
        return {"decided": self._decisions.labels, "heard": self.heard}

    def _fragment(self, embed: Embed = embedded) -> Fragment:
        return self._content.fragment(embed, **self._shared)

    def _to_player(self) -> Player:
        """Return what stands for it where nothing plays."""
        return self._content.players[0]

    def to_html(self) -> str:
        """Return the sheet, with what is decided by now, as HTML that needs nothing else.

        Returns
        -------
        str
            For any page; each sheet brings its own script.

        Raises
        ------
        InvalidValueError
            If its pictures and sounds are files beside a page: ``assets="folder"``.
        """
        if self._assets == "folder":
            raise needs_page("sheet")
        return str(self._fragment())

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the sheet as a page of its own, with what is decided by now.

        The browser keeps what is decided on it, and writes it as a table. With
        ``assets="folder"`` pictures and sounds are files in a folder beside it, of
        ``review.html`` in ``review_files``, which belongs to the page.

        Parameters
        ----------
        path : str or path-like
            The file to write, ``.html`` or ``.htm``; its folder must exist.

        Returns
        -------
        pathlib.Path
            The file written.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If `path` is no path, is a folder or lies in none, or has another ending.
        OSError
            If the file cannot be written.
        """
        file = check_page("path", path)
        beside, is_beside = Beside(file), self._assets == "folder"
        content = str(self._fragment(beside) if is_beside else self._fragment())
        beside.write(page(self._content.title or "patchviz", content, alone=True, beside=is_beside))
        return file

    @property
    def nbytes(self) -> int:
        """Size of the page's HTML in bytes, without files beside it."""
        return self._content.nbytes

    def saved(self) -> dict[str, str]:
        """Return what notebooks save of it, and show where no kernel runs.

        Returns
        -------
        dict of str to str
            By media type.
        """
        if self._assets == "folder":
            said = Fragment(f"<p>{html.escape(repr(self))}<br>{html.escape(_BESIDE)}</p>", "")
            return saved_fragment(said, self.model_id)
        return saved_fragment(self._content.fragment(begin=[], **self._shared), self.model_id)

    def __repr__(self) -> str:
        tiles, n = self._content.state["tiles"], self._content.n_patches
        of = f" of {n:,}" if tiles is not None and len(tiles) < n else ""
        n_decided = len(self.picked) + len(self.rejected)
        beside = self._content.nbytes_beside
        return (
            f"Sheet({plural(n if tiles is None else len(tiles), 'patch')}{of}, "
            f"{n_decided} decided, {readable_size(self.nbytes)}"
            f"{f', and {readable_size(beside)} beside it' if beside else ''})"
        )


def sheet(
    patches: Patches | Iterable[Patches] | Recordings,
    numbers: Iterable[int] | None = None,
    *,
    title: str | None = None,
    names: Iterable[str] | None = None,
    audio: bool | None = None,
    cmap: str | Colormap | None = None,
    clim: ColorLimits | None = None,
    norm: Normalize | None = None,
    flim: FrequencyLimits | None = None,
    audio_format: str = "ogg",
    image_format: str = "png",
    column_step: int = 1,
    reduce: Reduction = "max",
    max_bytes: int = 12_000_000,
    speed: float = 1.0,
    labels: bool = True,
    scores: bool = True,
    of: str | None = None,
    truth: Mapping[str, float] | ArrayLike | None = None,
    height: int | None = None,
    assets: str = "page",
) -> Sheet:
    """Show many patches side by side, to be heard, opened, kept, rejected and named.

    Each recording is on the page once: a tile is a crop of its picture and a span of its sound.
    Where `numbers` leave out most of it, the page has only the parts around them, of some seconds
    more, if that saves a minute or more in all; a patch is then opened in its part, which says so.
    Keys: the arrows move, space hears a patch, Enter opens it in its place in the recording, K
    keeps and X rejects it, 1 to 9 and 0 name it, each of which goes on to the next tile, U and
    Ctrl+Z take that back, N goes to the next that is undecided, ? lists the keys. The browser keeps
    what is decided, and writes it as a table.

    Parameters
    ----------
    patches : Patches, iterable of Patches or Recordings
        Of a recording, or of several. Of `Recordings` those alone that have tiles are computed.
    numbers : iterable of int, optional
        Which of them, in this order: positions among all patches, as :meth:`Patches.choose`
        returns them, or a mask; of several recordings counted through. Or rows of a table of
        :meth:`~Patches.mistakes`, or of what was decided: each patch once, for the class of its
        first row. By default all.
    title : str, optional
        Text above the sheet; by default the recording's name.
    names : iterable of str, optional
        What patches can be called: the first ten by key, 1 to 9 and 0, and names that are all
        single digits by their own. By default the classes of their labels and scores.
    audio : bool, optional
        Embed the sound, once for each recording; by default where all have one.
    cmap, clim, norm, flim, audio_format, image_format, column_step, reduce : optional
        As in :func:`player`. Several recordings have one scale of colours, which holds those of
        all.
    max_bytes : int, default: 12_000_000
        The most that pictures and sounds may take. More is an error that says what to do.
    speed : float, default: 1.0
        At which patches are heard; from 0.0625 to 16. The pitch follows.
    labels, scores : bool, default: True
        Show what is known of the patches. Without labels no tile says them, but for a `truth`.
    of : str, optional
        The class whose score each tile says; by default that which it was chosen for, where
        `numbers` are what :meth:`Patches.choose` returned, and else the one that scores highest.
        Where `numbers` are not given, tiles are sorted by it at first; a list keeps its order.
    truth : mapping or array_like, optional
        What is true of patches, which tiles then say in place of labels: options of
        ``targets``, such as ``{"min_share": 0.5}``, or what it returned; of several recordings a
        row for each patch, counted through.
    height : int, optional
        The most that the tiles take, in CSS pixels, before they scroll; by default what the
        window leaves.
    assets : {"page", "folder"}
        Where the pictures and the sounds are: in the page, or, without a limit, in files beside
        it, which ``save`` and :func:`page` write and the page loads when a tile is seen or heard,
        from a disk or a server; there recordings are whole. Notebooks show such a sheet as a page
        that is to be saved.

    Returns
    -------
    Sheet
        In Jupyter a widget, whose `picked` and `names` follow the page; ``.save("review.html")``
        writes a page.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an argument is not what it must be, or the sheet would exceed `max_bytes`.
    PatchIndexError
        If there is no patch of a number.

    See Also
    --------
    plot_mosaic : The same as a figure.
    page : Together with players.

    Notes
    -----
    What is decided on a page is kept in its browser, under what the patches are: of another title
    or colour they are the same. A page that is saved with other decisions begins with these.

    Examples
    --------
    >>> import patchviz as pv
    >>> patches = pv.Spectrogram.example().patches(duration=2.0, hop_duration=0.1)
    >>> sheet = pv.sheet(patches, patches.choose(5, by="loudest"))
    >>> sheet
    Sheet(5 patches of 139, 0 decided, ... kB)
    >>> sheet.close()
    """
    options = PlayerOptions(
        title=title, cmap=cmap, clim=clim, norm=norm, flim=flim, audio_format=audio_format,
        image_format=image_format, column_step=column_step, reduce=reduce, max_bytes=max_bytes,
        speed=speed, labels=labels, scores=scores, of=of, truth=truth, assets=assets,
    )  # fmt: skip
    if isinstance(patches, Iterator):
        patches = [*patches]
    content = make_content(patches, numbers, options, names=names, audio=audio, height=height)
    return remember(Sheet(content))
