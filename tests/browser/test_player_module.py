"""The player as a module, as the Jupyter widget uses it: bytes in, no controls, a handle."""

from __future__ import annotations

import base64

import numpy as np
import pytest

import patchviz as pv

from .conftest import make_spectrogram, page_with


def new_picture(player: pv.Player) -> dict:
    return {
        "state": player.state,
        "tiles": [base64.b64encode(tile).decode() for tile in player.tiles],
    }


def test_bytes_give_the_same_picture_as_a_page(open_page, patches):
    made = pv.player(patches, index=20)
    mounted = open_page(page_with(made))
    saved = open_page(f"<!DOCTYPE html><meta charset=utf-8>{made.to_html()}")
    shown = mounted.pixels(".patch canvas")
    assert shown.shape[0] == saved.pixels(".patch canvas").shape[0]
    assert mounted.find(".readout").inner_text() == saved.find(".readout").inner_text()
    assert shown.any()


def test_without_controls_the_overview_takes_the_keys(open_page, patches):
    made = pv.player(patches, index=20)
    opened = open_page(page_with(made, show="{ controls: false, header: false }"), clock=True)
    assert not opened.find(".controls").count()
    assert not opened.find(".header").count()
    over = opened.find(".map")
    over.focus()
    opened.page.keyboard.press("ArrowRight")
    assert opened.index == 21
    opened.settle()
    assert over.get_attribute("role") == "slider"
    assert over.get_attribute("aria-valuenow") == "21"
    assert over.get_attribute("aria-valuemax") == "106"
    assert over.get_attribute("aria-valuetext").startswith("patch 21 of 106, ")
    opened.page.keyboard.press("Space")
    opened.run_for(200)
    opened.page.keyboard.press("Space")
    opened.run_for(200)
    assert opened.index == 23
    assert opened.js("'lmSuppressShortcuts' in element.dataset")


def test_another_colormap_needs_no_other_picture(open_page, patches):
    opened = open_page(page_with(pv.player(patches, index=20)))
    grey = pv.player(patches, cmap="gray", title="grey")
    opened.js("player.setSpectrogram(argument)", grey.state)
    opened.settle()
    assert opened.index == 20
    assert opened.find(".title").inner_text() == "grey"
    shown = opened.pixels(".patch canvas")
    assert (shown[..., 0] == shown[..., 1]).all()
    assert (shown[..., 0] == shown[..., 2]).all()


def test_another_spectrogram_takes_the_place_of_the_first(open_page, patches):
    opened = open_page(page_with(pv.player(patches, index=100)))
    opened.find("button.play").click()
    other = make_spectrogram(33, 90, y_axis="log").patches(frame_length=30, hop_length=10)
    replace = "player.setSpectrogram(argument.state, argument.tiles.map(bytes))"
    opened.js(replace, new_picture(pv.player(other)))
    opened.settle()
    assert not opened.js("player.playing")
    assert opened.index == 6  # the last of the new ones
    assert opened.find(".readout").inner_text().startswith("patch 6 / 6 · ")
    assert opened.find("input").get_attribute("max") == "6"
    reference = open_page(pv.player(other, index=6))
    assert opened.find(".row-ticks").inner_text() == reference.find(".row-ticks").inner_text()


def test_of_many_spectrograms_set_at_once_the_last_stays(open_page, patches):
    opened = open_page(page_with(pv.player(patches)))
    pictures = [
        new_picture(
            pv.player(make_spectrogram(8 + n, 40).patches(frame_length=10 + n), title=f"{n}")
        )
        for n in range(6)
    ]
    opened.js(
        """Promise.all(argument.map(
            ({ state, tiles }) => player.setSpectrogram(state, tiles.map(bytes))))""",
        pictures,
    )
    opened.settle()
    assert opened.find(".title").inner_text() == "5"
    assert opened.find(".readout").inner_text().startswith("patch 0 / 1 · ")


def test_after_a_broken_picture_a_good_one_is_shown(open_page, patches):
    made = pv.player(patches)
    opened = open_page(page_with(made))
    opened.js("player.setSpectrogram(argument, [new Uint8Array(80)])", made.state)
    assert opened.find(".message").inner_text() == (
        "The picture cannot be decoded: it is no PNG file."
    )
    replace = "player.setSpectrogram(argument.state, argument.tiles.map(bytes))"
    opened.js(replace, new_picture(made))
    assert opened.find(".map").is_visible()
    assert opened.find(".message").inner_text() == ""


