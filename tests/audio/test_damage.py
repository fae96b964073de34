"""What is kept of a damaged file ends before the damage, and a part is a part of the whole."""

from __future__ import annotations

import io
import re
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from patchviz._util.ffmpeg import find_ffmpeg
from patchviz.audio.source import Audio
from patchviz.errors import AudioFileError

from ..seldom import seldom

SR = 8000


def noise(n: int, seed: int = 0) -> np.ndarray:
    return 0.1 * np.random.default_rng(seed).standard_normal(n)


def encoded(y: np.ndarray, file_format: str, subtype: str | None = None, sr: int = SR) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, y, sr, format=file_format, subtype=subtype)
    return file.getvalue()


def by_ffmpeg(y: np.ndarray, path: Path, *options: str) -> Path:
    """Return the file that ffmpeg makes of samples."""
    program = find_ffmpeg()
    if program is None:
        pytest.skip("there is no ffmpeg")
    raw = ["-f", "f64le", "-ar", str(SR), "-ac", "1", "-i", "pipe:0"]
    command = [program, "-v", "error", *raw, *options, str(path)]
    subprocess.run(command, input=y.astype("<f8").tobytes(), check=True)
    return path


def of_bytes(content: bytes, *, keep: bool = False) -> Audio:
    return Audio.from_file(io.BytesIO(content), on_damage="keep" if keep else "raise")


def without_warning(content: bytes) -> Audio:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return of_bytes(content)


def pages(content: bytes) -> list[int]:
    """Return where the pages of an Ogg file begin."""
    return [found.start() for found in re.finditer(b"OggS", content)]


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


# -- parts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("n_joined", [1, 2])
def test_part_of_a_vorbis_is_the_part_of_the_whole(tmp_path: Path, n_joined: int) -> None:
    # Its last page counts less than it holds: so encoders cut the end to the sample.
    path = by_ffmpeg(noise(6 * SR + 77), tmp_path / "a.ogg", "-c:a", "libvorbis")
    audio = of_bytes(path.read_bytes() * n_joined)
    y = audio.read()
    for start in np.arange(0.1, audio.duration - 0.2, 0.37):
        first = round(float(start) * SR)
        part = audio.read(first / SR, (first + 900) / SR)
        np.testing.assert_allclose(part, y[:, first : first + 900], atol=1e-6)


# -- recordings of different kinds in one file -----------------------------------------------


@pytest.mark.parametrize(
    ("file_format", "rate", "n_channels"), [("FLAC", 16000, 1), ("OGG", 16000, 1), ("OGG", SR, 2)]
)
def test_of_joined_files_that_are_no_one_sound_the_first_is_kept(
    file_format: str, rate: int, n_channels: int
) -> None:
    first = encoded(noise(6000), file_format)
    second = encoded(np.stack([noise(6000)] * n_channels, axis=1), file_format, sr=rate)
    told = (
        "holds several recordings of different rates or channels, and only the first can be read. "
        f"Split the file at byte {len(first)} to read the others. "
    )
    with pytest.raises(AudioFileError, match=re.escape(told) + "Or keep what can be decoded"):
        of_bytes(first + second)
    with pytest.warns(UserWarning, match=re.escape(told) + "0.750 s of it are kept") as caught:
        audio = of_bytes(first + second, keep=True)
    assert len(caught) == 1
    assert audio.truncated
    np.testing.assert_array_equal(audio.read(), of_bytes(first).read())


# -- pages of Ogg ----------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["VORBIS", "OPUS"])
def ogg(request: pytest.FixtureRequest) -> bytes:
    content = encoded(noise(8 * SR), "OGG", request.param)
    assert len(pages(content)) > 6
    return content


OGG_DAMAGE: dict[str, Callable[[bytes, list[int]], tuple[bytes, int]]] = {
    "bytes missing": lambda content, at: (content[: at[4] + 500] + content[at[5] + 200 :], at[4]),
    "a page missing": lambda content, at: (content[: at[4]] + content[at[5] :], at[4]),
    "bits in the middle": lambda content, at: (flipped(content, at[4] + 300), at[4]),
    "a page's mark": lambda content, at: (flipped(content, at[4]), at[4]),
    "a page's length": lambda content, at: (flipped(content, at[4] + 26), at[4]),
    "the last page": lambda content, at: (flipped(content, len(content) - 9), at[-1]),
}


