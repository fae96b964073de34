"""What is known of patches, where there is little room for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile
from matplotlib.figure import Figure

import patchviz as pv
from patchviz.core.captions import Known, known_text
from patchviz.core.choice import Choice
from patchviz.plot.known import are_named, fitting_known
from patchviz.plot.text import text_width

WARBLERS = tuple(f"Black-throated {color} Warbler" for color in ("Green", "Gray", "Blue"))


def known(label: str, *scores: tuple[str, str], what: str = "label") -> Known:
    return Known((label,) if label else (), scores, what, is_scored=True)


def caption(one: Known, width: float, size: float, classes: tuple[str, ...] = ()) -> str:
    """What a view of one patch says of it."""
    return fitting_known(one, width, size, classes, named=are_named([one], width, size))


def test_a_caption_keeps_the_names_of_its_score() -> None:
    whole = known(WARBLERS[1], (WARBLERS[0], "0.64"))
    for width in (150, 200):
        said = caption(whole, width, 10, WARBLERS)
        label, _, score = said.partition(" · ")
        assert "Gray" in label
        assert "Green" in score
        assert score.endswith(": 0.64")
        assert text_width(said, 10) <= width
    assert caption(whole, 90, 10, WARBLERS).endswith(": 0.64")
    assert len(caption(whole, 90, 10, WARBLERS)) > len("0.64")
    assert caption(whole, 1000, 10, WARBLERS) == str(whole)
    width = text_width("line 3 · line 2: 0.60", 10)
    some = known("line 3", ("line 2", "0.60"))
    assert caption(some, width, 10, ("line 2", "line 3")) == "line 3 · line 2: 0.60"
    assert caption(whole, 30, 10, WARBLERS) == "0.64"
    none, short = known("", ("robin", "0.81"), what="truth"), "truth none · robin: 0.81"
    for names in ((), ("robin", "wren")):
        assert caption(none, text_width(short, 10), 10, names) == short


def test_both_names_of_a_confusion_are_cut_alike() -> None:
    whole = known(WARBLERS[1], (WARBLERS[0], "0.64"), (WARBLERS[1], "0.20"))
    for width in range(240, 500, 30):
        said = caption(whole, width, 10, WARBLERS)
        assert text_width(said, 10) <= width
        label, scores = said.removeprefix("label ").split(" · ")
        assert f"{label}: 0.20" in scores, said
        assert f"{label}: 0.64" not in scores
        assert "0.64" in scores


@pytest.mark.parametrize("scores", [(("b", "0.50"), ("a", "0.10")), (("a", "0.10"), ("b", "0.50"))])
def test_where_one_score_has_room_it_is_the_first(scores: tuple[tuple[str, str], ...]) -> None:
    """What it is taken for, or what it was chosen for: a mistake is of that class."""
    whole, score = known("a", *scores), ": ".join(scores[0])
    width = text_width(f"a · {score}", 10)
    assert caption(whole, width, 10) == f"a · {score}"
    assert caption(whole, text_width(score, 10), 10) == score


NAMES = ("Eurasian Blackbird", "European Robin", "Great Tit", "Blackcap", "Chiffchaff")


@pytest.mark.parametrize("n_lines", [1, 2])
@pytest.mark.parametrize("names", [NAMES, NAMES[1:], NAMES[:1], NAMES[2:3], NAMES[2:4]])
@pytest.mark.parametrize("rest", [(), ((NAMES[3], "0.90"),)])
def test_a_caption_keeps_whether_its_class_is_labelled(
    n_lines: int, names: tuple[str, ...], rest: tuple[tuple[str, str], ...]
) -> None:
    """Other labels and other scores go before that, and names are cut as far as they differ."""
    one = Known(names, ((NAMES[0], "0.36"), *rest), is_scored=True)
    for width in range(95 if n_lines > 1 else 150, 500, 5):
        named = are_named([one], width, 8, n_lines=n_lines)
        said = fitting_known(one, width, 8, NAMES, named=named, n_lines=n_lines)
        lines = said.split("\n")
        assert len(lines) <= n_lines
        assert all(text_width(line, 8) <= width for line in lines), said
        parts = [part for line in lines for part in line.split(" · ")]
        (score,) = (part for part in parts if "0.36" in part)
        assert score.startswith("Eur"), said
        has_word = "labelled" in said or "other labels" in said
        if has_word:
            assert ("other labels" in said) == (NAMES[0] not in names), said
        else:  # it is among those that are named, or these are all
            labels = next(part for part in parts if ": " not in part)
            is_named = labels.removeprefix("label ").startswith("Eura")
            assert is_named == (NAMES[0] in names), said
            assert is_named or "+" not in labels, said
    assert "0.90" in str(one) or not rest


def test_words_for_whether_a_class_is_labelled() -> None:
    wren = ("wren", "0.36")
    several = Known(("robin", "owl"), (wren,), is_scored=True)
    width = text_width("label robin · wren: 0.36, not", 10)
    assert caption(several, width, 10) == "wren: 0.36, other labels"
    assert fitting_known(several, 70, 10, n_lines=2) == "wren: 0.36\nother labels"
    true = Known(("robin", "owl", "crow"), (wren,), "truth", is_scored=True)
    assert fitting_known(true, 70, 10, n_lines=2) == "wren: 0.36\nnot in truth"
    own = Known(("robin", "wren", "owl"), (wren,), is_scored=True)
    assert fitting_known(own, 80, 10, n_lines=2) == "label wren +2\nwren: 0.36"
    assert caption(own, text_width("wren: 0.36, labelled", 10), 10) == "wren: 0.36, labelled"


def test_labels_without_room_are_counted_and_never_cut_across_two() -> None:
    names = ("Black-capped Chickadee", "Northern Cardinal", "wren, or owl")
    both, five = Known(names[:2]), Known((*names[:2], "a", "b", "c"))
    width = text_width(str(both), 10) - 1
    assert caption(both, width, 10, names) == "Black-capped Chickadee +1"
    assert caption(five, width, 10, names) == "Black-capped Chickadee +4"
    truth = Known(names[:2], what="truth")
    assert caption(truth, width, 10, names) == "truth Black-capped Chickadee +1"
    short = caption(both, 80, 10, names)
    assert short.endswith(" +1")
    assert names[0].startswith(short.partition("…")[0])
    commas = Known((names[2], names[0]))
    width = text_width(str(commas), 10) - 1
    assert caption(commas, width, 10, names) == "wren, or owl +1"
    for form in (both, five, commas):
        for width in range(20, 300, 7):
            assert text_width(caption(form, width, 10, names), 10) <= width


@pytest.mark.parametrize("names", [("robin", "wren"), ("American Robin", "wren", "a", "b", "c")])
def test_labels_alone_are_cut_with_a_mark(names: tuple[str, ...]) -> None:
    assert caption(Known(names), 300, 10, WARBLERS) == str(Known(names))
    assert "…" in caption(Known(names), 25, 10, WARBLERS)


@pytest.mark.parametrize(("names", "word"), [(("6", "0"), "label "), (("a", "b"), "")])
def test_names_without_letters_say_what_they_are(names: tuple[str, str], word: str) -> None:
    spec = pv.Spectrogram(np.zeros((4, 30)), sr=10, hop_length=1, labels=[(0, 1, names[0])])
    scores = [[0.01, 0.18], [0.5, 0.25], [0.1, 0.2]]
    scored = spec.patches(frame_length=10).with_scores(scores, classes=names)
    said = "scored " if word else ""
    expected = f"label {names[0]} · {said}{names[1]}: 0.18, {names[0]}: 0.01"
    assert known_text(scored, 0) == expected
    # A name that has letters stands beside one that has none: all say what they are.
    both = spec.with_labels([(0, 1, names[0]), (1, 2, "wren")]).patches(frame_length=10)
    assert [known_text(both, k) for k in (0, 1)] == [f"{word}{names[0]}", f"{word}wren"]
    told = pv.player(both).state["known"]
    assert (told["named"], told["numbers"]) == (bool(word), bool(word))


def confusing() -> pv.Patches:
    """A robin, a wren, both, what is not scored, and nothing, all of them taken for owls."""
    labels = [(0, 1, "robin"), (1, 2, "wren"), (2, 3, "robin"), (2, 3, "wren"), (3, 4, "crow")]
    spec = pv.Spectrogram(np.zeros((4, 50)), sr=10, hop_length=1, labels=labels)
    scores = np.tile([0.1, 0.25, 0.64], (5, 1))
    return spec.patches(frame_length=10).with_scores(scores, classes=["robin", "wren", "owl"])


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (None, ["owl: 0.64, robin: 0.10", "owl: 0.64, wren: 0.25", "owl: 0.64, wren: 0.25",
                "owl: 0.64", "owl: 0.64"]),
        ("owl", ["owl: 0.64, robin: 0.10", "owl: 0.64, wren: 0.25", "owl: 0.64, wren: 0.25",
                 "owl: 0.64", "owl: 0.64"]),
        ("robin", ["robin: 0.10, owl: 0.64"] * 4 + ["robin: 0.10"]),
    ],
)  # fmt: skip
def test_of_a_patch_that_is_taken_for_another_class_both_are_said(
    of: str | None, expected: list[str]
) -> None:
    patches = confusing()
    labels = ["label robin", "label wren", "label robin, wren", "label crow", ""]
    found = [known_text(patches, k, of=of) for k in range(5)]
    assert found == [" · ".join(filter(None, both)) for both in zip(labels, expected, strict=True)]
    mosaic = pv.plot_mosaic(patches, [0, 4], of=of, ax=Figure((9, 5)))
    said = [panel.get_title(loc="left").split("\n")[1:] for panel in mosaic.panels]
    assert said == [["label robin", expected[0]], [expected[4], ""]]


def test_the_class_that_it_was_chosen_for_comes_first() -> None:
    patches = confusing()
    mosaic = pv.plot_mosaic(patches, Choice([0], ["wren"]), ax=Figure((9, 5)))
    assert mosaic.panels[0].get_title(loc="left").endswith("\nlabel robin\nwren: 0.25, owl: 0.64")


def test_what_is_right_has_one_score() -> None:
    patches = confusing()
    scores = np.array([[0.64, 0.25, 0.64], [0.1, 0.9, 0.64], [0.1, 0.9, 0.2],
                       [np.nan] * 3, [np.nan, 0.5, 0.25]])  # fmt: skip
    patches = patches.with_scores(scores, classes=["robin", "wren", "owl"])
    assert [known_text(patches, k) for k in range(5)] == [
        "label robin · robin: 0.64", "label wren · wren: 0.90", "label robin, wren · wren: 0.90",
        "label crow", "wren: 0.50",
    ]  # fmt: skip


def test_a_class_that_scores_as_much_as_the_own_one_does_not_stand_alone() -> None:
    """As where a model is sure of both: it says the own class, too."""
    patches = confusing()
    patches = patches.with_scores(np.ones((5, 3)), classes=["robin", "wren", "owl"])
    ours = ["label robin", "label wren", "label robin, wren", "label crow", ""]
    for of, scores in (
        (None, ["robin: 1.00", "robin: 1.00, wren: 1.00", "robin: 1.00", "robin: 1.00"]),
        ("owl", ["owl: 1.00, robin: 1.00", "owl: 1.00, wren: 1.00", "owl: 1.00, robin: 1.00",
                 "owl: 1.00"]),
    ):  # fmt: skip
        expected = [*map(" · ".join, zip(ours, scores, strict=False)), scores[3]]
        assert [known_text(patches, k, of=of) for k in range(5)] == expected


def test_labels_that_are_not_shown_are_not_said() -> None:
    """Nor is what one could guess them from. A truth is said, whatever is drawn."""
    patches = confusing()
    for options, said in (
        ({"labels": False}, ["owl: 0.64"]),
        ({"labels": False, "truth": {}}, ["truth robin", "owl: 0.64, robin: 0.10"]),
        ({"labels": False, "scores": False}, []),
    ):
        mosaic = pv.plot_mosaic(patches, [0], ax=Figure((9, 5)), **options)  # type: ignore[arg-type]
        assert mosaic.panels[0].get_title(loc="left").split("\n")[1:] == said
        view = pv.PatchView(patches, ax=Figure((9, 5)).add_subplot(), **options)  # type: ignore[arg-type]
        assert view.title.get_text().split("\n")[1:] == ([" · ".join(said)] if said else [])
        known = pv.player(patches, **options).state["known"] or {"labels": [], "top": None}  # type: ignore[arg-type]
        assert known["labels"] == []
    top = pv.player(patches, labels=False).state["known"]["top"]
    assert len(top) < len(pv.player(patches).state["known"]["top"])


def test_labels_say_in_all_panels_what_they_are_or_in_none() -> None:
    labels = [(0, 1, "a long name of a bird"), (1, 2, "wren")]
    spec = pv.Spectrogram(np.zeros((4, 20)), sr=10, hop_length=1, labels=labels)
    names = ["a long name of a bird", "wren"]
    patches = spec.patches(frame_length=10).with_scores(np.eye(2), classes=names)
    for width, word, mark in ((14, "label ", " · "), (9, "", " · "), (7, "label ", "\n")):
        mosaic = pv.plot_mosaic(patches, [0, 1], ax=Figure((width, 5)))
        said = [panel.get_title(loc="left").partition("\n")[2] for panel in mosaic.panels]
        assert said == [f"{word}{name}{mark}{name}: 1.00" for name in names]


@pytest.mark.slow
def test_a_view_says_of_all_labels_what_they_are_or_of_none() -> None:
    """Also of patches without: "truth none" beside bare names is two ways in one view."""
    labels = [(0, 1, "a long name of a bird"), (1, 2, "wren")]
    spec = pv.Spectrogram(np.zeros((4, 30)), sr=10, hop_length=1, labels=labels)
    names = ["a long name of a bird", "wren"]
    scores = [[0.9, 0.1], [0.1, 0.9], [0.2, 0.1]]
    patches = spec.patches(frame_length=10).with_scores(scores, classes=names)
    n_named = []
    for width in (3.0, 4.0, 5.0, 7.0, 12.0):
        mosaic = pv.plot_mosaic(patches, 3, truth={}, overview=False, ax=Figure((width, 5)))
        said = [panel.get_title(loc="left").partition("\n")[2] for panel in mosaic.panels]
        view = pv.PatchView(patches, truth={}, ax=Figure((width / 2, 3)).add_subplot())
        shown = []
        for view.index in range(3):
            shown.append(view.title.get_text().split("\n")[-1])
        for texts in (said, shown):
            n_named.append(sum("truth " in text for text in texts))
            assert n_named[-1] in (0, 3), texts
            assert "none" in texts[2] or width < 5, texts
    assert {*n_named} == {0, 3}


def test_recordings_of_one_view_say_alike_what_labels_are(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, np.random.default_rng(0).normal(0, 0.1, 8000), 8000)
    labels = pd.DataFrame({"file": ["a.wav", "b.wav"], "start_time": 0.0, "end_time": 1.0,
                           "label": ["wren", "robin"]})  # fmt: skip
    recordings = pv.Recordings(tmp_path, duration=1.0, labels=labels)
    some = recordings.with_scores([0.5, np.nan], classes=["wren"])
    mosaic = pv.plot_mosaic(some, ax=Figure((9, 4)))
    said = [panel.get_title(loc="left").split("\n")[-1] for panel in mosaic.panels]
    assert said == ["label wren · wren: 0.50", "label robin"]
    sheet: Any = pv.sheet(some)._content
    assert [player.state["known"]["named"] for player in sheet.players] == [True, True]


@pytest.mark.parametrize("width", range(110, 230, 5))
def test_a_cut_name_takes_the_room_that_there_is(width: int) -> None:
    whole = known(WARBLERS[1], (WARBLERS[0], "0.64"))
    said = fitting_known(whole, width, 7, WARBLERS, named=False)
    # One letter of either name has no room any more.
    assert width - 2 * text_width("W", 7) - 1 < text_width(said, 7) <= width, said
