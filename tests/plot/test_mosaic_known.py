"""What a mosaic says of its patches: which, what is known, in which order, what is padding."""

from __future__ import annotations

import itertools
import re
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure

from patchviz.core.captions import Known, known_text
from patchviz.core.choice import Choice
from patchviz.core.patches import Patches
from patchviz.core.spectrogram import Spectrogram
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.jupyter.sheet import sheet
from patchviz.plot.classes import ON_LIGHT
from patchviz.plot.known import are_named, fitting_known
from patchviz.plot.lanes import Lanes
from patchviz.plot.mosaic import plot_mosaic
from patchviz.plot.overview import plot_spectrogram
from patchviz.plot.padding import Padding
from patchviz.plot.text import text_width
from patchviz.plot.view import PatchView
from patchviz.web.making import player

from ..seldom import seldom


def known_patches(n_frames: int = 100, **carving: Any) -> Patches:
    labels = [(0.0, 2.0, "robin"), (5.0, 6.0, "wren")]
    spec = Spectrogram(np.random.default_rng(0).normal(size=(8, n_frames)), sr=1000, hop_length=100)
    patches = spec.with_labels(labels).patches(duration=1.5, hop_duration=0.5, **carving)
    scores = np.random.default_rng(1).uniform(size=(len(patches), 2))
    scores[4] = np.nan
    return patches.with_scores(scores, classes=["robin", "wren"])


def test_patches_are_drawn_by_number_and_their_titles_say_what_is_known() -> None:
    patches = known_patches()
    mosaic = plot_mosaic(patches, [9, 2, 4], ax=Figure((9, 5)))
    assert mosaic.overview is not None
    scores = patches.scores
    assert scores is not None
    name = ["robin", "wren"][int(scores[9].argmax())]
    assert [panel.get_title(loc="left") for panel in mosaic.panels] == [
        f"patch 9 · 4.50-6.00 s\nlabel wren\n{name}: {scores[9].max():.2f}",
        f"patch 2 · 1.00-2.50 s\nlabel robin\n{known_text(patches, 2).split(' · ')[1]}",
        "patch 4 · 2.00-3.50 s\n\n",
    ]
    assert known_text(patches, 2).count(": ") == 2, "a confusion: labels have a line of their own"
    right = plot_mosaic(patches, [9, 4], ax=Figure((9, 5)))
    assert [panel.get_title(loc="left") for panel in right.panels] == [
        f"patch 9 · 4.50-6.00 s\nlabel wren · {name}: {scores[9].max():.2f}",
        "patch 4 · 2.00-3.50 s\n",
    ]
    for panel, index in zip(mosaic.panels, (9, 2, 4), strict=True):
        assert panel.get_xlim() == pytest.approx(patches.time(index))
    bare = plot_mosaic(patches, [9], ax=Figure((9, 5)), labels=False, scores=False)
    assert bare.panels[0].get_title(loc="left") == "patch 9 · 4.50-6.00 s"


def test_panels_are_sorted_and_framed_by_a_class() -> None:
    patches = known_patches()
    listed = plot_mosaic(patches, [4, 0, 5], of="wren", overview=False, ax=Figure((9, 5)))
    kept = [panel.get_title(loc="left").split()[1] for panel in listed.panels]
    assert kept == ["4", "0", "5"], "whoever lists patches has an order in mind"
    mosaic = plot_mosaic(patches, 6, of="wren", overview=False, ax=Figure((9, 5)))
    assert mosaic.overview is None
    assert repr(mosaic) == "Mosaic of 6 patches"
    scores = patches.scores
    assert scores is not None
    by_score = sorted((0, 1, 2, 3, 5), key=lambda k: -scores[k, 1])
    found = [panel.get_title(loc="left").split()[1] for panel in mosaic.panels]
    assert found == [str(k) for k in (*by_score, 4)]  # what is not scored comes last
    for panel in mosaic.panels:
        assert {spine.get_edgecolor() for spine in panel.spines.values()} == {to_rgba(ON_LIGHT[1])}
    said = mosaic.panels[0].get_title(loc="left").split("\n")[-1]
    assert said.startswith(f"wren: {scores[by_score[0], 1]:.2f}")


