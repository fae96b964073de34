"""What people take along from a page: sound, picture and labels, made in the browser."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image

import patchviz as pv
from patchviz.audio.source import Audio

from .conftest import HOP, SR, make_spectrogram

NAME = 'a, "quoted" <b>'
LABELS = [
    {"start_time": 1.25, "end_time": 2.0, "label": NAME, "low_f": 300.1, "high_f": 2e3},
    {"start_time": 3.0, "end_time": 4.123457, "label": "wren"},
]  # fmt: skip


def take(opened: Any, what: str, n: int = 0) -> tuple[str, bytes]:
    """Choose from the menu; return the file's name and its content."""
    opened.find(".more summary", n=n).click()
    with opened.page.expect_download() as coming:
        opened.find(f"[data-take={what}]", n=n).click()
    assert opened.find(".more[open]", n=n).count() == 0
    return coming.value.suggested_filename, Path(coming.value.path()).read_bytes()


def noise_patches(**fields: Any) -> tuple[np.ndarray, pv.Patches]:
    y = np.random.default_rng(0).uniform(-0.5, 0.5, 640 * HOP).astype(np.float32)
    audio = Audio.from_array(y, SR)
    spec = make_spectrogram(name="a/b: <c>", audio=audio, **fields)
    return y, spec.patches(duration=2.0, hop_duration=0.1)


@pytest.mark.parametrize("audio_format", ["wav", "flac"])
def test_the_sound_of_a_patch_is_its_samples(open_page: Any, audio_format: str) -> None:
    y, patches = noise_patches()
    made = pv.player(patches, audio=True, audio_format=audio_format, index=30, max_bytes=10**7)
    opened = open_page(made)
    name, data = take(opened, "wav")
    samples, rate = soundfile.read(io.BytesIO(data), dtype="float32")
    first, last = patches.frames(30)
    wanted = y[first * HOP : last * HOP]
    start, end = patches.time(30)
    assert name == f"a_b_c__{start:.3f}-{end:.3f}.wav"
    assert rate == SR
    assert samples.shape == wanted.shape
    assert np.abs(samples - wanted).max() <= 1 / 2**15  # 16 bits
    opened.js("player.region = [1.0, 1.5]")
    _, data = take(opened, "wav")
    samples, _ = soundfile.read(io.BytesIO(data), dtype="float32")
    assert np.abs(samples - y[SR : round(1.5 * SR)]).max() <= 1 / 2**15


def test_the_picture_has_the_cells_and_the_words_around_them(open_page: Any) -> None:
    patches = make_spectrogram(name="glides").with_labels(LABELS).patches(duration=2.0)
    opened = open_page(pv.player(patches, index=1))
    name, data = take(opened, "png")
    assert name == "glides_1.997-3.994.png"
    picture = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    player, canvas = (opened.find(what).bounding_box() for what in (".player", ".patch canvas"))
    left, top = (2 * (8 + canvas[axis] - player[axis]) for axis in ("x", "y"))
    top -= 2 * (opened.find(".header").bounding_box()["y"] - player["y"])
    cells = opened.pixels(".patch canvas")[..., :3]
    height, width = cells.shape[:2]
    shown = picture[round(top) :, round(left) :][: 2 * height : 2, : 2 * width : 2]
    assert np.median(np.abs(shown[20:-20, 20:-20].astype(int) - cells[20:-20, 20:-20])) == 0
    # Ticks stand to its left, the title above it, on the page's white.
    for part in (picture[round(top) : round(top) + 600, : round(left) - 8], picture[: round(top)]):
        assert (part.min(axis=-1) < 128).sum() > 100
    assert (picture[-1] == 255).all()
    assert (picture[round(top) : round(top) + 600, 16:18] == 255).all()  # nothing has a frame


@pytest.mark.parametrize("what", ["csv", "raven"])
def test_labels_come_back_as_they_were(open_page: Any, tmp_path: Path, what: str) -> None:
    spec = make_spectrogram(name="glides").with_labels(LABELS)
    name, data = take(open_page(pv.player(spec.patches(duration=2.0))), what)
    (tmp_path / name).write_bytes(data)
    read = pv.read_labels(tmp_path / name)
    for column in ("start_time", "end_time", "low_f", "high_f"):
        np.testing.assert_array_equal(read[column], spec.labels[column])
    assert read["label"].tolist() == [label["label"] for label in LABELS]


def test_the_menu_has_what_there_is(open_page: Any, patches: pv.Patches) -> None:
    opened = open_page(pv.player(patches))
    opened.find(".more summary").focus()
    opened.page.keyboard.press("Enter")
    visible = [button.text_content() for button in opened.find(".taken button").all()
               if button.is_visible()]  # fmt: skip
    assert visible == [
        "Picture (PNG)", "Link to this patch (L)", "Measure (M)", "Full screen (F)", "All keys (?)",
    ]  # fmt: skip
    opened.page.keyboard.press("Escape")
    assert opened.find(".more[open]").count() == 0
    assert opened.js("root.activeElement.localName") == "summary"
    opened.find(".more summary").click()
    opened.find(".title").click()
    assert opened.find(".more[open]").count() == 0


def test_what_cannot_be_decoded_is_said(open_page: Any, sounding_patches: pv.Patches) -> None:
    opened = open_page(pv.player(sounding_patches, audio=True))
    opened.page.evaluate(
        """() => { OfflineAudioContext.prototype.decodeAudioData =
            () => Promise.reject(new Error("no such codec")); }"""
    )
    opened.find(".more summary").click()
    opened.find("[data-take=wav]").click()
    opened.wait("root.querySelector('.message').textContent")
    said = opened.find(".message").text_content()
    assert said == "That cannot be taken along: no such codec."
