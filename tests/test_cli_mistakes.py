"""Mistakes of a model from a shell: a table of all, or a picture of the worst."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import soundfile
from matplotlib.figure import Figure

import patchviz as pv
from patchviz.cli import main

SR = 8000
NAMES = ("owl", "wren")
CARVED = ["--duration", "0.5", "--sr", "native"]
TOLD = ["--labels", "labels.csv", "--scores", "scores.csv", "--stops", "mistakes"]
TRUTH = {"min_overlap": 0.2}


@pytest.fixture
def season(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Two recordings, of which all windows are scored; returned with what is true of each."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "season").mkdir()
    rng = np.random.default_rng(3)
    scores, labels = [], []
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / "season" / name, rng.normal(0, 0.1, 4 * SR), SR)
        starts = np.arange(0, 4, 0.5)
        window = {"file": name, "start_time": starts, "end_time": starts + 0.5}
        scores.append(
            pd.DataFrame(window).assign(**{k: rng.uniform(size=8).round(2) for k in NAMES})
        )
        # Of each label the first half lies in one window, and too little of it in the next one.
        rows = [
            (name, float(start), float(start) + 0.6, rng.choice(NAMES)) for start in starts[:7:2]
        ]
        labels.append(pd.DataFrame(rows, columns=["file", "start_time", "end_time", "label"]))
    scored, labelled = pd.concat(scores, ignore_index=True), pd.concat(labels)
    scored.to_csv("scores.csv", index=False)
    labelled.to_csv("labels.csv", index=False)
    keys = set(zip(labelled["file"], labelled["start_time"], labelled["label"], strict=True))
    for name in NAMES:
        is_there = [
            (f, s, name) in keys for f, s in zip(scored["file"], scored["start_time"], strict=True)
        ]
        scored[f"has {name}"] = is_there
    return scored


def expected(season: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Return the mistakes, the worst first, by arithmetic of a table's cells."""
    rows = [
        (number, row["file"], row["start_time"], name, row[name],
         "missed" if row[f"has {name}"] else "false positive", abs(row[name] - threshold))
        for number, (_, row) in enumerate(season.iterrows())
        for name in NAMES
        if (row[name] >= threshold) != row[f"has {name}"]
    ]  # fmt: skip
    names = ["patch", "file", "start_time", "label", "score", "mistake", "far"]
    table = pd.DataFrame(rows, columns=names)
    return table.sort_values("far", ascending=False, kind="stable").drop(columns="far")


