"""The directive in reStructuredText and as a MyST fence."""

from __future__ import annotations

import os
import re
import shutil
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile

from .conftest import CLIP, Project, scrub

pytestmark = [pytest.mark.slow]


def with_clip(project: Project) -> Project:
    shutil.copy(CLIP, project.source / "clip.ogg")
    return project


@pytest.fixture(scope="module")
def plain(make_project) -> Project:
    project = with_clip(make_project("plain"))
    project.build("html", "-j", "2")
    return project


@pytest.mark.browser
def test_one_line_embeds_a_live_recording(plain, visit):
    opened = visit(plain.file("html/pages/without.html"))
    assert opened.find(".title").inner_text() == "Sonnet 1"
    scrub(opened)


@pytest.mark.browser
def test_options_of_a_player(plain, visit):
    opened = visit(plain.file("html/index.html"))
    assert opened.index == 7
    assert "0.650-2.647 s" in opened.find(".readout").inner_text()
    assert opened.page.locator(".patchviz-player audio").count() == 1
    zoomed = opened.find(".zoomed-to").inner_text()
    assert zoomed == "zoomed: 0.35-1.35 s of the patch ✕"
    sound = "[player.speed, player.sound.pitch, player.sound.gain, element.clientHeight]"
    assert opened.js(sound) == [0.5, "keep", 6, 500]
    groups = "JSON.parse(element.querySelector('script').textContent).known.groups"
    assert [name for name, *_ in opened.js(groups)] == ["train", "test"]
    opened.find("input[type=range]").first.focus()
    opened.page.keyboard.press("n")
    assert opened.index == 50
    opened.page.keyboard.press("p")
    opened.page.keyboard.press("0")
    assert opened.index == 3
    opened.js("(player.index = 7)")
    assert opened.page.locator("figcaption").last.inner_text() == "Fig. 2 A spoken verse."
    assert opened.page.locator("p a.reference").last.inner_text() == "Fig. 2"
    scrub(opened)


@pytest.mark.browser
def test_pictures_and_widths(plain, visit):
    opened = visit(plain.file("html/pages/directive.html"))
    page = opened.page
    figures = page.locator("figure.patchviz")
    assert figures.count() == 3
    mosaic, overview = (figures.nth(n).locator("img") for n in range(2))
    assert mosaic.get_attribute("alt") == "Four patches of a verse"
    assert overview.get_attribute("alt") == "Spectrogram of clip.ogg, 14.9 s"
    assert overview.bounding_box()["width"] == pytest.approx(480)
    assert "narrow" in figures.nth(1).get_attribute("class")
    assert mosaic.evaluate("image => image.naturalWidth") == 1600
    # A player may be narrower than the page, and stands in its middle.
    outer, inner = figures.nth(2).bounding_box(), page.locator(".patchviz-player").bounding_box()
    assert 0.55 < inner["width"] / outer["width"] < 0.61
    middles = [box["x"] + box["width"] / 2 for box in (outer, inner)]
    assert middles[0] == pytest.approx(middles[1], abs=1)
    assert opened.find(".title").inner_text() == "narrow"
    scrub(opened)


@pytest.mark.browser
def test_a_fence_in_markdown(plain, visit):
    opened = visit(plain.file("html/pages/fence.html"))
    assert opened.page.locator(".patchviz-player audio").count() == 1
    assert "patch 0 / 59" in opened.find(".readout").inner_text()
    scrub(opened)


def test_an_unchanged_clip_is_not_computed_again(plain):
    kept = plain.folder / "doctrees" / "patchviz"
    times = {file: file.stat().st_mtime_ns for file in kept.iterdir()}
    assert len(times) == 4 * 3 + 2 * 2
    # The clip was touched, and a page more shows it in the same way: read, computed no more.
    os.utime(plain.source / "clip.ogg")
    page = plain.source / "pages" / "another.rst"
    directive = (plain.source / "pages" / "directive.rst").read_text("utf-8")
    mosaic = directive[: directive.index(".. patchviz:: /clip.ogg")]
    page.write_text(f":orphan:\n\n{mosaic}", "utf-8")
    assert "1 added, 3 changed, 0 removed" in plain.build()
    assert {file: file.stat().st_mtime_ns for file in kept.iterdir()} == times
    assert "0 added, 0 changed, 0 removed" in plain.build()

    # Another option, or another clip, is another picture.
    plain.edit("pages/another.rst", ":n: 4", ":n: 3")
    assert "0 added, 1 changed, 0 removed" in plain.build()
    assert len(list(kept.iterdir())) == len(times) + 2
    page.unlink()


