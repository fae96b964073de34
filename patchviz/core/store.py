"""Spectrograms that are kept: saved with their meaning, and opened without being read.

The format is numpy's own: a ZIP archive of `.npy` arrays that are not compressed, so that they are
mapped into memory where they lie, and any program with numpy reads them. What they mean is JSON.
"""

from __future__ import annotations

import dataclasses
import io
import json
import math
import os
import struct
import types
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from .._util.files import written
from .._util.reductions import STEP, FiniteRange, Summary
from .._util.validation import check_file, check_named
from ..audio.decode import BySndfile
from ..audio.decode import Part as AudioPart
from ..audio.files import Stretch
from ..audio.kept import Kept, LookedAt
from ..audio.source import Audio
from ..errors import (
    Argument,
    InvalidTypeError,
    InvalidValueError,
    PatchvizError,
    SavedFileError,
    SavedFileNotFoundError,
    shown,
)
from ..features.base import Features
from ..features.clock import set_clock
from .batch import batch_of
from .carving import PADDING
from .labelindex import LabelIndex

if TYPE_CHECKING:
    import pandas as pd

    from .spectrogram import Spectrogram

Spec = TypeVar("Spec")  # a Spectrogram, which is above

__all__ = ["Saved", "read", "save"]

VERSION = 1  # of what stands in `meaning.json`
_ALIGNED = 64  # bytes, as numpy.lib.format aligns
_PADDING = 0xD935  # what an extra field of a ZIP is called that holds none


def save(spec: Spectrogram, path: str | os.PathLike[str], *, remarks: Sequence[str] = ()) -> None:
    """Write a spectrogram, as :meth:`Spectrogram.save` says, and what is to be said of it."""
    if batch_of(spec) is not None:
        raise InvalidValueError(
            "These are the items of Patches.from_batch, and the file would lose that they are, and "
            "their names",
            remedy='Keep what was given: np.savez("batch.npz", x=x, names=names).',
        )
    target = check_file("path", path, example="day.npz")
    if target.suffix.lower() != ".npz":
        raise InvalidValueError(
            Argument("path", str(target)),
            f" ends with {target.suffix!r}" if target.suffix else " has no ending",
            allowed="a name that ends with .npz: numpy's own format, of which nothing is read "
            "before it is looked at",
            remedy='For what reads zarr: zarr.create_array("day.zarr", data=spec.values).'
            if target.suffix.lower() == ".zarr"
            else "",
        )
    meaning: dict[str, Any] = {"patchviz": VERSION, "step": STEP, "remarks": list(remarks)}
    fields = {field.name for field in dataclasses.fields(spec) if field.init}
    for name in sorted(fields - {"values", "audio", "labels", "recording_start"}):
        meaning[name] = getattr(spec, name)
    if spec.recording_start is not None:
        meaning["recording_start"] = spec.recording_start.isoformat()
    if spec.labels is not None:
        meaning["labels"] = _columns(spec.labels)
        known = spec._label_index  # which may have classes of other recordings
        meaning["classes"], meaning["elsewhere"] = known.classes, sorted(known.elsewhere)
    summary = spec._summary
    meaning["finite_range"] = list(summary.finite_range)
    meaning["padding"] = vars(spec).get(PADDING, 0)
    arrays = {"values": spec.values, "maxima": summary.maxima}
    with written(target) as new, zipfile.ZipFile(new, "w") as archive:
        if spec.audio is not None:
            meaning["audio"] = _sound(spec.audio, target, archive)
        for name, array in arrays.items():
            if array is not None:
                _write_array(archive, name, array)
        text = json.dumps(meaning, default=lambda value: value.item(), indent=1)
        archive.writestr("meaning.json", text)


class Saved(NamedTuple):
    """What has been read of a file, the values being mapped into memory.

    Attributes
    ----------
    place : Path
    fields : dict
        Those of the spectrogram.
    summary : Summary, optional
        What is known of all values.
    padding : int
        How many frames at its end patches were padded with.
    remarks : list of str
        What is to be said of it.
    classes, elsewhere : sequence of str
        Those of its labels, and of recordings beside it, as `LabelIndex` has them.
    """

    place: Path
    fields: dict[str, Any]
    summary: Summary | None
    padding: int
    remarks: list[str]
    classes: Sequence[str]
    elsewhere: Sequence[str]

    def into(self, cls: type[Spec]) -> Spec:
        """Return the spectrogram."""
        try:
            spec = cls(**self.fields)
        except (PatchvizError, TypeError) as error:
            raise _damaged(self.place) from error
        if self.summary is not None:
            vars(spec)["_summary"] = self.summary
        vars(spec)[PADDING] = self.padding
        if (labels := vars(spec)["labels"]) is not None:
            index = LabelIndex.of(labels, frozenset(self.elsewhere))
            classes = tuple(sorted({*index.classes, *self.classes}))
            vars(spec)["_label_index"] = index.among(classes)
        return spec