@pytest.mark.slow
@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_where_colours_are_those_of_classes_brackets_have_numbers(style: str) -> None:
    patches = known_patches()
    with plt.style.context(style):
        mosaics = [
            plot_mosaic(patches, [7, 0, 3], of="robin"),
            plot_mosaic(patches, [7, 0, 3], scores=False),
            plot_mosaic(patches, [7, 0, 3], scores=False, labels=False, mark={"train": [0]}),
        ]
        plain = plot_mosaic(patches, [7, 0, 3], scores=False, labels=False)
        ink = to_hex(plt.rcParams["text.color"])
    for mosaic in mosaics:
        assert mosaic.overview is not None
        titles = [panel._left_title.get_color() for panel in mosaic.panels]  # type: ignore[attr-defined]
        brackets = [line.get_color() for line in mosaic.overview.lines]
        assert {to_hex(color) for color in titles + brackets} == {ink}
        mosaic.figure.draw_without_rendering()
        numbers = {text.get_text(): text for text in mosaic.overview.texts if text.get_text()}
        assert {"7", "0", "3"} <= {*numbers}
        title = mosaic.overview._left_title.get_window_extent()  # type: ignore[attr-defined]
        for line, number in zip(mosaic.overview.lines, ("7", "0", "3"), strict=True):
            box, bracket = numbers[number].get_window_extent(), line.get_window_extent()
            assert bracket.x0 < (box.x0 + box.x1) / 2 < bracket.x1
            assert box.y0 > bracket.y0
            assert not title.overlaps(box)
    assert plain.overview is not None
    colors = [line.get_color() for line in plain.overview.lines]
    assert [to_hex(panel._left_title.get_color()) for panel in plain.panels] == colors  # type: ignore[attr-defined]
    assert len(set(colors)) == 3
    assert not {text.get_text() for text in plain.overview.texts} & {"7", "0", "3"}
    plt.close("all")


@pytest.mark.slow
def test_numbers_of_brackets_leave_room_for_one_another() -> None:
    labels = [(0.0, 2.0, "robin")]
    spec = Spectrogram(np.zeros((8, 40_000)), sr=1000, hop_length=100).with_labels(labels)
    patches = spec.patches(duration=1.5, hop_duration=0.5)
    near = list(range(1000, 1012))
    for numbers, are_numbered in (([4000, 1000, 1001, 1002, 7000], True), (near, False)):
        mosaic = plot_mosaic(patches, numbers)
        assert mosaic.overview is not None
        mosaic.figure.draw_without_rendering()
        boxes = [text.get_window_extent() for text in mosaic.overview.texts
                 if text.get_text() in map(str, numbers)]  # fmt: skip
        assert len(boxes) == len(numbers) * are_numbered
        assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    plt.close("all")


def test_a_mask_chooses_patches_in_every_view() -> None:
    patches = known_patches()
    wrong = patches.targets()[:, 1] & (np.arange(len(patches)) % 2 == 0)
    numbers = np.flatnonzero(wrong).tolist()
    assert len(numbers) == 2
    mosaic = plot_mosaic(patches, wrong, ax=Figure((9, 5)))
    shown = [panel.get_title(loc="left").split(" · ")[0] for panel in mosaic.panels]
    assert shown == [f"patch {k}" for k in numbers]
    assert len(plot_spectrogram(patches, ax=Figure().add_subplot(), mark=wrong).lines) == 2
    assert player(patches, stops=wrong).state["known"]["stops"] == numbers
    assert sheet(patches, wrong.tolist())._content.state["tiles"] == numbers
    allowed = rf"is a mask of 3 patches\. It must be one of all {len(patches)}"
    for draw in (plot_mosaic, sheet):
        with pytest.raises(InvalidValueError, match=allowed):
            draw(patches, wrong[:3])


