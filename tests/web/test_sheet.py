"""Sheets and pages of several as data: what they hold, what they refuse, what Python knows."""

from __future__ import annotations

import base64
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import soundfile
from matplotlib.colors import Normalize

import patchviz as pv
from patchviz.audio.source import Audio
from patchviz.core.choice import Choice
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError
from patchviz.web.html import page_script, player_module, sheet_script, widget_module
from patchviz.web.packed import unpack


def make_patches(n_frames: int = 60, name: str = "a", **fields: Any) -> pv.Patches:
    values = np.random.default_rng(n_frames).uniform(-80, 0, (8, n_frames))
    spec = pv.Spectrogram(values, **({"y_axis": "mel", "unit": "dB", "name": name} | fields))
    return spec.patches(frame_length=20, hop_length=5)


def tone(seconds: float = 1.5) -> Audio:
    return Audio.from_array(0.1 * np.sin(np.arange(int(22050 * seconds)) / 9), 22050)


@pytest.fixture(scope="module")
def patches() -> pv.Patches:
    return make_patches(audio=tone())


def state_of(sheet: pv.Sheet) -> dict[str, Any]:
    (*_, text) = re.findall(r'<script type="application/json">(.*?)</script>', sheet.to_html())
    state: dict[str, Any] = json.loads(text)
    return state


def test_a_sheet_is_one_picture_and_one_sound_however_many_tiles(patches: pv.Patches) -> None:
    few, all_of_them = pv.sheet(patches, [3, 1]), pv.sheet(patches)
    assert repr(few).startswith("Sheet(2 patches of 9, 0 decided, ")
    assert repr(all_of_them).startswith("Sheet(9 patches, 0 decided, ")
    for sheet in (few, all_of_them):
        html = sheet.to_html()
        assert len(re.findall("<img ", html)) == len(re.findall("<audio ", html)) == 1
    assert state_of(few)["tiles"] == [3, 1]
    assert state_of(all_of_them)["tiles"] is None
    assert abs(few.nbytes - all_of_them.nbytes) < 50
    assert "<audio" not in pv.sheet(patches, audio=False).to_html()


def test_the_player_does_not_carry_the_sheet() -> None:
    assert "class Sheet" not in player_module()
    assert len(widget_module()) - len(player_module()) < 44_500


def test_scores_are_those_of_the_tiles(patches: pv.Patches) -> None:
    scores = np.stack([np.arange(9.0), np.full(9, np.nan)], axis=1)
    sheet = pv.sheet(patches.with_scores(scores, classes=["b", "a"]), [4, 0])
    state = state_of(sheet)
    found = {name: np.frombuffer(base64.b64decode(data), "<f4") for name, data in state["scores"]}
    np.testing.assert_array_equal(found["b"], [4, 0])
    np.testing.assert_array_equal(found["a"], [np.nan, np.nan])
    assert [name for name, *_ in state["names"]] == ["b", "a"]
    assert state_of(pv.sheet(patches, names=["x", "x", "y"]))["names"][1][0] == "y"


def test_the_class_asked_for_is_among_the_scores_however_many_there_are(
    patches: pv.Patches, monkeypatch: pytest.MonkeyPatch
) -> None:
    scored = patches.with_scores(np.tile([0.9, 0.1], (9, 1)), classes=["b", "a"])
    monkeypatch.setattr("patchviz.web.sheet.MOST_BYTES", 4 * 9)
    assert [name for name, _ in state_of(pv.sheet(scored))["scores"]] == ["b"]
    state = state_of(pv.sheet([patches, scored], of="a"))  # of which one has no scores
    assert [name for name, _ in state["scores"]] == [state["of"]] == ["a"]


def test_a_class_without_scores_is_named_by_its_own_argument(patches: pv.Patches) -> None:
    scored = patches.with_scores(np.zeros((9, 2)), classes=["wren", "robin"])
    for given, options, message in (
        (scored, {"of": "wrem"}, r"^of='wrem': 'wrem' is none of the 2 .* mean 'wren'\?$"),
        ([patches, scored], {"of": "owl"}, r"^of='owl': .* patches.classes lists them\.$"),
        (patches, {"of": "wren"}, r"^of='wren' needs scores\. Give scores: patches\.with_scores"),
        (scored, {"of": "wren", "scores": False}, "^of='wren' is a score, and scores=False shows"),
    ):
        with pytest.raises(InvalidValueError, match=message):
            pv.sheet(given, **options)
    with pytest.raises(InvalidTypeError, match="of=3"):
        pv.sheet(scored, of=3)  # type: ignore[arg-type]


