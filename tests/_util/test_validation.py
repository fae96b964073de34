"""What bad input is told."""

from __future__ import annotations

import pickle
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from patchviz._util.validation import (
    check_bool,
    check_choice,
    check_file,
    check_int,
    check_number,
    check_text,
)
from patchviz.errors import (
    AudioFileError,
    AudioFileNotFoundError,
    InvalidTypeError,
    InvalidValueError,
    PatchIndexError,
    PatchvizError,
)


@pytest.mark.parametrize(
    ("error", "bases"),
    [
        (InvalidValueError, (PatchvizError, ValueError)),
        (InvalidTypeError, (PatchvizError, TypeError)),
        (PatchIndexError, (PatchvizError, IndexError)),
        (AudioFileError, (PatchvizError, ValueError, OSError)),
        (AudioFileNotFoundError, (PatchvizError, AudioFileError, FileNotFoundError)),
    ],
)
def test_errors_are_what_python_calls_them(
    error: type[PatchvizError], bases: tuple[type[Exception], ...]
) -> None:
    caught = error("file='a.wav' does not exist. Give another.")
    assert isinstance(caught, bases)
    assert str(caught) == "file='a.wav' does not exist. Give another."
    again = pickle.loads(pickle.dumps(caught))
    assert type(again) is error
    assert str(again) == str(caught)


def test_audio_file_error_without_a_message() -> None:
    assert str(AudioFileError()) == ""


@pytest.mark.parametrize("value", [5, np.int16(5), np.uint64(5), np.array(5)])
def test_whole_numbers(value: object) -> None:
    number = check_int("hop_length", value, minimum=1, maximum=5)
    assert number == 5
    assert type(number) is int


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (0, InvalidValueError, "hop_length=0 frames is not allowed. It must be a whole number of "
         "frames, at least 1 and at most 9."),
        (np.int64(-3), InvalidValueError, "hop_length=-3 frames is not allowed. It must be a whole "
         "number of frames, at least 1 and at most 9."),
        (10, InvalidValueError, "hop_length=10 frames is not allowed. It must be a whole number of "
         "frames, at least 1 and at most 9."),
        (2.5, InvalidValueError, "hop_length=2.5 is not a whole number. It must be a whole number "
         "of frames, at least 1 and at most 9."),
        (np.float32(0.5), InvalidValueError, "hop_length=0.5 is not a whole number. It must be a "
         "whole number of frames, at least 1 and at most 9."),
        (Fraction(1, 2), InvalidValueError, "hop_length=1/2 is not a whole number. It must be a "
         "whole number of frames, at least 1 and at most 9."),
        (float("nan"), InvalidValueError, "hop_length=nan is not finite. It must be a whole number "
         "of frames, at least 1 and at most 9."),
        (4.0, InvalidTypeError, "hop_length=4.0 is of type float. It must be a whole number of "
         "frames, at least 1 and at most 9: hop_length=4."),
        (True, InvalidTypeError, "hop_length=True is of type bool. It must be a whole number of "
         "frames, at least 1 and at most 9."),
        (np.True_, InvalidTypeError, "hop_length=np.True_ is of type bool. It must be a whole "
         "number of frames, at least 1 and at most 9."),
        ("4", InvalidTypeError, "hop_length='4' is of type str. It must be a whole number of "
         "frames, at least 1 and at most 9."),
        (None, InvalidTypeError, "hop_length=None is of type NoneType. It must be a whole number "
         "of frames, at least 1 and at most 9."),
        (np.array([1, 2]), InvalidTypeError, "hop_length=array([1, 2]) is of type ndarray. It must "
         "be a whole number of frames, at least 1 and at most 9."),
        (2j, InvalidTypeError, "hop_length=2j is of type complex. It must be a whole number of "
         "frames, at least 1 and at most 9."),
    ],
)  # fmt: skip
def test_not_whole_numbers(value: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        check_int("hop_length", value, minimum=1, maximum=9, unit="frames")
    assert str(caught.value) == message
    assert caught.value.__cause__ is None


def test_a_large_value_is_not_printed_in_full() -> None:
    with pytest.raises(InvalidTypeError) as caught:
        check_number("sr", np.zeros((500, 500)))
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), Fraction(4, 2), np.int8(2)])
def test_numbers(value: object) -> None:
    number = check_number("duration", value, above=0, minimum=2, maximum=2)
    assert number == 2.0
    assert type(number) is float