def test_a_title_tells_a_label_from_a_score() -> None:
    patches = known_patches()
    scores = patches.scores
    assert scores is not None
    robin, wren = (f"{name}: {scores[0, k]:.2f}" for k, name in enumerate(("robin", "wren")))
    assert known_text(patches, 0, of="wren") == f"label robin · {wren}, {robin}"
    assert known_text(patches, 0, scores=False) == "robin"
    truth = patches.targets() & (np.arange(len(patches)) != 0)[:, np.newaxis]
    mosaic = plot_mosaic(patches, [0, 1], of="wren", truth=truth, ax=Figure((12, 5)))
    said = [panel.get_title(loc="left").partition("\n")[2] for panel in mosaic.panels]
    texts = [known_text(patches, k, of="wren", truth=truth) for k in (0, 1)]
    assert said == [text.replace(" · ", "\n") for text in texts]
    assert texts[0] == f"truth none · {wren}"
    unnamed = patches.spectrogram.patches(duration=1.5, hop_duration=0.5)
    unnamed = unnamed.with_scores(np.ones(len(unnamed)), classes=[""])
    assert known_text(unnamed, 0) == "label robin · (no name): 1.00"
    whole = Known(("a",), (("b", "0.50"),), is_scored=True)
    forms = ["label a · b: 0.50", "a · b: 0.50", "… · b: 0.50", "b: 0.50", "0.50"]
    widths = [text_width(form, 10) for form in forms]
    assert [
        fitting_known(whole, width, 10, named=are_named([whole], width, 10)) for width in widths
    ] == [
        forms[0], forms[1], forms[1], *forms[3:],
    ]  # fmt: skip


@pytest.mark.slow
def test_a_new_figure_grows_until_patches_can_be_read() -> None:
    mosaic = plot_mosaic(known_patches(), 10)
    mosaic.figure.draw_without_rendering()
    for panel in mosaic.panels:
        assert panel.bbox.height / mosaic.figure.dpi >= 1.1
    plt.close("all")


def test_groups_have_lanes_under_the_overview() -> None:
    mark = {"train": [0, 1], "test": [9]}
    mosaic = plot_mosaic(known_patches(), 2, mark=mark, ax=Figure((9, 6)))
    assert mosaic.overview is not None
    (lanes,) = (artist for artist in mosaic.overview.artists if isinstance(artist, Lanes))
    assert [lane.name for lane in lanes.lanes][:3] == ["labels", "train", "test"]
    np.testing.assert_allclose(lanes.lanes[1].times, [[0.0, 2.0]])


