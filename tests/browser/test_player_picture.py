"""The player's pictures against matplotlib's."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import BoundaryNorm, ListedColormap, LogNorm, PowerNorm
from matplotlib.figure import Figure

import patchviz as pv
from patchviz.core.captions import patch_title
from patchviz.plot.axis import FrequencyAxis

from .conftest import make_spectrogram

AXES = {
    "mel": {"n_bins": 128},
    "linear": {"n_bins": 129},
    "log": {"n_bins": 129},
    "cqt_note": {"n_bins": 84},
    "channels": {"n_bins": 120, "n_channels": 3, "y_axis": "mel"},
}


def figure_colors(patches: pv.Patches, index: int, **drawing: Any) -> np.ndarray:
    """Return the colour of each cell's centre in the matplotlib figure, shape (bins, frames, 4)."""
    figure = Figure(figsize=(20, 12), dpi=100)
    ax = figure.add_axes((0.05, 0.05, 0.9, 0.9))
    pv.PatchView(patches, ax=ax, index=index, **drawing)
    ax.set_axis_off()  # text takes longest
    ax.set_title("")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = np.asarray(canvas.buffer_rgba())
    at = middles(patches)
    (left, bottom), (right, top) = ax.transAxes.transform([(0, 0), (1, 1)])
    rows = picture.shape[0] - (bottom + at * (top - bottom))
    columns = left + (np.arange(patches.frame_length) + 0.5) / patches.frame_length * (right - left)
    return picture[np.floor(rows).astype(int)[:, np.newaxis], np.floor(columns).astype(int)]


def middles(patches: pv.Patches) -> np.ndarray:
    """Return the rows' middles as fractions of the axis' height."""
    positions = FrequencyAxis.of(patches.spectrogram).positions
    return (positions[:-1] + positions[1:]) / 2


def player_colors(opened: Any, patches: pv.Patches) -> np.ndarray:
    columns = (np.arange(patches.frame_length) + 0.5) / patches.frame_length
    return np.asarray(opened.cells(".patch canvas", 1 - middles(patches), columns))


def assert_same_colors(opened: Any, patches: pv.Patches, index: int, **drawing: Any) -> None:
    opened.js("player.index = argument", index)
    opened.settle()
    shown = player_colors(opened, patches).astype(int)
    expected = figure_colors(patches, index, **drawing).astype(int)
    # matplotlib paints on white.
    alpha = shown[..., 3:] / 255
    shown = np.rint(shown[..., :3] * alpha + 255 * (1 - alpha))
    heights = np.diff(FrequencyAxis.of(patches.spectrogram).positions)
    visible = heights * opened.size(".patch canvas")[0] >= 2
    assert visible.sum() > 20
    apart = np.abs(shown - expected[..., :3])[visible]
    assert apart.max() <= 2


@pytest.mark.parametrize(
    ("y_axis", "cmap"), [*((axis, "magma") for axis in AXES), ("mel", "turbo"), ("log", "gray_r")]
)
def test_a_patch_has_the_colours_of_the_matplotlib_figure(open_page, y_axis, cmap):
    patches = make_spectrogram(**{"y_axis": y_axis} | AXES[y_axis]).patches(
        frame_length=120, hop_length=7
    )
    opened = open_page(pv.player(patches, cmap=cmap), width=1400, density=2)
    for index in (0, 7, len(patches) - 1):
        assert_same_colors(opened, patches, index, cmap=cmap)


@pytest.mark.parametrize(
    "norm",
    [LogNorm(1e-3, 1), PowerNorm(0.4, 0, 1), BoundaryNorm([0, 0.01, 0.1, 0.5, 1], 256)],
    ids=lambda norm: type(norm).__name__,
)
def test_any_norm(open_page, norm):
    values = 10 ** (make_spectrogram().values / 20)
    patches = pv.Spectrogram(values, y_axis="mel").patches(frame_length=120)
    opened = open_page(pv.player(patches, norm=norm), width=1400, density=2)
    assert_same_colors(opened, patches, 2, norm=norm)


