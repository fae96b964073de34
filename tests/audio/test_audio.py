"""Sound comes in whole: decoded, mixed and resampled as librosa does, or refused with a reason."""

from __future__ import annotations

import gc
import io
import math
import os
import pickle
import re
import shlex
import struct
import sys
import threading
from pathlib import Path
from typing import Any

import librosa
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from patchviz._util import threads
from patchviz.audio.example import example_audio
from patchviz.audio.source import Audio
from patchviz.errors import (
    AudioFileError,
    AudioFileNotFoundError,
    InvalidTypeError,
    InvalidValueError,
)

SR = 44100


def noise(n: int = SR, n_channels: int = 1, seed: int = 0) -> np.ndarray:
    y = 0.1 * np.random.default_rng(seed).standard_normal((n_channels, n))
    return y.astype(np.float32) if n_channels > 1 else y[0].astype(np.float32)


def encoded(y: np.ndarray, sr: int = SR, format: str = "WAV", **options: Any) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, y.T, sr, format=format, **options)
    return file.getvalue()


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


# -- the embedded clip -----------------------------------------------------------------------


def test_embedded_clip() -> None:
    audio = example_audio()
    assert (audio.sr, audio.n_samples, audio.n_channels) == (22050, 327_222, 1)
    assert repr(audio) == "Audio 'sonnet1.ogg': 14.840 s, 22050 Hz, 1 channel"
    assert audio.read().shape == (1, 327_222)
    assert pickle.loads(pickle.dumps(audio)).read(1, 2).shape == (1, 22050)


# -- samples in memory -----------------------------------------------------------------------


def test_array_is_not_copied_and_not_writeable() -> None:
    y = noise(1000)
    audio = Audio.from_array(y, 22050, name="noise")
    blocks = list(audio.blocks(blocksize=300))
    assert [block.shape for block in blocks] == [(1, 300), (1, 300), (1, 300), (1, 100)]
    assert all(np.shares_memory(block, y) for block in blocks)
    with pytest.raises(ValueError, match="read-only"):
        blocks[0][:] = 0
    assert repr(audio) == "Audio 'noise': 0.045 s, 22050 Hz, 1 channel"


@pytest.mark.parametrize(
    ("given_type", "held_type"),
    [("f2", "f4"), ("f4", "f4"), ("f8", "f8"), (">f4", "f4"), (">f8", "f8")],
)
def test_precision_of_an_array_is_kept(given_type: str, held_type: str) -> None:
    audio = Audio.from_array(np.linspace(-1, 1, 9).astype(given_type), 8000)
    assert audio.dtype == np.dtype(held_type)
    assert audio.read().dtype == np.dtype(held_type)
    np.testing.assert_allclose(audio.read()[0], np.linspace(-1, 1, 9), atol=1e-3)


