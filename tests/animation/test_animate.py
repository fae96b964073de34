"""Frames are patches, at the rate at which they sound. (Saving: test_exports.py.)"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from matplotlib.animation import FuncAnimation
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from numpy.typing import NDArray

import patchviz
from patchviz.animation import moving as animation_module
from patchviz.animation.animate import PatchAnimation, animate
from patchviz.core.patches import Patches
from patchviz.core.spectrogram import Spectrogram
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.plot.view import PatchView
from patchviz.web.making import player


def make_patches(n: int = 21) -> Patches:
    values = np.random.default_rng(0).normal(size=(12, 18 + 2 * n))
    return Spectrogram(values, y_axis="mel").patches(frame_length=20, hop_length=2)


def make_animation(n: int = 21, **options: float) -> PatchAnimation:
    figure = Figure(figsize=(3, 2.2), dpi=60)
    FigureCanvasAgg(figure)
    animation = animate(make_patches(n), ax=figure.add_subplot(), **options)
    animation._draw_was_started = True  # or matplotlib warns that nobody saw it
    return animation


def pixels(figure: Figure) -> NDArray[np.uint8]:
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    canvas.draw()
    canvas.draw()  # constrained layout settles with the second drawing
    return np.array(canvas.buffer_rgba())


class Clock:
    """Stands in for ``time``: its hands are moved by the test."""

    def __init__(self) -> None:
        self.now = 1000.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(animation_module, "time", clock)
    return clock


def step(animation: PatchAnimation, frames: Iterator[int]) -> int:
    """What matplotlib does when its timer fires: take a frame and draw it."""
    index = next(frames)
    animation._draw_next_frame(index, True)
    return index


# -- the example -------------------------------------------------------------------------------


def test_interval_is_the_true_hop() -> None:
    animation = animate(
        patchviz.Spectrogram.example().patches(duration=5.0, hop_duration=0.1),
        ax=Figure().add_subplot(),
    )
    animation._draw_was_started = True
    assert isinstance(animation, FuncAnimation)
    assert repr(animation) == "PatchAnimation of 107 frames, 92.88 ms each"
    assert animation.interval == pytest.approx(1000 * 4 * 512 / 22050)
    assert list(animation.new_saved_frame_seq()) == list(range(107))


def test_frames_equal_static_drawings() -> None:
    patches = patchviz.Spectrogram.example().patches(duration=5.0, hop_duration=1.0)
    figure = Figure(figsize=(4, 3), dpi=60)
    FigureCanvasAgg(figure)
    view = PatchView(patches, ax=figure.add_subplot(), colorbar=True)
    animation = animate(view)
    animation._draw_was_started = True
    (mesh,) = view.ax.collections
    assert isinstance(mesh, QuadMesh)
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    for index in (5, len(patches) - 1):
        animation._draw_next_frame(index, True)
        frame = np.array(canvas.buffer_rgba())
        still = Figure(figsize=(4, 3), dpi=60)
        FigureCanvasAgg(still)
        PatchView(patches, ax=still.add_subplot(), index=index, colorbar=True)
        np.testing.assert_array_equal(frame, pixels(still))
        assert list(view.ax.collections) == [mesh]
        assert view.title.get_text().startswith(f"patch {index} ")
    assert animation._repainter.n_full_draws == 1


# -- the clock ---------------------------------------------------------------------------------


def test_frames_are_due_by_the_clock(clock: Clock) -> None:
    animation = make_animation()
    seconds = animation.interval / 1000
    frames = animation.new_frame_seq()
    shown = []
    for wait in (0, 1.01, 1, 0.5, 0.5, 3, 1):  # 0.5: early; 3: late, two patches are skipped
        clock.now += wait * seconds
        shown.append(step(animation, frames))
    assert shown == [0, 1, 2, 2, 3, 6, 7]


def test_the_last_patch_is_shown_and_ends_a_round(clock: Clock) -> None:
    animation = make_animation(n=5)
    frames = animation.new_frame_seq()
    assert step(animation, frames) == 0
    clock.now += 60
    assert step(animation, frames) == 4
    assert list(frames) == []
    assert next(animation.new_frame_seq()) == 0  # and the next round begins


def test_speed_makes_frames_due_sooner(clock: Clock) -> None:
    animation = make_animation(speed=2.0)
    assert animation.interval == pytest.approx(500 * animation.view.patches.hop_duration)
    frames = animation.new_frame_seq()
    step(animation, frames)
    clock.now += 1.01 * animation.view.patches.hop_duration
    assert step(animation, frames) == 2


def test_it_begins_and_goes_on_from_the_patch_that_is_shown(clock: Clock) -> None:
    animation = make_animation()
    seconds = animation.interval / 1000
    animation.view.index = 8
    frames = animation.new_frame_seq()
    assert step(animation, frames) == 8
    clock.now += 1.01 * seconds
    animation.view.index = 15  # a slider
    assert step(animation, frames) == 15
    clock.now += 1.01 * seconds
    assert step(animation, frames) == 16
    animation.view.index = 3
    clock.now += 1.01 * seconds
    assert step(animation, frames) == 3


@pytest.mark.parametrize("moved_to", [None, 12])
def test_a_pause_does_not_count(clock: Clock, moved_to: int | None) -> None:
    animation = make_animation()
    seconds = animation.interval / 1000
    frames = animation.new_frame_seq()
    step(animation, frames)
    clock.now += 2.01 * seconds
    assert step(animation, frames) == 2
    animation.pause()
    clock.now += 1000
    if moved_to is not None:
        animation.view.index = moved_to
    animation.resume()
    here = 2 if moved_to is None else moved_to
    assert step(animation, frames) == here
    clock.now += 1.01 * seconds
    assert step(animation, frames) == here + 1


def test_redrawing_after_a_resize_does_not_lose_the_place(clock: Clock) -> None:
    animation = make_animation()
    seconds = animation.interval / 1000
    frames = animation.new_frame_seq()
    step(animation, frames)
    clock.now += 3.01 * seconds
    assert step(animation, frames) == 3
    animation._init_draw()
    assert animation.view.index == 3
    clock.now += 1.01 * seconds
    assert step(animation, frames) == 4


def test_one_patch() -> None:
    animation = make_animation(n=1)
    assert list(animation.new_frame_seq()) == [0]


# -- in a window -------------------------------------------------------------------------------


def test_playing_draws_the_rest_once(clock: Clock) -> None:
    animation = make_animation()
    figure = animation._repainter.figure
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    canvas.blit = lambda bbox: None  # type: ignore[attr-defined]  # as canvases of windows have
    animation._start()
    animation._draw_was_started = True
    for _ in range(5):
        clock.now += animation.interval / 1000
        assert animation._step()
    assert animation.view.index == 4
    assert animation._repainter.n_full_draws == 1
    frame = np.array(canvas.buffer_rgba())
    animation.pause()
    np.testing.assert_array_equal(frame, pixels(figure))


def test_a_paused_animation_leaves_the_figure_to_others() -> None:
    animation = make_animation()
    figure = animation._repainter.figure
    before = pixels(figure)
    animation.view.index = 3
    animation._draw_next_frame(5, True)
    assert animation.view.mesh.get_animated()
    animation.pause()
    assert not any(artist.get_animated() for artist in figure.findobj())
    assert not np.array_equal(before, pixels(figure))
    animation.resume()
    assert not animation.view.mesh.get_animated()  # until it draws


def test_no_figure_of_pyplot_with_ax() -> None:
    import matplotlib.pyplot as plt

    make_animation()
    assert plt.get_fignums() == []
    animation = animate(make_patches())
    animation._draw_was_started = True
    assert len(plt.get_fignums()) == 1


def test_nothing_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        animation = make_animation()
        animation._draw_next_frame(2, True)


# -- what bad input gets -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"speed": 0}, InvalidValueError,
         "speed=0 is not allowed. It must be a finite number, more than 0."),
        ({"speed": "fast"}, InvalidTypeError,
         "speed='fast' is of type str. It must be a finite number, more than 0."),
        ({"cmap": "magna"}, InvalidValueError,
         "cmap='magna' is no colormap of matplotlib. matplotlib.colormaps lists them. "
         "Did you mean 'magma'?"),
    ],
)  # fmt: skip
def test_bad_options(options: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        animate(make_patches(), ax=Figure().add_subplot(), **options)  # type: ignore[arg-type]
    assert str(caught.value) == message


@pytest.mark.parametrize("name", ["cmap", "clim", "norm", "reduce", "mesh_kws", "ax"])
def test_a_view_has_its_options(name: str) -> None:
    view = PatchView(make_patches(), ax=Figure().add_subplot())
    value = {"cmap": "gray", "clim": (0, 1), "reduce": "mean", "mesh_kws": {}}.get(name, view.ax)
    with pytest.raises(InvalidValueError, match=f"^{name}=.* has no use with a PatchView"):
        animate(view, **{name: value})


def test_neither_patches_nor_view() -> None:
    with pytest.raises(InvalidTypeError, match=r"^patches is of type str. It must be Patches or"):
        animate("patches")  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError, match=r"^view is of type Patches. It must be a PatchView"):
        PatchAnimation(make_patches())  # type: ignore[arg-type]


def test_a_view_whose_axes_was_removed() -> None:
    view = PatchView(make_patches(), ax=Figure().add_subplot())
    view.ax.remove()
    with pytest.raises(InvalidValueError) as caught:
        animate(view)
    message = "the view's axes has no figure any more. Make a new PatchView."
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("picked", "shown"),
    [
        ([3, 40, 41, 99], 10),  # here and there: each for as long as it sounds
        ([3, 40], 10),
        (slice(0, 90, 30), 10),
        (slice(4, 8), 2),  # as they sound in the recording
        (slice(0, 20, 3), 6),
    ],
)
def test_patches_that_were_picked_are_shown_one_after_the_other(picked: Any, shown: int) -> None:
    spec = Spectrogram(np.zeros((4, 300)), sr=10, hop_length=1)
    patches = spec.patches(frame_length=10, hop_length=2)[picked]
    anim = animate(PatchView(patches, ax=Figure().add_subplot()), speed=2.0)
    anim._draw_was_started = True
    assert anim.interval == pytest.approx(1000 * shown / 10 / 2)
    titles = []
    for index in anim.new_saved_frame_seq():
        anim.view.index = index
        titles.append(anim.view.title.get_text().partition(" · ")[0])
    assert titles == [f"patch {number} / 145" for number in patches.numbers]


def test_patches_at_starts_of_their_own_are_shown_for_as_long_as_they_sound() -> None:
    spec = Spectrogram(np.zeros((4, 60)), sr=10, hop_length=1)
    for carving, seconds in (({"starts": [0, 3, 30]}, 1.0), ({"hop_length": 7}, 0.7)):
        patches = spec.patches(frame_length=10, **carving, tail="overlap")
        anim = animate(PatchView(patches, ax=Figure().add_subplot()))
        anim._draw_was_started = True
        assert anim.interval == pytest.approx(1000 * seconds)


def test_labels_and_scores_are_shown_or_left_out() -> None:
    spec = Spectrogram(np.zeros((4, 60)), sr=10, hop_length=1, y_axis="linear")
    patches = spec.with_labels([(1.0, 2.0, "a")]).patches(frame_length=10)
    patches = patches.with_scores(np.full(6, 0.25), classes=["a"])
    for shown in (True, False):
        ax = Figure().add_subplot()
        anim = animate(patches, ax=ax, labels=shown, scores=shown)
        anim._draw_was_started = True
        anim.view.index = 1
        assert ("\nlabel a · a: 0.25" in anim.view.title.get_text()) is shown
        assert len(anim.view.artists) == 3 if shown else 2
        known = anim._to_player().state["known"]
        assert bool(known and known["labels"] and known["scores"]) is shown
    view = PatchView(patches, ax=Figure().add_subplot())
    with pytest.raises(
        InvalidValueError, match=r"labels=False has no use with a PatchView, which is drawn already"
    ):
        animate(view, labels=False)
    with pytest.raises(InvalidValueError, match=r"(?s)^truth=.* has no use with a PatchView"):
        animate(view, truth=patches.targets())
    options: dict[str, Any] = {"truth": {"min_share": 1.0}, "flim": (1, 2)}  # of the patch at 1
    anim = animate(patches, ax=Figure().add_subplot(), **options)
    anim._draw_was_started = True
    said = []
    for anim.view.index in (0, 1):
        said.append(anim.view.title.get_text().partition("\n")[2])
    assert said == ["truth none · a: 0.25", "truth a · a: 0.25"]
    state = anim._to_player().state  # shows the same in a notebook
    assert state["known"]["truth"][0] == [[], [0]]
    assert state["frequency"] == player(patches, flim=(1, 2)).state["frequency"]
    assert state["frequency"] != player(patches).state["frequency"]
