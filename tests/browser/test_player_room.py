"""The room that a player takes, what a strict page lets it do, and the list of its keys."""

from __future__ import annotations

import re
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import patchviz as pv
from patchviz.web.html import static_text

from .conftest import ALIVE

ROOT = Path(__file__).parents[2]
KEYS = re.findall(r'^  \["(.+?)", "(.+?)"', static_text("keys.js"), re.MULTILINE)


def height(opened: Any, selector: str = "") -> float:
    target = opened.find(selector) if selector else opened.page.locator(".patchviz-player")
    return float(target.bounding_box()["height"])


@pytest.mark.parametrize(("width", "high"), [(360, 700), (1200, 900), (2560, 1440)])
def test_a_page_of_its_own_fills_the_window(
    open_page: Any, patches: pv.Patches, width: int, high: int
) -> None:
    opened = open_page(pv.player(patches), width=width, height=high)
    assert height(opened) == high - 32
    assert height(opened, ".player") == high - 32
    assert opened.page.evaluate("document.documentElement.scrollHeight") == high
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    assert height(opened, ".patch canvas") > 0.4 * high
    # A canvas is never what makes room for itself.
    before = height(opened, ".patch canvas")
    opened.page.set_viewport_size({"width": width, "height": high - 100})
    opened.settle()
    assert abs(height(opened, ".patch canvas") - before + 100) < 1
    assert abs(opened.size(".patch canvas")[0] - before + 100) <= 1


def test_in_a_low_window_the_page_scrolls(open_page: Any, patches: pv.Patches) -> None:
    opened = open_page(pv.player(patches), height=240)
    assert height(opened, ".patch canvas") == 160


@pytest.mark.parametrize("density", [1, 2])
def test_elsewhere_it_is_as_high_as_asked(
    open_page: Any, patches: pv.Patches, density: int
) -> None:
    html = "".join(pv.player(patches, height=high).to_html() for high in (300, 700, None))
    opened = open_page(f"<!DOCTYPE html><meta charset=utf-8>{html}", density=density)
    heights = [box["height"] for box in opened.page.evaluate(
        "[...document.querySelectorAll('.patchviz-player')].map((e) => e.getBoundingClientRect())"
    )]  # fmt: skip
    assert heights[:2] == [300, 700]
    picture = opened.find(".patch canvas", n=2)
    assert picture.bounding_box()["height"] == 320
    assert not opened.find(".hint", n=2).is_visible()


def test_full_screen_and_back(open_page: Any, patches: pv.Patches) -> None:
    html = pv.player(patches).to_html()
    opened = open_page(f"<!DOCTYPE html><meta charset=utf-8>{html}", height=600)
    opened.find("input").focus()
    opened.page.keyboard.press("f")
    opened.wait("element.matches(':fullscreen') && element.offsetHeight === innerHeight")
    opened.wait("root.querySelector('.full').ariaPressed === 'true'")
    assert opened.find(".full").get_attribute("aria-label") == "Leave full screen (F)"
    assert height(opened, ".patch canvas") > 330
    opened.page.keyboard.press("ArrowRight")
    assert opened.index == 1
    opened.find(".full").click()
    opened.wait("document.fullscreenElement === null")
    opened.wait("root.querySelector('.full').ariaLabel === 'Full screen (F)'")


def test_a_page_that_may_not_fill_the_screen_says_so(open_page: Any, patches: pv.Patches) -> None:
    opened = open_page(pv.player(patches))
    opened.js("element.requestFullscreen = () => Promise.reject(new TypeError('no'))")
    opened.find(".full").click()
    opened.wait("root.querySelector('.message').textContent")
    assert opened.find(".message").text_content() == "This page may not fill the screen."


# -- keys -----------------------------------------------------------------------------------------


def test_a_question_mark_lists_every_key(open_page: Any, patches: pv.Patches) -> None:
    opened = open_page(pv.player(patches))
    opened.find("input").focus()
    opened.page.keyboard.press("?")
    rows = opened.find("dialog tr")
    shown = [tuple(row.locator("th, td").all_text_contents()) for row in rows.all()]
    assert shown == KEYS
    assert len(KEYS) > 5
    opened.page.keyboard.press("ArrowRight")  # is the list's
    assert opened.index == 0
    opened.page.keyboard.press("Escape")
    assert not opened.find("dialog").is_visible()
    opened.page.keyboard.press("ArrowRight")
    assert opened.index == 1


