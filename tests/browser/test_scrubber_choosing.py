"""A scrubber of recordings on its page: where no stop follows here, Python goes on to the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import patchviz as pv

from .scrubbing import Scrubbing

SR = 8000


@pytest.fixture
def scrubber(scrubbing: Scrubbing, tmp_path: Path) -> Iterator[Any]:
    """Three recordings of five patches: one event in the first, none in the second, then two."""
    paths = [tmp_path / f"{k}.wav" for k in range(3)]
    for k, path in enumerate(paths):
        soundfile.write(path, np.random.default_rng(k).normal(0, 0.1, 3 * SR), SR)
    recordings = pv.Recordings(paths, duration=1.0, hop_duration=0.5, sr=SR, hop_length=100)
    scores = np.zeros((15, 1))
    scores[[2, 11, 13]] = 0.9
    scrubber: Any = pv.scrub(recordings.with_scores(scores, classes=["wren"]))
    scrubbing.add(scrubber)
    scrubbing.add_view()
    scrubbing.wait("readout.get('value').startsWith('patch 0 / 4')")
    yield scrubber
    scrubber.close()


def place(scrubbing: Scrubbing) -> tuple[str, str, str]:
    """Which recording and patch the page shows, and what is said below."""
    scrubbing.exchange()
    scrubbing.wait("pictures.nWaiting === 0")
    scrubbing.run_for(64)
    scrubbing.exchange()
    controls = scrubbing.scrubber.controls
    readout = scrubbing.find(".patchviz-readout").inner_text()
    assert readout == controls.readout.value
    return scrubbing.scrubber.title, readout.split(" · ")[0], controls.message.value


def test_n_and_p_go_on_to_other_recordings(scrubbing: Scrubbing, scrubber: Any) -> None:
    handle = scrubbing.find(".noUi-handle")
    asked = "kernel.said.map(({ state }) => state._beyond).filter((way) => way !== undefined)"
    handle.press("n")
    assert place(scrubbing) == ("0.wav", "patch 2 / 4", "")
    assert scrubbing.js(asked) == []
    for _ in range(3):  # whoever cannot wait
        handle.press("n")
        scrubbing.run_for(100)
    assert scrubbing.js(asked) == [[1, 0, 0]], "asked once, as long as there is no answer"
    assert place(scrubbing) == ("2.wav", "patch 1 / 4", "")
    assert (scrubber.row, scrubber.index) == (2, 1)
    handle.press("n")
    assert place(scrubbing) == ("2.wav", "patch 3 / 4", "")
    handle.press("n")
    assert "No event after this one." in place(scrubbing)[2]
    handle.press("ArrowLeft")
    assert place(scrubbing) == ("2.wav", "patch 2 / 4", "")
    for _ in range(2):
        handle.press("p")
        scrubbing.exchange()
    assert place(scrubbing) == ("0.wav", "patch 2 / 4", "")
    assert (scrubber.row, scrubber.index) == (0, 2)


def test_its_buttons_are_there_where_others_have_stops(scrubbing: Scrubbing, scrubber: Any) -> None:
    scrubber.row = 1
    place(scrubbing)
    button = scrubbing.find("button.stop").nth(1)
    assert button.is_enabled()
    button.click()
    assert place(scrubbing) == ("2.wav", "patch 1 / 4", "")


def test_where_python_fails_one_can_ask_again(scrubbing: Scrubbing, scrubber: Any) -> None:
    path = Path(scrubber.recordings.files["file"][2])
    content = path.read_bytes()
    path.unlink()
    handle = scrubbing.find(".noUi-handle")
    handle.press("n")
    scrubbing.exchange()
    handle.press("n")
    title, number, said = place(scrubbing)
    assert (title, number) == ("0.wav", "patch 2 / 4")
    assert "There is no file" in said
    path.write_bytes(content)
    handle.press("n")
    assert place(scrubbing) == ("2.wav", "patch 1 / 4", "")


def test_who_reads_the_answer_may_ask_again_at_once(scrubbing: Scrubbing, scrubber: Any) -> None:
    handle = scrubbing.find(".noUi-handle")
    message = scrubber.controls.message
    handle.press("n")
    scrubbing.exchange()
    handle.press("p")
    scrubbing.hear()
    assert "No event before this one." in message.value
    models = [one.model for one in scrubbing.posted]
    scrubbing.deliver(scrubbing.posted[: models.index(message.model_id) + 1])
    handle.press("n")
    assert place(scrubbing) == ("2.wav", "patch 1 / 4", "")


def test_who_watches_patches_slowly_keeps_nobody_from_going_on(
    scrubbing: Scrubbing, scrubber: Any
) -> None:
    handle = scrubbing.find(".noUi-handle")
    for _ in range(2):
        handle.press("n")
        scrubbing.exchange()
    shown = list[str]()

    def watch(_: Any) -> None:
        """Take as long as somebody needs to see the recording and go on."""
        shown.append(scrubber.title)
        if len(shown) == 1:
            scrubbing.deliver()
            scrubbing.wait("pictures.nWaiting === 0")
            scrubbing.run_for(64)
            handle.press("n")

    scrubber.on_patch(watch)
    handle.press("p")
    assert place(scrubbing) == ("2.wav", "patch 1 / 4", "")
    assert shown == ["0.wav", "2.wav"]


def test_what_was_asked_before_an_answer_goes_no_further(
    scrubbing: Scrubbing, scrubber: Any
) -> None:
    """A key that is held: of a recording that cannot be read it is told, and stays so."""
    Path(scrubber.recordings.files["file"][2]).unlink()
    handle = scrubbing.find(".noUi-handle")
    handle.press("n")
    scrubbing.exchange()
    handle.press("n")
    handle.press("p")
    handle.press("n")
    title, _, said = place(scrubbing)
    assert title == "0.wav"
    assert "There is no file" in said
    handle.press("n")
    assert "No event after this one, but in 1 recording that cannot be" in place(scrubbing)[2]


def decided(scrubber: Any) -> list[int]:
    """What is decided of all recordings."""
    return [*scrubber.to_frame().index]


@pytest.mark.parametrize("answered", ["not yet", "in part", "while it is decoded"])
def test_what_is_picked_while_others_come_is_picked_of_none(
    scrubbing: Scrubbing, scrubber: Any, answered: str
) -> None:
    """Of which it was is not known, and the same patch picked again would be picked no more."""
    handle = scrubbing.find(".noUi-handle")
    handle.press("n")
    handle.press("k")
    assert place(scrubbing)[:2] == ("0.wav", "patch 2 / 4")
    assert (decided(scrubber), scrubber.picked) == ([2], (2,))
    scrubbing.run("pictures.hold();")
    handle.press("n")
    if answered == "not yet":
        handle.press("k")
        scrubbing.hear()
    else:
        scrubbing.hear()
        if answered == "in part":  # the picture is there, and whose patches are picked is not
            box = scrubber.model_id
            scrubbing.deliver([one for one in scrubbing.posted if one.model != box])
            scrubbing.run("pictures.release();")
            scrubbing.wait("pictures.nWaiting === 0")
            scrubbing.run_for(64)
        else:
            scrubbing.deliver()
        handle.press("k")
    scrubbing.run("pictures.release();")
    title, _, said = place(scrubbing)
    assert title == "2.wav"
    assert "is left out, as it may be of those or of these" in said
    assert (decided(scrubber), scrubber.picked) == ([2], ())
    assert scrubbing.js("box.get('picked')") == []
    handle.press("k")
    assert place(scrubbing) == ("2.wav", "patch 1 / 4", said)
    assert (decided(scrubber), scrubber.picked) == ([2, 11], (1,))
    handle.press("p")
    scrubbing.exchange()
    assert place(scrubbing)[0] == "0.wav"
    assert (scrubber.picked, scrubbing.js("box.get('picked')")) == ((2,), [2])


def test_what_a_page_tells_while_python_works_is_not_mixed(
    scrubbing: Scrubbing, scrubber: Any
) -> None:
    """What waits to be sent is merged by trait, be it of the recording before."""
    handle = scrubbing.find(".noUi-handle")
    for key in ("n", "k"):
        handle.press(key)
        scrubbing.exchange()
    handle.press("ArrowLeft")
    handle.press("x")
    scrubbing.exchange()
    assert decided(scrubber) == [1, 2]
    handle.press("ArrowRight")
    scrubbing.exchange()
    handle.press("n")
    handle.press("x")  # waits: the kernel has not yet handled what was said before
    scrubbing.hear()
    handled = [one for one in scrubbing.posted if one.type != "idle"]
    scrubbing.deliver(handled)
    scrubbing.wait("pictures.nWaiting === 0")
    scrubbing.run_for(64)
    assert scrubbing.js("readout.get('value')").startswith("patch 1 / 4")
    handle.press("k")
    title, patch, said = place(scrubbing)
    assert (title, patch) == ("2.wav", "patch 1 / 4")
    assert "is left out" in said
    assert (decided(scrubber), scrubber.picked, scrubber.rejected) == ([1, 2, 11], (1,), ())
    assert scrubbing.js("[box.get('picked'), box.get('rejected')]") == [[1], []]
    handle.press("ArrowRight")
    handle.press("x")
    assert place(scrubbing)[2] == said, "who goes on at once can read it later"
    assert (decided(scrubber), scrubber.rejected) == ([1, 2, 11, 12], (2,))
    handle.press("p")
    scrubbing.exchange()
    handle.press("p")
    assert place(scrubbing) == ("0.wav", "patch 2 / 4", ""), "it is told once"


def test_another_recording_is_never_shown_at_the_patch_of_the_one_before(
    scrubbing: Scrubbing, scrubber: Any
) -> None:
    """And until the page knows which of its patches is shown, none of them is picked."""
    handle = scrubbing.find(".noUi-handle")
    handle.press("n")
    scrubbing.exchange()
    handle.press("n")
    scrubbing.hear()
    told = [
        set() if one.model == scrubber.chooser.model_id else one.names for one in scrubbing.posted
    ]
    (at,) = (k for k, names in enumerate(told) if "_patches_of" in names)
    assert at > max(k for k, names in enumerate(told) if names & {"state", "index", "picked"})
    shown = [one for one in scrubbing.posted if "_patches_of" not in one.names]
    scrubbing.deliver(shown)  # all but that these are others
    scrubbing.wait("pictures.nWaiting === 0")
    scrubbing.run_for(64)
    assert scrubbing.js("readout.get('value')").startswith("patch 1 / 4")
    scrubbing.deliver()
    scrubbing.exchange()
    handle.press("k")
    assert place(scrubbing) == ("2.wav", "patch 1 / 4", "")
    assert decided(scrubber) == [11]


def test_what_is_picked_is_not_of_other_patches_that_python_sets(
    scrubbing: Scrubbing, scrubber: Any
) -> None:
    """Of one recording too, and where nothing was picked before."""
    scrubber.close()
    spec = pv.Spectrogram(np.random.default_rng(0).random((8, 60)), sr=1000, hop_length=10)
    one: Any = pv.scrub(spec.patches(frame_length=10))
    scrubbing.add(one)
    scrubbing.add_view()
    scrubbing.wait("readout.get('value').startsWith('patch 0 / 5')")
    one.patches = spec.patches(frame_length=20)
    scrubbing.page.locator(".noUi-handle").last.press("k")
    assert "is left out" in place(scrubbing)[2]
    assert (one.picked, scrubbing.js("box.get('picked')")) == ((), [])
    one.close()


def test_what_is_picked_while_the_same_patches_are_drawn_anew_is_picked(
    scrubbing: Scrubbing, scrubber: Any
) -> None:
    handle = scrubbing.find(".noUi-handle")
    scrubbing.run("pictures.hold();")
    scrubber.clim = (-60, 0)
    scrubbing.exchange()
    scrubbing.wait("pictures.nWaiting > 0")
    handle.press("k")
    scrubbing.hear()
    scrubbing.run("pictures.release();")
    assert place(scrubbing) == ("0.wav", "patch 0 / 4", "")
    assert (scrubber.picked, scrubbing.js("box.get('picked')")) == ((0,), [0])


def test_one_who_goes_on_while_it_plays_is_at_the_first_stop_of_the_next(
    scrubbing: Scrubbing, scrubber: Any
) -> None:
    """Meanwhile the one before plays on, and of the next its numbers are other patches."""
    scrubber.index, scrubber.speed = 2, 0.25
    scrubber.play()
    place(scrubbing)
    shown = list[int]()
    scrubber.observe(lambda change: shown.append(change.new), "index")
    scrubbing.find(".noUi-handle").press("n")
    scrubbing.run_for(3000)  # as long as Python has something to compute
    assert scrubbing.js("readout.get('value')").startswith("patch 3 / 4")
    scrubbing.hear()
    scrubbing.deliver()
    scrubbing.hear()
    assert (scrubber.row, scrubber.index, shown) == (2, 1, [1])
    scrubber.pause()
    title, patch, said = place(scrubbing)
    assert (title, said) == ("2.wav", "")
    assert patch == f"patch {scrubber.index} / 4"
