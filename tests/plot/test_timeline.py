"""A season by the clock."""

from __future__ import annotations

import itertools
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import soundfile
from matplotlib.backend_bases import MouseEvent

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError

from ..seldom import seldom

SR = 8000

Season = Callable[..., pv.Recordings]


@pytest.fixture
def season(tmp_path: Path) -> Season:
    """Makes recordings that began when it says, and last as long: their headers are believed."""

    def made(starts: list[Any], seconds: list[float], **carving: Any) -> pv.Recordings:
        path = tmp_path / "a.wav"
        soundfile.write(path, np.zeros(SR), SR)
        n = len(starts)
        names = [str(tmp_path / f"{k}.wav") for k in range(n)]
        stat = path.stat()
        table = pd.DataFrame(
            {
                "file": names,
                "sr": SR,
                "n_channels": 1,
                "n_samples": np.round(np.multiply(seconds, SR)).astype(int),
                "size": stat.st_size,
                "modified": stat.st_mtime_ns,
                "start": pd.Series(starts),
                "error": "",
            }
        )
        return pv.Recordings(table, **({"duration": 1.0} | carving), sr=None)

    return made


def cells(ax: Any, layer: int = 0) -> np.ma.MaskedArray[Any, Any]:
    values = ax.collections[layer].get_array()
    return np.ma.masked_invalid(np.ma.asarray(values).reshape(-1, 24 * 60))


def brute_force(
    starts: list[pd.Timestamp], seconds: list[float], values: list[float], reduce: str
) -> np.ma.MaskedArray[Any, Any]:
    """Look at each minute of each day by itself."""
    first = min(starts).normalize()
    begins = [(start - first) / pd.Timedelta(minutes=1) for start in starts]
    ends = [begin + s / 60 for begin, s in zip(begins, seconds, strict=True)]
    result = np.full((int(np.ceil(max(ends) / (24 * 60))), 24 * 60), np.nan)
    for k in range(result.size):
        own = [
            value
            for begin, end, value in zip(begins, ends, values, strict=True)
            if begin < k + 1 and end > k
        ]
        if own:
            result.flat[k] = np.max(own) if reduce == "max" else np.mean(own)
    return np.ma.masked_invalid(result)


@pytest.mark.parametrize("reduce", ["max", "mean"])
def test_each_minute_shows_what_was_recorded_in_it(season: Season, reduce: Any) -> None:
    rng = np.random.default_rng(0)
    starts = [pd.Timestamp("2024-05-12 21:30") + pd.Timedelta(minutes=float(m))
              for m in np.sort(rng.uniform(0, 1500, 25))]  # fmt: skip
    seconds = rng.uniform(600, 3600, 25).tolist()  # also across midnight, also at the same time
    values = rng.normal(size=25).tolist()
    with pytest.warns(UserWarning, match="12 of 25 files began while another was recorded"):
        ax = pv.timeline(season(starts, seconds), values, reduce=reduce)
    expected = brute_force(starts, seconds, values, reduce)
    np.testing.assert_array_equal(cells(ax, 1).mask, expected.mask)
    np.testing.assert_allclose(cells(ax, 1).compressed(), expected.compressed(), rtol=1e-6)
    np.testing.assert_array_equal(cells(ax).mask, expected.mask)  # the bars below
    assert (ax.get_xlim(), ax.get_xlabel()) == ((0.0, 24.0), "Time of day")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["2024-05-12", "2024-05-13"]
    top, bottom = reversed(ax.get_ylim())
    assert bottom - top == 2
    assert ax.get_title(loc="left") == ("25 files (12 beside others), 2024-05-12 to 2024-05-13")


def test_patches_have_their_own_minutes(season: Season) -> None:
    found = season([pd.Timestamp("2024-05-12 06:00")], [1200.0])
    values = np.full(len(found), np.nan)
    times = found.to_frame()["start_time"].to_numpy()
    hit = int(np.searchsorted(times, 130.0))
    values[hit] = 0.75
    ax = pv.timeline(found, values, label="robin")
    minutes = np.flatnonzero(~cells(ax, 1).mask.ravel())
    assert minutes.tolist() == [6 * 60 + 2]
    assert np.flatnonzero(~cells(ax).mask.ravel()).tolist() == [*range(360, 380)]
    assert ax.figure.axes[1].get_ylabel() == "robin"


