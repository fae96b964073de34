"""What a sheet is made of: many patches as tiles that a browser crops from their recordings.

The page gets each recording once, as players do (``web/player.py``): its picture, its sound and
its state. What the sheet itself is told (``SheetState`` in ``static/state.d.ts``) are numbers:
which patches, what they score, what they can be called.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.order import check_rows
from .._util.text import class_name, plain
from .._util.validation import check_int, check_position, check_text, items_of
from ..core.captions import times_of
from ..core.labels import is_name
from ..core.patches import Patches
from ..core.said import said_scores
from ..core.truth import is_by_labels
from ..errors import Argument, InvalidTypeError, InvalidValueError, PatchIndexError, Setting, shown
from ..plot.apart import FileNames
from ..plot.axis import shared_band
from ..plot.classes import ClassLooks, class_order
from ..plot.color import ColorScale
from ..plot.scored import needs_scores, not_scored
from ..recordings.names import unique_ends
from .beside import Beside
from .encode import readable_size
from .html import Embed, Fragment, embedded, sheet_fragment, sheet_script, source
from .known import name_alike
from .options import PlayerOptions
from .player import Player, make_player
from .state import still_caption, write_times_as
from .tiled import Tiled

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from ..recordings.recordings import Recordings

__all__ = ["SheetContent", "check_names", "make_content", "names_of"]

MOST_BYTES = 200_000  # of scores, which float32 are
MOST_LETTERS = 44  # of a file's name below a tile: two lines of a small one

MOST_SOUNDS = 3  # that are made ready before they are asked for


@dataclasses.dataclass
class SheetContent:
    """What a sheet shows, and what is decided of it.

    Attributes
    ----------
    tiled : Tiled
        The recordings that have tiles, or the parts of them that do.
    players : tuple of Player
        One for each of these: what tiles are cropped from, and opened in.
    files : list
        What tables call each recording's file; of a batch its items.
    state : dict
        What the script is told, ready for JSON.
    assets : {"page", "folder"}
        Where pictures and sounds are.
    said : dict of int to (str, float)
        The class whose score a tile says, and that, of those that say one.
    times : dict of int to (float, float)
        When tiles start and end, as tables say it.
    among : iterable of str
        The files of all recordings, of which these are some.
    """

    tiled: Tiled
    players: tuple[Player, ...]
    files: list[str | list[str]]
    state: dict[str, Any]
    assets: str
    said: dict[int, tuple[str, float]]
    times: dict[int, tuple[float, float]]
    among: Iterable[str]

    @property
    def n_patches(self) -> int:
        """How many patches its recordings have."""
        return self.tiled.n_patches

    def fragment(self, embed: Embed = embedded, **state: Any) -> Fragment:
        """Return it as HTML, with what has changed of its state."""
        is_beside = self.assets == "folder"
        preload = "none" if is_beside or len(self.players) > MOST_SOUNDS else "auto"
        sources = [
            source(
                player.state, player.tiles, player.sound,
                caption=still_caption(player.patches, player.state), embed=embed, preload=preload,
            )
            for player in self.players
        ]  # fmt: skip
        return sheet_fragment(self.state | state, sources)

    @property
    def title(self) -> str:
        """What stands above it."""
        title: str = self.state["title"]
        return title

    @cached_property
    def nbytes(self) -> int:
        """Size of its HTML in bytes, without files beside it."""
        embed = Beside(Path("patches.html")) if self.assets == "folder" else embedded
        return len(str(self.fragment(embed)).encode())

    @property
    def nbytes_beside(self) -> int:
        """Size of the files beside it in bytes."""
        if self.assets == "page":
            return 0
        return sum(map(len, {part for player in self.players for part in parts_of(player)}))

    def place(self, number: int) -> tuple[Patches, int, str | list[str]]:
        """Return of which patches a tile is one, which of these, and what their file is called."""
        k = int(self.tiled.place(number))
        return self.tiled.recordings[k], number - int(self.tiled.starts[k]), self.files[k]

    def check_number(self, number: object, name: str = "number") -> int:
        """Return the number of a patch from 0 of what may be counted from the end."""
        n, tiles = self.n_patches, self.state["tiles"]
        position = check_position(number, n, name)
        if tiles is not None and position not in tiles:
            raise PatchIndexError(
                Argument(name, position),
                f" has no tile: the sheet shows {len(tiles)} of {n} patches",
            )
        return position


def make_content(
    patches: Patches | Iterable[Patches] | Recordings,
    numbers: Iterable[int] | None,
    options: PlayerOptions,
    *,
    names: Iterable[str] | None,
    audio: bool | None,
    height: int | None,
) -> SheetContent:
    """Return what a sheet is made of; :func:`sheet` says what the arguments are."""
    given = Tiled.of(patches, numbers)
    recordings = given.recordings
    _check_of(recordings, options)
    looks = looks_of(recordings)
    options = dataclasses.replace(options, looks=looks)
    called = names_of(looks, names)
    if height is not None:
        height = check_int("height", height, minimum=200, unit="CSS pixels")
    sounds = [one.spectrogram.audio is not None for one in recordings]
    with_sound = all(sounds) if audio is None else audio
    options = dataclasses.replace(options, audio=with_sound)
    whole = given.with_tiles()
    tiled = whole.in_parts() if _may_be_parted(options) else whole
    whose = given.place(tiled.starts).tolist()
    file_of, among = _files_of(recordings, given.among)
    plain_files = [_plain(file_of[k]) for k in whose]
    among += [name for name in file_of if isinstance(name, str)]
    names_of_files = _Called.of(plain_files, [*map(plain, among)])
    players = _players(tiled, whole, options, names_of_files.titles)
    title = options.title or ""
    if options.title is None and len(whole.recordings) == 1:
        title = names_of_files.titles[0] or plain(whole.recordings[0].spectrogram.name)
    said, times = _said(tiled, options.of), _times(whole)
    is_by_frames = times == _times(tiled, by_frames=True)
    scores, n_unlisted = _scores(tiled, options.of) if options.scores else ([], 0)
    state = {
        "title": title,
        "files": plain_files,
        "called": names_of_files.tiles,
        "starts": tiled.starts.tolist(),
        "tiles": None if given.chosen is None else given.chosen.tolist(),
        "times": None if is_by_frames else [times[k] for k in given.shown.tolist()],
        "numbers": None if given.numbers is None else given.numbers[given.shown].tolist(),
        "scores": scores,
        "unlisted": n_unlisted,
        "said": _packed([said.get(k, ("", np.nan))[1] for k in tiled.shown.tolist()])
        if scores
        else "",
        "of": None if options.of is None else class_name(options.of),
        "names": called,
        "decided": [],
        "heard": [],
        "height": height,
    }
    state["key"] = _key(players, given, options.of)
    files = [given.paths[k] if given.paths else recordings[k]._file for k in whose]
    return SheetContent(tiled, players, files, state, options.assets, said, times, given.among)


def _check_of(recordings: Sequence[Patches], options: PlayerOptions) -> None:
    """Check that the class whose scores are shown has some."""
    if options.of is None:
        return
    check_text("of", options.of)
    if not options.scores:
        raise InvalidValueError(
            Argument("of", options.of), " is a score, and ", Setting("scores", False),
            " shows none",
        )  # fmt: skip
    scored = {
        name: None for one in recordings if one._scores is not None for name in one._score_classes
    }
    if not scored:
        raise needs_scores("of", options.of)
    if options.of not in scored:
        raise not_scored("of", options.of, options.of, [*scored])


def parts_of(player: Player) -> list[bytes]:
    """Return a recording's picture and sound, in files."""
    return [*player.tiles, *([player.sound.data] if player.sound else [])]


