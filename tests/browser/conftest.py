"""Pages in Chromium that must keep quiet, and recordings to put on them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import patchviz as pv
from patchviz.audio.source import Audio
from patchviz.web.html import player_module

from .scrubbing import FAKES, Scrubbing, scrubber_page

SR, HOP = 22050, 512
# A page has its script compressed, and runs it when it is unpacked.
ALIVE = """async () => {
    for (const { localName } of document.querySelectorAll(".patchviz-player, .patchviz-sheet")) {
        if (localName.includes("-")) await customElements.whenDefined(localName);
    }
}"""
OPENED = 160  # ms: when its page is ready, a fake clock says this, or twice, thrice as much


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def make_spectrogram(n_bins: int = 128, n_frames: int = 640, **fields: Any) -> pv.Spectrogram:
    """Glides and noise in dB: no two cells alike, so that a wrong crop shows."""
    rng = np.random.default_rng(n_bins)
    row, column = np.mgrid[:n_bins, :n_frames]
    glides = sum(
        np.exp(-(((row - n_bins * (0.5 + 0.4 * np.sin(column / speed))) / (0.03 * n_bins)) ** 2))
        for speed in (17.0, 41.0)
    )
    values = 10 * np.log10(glides + 10 ** rng.uniform(-8, -4, glides.shape))
    values = (values - values.max()).astype(np.float32)
    fields = {"sr": SR, "hop_length": HOP, "y_axis": "mel", "unit": "dB"} | fields
    return pv.Spectrogram(values, **fields)


def make_audio(duration: float) -> Audio:
    """A tone that a compressor makes small."""
    time = np.arange(int(duration * SR)) / SR
    return Audio.from_array((0.1 * np.sin(2 * np.pi * 440 * time)).astype(np.float32), SR)


@pytest.fixture(scope="session")
def patches() -> pv.Patches:
    """107 patches, as of librosa's example."""
    return make_spectrogram(name="glides").patches(duration=5.0, hop_duration=0.1)


@pytest.fixture(scope="session")
def sounding_patches() -> pv.Patches:
    """The same, with a sound as long as the spectrogram."""
    spec = make_spectrogram(name="glides", audio=make_audio(640 * HOP / SR))
    return spec.patches(duration=5.0, hop_duration=0.1)


def page_with(player: pv.Player, *, show: str = "{}", sound: str | None = None) -> str:
    """Return a page that mounts a player into a plain element, given bytes.

    Its sound is the player's own, or a fake one: an expression such as ``new FakeSound(60)``.
    """
    tiles = json.dumps([base64.b64encode(tile).decode() for tile in player.tiles])
    state, audio, fake = player.state, "null", ""
    if sound is not None:
        fake = (FAKES / "sound.js").read_text("utf-8")
        state, audio = {**state, "audio": {"start": state["columns"]["start"]}}, sound
    elif player.sound is not None:
        data = base64.b64encode(player.sound.data).decode()
        audio = f'audioFromBytes(bytes("{data}"), "{player.sound.media_type}")'
    script = f"""
        const bytes = (text) => {{
            const array = Uint8Array.from("xx" + atob(text), (c) => c.charCodeAt(0));
            return new DataView(array.buffer, 2); // as messages arrive: a part of a buffer
        }};
        window.bytes = bytes;
        const element = document.querySelector(".patchviz-player");
        const state = {json.dumps(state)};
        element.audio = {audio};
        const tiles = {tiles}.map(bytes);
        element.player = mount(element, {{ state, tiles, audio: element.audio, show: {show} }});
        """
    return (
        "<!DOCTYPE html><meta charset=utf-8><div class=patchviz-player></div>"
        f'<script type="module">{fake}\n{player_module()}\n{script}</script>'
    )


