"""A site of many recordings: an index, and a page with a player for each, made once."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import html
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta, timezone
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import __version__
from .._util.files import held_alone, write_whole, written
from .._util.text import class_name, one_line, plain, plural
from ..core.times import format_time
from ..errors import Argument, InvalidValueError, parts_of, rendered
from ..recordings.headers import NAIVE
from ..recordings.pool import Work
from .beside import Beside
from .html import compact, page, static_text
from .options import PlayerOptions
from .overviews import PER_PICTURE, overview_of, write_overviews
from .player import make_player

if TYPE_CHECKING:
    from distributed import Client

    from ..core.patches import Patches
    from ..recordings.cluster import Cluster
    from ..recordings.pool import Outcome, Workers
    from ..recordings.recordings import Recordings
    from .player import Player

__all__ = ["Site", "Written"]

_PAGES = "pages.js"  # in the folder of the pages: what they are called, in the order of the index
# What is counted is where N goes on to, and no pairs of a patch and a class.
_MISTAKEN = "Mistakes"
_COUNTED = {
    _MISTAKEN: ' title="Patches whose labels and scores disagree in one class or in several;'
    ' of a run of one class that shares frames, the middle one"'
}
_KEPT = ".patchviz"  # the folder in which is what a later run goes on from


@dataclasses.dataclass(frozen=True)
class Written:
    """How many pages there are: made anew, kept from before, and of how many there are none.

    Removed are those of recordings that are not there any more.
    """

    index: Path
    n_made: int
    n_kept: int
    n_failed: int
    n_removed: int = 0


@dataclasses.dataclass(frozen=True, eq=False)
class Site:
    """A folder with ``index.html``, and in ``recordings`` a page for each recording.

    A page is kept as long as neither the sound nor anything that it shows changes, so that a run
    that was stopped goes on, and a second one has nothing to make. Which page is before it and
    after it pages find in a file that they share. What of an earlier run is of no recording any
    more is removed; other files stay.

    Parameters
    ----------
    recordings : Recordings
    root : Path
        The folder that they are called after.
    folder : Path
        That of the site. It is made if it is not there.
    options : mapping
        What each player is told, besides its patches.
    spell : callable
        What the index calls arguments, where it says why a recording failed.
    """

    recordings: Recordings
    root: Path
    folder: Path
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    spell: Callable[[Argument], str] = str

    def write(
        self, *, jobs: int | None = None, client: Client | None = None, progress: bool = True
    ) -> Written:
        """Make what is missing, several pages at once, and the index of all.

        Parameters
        ----------
        jobs : int, optional
            How many pages are made at once; by default one for each processor.
        client : distributed.Client, optional
            Whose cluster makes them; its workers find the files, and the site, at the same paths.
        progress : bool, default: True
            Whether work that takes longer than a second shows a progress bar.

        Raises
        ------
        InvalidValueError
            If `client` is no client, another run writes into the folder, or there is an index that
            none wrote.
        OSError
            If something cannot be written.

        Warns
        -----
        UserWarning
            If recordings fail: how many, and the first. The index has a row for each, and why. If
            mistakes are counted where a table of labels of all recordings says nothing.
        """
        workers = self.recordings._who(jobs, False, client)
        if (self.folder / "index.html").exists() and not (self.folder / _KEPT).is_dir():
            raise InvalidValueError(
                Argument("out", str(self.folder)), " has an index.html that no run of patchviz "
                "wrote there", remedy="Choose another folder, or take that file away.",
            )  # fmt: skip
        (self.folder / "recordings").mkdir(parents=True, exist_ok=True)
        (self.folder / _KEPT).mkdir(exist_ok=True)
        with held_alone(self.folder / _KEPT / "lock") as is_alone:
            if not is_alone:
                raise InvalidValueError(
                    Argument("out", str(self.folder)), ": another run writes into it",
                    remedy="Wait until that has ended, or choose another folder.",
                )  # fmt: skip
            made = self._written(workers, client, progress)
        options = PlayerOptions(**self.options)
        if options.is_at_mistakes and made.n_made + made.n_kept:
            self.recordings._flat.tell_without_row(options.truth)
        return made

    def _written(
        self, workers: Workers | Cluster, client: Client | None, progress: bool
    ) -> Written:
        """Make what is missing, and the index, while nobody else does."""
        rows = np.flatnonzero(self.recordings._index.counts)
        keys = dict(zip(rows.tolist(), self._keys(rows.tolist()), strict=True))
        kept = {row: one for row, key in keys.items() if (one := self._kept(key)) is not None}
        missing = np.array([row for row in keys if row not in kept], int)
        outcomes: list[Outcome] = []
        if missing.size:
            pages = {row: (self._page(row, keys[row]), keys[row]) for row in missing.tolist()}
            paths, names = self.recordings._table.paths, self._names
            made = {
                str(Path(paths[row])): (*page, names[row], self.recordings._is_labelled(row))
                for row, page in pages.items()
            }
            work = Work(self.recordings, _Pages(self.folder.absolute(), made, self.options))
            outcomes = self.recordings._worked(
                work, missing, workers, doing="Making pages of", progress=progress,
                may_all_fail=True,
            )  # fmt: skip
        errors = {**self.recordings._table.errors}
        errors |= {outcome.row: outcome.error for outcome in outcomes if outcome.error}
        for row in missing.tolist():
            if row not in errors and (one := self._kept(keys[row])) is not None:
                kept[row] = one
        index = self._write_index(kept, errors)
        # Where there is no page somebody may have mistyped an option, and finds all as it was.
        n_removed = self._tidy({*keys.values()}) if kept else 0
        n_made = len(missing) - sum(bool(outcome.error) for outcome in outcomes)
        return Written(index, n_made, len(kept) - n_made, len(errors), n_removed)

    # -- what is there -----------------------------------------------------------------------

    def _keys(self, rows: list[int]) -> list[str]:
        """Return what tells the page of each recording from any other."""
        table = self.recordings._table
        states = self.recordings._states(np.array(rows, np.int64)).tolist()
        facts = [__version__, self.recordings._recipe.key, repr(sorted(self.options.items()))]
        same = hashlib.sha256(json.dumps(facts).encode()).digest()
        file = self.folder / _KEPT / "files.json"
        known: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            known = json.loads(file.read_text("utf-8"))
        found, keys = {}, []
        for row, state in zip(rows, states, strict=True):
            path, name = table.path(row), self._names[row]
            before, digest = known.get(name, (None, ""))
            now = state[:2]  # its size, and when it was written, which a copy may have of another
            with contextlib.suppress(OSError):
                now = [*now, os.stat(path).st_ctime_ns]
                if before != now:
                    with open(path, "rb") as sound:
                        digest = hashlib.file_digest(sound, "sha256").hexdigest()
            found[name] = [now, digest]
            content = json.dumps([name, digest, state[2:], str(table.start(row))]).encode()
            content += self.recordings._known_of(row)
            keys.append(hashlib.sha256(same + content).hexdigest()[:16])
        write_whole(file, json.dumps(found).encode())
        return keys

    def _page(self, row: int, key: str) -> str:
        """Return what the page of a recording is called, in letters that need no quotation."""
        stem = Path(self.recordings._table.paths[row]).stem
        slug = re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-")[:60]
        return f"{slug or 'recording'}-{key}.html"

    def _kept(self, key: str) -> dict[str, Any] | None:
        """Return what is kept of a page; None where there is nothing, or nothing that is whole."""
        try:
            kept = json.loads((self.folder / _KEPT / f"{key}.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        if not isinstance(kept, dict) or not {"files", "stops"} <= kept.keys():
            return None
        folder = self.folder / "recordings"
        return kept if all((folder / file).is_file() for file in kept["files"]) else None

    @cached_property
    def _names(self) -> list[str]:
        """What recordings are called: their paths in the folder."""
        table = self.recordings._table
        paths = [os.path.relpath(table.path(row), self.root) for row in range(len(table))]
        return [plain(Path(path).as_posix()) for path in paths]

    def _tidy(self, keys: set[str]) -> int:
        """Remove pages of an earlier run, and return how many are of no recording any more."""
        gone, there = 0, {*self._names}
        for file in (self.folder / _KEPT).glob("?" * 16 + ".json"):
            if file.stem in keys:
                continue
            with contextlib.suppress(OSError, ValueError, TypeError):  # what is cut says nothing
                gone += json.loads(file.read_text("utf-8")).get("name") not in there
            for left in (self.folder / "recordings").glob(f"*-{file.stem}*"):
                if left.is_dir():
                    shutil.rmtree(left)
                else:
                    left.unlink()
            file.unlink()
        return gone

    # -- the index ---------------------------------------------------------------------------

    def _write_index(self, kept: Mapping[int, dict[str, Any]], errors: Mapping[int, str]) -> Path:
        """Write the index and the overviews that it shows."""
        each = [one["overview"] for one in kept.values()]
        pictures = write_overviews(self.folder, each, self.options.get("cmap"))
        places = {row: place for place, row in enumerate(kept)}
        names = self._names
        listed = sorted({*kept, *errors}, key=lambda row: names[row])
        columns = self._columns(listed, kept)
        rows = "\n".join(
            f"<tr>{self._cells(row, names[row], kept[row], places[row], columns)}</tr>"
            if row in kept
            else f'<tr class="failed">{self._failed(row, names[row], errors[row], columns)}</tr>'
            for row in listed
        )
        pages = [
            (kept[row]["page"], one_line(names[row]), *kept[row]["stops"][1:])
            for row in listed
            if row in kept
        ]
        write_whole(
            self.folder / "recordings" / _PAGES,
            f"globalThis.patchvizPages={json.dumps(pages, separators=(',', ':'))};\n".encode(),
        )
        heads = "".join(
            f'<th scope="col"><button type="button"{_COUNTED.get(head, "")}>{head}</button></th>'
            for head in ("Recording", *columns)
        )
        title = plural(len(listed), "recording")
        content = (
            f"<style>{compact(static_text('site.css'))}</style>\n"
            f'<h1>{title}</h1>\n<p><label>Search <input type="search"></label> '
            '<output role="status"></output></p>\n'
            f'<table data-pictures="{" ".join(pictures)}" data-each="{PER_PICTURE}">\n<thead><tr>'
            f'<th scope="col">Overview</th>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n'
            f"</table>\n<script>\n{compact(static_text('site.js'))}\n</script>"
        )
        index = self.folder / "index.html"
        with written(index) as path:
            path.write_text(page(title, content, beside=True), encoding="utf-8")
        for file in self.folder.glob("overviews-" + "?" * 16 + ".png"):
            if file.name not in pictures:  # of the index before
                file.unlink()
        return index

    def _columns(self, listed: Iterable[int], kept: Mapping[int, dict[str, Any]]) -> list[str]:
        """Return what the index has columns of: of what nothing is known, none."""
        began = self.recordings._table.headers.began
        wanted = {
            "Began": any(not np.isnat(began[row]) for row in listed),
            "Length": True,
            "Patches": True,
            "Labels": self.recordings._labels is not None
            or any(one["labels"] for one in kept.values()),
            "Highest score": any(one["best"] for one in kept.values()),
            "Events": self.options.get("stops") == "events",
            _MISTAKEN: self.options.get("stops") == "mistakes",
        }
        return [name for name, is_wanted in wanted.items() if is_wanted]

    def _cells(
        self, row: int, name: str, kept: Mapping[str, Any], place: int, columns: list[str]
    ) -> str:
        """Return the cells of a recording, each with what it is sorted by."""
        headers = self.recordings._table.headers
        n = int(self.recordings._index.counts[row])
        seconds = headers.n_samples[row] / headers.sr[row]
        best, n_stops = kept["best"], kept["stops"][0]
        is_labelled = self.recordings._is_labelled(row)
        is_judged = best and is_labelled  # else nobody knows
        cells = {
            "Began": _moment(headers.began[row], headers.offset[row]),
            "Length": (f"{seconds:.6f}", _length(seconds)),
            "Patches": (str(n), f"{n:,}"),
            "Labels": _labels(kept["labels"]) if is_labelled else ("", "not labelled"),
            "Highest score": _highest(*best) if best else ("", ""),
            "Events": (f"{n_stops}", f"{n_stops:,}"),
            _MISTAKEN: (f"{n_stops}", f"{n_stops:,}") if is_judged else ("", ""),
        }
        link = f'<a href="recordings/{html.escape(kept["page"])}">{_text(name)}</a>'
        overview = f'<td class="overview"><div data-at="{place}"></div></td><td>{link}</td>'
        return overview + "".join(
            _cell(*cells[column], has_names=column in ("Labels", "Highest score"))
            for column in columns
        )

    def _failed(self, row: int, name: str, error: str, columns: list[str]) -> str:
        """Return the cells of a recording that has no page, and why it has none."""
        headers = self.recordings._table.headers
        began = _cell(*_moment(headers.began[row], headers.offset[row]))
        n = len(columns) - 1 if "Began" in columns else len(columns)
        said = _text(rendered(parts_of(error), self.spell))
        said = re.sub(r"--\w[\w-]*", r'<span class="option">\g<0></span>', said)
        return (
            f"<td></td><td>{_text(name)}</td>{began if n < len(columns) else ''}"
            f'<td class="why" colspan="{n}">{said}</td>'
        )


@dataclasses.dataclass(frozen=True)
class _Pages:
    """Writes the page of a recording, wherever that is worked on.

    Attributes
    ----------
    folder : Path
        That of the site.
    of : mapping
        By the path of a recording, what its page is called, its key, what it is called itself, and
        whether somebody looked at it: where nobody did, nothing is a mistake.
    options : mapping
        What each player is told.
    """

    folder: Path
    of: Mapping[str, tuple[str, str, str, bool]]
    options: Mapping[str, Any]

    def __call__(self, patches: Patches) -> None:
        """Write a page; then, that it is there, and what the index says of it."""
        audio = patches.spectrogram.audio
        assert audio is not None
        name, key, title, is_labelled = self.of[str(audio.given)]
        # One goes on to the stops of other pages, which are made at the same time.
        is_known = patches.spectrogram.labels is not None or patches.scores is not None
        options = PlayerOptions(
            title=title, assets="folder", is_judged=is_labelled,
            elsewhere=is_known or self.options.get("stops") is not None, **self.options,
        )  # fmt: skip
        made = make_player(patches, options, None)
        beside = Beside(self.folder / "recordings" / name)
        content = f"{_way(is_labelled)}\n{made._fragment(beside)}"
        beside.write(page(title, content, alone=True, beside=True))
        labels, scores = patches.spectrogram.labels, patches.scores
        counts: dict[str, int] = {}
        if labels is not None:  # of those that can be heard
            start, end = patches.spectrogram.start, patches.spectrogram.end
            is_there = (labels["start_time"] < end) & (labels["end_time"] >= start)
            counts = labels["label"][is_there].value_counts(sort=False).to_dict()
        best = None
        if scores is not None and np.isfinite(scores).any():
            highest = np.nanmax(scores)
            (of,) = np.nonzero((scores == highest).any(axis=0))
            best = [patches._score_classes[of[0]] if len(of) == 1 else None, float(highest)]
        kept = {
            "name": title,
            "page": name,
            "files": [name, *beside.paths],
            "labels": {str(label): int(n) for label, n in counts.items()},
            "best": best,
            "stops": _stops(made),
            "overview": overview_of(patches, self.options),
        }
        write_whole(self.folder / _KEPT / f"{key}.json", json.dumps(kept).encode())


def _stops(made: Player) -> list[int]:
    """Return at how many patches a page stops, and the numbers of the first and the last."""
    known = made.state["known"]
    if not known or not known["stops"]:
        return [0]
    numbers = made.patches.numbers[known["stops"]]
    return [len(numbers), int(numbers[0]), int(numbers[-1])]


def _way(is_labelled: bool) -> str:
    """Return the line above a player: to the index, and to the pages before and after it.

    What nobody looked at is no recording without labels, and says so.
    """
    remark = "" if is_labelled else " <span>not labelled</span>"
    return (
        f"<style>{compact(static_text('way.css'))}</style>\n"
        f'<nav class="way"><a href="../index.html">All recordings</a>{remark}</nav>\n'
        f'<script src="{_PAGES}"></script>\n'
        f"<script>\n{compact(static_text('way.js'))}\n</script>"
    )


def _moment(began: np.datetime64, offset: int) -> tuple[str, str]:
    """Return by what a time is sorted, and how it is written; nothing where it is not known.

    With how far its clock is from UTC, in minutes, where that is known.
    """
    if np.isnat(began):
        return "", ""
    said = str(began)[:19].replace("T", " ")
    if offset == NAIVE:
        return str(began), said
    zone = timedelta(minutes=int(offset))
    return str(began - np.timedelta64(zone)), f"{said} {timezone(zone)}"


def _labels(counts: Mapping[str, int]) -> tuple[str, str]:
    """Return how many labels there are, and of which classes."""
    named = (f"{class_name(label)}:\N{NO-BREAK SPACE}{n}" for label, n in counts.items())
    return str(sum(counts.values())), ", ".join(named) or "none"


def _highest(name: str | None, score: float) -> tuple[str, str]:
    """Return the highest score as a cell has it; of several classes, as 0 may be, none is named."""
    of = "" if name is None else f"{class_name(name)}:\N{NO-BREAK SPACE}"
    return f"{score!r}", f"{of}{score:.3g}"


def _cell(value: str, text: str, *, has_names: bool = False) -> str:
    """Return a cell; names of classes in it take several lines where there is little room."""
    kind = ' class="classes"' if has_names else ""
    return f'<td{kind} data-value="{html.escape(value)}">{_text(text)}</td>'


def _length(seconds: float) -> str:
    return format_time(seconds, seconds, 1) + (" s" if seconds < 60 else "")


def _text(text: str) -> str:
    return html.escape(one_line(text))