def looks_of(recordings: Sequence[Patches]) -> ClassLooks:
    """Return the looks of the classes of all recordings, of which each has one."""
    return ClassLooks(tuple(dict.fromkeys(name for one in recordings for name in class_order(one))))


def names_of(looks: ClassLooks, names: Iterable[str] | None) -> list[list[Any]]:
    """Return what patches can be called, their colours, and how often each came before."""
    known = [one for one in looks.names if is_name(one)]
    asked = known if names is None else check_names(names)
    looks = ClassLooks(tuple(dict.fromkeys([*looks.names, *asked])))
    return [
        [class_name(name), looks.color(k), looks.color(k, on_dark=False), looks.turn(k)]
        for name in dict.fromkeys(asked)
        for k in [looks.number(name)]
    ]


def check_names(names: Iterable[str]) -> list[str]:
    """Return what patches can be called."""
    listed = items_of(names)
    if listed is None:
        raise InvalidTypeError(
            Argument("names", names), " is no list of names", allowed='such as ["robin", "wren"]'
        )
    asked = [check_text("names", name) for name in listed]
    for name in asked:
        if not is_name(name):
            raise InvalidValueError(
                Argument("names"), f" hold {shown(name)}, which says no class",
                allowed="names other than '', 'keep' and 'reject'",
            )  # fmt: skip
    return asked


