"""Edges, scales, ticks and labels of frequency and time."""

from __future__ import annotations

import itertools
from typing import Any

import librosa
import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import patchviz as pv
from patchviz._util.mel import hz_to_mel, mel_to_hz
from patchviz.core.spectrogram import Spectrogram
from patchviz.core.times import TimeFormat
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.plot.axis import FrequencyAxis
from patchviz.plot.band import band_from
from patchviz.plot.ticker import short_hertz
from patchviz.plot.times import TimeAxis

from ..seldom import seldom

# One of each kind of vertical axis, as large as they usually are.
SPECTROGRAMS: dict[str, dict[str, Any]] = {
    "mel": {"n_bins": 128, "y_axis": "mel"},
    "mel of speech": {"n_bins": 64, "y_axis": "mel", "fmin": 50, "fmax": 8000, "sr": 16000},
    "mel of bats": {"n_bins": 96, "y_axis": "mel", "fmin": 20_000, "fmax": 120_000, "sr": 250_000},
    "mel of two octaves": {"n_bins": 40, "y_axis": "mel", "fmin": 1000, "fmax": 4000},
    "linear of bats": {"n_bins": 513, "y_axis": "linear", "sr": 250_000},
    "mel htk": {"n_bins": 80, "y_axis": "mel", "htk": True},
    "linear": {"n_bins": 1025, "y_axis": "linear"},
    "log": {"n_bins": 1025, "y_axis": "log"},
    "cqt_hz": {"n_bins": 84, "y_axis": "cqt_hz"},
    "cqt_note": {"n_bins": 84, "y_axis": "cqt_note"},
    "one octave": {"n_bins": 12, "y_axis": "cqt_note", "fmin": 440.0},
    "quarter tones": {"n_bins": 40, "y_axis": "cqt_note", "bins_per_octave": 24},
    "chroma": {"n_bins": 12, "y_axis": "chroma"},
    "chroma of two octaves": {"n_bins": 48, "y_axis": "chroma", "bins_per_octave": 24},
    "none": {"n_bins": 20, "y_axis": "none"},
    "one row": {"n_bins": 1, "y_axis": "none"},
    "one linear row": {"n_bins": 1, "y_axis": "linear"},
}
# Of kinds alike the hardest; the others take as long again.
ALL_KINDS = [
    kind
    if kind in ("mel", "linear of bats", "log", "cqt_note", "chroma", "one row")
    else pytest.param(kind, marks=pytest.mark.slow)
    for kind in SPECTROGRAMS
]


def make_spec(n_bins: int, n_frames: int = 4, **meaning: Any) -> Spectrogram:
    return Spectrogram(np.zeros((n_bins, n_frames)), **meaning)


def make_axes(width: float, height: float, *, dpi: float = 100) -> Axes:
    """An axes of this size in inches."""
    figure = Figure(figsize=(width + 2, height + 2), dpi=dpi)
    FigureCanvasAgg(figure)
    return figure.add_axes(
        (1 / (width + 2), 1 / (height + 2), width / (width + 2), height / (height + 2))
    )


def labels(axis: Axis) -> list[str]:
    """The tick labels that are drawn, from the start of the axis."""
    return [label.get_text() for label in drawn_labels(axis)]


def drawn_labels(axis: Axis) -> list[Any]:
    axis.get_tightbbox(axis.get_figure(root=True).canvas.get_renderer())  # places the ticks
    low, high = sorted(axis.get_view_interval())
    slack = 1e-9 * (high - low)
    ticks = [t for t in axis.get_major_ticks() if low - slack <= t.get_loc() <= high + slack]
    return [tick.label1 for tick in sorted(ticks, key=lambda tick: tick.get_loc())]


def assert_no_overlap(axis: Axis) -> list[str]:
    """Check that no tick label is over another, and return what they say."""
    drawn = drawn_labels(axis)
    texts = [label.get_text() for label in drawn]
    for one, other in itertools.pairwise([label.get_window_extent() for label in drawn]):
        assert not one.overlaps(other), texts
    return texts


# -- frequencies: where the rows are -----------------------------------------------------------


