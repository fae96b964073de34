"""A player of many recordings: what it shows of each, and what it takes."""

from __future__ import annotations

import base64
import json
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError

SR = 8000


@pytest.fixture
def recordings(tmp_path: Path) -> pv.Recordings:
    """Three recordings of 3, 4 and 5 s; one in between is too short for a patch."""
    rng = np.random.default_rng(0)
    for k, name in enumerate(("north/1.wav", "north/2.wav", "south/1.wav")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, rng.normal(0, 0.01 * 4**k, (3 + k) * SR), SR)
    soundfile.write(tmp_path / "south/0.wav", np.zeros(SR // 10), SR)
    labels = {"file": "south/1.wav", "start_time": [1], "end_time": [2], "label": ["wren"]}
    with pytest.warns(UserWarning, match="1 of 4 files cannot be used"):
        return pv.Recordings(
            tmp_path, duration=1.0, hop_duration=0.5, sr=SR, hop_length=100, level="psd",
            labels=labels,
        )  # fmt: skip


def test_each_recording_has_its_patches_and_what_is_known_of_them(
    recordings: pv.Recordings,
) -> None:
    scores = np.linspace(0, 1, len(recordings))
    some = recordings.with_scores(scores, classes=["robin"])[[1, 3, 12]]
    player: Any = pv.player(some, audio=True, index=2)
    assert [one.state["title"] for one in player.players] == ["north/1.wav", "south/1.wav"]
    assert [one.state["patches"]["numbers"] for one in player.players] == [[1, 3], [0]]
    assert [len(one.state["known"]["labels"]) for one in player.players] == [0, 1]
    assert [one.state["known"]["scored"] for one in player.players] == [1, 1]
    assert player.patches is player.players[1].patches  # of which the patch of this index is
    assert all(one.sound is not None for one in player.players)
    beginning = r"Player\(3 patches of 2 recordings, .* kB, .* kB of them sound\)"
    assert re.fullmatch(beginning, repr(player))


def test_what_is_told_of_all_is_told_once_and_at_the_line_that_asked(
    recordings: pv.Recordings,
) -> None:
    scored = recordings.with_scores(np.ones((len(recordings), 2)), classes=["robin", "wren"])
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        pv.player(scored, stops="mistakes")
    rows, *rest = (str(one.message) for one in told)
    assert rows.startswith("2 of 3 recordings have no row in the table of labels, first ")
    assert rest == [
        "nobody labelled 'robin': every patch counts as one without it, and is a mistake where it "
        "scores. The labels are 'wren'."
    ]
    assert told[0].filename == __file__


@pytest.mark.filterwarnings("ignore:.*no row in the table of labels")
def test_who_is_labelled_in_recordings_that_are_not_here_was_looked_for(
    recordings: pv.Recordings,
) -> None:
    table = {
        "file": ["south/1.wav", "elsewhere.wav"], "start_time": 1, "end_time": 2,
        "label": ["wren", "robin"],
    }  # fmt: skip
    with pytest.warns(UserWarning, match=r"1 of 2 labels name a file of none"):
        labelled = recordings.with_labels(table)
    one = recordings.patches(3)
    scored = labelled.with_scores(np.ones((len(labelled), 2)), classes=["robin", "wren"])
    of_one = one.spectrogram.with_labels(pd.DataFrame(table)).patches(duration=1.0)
    of_one = of_one.with_scores(np.ones((len(of_one), 2)), classes=["robin", "wren"])
    for patches in (scored, scored[[0, 9]], scored.patches(3), of_one):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", ".*no row in the table of labels")
            pv.player(patches, stops="mistakes")
    assert scored.classes == ("robin", "wren")
    owl = of_one.with_scores(np.ones(len(of_one)), classes=["owl"])
    with pytest.warns(UserWarning, match="nobody labelled 'owl'.* labels are 'robin', 'wren'"):
        owl.choose(1, by="disagree")


def test_they_share_one_scale_of_colours(recordings: pv.Recordings) -> None:
    def limits(**options: Any) -> set[tuple[float, float]]:
        player: Any = pv.player(recordings, **options)
        return {(one.state["color"]["vmin"], one.state["color"]["vmax"]) for one in player.players}

    (found,) = limits()
    assert found == pytest.approx(recordings.levels(), abs=0.01)
    assert limits(clim=(-70, -20)) == {(-70.0, -20.0)}


def test_the_page_names_all_and_has_one_script(recordings: pv.Recordings, tmp_path: Path) -> None:
    player = pv.player(recordings, title="Ponds & </script>", width=700)
    text = player.save(tmp_path / "page.html").read_text("utf-8")
    assert "<title>Ponds &amp; &lt;/script&gt;</title>" in text
    told = [*re.findall(r'<script type="application/json">(.*?)</script>', text)][-1]
    assert json.loads(told)["names"] == ["north/1.wav", "north/2.wav", "south/1.wav"]
    assert text.count("<script>") == 1
    assert "max-width:700px" in text
    assert player.nbytes == len(player.to_html().encode())
    assert player._repr_html_() == player.to_html()
    untitled = pv.player(recordings).save(tmp_path / "page.html").read_text("utf-8")
    assert "<title>3 recordings</title>" in untitled


def test_names_that_differ_by_blanks_are_told_apart(tmp_path: Path) -> None:
    """A link, and the list, show both alike."""
    for name in ("x 1.wav", "x  1.wav"):
        soundfile.write(tmp_path / name, np.random.default_rng(0).normal(0, 0.1, SR), SR)
    player: Any = pv.player(pv.Recordings(tmp_path, duration=0.5, sr=None, n_mels=16))
    assert [one.state["title"] for one in player.players] == ["x 1.wav", "x 1.wav (2)"]


def test_pictures_and_sounds_lie_beside_the_page(recordings: pv.Recordings, tmp_path: Path) -> None:
    player = pv.player(recordings, audio=True, assets="folder")
    player.save(tmp_path / "page.html")
    names = [path.name.split("-")[0] for path in (tmp_path / "page_files").iterdir()]
    assert sorted(names) == ["picture"] * 3 + ["sound"] * 3
    assert "data:image" not in (tmp_path / "page.html").read_text("utf-8")
    assert repr(player).endswith("beside it)")
    with pytest.raises(InvalidValueError, match="needs a page of its own"):
        player.to_html()


def test_what_is_too_large_is_said_with_what_else_there_is(recordings: pv.Recordings) -> None:
    one = pv.player(recordings.patches(0)).nbytes
    remedy = (
        r"more than max_bytes=\d+ allows. Choose fewer patches, recordings\[numbers\]; "
        r'assets="folder" writes files beside the page; patchviz.sheet\(recordings, numbers\) has '
        "those parts alone that it shows; in a shell patchviz FOLDER -o site makes a page for "
        "each; or raise max_bytes."
    )
    with pytest.raises(InvalidValueError, match=f"kB after 2 of 3 recordings, {remedy}"):
        pv.player(recordings, max_bytes=one + 20_000)


def test_what_has_no_hope_is_refused_before_all_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    for k in range(100):
        soundfile.write(tmp_path / f"{k}.wav", rng.normal(0, 0.1, 2 * SR), SR)
    recordings = pv.Recordings(tmp_path, duration=1.0, sr=SR, hop_length=50)
    computed = set()
    patches = pv.Recordings.patches

    def spied(self: pv.Recordings, file: Any) -> Any:
        computed.add(file)
        return patches(self, file)

    monkeypatch.setattr(pv.Recordings, "patches", spied)
    with pytest.raises(InvalidValueError, match="the player of 100 recordings would take about"):
        pv.player(recordings, max_bytes=250_000)
    assert computed == {0, 24, 49, 74, 99}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mark": {"a": [21]}}, r"mark\['a'\]=21 is out of range: there are 21 patches"),
        ({"stops": [1, 21]}, "stops=21 is out of range: there are 21 patches"),
        (
            {"stops": pd.DataFrame({"patch": [1]})},
            "stops is a table, and no table of mistakes, "
            r"with .* Give the patches that its rows are of: table\[.patch.\], or .*; or "
            r"add it: table.assign\(patch=patches.numbers_of\(table\)\)\.$",
        ),
        ({"truth": np.ones(3)}, r"truth has the shape \(3,\)"),
        ({"tlim": (2, 1)}, "begins where it ends"),
    ],
)
def test_patches_that_are_none_of_these_are_refused(
    recordings: pv.Recordings, options: dict[str, Any], message: str
) -> None:
    with pytest.raises((InvalidTypeError, InvalidValueError, PatchIndexError), match=message):
        pv.player(recordings, **options)


