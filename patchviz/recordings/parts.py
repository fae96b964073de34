"""What is found of recordings, kept batch by batch: a folder of Parquet files."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.columns import text_column
from .._util.files import write_whole
from .._util.validation import check_folder
from ..errors import Argument, InvalidValueError, shown
from .pool import Part
from .results import joined, table_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from .mapped import MappedRecordings
    from .pool import Outcome

__all__ = ["Parts"]

_FACTS = b"patchviz"  # under which a part says what it is of


@dataclasses.dataclass(frozen=True)
class Parts:
    """A folder of results: each part is of a batch of files, and written whole.

    A file that is in several parts is that of the last run.

    Parameters
    ----------
    folder : Path
    key : str
        How patches were computed and carved.
    run : int
        Which run it is.
    """

    folder: Path
    key: str
    run: int

    @classmethod
    def of(cls, out: object, recordings: MappedRecordings) -> Parts:
        """Return the results that a folder holds, or make it.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If it is no folder, holds results of other patches, or cannot be written without
            pyarrow.
        """
        folder = check_folder("out", out, example="scores/")
        try:
            import pyarrow.parquet  # noqa: F401 - whether it is there
        except ImportError as error:
            raise InvalidValueError(
                Argument("out", str(folder)), " is kept as Parquet, and pyarrow is not installed",
                remedy='pip install "patchviz-audio[dask]"; or leave it out, and nothing is kept.',
            ) from error  # fmt: skip
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidValueError(
                Argument("out", str(folder)), f" cannot be made: {error.strerror or error}",
                allowed='a folder, such as "scores/"',
            ) from error  # fmt: skip
        key, run = recordings._recipe.key, 0
        for name in _names(folder):
            facts = _facts(folder / name)
            if facts["key"] != key:
                raise InvalidValueError(
                    Argument("out", str(folder)),
                    f" holds results of patches that were made otherwise: {_differing(facts, key)}",
                    remedy="Choose another folder, or remove it.",
                )
            run = max(run, int(facts["run"]) + 1)
        return cls(folder, key, run)

    # -- what is there ---------------------------------------------------------------------

    def _entries(self) -> dict[str, tuple[str, list[Any], bool]]:
        """Return of each file in which part it is, what it was, and whether it failed."""
        found = {}
        for name in _names(self.folder):  # in the order of runs
            facts = _facts(self.folder / name)
            failed = set(facts["failed"])
            for path, *state in facts["files"]:
                found[path] = name, state, path in failed
        return found

    def missing(
        self, recordings: MappedRecordings, rows: NDArray[np.int64], *, retry: bool
    ) -> NDArray[np.int64]:
        """Return those rows of files of which there is nothing, or nothing that still holds."""
        entries, states = self._entries(), recordings._states(rows)
        missing = []
        for row, state in zip(rows.tolist(), states.tolist(), strict=True):
            entry = entries.get(recordings._table.paths[row])
            if entry is None or entry[1] != state or (retry and entry[2]):
                missing.append(row)
        return np.array(missing, np.int64)

    def collected(self, recordings: MappedRecordings) -> pd.DataFrame:
        """Return what is there of recordings, in their order."""
        import pandas as pd
        import pyarrow.parquet as pq

        table, index, row_of = recordings._table, recordings._index, recordings._row_of
        entries = self._entries()
        frames, rows = [], []
        for name in _names(self.folder):
            with (self.folder / name).open("rb") as file:  # Arrow opens no names but those of UTF-8
                part = pq.read_table(file)
            frame = part.to_pandas()
            paths = [path for path, *_ in json.loads(part.schema.metadata[_FACTS])["files"]]
            path_of = dict(zip(_as_utf8(paths), paths, strict=True))
            # Each file once: from the last part that has it.
            files = [path_of[text] for text in frame["file"].cat.categories]
            places = np.array(
                [row_of.get(file, -1) if entries[file][0] == name else -1 for file in files]
            )
            of_part = places[frame["file"].cat.codes]
            kept = of_part >= 0
            if kept.any():
                codes = frame["file"].cat.codes[kept]
                names = pd.Series(np.array(files, object)[codes], codes.index, dtype=object)
                frames.append(frame[kept].assign(file=names))
                rows.append(of_part[kept])
        if not frames:
            return table_of(recordings, [])
        frame, which = joined(frames), np.concatenate(rows)
        gone = np.setdiff1d(np.flatnonzero(index.counts), which)
        if gone.size:
            raise InvalidValueError(
                Argument("out", str(self.folder)),
                f" holds nothing of {gone.size:,} recordings, first "
                f"{shown(table.paths[gone[0]])}, whose results were written there",
                remedy="Somebody took them away: another call computes them again.",
            )
        order = np.argsort(which, kind="stable")
        which = which[order]
        begins = np.r_[True, np.diff(which) != 0]
        counts = np.diff(np.r_[np.flatnonzero(begins), len(which)])
        within = np.arange(len(which)) - np.repeat(np.flatnonzero(begins), counts)
        positions = index.first[which] + within
        numbers = positions if index.numbers is None else index.numbers[positions]
        frame = frame.iloc[order].set_axis(pd.Index(numbers, name="patch"))
        frame["file"] = text_column(frame["file"]).set_axis(frame.index)
        # Those of now: a recording may be said to begin at another time than before.
        times = table.layout.table_times(*index.find(positions))
        times[frame["error"].to_numpy() != ""] = np.nan
        frame["start_time"], frame["end_time"] = times.T
        return frame

    # -- what comes to it ------------------------------------------------------------------

    def packed(self, recordings: MappedRecordings, outcomes: list[Outcome]) -> Part:
        """Return what became of a batch as a file: it is made by whoever worked on it."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        paths = [recordings._table.paths[outcome.row] for outcome in outcomes]
        states = recordings._states(np.array([outcome.row for outcome in outcomes])).tolist()
        frame = table_of(recordings, outcomes).reset_index(drop=True)
        names = dict(zip(paths, _as_utf8(paths), strict=True))
        frame["file"] = text_column(map(names.__getitem__, frame["file"])).astype("category")
        facts = {
            "key": self.key,
            "run": self.run,
            "files": [[path, *state] for path, state in zip(paths, states, strict=True)],
            "failed": [path for path, outcome in zip(paths, outcomes, strict=True)
                       if outcome.error],
        }  # fmt: skip
        table = pa.Table.from_pandas(frame, preserve_index=False)
        metadata = {**(table.schema.metadata or {}), _FACTS: json.dumps(facts).encode()}
        table = table.replace_schema_metadata(metadata)
        name = hashlib.sha256("\0".join(paths).encode("utf-8", "surrogatepass")).hexdigest()
        content = io.BytesIO()
        pq.write_table(table, content)
        return Part(f"part-{self.run:06d}-{name[:32]}.parquet", content.getvalue())

    def keep(self, part: Part) -> None:
        """Write what became of a batch, whole: that is done where all results come together."""
        write_whole(self.folder / part.name, part.content)


def _as_utf8(paths: list[str]) -> list[str]:
    r"""Return files as a part names them, each its own: a byte that is no UTF-8 as \udce9.

    Which they are is among the facts, as JSON, which holds any name.
    """
    texts: dict[str, None] = {}
    for path in paths:
        text = path.encode("utf-8", "backslashreplace").decode()
        while text in texts:  # a file may be called so
            text += "'"
        texts[text] = None
    return list(texts)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("part-*.parquet"))


def _facts(path: Path) -> dict[str, Any]:
    """Return what a part says of itself."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as file:  # Arrow opens no names but those of UTF-8
            facts: dict[str, Any] = json.loads(pq.read_schema(file).metadata[_FACTS])
    except (pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise InvalidValueError(
            Argument("out", str(path.parent)),
            f": {shown(path.name)} is none of its results ({shown(str(error), str)})",
            remedy="Choose another folder, or remove that file: it is made again.",
        ) from error
    return facts


def _differing(facts: dict[str, Any], key: str) -> str:
    """Return what differs in how patches are made."""
    before, now = json.loads(facts["key"]), json.loads(key)
    names = [name for name in now if before.get(name) != now[name]]
    return ", ".join(f"{name}={before.get(name)}, now {now[name]}" for name in names[:3])