def test_what_is_set_before_the_picture_is_there_counts(open_page, patches):
    html = page_with(pv.player(patches)).replace(
        "show: {} });", "show: {} }); element.player.index = 77; element.player.speed = 2;"
    )
    opened = open_page(html)
    assert opened.index == 77
    assert opened.find(".number").inner_text() == "77"
    assert opened.find(".speed").input_value() == "2"


def test_sound_from_bytes(open_page, sounding_patches):
    opened = open_page(page_with(pv.player(sounding_patches, audio=True)))
    opened.find("button.play").click()
    opened.wait("player.index > 1 && element.audio.currentTime > 0")
    opened.js("player.destroy()")
    assert opened.js("element.audio.paused")


def test_destroy_leaves_an_element_that_can_be_filled_again(open_page, patches):
    opened = open_page(page_with(pv.player(patches)))
    opened.js("player.destroy()")
    assert opened.js("root.children.length") == 1
    assert opened.js("root.firstElementChild.localName") == "slot"
    opened.js("player.index = 3")  # a late call does no harm
    opened.settle()


def test_two_linked_players_move_together(open_page, patches):
    """As `ipywidgets.jslink` does it: each hears the other, and it ends."""
    html = pv.player(patches).to_html()
    opened = open_page(f"<!DOCTYPE html><meta charset=utf-8>{html}{html}")
    opened.page.evaluate(
        """() => {
            const [a, b] = [...document.querySelectorAll(".patchviz-player")].map((e) => e.player);
            a.on("index", (index) => { b.index = index; });
            b.on("index", (index) => { a.index = index; });
        }"""
    )
    opened.js("player.index = 30")
    assert opened.js("player.index", n=1) == 30
    opened.js("player.index = 31", n=1)
    assert opened.index == 31
    pictures = [opened.settle().pixels(".patch canvas", n=n) for n in (0, 1)]
    assert np.array_equal(*pictures)


@pytest.mark.parametrize("show", ["{ header: false }", "{ controls: false }"])
def test_parts_can_be_left_out(open_page, patches, show):
    opened = open_page(page_with(pv.player(patches), show=show))
    assert opened.find(".header").count() == ("header" not in show)
    assert opened.find(".controls").count() == ("controls" not in show)


def test_keys_are_no_error_before_there_is_a_picture(open_page, patches):
    made = page_with(pv.player(patches, index=20))
    opened = open_page(made.replace("window.bytes = bytes;", "Object.assign(window, { mount });"))
    press = """
        ["n", "p", "ArrowRight", "Home", " "].forEach((key) => target.dispatchEvent(
            new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true })))
    """
    tiles = new_picture(pv.player(patches))["tiles"]
    indices = opened.js(
        f"""(async () => {{
            const decoded = Response.prototype.arrayBuffer;
            let release;
            const held = new Promise((resolve) => (release = resolve));
            Response.prototype.arrayBuffer = async function () {{
                Response.prototype.arrayBuffer = decoded; // the next is not held
                await held;
                return decoded.call(this);
            }};
            const [host, other] = [0, 0].map(() => document.body.appendChild(
                document.createElement("div")));
            const data = argument.tiles.map((tile) => `data:image/png;base64,${{tile}}`);
            const leader = mount(host, {{ state: argument.state, tiles: data }});
            const follower = mount(other, {{ state: argument.state, tiles: data, leader }});
            await follower.ready;
            let target = other.shadowRoot.querySelector(".map");
            {press}
            target.dispatchEvent(new PointerEvent("pointerdown", {{ bubbles: true }}));
            target = host.shadowRoot.querySelector(".map");
            {press}
            release();
            await leader.ready;
            const before = leader.index;
            target = other.shadowRoot.querySelector(".map");
            const key = {{ key: "ArrowRight", bubbles: true }};
            target.dispatchEvent(new KeyboardEvent("keydown", key));
            return [before, leader.index];
        }})()""",
        {"state": pv.player(patches, index=20).state, "tiles": tiles},
    )
    assert indices == [20, 21]