def tops(sheet: pv.Sheet, k: int = 0) -> list[tuple[str, float]]:
    """What the page says of each patch of a recording: a class, and its score."""
    known = sheet._content.players[k].state["known"]
    pairs = np.frombuffer(base64.b64decode(known["top"]), "<i4").reshape(-1, 2)
    names = [name for name, *_ in known["classes"]]
    return [(names[k] if k >= 0 else "", int(score) / 100) for k, score in pairs]


def test_rows_of_a_table_of_mistakes_are_tiles_for_their_classes(patches: pv.Patches) -> None:
    scores = np.full((9, 2), [0.77, 0.1])
    scores[4] = [0.9, 0.8]
    scored = patches.with_scores(scores, classes=["robin", "crow"])[2:]
    table = pd.DataFrame({"patch": [4, 2, 4, 7], "label": ["crow", "robin", "robin", "owl"]})
    for rows in (table, pl.from_pandas(table)):
        said = "1 of 4 rows of numbers is of patches chosen for another class, first 'robin' of one"
        with pytest.warns(UserWarning, match=said):
            sheet = pv.sheet(scored, rows)
        assert "3 patches of 7" in repr(sheet)
        sheet.picked = [0, 2, 5]
        told = sheet.to_frame()
        assert told.index.tolist() == [2, 4, 7]
        said = told[["scored", "score"]].to_numpy().tolist()
        assert said == [["robin", 0.77], ["crow", 0.8], ["robin", 0.77]]  # owls nothing scores


def test_rows_of_what_was_decided_are_tiles_for_the_classes_that_were_judged(
    patches: pv.Patches,
) -> None:
    scored = patches.with_scores(np.full((9, 2), [0.77, 0.1]), classes=["robin", "crow"])
    sheet = pv.sheet(scored, scored.choose(2, by="highest", of="crow", apart=False))
    sheet.picked, sheet.rejected, sheet.names = [1], [0], {1: "robin"}
    decided = sheet.to_frame()
    # Two annotators' tables, one below the other, say two things of a patch, and one class.
    both = pd.concat([decided, decided.assign(label="keep")]).reset_index()
    again = pv.sheet(scored, both)
    again.decide(decided)
    pd.testing.assert_frame_equal(again.to_frame(), decided)


def test_a_tile_says_the_class_that_it_was_chosen_for(patches: pv.Patches) -> None:
    scores = np.full((9, 2), [0.77, 0.1])
    scores[4], scores[8] = [0.77, 0.48], [0.6, np.nan]
    scored = patches.with_scores(scores, classes=["robin", "crow"])
    doubtful = scored.choose(1, by="near", of="crow")
    sure = scored.choose(1, by="highest", of="robin", apart=False)
    assert (doubtful.tolist(), sure.tolist()) == ([4], [0])
    sheet = pv.sheet(scored, np.concatenate([sure, doubtful]))
    sheet.picked = [0, 4]
    assert sheet.to_frame()[["scored", "score"]].values.tolist() == [
        ["robin", 0.77],
        ["crow", 0.48],
    ]
    assert (tops(sheet)[0], tops(sheet)[4]) == (("robin", 0.77), ("crow", 0.48))
    said = np.frombuffer(base64.b64decode(state_of(sheet)["said"]), "<f4")
    np.testing.assert_allclose(said, [0.77, 0.48])
    # Whoever asks for a class, or gives numbers alone, has that, or the highest.
    assert tops(pv.sheet(scored, doubtful, of="robin"))[4] == ("robin", 0.77)
    assert tops(pv.sheet(scored, list(doubtful)))[4] == ("robin", 0.77)
    # What is not scored cannot be said.
    assert tops(pv.sheet(scored, Choice([8, 1], ["crow", "owl"])))[8] == ("robin", 0.6)
    state = state_of(pv.sheet(scored, doubtful, scores=False))
    assert (state["said"], state["scores"]) == ("", [])