def test_a_recording_of_a_schedule_is_as_long_as_its_interval(season: Season) -> None:
    minutes = [0, 15, 30, 75, 80, 1435]  # two are missing, one is too early, one goes on
    starts = [pd.Timestamp("2024-05-12") + pd.Timedelta(minutes=minute) for minute in minutes]
    found = season(starts, [4.0, 4.0, 4.0, 4.0, 1200.0, 4.0])
    values = np.random.default_rng(1).uniform(size=len(found))
    rows = found.find(np.arange(len(found)))[0]
    for reduce, of in (("max", np.max), ("mean", np.mean)):
        ax = pv.timeline(found, values, interval=15, reduce=reduce)  # type: ignore[arg-type]
        expected = np.full(2 * 1440, np.nan)
        spans = [(0, 15), (15, 30), (30, 45), (75, 80), (80, 100), (1435, 1450)]
        for row, (begin, end) in enumerate(spans):
            expected[begin:end] = of(values[rows == row])
        np.testing.assert_allclose(cells(ax, 1).filled(np.nan).ravel(), expected, rtol=1e-6)
        title = "6 files, 2024-05-12 to 2024-05-13, each drawn 15 min long"
        assert ax.get_title(loc="left") == title
        click = Clicked(ax)
        own = np.flatnonzero(rows == 1)
        first = click(0.4, 0)[: len(own)]  # type: ignore[index]
        assert sorted(first) == own.tolist(), "all of the recording, then those near it"
        if reduce == "max":
            assert first[0] == own[np.argmax(values[own])]
        assert click(1.0, 0) is None
    with pytest.raises(InvalidValueError, match=r"^interval=0 minutes is not allowed"):
        pv.timeline(found, interval=0)


def test_short_recordings_are_as_wide_as_can_be_seen(season: Season) -> None:
    """Up to the next one. Their patches stand for all of them; those of long ones do not."""
    minutes = [0, 4, 60, 90, 115]
    starts = [pd.Timestamp("2024-05-12") + pd.Timedelta(minutes=minute) for minute in minutes]
    found = season(starts, [20.0, 20.0, 20.0, 1200.0, 20.0], duration=5.0)
    values = np.arange(len(found), dtype=float)
    rows = found.find(values.astype(int))[0]
    ax = pv.timeline(found, values)
    expected = np.full(1440, np.nan)
    for row, begin, end in ((0, 0, 4), (1, 4, 14), (2, 60, 70), (4, 115, 125)):
        expected[begin:end] = values[rows == row].max()
    shown = cells(ax, 1).filled(np.nan).ravel()
    assert (np.diff(shown[90:110]) >= 11).all(), "a minute of twelve patches and more"
    shown[90:110] = np.nan
    np.testing.assert_array_equal(shown, expected)
    assert ax.get_title(loc="left") == "5 files, 2024-05-12, each drawn at least 10 min long"
    click = Clicked(ax)
    first = click(65 / 60, 0)
    assert first is not None
    assert first[0] == np.flatnonzero(rows == 2)[-1]
    long = pv.timeline(found, values, interval=1)
    assert np.flatnonzero(~cells(long, 1).mask.ravel()).tolist() == [0, 4, 60, *range(90, 110), 115]
    one = season(starts[3:4], [1200.0])
    assert pv.timeline(one).get_title(loc="left") == "1 file, 2024-05-12"


@pytest.mark.parametrize("width", [3.4, 7.0])
def test_a_usual_title_is_whole_in_a_narrow_figure(season: Season, width: float) -> None:
    """Beside a colour bar, which leaves a title less room."""
    recordings = season(["2024-05-12 06:00", "2024-05-14 06:00"], [5.0, 5.0])
    with plt.rc_context({"figure.figsize": (width, 2.6)}):
        ax = pv.timeline(recordings, [0.1, 0.9], label="Score")
    ax.figure.draw_without_rendering()
    title = ax._left_title  # type: ignore[attr-defined]
    said = title.get_text().replace("\n", " ").replace(",", "")
    assert said == "2 files 2024-05-12 to 2024-05-14 each drawn at least 10 min long"
    assert title.get_window_extent().x1 <= ax.figure.bbox.x1


