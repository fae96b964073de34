"""The project's own source, parsed once for all tests that read it."""

from __future__ import annotations

import ast
import functools
from pathlib import Path


@functools.cache
def parsed(file: Path) -> list[ast.AST]:
    """Every node of a file."""
    return list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
