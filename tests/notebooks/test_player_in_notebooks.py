"""The player where notebooks are read: opened trusted or not, run live, exported as HTML."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import patchviz as pv
from patchviz.audio.source import Audio

from ..numbered import READING, SETUP
from .conftest import Notebook

# Says whether the scripts of outputs are run.
CANARY = "<script>document.currentScript.parentElement.dataset.scriptsRun = true</script>"
RUN = "scope.querySelectorAll('[data-scripts-run]').length"

# READING looks for pictures in outputs; `player(n)` is the n-th player, `body(n)` what it shows.
HELPERS = """() => {
  selector = ".jp-OutputArea-output:has(.patchviz-player)";
  globalThis.player = (n = 0) => scope.querySelectorAll(".patchviz-player")[n].player;
  globalThis.body = (n = 0) =>
    scope.querySelectorAll(".patchviz-player")[n].shadowRoot.querySelector(".player");
}"""


def sounding_player() -> pv.Player:
    """Return a player of the recording that kernels make too, with a tone as long."""
    names: dict[str, Any] = {}
    exec(SETUP, names)
    sr, n_samples = 22050, 640 * 512
    tone = 0.1 * np.sin(2 * np.pi * 440 / sr * np.arange(n_samples))
    spec = names["recording"](name="numbers", audio=Audio.from_array(tone.astype(np.float32), sr))
    return pv.player(spec.patches(frame_length=215, hop_length=4), audio=True)


def open_saved(notebook: Notebook, name: str, *, trusted: bool) -> Notebook:
    """Open a notebook that was run elsewhere; the player is in its second cell."""
    server = notebook.server
    path = server.write(
        f"{name}-{notebook.face}", "import patchviz as pv", "pv.player(patches, audio=True)", "1"
    )
    import nbformat  # comes with Jupyter, not with the extra "test"
    from nbformat.v4 import new_output

    written = nbformat.read(path, as_version=4)
    player = sounding_player()
    written.cells[0].outputs = [
        new_output("display_data", {"text/html": CANARY, "text/plain": "canary"})
    ]
    written.cells[1].execution_count = 7
    written.cells[1].outputs = [
        new_output(
            "execute_result",
            {"text/html": player._repr_html_(), "text/plain": repr(player)},
            execution_count=7,
        )
    ]
    nbformat.write(written, path)
    if trusted:
        server.trust(path)
    notebook.goto(path)
    notebook.page.evaluate(HELPERS)
    return notebook


def wait(page: Any, condition: str) -> None:
    page.wait_for_function(f"() => ({condition})", timeout=60_000)


def check_keys_and_play(page: Any, n: int = 0, within: Any = None) -> None:
    """Move the n-th player by keys, then play; all of it read from the picture's pixels."""
    wait(page, f"shownIndex({n}) === 0")
    slider = (within or page).locator(".patchviz-player").nth(n).locator("input[aria-label=Patch]")
    slider.focus()
    for key, index in [("ArrowRight", 1), ("Shift+ArrowRight", 55), ("End", 106), ("Home", 0)]:
        page.keyboard.press(key)
        wait(page, f"shownIndex({n}) === {index}")
    page.keyboard.press("Space")
    wait(page, f"player({n}).playing && shownIndex({n}) > 3")
    page.keyboard.press("Space")
    wait(page, f"!player({n}).playing")


@pytest.fixture(scope="module", params=["lab", "notebooks"])
def opened(document: Callable[[str], Any], request: pytest.FixtureRequest) -> Iterator[Notebook]:
    """A trusted notebook with a player in it, in JupyterLab, then in Notebook."""
    with document(request.param) as notebook:
        open_saved(notebook, "trusted", trusted=True)
        wait(notebook.page, "shownIndex() === 0")
        yield notebook


@pytest.fixture
def trusted(opened: Notebook) -> Iterator[Notebook]:
    """The same, with the player as it is at first; nothing may go wrong in it."""
    opened.show().page.evaluate(HELPERS)
    opened.page.evaluate("() => { player().pause(); player().index = 0; }")
    opened.wait_index(0)
    yield opened
    assert opened.errors == []


def test_a_trusted_notebook_shows_a_player_that_plays(trusted: Notebook) -> None:
    assert trusted.js(RUN) == 1
    check_keys_and_play(trusted.page, within=trusted)
    # It was the sound that moved the index.
    assert trusted.js("scope.querySelector('.patchviz-player audio').currentTime") > 0.3
    assert not trusted.locator(".patchviz-player figure").is_visible()  # the still is under it