def test_scores_within_0_and_1_have_these_as_limits(season: Season) -> None:
    found = season([pd.Timestamp("2024-05-12 06:00")], [3.0])
    scores = [[0.79, 2.0, 0.3], [0.81, -1.0, 1 + 1e-7], [np.nan, 0.5, 0.2]]
    scored = found.with_scores(scores, classes=["robin", "logit", "wren"])

    def limits(values: Any, **options: Any) -> tuple[float, float]:
        return pv.timeline(scored, values, **options).collections[1].get_clim()

    assert limits("robin") == limits(scored.to_frame()["robin"]) == (0.0, 1.0)
    assert limits("wren") == (0.0, 1.0)
    assert limits("robin", clim=(0.5, 0.9)) == (0.5, 0.9)
    assert limits("logit") == (2.0, 3.0) or limits("logit")[0] != 0.0
    # Of numbers nothing says that they are scores.
    assert limits(np.array([0.79, 0.81, np.nan]))[1] != 1.0


def test_a_column_of_the_files_is_named(season: Season) -> None:
    found = season([pd.Timestamp("2024-05-12 06:00", tz="Europe/Berlin")], [90.0])
    ax = pv.timeline(found, "n_patches", title="a $season$", interval=1)
    assert cells(ax, 1).compressed().tolist() == [len(found)] * 2
    assert ax.figure.axes[1].get_ylabel() == "n_patches"
    assert ax.get_xlabel() == "Time of day (UTC+02:00)"
    assert np.flatnonzero(~cells(ax).mask.ravel()).tolist() == [360, 361]  # by its own clock
    assert ax.get_title(loc="left") == "a $season$"


def test_a_class_that_is_scored_is_named(season: Season) -> None:
    found = season([pd.Timestamp("2024-05-12 06:00")], [3.0])
    scored = found.with_scores([[0.1, 0.7], [0.2, 0.9], [np.nan, 0.8]], classes=["sr", "wren"])
    assert cells(pv.timeline(scored, "wren", interval=1), 1).compressed() == pytest.approx([0.9])
    ax = pv.timeline(scored, "sr", interval=1)
    assert cells(ax, 1).compressed().tolist() == pytest.approx([0.2]), "of the scores"
    assert ax.figure.axes[1].get_ylabel() == "Highest score of sr"
    mean = pv.timeline(scored, "wren", reduce="mean")
    assert mean.figure.axes[1].get_ylabel() == "Mean score of wren"
    table = scored.to_frame()
    ax = pv.timeline(scored, table["wren"])
    assert ax.figure.axes[1].get_ylabel() == "wren"


def test_sites_that_hide_one_another_are_told(season: Season) -> None:
    morning = pd.Timestamp("2024-05-12 06:00")
    starts = [morning, morning, morning + pd.Timedelta(minutes=15)]
    found = season(starts, [60.0, 60.0, 60.0])
    for interval in (None, 15):
        message = (
            r"^1 of 3 files began while another was recorded, first '.*1\.wav': their bars hide "
            r"one another\. Clocks were put back, or they are of several sites: give by=, a column "
            r"of these, such as by=\"site\", or by=\"folder\"\.$"
        )
        with pytest.warns(UserWarning, match=message):
            ax = pv.timeline(found, interval=interval)
        assert ax.get_title(loc="left").startswith("3 files (1 beside others), 2024-05-12")


def of_sites(season: Season, sites: list[Any], hours: list[float]) -> pv.Recordings:
    """Return recordings of 40 minutes that began so many hours after a midnight."""
    midnight = pd.Timestamp("2024-05-12")
    starts = [midnight + pd.Timedelta(hours=hour) for hour in hours]
    files = season(starts, [2400.0] * len(starts), duration=600.0).files
    return pv.Recordings(files.assign(site=sites), duration=600.0, sr=None)