class PlayerPage:
    """A browser page with players on it."""

    def __init__(self, page: Any, clock: bool = False) -> None:
        self.page = page
        self.clock = clock
        self.said: list[str] = []
        self.requested: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.requested.append(request.url))

    def js(self, expression: str, argument: Any = None, n: int = 0) -> Any:
        """Evaluate an expression that knows the n-th `player`, its `element` and its `root`."""
        return self.page.evaluate(
            f"""async (argument) => {{
                const element = document.querySelectorAll(".patchviz-player")[{n}];
                const {{ player, shadowRoot: root }} = element;
                return ({expression});
            }}""",
            argument,
        )

    def wait(self, condition: str, n: int = 0) -> None:
        """Wait until an expression (see `js`) holds."""
        self.page.wait_for_function(
            f"""() => {{
                const element = document.querySelectorAll(".patchviz-player")[{n}];
                const {{ player, shadowRoot: root }} = element;
                return ({condition});
            }}"""
        )

    def ready(self) -> PlayerPage:
        """Wait until every player has drawn its first picture."""
        self.alive().page.evaluate(
            """async () => {
                const players = [...document.querySelectorAll(".patchviz-player")];
                await Promise.all(players.map((element) => element.player.ready));
            }"""
        )
        return self.settle()

    def alive(self) -> PlayerPage:
        """Wait until the page's script is unpacked, and runs."""
        self.page.evaluate(ALIVE)
        return self

    def settle(self) -> PlayerPage:
        """Wait until what was asked for is drawn: two frames (of 16 ms under a fake clock)."""
        # Sizes are told with real frames, whatever the clock is.
        frame = "fakeFrames.real" if self.clock else "requestAnimationFrame"
        self.page.evaluate(f"() => new Promise((done) => {frame}(() => {frame}(done)))")
        return self.run_for(32) if self.clock else self

    # -- under a fake clock ------------------------------------------------------------------

    def run_for(self, milliseconds: float) -> PlayerPage:
        """Let a page's fake clock run: every timer is called in its turn, a frame each 16 ms."""
        self.page.clock.run_for(milliseconds)
        return self

    @property
    def now(self) -> float:
        """What the page takes for the time, in ms."""
        return float(self.page.evaluate("performance.now()"))

    def watch(self, expression: str, n: int = 0) -> None:
        """Note an expression (see `js`; also of `now`, in ms) at the end of every frame."""
        self.page.evaluate(
            f"""() => {{
                const element = document.querySelectorAll(".patchviz-player")[{n}];
                const {{ player, shadowRoot: root }} = element;
                window.seen = [];
                fakeFrames.watch((now) => window.seen.push({expression}));
            }}"""
        )

    def seen(self) -> list[Any]:
        """Return what was noted since `watch` or since the last call."""
        return list(self.page.evaluate("window.seen.splice(0)"))

    def find(self, selector: str, n: int = 0) -> Any:
        """Return a locator for something within the n-th player."""
        return self.page.locator(".patchviz-player").nth(n).locator(selector)

    @property
    def index(self) -> int:
        return int(self.js("player.index"))

    def pixels(self, selector: str, n: int = 0) -> np.ndarray:
        """Return what a canvas shows, shape (height, width, 4), uint8."""
        height, width = self.size(selector, n)
        return self.cells(selector, np.arange(height) / height, np.arange(width) / width, n)

    def size(self, selector: str, n: int = 0) -> tuple[int, int]:
        """Return height and width of a canvas, in pixels."""
        canvas = "(({ height, width }) => [height, width])(root.querySelector(argument))"
        height, width = self.js(canvas, selector, n)
        return height, width

    def cells(self, selector: str, rows: np.ndarray, columns: np.ndarray, n: int = 0) -> np.ndarray:
        """Return the colours of a canvas at fractions of its height and width, as `pixels` does.

        A whole picture takes long to come from the browser.
        """
        height, width = self.size(selector, n)
        # Half an ulp must not make a pixel the one before.
        at = [
            np.floor(f * size + 1e-9).astype(int).tolist()
            for f, size in ((rows, height), (columns, width))
        ]
        data = self.js(
            """(() => {
                const [selector, rows, columns] = argument;
                const canvas = root.querySelector(selector);
                const { width, height } = canvas;
                const copy = document.createElement("canvas");
                Object.assign(copy, { width, height });
                const context = copy.getContext("2d", { willReadFrequently: true });
                context.drawImage(canvas, 0, 0);
                const shown = context.getImageData(0, 0, width, height).data;
                const pixels = new Uint32Array(shown.buffer);
                const picked = rows.flatMap((row) => columns.map((at) => pixels[row * width + at]));
                const data = new Uint8Array(new Uint32Array(picked).buffer);
                let text = "";
                for (let i = 0; i < data.length; i += 32768) {
                    text += String.fromCharCode(...data.subarray(i, i + 32768));
                }
                return btoa(text);
            })()""",
            [selector, *at],
            n,
        )
        shape = len(rows), len(columns), 4
        return np.frombuffer(base64.b64decode(data), np.uint8).reshape(shape)


@pytest.fixture
def open_page(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., PlayerPage]]:
    """Open a player (or HTML); in the end no page may have said or requested anything.

    With ``clock`` the page's time stands still until `PlayerPage.run_for` lets it run: that of
    performance.now, Date, timers, frames and events, not that of an audio element. What a player
    is to find when it is made is a `script` of the page.
    """
    contexts, pages = [], []

    def open_it(
        content: pv.Player | str,
        *,
        width: int = 1200,
        height: int = 800,
        scheme: str = "light",
        density: float = 1,
        clock: bool = False,
        ready: bool = True,
        script: str | None = None,
        **options: Any,
    ) -> PlayerPage:
        file = tmp_path / f"page-{len(pages)}.html"
        if isinstance(content, str):
            file.write_text(content, encoding="utf-8")
        else:
            content.save(file)
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            device_scale_factor=density,
            **options,
        )
        contexts.append(context)
        if script is not None:
            context.add_init_script(script)
        if clock:
            context.add_init_script(path=FAKES / "frames.js")
            context.clock.install(time=0)
            context.clock.pause_at(0)
            context.add_init_script("fakeFrames.install()")
        opened = PlayerPage(context.new_page(), clock)
        pages.append(opened)
        opened.page.goto(file.as_uri())
        if ready:
            opened.ready()
            if clock:  # tests begin at the end of a frame
                opened.run_for(-opened.now % OPENED)
        return opened

    yield open_it
    for context in contexts:
        context.close()
    for opened in pages:
        assert opened.said == []
        assert [url for url in opened.requested if not url.startswith(("file:", "data:"))] == []


@pytest.fixture
def scrubbing(chromium: Any) -> Iterator[Scrubbing]:
    """A page for scrubbers, whose time and messages a test deals out; it must keep quiet."""
    with scrubber_page(chromium) as scrubbing:
        yield scrubbing
