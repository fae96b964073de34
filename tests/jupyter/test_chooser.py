"""A scrubber of many recordings: one is chosen, and what was decided stays with each."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile

import patchviz as pv
from patchviz.errors import (
    AudioFileNotFoundError,
    InvalidTypeError,
    InvalidValueError,
    PatchIndexError,
)
from patchviz.jupyter import chooser
from patchviz.jupyter.picks import DECIDED
from patchviz.recordings.sidebyside import SideBySide
from patchviz.web.mistakes import Mistakes

SR = 8000


def ask(scrubber: Any, direction: int) -> None:
    """Ask as a page does on which somebody goes on from the last stop of what is shown."""
    scrubber.set_state({"_beyond": [direction, scrubber._patches_of, scrubber._no_way]})


pytestmark = pytest.mark.filterwarnings("ignore:1 of 4 recordings has no row in the table")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    for name, seconds in (("north/1.wav", 3.0), ("north/2.wav", 0.2), ("south/1.wav", 2.0)):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, rng.normal(0, 0.1, round(seconds * SR)), SR)
    return tmp_path


@pytest.fixture
def recordings(folder: Path) -> pv.Recordings:
    """Five and three patches of two recordings; one in between is too short for any."""
    with pytest.warns(UserWarning, match="1 of 3 files cannot be used"):
        return pv.Recordings(folder, duration=1.0, hop_duration=0.5, sr=SR, hop_length=100)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Rows of recordings whose patches were asked for."""
    rows: list[int] = []
    patches = pv.Recordings.patches

    def spied(self: pv.Recordings, file: Any) -> Any:
        rows.append(file)
        return patches(self, file)

    monkeypatch.setattr(pv.Recordings, "patches", spied)
    return rows


@pytest.fixture
def scrubber(recordings: pv.Recordings) -> Iterator[Any]:
    scrubber = pv.scrub(recordings, names=["wren"])
    yield scrubber
    scrubber.close()


@pytest.fixture
def scored(folder: Path) -> pv.Recordings:
    """Four recordings of five patches each, of which the second has neither label nor event."""
    for k in range(4):
        soundfile.write(folder / f"{k}.wav", np.random.default_rng(k).normal(0, 0.1, 3 * SR), SR)
    recordings = pv.Recordings(
        [folder / f"{k}.wav" for k in range(4)], duration=1.0, hop_duration=0.5, sr=SR,
        hop_length=100,
    )  # fmt: skip
    labels = {
        "file": ["0.wav", "2.wav", "3.wav"], "start_time": [0.1, 1.2, 2.6],
        "end_time": [0.3, 1.4, 2.9], "label": "wren",
    }  # fmt: skip
    scores = np.zeros((20, 1))
    scores[[0, 4, 10, 14, 19]] = 0.9
    return recordings.with_labels(pd.DataFrame(labels)).with_scores(scores, classes=["wren"])


def test_it_begins_with_the_first_mistake_of_all(scored: pv.Recordings) -> None:
    for some, row, index in ((scored, 0, 4), (scored[1:4], 0, 0), (scored[[0, 10, 12, 14]], 1, 0)):
        scrubber: Any = pv.scrub(some, stops="mistakes")
        assert (scrubber.row, scrubber.index) == (row, index)
        scrubber.close()
    scrubber = pv.scrub(scored, stops="mistakes", index=16)
    assert (scrubber.row, scrubber.index) == (3, 1)
    scrubber.close()


def mask_of(*positions: int) -> Any:
    return np.isin(np.arange(20), positions)


@pytest.mark.slow
@pytest.mark.parametrize(
    "how",
    [
        {"stops": "mistakes"},
        {"stops": "events"},
        {"stops": "mistakes", "classes": ["wren"]},
        {"stops": "mistakes", "truth": mask_of(0, 8, 15)[:, np.newaxis]},
        {"stops": "mistakes", "truth": {"min_share": 0.9}},
        {},
        {"scores": False},
        {"stops": [19, 0, -8]},
        {"stops": mask_of(3, 5, 6)},
        {"stops": pd.DataFrame({"patch": [17, 2], "label": ["wren", "wren"]})},
    ],
    ids=str,
)
def test_one_goes_from_stop_to_stop_through_all_recordings(
    scored: pv.Recordings, how: dict[str, Any]
) -> None:
    """As on a page of all of them."""
    player, scrubber = pv.player(scored, **how), pv.scrub(scored, **how)
    first = scored.files["first"].to_numpy()

    def place() -> int:
        return int(first[scrubber.row] + scrubber.index)

    def walk(go: Any) -> list[int]:
        places = [place()]
        while go() == place() != places[-1]:
            places.append(place())
        return places

    begin, stops = place(), list(player.stops)
    assert len(stops) > 1
    forth = walk(scrubber.go_next)
    assert forth == [begin, *(stop for stop in stops if stop > begin)]
    assert walk(scrubber.go_previous) == stops[::-1]
    scrubber.close()


def test_where_there_is_no_stop_at_all_it_is_said(scored: pv.Recordings) -> None:
    scrubber: Any = pv.scrub(scored, stops=[])
    with pytest.raises(InvalidValueError, match="no stops to go to, as of mistakes where none is"):
        scrubber.go_next()
    assert not scrubber._now.player.state.get("elsewhere")
    scrubber.close()


def test_a_page_asks_for_the_next_recording_and_gets_an_answer(
    scored: pv.Recordings, computed: list[int]
) -> None:
    scrubber: Any = pv.scrub(scored, stops="mistakes")
    message = scrubber.controls.message

    def asked(direction: int) -> tuple[int, int]:
        ask(scrubber, direction)
        return scrubber.row, scrubber.index

    stops = [divmod(stop, 5) for stop in pv.player(scored, stops="mistakes").stops]
    at = {row: [index for k, index in stops if k == row] for row, _ in stops}
    first, *others = rows = [*at]
    assert others
    assert 1 not in at
    computed.clear()
    assert asked(-1) == (first, at[first][0])
    assert "No mistake before this one." in message.value
    assert computed == []
    for row in others:
        assert asked(1) == (row, at[row][0])
        assert message.value == ""
    assert asked(1) == (row, at[row][0])
    assert set(computed) == {*others}, "what has no stop is not computed"
    assert "No mistake after this one." in message.value
    scrubber.index = (scrubber.index + 1) % 5
    assert message.value == ""
    asked(1)
    scrubber.row = 1
    assert message.value == ""
    scrubber.row = row
    assert asked(-1) == (rows[-2], at[rows[-2]][-1])
    scrubber.close()