def names_on(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.texts]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("interval", "reduce"), [(None, "max"), (90, "mean"), *seldom((None, "mean"), (90, "max"))]
)
def test_each_site_has_the_rows_that_it_has_alone(
    season: Season, interval: float | None, reduce: Any
) -> None:
    sites = ["site 10", "site 2", "site 2", "site 10", "site 2"]
    # Both from the first to the last day; at the same hours, and across midnights.
    found = of_sites(season, sites, [1.0, 1.0, 23.6, 49.0, 50.0])
    values = np.random.default_rng(0).uniform(size=len(found))
    values[3] = np.nan
    of_patches = found.groups(by="site")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # none hides another
        ax = pv.timeline(found, values, by="site", interval=interval, reduce=reduce)
    assert names_on(ax) == ["site 2", "site 10"]
    title = "5 files of 2 sites, 2024-05-12 to 2024-05-14"
    assert ax.get_title(loc="left").startswith(title)
    for layer in (0, 1):
        blocks = cells(ax, layer).reshape(2, 1 + 3, 24 * 60)
        assert blocks[:, 0].mask.all(), "the rows that name them"
        for block, site in zip(blocks, ("site 2", "site 10"), strict=True):
            of_it = of_patches == site
            alone = pv.timeline(found[of_it], values[of_it], interval=interval, reduce=reduce)
            expected = cells(alone, layer)
            np.testing.assert_array_equal(block[1:].mask, expected.mask)
            np.testing.assert_allclose(block[1:].compressed(), expected.compressed())
    days = ["2024-05-12", "2024-05-13", "2024-05-14"]
    assert [label.get_text() for label in ax.get_yticklabels()] == 2 * days


def test_a_click_picks_in_the_block_of_a_site(season: Season) -> None:
    found = of_sites(season, ["b", "a", "b"], [6.0, 6.0, 30.0])
    ax = pv.timeline(found, by="site")
    assert names_on(ax) == ["a", "b"]
    low = ax.get_ylim()[1]
    click, edges = Clicked(ax), ax.collections[0].get_coordinates()[:, 0, 1] - low
    for row, first in ((1, 4), (2, None), (4, 0), (5, 8), (0, None), (3, None)):
        picked = click(6 + 4 / 60, (edges[row] + edges[row + 1]) / 2 - 0.5)
        assert (picked and picked[0]) == first


def test_numbers_and_folders_are_sites_too(season: Season) -> None:
    hours = [6.0, 6.0, 30.0]
    assert names_on(pv.timeline(of_sites(season, [10, 9, 10], hours), by="site")) == ["9", "10"]
    files = of_sites(season, ["", "", ""], hours).files
    files["file"] = ["a/north/1.wav", "b/north/1.wav", "a/south/2.wav"]
    ax = pv.timeline(pv.Recordings(files, duration=1.0, sr=None), by="folder")
    assert names_on(ax) == ["a/north", "a/south", "b/north"]


def test_a_site_of_which_nothing_is_drawn_has_no_block(season: Season, tmp_path: Path) -> None:
    starts = pd.to_datetime(["2024-05-12", "2024-05-13", None, "2024-05-12"])
    files = season(starts, [300.0] * 4).files
    files["site"] = ["north", "north", "lake", "south"]
    broken = {"file": str(tmp_path / "broken.wav"), "site": "broken"}
    table = pd.concat([files, pd.DataFrame([broken])])
    with pytest.warns(UserWarning, match="1 of 5 files cannot be used"):
        recordings = pv.Recordings(table, duration=1.0, sr=None)
    with pytest.warns(UserWarning, match="^Nothing says when 1 of 5 files began"):
        ax = pv.timeline(recordings, by="site")
    assert ax.get_title("left").startswith("3 files of 2 sites")
    assert names_on(ax) == ["north", "south"]
    assert len(cells(ax)) == 2 * (1 + 2)  # a name, and two days


