"""What is saved is opened as it was, without being read; what has changed since is told."""

from __future__ import annotations

import copy
import io
import json
import os
import pickle
import warnings
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

import patchviz as pv
from patchviz.errors import (
    AudioFileError,
    AudioFileNotFoundError,
    FolderNotFoundError,
    InvalidTypeError,
    InvalidValueError,
    SavedFileError,
    SavedFileNotFoundError,
)

SR = 8000


def noise(n: int = 20_000, n_channels: int = 1) -> np.ndarray:
    shape = (n,) if n_channels == 1 else (n, n_channels)
    return 0.1 * np.random.default_rng(0).standard_normal(shape).astype(np.float32)


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    path = tmp_path / "sounds" / "bird.wav"
    path.parent.mkdir()
    soundfile.write(path, noise(), SR, subtype="FLOAT")
    return path


def reopened(spec: pv.Spectrogram, folder: Path) -> pv.Spectrogram:
    spec.save(folder / "kept.npz")
    return pv.open(folder / "kept.npz")


def test_all_that_is_known_comes_back(wav: Path, tmp_path: Path) -> None:
    labels = pd.DataFrame(
        {"start_time": [0.1, 1 / 3], "end_time": [0.5, 2.0], "label": ["wren", "ring ouzel, é"],
         "low_f": [np.nan, 1000.0], "score": [0.1 + 0.2, np.nan]}
    )  # fmt: skip
    spec = pv.Spectrogram.from_file(
        wav, sr=None, kind="stft", n_fft=256, offset=0.5, start=datetime(2024, 5, 12, tzinfo=UTC)
    ).with_labels(labels)
    kept = reopened(spec, tmp_path)
    assert repr(kept) == repr(spec)
    np.testing.assert_array_equal(kept.values, spec.values)
    assert kept.values.dtype == spec.values.dtype
    for name in ("sr", "hop_length", "n_fft", "y_axis", "fmin", "fmax", "unit", "quantity", "floor",
                 "start", "name", "origin", "recording_start"):  # fmt: skip
        assert getattr(kept, name) == getattr(spec, name)
    pd.testing.assert_frame_equal(kept.labels, spec.labels)
    np.testing.assert_array_equal(kept.audio.read(), spec.audio.read())
    assert kept.audio.start == spec.audio.start == 0.5


def test_values_are_mapped_and_their_range_is_known(tmp_path: Path) -> None:
    values = np.asfortranarray(np.arange(12, dtype=">i2").reshape(3, 4))
    kept = reopened(pv.Spectrogram(values), tmp_path)
    assert isinstance(kept.values.base, np.memmap) or isinstance(kept.values.base.base, np.memmap)
    assert kept.values.dtype == values.dtype
    assert kept.values.strides == values.strides  # the frames one after the other
    assert kept.values.ctypes.data % 64 == 0
    assert "_summary" in vars(kept)
    assert kept.finite_range == (0, 11)
    with pytest.raises(ValueError, match="read-only"):
        kept.values[0, 0] = 1
    np.testing.assert_array_equal(np.load(tmp_path / "kept.npz")["values"], values)


def test_gaps_are_kept(tmp_path: Path) -> None:
    nothing = reopened(pv.Spectrogram(np.full((2, 3), np.nan)), tmp_path)
    assert nothing.n_nonfinite == 6
    assert np.isnan(nothing.finite_range).all()


def test_what_patches_were_padded_with_stays_padding(tmp_path: Path) -> None:
    spec = pv.Spectrogram(np.ones((2, 50)), floor=0.0)
    patches = spec.patches(frame_length=20, tail="pad")
    kept = reopened(patches.spectrogram, tmp_path)
    np.testing.assert_array_equal(kept.values, patches.spectrogram.values)
    again = pv.Patches(kept, framing=patches.framing)
    assert again.filled.tolist() == [1, 1, 0.5]
    assert again.spectrogram.n_frames == 60


