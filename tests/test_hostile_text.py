"""Hostile text in every place where text is shown: none runs, none breaks, all of it is text."""

from __future__ import annotations

import functools
import io
import itertools
import json
import os
import random
import re
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import soundfile
from matplotlib.cbook import is_math_text
from matplotlib.figure import Figure
from matplotlib.text import Text

import patchviz as pv
from patchviz import cli
from patchviz._util.text import contained, isolated, one_line, plain
from patchviz.web.html import page

pytestmark = [
    pytest.mark.filterwarnings("ignore:Glyph"),  # no font has them all
    pytest.mark.filterwarnings("ignore:constrained_layout not applied"),
]

PIECES = [
    # markup, scripts
    *("<", ">", "&", '"', "'", "`", "</script>", "<!--", "-->", "--", "]]>", "<![CDATA[", "&#60;"),
    *("<script>window.hacked=1</script>", "<img src=x onerror=window.hacked=1>", "<?xml", "{{"),
    *("}}", "javascript:", "${x}", "\\u003c", "</figure>", "<svg/onload=x>", "<style>*{color:red}"),
    # mathematics, reStructuredText, formats
    *("$", "$$", r"\$", r"$\foo$", r"$\frac{1}{2}$", "$x^", "}$", "_", "^", "\\", "`x`_", "|x|"),
    *("**", "::", ".. raw:: html", "%", "%d", "{}", "{0}", "#", "~"),
    # what is not UTF-8, control characters, ends of lines
    *("\udce9", "\ud83d", "\udc00\ud800", "\x00", "\x07", "\x1b[31m", "\x7f", "\x85", "\x9b"),
    *("\ufffe", "\n", "\r\n", "\t", "\v", "\x1c", "\u2028", "\u2029", "\ufeff"),
    # right to left, marks, letters
    *("\u202e", "\u2066", "\u2069", "\u200f", "עברית", "العربية", "e\u0301\u0302\u0303", "👨‍👩‍👧"),
    *("雨", "a", "rain", " ", "  ", ".wav", "x" * 90),
]  # fmt: skip


def hostile(n: int) -> Iterator[str]:
    """Each piece by itself, then mixtures."""
    random_ = random.Random(0)
    for number in range(n):
        if number < len(PIECES):
            yield PIECES[number]
        else:
            yield "".join(random_.choices(PIECES, k=random_.randint(2, 7)))


