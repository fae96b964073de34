"""An interruption that arrives while libsndfile asks Python for bytes is not lost."""

from __future__ import annotations

import gc
import io
import itertools
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np
import pytest
import soundfile

from patchviz.audio import virtual
from patchviz.audio.encode import encode_sound
from patchviz.audio.source import Audio

SR = 8000
Y = 0.1 * np.random.default_rng(0).standard_normal(2000)


def reading(audio_format: str) -> Callable[[], object]:
    buffer = io.BytesIO()
    soundfile.write(buffer, Y, SR, format=audio_format)
    audio = Audio.from_file(buffer)
    return audio.read


def is_called_by_c(frame: FrameType | None) -> bool:
    """Whether a function runs in what libsndfile calls: a function in a function of that file."""
    while frame is not None:
        if is_callback(frame):
            return frame.f_code.co_name != "keep"  # a second interruption, within a microsecond
        frame = frame.f_back
    return False


def is_callback(frame: FrameType) -> bool:
    code = frame.f_code
    return code.co_filename == virtual.__file__ and "_virtual_io.<locals>." in code.co_qualname


def interrupted(call: Callable[[], object], at: int) -> bool:
    """Interrupt a call at one of the places below libsndfile; whether it has so many.

    They are where Python looks for signals: each call, and of callbacks each line.
    """
    places = itertools.count()

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        if event == "call" and not is_called_by_c(frame):
            return None
        if event in ("call", "line") and next(places) == at:
            raise KeyboardInterrupt
        return trace if is_callback(frame) else None

    before = sys.gettrace()
    gc.disable()  # Python itself loses what is raised in a `__del__` that it calls
    sys.settrace(trace)
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
        gc.enable()
    return False


@pytest.mark.parametrize("audio_format", ["WAV", "OGG"])
def test_an_interruption_of_any_place_below_libsndfile_comes_out(
    audio_format: str, capfd: pytest.CaptureFixture[str]
) -> None:
    read = reading(audio_format)
    n_places = 0
    while interrupted(read, n_places):
        n_places += 1
    assert n_places > 20
    assert np.asarray(read()).shape == (1, len(Y))  # and the file is as good as before
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("audio_format", ["wav", "ogg"])
def test_so_does_one_while_it_writes(audio_format: str, capfd: pytest.CaptureFixture[str]) -> None:
    audio = Audio.from_array(Y, SR)

    def write() -> None:
        encode_sound(audio, 0.0, audio.end, audio_format=audio_format)

    n_places = 0
    while interrupted(write, n_places):
        n_places += 1
    assert n_places > 10
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("method", ["seek", "tell", "readinto"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_what_each_method_of_a_file_raises_comes_out(
    method: str, error: type[BaseException], capfd: pytest.CaptureFixture[str]
) -> None:
    class Failing(io.BytesIO):
        pass

    def fail(*args: object) -> int:
        raise error("by the file")

    buffer = Failing()
    soundfile.write(buffer, Y, SR, format="WAV")
    buffer.seek(0)
    setattr(Failing, method, fail)
    with pytest.raises(error, match="by the file"), virtual.virtual_file(buffer):
        pytest.fail("nothing can be read")
    assert capfd.readouterr().err == ""
