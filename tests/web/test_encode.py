"""What a player is made of is encoded once, and no more of it than its budget allows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import BoundaryNorm, LogNorm, Normalize

import patchviz as pv
from patchviz.audio.formats import AUDIO_FORMATS
from patchviz.errors import InvalidValueError
from patchviz.web import encode
from patchviz.web.encode import Encoder
from patchviz.web.options import PlayerOptions
from patchviz.web.player import Player, make_player


def noise(duration: float, sr: int = 8000) -> pv.Audio:
    y = np.random.default_rng(0).uniform(-0.5, 0.5, int(duration * sr)).astype(np.float32)
    return pv.Audio.from_array(y, sr)


@pytest.fixture
def patches() -> pv.Patches:
    values = np.random.default_rng(0).uniform(0.1, 1, (16, 200))
    return pv.Spectrogram(values, sr=8000, audio=noise(12.8)).patches(frame_length=20)


class Counted:
    """Makes players with one encoder, and knows what had to be encoded for the last of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.encoder = Encoder()
        self.encoded: list[str] = []
        for name in ("encode_tiles", "encode_sound"):
            monkeypatch.setattr(encode, name, self._counting(name, getattr(encode, name)))

    def _counting(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*args: Any, **options: Any) -> Any:
            self.encoded.append(name.removeprefix("encode_"))
            return function(*args, **options)

        return counting

    def make(self, patches: pv.Patches, **options: Any) -> Player:
        self.encoded.clear()
        # Each Ogg file has a number of its own, a WAV file has none.
        options = {"audio": True, "audio_format": "wav", **options}
        made = make_player(patches, PlayerOptions(**options), 0, self.encoder)
        encoded = list(self.encoded)
        assert made.to_html() == pv.player(patches, **options).to_html()
        self.encoded = encoded
        return made


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)


def test_what_is_the_same_is_encoded_once(patches: pv.Patches, counted: Counted) -> None:
    counted.make(patches)
    assert counted.encoded == ["tiles", "sound"]
    for options in ({"title": "b"}, {"alt": "c"}, {"speed": 2}, {"time": "patch"}, {"width": 400}):
        counted.make(patches, **options)
        assert counted.encoded == []
    for other in (
        pv.Patches(patches.spectrogram, frame_length=9, hop_length=2),
        pv.Patches(patches.spectrogram, frame_length=9, starts=[1, 5, 100]),
    ):
        counted.make(other)
        assert counted.encoded == []


@pytest.mark.parametrize(
    "options",
    [{"cmap": "viridis"}, {"clim": (0, 1)}, {"image_format": "webp"}, {"column_step": 2},
     {"norm": LogNorm(0.1, 1)}],
)  # fmt: skip
def test_another_look_is_another_picture_with_the_same_sound(
    patches: pv.Patches, counted: Counted, options: dict[str, Any]
) -> None:
    counted.make(patches)
    counted.make(patches, **options)
    assert counted.encoded == ["tiles"]
    counted.make(patches, **options)
    assert counted.encoded == []


def test_another_form_of_the_sound_is_another_sound_with_the_same_picture(
    patches: pv.Patches, counted: Counted
) -> None:
    counted.make(patches)
    counted.make(patches, audio_format="flac")
    assert counted.encoded == ["sound"]
    counted.make(patches, audio=False)
    counted.make(patches, audio_format="flac")
    assert counted.encoded == []


def test_another_recording_is_encoded_anew(patches: pv.Patches, counted: Counted) -> None:
    counted.make(patches)
    other = pv.Spectrogram(patches.spectrogram.values[:, :150].copy(), sr=8000, audio=noise(9.6))
    counted.make(other.patches(frame_length=20))
    assert counted.encoded == ["tiles", "sound"]


def test_a_norm_that_has_changed_in_itself_is_noticed(
    patches: pv.Patches, counted: Counted
) -> None:
    norm = Normalize(0, 1)
    counted.make(patches, norm=norm)
    norm.vmax = 0.7
    counted.make(patches, norm=norm)
    assert counted.encoded == ["tiles"]
    steps = BoundaryNorm([0, 0.5, 1], 256)
    counted.make(patches, norm=steps)
    counted.make(patches, norm=steps)
    assert counted.encoded == []
    steps.boundaries[1] = 0.3
    counted.make(patches, norm=steps)
    assert counted.encoded == ["tiles"]


