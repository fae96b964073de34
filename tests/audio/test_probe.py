"""A file is read whole, whatever its header says of it; or what is missing is said."""

from __future__ import annotations

import errno
import io
import os
import re
import struct
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import patchviz as pv
from patchviz._util import ffmpeg as finding
from patchviz.audio import chunks, streams
from patchviz.audio.source import Audio
from patchviz.errors import AudioFileError, InvalidValueError

from ..seldom import seldom

SR = 8000


def noise(n: int = SR, seed: int = 0, n_channels: int = 1) -> np.ndarray:
    return 0.1 * np.random.default_rng(seed).standard_normal((n, n_channels))


def encoded(y: np.ndarray, format: str = "WAV", sr: int = SR, **options: Any) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, y, sr, format=format, **options)
    return file.getvalue()


def by_ffmpeg(y: np.ndarray, out: Path, *options: str, sr: int = SR) -> Path:
    """Return the file that ffmpeg makes of samples."""
    program = finding.find_ffmpeg()
    if program is None:
        pytest.skip("there is no ffmpeg")
    raw = ["-f", "f64le", "-ar", str(sr), "-ac", str(y.shape[1]), "-i", "pipe:0"]
    command = [program, "-v", "error", *raw, *options, str(out)]
    subprocess.run(command, input=y.astype("<f8").tobytes(), check=True)
    return out


def lagging(y: np.ndarray, other: np.ndarray) -> tuple[int, float]:
    """Return by how many samples a sound comes later than another, and how alike they then are."""
    n = max(len(y), len(other))
    spectrum = np.fft.rfft(y, 2 * n) * np.conj(np.fft.rfft(other, 2 * n))
    alike = np.fft.irfft(spectrum) / (np.linalg.norm(y) * np.linalg.norm(other))
    lag = int(np.argmax(alike))
    return (lag if lag < n else lag - 2 * n), float(alike.max())


@pytest.fixture
def no_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding.shutil, "which", lambda program: None)
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)


# -- several recordings in one file ----------------------------------------------------------


@pytest.mark.parametrize(
    ("file_format", "options"),
    [("OGG", {"subtype": "VORBIS"}), ("OGG", {"subtype": "OPUS"}), ("FLAC", {})],
)
@pytest.mark.usefixtures("no_ffmpeg")
def test_joined_files_are_read_one_after_the_other(
    file_format: str, options: dict[str, str]
) -> None:
    contents = [encoded(noise(n, seed=n), file_format, **options) for n in (5000, 9000, 4000)]
    parts = [Audio.from_file(io.BytesIO(content)).read()[0] for content in contents]
    audio = Audio.from_file(io.BytesIO(b"".join(contents)))
    y = np.concatenate(parts)
    assert audio.n_samples == 18_000
    np.testing.assert_array_equal(audio.read()[0], y)
    blocks = list(audio.blocks(blocksize=3000))
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1)[0], y)
    # A part that begins in the second recording and ends in the third. (Opus needs a run-up.)
    part = audio.read(0.9, 2.0)[0]
    np.testing.assert_allclose(
        part, y[7200:16000], atol=1e-2 if options.get("subtype") == "OPUS" else 0
    )


@pytest.mark.parametrize("subtype", ["PCM_16", "IMA_ADPCM"])
def test_another_file_after_a_wav_is_told(subtype: str) -> None:
    content = encoded(noise(8080), subtype=subtype)  # 16 blocks of IMA ADPCM
    with pytest.warns(
        UserWarning,
        match=rf"is followed by another file, {len(content)} bytes that are not read: several "
        r"were joined. Split them to see all\.$",
    ):
        audio = Audio.from_file(io.BytesIO(content + content))
    np.testing.assert_array_equal(audio.read(), Audio.from_file(io.BytesIO(content)).read())


# -- headers that say less than the file holds -----------------------------------------------


def with_size(content: bytes, chunk: bytes, n: int, order: str = "<") -> bytes:
    changed = bytearray(content)
    at = content.index(chunk) + 4
    changed[at : at + 4] = struct.pack(f"{order}I", n)
    return bytes(changed)


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT", "ULAW", "PCM_U8"])
@pytest.mark.parametrize("promised", [0, 2000])
@pytest.mark.usefixtures("no_ffmpeg")
def test_wav_that_goes_on_after_its_header_is_read_on(subtype: str, promised: int) -> None:
    content = encoded(noise(n_channels=2), subtype=subtype)
    y = Audio.from_file(io.BytesIO(content)).read()
    with pytest.warns(
        UserWarning,
        match=r"goes on after the 0\.\d+ s of its header: what follows is read too, 1\.000",
    ):
        audio = Audio.from_file(io.BytesIO(with_size(content, b"data", promised)))
    np.testing.assert_array_equal(audio.read(), y)
    np.testing.assert_array_equal(audio.read(0.5, 0.75), y[:, 4000:6000])