def test_of_several_recordings_too_a_tile_says_what_it_was_chosen_for() -> None:
    one, other = (
        make_patches(40, name).with_scores(np.tile([0.9, 0.4], (5, 1)), classes=["a", "b"])
        for name in "xy"
    )
    sheet = pv.sheet([one, other], Choice([6, 0, 7], ["b", "b", ""]))
    assert tops(sheet, 0)[:2] == [("b", 0.4), ("a", 0.9)]
    assert tops(sheet, 1)[1:3] == [("b", 0.4), ("a", 0.9)]
    sheet.picked = [0, 6, 7]
    assert sheet.to_frame()["scored"].tolist() == ["b", "b", "a"]


def test_recordings_are_counted_through_in_one_scale_of_colours() -> None:
    quiet, loud = make_patches(40, "q"), pv.Spectrogram(np.full((8, 30), 20.0), unit="dB")
    sheet = pv.sheet([quiet, loud.patches(frame_length=10)], [-1, 0])
    states = [player.state for player in sheet._content.players]
    assert [(state["color"]["vmin"], state["color"]["vmax"]) for state in states] == [
        (float(quiet.spectrogram.values.min()), 21.0)  # flat: a unit more
    ] * 2
    assert state_of(sheet)["tiles"] == [7, 0]
    assert state_of(sheet)["files"] == ["q", ""]
    with pytest.raises(PatchIndexError, match="picked=4 has no tile: the sheet shows 2 of 8"):
        sheet.picked = [4]
    sheet = pv.sheet([quiet, loud.patches(frame_length=10)], [-1, 4])
    assert (state_of(sheet)["starts"], state_of(sheet)["files"]) == ([0, 5], ["q", ""])
    sheet.picked = [7, 4]
    frame = sheet.to_frame()
    assert frame.index.tolist() == [4, 2]
    assert frame["file"].tolist() == ["q", ""]


def test_a_class_has_one_colour_in_all_recordings() -> None:
    labels = [["robin", "owl"], ["wren", "robin"]]
    recordings = [
        make_patches(40, name)
        .spectrogram.with_labels([(0.0, 0.1, one) for one in classes])
        .patches(frame_length=10)
        for name, classes in zip("ab", labels, strict=True)
    ]
    sheet = pv.sheet(recordings)
    colors = {name: dark for name, dark, *_ in state_of(sheet)["names"]}
    assert len(set(colors.values())) == len(colors) == 3
    for player in sheet._content.players:
        for name, dark, *_ in player.state["known"]["classes"]:
            assert colors[name] == dark


def test_classes_that_a_page_has_no_room_for_are_counted() -> None:
    patches = long_patches(10)
    n = len(patches)
    scores = np.random.default_rng(0).uniform(size=(n, 3000)).astype(np.float32)
    state = state_of(pv.sheet(patches.with_scores(scores)))
    assert len(state["scores"]) + state["unlisted"] == 3000
    assert state["unlisted"] > 0
    assert state_of(pv.sheet(patches))["unlisted"] == 0


def test_tiles_call_files_by_what_tells_them_apart() -> None:
    """By folders where names are the same, and long ones by the words that differ."""
    long = "nocturnal-migration-of-passerines-along-the-coast_station-{}_2024-05-12_night.wav"
    names = ["north/1.wav", "south/1.wav", "south/2.wav", *map(long.format, ("four", "nine"))]
    state = state_of(pv.sheet([make_patches(40, name) for name in names]))
    assert state["called"][:3] == names[:3]
    for name, word in zip(state["called"][3:], ("four", "nine"), strict=True):
        assert word in name
        assert len(name) < 60
    assert state_of(pv.sheet(make_patches(40, names[0])))["called"] == [""]
    several = [make_patches(40, name) for name in names]
    alone = state_of(pv.sheet(several, [len(several[0])]))
    assert (alone["title"], alone["called"]) == ("south/1.wav", [""])


def long_patches(seconds: int = 600, name: str = "long") -> pv.Patches:
    """A patch of 1 s every 0.5 s, whose scores count them."""
    values = np.random.default_rng(seconds).uniform(-80, 0, (4, 10 * seconds))
    values[:, 1000:1001] = 7  # the loudest, where no tile is
    spec = pv.Spectrogram(values, sr=1000, hop_length=100, unit="dB", name=name)
    patches = spec.patches(frame_length=10, hop_length=5)
    return patches.with_scores(np.arange(float(len(patches))), classes=["wren"])