def test_of_a_single_day_each_site_has_a_row(season: Season) -> None:
    found = of_sites(season, ["10 $x$", "9", "9"], [6.0, 6.0, 12.0])
    ax = pv.timeline(found, by="site")
    ax.figure.canvas.draw()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["9", "10 $x$"]
    filled = ~cells(ax).mask
    assert filled.shape == (2, 1440)
    assert np.flatnonzero(filled.any(axis=1) & filled[:, 725]).tolist() == [0]
    click = Clicked(ax)
    assert click(12.01, 0) is not None
    assert click(12.01, 1) is None


def test_days_of_many_sites_are_written_where_there_is_room(season: Season) -> None:
    n = 30
    found = of_sites(season, [f"{k % 3} $x$" for k in range(n)], [24.0 * k for k in range(n)])
    for height, least in ((3.0, 1), (9.0, 3)):
        figure, ax = plt.subplots(figsize=(5.0, height), layout="constrained")
        pv.timeline(found, by="site", ax=ax)
        figure.canvas.draw()
        labels = ax.get_yticklabels()
        assert len(labels) % 3 == 0
        assert len(labels) >= 3 * least
        boxes = [text.get_window_extent() for text in labels]
        assert all(above.y0 > below.y1 for above, below in itertools.pairwise(boxes))
        assert [text.replace("\\", "") for text in names_on(ax)] == ["0 $x$", "1 $x$", "2 $x$"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n_sites", "n_days", "height", "written"),
    [
        (25, 40, 11.0, ["01 Jun"]), (25, 40, 3.0, []), (6, 120, 3.0, ["Jul 2024"]),
        (6, 120, 9.0, ["Jun 2024", "Jul 2024", "Aug 2024", "Sep 2024"]),
        (3, 400, 3.0, ["Jul 2024", "Jan 2025"]), (2, 12, 3.0, ["13 May", "17 May", "21 May"]),
        (1, 1500, 5.0, ["2025", "2026", "2027", "2028"]), (3, 2, 3.0, ["2024-05-12", "2024-05-13"]),
    ],
)  # fmt: skip
def test_days_are_written_where_they_fit_and_matplotlib_says_nothing(
    season: Season, n_sites: int, n_days: int, height: float, written: list[str]
) -> None:
    sites = [str(k) for k in range(n_sites)]
    found = of_sites(season, sites * 2, [24.0 * day for day in (0, n_days - 1) for _ in sites])
    figure, ax = plt.subplots(figsize=(7.0, height), layout="constrained")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pv.timeline(found, by="site", ax=ax)
        figure.canvas.draw()
    labels = ax.get_yticklabels()
    assert [text.get_text() for text in labels] == written * n_sites
    boxes = [text.get_window_extent() for text in labels]
    assert all(above.y0 > below.y1 for above, below in itertools.pairwise(boxes))


def test_recordings_of_one_site_that_hide_one_another_are_told(season: Season) -> None:
    found = of_sites(season, ["a", "b", "a"], [6.0, 6.0, 6.2])
    message = r"^1 of 3 files began while .*'.*2\.wav': .*\. Clocks were put back, or they are of s"
    with pytest.warns(UserWarning, match=message):
        ax = pv.timeline(found, by="site")
    assert ax.get_title(loc="left") == "3 files (1 beside others) of 2 sites, 2024-05-12"


def test_sites_that_cannot_be_told_are_refused(season: Season) -> None:
    found = of_sites(season, ["a", None, "a"], [6.0, 12.0, 24 * 2100.0])
    many = of_sites(season, ["a", "b", "a"], [6.0, 12.0, 24 * 2100.0])
    for recordings, by, message in (
        (
            found,
            "day",
            r"^by='day' is no column\. It must be one of 'folder', 'site'\. Col",
        ),
        (found, "site", r"^by='site': 1 of 3 files have no value, first one of '.*1\.wav'\. Fill "),
        (
            many,
            "site",
            r"^recordings span 2,101 days of 2 sites\. It must be of at most 4,000",
        ),
    ):
        with pytest.raises(InvalidValueError, match=message):
            pv.timeline(recordings, by=by)
    pv.timeline(many)