def test_classes_of_other_recordings_are_kept(wav: Path, tmp_path: Path) -> None:
    """They have their colours, and no score of theirs is said to be of what nobody labelled."""
    soundfile.write(wav.parent / "owl.wav", noise(), SR)
    rows = [("bird.wav", "wren"), ("owl.wav", "owl"), ("third.wav", "robin")]
    labels = [
        {"file": file, "start_time": 0.0, "end_time": 1.0, "label": label} for file, label in rows
    ]
    scores = np.zeros((2, 3))
    with pytest.warns(UserWarning, match=r"'third\.wav'\. They are left out"):
        known = pv.Recordings(wav.parent, duration=1.0, sr=None).with_labels(labels)
    for spec, classes in (
        (pv.Spectrogram.from_file(wav, sr=None).with_labels(labels), ("wren",)),
        (known.patches(0).spectrogram, ("owl", "wren")),
    ):
        for one in (spec, reopened(spec, tmp_path), reopened(reopened(spec, tmp_path), tmp_path)):
            patches = one.patches(duration=1.0)
            assert patches.classes == classes
            scored = patches.with_scores(scores, classes=["wren", "owl", "robin"])
            assert len(scored.mistakes()) == 1  # and no warning


def test_maxima_of_a_long_one_are_kept(tmp_path: Path) -> None:
    from patchviz.core.spectrogram import column_maxima

    values = np.random.default_rng(0).random((2, 300_000), np.float32)
    spec = pv.Spectrogram(values)
    np.testing.assert_array_equal(column_maxima(reopened(spec, tmp_path)), column_maxima(spec))


def test_sound_that_lies_in_no_file_is_kept_too(tmp_path: Path) -> None:
    y = noise(n_channels=2).T
    of_samples = pv.Spectrogram.from_audio(y, sr=SR, channels="all")
    kept = reopened(of_samples, tmp_path)
    assert kept.n_channels == 2
    np.testing.assert_array_equal(kept.audio.read(), y)
    content = io.BytesIO()
    soundfile.write(content, noise(), SR, format="FLAC")
    of_object = reopened(pv.Spectrogram.from_file(content, sr=None), tmp_path)
    expected, _ = soundfile.read(content, dtype="float32") if content.seek(0) == 0 else (0, 0)
    np.testing.assert_array_equal(of_object.audio.read()[0], expected)
    for again in (pickle.loads(pickle.dumps(of_object)), copy.deepcopy(of_object)):
        np.testing.assert_array_equal(again.audio.read()[0], expected)


def test_samples_of_a_compressed_file_are_those_that_were_seen(tmp_path: Path) -> None:
    path = tmp_path / "bird.ogg"
    soundfile.write(path, noise(), SR)
    spec = pv.Spectrogram.from_file(path, sr=None, offset=1.0, duration=0.5)
    kept = reopened(spec, tmp_path)
    np.testing.assert_array_equal(kept.audio.read(), spec.audio.read())
    assert reopened(kept, tmp_path).audio.decoder == kept.audio.decoder


def moved(wav: Path) -> None:
    wav.unlink()


def longer(wav: Path) -> None:
    soundfile.write(wav, noise(30_000), SR, subtype="FLOAT")


def other(wav: Path) -> None:
    soundfile.write(wav, -noise(), SR, subtype="FLOAT")


def other_end(wav: Path) -> None:
    content = wav.read_bytes()
    assert len(content) > 70_000
    wav.write_bytes(content[:-100] + bytes(100))


def pipe(wav: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no such pipes")
    wav.unlink()
    os.mkfifo(wav)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (moved, AudioFileNotFoundError, "nor was it found beside what was saved. Put the file"),
        (longer, AudioFileError, r"is no longer the file .* of: it has 120,\d+ bytes, and had 80,"),
        (other, AudioFileError, "is no longer the file .* of: what it begins or ends with is"),
        (other_end, AudioFileError, "of: what it begins or ends with is another. Put that one"),
        (pipe, AudioFileError, r"is no longer the file .* of: it has 0 bytes, and had 80,"),
    ],
)
def test_sound_that_is_not_what_it_was_is_told_when_it_is_needed(
    wav: Path, tmp_path: Path,
    change: Callable[[Path], None], error: type[Exception], message: str,
) -> None:  # fmt: skip
    spec = pv.Spectrogram.from_file(wav, sr=None)
    spec.save(tmp_path / "kept.npz")
    opened_before = pv.open(tmp_path / "kept.npz")
    change(wav)
    for kept in (opened_before, pv.open(tmp_path / "kept.npz")):
        pv.player(kept.patches(duration=1.0))
        with pytest.raises(error, match=message):
            kept.audio.read()