def test_of_long_recordings_only_what_is_around_the_tiles_is_there() -> None:
    patches, short = long_patches(), long_patches(20, "short")
    numbers = [900, 100, 103, 110, 1199 + 5]
    sheet = pv.sheet([patches, short], numbers)
    players = sheet._content.players
    titles = ["long · only 0:47.00-0:59.00", "long · only 7:27.00-7:34.00"]
    assert [player.state["title"] for player in players[:2]] == titles
    assert players[2].patches.times[[0, -1]].tolist() == [[0, 1], [5.5, 6.5]]
    state = state_of(sheet)
    assert state["files"] == ["long", "long", "short"]
    assert state["starts"] == [94, 894, 1199]
    assert state["tiles"] == numbers
    # Each is what it was, in the colours of the whole.
    assert {player.state["color"]["vmax"] for player in players} == {7.0}
    assert [player.state["columns"]["start"] for player in players] == pytest.approx([47, 447, 0])
    for number in numbers[:4]:
        one, index, file = sheet._content.place(number)
        assert file == "long"
        assert one.numbers[index] == number
        np.testing.assert_array_equal(one[index], patches[number])
    ((_, scores),) = state["scores"]
    expected = [900, 100, 103, 110, 5]
    np.testing.assert_array_equal(np.frombuffer(base64.b64decode(scores), "<f4"), expected)
    sheet.picked = [900, 1204]
    assert sheet.to_frame()["start_time"].tolist() == [450.0, 2.5]
    assert sum(len(player.patches) for player in players) < 60


def test_as_much_is_seen_before_a_tile_as_after_it_as_far_as_the_recording_reaches() -> None:
    spec = pv.Spectrogram(np.zeros((4, 4000)), sr=22050, hop_length=512, name="long")
    windows = spec.patches(
        duration=3.0, starts=[0.0, 30.0, 60.0, 63.0, 66.0, 80.0, 90.0], tail="pad"
    )
    (begin, few, many, end) = pv.sheet(windows, [0, 1, 3, 6])._content.tiled.recordings
    frame = spec.frame_duration
    for part, first, last in ((few, 1, 1), (many, 3, 3)):
        start, stop = windows.times[[first, last], [0, 1]]
        assert 0 <= start - part.spectrogram.start - 3 < frame
        assert 0 <= part.spectrogram.end - stop - 3 < frame
    assert few.numbers.tolist() == [1]  # in which no other patch begins
    assert many.numbers.tolist() == [2, 3, 4]  # though starts were rounded
    assert (begin.spectrogram.start, begin.numbers.tolist()) == (0, [0])
    assert end.n_padded == windows.n_padded > 0
    assert end.spectrogram.end == pytest.approx(windows.spectrogram.end)
    for part in (begin, few, many, end):
        for k, number in enumerate(part.numbers.tolist()):
            np.testing.assert_array_equal(part[k], windows[number])
            np.testing.assert_allclose(part.time(k), windows.time(number))
            assert part.framing.table_time(k) == windows.framing.table_time(number)


def test_one_recording_in_parts_has_its_own_title() -> None:
    patches = long_patches()
    sheet = pv.sheet(patches, [500], title="Wrens")
    (player,) = sheet._content.players
    assert (state_of(sheet)["title"], len(player.patches)) == ("Wrens", 13)
    assert player.state["title"] == "Wrens · only 4:07.00-4:14.00"
    assert player.state["color"]["vmax"] == 7


@pytest.mark.parametrize(
    ("numbers", "options"),
    [
        (None, {}),
        (range(0, 1199, 12), {}),  # in all of it
        ([500], {"assets": "folder"}),  # whose files are loaded as they are needed
        ([500], {"norm": Normalize(-80, 0)}),
        ([500], {"truth": np.zeros((1199, 1), bool)}),
    ],
)
def test_recordings_that_are_needed_are_whole(numbers: Any, options: dict[str, Any]) -> None:
    patches = long_patches()
    (player,) = pv.sheet(patches, numbers, **options)._content.players
    assert player.patches is patches


