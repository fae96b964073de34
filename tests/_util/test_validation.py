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
    items_of,
)
from patchviz.errors import (
    MAX_MESSAGE,
    Argument,
    AudioFileError,
    AudioFileNotFoundError,
    InPython,
    InvalidTypeError,
    InvalidValueError,
    PatchIndexError,
    PatchvizError,
    Setting,
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


def spell(argument: Argument) -> str:
    return f"<{argument.name} {argument.value}{argument.unit}>" if argument.has_value else "<>"


@pytest.mark.parametrize("error", [InvalidValueError, AudioFileError, AudioFileNotFoundError])
def test_errors_carry_their_parts(error: type[PatchvizError]) -> None:
    caught = error(
        Argument("duration", 9.0, "s"),
        " is too long",
        allowed=("less than ", Argument("hop")),
        remedy=("Give less", InPython(" in Python"), ", or ", Setting("tail", "pad"), "."),
    )
    made, parts, *_ = caught.__reduce__()  # as tblib makes it, which Dask installs
    assert type(made(*parts)) is error
    assert str(made(*parts)) == str(caught)
    for same in (caught, pickle.loads(pickle.dumps(caught))):
        assert str(same) == (
            "duration=9.0 s is too long. It must be less than hop. "
            'Give less in Python, or tail="pad".'
        )
        assert same.render(spell) == (
            "<duration 9.0s> is too long. It must be less than <>. Give less, or <tail pad>."
        )
        assert (same.argument, same.value) == ("duration", 9.0)
        assert same.allowed == "less than hop"
        assert same.remedy == 'Give less in Python, or tail="pad".'


def test_an_error_of_no_argument() -> None:
    caught = PatchvizError("there is nothing", remedy="Make something.")
    assert str(caught) == caught.render(spell) == "there is nothing. Make something."
    assert (caught.argument, caught.value, caught.allowed) == (None, None, "")
    assert PatchvizError("It is ", Argument("loop"), ".").value is None


def test_an_error_holds_no_array() -> None:
    with pytest.raises(InvalidTypeError) as caught:
        check_number("sr", np.array([1, 2]))
    assert caught.value.argument == "sr"
    assert caught.value.value == "array([1, 2])"
    assert caught.value.allowed == "a finite number"
    assert "sr=array([1, 2]) is of type ndarray." in str(caught.value)


class _Wordy:
    def __repr__(self) -> str:
        return "word " * 1000


@pytest.mark.parametrize(
    "value",
    ["x" * 10**5, "\0" * 10**5, 10**400, 10**5000, Fraction(10**400, 3), Fraction(10**5000, 3),
     np.zeros(10**5), ["x" * 10**5] * 10**3, _Wordy(), b"x" * 10**5, {"x" * 999: "x" * 999}],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
@pytest.mark.parametrize(
    "check",
    [
        lambda value: check_int("argument", value, minimum=1, maximum=9, unit="frames"),
        lambda value: check_number("argument", value, above=0, maximum=9, unit="s"),
        lambda value: check_bool("argument", value, hint="one of two"),
        lambda value: check_file("argument", value, example="a"),
        lambda value: check_choice("argument", value, ("drop", "pad")),
    ],
    ids=["int", "number", "bool", "file", "choice"],
)
def test_no_message_is_long(check, value: object) -> None:
    if isinstance(value, str):
        value = f"no/{value}/such"
    with pytest.raises((InvalidValueError, InvalidTypeError)) as caught:
        check(value)
    error = caught.value
    assert str(error).startswith("argument=")
    assert len(str(error)) <= MAX_MESSAGE
    assert len(error.render(spell)) <= MAX_MESSAGE
    assert str(error).endswith((f"It must be {error.allowed}.", "Make it first."))
    assert len(pickle.dumps(error)) < 3000


def test_a_message_of_any_parts_is_cut_in_its_middle() -> None:
    caught = InvalidValueError("begins " + 1000 * "x", remedy="Ends.")
    assert len(str(caught)) == len(caught.render(spell)) == MAX_MESSAGE
    assert str(caught).startswith("begins xxx")
    assert str(caught).endswith("xxx. Ends.")
    assert "x...x" in str(caught)


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


@pytest.mark.parametrize(
    ("given", "items"),
    [
        ([1, 2], [1, 2]),
        ((), []),
        (range(2), [0, 1]),
        ((k for k in "ab"), ["a", "b"]),
        (np.arange(2), [0, 1]),
        (np.array(3), None),
        (3, None),
        (None, None),
        ("ab", None),
        (b"ab", None),
        ({"a": 1}, None),
    ],
)
def test_items_of_what_holds_several(given, items):
    assert items_of(given) == items
