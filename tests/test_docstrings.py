"""Every public name explains itself, in numpydoc's form and with an example."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import patchviz

pytestmark = pytest.mark.docs

PYPROJECT = Path(__file__).parents[1]


def public_objects() -> list[str]:
    """The public names, and the public members that the public classes define themselves."""
    found = []
    for name in sorted(patchviz.__all__):
        found.append(f"patchviz.{name}")
        value = getattr(patchviz, name)
        if inspect.isclass(value):
            own = (
                (member, attribute)
                for base in value.__mro__
                if base.__module__.startswith("patchviz.")
                for member, attribute in vars(base).items()
            )
            found += sorted(
                {
                    f"patchviz.{name}.{member}"
                    for member, attribute in own
                    if not member.startswith("_")
                    and (callable(attribute) or isinstance(attribute, property | classmethod))
                }
            )
    return found


@pytest.mark.parametrize("name", public_objects())
def test_docstring(name: str) -> None:
    validate_docstrings = pytest.importorskip("numpydoc.hooks.validate_docstrings")
    validate = pytest.importorskip("numpydoc.validate")
    checks = validate_docstrings.parse_config(PYPROJECT)["checks"]
    report = validate.validate(name)
    assert report["docstring"]
    wrong = [f"{code}: {text}" for code, text in report["errors"] if code in checks]
    assert not wrong


def shown_by_example() -> list[str]:
    """All public names, but for exceptions: they are shown where they are raised."""
    names = {name: getattr(patchviz, name) for name in sorted(patchviz.__all__)}
    return [
        name
        for name, value in names.items()
        if not (inspect.isclass(value) and issubclass(value, Exception))
    ]


@pytest.mark.parametrize("name", shown_by_example())
def test_docstring_has_an_example(name: str) -> None:
    value = getattr(patchviz, name)
    assert ">>> " in (inspect.getdoc(value) or "")