@pytest.mark.parametrize("beside", ["sounds/bird.wav", "bird.wav"])
def test_sound_is_found_beside_what_was_saved(wav: Path, tmp_path: Path, beside: str) -> None:
    spec = pv.Spectrogram.from_file(wav, sr=None)
    spec.save(tmp_path / "kept.npz")
    expected = spec.audio.read()
    new = tmp_path / "elsewhere"
    (new / beside).parent.mkdir(parents=True)
    wav.rename(new / beside)
    (tmp_path / "kept.npz").rename(new / "kept.npz")
    np.testing.assert_array_equal(pv.open(new / "kept.npz").audio.read(), expected)
    # Where another file is at its place by now, the one beside is taken.
    soundfile.write(wav, -noise(), SR, subtype="FLOAT")
    np.testing.assert_array_equal(pv.open(new / "kept.npz").audio.read(), expected)


def test_what_has_been_saved_may_be_saved_over(tmp_path: Path) -> None:
    path = tmp_path / "kept.npz"
    pv.Spectrogram(np.arange(6.0).reshape(2, 3)).save(path)
    kept = pv.open(path)
    pv.Spectrogram(kept.values * 2, sr=1000).save(path)
    np.testing.assert_array_equal(pv.open(path).values, kept.values * 2)
    kept.save(path)
    np.testing.assert_array_equal(pv.open(path).values, kept.values)
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.npz"]


@pytest.mark.parametrize("is_file_object", [True, False])
def test_one_that_is_saved_over_while_it_is_opened_is_one_or_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_file_object: bool
) -> None:
    def made(level: float, seconds: int) -> pv.Spectrogram:
        y = level * noise(seconds * SR)
        if not is_file_object:
            return pv.Spectrogram.from_audio(y, sr=SR)
        sound = io.BytesIO()
        soundfile.write(sound, y, SR, format="WAV", subtype="FLOAT")
        return pv.Spectrogram.from_file(sound, sr=None)

    one, other = made(1.0, 3), made(0.5, 2)
    one.save(tmp_path / "kept.npz")
    loads = json.loads

    def meanwhile(text: str) -> object:
        other.save(tmp_path / "kept.npz")  # another process, say
        return loads(text)

    with monkeypatch.context() as patched:
        patched.setattr(json, "loads", meanwhile)
        opened = pv.open(tmp_path / "kept.npz")
    for kept, spec in ((opened, one), (pv.open(tmp_path / "kept.npz"), other)):
        np.testing.assert_array_equal(kept.values, spec.values)
        assert kept.audio is not None
        assert spec.audio is not None
        np.testing.assert_array_equal(kept.audio.read(), spec.audio.read())


