"""What an error says where it is kept as text: other faces spell its arguments all the same."""

from __future__ import annotations

import pickle

import pytest

from patchviz._util.warn import held, warn_user
from patchviz.errors import (
    Argument,
    InPython,
    InvalidValueError,
    Said,
    Setting,
    parts_of,
    rendered,
    said_by,
    unstopped,
)


def spelled(text: str) -> str:
    return rendered(parts_of(text), lambda argument: f"--{argument.name}")


@pytest.fixture
def said() -> str:
    return said_by(
        InvalidValueError(
            Argument("duration", 9.0), " is long", remedy=("Or set ", Setting("tail", "pad"), ".")
        )
    )


def test_it_is_text_that_keeps_its_parts(said: str) -> None:
    assert said == 'duration=9.0 is long. Or set tail="pad".'
    assert spelled(said) == "--duration is long. Or set --tail."
    assert spelled(pickle.loads(pickle.dumps(said))) == spelled(said)
    assert spelled(said_by(KeyError("a"))) == "KeyError: 'a'"


def test_within_a_sentence_it_has_no_full_stop(said: str) -> None:
    text = Said("first: ", *unstopped(said), ", of 3.", InPython(" See x."))
    assert text == 'first: duration=9.0 is long. Or set tail="pad", of 3. See x.'
    assert spelled(text) == "first: --duration is long. Or set --tail, of 3."
    assert unstopped("plain.") == ("plain",)


def test_a_warning_that_is_held_keeps_them_too() -> None:
    with held() as remarks:
        warn_user(("cut, or ", Setting("on_damage", "keep"), " keeps it"))
    assert remarks == ['cut, or on_damage="keep" keeps it']
    assert spelled(remarks[0]) == "cut, or --on_damage keeps it"