@pytest.mark.parametrize("n_colors", [3, 100, 256, 1000])
def test_gaps_and_values_beyond_the_scale_have_their_own_colours(open_page, n_colors):
    values = make_spectrogram().values.copy()
    values[20:30, 50:70] = np.nan
    values[40, 60] = np.inf
    colors = np.random.default_rng(0).random((n_colors, 3)) if n_colors < 9 else None
    ramp = np.linspace([0.1, 0, 0.3], [1, 0.9, 0.7], n_colors) if colors is None else colors
    cmap = ListedColormap(ramp).with_extremes(bad="lime", under="cyan", over="red")
    patches = pv.Spectrogram(values, y_axis="mel").patches(frame_length=120)
    drawing = {"cmap": cmap, "clim": (-60.0, -20.0)}
    opened = open_page(pv.player(patches, **drawing), width=1400, density=2)
    assert_same_colors(opened, patches, 0, **drawing)


def test_every_level_of_the_colours_survives_one_hundred_and_seven_crops(open_page, patches):
    """Cell by cell: canvas k is the palette at the indices of patch k, exactly."""
    opened = open_page(pv.player(patches), width=1400, density=2)
    low, high = patches.spectrogram.finite_range
    colors = matplotlib.colormaps["magma"]
    for index in range(0, 107, 13):
        opened.js("player.index = argument", index)
        opened.settle()
        expected = colors((patches[index] - low) / (high - low), bytes=True).astype(int)
        assert np.abs(player_colors(opened, patches) - expected).max() <= 1


def test_a_column_step_shows_the_maximum_of_its_frames(open_page):
    values = np.full((16, 96), -50.0)
    values[3, 41] = 0.0
    values[0, 0] = -80.0
    patches = pv.Spectrogram(values).patches(frame_length=32, hop_length=8)
    opened = open_page(pv.player(patches, column_step=4, cmap="gray"))
    assert opened.find(".pointed").inner_text() == "1 column = 0.0929 s"
    opened.js("player.index = 2")  # frames 16 to 48
    opened.settle()
    picture = opened.pixels(".patch canvas")[..., 0]
    height, width = picture.shape
    row = picture[int(height * (1 - 3.5 / 16))]
    bright = np.flatnonzero(row == 255)
    # Frames 40 to 44 share a column: a quarter of the width each 8 frames.
    assert abs(bright[0] - width * 24 / 32) <= 1
    assert abs(bright[-1] + 1 - width * 28 / 32) <= 1


@pytest.mark.parametrize(("reduce", "grey"), [("mean", 191), ("median", 255)])
def test_cells_smaller_than_pixels_show_their_mean_or_median(open_page, reduce, grey):
    values = np.tile([0.0, 1.0, 1.0, 1.0, np.nan, np.nan], 8000)[np.newaxis].repeat(4, axis=0)
    values[:, 24_000:] = 0.0
    patches = pv.Spectrogram(values).patches(frame_length=48_000)
    opened = open_page(pv.player(patches, reduce=reduce, cmap="gray"))
    assert opened.find(".pointed").inner_text() == f"pixels show the {reduce}"
    for canvas in (".patch canvas", ".map .cells"):
        picture = opened.pixels(canvas)[..., 0].astype(int)
        middle = picture.shape[1] // 2
        assert np.abs(picture[:, 2 : middle - 2] - grey).max() <= 10  # of 40 cells, not of 6 n
        assert picture[:, middle + 2 :].max() == 0


