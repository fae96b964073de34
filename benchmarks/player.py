"""The player: what a page of all patches weighs, and how long it takes to make."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt

import patchviz as pv

from .example import example_patches, librosa_animation
from .measure import Outcome, Settings, faster, in_turns, megabytes, seconds

if TYPE_CHECKING:
    from matplotlib.animation import FuncAnimation

TITLE = "A page of all patches"


def page(settings: Settings) -> list[Outcome]:
    """Make the HTML of all patches, with matplotlib's own player and with ours."""
    patches = example_patches()
    n = settings.pick(len(patches), 3)
    with plt.rc_context({"animation.embed_limit": 1000}):
        animation: FuncAnimation = librosa_animation(patches, n)
        html: dict[str, str] = {}

        def ours() -> None:
            html["ours"] = pv.player(patches).to_html()

        def theirs() -> None:
            vars(animation).pop("_html_representation", None)  # it makes its HTML only once
            html["theirs"] = animation.to_jshtml()

        # matplotlib's takes seconds, and its median settles quickly.
        times = in_turns(ours, theirs, min(settings.repeats, 3))
        plt.close("all")
    with_sound = len(pv.player(patches, audio=True).to_html().encode())
    sizes = {side: len(text.encode()) for side, text in html.items()}
    against = "`FuncAnimation.to_jshtml`"
    return [
        faster("making the player", against, *times, target=100),
        Outcome(
            "size without sound", against, megabytes(sizes["ours"]), megabytes(sizes["theirs"]),
            sizes["theirs"] / sizes["ours"], 100, "× smaller",
        ),
        Outcome(
            "size without sound", "what a page can bear", megabytes(sizes["ours"]), "",
            sizes["ours"] / 1000, 148, "kB", at_least=False,
        ),
        Outcome(
            "size with sound", "what a page can bear", megabytes(with_sound), "",
            with_sound / 1000, 248, "kB", at_least=False,
        ),
    ]  # fmt: skip


def change_title(settings: Settings) -> list[Outcome]:
    """Give a scrubber of the example another title."""
    scrubber = pv.scrub(example_patches())
    titles = itertools.count()

    def another_title() -> None:
        scrubber.title = f"title {next(titles)}"

    def another_scrubber() -> None:
        pv.scrub(example_patches(), title="title").close()

    taken, made = in_turns(another_title, another_scrubber, settings.repeats)
    scrubber.close()
    return [
        Outcome(
            "a scrubber's other title",
            "another scrubber",
            seconds(taken),
            seconds(made),
            1000 * taken,
            5,
            "ms",
            at_least=False,
        )
    ]


FIGURES = [page, change_title]