def test_where_the_next_one_cannot_be_computed_one_stays_and_is_told(
    scored: pv.Recordings, folder: Path
) -> None:
    scrubber: Any = pv.scrub(scored, stops=[2, 7, 12])
    content = (folder / "1.wav").read_bytes()
    (folder / "1.wav").unlink()
    assert scrubber.go_next() == 2
    with pytest.raises(AudioFileNotFoundError):
        ask(scrubber, 1)
    assert (scrubber.row, scrubber.index) == (0, 2)
    assert "There is no file" in scrubber.controls.message.value
    scrubber.stops = [2, 7]
    ask(scrubber, 1)
    said = "No stop after this one, but in 1 recording that cannot be read: &#x27;1.wav&#x27;."
    assert said in scrubber.controls.message.value
    scrubber.stops = [2, 7, 12]
    ask(scrubber, 1)  # who was told, and goes on again, goes past it
    assert (scrubber.row, scrubber.index) == (2, 2)
    assert scrubber.go_previous() == 2
    (folder / "1.wav").write_bytes(content)
    assert (scrubber.go_next(), scrubber.row) == (7, 1)
    scrubber.close()


def test_one_goes_past_a_recording_that_is_known_and_whose_sound_is_gone(
    scored: pv.Recordings, folder: Path
) -> None:
    scrubber: Any = pv.scrub(scored, stops=[2, 7, 12], audio=True)
    assert scrubber.go_next() == 2
    assert len(scored.patches(1))  # is kept, and its sound is read when it is shown
    (folder / "1.wav").unlink()
    with pytest.raises(AudioFileNotFoundError):
        ask(scrubber, 1)
    assert (scrubber.row, scrubber.index) == (0, 2)
    assert "There is no file" in scrubber.controls.message.value
    ask(scrubber, 1)
    assert (scrubber.row, scrubber.index) == (2, 2)
    assert scrubber.controls.message.value == ""
    scrubber.close()


@pytest.mark.filterwarnings("ignore:nobody labelled", "ignore:.* is labelled and not scored")
def test_a_recording_that_is_read_again_is_none_that_cannot_be(
    scored: pv.Recordings, folder: Path
) -> None:
    """Whether or not there is anything to stop at."""
    scores = np.zeros((20, 2))
    scores[[0, 7], [0, 1]] = 0.9
    two = scored.with_scores(scores, classes=["wren", "owl"])
    scrubber: Any = pv.scrub(two, classes=["wren"], stops="events")
    away = (folder / "1.wav").rename(folder / "away")
    with pytest.raises(AudioFileNotFoundError):
        scrubber.go_next()
    away.rename(folder / "1.wav")
    ask(scrubber, 1)
    assert ">No event after this one.<" in scrubber.controls.message.value
    scrubber.close()


@pytest.mark.parametrize("to", [3, 0])
def test_a_recording_is_read_though_who_is_told_of_it_chooses_another_one_and_fails(
    scored: pv.Recordings, to: int
) -> None:
    scrubber: Any = pv.scrub(scored, stops=[2, 7, 12], index=2)

    def hops(_: Any) -> None:
        if scrubber.row == 1:
            scrubber.row = to
            raise RuntimeError("no")

    scrubber.observe(hops, "row")
    with pytest.raises(RuntimeError):
        scrubber.go_next()
    assert (scrubber.row, scrubber._unread) == (to, set())
    scrubber.close()


def test_stops_and_groups_are_counted_through(scored: pv.Recordings) -> None:
    scrubber: Any = pv.scrub(scored, mark={"train": np.arange(7), "test": [7, 19]})
    assert list(scrubber.mark) == ["train", "test"]

    def spans() -> dict[str, Any]:
        groups = scrubber._now.player.state["known"]["groups"]
        return {name: spans for name, _, _, spans in groups}

    assert spans() == {"train": [[0.0, 3.0]], "test": []}
    scrubber.stops = [3, 16]
    assert scrubber.stops == [3, 16]
    assert list(scrubber._now.player.stops) == [3]
    scrubber.row = 3
    assert scrubber.stops == [3, 16]
    assert list(scrubber._now.player.stops) == [1]
    assert spans() == {"train": [], "test": [[2.0, 3.0]]}
    scrubber.stops = "events"
    assert scrubber.stops == [19], "counted through, of the one that is shown"
    scrubber.mark = None
    assert scrubber._now.player.state["known"]["groups"] == []
    with pytest.raises(PatchIndexError, match="stops=20 is out of range"):
        scrubber.stops = [20]
    with pytest.raises(PatchIndexError, match=r"mark\['a'\]=20 is out of range"):
        scrubber.mark = {"a": [20]}
    assert (scrubber.stops, scrubber.mark) == ([19], {})
    scrubber.close()


def test_what_is_saved_has_no_way_to_others(scored: pv.Recordings) -> None:
    scrubber: Any = pv.scrub(scored, stops=[16])
    assert scrubber._now.player.state["elsewhere"] is True
    assert '"elsewhere":false' in scrubber.saved()["text/html"]
    scrubber.row = 3
    assert not scrubber._now.player.state.get("elsewhere")
    scrubber.close()


def test_who_watches_the_patch_is_called_when_the_page_knows_that_others_have_come(
    scored: pv.Recordings,
) -> None:
    """What is picked while a slow function works is of those, and not left out."""
    scrubber: Any = pv.scrub(scored, stops="mistakes")
    seen: list[tuple[int, int, int]] = []

    def watch(patch: Any) -> None:
        seen.append((scrubber.row, scrubber.index, scrubber._patches_of))
        assert np.shares_memory(patch, scrubber.patch)

    scrubber.on_patch(watch)
    for change in (
        lambda: setattr(scrubber, "row", 3), lambda: setattr(scrubber, "index", 2),
        lambda: setattr(scrubber, "title", "x"), lambda: setattr(scrubber, "row", 0),
    ):  # fmt: skip
        change()
    assert seen == [(3, 0, 1), (3, 2, 1), (0, 4, 2)]  # a title is no other patch
    scrubber.close()


