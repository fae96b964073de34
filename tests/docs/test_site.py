"""patchviz's own site, built, linked, opened and looked at; its gallery, run.

PATCHVIZ_SITE names a folder in which the site is built already (else it is built here). axe-core,
which looks at every page, is one of the tools in package.json.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ..browser.conftest import PlayerPage
from .conftest import ROOT
from .site import Site

pytestmark = pytest.mark.slow

EXAMPLES = sorted((ROOT / "gallery").glob("plot_*.py"))
AXE = ROOT / "node_modules/axe-core/axe.min.js"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg", "NO_COLOR": "1"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    if built := os.environ.get("PATCHVIZ_SITE"):
        assert Path(built, "index.html").is_file(), f"PATCHVIZ_SITE={built} holds no index.html"
        return Site(Path(built), ROOT)
    folder = tmp_path_factory.mktemp("site")
    made = shutil.ignore_patterns("_build", "auto_gallery", "generated", "__pycache__")
    for part in ("docs", "gallery"):
        shutil.copytree(ROOT / part, folder / part, ignore=made)
    shutil.copy(ROOT / "CHANGELOG.md", folder)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "docs", "html"]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return Site(folder / "html", folder)


def none_of(wrong: list[str]) -> None:
    """Fail with a line for each thing that is wrong."""
    assert not wrong, "\n".join(["", *wrong])


def test_every_link_image_and_anchor_is_there(site):
    assert len(site.pages) > 20
    broken = [
        f"{site.name(file)}: {what}"
        for file, page in site.pages.items()
        for what in site.broken(page)
    ]
    none_of(broken)


def test_every_picture_that_a_notebook_page_describes_is_there(site):
    missing, n = [], 0
    for source in (site.source / "docs").rglob("*.md"):
        page = site.folder / source.relative_to(site.source / "docs").with_suffix(".html")
        for alt in re.findall(r"^    alt: (.+)$", source.read_text("utf-8"), re.MULTILINE):
            n += 1
            if f'alt="{html.escape(alt)}"' not in page.read_text("utf-8"):
                missing.append(f"{site.name(page)}: {alt}")
    assert n >= 8
    none_of(missing)


def test_the_site_is_small(site):
    assert site.size < 40e6  # each page with a player brings its module


def test_headings_are_in_order_and_images_are_described(site):
    wrong = []
    for file, page in site.pages.items():
        name, levels = site.name(file), page.headings
        if levels.count(1) != 1:
            wrong.append(f"{name}: {levels.count(1)} titles")
        # The first may come after headings of the page's frame, which are not above it.
        inside = levels[levels.index(1) :] if 1 in levels else levels
        if any(b - a > 1 for a, b in pairwise(inside)):
            wrong.append(f"{name}: headings of levels {inside}")
        wrong += [f"{name}: no alternative text for {image}" for image in page.without_alt]
    none_of(wrong)


def test_every_public_name_is_shown_with_an_example_and_a_picture(site):
    pages = {
        file.stem: page for file, page in site.pages.items() if file.parent.name == "generated"
    }
    assert len(pages) > 10
    wrong = []
    for name, page in pages.items():
        if "doctest" not in page.file.read_text("utf-8"):
            wrong.append(f"{name}: no example")
        # Thumbnails of gallery pages do not count.
        own = any(tag == "img" and "/api-" in address for tag, address in page.names)
        if not page.runs and not own:
            wrong.append(f"{name}: no picture of its own")
    for name in ("animate", "player-function", "Player", "scrub", "Scrubber", "PatchAnimation"):
        if not pages[f"patchviz.{name}"].alive:
            wrong.append(f"{name}: no player")
    none_of(wrong)


def dead_players(opened: PlayerPage) -> Iterator[str]:
    """Name the players that a key does not move."""
    for n in range(opened.page.locator(".patchviz-player").count()):
        slider = opened.find("input[aria-label=Patch]", n).first
        slider.press("End")
        last = opened.js("player.index", n=n)
        slider.press("Home")
        opened.settle()
        if last == 0 or opened.js("player.index", n=n) != 0:
            yield f"player {n} does not go from patch 0 to the last"


def wide_things(opened: PlayerPage) -> Iterator[str]:
    """Name what does not fit: at the width of a desk the code, at any width the page."""
    width, view = opened.page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    if width > view:
        yield f"the page is {width} px wide on a screen of {view} px"
    if view > 1000:
        yield from opened.page.evaluate(
            """() => [...document.querySelectorAll("div.highlight pre")]
                .filter((code) => code.scrollWidth > code.clientWidth + 1)
                .map((code) => `code is cut off, ${code.scrollWidth} of ${code.clientWidth} px: `
                    + code.textContent.split("\\n").sort((a, b) => b.length - a.length)[0])"""
        )


def findings(opened: PlayerPage, rules: list[str] | None) -> Iterator[str]:
    """Tell what axe-core calls serious or critical, by all its rules or by those named."""
    if not opened.page.evaluate("'axe' in window"):
        opened.page.add_script_tag(path=AXE)
    yield from opened.page.evaluate(
        """async (runOnly) => {
            const options = { preload: false, resultTypes: ["violations"], ...runOnly };
            const { violations } = await axe.run(document, options);
            const bad = violations.filter(({ impact }) => /serious|critical/.test(impact));
            return bad.flatMap(({ id, nodes }) => nodes.map((node) =>
                `${id} at ${node.target.flat().join(" ")}: ${node.html.slice(0, 120)} `
                + node.any.map(({ message }) => message).join("; ")));
        }""",
        {"runOnly": rules} if rules else {},
    )


# The colours of a listing are those of its kinds of words, in a listing of its kind.
WORDS = """() => [...document.querySelectorAll(".highlight pre, .highlight pre *")]
    .map((word) => `${word.closest(".highlight").parentElement.className}: ${word.className}`)"""
# Where all of these have been seen, listings are plain text: half of a page's elements less.
PLAIN = """() => document.querySelectorAll(".highlight pre")
    .forEach((listing) => (listing.textContent = listing.textContent))"""


# When colours that become others have become these, also in players and sheets.
COLOURED = """async () => {
    const roots = [...document.querySelectorAll("*")].map(({ shadowRoot }) => shadowRoot);
    const changes = [document, ...roots].flatMap((root) => root?.getAnimations() ?? []);
    await Promise.allSettled(changes.map(({ finished }) => finished));
}"""


# Those that depend on a screen's width and colours; the others judge the same markup again.
OF_A_SCREEN = ["color-contrast", "scrollable-region-focusable", "target-size"]


class Walk:
    """A walk through pages of a site: what is wrong with them, by subject."""

    def __init__(self, chromium: Any, site: Site, root: str, files: Iterable[Path]) -> None:
        self.site, self.root = site, root
        self.dead, self.wide, self.said, self.left, self.axe = [], [], [], [], []
        self.words: set[str] = set()  # in listings that axe-core has looked at
        window = chromium.new_context()
        opened = PlayerPage(window.new_page())
        for file in files:
            opened.page.goto("about:blank")
            opened.said.clear()
            opened.requested.clear()
            # A server makes a difference to players alone.
            if is_from_disk := root.startswith("file:"):
                take(opened, width=360, scheme="dark")
                self.open(opened, file)
                words = set(opened.page.evaluate(WORDS)) - self.words
                self.words |= words
                self.look_at(file, opened, "dark", OF_A_SCREEN, is_plain=not words)
            take(opened, width=1200, scheme="light")
            if not is_from_disk or site.pages[file].runs:
                self.open(opened, file)
            self.note(self.dead, file, dead_players(opened))
            if is_from_disk:
                self.look_at(file, opened, "light", rules=None, is_plain=not words)
            # The theme tells which colours it chose, and that it scrolled its list of pages.
            self.note(self.said, file, (t for t in opened.said if not t.startswith("[PST]: ")))
            own = (root + "/", "data:", "blob:")
            self.note(self.left, file, (u for u in opened.requested if not u.startswith(own)))
        window.close()

    def open(self, opened: PlayerPage, file: Path) -> None:
        opened.page.goto(f"{self.root}/{self.site.name(file)}")
        opened.ready()

    def look_at(
        self,
        file: Path,
        opened: PlayerPage,
        scheme: str,
        rules: list[str] | None,
        *,
        is_plain: bool,
    ) -> None:
        opened.settle().page.evaluate(COLOURED)
        assert opened.page.evaluate("document.documentElement.dataset.theme") == scheme
        self.note(self.wide, file, wide_things(opened))
        if is_plain:
            opened.page.evaluate(PLAIN)
        if AXE.exists():
            self.note(self.axe, file, findings(opened, rules))

    def note(self, subject: list[str], file: Path, found: Iterable[str]) -> None:
        subject += [f"{self.site.name(file)}: {what}" for what in found]


def take(opened: PlayerPage, *, width: int, scheme: str) -> None:
    """Take another screen."""
    opened.page.set_viewport_size({"width": width, "height": 900})
    opened.page.emulate_media(color_scheme=scheme)


@pytest.fixture(scope="module")
def walk(chromium: Any, site: Site) -> Walk:
    """Every page opened from disk: as on a telephone in dark, then at a desk in light.

    Where something runs it is opened again there; elsewhere a style sheet makes the difference.
    """
    return Walk(chromium, site, site.folder.as_uri(), site.pages)


@pytest.mark.browser
def test_players_move_and_pages_keep_quiet(walk):
    none_of(walk.dead + walk.said + walk.left)


@pytest.mark.browser
def test_players_move_and_pages_keep_quiet_from_a_server_too(chromium, site):
    one_of_a_kind = {file.parent: file for file, page in site.pages.items() if page.alive}
    assert len(one_of_a_kind) >= 3
    with site.served() as root:
        served = Walk(chromium, site, root, one_of_a_kind.values())
    none_of(served.dead + served.said + served.left)


@pytest.mark.browser
def test_pages_fit(walk):
    none_of(walk.wide)


@pytest.mark.browser
def test_axe_finds_nothing_serious(walk, require_package):
    require_package("axe-core")
    none_of(walk.axe)


def test_the_pages_of_the_gallery_leave_no_file_behind(site):
    """The build has run each of them as a script, in this folder or in a copy of it."""
    gallery = site.source / "gallery"
    files = {file.name for file in gallery.iterdir() if not file.name.startswith((".", "__"))}
    assert files == {*(file.name for file in EXAMPLES), "GALLERY_HEADER.rst", "ruff.toml"}


@pytest.mark.jupyter
@pytest.mark.parametrize(
    "example",
    [
        # The build runs the same code as a script; of what only a notebook has, one tells enough.
        pytest.param(file.stem, marks=[] if file.stem == "plot_scrub" else [pytest.mark.soak])
        for file in EXAMPLES
    ],
)
def test_a_gallery_page_runs_as_the_notebook_that_it_offers(site, example, tmp_path, require):
    require("nbclient")
    import nbclient
    import nbformat

    (file,) = site.folder.glob(f"_downloads/*/{example}.ipynb")
    notebook = nbformat.read(file, as_version=4)
    assert len([cell for cell in notebook.cells if cell.cell_type == "code"]) > 1
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=120, resources=resources).execute()
