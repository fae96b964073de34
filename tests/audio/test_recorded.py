"""When a recording began: by its name, by what is written in it, or as it is said."""

from __future__ import annotations

import io
import struct
import warnings
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import soundfile

import patchviz as pv
from patchviz.audio.recorded import when_began
from patchviz.errors import AudioFileError, InvalidTypeError, InvalidValueError

HALF_PAST = datetime(2024, 5, 12, 6, 30)
TWO = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("20240512_063000.WAV", HALF_PAST),  # AudioMoth
        ("20240512_063000T.WAV", HALF_PAST),  # and triggered
        ("SITE-7_20240512_063000.wav", HALF_PAST),  # SM4
        ("SITE_0+1_20240512_063000_000.wav", HALF_PAST),  # SM2 in stereo, as Kaleidoscope parts it
        ("SITE_20240512$063000.wav", HALF_PAST),
        ("20240512T063000+0200_REC.flac", HALF_PAST.replace(tzinfo=TWO)),  # Frontier Labs
        ("20240512_063000Z.wav", HALF_PAST.replace(tzinfo=UTC)),
        ("20240512T063000.250.wav", HALF_PAST.replace(microsecond=250_000)),
        ("2024-05-12T06-30-00Z.wav", HALF_PAST.replace(tzinfo=UTC)),
        ("2024-05-12 06.30.00.wav", HALF_PAST),
        ("5146.240512063000.wav", HALF_PAST),  # SoundTrap
        ("240512_063000.wav", HALF_PAST),  # Zoom
        ("5CD7E6F0.WAV", datetime(2019, 5, 12, 9, 27, 12, tzinfo=UTC)),  # the first AudioMoths
        (
            "20240512_063000+0545.wav",
            HALF_PAST.replace(tzinfo=timezone(timedelta(hours=5, minutes=45))),
        ),
        ("20240512_063000-1234.wav", HALF_PAST),  # no zone, but a number
        ("99999999_999999_20240512_063000.wav", HALF_PAST),  # no date before it
    ],
)
def test_names_of_recorders(name: str, moment: datetime) -> None:
    began = when_began(Path("20200101_000000") / name, "filename")[1]
    assert began == moment
    assert began is not None
    assert began.tzinfo == moment.tzinfo


@pytest.mark.parametrize(
    ("start", "moment"),
    [
        (HALF_PAST, HALF_PAST),
        (np.datetime64("2024-05-12T06:30"), HALF_PAST),
        ("2024-05-12T06:30:00+02:00", HALF_PAST.replace(tzinfo=TWO)),
        # No clock is changed while a recording goes on.
        (HALF_PAST.replace(tzinfo=ZoneInfo("Europe/Berlin")), HALF_PAST.replace(tzinfo=TWO)),
    ],
)
def test_a_moment_that_is_said(start: Any, moment: datetime) -> None:
    spec = pv.Spectrogram.from_audio(np.ones(4000), sr=4000, n_mels=8, start=start)
    assert spec.recording_start == moment
    assert str(spec.recording_start) == str(moment)
    assert spec.start == 0.0
    assert repr(spec).endswith(f"from {moment} on, dB")


# -- what is written in a file -----------------------------------------------------------------


def chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


GUANO = b"GUANO|Version: 1.0\nMake: Pettersson\nTimestamp: 2024-05-12T06:30:00.5+02:00\nNote: x"
COMMENT = b"Recorded at 06:30:00 12/05/2024 (UTC%s) by AudioMoth 24F3190361DE6F5A at medium gain"
BEXT = b"\0" * 320 + b"2024-05-1206:30:00" + b"\0" * 264


WAMD = b"".join(
    struct.pack("<HI", number, len(text)) + text
    for number, text in ((0, b"\1\0"), (1, b"SM4"), (5, b"2024-05-12 06:30:00+02:00"))
)


def comment(zone: bytes) -> bytes:
    return chunk(b"LIST", b"INFO" + chunk(b"ICMT", COMMENT % zone))


def wav(path: Path, before: bytes, after: bytes = b"") -> Path:
    data = io.BytesIO()
    soundfile.write(data, np.full(3999, 0.1), 8000, format="WAV", subtype="PCM_16")
    bytes_ = data.getvalue()
    body = bytes_[12:36] + before + bytes_[36:] + after
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body)
    return path