def test_other_errors(recordings: pv.Recordings) -> None:
    with pytest.raises(PatchIndexError, match="index=99 is out of range"):
        pv.player(recordings, index=99)
    with pytest.raises(InvalidTypeError, match=r"patches is of type str.*, or Recordings"):
        pv.player("a.wav")  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore:.*no row in the table of labels")
@pytest.mark.parametrize("stops", [None, "events", "mistakes"])
@pytest.mark.parametrize(
    "options",
    [
        {"classes": ["owl"]},
        {"classes": "wren"},
        {"classes": 5},
        {"threshold": "x"},
        {"threshold": [0.5]},
        {"overlapping": "x"},
    ],
    ids=str,
)
def test_of_recordings_options_are_refused_as_of_one(
    recordings: pv.Recordings, options: dict[str, Any], stops: str | None
) -> None:
    scored = recordings.with_scores(np.ones(len(recordings)), classes=["wren"])
    said = set()
    for view, patches in (
        (pv.player, scored.patches(0)), (pv.player, scored), (pv.scrub, scored)
    ):  # fmt: skip
        with pytest.raises((InvalidTypeError, InvalidValueError)) as caught:
            view(patches, stops=stops, **options)
        said.add(str(caught.value))
    assert len(said) == 1


@pytest.mark.filterwarnings("ignore:.*no row in the table of labels")
def test_classes_that_nobody_labelled_are_told_once_whichever_are_shown(
    recordings: pv.Recordings,
) -> None:
    names = ["wren", *(f"c{k}" for k in range(11))]
    scores = np.random.default_rng(0).uniform(size=(len(recordings), 12))
    scored = recordings.with_scores(scores, classes=names)
    with pytest.warns(UserWarning, match="^nobody labelled") as caught:
        player: Any = pv.player(scored, stops="mistakes")
    shown = {tuple(name for name, *_ in one.state["known"]["classes"]) for one in player.players}
    assert len(shown) > 1
    (said,) = (str(w.message) for w in caught if "nobody labelled" in str(w.message))
    assert said.startswith("nobody labelled 'c0', 'c1', 'c2', 'c3' and 7 more: ")
    with pytest.warns(UserWarning, match="^nobody labelled 'c7': "):
        pv.player(scored, stops="mistakes", classes=["wren", "c7"])