def test_padding_is_hatched_wherever_it_is_shown() -> None:
    patches = known_patches(97, tail="pad")
    last = len(patches) - 1
    assert patches.n_padded == 3
    mosaic = plot_mosaic(patches, [last, 0], ax=Figure((9, 5)))
    view = PatchView(patches, ax=Figure().add_subplot())

    def hatched(ax: Axes) -> list[tuple[float, float]]:
        found = [artist for artist in ax.artists + ax.patches if isinstance(artist, Padding)]
        return [(p.get_x(), p.get_x() + p.get_width()) for p in found if p.get_visible()]

    assert mosaic.overview is not None
    (span,) = hatched(mosaic.overview)
    assert span == pytest.approx((9.7, 10.0))
    (span,) = hatched(mosaic.panels[0])
    assert span == pytest.approx((9.7, 10.0))
    assert hatched(mosaic.panels[1]) == hatched(view.ax) == []
    view.index = last
    (span,) = hatched(view.ax)
    assert span == pytest.approx((1.2, 1.5))
    batch = Patches.from_batch(np.zeros((3, 4, 10)), lengths=[10, 4, 0])
    view = PatchView(batch, ax=Figure().add_subplot(), index=1)
    ax = plot_spectrogram(batch[[1, 2]], ax=Figure().add_subplot())
    (items,) = (artist for artist in ax.get_children() if artist.get_label() == "_padding")
    frames = items.get_path().vertices[:, 0].reshape(-1, 5) / batch.spectrogram.frame_duration
    np.testing.assert_allclose(frames[:, [0, 1]], [[14, 20], [20, 30]])  # the first has none
    (span,) = hatched(view.ax)
    assert (span[1] - span[0]) / batch.duration == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": [99]}, "99"),
        ({"n": []}, r"^n chooses 0 patches.*choose\(12\)"),
        ({"n": [1] * 25}, r"^n chooses 25 patches.*sheet"),
        ({"of": "wrem"}, r"'wrem' is none of the 2 classes that are scored.*'wren'\?"),
        (
            {"title": "a", "overview": False},
            r"title='a' is an overview's, and .* none\. .*suptitle",
        ),
        (
            {"mark": {"train": [1]}, "overview": False},
            r"^mark is about .*, and there is none\. Leave it or overview out\.$",
        ),
        ({"classes": ["robin"], "overview": False}, r"^classes is about .*, and there is none\."),
        ({"threshold": 0.5, "overview": False}, r"^threshold is about .*, and there is none\."),
    ],
)
def test_what_a_mosaic_cannot_show(options: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, IndexError), match=message):
        plot_mosaic(known_patches(), **options)


def test_a_class_that_cannot_be_sorted_by_is_named_by_its_own_argument() -> None:
    patches = known_patches()
    with pytest.raises(InvalidValueError, match=r"^of='wrem': 'wrem' is none .* mean 'wren'\?$"):
        plot_mosaic(patches, of="wrem")
    with pytest.raises(InvalidValueError, match=r"^of='robin' needs scores\. Give scores: patches"):
        plot_mosaic(patches.spectrogram.patches(frame_length=4), of="robin")
    with pytest.raises(InvalidValueError, match=r"^0 classes are asked for\."):
        plot_mosaic(patches, classes=[])


def test_padding_begins_where_the_sound_ends_and_its_label() -> None:
    """The last column is drawn as long as others; what of it is behind the sound looks padded."""
    y = np.random.default_rng(0).normal(size=4300)
    spec = Spectrogram.from_audio(y, sr=8000, hop_length=512, n_fft=1024, kind="stft")
    spec = spec.with_labels([(0.0, 4300 / 8000, "all")])
    patches = spec.patches(frame_length=16, tail="pad")
    assert spec.end > 4300 / 8000
    mosaic = plot_mosaic(patches, cmap="gray", labels=False, ax=Figure((9, 5)))
    view = PatchView(patches, ax=Figure().add_subplot())
    assert mosaic.overview is not None
    for ax in (mosaic.overview, mosaic.panels[0], view.ax):
        (padding,) = (p for p in ax.get_children() if isinstance(p, Padding))
        assert padding.get_x() == pytest.approx(4300 / 8000)
        assert padding.get_x() + padding.get_width() == pytest.approx(patches.spectrogram.end)
    FigureCanvasAgg(mosaic.figure).draw()
    pixels = np.asarray(mosaic.figure.canvas.buffer_rgba())[::-1, :, 0].astype(int)
    ax = mosaic.panels[0]
    (x0, y0), (x1, y1) = ax.transData.transform([(4300 / 8000, 0), (spec.end, 4000)])
    behind = pixels[int(y0) + 3 : int(y1) - 3, int(x0) + 2 : int(x1) - 1]
    assert behind.max() <= 136  # black, and grey lines; sound is lighter
    assert pixels[int(y0) + 3 : int(y1) - 3, int(x0) - 3].max() > 150


