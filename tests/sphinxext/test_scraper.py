"""The scraper for Sphinx-Gallery, by itself; tests/docs builds whole projects."""

from __future__ import annotations

import gc
import pickle
import re
import subprocess
import sys
from collections import deque
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.animation import FuncAnimation
from matplotlib.figure import Figure
from PIL import Image

import patchviz as pv
from patchviz.sphinxext import PlayerScraper, reset


@pytest.fixture
def patches() -> pv.Patches:
    values = np.random.default_rng(0).normal(size=(8, 60)).astype(np.float32)
    return pv.Spectrogram(values, name="noise").patches(frame_length=30, hop_length=10)


class Example:
    """An example as Sphinx-Gallery sees it: its names, and the paths of its pictures."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = (folder / f"sphx_glr_plot_{n:03}.png" for n in range(1, 100))
        self.block_vars: dict[str, Any] = {"example_globals": {}, "image_path_iterator": self.paths}
        self.conf = {"src_dir": str(folder), "image_srcset": [], "compress_images": ()}

    def run(self, **names: Any) -> str:
        """Run a block that defines these names; return what is embedded."""
        self.block_vars["example_globals"].update(names)
        scraper = pv._get_sg_image_scraper()
        return scraper(("code", "", 1), self.block_vars, self.conf)

    @property
    def pictures(self) -> list[str]:
        return sorted(file.name for file in self.folder.iterdir())


@pytest.fixture(scope="module", autouse=True)
def _quick_collections() -> None:
    """Set aside what other tests have left: the scraper collects garbage at every block."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def drawn(tmp_path) -> Example:
    """An example whose still pictures are drawn, which takes a second each."""
    reset({}, "plot_example.py")  # what other tests have left
    (folder := tmp_path / "example").mkdir()
    return Example(folder)


@pytest.fixture
def example(drawn, monkeypatch) -> Example:
    """An example whose still pictures are blank: what is shown is all that counts."""

    def save_blank(figure: Figure, path: Path, gallery_conf: object) -> tuple[Path, int]:
        Image.new("L", (1, 1)).save(path)
        return path, 1

    monkeypatch.setattr("patchviz.sphinxext.scraper.draw_still", lambda player: Figure())
    monkeypatch.setattr("patchviz.sphinxext.scraper._save_still", save_blank)
    return drawn


def titles(rst: str) -> list[str]:
    return re.findall(r'"title":"(.*?)"', rst)


class Slots:
    __slots__ = ("held",)

    def __init__(self, held: object) -> None:
        self.held = held


@pytest.mark.parametrize(
    "hold",
    [
        lambda player: player,
        lambda player: {"results": [(1, deque([SimpleNamespace(a=Slots(player))]))]},
        lambda player: lambda: player,
        lambda player: iter([player]),
    ],
)
def test_a_player_is_shown_wherever_it_is_held(patches, example, hold):
    assert titles(example.run(held=hold(pv.player(patches)))) == ["noise"]


@pytest.mark.slow
def test_what_nobody_holds_any_more_is_not_shown(patches, example, tmp_path):
    pv.player(patches).save(tmp_path / "page.html")
    pv.animate(patches).save(tmp_path / "film.gif")
    assert example.run() == ""


@pytest.mark.slow
def test_an_animation_that_was_replaced_stays_a_picture_of_matplotlibs(patches, example):
    for _ in range(3):
        anim = pv.animate(patches)
    scraper = pv._get_sg_image_scraper()
    assert len(plt.get_fignums()) == 2  # for matplotlib's scraper, which comes first
    assert titles(scraper(("code", "", 1), example.block_vars, example.conf)) == ["noise"]
    assert anim.view.figure.number not in plt.get_fignums()


def test_a_scrubber_is_held_until_it_is_closed(patches, example):
    scrubber = pv.scrub(patches, title="first")
    scrubber.close()
    scrubber = pv.scrub(patches, title="second")
    scrubber = pv.scrub(patches, title="third")
    assert titles(example.run(scrubber=scrubber)) == ["second", "third"]
    reset({}, "plot_example.py", when="after")
    assert scrubber.comm is None


def test_a_sheet_is_shown_as_it_is_and_closed_after(patches, example):
    sheet = pv.sheet(patches, [2, 0], title="some")
    sheet.picked = [2]
    rst = example.run(sheet=sheet)
    assert '"title":"some"' in rst
    assert '"tiles":[2,0]' in rst
    assert '"decided":[[2,"keep"]]' in rst
    reset({}, "plot_example.py", when="after")
    assert sheet.comm is None


def test_a_player_made_elsewhere_is_shown_where_it_is_the_last_expression(
    patches, example, tmp_path
):
    player = pv.player(patches, title="shared")
    (folder := tmp_path / "other").mkdir()
    for other in (example, Example(folder)):
        assert titles(other.run(___=player)) == ["shared"]
        assert other.block_vars["example_globals"]["___"] is None
        assert other.run(___=player) == ""
        reset({}, "plot_example.py", when="after")


def test_what_a_scrubber_is_made_of_is_not_shown_beside_it(patches, example):
    scrubber = pv.scrub(patches, title="the one")
    scrubber.title = "the only one"
    assert titles(example.run(scrubber=scrubber)) == ["the only one"]
    scrubber.close()


def test_players_are_embedded_in_order_and_once_each(patches, example):
    one, two = pv.player(patches, title="one"), pv.player(patches, title="two")
    assert titles(example.run(first=one, listed=[two, one], again=two)) == ["one", "two"]
    assert example.run() == ""
    three = pv.player(patches, title="three")
    assert titles(example.run(third=three)) == ["three"]
    assert len(example.pictures) == 3