def test_one_that_was_compressed_since_is_read(tmp_path: Path) -> None:
    spec = pv.Spectrogram(np.arange(6.0).reshape(2, 3))
    spec.save(tmp_path / "kept.npz")
    with (
        zipfile.ZipFile(tmp_path / "kept.npz") as old,
        zipfile.ZipFile(tmp_path / "packed.npz", "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
    np.testing.assert_array_equal(pv.open(tmp_path / "packed.npz").values, spec.values)


def test_what_cannot_be_saved(tmp_path: Path) -> None:
    spec = pv.Spectrogram(np.zeros((2, 3)), name="clip")
    with pytest.raises(InvalidValueError, match=r"day' has no ending\. It must be a name"):
        pv.Spectrogram(np.zeros((2, 3))).save(tmp_path / "day")
    with pytest.raises(
        InvalidValueError, match=r"'\.zarr'\. It must be .* For what reads zarr: zarr\."
    ):
        spec.save(tmp_path / "day.zarr")
    with pytest.raises(InvalidTypeError, match="path=7 is of type int"):
        spec.save(7)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())
    with pytest.raises(FolderNotFoundError, match=r"there is no folder .*nowhere'"):
        spec.save(tmp_path / "nowhere" / "kept.npz")


def test_what_cannot_be_opened(wav: Path, tmp_path: Path) -> None:
    with pytest.raises(SavedFileNotFoundError, match=r"There is no file '.*none.npz' .*Check the"):
        pv.open(tmp_path / "none.npz")
    with pytest.raises(SavedFileError, match=r"cannot be read \(Is a directory\)"):
        pv.open(tmp_path)
    with pytest.raises(SavedFileError, match=r"'bird.wav' is no spectrogram .*Spectrogram.from_fi"):
        pv.open(wav)
    np.savez(tmp_path / "other.npz", values=np.zeros((2, 3)))
    with pytest.raises(SavedFileError, match=r"'other\.npz' is no spectrogram"):
        pv.open(tmp_path / "other.npz")
    pv.Spectrogram(np.zeros((2, 3))).save(tmp_path / "kept.npz")
    with zipfile.ZipFile(tmp_path / "kept.npz") as old:
        meaning, values = json.loads(old.read("meaning.json")), old.read("values.npy")
    for name, facts, content, message in [
        ("new", {**meaning, "patchviz": 99}, values, "by another version .* is 99, and 1 is known"),
        ("short", meaning, values[:-8], "or it is damaged"),
        ("odd", {**meaning, "sr": -1}, values, "or it is damaged"),
    ]:
        with zipfile.ZipFile(tmp_path / f"{name}.npz", "w") as new:
            new.writestr("meaning.json", json.dumps(facts))
            new.writestr("values.npy", content)
        with pytest.raises(SavedFileError, match=message):
            pv.open(tmp_path / f"{name}.npz")


@pytest.mark.parametrize("seed", range(3))
def test_damaged_bytes_are_refused_or_harmless(tmp_path: Path, seed: int) -> None:
    spec = pv.Spectrogram.from_audio(noise(4000), sr=SR)
    spec.save(tmp_path / "kept.npz")
    content = (tmp_path / "kept.npz").read_bytes()
    generator = np.random.default_rng(seed)
    for _ in range(30):
        damaged = bytearray(content)
        for at in generator.integers(len(content) - 2500, len(content), 3):
            damaged[at] = generator.integers(256)
        (tmp_path / "damaged.npz").write_bytes(damaged[: generator.choice([-1, len(content)])])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                kept = pv.open(tmp_path / "damaged.npz")
            except (SavedFileError, MemoryError):
                continue
        assert kept.values.ndim == 2


def test_a_file_that_grows_is_that_of_the_saved_spectrogram(wav: Path, tmp_path: Path) -> None:
    spec = pv.Spectrogram.from_file(wav, sr=None)
    heard = spec.audio.read()  # type: ignore[union-attr]
    for _ in range(2):  # before it is saved, and since
        wav.write_bytes(wav.read_bytes() + bytes(100))
        kept = reopened(spec, tmp_path)
        np.testing.assert_array_equal(kept.audio.read(), heard)
    was = kept.audio.decoder.to_json()
    del was["sha256_of_tail"]  # as others have saved
    assert not type(kept.audio.decoder).from_json(was).is_of(wav)
    wav.write_bytes(wav.read_bytes()[:-200])
    assert type(kept.audio.decoder).from_json(was).is_of(wav)


@pytest.mark.parametrize("changed", [0, 7000])
def test_a_file_that_was_replaced_before_the_spectrogram_was_saved_is_not_heard(
    tmp_path: Path, changed: int
) -> None:
    path, y = tmp_path / "a.wav", np.random.default_rng(0).normal(0, 0.1, 80_000)
    soundfile.write(path, y, 8000)
    spec = pv.Spectrogram.from_file(path, sr=None)
    y[10 * changed :] *= 0.5
    soundfile.write(path, y, 8000)
    spec.save(tmp_path / "a.npz")
    opened = pv.open(tmp_path / "a.npz")
    assert opened.audio is not None
    with pytest.raises(AudioFileError, match="is no longer the file that the saved spectrogram"):
        opened.audio.read()