@pytest.mark.parametrize(
    ("value", "error", "shown"),
    [
        (0, InvalidValueError, "duration=0 s is not allowed."),
        (-0.5, InvalidValueError, "duration=-0.5 s is not allowed."),
        (9.5, InvalidValueError, "duration=9.5 s is not allowed."),
        (np.float64("nan"), InvalidValueError, "duration=nan s is not allowed."),
        (float("inf"), InvalidValueError, "duration=inf s is not allowed."),
        ("5", InvalidTypeError, "duration='5' is of type str."),
        (None, InvalidTypeError, "duration=None is of type NoneType."),
        (False, InvalidTypeError, "duration=False is of type bool."),
        (1j, InvalidTypeError, "duration=1j is of type complex."),
        ([1.0], InvalidTypeError, "duration=[1.0] is of type list."),
    ],
)
def test_not_numbers(value: object, error: type[Exception], shown: str) -> None:
    with pytest.raises(error) as caught:
        check_number("duration", value, above=0, maximum=9, unit="s")
    assert str(caught.value) == (
        f"{shown} It must be a finite number, more than 0 s and at most 9 s."
    )


def test_a_number_beyond_floats() -> None:
    with pytest.raises(InvalidValueError, match=r"It must be a finite number\.$"):
        check_number("start", 10**400)


def test_choices() -> None:
    assert check_choice("tail", "pad", ("drop", "pad")) == "pad"
    with pytest.raises(InvalidValueError) as wrong:
        check_choice("tail", "dorp", ("drop", "pad"))
    message = "tail='dorp' is not allowed. It must be one of 'drop', 'pad'. Did you mean 'drop'?"
    assert str(wrong.value) == message
    with pytest.raises(InvalidValueError) as strange:
        check_choice("tail", "xyz", iter(("drop", "pad")))
    assert str(strange.value) == "tail='xyz' is not allowed. It must be one of 'drop', 'pad'."
    with pytest.raises(InvalidTypeError) as other:
        check_choice("tail", None, ("drop", "pad"))
    message = "tail=None is of type NoneType. It must be one of 'drop', 'pad'."
    assert str(other.value) == message


def test_yes_and_no() -> None:
    assert check_bool("loop", np.True_) is True
    with pytest.raises(InvalidTypeError) as caught:
        check_bool("loop", "no")
    assert str(caught.value) == "loop='no' is of type str. It must be True or False."
    with pytest.raises(InvalidTypeError) as hinted:
        check_bool("loop", 1, hint="there is one loop")
    assert str(hinted.value) == (
        "loop=1 is of type int. It must be True or False: there is one loop."
    )


def test_files(tmp_path: Path) -> None:
    assert check_file("path", str(tmp_path / "a"), example="a.gif") == tmp_path / "a"
    for wrong in (3, b"a.gif"):
        with pytest.raises(InvalidTypeError, match=r'It must be a path, such as "a\.gif"\.$'):
            check_file("path", wrong, example="a.gif")
    with pytest.raises(InvalidValueError) as caught:
        check_file("path", "no/such/a.gif", example="a.gif")
    assert str(caught.value) == (
        "path='no/such/a.gif': there is no folder 'no/such'. Make it first."
    )


def test_text() -> None:
    assert check_text("name", "a clip") == "a clip"
    with pytest.raises(InvalidTypeError) as caught:
        check_text("name", 3)
    assert str(caught.value) == "name=3 is of type int. It must be text."