@pytest.mark.parametrize("threshold", [0.5, 0.8])
@pytest.mark.parametrize("files", [["season"], ["season/a.wav", "season/b.wav"], ["season/b.wav"]])
def test_a_table_of_all_mistakes(
    season: pd.DataFrame, files: list[str], threshold: float, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ["--threshold", str(threshold), "--truth", "min_overlap=0.2"]
    assert main([*files, *CARVED, *TOLD, *said, "-o", "mistakes.csv"]) == 0
    found = pd.read_csv("mistakes.csv")
    found["file"] = [Path(path).name for path in found["file"]]
    of_files = season
    if files == ["season/b.wav"]:
        of_files = season[season["file"] == "b.wav"]
    wanted = expected(of_files, threshold)
    pd.testing.assert_frame_equal(found[wanted.columns], wanted.reset_index(drop=True))
    is_missed = found["mistake"] == "missed"
    has = [
        label in truth
        for label, truth in zip(found["label"], found["truth"].fillna(""), strict=True)
    ]
    assert (is_missed == has).all()
    said_last = capsys.readouterr().out.splitlines()[-2:]
    assert said_last[0] == (
        f"{len(wanted)} mistakes in {wanted['patch'].nunique()} of {len(of_files)} patches"
    )
    assert said_last[1].startswith("wrote mistakes.csv (")


@pytest.mark.parametrize("named", ["labels", "scores"])
@pytest.mark.parametrize("file", ["season", "season/a.wav"])
def test_a_table_that_is_named_is_not_what_a_folder_holds_besides(
    season: pd.DataFrame, file: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A detector's table lies among the labels, or the labels, with how sure one was, by it."""
    table = pd.read_csv("labels.csv").assign(score=0.9)
    table.to_csv("labels.csv", index=False)
    assert main([file, *CARVED, *TOLD, "-o", "apart.csv"]) == 0
    Path("known").mkdir()
    for name in ("labels", "scores"):
        Path(f"{name}.csv").rename(f"known/{name}.csv")
    given = dict.fromkeys(("labels", "scores"), "known") | {named: f"known/{named}.csv"}
    told = ["--labels", given["labels"], "--scores", given["scores"], "--stops", "mistakes"]
    capsys.readouterr()
    assert main([file, *CARVED, *told, "-o", "together.csv"]) == 0
    pd.testing.assert_frame_equal(pd.read_csv("together.csv"), pd.read_csv("apart.csv"))
    other = "scores" if named == "labels" else "labels"
    assert (
        f"1 of 2 tables of {other} is a table of {named}, and no {other} are taken from there: "
        f"'known/{named}.csv'."
    ) in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("file", ["season", "season/a.wav"])
@pytest.mark.parametrize("hop", [[], ["--hop", "0.5"]])
def test_no_window_after_the_last_is_invented(
    season: pd.DataFrame, file: str, hop: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a model that scores whole windows, of 1 s every half a second, and finds little."""
    scores = pd.read_csv("scores.csv")
    scores["end_time"] = scores["start_time"] + 1
    scores[scores["start_time"].isin([0.0, 0.5, 2.0])].to_csv("scores.csv", index=False)
    told = [*TOLD, *hop, "--sr", "native", "--missing", "0", "-o", "m.csv"]
    n_files = 2 if file == "season" else 1
    for tail, n in (([], 7), (["--tail", "drop"], 7), (["--tail", "pad"], 8)):
        if hop and not tail:
            continue
        assert main([file, *told, *tail]) == 0
        assert f" of {n_files * n} patches" in capsys.readouterr().out
    # A model that pads the last one has it everywhere.
    scores[scores["start_time"].isin([0.0, 0.5, 3.5])].to_csv("scores.csv", index=False)
    assert main([file, *told]) == 0
    assert f" of {n_files * 8} patches" in capsys.readouterr().out


def test_windows_of_what_cannot_be_read_lengthen_no_other_recording(
    season: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = pd.read_csv("scores.csv")
    scores["end_time"] = scores["start_time"] + 1
    scores = scores[scores["start_time"] <= 3]
    broken = scores[scores["file"] == "a.wav"].assign(file="broken.wav")
    pd.concat([scores, broken]).to_csv("scores.csv", index=False)
    Path("season/broken.wav").write_bytes(b"RIFF")
    assert main(["season", *TOLD, "--missing", "0", "--sr", "native", "-o", "m.csv"]) == 0
    assert " of 14 patches" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("n_samples", [24_137, 24_576])
@pytest.mark.parametrize("first", [0.0, 0.047])
def test_a_window_that_ends_a_frame_late_is_a_patch_of_one_recording_and_of_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_samples: int, first: float
) -> None:
    """However its start and end are rounded to frames, it is scored, and is no event."""
    monkeypatch.chdir(tmp_path)
    Path("season").mkdir()
    noise = np.random.default_rng(0).normal(0, 0.1, 4 * SR)
    soundfile.write("season/a.wav", noise[:n_samples], SR)
    soundfile.write("season/b.wav", noise, SR)
    starts = first + np.arange(3)
    files = ["a.wav", "a.wav", "a.wav", "b.wav"]
    scores = pd.DataFrame({"file": files, "start_time": [*starts, 1 + first], "label": "wren"})
    scores.assign(end_time=scores["start_time"] + 1, score=0.9).to_csv("scores.csv", index=False)
    Path("labels.csv").write_text(
        "file,start_time,end_time,label\nb.wav,0,0.5,wren\na.wav,1,2,owl\n"
    )
    for file in ("season/a.wav", "season"):
        assert main([file, *TOLD, "-o", "m.csv"]) == 0
        wrong = pd.read_csv("m.csv")
        own = wrong[wrong["file"].str.endswith("a.wav")]
        np.testing.assert_allclose(np.sort(own["start_time"]), starts, atol=0.012)


def test_one_table_that_is_named_for_both_is_told(
    season: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    table = pd.DataFrame({"file": "a.wav", "start_time": [0.0], "end_time": [0.5]})
    table.assign(label="owl", score=0.9).to_csv("both.csv", index=False)
    told = ["--labels", "both.csv", "--scores", "./both.csv", "--stops", "mistakes", "-o", "m.csv"]
    assert main(["season", *CARVED, *told]) == 0
    assert (
        "--labels and --scores are one table, both.csv: unless somebody wrote its labels, a model "
        "is compared with itself"
    ) in capsys.readouterr().err


def test_one_table_is_not_both(season: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    Path("known").mkdir()
    Path("scores.csv").rename("known/scores.csv")
    told = ["--labels", "known", "--scores", "known/scores.csv", "--stops", "mistakes"]
    assert main(["season", *CARVED, *told, "-o", "m.csv"]) == 2
    assert (
        "--labels known: all that there is, 'known/scores.csv', is read as scores, and so not as "
        "labels. Let tables of labels lie in another folder, or name the one that holds them."
    ) in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("file", ["season", "season/a.wav"])
def test_a_picture_of_the_worst(season: pd.DataFrame, file: str) -> None:
    assert main([file, *CARVED, *TOLD, "--truth", "min_overlap=0.2", "-n", "4", "-o", "w.png"]) == 0
    known = pv.Recordings("season", duration=0.5, starts=np.arange(0, 4, 0.5), tail="pad", sr=None,
                          labels="labels.csv")  # fmt: skip
    one = known.with_scores("scores.csv")
    drawn = one if file == "season" else one.patches(0)
    worst = drawn.choose(4, by="disagree", truth=TRUTH)
    figure = Figure(figsize=(9, 6), dpi=150, layout="constrained")
    pv.plot_mosaic(drawn, worst, ax=figure, truth=TRUTH)
    figure.savefig("own.png")
    np.testing.assert_array_equal(plt.imread("w.png"), plt.imread("own.png"))


@pytest.mark.slow
def test_fewer_mistakes_than_a_picture_holds_are_no_news(
    season: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["season/a.wav", *CARVED, *TOLD, "-o", "w.png"]) == 0
    assert "choose(" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["season", "-o", "m.parquet"], "--out m.parquet is called as a file is, and a folder of "),
        (["season", "--stops", "mistakes", "-o", "m.tsv"], "--out m.tsv is called as a file is, "),
        (["season", "-o", "m.csv"], "--out m.csv is called as a file is, and a folder of "),
        (["season/a.wav", "-o", "m.csv"], "--out m.csv is to be a table, and that is of mistakes. "
         "Add --stops mistakes, --labels and --scores.\n"),
        (["season/a.wav", "--stops", "1,2", "-o", "m.png"], "--stops 1,2 has no use with .png. "
         "Leave it out, or choose mistakes.\n"),
        (["season", "--stops", "mistakes", "-o", "m.csv"], "--stops mistakes needs scores and "
         "labels. Give --scores and --labels.\n"),
        (["season", *TOLD, "-o", "m.csv", "--cmap", "gray"], "--cmap has no use with .csv. "),
        (["season", *TOLD, "-o", "m.csv", "--jobs", "2"], "--jobs has no use with many "),
        (["season", *TOLD, "-o", "no/m.csv"], "no/m.csv"),
        (["season/a.wav", "season/x.wav", *TOLD, "-o", "m.csv"], "FILE season/x.wav: "),
        (["season/a.wav", "-", *TOLD, "-o", "m.csv"], "FILE - is no file's name, "),
        (["season", *TOLD, "-o", "scores.csv"], "what --scores names, and would be read with it."),
        (["season", "--labels", "*.csv", *TOLD[2:], "-o", "m.csv"], "what --labels names, and "
         "would be read with it. Write it to another folder.\n"),
        (["season/a.wav", *TOLD[:2], "--scores", ".", *TOLD[4:], "-o", "m.csv"], "what --scores "),
    ],
)  # fmt: skip
def test_what_has_no_use_is_refused(
    season: pd.DataFrame, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) in (1, 2)
    assert said in capsys.readouterr().err
    assert not Path("m.csv").exists()
    assert not Path("m.png").exists()
    assert pd.read_csv("scores.csv").columns[-1] == "wren"


def test_what_cannot_be_read_is_told_and_the_rest_is_listed(
    season: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("season/broken.wav").write_bytes(b"RIFF")
    assert main(["season", *CARVED, *TOLD, "--truth", "min_overlap=0.2", "-o", "m.csv"]) == 0
    assert len(pd.read_csv("m.csv")) == len(expected(season, 0.5))
    assert "'broken.wav'" in capsys.readouterr().err


def test_what_is_not_scored_is_told(
    season: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    """Windows without a score, and a class that the model does not know."""
    scores = pd.read_csv("scores.csv")
    scores[scores["start_time"] != 1.0].to_csv("scores.csv", index=False)
    labels = pd.read_csv("labels.csv")
    labels.loc[len(labels)] = ["a.wav", 3.0, 3.4, "crow"]
    labels.to_csv("labels.csv", index=False)
    carved = ["--duration", "0.5", "--hop", "0.5", "--hop-length", "100", "--sr", "native"]
    assert main(["season", *carved, *TOLD, "-o", "m.csv"]) == 0
    said = capsys.readouterr()
    assert " of 16 patches, of which 2 have no score\n" in said.out
    assert "mistakes: 'crow' is labelled and not scored, and so no mistake." in said.err


def test_scores_without_a_usual_threshold_want_one(
    season: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = pd.read_csv("scores.csv")
    scores.assign(**{name: 5 + 4 * scores[name] for name in NAMES}).to_csv(
        "scores.csv", index=False
    )
    assert main(["season", *CARVED, *TOLD, "-o", "m.csv"]) == 2
    said = capsys.readouterr().err
    assert (
        "have no usual threshold. Say from which score on it is there, with --threshold.\n" in said
    )
    assert main(["season", *CARVED, *TOLD, "--threshold", "7", "-o", "m.csv"]) == 0


def test_no_mistake_is_an_empty_table_and_no_picture(
    season: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    right = season[["file", "start_time", "end_time"]].assign(
        **{name: season[f"has {name}"].astype(float) for name in NAMES}
    )
    right.to_csv("scores.csv", index=False)
    told = ["season", *CARVED, *TOLD, "--truth", "min_overlap=0.2"]
    assert main([*told, "-o", "m.csv"]) == 0
    assert "0 mistakes in 0 of 16 patches\n" in capsys.readouterr().out
    assert len(pd.read_csv("m.csv")) == 0
    assert main([*told, "-o", "m.png"]) == 2
    assert "there is no mistake to be drawn." in capsys.readouterr().err