@pytest.mark.parametrize("change", OGG_DAMAGE.values(), ids=OGG_DAMAGE)
def test_what_comes_before_the_damage_of_an_ogg_is_kept(
    ogg: bytes, change: Callable[[bytes, list[int]], tuple[bytes, int]]
) -> None:
    whole = without_warning(ogg).read()
    content, at = change(ogg, pages(ogg))
    place = (
        r"cannot be decoded from (\d\.\d+) s \(sample (\d+)\) on: it is damaged, or something is "
        rf"missing, at byte {at}\. "
    )
    with pytest.raises(AudioFileError, match=place + "ffmpeg -i .*Or keep what can be decoded"):
        of_bytes(content)
    with pytest.warns(UserWarning, match=place + r"\1 s of it are kept\.$"):
        audio = of_bytes(content, keep=True)
    assert audio.truncated
    assert 0.2 * whole.shape[1] < audio.n_samples < whole.shape[1]
    np.testing.assert_allclose(audio.read(), whole[:, : audio.n_samples], atol=1e-6)


def test_damage_before_any_sound_is_refused(ogg: bytes) -> None:
    first = pages(ogg)[2]
    for keep in (False, True):
        with pytest.raises(
            AudioFileError, match=rf"is damaged at byte {first}, before any of its sound can be"
        ) as caught:
            of_bytes(flipped(ogg, first + 300), keep=keep)
        assert "Or keep" not in str(caught.value)


def test_damage_in_the_second_of_two_joined_files(ogg: bytes) -> None:
    whole = without_warning(ogg)
    content = ogg + flipped(ogg, pages(ogg)[4] + 300)
    with pytest.warns(UserWarning, match=rf"damaged.* at byte {len(ogg) + pages(ogg)[4]}\. "):
        audio = of_bytes(content, keep=True)
    assert whole.n_samples < audio.n_samples < 2 * whole.n_samples
    with pytest.warns(UserWarning, match="8.000 s of it are kept"):
        audio = of_bytes(ogg + flipped(ogg, pages(ogg)[2] + 300), keep=True)
    np.testing.assert_array_equal(audio.read(), whole.read())


def test_second_of_two_joined_files_of_which_only_headers_are_left(ogg: bytes) -> None:
    with pytest.warns(UserWarning, match=r"has no end-of-stream mark after \d+ samples \(8\.000 s"):
        audio = of_bytes(ogg + ogg[:40])
    assert audio.truncated
    np.testing.assert_array_equal(audio.read(), without_warning(ogg).read())


def test_what_follows_the_last_page_is_no_damage(ogg: bytes) -> None:
    audio = without_warning(ogg + b"TAG" + bytes(125))
    np.testing.assert_array_equal(audio.read(), without_warning(ogg).read())


def test_stream_that_was_listened_to_from_its_middle_is_told(ogg: bytes) -> None:
    first, second = pages(ogg)[2:4]
    with pytest.warns(UserWarning, match="begins in the middle of a stream: what came before is"):
        audio = of_bytes(ogg[:first] + ogg[second:])
    assert audio.duration < 8


# -- frames of MP3 ---------------------------------------------------------------------------


def test_what_comes_before_the_damage_of_an_mp3_is_kept() -> None:
    content = encoded(noise(8 * SR), "MP3")
    whole = without_warning(content).read()
    middle = len(content) // 2
    damaged = content[:middle] + content[middle + 1001 :]
    with pytest.raises(AudioFileError, match=r"it is damaged, or something is missing, at byte"):
        of_bytes(damaged)
    with pytest.warns(UserWarning, match=r"at byte \d+\. \d\.\d+ s of it are kept\.$"):
        audio = of_bytes(damaged, keep=True)
    assert audio.truncated
    assert 3 < audio.duration < 5
    n = audio.n_samples - 1152  # the last frame is damaged, and its length is not
    np.testing.assert_allclose(audio.read()[:, :n], whole[:, :n], atol=1e-6)