@pytest.mark.parametrize(
    ("name", "said", "allowed"),
    [
        *(("_index_of", said, "two numbers, or none") for said in ("x", 3, [1], [0, "x"], [0, []])),
        *(
            ("_decided_of", said, "a list of lists: two numbers, picked, rejected, names")
            for said in ("x", 3, [1], [[1]], [[0, 0.5, [1], []]], [[0, [1], [1], [], []]])
        ),
        *(
            ("_beyond", said, "1 or -1 and two numbers, or none")
            for said in ("x", [7], [1, 0], [0, 0, 0], [7, 0, 0], ["x", 0, 0])
        ),
    ],
)
def test_what_no_page_says_is_refused(
    scored: pv.Recordings, name: str, said: Any, allowed: str
) -> None:
    scrubber: Any = pv.scrub(scored, stops=[0, 11], index=0)
    wrong = re.escape(f"{name}={said!r} is nothing that a page says. It must be {allowed}.")
    with pytest.raises(InvalidTypeError, match=f"^{wrong}$"):
        scrubber.set_state({name: said, "index": 3, "picked": [1]})
    scrubber.set_state({"_index_of": [], "_decided_of": [], "_beyond": []})
    ask(scrubber, 1)
    assert scrubber.row == 2
    scrubber.close()


@pytest.mark.parametrize("is_first", [True, False])
def test_what_comes_along_with_the_way_to_another_recording_is_of_that_before(
    scored: pv.Recordings, is_first: bool
) -> None:
    """As of a page on which somebody goes on, and then moves and picks while a kernel works."""
    scrubber: Any = pv.scrub(scored, stops=[0, 11], index=0)
    told: list[tuple[int, str, Any]] = []
    scrubber.observe(lambda c: told.append((scrubber.row, c.name, c.new)), ["index", "picked"])
    beyond = {"_beyond": [1, 0, 0]}
    said = {
        "index": 3,
        "_index_of": [0, 0.5],
        "picked": [2],
        "_decided_of": [[0, 0.7, [2], [], []]],
    }
    scrubber.set_state({**beyond, **said} if is_first else {**said, **beyond})
    assert (scrubber.row, scrubber.index, scrubber.controls.slider.value) == (2, 1, 1)
    assert (0, "index", 3) in told
    assert (0, "picked", (2,)) in told
    assert {entry for entry in told if entry[0] == 2} == {(2, "index", 1), (2, "picked", ())}
    assert not scrubber.controls.message.value
    assert scrubber.to_frame()["file"].tolist() == [scored.files["file"][0]]
    scrubber.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["index", "picked", "rejected", "names", "_patches_of"])
@pytest.mark.parametrize("to", [2, 0])
def test_who_is_told_may_choose_another_recording(
    scored: pv.Recordings, name: str, to: int
) -> None:
    """What is decided stays with the recording that it is of, and is told as of that alone."""
    scrubber: Any = pv.scrub(scored, stops="mistakes")
    decided = {3: ((0, 1), (2,), {1: "wren"}), 0: ((3,), (4,), {3: "robin"}), 2: ((), (), {})}
    for row in (3, 0):
        scrubber.row = row
        scrubber.picked, scrubber.rejected, scrubber.names = decided[row]
    before, scrubber.index = scrubber.to_frame(), 4
    told: list[tuple[int, str, Any]] = []
    scrubber.observe(lambda c: told.append((scrubber.row, c.name, c.new)), [*DECIDED])
    asked = [to]
    scrubber.observe(lambda _: setattr(scrubber, "row", asked.pop() if asked else to), name)
    scrubber.row = 3
    assert (scrubber.row, scrubber.chooser.value, scrubber.title) == (to, to, f"{to}.wav")
    assert scrubber.index == scrubber.controls.slider.value == scrubber.controls.play.value
    pd.testing.assert_frame_equal(scrubber.to_frame(), before)
    assert (scrubber.picked, scrubber.rejected, scrubber.names) == decided[to]
    for row, said, value in told:
        assert decided[row][DECIDED.index(said)] == value
    assert not scrubber.controls.message.value
    scrubber.close()


def test_who_is_told_of_a_stop_may_choose_another_patch_or_recording(
    recordings: pv.Recordings,
) -> None:
    """Where one goes to is a patch of the recording that one goes to alone."""
    scrubber: Any = pv.scrub(recordings, stops=[4, 5, 7], index=7)
    assert (scrubber.row, scrubber.index) == (2, 2)
    to = [2, None]

    def hops(_: Any) -> None:
        if scrubber.row == 0 and to:
            if (row := to.pop(0)) is None:
                scrubber.index, scrubber.title = 1, "x"
            else:
                scrubber.row = row

    scrubber.observe(hops, "row")
    scrubber.index = 0
    assert scrubber.go_previous() == 7  # of the three patches that the other one has the last
    assert (scrubber.row, scrubber.index) == (2, 2)
    scrubber.index = 0
    assert scrubber.go_previous() == 1
    assert (scrubber.row, scrubber.index, scrubber.title) == (0, 1, "x")
    scrubber.close()


@pytest.mark.parametrize("name", ["index", "picked", "patch"])
def test_who_watches_the_row_is_told_of_the_one_that_is_shown(
    scored: pv.Recordings, name: str
) -> None:
    """And of no other after it, be it that somebody chooses another one, or fails."""
    scrubber: Any = pv.scrub(scored, stops="mistakes")
    told: list[tuple[int, int]] = []
    scrubber.observe(lambda c: told.append((c.new, scrubber._shown_row)), "row")

    def watches(_: Any) -> None:
        if scrubber.row == 1:
            scrubber.row = 3
        elif scrubber.row == 2:
            raise RuntimeError("no")

    if name == "patch":
        scrubber.on_patch(watches)
    else:
        scrubber.observe(watches, name)
    scrubber.picked, scrubber.index = [0], 2
    scrubber.row = 1
    assert told == [(3, 3)]
    scrubber.picked, scrubber.index = [0], 2
    with pytest.raises(RuntimeError):
        scrubber.row = 2
    assert told == [(3, 3), (2, 2)]
    assert "somebody was told, and failed: RuntimeError: no" in scrubber.controls.message.value
    scrubber.close()


def test_who_is_told_of_what_a_page_says_may_choose_another_recording(
    scored: pv.Recordings,
) -> None:
    scrubber: Any = pv.scrub(scored)
    told: list[tuple[int, str, Any]] = []
    scrubber.observe(lambda _: setattr(scrubber, "row", 3), "picked")
    scrubber.observe(lambda c: told.append((scrubber.row, c.name, c.new)), "rejected")
    picks = {"picked": [0], "rejected": [2], "names": []}
    scrubber.set_state({**picks, "_decided_of": [[0, 0.5, *picks.values()]]})
    assert (scrubber.row, scrubber.rejected, told) == (3, (), [(3, "rejected", ())])
    assert scrubber.to_frame()["label"].tolist() == ["keep", "reject"]
    scrubber.close()