@pytest.mark.parametrize("unit", ["dB", "V"])
def test_a_mean_is_one_of_values_and_of_levels_one_of_powers(open_page, unit):
    """As in the figure: the mean of places on the scale of colours would be another one."""
    values = np.tile([-60.0, -60.0, 0.0, -60.0, -20.0], 4800)[np.newaxis]
    is_level = unit == "dB"
    values = values if is_level else values / 20
    norm = None if is_level else matplotlib.colors.FuncNorm((np.exp, np.log), -3.0, 0.0)
    patches = pv.Spectrogram(values, unit=unit).patches(frame_length=24_000)
    opened = open_page(pv.player(patches, reduce="mean", cmap="gray", norm=norm))
    known = np.array([-60.0, -60.0, 0.0, -60.0, -20.0])
    mean = 10 * np.log10(np.mean(10 ** (known / 10))) if is_level else known.mean() / 20
    place = (mean + 60) / 60 if is_level else (np.exp(mean) - np.exp(-3)) / (1 - np.exp(-3))
    for canvas in (".patch canvas", ".map .cells"):
        grey = opened.pixels(canvas)[..., 0].astype(int)[:, 2:-2]
        assert abs(np.mean(grey) - 255 * place) <= 3
        assert np.abs(grey - 255 * place).max() <= 25  # of 20 to 40 cells, not of 5 n


def test_cells_smaller_than_pixels_show_their_maximum(open_page):
    """A click of one frame and one row in an hour does not get lost."""
    values = np.full((1025, 20_000), -80.0, np.float32)
    values[600, 12_345] = 0.0
    patches = pv.Spectrogram(values, y_axis="linear").patches(frame_length=10_000, hop_length=5_000)
    opened = open_page(pv.player(patches, cmap="gray"))
    overview = opened.pixels(".map .cells")[..., 0]
    assert overview.max() == 255
    assert (overview == 255).sum() <= 4
    where = np.argwhere(overview == 255).mean(axis=0) / overview.shape
    assert where == pytest.approx([1 - 600.5 / 1025, 12_345.5 / 20_000], abs=0.02)
    opened.js("player.index = 1")
    opened.settle()
    patch = opened.pixels(".patch canvas")[..., 0]
    where = np.argwhere(patch == 255).mean(axis=0) / patch.shape
    assert where == pytest.approx([1 - 600.5 / 1025, 0.73455], abs=0.01)


def test_a_spectrogram_wider_than_a_picture_may_be_is_tiled(open_page):
    spec = make_spectrogram(24, 20_000)
    patches = spec.patches(frame_length=100, hop_length=1)
    made = pv.player(patches)
    assert len(made.tiles) == 3
    opened = open_page(made, width=1400, density=2)
    for index in (0, 8_150, 16_330, len(patches) - 1):
        opened.js("player.index = argument", index)
        opened.settle()
        low, high = spec.finite_range
        shown = player_colors(opened, patches)
        expected = matplotlib.colormaps["magma"]((patches[index] - low) / (high - low), bytes=True)
        assert np.abs(shown.astype(int) - expected).max() <= 1


def test_a_lossy_picture_is_near(open_page, patches):
    made = pv.player(patches, image_format="webp", cmap="gray")
    exact = pv.player(patches, cmap="gray")
    assert len(made.tiles[0]) < len(exact.tiles[0]) / 2
    opened, reference = open_page(made), open_page(exact)
    shown, expected = (
        np.asarray(page.pixels(".patch canvas"), int) for page in (opened, reference)
    )
    assert np.abs(shown - expected).mean() < 8


# -- around the picture ----------------------------------------------------------------------


def test_the_window_lies_over_the_patch_in_the_overview(open_page, patches):
    opened = open_page(pv.player(patches, index=30))
    over = opened.find(".map").bounding_box()
    window = opened.find(".window").bounding_box()
    start, stop = patches.frames(30)
    assert (window["x"] - over["x"]) / over["width"] == pytest.approx(start / 640, abs=1e-3)
    assert window["width"] / over["width"] == pytest.approx((stop - start) / 640, abs=1e-3)


@pytest.mark.parametrize("tail", ["drop", "pad"])
def test_the_end_that_no_patch_shows_whole_is_marked(open_page, tail):
    spec = make_spectrogram(32, 100)
    patches = spec.patches(frame_length=40, hop_length=30, tail=tail)  # 0-40, 30-70, 60-100
    opened = open_page(pv.player(patches))
    assert not opened.find(".tail").is_visible()
    patches = spec.patches(frame_length=40, hop_length=25, tail=tail)  # 50-90, then 10 or 75-115
    opened = open_page(pv.player(patches))
    over, mark = (opened.find(name).bounding_box() for name in (".map", ".tail"))
    share = 10 / 100 if tail == "drop" else 15 / 115
    assert mark["width"] / over["width"] == pytest.approx(share, abs=2e-3)
    assert mark["x"] + mark["width"] == pytest.approx(over["x"] + over["width"])
    words = {"drop": "10 frames after the last patch", "pad": "15 frames of padding"}
    assert opened.find(".tail").get_attribute("title") == words[tail]