@pytest.mark.parametrize("cmap", ["gray_r", "gray", "magma"])
def test_padding_is_seen_on_light_and_on_dark_ground(cmap: str) -> None:
    """And it looks alike where a format knows no transparent hatches."""
    patches = known_patches(97, tail="pad")
    view = PatchView(patches, index=len(patches) - 1, ax=Figure((4, 3)).add_subplot(), cmap=cmap)
    figure = view.ax.figure
    svg = BytesIO()
    figure.savefig(svg, format="svg")
    (pattern,) = re.findall(r"<pattern.*?</pattern>", svg.getvalue().decode(), re.DOTALL)
    assert "stroke: #808080" in pattern
    assert "opacity" not in pattern
    FigureCanvasAgg(figure).draw()
    x0, y0 = view.ax.transData.transform((1.25, 0))
    x1, y1 = view.ax.transAxes.transform((1, 1))
    pixels = np.asarray(figure.canvas.buffer_rgba())[::-1][
        int(y0) + 3 : int(y1) - 3, int(x0) : int(x1) - 3, :3
    ]
    ground = pixels.reshape(-1, 3)[np.argmax(np.abs(pixels.reshape(-1, 3) - 128.0).sum(axis=1))]
    is_hatch = (np.abs(pixels - 128.0).max(axis=2) < 16).mean()
    assert 0.02 < is_hatch < 0.5
    assert np.abs(ground - 128.0).max() > 64


def test_padding_of_many_items_hides_none_of_them() -> None:
    """Hatching would be nothing but dashes across items that are as thin."""
    values = np.random.default_rng(0).uniform(1, 2, (100, 4, 10))
    figure = Figure((6, 3), dpi=72)
    ax = figure.add_subplot()
    plot_spectrogram(Patches.from_batch(values, lengths=[5] * 100), ax=ax)
    (padding,) = (artist for artist in ax.get_children() if artist.get_label() == "_padding")
    FigureCanvasAgg(figure).draw()
    assert not padding.get_hatch()
    assert padding.get_path().vertices[:, 1].max() < 0.1
    ax.set_xlim(0, ax.get_xlim()[1] / 25)  # four of them
    figure.canvas.draw()
    assert padding.get_hatch()
    assert padding.get_path().vertices[:, 1].max() == 1.0


def test_the_axis_of_items_has_its_name() -> None:
    batch = Patches.from_batch(np.zeros((3, 4, 10)), labels=["0", "1", "robin"])
    mosaic = plot_mosaic(batch, 3)
    assert mosaic.overview is not None
    assert mosaic.overview.get_xlabel() == "Item"
    assert [panel.get_xlabel() for panel in mosaic.panels] == ["Frame"] * 3
    said = [panel.get_title(loc="left").split("\n")[-1] for panel in mosaic.panels]
    assert said == ["label 0", "label 1", "label robin"]  # nobody knows what a bare 0 is


@pytest.mark.parametrize("options", [{"overview": False}, {}])
def test_no_title_is_no_title(options: dict[str, Any]) -> None:
    mosaic = plot_mosaic(known_patches(), 2, title="", **options)
    titles = [ax.get_title(loc="left") for ax in filter(None, [mosaic.overview])]
    assert not any(titles)
    assert mosaic.panels[0].get_title(loc="left").startswith("patch 0")


@pytest.mark.slow
def test_a_mosaic_is_saved_as_its_figure_is(tmp_path: Path) -> None:
    mosaic = plot_mosaic(known_patches(), 2)
    file = mosaic.save(tmp_path / "figure.png", dpi=50)
    assert file == tmp_path / "figure.png"
    expected = mosaic.figure.get_size_inches() * 50
    assert plt.imread(file).shape[1::-1] == tuple(expected.astype(int))
    assert mosaic.save(str(tmp_path / "vector.PDF")).read_bytes().startswith(b"%PDF")
    assert mosaic.save(tmp_path / "vector", format="svg").read_bytes().startswith(b"<?xml")
    part = Figure((8, 8)).subfigures(2)[0]
    assert plot_mosaic(known_patches(), 2, ax=part).save(tmp_path / "part.png").exists()