def test_short_recordings_are_whole() -> None:
    several = [long_patches(45, f"{k}") for k in range(3)]
    sheet = pv.sheet(several[:1], [4])
    assert sheet._content.players[0].patches is several[0]
    sheet = pv.sheet(several, [4, 93, 182])  # which save a minute together
    assert [len(player.patches) for player in sheet._content.players] == [11, 11, 11]


def test_the_truth_of_several_recordings_is_counted_through() -> None:
    labels = [(0.0, 0.6, "wren")], [(0.5, 0.9, "owl"), (0.0, 0.1, "wren")]
    both = []
    for n_frames, known in zip((60, 80), labels, strict=True):
        spec = make_patches(n_frames).spectrogram.with_labels(known)
        both.append(spec.patches(frame_length=20, hop_length=5))
    by_share = pv.sheet(both, truth={"min_share": 1.0})
    # Classes are in each recording's own order, and so are named.
    tables = [pd.DataFrame(one.targets(min_share=1.0), columns=one.classes) for one in both]
    by_table = pv.sheet(both, truth=pd.concat(tables)[["wren"]].eq(True))
    told = [
        [player.state["known"]["truth"] for player in sheet._content.players]
        for sheet in (by_share, by_table)
    ]
    assert told[0] == told[1]
    assert [len(base64.b64decode(which)) for _, which in told[0]] == [4 * len(one) for one in both]
    for truth in (np.zeros((22, 1)), True):
        with pytest.raises(InvalidValueError, match=r"truth has the shape .*for each of the 22 pa"):
            pv.sheet(both, truth=truth[1:] if truth is not True else truth)


def test_a_page_names_no_folder_of_its_maker(tmp_path: Path) -> None:

    (tmp_path / "site").mkdir()
    files = [tmp_path / "site" / "one.wav", tmp_path / "two.wav"]
    for file in files:
        soundfile.write(file, np.sin(np.arange(22050)), 22050)
    made = [pv.Spectrogram.from_file(f, kind="stft").patches(duration=0.5) for f in files]
    sheet = pv.sheet(made)
    assert state_of(sheet)["files"] == ["site/one.wav", "two.wav"]
    assert state_of(sheet)["called"] == ["one.wav", "two.wav"]
    assert str(tmp_path) not in sheet.to_html()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_table_names_a_file_as_it_is_called_whatever_a_page_can_show(tmp_path: Path) -> None:

    file = tmp_path / os.fsdecode(b"caf\xe9.wav")
    with file.open("wb") as opened:
        soundfile.write(opened, np.sin(np.arange(22050)), 22050, format="WAV")
    patches = pv.Spectrogram.from_file(file, kind="stft").patches(duration=0.5)
    sheet = pv.sheet(patches)
    sheet.picked = [0]
    assert sheet.to_frame()["file"].tolist() == [str(file)]
    assert state_of(sheet)["files"] == ["caf�.wav"]
    player = pv.player(patches, audio=True, assets="folder")
    page = player.save(tmp_path / os.fsdecode(b"\xe9.html"))
    assert 'src="%E9_files/sound-' in page.read_text("utf-8")


def test_what_is_decided_joins_what_patches_say_of_themselves(tmp_path: Path) -> None:
    """Of one recording, of several that are no `Recordings`, in a sheet and in a scrubber."""
    made = []
    for name in ("north/a.wav", "south/a.wav"):
        file = tmp_path / name
        file.parent.mkdir()
        soundfile.write(file, np.sin(np.arange(22050)), 22050)
        made.append(pv.Spectrogram.from_file(file, kind="stft").patches(duration=0.5))
    on = ["file", "start_time", "end_time"]
    for shown, patches in ((made[0], made[:1]), (made, made)):
        sheet = pv.sheet(shown)
        sheet.picked = range(sum(map(len, patches)))
        table = pd.concat([one.to_frame() for one in patches])
        assert len(sheet.to_frame().merge(table, on=on)) == len(table)
    scrubber = pv.scrub(made[1])
    scrubber.picked = [0]
    assert len(scrubber.to_frame().merge(made[1].to_frame(), on=on)) == 1


