"""The overview on top and the first patches below it: nothing overlaps, nothing is cut."""

from __future__ import annotations

import itertools
import sys
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

import patchviz
from patchviz.core.patches import Patches
from patchviz.core.spectrogram import Spectrogram
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.plot.brackets import ON_DARK, ON_LIGHT
from patchviz.plot.mosaic import Mosaic, plot_mosaic
from patchviz.plot.overview import plot_spectrogram

KINDS: dict[str, dict[str, Any]] = {
    "mel": {
        "n_bins": 128,
        "y_axis": "mel",
        "quantity": "Level relative to the maximum",
        "unit": "dB",
    },
    "linear": {"n_bins": 129, "y_axis": "linear", "quantity": "Level", "unit": "dB"},
    "log": {"n_bins": 129, "y_axis": "log", "unit": "dB"},
    "cqt_note": {"n_bins": 84, "y_axis": "cqt_note", "quantity": "Level", "unit": "dB"},
    "chroma": {"n_bins": 12, "y_axis": "chroma", "quantity": "Energy"},
    "none": {"n_bins": 20, "y_label": "Mel-frequency cepstral coefficient"},
}
# Seconds, and when the recording starts.
CLIP, HOURS, LATE = (14.86, 0.0), (7200.0, 0.0), (60.0, 86_000.0)


def make_patches(
    kind: str = "mel", recording: tuple[float, float] = CLIP, **carving: Any
) -> Patches:
    seconds, start = recording
    meaning = dict(KINDS[kind])
    shape = meaning.pop("n_bins"), int(seconds * 22050 / 512)
    # Noise that is a view of one row: two hours of it take no time to make.
    values = np.broadcast_to(np.random.default_rng(0).uniform(-80, 0, shape[1]), shape)
    spec = Spectrogram(values.astype(np.float32), name="a clip.ogg", start=start, **meaning)
    return spec.patches(**(carving or {"duration": 5.0, "hop_duration": 0.1}))


def texts(figure: Figure) -> list[Text]:
    """Every text that is drawn in a figure."""
    found: list[Text] = [*figure.texts]
    for ax in figure.axes:
        found += [ax.title, ax._left_title, ax._right_title]
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            slack = 1e-9 * (high - low)
            found += [axis.label, axis.get_offset_text()]
            for tick in axis.get_major_ticks():
                if low - slack <= tick.get_loc() <= high + slack:
                    found += [tick.label1, tick.label2]
    return [text for text in found if text.get_visible() and text.get_text().strip()]


def what_is_wrong(figure: Figure) -> list[str]:
    """What overlaps in a figure, or is cut at its edge."""
    if engine := figure.get_layout_engine():
        engine.execute(figure)  # savefig draws twice too: constrained layouts settle
    figure.draw_without_rendering()
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(figure)]
    wrong = [
        f"{text!r} overlaps {other!r}"
        for (text, box), (other, other_box) in itertools.combinations(boxes, 2)
        if box.padded(-0.5).overlaps(other_box.padded(-0.5))
    ]
    for text, box in boxes:
        if box.x0 < -1 or box.y0 < -1 or box.x1 > figure.bbox.x1 + 1 or box.y1 > figure.bbox.y1 + 1:
            wrong.append(f"{text!r} is cut")
        wrong += [
            f"{text!r} is over axes" for ax in figure.axes if box.padded(-1).overlaps(ax.bbox)
        ]
    for ax, other_ax in itertools.combinations(figure.axes, 2):
        if ax.bbox.padded(-1).overlaps(other_ax.bbox):
            wrong.append("axes overlap")
    return wrong


def draw(patches: Patches, n: int, **style: Any) -> Mosaic:
    with matplotlib.rc_context(style):
        return plot_mosaic(patches, n)


def root(mosaic: Mosaic) -> Figure:
    figure = mosaic.figure.get_figure(root=True)
    assert figure is not None
    return figure


def assert_good(mosaic: Mosaic, *, least: float = 0.3) -> None:
    figure = root(mosaic)
    assert what_is_wrong(figure) == []
    sizes = [(ax.bbox.width / figure.dpi, ax.bbox.height / figure.dpi) for ax in mosaic.panels]
    assert min(min(size) for size in sizes) > least  # inches
    assert np.ptp(sizes, axis=0).max() < 0.02  # all alike
    assert mosaic.overview.bbox.height / figure.dpi > least


