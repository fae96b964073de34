"""The scrubber without a notebook: its index, who follows it, and what closing leaves behind."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import dataclasses
import gc
import html
import io
import os
import subprocess
import sys
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from IPython.core.events import EventManager
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from ipywidgets.widgets.widget import _instances
from matplotlib import colormaps
from matplotlib._pylab_helpers import Gcf
from PIL import Image

import patchviz as pv
from patchviz._util.png import encode_png
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError
from patchviz.jupyter.canvas import Canvas
from patchviz.jupyter.notebook import VIEW_TYPE
from patchviz.jupyter.telling import Teller

from ..slope import slope


@pytest.fixture
def patches() -> pv.Patches:
    rng = np.random.default_rng(0)
    values = rng.uniform(-80, 0, (16, 100)).astype(np.float32)
    spec = pv.Spectrogram(values, sr=22050, hop_length=512, y_axis="mel", unit="dB")
    return spec.patches(frame_length=20, hop_length=4)


def view_of(patches: pv.Patches, **options: Any) -> pv.PatchView:
    _, ax = plt.subplots(figsize=(3, 2))
    return pv.PatchView(patches, ax=ax, **options)


def pixels(scrubber: pv.Scrubber) -> np.ndarray:
    (picture,) = (child for child in scrubber.children if isinstance(child, ipywidgets.Image))
    with Image.open(io.BytesIO(picture.value)) as image:
        return np.asarray(image)


def test_index_moves_slider_view_and_readout(patches: pv.Patches) -> None:
    view = view_of(patches)
    scrubber = pv.scrub(view)
    scrubber.index = 7
    assert (scrubber.controls.slider.value, view.index) == (7, 7)
    assert np.array_equal(view.mesh.get_array(), patches[7])
    assert scrubber.controls.readout.value == "patch 7 / 20 · 0.650-1.115 s"


def test_slider_moves_index_and_view_and_reaches_the_last_patch(patches: pv.Patches) -> None:
    view = view_of(patches)
    scrubber = pv.scrub(view)
    assert (scrubber.controls.slider.min, scrubber.controls.slider.max) == (0, len(patches) - 1)
    scrubber.controls.slider.value = scrubber.controls.slider.max
    assert (scrubber.index, view.index) == (20, 20)
    assert np.array_equal(view.mesh.get_array(), patches[-1])


def test_view_and_its_animation_move_the_scrubber(patches: pv.Patches) -> None:
    view = view_of(patches)
    scrubber = pv.scrub(view)
    view.index = 3
    assert (scrubber.index, scrubber.controls.slider.value) == (3, 3)
    animation = pv.animate(view)
    animation._draw_frame(5)  # what its timer does
    assert (scrubber.index, scrubber.controls.slider.value) == (5, 5)
    scrubber.index = 8
    assert next(animation.new_frame_seq()) == 8


def test_starts_at_the_patch_that_the_view_shows(patches: pv.Patches) -> None:
    scrubber = pv.scrub(view_of(patches, index=4))
    assert (scrubber.index, scrubber.controls.slider.value) == (4, 4)


def test_negative_indices_count_from_the_end(patches: pv.Patches) -> None:
    scrubber = pv.scrub(patches)
    scrubber.index = -1
    assert scrubber.index == len(patches) - 1
    scrubber.index = np.int64(2)
    assert scrubber.index == 2
    assert type(scrubber.index) is int


def test_an_index_that_no_patch_has_is_refused_and_nothing_changes(patches: pv.Patches) -> None:
    refused: list[tuple[Any, type[Exception], str]] = [
        (21, PatchIndexError, "index=21 is out of range: there are 21 patches, 0 to 20"),
        (-22, PatchIndexError, "index=-22 is out of range"),
        (1.5, InvalidValueError, "index=1.5 is not a whole number. It must be a whole number"),
        ("3", InvalidTypeError, "index='3' is of type str. It must be a whole number."),
        (True, InvalidTypeError, "index=True is of type bool. It must be a whole number."),
    ]
    view = view_of(patches)
    scrubber = pv.scrub(view)
    scrubber.index = 7
    seen: list[int] = []
    scrubber.observe(lambda change: seen.append(change.new), "index")
    before = pixels(scrubber)
    for index, error, message in refused:
        with pytest.raises(error) as caught:
            scrubber.index = index
        assert str(caught.value).startswith(message)
        with pytest.raises(error), scrubber.hold_trait_notifications():
            scrubber.index = index
        assert (scrubber.index, scrubber.controls.slider.value, view.index, seen) == (7, 7, 7, [])
    assert np.array_equal(pixels(scrubber), before)


def test_python_watches(patches: pv.Patches) -> None:
    scrubber = pv.scrub(patches)
    indices: list[int] = []
    seen: list[np.ndarray] = []
    scrubber.observe(lambda change: indices.append(change.new), "index")
    disconnect = scrubber.on_patch(seen.append)
    scrubber.index = 2
    scrubber.controls.slider.value = 9
    scrubber.index = 9
    assert indices == [2, 9]
    assert [np.shares_memory(patch, patches.values) for patch in seen] == [True, True]
    assert np.array_equal(seen[1], patches[9])
    assert np.array_equal(scrubber.patch, patches[9])
    assert scrubber.interval == patches.time(9)
    disconnect()
    scrubber.index = 3
    assert len(seen) == 2


def test_who_watches_the_index_is_told_of_the_one_that_is_shown(patches: pv.Patches) -> None:
    """Whatever they do who watch the patch: choose another one, or fail."""
    scrubber = pv.scrub(patches)
    told: list[tuple[int, int]] = []
    seen: list[int] = []
    scrubber.observe(lambda change: told.append((change.new, scrubber.index)), "index")

    def watches(_: Any) -> None:
        seen.append(scrubber.index)
        if scrubber.index == 3:
            scrubber.index = 7
        elif scrubber.index == 5:
            raise RuntimeError("no")

    scrubber.on_patch(watches)
    scrubber.index = 3
    assert (told, seen) == ([(3, 3), (7, 7)], [3, 7])
    with pytest.raises(RuntimeError):
        scrubber.index = 5
    assert (told[2:], seen[2:]) == ([(5, 5)], [5])
    assert "Of patch 5 somebody was told, and failed: RuntimeError: no" in message(scrubber)
    scrubber.observe(lambda change: setattr(scrubber, "index", 9), "index")
    scrubber.index = 8
    assert (told[3:], seen[3:]) == ([(8, 8), (9, 9)], [9])
    scrubber.close()


def test_who_watches_the_patch_may_change_what_is_around_it(patches: pv.Patches) -> None:
    scrubber = pv.scrub(patches)
    seen: list[tuple[int, str]] = []

    def watches(_: Any) -> None:
        scrubber.title = f"patch {scrubber.index}"
        seen.append((scrubber.index, scrubber.title))
        if scrubber.index == 3:
            scrubber.patches = patches[:2]

    scrubber.on_patch(watches)
    scrubber.on_patch(lambda _: seen.append((scrubber.index, "")))
    scrubber.index = 5
    assert seen == [(5, "patch 5"), (5, "")]
    scrubber.index = 3
    assert seen[2:] == [(3, "patch 3"), (1, "patch 1"), (1, "")]
    scrubber.close()


def test_on_patch_refuses_what_cannot_be_called(patches: pv.Patches) -> None:
    with pytest.raises(InvalidTypeError, match="callback=3 must be callable with one argument"):
        pv.scrub(patches).on_patch(3)  # type: ignore[arg-type]


def test_scrub_refuses_what_is_no_patches() -> None:
    with pytest.raises(InvalidTypeError, match=r"patches is of type list\. It must be P"):
        pv.scrub([1, 2])  # type: ignore[arg-type]


@pytest.mark.slow
def test_picture_is_the_figure_with_what_callbacks_draw(patches: pv.Patches) -> None:
    view = view_of(patches)
    (line,) = view.ax.plot([0.1, 0.1], [0, 5000], color="white")
    view.on_index(lambda index: line.set_xdata([0.02 * index] * 2))
    scrubber = pv.scrub(view)
    for index in (3, 9):
        scrubber.index = index
        shown = pixels(scrubber)
        figure, ax = plt.subplots(figsize=(3, 2))
        pv.PatchView(patches, ax=ax, index=index)
        ax.plot([0.02 * index] * 2, [0, 5000], color="white")
        figure.canvas.draw()
        drawn = np.asarray(figure.canvas.buffer_rgba())[..., :3]
        assert np.array_equal(shown, drawn)


def test_pyplot_forgets_the_figure_that_the_scrubber_shows(patches: pv.Patches) -> None:
    view = view_of(patches)
    number = view.figure.number
    pv.scrub(view)
    assert not plt.fignum_exists(number)
    pv.scrub(patches)
    assert not Gcf.figs


def test_png_holds_the_pixels() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    with Image.open(io.BytesIO(encode_png(rgb))) as image:
        assert np.array_equal(np.asarray(image), rgb)


# -- what the browser says, and is told ---------------------------------------------------------


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, list[str]]]:
    """What is sent to the browser from now on: widget, kind of message, names of traits."""
    messages: list[tuple[str, str, list[str]]] = []

    def send(widget: Any, message: dict[str, Any], buffers: Any = None) -> None:
        messages.append((type(widget).__name__, message["method"], sorted(message["state"])))

    monkeypatch.setattr(ipywidgets.Widget, "_send", send)
    return messages


def test_what_the_browser_says_moves_python_and_is_not_sent_back(
    patches: pv.Patches, sent: list[Any]
) -> None:
    scrubber = pv.scrub(patches)
    sent.clear()
    scrubber.set_state({"index": 5})
    assert (scrubber.index, scrubber.controls.slider.value) == (5, 5)
    assert scrubber.controls.readout.value.startswith("patch 5 / 20")
    assert [message for message in sent if message[1] != "echo_update"] == []


def test_the_browser_tells_the_index_once(patches: pv.Patches, sent: list[Any]) -> None:
    scrubber = pv.scrub(patches)
    seen: list[int] = []
    scrubber.observe(lambda change: seen.append(change.new), "index")
    sent.clear()
    scrubber.controls.slider.set_state({"value": 3})  # late: the index has moved on to 4
    scrubber.set_state({"index": 4})
    scrubber.controls.play.set_state({"value": 3, "playing": True})
    assert seen == [4]
    assert (scrubber.controls.slider.value, scrubber.controls.play.playing) == (4, False)
    assert {name for name, *_ in sent} == {"Scrubber"}


def test_python_tells_the_index_once(patches: pv.Patches, sent: list[Any]) -> None:
    scrubber = pv.scrub(patches)
    sent.clear()
    scrubber.index = 8
    scrubber.controls.slider.value = 9
    assert sent == [("Scrubber", "update", ["index"])] * 2


def test_callback_that_sets_another_index_is_heard(patches: pv.Patches, sent: list[Any]) -> None:
    scrubber = pv.scrub(patches)
    scrubber.observe(lambda change: setattr(scrubber, "index", min(scrubber.index, 6)), "index")
    sent.clear()
    scrubber.set_state({"index": 12})
    assert scrubber.index == 6
    assert ("Scrubber", "update", ["index"]) in sent


def test_texture_travels_once(patches: pv.Patches, sent: list[Any]) -> None:
    scrubber = pv.scrub(patches)
    sent.clear()
    scrubber.index = 3
    scrubber.cmap = "viridis"
    scrubber.title = "another"
    assert not [message for message in sent if "tiles" in message[2]]
    scrubber.clim = (-40, 0)  # 256 levels of another range
    assert len([message for message in sent if "tiles" in message[2]]) == 1


# -- what can be changed while it lives ---------------------------------------------------------


def test_colours_and_title_change_while_it_lives(patches: pv.Patches) -> None:
    scrubber = pv.scrub(patches, index=3)
    canvas = scrubber.children[1]
    assert (scrubber.cmap.name, scrubber.clim) == ("magma", patches.spectrogram.finite_range)
    palette = canvas.state["color"]["palette"]
    scrubber.cmap = "viridis"
    assert scrubber.cmap.name == "viridis"
    assert canvas.state["color"]["palette"] != palette
    scrubber.clim = (-40, -10)
    assert scrubber.clim == (-40, -10)
    assert (canvas.state["color"]["vmin"], canvas.state["color"]["vmax"]) == (-40, -10)
    scrubber.clim = None
    assert scrubber.clim == patches.spectrogram.finite_range
    scrubber.title = "<b>\N{SNOWMAN}"
    assert scrubber.title == "<b>\N{SNOWMAN}"
    text = "&lt;b&gt;\N{SNOWMAN}"
    assert scrubber.controls.title.value == f'<span title="{text}">{text}</span>'
    assert (scrubber.cmap.name, scrubber.index) == ("viridis", 3)


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("cmap", "magna", InvalidValueError, "cmap='magna'"),
        ("clim", (3, 1), InvalidValueError, r"clim=\(3, 1\)"),
        ("title", 3, InvalidTypeError, "title=3 is of type int"),
        ("patches", [1], InvalidTypeError, "patches is of type list"),
        ("spec", 3, InvalidTypeError, "spectrogram is of type int"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(
    patches: pv.Patches, name: str, value: Any, error: type[Exception], message: str
) -> None:
    scrubber = pv.scrub(patches, index=3)
    canvas = scrubber.children[1]
    before = canvas.state, canvas.tiles, scrubber.index, scrubber.title
    with pytest.raises(error, match=message):
        setattr(scrubber, name, value)
    assert (canvas.state, canvas.tiles, scrubber.index, scrubber.title) == before


def test_another_spectrogram_is_carved_in_the_same_way(patches: pv.Patches) -> None:
    scrubber = pv.scrub(patches, index=20)
    seen: list[np.ndarray] = []
    scrubber.on_patch(seen.append)
    old = patches.spectrogram
    scrubber.spec = pv.Spectrogram(
        old.values[:, :60], sr=old.sr, hop_length=old.hop_length, name="short"
    )
    assert (len(scrubber.patches), scrubber.patches.frame_length) == (11, 20)
    assert (scrubber.index, scrubber.controls.slider.max, scrubber.controls.slider.value) == (
        10,
    ) * 3
    assert scrubber.controls.readout.value.startswith("patch 10 / 10 ")
    assert scrubber.title == "short"
    assert len(seen) == 1
    with pytest.raises(PatchIndexError):
        scrubber.index = 11
    scrubber.patches = patches
    assert (scrubber.index, scrubber.controls.slider.max) == (10, 20)
    assert len(seen) == 2  # another patch, though of the same number
    scrubber.controls.slider.value = 20
    assert scrubber.index == 20


def test_seconds_are_carved_as_seconds() -> None:
    def spectrogram(hop_length: int) -> pv.Spectrogram:
        return pv.Spectrogram(np.zeros((4, 200)), sr=1000, hop_length=hop_length)

    scrubber = pv.scrub(spectrogram(10).patches(duration=0.5, hop_duration=0.1))
    scrubber.spec = spectrogram(20)
    assert (scrubber.patches.frame_length, scrubber.patches.hop_length) == (25, 5)
    for asked in ({}, {"starts": [0.2, 0.5, 1.3]}):
        scrubber = pv.scrub(spectrogram(10).patches(duration=0.5, **asked))
        times = scrubber.patches.times
        scrubber.spec = spectrogram(20)
        np.testing.assert_allclose(scrubber.patches.times[: len(times)], times, atol=0.02)
        assert len(scrubber.patches) == len(spectrogram(20).patches(duration=0.5, **asked))
        scrubber.spec = spectrogram(10)
        np.testing.assert_allclose(scrubber.patches.times, times)


def test_picked_patches_stay_those_that_were_picked() -> None:
    spec = pv.Spectrogram(np.zeros((4, 200)), sr=1000, hop_length=10)
    scrubber = pv.scrub(spec.patches(duration=0.5, hop_duration=0.1)[[1, 3]])
    times = scrubber.patches.times
    scrubber.spec = pv.Spectrogram(np.ones((4, 220)), sr=1000, hop_length=10)
    np.testing.assert_array_equal(scrubber.patches.times, times)
    with pytest.raises(InvalidValueError, match="were picked of frames of another length, which"):
        scrubber.spec = pv.Spectrogram(np.ones((4, 220)), sr=1000, hop_length=20)


def test_labels_leave_the_scores_of_their_recording(patches: pv.Patches) -> None:
    scored = patches.with_scores(np.linspace(0, 1, len(patches)), classes=["wren"])
    scrubber = pv.scrub(scored)
    scrubber.spec = patches.spectrogram.with_labels([(0.0, 0.1, "wren")])
    np.testing.assert_array_equal(scrubber.patches.scores, scored.scores)
    assert scrubber.spec.labels is not None
    scrubber.spec = dataclasses.replace(patches.spectrogram, values=patches.spectrogram.values + 1)
    assert scrubber.patches.scores is None


def test_a_change_of_title_or_carving_encodes_nothing(
    patches: pv.Patches, monkeypatch: pytest.MonkeyPatch
) -> None:
    scrubber = pv.scrub(patches)
    (canvas,) = (child for child in scrubber.children if isinstance(child, Canvas))
    tiles = canvas.tiles
    monkeypatch.delattr("patchviz.web.encode.encode_tiles")  # whoever calls it fails
    scrubber.title = "another"
    assert (scrubber.title, canvas.state["title"]) == ("another", "another")
    scrubber.patches = patches.spectrogram.patches(frame_length=9, starts=[2, 3, 50])
    assert canvas.state["patches"]["starts"] == [2, 3, 50]
    assert canvas.tiles is tiles
    with pytest.raises(NameError, match="encode_tiles"):
        scrubber.cmap = "viridis"


def test_colours_and_title_leave_the_sound_and_the_padding_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    audio = pv.Audio.from_array(np.zeros(22050, np.float32), 22050)
    spec = pv.Spectrogram(np.ones((8, 42)), sr=22050, hop_length=512, audio=audio)
    patches = spec.patches(frame_length=16, hop_length=8, tail="pad", pad_value=0.25)
    scrubber = pv.scrub(patches, audio=True)
    monkeypatch.delattr("patchviz.web.encode.encode_sound")  # whoever calls it fails
    scrubber.title, scrubber.cmap, scrubber.clim = "another", "viridis", (0, 5)
    scrubber.spec = pv.Spectrogram(2 * spec.values, sr=22050, hop_length=512, audio=audio)
    assert (scrubber.title, scrubber.clim) == ("another", (0, 5))
    assert scrubber.patches.pad_value == 0.25
    assert scrubber.patches[-1].max() == 2.0
    assert scrubber.patches[-1][0, -1] == 0.25


def message(scrubber: pv.Scrubber) -> str:
    """What is seen of an error."""
    shown = scrubber.controls.message
    assert (shown.layout.display == "none") == (shown.value == "")
    return str(shown.value)


def test_a_recording_that_cannot_be_carved_is_told_where_people_look(patches: pv.Patches) -> None:
    """Of an error in what a Dropdown calls, nothing else is seen."""
    scrubber = pv.scrub(patches, title="<the long one>")
    files = ipywidgets.Dropdown(options=["long", "short"])
    short = pv.Spectrogram(np.zeros((16, 10)), sr=22050, hop_length=512)

    def choose(change: Any) -> None:
        scrubber.spec = short if change.new == "short" else patches.spectrogram

    files.observe(choose, "value")
    with pytest.raises(InvalidValueError) as caught:
        files.value = "short"
    text = html.escape(f"{caught.value} Still shown: <the long one>.")
    assert message(scrubber) == f'<span role="alert">{text}</span>'
    assert scrubber.spec is patches.spectrogram
    files.value = "long"
    assert message(scrubber) == ""


def test_whoever_is_told_of_a_patch_and_fails_is_told_of(patches: pv.Patches) -> None:
    scrubber = pv.scrub(patches)
    disconnect = scrubber.on_patch(lambda patch: {}["model"])
    with pytest.raises(KeyError):
        scrubber.index = 3
    assert "patch 3 " in message(scrubber)
    assert "KeyError: &#x27;model&#x27;" in message(scrubber)
    assert (scrubber.controls.slider.value, scrubber.controls.play.value) == (3, 3)
    disconnect()
    scrubber.index = 4
    assert message(scrubber) == ""
    with pytest.raises(PatchIndexError):
        scrubber.index = 99
    assert "index=99 is out of range" in message(scrubber)


def test_who_fails_at_the_index_of_other_patches_is_told_of(patches: pv.Patches) -> None:
    """Also where nobody fails who watches the patch, and is called after that."""
    scrubber = pv.scrub(patches, index=9)

    def fails(_: Any) -> None:
        raise RuntimeError("no")

    scrubber.observe(fails, "index")
    with pytest.raises(RuntimeError):
        scrubber.patches = patches[:3]
    assert "Of patch 2 somebody was told, and failed: RuntimeError: no" in message(scrubber)
    scrubber.unobserve(fails, "index")
    scrubber.index = 1
    assert message(scrubber) == ""


def test_what_went_wrong_is_said_once_of_what_it_is_about_and_held_by_nobody() -> None:
    said: list[list[str]] = []
    teller, seen = Teller(said.append), list[weakref.ref[Any]]()

    def fails() -> None:
        large = np.zeros(3)
        seen.append(weakref.ref(large))
        with teller.telling(about="b"):
            raise OSError("two")

    with pytest.raises(RuntimeError), teller.telling(about="a"):
        raise RuntimeError("one")
    with contextlib.suppress(OSError), teller.telling(about="a"):
        fails()
    assert said == [["RuntimeError: one"], ["RuntimeError: one", "OSError: two"], ["OSError: two"]]
    gc.collect()
    assert [one() for one in seen] == [None]


def test_who_watches_the_patch_is_called_when_all_else_is_told(patches: pv.Patches) -> None:
    """Though somebody who is told of some of it has changed another thing."""
    scrubber = pv.scrub(patches, index=9)
    told: list[str] = []
    scrubber.on_patch(lambda _: told.append("patch"))
    scrubber.observe(lambda _: setattr(scrubber, "title", "a model"), "index")
    scrubber.observe(lambda _: told.append("index"), "index")
    scrubber.patches = patches[:3]
    assert told == ["index", "patch"]
    scrubber.close()


def test_one_who_is_told_of_a_patch_and_fails_leaves_the_others_told(patches: pv.Patches) -> None:
    scrubber = pv.scrub(patches)
    seen: list[int] = []
    scrubber.on_patch(lambda patch: 1 // 0)
    scrubber.on_patch(lambda patch: seen.append(scrubber.index))
    with pytest.raises(ZeroDivisionError):
        scrubber.index = 3
    assert seen == [3]
    assert "ZeroDivisionError" in message(scrubber)


def test_who_shows_another_patch_leaves_all_told_of_that_once(patches: pv.Patches) -> None:
    scrubber = pv.scrub(patches)
    seen: list[int] = []

    def skip(_: Any) -> None:
        if scrubber.index == 3:
            scrubber.index = 5

    scrubber.on_patch(skip)
    scrubber.on_patch(lambda patch: seen.append(scrubber.index))
    scrubber.index = 3
    assert seen == [5]


def test_who_shows_another_patch_and_comes_back_leaves_all_told_once(patches: pv.Patches) -> None:
    scrubber = pv.scrub(patches)
    seen: list[int] = []

    def look_ahead(_: Any) -> None:
        if seen == [] and scrubber.index == 3:
            scrubber.index = 5
            scrubber.index = 3

    scrubber.on_patch(look_ahead)
    scrubber.on_patch(lambda patch: seen.append(scrubber.index))
    scrubber.index = 3
    assert seen == [5, 3]


def test_a_scrubber_follows_its_view_though_somebody_before_it_fails(patches: pv.Patches) -> None:
    view = pv.PatchView(patches)
    seen: list[int] = []
    view.on_index(lambda index: 1 // 0)
    view.on_index(seen.append)
    scrubber = pv.scrub(view)
    with pytest.raises(ZeroDivisionError):
        view.index = 3
    assert (scrubber.index, scrubber.controls.slider.value, seen) == (3, 3, [3])
    scrubber.close()


def test_who_is_told_of_a_patch_may_change_how_it_is_shown(patches: pv.Patches) -> None:
    scrubber = pv.scrub(patches)
    seen: list[int] = []

    def entitle(_: Any) -> None:
        seen.append(scrubber.index)
        scrubber.title = f"a model says {scrubber.index}"
        scrubber.stops = [scrubber.index]

    scrubber.on_patch(entitle)
    scrubber.index = 3
    assert (seen, scrubber.title, scrubber.stops) == ([3], "a model says 3", [3])
    scrubber.cmap = "viridis"  # of the patch that is shown they have been told
    assert seen == [3]
    scrubber.patches = patches[:5]
    assert (seen, scrubber.title) == ([3, 3], "a model says 3")


def test_who_watches_the_patch_is_called_of_one_channel_of_it() -> None:
    y = np.random.default_rng(0).uniform(-0.1, 0.1, (2, 16_000))
    spec = pv.Spectrogram.from_audio(y, sr=8000, channels="all", n_mels=16)
    scrubber = pv.scrub(spec.patches(duration=0.5, hop_duration=0.1))
    scrubber.picked = [1]
    seen: list[tuple[int, ...]] = []
    scrubber.on_patch(lambda patch: seen.append(patch.shape))
    scrubber.spec = spec.channel(0)
    assert seen == [scrubber.patch.shape] == [(16, scrubber.patches.frame_length)]
    scrubber.spec = spec
    assert seen[1:] == [scrubber.patch.shape] == [(32, scrubber.patches.frame_length)]
    assert scrubber.picked == (1,)  # whose number means the same


# -- in boxes -----------------------------------------------------------------------------------


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], list[dict[str, Any]]]]:
    """Return what a cell that ends with an object leaves in the notebook, output by output."""
    formatter = DisplayFormatter()
    fake = SimpleNamespace(display_formatter=formatter)
    monkeypatch.setattr("patchviz.jupyter.boxes.shell", lambda: fake)

    def shown(thing: Any) -> list[dict[str, Any]]:
        outputs: list[dict[str, Any]] = []
        monkeypatch.setattr("patchviz.jupyter.boxes.publish", outputs.append)
        bundle, _ = formatter.format(thing)
        return [*outputs, bundle]

    yield shown
    InteractiveShell.clear_instance()  # which IPython makes to show things; pyplot would find it


def test_in_boxes_it_is_saved_as_it_is_alone(patches: pv.Patches, shown: Any) -> None:
    first, second = pv.scrub(patches, title="first"), pv.sheet(patches, [3, 1])
    column = ipywidgets.VBox([ipywidgets.Dropdown(options=["a"]), first])
    row = ipywidgets.HBox([first, ipywidgets.Tab([second])])
    for box, scrubbers in ((column, [first]), (row, [first, second])):
        live, saved = shown(box)
        assert live[VIEW_TYPE]["model_id"] == box.model_id
        assert (live["text/html"], live["text/plain"]) == ("", "")
        assert VIEW_TYPE not in saved
        assert saved["text/plain"] == box._repr_mimebundle_()["text/plain"]
        assert saved["image/png"] == first.saved()["image/png"]
        for scrubber in scrubbers:
            assert scrubber.saved()["text/html"] in saved["text/html"]
        assert saved["text/html"].count('class="patchviz-saved"') == len(scrubbers)


def test_other_boxes_are_what_they_were(patches: pv.Patches, shown: Any) -> None:
    box = ipywidgets.VBox([ipywidgets.IntSlider()])
    before = shown(box)
    scrubber = pv.scrub(patches)
    assert shown(box) == before == [box._repr_mimebundle_()]
    beside = ipywidgets.HBox([scrubber])
    scrubber.close()
    assert shown(beside) == [beside._repr_mimebundle_()]


def test_of_a_view_the_browser_gets_no_texture(patches: pv.Patches) -> None:
    scrubber = pv.scrub(view_of(patches, index=3))
    (canvas,) = (child for child in scrubber.children if isinstance(child, Canvas))
    assert canvas.tiles == []
    assert canvas.state["patches"] == pv.player(patches).state["patches"]
    assert canvas.state["columns"] == pv.player(patches).state["columns"]
    assert canvas.state["options"]["index"] == 3


def test_a_view_keeps_its_own_colours(patches: pv.Patches) -> None:
    view = view_of(patches)
    with pytest.raises(InvalidValueError, match="cmap='viridis' has no use with a PatchView"):
        pv.scrub(view, cmap="viridis")
    scrubber = pv.scrub(view, index=2, title="mine")
    assert (view.index, scrubber.title) == (2, "mine")
    with pytest.raises(InvalidValueError, match="those of its PatchView"):
        scrubber.clim = (-3, 0)


def test_traits_are_what_is_played(patches: pv.Patches, sent: list[Any]) -> None:
    scrubber = pv.scrub(patches, speed=2, loop=True)
    controls = scrubber.controls
    names = ["playing", "hearing", "speed", "loop", "muted"]
    assert [getattr(scrubber, name) for name in names] == [False, False, 2.0, True, False]
    assert (controls.play.playing, controls.play.repeat) == (False, True)
    sent.clear()
    scrubber.playing, scrubber.loop, scrubber.muted, scrubber.speed = True, False, True, 0.75
    told = [("Scrubber", "update", [name]) for name in ("playing", "loop", "muted", "speed")]
    assert [message for message in sent if message[0] == "Scrubber"] == told
    assert (controls.play.playing, controls.play.repeat) == (True, False)
    seen: list[tuple[str, object]] = []
    scrubber.observe(lambda change: seen.append((change.name, change.new)), names)
    controls.play.playing = False
    scrubber.set_state({"speed": 4, "muted": False, "hearing": True})  # as a page says it
    assert sorted(seen) == [("hearing", True), ("muted", False), ("playing", False), ("speed", 4.0)]
    for speed, error in ((99, InvalidValueError), (True, InvalidTypeError)):
        with pytest.raises(error, match=f"speed={speed}"):
            scrubber.speed = speed
    with pytest.raises(InvalidValueError, match=r"speed=99.* 0\.02 .*16"):
        pv.scrub(patches, speed=99)
    scrubber.speed = np.float32(3)
    assert (scrubber.speed, type(scrubber.speed)) == (3.0, float)
    scrubber.close()
    controls.play.playing = True
    assert not scrubber.playing


def test_controls_are_ipywidgets_own_and_can_be_linked(patches: pv.Patches) -> None:
    scrubber, other = pv.scrub(patches), ipywidgets.IntSlider(max=100)
    controls = scrubber.controls
    assert (type(controls.slider), type(controls.play)) == (ipywidgets.IntSlider, ipywidgets.Play)
    assert ipywidgets.jslink((controls.slider, "value"), (other, "value")).source
    link = ipywidgets.link((controls.slider, "value"), (other, "value"))
    other.value = 9
    assert scrubber.index == 9
    scrubber.index = 3
    assert (other.value, controls.play.value) == (3, 3)
    link.unlink()
    controls.slider.style.handle_color = "red"


def test_a_scrubber_is_played_on_pages_as_it_plays_here(patches: pv.Patches) -> None:
    scrubber = pv.scrub(patches)
    scrubber.loop, scrubber.speed = True, 3.0
    options = scrubber._to_player().state["options"]
    assert (options["loop"], options["speed"]) == (True, 3.0)
    assert '"loop":true,"speed":3.0' in scrubber._repr_mimebundle_()["text/html"]


# -- what a notebook saves -----------------------------------------------------------------------


def test_output_carries_widget_player_and_still_picture(
    patches: pv.Patches, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[dict[str, Any]] = []
    monkeypatch.setattr("patchviz.jupyter.boxes.publish", published.append)
    scrubber = pv.scrub(patches, index=4)
    scrubber.index = 7
    bundle = scrubber._repr_mimebundle_()
    assert bundle[VIEW_TYPE]["model_id"] == scrubber.model_id
    assert '"index":7' in bundle["text/html"]
    assert "patchviz-player" in bundle["text/html"]
    with Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))) as image:
        assert image.size == (100, 16)
    assert bundle["text/plain"].startswith(f"Scrubber(patch 7 of {patches!r}, ")
    scrubber._ipython_display_()
    view, saved = published
    assert view == {VIEW_TYPE: bundle[VIEW_TYPE], "text/html": "", "text/plain": ""}
    assert saved == {name: bundle[name] for name in ("text/html", "image/png", "text/plain")}


def test_what_is_sent_is_stated() -> None:
    scrubber = pv.scrub(pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1))
    n_texture = sum(map(len, pv.player(scrubber.patches).tiles))
    assert n_texture < scrubber.nbytes < n_texture + 55_000
    assert f", {scrubber.nbytes:,} bytes sent)" in repr(scrubber)
    with pytest.raises(InvalidValueError, match="more than max_bytes=9999 allows"):
        pv.scrub(scrubber.patches, max_bytes=9999)
    with pytest.raises(InvalidValueError, match=r"max_bytes=130000 allows.* with loss; fewer bins"):
        pv.scrub(scrubber.patches, max_bytes=130_000)  # there is no page to have files beside


def test_output_of_a_view_is_its_figure(patches: pv.Patches) -> None:
    scrubber = pv.scrub(view_of(patches))
    bundle = scrubber._repr_mimebundle_()
    with Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))) as image:
        assert np.array_equal(np.asarray(image), pixels(scrubber))
    assert bundle["image/png"] in bundle["text/html"]


@pytest.mark.parametrize("image_format", ["png", "webp"])
def test_still_picture_of_a_long_recording_is_small(image_format: str) -> None:
    values = np.tile(np.linspace(-80, 0, 10_000, dtype=np.float32), (4, 1))
    patches = pv.Spectrogram(values, sr=22050, hop_length=512).patches(duration=5.0)
    scrubber = pv.scrub(patches, image_format=image_format)
    with Image.open(
        io.BytesIO(base64.b64decode(scrubber._repr_mimebundle_()["image/png"]))
    ) as still:
        assert still.size == (1250, 4)
        rgb = np.asarray(still.convert("RGBA"))[..., :3]
    expected = np.array([colormaps["magma"](end)[:3] for end in (0.0, 1.0)]) * 255
    assert np.abs(rgb[0, [0, -1]] - expected).max() < 8


# -- a cell that runs again ----------------------------------------------------------------------


class Shell:
    """What of IPython's shell counts here."""

    def __init__(self) -> None:
        events = {"pre_run_cell": lambda info: None, "post_execute": lambda: None}
        self.events = EventManager(self, events)
        self.cell: str | None = None
        self.displayhook = SimpleNamespace(prompt_count=0)
        self.user_ns: dict[str, Any] = {"Out": {}}

    def get_parent(self) -> dict[str, Any]:
        return {"metadata": {} if self.cell is None else {"cellId": self.cell}}

    def run(self, cell: str | None) -> None:
        self.cell = cell
        self.displayhook.prompt_count += 1
        self.events.trigger("pre_run_cell", SimpleNamespace(cell_id=cell))


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Shell:
    from patchviz.jupyter import boxes, notebook  # the first has kept the other's, and keeps it

    assert boxes.shell is notebook.shell
    shell = Shell()
    monkeypatch.setattr(notebook, "shell", lambda: shell)
    return shell