@given(st.lists(st.floats(-3000, 30_000), min_size=1))
def test_mels_are_those_of_librosa(frequencies: list[float]) -> None:
    hz = np.array(frequencies)
    np.testing.assert_allclose(hz_to_mel(hz), librosa.hz_to_mel(hz), atol=1e-9)
    np.testing.assert_allclose(mel_to_hz(hz_to_mel(hz)), hz, atol=1e-6)


def middles(axis: FrequencyAxis) -> np.ndarray:
    """The middle of each row, in the axis' unit, where the axis is straight."""
    straight = axis.forward(axis.edges)
    return np.interp((straight[:-1] + straight[1:]) / 2, straight, axis.edges)


@pytest.mark.parametrize("htk", [False, True])
@pytest.mark.parametrize(("fmin", "fmax"), [(None, None), (50.0, 8000.0), (2000.0, None)])
def test_mel_bands_lie_where_their_filters_are(
    htk: bool, fmin: float | None, fmax: float | None
) -> None:
    spec = make_spec(40, y_axis="mel", htk=htk, fmin=fmin, fmax=fmax)
    axis = FrequencyAxis.of(spec)
    points = librosa.mel_frequencies(42, fmin=fmin or 0.0, fmax=fmax or 11025.0, htk=htk)
    mels = librosa.hz_to_mel(points, htk=htk)
    between = librosa.mel_to_hz((mels[:-1] + mels[1:]) / 2, htk=htk)
    np.testing.assert_allclose(axis.edges, between, rtol=1e-9)
    # The centres are where librosa's triangles have their peaks.
    filters = librosa.filters.mel(
        sr=22050, n_fft=2**15, n_mels=40, fmin=fmin or 0.0, fmax=fmax, htk=htk
    )
    peaks = librosa.fft_frequencies(sr=22050, n_fft=2**15)[filters.argmax(axis=1)]
    np.testing.assert_allclose(peaks, points[1:-1], atol=22050 / 2**15)
    steps = np.diff(axis.positions)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-6)
    assert axis.positions[[0, -1]].tolist() == [0, 1]


@pytest.mark.parametrize("y_axis", ["linear", "log"])
@pytest.mark.parametrize(("n_bins", "n_fft"), [(1025, None), (1025, 2048), (513, 1025)])
def test_rows_of_an_stft_lie_around_their_frequencies(
    y_axis: str, n_bins: int, n_fft: int | None
) -> None:
    axis = FrequencyAxis.of(make_spec(n_bins, y_axis=y_axis, n_fft=n_fft, sr=44100))
    frequencies = librosa.fft_frequencies(sr=44100, n_fft=n_fft or 2 * (n_bins - 1))
    np.testing.assert_allclose((axis.edges[1:] + axis.edges[:-1]) / 2, frequencies, atol=1e-9)
    assert axis.positions[0] == 0
    assert axis.positions[-1] == 1
    assert (np.diff(axis.positions) > 0).all()


SOME_ROWS: dict[str, dict[str, Any]] = {
    "from fmin to fmax": {"fmin": 100 * 22050 / 2048, "fmax": 299 * 22050 / 2048},
    "from fmin": {"fmin": 100 * 22050 / 2048, "n_fft": 2048},
    "up to fmax": {"fmax": 299 * 22050 / 2048, "n_fft": 2048},
    "by all of them": {"fmin": 100 * 22050 / 2048, "fmax": 299 * 22050 / 2048, "n_fft": 2048},
}


@pytest.mark.parametrize("y_axis", ["linear", "log"])
@pytest.mark.parametrize("said", SOME_ROWS)
def test_a_tone_is_drawn_at_its_frequency_in_some_rows_of_an_stft(y_axis: str, said: str) -> None:
    y = np.sin(2 * np.pi * 2000 * np.arange(22050) / 22050)
    rows = np.abs(librosa.stft(y))[100:300]
    axis = FrequencyAxis.of(Spectrogram(rows, y_axis=y_axis, **SOME_ROWS[said]))
    loudest = int(rows[:, 20].argmax())
    assert axis.edges[loudest] < 2000 < axis.edges[loudest + 1]
    ax = make_axes(1, 2)
    axis.apply(ax)
    assert ax.get_ylim() == pytest.approx((99.5 * 22050 / 2048, 299.5 * 22050 / 2048))