def test_what_is_picked_named_and_rejected_agrees(patches: pv.Patches) -> None:
    sheet = pv.sheet(patches)
    seen: list[Any] = []
    sheet.observe(lambda change: seen.append(change["new"]), "picked")
    sheet.picked = [5, -9]
    assert sheet.picked == (0, 5)
    sheet.names = {5: "robin", 7: "wren"}
    assert sheet.picked == (0, 5, 7)
    sheet.rejected = [7, 8]
    assert (sheet.picked, sheet.names, sheet.rejected) == ((0, 5), {5: "robin"}, (7, 8))
    sheet.picked = [0, 8]
    assert (sheet.names, sheet.rejected) == ({}, (7,))
    assert seen == [(0, 5), (0, 5, 7), (0, 5), (0, 8)]
    times = patches.times[[0, 7, 8]]
    pd.testing.assert_frame_equal(
        sheet.to_frame(),
        pd.DataFrame(
            {"file": "a", "start_time": times[:, 0], "end_time": times[:, 1],
             "label": ["keep", "reject", "keep"]},
            index=pd.Index([0, 7, 8], name="patch"),
        ),
    )  # fmt: skip
    assert state_of(sheet)["decided"] == [[0, "keep"], [7, "reject"], [8, "keep"]]


def test_the_same_patches_have_the_same_key(patches: pv.Patches) -> None:
    keys = [
        state_of(sheet)["key"]
        for sheet in (
            pv.sheet(patches, [1, 2]), pv.sheet(patches, [2, 1], title="x", names=["y"]),
            pv.sheet(patches, [1, 3]), pv.sheet(make_patches(65), [1, 2]),
        )
    ]  # fmt: skip
    assert keys[0] == keys[1]
    assert len({*keys}) == 3
    # Whether a wren is there is another question than whether a robin is.
    scored = patches.with_scores(np.full((len(patches), 2), 0.5), classes=["robin", "wren"])
    of = [state_of(pv.sheet(scored, [1, 2], of=of))["key"] for of in ("robin", "wren", None)]
    assert (of[2], len({*of})) == (keys[0], 3)


def test_a_notebook_saves_the_page_with_what_is_decided(patches: pv.Patches) -> None:
    sheet = pv.sheet(patches)
    sheet.names = {2: "robin"}
    bundle = sheet._repr_mimebundle_()
    assert '"decided":[[2,"robin"]]' in bundle["text/html"]
    assert f'data-scrubber="{sheet.model_id}"' in bundle["text/html"]
    assert sheet.get_state("names")["names"] == [[2, "robin"]]
    said: list[Any] = []
    sheet.send_state = said.append  # what the page says is not told to it again
    sheet.set_state({"picked": [2, 3], "names": [[3, "wren"]], "rejected": [1], "heard": [1]})
    assert (sheet.picked, sheet.names, sheet.rejected) == ((2, 3), {3: "wren"}, (1,))
    assert said == []


REFUSED = [
    ({"numbers": []}, InvalidValueError, r"numbers=\[\] chooses no patch. Choose one."),
    ({"numbers": "ab"}, InvalidTypeError, "numbers='ab' says no patches. "),
    ({"numbers": [9]}, PatchIndexError, r"numbers hold 9: there are 9 patches, 0 to 8 \(or -9 to"),
    ({"numbers": [1, -8]}, InvalidValueError, "numbers hold 1 more than once. A patch has one"),
    ({"numbers": iter([2, 2])}, InvalidValueError, "numbers hold 2 more than once. A patch has"),
    (  # as the table has it, where patches are picked: not the position
        {"numbers": pd.Series([3, 3], name="patch")},
        InvalidValueError,
        r"numbers hold 3 more than once. A patch has one tile: numbers.drop_duplicates\(\) leaves",
    ),
    ({"names": "robin"}, InvalidTypeError, "names='robin' is no list of names"),
    ({"names": ["keep"]}, InvalidValueError, "names hold 'keep', which says no class"),
    ({"height": 10}, InvalidValueError, "height=10"),
    ({"max_bytes": 1}, InvalidValueError, "max_bytes=1"),
    ({"speed": 99}, InvalidValueError, "speed=99"),
    ({"truth": {"share": 0.5}}, InvalidValueError, "truth=.* has 'share'. It must be with one of"),
]