def test_cell_that_runs_again_closes_what_it_made(patches: pv.Patches, shell: Shell) -> None:
    shell.run("a")
    first, second = pv.scrub(patches), pv.scrub(patches)
    shell.run("b")
    third = pv.scrub(patches)
    assert None not in (first.comm, second.comm, third.comm)
    shell.run("a")
    assert first.comm is second.comm is None
    assert third.comm is not None
    third.close()
    assert not shell.events.callbacks["pre_run_cell"]


def test_what_was_decided_outlives_the_cell(patches: pv.Patches, shell: Shell) -> None:
    shell.run("a")
    scrubber, none = pv.scrub(patches), pv.scrub(patches)
    scrubber.picked, scrubber.rejected, scrubber.names = [3], [5], {3: "owl"}
    decided = scrubber.to_frame()
    with pytest.warns(UserWarning, match="^2 decisions left with the scrubber whose cell") as told:
        shell.run("a")
    assert len(told) == 1
    assert scrubber.comm is none.comm is None
    pd.testing.assert_frame_equal(scrubber.to_frame(), decided)
    assert decided["label"].tolist() == ["owl", "reject"]


@pytest.mark.parametrize("returns", ["nothing", "it", "another", "no Out"])
def test_what_was_decided_is_there_by_the_number_of_its_cell(
    patches: pv.Patches, shell: Shell, returns: str
) -> None:
    """Where the cell gives its name to another, and `display` showed it."""
    for _ in range(3):
        shell.run("other")
    shell.run("a")
    scrubber = pv.scrub(patches)
    scrubber.picked = [3]
    if returns == "no Out":
        del shell.user_ns["Out"]
    elif returns != "nothing":
        shell.user_ns["Out"][4] = scrubber if returns == "it" else "another"
    is_there = returns in ("nothing", "it")
    by = r"Out\[4\].to_frame\(\)\) takes" if is_there else r"old.to_frame\(\)\) .* if old names it"
    with pytest.warns(UserWarning, match=rf"begins without\. scrubber\.decide\({by}"):
        shell.run("a")
    if is_there:
        assert shell.user_ns["Out"] == {4: scrubber}
        assert len(shell.user_ns["Out"][4].to_frame()) == 1