@pytest.mark.slow
def test_a_mosaic_is_saved_whole_or_not_at_all(tmp_path: Path) -> None:
    mosaic = plot_mosaic(known_patches(), 2)
    message = (
        r"^path='a\.xyz' ends in '\.xyz'\. It must be a name that ends in .*'\.pdf'.*'\.png'.*"
        r'Or say which it is: format="png"\.$'
    )
    with pytest.raises(InvalidValueError, match=message):
        mosaic.save(tmp_path / "a.xyz")
    with pytest.raises(InvalidValueError, match=r"^path='a' has no ending\."):
        mosaic.save(tmp_path / "a")
    with pytest.raises(InvalidValueError, match="is a folder"):
        mosaic.save(tmp_path)
    refused = (
        r"^matplotlib's savefig refuses an option: .*'dpii'\. It must be one of "
        r"matplotlib\.figure\.Figure\.savefig, such as dpi=300\.$"
    )
    with pytest.raises(InvalidTypeError, match=refused):
        mosaic.save(tmp_path / "a.png", dpii=300)
    assert not [*tmp_path.iterdir()]
    with pytest.raises(InvalidTypeError, match=r"^path=3 is of type int"):
        mosaic.save(3)  # type: ignore[arg-type]
    (tmp_path / "kept.png").write_bytes(b"kept")
    with pytest.raises(TypeError):
        mosaic.save(tmp_path / "kept.png", nonsense=3)
    assert (tmp_path / "kept.png").read_bytes() == b"kept"
    assert [file.name for file in tmp_path.iterdir()] == ["kept.png"]


LONG = ("American Crow", "Black-throated Green Warbler", "Black-throated Blue Warbler")


@pytest.mark.parametrize("n", [4, *seldom(6)])
@pytest.mark.parametrize(
    ("height", "left_out"),
    [
        (3.4, "lanes of labels and scores and captions of labels and scores"),
        *seldom((4.2, "lanes of labels and scores"), (6.5, None)),
    ],
)
def test_a_journals_column_shows_its_sound(n: int, height: float, left_out: str | None) -> None:
    """Lanes go first, then what is known of each patch; nothing overlaps."""
    labels = [(0.5 + 3 * k, 2.0 + 3 * k, name) for k, name in enumerate(LONG)]
    spec = Spectrogram(np.zeros((8, 100)), sr=1000, hop_length=100, labels=labels)
    patches = spec.patches(duration=1.5, hop_duration=0.5)
    scores = np.random.default_rng(0).uniform(0, 0.4, size=(len(patches), 3))
    patches = patches.with_scores(scores, classes=LONG)
    figure, numbers = Figure((3.4, height)), range(0, 3 * n, 3)
    if left_out is None:
        mosaic = plot_mosaic(patches, numbers, ax=figure)
    else:
        told = f"^plot_mosaic: {left_out} are not drawn: pictures would have no room beside them"
        with pytest.warns(UserWarning, match=told) as said:
            mosaic = plot_mosaic(patches, numbers, ax=figure)
        (more,) = re.findall(r"Make the figure (.*) in higher", str(said[0].message))
        plot_mosaic(patches, numbers, ax=Figure((3.4, height + float(more))))  # and all is there
    mosaic.figure.draw_without_rendering()
    assert mosaic.overview is not None
    for ax in (mosaic.overview, *mosaic.panels):
        assert ax.bbox.height > 0.2 * figure.dpi
    titles = [panel._left_title for panel in mosaic.panels]  # type: ignore[attr-defined]
    boxes = [title.get_window_extent() for title in titles]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    assert all(title.get_fontsize() >= 6 for title in titles)
    has_known = len(titles[0].get_text().split("\n")) > 2
    assert has_known == (left_out is None or "captions" not in left_out)
    # Boxes have colours of classes: what tells brackets apart are numbers.
    assert {text.get_text() for text in mosaic.overview.texts} >= {*map(str, numbers)}