def test_who_is_told_of_what_a_page_says_may_choose_a_shorter_recording(
    recordings: pv.Recordings,
) -> None:
    """Where one was in that before, which the controls were not told yet, is no patch of it."""
    scrubber: Any = pv.scrub(recordings, index=2)
    scrubber.observe(lambda _: setattr(scrubber, "row", 2), "picked")
    picks = {"picked": [1], "rejected": [], "names": []}
    said = {**picks, "_decided_of": [[0, 0.5, *picks.values()]], "index": 4, "_index_of": [0, 0.5]}
    scrubber.set_state(said)
    assert (scrubber.row, scrubber.index, len(scrubber.patches)) == (2, 2, 3)
    assert scrubber.controls.slider.value == scrubber.controls.play.value == 2
    assert scrubber.controls.readout.value.startswith("patch 2 / 2")
    scrubber.close()


def test_all_of_what_a_page_says_is_told_though_somebody_fails(scored: pv.Recordings) -> None:
    scrubber: Any = pv.scrub(scored, index=0)
    told: list[tuple[str, Any]] = []
    scrubber.observe(lambda _: 1 // 0, "picked")
    scrubber.observe(lambda c: told.append((c.name, c.new)), ["rejected", "index"])
    picks = {"picked": [1], "rejected": [2], "names": []}
    said = {**picks, "_decided_of": [[0, 0.5, *picks.values()]], "index": 3, "_index_of": [0, 0.5]}
    with pytest.raises(ZeroDivisionError):
        scrubber.set_state(said)
    assert told == [("rejected", (2,)), ("index", 3)]
    assert scrubber.controls.slider.value == 3
    assert scrubber.controls.readout.value.startswith("patch 3 ")
    assert "Of picked=(1,) somebody was told" in scrubber.controls.message.value
    scrubber.close()


@pytest.mark.parametrize("name", ["row", "index", "picked", "_patches_of", "patch"])
def test_who_is_told_of_another_recording_may_close_it(scored: pv.Recordings, name: str) -> None:
    scrubber: Any = pv.scrub(scored, stops="mistakes")
    scrubber.picked = [0]
    called: list[Any] = []
    if name == "patch":
        scrubber.on_patch(lambda _: scrubber.close())
    else:
        scrubber.observe(lambda _: scrubber.close(), name)
    scrubber.on_patch(called.append)
    scrubber.row = 3
    assert (repr(scrubber), len(called)) == ("Scrubber(closed)", name == "row")  # told after it


def test_what_comes_too_late_is_told_though_somebody_who_watches_fails(
    scored: pv.Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    scrubber: Any = pv.scrub(scored, index=3)
    scrubber.row = 1
    page: dict[str, Any] = {}
    monkeypatch.setattr(
        scrubber.comm, "send", lambda data, **_: page.update(data.get("state") or {})
    )
    scrubber.on_patch(lambda patch: 1 // 0)
    late = {"picked": [1], "_decided_of": [[0, 0.5, [1], [], []]]}
    with pytest.raises(ZeroDivisionError):
        scrubber.set_state({**late, "index": 2, "_index_of": [1, 0.5]})
    assert "while other patches were on their way" in scrubber.controls.message.value
    assert (scrubber.index, page["picked"], page["index"]) == (2, [], 2)
    scrubber.close()


def test_who_watches_is_called_once_of_a_change_within_another(scored: pv.Recordings) -> None:
    scrubber: Any = pv.scrub(scored, stops="mistakes")
    seen: list[tuple[str, int]] = []
    scrubber.observe(lambda _: setattr(scrubber, "title", "within"), "index")
    scrubber.on_patch(lambda _: seen.append((scrubber.title, scrubber._patches_of)))
    scrubber.row = 2
    assert seen == [("within", 1)]
    scrubber.title = "after"
    assert len(seen) == 1
    scrubber.close()


def test_classes_that_were_chosen_on_a_page_stay(scored: pv.Recordings) -> None:
    scores = np.zeros((20, 2))
    scores[[1, 6], 0], scores[[2, 18], 1] = 0.9, 0.9
    two = scored.with_scores(scores, classes=["wren", "owl"])
    scrubber: Any = pv.scrub(two, stops="events")
    scrubber.set_state({"_chosen": ["owl"]})
    assert scrubber.go_next() == 2
    scrubber.go_next()
    assert (scrubber.row, scrubber.index, scrubber.classes) == (3, 3, ("owl",))
    with pytest.raises(InvalidValueError, match="'bat' is none of the 2 classes"):
        scrubber.set_state({"_chosen": ["bat"]})
    scrubber.title = "as before"
    assert scrubber.classes == ("owl",)
    scrubber.close()


def test_a_recording_is_computed_when_it_is_chosen(
    recordings: pv.Recordings, computed: list[int]
) -> None:
    scrubber: Any = pv.scrub(recordings)
    assert scrubber.chooser.options == (("north/1.wav", 0), ("south/1.wav", 2))
    assert scrubber.children[0] is scrubber.chooser
    assert computed == [0]
    seen: list[int] = []
    scrubber.observe(lambda change: seen.append(change.new), "row")
    scrubber.index = 4
    scrubber.chooser.value = 2
    assert (scrubber.row, scrubber.index, len(scrubber.patches)) == (2, 2, 3)
    assert computed == [0, 2]
    alone = pv.scrub(recordings.patches(2), index=2)
    assert scrubber._now.player.tiles == alone._now.player.tiles
    assert scrubber.title == alone.title
    assert scrubber.controls.readout.value == alone.controls.readout.value
    scrubber.row = -3
    assert (scrubber.row, scrubber.chooser.value, len(scrubber.patches)) == (0, 0, 5)
    assert seen == [2, 0]
    scrubber.close()


def test_it_begins_with_the_patch_of_an_index_among_all(recordings: pv.Recordings) -> None:
    scrubber: Any = pv.scrub(recordings, index=6, clim=(-40, 0))
    assert (scrubber.row, scrubber.chooser.value, scrubber.index) == (2, 2, 1)
    scrubber.row = 0
    assert scrubber.clim == (-40, 0)
    scrubber.close()


def test_what_is_saved_says_that_it_is_one_of_several(
    scrubber: Any, recordings: pv.Recordings
) -> None:
    """Where no kernel runs none of the others can be chosen."""
    note = "1.wav: 1 of 2 recordings. The others are chosen where a kernel runs; patchviz.player("
    assert f"<p>north/{note}" in scrubber.saved()["text/html"]
    scrubber.row = 2
    assert f"<p>south/{note}" in scrubber.saved()["text/html"]
    for one in (recordings[:5], recordings.patches(0)):
        alone: Any = pv.scrub(one)
        assert "<p>" not in alone.saved()["text/html"].split("<script")[0]
        alone.close()


def test_what_is_decided_stays_with_its_recording(scrubber: Any, folder: Path) -> None:
    scrubber.picked, scrubber.rejected, scrubber.names = [3], [1], {4: "wren"}
    scrubber.row = 2
    assert (scrubber.picked, scrubber.rejected, scrubber.names) == ((), (), {})
    scrubber.set_state({"picked": [0]})  # as a page says it
    table = scrubber.to_frame()
    assert (table.index.name, table.index.tolist()) == ("patch", [1, 3, 4, 5])
    assert table["label"].tolist() == ["reject", "keep", "wren", "keep"]
    assert table["patch_in_file"].tolist() == [1, 3, 4, 0]
    paths = [str(folder / "north/1.wav")] * 3 + [str(folder / "south/1.wav")]
    assert table["file"].tolist() == paths
    assert table["start_time"].tolist() == [0.5, 1.5, 2.0, 0.0]
    known = scrubber.recordings.to_frame().loc[table.index]
    assert known["file"].tolist() == paths
    assert known["start_time"].tolist() == table["start_time"].tolist()
    with pytest.warns(UserWarning, match="labels (are|is) 'keep' or 'reject', as is decided"):
        known = scrubber.recordings.with_labels(table.reset_index())
    assert known.targets(min_share=0.9).sum() == 4
    told: list[tuple[Any, Any]] = []
    scrubber.observe(lambda change: told.append((change.old, change.new)), "picked")
    scrubber.row = 0
    assert told == [((0,), (3, 4))]  # from the one recording to the other at once
    assert (scrubber.picked, scrubber.rejected, scrubber.names) == ((3, 4), (1,), {4: "wren"})
    assert scrubber.to_frame().equals(table)
    scrubber.picked, scrubber.rejected = [], []
    scrubber.row = 2
    assert scrubber.to_frame().index.tolist() == [5]
    groups = scrubber._to_player().state["known"]["groups"]
    assert [name for name, *_ in groups] == ["✓"], "what is saved is the one that is shown"


def test_a_page_that_had_moved_on_in_the_recording_before_is_told_where_it_is(
    scored: pv.Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows of the next one what it has itself, unless Python says another number."""
    scrubber: Any = pv.scrub(scored, index=3)
    page: dict[str, Any] = {"index": 3}
    monkeypatch.setattr(
        scrubber.comm, "send", lambda data, **_: page.update(data.get("state") or {})
    )
    for row, index, of in ((1, 2, 0), (1, 1, 1), (0, 4, 1)):
        scrubber.row = row
        page["index"] = index  # while Python was at work
        scrubber.set_state({"index": index, "_index_of": [of, 0.5 + index]})
        assert page["index"] == scrubber.index
    assert (scrubber.row, scrubber.index) == (0, 1)
    scrubber.close()


def test_what_was_decided_beyond_the_patches_of_the_next_recording_is_no_error(
    scrubber: Any,
) -> None:
    scrubber.picked, scrubber.rejected = [0], [4]  # the next one has three patches
    scrubber.row = 2
    assert (scrubber.row, scrubber.picked, scrubber.rejected) == (2, (), ())
    scrubber.row = 0
    assert (scrubber.picked, scrubber.rejected) == ((0,), (4,))


def test_where_one_cannot_be_computed_the_other_stays(scrubber: Any, folder: Path) -> None:
    scrubber.picked = [2]
    (folder / "south/1.wav").unlink()
    told: list[int] = []
    scrubber.observe(lambda change: told.append(change.new), "row")
    with pytest.raises(AudioFileNotFoundError):
        scrubber.chooser.value = 2
    assert not told
    assert (scrubber.row, scrubber.chooser.value, len(scrubber.patches)) == (0, 0, 5)
    assert scrubber.picked == (2,)
    assert "There is no file" in scrubber.controls.message.value
    assert "Still shown: 1" in scrubber.controls.message.value
    for row, error, said in [
        (1, InvalidValueError, "has no patches"),
        (3, InvalidValueError, "row=3"),
        ("a", InvalidTypeError, "row='a'"),
    ]:
        with pytest.raises(error, match=said):
            scrubber.row = row
        assert scrubber.row == 0
    with pytest.raises(InvalidValueError) as refused:
        scrubber.patches = scrubber.patches[:2]
    assert str(refused.value) == (
        "patches and spec of this scrubber are those of its recordings. Choose one of these: "
        "scrubber.row = 1."
    )


def test_who_interrupts_stays_at_the_recording_that_is_shown(
    scrubber: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is decided afterwards is of that."""
    told: list[int] = []
    scrubber.observe(lambda change: told.append(change.new), "row")

    def interrupted(self: pv.Recordings, file: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(pv.Recordings, "patches", interrupted)
        with pytest.raises(KeyboardInterrupt):
            scrubber.row = 2
    assert (scrubber.row, scrubber.chooser.value, told) == (0, 0, [])
    scrubber.picked = [4]
    scrubber.title = "x"
    assert (scrubber.picked, scrubber.to_frame()["start_time"].tolist()) == ((4,), [2.0])
    scrubber.row = 2
    assert told == [2]


def test_a_truth_of_all_patches_is_counted_through(recordings: pv.Recordings) -> None:
    n = len(recordings)
    scored = recordings.with_scores(np.linspace(0, 1, n)[:, None], classes=["wren"])
    truth = np.random.default_rng(0).random((n, 1)) < 0.5
    scrubber: Any = pv.scrub(scored, stops="mistakes", truth=truth, index=n - 1)
    wrong = truth[:, 0] != (np.linspace(0, 1, n) >= 0.5)
    for row, span in ((2, slice(5, 8)), (0, slice(0, 5))):
        scrubber.row = row
        alone = pv.scrub(scored.patches(row), stops="mistakes", truth=truth[span])
        assert scrubber.stops == [span.start + stop for stop in alone.stops]
        assert set(alone.stops) <= set(np.flatnonzero(wrong[span]).tolist())
        said = [one._now.controls.wrong for one in (scrubber, alone)]
        np.testing.assert_array_equal(*said)
        alone.close()
    scrubber.close()


def test_it_closes(scrubber: Any) -> None:
    chooser = scrubber.chooser
    scrubber.close()
    assert chooser.comm is None
    assert repr(scrubber) == "Scrubber(closed)"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mark": {"train": [8]}}, "mark['train']=8 is out of range: there are 8 patches"),
        ({"stops": [1, 8]}, "stops=8 is out of range: there are 8 patches"),
        ({"stops": 3}, 'stops=3 is of type int. It must be "events", "mistakes" or positions of'),
        ({"stops": "missed"}, "stops='missed' is not allowed"),
        ({"truth": np.ones(3)}, "truth has the shape (3,)"),
        ({"index": 8}, "index=8 is out of range: there are 8 patches of 3 files"),
    ],
)  # fmt: skip
def test_what_makes_no_sense(
    options: dict[str, Any], message: str, recordings: pv.Recordings
) -> None:
    with pytest.raises((InvalidTypeError, InvalidValueError, PatchIndexError)) as refused:
        pv.scrub(recordings, **options)
    assert message in str(refused.value)


def test_too_many_to_choose_among(
    recordings: pv.Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchviz.web.choosing.MOST_FILES", 1)
    with pytest.raises(InvalidValueError) as refused:
        pv.scrub(recordings)
    assert str(refused.value) == (
        "patches are of 2 files. It must be those of 1 to 1 files. Choose some: "
        "recordings[numbers]."
    )


@pytest.mark.parametrize(
    "change",
    [
        {"cmap": "gray"}, {"title": "x"}, {"clim": (-40, 0)}, {"stops": [1]}, {"mark": {"a": [2]}},
        {"scores": False}, {"labels": False}, {"threshold": 0.3}, {"classes": ["wren"]},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_decided_stays_whatever_else_changes(
    scored: pv.Recordings, change: dict[str, Any]
) -> None:
    scrubber: Any = pv.scrub(scored)
    scrubber.picked, scrubber.rejected, scrubber.names = [1], [4], {2: "wren"}
    before = scrubber.to_frame()[["file", "label"]]
    for name, value in change.items():
        setattr(scrubber, name, value)
    assert (scrubber.picked, scrubber.rejected) == ((1, 2), (4,))
    assert scrubber.to_frame()[["file", "label"]].equals(before)
    assert len(before) == 3
    scrubber.close()


def test_who_fails_at_being_told_leaves_all_in_step(scored: pv.Recordings) -> None:
    """What is decided afterwards is of the recording that is seen."""
    scrubber: Any = pv.scrub(scored, index=4)
    seen: list[Any] = []

    def fails(_: Any) -> None:
        seen.append((scrubber.row, scrubber._place(0)[2], scrubber.title))
        raise RuntimeError("no")

    leave = scrubber.on_patch(fails)
    with pytest.raises(RuntimeError):
        scrubber.row = 2
    path = scored.files["file"][2]
    assert seen == [(2, path, "2.wav")]
    assert (scrubber.row, scrubber.chooser.value, scrubber.title) == (2, 2, "2.wav")
    assert "somebody was told, and failed: RuntimeError: no" in scrubber.controls.message.value
    leave()
    scrubber.picked = [3]
    assert scrubber.to_frame()["file"].tolist() == [path]
    scrubber.close()


def test_whoever_fails_the_controls_fit(recordings: pv.Recordings) -> None:
    scrubber: Any = pv.scrub(recordings, index=4)

    def fails(_: Any) -> None:
        raise RuntimeError("no")

    scrubber.observe(fails, "index")
    with pytest.raises(RuntimeError):
        scrubber.row = 2  # which has three patches
    controls = scrubber.controls
    assert (scrubber.row, scrubber.index) == (2, 2)
    for control in (controls.play, controls.slider):
        assert (control.max, control.value) == (2, 2)
    assert controls.readout.value.startswith("patch 2 / 2")
    scrubber.close()


def test_another_recording_begins_at_its_first_mistake(scored: pv.Recordings) -> None:
    scrubber: Any = pv.scrub(scored, stops="mistakes")
    player: Any = pv.player(scored, stops="mistakes")
    for row in (2, 3, 1, 0):
        scrubber.index = 4
        scrubber.row = row
        assert scrubber.index == player.players[row].state["options"]["index"]
        assert scrubber.controls.slider.value == scrubber.index
    scrubber.close()


@pytest.mark.filterwarnings("ignore:nobody labelled")
def test_lanes_that_are_chosen_on_a_page_leave_the_mistakes_as_they_are(
    scored: pv.Recordings,
) -> None:
    scores = np.random.default_rng(0).random((20, 3))
    three = scored.with_scores(scores, classes=["wren", "owl", "crow"])
    for patches in (three, three.patches(0)):
        scrubber: Any = pv.scrub(patches, stops="mistakes")
        stops = scrubber.stops
        scrubber.set_state({"_chosen": ["owl"]})
        assert scrubber.classes == ("owl",)
        assert scrubber.stops == stops
        assert [one for one, *_ in scrubber._now.player.state["known"]["scores"]][:1]
        scrubber.classes = ["wren"]
        assert scrubber.classes == ("wren",)
        assert scrubber.stops != stops, "those of the classes that Python names"
        scrubber.close()


@pytest.mark.parametrize("trait", ["row", "picked", "rejected", "index"])
def test_whoever_fails_while_one_goes_on_all_of_it_happens(
    scored: pv.Recordings, trait: str
) -> None:
    """The stop is gone to, and what is decided stays with its recording."""
    scrubber: Any = pv.scrub(scored, stops=[1, 14])
    scrubber.index = 1
    scrubber.picked, scrubber.rejected = [0], [3]

    def fails(_: Any) -> None:
        raise RuntimeError("no")

    scrubber.observe(fails, trait)
    with pytest.raises(RuntimeError):
        scrubber.go_next()
    scrubber.unobserve(fails, trait)
    assert (scrubber.row, scrubber.index, scrubber.chooser.value) == (2, 4, 2)
    assert (scrubber.picked, scrubber.rejected) == ((), ())
    scrubber.row = 0
    assert (scrubber.picked, scrubber.rejected) == ((0,), (3,))
    scrubber.close()


def test_what_stops_leave_out_is_told_once(scored: pv.Recordings) -> None:
    table = scored.mistakes()
    twice = pd.concat([table, table[:1].assign(label="owl")])
    for view in (scored, scored.patches(0)):
        with pytest.warns(
            UserWarning, match="chosen for another class|of other recordings"
        ) as told:
            scrubber: Any = pv.scrub(view, stops=twice)
        # Of patchviz, and not of what old releases of ipywidgets use.
        texts = [str(one.message) for one in told if one.category is UserWarning]
        assert len(texts) == len({*texts})
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            scrubber.title = "x"
            if view is scored:
                scrubber.row = 2
            scrubber.stops = [1]
        assert scrubber.stops == [1]
        assert scrubber.controls.chosen_for == {}
        scrubber.close()


def test_times_to_see_at_first_are_of_the_recording_that_is_there_at_first(
    scored: pv.Recordings,
) -> None:
    scrubber: Any = pv.scrub(scored, stops="mistakes", index=10, tlim=(0.2, 0.5))
    view = scrubber._now.player.state["view"]
    assert (scrubber.row, view["time"]) == (2, pytest.approx([0.2, 0.5]))
    scrubber.row = 0
    assert scrubber.index == 4  # the first mistake
    assert scrubber._now.player.state["view"] == {"time": None, "stretch": None}
    scrubber.close()


def test_the_truth_of_all_is_not_reckoned_again_for_each(
    scored: pv.Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, targets = list[int](), SideBySide.targets

    def spied(self: SideBySide, **how: Any) -> Any:
        asked.append(len(self))
        return targets(self, **how)

    monkeypatch.setattr(SideBySide, "targets", spied)
    scrubber: Any = pv.scrub(scored, stops="mistakes")
    assert asked
    asked.clear()
    for row in (1, 2, 3):
        scrubber.row = row
    assert (scrubber.go_previous(), scrubber.row) == (14, 2)
    assert not asked
    scrubber.title, scrubber.clim, scrubber.cmap = "x", (-60, 0), "gray"
    assert not asked
    scrubber.threshold = 0.8
    assert asked
    scrubber.close()


@pytest.mark.filterwarnings("ignore:3 of 4 recordings have no row", "ignore:nobody labelled")
def test_what_is_told_of_a_scrubber_is_not_told_again(scored: pv.Recordings) -> None:
    labels = {"file": "0.wav", "start_time": [1.2], "end_time": [1.4], "label": ["owl"]}
    known = scored.with_labels(pd.DataFrame(labels))
    said = "'owl' is labelled and not scored"
    for view in (known, known.patches(0)):
        with pytest.warns(UserWarning, match=said):
            scrubber: Any = pv.scrub(view, stops="mistakes")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            scrubber.title = "x"
            scrubber.cmap = "gray"
            scrubber.threshold = 0.4
            assert scrubber.classes == ("wren",)
            scrubber.picked = [0]
            scrubber.saved()
        scrubber.close()


def test_the_list_follows_what_stops_are(recordings: pv.Recordings, tmp_path: Path) -> None:
    folder = tmp_path / "labels" / "north"
    folder.mkdir(parents=True)
    (folder / "1.txt").write_text("0.5\t1.0\twren\n", encoding="utf-8")
    with pytest.warns(UserWarning, match="no table of labels"):
        known = recordings.with_labels(tmp_path / "labels")
    scrubber: Any = pv.scrub(known.with_scores(np.ones((8, 1)), classes=["wren"]))
    names = [name for name, _ in scrubber.chooser.options]
    scrubber.row = 2
    for stops, said in (
        ("mistakes", [" · 1 mistake", " · not labelled"]), ("events", ["", ""]),
        ([1, 2, -1], [" · 2 stops", " · 1 stop"]), ([7], ["", " · 1 stop"]),
    ):  # fmt: skip
        scrubber.stops = stops
        listed = [name for name, _ in scrubber.chooser.options]
        assert listed == [name + more for name, more in zip(names, said, strict=True)]
        assert (scrubber.row, scrubber.chooser.value) == (2, 2)
    scrubber._now.canvas.observe(lambda _: 1 // 0, "state")
    with pytest.raises(ZeroDivisionError):
        scrubber.stops = [1]
    assert [name for name, _ in scrubber.chooser.options] == [f"{names[0]} · 1 stop", names[1]]
    scrubber.chooser.observe(lambda _: 1 // 0, "value")
    with pytest.raises(ZeroDivisionError):
        scrubber.stops = [7]
    assert [name for name, _ in scrubber.chooser.options] == [names[0], f"{names[1]} · 1 stop"]
    assert (scrubber.row, scrubber.chooser.value) == (2, 2)
    scrubber.close()


def test_the_list_is_reckoned_when_it_may_change_alone(
    scored: pv.Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of thousands of files it takes longer than what else another one of them needs."""
    reckoned: list[str] = []
    for name in ("_list_of", "listed"):
        one = getattr(chooser, name)
        monkeypatch.setattr(chooser, name, lambda *a, o=one, n=name: [reckoned.append(n), o(*a)][1])
    scrubber: Any = pv.scrub(scored, stops="mistakes")
    for row in (2, 0, 3):
        scrubber.row = row
    assert [*scrubber.saved()]
    assert reckoned == ["listed", "_list_of"]
    scrubber.stops = [11]
    assert reckoned == ["listed", "_list_of", "_list_of"]
    assert [name for name, _ in scrubber.chooser.options][1:3] == ["1.wav", "2.wav · 1 stop"]
    scrubber.close()


def test_mistakes_of_all_are_counted_anew_where_they_may_be_others_alone(
    scored: pv.Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many patches and classes it takes longer than what else a change needs."""
    counted: list[Any] = []
    of = Mistakes.of

    def spied(patches: Any, options: Any) -> Any:
        if isinstance(patches, SideBySide):
            counted.append(options.threshold)
        return of(patches, options)

    monkeypatch.setattr(Mistakes, "of", spied)
    scrubber: Any = pv.scrub(scored, stops="mistakes")
    for name, value in (("title", "x"), ("cmap", "gray"), ("_chosen", ["wren"]), ("row", 2)):
        setattr(scrubber, name, value)
    assert counted == [None]
    for name, value, said in (
        ("threshold", -1.0, "1 mistake"), ("stops", "events", ""), ("stops", [5, 6], "2 stops"),
        ("stops", "mistakes", "1 mistake"), ("threshold", None, ""),
    ):  # fmt: skip
        setattr(scrubber, name, value)
        assert scrubber.chooser.options[1][0].partition(" · ")[2] == said
    scrubber.close()


@pytest.mark.filterwarnings("ignore:nobody labelled 'robin'")
def test_what_was_set_may_be_changed_and_set_again(scored: pv.Recordings) -> None:
    known = scored.with_scores(np.eye(20)[:, [6, 9]], classes=["wren", "robin"])
    scrubber: Any = pv.scrub(known, stops="mistakes", threshold=0.5)
    other: Any = pv.scrub(known, stops="mistakes", threshold=0.5)
    classes, mark = ["wren"], {"a": [1]}
    scrubber.classes, scrubber.mark = classes, mark
    before = scrubber.chooser.options
    classes.append("robin")
    mark["a"].append(7)
    mark["b"] = [8]
    scrubber.classes, scrubber.mark = classes, mark
    other.classes = ["wren", "robin"]
    assert scrubber.chooser.options == other.chooser.options != before
    scrubber.row = 1
    assert scrubber._as_shown(scrubber._now.options).mark == {"a": [2], "b": [3]}
    scrubber.close()
    other.close()


def test_what_is_odd_of_a_sound_is_told_where_one_goes_on_to_it(tmp_path: Path) -> None:
    """It is computed on the way, and once: when it is shown nobody tells it any more."""
    for k in range(2):
        samples = np.random.default_rng(k).normal(0, 0.1, 3 * SR)
        samples[100 : 100 + 50 * k] = np.nan
        soundfile.write(tmp_path / f"{k}.wav", samples, SR, subtype="FLOAT")
    recordings = pv.Recordings(
        tmp_path, duration=1.0, sr=SR, hop_length=100, on_damage="keep", progress=False
    )
    scrubber: Any = pv.scrub(recordings, stops=[0, 4])
    with pytest.warns(UserWarning, match=r"'1\.wav' holds 50 samples that are NaN") as told:
        assert scrubber.go_next() == 4
    assert (scrubber.row, len(told)) == (1, 1)
    scrubber.close()


def test_what_fails_is_said_once_and_of_what_it_is(scored: pv.Recordings) -> None:
    """Nobody was told of a recording that could not be read, and it is not there."""
    scrubber: Any = pv.scrub(scored, stops="mistakes")
    path = Path(scored.files["file"][2])
    away = path.rename(path.with_suffix(".away"))
    message = scrubber.controls.message
    for name, value, error, said in (
        ("_beyond", 1, AudioFileNotFoundError, r"There is no file .*\. Check the path\."),
        ("row", 2, AudioFileNotFoundError, r"There is no file .*\. Still shown: 0\.wav\."),
        ("row", 3, ZeroDivisionError, "Of patch 0 somebody was told, and failed: .*"),
        ("_beyond", -1, ZeroDivisionError, "Of patch 4 somebody was told, and failed: .*"),
    ):
        if error is ZeroDivisionError and away.exists():
            away.rename(path)
            scrubber.on_patch(lambda patch: 1 // 0)
        with pytest.raises(error):
            ask(scrubber, value) if name == "_beyond" else setattr(scrubber, name, value)
        assert re.fullmatch(f'<span role="alert">{said}</span>', message.value)
        assert "<br>" not in message.value
    scrubber.close()


def test_recordings_stay_those_of_which_is_decided(scored: pv.Recordings) -> None:
    scrubber: Any = pv.scrub(scored)
    scrubber.picked = [0]
    with pytest.raises(InvalidValueError, match=r"recordings of this scrubber cannot be others"):
        scrubber.recordings = scored[3:]
    assert "Make another one: patchviz.scrub(recordings)." in scrubber.controls.message.value
    assert scrubber.recordings is scored
    scrubber.row = 1
    assert scrubber.controls.message.value == ""
    assert scrubber.to_frame()["file"].tolist() == [scored.files["file"][0]]
    scrubber.close()


def test_who_watches_may_close_it(scored: pv.Recordings) -> None:
    for name, value in (("row", 1), ("index", 1)):
        scrubber: Any = pv.scrub(scored)
        scrubber.on_patch(lambda _, scrubber=scrubber: scrubber.close())
        setattr(scrubber, name, value)
        assert repr(scrubber) == "Scrubber(closed)"
        with pytest.raises(InvalidValueError, match="this scrubber is closed"):
            scrubber.row = 2
    told: list[Any] = []
    for name in ("index", "row"):  # others who watch are told of nothing that is no more
        scrubber = pv.scrub(scored)
        scrubber.observe(lambda _, scrubber=scrubber: scrubber.close(), name)
        scrubber.observe(lambda _, scrubber=scrubber: told.append(scrubber.patch.shape), name)
        setattr(scrubber, name, 1)
        assert repr(scrubber) == "Scrubber(closed)"
        assert not told


def test_what_was_decided_of_all_is_known_when_it_is_closed(scored: pv.Recordings) -> None:
    scrubber: Any = pv.scrub(scored)
    scrubber.picked = [1]
    scrubber.row = 1
    scrubber.rejected = [0]
    decided = scrubber.to_frame()
    assert decided["label"].tolist() == ["keep", "reject"]
    scrubber.row = 2  # of which nothing is
    scrubber.close()
    pd.testing.assert_frame_equal(scrubber.to_frame(), decided)
    for name, value in (("row", 1), ("index", 2)):  # also by who is told of what is on its way
        scrubber = pv.scrub(scored)
        scrubber.picked = [1]
        scrubber.on_patch(lambda _, scrubber=scrubber: scrubber.close())
        setattr(scrubber, name, value)
        assert repr(scrubber) == "Scrubber(closed)"
        assert scrubber.to_frame()["label"].tolist() == ["keep"]
    scrubber, told = pv.scrub(scored), list[str]()
    scrubber.picked = [1]
    title = scrubber.controls.title
    title.observe(lambda _: told.extend(scrubber.to_frame()["file"]), "value")
    title.observe(lambda _: scrubber.close(), "value")
    with pytest.raises(InvalidValueError, match="this scrubber is closed"):
        scrubber.row = 1
    assert [*scrubber.to_frame()["file"]] == told == [scored.files["file"][0]]


def test_recordings_that_a_table_does_not_name_are_told(scored: pv.Recordings) -> None:
    few = scored.with_labels(
        pd.DataFrame({"file": ["0.wav"], "start_time": 0.1, "end_time": 0.3, "label": "wren"})
    )
    for view in (pv.player, pv.scrub):
        with pytest.warns(UserWarning, match="3 of 4 recordings have no row in the table") as told:
            view(few, stops="mistakes")
        assert sum("no row" in str(one.message) for one in told) == 1
    scrubber: Any = pv.scrub(few)
    with pytest.warns(UserWarning, match="3 of 4 recordings have no row in the table"):
        scrubber.stops = "mistakes"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for stops in ("events", "mistakes"):
            scrubber.stops = stops
        scrubber.row = 2
    scrubber.close()