def test_the_check_finds_what_is_wrong() -> None:
    figure = Figure(figsize=(3, 2))
    first, second = figure.subplots(1, 2)
    first.set_title("a title that is much too long", loc="left")
    second.set_title("another title that is cut", loc="left")
    wrong = what_is_wrong(figure)
    assert "'a title that is much too long' overlaps 'another title that is cut'" in wrong
    assert "'another title that is cut' is cut" in wrong
    first.text(0.5, 0.5, "inside")
    figure.text(0.2, 0.5, "over")
    assert "'over' is over axes" in what_is_wrong(figure)


# -- nothing overlaps, nothing is cut ----------------------------------------------------------


GROWS = pytest.mark.filterwarnings("ignore:plot_mosaic. the figure becomes much higher")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "width", "size", "kind", "recording"),
    [
        (3, 3.5, 12, "chroma", HOURS),
        pytest.param(2, 4.6, 14, "cqt_note", LATE, marks=pytest.mark.slow),
        pytest.param(1, 3.5, 10, "mel", CLIP, marks=pytest.mark.slow),
        pytest.param(3, 6.4, 10, "none", CLIP, marks=pytest.mark.slow),
        pytest.param(4, 10, 14, "log", HOURS, marks=pytest.mark.slow),
        pytest.param(6, 3.5, 8, "linear", LATE, marks=pytest.mark.slow),
    ],
)
@GROWS
def test_nothing_overlaps(
    n: int, width: float, size: float, kind: str, recording: tuple[float, float]
) -> None:
    style = {"figure.figsize": (width, 0.75 * width), "font.size": size}
    assert_good(draw(make_patches(kind, recording), n, **style))


WIDTHS = (3.5, 4.4, 5, 6.4, 8, 10, 14)


