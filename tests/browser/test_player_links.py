"""Links to a moment of a recording, and to one of several players."""

from __future__ import annotations

from typing import Any

import pytest

import patchviz as pv

GRANTS = {"permissions": ["clipboard-read", "clipboard-write"]}


def go(opened: Any, fragment: str) -> None:
    """Have the page's address end so, as a link of the page does."""
    opened.page.evaluate(
        """(fragment) => new Promise((done) => {
            addEventListener("hashchange", () => done(), { once: true });
            location.hash = fragment;
        })""",
        fragment,
    )


def test_links_lead_to_their_moment_and_back(open_page: Any, patches: pv.Patches) -> None:
    opened = open_page(pv.player(patches, index=3))
    start = patches.time(42)[0]
    for fragment, index in (
        ("patch=17", 17),
        ("t=8.2", int((patches.times[:, 0] <= 8.2).sum()) - 1),
        (f"t={start:.3f},{start + 1:.3f}", 42),  # written to the millisecond, below or above
        ("t=npt:0:01.5", int((patches.times[:, 0] <= 1.5).sum()) - 1),
        ("t=,5", 0),
        ("t=999999", 106),
        ("player=1&patch=106", 106),
    ):
        go(opened, fragment)
        assert opened.index == index, fragment
    opened.page.go_back()
    opened.wait("location.hash === '#t=999999' && player.index === 106")
    for _ in range(6):
        opened.page.go_back()
    opened.wait("location.hash === '' && player.index === 3")
    opened.page.go_forward()
    opened.wait("player.index === 17")
    opened.page.reload()
    opened.ready()
    assert opened.index == 17


HOSTILE = [
    "<img src=x onerror=window.hacked=1>",
    "patch=<script>window.hacked=1</script>",
    "patch=-1",
    "patch=107",
    "patch=1e1",
    "patch=9007199254740993",
    "patch=%E0%A4%A",
    "t=NaN",
    "t=Infinity",
    "t=-3",
    "t=3;alert(1)",
    "t=smpte:0:00:01",
    "t=1:2:3:4",
    "patch=17&player=2",
    "patch=17&player=__proto__",
    "a-heading",
    "t",
]


def test_what_is_no_link_moves_nothing(open_page: Any, patches: pv.Patches) -> None:
    opened = open_page(pv.player(patches, index=3))
    for fragment in HOSTILE:
        go(opened, fragment)
        assert opened.index == 3, fragment
    assert opened.page.evaluate("window.hacked") is None


def test_of_several_players_a_link_says_which(open_page: Any, patches: pv.Patches) -> None:
    html = pv.player(patches).to_html()
    named = html.replace(' class="patchviz-player', ' id="a&amp;b é" class="patchviz-player', 1)
    opened = open_page(f"<!DOCTYPE html><meta charset=utf-8>{html}{named}", **GRANTS)
    for fragment, indices in (
        ("patch=5", [5, 0]),
        ("patch=6&player=2", [5, 6]),  # though it has a name
        ("patch=7&player=a%26b+%C3%A9", [5, 7]),  # the other stays where it is
        ("patch=8&player=1", [8, 7]),
        ("t=0", [0, 7]),
        ("patch=9", [9, 7]),
        ("a-heading", [0, 0]),  # no moment: back to where they were
    ):
        go(opened, fragment)
        assert [opened.js("player.index", n=n) for n in range(2)] == indices
    opened.js("player.index = 33", n=1)
    opened.find("input", n=1).focus()
    opened.page.keyboard.press("l")
    opened.wait("root.querySelector('.message').textContent", n=1)
    link = opened.page.evaluate("navigator.clipboard.readText()")
    assert link == f"{opened.page.url.split('#')[0]}#patch=33&player=a%26b%20%C3%A9"
    opened.page.goto(link)
    opened.ready()
    assert [opened.js("player.index", n=n) for n in range(2)] == [0, 33]


@pytest.mark.parametrize(
    ("around", "links", "copied"),
    [
        (
            "{0}<figure id=dawn>{0}</figure>",
            [("7&player=dawn", [0, 7]), ("8&player=2", [0, 8]), ("9&player=1", [9, 8])],
            "8&player=dawn",
        ),
        (  # which names neither
            "<figure id=both>{0}{0}</figure>",
            [("7&player=2", [0, 7]), ("8&player=both", [0, 7])],
            "7&player=2",
        ),
    ],
)
def test_a_link_names_the_figure_around_a_player_alone(
    open_page: Any, patches: pv.Patches, around: str, links: list[Any], copied: str
) -> None:
    players = around.format(pv.player(patches).to_html())
    opened = open_page(f"<!DOCTYPE html><meta charset=utf-8>{players}", **GRANTS)
    for link, indices in links:
        go(opened, f"patch={link}")
        assert [opened.js("player.index", n=n) for n in range(2)] == indices
    opened.find("input", n=1).focus()
    opened.page.keyboard.press("l")
    opened.wait(f"root.querySelector('.message').textContent.endsWith('#patch={copied}')", n=1)


def test_numbers_are_those_that_are_shown(open_page: Any, patches: pv.Patches) -> None:
    opened = open_page(pv.player(patches[[10, 50, 90]]), **GRANTS)
    go(opened, "patch=50")
    assert opened.find(".number").text_content() == "50"
    assert opened.index == 1
    go(opened, "patch=51")  # which is not shown: back to where it was
    assert opened.index == 0
    opened.js("player.index = 2")
    opened.find("input").focus()
    opened.page.keyboard.press("l")
    opened.wait("root.querySelector('.message').textContent.endsWith('#patch=90')")


def test_an_element_that_is_moved_stays_where_it_is_now(
    open_page: Any, patches: pv.Patches
) -> None:
    html = pv.player(patches).to_html()
    opened = open_page(f"<!DOCTYPE html><meta charset=utf-8><div id=here></div>{html}")
    go(opened, "patch=17")
    opened.js("player.index = 42")
    opened.page.evaluate(
        "document.getElementById('here').append(document.querySelector('.patchviz-player'))"
    )
    opened.ready()
    assert opened.index == 42
    go(opened, "patch=18")
    assert opened.index == 18


def test_where_no_clipboard_is_allowed_the_text_is_shown(
    open_page: Any, patches: pv.Patches
) -> None:
    opened = open_page(pv.player(patches, index=7))
    opened.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(Error()); }")
    opened.find("input").focus()
    opened.page.keyboard.press("l")
    field = opened.find("textarea")
    field.wait_for()
    assert field.input_value().endswith("#patch=7")
    assert opened.js("root.activeElement === root.querySelector('textarea')")
    assert field.evaluate("(node) => node.selectionEnd - node.selectionStart") > 10
    opened.page.keyboard.press("Escape")
    field.wait_for(state="detached")
    assert opened.index == 7