def read(path: str | os.PathLike[str]) -> Saved:
    """Read a file that `save` has written.

    Raises
    ------
    SavedFileNotFoundError, SavedFileError
        As :func:`patchviz.open` does.
    """
    place = _as_path(path).absolute()
    try:
        with zipfile.ZipFile(place) as archive:
            meaning = json.loads(archive.read("meaning.json"))
            if meaning["patchviz"] != VERSION:
                raise SavedFileError(
                    f"{shown(place.name)} was saved by another version of patchviz (its format is "
                    f"{meaning['patchviz']!r}, and {VERSION} is known). Save it again, or install "
                    "the patchviz that wrote it."
                )
            return _read(archive, place, meaning)
    except FileNotFoundError as error:
        raise SavedFileNotFoundError(
            f"There is no file {shown(str(path))} (looked for from {shown(str(Path.cwd()))}). "
            "Check the path."
        ) from error
    except SavedFileError:
        raise
    except OSError as error:
        raise SavedFileError(
            f"{shown(str(path))} cannot be read ({error.strerror or error}). Give the path of what "
            "Spectrogram.save has written."
        ) from error
    except Exception as error:  # damaged bytes raise anything
        raise _damaged(place) from error


def _damaged(place: Path) -> SavedFileError:
    return SavedFileError(
        f"{shown(place.name)} is no spectrogram that Spectrogram.save has written, or it is "
        "damaged. Sound files are opened by Spectrogram.from_file(...)."
    )


def _as_path(path: object) -> Path:
    if isinstance(path, str | os.PathLike) and isinstance(name := os.fspath(path), str):
        return Path(check_named("path", name, "the path of a saved spectrogram"))
    raise InvalidTypeError(
        Argument("path", path),
        f" is of type {type(path).__name__}",
        allowed="the path of a saved spectrogram, as text or a pathlib.Path",
    )


# -- writing -----------------------------------------------------------------------------------


def _write_array(archive: zipfile.ZipFile, name: str, array: NDArray[Any]) -> None:
    """Write an array so that it begins where it can be mapped."""
    with _member(archive, f"{name}.npy") as file:
        np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)