@pytest.mark.parametrize(
    ("before", "after", "moment"),
    [
        (b"", chunk(b"guan", GUANO), HALF_PAST.replace(microsecond=500_000, tzinfo=TWO)),
        (b"", chunk(b"wamd", WAMD), HALF_PAST.replace(tzinfo=TWO)),
        (comment(b""), b"", HALF_PAST.replace(tzinfo=UTC)),
        (comment(b"+2"), b"", HALF_PAST.replace(tzinfo=TWO)),
        (comment(b"-3:30"), b"",
         HALF_PAST.replace(tzinfo=timezone(-timedelta(hours=3, minutes=30)))),
        # The first ones wrote no zone, and their clocks were UTC.
        (chunk(b"LIST", b"INFO" + chunk(b"ICMT", COMMENT.replace(b"(UTC%s) ", b""))), b"",
         HALF_PAST.replace(tzinfo=UTC)),
        (chunk(b"bext", BEXT), b"", HALF_PAST),
        # Another list, such as that of an editor's labels.
        (comment(b""), chunk(b"LIST", b"adtl"), HALF_PAST.replace(tzinfo=UTC)),
        # What says most is believed.
        (chunk(b"bext", BEXT.replace(b"2024", b"2020")), chunk(b"guan", GUANO),
         HALF_PAST.replace(microsecond=500_000, tzinfo=TWO)),
    ],
)  # fmt: skip
def test_what_is_written_in_a_wav(
    before: bytes, after: bytes, moment: datetime, tmp_path: Path
) -> None:
    path = wav(tmp_path / "a.wav", before, after)
    for file in (path, io.BytesIO(path.read_bytes())):
        spec = pv.Spectrogram.from_file(file, sr=None, n_mels=8, offset=0.2, start="metadata")
        assert str(spec.recording_start) == str(moment)
        assert spec.start == pytest.approx(0.2)  # times stay those of the file


def test_a_time_expanded_recording_is_told(tmp_path: Path) -> None:
    slow = wav(tmp_path / "slow.wav", b"", chunk(b"guan", GUANO + b"\r\nTE: 10\r\nLength: 3"))
    with pytest.warns(UserWarning, match="times slower") as told:
        spec = pv.Spectrogram.from_file(slow, sr=None, n_mels=8, start="metadata")
    assert [str(one.message) for one in told] == [
        "'slow.wav' is 10 times slower than what was recorded, says its GUANO (TE: 10): "
        "frequencies are as much too low, and times of day go on too long. Give its samples the "
        "rate they were recorded at: Spectrogram.from_audio(y, sr=10 * sr)."
    ]
    assert spec.sr == 8000
    wav(tmp_path / "slower.wav", b"", chunk(b"guan", GUANO + b"\nTE: 20"))
    with pytest.warns(
        UserWarning, match="times slower"
    ) as told:  # of several the first, and which the others are
        pv.Recordings(tmp_path, sr=None, duration=0.1, start="metadata")
    assert ["is 10 times slower" in str(one.message) for one in told] == [True]
    plain = wav(tmp_path / "plain.wav", b"", chunk(b"guan", GUANO + b"\nTE: 1"))
    pv.Spectrogram.from_file(plain, sr=None, n_mels=8, start="metadata")  # tells nothing


@pytest.mark.parametrize(
    ("start", "error", "message"),
    [
        (
            "filename", InvalidValueError,
            "start='filename': the name 'x20241312_063000.wav' holds no date and time that a "
            "recorder writes, such as 20240512_063000, 20240512T063000+0200, 5146.240512063000 or "
            "5CD7E6F0. Give a time: start=\"2024-05-12T06:30\".",
        ),
        (
            "metadata", AudioFileError,
            "start='metadata': 'x20241312_063000.wav' does not say when it was recorded. A WAV "
            "does in a GUANO, wamd or bext chunk, or in the comment of an AudioMoth. "
            'Give a time, or start="filename".',
        ),
        (
            "noon", InvalidValueError,
            "start='noon' is no time. It must be seconds, a datetime or a time as ISO 8601 writes "
            "it, such as 2024-05-12T06:30; or filename or metadata.",
        ),
        (
            None, InvalidTypeError,
            "start=None is of type NoneType. It must be seconds, a datetime or a time as ISO 8601 "
            "writes it, such as 2024-05-12T06:30; or filename or metadata.",
        ),
        (
            datetime(2261, 12, 31, 23, 59, 59, 999_999), InvalidValueError,
            "recording_start=2261-12-31 23:59:59.999999 is not allowed. It must be such that all "
            "of the recording is in the years 1678 to 2261.",
        ),
    ],
)  # fmt: skip
def test_what_says_nothing_is_refused(
    start: Any, error: type[Exception], message: str, tmp_path: Path
) -> None:
    path = wav(tmp_path / "x20241312_063000.wav", chunk(b"LIST", b"INFO"), chunk(b"bext", b"?"))
    with pytest.raises(error) as caught:
        pv.Spectrogram.from_file(path, sr=None, start=start)
    assert str(caught.value) == message


