"""What is left of a scrubber where no kernel runs: one picture, and the best there can be."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..numbered import READING, SETUP
from .conftest import SLIDER, Notebook, Server

SCRUB = "scrubber = pv.scrub(patches, index=3, title='saved')\nscrubber"

# What of a scrubber's output is to be seen, by kind.
SEEN = """() => {
    const visible = (selector) => [...scope.querySelectorAll(selector)].filter(
        (node) => node.checkVisibility() && node.getBoundingClientRect().height > 20).length;
    const said = (scope.body ?? scope).innerText;
    return {
        widget: visible(".patchviz-scrubber"),
        player: [...scope.querySelectorAll(".patchviz-player")].filter(
            (node) => node.player && node.checkVisibility()).length,
        still: visible("figure img"),
        errors: (said.match(/Error displaying|Loading widget/g) ?? []).length,
    };
}"""

WIDGET = {"widget": 1, "player": 0, "still": 0, "errors": 0}
PLAYER = {"widget": 0, "player": 1, "still": 0, "errors": 0}
STILL = {"widget": 0, "player": 0, "still": 1, "errors": 0}


def wait_seen(page: Any, expected: dict[str, int]) -> None:
    page.wait_for_function(
        f"(expected) => JSON.stringify(({SEEN})()) === expected",
        arg=json.dumps(expected, separators=(",", ":")),
    )


@pytest.fixture(scope="module")
def saved(server: Server, document: Callable[[str], Any]) -> Path:
    """A notebook that was run and saved, and whose kernel is gone."""
    path = server.write("saved", SETUP, SCRUB)
    with document("lab") as notebook:
        notebook.open(path).run().wait_index(3)
        wait_seen(notebook.page, WIDGET)
        notebook.save()
    return path


def copy(path: Path, name: str, *, code: str) -> Path:
    """Write a copy of a notebook with more code in it, which nobody has signed."""
    content = json.loads(path.read_text("utf-8"))
    content["cells"][0]["source"] += code
    copied = path.with_name(f"{name}.ipynb")
    copied.write_text(json.dumps(content), "utf-8")
    return copied


def test_output_is_about_as_large_as_the_player(saved: Path) -> None:
    outputs = json.loads(saved.read_text("utf-8"))["cells"][1]["outputs"]
    size = len(json.dumps(outputs))
    html = next(output["data"]["text/html"] for output in outputs if output["data"]["text/html"])
    player = "".join(html)
    assert size < 2 * len(player)
    assert len(player) < 218_000


def test_another_kernel_runs(notebook: Notebook, saved: Path) -> None:
    notebook.open(saved)
    wait_seen(notebook.page, PLAYER)
    notebook.wait("scope.querySelector('.patchviz-player').player.index === 3")
    notebook.js('selector = ".patchviz-saved"')
    notebook.wait_index(3)
    notebook.locator(".patchviz-player input").press("ArrowRight")
    notebook.wait_index(4)
    notebook.js('selector = ".patchviz-scrubber"')
    notebook.run()  # and a live one takes its place
    wait_seen(notebook.page, WIDGET)
    notebook.wait_index(3)


@pytest.mark.parametrize("face", ["lab", "notebooks"])
def test_no_kernel_runs(own_document: Callable[..., Notebook], saved: Path, face: str) -> None:
    nothing = {"default": "", "kernelspecs": {}}
    notebook = own_document(
        face, lambda page: page.route("**/api/kernelspecs*", lambda it: it.fulfill(json=nothing))
    )
    # Trust is in what a notebook says, not in its name; the name has no session yet.
    path = Path(shutil.copy(saved, saved.with_name(f"no-kernel-{face}.ipynb")))
    notebook.goto(path, kernel=False)
    wait_seen(notebook.page, PLAYER)
    assert notebook.lab("return panel.sessionContext.session") is None


def test_nobody_trusts_it(notebook: Notebook, saved: Path) -> None:
    path = copy(saved, f"untrusted-{notebook.face}", code="# from somewhere")
    notebook.goto(path)
    wait_seen(notebook.page, STILL)
    assert notebook.lab("return panel.content.widgets[1].model.trusted") is False


BOXES = """
import ipywidgets
files = ipywidgets.Dropdown(options=["long", "short"])
first, second = pv.scrub(patches, index=3, title="first"), pv.scrub(patches, index=3)

def choose(change):
    first.spec = recording(640 if change.new == "long" else 64)