def test_every_other_row_or_one_alone_has_the_range_that_is_given() -> None:
    frequencies = librosa.fft_frequencies(sr=22050, n_fft=2048)[::4]
    spec = make_spec(257, y_axis="linear", fmin=0, fmax=frequencies[-1])
    edges = FrequencyAxis.of(spec).edges
    np.testing.assert_allclose((edges[1:] + edges[:-1]) / 2, frequencies, atol=1e-9)
    alone = FrequencyAxis.of(make_spec(1, y_axis="linear", fmin=1000, fmax=3000))
    assert alone.edges.tolist() == [1000, 3000]


@pytest.mark.parametrize("y_axis", ["cqt_hz", "cqt_note"])
@pytest.mark.parametrize(("fmin", "bins_per_octave"), [(None, 12), (55.0, 36)])
def test_rows_of_a_cqt_lie_around_their_pitches(
    y_axis: str, fmin: float | None, bins_per_octave: int
) -> None:
    spec = make_spec(84, y_axis=y_axis, fmin=fmin, bins_per_octave=bins_per_octave)
    axis = FrequencyAxis.of(spec)
    expected = librosa.cqt_frequencies(
        84, fmin=fmin or librosa.note_to_hz("C1"), bins_per_octave=bins_per_octave
    )
    np.testing.assert_allclose(np.sqrt(axis.edges[1:] * axis.edges[:-1]), expected)
    np.testing.assert_allclose(np.diff(axis.positions), 1 / 84)


@pytest.mark.parametrize("y_axis", ["chroma", "none"])
def test_rows_that_are_counted(y_axis: str) -> None:
    axis = FrequencyAxis.of(make_spec(12, y_axis=y_axis))
    np.testing.assert_array_equal(axis.edges, np.arange(13) - 0.5)
    np.testing.assert_allclose(axis.positions, np.arange(13) / 12)


@pytest.mark.parametrize("kind", SPECTROGRAMS)
def test_the_axis_draws_positions_where_it_says(kind: str) -> None:
    axis = FrequencyAxis.of(make_spec(**SPECTROGRAMS[kind]))
    ax = make_axes(1, 2)
    axis.apply(ax)
    assert ax.get_ylim() == (axis.edges[0], axis.edges[-1])
    heights = ax.transData.transform([(0, edge) for edge in axis.edges])[:, 1]
    drawn = (heights - ax.bbox.y0) / ax.bbox.height
    np.testing.assert_allclose(drawn, axis.positions, atol=1e-9)


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("mel", "Frequency (Hz)"), ("linear", "Frequency (Hz)"), ("log", "Frequency (Hz)"),
        ("cqt_hz", "Frequency (Hz)"), ("cqt_note", "Note"), ("chroma", "Pitch class"),
        ("none", "Bin"),
    ],
)  # fmt: skip
def test_labels_say_the_unit(kind: str, label: str) -> None:
    assert FrequencyAxis.of(make_spec(**SPECTROGRAMS[kind])).label == label
    named = make_spec(**SPECTROGRAMS[kind], y_label="Something")
    ax = make_axes(1, 2)
    FrequencyAxis.of(named).apply(ax)
    assert ax.get_ylabel() == "Something"


# -- frequencies: ticks ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("mel", ["200", "500", "1k", "2k", "5k", "10k"]),
        ("mel of speech", ["200", "500", "1k", "2k", "5k"]),
        ("mel of bats", ["40", "60", "80", "100"]),
        ("mel of two octaves", ["1.5", "2", "2.5", "3", "3.5"]),
        ("linear", ["0", "2k", "4k", "6k", "8k", "10k"]),
        ("linear of bats", ["0", "20k", "40k", "60k", "80k", "100k", "120k"]),
        ("log", ["50", "100", "200", "500", "1k", "2k", "5k", "10k"]),
        ("cqt_hz", ["50", "100", "200", "500", "1k", "2k"]),
        ("cqt_note", ["C1", "C2", "C3", "C4", "C5", "C6", "C7"]),
        ("one octave", ["A4", "A♯4", "B4", "C5", "C♯5", "D5", "D♯5", "E5", "F5", "F♯5", "G5",
                        "G♯5"]),
        ("chroma", ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"]),
        ("none", ["0", "5", "10", "15"]),
    ],
)  # fmt: skip
def test_ticks_that_people_know(kind: str, expected: list[str]) -> None:
    ax = make_axes(1, 3)
    FrequencyAxis.of(make_spec(**SPECTROGRAMS[kind])).apply(ax)
    assert labels(ax.yaxis) == expected


