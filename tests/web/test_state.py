"""What Python tells the player is what ``static/state.d.ts`` says that it is told."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import BoundaryNorm, LogNorm

import patchviz as pv
from patchviz.web import player
from patchviz.web.html import static_text


def interfaces() -> dict[str, dict[str, str]]:
    """The types of every interface's keys."""
    found = re.findall(r"interface (\w+) \{\n(.*?)\n\}", static_text("state.d.ts"), re.DOTALL)
    return {name: dict(re.findall(r"^  (\w+): (.*);$", body, re.MULTILINE)) for name, body in found}


TYPES = interfaces()
NUMBER = (int, float)


def check(value: Any, kind: str, at: str) -> None:
    """Fail unless a value that came out of JSON is of a type, and all that is in it."""
    if kind.endswith("[]"):
        assert isinstance(value, list), f"{at} is no list"
        for i, item in enumerate(value):
            check(item, kind.removesuffix("[]"), f"{at}[{i}]")
    elif kind[0] == "[" and kind[-1] == "]":
        kinds = kind[1:-1].split(", ")
        least = sum(not each.endswith("?") for each in kinds)
        assert least <= len(value) <= len(kinds), f"{at} has {len(value)} items"
        for i, (item, each) in enumerate(zip(value, kinds, strict=False)):
            check(item, each.removesuffix("?").strip("()"), f"{at}[{i}]")
    elif " | " in kind:
        kinds = kind.split(" | ")
        if value is None:
            assert "null" in kinds, f"{at} is null"
        elif kinds[0].startswith('"'):
            assert json.dumps(value) in kinds, f"{at} is {value!r}"
        else:
            kinds.remove("null")
            (one,) = kinds
            check(value, one, at)
    elif kind in TYPES:
        assert value.keys() == TYPES[kind].keys(), f"{at} has other keys"
        for key, each in TYPES[kind].items():
            check(value[key], each, f"{at}.{key}")
    else:
        python: dict[str, tuple[type, ...]] = {
            "number": NUMBER, "string": (str,), "boolean": (bool,),
        }  # fmt: skip
        assert isinstance(value, python[kind]), f"{at} is {value!r}"
        assert (kind == "boolean") == isinstance(value, bool), f"{at} is {value!r}"


def spectrogram(n_bins: int = 12, *, gaps: bool = False, **fields: Any) -> pv.Spectrogram:
    values = np.random.default_rng(0).uniform(0.001, 1, (n_bins, 60))
    if gaps:
        values[3, 5] = np.nan
    return pv.Spectrogram(values, **fields)


def tone() -> pv.Audio:
    return pv.Audio.from_array(np.sin(np.arange(60 * 512) / 9).astype(np.float32), 22050)


BAD = matplotlib.colormaps["magma"].with_extremes(bad="red", under="lime", over="blue")