files.observe(choose, "value")
ipywidgets.VBox([files, ipywidgets.HBox([first, second])])
"""


def test_in_boxes_it_is_saved_and_says_what_went_wrong(
    lab: Notebook, server: Server, document: Callable[[str], Any]
) -> None:
    path = server.write("boxes", SETUP, BOXES)
    lab.open(path).run().wait_index(3, 1)
    widths = "Array.from(scope.querySelectorAll('.patchviz-scrubber'), (n) => n.offsetWidth)"
    one, other = lab.js(widths)
    assert one == other > 300
    lab.find(SLIDER).press("End")
    lab.wait_index(106)
    assert lab.js(widths) == [one, other]
    files = lab.locator(".widget-dropdown select:has(option[value=short])")
    files.select_option("short")
    message = "scope.querySelector('.patchviz-message [role=alert]')"
    lab.wait(message)
    said = lab.js(f"{message}.textContent")
    assert "longer than" in said
    assert said.endswith("Still shown: first.")
    files.select_option("long")
    lab.wait(f"!{message}")
    assert lab.js("scope.querySelectorAll('.patchviz-saved:not([style*=none])').length") == 0
    lab.save()
    copied = copy(path, "boxes-alone", code="# with another kernel")
    server.trust(copied)
    with document("lab") as alone:
        alone.open(copied)
        wait_seen(alone.page, {**PLAYER, "player": 2})


BAR = """
import itertools, tqdm.std
tqdm.std.time = lambda ticks=itertools.count(): 0.6 * next(ticks)
print("before")
pv.Spectrogram.from_audio(np.ones(4_000_000, np.float32), sr=22050)
print("after")
"""


def test_of_a_progress_bar_nothing_is_left(lab: Notebook) -> None:
    path = lab.server.write("bar", SETUP, BAR)
    lab.open(path)
    bars = "Array.from(scope.querySelectorAll('pre'), (pre) => pre.textContent)"
    lab.js(f"""(() => {{
        globalThis.bars = new Set();
        const note = () => {bars}.forEach((text) => bars.add(text));
        new MutationObserver(note).observe(scope, {{ childList: true, subtree: true }});
    }})()""")
    lab.run().wait("scope.textContent.includes('after')")
    assert "mel spectrogram" in lab.js("[...bars].join('')")
    assert lab.js(bars) == ["before\n", "after\n"]
    assert lab.js("scope.querySelectorAll('.jp-OutputArea-child').length") == 2
    lab.save()
    outputs = json.loads(path.read_text("utf-8"))["cells"][1]["outputs"]
    assert [output.get("text", output.get("data")) for output in outputs] == [
        ["before\n"], {}, ["after\n"]]  # fmt: skip


# -- pages made of it ----------------------------------------------------------------------------


@pytest.fixture
def offline(chromium: Any) -> Any:
    """A page without network."""
    context = chromium.new_context(viewport={"width": 1200, "height": 1000}, offline=True)
    page = context.new_page()
    page.add_init_script(READING)
    yield page
    context.close()


def run(server: Server, *command: str) -> str:
    done = subprocess.run([sys.executable, "-m", *command], env=server.environment, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # fmt: skip
    return done.stdout


def plays(page: Any, path: Path) -> None:
    page.goto(path.as_uri())
    wait_seen(page, PLAYER)
    page.evaluate('selector = ".patchviz-saved"')
    page.wait_for_function("() => shownIndex() === 3")
    page.locator(".patchviz-player button.play").click()
    page.wait_for_function("() => shownIndex() > 5")


@pytest.mark.parametrize("options", [[], ["--execute"]], ids=["as saved", "executed"])
def test_nbconvert(
    server: Server, saved: Path, tmp_path: Path, offline: Any, require: Any, options: list[str]
) -> None:
    require("nbconvert")
    said = run(
        server, "nbconvert", "--to", "html", str(saved), "--output-dir", str(tmp_path), *options
    )
    assert "not able to be represented" not in said
    plays(offline, tmp_path / "saved.html")


@pytest.mark.parametrize("execution", ["off", "force"])
def test_myst_nb(
    server: Server, saved: Path, tmp_path: Path, offline: Any, require: Any, execution: str
) -> None:
    require("myst_nb")
    source = tmp_path / "source"
    source.mkdir()
    shutil.copy(saved, source / "index.ipynb")
    conf = f"extensions = ['myst_nb']\nnb_execution_mode = '{execution}'\nhtml_theme = 'basic'\n"
    (source / "conf.py").write_text(conf, "utf-8")
    run(server, "sphinx", "-q", "-W", str(source), str(tmp_path / "built"))
    plays(offline, tmp_path / "built" / "index.html")


def test_voila(server: Server, saved: Path, chromium: Any, require: Any) -> None:
    require("voila")  # whose pages the Jupyter server has, too
    context = chromium.new_context(viewport={"width": 1200, "height": 1000})
    page = context.new_page()
    page.add_init_script(READING)
    page.goto(f"{server.url}/voila/render/{saved.name}?token={server.token}", timeout=60_000)
    wait_seen(page, WIDGET)
    page.wait_for_function("() => shownIndex() === 3")
    page.locator(SLIDER).press("End")
    page.wait_for_function("() => shownIndex() === 106")
    context.close()
