"""Pages in Firefox, on a machine with a sound device and on one without."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import patchviz as pv

from ..browser.conftest import ALIVE

HERE = Path(__file__).parent
SR = 22050  # of the sound, and of what is heard of it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.firefox)


class Firefox:
    """A Firefox of its own, in folders of its own (see driver.js)."""

    def __init__(self, command: list[str], folder: Path, sound_server: str) -> None:
        self.temporary = folder / "tmp"  # where the profile is made, and removed
        self.temporary.mkdir()
        alone = {
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "TMPDIR": str(self.temporary),
            "PULSE_SERVER": sound_server,
            "ALSA_CONFIG_PATH": os.devnull,  # where PulseAudio is missing Firefox would try ALSA
        }
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | alone,
        )

    def call(self, command: str, *arguments: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([command, *arguments]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"driver.js ended with exit code {self.process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"{command}: {answer['error']}")
        return answer["result"]

    def open(self, file: Path) -> None:
        self.call("open", file.as_uri(), {"width": 1400, "height": 900})

    def close_page(self) -> dict[str, list[str]]:
        """Return what the page has said, and what it has requested that it does not bring along."""
        noticed = self.call("close")
        own = ("file:", "data:", "blob:")
        requested = [url for url in noticed["requested"] if not url.startswith(own)]
        return {"said": noticed["said"], "requested": requested}

    def close(self) -> None:
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0
        assert list(self.temporary.iterdir()) == []


class FirefoxPage:
    """A page with a player on it."""

    def __init__(self, firefox: Firefox) -> None:
        self.firefox = firefox

    def js(self, expression: str, argument: Any = None) -> Any:
        """Evaluate an expression that knows the `player`, its `root` and its `audio`."""
        return self.firefox.call("evaluate", self._function(expression, argument))

    def wait(self, condition: str) -> None:
        """Wait until an expression (see `js`) holds."""
        self.firefox.call("wait", self._function(condition))

    @staticmethod
    def _function(expression: str, argument: Any = None) -> str:
        return f"""(() => {{
            const element = document.querySelector(".patchviz-player");
            const {{ player, shadowRoot: root }} = element;
            const audio = element.querySelector("audio");
            const argument = {json.dumps(argument)};
            return ({expression});
        }})()"""

    def settle(self) -> None:
        """Wait until what was asked for is drawn: two frames."""
        self.js("new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))")

    def press(self, key: str, held: str | None = None) -> None:
        self.firefox.call("press", key, held)

    def box(self, selector: str) -> dict[str, float]:
        return self.js("root.querySelector(argument).getBoundingClientRect().toJSON()", selector)

    def drag(self, selector: str, *fractions: float) -> None:
        """Press the mouse at a fraction of an element's width, move on to others, and let go."""
        box = self.box(selector)
        y = box["y"] + box["height"] / 2
        points = [[box["x"] + fraction * box["width"], y] for fraction in fractions]
        self.firefox.call("drag", *points)

    def click(self, selector: str) -> None:
        self.drag(selector, 0.5)

    @property
    def index(self) -> int:
        return self.js("player.index")

    @property
    def message(self) -> str:
        return self.js("root.querySelector('.message').textContent")

    def pixels(self, selector: str) -> np.ndarray:
        """Return what a canvas shows, shape (height, width, 4), uint8."""
        width, height, data = self.js(
            """(() => {
                const { width, height } = root.querySelector(argument);
                const context = root.querySelector(argument).getContext("2d");
                const { data } = context.getImageData(0, 0, width, height);
                const text = Array.from(data, (value) => String.fromCharCode(value)).join("");
                return [width, height, btoa(text)];
            })()""",
            selector,
        )
        return np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)


class SoundDevice:
    """A PulseAudio of its own, whose only device plays into nothing and can be listened to."""

    def __init__(self, command: str, folder: Path) -> None:
        self.server = f"unix:{folder / 'server'}"
        self._heard = folder / "heard"
        modules = [
            "module-null-sink sink_name=nothing",
            f"module-native-protocol-unix auth-anonymous=1 socket={folder / 'server'}",
            f"module-simple-protocol-unix socket={self._heard} record=1 playback=0"
            f" source=nothing.monitor rate={SR} format=s16le channels=1",
        ]
        # Should the tests be killed, it ends by itself two hours after the last who listened.
        options = ["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=7200"]
        self.process = subprocess.Popen(
            [command, *options, *(f"--load={module}" for module in modules)],
            env=os.environ | {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)},
        )
        while not self._heard.exists():  # the last that it makes
            assert self.process.poll() is None
            time.sleep(0.01)

    def listen(self) -> Iterator[np.ndarray]:
        """Yield the next tenth of a second of what is played, -1 to 1, for as long as asked."""
        size = 2 * (SR // 10)
        with socket.socket(socket.AF_UNIX) as heard:
            heard.settimeout(30)
            heard.connect(str(self._heard))
            with heard.makefile("rb") as file:
                while True:
                    yield np.frombuffer(file.read(size), "<i2") / 32768

    def close(self) -> None:
        self.process.terminate()
        assert self.process.wait(60) == 0


@pytest.fixture(scope="session")
def firefox_command(
    require_command: Callable[..., str], require_package: Callable[[str], None]
) -> list[str]:
    require_package("puppeteer-core")
    firefox = require_command("firefox-esr", "firefox")
    return [require_command("node"), str(HERE / "driver.js"), firefox]


@pytest.fixture(scope="session")
def firefox_without_sound_device(
    firefox_command: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firefox]:
    folder = tmp_path_factory.mktemp("firefox")
    firefox = Firefox(firefox_command, folder, f"unix:{folder / 'no-such-server'}")
    yield firefox
    firefox.close()


@pytest.fixture(scope="session")
def sound_device(
    require_command: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SoundDevice]:
    device = SoundDevice(require_command("pulseaudio"), tmp_path_factory.mktemp("pulse"))
    yield device
    device.close()


@pytest.fixture(scope="session")
def firefox_with_sound_device(
    firefox_command: list[str], sound_device: SoundDevice, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firefox]:
    firefox = Firefox(firefox_command, tmp_path_factory.mktemp("firefox"), sound_device.server)
    yield firefox
    firefox.close()


@pytest.fixture
def open_in(tmp_path: Path) -> Iterator[Callable[[Firefox, pv.Player], FirefoxPage]]:
    """Open a player in a Firefox; in the end its page may have said and requested nothing."""
    opened = []

    def open_it(firefox: Firefox, player: pv.Player) -> FirefoxPage:
        file = tmp_path / "page.html"
        player.save(file)
        firefox.open(file)
        opened.append(firefox)
        page = FirefoxPage(firefox)
        firefox.call("evaluate", f"({ALIVE})()")
        page.js("player.ready")
        page.settle()
        return page

    yield open_it
    for firefox in opened:
        assert firefox.close_page() == {"said": [], "requested": []}