def test_the_budget_is_asked_also_for_what_is_kept(patches: pv.Patches, counted: Counted) -> None:
    size = counted.make(patches).nbytes
    assert counted.make(patches, max_bytes=size).nbytes == size
    for n_bytes in (size - 1, 50_000):
        options = PlayerOptions(audio=True, audio_format="wav", max_bytes=n_bytes)
        with pytest.raises(InvalidValueError, match=rf"more than max_bytes={n_bytes} allows"):
            make_player(patches, options, 0, counted.encoder)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How many seconds of a sound have been read, each time that it was."""
    seen: list[float] = []
    blocks = pv.Audio.blocks

    def counting(self: pv.Audio, **options: Any) -> Any:
        for block in blocks(self, **options):
            seen.append(block.shape[1] / (options.get("sr") or self.sr))
            yield block

    monkeypatch.setattr(pv.Audio, "blocks", counting)
    return seen


def over(patches: pv.Patches, **options: Any) -> tuple[float, str]:
    """Return the size in bytes that the error tells, and all it says."""
    with pytest.raises(InvalidValueError) as caught:
        pv.player(patches, audio=True, **options)
    message = str(caught.value)
    said = re.search(r"about ([\d.]+) ([kM])B, more than max_bytes=\d+ allows: page .*so", message)
    assert said is not None, message
    return float(said[1]) * (1e6 if said[2] == "M" else 1e3), message


def test_a_sound_beyond_the_budget_is_not_encoded_at_all(
    monkeypatch: pytest.MonkeyPatch, read: list[float]
) -> None:
    spec = pv.Spectrogram(np.ones((1, 1000)), sr=8000, hop_length=1024, audio=noise(128.0))
    patches = spec.patches(frame_length=20)
    size = pv.player(patches, audio=True, max_bytes=10**8).nbytes
    read.clear()
    monkeypatch.delattr(encode, "encode_sound")
    assert over(patches, max_bytes=200_000)[0] == pytest.approx(size, rel=0.15)
    assert 0 < sum(read) < 20


@pytest.mark.parametrize(
    "audio_format",
    [
        pytest.param(f, marks=() if f in ("ogg", "flac") else pytest.mark.slow)
        for f in AUDIO_FORMATS
    ],
)
def test_a_day_is_refused_by_what_pieces_of_it_say(audio_format: str, read: list[float]) -> None:
    """It took minutes: 24 hours were resampled and encoded as far as the budget went."""
    sr, day = 100, 24 * 3600
    y = np.random.default_rng(0).uniform(-0.5, 0.5, sr * day).astype(np.float32)
    audio = pv.Audio.from_array(y, sr)
    spec = pv.Spectrogram(np.ones((4, day // 60)), sr=sr, hop_length=60 * sr, audio=audio)
    _, message = over(spec.patches(frame_length=2), audio_format=audio_format)
    assert sum(read) < 20
    for words in ("Raise max_bytes, or make it smaller", "audio=False leaves out the sound"):
        assert words in message


@pytest.mark.slow
def test_a_loud_beginning_does_not_speak_for_the_rest() -> None:
    """What is within the budget is not refused for what the first seconds take."""
    y = np.zeros(8000 * 600, np.float32)
    y[: 8000 * 20] = np.random.default_rng(0).uniform(-0.5, 0.5, 8000 * 20)
    spec = pv.Spectrogram(
        np.ones((1, 600)), sr=8000, hop_length=8000, audio=pv.Audio.from_array(y, 8000)
    )
    patches = spec.patches(frame_length=20)
    assert pv.player(patches, audio=True, max_bytes=600_000).nbytes < 600_000


def test_a_sound_a_little_over_its_budget_is_encoded_and_measured(patches: pv.Patches) -> None:
    size = pv.player(patches, audio=True, max_bytes=10**8).nbytes
    assert pv.player(patches, audio=True, max_bytes=size + 100).nbytes <= size + 100
    with pytest.raises(InvalidValueError, match=r"more than max_bytes=\d+ allows"):
        pv.player(patches, audio=True, max_bytes=size - 1000)


def test_without_a_picture_it_keeps_time_and_is_asked_for_its_size(patches: pv.Patches) -> None:
    made = make_player(patches, PlayerOptions(audio=True), 3, pictured=False)
    assert made.tiles == ()
    assert made.sound is not None
    expected = pv.player(patches, audio=True, index=3).state
    assert made.state == expected
    with pytest.raises(InvalidValueError, match="Raise max_bytes: no page is smaller"):
        make_player(patches, PlayerOptions(max_bytes=1000), 0, pictured=False)
    with pytest.raises(InvalidValueError) as caught:
        make_player(
            patches, PlayerOptions(audio=True, max_bytes=made.nbytes - 1), 0, pictured=False
        )
    assert str(caught.value).endswith(
        "Raise max_bytes, or make it smaller: audio=False leaves out the sound; "
        'assets="folder" writes files beside the page; a shorter recording helps too.'
    )


def test_a_fragment_is_its_markup_and_its_script(patches: pv.Patches) -> None:
    made = pv.player(patches)
    markup, script = made.fragment.markup, made.fragment.script
    assert made.to_html() == str(made.fragment) == f"{markup}\n<script>\n{script}\n</script>"
    assert markup.startswith("<patchviz-player-")
    assert "<script>" not in markup
    assert "</script" not in script
