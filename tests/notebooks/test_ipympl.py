"""A scrubber of a figure of ipympl, without a page: what its canvas is told."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

import patchviz as pv
from patchviz.plot.blit import Repainter

# ipympl's own.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def patches() -> pv.Patches:
    values = np.random.default_rng(0).uniform(-80, 0, (16, 100)).astype(np.float32)
    spec = pv.Spectrogram(values, sr=22050, hop_length=512, y_axis="mel", unit="dB")
    return spec.patches(frame_length=20, hop_length=4)


def view_of(patches: pv.Patches) -> pv.PatchView:
    _, ax = plt.subplots(figsize=(3, 2))
    return pv.PatchView(patches, ax=ax)


@pytest.fixture
def ipympl(require: Callable[..., None]) -> Iterator[None]:
    require("ipympl")
    plt.switch_backend("module://ipympl.backend_nbagg")
    yield
    plt.close("all")
    plt.switch_backend("agg")


def test_canvas_of_ipympl_is_the_picture(patches: pv.Patches, ipympl: None) -> None:
    plt.figure().canvas.close()  # its first one makes parts that all of them share
    before = set(_instances)
    view = view_of(patches)
    canvas = view.ax.figure.canvas
    scrubber = pv.scrub(view)
    assert scrubber.children[1] is canvas
    canvas.syncing_data_url = False  # what a page that shows it says
    canvas.draw()
    for index in (4, 9):
        scrubber.index = index
        expected = Figure(figsize=(3, 2))
        FigureCanvasAgg(expected)
        pv.PatchView(patches, ax=expected.add_subplot(), index=index)
        expected.canvas.draw()
        shown = np.asarray(canvas.get_renderer().buffer_rgba())
        assert np.array_equal(shown, np.asarray(expected.canvas.buffer_rgba()))
    scrubber.close()
    assert canvas.comm is None
    assert set(_instances) == before


def shown_by_ipympl(patches: pv.Patches) -> tuple[pv.PatchView, Any, pv.Scrubber]:
    """A view, its canvas that a page shows, and its scrubber."""
    view = view_of(patches)
    canvas: Any = view.ax.figure.canvas
    scrubber = pv.scrub(view)
    canvas.syncing_data_url = False  # what a page that shows it says
    canvas.draw()
    return view, canvas, scrubber


def test_canvas_of_ipympl_is_sent_whole_each_time(
    patches: pv.Patches, ipympl: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page shows only the last of several pictures that come at once."""
    _, canvas, scrubber = shown_by_ipympl(patches)
    sent: list[bytes] = []
    monkeypatch.setattr(type(canvas), "send_binary", lambda self, data: sent.append(data))
    for index in (4, 9):
        scrubber.index = index
    scrubber.close()
    assert len(sent) >= 2
    for picture in sent:
        with Image.open(io.BytesIO(picture)) as image:
            assert np.asarray(image.convert("RGBA"))[..., 3].min() == 255


def test_a_thread_that_draws_and_one_that_moves_do_not_wait_for_each_other(
    patches: pv.Patches, ipympl: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ipympl's page asks for drawings while the index moves; a kernel hears both in threads."""
    view, canvas, scrubber = shown_by_ipympl(patches)
    drawing, painting = threading.Event(), threading.Event()
    background, paint = view.figure.patch, Repainter.paint
    draw_background = background.draw

    def draw(renderer: Any) -> None:  # in the midst of a drawing the index moves
        if threading.current_thread() is drawer:
            drawing.set()
            painting.wait(0.5)
        draw_background(renderer)

    def spied(self: Repainter, renderer: Any) -> None:
        if threading.current_thread() is mover:
            painting.set()
        paint(self, renderer)

    def move() -> None:
        drawing.wait()
        scrubber.index = 9

    monkeypatch.setattr(background, "draw", draw)
    monkeypatch.setattr(Repainter, "paint", spied)
    drawer = threading.Thread(target=canvas.draw, daemon=True)
    mover = threading.Thread(target=move, daemon=True)
    view.ax.set_xlabel("another")  # all is to be drawn anew
    for thread in (drawer, mover):
        thread.start()
    for thread in (drawer, mover):
        thread.join(20)
    assert (drawer.is_alive(), mover.is_alive()) == (False, False)
    assert scrubber.index == view.index == 9
    scrubber.close()