def test_a_truth_of_all_patches_is_counted_through(recordings: pv.Recordings) -> None:
    """As choose and sheets take it: what somebody else heard need not be a rule of labels."""
    scored = recordings.with_scores(np.ones(len(recordings)), classes=["wren"])
    truth = np.random.default_rng(0).random((len(recordings), 1)) < 0.5
    player: Any = pv.player(scored, stops="mistakes", truth=truth)
    first = scored.files["first"][scored.files["n_patches"] > 0].tolist()
    stops = [at + one for at, made in zip(first, player.players, strict=True) for one in made.stops]
    assert stops
    assert not truth[stops].any()


def test_stops_and_groups_are_counted_through(recordings: pv.Recordings) -> None:
    n = len(recordings)
    masks = np.random.default_rng(0).random((2, n)) < 0.3
    stops = np.flatnonzero(masks[0])
    for given in (stops, stops[::-1].tolist(), iter(stops - n), masks[0]):
        player: Any = pv.player(recordings, stops=given, mark={"train": masks[1]})
        assert list(player.stops) == stops.tolist()
    assert player._told["stopsAt"] == "stop"
    assert sum(ends[0] for ends in player._told["stops"] if ends) == len(stops)
    of_rows = np.split(masks[1], np.cumsum([len(one.patches) for one in player.players])[:-1])
    for one, mask in zip(player.players, of_rows, strict=True):
        alone = pv.player(one.patches, mark={"train": mask}).state["known"]
        assert one.state["known"]["groups"] == (alone["groups"] if alone else [])
    some = recordings[stops]
    numbers = pd.Series(some.numbers[[1, 3]], name="patch")
    assert list(pv.player(some, stops=numbers).stops) == [1, 3]