@pytest.mark.parametrize("kind", ALL_KINDS)
@pytest.mark.parametrize("height", [0.4, 6.0, *seldom(0.7, 1.3, 2.5)])
def test_frequency_ticks_do_not_overlap(kind: str, height: float) -> None:
    ax = make_axes(1, height)
    axis = FrequencyAxis.of(make_spec(**SPECTROGRAMS[kind]))
    axis.apply(ax)
    found = assert_no_overlap(ax.yaxis)
    assert found
    assert "" not in found
    assert len(found) > 1 or kind.startswith("one ") or height < 0.7


@pytest.mark.parametrize("kind", ALL_KINDS)
@pytest.mark.parametrize(("size", "dpi"), [(5, 200), (24, 50)])
def test_frequency_ticks_of_any_size_do_not_overlap(kind: str, size: float, dpi: float) -> None:
    ax = make_axes(1, 1.5, dpi=dpi)
    ax.tick_params(labelsize=size)
    FrequencyAxis.of(make_spec(**SPECTROGRAMS[kind])).apply(ax)
    assert_no_overlap(ax.yaxis)


@pytest.mark.parametrize("kind", ALL_KINDS)
@pytest.mark.parametrize("part", [(0.3, 0.6), *seldom(((0.5, 0.52),)), (0.99, 1.3)])
def test_frequency_ticks_when_zoomed(kind: str, part: tuple[float, float]) -> None:
    axis = FrequencyAxis.of(make_spec(**SPECTROGRAMS[kind]))
    ax = make_axes(1, 3)
    axis.apply(ax)
    low, high = np.interp(part, axis.positions, axis.edges)
    if part[1] > 1:
        high = axis.edges[-1] * 1.5
    ax.set_ylim(low, high)
    assert_no_overlap(ax.yaxis)


def test_frequency_ticks_upside_down() -> None:
    axis = FrequencyAxis.of(make_spec(**SPECTROGRAMS["mel"]))
    ax = make_axes(1, 3)
    axis.apply(ax)
    upright = labels(ax.yaxis)
    ax.invert_yaxis()
    assert assert_no_overlap(ax.yaxis) == upright


def test_frequency_ticks_below_zero() -> None:
    ax = make_axes(1, 3)
    FrequencyAxis.of(make_spec(**SPECTROGRAMS["mel"])).apply(ax)
    ax.set_ylim(-300, -100)
    assert "-0" not in assert_no_overlap(ax.yaxis)


def test_thousands_of_hertz_are_k_on_every_axis() -> None:
    for kind in ("mel", "linear", "log", "cqt_hz"):
        axis = FrequencyAxis.of(make_spec(**SPECTROGRAMS[kind]))
        ax = make_axes(1, 3)
        axis.apply(ax)
        assert {"2k", "4k" if kind == "linear" else "500"} <= set(labels(ax.yaxis))
        assert ax.get_ylabel() == axis.label == "Frequency (Hz)"
    axis = FrequencyAxis.of(make_spec(**SPECTROGRAMS["mel of bats"]))
    axis.apply(ax)
    assert {"40", "60", "100"} <= set(labels(ax.yaxis))
    assert next(text for _, text in axis.ticks(8)) == "40"
    assert ax.get_ylabel() == axis.label == "Frequency (kHz)"
    named = FrequencyAxis.of(make_spec(**SPECTROGRAMS["mel of bats"], y_label="Pitch (Hz)"))
    named.apply(ax)
    assert {"40k", "60k", "100k"} <= set(labels(ax.yaxis))