def test_the_last_expression_is_embedded_last_and_not_again_by_sphinx_gallery(patches, example):
    named, last = pv.player(patches, title="named"), pv.player(patches, title="last")
    assert titles(example.run(___=last, named=named)) == ["named", "last"]
    assert example.block_vars["example_globals"]["___"] is None
    assert example.run(___=named) == ""
    assert example.block_vars["example_globals"]["___"] is None


def test_another_last_expression_is_left_alone(patches, example):
    value = [1, 2]
    example.run(___=value, player=pv.player(patches))
    assert example.block_vars["example_globals"]["___"] is value


@pytest.mark.slow
def test_an_animations_figure_is_nobody_elses(patches, drawn):
    plt.figure()
    held = SimpleNamespace(anim=pv.animate(patches))
    other = plt.figure()
    assert titles(drawn.run(held=held)) == ["noise"]
    assert plt.get_fignums() == [1, other.number]
    (picture,) = drawn.pictures
    with Image.open(drawn.folder / picture) as still:
        assert still.size == (640, 480)


def test_an_animation_made_by_its_class_is_embedded(patches, example):
    anim = pv.PatchAnimation(pv.PatchView(patches, ax=Figure().add_subplot()))
    assert titles(example.run(anim=anim)) == ["noise"]


@pytest.mark.slow
def test_an_animation_that_no_name_leads_to_is_embedded(patches, example):
    anim = pv.animate(patches)
    assert titles(example.run()) == ["noise"]
    assert example.run(anim=anim) == ""


def test_a_figure_without_pyplot_is_fine(patches, drawn):
    view = pv.PatchView(patches, ax=Figure(figsize=(3, 2)).add_subplot())
    assert titles(drawn.run(anim=pv.animate(view))) == ["noise"]
    with Image.open(drawn.folder / drawn.pictures[0]) as still:
        assert still.size == (300, 200)


def test_animations_of_matplotlib_are_left_to_matplotlib(example):
    figure = plt.figure()
    anim = FuncAnimation(figure, lambda index: (), frames=2, cache_frame_data=False)
    assert example.run(anim=anim) == ""
    assert plt.get_fignums() == [figure.number]
    anim._draw_was_started = True  # or it would warn that nobody drew it


def test_a_scrubber_plays_from_where_it_is_as_it_looks(patches, example):
    scrubber = pv.scrub(patches, cmap="gray", loop=True)
    scrubber.index = 2
    scrubber.title = "scrubbed"
    rst = example.run(scrubber=scrubber)
    assert titles(rst) == ["scrubbed"]
    assert '"index":2,"loop":true' in rst
    assert '"palette":"AAAA' in rst
    scrubber.close()


def test_a_scrubber_of_a_view_plays_its_patches(patches, drawn):
    view = pv.PatchView(patches, ax=plt.figure(figsize=(3, 2)).add_subplot(), cmap="gray")
    scrubber = pv.scrub(view, index=1)
    rst = drawn.run(scrubber=scrubber)
    assert plt.get_fignums() == []
    assert titles(rst) == ["noise"]
    assert '"count":60' in rst
    assert '"palette":"AAAA' in rst
    with Image.open(drawn.folder / drawn.pictures[0]) as still:
        assert still.size == (300, 200)
    scrubber.close()


def test_a_closed_scrubber_shows_nothing(patches, example):
    scrubber = pv.scrub(patches)
    scrubber.close()
    assert example.run(scrubber=scrubber) == ""


@pytest.mark.slow
def test_html_plays_and_print_has_the_sharpest_picture(patches, drawn, monkeypatch):
    monkeypatch.setitem(plt.rcParams, "figure.figsize", (3.2, 2.4))
    drawn.conf["image_srcset"] = [1.0, 2.0, 1.5]
    rst = drawn.run(player=pv.player(patches, alt='a "quoted"\nalternative'))
    live, still = rst.split(".. only:: not html or epub")
    assert ".. only:: html and not epub" in live
    assert ".. raw:: html" in live
    assert ".. image:: /sphx_glr_plot_001_2_00x.png" in still
    assert ':alt: a "quoted" alternative' in still
    assert ":width: 320px" in still
    sizes = {}
    for name in drawn.pictures:
        with Image.open(drawn.folder / name) as picture:
            sizes[name] = picture.size
    assert sizes == {
        "sphx_glr_plot_001.png": (320, 240),
        "sphx_glr_plot_001_1_00x.png": (320, 240),
        "sphx_glr_plot_001_1_50x.png": (480, 360),
        "sphx_glr_plot_001_2_00x.png": (640, 480),
    }


def test_the_scraper_can_be_sent_to_other_processes():
    scraper = pv._get_sg_image_scraper()
    assert isinstance(pickle.loads(pickle.dumps(scraper)), PlayerScraper)
    assert repr(scraper) == "PlayerScraper()"


def test_reset_forgets_what_an_example_left(patches):
    from ipywidgets.widgets import widget

    reset({}, "plot_example.py", when="before")  # other tests may have left some
    before = set(widget._instances)
    anim, scrubber = pv.animate(patches), pv.scrub(patches)
    other = plt.figure()
    reset({}, "plot_example.py", when="after")
    assert plt.get_fignums() == [other.number]
    assert set(widget._instances) == before
    assert scrubber.comm is None
    anim._draw_was_started = True  # or it would warn that nobody drew it


def test_importing_patchviz_loads_nothing_for_the_scraper():
    code = (
        "import sys, patchviz; patchviz._get_sg_image_scraper; "
        "print([m for m in ('matplotlib', 'sphinx', 'patchviz.sphinxext') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
