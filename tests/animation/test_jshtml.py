"""An animation as HTML: in a notebook, in Sphinx-Gallery, wherever matplotlib's would be."""

from __future__ import annotations

import base64
import json
import re
import sys
import warnings
from collections.abc import Iterator

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

import patchviz as pv
from patchviz.animation.animate import PatchAnimation
from patchviz.errors import InvalidValueError
from patchviz.web.texture import Quantizer


@pytest.fixture
def patches() -> pv.Patches:
    values = np.random.default_rng(0).normal(size=(16, 100)).astype(np.float32)
    return pv.Spectrogram(values, name="noise").patches(frame_length=30, hop_length=10)


def view_of(patches: pv.Patches) -> pv.PatchView:
    """Return a view whose figure takes no time to lay out."""
    return pv.PatchView(patches, ax=Figure(figsize=(3, 2)).add_subplot())


@pytest.fixture
def anim(patches) -> Iterator[PatchAnimation]:
    """Return one that need not be shown: matplotlib warns of those that nobody has seen."""
    anim = pv.animate(view_of(patches))
    yield anim
    anim._draw_was_started = True


def state(html: str) -> dict:
    """Return what the player on a page is told."""
    (text,) = re.findall(r'<script type="application/json">(.*?)</script>', html)
    return json.loads(text)


def test_it_is_the_player(patches):
    anim = pv.animate(patches)
    told, player = state(anim.to_jshtml()), pv.player(patches, loop=True)
    assert told == player.state
    assert told["patches"]["count"] == 8


def test_the_player_has_the_look_title_and_index_of_the_view(patches):
    figure = Figure()
    figure.suptitle("above")
    view = pv.PatchView(patches, ax=figure.add_subplot(), cmap="gray", norm=PowerNorm(0.5, 0, 2))
    anim = pv.animate(view, repeat=False)
    view.index = 5
    told = state(anim.to_jshtml())
    expected = pv.player(
        patches, title="above", cmap="gray", norm=PowerNorm(0.5, 0, 2), index=5
    ).state
    assert told == expected


def test_the_speed_is_the_animations(patches):
    assert state(pv.animate(view_of(patches), speed=2).to_jshtml())["options"][
        "speed"
    ] == pytest.approx(2)
    anim = pv.animate(view_of(patches))
    fps = 3 / patches.hop_duration
    assert state(anim.to_jshtml(fps=fps))["options"]["speed"] == pytest.approx(3)
    # Nothing is kept from one call to the next.
    assert state(anim.to_jshtml())["options"]["speed"] == pytest.approx(1)


@pytest.mark.parametrize("repeat", [True, False])
def test_what_happens_at_the_end(patches, repeat):
    anim = pv.animate(view_of(patches), repeat=repeat)
    assert state(anim.to_jshtml())["options"]["loop"] is repeat
    assert state(anim.to_jshtml(default_mode="loop"))["options"]["loop"] is True
    assert state(anim.to_jshtml(default_mode="once"))["options"]["loop"] is False


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            {"default_mode": "reflect"},
            "default_mode='reflect' is not allowed. It must be one of 'loop', 'once'.",
        ),
        ({"default_mode": "lop"}, "Did you mean 'loop'?"),
        ({"embed_frames": False}, "embed_frames=False is not possible: a player is one piece."),
        ({"fps": 0}, "fps=0 is not allowed. It must be a finite number, at least 0.2"),
        ({"fps": 1e6}, "fps=1000000.0 is not allowed."),
    ],
)
def test_what_a_player_cannot_do_is_refused(anim, arguments, words):
    with pytest.raises(InvalidValueError, match=re.escape(words)):
        anim.to_jshtml(**arguments)


def test_embed_limit_is_an_error_and_never_a_cut(anim):
    with (
        matplotlib.rc_context({"animation.embed_limit": 0.01}),
        pytest.raises(InvalidValueError, match=r'rcParams\["animation.embed_limit"\]=0.01 MB'),
    ):
        anim.to_jshtml()


def test_a_player_beyond_the_embed_limit_is_not_encoded_to_its_end(monkeypatch):
    encoded = []
    original = Quantizer.__call__
    monkeypatch.setattr(
        Quantizer, "__call__", lambda self, values: encoded.append(1) or original(self, values)
    )
    values = np.random.default_rng(0).uniform(size=(4, 100_000))
    anim = pv.animate(pv.Spectrogram(values).patches(frame_length=100), ax=Figure().add_subplot())
    with (
        matplotlib.rc_context({"animation.embed_limit": 0.06}),
        pytest.raises(InvalidValueError, match=r"limit.\]=0.06 MB allows\. Raise that, or make"),
    ):
        anim.to_jshtml()
    assert len(encoded) <= 2


def test_it_shows_itself_as_the_player_whatever_matplotlibs_default(patches):
    for setting in ("none", "jshtml"):
        with matplotlib.rc_context({"animation.html": setting}):
            assert state(pv.animate(patches)._repr_html_())["patches"]["count"] == 8


def test_a_video_is_shown_to_those_who_ask_for_one(anim, monkeypatch):
    monkeypatch.setattr(PatchAnimation, "to_html5_video", lambda self: "<video></video>")
    with matplotlib.rc_context({"animation.html": "html5"}):
        assert anim._repr_html_() == "<video></video>"


@pytest.mark.slow
def test_a_video_needs_no_ffmpeg_of_the_system(patches, monkeypatch):
    pytest.importorskip("imageio_ffmpeg")
    anim = pv.animate(pv.Patches(patches.spectrogram, frame_length=30, hop_length=35))
    with matplotlib.rc_context({"animation.html": "html5", "animation.ffmpeg_path": "no-ffmpeg"}):
        tag = anim._repr_html_()
    film = base64.b64decode(re.search(r'base64,([^"]+)"', tag)[1])
    assert tag.startswith("<video width=")
    assert film[4:8] == b"ftyp"
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with (
        matplotlib.rc_context({"animation.ffmpeg_path": "no-ffmpeg"}),
        pytest.raises(pv.PatchvizError, match=r'no ffmpeg.*pip install "patchviz-audio\[ffmpeg\]"'),
    ):
        pv.animate(patches).to_html5_video()


def test_inline_jupyter_shows_one_picture(patches, monkeypatch):
    anim = pv.animate(patches)
    other = plt.figure()
    monkeypatch.setattr(plt, "get_backend", lambda: "inline")
    anim._repr_html_()
    assert plt.get_fignums() == [other.number]
    # The animation lives on: it can be shown, and saved, again.
    anim.view.index = 3
    assert state(anim._repr_html_())["options"]["index"] == 3


def test_elsewhere_the_figure_stays(patches):
    anim = pv.animate(patches)
    anim.to_jshtml()
    assert plt.get_fignums() == [anim.view.figure.number]


def test_an_animation_that_was_shown_may_go_without_a_warning(patches):
    anim = pv.animate(patches)
    anim._repr_html_()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        anim.__del__()