def test_coded_wav_that_goes_on_after_its_header_is_read_on() -> None:
    content = encoded(noise(8080), subtype="IMA_ADPCM")
    with pytest.warns(
        UserWarning,
        match=r"goes on after the 0\.4\d+ s of its header, and 1\.010 s of it are decoded",
    ):
        audio = Audio.from_file(io.BytesIO(with_size(content, b"data", 7 * 256)))
    assert audio.n_samples == 8080


@pytest.mark.usefixtures("no_ffmpeg")
def test_aiff_and_flac_that_go_on_after_their_headers_are_read_on() -> None:
    aiff = encoded(noise(), "AIFF", subtype="PCM_16")
    flac = bytearray(encoded(noise(), "FLAC"))
    flac[22:26] = struct.pack(">I", 2000)
    cut_aiff = with_size(aiff, b"SSND", 2008, ">")
    for whole, content in ((aiff, cut_aiff), (encoded(noise(), "FLAC"), bytes(flac))):
        with pytest.warns(UserWarning, match=r"goes on after the 0\.\d+ s of its header"):
            audio = Audio.from_file(io.BytesIO(content))
        np.testing.assert_array_equal(audio.read(), Audio.from_file(io.BytesIO(whole)).read())


@pytest.mark.parametrize("follows", [b"", b"LIST\x04\0\0\0INFO"])
def test_size_that_does_not_fit_into_32_bits(
    tmp_path: Path, follows: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if a size had 16 bits: the real one would need 4 GB.
    monkeypatch.setattr(chunks, "_WRAP", 1 << 16)
    content = encoded(noise(50_000))  # 100,000 bytes
    wrapped = with_size(content, b"data", 100_000 % (1 << 16)) + follows
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        audio = Audio.from_file(io.BytesIO(wrapped))
    np.testing.assert_array_equal(audio.read(), Audio.from_file(io.BytesIO(content)).read())


@pytest.mark.slow
def test_wav_of_more_than_4_gigabytes_whose_size_wrapped(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    head = encoded(noise(8), subtype="PCM_16")[:44]
    n = (1 << 32) + 2_000_000
    path.write_bytes(with_size(head, b"data", n % (1 << 32)))
    os.truncate(path, 44 + n)  # silence that needs no place on a disk
    with path.open("r+b") as file:
        file.seek(44 + n - 200)
        file.write(bytes([0, 64]) * 100)
    audio = Audio.from_file(path)
    assert audio.n_samples == n // 2
    end = audio.read(audio.end - 0.05)[0]
    np.testing.assert_array_equal(end, [*[0.0] * 300, *[0.5] * 100])


@pytest.mark.parametrize(
    "follows",
    [
        b"LIST\x04\0\0\0INFO",
        b"bext" + struct.pack("<I", 7) + bytes(8),
        b"bext" + struct.pack("<I", 7) + bytes(7) + b"id3 " + struct.pack("<I", 9000) + b"X" * 9000,
        bytes(900),
        b"",
    ],
)
def test_what_may_follow_the_sound_is_no_sound(follows: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        audio = Audio.from_file(io.BytesIO(encoded(noise()) + follows))
    assert audio.n_samples == SR
    assert audio.origin() == ""


def with_voc_size(content: bytes, n: int) -> bytes:
    return content[:27] + n.to_bytes(3, "little") + content[30:]


@pytest.mark.usefixtures("no_ffmpeg")
def test_voc_whose_block_says_less_or_more_than_there_is() -> None:
    content = encoded(noise(), "VOC", subtype="PCM_16")
    y = Audio.from_file(io.BytesIO(content)).read()
    assert y.shape == (1, SR)
    with pytest.warns(UserWarning, match=r"goes on after the 0\.250 s of its header: .* 1\.000 s"):
        audio = Audio.from_file(io.BytesIO(with_voc_size(content, 12 + 4000)))
    np.testing.assert_array_equal(audio.read()[:, :SR], y)
    with pytest.warns(UserWarning, match=rf"is followed by another file, {len(content)} bytes"):
        audio = Audio.from_file(io.BytesIO(content + content))
    np.testing.assert_array_equal(audio.read(), y)
    for cut in (with_voc_size(content, 12 + 32_000), content[:8000]):
        with pytest.raises(AudioFileError, match=r"bytes of sound, and its header says \d+"):
            Audio.from_file(io.BytesIO(cut))


def test_old_voc_whose_block_says_less_than_follows_is_told() -> None:
    content = encoded(noise(), "VOC", subtype="PCM_U8")
    with pytest.warns(UserWarning, match=r"followed by 6001 bytes of which its header"):
        audio = Audio.from_file(io.BytesIO(with_voc_size(content, 2 + 2000)))
    assert audio.duration == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("file_format", ["MAT4", "SDS"])
@pytest.mark.usefixtures("no_ffmpeg")
def test_more_than_a_header_counts_is_told(file_format: str) -> None:
    content = encoded(noise(), file_format, subtype="PCM_16")
    more = content + np.random.default_rng(0).bytes(10_000)
    with pytest.warns(
        UserWarning,
        match=r"holds \d+ bytes more than the 1\.000 s of sound that its header counts",
    ):
        audio = Audio.from_file(io.BytesIO(more))
    np.testing.assert_array_equal(audio.read(), Audio.from_file(io.BytesIO(content)).read())


def test_sound_that_would_begin_after_its_end_is_told() -> None:
    content = encoded(noise(), "AIFF", subtype="ALAW")
    at = content.index(b"SSND") + 8
    content = content[:at] + (10**6).to_bytes(4, "big") + content[at + 4 :]
    with pytest.warns(
        UserWarning, match="its sound would begin 1000000 bytes on, and there are 8000. All of them"
    ):
        assert Audio.from_file(io.BytesIO(content)).n_samples == SR


@pytest.mark.parametrize("size", [0, 23, 1 << 63, (1 << 64) - 1])
def test_sizes_of_chunks_that_lead_nowhere_are_refused(size: int) -> None:
    content = encoded(noise(), "W64", subtype="FLOAT")
    at = content.index(b"fmt \xf3\xac") + 16
    content = content[:at] + size.to_bytes(8, "little") + content[at + 8 :]
    with pytest.raises(AudioFileError, match="cannot be decoded as sound"):
        Audio.from_file(io.BytesIO(content))


def test_a_rate_on_which_two_decoders_differ_is_told(tmp_path: Path) -> None:
    content = bytearray(encoded(noise(), "AVR", subtype="PCM_16"))
    content[22] = 1  # a number of its own, which libsndfile takes for a part of the rate
    (tmp_path / "a.avr").write_bytes(content)
    with pytest.warns(
        UserWarning, match=r"0\.000 s long by its header, and ffmpeg decodes 1\.000 s;"
    ):
        audio = Audio.from_file(tmp_path / "a.avr")
    assert (audio.sr, audio.n_samples) == (SR, SR)


@pytest.mark.parametrize(
    ("file_format", "subtype"), [("CAF", "ALAC_16"), ("PAF", "PCM_24"), ("SDS", "PCM_24")]
)
def test_intact_file_is_whole_and_has_no_remark(file_format: str, subtype: str) -> None:
    content = encoded(noise(3 * SR), file_format, subtype=subtype)
    assert Audio.from_file(io.BytesIO(content)).n_samples == 3 * SR


def test_zeros_after_the_sound_are_told_and_not_read() -> None:
    with pytest.warns(UserWarning, match="is followed by 9000 bytes of zeros, which are not read"):
        audio = Audio.from_file(io.BytesIO(encoded(noise()) + bytes(9000)))
    assert audio.n_samples == SR


# -- headers that say more than the file holds -----------------------------------------------


def test_complete_wav_whose_header_is_some_bytes_too_long() -> None:
    content = encoded(noise())
    y = Audio.from_file(io.BytesIO(content)).read()
    with pytest.warns(
        UserWarning,
        match=r"is 44 bytes shorter than its header says \(2\.75 ms\); what is there is",
    ):
        audio = Audio.from_file(io.BytesIO(with_size(content, b"data", 16_044)))
    np.testing.assert_array_equal(audio.read(), y)


CUT = {
    "cut.wav": lambda: encoded(noise(5 * SR))[: 44 + 2 * 20_000],
    "cut.flac": lambda: encoded(noise(5 * SR), "FLAC")[:40_000],
    "cut.mp3": lambda: encoded(noise(5 * SR, n_channels=2), "MP3")[:9000],
}


@pytest.mark.parametrize("file_format", ["CAF", "W64", "AU", "SVX"])
def test_file_of_chunks_that_was_cut_is_refused(file_format: str) -> None:
    content = encoded(noise(), file_format, subtype="PCM_16")
    with pytest.raises(
        AudioFileError, match=r"holds \d+ bytes of sound, and its header says 160\d\d: it was cut"
    ):
        Audio.from_file(io.BytesIO(content[:-6000]))
    with pytest.warns(UserWarning, match=r"it was cut short\. 0\.625 s of it are kept"):
        audio = Audio.from_file(io.BytesIO(content[:-6000]), on_damage="keep")
    assert (audio.n_samples, audio.truncated) == (5000, True)


@pytest.mark.parametrize("name", CUT)
def test_damage_is_refused_or_what_comes_before_it_kept(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(CUT[name]())
    options: dict[str, Any] = {"sr": None, "mono": True}
    with pytest.raises(
        AudioFileError, match=r'it was cut short.*Or keep what can.*on_damage="keep"'
    ):
        pv.Spectrogram.from_file(path, **options)
    with pytest.warns(UserWarning, match=rf"'{name}' .*it was cut short.*\d s of it are kept\.$"):
        spec = pv.Spectrogram.from_file(path, **options, on_damage="keep")
    assert spec.audio is not None
    assert 1.5 < spec.audio.duration < 4.5
    assert spec.truncated
    assert spec.audio.truncated
    assert f", truncated at {spec.audio.end:.2f} s" in repr(spec)
    assert repr(spec.audio).endswith(f", truncated at {spec.audio.end:.2f} s")
    assert spec.audio.read().shape[1] == spec.audio.n_samples


def test_intact_file_is_kept_as_it_is(tmp_path: Path) -> None:
    for file_format in ("WAV", "FLAC", "MP3"):
        file = io.BytesIO(encoded(noise(), file_format))
        kept = pv.Spectrogram.from_file(file, sr=None, on_damage="keep")
        assert not kept.truncated
        np.testing.assert_array_equal(kept.values, pv.Spectrogram.from_file(file, sr=None).values)
    with pytest.raises(
        InvalidValueError, match=r"on_damage='drop' is not allowed\. It must be one"
    ):
        Audio.from_file(file, on_damage="drop")


def test_nothing_can_be_kept_of_what_has_no_sound() -> None:
    content = encoded(noise(), "FLAC")
    with pytest.raises(AudioFileError, match=r"cannot be decoded from 0\.000 s") as caught:
        Audio.from_file(io.BytesIO(content[:86]), on_damage="keep")
    assert "Or keep" not in str(caught.value)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
def test_header_with_the_large_end_first_is_read_so(subtype: str) -> None:
    y, file = noise(), io.BytesIO()
    soundfile.write(file, y, SR, format="WAV", subtype=subtype, endian="BIG")
    np.testing.assert_allclose(Audio.from_file(file).read().T, y, atol=1e-4)


def test_header_that_contradicts_itself_is_told() -> None:
    content = bytearray(encoded(noise()))
    content[content.index(b"fmt ") + 22] = 24  # bits of a sample
    with pytest.warns(
        UserWarning,
        match=r"contradicts itself: 1 channels of 24 bits in 2 bytes, 8000 times a second",
    ):
        Audio.from_file(io.BytesIO(bytes(content)))


@pytest.mark.parametrize("subtype", ["ALAC_16", "ALAC_24"])
def test_rate_that_is_not_the_one_of_the_coder_is_told(subtype: str) -> None:
    content = bytearray(encoded(noise(), "CAF", subtype=subtype))
    content[20:28] = struct.pack(">d", SR / 2)  # of the chunk that says what the sound is
    with pytest.warns(
        UserWarning,
        match=rf"contradicts itself: {SR // 2} samples a second, and {SR} by that of its coder\. "
        rf"It is read at {SR // 2} Hz: what is seen and heard may be 2 times too long",
    ):
        audio = Audio.from_file(io.BytesIO(content))
    assert (audio.sr, audio.n_samples) == (SR // 2, SR)


def test_flac_of_unknown_length_is_read_to_its_end() -> None:
    alike = noise(20_000) + 0.01 * noise(20_000, 1, 2)  # so that only differences are written
    content = bytearray(encoded(alike, "FLAC"))
    y = Audio.from_file(io.BytesIO(bytes(content))).read()
    content[21] &= 0xF0  # the number of samples: the low half of this byte, and four more
    content[22:26] = bytes(4)
    audio = Audio.from_file(io.BytesIO(bytes(content)))
    np.testing.assert_array_equal(audio.read(), y)
    np.testing.assert_array_equal(audio.read(1.5), y[:, 12_000:])


# -- MP3 -------------------------------------------------------------------------------------

LOUD_END = np.concatenate([np.zeros((2 * SR, 1)), noise(2 * SR)])


@pytest.mark.slow
@pytest.mark.parametrize("quality", [("-b:a", "64k"), *seldom((("-q:a", "4"),))])
@pytest.mark.parametrize("y", [LOUD_END, LOUD_END[::-1]], ids=["loud end", "loud start"])
def test_mp3_without_a_length_is_read_whole(
    tmp_path: Path, y: np.ndarray, quality: tuple[str, ...]
) -> None:
    options = ("-c:a", "libmp3lame", *quality)
    plain = Audio.from_file(by_ffmpeg(y, tmp_path / "plain.mp3", *options))
    audio = Audio.from_file(by_ffmpeg(y, tmp_path / "a.mp3", *options, "-write_xing", "0"))
    assert plain.origin() == ""
    assert audio.origin() == "decoded by ffmpeg"
    # What the encoder put before the sound and after it is not cut off without that header.
    assert 4.0 <= audio.duration <= 4.3
    _, alike = lagging(audio.read()[0], plain.read()[0])
    assert alike > 0.999
    spec = pv.Spectrogram.from_file(tmp_path / "a.mp3", sr=None)
    assert spec.duration == pytest.approx(audio.duration, abs=0.1)


@pytest.mark.usefixtures("no_ffmpeg")
def test_mp3_without_a_length_and_no_ffmpeg() -> None:
    content = encoded(noise(n_channels=2), "MP3")
    at = content.index(b"Xing") if b"Xing" in content else content.index(b"Info")
    broken = content[:at] + b"\0\0\0\0" + content[at + 4 :]
    with pytest.raises(
        AudioFileError,
        match=r"has no header that says how long it is: only ffmpeg reads it to its end, and there "
        r'is none\. Install it by .*pip install "patchviz-audio\[ffmpeg\]"\.',
    ):
        Audio.from_file(io.BytesIO(broken))


def test_length_in_an_mp3_is_believed_only_if_it_is_right() -> None:
    content = encoded(noise(3 * SR, n_channels=2), "MP3")
    tag = b"TAG" + bytes(125)
    ape = struct.pack("<8sIIII8s", b"APETAGEX", 2000, 5000, 0, 0, b"")
    assert streams.mp3_doubt(io.BytesIO(content)) == ""
    assert streams.mp3_doubt(io.BytesIO(content + tag)) == ""
    assert streams.mp3_doubt(io.BytesIO(content + bytes(4968) + ape + tag)) == ""
    assert streams.mp3_doubt(io.BytesIO(b"ID3\x04\0\0\0\0\x01\0" + bytes(128) + content)) == ""
    assert streams.mp3_doubt(io.BytesIO(content + content)) == "goes on after what its header says"
    assert (
        streams.mp3_doubt(io.BytesIO(content + bytes(4968))) == "goes on after what its header says"
    )
    at = max(content.find(b"Xing"), content.find(b"Info"))
    lying = content[: at + 8] + struct.pack(">I", 9) + content[at + 12 :]
    assert streams.mp3_doubt(io.BytesIO(lying)) == streams.MP3_UNSURE


# -- ffmpeg ----------------------------------------------------------------------------------

CODED = {
    "a.m4a": ("-c:a", "alac"),
    "a.wv": ("-c:a", "wavpack"),
    "a.mkv": (
        "-f",
        "lavfi",
        "-i",
        "color=size=16x16:rate=10",
        "-shortest",
        "-c:v",
        "mpeg4",
        "-c:a",
        "flac",
    ),
}


@pytest.mark.parametrize("name", ["a.m4a", "a.mkv", *seldom("a.wv")])
def test_what_libsndfile_cannot_read_is_decoded_by_ffmpeg(tmp_path: Path, name: str) -> None:
    y = np.round(noise(12_000, n_channels=2) * 32768) / 32768
    path = by_ffmpeg(y, tmp_path / name, *CODED[name])
    audio = Audio.from_file(path)
    assert repr(audio) == f"Audio '{name}': 1.500 s, 8000 Hz, 2 channels, decoded by ffmpeg"
    samples = audio.read()
    assert samples.dtype == audio.dtype == np.float32
    np.testing.assert_allclose(samples, y.T, atol=1 / 32768)
    for blocksize in (700, 1 << 18):
        blocks = list(audio.blocks(start=0.5, end=1.25, blocksize=blocksize))
        np.testing.assert_array_equal(np.concatenate(blocks, axis=1), samples[:, 4000:10_000])
    with path.open("rb") as file:
        np.testing.assert_array_equal(Audio.from_file(file).read(), samples)


@pytest.mark.usefixtures("no_ffmpeg")
def test_without_ffmpeg_the_error_says_what_to_install() -> None:
    with pytest.raises(
        AudioFileError,
        match=r"cannot be decoded as sound\. WAV, FLAC, .* others \(M4A, WMA, WavPack, video\) "
        r"are read by ffmpeg, and there is none\. Install it .*pip install "
        r'"patchviz-audio\[ffmpeg\]"\.',
    ):
        Audio.from_file(io.BytesIO(b"\0\0\0\x20ftypM4A " + bytes(999)))


def test_cut_m4a_is_refused_or_kept(tmp_path: Path) -> None:
    path = by_ffmpeg(noise(4 * SR), tmp_path / "a.m4a", "-c:a", "alac", "-movflags", "faststart")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(
        AudioFileError,
        match=r"holds \d\.\d+ s of sound that ffmpeg can decode, and its header says 4",
    ):
        Audio.from_file(path)
    with pytest.warns(UserWarning, match=r"s of it are kept"):
        audio = Audio.from_file(path, on_damage="keep")
    assert 1 < audio.duration < 3
    assert re.search(r", decoded by ffmpeg, truncated at \d\.\d\d s$", repr(audio))


def test_ffmpeg_that_cannot_be_run_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = by_ffmpeg(noise(), tmp_path / "a.wv", "-c:a", "wavpack")
    audio = Audio.from_file(path)
    broken = tmp_path / "ffmpeg"
    broken.write_bytes(b"\0")
    broken.chmod(0o700)
    monkeypatch.setattr("patchviz.audio.ffmpeg.find_ffmpeg", lambda: str(broken))
    for read in (audio.read, lambda: Audio.from_file(path)):
        with pytest.raises(AudioFileError, match=r"'a.wv' cannot be .* by ffmpeg \(.*ffmpeg: "):
            read()
    monkeypatch.setattr("patchviz.audio.ffmpeg.find_ffmpeg", lambda: None)
    with pytest.raises(AudioFileError, match=r"'a.wv' is decoded by ffmpeg, and there is none"):
        audio.read()


def test_second_track_of_sound_is_told(tmp_path: Path) -> None:
    first = by_ffmpeg(noise(), tmp_path / "a.mka", "-c:a", "flac")
    second = noise(seed=1, n_channels=2)
    both = ("-i", str(first), "-map", "1", "-map", "0", "-c:a", "flac")
    german = ("-metadata:s:a:1", "language=deu", "-disposition:a:1", "default")
    path = by_ffmpeg(second, tmp_path / "b.mka", *both, *german, "-disposition:a:0", "0")
    with pytest.warns(
        UserWarning,
        match=r"'b.mka' holds 2 tracks of sound, of which number 1 \(deu, stereo\) is read "
        r"\(ffmpeg -i FILE -map 0:a:NUMBER other.flac writes another to a file\)\.$",
    ):
        audio = Audio.from_file(path)
    np.testing.assert_allclose(audio.read(), second.T, atol=1 / 32768)


def test_a_playlist_asks_no_other_computer(tmp_path: Path) -> None:
    path = tmp_path / "list.m3u8"
    path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(AudioFileError, match="cannot be decoded as sound"):
        Audio.from_file(path)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that decoding starts."""
    processes: list[subprocess.Popen[bytes]] = []

    class Popen(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            processes.append(self)

    monkeypatch.setattr("patchviz.audio.ffmpeg.subprocess.Popen", Popen)
    return processes


def test_ffmpeg_ends_when_its_reader_stops(
    tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    audio = Audio.from_file(by_ffmpeg(noise(60 * SR), tmp_path / "a.wv", "-c:a", "wavpack"))
    blocks = audio.blocks(blocksize=1000)
    next(blocks)
    assert started[-1].poll() is None  # it waits, with most of the sound still to come
    blocks.close()  # type: ignore[attr-defined]
    assert started[-1].returncode is not None  # so it was waited for as well
    audio.read(0.0, 0.1)
    interrupted = audio.blocks(blocksize=1000)
    next(interrupted)
    with pytest.raises(KeyboardInterrupt):
        interrupted.throw(KeyboardInterrupt)  # type: ignore[attr-defined]
    assert [process.returncode is None for process in started] == [False] * len(started)


# -- what comes once -------------------------------------------------------------------------


class Pipe(io.BytesIO):
    """Bytes that come once."""

    def seekable(self) -> bool:
        return False


@pytest.mark.parametrize("file_format", ["WAV", "FLAC"])
def test_stream_is_read_once_and_then_as_often_as_one_likes(file_format: str) -> None:
    content = encoded(noise(), file_format)
    audio = Audio.from_file(Pipe(content))
    for _ in range(2):
        np.testing.assert_array_equal(audio.read(), Audio.from_file(io.BytesIO(content)).read())


def test_no_room_for_a_stream_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("patchviz.audio.files.shutil.copyfileobj", full)
    with pytest.raises(AudioFileError, match=r"temporary file \(No space left on device\)\. Set"):
        Audio.from_file(Pipe(encoded(noise())))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_named_pipe_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pipe.wav"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=[encoded(noise())])
    writer.start()
    audio = Audio.from_file(path)
    writer.join()
    assert (audio.name, audio.read().shape) == ("pipe.wav", (1, SR))


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="there are no devices here")
def test_device_is_no_file() -> None:
    with pytest.raises(
        AudioFileError, match=r"'/dev/null' is a device\. Give the path of a readable"
    ):
        Audio.from_file("/dev/null")


def test_null_byte_is_in_no_path() -> None:
    with pytest.raises(AudioFileError, match=r"There is no file 'a\\x00b'"):
        Audio.from_file("a\0b")


# -- many threads ----------------------------------------------------------------------------


def sources(tmp_path: Path) -> Iterator[tuple[str, Callable[[], Any]]]:
    content = encoded(noise(3 * SR), "FLAC")
    path = tmp_path / "a.flac"
    path.write_bytes(content)
    yield "path", lambda: path
    yield "bytes in memory", lambda: io.BytesIO(content)
    yield "open file", lambda: path.open("rb")
    yield "stream", lambda: Pipe(content)
    yield "joined", lambda: io.BytesIO(content + content)
    m4a = by_ffmpeg(noise(3 * SR), tmp_path / "a.m4a", "-c:a", "alac")
    yield "by ffmpeg", lambda: io.BytesIO(m4a.read_bytes())


@pytest.mark.slow
def test_many_threads_hear_the_same(tmp_path: Path) -> None:
    for title, opened in sources(tmp_path):
        file = opened()
        audio = Audio.from_file(file)
        expected = audio.read()

        def read(number: int, audio: Audio = audio, expected: np.ndarray = expected) -> bool:
            start = (number % 5) / 4
            blocks = list(audio.blocks(start=start, blocksize=1000))
            return np.array_equal(np.concatenate(blocks, axis=1), expected[:, round(start * SR) :])

        with ThreadPoolExecutor(8) as threads:
            assert all(threads.map(read, range(8))), title
        if hasattr(file, "close"):
            file.close()


@pytest.mark.slow
def test_players_of_the_embedded_clip_are_made_by_many_threads() -> None:
    patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=1.0)

    def page(_: int) -> str:
        return pv.player(patches, audio=True, audio_format="wav").to_html()

    with ThreadPoolExecutor(8) as threads:
        pages = {re.sub(r"patchviz-\w+", "", html) for html in threads.map(page, range(8))}
    assert len(pages) == 1


# -- samples that are none -------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i2", "i8", "u1", "?"])
def test_values_of_any_type_have_a_gap(dtype: str) -> None:
    y = noise()
    y[4000] = np.nan

    def levels(y: np.ndarray, sr: float) -> pv.Features:
        return pv.Features(np.ones((2, 10), dtype), sr=sr, hop_length=800, n_fft=800)

    with pytest.warns(UserWarning, match="a gap where it is drawn"):
        spec = pv.Spectrogram.from_file(
            io.BytesIO(encoded(y, subtype="FLOAT")), kind=levels, sr=None
        )
    gap = np.isnan(spec.values).all(axis=0)
    assert np.flatnonzero(gap).tolist() == [5]
    assert (spec.values[:, ~gap] == 1).all()
    assert dtype[0] != "f" or spec.values.dtype == dtype


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf, 1e30])
@pytest.mark.parametrize("kind", ["mel", "stft", "mfcc"])
def test_samples_that_are_none_are_a_gap(odd: float, kind: str) -> None:
    y = noise(3 * SR)
    whole = pv.Spectrogram.from_file(io.BytesIO(encoded(y, subtype="FLOAT")), sr=None, kind=kind)
    y[SR : SR + 100] = odd
    file = io.BytesIO(encoded(y, subtype="FLOAT"))
    with pytest.warns(
        UserWarning,
        match=r"holds 100 samples that are NaN, infinite or beyond 1e\+12, the first at 1\.000",
    ):
        spec = pv.Spectrogram.from_file(file, sr=None, kind=kind)
    gap = np.isnan(spec.values).all(axis=0)
    assert np.isfinite(spec.values[:, ~gap]).all()
    # The columns of 2048 samples every 512 that hold one of samples 8000 to 8099.
    assert np.flatnonzero(gap).tolist() == list(range(14, 18))
    if kind != "mfcc":  # which is not made column by column
        difference = (spec.values - whole.values)[:, ~gap]  # the same for all: of the maxima
        assert np.ptp(difference) < 1e-3
    assert "of its values not finite" in repr(spec)


@pytest.mark.parametrize(("sr", "center"), [(16_000, True), (4000, True), (SR, False)])
def test_a_gap_stays_where_it_is_heard(sr: int, center: bool) -> None:
    y = np.cumsum(noise(3 * SR), axis=0)  # low, so that little is lost at a lower rate
    y /= np.abs(y).max()
    y[12_000:12_080] = np.nan  # 1.5 to 1.51 s
    file = io.BytesIO(encoded(y, subtype="FLOAT"))
    with pytest.warns(UserWarning, match="80 samples"):
        spec = pv.Spectrogram.from_file(
            file, sr=sr, start=7.0, kind="stft", n_fft=256, hop_length=64, center=center
        )
    times = spec.start + np.flatnonzero(np.isnan(spec.values[0])) * spec.frame_duration
    reach, hop = 128 / sr, 64 / sr
    assert 8.5 - reach <= times[0] < 8.5 - reach + hop
    assert 8.51 + reach - hop < times[-1] <= 8.51 + reach


def test_sound_is_silent_where_samples_are_none() -> None:
    y = noise(2000).astype(np.float32)
    y[500:600] = np.nan
    audio = Audio.from_file(io.BytesIO(encoded(y, subtype="FLOAT")), start=10.0)
    gaps: list[tuple[float, float]] = []
    with pytest.warns(UserWarning, match="100 samples"):
        heard = np.concatenate(list(audio.blocks(blocksize=550, gaps=gaps)), axis=1)[0]
    np.testing.assert_array_equal(heard, np.nan_to_num(y[:, 0]))
    np.testing.assert_allclose(gaps, [(10.0625, 10.06875), (10.06875, 10.075)])
    assert audio.read(10.1, 10.2).shape == (1, 800)  # without a word: they are elsewhere


def test_every_sample_counts_before_the_last_block_is_given_out() -> None:
    y = noise(2000)
    y[-1] = np.nan
    audio = Audio.from_file(io.BytesIO(encoded(y, subtype="FLOAT")))
    with pytest.warns(UserWarning, match="holds 1 sample"):
        next(audio.blocks())


# -- how samples came about ------------------------------------------------------------------


def test_what_is_not_plain_is_in_the_repr() -> None:
    y = noise(30_000, n_channels=2)
    bat = io.BytesIO(encoded(y, sr=300_000))
    spec = pv.Spectrogram.from_file(bat, sr=200_000, mono=True, kind="stft")
    assert spec.origin == "resampled from 300000 Hz, mixed from 2 channels"
    assert f", {spec.origin}" in repr(spec)
    spec = pv.Spectrogram.from_file(bat, sr=None, mono=True, kind="stft", n_fft=512)
    assert spec.origin == "mixed from 2 channels"
    assert pv.Spectrogram.from_audio(y.T, sr=SR, mono=True).origin == "mixed from 2 channels"
    plain = pv.Spectrogram.from_file(io.BytesIO(encoded(y[:, :1])), sr=None)
    assert plain.origin == ""
    assert not plain.truncated
    assert not pv.Spectrogram(np.ones((2, 3))).truncated