def test_a_changed_clip_is_computed_again(make_project):
    project = make_project("plain")
    for page in ("directive.rst", "fence.md"):
        (project.source / "pages" / page).unlink()
    project.edit("index.rst", "   pages/directive\n   pages/fence\n", "")
    clip = project.source / "clip.ogg"
    for frequency in (440, 880):
        tone = 0.1 * np.sin(2 * np.pi * frequency * np.arange(15 * 22050) / 22050)
        soundfile.write(clip, tone, 22050)
        said = project.build()
    assert "0 added, 1 changed, 0 removed" in said
    kept = project.folder / "doctrees" / "patchviz"
    assert len(list(kept.glob("clip-*.html"))) == 2


@pytest.mark.browser
@pytest.mark.parametrize("builder", ["html", "dirhtml", "singlehtml"])
def test_pictures_and_sounds_beside_the_pages(make_project, visit, builder):
    """From pages of any folder, once for all of them, and written only when they are others."""
    project = with_clip(make_project("plain"))
    (project.source / "pages" / "directive.rst").unlink()
    project.edit("index.rst", "   pages/directive\n   pages/fence\n", "")
    fence = "```{patchviz} ../clip.ogg\n:audio:\n:assets: folder\n```\n"
    (project.source / "pages" / "fence.md").write_text(f"---\norphan: true\n---\n\n{fence * 2}")
    without = ".. patchviz:: /clip.ogg\n   :audio:\n   :assets: folder\n"
    (project.source / "pages" / "without.rst").write_text(f"Without\n=======\n\n{without}")
    project.build(builder)
    beside = project.file(f"{builder}/_static/patchviz")
    times = {file: file.stat().st_mtime_ns for file in beside.iterdir()}
    assert sorted(file.suffix for file in times) == [".js", ".ogg"]
    pages = {
        "html": "pages/without.html", "dirhtml": "pages/without/index.html",
        "singlehtml": "index.html",
    }  # fmt: skip
    page = project.file(f"{builder}/{pages[builder]}")
    assert "data:audio" not in page.read_text("utf-8").split("Without")[-1]
    opened = visit(page)
    n = opened.page.locator(".patchviz-player").count() - 1
    opened.page.locator(".patchviz-player").nth(n).scroll_into_view_if_needed()
    opened.page.wait_for_function(
        "n => [...document.querySelectorAll('audio')][n].duration > 14", arg=n
    )
    scrub(opened, n)
    if builder != "html":
        return  # what is written again does not depend on where pages are
    project.edit("pages/without.rst", ":audio:", ":duration: 3")
    project.build(builder)
    assert {file: file.stat().st_mtime_ns for file in beside.iterdir()} == times
    project.edit("pages/without.rst", ":duration: 3", ":to: 10")
    project.build(builder)
    assert sorted(file.suffix for file in beside.iterdir()) == [".js", ".js", ".ogg"]
    project.build("latex")
    assert not project.file("latex/_static").exists()


def test_print_has_pictures(plain):
    plain.build("latex")
    (file,) = plain.file("latex").glob("*.tex")
    text = file.read_text("utf-8")
    names = re.findall(r"\\sphinxincludegraphics.*?\{\{(.*?)\}\.png\}", text)
    assert len(names) == 6
    assert all(plain.file(f"latex/{name}.png").is_file() for name in names)
    assert r"\caption{A \sphinxstyleemphasis{spoken} verse.}" in text

    plain.build("epub")
    text = plain.file("epub/index.xhtml").read_text("utf-8")
    assert "patchviz-player" not in text
    (image,) = ElementTree.fromstring(text).findall(".//{http://www.w3.org/1999/xhtml}img")
    assert image.get("alt").startswith("Spectrogram of clip.ogg, 14.9 s, carved into 139 patches")