@pytest.mark.filterwarnings("ignore:.*no row in the table of labels")
def test_at_stops_that_were_chosen_for_a_class_that_is_said(recordings: pv.Recordings) -> None:
    """Of the clearest misses one hears of the class that was missed, and not of the highest."""
    scores = np.full((len(recordings), 2), [0.4, 0.1])
    labels = pd.DataFrame({
        "file": ["south/1.wav", "north/1.wav"], "start_time": [1.0, 0.0], "end_time": [2.0, 1.0],
        "label": ["wren", "robin"],
    })  # fmt: skip
    scored = recordings.with_labels(labels).with_scores(scores, classes=["robin", "wren"])
    table = scored.mistakes()
    misses = table[table["mistake"] == "missed"]
    assert {*misses["label"]} == {"robin", "wren"}

    def said(one: Any, index: int) -> str:
        known = one.state["known"]
        top = np.frombuffer(base64.b64decode(known["top"].split(",")[-1]), np.int32)
        return str(known["classes"][top.reshape(-1, len(one.patches), 2)[0, index, 0]][0])

    chosen = scored.choose(n=3, by="disagree")
    assert {*chosen.classes} == {"robin", "wren"}
    for stops, numbers, classes in (
        (misses, misses["patch"], misses["label"]),
        (chosen, chosen, chosen.classes),
    ):
        player: Any = pv.player(scored, stops=stops)
        asked = dict(zip(numbers, classes, strict=True))
        assert list(player.stops) == sorted(asked)
        first = 0
        for one in player.players:
            for stop in one.stops:
                assert said(one, stop) == asked[first + stop]
            first += len(one.patches)
    scrubber: Any = pv.scrub(scored, stops=misses)
    table = misses.set_index("patch")["label"]
    for k, stop in enumerate(scrubber.stops):
        if k:  # it begins at the first
            scrubber.go_next()
        assert (scrubber.row, scrubber.index) == scored.find(stop)
        readout = scrubber.controls.readout.value
        score = {"robin": "0.40", "wren": "0.10"}[table[stop]]
        assert f"· {table[stop]}: {score}" in readout
        scrubber.picked = [*scrubber.picked, scrubber.index]
    assert scrubber.to_frame()["scored"].equals(table.sort_index().rename("scored"))
    scrubber.close()
    one = scored.patches(3)
    alone = one.mistakes()
    assert said(pv.player(one, stops=alone), int(alone["patch"].iloc[0])) == alone["label"].iloc[0]


def test_a_threshold_is_too_high_where_no_score_of_all_reaches_it(
    recordings: pv.Recordings,
) -> None:
    scores = np.linspace(0, 0.9, len(recordings))
    scored = recordings.with_scores(scores, classes=["wren"])
    for view in (pv.player, pv.scrub):
        view(scored, threshold=0.8)  # which the first of them are below
    pv.player(scored.patches(0), threshold=0.8)
    with pytest.warns(UserWarning, match="threshold=0.95 is above every score: the highest is 0.9"):
        pv.scrub(scored, threshold=0.95).close()