def _truths(tiled: Tiled, truth: Any) -> list[Any]:
    """Return what is true of each recording, given options of targets or a row for each patch."""
    recordings, n = tiled.recordings, tiled.n_patches
    if is_by_labels(truth):
        return [truth] * len(recordings)
    check_rows("truth", truth, tiled.given)
    parts = [truth]
    if len(recordings[0]) != n:
        is_table = hasattr(truth, "columns")
        rows = getattr(truth, "iloc", truth) if is_table else np.asarray(truth)
        shape = truth.shape if is_table else rows.shape
        if not shape or shape[0] != n:
            raise InvalidValueError(
                Argument("truth"), f" has the shape {shape}",
                allowed=f"a row for each of the {n} patches of all recordings",
            )  # fmt: skip
        starts = tiled.starts.tolist()
        parts = [rows[at : at + len(one)] for at, one in zip(starts, recordings, strict=True)]
    # Each recording counts its own rows.
    return [part.reset_index(drop=True) if hasattr(part, "iloc") else part for part in parts]


def _may_be_parted(options: PlayerOptions) -> bool:
    """Return whether recordings may be embedded in parts.

    Not where their files are loaded as they are needed, where each would have limits of its own,
    or where what is true of them is said by row.
    """
    return options.assets == "page" and options.norm is None and is_by_labels(options.truth)


def _titles(
    tiled: Tiled, whole: Tiled, title: str | None, called: Sequence[str]
) -> list[str | None]:
    """Return what stands above each recording where it is opened: a part says that it is one."""
    titles: list[str | None] = []
    title = title if len(whole.recordings) == 1 else None
    places = whole.place(tiled.starts).tolist()
    for one, k, name in zip(tiled.recordings, places, called, strict=True):
        own = (name or None) if title is None else title
        if one is whole.recordings[k]:
            titles.append(own)
            continue
        spec = one.spectrogram
        span = times_of(whole.recordings[k]).span(spec.start, spec.end, 2)
        own = spec.name if own is None else own
        titles.append(plain(" · ".join(filter(None, [own, f"only {span}"]))))
    return titles


