"""Channels lie one above the other, named, each with the axis that it has alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.backend_bases import MouseEvent
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import patchviz as pv
from patchviz.plot.axis import FrequencyAxis


def array(n_channels: int, n_bins: int = 32, **meaning: Any) -> pv.Spectrogram:
    values = np.random.default_rng(0).uniform(-80, 0, (n_channels * n_bins, 60))
    return pv.Spectrogram(values, n_channels=n_channels, **({"y_axis": "mel"} | meaning))


@pytest.mark.parametrize("y_axis", ["mel", "log", "cqt_note", "none"])
def test_rows_lie_as_they_do_in_a_channel_alone(y_axis: str) -> None:
    spec = array(3, y_axis=y_axis)
    together, alone = FrequencyAxis.of(spec), FrequencyAxis.of(spec.channel(0))
    for channel in range(3):
        first = (2 - channel) * 32
        own = together.positions[first : first + 33]
        np.testing.assert_allclose(own, (2 - channel + alone.positions) / 3)
    np.testing.assert_array_equal(together.middles, np.tile(alone.middles, 3))


def drawn(spec: pv.Spectrogram, height: float, **options: Any) -> tuple[Any, list[str], list[str]]:
    """Return an axes with what is written beside its picture, and further away."""
    figure = Figure(figsize=(6, height), layout="constrained")
    ax = pv.plot_spectrogram(spec, ax=figure.add_subplot(), **options)
    figure.draw_without_rendering()
    ticks, names = (ax.get_yticklabels(minor=minor) for minor in (False, True))
    texts = [[text.get_text() for text in labels] for labels in (ticks, names)]
    if names:
        assert max(t.get_window_extent().x1 for t in names) < min(
            t.get_window_extent().x0 for t in ticks
        )
    return ax, *texts


def test_channels_are_named_from_the_top_and_have_frequencies_where_there_is_room() -> None:
    ax, ticks, names = drawn(array(2), 4.0)
    assert names == ["ch 1", "ch 0"]
    assert ticks.count("5k") == ticks.count("10k") == 2
    assert ax.get_ylabel() == "Frequency in each channel (0-11.02k Hz)"
    # A sweep from 2 to 6 kHz can be placed in each of eight channels.
    eight = array(8, 513, y_axis="linear", sr=48000)
    ax, ticks, names = drawn(eight, 4.8)
    assert ticks == 8 * ["10k", "20k"]
    assert names == [f"ch {channel}" for channel in reversed(range(8))]
    alone = FrequencyAxis.of(eight.channel(0)).fractions(np.array([10e3, 20e3]), 0.0)
    np.testing.assert_allclose(ax.get_yticks()[:2], alone)
    assert drawn(eight, 4.8, flim=(1000, 7000))[1] == 8 * ["2k", "5k"]
    ax, names, further = drawn(array(64, 2), 3.0)
    numbers = [int(text.removeprefix("ch ")) for text in reversed(names)]
    assert numbers[0] == 0
    assert not further
    assert len(set(np.diff(numbers))) == 1
    assert 5 < len(numbers) < 20


@pytest.mark.parametrize("reduce", ["max", "mean"])
def test_channels_show_the_frequencies_that_are_asked_for_and_no_other(reduce: Any) -> None:
    """Rows beyond these are the loudest, and nothing of them is seen, in any pixel."""
    low, high = 12, 20  # of 32 rows, each of 100 Hz
    values = np.full((3, 32, 60), 100.0)
    values[:, low:high] = np.random.default_rng(0).uniform(-80, 0, (3, high - low, 60))
    meaning: dict[str, Any] = {"n_channels": 3, "y_axis": "linear", "n_fft": 62, "sr": 6200}
    spec = pv.Spectrogram(values.reshape(96, 60), **meaning)
    some = pv.Spectrogram(values[:, low:high].reshape(24, 60), **meaning, fmin=low * 100.0)
    flim = (low * 100 - 50, high * 100 - 50)
    pictures = []
    for spectrogram, limits in ((spec, flim), (some, None)):
        figure = Figure(figsize=(3, 0.4), dpi=50)  # of 20 pixels, or seven for a channel
        ax = figure.add_axes((0, 0, 1, 1))
        pv.plot_spectrogram(spectrogram, ax=ax, flim=limits, clim=(-80, 100), reduce=reduce)
        for lines in ax.collections[1:]:
            lines.remove()
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        pictures.append(np.array(canvas.buffer_rgba()))
        event = MouseEvent("motion_notify_event", canvas, 10, 12)  # in the middle channel
        (cell,) = ax.collections[0].get_cursor_data(event)  # type: ignore[attr-defined]
        assert -80 <= cell <= 0
    np.testing.assert_array_equal(*pictures)


def test_lines_divide_channels_however_often_an_axes_is_told() -> None:
    spec = array(4)
    ax = drawn(spec, 3.0)[0]
    FrequencyAxis.of(spec).apply(ax)
    (lines,) = (drawn for drawn in ax.collections if drawn.get_label() == "_borders of channels")
    assert [segment[0][1] for segment in lines.get_segments()] == [1, 2, 3]
    assert ax.collections.index(lines) > 0  # the mesh is the first


def test_moving_over_channels_equals_drawing_them_anew() -> None:
    patches = array(3).patches(frame_length=20, hop_length=5)
    moved = pv.PatchView(patches, ax=Figure(layout="constrained").add_subplot())
    moved.index = 4
    anew = pv.PatchView(patches, ax=Figure(layout="constrained").add_subplot(), index=4)
    pictures = []
    for view in (moved, anew):
        canvas = FigureCanvasAgg(view.figure)  # type: ignore[arg-type]
        canvas.draw()
        pictures.append(np.array(canvas.buffer_rgba()))
    np.testing.assert_array_equal(*pictures)


@pytest.mark.slow
def test_mosaic_writes_channels_at_its_left_only() -> None:
    mosaic = pv.plot_mosaic(array(3).patches(frame_length=20, hop_length=10), 4)
    mosaic.figure.draw_without_rendering()
    panels = mosaic.panels
    for which in ("get_major_ticks", "get_minor_ticks"):
        ticks = [getattr(ax.yaxis, which)() for ax in panels]
        assert all(ticks)
        written = [any(tick.label1.get_visible() for tick in of) for of in ticks]
        assert written == [bool(ax.get_ylabel()) for ax in panels]
        assert set(written) == {True, False}


def test_labels_frame_their_frequencies_in_each_channel() -> None:
    labels: list[dict[str, Any]] = [
        {"start_time": 0.2, "end_time": 0.4, "label": "call", "low_f": 1000, "high_f": 3000},
        {"start_time": 0.3, "end_time": 0.5, "label": "all"},
    ]
    spec = array(3).with_labels(labels)
    ax = pv.plot_spectrogram(spec, ax=Figure().add_subplot())
    (boxes,) = (artist for artist in ax.get_children() if artist.get_label() == "_labels")
    shown = boxes.shown()  # type: ignore[attr-defined]
    assert shown.rows.tolist() == [0, 0, 0, 1]
    heights = ax.transData.inverted().transform(shown.boxes.reshape(-1, 2))[:, 1].reshape(-1, 2)
    alone = FrequencyAxis.of(spec.channel(0))
    band = alone.fractions(np.array([1000.0, 3000.0]), 0.0)
    np.testing.assert_allclose(heights, [*(k + band for k in range(3)), [0, 3]])
    higher = pv.plot_spectrogram(spec, ax=Figure().add_subplot(), flim=(4000, None))
    (boxes,) = (artist for artist in higher.get_children() if artist.get_label() == "_labels")
    assert boxes.shown().rows.tolist() == [1]  # type: ignore[attr-defined]
    higher_told = pv.player(spec.patches(frame_length=20), flim=(4000, None)).state["known"]
    assert higher_told["labels"][0][3:5] == [1, 0]
    told = pv.player(spec.patches(frame_length=20)).state["known"]["labels"]
    assert told[0][3:] == [*np.round(band, 4).tolist(), 1000.0, 3000.0]
    assert len(told[1]) == 3


def test_page_names_channels_and_their_rows() -> None:
    state = pv.player(array(2, name="array").patches(frame_length=20)).state
    assert state["frequency"]["channels"] == [[0.75, "ch 0"], [0.25, "ch 1"]]
    names = state["rows"]["names"]
    assert len(names) == 64
    assert names[0].startswith("channel 1 · ")
    assert names[-1] == f"channel 0 · {state['rows']['values'][-1] / 1000:.2f} kHz"
    chroma = pv.player(array(2, 12, y_axis="chroma").patches(frame_length=20)).state
    assert chroma["rows"]["names"][12:14] == ["channel 0 · C", "channel 0 · C♯"]
    assert state["rows"]["values"][:32] == state["rows"]["values"][32:]
    assert state["alt"].startswith("Spectrogram of ")
    assert ", 2 channels, " in state["alt"]