COUNTS = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for _ in range(2):
    shell.run_cell("from patchviz.jupyter.notebook import running_number; running_number()", True)
print(shell.user_ns["Out"])
"""


@pytest.mark.slow
def test_the_number_of_a_cell_is_that_by_which_out_has_what_it_returns(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COUNTS], env={**os.environ, "IPYTHONDIR": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "{1: 1, 2: 2}"


def test_what_is_padded_stays_the_same_with_other_labels() -> None:
    spec = pv.Spectrogram(np.random.default_rng(0).random((4, 100)), sr=1000, hop_length=10)
    patches = spec.patches(duration=0.3, tail="pad")
    scored = patches.with_scores(np.linspace(0, 1, len(patches)), classes=["wren"])
    scrubber = pv.scrub(scored)
    scrubber.picked = [2]
    scrubber.spec = spec.with_labels([(0.0, 0.1, "wren")])
    assert scrubber.picked == (2,)
    assert scrubber.patches.scores is not None
    scrubber.close()


def test_lanes_of_other_classes_do_not_stay(patches: pv.Patches) -> None:
    n = len(patches)
    scrubber: Any = pv.scrub(patches.with_scores(np.eye(n)[:, :3], classes=["a", "b", "c"]))
    scrubber.set_state({"_chosen": ["c"]})
    scrubber.patches = patches.with_scores(np.eye(n)[:, :2], classes=["d", "e"])
    assert scrubber.classes == ("d", "e")
    scrubber.close()


def test_a_sheet_leaves_the_page_with_its_cell_and_keeps_what_was_decided(
    patches: pv.Patches, shell: Shell
) -> None:
    shell.run("a")
    widgets = len(_instances)
    for _ in range(3):
        sheet = pv.sheet(patches, [0, 3])
        sheet.picked = [3]
        shell.run("a")
        assert sheet.comm is None
        assert sheet.picked == (3,)
        assert len(sheet.to_frame()) == 1
        assert len(_instances) == widgets
    sheet.close()
    other = pv.sheet(patches, [0])
    other.close()
    assert not shell.events.callbacks["pre_run_cell"]


def test_a_figure_that_cannot_be_drawn_is_asked_for_again(patches: pv.Patches) -> None:
    view = view_of(patches)
    scrubber: Any = pv.scrub(view)
    text = view.figure.text(0.5, 0.5, r"$\frac{a$")
    figure = scrubber._now.figure
    with pytest.raises(ValueError, match="frac"):
        figure.paint()
    text.set_text("a")
    asyncio.run(requested(figure))
    scrubber.close()


async def requested(figure: Any) -> None:
    figure.request_paint()
    assert figure._is_requested
    await asyncio.sleep(0)
    assert not figure._is_requested


def test_what_is_drawn_in_any_cell_is_seen_after_it(patches: pv.Patches, shell: Shell) -> None:
    view = view_of(patches)
    (line,) = view.ax.plot([0.1, 0.1], [0, 5000], color="white")
    scrubber = pv.scrub(view)
    for change in (lambda: line.set_color("red"), lambda: view.figure.set_facecolor("gray")):
        before = pixels(scrubber)
        change()
        shell.events.trigger("post_execute")
        assert not np.array_equal(pixels(scrubber), before)
    scrubber.close()
    assert not shell.events.callbacks["post_execute"]


def test_without_ids_of_cells_scrubbers_stay(patches: pv.Patches, shell: Shell) -> None:
    shell.run(None)
    scrubber = pv.scrub(patches)
    shell.run(None)
    assert scrubber.comm is not None


# -- closing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("of", ["patches", "view"])
def test_closing_leaves_no_widget_no_figure_and_no_callback(patches: pv.Patches, of: str) -> None:
    before = set(_instances)
    view = view_of(patches)
    scrubber = pv.scrub(patches if of == "patches" else view)
    scrubber.observe(print, "index")
    comms = scrubber.comm
    scrubber.close()
    scrubber.close()  # a second time does nothing
    assert set(_instances) == before
    assert comms is not None
    assert scrubber.comm is None
    assert not view._callbacks
    assert not view.mesh.get_animated()
    view.index = 5
    plt.close(view.figure)
    assert not Gcf.figs


@pytest.mark.parametrize("name", ["patch", "patches", "controls", "cmap", "title"])
def test_closed_scrubber_says_so(patches: pv.Patches, name: str) -> None:
    scrubber = pv.scrub(patches, index=3)
    scrubber.close()
    message = r"this scrubber is closed\. Make a new one: patchviz\.scrub\(patches\)\."
    with pytest.raises(InvalidValueError, match=message):
        getattr(scrubber, name)
    for setting, value in (("index", 2), ("speed", 2.0), ("loop", True), ("picked", [1])):
        with pytest.raises(InvalidValueError, match=message):
            setattr(scrubber, setting, value)
    with pytest.raises(InvalidValueError, match=message):
        scrubber.play()
    assert repr(scrubber) == "Scrubber(closed)"


@pytest.mark.slow
@pytest.mark.parametrize("n", [40, pytest.param(1000, marks=pytest.mark.soak)])
def test_scrubbers_made_and_closed_leave_memory_flat(patches: pv.Patches, n: int) -> None:
    n_bytes, n_objects = [], []
    ipywidgets.Widget.close_all()  # or where they are kept may grow just now
    gc.collect()
    gc.freeze()  # what was there before is not looked through each time
    tracemalloc.start()
    try:
        for _ in range(10 + n):
            scrubber = pv.scrub(patches)
            scrubber.index = 3
            scrubber.close()
            del scrubber
            gc.collect()
            n_bytes.append(tracemalloc.get_traced_memory()[0])
            n_objects.append(len(gc.get_objects()))
    finally:
        tracemalloc.stop()
    # The first of them fill caches. matplotlib remembers the sizes of some thousand texts.
    assert slope(n_bytes[10:]) < 1500  # what Python keeps of names that traitlets asks for
    assert slope(n_objects[10:]) < 0.1
    assert not Gcf.figs