def test_the_readout_says_which_patch_and_when(open_page, patches):
    opened = open_page(pv.player(patches, index=7))
    assert opened.find(".readout").inner_text() == "patch 7 / 106 · 0.650-5.642 s"
    assert (
        opened.find("input").get_attribute("aria-valuetext") == "patch 7 of 106, 0.650 to 5.642 s"
    )


def test_times_from_a_minute_on_are_minutes(open_page):
    patches = make_spectrogram(16, 6000).patches(duration=5.0, hop_duration=1.0)
    opened = open_page(pv.player(patches, index=63))
    start, end = patches.time(63)
    assert opened.find(".readout").inner_text().endswith(f"1:{start - 60:06.3f}-1:{end - 60:06.3f}")
    assert "1:04" in opened.find(".time-ticks").inner_text()


@pytest.mark.parametrize("start", [-1.0, -100.0])
def test_times_before_0_are_those_of_the_figures(open_page, start):
    patches = make_spectrogram(16, 100, start=start).patches(frame_length=20, hop_length=5)
    opened = open_page(pv.player(patches, index=3))
    title = patch_title(patches, 3)
    assert opened.find(".readout").inner_text() == title
    assert opened.js("player.readout") == title
    spoken = title.replace("/", "of").replace(" ·", ",")
    assert opened.find("input").get_attribute("aria-valuetext") == spoken


def test_ticks_lie_where_their_frequency_and_time_are(open_page, patches):
    opened = open_page(pv.player(patches, index=30))
    box = opened.find(".patch").bounding_box()
    axis = FrequencyAxis.of(patches.spectrogram)
    ticks = {tick.inner_text(): tick.bounding_box() for tick in opened.find(".row-ticks > *").all()}
    assert {"5k", "2k", "1k", "500"} <= set(ticks)
    for text, hertz in (("5k", 5000), ("1k", 1000)):
        at = ticks[text]["y"] + ticks[text]["height"] / 2
        straight = axis.forward([axis.edges[0], hertz, axis.edges[-1]])
        position = (straight[1] - straight[0]) / (straight[2] - straight[0])
        assert at == pytest.approx(box["y"] + box["height"] * (1 - position), abs=1)
    ticks = {
        tick.inner_text(): tick.bounding_box() for tick in opened.find(".time-ticks > *").all()
    }
    start, end = patches.time(30)
    at = ticks["5.0 s"]["x"] + ticks["5.0 s"]["width"] / 2
    assert at == pytest.approx(box["x"] + box["width"] * (5 - start) / (end - start), abs=1)


def test_channels_are_named_and_the_pointer_says_which_it_is_over(open_page):
    spec = make_spectrogram(96, n_channels=3)
    opened = open_page(pv.player(spec.patches(frame_length=120)))
    box = opened.find(".patch canvas").bounding_box()
    ticks = opened.find(".row-ticks > *").all()
    names = [tick for tick in ticks if tick.inner_text().startswith("ch ")]
    assert [name.inner_text() for name in names] == ["ch 0", "ch 1", "ch 2"]
    assert len(ticks) > 3  # and frequencies beside them
    for column in (names, [tick for tick in ticks if tick not in names]):
        places = sorted((tick.bounding_box() for tick in column), key=lambda place: place["y"])
        assert all(a["y"] + a["height"] <= b["y"] + 1 for a, b in pairwise(places))
    for channel, name in enumerate(names):
        place = name.bounding_box()
        middle = box["y"] + box["height"] * (channel + 0.5) / 3
        assert place["y"] + place["height"] / 2 == pytest.approx(middle, abs=1)
        opened.page.mouse.move(box["x"] + 20, middle)
        opened.settle()
        assert f" · channel {channel} · " in opened.find(".pointed").inner_text()