def test_the_lane_of_what_patches_were_chosen_for_is_there() -> None:
    """However low it scores beside others, and however little room there is."""
    spec = Spectrogram.example()
    patches = spec.patches(duration=2.0, hop_duration=0.1)
    scores = np.abs(np.sin(np.arange(len(patches))[:, np.newaxis] / np.arange(5, 17)))
    scores[:, 11] /= 2
    scored = patches.with_scores(scores, classes=[f"c{k}" for k in range(12)])
    chosen = scored.choose(4, by="highest", of="c11")
    mosaic = plot_mosaic(scored, chosen, ax=Figure((3.4, 6.0)))
    assert mosaic.overview is not None
    (lanes,) = (artist for artist in mosaic.overview.artists if isinstance(artist, Lanes))
    assert "c11" in [lane.name for lane in lanes.lanes]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("", (3.4, 2.5)),
        *seldom(("", (7.0, 4.0)), ("pond.wav", (3.4, 2.5)), ("pond.wav", (7.0, 4.0))),
    ],
)
def test_numbers_of_brackets_are_within_the_figure(name: str, size: tuple[float, float]) -> None:
    """Also where no title makes room above them."""
    spec = Spectrogram(np.zeros((8, 100)), sr=1000, hop_length=100, name=name)
    patches = spec.with_labels([(0.0, 3.0, "a")]).patches(duration=1.0, hop_duration=0.5)
    with plt.rc_context({"figure.figsize": size}):
        mosaic = plot_mosaic(patches, [0, 1, 12])
    figure = mosaic.figure
    figure.canvas.draw()
    numbers = [text for text in figure.axes[0].texts if text.get_text() in ("0", "1", "12")]
    assert len(numbers) == 3
    for text in numbers:
        assert text.get_window_extent().y1 <= figure.bbox.y1


def test_a_figure_that_grows_beyond_its_style_says_so() -> None:
    patches = known_patches()
    said = (
        r"^plot_mosaic: the figure becomes much higher than its style says, 3\.4 x \d+\.\d in and "
        r"not 3\.4 x 5 \(figure\.figsize\), to show 12 patches\. Choose fewer, make it wider, or"
    )
    with plt.rc_context({"figure.figsize": (3.4, 5.0)}):
        with pytest.warns(UserWarning, match=said):
            mosaic = plot_mosaic(patches, 12)
        assert mosaic.figure.get_size_inches()[1] > 7.5
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            plot_mosaic(patches, 2)
    with warnings.catch_warnings():  # a usual one is as high as it must be
        warnings.simplefilter("error")
        plot_mosaic(patches, 24)


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, 3])
def test_rows_of_a_table_of_mistakes_are_drawn_for_their_classes(first: int) -> None:
    """Of all patches and of picked ones, each once, in the order of the table."""
    patches = known_patches()[first:]
    table = patches.mistakes()
    assert table["patch"].duplicated().any()
    for rows in (table, table[table["mistake"] == "missed"]):
        once = rows.drop_duplicates("patch")[:12]
        chosen = np.searchsorted(patches.numbers, once["patch"]).tolist()
        mosaic = plot_mosaic(patches, once, ax=Figure((12, 9)))
        for panel, index, row in zip(mosaic.panels, chosen, once.itertuples(), strict=True):
            said = panel.get_title(loc="left").replace("\n", ", ").split(", ")
            assert f"patch {row.patch}" in said[0]
            scores = [part for part in said if ": " in part and "·" not in part]
            assert scores[0] == f"{row.label}: {row.score:.2f}"
            assert known_text(patches, index, of=row.label).endswith(", ".join(scores))