@pytest.mark.parametrize(("options", "error", "message"), REFUSED)
def test_what_a_sheet_refuses(
    patches: pv.Patches, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        pv.sheet(patches, **options)


def test_other_things_are_no_patches_and_no_numbers(patches: pv.Patches) -> None:
    with pytest.raises(InvalidTypeError, match=r"patches is of type int. It must be Patches, or a"):
        pv.sheet(3)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match=r"patches=\[\] holds no recording"):
        pv.sheet([])
    with pytest.raises(InvalidValueError, match=r"the sheet takes .* after 2 of 3 recordings"):
        pv.sheet([patches] * 3, max_bytes=len(sheet_script()) + 14_000)
    sheet = pv.sheet(patches)
    for name, value in (("picked", [9]), ("heard", [-10])):
        with pytest.raises(PatchIndexError, match="is out of range: there are 9 patches, 0 to 8"):
            setattr(sheet, name, value)
    with pytest.raises(InvalidTypeError, match="picked=3 are no numbers of patches"):
        sheet.picked = 3
    for names in ((0, 1), np.array(0.3), [["robin"]], [(0, "robin", 1)]):
        with pytest.raises(InvalidTypeError, match="are no names of patches"):
            sheet.names = names
    with pytest.raises(InvalidTypeError, match=r"picked=array.* are no numbers of patches"):
        sheet.picked = np.array(True)
    with pytest.raises(InvalidTypeError, match="names='robin' are no names of patches"):
        sheet.names = "robin"
    with pytest.raises(InvalidValueError, match=r"'keep' is no name\. It must be names other"):
        sheet.names = {1: "keep"}
    assert sheet.picked == ()


def test_a_page_holds_the_script_once_and_each_picture_once(
    patches: pv.Patches, tmp_path: Path
) -> None:
    items = pv.player(patches), pv.player(patches, cmap="gray"), pv.sheet(patches)
    file = pv.page(items, tmp_path / "a.html", title="<b>")
    text = file.read_text("utf-8")
    assert text.count(page_script()) == text.count("<script>") == 1
    assert (unpack(page_script()) or "").count("class Player {") == 1
    assert text.count('src="data:image/png') == 2  # two palettes
    assert text.count('src="data:audio') == text.count("<audio") == 1
    assert len(re.findall(r'<(?:img|audio)[^>]* data-same="\d+"', text)) == 1  # the sheet's
    assert "<title>&lt;b&gt;</title>" in text
    assert "<h1>&lt;b&gt;</h1>" in text
    assert 'class="patchviz-linked"' not in text


def test_a_page_that_is_made_again_is_the_same(patches: pv.Patches, tmp_path: Path) -> None:
    """So a site that is kept in a repository changes where its recordings do."""
    first, again = (
        pv.page([pv.player(patches, audio=True), pv.sheet(patches, audio=True)], file).read_bytes()
        for file in (tmp_path / "a.html", tmp_path / "a.html")
    )
    assert first == again
    assert first.count(b'src="data:audio') == 1


def test_what_a_page_refuses(patches: pv.Patches, tmp_path: Path) -> None:
    player = pv.player(patches)
    for items, error, message in (
        ([], InvalidValueError, r"items=\[\] holds nothing to show"),
        ([player, patches], InvalidTypeError, r"items\[1\] is of type Patches. It must be a pl"),
        (3, InvalidTypeError, "items=3 is no list"),
    ):
        with pytest.raises(error, match=message):
            pv.page(items, tmp_path / "a.html")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match=r"has the ending '.png', and a player is a page"):
        pv.page([player], tmp_path / "a.png")
    with pytest.raises(InvalidTypeError, match="link=3"):
        pv.page([player], tmp_path / "a.html", link=3)  # type: ignore[arg-type]
    assert not [*tmp_path.iterdir()]


