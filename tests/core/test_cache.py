"""What is kept of a call is what the call would give, or it is made anew."""

from __future__ import annotations

import dataclasses
import io
import os
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import patchviz as pv
from patchviz.core import computed
from patchviz.errors import InvalidTypeError, InvalidValueError

SR = 8000


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    path = tmp_path / "bird_20240512_063000.wav"
    y = 0.1 * np.random.default_rng(0).standard_normal((8000, 2))
    soundfile.write(path, y, SR)
    return path


class Counted:
    """Calls from_file with a cache, and counts how often anything is computed."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.n, self.folder = 0, folder
        compute = computed.compute

        def counting(*args: Any, **keywords: Any) -> Any:
            self.n += 1
            return compute(*args, **keywords)

        monkeypatch.setattr(computed, "compute", counting)

    def __call__(self, file: Any, **options: Any) -> pv.Spectrogram:
        return pv.Spectrogram.from_file(file, cache=self.folder, **{"mono": True, **options})


@pytest.fixture
def from_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(tmp_path / "a" / "cache", monkeypatch)


def test_second_call_opens_what_the_first_one_made(wav: Path, from_file: Counted) -> None:
    first, second = (from_file(wav, start="filename", n_mels=20) for _ in range(2))
    assert from_file.n == 1
    np.testing.assert_array_equal(first.values, second.values)
    assert repr(first) == repr(second)
    assert first.recording_start == second.recording_start
    assert second.audio.given == first.audio.given == wav
    np.testing.assert_array_equal(first.audio.read(), second.audio.read())
    from_file(str(wav), start="filename", n_mels=20, progress=False)
    assert from_file.n == 1


@pytest.mark.slow
def test_all_that_matters_makes_another_one(wav: Path, from_file: Counted) -> None:
    changes: list[dict[str, Any]] = [
        {}, {"sr": None}, {"sr": 6000}, {"kind": "stft"}, {"kind": pv.Mel(n_mels=20)},
        {"n_mels": 20}, {"n_mels": 21}, {"kind": pv.Mel(n_mels=21)}, {"offset": 0.25},
        {"duration": 0.5}, {"mono": False, "channel": 1}, {"mono": False, "channels": "all"},
        {"pool": 2}, {"pool": 2, "reduce": "mean"}, {"start": 7.0}, {"name": "x"},
        {"on_damage": "keep"}, {"window": np.hanning(2048)}, {"window": np.hamming(2048)},
        {"window": ("kaiser", 4.0)}, {"ref": np.median}, {"ref": 1.0}, {"top_db": None},
        {"start": np.datetime64("2024-05-12T06:30")}, {"mono": np.True_},
    ]  # fmt: skip
    for n, options in enumerate(changes, start=1):
        for _ in range(2):
            kept = from_file(wav, **options)
        assert from_file.n == n
        assert kept.values.base is not None
    for options in changes[::5]:
        expected = pv.Spectrogram.from_file(wav, **{"mono": True, **options})
        np.testing.assert_array_equal(from_file(wav, **options).values, expected.values)


def test_other_content_of_the_same_size_and_time_is_another_file(
    wav: Path, from_file: Counted
) -> None:
    before, state = from_file(wav), wav.stat()
    y, _ = soundfile.read(wav)
    soundfile.write(wav, y[::-1], SR)
    os.utime(wav, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert wav.stat().st_size == state.st_size
    after = from_file(wav)
    assert from_file.n == 2
    assert not np.array_equal(before.values, after.values)


def test_file_that_changes_meanwhile_is_not_kept(
    wav: Path, from_file: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute = computed.compute

    def changing(*args: Any, **keywords: Any) -> Any:
        features = compute(*args, **keywords)
        os.utime(wav, ns=(0, 0))
        return features

    monkeypatch.setattr(computed, "compute", changing)
    from_file(wav)
    assert not from_file.folder.exists()


def test_damaged_entry_is_made_anew(wav: Path, from_file: Counted) -> None:
    expected = from_file(wav)
    (entry,) = from_file.folder.iterdir()
    entry.write_bytes(entry.read_bytes()[:1000])
    for _ in range(2):
        np.testing.assert_array_equal(from_file(wav).values, expected.values)
    assert from_file.n == 2
    with zipfile.ZipFile(entry) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["meaning.json"] = members["meaning.json"].replace(b'"mel"', b'"another"')
    with zipfile.ZipFile(entry, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    from_file(wav)
    assert from_file.n == 3
    entry.unlink()
    from_file.folder.rmdir()  # as anybody may
    from_file(wav)
    assert from_file.n == 4


def test_what_was_warned_of_is_warned_of_again(tmp_path: Path, from_file: Counted) -> None:
    path = tmp_path / "silent.wav"
    soundfile.write(path, np.zeros(8000), SR)
    told = []
    for _ in range(2):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            from_file(path, sr=None)
        told.append([str(warning.message) for warning in caught])
        assert {warning.filename for warning in caught} == {__file__}
    assert told[0] == told[1]
    assert any("is silent" in text for text in told[0])
    assert from_file.n == 1


def test_folder_that_cannot_be_written_is_told(wav: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.warns(UserWarning, match=r"bird_.*wav' is not kept: .*taken/a' cannot be written"):
        spec = pv.Spectrogram.from_file(wav, mono=True, cache=tmp_path / "taken" / "a")
    assert spec.n_bins == 128


def test_folder_of_the_system(wav: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    def of_the_system(name: str, appauthor: object) -> Path:
        return tmp_path / "system" / name

    monkeypatch.setattr(platformdirs, "user_cache_path", of_the_system)
    pv.Spectrogram.from_file(wav, mono=True, cache=True)
    assert len(list((tmp_path / "system" / "patchviz").iterdir())) == 1
    pv.Spectrogram.from_file(wav, mono=True, cache=False, n_mels=20)
    assert len(list((tmp_path / "system" / "patchviz").iterdir())) == 1


@dataclasses.dataclass(frozen=True)
class Own:
    def __call__(self, y: np.ndarray, sr: float) -> np.ndarray:
        return np.zeros((2, 1 + len(y) // 512))


class Mel(pv.Mel):
    """One that may do anything else."""


@pytest.mark.parametrize(
    "options", [{"kind": Own()}, {"kind": Mel()}, {"ref": lambda values: values.max()}]
)
def test_what_may_change_unseen_is_not_kept(
    wav: Path, from_file: Counted, options: dict[str, Any]
) -> None:
    (name,) = options
    with pytest.raises(InvalidValueError, match=rf"{name}=.* and nobody would see .*save\(\.\.\."):
        from_file(wav, **options)
    assert from_file.n == 0


def test_what_cannot_be_kept(wav: Path, from_file: Counted) -> None:
    with pytest.raises(InvalidValueError, match="of a file that has a path, and this is of type B"):
        from_file(io.BytesIO(wav.read_bytes()))
    with pytest.raises(InvalidTypeError, match=r"cache=7 .*whether it is kept; or a folder"):
        pv.Spectrogram.from_file(wav, cache=7)  # type: ignore[arg-type]
    for nothing in ("", "a\0b", "\ud800"):
        with pytest.raises(InvalidValueError, match=r"^cache='.*' names no folder\. It must be a"):
            pv.Spectrogram.from_file(wav, cache=nothing)
    with pytest.raises(InvalidValueError, match=r"^cache=.* is a file\. It must be a folder"):
        pv.Spectrogram.from_file(wav, cache=wav)
    with pytest.raises(FileNotFoundError, match="There is no file"):
        from_file("none.wav")
