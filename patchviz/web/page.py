"""Several players and sheets on one page: one script, and once what they share."""

from __future__ import annotations

import copy
import hashlib
import html
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, runtime_checkable

from .._util.text import plain
from .._util.validation import check_bool, check_text, items_of
from ..errors import Argument, InvalidTypeError, InvalidValueError
from ..recordings.names import unique_ends
from .beside import Beside, check_page
from .html import Embed, Fragment, data_uri, page_script
from .html import page as whole_page
from .player import Player

__all__ = ["OnPage", "page"]


@runtime_checkable
class OnPage(Protocol):
    """What a page can hold: a player, or a sheet."""

    _assets: str

    def _fragment(self, embed: Embed = ...) -> Fragment: ...


def _told_apart(items: list[OnPage]) -> list[OnPage]:
    """Return them with as much of their paths above players of different files of one name."""
    files = {k: file for k, item in enumerate(items) if (file := _file_above(item)) is not None}
    ends = dict(zip(files.values(), unique_ends(files.values()), strict=True))
    names = Counter(Path(file).name for file in {*files.values()})
    told = list(items)
    for k, file in files.items():
        if names[Path(file).name] > 1:
            told[k] = one = copy.copy(items[k])
            assert isinstance(one, Player)
            one.state = one.state | {"title": plain(ends[file])}
    return told


def _file_above(item: OnPage) -> str | None:
    """Return the path of the file whose name stands above a player of one recording."""
    if type(item) is not Player or (audio := item.patches.spectrogram.audio) is None:
        return None
    is_named = isinstance(audio.given, Path) and item.state["title"] == plain(audio.given.name)
    return str(audio.given) if is_named else None


class _Once:
    """Embeds bytes the first time, and names them from then on."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}

    def __call__(self, data: bytes, media_type: str) -> str:
        key = hashlib.sha256(data).digest()
        if key in self._numbers:
            return f'data-same="{self._numbers[key]}"'
        number = self._numbers[key] = len(self._numbers)
        return f'data-once="{number}" src="{data_uri(data, media_type)}"'


def page(
    items: Iterable[OnPage],
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
    link: bool = False,
) -> Path:
    """Write players and sheets as one page: one script, and once each sound that they share.

    Parameters
    ----------
    items : iterable of Player or Sheet
        What :func:`player` and :func:`sheet` return, from the top.
    path : str or path-like
        The file to write, ``.html`` or ``.htm``; its folder must exist.
    title : str, optional
        Of the page, and above all of it.
    link : bool, default: False
        Go together: where one is moved to, the others move to the same time in seconds, whatever
        their patches, front ends or channels are; and where one plays, the others are silent.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an item is neither player nor sheet, if there is none, or if `path` is no file that can
        be written, or has another ending.
    OSError
        If the file cannot be written.

    See Also
    --------
    player : One player, which writes a page of its own.
    sheet : Many patches side by side.

    Examples
    --------
    >>> import patchviz as pv
    >>> from tempfile import TemporaryDirectory
    >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    >>> with TemporaryDirectory() as folder:
    ...     players = pv.player(patches), pv.player(patches, cmap="gray")
    ...     file = pv.page(players, f"{folder}/both.html", title="Two colormaps", link=True)
    ...     text = file.read_text()
    >>> text.count("<script>")
    1
    """
    file = check_page("path", path)
    if title is not None:
        title = plain(check_text("title", title))
    link = check_bool("link", link)
    if isinstance(items, OnPage):
        items = [items]
    listed = items_of(items)
    if listed is None:
        raise InvalidTypeError(
            Argument("items", items), " is no list", allowed="a list of players and sheets"
        )
    shown: list[OnPage] = []
    for k, item in enumerate[object](listed):
        if not isinstance(item, OnPage):
            raise InvalidTypeError(
                f"items[{k}] is of type {type(item).__name__}. It must be a player or a sheet: "
                "patchviz.player(patches), patchviz.sheet(patches)."
            )
        shown.append(item)
    if not shown:
        raise InvalidValueError(Argument("items", []), " holds nothing to show")
    once, beside = _Once(), Beside(file)
    markup = "\n".join(
        f'<div style="margin-bottom:24px">\n'
        f"{item._fragment(beside if item._assets == 'folder' else once).markup}\n</div>"
        for item in _told_apart(shown)
    )
    linked = ' class="patchviz-linked"' if link else ""
    heading = f"<h1>{html.escape(title)}</h1>\n" if title else ""
    content = f"{heading}<div{linked}>\n{markup}\n</div>\n<script>\n{page_script()}\n</script>"
    is_beside = any(item._assets == "folder" for item in shown)
    beside.write(whole_page(title or "patchviz", content, beside=is_beside))
    return file