@pytest.mark.parametrize("late", [0.0, -0.9])
def test_one_recording_after_the_other_hides_none(season: Season, late: float) -> None:
    """Names of files know whole seconds."""
    morning = pd.Timestamp("2024-05-12 06:00")
    found = season([morning, morning + pd.Timedelta(seconds=600 + late)], [600.0, 600.0])
    ax = pv.timeline(found)
    assert ax.get_title(loc="left") == "2 files, 2024-05-12"


def test_who_does_not_know_when_it_began_is_told(season: Season) -> None:
    found = season([pd.Timestamp("2024-05-12 06:00"), pd.NaT], [60.0, 60.0])
    with pytest.warns(
        UserWarning, match=r"^Nothing says when 1 of 2 files began, first '.*1\.wav'"
    ):
        ax = pv.timeline(found, interval=1)
    assert np.flatnonzero(~cells(ax).mask.ravel()).tolist() == [360]


def test_numbers_of_as_many_patches_as_files_are_of_patches(season: Season) -> None:
    starts = [pd.Timestamp("2024-05-12 00:00"), pd.Timestamp("2024-05-12 12:00")]
    with pytest.warns(UserWarning, match="1 of 2 files cannot be used"):
        found = season(starts, [2.5, 0.5])  # two patches, and none
    assert len(found) == len(found.files) == 2
    shown = cells(pv.timeline(found, [0.1, 0.9], interval=1), 1)
    assert np.flatnonzero(~shown.mask.ravel()).tolist() == [0]
    assert shown.compressed().tolist() == [0.9]


def test_padding_is_no_recording(season: Season) -> None:
    found = season([pd.Timestamp("2024-05-12 06:00")], [1300.0], duration=1000.0, tail="pad")
    assert len(found) == 2
    shown = cells(pv.timeline(found, [0.5, 0.7]), 1)
    assert np.flatnonzero(~shown.mask.ravel()).tolist() == [*range(360, 382)]


def test_on_dark_a_gap_is_no_low_value(season: Season) -> None:
    starts = [pd.Timestamp("2024-05-12 06:00"), pd.Timestamp("2024-05-12 12:00")]
    with plt.style.context("dark_background"):
        ax = pv.timeline(season(starts, [600.0, 600.0]), [0.0, 1.0])
    lowest = ax.collections[1].get_cmap()(0.0)
    assert sum(abs(np.subtract(lowest, ax.get_facecolor()))) > 0.5


def test_it_is_drawn_where_one_says(season: Season) -> None:
    _, ax = plt.subplots()
    assert pv.timeline(season([pd.Timestamp("2024-05-12")], [60.0]), ax=ax) is ax


@pytest.mark.parametrize(("width", "step"), [(3.5, 12), *seldom((5.0, 6)), (10.0, 3)])
def test_hours_are_written_where_there_is_room(season: Season, width: float, step: int) -> None:
    figure, ax = plt.subplots(figsize=(width, 2.4), layout="constrained")
    pv.timeline(season([pd.Timestamp("2024-05-12")], [60.0]), [1.0], ax=ax)
    figure.canvas.draw()
    labels = ax.get_xticklabels()
    assert [label.get_text() for label in labels] == [f"{h:02}:00" for h in range(0, 25, step)]
    boxes = [label.get_window_extent() for label in labels]
    assert all(a.x1 < b.x0 for a, b in itertools.pairwise(boxes))