@pytest.mark.parametrize("name", ["20240512.wav", "12345678.wav", "DEADBEEF.wav"])
def test_numbers_that_no_recorder_writes_are_no_time(name: str) -> None:
    with pytest.raises(InvalidValueError, match=f"'{name}' holds no date and time"):
        when_began(name, "filename")


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_sound_of_unknown_length_is_not_searched_for_chunks(size: int) -> None:
    class Counted(io.BytesIO):
        n_reads = 0

        def read(self, *size: Any) -> bytes:
            self.n_reads += 1
            return super().read(*size)

    head = b"RIFF\xff\xff\xff\xffWAVE" + chunk(b"fmt ", b"\0" * 16) + b"data"
    file = Counted(head + struct.pack("<I", size) + b"\0" * 8000)
    with pytest.raises(AudioFileError, match="does not say when it was recorded"):
        when_began(file, "metadata")
    assert file.n_reads < 10


def test_samples_have_no_name_and_no_metadata() -> None:
    with pytest.raises(InvalidValueError) as caught:
        pv.Spectrogram.from_audio(np.ones(4000), sr=4000, start="filename")
    message = "start='filename', and samples are no file. Give a time."
    assert str(caught.value) == message
    pipe = io.BytesIO(b"RIFF")
    pipe.seekable = lambda: False  # type: ignore[method-assign]
    with pytest.raises(InvalidValueError) as caught:
        pv.Spectrogram.from_file(pipe, start="metadata")
    assert str(caught.value) == (
        "start='metadata', and what comes from a pipe is read once, for its sound. "
        "Give a time, or the path of a file."
    )
    assert pipe.tell() == 0
    with pytest.raises(InvalidTypeError) as caught_type:
        pv.Spectrogram(np.ones((2, 3)), recording_start="now")  # type: ignore[arg-type]
    assert str(caught_type.value) == (
        "recording_start='now' is of type str. It must be a datetime.datetime."
    )


def test_seconds_since_1970_are_told() -> None:
    y = np.ones(4000)
    with pytest.warns(UserWarning, match="since 1970") as caught:
        spec = pv.Spectrogram.from_audio(y, sr=4000, n_mels=8, start=1_715_495_400.0)
    assert [str(warning.message) for warning in caught] == [
        "start=1715495400.0 s is 54 years: seconds since 1970, it seems. Give the moment, and axes "
        "show the time of day: start=datetime.fromtimestamp(start, UTC)."
    ]
    assert spec.start == 1_715_495_400.0
    said = r" s is 234 days: the digits of a date, it seems\. Give .*: start=\"2024-05-12\"\.$"
    with pytest.warns(UserWarning, match=said):  # which pandas makes a number of a table's text
        pv.Spectrogram.from_audio(y, sr=4000, n_mels=8, start=20240512)
    for number, years in ((20240512063000.0, "641,383"), (1_715_495_400_000.0, "54,361")):
        said = (
            rf" s is {years} years: milliseconds since 1970 or the digits of a date, it seems\. "
            r"Give the moment, and axes show the time of day: start=\"2024-05-12T06:30\"\.$"
        )
        with pytest.warns(UserWarning, match=said):
            pv.Spectrogram.from_audio(y, sr=4000, n_mels=8, start=number)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number in (86_400, 20241312, 36001212):
            pv.Spectrogram.from_audio(y, sr=4000, n_mels=8, start=number)