@pytest.mark.filterwarnings("ignore:.*no table of labels")
def test_scores_of_what_nobody_looked_at_are_scores_all_the_same(
    recordings: pv.Recordings, tmp_path: Path
) -> None:
    """They are no mistakes, and of what lacks they say what is so."""
    (tmp_path / "labels/north").mkdir(parents=True)
    (tmp_path / "labels/north/2.txt").write_text("0.5\t1.5\twren\n", encoding="utf-8")
    known = recordings.with_labels(tmp_path / "labels")
    scores = np.where(recordings.find(np.arange(len(recordings)))[0] == 1, 0.2, 0.95)
    scored = known.with_scores(scores, classes=["wren"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scored.mistakes(threshold=0.9)
        scored.choose(1, by="disagree", of="wren", threshold=0.9)
    with pytest.warns(UserWarning, match=r"0\.99 is above every score: the highest is 0\.95,"):
        scored.mistakes(threshold=0.99)
    alone = known.with_scores(np.where(scores == 0.2, np.nan, scores), classes=["wren"])
    said = "no patch is scored of what somebody looked at"
    with pytest.warns(UserWarning, match=rf"^mistakes: {said}\.$"):
        assert not len(alone.mistakes())
    with pytest.warns(UserWarning, match=rf"^choose\(1, by='disagree'\): {said}\.$"):
        assert not len(alone.choose(1, by="disagree"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*no table of labels")
def test_of_what_nobody_looked_at_nothing_is_a_mistake(
    recordings: pv.Recordings, tmp_path: Path
) -> None:
    """As on the pages of a site; an empty table says that somebody looked."""
    folder = tmp_path / "labels"
    for site in ("north", "south"):
        (folder / site).mkdir(parents=True)
    (folder / "north" / "2.txt").write_text("0.5\t1.5\twren\n", encoding="utf-8")
    (folder / "south" / "1.csv").write_text("start_time,end_time,label\n", encoding="utf-8")
    scores = np.full(len(recordings), 0.9)
    scored = recordings.with_labels(folder).with_scores(scores, classes=["wren"])
    player: Any = pv.player(scored, stops="mistakes")
    labelled: Any = pv.player(scored.labelled, stops="mistakes")
    assert player._told["unlabelled"] == [0]
    assert labelled._told["unlabelled"] == []
    counts = [len(one.stops) for one in player.players]
    assert counts == [0, *(len(one.stops) for one in labelled.players)]
    assert all(counts[1:])
    assert [one.state["options"]["stop"] for one in player.players] == ["mistake"] * 3
    assert player._told["shown"] == 1
    scrubber: Any = pv.scrub(scored, stops="mistakes")
    assert (scrubber.row, scrubber.chooser.options[0]) == (1, ("north/1.wav · not labelled", 0))
    assert "<p>north/2.wav: 1 of 3" in scrubber.saved()["text/html"]
    scrubber.go_previous()
    assert scrubber.row == 1
    scrubber.row = 0
    assert (scrubber.index, scrubber.stops) == (0, [])
    assert scrubber.go_next() == player.stops[0]
    scrubber.close()
    pd.testing.assert_frame_equal(scored.mistakes(), scored.labelled.mistakes())
    chosen = scored.choose(3, by="disagree", apart=False)
    looked_at = scored.labelled.choose(3, by="disagree", apart=False)
    assert chosen.tolist() == scored.labelled.numbers[looked_at].tolist()
    assert len(scored.mistakes(truth=scored.targets())) == len(scored.mistakes()) + len(
        scored.patches(0)
    )
    for view in (pv.player, pv.scrub):  # also where what is shown first is not labelled
        with pytest.raises(InvalidValueError, match="scores=False hides"):
            view(scored, stops="mistakes", scores=False)
    truth = np.zeros((len(scored), 1), bool)
    judged: Any = pv.player(scored, stops="mistakes", truth=truth)
    assert judged._told["unlabelled"] == []
    assert all(len(one.stops) for one in judged.players)
    events: Any = pv.player(scored, stops="events")
    assert events._told["unlabelled"] == []