def test_channels_have_ticks_alike_and_show_no_frequency_beyond_these(open_page):
    """Rows beyond them are the loudest; a canvas has a line for a few rows, and four channels."""
    values = np.zeros((4, 200, 60))
    values[:, 50:150] = -80.0
    spec = pv.Spectrogram(
        values.reshape(800, 60), n_channels=4, y_axis="linear", n_fft=400, sr=40000, fmin=0.0
    )  # a row each 100 Hz
    player = pv.player(spec.patches(frame_length=60), flim=(4950, 14950), clim=(-80, 0))
    opened = open_page(player)
    height = opened.size(".patch canvas")[0]
    cells = opened.cells(".patch canvas", (np.arange(height) + 0.5) / height, np.array([0.5]))
    darkest = np.array(matplotlib.colormaps["magma"](0.0, bytes=True))
    line = np.array([160, 160, 160, 255])
    others = cells[(cells != line).any(axis=-1)]
    assert len(others) >= height - 3 * 3
    np.testing.assert_allclose(others, np.broadcast_to(darkest, others.shape), atol=1)
    ticks = [(t.inner_text(), t.bounding_box()) for t in opened.find(".row-ticks > *").all()]
    names = {text: place for text, place in ticks if text.startswith("ch ")}
    values = [(text, place) for text, place in ticks if text not in names]
    assert list(names) == ["ch 0", "ch 1", "ch 2", "ch 3"]
    texts = {text for text, _ in values}
    assert len(texts) >= 2
    assert all([text for text, _ in values].count(text) == 4 for text in texts)
    assert max(p["x"] + p["width"] for p in names.values()) < min(p["x"] for _, p in values)
    box = opened.find(".patch canvas").bounding_box()
    at = [(p["y"] + p["height"] / 2 - box["y"]) / box["height"] for t, p in values if t == "10k"]
    np.testing.assert_allclose(sorted(at), (np.arange(4) + 0.495) / 4, atol=1.5 / box["height"])
    # Zoomed to where two of them meet: what is seen of each is named.
    opened.find("input").first.focus()
    for _ in range(6):
        opened.page.keyboard.press("Alt+=")
    opened.settle()
    texts = opened.find(".row-ticks > *").all_inner_texts()
    assert [text for text in texts if text.startswith("ch ")] == ["ch 1", "ch 2"]


def test_channels_of_notes_have_the_notes_of_the_figure(open_page):
    spec = pv.Spectrogram(np.zeros((168, 60)), n_channels=2, y_axis="cqt_note")
    opened = open_page(pv.player(spec.patches(frame_length=60)))
    texts = opened.find(".row-ticks > *").all_inner_texts()
    assert all(texts.count(f"C{octave}") == 2 for octave in range(2, 8))
    assert texts[-2:] == ["ch 0", "ch 1"]


@pytest.mark.parametrize("width", [320, 360, 1200])
def test_no_labels_overlap_and_nothing_is_wider_than_the_page(open_page, width):
    patches = make_spectrogram(n_frames=6000).patches(duration=2.0, hop_duration=0.1)
    opened = open_page(pv.player(patches, title="glides " * 20, index=900), width=width)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    for name, side in (("time-ticks", "x"), ("row-ticks", "y"), ("scale-ticks", "y")):
        boxes = [tick.bounding_box() for tick in opened.find(f".{name} > *").all()]
        assert len(boxes) >= 2
        boxes.sort(key=lambda box: box[side])
        size = {"x": "width", "y": "height"}[side]
        for box, following in pairwise(boxes):
            assert box[side] + box[size] <= following[side] + 1
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)


