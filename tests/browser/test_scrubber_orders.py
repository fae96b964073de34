"""Messages late, in another order, or while a picture is on its way: the page keeps straight."""

from __future__ import annotations

import random
from typing import Any

import pytest

import patchviz as pv

from ..numbered import recording
from .scrubbing import Message, Scrubbing


def show(scrubbing: Scrubbing, n_views: int = 1, **options: Any) -> pv.Scrubber:
    patches = recording(name="numbers").patches(frame_length=215, hop_length=4)
    scrubber = pv.scrub(patches, **options)
    scrubbing.show(scrubber, n_views)
    return scrubber


def other(n_frames: int, name: str) -> pv.Spectrogram:
    """Another recording; each length has another number of patches."""
    return recording(n_frames, name=name)


def echoes(scrubbing: Scrubbing) -> list[Message]:
    return [m for m in scrubbing.posted if m.data and m.data.get("method") == "echo_update"]


# -- echoes --------------------------------------------------------------------------------------


def test_a_late_echo_does_not_turn_the_picture_back(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing)
    handle = scrubbing.find(".noUi-handle")
    for _ in range(2):
        handle.press("ArrowRight")  # 1 is told at once, 2 is to be told in 50 ms
    assert [index for _, index in scrubbing.told] == [1]
    scrubbing.hear()
    for _ in range(2):
        handle.press("ArrowRight")
    (echo,) = echoes(scrubbing)
    scrubbing.deliver([echo])
    assert scrubbing.index == 4
    scrubbing.run_for(50)
    scrubbing.exchange()
    assert [index for _, index in scrubbing.told] == [1, 4]
    assert scrubber.index == scrubbing.index == 4


def test_echoes_while_it_plays_never_turn_it_back(scrubbing: Scrubbing) -> None:
    show(scrubbing)
    scrubbing.run("kernel.answersAfter = 45;")  # when the next ones have long been shown
    scrubbing.find(".speed").select_option("4×")
    scrubbing.find(".widget-play button").first.click()
    scrubbing.watch("[shownIndex(), box.get('index'), slider.get('value')]")
    scrubbing.run_for(2600)
    shown = [indices for _, indices in scrubbing.seen]
    assert all(len({*indices}) == 1 for indices in shown)
    assert shown == sorted(shown)
    assert shown[-1][0] == 106


def test_an_echo_after_which_nothing_has_moved_changes_nothing(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing)
    scrubbing.find(".noUi-handle").press("End")
    scrubbing.run_for(1000)
    scrubbing.exchange()
    scrubbing.run_for(1000)
    assert scrubbing.index == scrubber.index == 106
    assert len(scrubbing.told) == 1


def test_python_is_obeyed_though_an_echo_is_on_its_way(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing)
    scrubbing.find(".noUi-handle").press("End")
    scrubbing.hear()
    scrubber.index = 7
    scrubbing.deliver()  # the echo, then 7
    assert scrubbing.index == 7
    scrubbing.run_for(50)
    scrubbing.exchange()
    assert scrubber.index == scrubbing.index == 7


# -- messages from Python in another order -------------------------------------------------------


def test_of_two_messages_that_are_swapped_the_later_counts_for_all(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing)
    scrubber.index = 5
    scrubber.index = 9
    first, second = scrubbing.posted
    scrubbing.deliver([second, first])
    assert scrubbing.index == 5  # all of the page agrees
    scrubbing.run_for(1000)
    assert scrubbing.told == []


def test_another_recording_in_any_order_of_its_messages(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing, index=100)
    orders = random.Random(0)
    for n_frames in (400, 900, 230, 640):  # 47, 172, 4 and 107 patches
        scrubber.spec = other(n_frames, f"{n_frames} frames")
        if n_frames == 900:
            scrubber.index = 171
        assert len(scrubbing.posted) > 3
        scrubbing.deliver(orders.sample(scrubbing.posted, len(scrubbing.posted)))
        scrubbing.wait(f"readout.get('value').includes('/ {len(scrubber.patches) - 1} ')")
        assert scrubbing.index == scrubber.index
        last = len(scrubber.patches) - 1
        assert scrubbing.js("[slider.get('max'), play.get('max')]") == [last, last]
        scrubbing.run_for(50)
        scrubbing.exchange()
        assert scrubbing.index == scrubber.index


