"""Sphinx-Gallery with ``image_scrapers = ("matplotlib", "patchviz")``, and without.

The first gallery's examples are run by two processes, the other's by one, as are the site's own.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from .conftest import Project, scrub

pytestmark = [pytest.mark.slow]


@pytest.fixture(scope="module")
def gallery(make_project) -> Project:
    project = make_project("gallery")
    project.build()
    return project


def page(project: Project, example: str) -> str:
    return project.file(f"html/auto_examples/{example}.html").read_text("utf-8")


def titles(opened) -> list[str]:
    n = opened.page.locator(".patchviz-player").count()
    return [opened.find(".title", i).inner_text() for i in range(n)]


def picture(project: Project, name: str) -> Image.Image:
    with Image.open(project.source / "auto_examples" / "images" / f"{name}.png") as opened:
        return opened.convert("RGB")


@pytest.mark.browser
def test_what_an_example_holds_plays_on_its_page_once_each_and_in_order(gallery, visit):
    opened = visit(gallery.file("html/auto_examples/plot_players.html"))
    assert titles(opened) == ["of five seconds", "of one second", 'last <of> "all"']
    assert opened.index == 7
    for n in range(3):
        scrub(opened, n)


@pytest.mark.browser
@pytest.mark.parametrize("example", ["plot_animation", "plot_scrubber"])
def test_animations_and_scrubbers_play(gallery, visit, example):
    opened = visit(gallery.file(f"html/auto_examples/{example}.html"))
    assert titles(opened) == ["Sonnet 1"]
    assert opened.index == (3 if example == "plot_scrubber" else 0)
    scrub(opened)


@pytest.mark.browser
def test_a_player_has_the_width_of_the_page_and_the_thumbnails_are_there(gallery, visit):
    for width in (360, 1200):
        opened = visit(gallery.file("html/auto_examples/plot_players.html"), width=width)
        body = opened.page.locator(".body").bounding_box()
        for n in range(3):
            box = opened.page.locator(".patchviz-player").nth(n).bounding_box()
            assert 0 <= body["width"] - box["width"] < 100
    opened = visit(gallery.file("html/auto_examples/index.html"))
    thumbnails = opened.page.locator(".sphx-glr-thumbcontainer img")
    assert thumbnails.count() == 4
    for n in range(4):
        assert thumbnails.nth(n).evaluate("image => image.naturalWidth") == 400


def test_nothing_is_saved_but_the_stills(gallery):
    saved = {file.name for file in gallery.source.glob("auto_examples/images/*.*")}
    stills = {"plot_animation": 1, "plot_players": 4, "plot_scrubber": 1}
    assert saved == {
        f"sphx_glr_{example}_{n:03}{sharp}.png"
        for example, count in stills.items()
        for n in range(1, count + 1)
        for sharp in ("", "_2_00x")
    }
    # What no page shows is not published: the one figure is matplotlib's.
    published = {file.name for file in gallery.file("html/_images").iterdir()}
    assert {name for name in published if "thumb" not in name} == {
        "sphx_glr_plot_players_001.png",
        "sphx_glr_plot_players_001_2_00x.png",
    }


def test_sharp_stills_are_twice_as_wide(gallery):
    one, two = (picture(gallery, f"sphx_glr_plot_players_002{sharp}") for sharp in ("", "_2_00x"))
    assert (one.size, two.size) == ((640, 480), (1280, 960))


def test_thumbnail_numbers_count_stills(gallery):
    """The example asks for its third picture, which is the second player's."""
    thumbnail = picture(gallery, "thumb/sphx_glr_plot_players_thumb")
    distances = []
    for n in range(1, 5):
        still = picture(gallery, f"sphx_glr_plot_players_{n:03}")
        still.thumbnail(thumbnail.size)
        canvas = Image.new("RGB", thumbnail.size, "white")
        canvas.paste(still, ((thumbnail.width - still.width) // 2, 0))
        distances.append(np.abs(np.asarray(canvas, float) - np.asarray(thumbnail)).mean())
    assert int(np.argmin(distances)) == 2
    assert min(distances) < 4


def test_pages_hold_no_second_copy(gallery):
    """A player at the end of a block is not embedded again as that expression's value."""
    assert page(gallery, "plot_players").count('class="patchviz-player ') == 3
    assert "output_html" not in page(gallery, "plot_players")
    assert len(page(gallery, "plot_animation")) < 218_000


def test_a_file_that_is_not_run_shows_its_code(gallery):
    text = page(gallery, "only_shown")
    assert "this is not run" in text
    assert "patchviz-player" not in text


def test_latex_prints_the_stills(gallery):
    gallery.build("latex")
    (file,) = gallery.file("latex").glob("*.tex")
    names = re.findall(r"\\sphinxincludegraphics.*?\{\{(.*?)\}\.png\}", file.read_text("utf-8"))
    assert sorted(names) == [
        "sphx_glr_plot_animation_001_2_00x",
        *(f"sphx_glr_plot_players_{n:03}_2_00x" for n in range(1, 5)),
        "sphx_glr_plot_scrubber_001_2_00x",
    ]
    for name in names:
        assert gallery.file(f"latex/{name}.png").is_file()


def test_epub_shows_the_stills(gallery):
    gallery.build("epub")
    text = gallery.file("epub/auto_examples/plot_players.xhtml").read_text("utf-8")
    assert "patchviz-player" not in text
    html = "{http://www.w3.org/1999/xhtml}"
    images = ElementTree.fromstring(text).findall(f".//{html}img")
    assert [image.get("src") for image in images] == [
        "../_images/sphx_glr_plot_players_001.png",
        *(f"../_images/sphx_glr_plot_players_{n:03}_2_00x.png" for n in range(2, 5)),
    ]
    assert images[3].get("alt").startswith("Spectrogram of Sonnet 1, 14.9 s, carved into 150")


def test_doctests_run(gallery):
    gallery.build("doctest")
    assert "2 passed" in gallery.file("doctest/output.txt").read_text("utf-8")


@pytest.mark.browser
def test_plain_matplotlib_animations_are_players_too(make_project, visit):
    project = make_project("matplotlib_gallery")
    project.build()
    assert len(page(project, "plot_animation")) < 218_000
    opened = visit(project.file("html/auto_examples/plot_animation.html"))
    assert titles(opened) == ["Sonnet 1"]
    scrub(opened)