def test_the_pointer_reads_time_frequency_and_value(open_page, patches):
    opened = open_page(pv.player(patches, index=20))
    box = opened.find(".patch canvas").bounding_box()
    row, column = 40, 100
    opened.page.mouse.move(
        box["x"] + box["width"] * (column + 0.5) / 215,
        box["y"] + box["height"] * (1 - (row + 0.5) / 128),
    )
    opened.settle()
    time, frequency, value = opened.find(".pointed").inner_text().split(" · ")
    assert float(time.removesuffix(" s")) == pytest.approx((80 + 100.5) * 512 / 22050, abs=0.005)
    edges = FrequencyAxis.of(patches.spectrogram).edges
    hertz = float(frequency.split()[0]) * (1000 if "kHz" in frequency else 1)
    assert edges[row] - 5 < hertz < edges[row + 1] + 5
    read = float(value.removesuffix(" dB").replace("−", "-"))
    low, high = patches.spectrogram.finite_range
    assert read == pytest.approx(float(patches[20][row, column]), abs=(high - low) / 256)
    opened.page.mouse.move(5, 5)
    opened.settle()
    assert opened.find(".pointed").inner_text() == ""


def test_the_pointer_reads_gaps_and_what_is_beyond_the_scale(open_page):
    values = np.array([[np.nan, -90.0, -40.0, 3.0]] * 2)
    patches = pv.Spectrogram(values, unit="dB").patches(frame_length=4)
    cmap = ListedColormap(["black", "white"]).with_extremes(under="blue", over="red")
    opened = open_page(pv.player(patches, cmap=cmap, clim=(-80.0, 0.0)))
    box = opened.find(".patch canvas").bounding_box()
    read = []
    for column in range(4):
        opened.page.mouse.move(box["x"] + box["width"] * (column + 0.5) / 4, box["y"] + 9)
        opened.settle()
        read.append(opened.find(".pointed").inner_text().split(" · ")[2])
    assert read[0] == "no value"
    assert read[1] == "< −80.0 dB"
    assert float(read[2].removesuffix(" dB").replace("−", "-")) == pytest.approx(-40, abs=0.4)
    assert read[3] == "> 0.0 dB"


def test_the_colour_bar_goes_from_lowest_to_highest(open_page, patches):
    opened = open_page(pv.player(patches, cmap="viridis", clim=(-60.0, 0.0)))
    bar = opened.pixels(".scale")[:, 0]
    expected = matplotlib.colormaps["viridis"](np.arange(256)) * 255
    assert (bar[::-1] == np.rint(expected)).all()
    assert opened.find(".scale-ticks").inner_text().split() == ["−60", "−40", "−20", "0"]
    assert opened.find(".labels").inner_text().split("\n") == ["Frequency (Hz)", "dB"]


def test_pixels_are_the_screens_own(open_page, patches):
    for density in (1, 1.5, 2, 3):
        opened = open_page(pv.player(patches), density=density)
        box = opened.find(".patch canvas").bounding_box()
        height, width = opened.size(".patch canvas")
        assert height == pytest.approx(box["height"] * density, abs=1)
        assert width == pytest.approx(box["width"] * density, abs=1)


def test_a_label_without_room_is_its_unit(open_page, patches):
    spec = patches.spectrogram
    labelled = pv.Spectrogram(
        spec.values, y_axis="mel", quantity="Level relative to the maximum", unit="dB"
    ).patches(frame_length=120)
    whole = "Level relative to the maximum (dB)"
    for width, shown in ((1200, whole), (360, "dB")):
        opened = open_page(pv.player(labelled), width=width)
        label = opened.find(".labels > *").nth(1)
        assert label.inner_text() == shown
        assert label.get_attribute("title") == ("" if shown == whole else whole)
        opened.find(".patch canvas").hover()
        opened.settle()
        assert re.fullmatch(r".*Hz · [−\d.]+ dB", opened.find(".pointed").inner_text())


def test_times_have_the_decimals_that_the_hop_asks_for(open_page):
    spec = pv.Spectrogram(np.zeros((8, 4000)), sr=192000, hop_length=48)
    opened = open_page(pv.player(spec.patches(frame_length=40, hop_length=2), index=1))
    assert opened.find(".readout").inner_text().endswith("0.0005-0.0105 s")