def test_bad_input_is_told(season: Season, tmp_path: Path) -> None:
    found = season([pd.Timestamp("2024-05-12 06:00")], [180.0])
    soundfile.write(tmp_path / "b.wav", np.zeros(SR), SR)
    unknown = pv.Recordings(tmp_path / "b.wav", duration=1.0)
    ages = season([pd.Timestamp("1980-01-01"), pd.Timestamp("2024-05-12")], [60.0, 60.0])
    for call, kind, message in (
        (lambda: pv.timeline(pv.Spectrogram.example()), InvalidTypeError,
         r"^recordings is of type Spectrogram\. It must be Recordings, as patchviz\.Recordings\("),
        (lambda: pv.timeline(unknown), InvalidValueError,
         r"^recordings do not say when they began\. Make them with start=\"filename\" or"),
        (lambda: pv.timeline(ages), InvalidValueError, r"^recordings span 16,\d+ days\. It must"),
        (lambda: pv.timeline(found, [1, 2]), InvalidValueError,
         r"^values have the shape \(2,\) .*a number for each of 1 file, or of \d+ patches"),
        (lambda: pv.timeline(found, "loud"), InvalidValueError,
         r"^values='loud' is no column of numbers, and no class that is scored\. It must be one "),
        (lambda: pv.timeline(found, clim=(0, 1)), InvalidValueError,
         r"^clim=\(0, 1\) has no use without values: bars have one colour\. Give values, a"),
        (lambda: pv.timeline(found, reduce="sum"), InvalidValueError, r"^reduce='sum' is not"),
    ):  # fmt: skip
        with pytest.raises(kind, match=message):
            call()
    assert not plt.get_fignums()


@pytest.mark.slow
def test_memory_is_that_of_the_picture_and_not_of_the_season(season: Season) -> None:
    starts = pd.date_range("2024-01-01", periods=100_000, freq="150s")
    found = season(list(starts), [120.0] * 100_000)
    n = len(found)
    assert n > 10_000_000
    values = np.zeros(n, np.float32)
    tracemalloc.start()
    pv.timeline(found, values)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * n + 400e6  # the values as floats, and blocks


def test_clocks_without_a_zone_among_others_are_told(season: Season) -> None:
    starts = [
        pd.Timestamp("2024-05-12 06:00", tz="Europe/Berlin"),
        pd.Timestamp("2024-05-12 08:00"),
    ]
    found = season(starts, [90.0, 90.0])
    message = (
        r"The clocks of 1 file, first '.*1\.wav', do not say how far they are from UTC, those of 1 "
        "do: each is shown by its own clock"
    )
    with pytest.warns(UserWarning, match=message):
        ax = pv.timeline(found, interval=1)
    assert ax.get_xlabel() == "Time of day"
    assert np.flatnonzero(~cells(ax).mask[0]).tolist() == [360, 361, 480, 481]


@pytest.mark.parametrize("dtype", ["boolean", "Int64", "Float64"])
def test_columns_may_lack_numbers(season: Season, dtype: str) -> None:
    found = season(
        [pd.Timestamp("2024-05-12 06:00"), pd.Timestamp("2024-05-12 08:00")], [60.0, 60.0]
    )
    files = found.files.assign(calls=pd.array([1, None], dtype=dtype))
    ax = pv.timeline(pv.Recordings(files, duration=1.0, sr=None), "calls", interval=1)
    assert np.flatnonzero(~cells(ax, 1).mask[0]).tolist() == [360]


class Clicked:
    """What clicks on a timeline pick."""

    def __init__(self, ax: Any) -> None:
        self.ax, self.picked = ax, []  # type: ignore[var-annotated]
        ax.figure.canvas.draw()
        self._connection = ax.figure.canvas.mpl_connect("pick_event", self._keep)

    def _keep(self, event: Any) -> None:
        assert event.artist is self.ax.collections[0]
        self.picked.append(event.ind.tolist())

    def __call__(self, hour: float, row: int) -> list[int] | None:
        """Click in the middle of a row; None where nothing is picked."""
        self.picked.clear()
        x, y = self.ax.transData.transform((hour, self.ax.get_ylim()[1] + row + 0.5))
        MouseEvent("button_press_event", self.ax.figure.canvas, x, y, 1)._process()
        assert len(self.picked) <= 1
        return self.picked[0] if self.picked else None


