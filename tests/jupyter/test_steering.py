"""What Python has a scrubber do, and what the scrubber says when that fails."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError


def made_patches(labels: Any = None) -> pv.Patches:
    spec = pv.Spectrogram(np.zeros((4, 120)), sr=10, hop_length=1, labels=labels)
    return spec.patches(frame_length=10)


def made(of: str, **options: Any) -> pv.Scrubber:
    patches = made_patches()
    if of == "patches":
        return pv.scrub(patches, **options)
    _, ax = plt.subplots(figsize=(2, 1))
    return pv.scrub(pv.PatchView(patches, ax=ax), **options)


@pytest.mark.parametrize("of", ["patches", "view"])
def test_it_goes_from_stop_to_stop_plays_and_pauses(of: str) -> None:
    scrubber = made(of, stops=[3, 9], index=1)
    went = [scrubber.go_next(), scrubber.go_next(), scrubber.go_next(), scrubber.index]
    assert went == [3, 9, 9, 9]
    assert scrubber.controls.readout.value.startswith("patch 9 / ")
    assert [scrubber.go_previous(), scrubber.go_previous()] == [3, 3]
    scrubber.index = 5
    assert scrubber.go_previous() == 3
    scrubber.play()
    assert (scrubber.playing, scrubber.controls.play.playing) == (True, True)
    scrubber.hearing = True
    scrubber.pause()
    assert (scrubber.playing, scrubber.hearing) == (False, False)
    scrubber.stops = []
    for go in (scrubber.go_next, scrubber.go_previous):
        with pytest.raises(InvalidValueError, match=r"no stops to go to.*scrubber\.stops = \[3, "):
            go()
    assert scrubber.index == 3
    scrubber.close()


def test_it_goes_to_mistakes() -> None:
    scores = np.zeros((12, 1))
    scores[9] = 0.9
    patches = made_patches([(2.0, 2.8, "wren")]).with_scores(scores, classes=["wren"])
    scrubber = pv.scrub(patches, stops="mistakes")
    assert scrubber.stops == [2, 9]
    assert [scrubber.index, scrubber.go_next(), scrubber.go_next()] == [2, 9, 9]  # as a page
    scrubber.close()
    scrubber = pv.scrub(patches, stops="mistakes", index=0)
    assert [scrubber.index, scrubber.go_next()] == [0, 2]
    scrubber.close()


def test_whatever_fails_is_said_until_it_does_not() -> None:
    scrubber = made("patches")

    def message() -> str:
        said: str = scrubber.controls.message.value
        return said

    def fail(change: Any) -> None:
        if change.new:
            raise ZeroDivisionError("of <mine>")

    scrubber.observe(fail, ["index", "loop"])
    for name, value, told in [("index", 4, "Of patch 4"), ("loop", True, "Of loop=True")]:
        with pytest.raises(ZeroDivisionError):
            setattr(scrubber, name, value)
        assert f"{told} somebody was told, and failed: ZeroDivisionError: of &lt;mine&gt;" in (
            message()
        )
    assert scrubber.controls.message.layout.display is None
    with pytest.raises(ZeroDivisionError):
        scrubber.set_state({"index": 5})  # as a page says it, where the error is but logged
    assert "Of patch 5" in message()
    assert message().count("somebody") == 2
    for name, bad, error, said in [
        ("speed", 99, InvalidValueError, "speed=99 is not allowed"),
        ("muted", "yes", InvalidTypeError, "muted=&#x27;yes&#x27; is of type str. It must be True"),
    ]:
        before = getattr(scrubber, name)
        with pytest.raises(error):
            setattr(scrubber, name, bad)
        assert said in message()
        assert getattr(scrubber, name) == before
    scrubber.speed, scrubber.muted, scrubber.loop, scrubber.index = 2, np.True_, False, 0
    assert message() == ""
    assert scrubber.controls.message.layout.display == "none"
    scrubber.close()


def test_a_function_that_fails_with_another_recording_is_told_of() -> None:
    scrubber = made("patches")
    disconnect = scrubber.on_patch(lambda patch: 1 // int(patch[0, 0]))
    ones = pv.Spectrogram(np.ones((4, 120)), sr=10, hop_length=1)
    with pytest.raises(ZeroDivisionError):
        scrubber.spec = pv.Spectrogram(np.zeros((4, 90)), sr=10, hop_length=1)
    assert "Of patch 0 somebody was told, and failed" in scrubber.controls.message.value
    scrubber.spec = ones
    assert scrubber.controls.message.value == ""
    disconnect()
    scrubber.close()