STATE = """((notebook) => ({
    cells: notebook.widgets.map((cell) => `${cell.model.type}: ${cell.model.sharedModel.source}`),
    counts: notebook.widgets.map((cell) => cell.promptNode?.textContent ?? ""),
    active: notebook.activeCellIndex,
    selected: notebook.selectedCells.length,
    mode: notebook.mode,
}))(jupyterapp.shell.currentWidget.content)"""


def test_keys_of_the_player_are_no_shortcuts(trusted: Notebook) -> None:
    page, keyboard = trusted.page, trusted.page.keyboard
    find = trusted.locator(".patchviz-player").locator
    find(".map").click(position={"x": 300, "y": 30})  # which makes the cell the active one
    before = trusted.js(STATE)
    assert before["active"] == 1
    assert before["mode"] == "command"
    shortcuts = ["a", "b", "c", "v", "x", "d", "d", "m", "r", "j", "k", "Shift+J", "Shift+M", "z"]
    for control in ("input[aria-label=Patch]", ".play", ".hear", ".loop", ".sound", ".time-mode"):
        find(control).focus()
        for key in [*shortcuts, "Shift+ArrowUp", "Shift+ArrowDown"]:
            keyboard.press(key)
        assert trusted.js(STATE) == before
    if find(".measured").is_visible():  # M begins to measure, and ends it
        keyboard.press("Escape")
    page.evaluate("() => { player().index = 0; }")
    find("input[aria-label=Patch]").focus()
    for key, index in [("ArrowRight", 1), ("ArrowUp", 2), ("ArrowDown", 1), ("ArrowLeft", 0),
                       ("Shift+ArrowRight", 54), ("Shift+ArrowLeft", 0), ("End", 106),
                       ("Home", 0)]:  # fmt: skip
        keyboard.press(key)
        trusted.wait_index(index)
        assert trusted.js(STATE) == before
    keyboard.press("Space")
    trusted.wait("player().playing")
    keyboard.press("Enter")
    keyboard.press("Space")
    trusted.wait("!player().playing")
    assert trusted.js(STATE) == before


def test_keys_outside_of_the_player_do_not_move_it(trusted: Notebook) -> None:
    keyboard = trusted.page.keyboard
    trusted.page.evaluate("() => { player().index = 40; }")
    trusted.wait_index(40)
    keys = ["ArrowRight", "Shift+ArrowRight", "ArrowLeft", "End", "Home", "Space"]
    # In a cell's text, then in no cell's.
    trusted.locator(".jp-Cell .cm-content").first.click()
    assert trusted.js(STATE)["mode"] == "edit"
    for key in keys:
        keyboard.press(key)
    assert trusted.js("[player().index, player().playing]") == [40, False]
    keyboard.press("Escape")
    trusted.wait(f"{STATE}.mode === 'command'")
    for key in keys:
        keyboard.press(key)
    assert trusted.js("[player().index, player().playing]") == [40, False]
    # Here the shortcuts work.
    keyboard.press("b")
    trusted.wait(f"{STATE}.cells.length === 4")
    keyboard.press("z")
    trusted.wait(f"{STATE}.cells.length === 3")


COLORS = """(() => {
    const probe = document.createElement("div");
    probe.style.color = "var(--jp-content-font-color1)";
    probe.style.background = "var(--jp-layout-color0)";
    document.body.append(probe);
    const colors = (node) => {
        const { color, backgroundColor } = getComputedStyle(node);
        const context = new OffscreenCanvas(1, 1).getContext("2d");
        return [color, backgroundColor].map((text) => {
            context.fillStyle = backgroundColor; // text may let some of it through
            context.fillRect(0, 0, 1, 1);
            context.fillStyle = text;
            context.fillRect(0, 0, 1, 1);
            return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
        });
    };
    const found = { player: colors(body()), theirs: colors(probe), theme: body().dataset.theme };
    probe.remove();
    return found;
})()"""