def test_a_click_picks_the_patches_that_are_heard_there(season: Season) -> None:
    starts = ["2024-05-12 06:00", "2024-05-13 06:00", "2024-05-13 18:00", "2024-05-13 23:30"]
    recordings = season([pd.Timestamp(start) for start in starts], [5400.0] * 4, duration=600.0)
    assert len(recordings) == 36
    click = Clicked(pv.timeline(recordings))
    # Bars of 1.5 h, nine patches of ten minutes in each.
    for hour, row, number in (
        (6 + 5 / 60, 0, 0),
        (6 + 85 / 60, 0, 8),
        (6 + 5 / 60, 1, 9),
        (18 + 45 / 60, 1, 22),
        (23 + 35 / 60, 1, 27),
        (55 / 60, 2, 35),  # past midnight
    ):
        found = click(hour, row)
        assert found is not None
        assert found[0] == number
        assert len(found) <= 3, "far ones are not picked"
        file, patch = recordings.find(found[0])
        assert (file, patch) == (number // 9, number % 9)
    for hour, row in ((12, 0), (12, 1), (18.5, 0), (5.5, 2), (23.5, 2)):
        assert click(hour, row) is None


def test_the_radius_says_how_near(season: Season) -> None:
    recordings = season([pd.Timestamp("2024-05-12 06:00:00")], [3.0])
    ax = pv.timeline(recordings, interval=1)
    click = Clicked(ax)
    assert click(6.1, 0) == [0, 1, 2]
    assert click(5.95, 0) == [0, 1, 2]
    assert click(6.5, 0) is None
    ax.collections[0].set_pickradius(30)
    assert click(6.5, 0) == [0, 1, 2]
    ax.collections[0].set_pickradius(1)
    ax.set_xlim(5.95, 6.05)
    assert click(6 + 50 / 3600, 0) == [0, 1, 2], "the minute that is marked"
    assert click(6 + 130 / 3600, 0) is None
    ax.collections[0].set_picker(None)
    assert click(6 + 1 / 3600, 0) is None


@pytest.mark.parametrize(
    ("reduce", "values", "first"),
    [
        ("max", [0.1, 0.9, np.nan, 0.2], [1, 3, 0, 2]),
        # Where each stands for all of the recording; of the file.
        *seldom(("mean", [0.1, 0.9, np.nan, 0.2], [0, 1, 2, 3]), ("max", [5.0], [0, 1, 2, 3])),
    ],
)
def test_a_click_means_the_value_that_is_seen(
    season: Season, reduce: Any, values: list[float], first: list[int]
) -> None:
    recordings = season([pd.Timestamp("2024-05-12 06:00:00")], [4.0])
    click = Clicked(pv.timeline(recordings, values, reduce=reduce))
    assert click(6.1, 0) == first


def test_clicks_on_some_patches_of_recordings_without_a_clock(season: Season) -> None:
    starts = [pd.Timestamp("2024-05-12 06:00"), pd.NaT, pd.Timestamp("2024-05-12 12:00")]
    recordings = season(starts, [3.0, 3.0, 2.5], tail="pad")
    assert len(recordings) == 11
    with pytest.warns(UserWarning, match="Nothing says when 1 of 3 files began"):
        click = Clicked(pv.timeline(recordings))
    assert click(12.0, 0) == [8, 9, 10]
    some = recordings[[0, 2, 9]]
    click = Clicked(pv.timeline(some))
    assert click(12.0, 0) == [2]
    assert some.find(2) == (1, 1)


def test_other_axes_of_the_figure_pick_nothing(season: Season) -> None:
    recordings = season([pd.Timestamp("2024-05-12 06:00")], [3600.0], duration=60.0)
    figure, (ax, other) = plt.subplots(2)
    other.plot([0, 24], [0, 1])
    pv.timeline(recordings, ax=ax)
    click = Clicked(ax)
    assert click(6.5, 0)
    x, y = other.transAxes.transform((0.27, 0.5))
    click.picked.clear()
    MouseEvent("button_press_event", figure.canvas, x, y, 1)._process()
    assert click.picked == []


def test_numbers_without_a_name_are_called_values(season: Season) -> None:
    found = season([pd.Timestamp("2024-05-12 06:30")], [60.0])
    ax = pv.timeline(found, np.arange(len(found)))
    assert ax.figure.axes[1].get_ylabel() == "Value"
    ax = pv.timeline(found, np.arange(len(found)), label="")
    assert ax.figure.axes[1].get_ylabel() == ""
