"""Where patches lie in their recordings, from what headers say: arithmetic, without any sound."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .._util.validation import as_floats
from ..core.carving import starts_from, times_asked
from ..core.framing import as_asked, count_patches, last_start, start_of
from ..errors import Argument, InvalidValueError, Said, Setting, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .given import Windows
    from .headers import Headers
    from .paths import Paths
    from .recipe import Carved, Recipe

__all__ = ["LaidOut", "Layout", "lay_out"]


@dataclasses.dataclass(frozen=True, eq=False)
class Layout:
    """Where the patches of each of some recordings lie.

    Parameters
    ----------
    counts, n_frames : ndarray of int, shape (n_files,)
        Patches and frames of each; 0 where it cannot be used.
    origin : ndarray of float, shape (n_files,)
        Time of the first frame, in seconds.
    group : ndarray of int, shape (n_files,)
        Which of `groups` each is.
    groups : tuple of Carved
        How recordings of each rate are carved.
    tail : {"drop", "pad", "overlap"}
        What becomes of the frames after the last whole patch.
    given : ndarray of int, optional
        First frames of patches that are at no hop.
    given_from : ndarray of int, shape (n_files,), optional
        Where in `given` those of each recording begin.
    asked : ndarray of float, shape (n, 2), optional
        When patches were asked to start and end, in seconds, where somebody said it.
    asked_from : ndarray of int, shape (n_files,), optional
        Where in `asked` those of each recording begin.
    """

    counts: NDArray[np.int64]
    n_frames: NDArray[np.int64]
    origin: NDArray[np.float64]
    group: NDArray[np.int16]
    groups: tuple[Carved, ...]
    tail: str = "drop"
    given: NDArray[np.int64] | None = None
    given_from: NDArray[np.int64] | None = None
    asked: NDArray[np.float64] | None = None
    asked_from: NDArray[np.int64] | None = None

    def take(self, rows: NDArray[np.int64]) -> Layout:
        """Return that of some recordings."""
        arrays = {name: getattr(self, name)[rows] for name in ("counts", "n_frames", "origin")}
        given_from, asked_from = (
            None if places is None else places[rows]
            for places in (self.given_from, self.asked_from)
        )
        return dataclasses.replace(
            self, **arrays, group=self.group[rows], given_from=given_from, asked_from=asked_from
        )

    @property
    def carved(self) -> tuple[Carved, ...]:
        """How recordings that have patches are carved, in their order; each way once."""
        groups, first = np.unique(self.group[self.counts > 0], return_index=True)
        return tuple(self.groups[k] for k in groups[np.argsort(first)].tolist())

    @property
    def frame_length(self) -> NDArray[np.int64]:
        """Frames of a patch, in each group."""
        return np.array([carved.frame_length for carved in self.groups], np.int64)

    @property
    def frame_duration(self) -> NDArray[np.float64]:
        """Seconds from one frame to the next, in each group."""
        return np.array([carved.frame_duration for carved in self.groups])

    @property
    def longest_frame(self) -> float:
        """The longest of the frames of recordings that have patches, in seconds."""
        return max(carved.frame_duration for carved in self.carved)

    def start_frames(
        self, rows: NDArray[np.int64], patches: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return the first frames of some patches, each by its recording and its number there."""
        if self.given is not None:
            assert self.given_from is not None
            return np.asarray(self.given[self.given_from[rows] + patches])
        group = self.group[rows]
        hops = np.array([carved.hop_length for carved in self.groups], np.int64)
        return start_of(
            patches, hops[group], self.n_frames[rows], self.frame_length[group], self.tail
        )

    @property
    def seen(self) -> NDArray[np.int64]:
        """Frames that patches may see of each recording: all of it, and padding behind."""
        has_some = np.flatnonzero(self.counts)
        last = self.start_frames(has_some, self.counts[has_some] - 1)
        seen = self.n_frames.copy()
        ends = last + self.frame_length[self.group[has_some]]
        seen[has_some] = np.maximum(seen[has_some], ends)
        return seen

    @property
    def last_frame(self) -> float:
        """When the last frame of the recording that ends last begins, in seconds."""
        seconds = self.frame_duration[self.group]
        return float((self.origin + (self.n_frames - 1) * seconds).max())

    def times(self, rows: NDArray[np.int64], patches: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return when some patches start and end in their recordings, shape (n, 2)."""
        group = self.group[rows]
        starts = self.start_frames(rows, patches)
        frames = np.stack([starts, starts + self.frame_length[group]], axis=1)
        times: NDArray[np.float64] = (
            self.origin[rows, np.newaxis] + frames * self.frame_duration[group, np.newaxis]
        )
        return times

    def asked_times(
        self, rows: NDArray[np.int64], patches: NDArray[np.int64]
    ) -> NDArray[np.float64] | None:
        """Return when some patches were asked to start and end; None where nobody said it."""
        if self.asked is None:
            return None
        assert self.asked_from is not None
        return np.asarray(self.asked[self.asked_from[rows] + patches])

    def table_times(
        self, rows: NDArray[np.int64], patches: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return the times of some patches as tables say them, as a framing does."""
        lasting = self.frame_duration[self.group[rows]]
        return as_asked(self.times(rows, patches), self.asked_times(rows, patches), lasting)

    def asked_for(
        self,
        rows: NDArray[np.int64],
        patches: NDArray[np.int64],
        times: NDArray[np.float64],
    ) -> Layout:
        """Return the same, whose patches were asked for at these times."""
        ends = np.cumsum(self.counts)
        places = ends - self.counts
        asked = np.full((int(ends[-1]), 2), np.nan)
        asked[places[rows] + patches] = times
        return dataclasses.replace(self, asked=asked, asked_from=places)


class LaidOut(NamedTuple):
    """Where patches lie, why some files have none, and what should be told."""

    layout: Layout
    errors: dict[int, str]
    remarks: list[str]
    patches: NDArray[np.int64] | None  # of windows that were named: the patch of each, or -1


def lay_out(
    recipe: Recipe,
    headers: Headers,
    paths: Paths,
    seconds: NDArray[np.float64] | None,
    windows: Windows | None,
) -> LaidOut:
    """Return where the patches of files lie.

    Parameters
    ----------
    recipe : Recipe
    headers : Headers
    paths : Paths
        For messages.
    seconds : ndarray of float, optional
        Times of the files' first samples.
    windows : Windows, optional
        The patches, if they are named one by one.
    """
    n = len(headers.sr)
    errors = dict(headers.errors) | _of_channels(recipe, headers)
    n_frames, origin = np.zeros(n, np.int64), np.zeros(n)
    if seconds is not None:
        origin += seconds
    group, groups = np.zeros(n, np.int16), []
    usable = headers.n_samples > 0
    usable[list(errors)] = False
    for sr in np.unique(headers.sr[usable]).tolist():
        rows = np.flatnonzero(usable & (headers.sr == sr))
        frames, wrong = recipe.frames(sr, headers.n_samples[rows])
        errors |= {int(rows[place]): text for place, text in wrong.items()}
        n_frames[rows] = frames
        if not frames.any():
            continue
        carved = recipe.carved(recipe.rate(sr))
        if carved not in groups:
            groups.append(carved)
        group[rows] = groups.index(carved)
        origin[rows] += carved.middle
    layout = Layout(np.zeros(n, np.int64), n_frames, origin, group, tuple(groups), recipe.tail)
    remarks: list[str] = []
    patches = None
    if windows is not None:
        layout, patches = _at_windows(layout, recipe, paths, windows)
    elif recipe.starts is not None:
        layout, remarks = _at_starts(layout, recipe)
    else:
        counts = np.zeros(n, np.int64)
        for k, carved in enumerate(groups):
            rows = np.flatnonzero((n_frames > 0) & (group == k))
            counts[rows] = count_patches(
                n_frames[rows], carved.frame_length, carved.hop_length, recipe.tail,
                recipe.min_filled or 0.0,
            )  # fmt: skip
        layout = dataclasses.replace(layout, counts=counts)
    is_short = (layout.counts == 0) & (n_frames > 0)
    for row in np.flatnonzero(is_short).tolist():
        errors[row] = _too_short(recipe, headers.n_samples[row] / headers.sr[row])
    layout = dataclasses.replace(layout, n_frames=np.where(is_short, 0, n_frames))
    return LaidOut(layout, errors, remarks, patches)


def _of_channels(recipe: Recipe, headers: Headers) -> dict[int, str]:
    """Say of which files nobody chose a channel."""
    if recipe.mono or recipe.channel is not None or recipe.channels is not None:
        return {}
    remedy = (
        *("Mix them: ", Setting("mono", True), "; choose one: ", Setting("channel", 0)),
        *("; or show each: ", Setting("channels", "all"), "."),
    )
    return {
        row: Said(f"has {headers.n_channels[row]} channels, and a spectrogram shows one. ", *remedy)
        for row in np.flatnonzero(headers.n_channels > 1).tolist()
    }


def _too_short(recipe: Recipe, seconds: float) -> str:
    if recipe.starts is not None:
        return f"lasts {seconds:.3f} s: no start has a whole patch behind it"
    if recipe.tail == "pad":
        return f"lasts {seconds:.3f} s: fills no patch by min_filled={recipe.min_filled:g}"
    return Said(
        f"lasts {seconds:.3f} s, less than a patch of {recipe.duration:g} s. Choose a shorter ",
        Argument("duration"), ", or ", Setting("tail", "pad"), ".",
    )  # fmt: skip


def _last(layout: Layout) -> NDArray[np.int64]:
    """Return the last frame at which a patch may start, in each recording; -1 where none may."""
    lengths = layout.frame_length if layout.groups else np.ones(1, np.int64)
    last = last_start(layout.n_frames, lengths[layout.group], layout.tail)
    return np.asarray(np.maximum(last, -1))


def _at_starts(layout: Layout, recipe: Recipe) -> tuple[Layout, list[str]]:
    """Return a layout with patches at the same times in each recording, as far as it lasts."""
    assert recipe.starts is not None
    n = len(layout.group)
    counts, given_from = np.zeros((2, n), np.int64)
    flat: list[NDArray[np.int64]] = []
    asked: list[NDArray[np.float64]] = []
    n_before = n_asked = n_out = 0
    last = _last(layout)
    is_padded = recipe.tail == "pad"
    if is_padded:  # less than a frame of sound is the end of it, and no patch
        last = np.where(layout.n_frames > 1, last - 1, last)
    for k, carved in enumerate(layout.groups):
        of_group = (layout.n_frames > 0) & (layout.group == k)
        for origin in np.unique(layout.origin[of_group]).tolist():
            rows = np.flatnonzero(of_group & (layout.origin == origin))
            frames = starts_from(
                recipe.starts, in_seconds=True, frame_duration=carved.frame_duration, origin=origin
            )
            _refuse_alike(frames, carved.frame_duration)
            low = int(np.searchsorted(frames, 0))
            counts[rows] = np.searchsorted(frames, last[rows], side="right") - low
            counts[rows] = np.maximum(counts[rows], 0)
            given_from[rows] = n_before + low
            n_before += len(frames)
            n_asked += len(frames) * (1 if is_padded else len(rows))
            n_out += len(frames) - int(counts[rows].max()) if is_padded else 0
            flat.append(frames)
            asked.append(times_asked(as_floats(recipe.starts), recipe.duration))
    given = np.concatenate(flat) if flat else np.zeros(0, np.int64)
    layout = dataclasses.replace(
        layout, counts=counts, given=given, given_from=given_from, asked_from=given_from,
        asked=np.concatenate(asked) if asked else None,
    )  # fmt: skip
    if not is_padded:
        n_out = n_asked - int(counts.sum())
    return layout, _left_out(n_out, n_asked, is_padded=is_padded)


def _left_out(n_out: int, n_asked: int, *, is_padded: bool) -> list[str]:
    """Say how many starts are left out; windows of the longest recording need not be in all."""
    if not n_out:
        return []
    said = f"{n_out:,} of {n_asked:,} starts "
    if is_padded:
        return [f"{said}lie outside of every recording, and are left out."]
    return [Said(
        f"{said}have no whole patch behind them in their recording, and are left out, or ",
        Setting("tail", "pad"), " pads some.",
    )]  # fmt: skip


def _refuse_alike(frames: NDArray[np.int64], frame_duration: float) -> None:
    alike = np.flatnonzero(np.diff(frames) <= 0)
    if alike.size:
        raise InvalidValueError(
            Argument("starts"),
            f": {alike.size} of {len(frames)} lie in the frame of the one before, of "
            f"{frame_duration:.6g} s, first number {alike[0] + 1}",
            remedy="Leave them out.",
        )


def _at_windows(
    layout: Layout, recipe: Recipe, paths: Paths, windows: Windows
) -> tuple[Layout, NDArray[np.int64]]:
    """Return a layout with the patches that were named, and which of them each row is."""
    file, n = windows.file, len(layout.group)
    is_read = layout.n_frames[file] > 0
    durations = layout.frame_duration if layout.groups else np.ones(1)
    since = (windows.start - layout.origin[file]) / durations[layout.group[file]]
    frames = starts_from(since, in_seconds=True, frame_duration=1.0, origin=0.0)
    wrong = np.flatnonzero(is_read & ((frames < 0) | (frames > _last(layout)[file])))
    if wrong.size:
        row = int(wrong[0])
        raise InvalidValueError(
            Argument("files"),
            f": {wrong.size:,} of {len(file):,} rows have no whole patch in their file, first that "
            f"of {shown(paths[int(file[row])])} from {windows.start[row]:.3f} s on",
            remedy=("Set ", Setting("tail", "pad"), ", or leave them out.")
            if recipe.tail != "pad"
            else "Their times must be seconds of the file.",
        )
    kept = is_read & np.r_[True, (np.diff(file) != 0) | (np.diff(frames) != 0)]
    counts = np.bincount(file[kept], minlength=n).astype(np.int64)
    ends = np.cumsum(counts)
    layout = dataclasses.replace(
        layout, counts=counts, given=frames[kept], given_from=ends - counts,
        asked=np.stack([windows.start, windows.end], axis=1)[kept], asked_from=ends - counts,
    )  # fmt: skip
    return layout, np.where(is_read, np.cumsum(kept) - 1, -1)
