"""Text from people and file names, made safe to be shown."""

from __future__ import annotations

import pytest

from patchviz._util.text import contained, isolated, one_line, plain, there_are


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rain.wav", "rain.wav"), ("", ""), ("Grün – 雨 🎧 <b>$x$", "Grün – 雨 🎧 <b>$x$"),
        ("caf\udce9.wav", "caf�.wav"), ("\ud83c\udfa7", "🎧"), ("\udfa7\ud83c", "��"),
        ("\0\x07\x1b[31m\x7f\x85\x9b\ufffe\uffff", "���[31m�����"),
        ("a\r\nb\rc\nd\te\x0b", "a\nb\nc\nd e�"),
        ("\u202eevil\u2028 עברית\u200f", "\u202eevil\u2028 עברית\u200f"),
    ],
)  # fmt: skip
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected
    assert plain(expected) == expected
    assert isinstance(expected.encode(), bytes)


def test_text_that_others_follow_ends_where_it_does() -> None:
    assert contained("\u202egpj.\u2066exe\n") == "�gpj.�exe\n"
    assert one_line(" a \n\u2028 b\t\u202e c ") == "a b � c"
    name = "שיר.wav"
    assert isolated(name) == f"\u2068{name}\u2069"
    assert isolated("song\u2069.wav") == "song�.wav"


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "there is no patch of 2 files"),
        (1, "there is 1 patch of 2 files, 0 (or -1)"),
        (4321, "there are 4,321 patches of 2 files, 0 to 4320 (or -4321 to -1 from the end)"),
    ],
)
def test_how_many_there_are(n: int, said: str) -> None:
    assert there_are(n, " of 2 files") == said