@pytest.mark.parametrize("kind", ["mel", "linear", "log", "cqt_hz", "cqt_note"])
def test_an_axis_shows_the_frequencies_that_are_asked_for(kind: str) -> None:
    spec = make_spec(**SPECTROGRAMS[kind])
    whole, axis = FrequencyAxis.of(spec), FrequencyAxis.of(spec, (300, 1500))
    ax = make_axes(1, 3)
    axis.apply(ax)
    np.testing.assert_allclose(ax.get_ylim(), (300, 1500))
    assert (axis.edges == whole.edges).all()  # the rows are those of the whole
    low, high = whole.forward([300, 1500])
    np.testing.assert_allclose(
        axis.positions, (whole.forward(whole.edges) - low) / (high - low), atol=1e-9
    )
    assert all(0 <= at <= 1 for at, _ in axis.ticks(8))
    assert len(axis.ticks(8)) >= 3
    np.testing.assert_allclose(axis.fractions(np.array([300, 1500, np.nan]), 0.5), [0, 1, 0.5])
    assert axis.fractions(np.array([10.0, 9000.0]), 0.5).tolist() == [0, 1]
    assert FrequencyAxis.of(spec, (None, 1500)).limits == (whole.edges[0], 1500)
    assert FrequencyAxis.of(spec, (300, 1e6)).limits == (300, whole.edges[-1])
    assert FrequencyAxis.of(spec, (2000, 4000)).label == (
        "Note" if kind == "cqt_note" else "Frequency (Hz)"  # as in all of the recording
    )


