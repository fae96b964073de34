"""The player among other things on a page: safe, quiet, themed, tidy, and still without scripts."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import patchviz as pv
from patchviz._util.text import plain as shown
from patchviz.web.html import static_text
from patchviz.web.packed import pack, unpack

from ..slope import slope
from .conftest import make_spectrogram

HOSTILE = [
    "</script><script>window.hacked = 1</script>",
    '"><img src=x onerror="window.hacked = 1">',
    "'); window.hacked = 1; ('",
    "<!--<script>",
    "]]>",
    "</patchviz-player></figure><h1>x",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "\u2028\u2029 line ends",
    "emoji 🎧🐦‍⬛ and e\u0301",
    "עברית, العربية‏ and \u202eoverridden",
    "`${window.hacked = 1}`",
    "\\u003cscript\\u003e \\",
    "lone \ud83d surrogate",
    "javascript:window.hacked=1",
    r"$\foo$ \(x\) $$y$$",
    "bell \x07, \x1b[31mred, caf\udce9",
]


def small_patches(**fields) -> pv.Patches:
    return make_spectrogram(4, 20, **fields).patches(frame_length=10, hop_length=5)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(open_page, text):
    patches = small_patches(name=text, unit=text, y_label=text)
    opened = open_page(pv.player(patches, alt=text))
    assert opened.find(".title").text_content() == shown(text)
    # Of one line, in which no text runs the other way, as in a figure.
    label = " ".join(shown(text).split()).replace("\u202e", "\ufffd")
    assert opened.find(".label").first.text_content() == label
    assert opened.find(".label").last.text_content() == label
    assert opened.find(".patch canvas").get_attribute("aria-label") == shown(text)
    assert opened.js("element.querySelector('img').alt") == shown(text)
    assert opened.page.title().split() == shown(text).split()
    assert opened.page.evaluate("window.hacked") is None


def test_two_hundred_hostile_texts(open_page):
    """Random text, and random pieces of markup, end up as they are, all on one page."""
    pieces = st.sampled_from(
        ["<", ">", "&", '"', "'", "`", "</script", "<!--", "-->", "<script>", "=", "\\", "${", "}",
         "\u2028", "\u202e", "\x1b[", "\x85", "\x00", r"$\foo$", "🎧",
         "onerror=", "<img src=x ", "/>", ";", "\ud800", "&#x3c;", "\n"]
    )  # fmt: skip
    texts: list[str] = []

    @settings(
        max_examples=200, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.one_of(st.text(max_size=40), st.lists(pieces, max_size=12).map("".join)))
    def collect(text: str) -> None:
        texts.append(text)

    collect()
    assert len(texts) >= 200
    made = [pv.player(small_patches(name=text), title=text) for text in texts]
    script = re.search(r"<script>\n.*</script>$", made[0].to_html(), re.DOTALL).group()
    elements = [player.to_html().removesuffix(script) for player in made]
    opened = open_page(f"<!DOCTYPE html><meta charset=utf-8>{''.join(elements)}{script}", width=320)
    titles = opened.page.evaluate(
        """() => [...document.querySelectorAll(".patchviz-player")].map(
            (element) => element.shadowRoot.querySelector(".title").textContent)"""
    )
    assert titles == [shown(text) for text in texts]
    alts = opened.page.evaluate("() => [...document.images].map((image) => image.alt)")
    # HTML's own rule: ends of lines become one kind.
    assert [re.sub("\r\n?", "\n", alt) for alt in alts] == [
        re.sub("\r\n?", "\n", shown(player.state["alt"])) for player in made
    ]
    assert opened.page.evaluate("document.scripts.length") == len(texts) + 1
    assert opened.page.evaluate("window.hacked") is None


# -- alone, without a network, without more than it needs -----------------------------------------


def test_it_works_under_a_strict_policy_and_asks_for_nothing(open_page, sounding_patches):
    """`open_page` fails if a page requests or says anything; the saved page has the policy."""
    made = pv.player(sounding_patches, audio=True)
    opened = open_page(made)
    policy = opened.page.evaluate(
        "document.querySelector('meta[http-equiv=Content-Security-Policy]').content"
    )
    hashes = r"('sha256-[\w+/]{43}=' ?)+"
    assert re.fullmatch(
        f"default-src 'none'; script-src {hashes}; style-src {hashes}; "
        f"style-src-attr 'unsafe-hashes' {hashes}; img-src data:; media-src data:",
        policy,
    )
    opened.find("button.play").click()
    opened.wait("player.index > 0 && element.querySelector('audio').currentTime > 0")


def test_a_page_with_a_policy_of_its_own(open_page, patches):
    html = pv.player(patches, image_format="webp").to_html()
    policy = (
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
    )
    opened = open_page(
        f'<!DOCTYPE html><meta charset=utf-8><meta http-equiv="Content-Security-Policy" '
        f'content="{policy}">{html}'
    )
    assert opened.pixels(".patch canvas")[..., :3].max() > 100


def test_a_page_whose_policy_knows_scripts_by_a_nonce(open_page, patches):
    policy = "default-src 'none'; script-src 'nonce-x'; style-src 'unsafe-inline'; img-src data:"
    opened = open_page(
        f'<!DOCTYPE html><meta charset=utf-8><meta http-equiv="Content-Security-Policy" '
        f'content="{policy}">{pv.player(patches).to_html().replace("<script>", "<script nonce=x>")}'
    )
    assert opened.find(".number").inner_text() == "0"


def test_a_browser_that_unpacks_nothing_shows_the_still_picture_and_says_why(open_page, patches):
    old = "<script>delete window.DecompressionStream</script>"
    html = f"<!DOCTYPE html><meta charset=utf-8>{old}{pv.player(patches).to_html()}"
    opened = open_page(html, ready=False)
    assert opened.page.locator("body").inner_text().strip().endswith(
        "This browser is too old for patchviz's player: it has no DecompressionStream. The whole "
        "picture stands still."
    )  # fmt: skip
    assert opened.page.locator("img").bounding_box()["height"] == 240


def test_page_and_player_do_not_disturb_each_other(open_page, patches):
    html = pv.player(patches).to_html()
    css = "* { color: red !important; font-size: 40px; border: 3px solid } canvas { display: none }"
    opened = open_page(
        f"<!DOCTYPE html><meta charset=utf-8><style>{css}</style><p id=p>text</p>"
        f"<script>window.before = Object.keys(window).length</script>{html}"
    )
    assert opened.find(".readout").evaluate("node => getComputedStyle(node).fontSize") == "13px"
    assert opened.find(".patch canvas").is_visible()
    assert opened.page.evaluate("Object.keys(window).length - window.before") == 1  # `before`
    assert opened.page.evaluate("getComputedStyle(document.getElementById('p')).fontSize") == "40px"


# -- ways onto a page -----------------------------------------------------------------------------


def test_a_fragment_put_in_by_script_as_notebooks_do(open_page, sounding_patches):
    """innerHTML runs no script; hosts then make each script anew, as JupyterLab does."""
    html = pv.player(sounding_patches, audio=True, index=3).to_html()
    opened = open_page("<!DOCTYPE html><meta charset=utf-8><div id=here></div>", ready=False)
    put = """(html) => {
        const here = document.getElementById("here");
        here.innerHTML = html;
        for (const script of [...here.querySelectorAll("script")]) {
            const made = document.createElement("script");
            for (const { name, value } of script.attributes) made.setAttribute(name, value);
            made.textContent = script.textContent;
            script.replaceWith(made);
        }
    }"""
    for _ in range(2):  # the second time the element is known already
        opened.page.evaluate(put, html)
        opened.ready()
        assert opened.index == 3
        assert opened.pixels(".patch canvas").any()


def test_an_element_that_is_known_starts_also_without_its_script(open_page, patches):
    html = pv.player(patches, index=3).to_html()
    opened = open_page(f"<!DOCTYPE html><meta charset=utf-8>{html}<div id=here></div>")
    opened.page.evaluate("(html) => { document.getElementById('here').innerHTML = html }", html)
    opened.ready()
    assert opened.js("player.index", n=1) == 3


def test_an_element_moved_within_its_page_keeps_its_place(open_page, patches):
    html = pv.player(patches).to_html()
    opened = open_page(f"<!DOCTYPE html><meta charset=utf-8><div id=here></div>{html}")
    opened.js("player.index = 42")
    opened.js("(player.loop = true, player.speed = 2, player.time = 'patch')")
    opened.page.evaluate(
        "document.getElementById('here').append(document.querySelector('.patchviz-player'))"
    )
    opened.ready()
    assert opened.js("[player.index, player.loop, player.speed, player.time]") == [
        42, True, 2, "patch",
    ]  # fmt: skip
    assert opened.find(".number").inner_text() == "42"


def test_players_of_two_versions_on_one_page(open_page, patches):
    made = pv.player(patches, index=3)
    html, script = made.to_html(), unpack(made.fragment.script)
    name = re.search(r"<(patchviz-player-\w+)", html).group(1)
    old = name, "patchviz-player-0000older"
    script = pack(script.replace(*old).replace("Hear this patch", "Hear"), static_text("unpack.js"))
    older = f"{made.fragment.markup.replace(*old)}<script>{script}</script>"
    opened = open_page(f"<!DOCTYPE html><meta charset=utf-8>{older}{html}{older}")
    for n, label in enumerate(("Hear", "Hear this patch", "Hear")):
        assert opened.js("root.querySelector('.hear').ariaLabel", n=n) == label
        assert opened.js("player.index", n=n) == 3


def test_markdown_leaves_the_fragment_whole(patches):
    """A blank line ends HTML in Markdown, and an indented one is code."""
    lines = pv.player(patches).to_html().split("\n")
    assert all(line and line == line.strip() for line in lines)


# -- without scripts, on paper, in trouble --------------------------------------------------------


def test_without_scripts_there_is_the_still_picture(open_page, sounding_patches):
    made = pv.player(sounding_patches, audio=True)
    opened = open_page(made, ready=False, java_script_enabled=False)
    image = opened.page.locator("img")
    box = image.bounding_box()
    assert box["width"] > 1000
    assert box["height"] == 240
    assert opened.page.locator("audio").is_visible()
    assert opened.page.locator("figcaption").inner_text() == (
        "glides · 0.00-14.86 s · 25.8-10,736 Hz · -83.01 to 0 dB"
    )
    shot = opened.page.screenshot(clip=box)
    assert len(shot) > 50_000  # a picture, not an empty box


def test_what_a_sanitizer_leaves_is_the_still_picture(open_page, patches):
    """Scripts, styles and unknown elements gone, as in an untrusted notebook."""
    html = pv.player(patches).to_html()
    html = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    html = re.sub(r"</?patchviz-player[^>]*>", "", html)
    html = re.sub(r' style="[^"]*"', "", html)
    opened = open_page(f"<!DOCTYPE html><meta charset=utf-8>{html}", ready=False)
    box = opened.page.locator("img").bounding_box()
    assert (box["width"], box["height"]) == (640, 128)


def test_the_still_picture_has_the_colormaps_colours(patches):
    import io

    from PIL import Image

    picture = Image.open(io.BytesIO(pv.player(patches, cmap="viridis").tiles[0]))
    values = patches.spectrogram.values[::-1]
    low, high = patches.spectrogram.finite_range
    import matplotlib

    expected = matplotlib.colormaps["viridis"]((values - low) / (high - low)) * 255
    assert np.abs(np.asarray(picture.convert("RGB")) - expected[..., :3]).max() <= 0.51


def test_on_paper_there_is_the_still_picture(open_page, patches):
    opened = open_page(pv.player(patches))
    assert opened.find(".player").is_visible()
    assert not opened.page.locator("figcaption").is_visible()
    opened.page.emulate_media(media="print")
    assert not opened.find(".player").is_visible()
    assert opened.page.locator("figcaption").is_visible()
    assert opened.page.locator("img").bounding_box()["height"] == 240


@pytest.mark.parametrize("damage", ["cut", "other"])
def test_a_picture_that_cannot_be_decoded_is_said_in_its_place(open_page, patches, damage):
    made = pv.player(patches)
    tile = made.tiles[0][:4000] if damage == "cut" else b"GIF89a" + bytes(100)
    broken = pv.Player(patches, made.state, [tile], None, scale=made.scale, max_width=None)
    opened = open_page(broken, ready=False).alive()
    opened.wait("root.querySelector('.message').textContent")
    assert opened.find(".message").inner_text().startswith("The picture cannot be decoded: ")
    assert not opened.find(".map").is_visible()
    assert not opened.find(".controls").is_visible()
    assert opened.page.locator("figcaption").is_visible()  # what there is: the image and its words
    opened.page.keyboard.press("Tab")
    opened.page.keyboard.press("Space")
    opened.js("player.destroy()")


# -- themes ---------------------------------------------------------------------------------------

BACKGROUND = "getComputedStyle(root.querySelector('.player')).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(20, 23, 27)"


def bare(html: str, root: str = "", head: str = "") -> str:
    return f"<!DOCTYPE html><html {root}><meta charset=utf-8>{head}<body>{html}"


@pytest.mark.parametrize(
    ("style", "dark"),
    [
        ("", "never"),  # a page that says nothing is white for everybody
        (":root { color-scheme: light dark }", "system"),
        (":root { color-scheme: dark }", "always"),
        ("body { background: #fdfdfd }", "never"),
        ("body { background: oklch(0.2 1.5e-05 40) }", "always"),
        ("body { background: color(display-p3 0.9 0.9 0.9) }", "never"),
        ("body { background: #222 } main { background: lab(95 0 0) }", "never"),
        ("body { background: #fff } main { background: #222; color: #fff }", "always"),
        ("main { background: rgba(0, 0, 0, 0.1) }", "never"),
        ("body { background: linear-gradient(#111, #222); color: #eee }", "always"),
        ("@media (prefers-color-scheme: dark) { html { background: #111 } }", "system"),
    ],
)
def test_the_player_is_as_dark_as_what_is_behind_it(open_page, patches, style, dark):
    html = f"<main>{pv.player(patches).to_html()}</main>"
    opened = open_page(bare(html, head=f"<style>{style}</style>"), scheme="light")
    in_the_dark = LIGHT if dark == "never" else DARK
    assert opened.js(BACKGROUND) == (DARK if dark == "always" else LIGHT)
    opened.page.emulate_media(color_scheme="dark")
    if dark == "system":
        opened.wait(f"{BACKGROUND} === '{DARK}'")
    assert opened.settle().js(BACKGROUND) == in_the_dark
    opened.page.reload()  # in the dark from the beginning
    assert opened.ready().js(BACKGROUND) == in_the_dark


def test_the_player_follows_a_background_that_changes_slowly(open_page, patches):
    style = "body { background: #fff; transition: background-color 60ms }"
    html = pv.player(patches).to_html()
    opened = open_page(bare(html, head=f"<style>{style} .night {{ background: #111 }}</style>"))
    assert opened.js(BACKGROUND) == LIGHT
    opened.page.evaluate("document.body.className = 'night'")
    opened.wait(f"{BACKGROUND} === '{DARK}'")


def test_a_name_in_the_page_does_not_paint_what_is_behind_the_player(open_page, patches):
    html = f"<main style='background: #fff'>{pv.player(patches).to_html()}</main>"
    opened = open_page(bare(html, 'data-theme="dark"', "<style>html { background: #111 }</style>"))
    assert opened.js(BACKGROUND) == LIGHT


@pytest.mark.parametrize("attribute", ["data-theme", "data-bs-theme"])
def test_a_documentation_theme_decides(open_page, patches, attribute):
    opened = open_page(bare(pv.player(patches).to_html(), f'{attribute}="dark"'), scheme="light")
    assert opened.js(BACKGROUND) == DARK
    opened.page.evaluate(f"document.documentElement.setAttribute('{attribute}', 'light')")
    opened.wait(f"{BACKGROUND} === '{LIGHT}'")


def test_jupyterlabs_colours_are_used(open_page, patches):
    head = (
        "<style>:root { --jp-layout-color0: #111111; --jp-content-font-color1: #eeeeee }</style>"
        "<script>addEventListener('DOMContentLoaded', () => "
        "document.body.dataset.jpThemeLight = 'false')</script>"
    )
    opened = open_page(bare(pv.player(patches).to_html(), head=head))
    assert opened.js(BACKGROUND) == "rgb(17, 17, 17)"
    assert opened.find(".player").evaluate("n => getComputedStyle(n).color") == "rgb(238, 238, 238)"
    opened.wait("root.querySelector('.player').dataset.theme === 'dark'")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(open_page, sounding_patches, scheme):
    """Contrast of at least 4.5:1 for all text, 3:1 for icons."""
    opened = open_page(pv.player(sounding_patches, audio=True, title="glides"), scheme=scheme)
    box = opened.find(".patch canvas").bounding_box()
    opened.page.mouse.move(box["x"] + 50, box["y"] + 50)
    opened.settle()
    names = [
        ".title",
        ".readout",
        ".label",
        ".row-ticks",
        ".time-ticks",
        ".time-mode",
        ".pointed",
        "select",
        ".icon",
    ]
    for name in names:
        for node in opened.find(name).all():
            colors = node.evaluate(
                """(node) => [getComputedStyle(node).color,
                    getComputedStyle(node.closest(".player")).backgroundColor]"""
            )
            assert contrast(*colors) >= (3.0 if name == ".icon" else 4.5), name


def contrast(*colors: str) -> float:
    def luminance(color: str) -> float:
        rgb = np.array([int(part) for part in re.findall(r"\d+", color)[:3]]) / 255
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    dark, light = sorted(map(luminance, colors))
    return (light + 0.05) / (dark + 0.05)


# -- leaving --------------------------------------------------------------------------------------


def test_a_player_taken_away_leaves_nothing_behind(open_page, sounding_patches):
    """No frame asked for, no listener, no observer, no object URL, no sound, no memory."""
    html = pv.player(sounding_patches, audio=True).to_html()
    spy = """<script>
        window.frames_asked = 0;
        window.listening = []; // weakly: signals hold what listens to them
        window.urls = 0;
        window.observing = new Set();
        // Playwright observes and listens, too.
        Error.stackTraceLimit = 100;
        const isOurs = () => !/UtilityScript|InjectedScript/.test(new Error().stack);
        for (const name of ["ResizeObserver", "MutationObserver", "IntersectionObserver"]) {
            window[name] = class extends window[name] {
                observe(...a) {
                    if (isOurs()) window.observing.add(this);
                    super.observe(...a);
                }
                disconnect() { window.observing.delete(this); super.disconnect(); }
            };
        }
        const ask = window.requestAnimationFrame;
        window.requestAnimationFrame = (f) => { window.frames_asked++; return ask(f); };
        const make = URL.createObjectURL;
        URL.createObjectURL = (...a) => { window.urls++; return make.apply(URL, a); };
        for (const target of [window, document, document.documentElement]) {
            const add = target.addEventListener;
            target.addEventListener = function (type, f, options) {
                const { signal } = options ?? {};
                if (isOurs()) window.listening.push([signal && new WeakRef(signal), type]);
                return add.call(target, type, f, options);
            };
        }
    </script>"""
    opened = open_page(f"<!DOCTYPE html><meta charset=utf-8>{spy}<div>{html}</div>")
    opened.find("button.play").click()
    opened.wait("player.index > 1")
    assert opened.page.evaluate("window.observing.size") > 0
    opened.page.evaluate(
        """() => {
            const element = document.querySelector(".patchviz-player");
            window.left = ["element", "player", "audio"].map((name) => new WeakRef({
                element, player: element.player, audio: element.querySelector("audio"),
            }[name]));
            window.sound = element.querySelector("audio");
            element.parentElement.remove();
        }"""
    )
    assert opened.page.evaluate("window.sound.paused")
    asked = opened.page.evaluate(
        """() => new Promise((done) => {
            delete window.sound;
            const before = window.frames_asked;
            const look = (n) => {
                if (n < 4) requestAnimationFrame(() => look(n + 1));
                else done(window.frames_asked - before);
            };
            look(0);
        })"""
    )
    assert asked == 4  # its own
    assert opened.page.evaluate("window.urls") == 0
    assert opened.page.evaluate("window.observing.size") == 0
    still_listening = (
        "window.listening.filter(([signal]) => !signal || signal.deref()?.aborted === false)"
    )
    assert opened.page.evaluate(still_listening) == []
    client = opened.page.context.new_cdp_session(opened.page)
    client.send("HeapProfiler.enable")
    for _ in range(5):
        client.send("HeapProfiler.collectGarbage")
        opened.settle()
    assert opened.page.evaluate("window.left.map((ref) => ref.deref() === undefined)") == [True] * 3


@pytest.mark.parametrize("n", [40, pytest.param(400, marks=pytest.mark.soak)])
def test_players_come_and_go_in_flat_memory(open_page, patches, n):
    html = pv.player(patches).to_html()
    opened = open_page(f"<!DOCTYPE html><meta charset=utf-8>{html}<div id=here></div>", width=320)
    client = opened.page.context.new_cdp_session(opened.page)
    client.send("HeapProfiler.enable")
    come_and_go = """async ([html, times]) => {
        const here = document.getElementById("here");
        for (let i = 0; i < times; i++) {
            here.innerHTML = html;
            await here.firstElementChild.player.ready;
        }
        here.replaceChildren();
    }"""
    element = html.rsplit("<script>", 1)[0]

    def held(times: int) -> tuple[int, int, int]:
        """Bytes, nodes and listeners after players came and went."""
        opened.page.evaluate(come_and_go, [element, times])
        opened.settle()
        client.send("HeapProfiler.collectGarbage")
        counted = client.send("Memory.getDOMCounters")
        used = client.send("Runtime.getHeapUsage")["usedSize"]
        return int(used), counted["nodes"], counted["jsEventListeners"]

    held(10)
    size, nodes, listeners = zip(*(held(2) for _ in range(n // 2)), strict=True)
    assert slope(size) < 2 * 5000
    assert slope(nodes) < 1
    assert slope(listeners) < 1


def test_the_state_is_json_that_the_page_can_hold(patches):
    html = pv.player(patches, title="</script>&<!--").to_html()
    text = re.search(r'<script type="application/json">(.*?)</script>', html).group(1)
    assert not re.search("[<>&]", text)
    assert json.loads(text)["title"] == "</script>&<!--"


@pytest.mark.parametrize(
    ("ground", "padding"), [("#fff", "0px"), ("#14171b", "0px"), ("#1e2129", "8px")]
)
def test_words_keep_away_from_the_edges_of_a_box(open_page, patches, ground, padding):
    """Where a page's ground is another than the player's: in a dark theme, for instance."""
    html = pv.player(patches).to_html()
    opened = open_page(bare(html, head=f"<style>body {{ background: {ground} }}</style>"))
    opened.settle()
    assert opened.js("getComputedStyle(root.querySelector('.player')).paddingLeft") == padding
