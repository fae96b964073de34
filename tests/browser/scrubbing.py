"""A scrubber on a plain page: Python's real widgets, a fake of the page's, and every message held.

What Python sends waits in :attr:`Scrubbing.posted`, what the page says in its ``kernel.said``
(tests/fakes/model.js), until a test hands it over: in order, late, or the other way round.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import comm
import ipywidgets
import pytest
from comm.base_comm import BaseComm

import patchviz as pv
from patchviz.jupyter.canvas import Canvas

from ..numbered import READING

FAKES = Path(__file__).parents[1] / "fakes"
ADDRESS = "http://scrubber.test/"

# On the page: `kernel`, and the models of the newest scrubber by the names that canvas.py has.
# What is decoded can be held up: a spectrogram is loading until `pictures.release()`.
PAGE = """<!DOCTYPE html><meta charset="utf-8"><link rel="icon" href="data:,"><body>
<script type="module">
import * as fakes from "./model.js";
import { FakeSound } from "./sound.js";
const kernel = new fakes.Kernel();
const decoded = Response.prototype.arrayBuffer;
let held = null;
const pictures = {
  nWaiting: 0,
  nDecoded: 0,
  hold() { held ??= Promise.withResolvers(); },
  release() { held?.resolve(); held = null; },
};
Response.prototype.arrayBuffer = async function () {
  pictures.nDecoded++;
  pictures.nWaiting++;
  try {
    await held?.promise;
    return await decoded.call(this); // which takes as long as the machine is busy
  } finally {
    pictures.nWaiting--;
  }
};
const sounds = [];
globalThis.Audio = class extends FakeSound {
  constructor(uri) {
    super(640 * 512 / 22050); // s, as long as the recording
    this.uri = uri;
    sounds.push(this);
  }
};
Object.assign(globalThis, fakes, { kernel, pictures, sounds, views: [], seen: [] });
</script>"""


@dataclasses.dataclass(frozen=True)
class Message:
    """What is sent from Python: to which model, and as an answer to what."""

    type: str
    model: str
    data: dict[str, Any] | None = None
    buffers: list[str] = dataclasses.field(default_factory=list)
    parent: int | None = None

    @property
    def names(self) -> set[str]:
        """Names of the traits that it is about."""
        return set((self.data or {}).get("state", {}))


class Scrubbing:
    """A page with scrubbers whose Python is this process."""

    def __init__(self, page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.page = page
        self.errors: list[str] = []
        self.posted: list[Message] = []
        self._parts: dict[str, ipywidgets.Widget] = {}
        self._answers: int | None = None
        self._n_heard = 0
        page.on("console", lambda message: self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.route(f"{ADDRESS}**", self._serve)
        page.add_init_script(READING)
        page.goto(ADDRESS)
        page.wait_for_function("() => globalThis.kernel")
        scrubbing = self

        class Comm(BaseComm):
            def publish_msg(
                self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None,
                **keys: Any,
            ) -> None:  # fmt: skip
                scrubbing._post(msg_type, self.comm_id, data, buffers)

        monkeypatch.setattr(comm, "create_comm", Comm)

    def _serve(self, route: Any) -> None:
        name = route.request.url.removeprefix(ADDRESS)
        if name:
            route.fulfill(body=(FAKES / name).read_text("utf-8"), content_type="text/javascript")
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    def _post(self, kind: str, model: str, data: Any = None, buffers: Any = None) -> None:
        encoded = [base64.b64encode(buffer).decode() for buffer in buffers or ()]
        self.posted.append(Message(kind, model, data, encoded, self._answers))

    # -- the messages ------------------------------------------------------------------------

    def deliver(self, messages: list[Message] | None = None) -> None:
        """Hand over what Python has sent, by default all of it."""
        if messages is None:
            messages, self.posted = self.posted, []
        else:
            self.posted = [message for message in self.posted if message not in messages]
        self.page.evaluate(
            "(messages) => kernel.receive(messages)", [*map(dataclasses.asdict, messages)]
        )

    def hear(self) -> list[dict[str, Any]]:
        """Let Python handle what the page has said, and return that; answers are posted."""
        said = self.js(f"kernel.said.slice({self._n_heard})")
        self._n_heard += len(said)
        for message in said:
            widget = ipywidgets.widgets.widget._instances.get(message["model"])
            self._answers = message["id"]
            if widget is not None:
                widget.comm.handle_msg(
                    {"content": {"data": {"method": "update", "state": message["state"]}}}
                )
                self._post("idle", message["model"])
            self._answers = None
        return said

    def exchange(self) -> None:
        """Hand over everything, both ways, until nobody has anything to say."""
        while self.hear() or self.posted:
            self.deliver()

    # -- the page ----------------------------------------------------------------------------

    def show(self, scrubber: pv.Scrubber, n_views: int = 1) -> Scrubbing:
        """Show a scrubber and wait until its picture is there."""
        self.add(scrubber)
        first = self.js("document.querySelectorAll('.patchviz-scrubber').length")
        for _ in range(n_views):
            self.add_view()
        for n in range(first, first + n_views):
            self.wait(f"shownIndex({n}) === {scrubber.index}")
        return self

    def add(self, scrubber: pv.Scrubber) -> None:
        """Tell the page of a scrubber, and call its models by their names from now on."""
        self.scrubber = scrubber
        canvas = next(child for child in scrubber.children if isinstance(child, Canvas))
        self._parts = {"canvas": canvas, **canvas.parts}
        self.deliver()

    def add_view(self) -> None:
        """Show the scrubber once more, at the end of the page: `views` has what removes it."""
        keyed = "document.querySelectorAll('.noUi-handle[aria-label]').length"
        before = self.js(keyed)
        self.run("views.push(show(kernel, canvas.model_id));")
        self.wait(f"{keyed} > {before}")  # a slider has keys, and its name, when it has a size

    def js(self, expression: str, argument: Any = None) -> Any:
        """Evaluate an expression that knows the models of the scrubber by name."""
        return self.page.evaluate(
            f"async (argument) => {{ {self._names} return ({expression}); }}", argument
        )

    def run(self, code: str) -> None:
        """Run statements that know the models of the scrubber by name."""
        self.page.evaluate(f"async () => {{ {self._names} {code} }}")

    @property
    def _names(self) -> str:
        return "".join(
            f"const {name} = kernel.models.get('{widget.model_id}');"
            for name, widget in self._parts.items()
            if widget.comm is not None
        )

    def wait(self, condition: str) -> None:
        """Wait for what takes real time: pictures to be decoded, sizes to be told."""
        self.page.wait_for_function(f"() => {{ {self._names} return ({condition}); }}")

    def run_for(self, milliseconds: int) -> None:
        """Let the page's time pass: every timer in its turn, a frame each 16 ms."""
        self.page.clock.run_for(milliseconds)

    def watch(self, expression: str) -> None:
        """Note an expression (see `js`) at the end of every frame from now on, with the time."""
        self.run(f"fakeFrames.watch((now) => seen.push([performance.now(), {expression}]));")

    @property
    def seen(self) -> list[list[Any]]:
        """What `watch` has noted."""
        return list(self.js("seen"))

    def find(self, selector: str, n: int = 0) -> Any:
        """Return a locator for something in the n-th view; it looks into shadow roots."""
        return self.page.locator(".patchviz-scrubber").nth(n).locator(selector)

    @property
    def index(self) -> int:
        """What everything on the page agrees on: pictures, slider, play, readout and the index."""
        self.run_for(32)  # a frame for whom it concerns, and one for who follows
        shown = self.js(
            "[box.get('index'), slider.get('value'), play.get('value'),"
            " parseInt(readout.get('value').match(/patch (\\d+)/)[1]),"
            " ...[...document.querySelectorAll('.patchviz-scrubber')].map((_, n) => shownIndex(n))]"
        )
        assert len(set(shown)) == 1, shown
        return int(shown[0])

    @property
    def buttons(self) -> list[str]:
        """What the button of each view would do: "play" or "pause"."""
        buttons = self.page.locator(".widget-play button:first-child")
        return list(buttons.all_inner_texts())

    @property
    def told(self) -> list[tuple[float, int]]:
        """What the page has said so far about the index of the scrubber, and when (ms)."""
        about_it = "({ model, state }) => model === box.model_id && 'index' in state"
        said = self.js(f"kernel.said.filter({about_it})")
        return [(message["time"], message["state"]["index"]) for message in said]


@contextmanager
def scrubber_page(chromium: Any) -> Iterator[Scrubbing]:
    """A page without scrubbers yet; its time stands still until it is run."""
    context = chromium.new_context(viewport={"width": 600, "height": 500})
    context.add_init_script(path=FAKES / "frames.js")
    context.clock.install(time=0)
    context.clock.pause_at(0)
    context.add_init_script("fakeFrames.install()")
    with pytest.MonkeyPatch.context() as monkeypatch:
        scrubbing = Scrubbing(context.new_page(), monkeypatch)
        scrubbing.run_for(1600 - int(scrubbing.js("performance.now()")))  # to a frame
        yield scrubbing
    assert scrubbing.errors == []
    context.close()