PLAYERS: dict[str, Callable[[], pv.Player]] = {
    "plain": lambda: pv.player(spectrogram().patches(frame_length=20)),
    "with sound": lambda: pv.player(
        spectrogram(audio=tone()).patches(frame_length=20), audio=True
    ),
    "with all options": lambda: pv.player(
        spectrogram(unit="dB", name="a.wav", start=-3).patches(frame_length=9),
        index=np.int64(3), loop=True, speed=2, time="patch", autoplay=True, width=640, alt="a",
        title="b", column_step=np.int32(4), image_format="webp",
    ),
    "with gaps": lambda: pv.player(spectrogram(gaps=True).patches(frame_length=20), cmap=BAD),
    "with values of its own": lambda: pv.player(
        spectrogram().patches(frame_length=20), norm=LogNorm(0.01, 1)
    ),
    "with a few levels": lambda: pv.player(
        spectrogram().patches(frame_length=20), norm=BoundaryNorm([0, 0.5, 1], 256)
    ),
    "with numbers of numpy": lambda: pv.player(
        spectrogram(sr=np.float32(8000), hop_length=np.int64(100)).patches(frame_length=np.int8(9)),
        clim=(np.float32(0), np.int64(1)), speed=np.float64(0.5),
    ),
    "of some of the patches": lambda: pv.player(spectrogram().patches(frame_length=9)[[0, 3]]),
    "of a batch": lambda: pv.player(
        pv.Patches.from_batch(np.eye(9, 12).reshape(1, 9, 12), names=["a"])
    ),
    "of items, of which one is padded": lambda: pv.player(
        pv.Patches.from_batch(np.eye(9, 12).reshape(1, 9, 12), lengths=[7])
    ),
    "of notes": lambda: pv.player(spectrogram(y_axis="cqt_note").patches(frame_length=20)),
    "of pitch classes": lambda: pv.player(spectrogram(y_axis="chroma").patches(frame_length=20)),
    "of rows not equally high": lambda: pv.player(
        spectrogram(33, y_axis="log").patches(frame_length=20)
    ),
    "of means": lambda: pv.player(
        pv.Spectrogram(np.array([[0.0, 1, 2], [np.nan, 4, 5]])).patches(frame_length=2),
        reduce="mean",
    ),
    "of channels": lambda: pv.player(spectrogram(24, n_channels=2).patches(frame_length=20)),
    "at starts of their own": lambda: pv.player(
        spectrogram().patches(frame_length=20, starts=np.array([0, 3, 11], np.int32))
    ),
    "at times of their own": lambda: pv.player(
        spectrogram().patches(duration=0.2, starts=[0.0, 0.1, 0.5])
    ),
    "padded": lambda: pv.player(spectrogram().patches(frame_length=25, tail="pad"), height=480),
    "at a time of day": lambda: pv.player(
        spectrogram(recording_start=datetime(2024, 5, 12, 6, 30)).patches(frame_length=20)
    ),
    "with labels": lambda: pv.player(
        spectrogram().with_labels([(0.1, 0.5, "a")]).patches(frame_length=20)
    ),
    "with scores": lambda: pv.player(
        spectrogram(y_axis="linear")
        .with_labels([{"start_time": 0, "end_time": 1, "label": "a", "low_f": 9, "high_f": 99}])
        .patches(frame_length=20)
        .with_scores(np.float32([[0.2], [np.nan], [0.9]]), classes=["b"]),
        mark={"train": [0, 1]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLAYERS)
def test_the_player_is_told_what_its_type_says(name: str) -> None:
    made = PLAYERS[name]()
    html = made.to_html()
    written = re.findall(r'<script type="application/json">(.*?)</script>', html)
    assert len(written) == 1
    check(json.loads(written[0]), "State", "state")


@pytest.mark.parametrize(
    ("meaning", "label", "unit", "caption"),
    [
        ({"quantity": "Level relative to the maximum", "unit": "dB"},
         "Level relative to the maximum (dB)", "dB", "1 to 60 dB"),
        ({"quantity": "Loudness (ITU)", "unit": "LUFS"}, "Loudness (ITU) (LUFS)", "LUFS",
         "1 to 60 LUFS"),
        ({"quantity": "Probability"}, "Probability", "", "1 to 60"),
        ({"unit": "m/s (rms)"}, "m/s (rms)", "m/s (rms)", "1 to 60 m/s (rms)"),
    ],
)  # fmt: skip
def test_a_value_is_followed_by_its_unit_and_the_scale_by_what_it_shows(
    meaning: dict[str, str], label: str, unit: str, caption: str
) -> None:
    spec = pv.Spectrogram(np.arange(1.0, 61.0)[np.newaxis], **meaning)
    made = pv.player(spec.patches(frame_length=20))
    assert (made.state["color"]["label"], made.state["color"]["unit"]) == (label, unit)
    assert f" · {caption}</figcaption>" in made.to_html()


def test_a_picture_without_its_script_says_the_date() -> None:
    html = PLAYERS["at a time of day"]().to_html()
    assert "<figcaption>2024-05-12 06:30:00.00-06:30:01.39 · " in html


def test_whatever_may_be_null_is_so_in_one_of_these_and_not_in_another() -> None:
    states = [make().state for make in PLAYERS.values()]
    for path in ("columns.clock", "rows.positions", "rows.names", "color.values", "color.mean",
                 "patches.starts", "patches.asked",
                 "patches.numbers", "patches.items", "patches.filled", "audio", "known",
                 "known.threshold", "known.top", "options.height"):  # fmt: skip
        values = []
        for state in states:
            value: Any = state
            for key in path.split("."):
                value = value and value[key]
            values.append(value is None)
        assert set(values) == {True, False}, path
    nullable = [f"{name}.{key}" for name, keys in TYPES.items() for key, kind in keys.items()
                if "null" in kind]  # fmt: skip
    assert nullable == [
        "State.known", "State.audio", "Columns.clock", "Rows.positions", "Rows.names",
        "Seen.time", "Seen.stretch", "Color.values", "Color.mean", "Carving.starts",
        "Carving.asked",
        "Carving.numbers", "Carving.items", "Carving.filled", "Known.labels",
        "Known.threshold", "Known.top", "Known.truth", "Options.height",
    ]  # fmt: skip


def test_what_each_key_holds_is_said() -> None:
    """In one place, to which scripts point."""
    text = static_text("state.d.ts").partition("export interface SheetState")[0]
    said = inspect.getdoc(player)
    assert said is not None
    assert [key for key in re.findall(r"^  (\w+)\??: ", text, re.MULTILINE)
            if f"``{key}``" not in said] == []  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: state.pop("alt"), "state has other keys"),
        (lambda state: state.update(more=1), "state has other keys"),
        (lambda state: state["rows"].update(values=None), "state.rows.values is no list"),
        (lambda state: state["columns"].update(count="60"), "state.columns.count is '60'"),
        (lambda state: state["color"].update(bad=1), "state.color.bad is 1"),
        (lambda state: state["options"].update(time="film"), "state.options.time is 'film'"),
        (lambda state: state["color"]["ticks"][0].append(1), r"state.color.ticks\[0\] has 3 items"),
        (lambda state: state.update(title=None), "state.title is None"),
    ],
)
def test_anything_else_is_found(change: Callable[[dict[str, Any]], None], words: str) -> None:
    state = json.loads(json.dumps(PLAYERS["plain"]().state))
    check(state, "State", "state")
    change(state)
    with pytest.raises(AssertionError, match=words):
        check(state, "State", "state")