def test_the_header_of_a_cut_mp3_is_nobody_elses_matter(capfd: pytest.CaptureFixture[str]) -> None:
    content = encoded(noise(4 * SR), "MP3")
    with pytest.warns(UserWarning, match=r"cannot be decoded from 1\.\d+ s .* of it are kept\."):
        audio = of_bytes(content[: len(content) // 2], keep=True)
    whole = of_bytes(content).read()[:, : audio.n_samples - 1152]
    np.testing.assert_allclose(audio.read()[:, :-1152], whole, atol=1e-6)
    assert "Xing" not in capfd.readouterr().err  # libmpg123 would have complained of it


def test_mp3_that_is_damaged_before_any_sound_is_refused() -> None:
    content = encoded(noise(8 * SR), "MP3")
    for keep in (False, True):
        with pytest.raises(AudioFileError, match=r"cannot be decoded from 0\.000 s") as caught:
            of_bytes(content[:300] + content[700:], keep=keep)
        assert "Or keep" not in str(caught.value)


def test_tags_between_joined_mp3_are_no_damage() -> None:
    content = encoded(noise(3 * SR), "MP3")
    tag = b"ID3\x04\0\0\0\0\0\x22" + bytes(34)
    audio = without_warning(tag + content + b"TAG" + bytes(125) + tag + content)
    assert 6 <= audio.duration < 6.6


# -- what ffmpeg decodes ---------------------------------------------------------------------

CODED = {
    "a.aac": ("-c:a", "aac", "-f", "adts"),
    "a.wma": ("-c:a", "wmav2"),
    "a.mp3": ("-c:a", "libmp3lame", "-write_xing", "0"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.aac", "a.mp3", *seldom("a.wma")])
def test_hole_in_what_ffmpeg_decodes_is_refused_or_what_comes_before_kept(
    tmp_path: Path, name: str
) -> None:
    path = by_ffmpeg(noise(8 * SR), tmp_path / name, *CODED[name])
    content = path.read_bytes()
    whole = without_warning(content).read()
    middle = len(content) // 2
    path.write_bytes(content[:middle] + content[middle + len(content) // 10 + 77 :])
    place = r"(cannot be decoded from|has no sound between) \d\.\d+ s "
    with pytest.raises(AudioFileError, match=f"'{name}' {place}.*: it was cut or is damaged there"):
        Audio.from_file(path)
    with pytest.warns(UserWarning, match=place + r".*\d s of it are kept\.$"):
        audio = Audio.from_file(path, on_damage="keep")
    assert audio.truncated
    assert 3 < audio.duration < 5
    n = audio.n_samples - (1152 if name == "a.mp3" else 0)  # no one can tell where a frame is cut
    np.testing.assert_allclose(audio.read()[:, :n], whole[:, :n], atol=1e-6)


@pytest.mark.parametrize("name", ["a.m4a", "a.wma", "a.tta", "a.voc"])
def test_file_that_follows_another_is_told(tmp_path: Path, name: str) -> None:
    path = by_ffmpeg(noise(SR), tmp_path / name)
    content = path.read_bytes()
    path.write_bytes(content * 2)
    with pytest.warns(
        UserWarning, match=rf"is followed by another file, {len(content)} bytes that are not read: "
    ):
        audio = Audio.from_file(path)
    assert audio.n_samples == without_warning(content).n_samples


def test_a_file_of_which_half_is_no_sound_is_told(tmp_path: Path) -> None:
    path = by_ffmpeg(noise(SR), tmp_path / "a.tta")
    content = path.read_bytes()
    assert without_warning(content).n_samples == SR
    path.write_bytes(content + np.random.default_rng(0).bytes(2 * len(content)))
    with pytest.warns(
        UserWarning, match=rf"'a.tta' has {3 * len(content)} bytes, of which \d+ are sound that ffm"
    ):
        assert Audio.from_file(path).n_samples == SR


def test_sound_that_ffmpeg_loses_of_an_intact_file_is_told(tmp_path: Path) -> None:
    path = by_ffmpeg(noise(4096 + 2500), tmp_path / "a.caf", "-c:a", "alac")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        audio = Audio.from_file(path)
    lost = 4096 + 2500 - audio.n_samples
    told = [f"'a.caf' is 0.820 s long by its header, and ffmpeg decodes {audio.duration:.3f} s."]
    assert [str(warning.message) for warning in caught] == (told if lost > 800 else [])


def test_sound_that_begins_later_than_the_pictures_is_told(tmp_path: Path) -> None:
    pictures = ("-f", "lavfi", "-i", "color=size=16x16:rate=10:duration=2", "-c:v", "mpeg4")
    late = ("-c:a", "flac", "-bsf:a", "setts=ts=TS+1.5/TB")
    path = by_ffmpeg(noise(SR), tmp_path / "a.mkv", *pictures, *late)
    with pytest.warns(
        UserWarning,
        match=r"'a.mkv' has sound only from 1\.500 s of the film on: times count from there\.$",
    ):
        audio = Audio.from_file(path)
    assert audio.duration == 1


@pytest.mark.parametrize("has_ffmpeg", [True, False])
@pytest.mark.parametrize("n", [6, 10, 12, 30])
def test_a_wav_that_ends_within_its_header_is_called_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n: int, has_ffmpeg: bool
) -> None:
    if not has_ffmpeg:
        monkeypatch.setenv("PATH", "")
    path = tmp_path / "cut.wav"
    soundfile.write(path, np.zeros(100), 8000)
    path.write_bytes(path.read_bytes()[:n])
    said = rf"^'cut\.wav' is a WAV that ends after {n} bytes, within its header: it was cut short"
    with pytest.raises(AudioFileError, match=said):
        Audio.from_file(path)
