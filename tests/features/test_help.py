"""What ``help()`` says of the ways into patchviz, whichever Python strips its docstrings."""

from __future__ import annotations

import dataclasses
import inspect
import pydoc
import re
import textwrap

import pytest

import patchviz as pv

FRONT_ENDS = [pv.Mel, pv.Stft, pv.Cqt, pv.Chroma, pv.Mfcc, pv.Pcen]


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_every_option_is_explained_whether_docstrings_come_dedented_or_not(
    front_end: type,
) -> None:
    doc = front_end.__doc__
    assert doc is not None
    for text in (doc, inspect.cleandoc(doc), pydoc.plain(pydoc.render_doc(front_end))):
        lines = [line.strip(" |") for line in textwrap.dedent(text).splitlines()]
        for field in dataclasses.fields(front_end):
            said = [i for i, line in enumerate(lines) if line.startswith(f"{field.name} : ")]
            assert len(said) == 1, field.name
            assert lines[said[0] + 1], field.name


@pytest.mark.parametrize(
    "function", [pv.Spectrogram.from_file, pv.Spectrogram.from_audio, pv.Spectrogram.example]
)
def test_a_signature_names_what_is_given_and_nothing_that_python_made(function: object) -> None:
    text = pydoc.plain(pydoc.render_doc(function))
    assert "ForwardRef" not in text
    assert "Ellipsis" not in text
    parameters = inspect.signature(function).parameters  # type: ignore[arg-type]
    assert len(parameters) < 20  # those of the front ends are not among them
    explained = re.findall(r"\b(\w+(?:, \w+)*) : |\*\*(\w+)\n", text)
    assert set(parameters) <= set(", ".join(map("".join, explained)).split(", "))
