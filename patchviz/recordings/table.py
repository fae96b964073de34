"""The files of many recordings: what is known of each, one row for one file."""

from __future__ import annotations

import dataclasses
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .._util.columns import text_column, with_others
from .._util.warn import warn_user
from ..audio.files import refuse_pipe
from ..core.patches import Patches
from ..errors import AudioFileError, InvalidValueError, shown
from .given import Given
from .headers import NAIVE, Headers, note_starts, read_headers
from .layout import Layout, lay_out
from .paths import Paths
from .starts import OFFSET

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from .recipe import Recipe

__all__ = ["Table", "table_of"]

_LATER = 2_000_000_000  # ns; some disks and archives count no shorter times


@dataclasses.dataclass(frozen=True, eq=False)
class Table:
    """Files, and where their patches lie.

    Attributes
    ----------
    paths : Paths
        As they were given.
    headers : Headers
    layout : Layout
    errors : dict
        Why files cannot be used, by their row.
    seconds : ndarray of float or None
        Times of their first samples, where these were given.
    others : DataFrame or None
        What else was said of them.
    ids : ndarray of int, shape (n_files,)
        What each is called for good, whichever files are chosen.
    base : str
        The folder that paths without one are in: a process may go elsewhere.
    """

    paths: Paths
    headers: Headers
    layout: Layout
    errors: dict[int, str]
    seconds: NDArray[np.float64] | None
    others: pd.DataFrame | None
    ids: NDArray[np.int64]
    base: str

    def __len__(self) -> int:
        return len(self.paths)

    def take(self, rows: NDArray[np.int64]) -> Table:
        """Return some files, whose rows rise."""
        return Table(
            self.paths.take(rows),
            self.headers.take(rows),
            self.layout.take(rows),
            {k: self.errors[row] for k, row in enumerate(rows.tolist()) if row in self.errors},
            None if self.seconds is None else self.seconds[rows],
            None if self.others is None else self.others.iloc[rows].reset_index(drop=True),
            self.ids[rows],
            self.base,
        )

    def path(self, row: int) -> str:
        """Return where a file lies, from wherever it is asked."""
        return os.path.join(self.base, self.paths[row])

    def start(self, row: int) -> float | datetime:
        """Return the time of a file's first sample: when it was, or in seconds."""
        began = self.headers.began[row]
        if not np.isnat(began):
            moment: datetime = began.item()
            minutes = int(self.headers.offset[row])
            zone = None if minutes == NAIVE else timezone(timedelta(minutes=minutes))
            return moment.replace(tzinfo=zone)
        return 0.0 if self.seconds is None else float(self.seconds[row])

    def patches(self, row: int, recipe: Recipe) -> Patches:
        """Compute a recording, and carve it.

        Raises
        ------
        AudioFileError
            If the file is no longer what it was when its header was read.
        InvalidValueError
            If its front end makes another number of frames than was to be expected.
        """
        path, layout = self.paths[row], self.layout
        self._check(row)
        spec = recipe.spectrogram(self.path(row), self.start(row))
        audio, headers = spec.audio, self.headers
        assert audio is not None
        vars(audio)["_given"] = Path(path)
        is_same = (audio.sr, audio.n_samples) == (headers.sr[row], headers.n_samples[row])
        if not is_same:
            raise _changed(
                path,
                f"it holds {audio.n_samples:,} samples at {audio.sr:g} Hz, and held "
                f"{headers.n_samples[row]:,} at {headers.sr[row]:g} Hz",
            )
        expected = int(layout.n_frames[row])
        if spec.n_frames != expected:
            raise InvalidValueError(
                f"{shown(path)}: its front end makes {spec.n_frames} frames of "
                f"{audio.duration:.3f} s, and {expected} were to be expected from its length. How "
                "many there are must depend on nothing else.",
                remedy="Of a constant-Q transform, give its tuning: tuning=0.0.",
            )
        if layout.given is None:
            return spec.patches(
                duration=recipe.duration, hop_duration=recipe.hop_duration, tail=recipe.tail,
                pad_value=recipe.pad_value, min_filled=recipe.min_filled,
            )  # fmt: skip
        carved = layout.groups[layout.group[row]]
        assert layout.given_from is not None
        first = int(layout.given_from[row])
        return spec.patches(
            frame_length=carved.frame_length, tail=recipe.tail, pad_value=recipe.pad_value,
            starts=layout.given[first : first + int(layout.counts[row])],
        )  # fmt: skip

    def _check(self, row: int) -> None:
        """Refuse a file of another size, and tell of one of that size that was written since.

        One that is gone is told where it is opened.
        """
        now, size = refuse_pipe(self.path(row)), int(self.headers.size[row])
        if now is None or not size:
            return
        if now.st_size != size:
            raise _changed(self.paths[row], f"it has {now.st_size:,} bytes, and had {size:,}")
        modified = int(self.headers.modified[row])
        if modified and abs(now.st_mtime_ns - modified) > _LATER:
            warn_user(
                f"{shown(self.paths[row])} was written again, or copied, since its header was "
                "read, and has as many bytes. If it is another recording now, make the Recordings "
                "again: labels and scores may be those of the one before."
            )

    def to_frame(
        self,
        counts: NDArray[np.int64],
        first: NDArray[np.int64],
        labelled: NDArray[np.bool_] | None = None,
    ) -> pd.DataFrame:
        """Return a row for each file."""
        import pandas as pd

        headers = self.headers
        frame = pd.DataFrame({"file": text_column(self.paths)})
        for name in ("sr", "n_channels", "n_samples", "size", "modified"):
            frame[name] = getattr(headers, name)
        if (headers.sr == np.floor(headers.sr)).all():
            frame["sr"] = headers.sr.astype(np.int64)
        frame["start"] = starts = self._all_starts()
        offset, is_known = headers.offset, ~np.isnat(headers.began)
        if starts.dtype.kind == "M" and len(np.unique(offset[is_known])) > 1:
            frame[OFFSET] = pd.Series(offset, dtype="Int64").where(is_known)
        frame["n_patches"], frame["first"] = counts, first
        errors = np.full(len(self), "", object)
        for row, text in self.errors.items():
            errors[row] = text
        frame["error"] = text_column(errors)
        if labelled is not None:
            frame["labelled"] = labelled
        if self.others is None:
            return frame
        # Who makes recordings of it again would take theirs for these.
        return with_others(frame, self.others, dict.fromkeys((OFFSET, "labelled"), ""), first=1)

    def _all_starts(self) -> pd.Series:
        """Return when files began, and of those whose moment nobody knows the seconds.

        As texts, where one type does not hold all of them: of such objects Parquet makes others.
        """
        import pandas as pd

        is_known, starts = ~np.isnat(self.headers.began), pd.Series(self.starts())
        has_seconds = self.seconds is not None and bool(self.seconds[~is_known].any())
        if starts.dtype.kind == "f" or (not has_seconds and starts.dtype != object):
            return starts
        texts: list[str | None] = [None] * len(self)
        for row in range(len(self)) if has_seconds else np.flatnonzero(is_known).tolist():
            start = self.start(row)
            texts[row] = start.isoformat() if isinstance(start, datetime) else str(start)
        return pd.Series(texts, dtype=object)

    def starts(self) -> object:
        """Return when files began, as a column: moments, or else seconds."""
        import pandas as pd

        began, offset = self.headers.began, self.headers.offset
        is_known = ~np.isnat(began)
        if not is_known.any():
            return np.zeros(len(self)) if self.seconds is None else self.seconds
        offsets = np.unique(offset[is_known]).tolist()
        clock = pd.Series(began)
        if offsets == [NAIVE]:
            return clock
        if len(offsets) == 1:
            return clock.dt.tz_localize(timezone(timedelta(minutes=offsets[0])))
        if NAIVE not in offsets:
            utc = began - np.where(is_known, offset, 0).astype("timedelta64[m]")
            return pd.Series(utc).dt.tz_localize("UTC")
        moments: list[object] = []
        for moment, minutes in zip(began.tolist(), offset.tolist(), strict=True):
            zone = None if minutes == NAIVE else timezone(timedelta(minutes=minutes))
            moments.append(moment if moment is None else moment.replace(tzinfo=zone))
        return pd.Series(moments, dtype=object)


