"""How soon, how smooth; on a busy machine compared with a page that does nothing."""

from __future__ import annotations

import numpy as np
import pytest

import patchviz as pv

from ..slowness import is_smooth, slowness
from .conftest import make_spectrogram

pytestmark = pytest.mark.pace

# From a key's own time stamp to the moment when its picture is there to be read, in ms; `changed`
# says whether it is another picture.
LATENCY = """new Promise((done) => {
    const canvas = root.querySelector(".patch canvas");
    const small = new OffscreenCanvas(64, 16);
    const context = small.getContext("2d", { willReadFrequently: true });
    const look = () => {
        context.drawImage(canvas, 0, 0, 64, 16);
        return context.getImageData(0, 0, 64, 16).data.join();
    };
    const seen = [];
    let before = look();
    document.addEventListener("keydown", (event) => {
        requestAnimationFrame(() => setTimeout(() => {
            const now = performance.now() - event.timeStamp;
            const after = look();
            seen.push([now, after !== before]);
            before = after;
            window.n_seen = seen.length;
            if (seen.length === argument) done(seen);
        }));
    }, { capture: true });
    window.n_seen = 0;
})"""

# The times of 60 frames; what `each` does is done in each of them.
FRAMES = """new Promise((done) => {
    const times = [];
    const look = (now) => {
        times.push(now);
        EACH;
        if (times.length < 60) requestAnimationFrame(look);
        else done(times);
    };
    requestAnimationFrame(look);
})"""


def key_latencies(opened, *keys: str, n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Press keys in turns; return when their pictures were there, and whether these are others."""
    opened.page.evaluate(
        f"""(argument) => {{
            const {{ shadowRoot: root }} = document.querySelector(".patchviz-player");
            window.latencies = {LATENCY};
        }}""",
        n,
    )
    rng = np.random.default_rng(0)
    for i in range(n):
        opened.page.wait_for_timeout(float(rng.uniform(0, 17)))  # not in step with the frames
        opened.page.keyboard.press(keys[i % len(keys)])
        opened.page.wait_for_function(f"() => window.n_seen > {i}")
    seen = opened.page.evaluate("window.latencies")
    return np.array([ms for ms, _ in seen]), np.array([changed for _, changed in seen])


def test_from_a_key_to_its_picture(open_page, patches):
    for _ in range(5):  # others may keep the machine busy for a while
        opened = open_page(pv.player(patches), density=2)
        opened.find("input").focus()
        idle, changed = key_latencies(opened, "q")  # a key that the player leaves alone
        assert not changed.any()
        opened = open_page(pv.player(patches), density=2)
        opened.find("input").focus()
        taken, changed = key_latencies(opened, "ArrowRight")
        assert changed.all()
        median, p95 = np.percentile(taken, [50, 95])
        idle_median, idle_p95 = np.percentile(idle, [50, 95])
        print(f"key to picture: median {median:.1f} ms, p95 {p95:.1f} ms", end=" ")
        print(f"(a key that does nothing: {idle_median:.1f}, {idle_p95:.1f})")
        # A picture waits for its frame, a key that does nothing for none.
        slow = slowness(opened.page)
        limits = slow * max(16, idle_median + 17), slow * max(34, idle_p95 + 34)
        if median <= limits[0] and p95 <= limits[1]:
            return
    pytest.fail("in none of five spells it came within a frame of a key that does nothing")


def dropped(times: list[float]) -> float:
    """Return the share of frames not drawn at 60 a second, given when those were that are."""
    steps = np.diff(times)
    missed = np.maximum(0, np.rint(steps / (1000 / 60)) - 1).sum()
    return float(missed / (missed + len(steps)))


@pytest.mark.parametrize("n_frames", [640, 40_000])
def test_playing_draws_every_frame(open_page, n_frames):
    """At 4x with a hop of one frame each picture is another one."""
    patches = make_spectrogram(n_frames=n_frames).patches(frame_length=215, hop_length=1)
    opened = open_page(pv.player(patches, speed=4, loop=True, max_bytes=20_000_000))
    opened.js("player.play()")
    for _ in range(10):  # others may keep the machine busy for a while
        share, slow = dropped(opened.js(FRAMES.replace("EACH", ""))), slowness(opened.page)
        if is_smooth(share, slow):
            break
    print(f"frames dropped: {100 * share:.1f} %")
    assert is_smooth(share, slow)
    assert opened.js("player.playing")