def test_the_player_follows_the_theme(trusted: Notebook) -> None:
    def change(theme: str) -> dict[str, Any]:
        trusted.lab(
            "await app.commands.execute('apputils:change-theme', { theme: argument })",
            f"JupyterLab {theme}",
        )
        name = theme.lower()
        trusted.wait(f"body().dataset.theme === {name!r}")
        dark = "<" if name == "dark" else ">"
        trusted.wait(f"{COLORS}.theirs[1][0] {dark} 128")  # its stylesheet is there
        # JupyterLab stumbles over a second change while it takes away the curtain of the first.
        trusted.wait("!document.getElementById('jupyterlab-splash')")
        return dict(trusted.js(COLORS))

    try:
        dark = change("Dark")
    finally:
        light = change("Light")
    for colors in (dark, light):
        assert colors["player"] == colors["theirs"]
    for text, background in (dark["player"], light["player"][::-1]):
        assert min(text) > 200
        assert max(background) < 60


def test_an_untrusted_notebook_shows_the_still_picture(notebook: Notebook) -> None:
    open_saved(notebook, "untrusted", trusted=False)
    page = notebook.page
    output = notebook.locator(".jp-OutputArea-output:has(figure)")
    output.wait_for()
    still = output.locator("img")
    notebook.wait("scope.querySelector('.jp-OutputArea-output figure img').naturalWidth")
    assert still.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [640, 120]
    box, around = still.bounding_box(), output.bounding_box()
    assert box["height"] == 240
    assert around["width"] - 40 < box["width"] <= around["width"]
    assert "carved into 107 patches" in str(still.get_attribute("alt"))
    assert output.inner_text().strip() == "numbers · 0.00-14.86 s · 0-119 bin · -80 to 0 dB"
    # No script has run, and nothing is there that would need one.
    assert notebook.js(RUN) == 0
    assert output.locator("script, style, canvas, button, input, select").count() == 0
    assert notebook.locator(".patchviz-player").count() == 0
    # The sound is the browser's own and plays without.
    sound = output.locator("audio")
    assert sound.is_visible()
    sound.focus()
    page.keyboard.press("Space")
    notebook.wait("scope.querySelector('.jp-OutputArea-output audio').currentTime > 0.1")
    if notebook.face == "lab":  # Notebook itself complains when it starts
        assert notebook.errors == []


@pytest.fixture(scope="module")
def ran(document: Callable[[str], Any]) -> Iterator[Notebook]:
    """A notebook that is run in JupyterLab, and saved."""
    with document("lab") as notebook:
        path = notebook.server.write(
            "live", SETUP, "pv.player(patches)", "anim = pv.animate(patches)\nanim"
        )
        notebook.open(path).run().save()
        assert notebook.errors == []
        yield notebook


@pytest.fixture
def live(ran: Notebook) -> Iterator[Notebook]:
    """The same, in front; nothing may go wrong in it."""
    ran.show().page.evaluate(HELPERS)
    yield ran
    assert ran.errors == []


def test_a_cell_that_is_run_shows_a_player_that_plays(live: Notebook) -> None:
    live.wait("scope.querySelectorAll('.patchviz-player').length === 2")
    check_keys_and_play(live.page, within=live)


def test_an_animation_is_one_player_and_no_figure_beside_it(live: Notebook) -> None:
    assert "inline" in live.python("import matplotlib; print(matplotlib.get_backend())")
    kinds = live.lab(
        """
        const outputs = panel.content.widgets[2].model.outputs.toJSON();
        return outputs.map((output) => Object.keys(output.data ?? output).sort());
        """
    )
    assert kinds == [["text/html", "text/plain"]]
    cell = live.locator(".jp-Cell").nth(2)
    assert cell.locator(".patchviz-player").count() == 1
    assert cell.locator("img").evaluate_all(
        "images => images.filter((image) => image.checkVisibility()).length"
    ) == 0  # fmt: skip
    check_keys_and_play(live.page, 1, within=live)


def test_the_notebook_exported_as_html_plays_from_disk(
    live: Notebook, chromium: Any, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--output-dir", str(tmp_path)]
    subprocess.run(
        [*command, str(live.server.root / "live.ipynb")],
        env=live.server.environment,
        check=True,
        capture_output=True,
    )
    context = chromium.new_context(viewport={"width": 1200, "height": 1000})
    # nbconvert's page asks for MathJax and others; what is tested is that the player does not.
    context.route(lambda url: url.startswith("http"), lambda route: route.abort())
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(READING)
    page.goto((tmp_path / "live.html").as_uri())
    page.evaluate(HELPERS)
    for n in range(2):
        check_keys_and_play(page, n)
    assert page.locator(".patchviz-player").count() == 2
    assert errors == []
    context.close()