def test_what_is_wrong_is_said_with_file_and_line(make_project):
    project = with_clip(make_project("plain"))
    pages = project.source / "pages"
    (pages / "noise.ogg").write_bytes(b"no sound at all" * 100)
    (pages / "directive.rst").write_text(
        """The directive
=============

.. patchviz:: missing.ogg

.. patchviz:: noise.ogg

.. patchviz:: ../clip.ogg
   :duration: 20

.. patchviz:: ../clip.ogg
   :n: 3

.. patchviz:: ../clip.ogg
   :veiw: player

.. patchviz:: ../clip.ogg
   :view: plyer

.. patchviz:: ../clip.ogg
   :duration: five

.. patchviz:: ../clip.ogg
   :audio: perhaps

.. patchviz::
   :sr: native

.. patchviz:: ../clip.ogg
   :sr: fast

.. patchviz:: ../clip.ogg
   :max-bytes: 100000

.. patchviz:: /pages

.. patchviz:: ../clip.ogg
   :hop: 0.001

.. patchviz:: ../clip.ogg
   :index: 900

.. patchviz:: stereo.wav

.. patchviz:: ../clip.ogg
   :from: 0:05
   :to: 0:04.5

.. patchviz:: ../clip.ogg
   :column-step: 0

.. patchviz:: ../clip.ogg
   :start: filename

.. patchviz:: ../clip.ogg
   :level: dbfs
   :clim: 1%:99%

.. patchviz:: cut.wav

.. patchviz:: cut.wav
   :on-damage: keep
   :view: overview

.. patchviz:: bat.wav
   :view: overview

.. patchviz::
   :name: the_directive
""",
        encoding="utf-8",
    )
    tone = np.sin(2 * np.pi * 0.2 * np.arange(96_000))
    soundfile.write(pages / "bat.wav", tone, 96_000)
    content = (pages / "bat.wav").read_bytes()
    (pages / "cut.wav").write_bytes(content[: len(content) // 2])
    soundfile.write(pages / "stereo.wav", np.zeros((44100, 2)), 22050)
    project.edit("pages/fence.md", "../clip.ogg", "missing.ogg")
    said = project.build("html", fails=True)
    rst, md = pages / "directive.rst", pages / "fence.md"
    for place in (
        f"{rst}:4: WARNING: patchviz: there is no file pages/missing.ogg in the folder of conf.py",
        f"{rst}:6: WARNING: patchviz: 'noise.ogg'",
        f"{rst}:8: WARNING: patchviz: :duration: 20.0 s (861 frames) is longer than",
        f"{rst}:11: WARNING: patchviz: :n: has no use with :view: player. Leave it out.",
        f'{rst}:14: ERROR: Error in "patchviz" directive:',
        f"{rst}:26: WARNING: patchviz: :sr: has no use without a file. Leave it out, or name one.",
        f"{rst}:32: WARNING: patchviz: the player would take about",
        f"{rst}:35: WARNING: patchviz: pages is a folder. Name a sound file in it.",
        f"{rst}:37: WARNING: patchviz: :hop: 0.001 s is shorter than one frame, 0.02322 s. "
        "Choose at least that, or a spectrogram with a smaller :hop-length: or a higher :sr:.",
        f"{rst}:40: WARNING: patchviz: :index: 900 is out of range: there are 107 patches",
        f"{rst}:43: WARNING: patchviz: 'stereo.wav' has 2 channels, and a spectrogram shows one. "
        "Mix them: :mono:; choose one of 0 to 1: :channel: 0; or show each: :channels: all.",
        f"{rst}:45: WARNING: patchviz: :to: 4.5 s leaves nothing. It must be after :from: 5.0 s.",
        f"{rst}:52: WARNING: patchviz: :start: filename: the name 'clip.ogg' holds no date",
        f"{rst}:55: WARNING: patchviz: :level: dbfs cannot be promised: a tone between two mel",
        f"{rst}:59: WARNING: patchviz: 'cut.wav' holds 95978 bytes of sound, and its header says "
        "192000: it was cut short. ffmpeg -i cut.wav cut-mended.flac writes what can be decoded to "
        "a new file. Or keep what can be decoded: :on-damage: keep.",
        f"{rst}:61: WARNING: patchviz: 'cut.wav' holds 95978 bytes of sound, and its header says "
        "192000: it was cut short. 0.500 s of it are kept.",
        f"{rst}:65: WARNING: patchviz: 100% of the power of 'bat.wav' lies above 11025 Hz, half "
        "the rate of the analysis, and is not seen. Choose a higher :sr:, or :sr: native, which",
        f"{rst}:68: WARNING: patchviz: :name: the_directive is the address of a heading or of "
        "another part of this page, where links would lead. Choose another.",
        f"{md}:5: WARNING: patchviz: there is no file pages/missing.ogg",
    ):
        assert place in said
    for words in (
        "Choose a shorter :duration:, or :tail: pad.",
        'unknown option: "veiw", did you mean "view".',
        ":view: plyer is not allowed. It must be one of 'player', 'mosaic', 'overview'. "
        "Did you mean 'player'?",
        "'five' is not a number. Give one, such as 0.5.",
        ":column-step: 0 is not allowed. It must be a whole number, at least 1.",
        "'perhaps' is neither true nor false.",
        ":sr: fast is no sampling rate. It must be a number of Hz, such as 48000, or native",
        "Raise :max-bytes:, or make it smaller: :column-step: 2 halves the picture; :image-format: "
        "webp takes a fifth, with loss; ",
    ):
        assert words in " ".join(said.split())
    assert not re.search(r"[\w')]\.\.(\s|$)", said)  # each ends once
    # What is shown, and remarked on, is of a kind of its own.
    kinds = [re.search(rf"{rst}:{line}: .* \[(patchviz\.\w+)\]", said)[1] for line in (4, 61, 65)]
    assert kinds == ["patchviz.recording", "patchviz.remark", "patchviz.remark"]
    # The rest of the site was built.
    assert "patchviz-player" in project.file("html/pages/without.html").read_text("utf-8")


def test_hostile_names_and_options_are_text(make_project):
    """No text ends a build, becomes markup, or is taken for mathematics."""
    project = make_project("plain")
    name = r"$\foo$ <b>&amp;.wav"
    soundfile.write(project.source / name, np.linspace(-0.1, 0.1, 44100), 22050)
    texts = [
        "<script>window.hacked=1</script>", r'"><img src=x onerror=hack> $\bar$', "$x^ {{ % |x| `",
        "\x07\x1b[31m \u202e\u05d0 �", "</figure>]]>--> .. raw:: html",
    ]  # fmt: skip
    views = [("player", text) for text in texts] + [("mosaic", texts[1]), ("overview", texts[2])]
    page = "Hostile\n=======\n\n" + "\n".join(
        f".. patchviz:: {name}\n   :view: {view}\n   :title: {text}\n   :alt: {text}\n"
        for view, text in views
    )
    (project.source / "index.rst").write_text(f"{page}\n.. patchviz:: {name}\n", encoding="utf-8")
    shutil.rmtree(project.source / "pages")
    project.build("html")
    html = project.file("html/index.html").read_text("utf-8")
    assert "<script>window" not in html
    assert "<img src=x" not in html
    assert not re.search("[\x00-\x08\x0b-\x1f]", html)
    assert "Spectrogram of $\\foo$ &lt;b&gt;&amp;amp;.wav, 2.0 s" in html
    project.build("xml")
    root = ElementTree.parse(project.file("xml/index.xml"))
    alts = [image.get("alt") for image in root.iter("image")]
    assert alts[:-1] == [" ".join(re.sub("[\x00-\x1f]", "�", text).split()) for _, text in views]
