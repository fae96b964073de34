"""The time of day, and the date where it changes, wherever times are written."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import patchviz as pv
from patchviz.core.captions import panel_title, title_forms
from patchviz.plot.times import TimeAxis

MORNING = datetime(2024, 5, 12, 6, 30, 5)
TWO = timezone(timedelta(hours=2))


def spectrogram(seconds: float, began: datetime | None, **options: Any) -> pv.Spectrogram:
    hop = round(10 * seconds)
    return pv.Spectrogram(
        np.zeros((2, 1000)), sr=10_000, hop_length=hop, recording_start=began, **options
    )


def drawn(seconds: float, began: datetime, width: float = 8.0) -> Axes:
    ax = Figure(figsize=(width, 2)).add_subplot()
    TimeAxis.of(spectrogram(seconds, began)).apply(ax)
    return ax


def labels(ax: Axes) -> list[str]:
    ax.get_figure().draw_without_rendering()  # type: ignore[union-attr]
    low, high = ax.get_xlim()
    ticks = zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
    return [label.get_text() for at, label in ticks if low <= at <= high]


@pytest.mark.parametrize(
    ("seconds", "began", "label", "first", "last"),
    [
        (3.0, MORNING, "Time of day (2024-05-12)", "06:30:05", "06:30:08"),
        (50.0, MORNING.replace(tzinfo=TWO), "Time of day (2024-05-12, UTC+02:00)",
         "06:30:10", "06:30:50"),
        (5000.0, MORNING, "Time of day (2024-05-12)", "06:45", "07:45"),
        (100.0, datetime(2024, 12, 31, 23, 59, 30), "Time of day (from 2024-12-31)",
         "23:59:30", "00:01:00"),
        (50_000.0, datetime(2024, 5, 12, 20, 1, tzinfo=UTC),
         "Time of day (from 2024-05-12, UTC)", "21:00", "09:00"),
    ],
)  # fmt: skip
def test_axes_of_seconds_to_days(
    seconds: float, began: datetime, label: str, first: str, last: str
) -> None:
    ax = drawn(seconds, began)
    written = labels(ax)
    assert ax.get_xlabel() == label
    assert (written[0], written[-1]) == (first, last)
    assert ax.get_xlim() == pytest.approx((0, seconds))  # numbers stay seconds of the recording


def test_the_date_stands_where_it_changes() -> None:
    ax = drawn(100.0, datetime(2024, 12, 31, 23, 59, 30))
    assert [text for text in labels(ax) if "\n" in text] == ["00:00:00\n2025-01-01"]
    ax.set_xlim(60, 80)  # as the mouse does; the label says the day before
    assert labels(ax)[0].endswith("\n2025-01-01")
    assert not any("\n" in text for text in labels(ax)[1:])
    days = labels(drawn(10 * 86_400.0, MORNING))
    assert len(days) > 3
    assert days[0] == "00:00\n2024-05-14"
    assert all(text.startswith("00:00\n2024-05-") for text in days)


def test_the_time_under_the_mouse() -> None:
    assert drawn(300.0, MORNING).format_xdata(60.25) == "06:31:05.250"
    assert drawn(86_400.0, MORNING).format_xdata(80_000.0) == "2024-05-13 04:43:25.000"


def test_captions_say_the_date_where_there_are_several() -> None:
    patches = spectrogram(100.0, MORNING).patches(duration=10.0)
    assert title_forms(patches, 1)[0] == "patch 1 / 9 · 06:30:15.000-06:30:25.000"
    assert title_forms(patches, 1)[3] == "patch 1 · 06:30:15"
    patches = spectrogram(100.0, datetime(2024, 12, 31, 23, 59, 15)).patches(duration=10.0)
    assert [panel_title(patches, index) for index in (0, 4, 9)] == [
        "patch 0 · 2024-12-31 23:59:15.00-23:59:25.00",
        "patch 4 · 2024-12-31 23:59:55.00 to 2025-01-01 00:00:05.00",
        "patch 9 · 2025-01-01 00:00:45.00-00:00:55.00",
    ]
    assert title_forms(patches, 9)[3] == "patch 9 · 2025-01-01 00:00:45"


def test_titles_of_films_fit_where_a_patch_has_two_dates() -> None:
    spec = spectrogram(100.0, datetime(2024, 12, 31, 23, 59, 15))
    ax = Figure(figsize=(5.0, 3.0)).add_subplot()
    view = pv.PatchView(spec.patches(duration=10.0), ax=ax)
    written = []
    for view.index in (0, 4):
        ax.figure.draw_without_rendering()
        written.append(ax.get_title(loc="left"))
    assert written == ["patch 0 · 2024-12-31 23:59:15", "patch 4 · 2024-12-31 23:59:55"]


def test_no_time_of_day_is_rounded_into_another_day_without_its_date() -> None:
    times = TimeAxis.of(spectrogram(86_400.0, datetime(2024, 5, 12))).times
    assert times.span(86_399.9994, 86_399.9996, 3) == (
        "2024-05-12 23:59:59.999 to 2024-05-13 00:00:00.000"
    )


@pytest.mark.slow
def test_mosaics_have_room_for_dates_and_one_label() -> None:
    spec = spectrogram(40_000.0, datetime(2024, 5, 12, 20, 1, tzinfo=TWO))
    mosaic = pv.plot_mosaic(spec.patches(duration=7200.0), 4)
    panels = [panel.get_xlabel() for panel in mosaic.panels]
    assert panels[-1] == "Time of day (2024-05-13, UTC+02:00)"
    figure = mosaic.panels[0].get_figure()
    figure.draw_without_rendering()
    boxes = [ax.get_tightbbox().padded(-1) for ax in (mosaic.overview, *mosaic.panels)]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))


def test_tables_stay_in_seconds_and_know_when_that_was() -> None:
    patches = spectrogram(100.0, MORNING.replace(tzinfo=TWO), start=5.0).patches(duration=10.0)
    table = patches.to_frame()
    assert table["start_time"].tolist() == pytest.approx(list(range(5, 105, 10)))
    assert table["start_timestamp"].iloc[1] == MORNING.replace(tzinfo=TWO) + timedelta(seconds=15)
    assert patches.with_scores(table.assign(robin=0.5)).classes == ("robin",)
    assert "start_timestamp" not in spectrogram(9.0, None).patches(duration=1.0).to_frame()


def test_where_whole_times_have_no_room_others_than_the_first_are_seconds() -> None:
    assert labels(drawn(6.0, MORNING, width=8.0))[:2] == ["06:30:05", "06:30:06"]
    narrow = labels(drawn(6.0, MORNING, width=2.8))
    assert narrow == ["06:30:06", ":08", ":10"]
    # At a new minute they are whole; what is beside that is not.
    assert labels(drawn(6.0, MORNING.replace(second=55), width=2.8)) == [
        "06:30:56", ":58", "06:31:00",
    ]  # fmt: skip
    assert labels(drawn(6.0, MORNING.replace(second=57), width=2.8)) == [":58", "06:31:00", ":02"]


def test_a_tick_at_the_end_is_written_as_all_others_though_times_are_not_exact() -> None:
    ax = Figure(figsize=(4.0, 2)).add_subplot()
    times = TimeAxis.of(spectrogram(24.0, MORNING), (1.0, 1.8))
    times.apply(ax, inside=True)
    ax.get_figure().draw_without_rendering()  # type: ignore[union-attr]
    assert ax.get_xticks()[-1] > ax.get_xlim()[1]  # and it is drawn
    texts = [label.get_text() for label in ax.get_xticklabels()]
    assert texts == [":06.0", ":06.2", ":06.4", ":06.6", ":06.8"]


@pytest.mark.slow
@pytest.mark.parametrize("began", [MORNING, datetime(2024, 5, 12, 23, 59, 56), None])
@pytest.mark.parametrize("width", [3.5, 7.0, 10.0])
def test_panels_have_even_gutters_and_times_that_tell(began: datetime | None, width: float) -> None:
    spec = pv.Spectrogram(
        np.zeros((8, 1500)), sr=1000, hop_length=10, recording_start=began, start=59.0
    )
    figure = Figure(figsize=(width, 8), layout="constrained")
    mosaic = pv.plot_mosaic(spec.patches(duration=4.0, hop_duration=0.43), 12, ax=figure)
    figure.draw_without_rendering()
    frames = [panel.get_window_extent() for panel in mosaic.panels]
    gaps = [b.x0 - a.x1 for a, b in itertools.pairwise(frames) if b.x0 > a.x1]
    assert np.ptp(gaps or [0]) < 4
    for panel, frame in zip(mosaic.panels, frames, strict=True):
        low, high = panel.get_xlim()
        ticks = zip(panel.get_xticks(), panel.get_xticklabels(), strict=True)
        boxes = [text.get_window_extent() for at, text in ticks if low <= at <= high]
        assert len(boxes) > 1
        assert all(frame.x0 - 4 < box.x0 and box.x1 < frame.x1 + 4 for box in boxes)
        assert all(b.x0 > a.x1 for a, b in itertools.pairwise(boxes))