def test_list_of_floats_is_a_sound() -> None:
    assert Audio.from_array([0.0, 0.5, -0.5], 8000).n_samples == 3


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (np.zeros(0), InvalidValueError, "y is empty: shape (0,). It must hold at least one"),
        (np.zeros((2, 0)), InvalidValueError, "y is empty: shape (2, 0)."),
        (np.float64(0.5), InvalidValueError, "y has the shape (), 0-D. It must be (n,) samples"),
        (np.zeros((1, 2, 3)), InvalidValueError, "y has the shape (1, 2, 3), 3-D."),
        (np.zeros(9, complex), InvalidTypeError, "y has the dtype complex128. It must hold float"),
        (np.array(["a"], object), InvalidTypeError, "y has the dtype object."),
        (np.zeros(9, bool), InvalidTypeError, "y has the dtype bool."),
        (
            np.zeros(9, np.int16),
            InvalidTypeError,
            "y holds integers (int16). It must hold floating-point samples, as a rule between -1 "
            "and 1: give y.astype(np.float32) / 32768.",
        ),
        ([0, 1] * 9, InvalidTypeError, "give np.float32(y) / 32768, if they are of 16 bits."),
        (np.zeros(9, np.int32), InvalidTypeError, "give y.astype(np.float32) / 2147483648."),
        (np.zeros(9, np.uint8), InvalidTypeError, "give (y.astype(np.float32) - 128) / 128."),
        (
            np.array([0.0, np.nan, np.inf, 0.0]),
            InvalidValueError,
            "y is not finite everywhere: 2 of 4 samples are NaN or infinite, the first at 0.001 s "
            "(sample 1). Mend them, for example np.nan_to_num(y).",
        ),
        (
            np.array([[0.0, 0.1, 0.0, 0.0], [0.0, 0.0, 1e30, -2e12]], np.float32),
            InvalidValueError,
            "y holds what no sound is: 2 of 8 samples are beyond 1e+12, the first at 0.002 s "
            "(sample 2). Mend them, for example np.where(np.abs(y) > 1, 0, y); or scale them all, "
            "to between -1 and 1.",
        ),
        (
            np.zeros((100, 2)),
            InvalidValueError,
            "y has the shape (100, 2): 100 channels of 2 samples. Channels come first, as in "
            "librosa: give y.T.",
        ),
        (np.ma.zeros(9), InvalidTypeError, "y is a masked array, and a sound has no gaps."),
        ([[1.0], [1.0, 2.0]], InvalidValueError, "no array can be made of y of type list"),
    ],
)
def test_what_is_no_sound(y: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        Audio.from_array(y, 1000)


@pytest.mark.parametrize(
    ("sr", "error", "message"),
    [
        (0, InvalidValueError, "sr=0 Hz is not allowed. It must be a finite number, more than 0"),
        (-22050, InvalidValueError, "sr=-22050 Hz is not allowed."),
        (math.nan, InvalidValueError, "sr=nan Hz is not allowed."),
        ("22050", InvalidTypeError, "sr='22050' is of type str."),
        (None, InvalidTypeError, "sr=None is of type NoneType."),
    ],
)
def test_what_is_no_rate(sr: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        Audio.from_array(noise(9), sr)
    if sr is not None:
        with pytest.raises(error, match=re.escape(message)):
            example_audio().blocks(sr=sr)


def test_rate_may_be_fractional() -> None:
    assert Audio.from_array(noise(9), 22050.5).sr == 22050.5
    assert isinstance(Audio.from_array(noise(9), np.float64(22050)).sr, int)


# -- files -----------------------------------------------------------------------------------

FORMATS = [("WAV", {}), ("FLAC", {}), ("OGG", {"subtype": "VORBIS"}), ("MP3", {}), ("AIFF", {})]


@pytest.mark.parametrize(("file_format", "options"), FORMATS)
@pytest.mark.parametrize("mono", [True, False])
@pytest.mark.parametrize(
    "sr", [None, 11025.5, *(pytest.param(sr, marks=pytest.mark.slow) for sr in (22050, 48000))]
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what librosa.load imports
def test_file_is_decoded_as_librosa_does(
    tmp_path: Path, file_format: str, options: dict[str, str], mono: bool, sr: float | None
) -> None:
    path = write(
        tmp_path / f"clip.{file_format.lower()}",
        encoded(noise(15_000, 2), format=file_format, **options),
    )
    expected, rate = librosa.load(path, sr=sr, mono=mono)
    audio = Audio.from_file(path)
    assert (audio.sr, audio.n_channels, audio.name) == (SR, 2, path.name)
    y = audio.read(sr=sr, mono=mono)
    assert y.dtype == np.float32
    np.testing.assert_array_equal(y, np.atleast_2d(expected))
    assert y.shape[1] == audio.resampled_length(rate)


@given(
    n_samples=st.integers(1, 30_000),
    blocksize=st.integers(1, 40_000),
    sr=st.sampled_from([None, 8000, 22050, 96000]),
)
def test_blocks_do_not_depend_on_their_size(
    n_samples: int, blocksize: int, sr: float | None
) -> None:
    y = noise(n_samples)
    audio = Audio.from_file(io.BytesIO(encoded(y, format="WAV", subtype="FLOAT")))
    blocks = list(audio.blocks(sr=sr, blocksize=max(blocksize, n_samples // 50)))
    expected = y if sr is None else librosa.resample(y, orig_sr=SR, target_sr=sr)
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1)[0], expected)


@pytest.mark.parametrize(("file_format", "options"), FORMATS)
def test_part_of_a_file(tmp_path: Path, file_format: str, options: dict[str, str]) -> None:
    path = write(tmp_path / "clip", encoded(noise(3 * SR), format=file_format, **options))
    audio = Audio.from_file(path)
    whole = audio.read()
    rounding = 1e-6 if file_format == "MP3" else 0  # its decoder starts a little earlier
    np.testing.assert_allclose(audio.read(1.0, 2.0), whole[:, SR : 2 * SR], atol=rounding)
    np.testing.assert_allclose(audio.read(2.5), whole[:, round(2.5 * SR) :], atol=rounding)
    np.testing.assert_array_equal(audio.read(2.5, 99), audio.read(2.5))


@pytest.mark.parametrize("start", [5.0, -5.0, 100.0])
def test_parts_are_read_by_the_clock_on_which_the_sound_starts(start: float) -> None:
    y = np.arange(800) / 800
    audio = Audio.from_array(y, 100, start=start)
    assert (audio.start, audio.end) == (start, start + 8)
    np.testing.assert_array_equal(audio.read()[0], y)
    np.testing.assert_array_equal(audio.read(start + 1, start + 2)[0], y[100:200])
    assert f"8.000 s from {start:.3f} s on" in repr(audio)
    with pytest.raises(InvalidValueError, match=re.escape(f"at least {start} s")):
        audio.read(start - 1)


def test_a_start_is_a_number() -> None:
    for make in (
        lambda: Audio.from_array([0.0], 1, start="0"),
        lambda: Audio.from_file("a", start="0"),
    ):  # type: ignore[arg-type]
        with pytest.raises(
            InvalidTypeError, match=r"start='0' is of type str\. It must be a finite"
        ):
            make()


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (-1, None, "start=-1 s is not allowed. It must be a finite number, at least 0.0 s."),
        (
            20,
            None,
            "start=20.0 s to end=None s holds no sample: the sound is there from 0.000 s to "
            "14.840 s",
        ),
        (2, 2, "end=2 s is not allowed. It must be a finite number, more than 2.0 s."),
        (2, 2.00001, "start=2.0 s to end=2.00001 s holds no sample"),
    ],
)
def test_what_is_no_part(start: float, end: float | None, message: str) -> None:
    with pytest.raises(InvalidValueError, match=re.escape(message)):
        example_audio().read(start, end)


def test_blocksize_must_be_whole() -> None:
    with pytest.raises(InvalidValueError, match=re.escape("blocksize=0 samples is not allowed.")):
        example_audio().blocks(blocksize=0)


def test_file_object_is_read_from_its_beginning_and_left_open(tmp_path: Path) -> None:
    y = noise(5000)
    path = write(tmp_path / "clip.wav", encoded(y, subtype="FLOAT"))
    with path.open("rb") as file:
        file.seek(77)
        audio = Audio.from_file(file)
        assert audio.name == "clip.wav"
        for _ in range(2):
            np.testing.assert_array_equal(audio.read()[0], y)
        assert not file.closed
    message = "'clip.wav' is closed. Keep the file object open as long as its sound is needed"
    with pytest.raises(AudioFileError, match=re.escape(message)):
        audio.read()
    with pytest.raises(AudioFileError, match=re.escape(message)):
        Audio.from_file(file)


@pytest.mark.parametrize("n_threads", [1, 2, 4])
@pytest.mark.parametrize("ending", ["closed", "failed", "cut short"])
def test_a_file_that_helpers_read_ahead_is_closed_wherever_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_threads: int, ending: str
) -> None:
    monkeypatch.setattr(threads, "n_threads", lambda: n_threads)
    path = write(tmp_path / "clip.flac", encoded(noise(50_000), format="FLAC"))
    audio = Audio.from_file(path)
    if ending == "cut short":
        path.write_bytes(path.read_bytes()[:40_000])

    def look(block: np.ndarray) -> int:
        if ending == "failed":
            raise ValueError("failed")
        return block.size

    results = threads.in_threads(look, audio.blocks(sr=audio.sr / 2, blocksize=1000))
    if ending == "closed":
        assert 0 < next(results) < audio.n_samples / 4
        results.close()
    else:
        kind = ValueError if ending == "failed" else AudioFileError
        with pytest.raises(kind, match=r"^failed$|'clip\.flac' "):
            list(results)
    assert not [t for t in threading.enumerate() if t.name.startswith("patchviz")]
    assert [f for f in gc.get_objects() if is_open(f, path)] == []


def is_open(thing: object, path: Path) -> bool:
    is_file = type(thing) is io.BufferedReader
    return is_file and not thing.closed and thing.name == str(path)


def test_file_object_without_a_name() -> None:
    audio = Audio.from_file(io.BytesIO(encoded(noise(5000))))
    assert repr(audio) == "Audio: 0.113 s, 44100 Hz, 1 channel"


def test_path_as_text_or_path(tmp_path: Path) -> None:
    path = write(tmp_path / "a b ü.wav", encoded(noise(50)))
    assert Audio.from_file(str(path)).name == Audio.from_file(path).name == "a b ü.wav"


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (3, "file=3 is of type int. It must be a path or a binary file object"),
        (np.zeros(9), "samples in memory go to from_audio(y, sr=...)"),
        (b"clip.wav", "file=b'clip.wav' is of type bytes."),
        (bytes(700_000), "is of type bytes. It must be a path or a binary file object; samples "),
        (bytes(9), "and a file's bytes into io.BytesIO(data)."),
        (io.StringIO("text"), "is open as text. Open it in binary mode: open(path, 'rb')"),
    ],
)
def test_what_is_no_file(file: Any, message: str) -> None:
    with pytest.raises(InvalidTypeError, match=re.escape(message)) as caught:
        Audio.from_file(file)
    assert len(str(caught.value)) < 500


