"""Errors name the argument, the value, what is allowed and the remedy."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest

from patchviz import errors


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (errors.InvalidValueError, ValueError),
        (errors.InvalidTypeError, TypeError),
        (errors.PatchIndexError, IndexError),
        (errors.AudioFileError, ValueError),
        (errors.AudioFileError, OSError),
        (errors.AudioFileNotFoundError, FileNotFoundError),
    ],
)
def test_each_is_also_the_builtin_that_people_catch(kind: type, builtin: type) -> None:
    error = kind("clip.ogg is gone")
    assert isinstance(error, builtin)
    assert isinstance(error, errors.PatchvizError)
    assert str(error) == "clip.ogg is gone"
    assert str(pickle.loads(pickle.dumps(error))) == "clip.ogg is gone"


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
def test_whole_numbers(value: object) -> None:
    assert errors.check_int("n", value, minimum=3, maximum=3) == 3
    assert type(errors.check_int("n", value)) is int


@pytest.mark.parametrize("value", [2, 2.5, np.float32(2.5), np.int8(2)])
def test_numbers(value: object) -> None:
    assert type(errors.check_number("x", value, above=1)) is float


@pytest.mark.parametrize(
    ("check", "error", "message"),
    [
        (lambda: errors.check_int("n", 0, minimum=1, unit="frames"), errors.InvalidValueError,
         "n=0 frames is not allowed. It must be a whole number of frames"),
        (lambda: errors.check_int("n", 5, maximum=4), errors.InvalidValueError, "at most 4"),
        (lambda: errors.check_int("n", 2.5), errors.InvalidValueError,
         r"n=2\.5 is not a whole number"),
        (lambda: errors.check_int("n", float("nan")), errors.InvalidValueError, "n=nan"),
        (lambda: errors.check_int("n", True), errors.InvalidTypeError, "n=True is of type bool"),
        (lambda: errors.check_int("n", "2"), errors.InvalidTypeError, "n='2' is of type str"),
        (lambda: errors.check_int("n", None), errors.InvalidTypeError, "n=None"),
        (lambda: errors.check_number("x", -1, above=0, unit="s"), errors.InvalidValueError,
         "x=-1 s is not allowed. It must be a finite number, more than 0 s"),
        (lambda: errors.check_number("x", float("inf")), errors.InvalidValueError, "finite"),
        (lambda: errors.check_number("x", 1, minimum=2), errors.InvalidValueError, "at least 2"),
        (lambda: errors.check_number("x", "1"), errors.InvalidTypeError, "x='1' is of type str"),
        (lambda: errors.check_number("x", 1j), errors.InvalidTypeError, "x=1j is of type complex"),
        (lambda: errors.check_choice("kind", "mell", ("mel", "stft")), errors.InvalidValueError,
         "kind='mell' is not allowed. It must be one of 'mel', 'stft'. Did you mean 'mel'?"),
        (lambda: errors.check_choice("kind", 3, ("mel",)), errors.InvalidTypeError,
         "kind=3 is of type int. It must be one of 'mel'"),
    ],
)  # fmt: skip
def test_messages(check: Callable[[], object], error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        check()
