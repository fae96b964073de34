"""Small projects of other people, built for real and opened in Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import patchviz

from ..browser.conftest import PlayerPage

HERE = Path(__file__).parent
ROOT = Path(patchviz.__file__).parents[1]
CLIP = Path(patchviz.__file__).parent / "data" / "sonnet1.ogg"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.docs)


class Project:
    """A copy of a project that may be built, changed and built again."""

    def __init__(self, name: str, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "source"
        shutil.copytree(HERE / name, self.source)

    def build(self, builder: str = "html", *options: str, fails: bool = False) -> str:
        """Build it, warnings being errors; return what Sphinx said."""
        command = [
            sys.executable,
            "-m",
            "sphinx",
            "-b",
            builder,
            "-d",
            str(self.folder / "doctrees"),
        ]
        if not fails:
            command += ["-W", "--keep-going"]
        done = subprocess.run(
            [*command, *options, str(self.source), str(self.folder / builder)],
            env={**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=300,
        )
        said = done.stdout + done.stderr
        assert fails or done.returncode == 0, said
        return said

    def file(self, path: str) -> Path:
        """Return a file that was built: ``"html/index.html"``."""
        return self.folder / path

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text in a source file."""
        file = self.source / path
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def make_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Project]:
    return lambda name: Project(name, tmp_path_factory.mktemp(name))


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., PlayerPage]]:
    """Open a page that was built; in the end none may have complained or left the machine."""
    contexts, pages = [], []

    def open_it(file: Path, *, width: int = 1200, scheme: str = "light") -> PlayerPage:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        contexts.append(context)
        opened = PlayerPage(context.new_page())
        pages.append(opened)
        opened.page.goto(file.as_uri())
        return opened.ready()

    yield open_it
    for context in contexts:
        context.close()
    for opened in pages:
        assert opened.said == []
        assert [url for url in opened.requested if not url.startswith(("file:", "data:"))] == []


def scrub(opened: PlayerPage, n: int = 0) -> None:
    """Move the n-th player by its slider and its keys, and see its picture change."""
    before = opened.pixels(".patch canvas", n)
    start = opened.js("player.index", n=n)
    slider = opened.find("input[aria-label=Patch]", n)
    slider.focus()
    for _ in range(3):
        slider.press("ArrowRight")
    opened.settle()
    assert opened.js("player.index", n=n) == start + 3
    assert (opened.pixels(".patch canvas", n) != before).any()
    slider.press("End")
    opened.settle()
    assert opened.js("player.index == root.querySelector('input[aria-label=Patch]').max", n=n)