def test_of_many_recordings_those_with_tiles_are_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in {"a": 0.5, "b": 0.3, "c": 0.6, "d": 0.4}.items():
        noise = np.random.default_rng(0).uniform(-0.1, 0.1, int(8000 * seconds))
        soundfile.write(tmp_path / f"{name}.wav", noise, 8000)
    recordings = pv.Recordings(
        tmp_path, duration=0.2, hop_duration=0.1, sr=8000, n_fft=256, hop_length=100, n_mels=16
    )
    scores = np.linspace(0, 1, len(recordings))
    recordings = recordings.with_scores(scores, classes=["robin"])
    computed: list[Any] = []
    patches = pv.Recordings.patches
    monkeypatch.setattr(
        pv.Recordings, "patches", lambda self, row: computed.append(row) or patches(self, row)
    )
    sheet = pv.sheet(recordings, [-1, 7, 1, 6])
    assert computed == [0, 2, 3]
    sheet.picked, sheet.names = [-1, 1], {6: "wren"}
    table = sheet.to_frame()
    assert table["label"].tolist() == ["keep", "wren", "keep"]
    known = recordings.to_frame().iloc[[1, 6, len(recordings) - 1]]
    assert table["file"].tolist() == known["file"].tolist(), "by which it joins one's own table"
    assert str(tmp_path) not in sheet.to_html()
    np.testing.assert_allclose(table["start_time"], known["start_time"])
    assert table.index.tolist() == known.index.tolist(), "numbers among all"
    state = state_of(sheet)
    assert state["numbers"] == [len(recordings) - 1, 7, 1, 6]
    assert state["starts"] == [0, 6, 11]
    found = np.frombuffer(base64.b64decode(state["scores"][0][1]), "<f4")
    np.testing.assert_allclose(found, scores[[-1, 7, 1, 6]], rtol=1e-6)
    with pytest.raises(PatchIndexError, match=r"picked=2 has no tile: the sheet shows 4 of 14"):
        sheet.picked = [2]
    whole = pv.sheet(recordings)
    assert repr(whole).startswith("Sheet(14 patches, 0 decided, ")
    sheet.close()


def test_a_table_of_nothing_has_the_columns_of_any(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, 8000)
    soundfile.write(tmp_path / "a.wav", noise, 8000)
    recordings = pv.Recordings(tmp_path, duration=0.5, sr=None, n_mels=16)
    for some in (recordings, recordings.with_scores(np.ones((2, 1)), classes=["robin"])):
        sheet = pv.sheet(some)
        empty = sheet.to_frame()
        sheet.picked = [1]
        assert list(empty) == list(sheet.to_frame())
        assert ("scored" in empty) == (some is not recordings)
        sheet.close()


def test_a_page_calls_files_the_same_whichever_are_chosen(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, 4000)
    for name in ("north/a.wav", "south/b.wav"):
        (tmp_path / name).parent.mkdir()
        soundfile.write(tmp_path / name, noise, 8000)
    recordings = pv.Recordings(tmp_path, duration=0.5, sr=None, n_mels=16)
    (tmp_path / "north" / "b.wav").write_bytes((tmp_path / "south" / "b.wav").read_bytes())
    both = pv.Recordings(tmp_path, duration=0.5, sr=None, n_mels=16)
    assert state_of(pv.sheet(both, [0, 2]))["called"] == ["north/a.wav", "south/b.wav"]
    assert state_of(pv.sheet(both, [2]))["title"] == "south/b.wav"
    assert state_of(pv.sheet(both, [0]))["title"] == "a.wav"
    assert state_of(pv.sheet(recordings, [0, 1]))["called"] == ["a.wav", "b.wav"]
    assert state_of(pv.sheet(recordings, [0, 1]))["files"] == ["north/a.wav", "south/b.wav"]
    assert state_of(pv.sheet(recordings, [1]))["files"] == ["south/b.wav"]


def test_tiles_of_several_rates_are_told_to_have_no_axis_in_common(tmp_path: Path) -> None:
    """A sheet has no ticks: one sound would look like two."""
    for sr in (8000, 44100):
        tone = 0.1 * np.sin(2 * np.pi * 440 * np.arange(2 * sr) / sr)
        soundfile.write(tmp_path / f"{sr}.wav", tone, sr)
    own = pv.Recordings(tmp_path, duration=0.5, sr=None)
    said = (
        r"^the recordings are not on one axis: their rows end at 4,000 to 22,050 Hz, and what is "
        r"equally high is of other frequencies\. They have one at one rate: sr=44100\.$"
    )
    with pytest.warns(UserWarning, match=said):
        pv.sheet(own, [0, len(own) - 1], audio=False).close()
    one = pv.Recordings(tmp_path, duration=0.5)
    pv.sheet(one, [0, len(one) - 1], audio=False).close()