def _member(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    info = zipfile.ZipInfo(name)  # without a date: the same values make the same file
    assert archive.fp is not None
    # Its header: 30 bytes, the name, 20 bytes for sizes beyond 4 GB, and what is put in between.
    begin = archive.fp.tell() + 30 + len(name) + 20 + 4
    n_padding = -begin % _ALIGNED
    info.extra = struct.pack("<HH", _PADDING, n_padding) + bytes(n_padding)
    return archive.open(info, "w", force_zip64=True)


def _sound(audio: Audio, target: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    """Return where a sound is; what lies in no file is written into the archive."""
    names = ("sr", "n_samples", "n_channels", "name", "start", "truncated", "first", "channel")
    facts: dict[str, Any] = {name: getattr(audio, name) for name in names}
    source = audio.source
    if isinstance(source, np.ndarray):
        # Samples first to last of the channels that are there.
        _write_array(archive, "sound", source)
        return facts
    decoder = audio.decoder or BySndfile((AudioPart(n_samples=audio.first + audio.n_samples),))
    if isinstance(source, Path):
        folder = target.absolute().parent
        facts["path"] = str(source)
        try:
            facts["beside"] = Path(os.path.relpath(source, folder)).as_posix()
        except ValueError:  # on another drive of Windows
            facts["beside"] = source.name
        if not isinstance(decoder, Kept):  # what it was made of, whatever has become of that
            looked_at = vars(audio).get("_looked_at") or LookedAt.of(source)
            decoder = Kept(cast(Any, decoder), looked_at)
        facts["decoder"] = decoder.to_json()
        return facts
    facts["decoder"] = Kept(cast(Any, decoder), LookedAt(0, "")).to_json()
    with _member(archive, "sound") as file:
        whole = Stretch(source)
        while block := whole.read(1 << 20):
            file.write(block)
    return facts


def _columns(labels: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the columns of labels, which are of text and numbers, as JSON holds them."""
    return [
        {"name": name, "dtype": str(labels[name].dtype), "values": labels[name].tolist()}
        for name in labels
    ]


# -- opening -----------------------------------------------------------------------------------


def _read(archive: zipfile.ZipFile, place: Path, meaning: dict[str, Any]) -> Saved:
    about = {"patchviz", "remarks", "step", "finite_range", "padding", "classes", "elsewhere"}
    fields = {name: value for name, value in meaning.items() if name not in about}
    fields["values"] = _mapped(archive, "values")
    if "recording_start" in fields:
        fields["recording_start"] = datetime.fromisoformat(fields["recording_start"])
    if "labels" in fields:
        fields["labels"] = _frame(fields["labels"])
    summary = None
    if meaning["step"] == STEP:
        has_maxima = "maxima.npy" in archive.namelist()
        maxima = _mapped(archive, "maxima") if has_maxima else None
        summary = Summary(FiniteRange(*meaning["finite_range"]), maxima)
    if "audio" in fields:  # at last: it reads on with the archive's own place in the file
        fields["audio"] = audio = _audio(archive, place, fields["audio"])
        clock = types.SimpleNamespace(hop_length=fields["hop_length"], sr=fields["sr"])
        set_clock(cast(Features, clock), audio)
    return Saved(
        place, fields, summary, int(meaning.get("padding", 0)), list(meaning["remarks"]),
        meaning.get("classes", ()), meaning.get("elsewhere", ()),
    )  # fmt: skip


def _mapped(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """Map an array into memory; one that somebody has compressed since is read.

    It is that of the file that is open: at its place there may be another one by now.
    """
    info = archive.getinfo(f"{name}.npy")
    with archive.open(info) as file:
        lib = cast(Any, np.lib.format)
        version = lib.read_magic(file)
        read = lib.read_array_header_1_0 if version == (1, 0) else lib.read_array_header_2_0
        shape, is_fortran, dtype = read(file)
        n_header = file.tell()
        if info.compress_type != zipfile.ZIP_STORED:
            return cast("NDArray[Any]", np.load(io.BytesIO(archive.read(info)), allow_pickle=False))
    if math.prod(shape) * dtype.itemsize != info.file_size - n_header:
        raise ValueError(f"{name} does not have the size that its header says")
    begin = _begin(archive, info) + n_header
    file = cast("IO[bytes]", archive.fp)
    return np.memmap(cast(Any, file), dtype, "r", begin, shape, "F" if is_fortran else "C")


def _begin(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> int:
    """Return where the bytes of a member begin that is not compressed."""
    file = cast("IO[bytes]", archive.fp)
    file.seek(info.header_offset + 26)
    n_name, n_extra = struct.unpack("<HH", file.read(4))
    return info.header_offset + 30 + int(n_name) + int(n_extra)


def _audio(archive: zipfile.ZipFile, place: Path, facts: dict[str, Any]) -> Audio:
    path, beside = facts.pop("path", None), facts.pop("beside", "")
    decoder = facts.pop("decoder", None)
    if decoder is None:
        return Audio(**facts, source=_mapped(archive, "sound"))
    kept = Kept.from_json(decoder)
    if path is None:
        info = archive.getinfo("sound")
        begin = _begin(archive, info)
        own = os.dup(cast("IO[bytes]", archive.fp).fileno())  # which stays, whoever saves another
        file = cast("IO[bytes]", os.fdopen(own, "rb"))
        inside = Stretch(file, begin, begin + info.file_size, is_owner=True)
        return Audio(**facts, source=cast("IO[bytes]", inside), decoder=kept.decoder)
    candidates = [Path(path), Path(os.path.normpath(place.parent / beside))]
    candidates.append(place.parent / candidates[0].name)
    found = next(filter(kept.is_of, candidates), None)
    found = found or next(filter(Path.exists, candidates), candidates[0])
    return Audio(**facts, source=found, decoder=kept)


def _frame(columns: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({c["name"]: pd.Series(c["values"], dtype=c["dtype"]) for c in columns})