def test_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.wav"
    with pytest.raises(AudioFileNotFoundError) as caught:
        Audio.from_file(path)
    assert str(caught.value).startswith(f"There is no file {str(path)!r} (looked for from ")
    assert str(caught.value).endswith("Check the path.")
    assert isinstance(caught.value, FileNotFoundError)
    assert isinstance(caught.value, AudioFileError)


def test_folder(tmp_path: Path) -> None:
    message = f"{str(tmp_path)!r} is a folder. Give the path of a readable sound file."
    with pytest.raises(AudioFileError, match=re.escape(message)):
        Audio.from_file(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.wav", b"", "'empty.wav' is empty: 0 bytes. Give a sound file."),
        ("text.wav", b"Once upon a time" * 99, "'text.wav' cannot be decoded as sound, neither by"),
        ("clip.m4a", b"\0\0\0\x20ftypM4A " + bytes(999), "nor by ffmpeg (moov atom not found)."),
        ("clip.raw", bytes(999), "'clip.raw' cannot be decoded as sound, neither"),
        ("none.wav", encoded(noise(0)), "'none.wav' holds no samples. Give a sound file"),
        ("head.wav", encoded(noise(9))[:20], "'head.wav' is a WAV that ends after 20 bytes"),
    ],
)
def test_what_is_no_sound_file(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(AudioFileError, match=re.escape(message)):
        Audio.from_file(write(tmp_path / name, content))


# -- files that were cut short ---------------------------------------------------------------


@pytest.mark.parametrize("file_format", ["WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "SVX"])
def test_cut_file_whose_header_tells(tmp_path: Path, file_format: str) -> None:
    content = encoded(noise(SR), format=file_format, subtype="PCM_16")
    path = write(tmp_path / f"cut.{file_format.lower()}", content[: len(content) // 2])
    message = (
        rf"'cut.\w+' holds \d+ bytes of sound, and its header says \d+: it was cut short\. "
        rf"ffmpeg -i {path.name} cut-mended\.flac writes what can be decoded to a new file\."
    )
    with pytest.raises(AudioFileError, match=message):
        Audio.from_file(path)


@pytest.mark.skipif(sys.platform == "win32", reason="no file has such a name there")
def test_what_is_to_be_typed_runs_nothing_else(tmp_path: Path) -> None:
    name = "a`b` $(c).wav"
    path = write(tmp_path / name, encoded(noise(SR))[:SR])
    with pytest.raises(AudioFileError) as raised:
        Audio.from_file(path)
    command = re.search(r"ffmpeg -i .*(?= writes)", str(raised.value))[0]
    assert shlex.split(command) == ["ffmpeg", "-i", name, "a`b` $(c)-mended.flac"]
    assert '"' not in command


@pytest.mark.parametrize("file_format", ["FLAC", "MP3"])
@pytest.mark.filterwarnings("ignore")
def test_cut_file_is_found_while_decoding(tmp_path: Path, file_format: str) -> None:
    content = encoded(noise(5 * SR), format=file_format)
    audio = Audio.from_file(write(tmp_path / "cut", content[: len(content) // 2]))
    for start in (0.0, 1.0, 4.5):
        with pytest.raises(AudioFileError) as caught:
            audio.read(start)
        found = re.match(
            r"'cut' cannot be decoded from (\d\.\d+) s \(sample \d+\) on, and there should be "
            r"sound up to 5\.000 s \(220500 samples\): it was cut short or damaged. ffmpeg -i ",
            str(caught.value),
        )
        assert found
        assert max(start, 2.0) <= float(found[1]) <= max(start, 3.0)
    assert audio.read(0.0, 2.0).shape == (1, 2 * SR)


@pytest.mark.parametrize("kept", [0.5, 0.99, 0.9999])
def test_cut_ogg_file_warns(tmp_path: Path, kept: float) -> None:
    content = encoded(noise(5 * SR), format="OGG", subtype="VORBIS")
    path = write(tmp_path / "cut.ogg", content[: int(kept * len(content))])
    with pytest.warns(UserWarning, match=r"'cut.ogg' has no end-of-stream mark after \d+ samples"):
        audio = Audio.from_file(path)
    assert audio.read().shape[1] == audio.n_samples


@pytest.mark.parametrize("length", [0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000])
def test_wav_of_unknown_length_is_read_to_its_end(tmp_path: Path, length: int) -> None:
    content = bytearray(encoded(noise(5000)))
    at = content.index(b"data") + 4
    content[at : at + 4] = struct.pack("<I", length)
    audio = Audio.from_file(write(tmp_path / "piped.wav", bytes(content)))
    assert audio.read().shape == (1, 5000)


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_what_is_raised_while_a_file_is_read_is_not_lost(error: type[BaseException]) -> None:
    class Failing(io.BytesIO):
        n_left = 10**9

        def read(self, size: int | None = -1) -> bytes:
            self.n_left -= 1
            if self.n_left < 0:
                raise error
            return super().read(size)

    buffer = Failing()
    soundfile.write(buffer, np.zeros(400_000), 8000, format="FLAC", subtype="PCM_16")
    audio = Audio.from_file(buffer)
    for n_reads in (0, 1):
        buffer.n_left = n_reads
        with pytest.raises(error) as raised:
            audio.read()
        assert raised.type is error
    buffer.n_left = 10**9
    assert audio.read().shape == (1, 400_000)


def test_a_file_that_grows_is_what_it_was_and_one_that_ends_otherwise_is_not(
    tmp_path: Path,
) -> None:
    path, y = tmp_path / "a.flac", np.zeros(100_000)
    rng = np.random.default_rng(0)
    y[:60_000] = rng.normal(0, 0.1, 60_000)
    soundfile.write(path, y, 8000)
    audio, whole = Audio.from_file(path), path.read_bytes()
    before = audio.read()
    path.write_bytes(whole + bytes(200_000))  # as a recorder goes on
    np.testing.assert_array_equal(audio.read(), before)
    assert len(whole) > 100_000
    y[50_000:60_000] = rng.normal(0, 0.1, 10_000)
    other = path.with_name("b.wav")
    for subtype in ("PCM_16", "FLOAT"):  # as large, and alike at first
        for part in (np.r_[y, 0.1], np.r_[y, 0.2]):
            soundfile.write(other, part, 8000, subtype=subtype)
            if part[-1] == 0.1:
                looked_at = Audio.from_file(other)
        with pytest.raises(AudioFileError, match="what it begins or ends with is another"):
            looked_at.part(offset=1, duration=1).read()


def test_a_small_file_that_grows_is_what_it_was_too(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, 8000), 8000)
    audio = Audio.from_file(path)
    before = audio.read()
    path.write_bytes(path.read_bytes() + bytes(100))
    np.testing.assert_array_equal(audio.read(), before)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes")
def test_a_pipe_in_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.zeros(8000), 8000)
    audio = Audio.from_file(path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(AudioFileError, match="is no longer the file that was looked at"):
        audio.read()


@pytest.mark.parametrize("change", ["longer", "rate", "channels", "level", "shorter"])
def test_a_file_that_was_replaced_is_not_heard_in_place_of_what_is_seen(
    tmp_path: Path, change: str
) -> None:
    path, y = tmp_path / "a.wav", np.random.default_rng(0).normal(0, 0.1, 8000)
    soundfile.write(path, y[:6000], 8000)
    audio = Audio.from_file(path)
    parts = [audio, audio.part(offset=0.25, duration=0.25)]
    others = {"longer": y, "channels": np.stack([y, y], axis=1)[:6000], "shorter": y[:100]}
    other = others.get(change, 0.5 * y[:6000] if change == "level" else y[:6000])
    soundfile.write(path, other, 16000 if change == "rate" else 8000)
    for part in parts:
        with pytest.raises(AudioFileError, match=r"^'a.wav' is no longer the file that was looked"):
            part.read()
    soundfile.write(path, y[:6000], 8000)  # put back
    assert parts[1].read().shape == (1, 2000)
