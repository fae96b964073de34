"""Patches picked in a scrubber, by Python or as its page says."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError
from patchviz.jupyter.picks import DECIDED


def made_patches() -> pv.Patches:
    spec = pv.Spectrogram(np.zeros((4, 120)), sr=10, hop_length=1, name="pond.wav")
    return spec.patches(frame_length=10)


def test_what_is_picked_and_rejected_excludes_one_another() -> None:
    scrubber = pv.scrub(made_patches(), names=["robin"])
    seen: list[Any] = []
    scrubber.observe(lambda change: seen.append(change.new), "picked")
    scrubber.picked = np.array([3, -1, 3])
    scrubber.names = {5: "robin"}
    scrubber.rejected = [3]
    assert (scrubber.picked, scrubber.rejected, scrubber.names) == ((5, 11), (3,), {5: "robin"})
    assert seen == [(3, 11), (3, 5, 11), (5, 11)]
    state = {"picked": [3, 5], "names": [[3, "wren"]], "rejected": []}
    scrubber.set_state(state)  # as a page says it
    assert (scrubber.picked, scrubber.rejected, scrubber.names) == ((3, 5), (), {3: "wren"})
    table = scrubber.to_frame()
    assert table.reset_index().values.tolist() == [
        [3, "pond.wav", 3.0, 4.0, "wren"], [5, "pond.wav", 5.0, 6.0, "keep"],
    ]  # fmt: skip
    assert (table.index.name, [*table.columns]) == (
        "patch", ["file", "start_time", "end_time", "label"],
    )  # fmt: skip
    scrubber.close()


def test_a_saved_scrubber_shows_in_lanes_what_was_picked() -> None:
    scrubber = pv.scrub(made_patches(), mark={"mine": [1]})
    assert scrubber.saved()["text/html"].count('"groups":[["mine"') == 1
    scrubber.names, scrubber.picked, scrubber.rejected = {2: "wren"}, [2, 4], [7]
    known = scrubber._to_player().state["known"]
    assert [name for name, *_ in known["groups"]] == ["mine", "✓ wren", "✓", "✕"]
    expected = pv.player(scrubber.patches, mark={"a": [7]}).state["known"]["groups"][0][3]
    assert known["groups"][3][3] == expected
    assert "wren" in scrubber.saved()["text/html"]
    assert scrubber.mark == {"mine": [1]}
    scrubber.close()


def test_what_cannot_be_picked_is_refused_and_said() -> None:
    scrubber = pv.scrub(made_patches())
    for name, value, error, said in [
        ("picked", [99], PatchIndexError, "picked=99 is out of range: there are 12 patches"),
        ("picked", 3, InvalidTypeError, "picked=3 are no numbers of patches. It must be a list"),
        ("names", {3: "keep"}, InvalidValueError, "'keep' is no name"),
        ("rejected", "ab", InvalidTypeError, "are no numbers of patches"),
    ]:
        with pytest.raises(error, match=said):
            setattr(scrubber, name, value)
        assert said.replace("'", "&#x27;") in scrubber.controls.message.value
    assert (scrubber.picked, scrubber.rejected, scrubber.names) == ((), (), {})
    scrubber.picked, scrubber.names, scrubber.rejected = [1], {}, []
    assert scrubber.controls.message.value == ""
    scrubber.close()
    for names, refused in [("robin", InvalidTypeError), ([3], InvalidTypeError),
                           (["keep"], InvalidValueError)]:  # fmt: skip
        with pytest.raises(refused, match="names"):
            pv.scrub(made_patches(), names=names)  # type: ignore[arg-type]


def test_what_was_decided_names_nothing_where_it_is_taken_for_labels() -> None:
    """A button that is called reject rejects, and another one that does so is there."""
    scrubber = pv.scrub(made_patches())
    scrubber.names, scrubber.picked, scrubber.rejected = {1: "wren"}, [1, 3], [4]
    with pytest.warns(UserWarning, match="2 of 3 labels are 'keep' or 'reject', as is decided"):
        known = made_patches().spectrogram.with_labels(scrubber.to_frame())
    assert set(known.labels["label"]) == {"wren", "keep", "reject"}  # type: ignore[index]
    again, sheet = pv.scrub(known.patches(duration=1.0)), pv.sheet(known.patches(duration=1.0))
    for names in (again._choices, sheet._content.state["names"]):
        assert [name for name, *_ in names] == ["wren"]
    scrubber.close()
    again.close()


def test_decisions_stay_with_their_patches() -> None:
    patches = made_patches()
    scrubber = pv.scrub(patches)
    scrubber.picked, scrubber.rejected = [3], [4]
    scrubber.patches = patches.with_scores(np.zeros(12), classes=["wren"])  # the same ones
    assert (scrubber.picked, [name for name, *_ in scrubber._choices]) == ((3,), ["wren"])
    with pytest.warns(UserWarning, match=r"2 decisions of pond\.wav left with its patches"):
        scrubber.patches = patches[:6]
    assert (scrubber.picked, scrubber.rejected) == ((), ())
    scrubber.spec = patches.spectrogram  # of which nothing was decided: no word
    scrubber.close()


def test_what_is_decided_on_a_sheet_after_it_was_shown_is_saved_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    published: list[tuple[str, str | None, bool]] = []

    def publish(bundle: Any, number: str | None = None, *, again: bool = False) -> None:
        published.append((bundle["text/html"], number, again))

    monkeypatch.setattr("patchviz.jupyter.sheet.publish", publish)
    monkeypatch.setattr("patchviz.jupyter.boxes.publish", publish)
    sheet = pv.sheet(made_patches(), names=["</script>"])
    sheet.picked = [1]
    assert published == []  # it is not shown yet
    sheet._ipython_display_()
    now, view, saved = published
    name = sheet.model_id
    assert (now[0].count(f'data-now="{name}">{{"decided":[[1,"keep"]]'), now[1:]) == (
        1, (name, False),
    )  # fmt: skip
    assert view == ("", None, False)
    assert '"decided":[[1,"keep"]],"heard":[]' in saved[0]
    assert saved[0].count('"begin":[]') == 1  # under what the widget's picks are kept
    published.clear()
    sheet.names = {2: "</script>"}
    last = published[-1]
    assert (last[1:], last[0].count("</script>")) == ((name, True), 1)
    published.clear()
    sheet.picked = [1, 2]  # as they are
    assert published == []
    sheet.close()


def test_a_sheet_says_what_its_observers_fail_at_until_they_do_not() -> None:
    sheet = pv.sheet(made_patches(), [1, 4, 7])

    def fail_at_two(change: Any) -> None:
        if len(change.new) == 2:
            raise KeyError("no <label> yet")

    sheet.observe(fail_at_two, "picked")
    with pytest.raises(KeyError):
        sheet.set_state({"picked": [1, 4]})  # as a page says it
    assert sheet.picked == (1, 4)
    said = "Of picked=(1, 4) somebody was told, and failed: KeyError: 'no <label> yet'"
    assert sheet._message == said
    with pytest.raises(PatchIndexError):
        sheet.rejected = [5]
    assert sheet._message == (f"{said}\nrejected=5 has no tile: the sheet shows 3 of 12 patches")
    sheet.rejected = []
    sheet.picked = [7]
    assert sheet._message == ""
    sheet.observe(lambda _: {}["long" * 1000], "heard")
    with pytest.raises(KeyError):
        sheet.heard = [4]
    assert sheet._message.startswith(
        "Of heard=(4,) somebody was told, and failed: KeyError: 'longl"
    )
    assert len(sheet._message) < 600
    sheet.close()


def test_all_of_what_a_sheet_says_is_told_though_somebody_fails() -> None:
    sheet: Any = pv.sheet(made_patches())
    told: list[tuple[str, Any]] = []
    sheet.observe(lambda _: 1 // 0, "picked")
    sheet.observe(lambda c: told.append((c.name, c.new)), ["rejected", "names"])
    with pytest.raises(ZeroDivisionError):
        sheet.set_state({"picked": [1], "rejected": [2], "names": [[1, "wren"]]})
    assert sorted(told) == [("names", {1: "wren"}), ("rejected", (2,))]
    assert "Of picked=(1,) somebody was told" in sheet._message
    sheet.close()


@pytest.mark.parametrize("make", [pv.scrub, pv.sheet])
def test_whoever_is_told_of_a_part_of_what_is_decided_knows_the_rest(make: Any) -> None:
    shown = make(made_patches())
    kept: list[dict[int, str]] = []  # as one keeps a table with each change
    shown.observe(lambda _: kept.append(shown.to_frame()["label"].to_dict()), [*DECIDED])
    for name, value, n_told, decided in (
        ("names", {1: "owl"}, 2, {1: "owl"}),
        ("rejected", [2], 1, {1: "owl", 2: "reject"}),
        ("picked", [2], 3, {2: "keep"}),
        ("names", {3: "wren"}, 2, {2: "keep", 3: "wren"}),
        ("rejected", [3], 3, {2: "keep", 3: "reject"}),
        ("names", {3: "wren"}, 3, {2: "keep", 3: "wren"}),
    ):
        kept.clear()
        setattr(shown, name, value)
        assert kept == [decided] * n_told
    shown.close()


@pytest.mark.parametrize("name", DECIDED)
def test_whoever_is_told_of_a_decision_may_close_the_scrubber(name: str) -> None:
    named = {"picked": [1], "rejected": [], "names": [[1, "owl"]]}
    dropped = {"picked": [], "rejected": [2], "names": []}
    for said, decided in (named, {1: "owl"}), (dropped, {2: "reject"}):
        scrubber: Any = pv.scrub(made_patches())
        scrubber.names, scrubber.rejected = {2: "wren"}, [0, 1]
        scrubber.observe(lambda _, scrubber=scrubber: scrubber.close(), name)
        scrubber.set_state(said)
        assert repr(scrubber) == "Scrubber(closed)"
        assert scrubber.to_frame()["label"].to_dict() == decided


def test_what_is_decided_agrees_whoever_fails_at_being_told_of_it() -> None:
    scrubber: Any = pv.scrub(made_patches())
    scrubber.names, scrubber.rejected = {1: "wren"}, [4]
    told: list[tuple[str, Any]] = []
    scrubber.observe(lambda _: 1 // 0, "names")
    scrubber.observe(lambda change: told.append((change.name, change.new)), ["picked", "rejected"])
    with pytest.raises(ZeroDivisionError):
        scrubber.picked = [4, 5]
    assert (scrubber.picked, scrubber.rejected, scrubber.names) == ((4, 5), (), {})
    assert sorted(told) == [("picked", (4, 5)), ("rejected", ())]
    assert "Of names={} somebody was told, and failed" in scrubber.controls.message.value
    scrubber.close()


@pytest.mark.parametrize("kind", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("make", [pv.scrub, pv.sheet])
def test_one_who_watches_a_trait_and_fails_leaves_the_others_told(make: Any, kind: Any) -> None:
    shown = make(made_patches())
    told: list[tuple[int, ...]] = []

    def fails(_: Any) -> None:
        raise kind("no")

    shown.observe(fails, ["picked"])
    shown.observe(lambda change: told.append(change.new), "picked")
    with pytest.raises(kind):
        shown.picked = [3]
    assert told == [(3,)]
    assert "no" not in str(shown._told)  # which would hold all that it went through
    shown.unobserve(fails, "picked")
    shown.picked = [4]
    assert told == [(3,), (4,)]
    shown.unobserve(None, "picked")
    shown.picked = [5]
    assert told == [(3,), (4,)]
    shown.close()


@pytest.mark.parametrize("back", [False, True])
def test_who_watches_a_trait_is_told_of_nothing_after_what_it_is(back: bool) -> None:
    """Where one before them has changed it, or has come back to it."""
    scrubber = pv.scrub(made_patches())
    told: list[int] = []

    def hops(change: Any) -> None:
        if change.new == 3 and not told:
            scrubber.index = 9
            if back:
                scrubber.index = 3

    scrubber.observe(hops, "index")
    scrubber.observe(lambda change: told.append(change.new))  # of all traits
    scrubber.observe(lambda change: told.append(change.new), "index")
    scrubber.index = 3
    assert told == ([9, 9, 3, 3] if back else [9, 9])
    scrubber.close()


def test_who_is_told_of_names_may_pick_others() -> None:
    """Who watches these is told of them, and not after that of those before."""
    sheet: Any = pv.sheet(made_patches())
    sheet.names = {1: "wren"}
    told: list[tuple[int, ...]] = []
    sheet.observe(lambda _: setattr(sheet, "picked", [7]), "names")
    sheet.observe(lambda change: told.append(change.new), "picked")
    sheet.picked = [4]
    assert (sheet.picked, told) == ((7,), [(7,)])
    sheet.close()


def test_scores_that_are_not_shown_are_not_said_of_what_is_picked() -> None:
    patches = made_patches().with_scores(np.linspace(0, 1, 12), classes=["wren"])
    scrubber: Any = pv.scrub(patches)
    scrubber.picked = [3]
    assert scrubber.to_frame()["scored"].tolist() == ["wren"]
    scrubber.scores = False
    assert "scored" not in scrubber.to_frame()
    scrubber.close()


@pytest.mark.parametrize("make", [pv.scrub, pv.sheet])
def test_what_is_no_state_is_refused(make: Any) -> None:
    widget = make(pv.Spectrogram.example().patches(duration=5.0, hop_duration=1.0))
    with pytest.raises(InvalidTypeError, match=r"^sync_data=2 is no dict of traits"):
        widget.set_state(2)
    widget.close()


def test_nothing_is_what_was_decided_in_a_closed_scrubber_that_decided_nothing() -> None:
    for patches in (made_patches(), made_patches().with_scores(np.zeros(12), classes=["wren"])):
        scrubber = pv.scrub(patches)
        before = scrubber.to_frame()
        scrubber.close()
        pd.testing.assert_frame_equal(scrubber.to_frame(), before)
        assert not len(before)


SCRIPT = """
import numpy as np, patchviz as pv
patches = pv.Spectrogram(np.zeros((4, 120)), sr=10, hop_length=1).patches(frame_length=10)
def forgotten():
    pv.scrub(patches).picked = [1]
forgotten()
scrubber = pv.scrub(patches)
scrubber.observe(lambda change: scrubber.index, "index")
"""


@pytest.mark.slow
def test_a_script_that_closes_no_scrubber_ends_without_a_word() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