def _players(
    tiled: Tiled, whole: Tiled, options: PlayerOptions, called: Sequence[str]
) -> tuple[Player, ...]:
    """Return a player for each recording, or part of one: in one scale of colours, one budget."""
    recordings, truths = whole.recordings, _truths(tiled, options.truth)
    is_parted = tiled is not whole
    if is_parted or len(recordings) > 1:
        scale = ColorScale.of_several(
            recordings, cmap=options.cmap, clim=options.clim, norm=options.norm,
            reduce=options.reduce,
        )  # fmt: skip
        if options.norm is None:
            options = dataclasses.replace(options, clim=(scale.vmin, scale.vmax))
        if options.flim is None:
            band = shared_band((one.spectrogram for one in recordings), has_ticks=False)
            options = dataclasses.replace(options, flim=band)
    players: list[Player] = []
    size = len(sheet_script())
    titles = _titles(tiled, whole, options.title, called)
    rows = whole.place(tiled.starts).tolist()
    for row, one, truth, title in zip(rows, tiled.recordings, truths, titles, strict=True):
        its = dataclasses.replace(
            options, truth=truth, title=title, chosen_for=tiled.chosen_in(len(players))
        )
        player = make_player(one, its, 0)
        if one is not recordings[row]:
            write_times_as(player.state, recordings[row])
        if options.assets == "page":
            size += sum(-(-len(part) // 3) * 4 for part in parts_of(player))
        if size > options.max_bytes:
            more = f" after {row + 1} of {len(recordings)} recordings"
            raise InvalidValueError(
                f"the sheet takes {readable_size(size)}{more}, more than ",
                Argument("max_bytes", options.max_bytes), " allows",
                remedy=(
                    "Raise ", Argument("max_bytes"), ", or make it smaller: fewer recordings; ",
                    Setting("image_format", "webp"), " takes a fifth, with loss; ",
                    Setting("audio", False), " leaves out the sound. With ",
                    Setting("assets", "folder"), " they are files beside its page.",
                ),
            )  # fmt: skip
        players.append(player)
    name_alike(player.state["known"] for player in players)
    return tuple(players)


def _files_of(
    recordings: Sequence[Patches], among: Iterable[str] = ()
) -> tuple[list[str | list[str]], list[str]]:
    """Return the recordings' files as they were given, without the folders that all lie in.

    Where folders are those of whoever makes the page, they are nobody else's business. Of a batch
    each item has a name. And, as they are written then, those of which these are some.

    Parameters
    ----------
    recordings : sequence of Patches
    among : iterable of str
        Those of which these are some: then their names do not depend on which of them they are.
    """
    files: list[str | Path | list[str]] = []
    for one in recordings:
        audio = one.spectrogram.audio
        given = audio.given if audio is not None else None
        files.append(given if isinstance(given, Path) else one._file)
    others = [*map(Path, among)]
    known = [file for file in files if isinstance(file, Path)] + others
    folders = {path.parent for path in known if path.is_absolute()}
    common = os.path.commonpath(folders) if folders else ""
    named = [_within(file, common) if isinstance(file, Path) else file for file in files]
    return named, [_within(path, common) for path in others]


def _within(path: Path, folder: str) -> str:
    return (path.relative_to(folder) if path.is_absolute() else path).as_posix()


def _plain(name: str | list[str]) -> str | list[str]:
    return plain(name) if isinstance(name, str) else [plain(one) for one in name]


@dataclasses.dataclass(frozen=True)
class _Called:
    """What files are called, each told from those of which they are some.

    Captions of a batch say the names of its items themselves.

    Attributes
    ----------
    titles : list of str
        Above what is opened of them; of a batch nothing.
    tiles : list of str
        Below tiles, where there is less room; nothing where all are of one file.
    """

    titles: list[str]
    tiles: list[str]

    @classmethod
    def of(cls, files: Sequence[str | list[str]], among: Sequence[str]) -> _Called:
        names = list(dict.fromkeys(name for name in files if isinstance(name, str)))
        whole = dict(zip(names, unique_ends(names, among), strict=True))
        short = dict.fromkeys(names, "")
        if len(names) > 1:
            short = dict(zip(names, FileNames(names, among).fitting(_fits), strict=True))
        titles, tiles = (
            [form[name] if isinstance(name, str) else "" for name in files]
            for form in (whole, short)
        )
        return cls(titles, tiles)


def _fits(form: str, n_lines: int) -> bool:
    return len(form) <= MOST_LETTERS * n_lines


def _scores(tiled: Tiled, of: str | None) -> tuple[list[tuple[str, str]], int]:
    """Return what the tiles score: of all classes, or the one asked for and the highest.

    And how many classes there are whose scores would take too much of a page.
    """
    shown = tiled.shown
    at = tiled.place(shown)
    columns: dict[str, NDArray[np.float32]] = {}
    for k, one in enumerate(tiled.recordings):
        if one._scores is None:
            continue
        tiles = np.flatnonzero(at == k)
        for column, name in enumerate(one._score_classes):
            found = columns.setdefault(name, np.full(len(shown), np.nan, np.float32))
            found[tiles] = one._scores[shown[tiles] - tiled.starts[k], column]
    room = max(1, MOST_BYTES // (4 * len(next(iter(columns.values()), [0]))))
    best = {name: np.nanmax(column, initial=-np.inf) for name, column in columns.items()}
    kept = set(sorted(best, key=lambda name: (name != of, -best[name]))[:room])
    scores = [
        (class_name(name), _packed(column)) for name, column in columns.items() if name in kept
    ]
    return scores, len(columns) - len(scores)


def _said(tiled: Tiled, of: str | None) -> dict[int, tuple[str, float]]:
    """Return the class whose score each tile says, and that, of those that say one."""
    said: dict[int, tuple[str, float]] = {}
    at = tiled.place(tiled.shown)
    for k, one in enumerate(tiled.recordings):
        columns, scores = said_scores(one, of, tiled.chosen_in(k))
        for position in tiled.shown[at == k].tolist():
            index = position - int(tiled.starts[k])
            if columns[index] >= 0:
                said[position] = one.classes[columns[index]], float(scores[index])
    return said


def _times(tiled: Tiled, *, by_frames: bool = False) -> dict[int, tuple[float, float]]:
    """Return when tiles start and end, as tables of their recordings say it, or by frames."""
    found: dict[int, tuple[float, float]] = {}
    at = tiled.place(tiled.shown)
    for k, one in enumerate(tiled.recordings):
        tiles = tiled.shown[at == k]
        times = one.framing.times if by_frames else one.framing.table_times
        starts, ends = times[tiles - tiled.starts[k]].T.tolist()
        found |= dict(zip(tiles.tolist(), zip(starts, ends, strict=True), strict=True))
    return found


def _packed(scores: ArrayLike) -> str:
    """Return scores for JavaScript, four bytes each."""
    return base64.b64encode(np.asarray(scores, "<f4").tobytes()).decode()


def _key(players: Iterable[Player], given: Tiled, of: str | None) -> str:
    """Return what tells these patches, and the class that is decided, from others."""
    found = hashlib.sha256()
    for part in _content(players):
        found.update(part)
    found.update(b"" if given.chosen is None else np.sort(given.chosen).tobytes())
    if of is not None or given.chosen_for:
        found.update(json.dumps([of, sorted(given.chosen_for.items())]).encode())
    return found.hexdigest()[:16]


def _content(players: Iterable[Player]) -> Iterator[bytes]:
    for player in players:
        yield json.dumps([player.state["patches"], player.state["columns"]]).encode()
        yield from player.tiles