def test_a_link_is_listed_where_it_leads_here(open_page: Any, patches: pv.Patches) -> None:
    opened = open_page(pv.player(patches))
    notebook = "<script type='application/json' id='jupyter-config-data'></script>"
    opened.page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", notebook)
    opened.find("input").focus()
    opened.page.keyboard.press("?")
    seen = [row.locator("th").inner_text() for row in opened.find("dialog tr:visible").all()]
    assert seen == [key for key, _ in KEYS if key not in ("L", "N P")]


def test_the_documentation_lists_the_same_keys() -> None:
    guide = (ROOT / "docs/how_to/sharing.md").read_text("utf-8")
    assert [row for row in re.findall(r"^\| (.+?) \| (.+?) \|$", guide, re.MULTILINE)
            if row in KEYS] == KEYS  # fmt: skip


def test_a_page_of_its_own_says_its_main_keys(open_page: Any, patches: pv.Patches) -> None:
    opened = open_page(pv.player(patches))
    assert opened.find(".hint").is_visible()
    assert opened.find(".player.fills").count() == 1
    assert opened.find(".hint").text_content().startswith("Space: play, pause · ← →: one patch")
    assert opened.find(".hint").text_content().endswith("?: all keys")


@pytest.mark.parametrize("has_events", [False, True])
def test_only_where_there_are_events_are_their_keys_offered(
    open_page: Any, patches: pv.Patches, has_events: bool
) -> None:
    opened = open_page(pv.player(patches, stops=[40] if has_events else None), width=360)
    offered = opened.find(".hint").inner_text()
    assert ("N P: the next stop" in offered) is has_events
    heights = "root.querySelectorAll('.hint .key')"
    heights = f"[...{heights}].map((key) => key.getClientRects().length)"
    assert max(opened.js(heights)) == 1  # no key is broken in two
    opened.find("input").focus()
    opened.page.keyboard.press("n")
    assert opened.index == (40 if has_events else 0)
    opened.page.keyboard.press("?")
    assert opened.find("dialog th").get_by_text("N P", exact=True).is_visible() is has_events


def test_what_one_stops_at_is_called_what_it_is(open_page: Any, patches: pv.Patches) -> None:
    scored = patches.with_scores(np.eye(len(patches))[40], classes=["a"])
    truth = np.zeros((len(patches), 1), bool)
    called = [("mistakes", "mistake"), ("events", "event"), (None, "event"), ([40], "stop")]
    for stops, what in called:
        opened = open_page(pv.player(scored, stops=stops, truth=truth))
        assert f"N P: the next {what}, the one before" in opened.find(".hint").inner_text()
        opened.find(f"[aria-label='Next {what} (N)']").click()
        assert opened.index == 40
        assert opened.find(f"[aria-label='Previous {what} (P)']").is_visible()
        opened.find("input").focus()
        opened.page.keyboard.press("?")
        row = opened.find("dialog tr.of-events td")
        assert row.inner_text() == f"the next {what}, the one before"


# -- a strict page --------------------------------------------------------------------------------


class _Page(BaseHTTPRequestHandler):
    """Answers with a page, under the policy that the page itself asks for, as a header."""

    def __init__(self, html: str, *rest: Any) -> None:
        self.html = html
        super().__init__(*rest)

    def do_GET(self) -> None:
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', self.html)
        assert policy
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", policy[1])
        self.end_headers()
        self.wfile.write(self.html.encode())

    def log_message(self, *_: object) -> None:
        pass


def test_a_page_runs_under_a_strict_policy_that_a_server_sends(
    chromium: Any, sounding_patches: pv.Patches, tmp_path: Path
) -> None:
    title = "</script><script>window.hacked = 1</script>"
    path = pv.player(sounding_patches, audio=True, title=title).save(tmp_path / "page.html")
    html = path.read_text("utf-8").replace("<main>", "<main><script>window.hacked = 1</script>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Page, html))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = chromium.new_context()
    try:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.evaluate(ALIVE)
        page.evaluate("document.querySelector('.patchviz-player').player.ready")
        # What is not the page's own does not run, and is all that the browser complains of.
        assert page.evaluate("window.hacked") is None
        complaints = [text for text in said if "favicon" not in text]
        assert len(complaints) == 2  # by the header, and by the page itself
        assert all("Executing inline script violates" in text for text in complaints), said
        assert page.locator(".title").text_content() == title
        assert page.locator(".player").evaluate("(e) => getComputedStyle(e).display") == "flex"
        assert page.locator(".window").bounding_box()["width"] > 100
        page.locator("button.play").click()
        page.wait_for_function("() => document.querySelector('.patchviz-player').player.index > 0")
    finally:
        context.close()
        server.shutdown()
        server.server_close()