# -- while a picture is on its way ---------------------------------------------------------------


def hold(scrubbing: Scrubbing, scrubber: pv.Scrubber, spec: pv.Spectrogram) -> None:
    """Send another recording, and hold it up while it is decoded."""
    scrubbing.run("pictures.hold();")
    scrubber.spec = spec
    scrubbing.deliver()
    scrubbing.wait("pictures.nWaiting > 0")


def release(scrubbing: Scrubbing, scrubber: pv.Scrubber) -> None:
    scrubbing.run("pictures.release();")
    scrubbing.wait(f"readout.get('value').includes('/ {len(scrubber.patches) - 1} ')")


def test_what_moves_the_old_picture_while_another_loads_is_of_no_account(
    scrubbing: Scrubbing,
) -> None:
    scrubber = show(scrubbing, index=90)
    hold(scrubbing, scrubber, other(400, "short"))  # 47 patches: 46 is the last
    scrubbing.find(".noUi-handle").press("Home")
    scrubbing.find(".map").press("ArrowLeft")
    scrubbing.run_for(100)
    assert scrubbing.told == []  # of which recording?
    release(scrubbing, scrubber)
    assert scrubbing.index == scrubber.index == 46
    scrubbing.run_for(100)
    scrubbing.exchange()
    assert scrubber.index == 46


def test_python_moves_it_while_another_loads(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing, index=90)
    hold(scrubbing, scrubber, other(900, "long"))
    scrubber.index = 150  # which the old one does not have
    scrubbing.deliver()
    scrubbing.run_for(100)
    release(scrubbing, scrubber)
    assert scrubbing.index == scrubber.index == 150


def test_an_echo_while_another_loads(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing)
    scrubbing.find(".noUi-handle").press("End")
    scrubbing.hear()
    late = echoes(scrubbing)
    rest = [message for message in scrubbing.posted if message not in late]
    scrubbing.deliver(rest)
    hold(scrubbing, scrubber, other(400, "short"))
    scrubbing.deliver(late)
    release(scrubbing, scrubber)
    scrubbing.run_for(100)
    scrubbing.exchange()
    assert scrubber.index == 46


def test_of_several_that_load_the_last_is_shown_and_none_between(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing, index=60)
    scrubbing.run("readout.on('change:value', () => seen.push(readout.get('value')));")
    hold(scrubbing, scrubber, other(500, "first"))
    for n_frames in (400, 300, 900):
        scrubber.spec = other(n_frames, f"{n_frames} frames")
        scrubbing.deliver()
    scrubber.index = 170
    scrubbing.deliver()
    release(scrubbing, scrubber)
    assert scrubbing.index == scrubber.index == 170
    assert scrubbing.js("seen.map((text) => text.split(' · ')[0])") == ["patch 170 / 171"]


def test_several_traits_of_one_message_are_one_change(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing, index=20)
    before = scrubbing.js("pictures.nDecoded")
    scrubber.spec = other(400, "short")
    (message,) = [it for it in scrubbing.posted if it.names & {"state", "tiles", "sound"}]
    assert message.names >= {"state", "tiles"}  # never the one without the other
    scrubbing.deliver()
    scrubbing.wait("readout.get('value').includes('/ 46 ')")
    assert scrubbing.js("pictures.nDecoded") == before + 1
    assert scrubbing.index == 20
    scrubber.title = "another"  # needs no picture
    scrubbing.deliver()
    scrubbing.wait("true")
    assert scrubbing.index == 20
    assert scrubbing.js("pictures.nDecoded") == before + 1


def test_it_plays_on_when_another_has_loaded(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing)
    scrubbing.find(".widget-play button").first.click()
    scrubbing.run_for(480)
    scrubbing.exchange()
    assert scrubber.index == 5
    hold(scrubbing, scrubber, other(900, "long"))
    scrubbing.run_for(1000)  # of no use without a picture
    release(scrubbing, scrubber)
    scrubbing.run_for(480)
    assert scrubbing.index == 10
    assert scrubbing.find(".widget-play button").first.inner_text() == "pause"