@pytest.mark.parametrize(
    ("n", "width"),
    [
        # One width of every n that is usual, and of the most; all of them take four minutes.
        pytest.param(
            n,
            width,
            marks=pytest.mark.slow
            if (n <= 11 or n == 24) and (n + turn) % 7 == 0
            else pytest.mark.soak,
        )
        for n in range(1, 25)
        for turn, width in enumerate(WIDTHS)
    ],
)
@GROWS
def test_nothing_overlaps_at_any_n(n: int, width: float) -> None:
    # Every pair of a kind, a recording and a size comes up at some n or width.
    turn = n + round(width * 10)
    kind = list(KINDS)[turn % len(KINDS)]
    recording = (CLIP, HOURS, LATE, (600.0, 0.0))[(turn // 2) % 4]
    size = (6, 8, 10, 12, 14)[(turn // 3) % 5]
    style = {"figure.figsize": (width, (0.5, 0.75, 1.2)[n % 3] * width), "font.size": size}
    assert_good(draw(make_patches(kind, recording), n, **style))


@GROWS
@pytest.mark.slow
def test_a_style_for_posters() -> None:
    with plt.style.context("seaborn-v0_8-poster"):
        assert_good(plot_mosaic(make_patches(), 3))


@pytest.mark.parametrize("width", [3.5, pytest.param(10, marks=pytest.mark.slow)])
def test_long_names_and_titles(width: float) -> None:
    patches = make_patches()
    spec = patches.spectrogram
    long = Spectrogram(spec.values, y_axis="mel", name="2024-05-17_a_long_name_" * 9 + ".wav")
    mosaic = draw(long.patches(duration=5.0), 1, **{"figure.figsize": (width, 4)})
    assert_good(mosaic)
    assert mosaic.overview.get_title(loc="left").endswith(".wav")
    assert plot_mosaic(patches, 1, title="mine").overview.get_title(loc="left") == "mine"


# -- what it shows -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def example() -> Mosaic:
    patches = patchviz.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    return plot_mosaic(patches, 5, ax=Figure(figsize=(8, 6)))


@pytest.fixture(scope="module")
def drawn() -> dict[int, Mosaic]:
    """Of five and of six patches, laid out; the larger one is good."""
    mosaics = {n: draw(make_patches(), n, **{"figure.figsize": (8, 6)}) for n in (5, 6)}
    root(mosaics[5]).draw_without_rendering()
    assert_good(mosaics[6])
    return mosaics


def test_the_overview_shows_the_recording(example: Mosaic) -> None:
    assert example.overview.get_title(loc="left") == "Sonnet 1"
    assert example.overview.collections[0].get_array().shape == (128, 640)
    assert example.overview.get_xlim() == pytest.approx((0, 640 * 512 / 22050))


def test_the_panels_show_patches_at_their_time(example: Mosaic) -> None:
    patches = patchviz.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    assert len(example.panels) == 5
    for index, panel in enumerate(example.panels):
        (mesh,) = panel.collections
        np.testing.assert_array_equal(mesh.get_array(), patches[index])
        assert panel.get_xlim() == pytest.approx(patches.time(index))
        assert panel.get_ylim() == example.overview.get_ylim()
        edges = mesh.get_coordinates()[0, :, 0]
        assert edges[[0, -1]] == pytest.approx(patches.time(index))
    titles = [panel.get_title(loc="left").replace("\n", " · ") for panel in example.panels]
    assert titles[:3] == [
        "patch 0 · 0.00-4.99 s", "patch 1 · 0.09-5.09 s", "patch 2 · 0.19-5.18 s",
    ]  # fmt: skip


def test_one_colour_scale_and_one_colour_bar(example: Mosaic) -> None:
    meshes = [ax.collections[0] for ax in (example.overview, *example.panels)]
    assert len({id(mesh.norm) for mesh in meshes}) == 1
    assert len({mesh.get_cmap().name for mesh in meshes}) == 1
    assert meshes[0].get_clim() == (-80.0, 0.0)
    assert example.colorbar.mappable.norm is meshes[0].norm
    assert example.colorbar.ax.get_ylabel().endswith("(dB)")
    assert len(root(example).axes) == 1 + 5 + 1
    meshes[2].set_clim(-60, -10)
    assert meshes[0].get_clim() == (-60, -10)
    meshes[2].set_clim(-80, 0)


def test_titles_wear_the_colours_of_their_brackets(example: Mosaic) -> None:
    lines = [line for line in example.overview.lines if line.get_label().startswith("_patch")]
    assert [line.get_color() for line in lines] == list(ON_LIGHT)
    assert [to_hex(panel._left_title.get_color()) for panel in example.panels] == list(ON_LIGHT)
    for line, panel in zip(lines, example.panels, strict=True):
        assert tuple(line.get_xdata()) == pytest.approx(panel.get_xlim())


@pytest.mark.slow
def test_brackets_do_not_overlap_each_other_nor_the_title(drawn: dict[int, Mosaic]) -> None:
    mosaic = drawn[6]
    lines = [line.get_window_extent() for line in mosaic.overview.lines]
    assert len(lines) == 6
    for one, other in itertools.pairwise(lines):
        assert one.y1 < other.y0
    assert lines[-1].y1 < mosaic.overview._left_title.get_window_extent().y0
    assert lines[0].y0 > mosaic.overview.bbox.y1


def test_a_dark_page_has_light_titles() -> None:
    with plt.style.context("dark_background"):
        mosaic = plot_mosaic(make_patches(), 3)
    assert [to_hex(panel._left_title.get_color()) for panel in mosaic.panels] == list(ON_DARK[:3])
    assert [line.get_color() for line in mosaic.overview.lines] == list(ON_DARK[:3])


def test_a_last_row_that_is_not_full_is_left_aligned(drawn: dict[int, Mosaic]) -> None:
    n = 5
    mosaic = drawn[n]
    lefts = [round(panel.bbox.x0) for panel in mosaic.panels]
    n_columns = len(set(lefts))
    assert 1 < n_columns < n
    assert lefts == [lefts[index % n_columns] for index in range(n)]


def test_labels_stand_at_the_rim(drawn: dict[int, Mosaic]) -> None:
    mosaic, above_a_gap = drawn[6], drawn[5]
    left = min(panel.bbox.x0 for panel in mosaic.panels)
    bottom = min(panel.bbox.y0 for panel in mosaic.panels)
    for panel in mosaic.panels:
        assert bool(panel.get_ylabel()) == (panel.bbox.x0 < left + 1)
        assert bool(panel.get_xlabel()) == (panel.bbox.y0 < bottom + 1)
    assert [bool(panel.get_xlabel()) for panel in above_a_gap.panels] == [False, False, *[True] * 3]
    assert mosaic.overview.get_xlabel() == ""
    assert mosaic.overview.get_ylabel() == "Frequency (Hz)"


def test_fewer_patches_than_asked_for() -> None:
    mosaic = plot_mosaic(make_patches(duration=12.0), 3)
    assert len(mosaic.panels) == 1
    assert repr(mosaic) == "Mosaic of an overview and 1 patch"


def test_narrow_figures_have_the_colour_bar_below() -> None:
    for width, orientation in ((3.5, "horizontal"), (6.4, "vertical")):
        mosaic = draw(make_patches(), 3, **{"figure.figsize": (width, 5)})
        assert mosaic.colorbar.orientation == orientation


def test_options_of_the_meshes() -> None:
    mosaic = plot_mosaic(
        make_patches(), 2, ax=Figure(), cmap="gray", clim=(-60, 0), reduce="median",
        mesh_kws={"alpha": 0.5},
    )  # fmt: skip
    for ax in (mosaic.overview, *mosaic.panels):
        mesh = ax.collections[0]
        assert (mesh.get_cmap().name, mesh.get_clim(), mesh.get_alpha()) == ("gray", (-60, 0), 0.5)
        assert mesh.reduce == "median"


# -- where it is drawn -------------------------------------------------------------------------


def test_a_new_figure_is_as_wide_as_the_style_says() -> None:
    mosaic = draw(make_patches(), 2, **{"figure.figsize": (5, 4)})
    assert plt.gcf() is mosaic.figure
    assert mosaic.figure.get_size_inches().tolist() == [5, 4]
    with pytest.warns(
        UserWarning,
        match=r"says, 5 x 13\.\d in and not 5 x 4 \(figure\.figsize\), to show 12 patches",
    ):
        mosaic = draw(make_patches(), 12, **{"figure.figsize": (5, 4)})
    width, height = mosaic.figure.get_size_inches()
    assert width == 5
    assert height > 4


def test_a_new_figure_is_wide_where_no_style_says_otherwise() -> None:
    patches = make_patches()
    with plt.rc_context({"figure.figsize": plt.rcParamsDefault["figure.figsize"]}):
        assert plot_mosaic(patches).figure.get_size_inches().tolist() == [10.0, 4.8]
        overview = plot_spectrogram(patches).get_figure(root=True)
        assert overview is not None
        assert overview.get_size_inches().tolist() == [10.0, 3.6]


def test_by_default_patches_that_differ_are_drawn() -> None:
    patches = make_patches()
    n = len(patches)

    def shown(patches: Patches) -> list[int]:
        titles = [panel.get_title(loc="left") for panel in plot_mosaic(patches).panels]
        return [int(title.split()[1]) for title in titles]

    assert shown(patches) == [n // 6, n // 2, 5 * n // 6]
    assert shown(patches[:1]) == [0]
    assert shown(patches[:2]) == [0, 1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("form", "n"),
    [
        ("axes of subplot_mosaic", 2),
        *(
            pytest.param(form, n, marks=pytest.mark.slow)
            for form, n in (("figure", 1), ("subfigure", 2), ("axes", 1))
        ),
    ],
)
def test_forms(form: str, n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)  # importing it fails
    figure = Figure(figsize=(10, 8))
    neighbours: list[Axes] = []
    place: Any = figure
    if form == "subfigure":
        place, other = figure.subfigures(1, 2)
        neighbours = [other.subplots()]
    elif form == "axes":
        place, other = figure.subplots(2, 1)
        neighbours = [other]
    elif form == "axes of subplot_mosaic":
        figure.set_layout_engine("constrained")
        grid = figure.subplot_mosaic("AAB;AAC")
        place, neighbours = grid["A"], [grid["B"], grid["C"]]
    for ax in neighbours:
        ax.plot([1, 2, 3])
        ax.set(xlabel="x", ylabel="y", title="a neighbour")
    mosaic = plot_mosaic(make_patches(), n, ax=place)
    assert len(figure.axes) == len(neighbours) + 1 + n + 1
    assert_good(mosaic)
    assert figure.get_size_inches().tolist() == [10, 8]
    assert figure.get_layout_engine() is not None
    if form == "subfigure":
        assert mosaic.figure is place


@pytest.mark.slow
def test_a_layout_of_ones_own_is_kept() -> None:
    figure = Figure(figsize=(9, 7), layout="compressed")
    engine = figure.get_layout_engine()
    assert_good(plot_mosaic(make_patches(), 1, ax=figure))
    assert figure.get_layout_engine() is engine


# -- what bad input gets -----------------------------------------------------------------------


COUNT = "It must be a whole number of patches, at least 1 and at most 24"


@pytest.mark.parametrize(
    ("n", "error", "message"),
    [
        (0, InvalidValueError, f"n=0 patches is not allowed. {COUNT}."),
        (25, InvalidValueError, f"n=25 patches is not allowed. {COUNT}."),
        (2.5, InvalidValueError, f"n=2.5 is not a whole number. {COUNT}."),
        (3.0, InvalidTypeError, f"n=3.0 is of type float. {COUNT}: n=3."),
        ("3", InvalidTypeError, f"n='3' is of type str. {COUNT}."),
        (np.array(0), InvalidValueError, f"n=0 patches is not allowed. {COUNT}."),
        (
            np.zeros((2, 2), int),
            InvalidTypeError,
            "n=array([0, 0]) is of type ndarray. It must be a whole number.",
        ),
    ],
)
def test_how_many_patches(n: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        plot_mosaic(make_patches(), n)
    assert str(caught.value) == message
    assert plt.get_fignums() == []


def test_places_that_are_none() -> None:
    with pytest.raises(InvalidTypeError) as wrong:
        plot_mosaic(make_patches(), ax="here")  # type: ignore[arg-type]
    assert str(wrong.value) == (
        "ax is of type str. It must be a matplotlib Axes, Figure or SubFigure, or None for a new "
        "figure."
    )
    with pytest.raises(InvalidValueError) as loose:
        plot_mosaic(make_patches(), ax=Figure().add_axes((0, 0, 1, 1)))
    assert str(loose.value) == (
        "ax has no place in a grid that a mosaic's axes could share. Give an axes made by subplots "
        "or subplot_mosaic, or a figure."
    )
    removed = Figure().subplots()
    removed.remove()
    with pytest.raises(InvalidValueError) as gone:
        plot_mosaic(make_patches(), ax=removed)
    assert str(gone.value) == "ax has been removed from its figure. Give one that is drawn."
    with pytest.raises(InvalidTypeError, match=r"^patches is of type Spectrogram\. It must be"):
        plot_mosaic(make_patches().spectrogram)  # type: ignore[arg-type]


@pytest.mark.slow
def test_figures_that_are_too_small() -> None:
    with pytest.raises(InvalidValueError) as low:
        plot_mosaic(make_patches(), 3, ax=Figure(figsize=(3.5, 2)))
    message = str(low.value)
    assert message.startswith("n=3 patches do not fit into 3.5 x 2.0 in. Make it ")
    height = float(message.split()[-8])
    assert message.endswith(f"Make it {height} in high, or choose a smaller n.")
    assert_good(plot_mosaic(make_patches(), 3, ax=Figure(figsize=(3.5, height))))
    with pytest.raises(InvalidValueError) as narrow:
        plot_mosaic(make_patches(), 1, ax=Figure(figsize=(0.5, 9)))
    assert str(narrow.value).startswith("n=1 patches do not fit into 0.5 x 9.0 in. A mosaic needs")


@pytest.mark.parametrize("layout", [None, "tight"])
def test_layouts_that_do_not_fit(layout: Any) -> None:
    figure = Figure(figsize=(12, 5), layout=layout)
    one, other = figure.subplots(1, 2)
    patchviz.plot_spectrogram(make_patches(), ax=one, colorbar=True)
    with pytest.raises(InvalidValueError, match='Make the figure with layout="constrained"'):
        plot_mosaic(make_patches(), 2, ax=other)
    assert other in figure.axes


def test_times_have_the_decimals_that_the_hop_asks_for() -> None:
    spec = Spectrogram(np.zeros((8, 4000)), sr=192000, hop_length=48)
    mosaic = plot_mosaic(spec.patches(duration=0.01, hop_duration=0.001), 3)
    titles = [panel.get_title(loc="left").replace("\n", " · ") for panel in mosaic.panels]
    assert titles[1] == "patch 1 · 0.001-0.011 s"