def _changed(path: str, what: str) -> AudioFileError:
    return AudioFileError(
        f"{shown(path)} has changed since its header was read: {what}",
        remedy="Make the Recordings again.",
    )


def table_of(
    given: Given, recipe: Recipe, *, progress: bool
) -> tuple[Table, list[str], NDArray[np.int64] | None]:
    """Return what is known of some files, what should be told, and the patch of each window."""
    remarks: list[str] = []
    said = headers = given.headers
    if headers is None or not given.is_known:
        headers, remarks = read_headers(
            given.paths, len(given.paths), channel=recipe.channel, on_damage=recipe.on_damage,
            start=recipe.start if said is None else 0.0, progress=progress,
        )  # fmt: skip
    if said is not None:  # at least of some when they began
        headers = dataclasses.replace(headers, began=said.began, offset=said.offset)
        if recipe.start in ("filename", "metadata"):
            remarks += note_starts(given.paths, headers, recipe.start)
    if given.seconds is not None:  # which hold where they are
        never = np.array("NaT", headers.began.dtype)
        began = np.where(np.isnan(given.seconds), headers.began, never)
        headers = dataclasses.replace(headers, began=began)
    seconds = _seconds(given.seconds, headers, recipe)
    layout, errors, more, patches = lay_out(recipe, headers, given.paths, seconds, given.windows)
    ids = np.arange(len(given.paths))
    table = Table(given.paths, headers, layout, errors, seconds, given.others, ids, os.getcwd())
    return table, remarks + more, patches


def _seconds(
    said: NDArray[np.float64] | None, headers: Headers, recipe: Recipe
) -> NDArray[np.float64] | None:
    """Return times of first samples; a moment that all began at is noted where none is said."""
    start, moment = recipe.began
    unsaid = np.isnat(headers.began)
    if said is not None:
        unsaid &= np.isnan(said)
    if moment is not None:
        headers.set_began(unsaid, moment)
    if said is None and not start:
        return None
    seconds = np.full(len(unsaid), start) if said is None else np.where(unsaid, start, said)
    return np.where(np.isnat(headers.began), seconds, 0.0)
