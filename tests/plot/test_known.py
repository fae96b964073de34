"""What is known of patches, where there is little room for it."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

import patchviz as pv
from patchviz.core.captions import Known, known_text
from patchviz.core.choice import Choice
from patchviz.plot.known import fitting_known
from patchviz.plot.text import text_width

WARBLERS = tuple(f"Black-throated {color} Warbler" for color in ("Green", "Gray", "Blue"))


def known(label: str, *scores: tuple[str, str], what: str = "label") -> Known:
    return Known((label,) if label else (), scores, what, is_scored=True)


def test_a_caption_keeps_the_names_of_its_score() -> None:
    whole = known(WARBLERS[1], (WARBLERS[0], "0.64"))
    for width in (150, 200):
        said = fitting_known(whole, width, 10, WARBLERS)
        label, _, score = said.partition(" · ")
        assert "Gray" in label
        assert "Green" in score
        assert score.endswith(": 0.64")
        assert text_width(said, 10) <= width
    assert fitting_known(whole, 90, 10, WARBLERS).endswith(": 0.64")
    assert len(fitting_known(whole, 90, 10, WARBLERS)) > len("0.64")
    assert fitting_known(whole, 1000, 10, WARBLERS) == str(whole)
    width = text_width("line 3 · line 2: 0.60", 10)
    some = known("line 3", ("line 2", "0.60"))
    assert fitting_known(some, width, 10, ("line 2", "line 3")) == "line 3 · line 2: 0.60"
    assert fitting_known(whole, 30, 10, WARBLERS) == "0.64"
    none, short = known("", ("robin", "0.81"), what="truth"), "truth none · robin: 0.81"
    for names in ((), ("robin", "wren")):
        assert fitting_known(none, text_width(short, 10), 10, names) == short


def test_both_names_of_a_confusion_are_cut_alike() -> None:
    whole = known(WARBLERS[1], (WARBLERS[0], "0.64"), (WARBLERS[1], "0.20"))
    for width in range(240, 500, 30):
        said = fitting_known(whole, width, 10, WARBLERS)
        assert text_width(said, 10) <= width
        label, scores = said.removeprefix("label ").split(" · ")
        assert f"{label}: 0.20" in scores, said
        assert f"{label}: 0.64" not in scores
        assert "0.64" in scores


@pytest.mark.parametrize("scores", [(("b", "0.50"), ("a", "0.10")), (("a", "0.10"), ("b", "0.50"))])
def test_where_one_score_has_room_it_is_what_it_was_taken_for(
    scores: tuple[tuple[str, str], ...],
) -> None:
    whole = known("a", *scores)
    width = text_width("a · b: 0.50", 10)
    assert fitting_known(whole, width, 10) == "a · b: 0.50"
    assert fitting_known(whole, text_width("b: 0.50", 10), 10) == "b: 0.50"


def test_labels_without_room_are_counted_and_never_cut_across_two() -> None:
    names = ("Black-capped Chickadee", "Northern Cardinal", "wren, or owl")
    both, five = Known(names[:2]), Known((*names[:2], "a", "b", "c"))
    width = text_width(str(both), 10) - 1
    assert fitting_known(both, width, 10, names) == "Black-capped Chickadee +1"
    assert fitting_known(five, width, 10, names) == "Black-capped Chickadee +4"
    truth = Known(names[:2], what="truth")
    assert fitting_known(truth, width, 10, names) == "truth Black-capped Chickadee +1"
    short = fitting_known(both, 80, 10, names)
    assert short.endswith(" +1")
    assert names[0].startswith(short.partition("…")[0])
    commas = Known((names[2], names[0]))
    width = text_width(str(commas), 10) - 1
    assert fitting_known(commas, width, 10, names) == "wren, or owl +1"
    for form in (both, five, commas):
        for width in range(20, 300, 7):
            assert text_width(fitting_known(form, width, 10, names), 10) <= width


@pytest.mark.parametrize("names", [("robin", "wren"), ("American Robin", "wren", "a", "b", "c")])
def test_labels_alone_are_cut_with_a_mark(names: tuple[str, ...]) -> None:
    assert fitting_known(Known(names), 300, 10, WARBLERS) == str(Known(names))
    assert "…" in fitting_known(Known(names), 25, 10, WARBLERS)


def test_names_without_letters_say_what_they_are() -> None:
    whole = known("6", ("0", "0.18"), ("6", "0.01"))
    assert str(whole) == "label 6 · scored 0: 0.18, 6: 0.01"
    assert str(Known(("6",))) == "label 6"
    assert str(Known(("wren", "6"))) == "wren, 6"


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
    for width, word in ((14, "label "), (7, "")):
        mosaic = pv.plot_mosaic(patches, [0, 1], ax=Figure((width, 5)))
        said = [panel.get_title(loc="left").split("\n")[-1] for panel in mosaic.panels]
        assert [text.startswith("label ") for text in said] == [bool(word)] * 2
        assert said[1] == f"{word}wren · wren: 1.00"