@pytest.mark.parametrize(
    ("kind", "flim", "error", "message"),
    [
        ("mel", 300, InvalidTypeError, r"flim=300 is of type int\. It must be two frequencies"),
        ("mel", "300:", InvalidTypeError, "flim='300:' is of type str"),
        ("mel", (1, 2, 3), InvalidValueError, r"flim=\(1, 2, 3\) has 3 frequencies"),
        ("mel", (500, 400), InvalidValueError, r"flim=\(500, 400\) begins where it ends, or abo"),
        ("mel", (-5, None), InvalidValueError, r"flim\[0\]=-5 Hz.*at least 0 Hz"),
        ("mel", ("a", None), InvalidTypeError, r"flim\[0\]='a' is of type str"),
        ("mel", (20e3, 30e3), InvalidValueError, r"shows no row: there are rows from .* to .* Hz"),
        ("chroma", (20, 30), InvalidValueError, "needs rows that have frequencies.*y_axis='chrom"),
    ],
)
def test_frequencies_that_cannot_be_shown_are_told(
    kind: str, flim: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        FrequencyAxis.of(make_spec(**SPECTROGRAMS[kind]), flim)


@pytest.mark.parametrize(
    ("text", "band"),
    [("20k:120k", (20e3, 120e3)), (":8000", (None, 8000.0)), ("0.5kHz:", (500.0, None)),
     ("100 : 2.5 k", (100.0, 2500.0))],
)  # fmt: skip
def test_a_band_as_people_write_it(text: str, band: tuple[float | None, float | None]) -> None:
    assert band_from(text) == band


@pytest.mark.parametrize(
    "text", ["", ":", "20k", "20k-120k", "1.2.3:", "1:2:3", "a:b", "1:b", "5k:200"]
)
def test_what_is_no_band_is_told(text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"is no range of frequencies.*such as 20k:120k"):
        band_from(text)


@pytest.mark.parametrize(
    ("hertz", "text"),
    [(8000, "8k"), (8192, "8.192k"), (1024, "1.024k"), (12_345, "12.345k"), (120_000, "120k"),
     (1000, "1k"), (999.5, "999.5"), (0.125, "0.125"), (-2000, "-2k"), (-1e-17, "0")],
)  # fmt: skip
def test_k_is_a_thousand(hertz: float, text: str) -> None:
    assert short_hertz(hertz) == text


IN_HERTZ = [k for k, s in SPECTROGRAMS.items() if s["y_axis"] in ("mel", "linear", "log", "cqt_hz")]


@pytest.mark.parametrize("kind", IN_HERTZ)
@pytest.mark.parametrize("most", [3, 6, 10])
def test_frequency_ticks_are_round(kind: str, most: int) -> None:
    axis = FrequencyAxis.of(make_spec(**SPECTROGRAMS[kind]))
    texts = [text for _, text in axis.ticks(most)]
    is_khz = axis.label == "Frequency (kHz)"
    hertz = [float(t.removesuffix("k")) * (1000 if is_khz or "k" in t else 1) for t in texts]
    straight = axis.forward(axis.edges[[0, -1]])
    for (at, _), value in zip(axis.ticks(most), hertz, strict=True):
        drawn = (axis.forward(value) - straight[0]) / (straight[1] - straight[0])
        assert at == pytest.approx(drawn)  # exactly where they say
    digits = {f"{value:e}".split("e")[0].rstrip("0.") for value in hertz if value > 0}
    steps = {f"{step:e}".split("e")[0].rstrip("0.") for step in np.diff(hertz)}
    assert digits <= {"1", "2", "5"} or (len(steps) == 1 and steps <= {"1", "2", "5"})


def test_a_label_of_ones_own_does_not_change_the_ticks() -> None:
    for label in (None, "Fréquence", "MFCC"):
        ax = make_axes(1, 1)
        FrequencyAxis.of(make_spec(128, y_axis="mel", y_label=label)).apply(ax)
        assert "5k" in labels(ax.yaxis)
        ax = make_axes(1, 2)
        FrequencyAxis.of(make_spec(4, y_label=label)).apply(ax)
        assert labels(ax.yaxis) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("most", [1, 2, 3, 8, 20])
@pytest.mark.parametrize("kind", SPECTROGRAMS)
def test_ticks_without_matplotlib(kind: str, most: int) -> None:
    axis = FrequencyAxis.of(make_spec(**SPECTROGRAMS[kind]))
    ticks = axis.ticks(most)
    fractions = [fraction for fraction, _ in ticks]
    assert fractions == sorted(fractions)
    assert all(0 <= fraction <= 1 for fraction in fractions)
    assert len(ticks) <= most + 2
    assert len({text for _, text in ticks}) == len(ticks) or "two octaves" in kind
    assert all(text and text != "-0" for _, text in ticks)


def test_ticks_lie_at_what_they_say() -> None:
    ticks = {text: at for at, text in FrequencyAxis.of(make_spec(128, y_axis="mel")).ticks(8)}
    top, bottom = hz_to_mel(FrequencyAxis.of(make_spec(128, y_axis="mel")).edges[[-1, 0]])
    assert ticks["1k"] == pytest.approx((hz_to_mel(1000) - bottom) / (top - bottom))
    assert ticks["500"] == pytest.approx((hz_to_mel(500) - bottom) / (top - bottom))


# -- time --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "seconds", "label", "expected"),
    [
        (0, 5, "Time (s)", ["0", "1", "2", "3", "4", "5"]),
        (0, 14.86, "Time (s)", ["0", "2", "4", "6", "8", "10", "12", "14"]),
        (0, 0.5, "Time (s)", ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]),
        (0, 180, "Time (min:s)", ["0:00", "0:30", "1:00", "1:30", "2:00", "2:30", "3:00"]),
        (120, 30, "Time (min:s)", ["2:00", "2:05", "2:10", "2:15", "2:20", "2:25", "2:30"]),
        (0, 7200, "Time (h:min:s)",
         ["0:00:00", "0:30:00", "1:00:00", "1:30:00", "2:00:00"]),
        (86_400, 5, "Time (h:min:s)", ["24:00:00", "24:00:01", "24:00:02", "24:00:03"]),
        (-2, 5, "Time (s)", ["−2", "−1", "0", "1", "2", "3"]),
        (-7200, 7210, "Time (h:min:s)", ["−2:00:00", "−1:30:00", "−1:00:00", "−0:30:00",
                                         "0:00:00"]),
    ],
)  # fmt: skip
def test_time_ticks_that_people_know(
    start: float, seconds: float, label: str, expected: list[str]
) -> None:
    spec = make_spec(1, int(seconds * 1000), sr=1000, hop_length=1, start=start)
    ax = make_axes(5, 1)
    TimeAxis.of(spec).apply(ax)
    assert ax.get_xlim() == (spec.start, spec.end)
    assert ax.get_xlabel() == label
    assert labels(ax.xaxis)[: len(expected)] == expected


RECORDINGS = [(0, 0.02), (0, 5), (0.3, 5.1), (0, 59.9), (-3, 10), (0, 180), (100, 105), (0, 7200),
              (3599, 3604), (86_400, 86_405), (-100, -95), (0, 400 * 3600)]  # fmt: skip