# -- closing -------------------------------------------------------------------------------------


def remember(scrubbing: Scrubbing) -> None:
    """Keep hold of what closing takes away."""
    scrubbing.run("globalThis.models = [...kernel.models.values()];")


def heard(scrubbing: Scrubbing) -> list[str]:
    """What is listened to in the models that were remembered."""
    return sorted(scrubbing.js("models.flatMap((model) => model.heard)"))


@pytest.mark.parametrize(
    "when", ["at rest", "opened slowly", "playing", "about to tell", "loading"]
)
def test_closing_leaves_nothing(scrubbing: Scrubbing, when: str) -> None:
    patches = recording(name="numbers").patches(frame_length=215, hop_length=4)
    scrubber = pv.scrub(patches)
    if when == "opened slowly":  # it is there before it is put into its place
        scrubbing.deliver([it for it in scrubbing.posted if it.type == "comm_open"])
    scrubbing.show(scrubber, 2)
    remember(scrubbing)
    assert len(heard(scrubbing)) > 20
    if when == "playing":
        scrubbing.find(".widget-play button").first.click()
        scrubbing.run_for(480)
    elif when == "about to tell":
        for _ in range(2):
            scrubbing.find(".noUi-handle").first.press("ArrowRight")
    elif when == "loading":
        hold(scrubbing, scrubber, other(400, "short"))
    scrubbing.hear()
    scrubber.close()
    scrubbing.deliver()
    scrubbing.run("pictures.release();")
    scrubbing.wait("pictures.nWaiting === 0")
    said = scrubbing.js("kernel.said.length")
    scrubbing.run_for(1000)
    assert scrubbing.js("kernel.said.length") == said
    assert scrubbing.js("document.querySelectorAll('.patchviz-scrubber').length") == 0
    assert heard(scrubbing) == []
    # JupyterLab forgets no comm, so no comm may lead to what has been closed.
    held = "[...kernel.kept.values()].filter((comm) => comm.onMsg() || comm.onClose()).length"
    assert scrubbing.js("[kernel.kept.size > 20, kernel.models.size]") == [True, 0]
    assert scrubbing.js(held) == 0


def test_a_canvas_that_goes_alone_takes_its_listeners_from_what_stays(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing)
    remember(scrubbing)
    canvas = scrubber.children[1]
    canvas.close()
    scrubbing.deliver()
    # Only that each of the others comes to its end is waited for.
    assert set(heard(scrubbing)) == {"destroy"}
    scrubbing.run(
        """
        const another = document.createElement("div");
        another.className = "patchviz-scrubber";
        another.innerHTML = "<button></button>";
        document.body.append(another);
        another.firstChild.focus();
        """
    )
    assert scrubbing.js("document.activeElement.localName") == "button"
    assert scrubbing.js("'lmSuppressShortcuts' in document.activeElement.dataset") is False


def test_a_dead_kernel_leaves_a_scrubber_that_moves_and_plays(scrubbing: Scrubbing) -> None:
    show(scrubbing)
    scrubbing.find(".widget-play button").first.click()
    scrubbing.run_for(480)
    scrubbing.run("kernel.die();")
    scrubbing.run_for(1000)
    assert scrubbing.index == 16
    scrubbing.find(".widget-play button").first.click()
    scrubbing.find(".noUi-handle").press("Home")
    assert scrubbing.index == 0
    scrubbing.find(".noUi-handle").press("ArrowRight")
    assert scrubbing.index == 1
    assert scrubbing.find(".patchviz-readout").inner_text() == "patch 1 / 106 · 0.093-5.085 s"


def test_widgets_speak_to_the_kernel_and_to_no_thread_of_it(scrubbing: Scrubbing) -> None:
    """JupyterLab ends a subshell while comms still use it, and what they tell it is lost."""
    show(scrubbing)
    assert scrubbing.js("kernel.kept.size") > 20
    assert scrubbing.js("[...kernel.kept.values()].filter((comm) => comm._subshellId)") == []
