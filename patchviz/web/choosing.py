"""A player of many recordings: a list of them, and the player of the one that is chosen there.

Each recording comes onto the page as a player's does (``web/player.py``). The page makes a player
of one when it is chosen (``static/choosing.js``): of the others nothing is decoded.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .._util.text import one_line, plain, plural
from .._util.warn import held, warn_user
from ..errors import Argument, InvalidValueError, Setting
from ..plot.color import ColorScale
from ..recordings.names import numbered, unique_ends
from ..recordings.remarks import by_kind
from .beside import Beside
from .byrow import ByRow
from .encode import Encoder, readable_size
from .html import Embed, Fragment, embedded, least_size, recordings_fragment, source
from .player import Player, make_player
from .seen import seen_of
from .state import still_caption
from .stops import with_positions

if TYPE_CHECKING:
    from ..core.patches import Patches
    from ..recordings.recordings import Recordings
    from .options import PlayerOptions

__all__ = ["ChoosingPlayer", "check_recordings", "listed", "player_of_recordings"]

MOST_FILES = 5000  # in a list that a person looks through

# By so many recordings all are judged before they are computed; and refused where they would take
# so many times what they may: not all are as easy to compress.
_JUDGED, _HOPELESS = 5, 2


class ChoosingPlayer(Player):
    """A player with a list of files above it. Made by :func:`player`, of recordings.

    Its patches, state, picture and sound are those of the recording that is shown at first.

    Parameters
    ----------
    players : sequence of Player
        One for each recording.
    names : sequence of str
        What their files are called in the list.
    shown : int
        Which of them is shown at first.
    title : str
        Text above the list, may be empty.
    stops_at : str
        What one goes to from one to the next, if the list says how many of these each has.
    unlabelled : sequence of int
        Of which recordings the list says that nobody labelled them.
    max_width : int, optional
        The most it takes on a page, in CSS pixels.
    assets : {"page", "folder"}
        Whether pictures and sounds lie in the page, or in files beside it.
    """

    def __init__(
        self,
        players: Sequence[Player],
        names: Sequence[str],
        shown: int,
        title: str,
        *,
        stops_at: str = "",
        unlabelled: Sequence[int] = (),
        max_width: int | None,
        assets: str,
    ) -> None:
        first = players[shown]
        super().__init__(
            first.patches, first.state, first.tiles, first.sound, scale=first.scale,
            max_width=max_width, assets=assets,
        )  # fmt: skip
        self.players = tuple(players)
        stops = [one.stops for one in players]
        # Of each its first and its last, which are those that one goes to from another.
        ends = [[len(found), found[0], found[-1]] if found else [] for found in stops]
        self._told = {
            "names": [*names], "shown": shown, "title": title, "stops": ends, "stopsAt": stops_at,
            "unlabelled": [*unlabelled],
        }  # fmt: skip

    @property
    def stops(self) -> tuple[int, ...]:
        """Where N and P go to at first: positions among all patches, counted through."""
        counts = [len(one.patches) for one in self.players]
        starts = np.cumsum([0, *counts[:-1]]).tolist()
        return tuple(
            start + stop
            for start, one in zip(starts, self.players, strict=True)
            for stop in one.stops
        )

    @property
    def _title(self) -> str:
        return str(self._told["title"]) or plural(len(self.players), "recording")

    def _fragment(self, embed: Embed = embedded) -> Fragment:
        sources = [
            source(
                one.state, one.tiles, one.sound, caption=still_caption(one.patches, one.state),
                embed=embed, preload="none",
            )
            for one in self.players
        ]  # fmt: skip
        return recordings_fragment(self._told, sources, max_width=self._max_width)

    def _shows(self) -> str:
        n = sum(len(one.patches) for one in self.players)
        return f"{plural(n, 'patch')} of {plural(len(self.players), 'recording')}"

    @property
    def _sizes(self) -> tuple[int, int]:
        pictures, sounds = zip(*(one._sizes for one in self.players), strict=True)
        return sum(pictures), sum(sounds)


def listed(recordings: Recordings) -> list[tuple[str, int]]:
    """Return what the files that have patches are called, and their rows."""
    rows = np.flatnonzero(recordings._index.counts).tolist()
    paths = recordings._table.paths
    names = unique_ends((paths[row] for row in rows), paths)
    names = numbered(one_line(plain(name)) for name in names)  # which differ by blanks
    return [*zip(names, rows, strict=True)]


def check_recordings(recordings: Recordings) -> None:
    """Refuse recordings that nobody can choose among."""
    n = int(np.count_nonzero(recordings._index.counts))
    if not 1 <= n <= MOST_FILES:
        raise InvalidValueError(
            Argument("patches"), f" are of {plural(n, 'file')}",
            allowed=f"those of 1 to {MOST_FILES:,} files",
            remedy="Choose some: recordings[numbers]." if n else "",
        )  # fmt: skip


def player_of_recordings(
    recordings: Recordings,
    options: PlayerOptions,
    index: int | None,
    tlim: tuple[float, float] | None,
) -> ChoosingPlayer:
    """Return a player of many recordings, of which that of a patch is shown at first.

    Parameters
    ----------
    recordings : Recordings
        They are computed one after the other, and no more of them is kept than they keep.
    options : PlayerOptions
    index : int, optional
        Position of the patch to begin with among all; by default the first, or the first mistake,
        where the player stops at these.
    tlim : (float, float), optional
        Which times of its recording are seen at first.
    """
    check_recordings(recordings)
    asked = ByRow(recordings, with_positions(recordings._flat, options))
    asked.tell()
    position = recordings.check_index(index or 0)
    begins = int(recordings.find(position)[0])
    first = position - int(recordings._index.first[begins])
    names = {row: name for name, row in listed(recordings)}
    rows, encoder = [*names], Encoder()
    told: list[tuple[str, str]] = []

    def made(row: int, **changes: object) -> Player:
        patches, is_first = recordings.patches(row), row == begins
        changes |= {"title": names[row]}
        how = dataclasses.replace(asked.of(row), **changes)  # type: ignore[arg-type]
        if is_first:
            how = dataclasses.replace(how, seen=seen_of(patches, tlim, first))
        at = None if index is None else first if is_first else 0
        with held() as remarks:
            player = make_player(patches, how, at, encoder if is_first else None)
        told.extend((names[row], remark) for remark in remarks)
        return player

    limits: dict[str, object] = {}
    if len(rows) > _JUDGED:
        some = [rows[k * (len(rows) - 1) // (_JUDGED - 1)] for k in range(_JUDGED)]
        _check_hopeful(recordings, {row: made(row) for row in some}, options)
    if len(rows) > 1:
        scale = ColorScale.of_several(
            _each(recordings, rows), cmap=options.cmap, clim=options.clim, norm=options.norm,
            reduce=options.reduce,
        )  # fmt: skip
        if options.norm is None:
            limits = {"clim": (scale.vmin, scale.vmax)}
    players: list[Player] = []
    size = least_size()
    for row in rows:
        players.append(made(row, **limits))
        size += _size_of(players[-1])
        if size > options.max_bytes:
            more = f" after {len(players):,} of {len(rows):,} recordings"
            raise _exceeded(f"the player takes {readable_size(size)}{more}", options)
    for remark in by_kind(told, "recording", len(rows)):
        warn_user(remark)
    has_some = any(one.stops for one in players)
    for one in players:  # which has the buttons, too, if there is none in its own recording
        one.state["elsewhere"] = has_some
    shown = rows.index(begins)
    if index is None and tlim is None and options.is_at_mistakes:
        shown = next((k for k, one in enumerate(players) if one.stops), shown)
    return ChoosingPlayer(
        players, [*names.values()], shown, options.title or "",
        stops_at=options.stops_called, max_width=options.width, assets=options.assets,
        unlabelled=[k for k, row in enumerate(rows) if not asked.is_judged(row)],
    )  # fmt: skip


def _each(recordings: Recordings, rows: Sequence[int]) -> Iterator[Patches]:
    for row in rows:
        yield recordings.patches(row)


def _size_of(player: Player) -> int:
    """Return how much of a page a recording takes, besides the script."""
    beside = Beside(Path("patches.html")) if player._assets == "folder" else embedded
    return len(player._fragment(beside).markup)


def _check_hopeful(
    recordings: Recordings, some: Mapping[int, Player], options: PlayerOptions
) -> None:
    """Refuse recordings that would take much more than they may, judged by some, by their rows."""
    headers, has = recordings._table.headers, recordings._index.counts > 0
    seconds = headers.n_samples / np.maximum(headers.sr, 1)
    n, size = int(np.count_nonzero(has)), sum(map(_size_of, some.values()))
    content = 0
    if options.assets == "page":  # which grows with how long they last
        content = sum(sum(player._sizes) for player in some.values()) * 4 // 3
    size = n * (size - content) // len(some) + int(
        content * seconds[has].sum() / seconds[[*some]].sum()
    )
    if size > _HOPELESS * options.max_bytes:
        raise _exceeded(
            f"the player of {n:,} recordings would take about {readable_size(size)}", options
        )


def _exceeded(what: str, options: PlayerOptions) -> InvalidValueError:
    """Return the error of recordings that are too large for a page."""
    remedy: list[str | Argument] = ["Choose fewer patches, recordings[numbers]; "]
    if options.assets == "page":
        remedy += [Setting("assets", "folder"), " writes files beside the page; "]
    remedy += [
        "patchviz.sheet(recordings, numbers) has those parts alone that it shows; in a shell "
        "patchviz FOLDER -o site makes a page for each; or raise ",
        Argument("max_bytes"), ".",
    ]  # fmt: skip
    return InvalidValueError(
        f"{what}, more than ", Argument("max_bytes", options.max_bytes), " allows",
        remedy=tuple(remedy),
    )  # fmt: skip