def test_panels_of_mistakes_keep_whether_what_is_wrong_is_labelled() -> None:
    """Side by side, where labels have no room: captions take two lines, and names stay whole."""
    birds = ("Eurasian Blackbird", "European Robin", "Great Tit", "Chiffchaff", "Blackcap")
    labels = [(3.0 * k + 1, 3.0 * k + 2, name) for k in range(5) for name in birds[: k + 1]]
    spec = Spectrogram(np.zeros((8, 150)), sr=1000, hop_length=100, labels=labels)
    patches = spec.patches(duration=3.0)
    scores = patches.targets() * 0.8 + 0.1
    columns = [patches.classes.index(birds[k]) for k in (1, 2, 4, 0)]
    scores[[0, 1, 2, 4], columns] = 0.56, 0.61, 0.7, 0.2
    patches = patches.with_scores(scores, classes=patches.classes)
    wrong = patches.choose(4, by="disagree")
    said = {
        0: "Eurasian Blackbird|European Robin: 0.56", 1: "Great Tit: 0.61|other labels",
        2: "Blackcap: 0.70|other labels", 4: "Eurasian Blackbird +4|Eurasian Blackbird: 0.20",
    }  # fmt: skip
    for width in (8.5, 10):
        mosaic = plot_mosaic(patches, wrong, ax=Figure((width, 5)))
        for panel, index in zip(mosaic.panels, wrong.tolist(), strict=True):
            title = panel.get_title(loc="left").replace("label ", "")
            assert title.replace("\n", "|").endswith(said[index]), (width, title)
        assert mosaic.overview is not None
        (lanes,) = (artist for artist in mosaic.overview.artists if isinstance(artist, Lanes))
        assert "Blackcap" in [lane.name for lane in lanes.lanes]  # the worst


def test_a_figure_of_ones_own_has_a_lane_for_each_class_that_panels_were_chosen_for() -> None:
    """As far as lanes take no more than a third of its height."""
    names = [f"c{k:02}" for k in range(12)]
    spec = Spectrogram(np.zeros((8, 300)), sr=1000, hop_length=100, labels=[(0.0, 9.0, names[0])])
    patches = spec.patches(duration=3.0)
    patches = patches.with_scores(np.eye(len(patches), 12) + 0.01, classes=names)
    chosen = Choice([3, 4, 7, 8, 7], [names[k] for k in (11, 4, 9, 8, 9)])

    def lanes_of(height: float) -> list[str]:
        mosaic = plot_mosaic(patches, chosen, ax=Figure((10, height)))
        assert mosaic.overview is not None
        (lanes,) = (artist for artist in mosaic.overview.artists if isinstance(artist, Lanes))
        assert lanes.height < 72 * height / 3
        return [lane.name for lane in lanes.lanes if lane.name != "labels"]

    assert lanes_of(4.8) == ["c04", "c08", "c09", "c11"]
    assert "c09" in lanes_of(4.2)  # two panels are of it


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:plot_mosaic. lanes of labels and scores are not drawn")
def test_a_low_figure_says_what_is_wrong_rather_than_when() -> None:
    """The axis of a panel says when it sounds, too."""
    labels = [(0.0, 9.0, "robin"), (0.0, 9.0, "owl")]
    spec = Spectrogram(np.zeros((8, 100)), sr=1000, hop_length=100, labels=labels)
    patches = spec.patches(duration=1.5)
    patches = patches.with_scores(np.full(len(patches), 0.9), classes=["Eurasian wren"])
    for height, has_time in ((6.5, True), (4.5, False)):
        mosaic = plot_mosaic(patches, 6, ax=Figure((3.4, height)))
        for panel in mosaic.panels:
            *when, first, second = panel.get_title(loc="left").split("\n")
            assert when[-1].endswith(" s") == has_time
            if first != "label robin, owl":  # which is all, and no wren
                assert re.fullmatch(r"Eura.*: 0\.90", first)
                assert second == "other labels"
