"""The page of all warnings has all of them, and no others."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .source import parsed

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "what_it_tells.md"
pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="no checkout")

# Of a text between two values, so little says nothing: it is passed on, or said elsewhere.
LEAST = 9


def constant(node: ast.AST) -> str:
    """Return what is always said of a message; a mark stands where values do."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            return "".join(map(constant, parts))
        case ast.Call(func=ast.Name(id="Said"), args=parts):
            return "".join(map(constant, parts))
        case ast.BinOp(left=left, right=right):
            return constant(left) + constant(right)
        case ast.IfExp(body=one, orelse=other):
            return f"{constant(one)}\0{constant(other)}"
    return "\0"


# What these functions return or yield is warned of by those who call them.
OF_WARNINGS = {
    "_contradictions", "_left_out", "_not_read", "_remarks", "_why_fewer", "_why_none", "remarks",
    "remarks_on",
}  # fmt: skip


def messages() -> Iterator[tuple[str, str]]:
    """Yield every warning, and what becomes one, with where it is."""
    for path in sorted((ROOT / "patchviz").rglob("*.py")):
        file = path.relative_to(ROOT)
        for node in parsed(path):
            match node:
                case ast.Call(func=ast.Name(id="warn_user"), args=[text, *_]):
                    yield f"{file}:{node.lineno}", constant(text)
                case ast.Call(func=ast.Attribute(attr="append") as added, args=[text, *_]):
                    if ast.unparse(added.value).endswith("remarks"):
                        yield f"{file}:{node.lineno}", constant(text)
                case ast.FunctionDef(name=name) if name in OF_WARNINGS:
                    for inner in ast.walk(node):
                        if isinstance(inner, ast.Return | ast.Yield) and inner.value is not None:
                            yield f"{file}:{node.lineno}", constant(inner.value)


def fragments() -> list[str]:
    return re.findall(r"^\| \*(.+?)\* \|", PAGE.read_text("utf-8"), re.MULTILINE)


@pytest.mark.slow
def test_every_warning_is_on_the_page() -> None:
    said = fragments()
    assert len(said) == len({*said})
    missing = [
        f"{where}: {text!r}"
        for where, text in messages()
        if max(map(len, text.split("\0"))) >= LEAST and not any(part in text for part in said)
    ]
    assert missing == []


def test_what_returns_warnings_is_there() -> None:
    defined = {
        node.name
        for path in (ROOT / "patchviz").rglob("*.py")
        for node in parsed(path)
        if isinstance(node, ast.FunctionDef)
    }
    assert defined >= OF_WARNINGS


@pytest.mark.slow
def test_nothing_on_the_page_is_of_the_past() -> None:
    texts = "\n".join(
        constant(node)
        for path in (ROOT / "patchviz").rglob("*.py")
        for node in parsed(path)
        if isinstance(node, ast.Constant | ast.JoinedStr)
    )
    assert [part for part in fragments() if part not in texts] == []