@pytest.mark.parametrize(("start", "end"), RECORDINGS)
@pytest.mark.parametrize("width", [0.3, 6.0, *seldom(0.6, 1.0, 2.5, 14.0)])
def test_time_ticks_do_not_overlap(start: float, end: float, width: float) -> None:
    ax = make_axes(width, 1)
    TimeAxis(start, end).apply(ax)
    found = assert_no_overlap(ax.xaxis)
    assert found
    assert len(set(found)) == len(found) <= 11
    assert len(found) > 1 or width < 2


@pytest.mark.parametrize(("start", "end"), RECORDINGS)
@pytest.mark.parametrize(("size", "dpi"), [(24, 50), pytest.param(5, 200, marks=pytest.mark.slow)])
def test_time_ticks_of_any_size_do_not_overlap(
    start: float, end: float, size: float, dpi: float
) -> None:
    ax = make_axes(2, 1, dpi=dpi)
    ax.tick_params(labelsize=size)
    TimeAxis(start, end).apply(ax)
    assert_no_overlap(ax.xaxis)


@pytest.mark.parametrize("longest", [15, 300, 7200, 90_000])
@pytest.mark.parametrize("width", [1e-4, 0.3, 70])
def test_time_ticks_when_zoomed(longest: float, width: float) -> None:
    ax = make_axes(4, 1)
    TimeAxis(0, longest).apply(ax)
    for limits in ((longest / 3, longest / 3 + width), (width / 2, -width / 2)):
        ax.set_xlim(*limits)
        found = assert_no_overlap(ax.xaxis)
        assert len(found) > 1
        assert len(set(found)) == len(found), found  # enough decimals


def test_ticks_of_ones_own_are_written_in_full() -> None:
    ax = make_axes(4, 1)
    TimeAxis(0, 5).apply(ax)
    ax.set_xticks([0.25, 1.5, 3])
    assert labels(ax.xaxis) == ["0.25", "1.50", "3.00"]


def test_the_time_under_the_mouse() -> None:
    ax = make_axes(4, 1)
    TimeAxis(0, 300).apply(ax)
    assert ax.format_xdata(65.25) == "1:05.250"


def test_panels_of_one_recording_write_times_alike() -> None:
    spec = make_spec(1, 400_000, sr=1000, hop_length=10, start=-1.0)
    first = TimeAxis.of(spec, (-1.0, 4.0))
    assert first.label == TimeAxis.of(spec).label == "Time (h:min:s)"
    assert first.span(decimals=2) == "-0:00:01.00 to 0:00:04.00"
    ax = make_axes(6, 1)
    first.apply(ax)
    assert ax.get_xlim() == (-1.0, 4.0)
    assert "0:00:00" in labels(ax.xaxis)


@pytest.mark.parametrize(
    ("axis", "expected"),
    [
        (TimeAxis(0.65015, 5.64229), "0.650-5.642 s"),
        (TimeAxis(0.65015, 5.64229, times=TimeFormat(15)), "0.650-5.642 s"),
        (TimeAxis(62.65, 67.64), "1:02.650-1:07.640"),
        (TimeAxis(1, 2, times=TimeFormat(3600)), "0:00:01.000-0:00:02.000"),
        (TimeAxis(-2, 3), "-2.000 to 3.000 s"),
    ],
)
def test_spans(axis: TimeAxis, expected: str) -> None:
    assert axis.span() == expected


def test_minus_signs_are_those_of_the_style() -> None:
    with matplotlib.rc_context({"axes.unicode_minus": False}):
        ax = make_axes(3, 1)
        TimeAxis(-2, 2).apply(ax)
        assert "-1" in labels(ax.xaxis)


def test_frequencies_that_resampling_took_are_told() -> None:
    audio = pv.Audio.from_array(np.zeros(25_000), 250_000)
    spec = pv.Spectrogram(np.zeros((9, 5)), sr=22050, y_axis="linear", audio=audio)
    message = (
        r"^flim=\(40000, 50000\) shows no row: there are rows from 0 to .* Hz\. The sound was "
        r"resampled to 22050 Hz; it has more at its own rate: sr=None\.$"
    )
    with pytest.raises(InvalidValueError, match=message):
        pv.plot_spectrogram(spec, flim=(40_000, 50_000))