class Parsed(HTMLParser):
    """The elements of a piece of HTML, their attributes' names, and their text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.alts: list[str] = []
        self.texts: dict[str, str] = {}
        self._open = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, *sorted(name for name, _ in attributes)))
        self.alts += [value or "" for name, value in attributes if name == "alt"]
        self._open = tag

    def handle_data(self, data: str) -> None:
        self.texts[self._open] = self.texts.get(self._open, "") + data

    def handle_endtag(self, tag: str) -> None:
        self.elements.append((f"/{tag}",))
        self._open = ""


def patches_named(*texts: str) -> pv.Patches:
    values = np.zeros((4, 20), np.float32)
    fields = dict(zip(("name", "y_label", "quantity", "unit"), itertools.cycle(texts)))
    return pv.Spectrogram(values, y_axis="mel", **fields).patches(frame_length=10)


def each(check: Callable[[str], None]) -> Callable[..., None]:
    """Check one text after the other."""

    @functools.wraps(check)
    def check_all(*texts: str) -> None:
        for text in texts:
            check(text)

    return check_all


# -- where text is shown -----------------------------------------------------------------------


def in_figures(*texts: str) -> None:
    figure = Figure(figsize=(9, 3), dpi=30)
    patches = patches_named(*texts)
    named, titled, view = figure.subplots(1, 3)
    pv.plot_spectrogram(patches, ax=named)
    pv.plot_spectrogram(patches, ax=titled, title=texts[-1])
    pv.PatchView(patches, ax=view, colorbar=True)
    figure.canvas.draw()
    file = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none"}):
        figure.savefig(file, format="svg")
    root = ElementTree.fromstring(file.getvalue())
    written = {"".join(element.itertext()) for element in root.iter()}
    (title,) = (
        artist for artist in named.get_children() if artist.get_label() == contained(texts[0])
    )
    assert isinstance(title, Text)
    assert not title.get_parse_math()  # a name is no mathematics
    for artist in [artist for ax in figure.axes for artist in (*ax.get_children(), ax.yaxis.label)]:
        for line in artist.get_text().split("\n") if isinstance(artist, Text) else ():
            is_typeset = artist.get_parse_math() and (is_math_text(line) or r"\$" in line)
            assert is_typeset or not line.strip() or line in written, (line, sorted(written))


def in_a_mosaic(*texts: str) -> None:
    for title in (None, texts[-1]):
        figure = Figure(figsize=(6, 4), dpi=30)
        pv.plot_mosaic(patches_named(*texts), 1, ax=figure, title=title)
        file = io.BytesIO()
        figure.savefig(file, format="svg")
        ElementTree.fromstring(file.getvalue())


def in_labels(*texts: str) -> None:
    """Of labels and classes, whose names stand in figures."""
    names = list(dict.fromkeys(text for text in texts if text.strip()))
    labels = [(0.1 * k, 0.1 * k + 0.1, name) for k, name in enumerate(names)]
    spec = pv.Spectrogram(np.zeros((4, 60)), y_axis="mel", labels=labels)
    patches = spec.patches(frame_length=20)
    scores = np.linspace(0, 1, len(patches) * len(names)).reshape(len(patches), -1)
    patches = patches.with_scores(scores, classes=names)
    figure = Figure(figsize=(9, 4), dpi=30)
    over, view = figure.subplots(1, 2)
    pv.plot_spectrogram(patches, ax=over)
    pv.PatchView(patches, ax=view)
    file = io.BytesIO()
    figure.savefig(file, format="svg")
    ElementTree.fromstring(file.getvalue())
    assert pv.player(patches).to_html().encode()


def make_page(text: str) -> tuple[str, pv.Player]:
    made = pv.player(patches_named(text), title=text, alt=text)
    return page(made.state["title"] or "patchviz", made.to_html()), made


@each
def in_pages(text: str, usual: Parsed = Parsed(make_page("usual")[0])) -> None:  # noqa: B008
    html, made = make_page(text)
    assert html.encode()
    parsed = Parsed(html)
    assert parsed.elements == usual.elements
    # As a page's reader decodes them: ends of lines are of one kind already.
    assert parsed.texts["title"] == (plain(text) or "patchviz")
    assert parsed.texts["figcaption"].startswith(isolated(plain(text)))
    assert parsed.alts == [plain(text)]
    assert json.loads(re.findall(r'<script type="application/json">(.*?)</script>', html)[0]) == (
        made.state
    )
    assert made.state["title"] == made.state["alt"]
    if one_line(text):  # or the axis has a label of its own
        assert made.state["frequency"]["label"] == one_line(text)
    named = pv.player(patches_named(text)).state
    assert named["title"] == plain(text)
    assert isolated(text) in named["alt"]
    for still in ("tex2jax_ignore", "mathjax_ignore"):
        assert f" {still}" in html.partition("<figure")[0]


@each
def in_file_names(text: str) -> None:
    name = text.replace("/", "").replace("\0", "")[:60] + ".wav"
    try:
        os.link("clip.wav", name)
    except (UnicodeEncodeError, OSError):  # no file can have it, or one is there
        return
    spec = pv.Spectrogram.from_file(name, n_mels=4, progress=False)
    assert spec.name == name
    assert repr(spec).encode()
    assert pv.player(spec.patches(frame_length=2)).state["title"] == plain(name)
    os.unlink(name)


@functools.cache
def saved() -> tuple[pv.Player, pv.PatchAnimation]:
    patches = patches_named("")
    return pv.player(patches), pv.animate(pv.PatchView(patches, ax=Figure().add_subplot()))


@each
def in_messages(text: str) -> None:
    name = f"{text * 50}.wav"
    player, animation = saved()
    for call in (
        lambda: pv.Spectrogram.from_file(name),
        lambda: pv.player(patches_named(""), audio_format=text),
        lambda: player.save(f"no/such/{text * 50}"),
        lambda: animation.save(f"{text * 50}.xyz"),
        lambda: animation.save(f"{text[:9]}.xyz"),
        lambda: pv.plot_mosaic(patches_named(""), cmap=text * 50),
    ):
        with pytest.raises(pv.PatchvizError) as raised:
            call()
        message = str(raised.value)
        assert len(message) <= 500
        assert message == plain(message)


@each
def in_the_directive(text: str) -> None:
    from docutils import nodes
    from docutils.core import publish_from_doctree
    from docutils.utils import new_document
    from docutils.writers.docutils_xml import Writer as XmlWriter
    from docutils.writers.html5_polyglot import Writer as HtmlWriter

    from patchviz.sphinxext.directive import PatchvizDirective

    options = PatchvizDirective.option_spec
    given = {name: options[name](text) for name in ("title", "alt")}
    assert given == {"title": plain(text), "alt": plain(text)}
    document = new_document("a page")
    document += nodes.image(uri="a.png", **{"alt": given["alt"]})
    html = publish_from_doctree(document, writer=HtmlWriter()).decode()
    assert [" ".join(alt.split()) for alt in Parsed(html).alts] == [" ".join(plain(text).split())]
    ElementTree.fromstring(publish_from_doctree(document, writer=XmlWriter()))


PLACES = [
    in_figures, in_labels, in_a_mosaic, in_pages, in_file_names, in_messages,
    pytest.param(in_the_directive, marks=pytest.mark.docs),
]  # fmt: skip

# As often as a second allows. A figure takes five texts at a time; a mosaic takes a second.
OFTEN = {in_figures: 5, in_labels: 5, in_a_mosaic: 5, in_messages: 6, in_pages: 15}
VERY_OFTEN = {in_a_mosaic: 1000}


def check(place: Callable[..., None], texts: list[str]) -> None:
    for at in range(0, len(texts), 5):
        place(*texts[at : at + 5])


@pytest.fixture
def _clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    soundfile.write("clip.wav", np.linspace(-0.1, 0.1, 4096), 22050)


@pytest.mark.slow
@pytest.mark.usefixtures("_clip")
@pytest.mark.parametrize("place", PLACES)
def test_hostile_text_is_shown_as_text(place: Callable[..., None]) -> None:
    texts = list(hostile(3 * len(PIECES)))
    check(place, random.Random(1).sample(texts, OFTEN.get(place, 30)))


@pytest.mark.soak
@pytest.mark.usefixtures("_clip")
@pytest.mark.parametrize("place", PLACES)
def test_ten_thousand_hostile_texts_are_shown_as_text(place: Callable[..., None]) -> None:
    check(place, list(hostile(VERY_OFTEN.get(place, 10_000))))


@pytest.mark.parametrize("often", [20, pytest.param(10_000, marks=pytest.mark.soak)])
def test_a_notebook_keeps_hostile_text_as_text(often: int) -> None:
    scrubber = pv.scrub(patches_named("usual"))
    usual = Parsed(scrubber._repr_mimebundle_()["text/html"])
    for text in hostile(often):
        scrubber.title = text
        bundle = scrubber._repr_mimebundle_()
        assert json.dumps(bundle, ensure_ascii=False).encode()
        assert Parsed(bundle["text/html"]).elements == usual.elements
        shown = Parsed(scrubber.controls.title.value)
        assert shown.elements == ([("span", "title"), ("/span",)] if plain(text) else [])
        assert "".join(shown.texts.values()) == plain(text) == scrubber.title
    scrubber.close()


# -- pages of Sphinx, a shell ------------------------------------------------------------------


@pytest.mark.docs
@pytest.mark.parametrize("view", ["player", "overview", "mosaic"])
def test_a_file_named_like_mathematics_does_not_end_a_build(
    view: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from patchviz.sphinxext import cache

    monkeypatch.setattr(cache, "DPI", 20)
    clip = tmp_path / r"$\foo$ <b>.wav"
    soundfile.write(clip, np.linspace(-0.1, 0.1, 44100), 22050)
    made = cache.CachedView.of(
        clip, view, {"title": r"$\bar" if view == "mosaic" else r"$\foo$"}, tmp_path
    )
    assert made.still.read_bytes().startswith(b"\x89PNG")
    assert r"$\foo$ <b>.wav" in made.alt


@pytest.mark.parametrize("text", [r"$\foo$", r"$\frac{1}{2}$"])
def test_a_title_is_mathematics_only_where_that_can_be_drawn(text: str) -> None:
    ax = pv.plot_spectrogram(patches_named(""), title=text, ax=Figure().add_subplot())
    assert ax._left_title.get_parse_math() is (text == r"$\frac{1}{2}$")
    assert ax._left_title.get_text() == text


@pytest.mark.parametrize("text", ["a\udce9$\\foo$\n<b>", "\x1b[31m", "\u202eraw.b\n\n"])
def test_a_legend_beside_a_title_finds_its_place(text: str) -> None:
    """As wide as its longest line, of what can be drawn."""
    for name, title in ((text, None), ("", text)):
        ax = pv.plot_coverage(patches_named(name), title=title, ax=Figure().add_subplot())
        shown = [artist.get_label() for axes in ax.figure.axes for artist in axes.get_children()]
        assert contained(text) in shown
        ax.figure.draw_without_rendering()


def test_labels_have_one_line_and_a_name_cannot_be_read_backwards() -> None:
    spec = pv.Spectrogram(
        np.eye(4), y_label="bins\nof\tmine", quantity="a\nb", unit="d\nB", name="\u202egpj.exe"
    )
    mosaic = pv.plot_mosaic(spec.patches(frame_length=2), 1)
    texts = {text.get_text() for text in mosaic.figure.findobj(Text)}
    assert {"bins of mine", "a b (d B)", "\ufffdgpj.exe"} <= texts
    plt.close("all")


def test_text_of_any_length_is_drawn() -> None:
    patches = patches_named("x" * 1_000_000)
    pv.plot_spectrogram(patches, title="$" + "x" * 1000 + "$", ax=Figure().add_subplot())
    view = pv.PatchView(patches, ax=Figure().add_subplot(), colorbar=True)
    bar = view.figure.axes[-1]
    assert re.fullmatch("x+…x+", bar.get_ylabel())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.usefixtures("_clip")
def test_a_shell_says_hostile_names_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("caf\udce9\x1b[2J\n\u202e$\\foo$ <script>", "missing\x07\udcff" * 10):
        name = f"{text}.wav"
        if "missing" not in text:
            os.link("clip.wav", name)
        code = cli.main([name, "--duration", "0.1", "-o", f"{text[:20]}.png"])
        assert code == (2 if "missing" in text else 0)
        said = capsys.readouterr()
        for line in (said.out + said.err).splitlines():
            assert line == one_line(line)
            assert len(line) <= 520
        assert len((said.out + said.err).splitlines()) == (2 if code else 3)
