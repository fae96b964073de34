"""An hour of log-mel, ten classes of scores, a thousand labels: what is asked for is there at once.

What the page's main thread takes of each frame is counted in the processor's time, which others on
the machine hardly change; frames and pictures that come late are counted by the clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import patchviz as pv

from ..slowness import is_smooth, slowness
from .conftest import PlayerPage, make_spectrogram
from .test_player_speed import FRAMES, dropped, key_latencies

pytestmark = pytest.mark.pace

FRAME = 1000 / 60  # ms
WHEEL = (
    'dispatchEvent(new WheelEvent("wheel", { bubbles: true, composed: true, cancelable: true, '
    "ctrlKey: true, deltaY: times.length % 60 < 30 ? -10 : 10, clientX: 700, clientY: 400 }))"
)
# What is done in each of 60 frames, so that no two are alike.
EACH = {
    "drag": "player.index = 7 * times.length",
    "jump": "player.index = (371 * times.length) % player.framing.last",
    "zoom": f'root.querySelector(".patch canvas").{WHEEL}',
    "zoom of the overview": f'root.querySelector(".map").{WHEEL}',
    "contrast": (
        'root.querySelector(".end").dispatchEvent(new KeyboardEvent("keydown", '
        '{ key: times.length % 60 < 30 ? "ArrowUp" : "ArrowDown" }))'
    ),
    "threshold": (
        'root.querySelector(".level").dispatchEvent(new KeyboardEvent("keydown", '
        '{ key: times.length % 60 < 30 ? "ArrowUp" : "ArrowDown", bubbles: true }))'
    ),
}
# What has the focus, and keys that change the picture each time.
KEYS = {
    "scrubbing": ("[type=range]", ("ArrowRight",)),
    "zoom": ("[type=range]", ("+", "-")),
    "contrast": (".end", ("ArrowUp", "ArrowDown")),
}


@pytest.fixture(scope="module")
def hour() -> pv.Player:
    rng = np.random.default_rng(0)
    names = [f"species {k}" for k in range(10)]
    starts = rng.uniform(0, 3590, 1000)
    labels = {
        "start_time": starts,
        "end_time": starts + rng.uniform(0.3, 4, 1000),
        "label": rng.choice(names, 1000),
        "low_f": rng.uniform(200, 3000, 1000),
        "high_f": rng.uniform(4000, 10_000, 1000),
    }
    rows = [dict(zip(labels, row, strict=True)) for row in zip(*labels.values(), strict=True)]
    spec = make_spectrogram(n_frames=3600 * 22050 // 512).with_labels(rows)
    patches = spec.patches(duration=5.0, hop_duration=0.1)
    waves = np.sin(np.arange(len(patches))[:, np.newaxis] / (20 + 7 * np.arange(10)))
    scores = np.clip(np.abs(waves) ** 3 + rng.normal(0, 0.1, waves.shape), 0, 1)
    return pv.player(
        patches.with_scores(scores, classes=names), max_bytes=40_000_000, threshold=0.7
    )


def on_main_thread(page: Any, do: Callable[[], object]) -> float:
    """Return what something takes of a page's main thread, in ms of the processor."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def taken() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return 1000 * sum(one["value"] for one in metrics if one["name"] == "TaskDuration")

    before = taken()
    do()
    after = taken()
    session.detach()
    return after - before


def smoothness(page: Any, draw: Callable[[], list[float]], n: int) -> tuple[float, float]:
    """Return what a frame takes of the main thread, in ms, and the share of frames not drawn.

    In the best of some spells, where none before it was good enough: others may keep the machine
    busy for a while, which counts less in the processor's time; that is of the first `n`, and more
    are tried only where it is good. Each draws some frames, and returns their times.
    """
    least, fewest = np.inf, np.inf
    for spell in range(30):
        times: list[float] = []
        taken = on_main_thread(page, lambda times=times: times.extend(draw()))
        if spell < n:
            least = min(least, taken / len(times))
        fewest = min(fewest, dropped(times))
        if fewest <= 0.02 if least < FRAME else spell + 1 >= n:
            break
    return least, fewest


def test_it_opens_and_draws_every_frame(
    open_page: Callable[..., PlayerPage], hour: pv.Player
) -> None:
    started = time.perf_counter()
    opened = open_page(hour)
    taken = time.perf_counter() - started
    print(f"{hour}: opened in {taken:.1f} s", end=", ")
    last = opened.js("player.framing.last")
    for index in (last, last // 2, 0):
        opened.js("player.index = argument", index)
        opened.settle()
        assert opened.find(".number").inner_text() == str(index)
    smooth = {}
    for name, each in EACH.items():
        draw = partial(opened.js, FRAMES.replace("EACH", each))
        smooth[name] = smoothness(opened.page, draw, n=5)
    told = (f"{name} {ms:.1f} ms, {share:.1%} dropped" for name, (ms, share) in smooth.items())
    print("; ".join(told), end=" ")
    assert taken < 20
    slow = slowness(opened.page)
    assert all(ms < FRAME * slow for ms, _ in smooth.values()), (smooth, slow)
    assert all(is_smooth(share, slow) for _, share in smooth.values()), (smooth, slow)


def test_from_a_key_to_its_pixels(open_page: Callable[..., PlayerPage], hour: pv.Player) -> None:
    opened = open_page(hour)
    late = []
    for name, (selector, keys) in KEYS.items():
        for _ in range(3):  # others may keep the machine busy for a while
            opened.find(selector).first.focus()
            taken, changed = key_latencies(opened, *keys)
            assert changed.all()
            median, p95 = np.percentile(taken, [50, 95])
            slow = slowness(opened.page)
            print(f"{name}: median {median:.1f}, p95 {p95:.1f} ms; {slow:.1f} × slow", end=", ")
            if median <= 17 * slow and p95 <= 34 * slow:
                break
        else:
            late.append(name)
    assert not late, "in none of three spells pictures came within a frame, nearly all within two"
