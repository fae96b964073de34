"""Labels, lanes and stops on the page: where they are, to the pixel."""

from __future__ import annotations

import io
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

import patchviz as pv
from patchviz.core.captions import known_text
from patchviz.plot.axis import FrequencyAxis
from patchviz.plot.classes import ON_DARK, ON_LIGHT

from .conftest import make_spectrogram

# Notes what is written on the picture of a patch.
WRITE = """(() => {
    const written = []; const own = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
        if (this.canvas.closest(".patch")) written.push(text);
        own.call(this, text, ...at);
    };
    window.written = written;
})()"""

AXES = {"mel": 128, "linear": 129, "log": 129, "cqt_hz": 84}


def known_patches(y_axis: str = "mel") -> pv.Patches:
    spec = make_spectrogram(y_axis=y_axis, n_bins=AXES[y_axis])
    labels = [
        {"start_time": 3.0, "end_time": 4.0, "label": "a", "low_f": 300.0, "high_f": 2000.0},
        {"start_time": 6.0, "end_time": 12.0, "label": "b <i>"},
    ]
    patches = spec.with_labels(labels).patches(duration=2.0, hop_duration=0.1)
    scores = np.zeros((len(patches), 2))
    scores[30, 0] = scores[70, 1] = 0.9
    scores[55, 0] = 0.499  # below the threshold
    return patches.with_scores(scores, classes=["a", "c"])


def extent(picture: np.ndarray, color: str) -> np.ndarray:
    """Left, top, right and bottom of the pixels of a colour: middles of lines."""
    wanted = 255 * np.array(to_rgb(color))
    near = np.abs(picture[..., :3].astype(int) - wanted).max(axis=-1) < 30
    rows, columns = np.nonzero(near)
    return np.array([columns.min() + 0.5, rows.min() + 0.5, columns.max() + 0.5, rows.max() + 0.5])


@pytest.mark.parametrize("y_axis", list(AXES))
def test_boxes_are_where_their_seconds_and_hertz_are(open_page: Any, y_axis: str) -> None:
    patches = known_patches(y_axis)
    opened = open_page(pv.player(patches, cmap="gray", index=25))
    opened.settle()
    axis, spec = FrequencyAxis.of(patches.spectrogram), patches.spectrogram
    low, high = axis.fractions(np.array([300.0, 2000.0]), 0.0)
    for canvas, (start, end) in (
        (".patch canvas", patches.time(25)),
        (".map .cells", (spec.start, spec.end)),
    ):
        height, width = opened.size(canvas)
        left, right = ((time - start) / (end - start) * width for time in (3.0, 4.0))
        # Text in the colour of the box stands above it, from its left edge on.
        rows = np.arange(int((1 - high) * height), height) / height
        found = extent(opened.cells(canvas, rows, np.arange(width) / width), ON_DARK[0])
        found += 0, int((1 - high) * height), 0, int((1 - high) * height)
        wanted = left, (1 - high) * height, right, (1 - low) * height
        np.testing.assert_allclose(found, wanted, atol=1.0)


def test_the_header_says_what_is_known(open_page: Any) -> None:
    patches = known_patches()
    opened = open_page(pv.player(patches))
    for index in (0, 20, 30, 55, 70, len(patches) - 1):
        opened.js("player.index = argument", index)
        opened.settle()
        text = known_text(patches, index)
        shown = opened.find(".known").text_content()
        assert shown == text
    assert "b <i>" in shown or opened.find(".lanes i").count() == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_header_says_scores_of_any_size(open_page: Any, dtype: type) -> None:
    """Energies, say; small ones beside them, of halves of hundredths, and none."""
    n = len(known_patches())
    scores = np.full((n, 2), np.nan)
    big = 10 ** np.linspace(0, 20.9, n)  # with more digits than one writes
    big = np.where(big < 1e13, big, np.rint(big))  # JavaScript has halves of hundredths of its own
    scores[:, 0] = np.where(np.arange(n) % 2, big, -big)
    scores[:6] = [
        [3e9, 1e7],
        [0.125, -0.001],
        [21474836.48, 0.375],
        [-1e20, 0],
        [1e13 / 7, 0],
        [np.nan] * 2,
    ]
    patches = known_patches().with_scores(scores.astype(dtype), classes=["a", "c"])
    opened = open_page(pv.player(patches))
    shown = opened.js(f"[...Array({n}).keys()].map((k) => (player.index = k, player.readout))")
    for index, text in enumerate(shown):
        assert text.endswith(known_text(patches, index))
    assert "a: 3000000000.00" in shown[0]


def test_the_header_says_for_what_a_patch_is_taken(open_page: Any) -> None:
    patches = known_patches()
    scores = np.array(patches.scores)
    scores[20:26] = [[0.1, 0.6], [0.6, 0.1], [0.3, 0.3], [np.nan, 0.6], [0.1, np.nan], [0, 0.004]]
    scores[0] = 0.2, 0.7  # without a label
    patches = patches.with_scores(scores, classes=["a", "c"])
    truth = np.zeros((len(patches), 3), bool)
    truth[:30:2, 2] = True  # what is not scored
    for options in ({}, {"labels": False}, {"truth": truth}, {"scores": False}):
        opened = open_page(pv.player(patches, **options))
        for index in (0, 20, 21, 22, 23, 24, 25, 30):
            opened.js("player.index = argument", index)
            opened.settle()
            assert opened.find(".known").text_content() == known_text(patches, index, **options)
    assert known_text(patches, 20) == "label a · c: 0.60, a: 0.10"
    assert known_text(patches, 20, labels=False) == "c: 0.60"


@pytest.mark.filterwarnings("ignore:nobody labelled .c.", "ignore:.*labelled and not scored")
def test_the_header_says_against_what_a_mistake_is_one(open_page: Any) -> None:
    patches = known_patches()
    truth = patches.targets(min_share=1.0)
    opened = open_page(pv.player(patches, stops="mistakes", truth={"min_share": 1.0}))
    shown = []
    for index in (20, 30, 50, 70):
        opened.js("player.index = argument", index)
        opened.settle()
        shown.append(opened.find(".known").text_content())
        assert shown[-1] == known_text(patches, index, truth=truth)
    assert shown[0] == "truth none · a: 0.00"
    assert shown[-1].startswith("truth b <i> · ")


@pytest.mark.filterwarnings("ignore:nobody labelled .c.", "ignore:.*labelled and not scored")
def test_the_header_says_what_is_wrong_at_a_mistake(open_page: Any) -> None:
    """Not what scores highest; and whether that is labelled, however many labels there are."""
    labels = [(2 * k, 2 * k + 2.0, name) for k in range(5) for name in "vwxyz"[: k + 1]]
    spec = make_spectrogram().with_labels(labels)
    patches = spec.patches(duration=2.0, starts=np.arange(5) * 2.0)
    scores = np.full((5, 6), 0.9)
    scores[:, 5] = 0.6, 0.1, 0.1, 0.6, 0.6
    for k in range(5):
        scores[k, k + 1 : 5] = 0.0
    scores[2:, 2] = 0.2
    patches = patches.with_scores(scores, classes=[*"vwxyz", "c"])
    opened = open_page(pv.player(patches, stops="mistakes"))
    wrong = np.array([[5, -1], [-1, -1], [2, -1], [2, 5], [2, 5]])
    for index in range(5):
        opened.js("player.index = argument", index)
        opened.settle()
        text = known_text(patches, index, wrong=wrong)
        assert opened.find(".known").text_content() == text
    assert text == "label v, w, x, y, z · x: 0.20, c: 0.60"


def test_labels_that_only_meet_a_patch_are_not_in_it(open_page: Any) -> None:
    like = pv.Spectrogram(np.zeros((8, 50)))
    names = [str(k) for k in range(24)]
    items = pv.Patches.from_batch(np.zeros((24, 8, 50)), labels=names, like=like)
    opened = open_page(pv.player(items))
    shown = opened.js("items.map((k) => { player.index = k; return player.readout; })".replace(
        "items", str(list(range(24)))))  # fmt: skip
    assert shown == [f"item {k} / 23 · label {k}" for k in range(24)]
    opened.settle()
    assert (
        opened.find(".readout").text_content() == "item 23 / 23" + "label 23"
    )  # parted by the style
    assert opened.find("input[aria-label=Patch]").get_attribute("aria-valuetext") == "item 23 of 23"
    spec = make_spectrogram()
    points = [(start, start, str(k)) for k, start in enumerate(range(3))]
    patches = spec.with_labels(points).patches(frame_length=50)
    opened = open_page(pv.player(patches))
    for index in range(len(patches)):
        opened.js("player.index = argument", index)
        text = opened.js("player.readout").split(" · ")[2:]
        assert text == [known_text(patches, index)] * bool(known_text(patches, index))


def test_lanes_lie_below_the_overview(open_page: Any) -> None:
    patches = known_patches()
    mark = {"train": np.arange(10), "test": [60]}
    opened = open_page(pv.player(patches, mark=mark))
    names = opened.find(".lane span").all_text_contents()
    assert names == ["labels", "train", "test", "a", "c"]
    duration = patches.spectrogram.duration
    boxes = opened.js(
        """[...root.querySelectorAll(".lane")].map((lane) => {
            const paths = [...lane.querySelectorAll("path:not(.threshold)")];
            const { x, width } = paths.at(-1).getBBox();
            return [x, x + width, getComputedStyle(paths.at(-1)).fill];
        })"""
    )
    spans = [boxes[0], boxes[1], boxes[2]]
    for (left, right, _), (start, end) in zip(
        spans, [(6.0, 12.0), (0.0, patches.time(9)[1]), patches.time(60)], strict=True
    ):
        assert left * duration == pytest.approx(start, abs=0.01)
        assert right * duration == pytest.approx(end, abs=0.01)
    color = tuple(round(255 * part) for part in to_rgb(ON_LIGHT[0]))
    assert boxes[3][2] == f"rgb{color}"
    hits = opened.find(".lane").nth(3).locator("path").nth(1).get_attribute("d")
    bin_duration = duration / min(1200, patches.spectrogram.n_frames)
    edges = [int(part.split("V")[0]) * bin_duration for part in hits.split("H")[1:-1]]
    np.testing.assert_allclose(edges, patches.time(30), atol=bin_duration)


def test_keys_and_buttons_go_to_the_next_event(open_page: Any) -> None:
    opened = open_page(pv.player(known_patches()))
    opened.find("input[aria-label=Patch]").focus()
    found = []
    for key in ("n", "n", "n", "p", "p"):
        opened.page.keyboard.press(key)
        found.append(opened.index)
    assert found == [30, 70, 70, 30, 30]
    opened.find("[aria-label='Next event (N)']").click()
    assert opened.index == 70
    opened.find("[aria-label='Previous event (P)']").click()
    assert opened.index == 30


def test_classes_are_chosen_by_keys_alone_and_events_follow(open_page: Any) -> None:
    patches = make_spectrogram().patches(duration=2.0, hop_duration=0.1)
    scores = np.zeros((len(patches), 10))
    for k in range(10):
        scores[[10 * k, 10 * k + 1, 10 * k + 2], k] = 0.6, 0.9 - k / 100, 0.7
    patches = patches.with_scores(scores, classes=[f"<b>{k}" for k in range(10)])
    opened = open_page(pv.player(patches), clock=True)
    key = opened.page.keyboard.press
    summary, lanes = opened.find(".choice summary"), opened.find(".lane span")
    assert summary.inner_text() == "8 of 10 classes"
    boxes = opened.find(".menu input")
    assert not boxes.first.is_visible()
    summary.focus()
    key("Space")
    assert boxes.count() == 10
    assert [box.is_disabled() for box in boxes.all()] == [False] * 8 + [True] * 2
    titles = [box.get_attribute("title") for box in boxes.all()]
    assert titles == [""] * 8 + ["8 at most: leave one out first"] * 2
    for _ in range(2):
        key("Tab")
        key("Space")
    assert not opened.js("player.playing")
    assert summary.inner_text() == "6 of 10 classes"
    assert lanes.all_text_contents() == [f"<b>{k}" for k in range(2, 8)]
    for _ in range(7):
        key("Tab")
    key("Space")
    assert lanes.all_text_contents() == [f"<b>{k}" for k in (2, 3, 4, 5, 6, 7, 8)]
    found = []
    for _ in range(8):
        key("n")
        found.append(opened.index)
    wanted = pv.player(patches, classes=[f"<b>{k}" for k in range(2, 9)]).state["known"]["stops"]
    assert found[:7] == wanted == [10 * k + 1 for k in range(2, 9)]
    assert found[7] == wanted[-1]
    key("Escape")
    assert not boxes.first.is_visible()
    assert opened.js("root.activeElement.localName") == "summary"


def test_a_page_says_of_how_many_classes_it_has_no_scores(
    open_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchviz.web.known.MOST_BYTES", 0)
    patches = known_patches()
    opened = open_page(pv.player(patches, classes=["c"]))
    opened.find(".choice summary").click()
    text = "Not on this page: 1 more. classes=[…] shows them."
    assert opened.find(".menu p").inner_text() == text
    assert opened.find(".menu label").all_text_contents() == ["c"]


def test_without_anything_known_nothing_is_added(open_page: Any, patches: pv.Patches) -> None:
    opened = open_page(pv.player(patches))
    assert opened.find(".lane").count() == 0
    assert opened.find(".stop:visible").count() == 0
    opened.find("input[aria-label=Patch]").focus()
    opened.page.keyboard.press("n")
    assert opened.index == 0


def test_names_in_the_overview_are_not_dimmed(open_page: Any) -> None:
    spec = make_spectrogram(16, 640)
    labels = [{"start_time": 9.0, "end_time": 10.0, "label": "wren"}]
    patches = spec.with_labels(labels).patches(duration=3.0, hop_duration=0.1)
    opened = open_page(pv.player(patches))
    picture = plt.imread(io.BytesIO(opened.find(".map").screenshot()))[..., :3]
    left = round(9 / spec.duration * picture.shape[1])
    name = picture[2:14, left + 4 : left + 28]  # within the box, far from the window
    color = opened.js("JSON.parse(element.querySelector('script').textContent).known.classes[0][1]")
    assert (name.max((0, 1)) > 0.8 * np.array(to_rgb(color))).all()


def test_names_of_lanes_stand_beside_them(open_page: Any) -> None:
    opened = open_page(pv.player(known_patches(), mark={"a group with a name of its own": [3]}))
    opened.settle()
    over = opened.find(".map").bounding_box()
    for lane in range(4):
        name, data = (
            opened.find(".lane").nth(lane).locator(part).bounding_box() for part in ("span", "svg")
        )
        assert name["x"] + name["width"] <= data["x"] + 0.5
        assert data["x"] == pytest.approx(over["x"], abs=0.5)
        assert data["width"] == pytest.approx(over["width"], abs=0.5)
    bare = open_page(pv.player(known_patches(), labels=False, scores=False))
    assert bare.find(".map").bounding_box()["x"] < over["x"]


def test_where_sides_would_hide_much_the_page_draws_corners(open_page: Any) -> None:
    spec = make_spectrogram()
    patches = spec.patches(duration=2.0, hop_duration=0.1)
    starts = np.arange(0.2, spec.duration - 0.3, 0.2)[:90]
    labels = [(s, s + 0.1, "a") for s in starts]
    known = spec.with_labels(labels).patches(duration=2.0, hop_duration=0.1)
    fractions = np.arange(0.4, 0.95, 0.05), np.arange(200) / 200
    cells = []
    for of in (known, patches):
        opened = open_page(pv.player(of, cmap="gray"))
        opened.js("root.querySelector('.map').style.marginLeft = '0'")
        opened.settle()
        cells.append(opened.cells(".map .cells", *fractions))
    assert np.abs(cells[0].astype(int) - cells[1]).max() <= 2


def test_calls_that_crowd_one_band_leave_its_sound_to_be_seen(open_page: Any) -> None:
    spec = make_spectrogram()
    low, high = 128 * FrequencyAxis.of(spec).fractions(np.array([500.0, 2000.0]), 0.0)
    rows = 128 - np.arange(round(low) + 10, round(high) - 10, 3)  # corners aside
    fractions = (rows - 0.5) / 128, np.arange(200) / 200
    cells = []
    for n in (0, 3, 30):
        labels = [{"start_time": s, "end_time": s + 0.1, "label": "a", "low_f": 500.0,
                   "high_f": 2000.0} for s in np.linspace(0.2, 1.6, n)]  # fmt: skip
        known = spec.with_labels(labels) if n else spec
        opened = open_page(pv.player(known.patches(duration=2.0, hop_duration=0.1), cmap="gray"))
        opened.settle()
        cells.append(opened.cells(".patch canvas", *fractions).astype(int))
    bare, few, many = cells
    assert np.abs(few - bare).max() > 50  # sides say when
    assert np.abs(many - bare).max() <= 2


def hatched(opened: Any, canvas: str) -> tuple[float, float]:
    """From where to where a canvas of zeros has lines, as parts of its width."""
    width = opened.size(canvas)[1]
    cells = opened.cells(canvas, np.arange(0.1, 0.9, 0.02), np.arange(width) / width)
    (found,) = np.nonzero((cells[..., :3] != cells[0, 0, :3]).any(axis=(0, 2)))
    return found[0] / width, (found[-1] + 1) / width


def test_padding_is_hatched_in_the_picture_too(open_page: Any) -> None:
    spec = pv.Spectrogram(np.zeros((8, 100)), floor=0.0)
    padded = spec.patches(frame_length=40, hop_length=25, tail="pad")  # 75-115
    items = pv.Patches.from_batch(np.zeros((2, 8, 40)), lengths=[40, 25])
    for patches in (padded, items):
        opened = open_page(pv.player(patches, index=-1, clim=(-1, 1)))
        opened.settle()
        np.testing.assert_allclose(hatched(opened, ".patch canvas"), (25 / 40, 1), atol=0.02)
    np.testing.assert_allclose(hatched(opened, ".map .cells"), (65 / 80, 1), atol=0.02)
    opened.js("player.index = 0")
    opened.settle()
    width = opened.size(".patch canvas")[1]
    cells = opened.cells(".patch canvas", np.arange(0.1, 0.9, 0.02), np.arange(width) / width)
    assert (cells == cells[0, 0]).all()
    many = pv.Patches.from_batch(np.zeros((200, 8, 40)), lengths=[20] * 200)
    opened = open_page(pv.player(many, clim=(-1, 1)))
    opened.settle()
    middle, below = opened.cells(".map .cells", np.array([0.5, 0.97]), np.linspace(0.1, 0.9, 200))
    assert (middle == middle[0]).all(), "items are not hidden"
    greys = (np.abs(below[:, :3].astype(int) - 128) < 16).all(axis=1)
    assert 0.3 < greys.mean() < 0.7, "as grass below"


def test_padding_begins_where_the_sound_ends(open_page: Any) -> None:
    """What is behind it, of the last frame of sound, looks as padding does."""
    y = np.random.default_rng(0).normal(size=4300)
    spec = pv.Spectrogram.from_audio(y, sr=8000, hop_length=512, n_fft=1024, kind="stft")
    patches = spec.patches(frame_length=16, tail="pad")
    opened = open_page(pv.player(patches, cmap="gray"))
    opened.settle()
    width = opened.size(".patch canvas")[1]
    cells = opened.cells(".patch canvas", np.arange(0.1, 0.9, 0.02), np.arange(width) / width)
    light = cells[..., 0].max(axis=0) > 150
    end = 4300 / 8000 / (16 * 512 / 8000)
    assert (np.flatnonzero(light)[-1] + 1) / width == pytest.approx(end, abs=2 / width)


def test_a_label_around_all_of_a_patch_has_no_frame(open_page: Any) -> None:
    spec = pv.Spectrogram(np.zeros((8, 100)), sr=1000, hop_length=10, floor=0.0)
    patches = spec.with_labels([(0.2, 0.9, "a")]).patches(frame_length=20, hop_length=10)
    opened = open_page(pv.player(patches, clim=(0, 1), index=4))
    opened.settle()
    height, width = opened.size(".patch canvas")
    everywhere = np.arange(height) / height, np.arange(width) / width

    def is_framed() -> bool:
        cells = opened.cells(".patch canvas", *everywhere)[..., :3]
        edges = [cells[-4:], cells[height // 2 :, :4], cells[height // 2 :, -4:]]
        return any((edge != cells[height // 2, width // 2]).any() for edge in edges)

    assert not is_framed()
    opened.js("player.index = 1")  # 0.1-0.3 s
    opened.settle()
    assert is_framed()


def test_gaps_and_the_end_look_alike_and_are_not_hatched(open_page: Any) -> None:
    patches = pv.Spectrogram(np.zeros((8, 100))).patches(frame_length=10)[[2, 5]]
    opened = open_page(pv.player(patches, clim=(-1, 1)))
    opened.settle()
    columns = np.array([0.1, 0.25, 0.4, 0.55, 0.8, 0.95])
    cells = opened.cells(".map .cells", np.arange(0.1, 0.9, 0.02), columns)
    assert (cells == cells[0]).all()  # no lines
    seen, unseen = cells[0, [1, 3]], cells[0, [0, 2, 4, 5]]
    assert (seen == seen[0]).all()
    assert (unseen == unseen[0]).all()
    assert (seen[0] != unseen[0]).any()


def is_named(picture: np.ndarray, color: str) -> bool:
    """Whether letters of a colour stand in a picture; of what surrounds it there are no lines."""
    wanted = 255 * np.array(to_rgb(color))
    return bool((np.abs(picture[..., :3] - wanted).max(axis=-1) < 30).sum() > 20)


def test_all_labels_of_one_span_are_named_and_framed(open_page: Any) -> None:
    spec = make_spectrogram()
    names = ["Common Wood Pigeon", "Eurasian Wren", "Song Thrush"]
    labels = [(3.0, 6.0, name) for name in names]
    labels += [
        {"start_time": 9.0, "end_time": 10.0, "label": name, "low_f": 500.0, "high_f": 4000.0}
        for name in names
    ]
    patches = spec.with_labels(labels).patches(duration=3.0, starts=[3.0, 8.0])
    opened = open_page(pv.player(patches, cmap="gray"))
    opened.settle()
    picture = opened.pixels(".patch canvas").astype(int)
    assert all(is_named(picture, color) for color in ON_DARK[:3])
    # Their bars share the lane, and none hides another.
    lane = opened.find(".lane svg").first.locator("path")
    tops = {lane.nth(k).get_attribute("d").split(" ")[1].split("H")[0] for k in range(3)}
    assert len(tops) == 3
    opened.js("player.index = 1")
    opened.settle()
    picture = opened.pixels(".patch canvas").astype(int)
    height, width = picture.shape[:2]
    across = picture[round(0.5 * height), round(0.3 * width) : round(0.4 * width), :3]
    for color in ON_DARK[:3]:  # one frame within another
        assert (np.abs(across - 255 * np.array(to_rgb(color))).max(axis=-1) < 30).any()


def test_labels_that_find_no_room_are_counted(open_page: Any) -> None:
    spec = make_spectrogram()
    names = [f"{k} is a bird with a long name" for k in range(8)]
    patches = spec.with_labels([(3.0, 6.0, name) for name in names]).patches(
        duration=3.0, starts=[3.0]
    )
    opened = open_page(pv.player(patches, cmap="gray"))
    opened.js(WRITE)
    opened.page.set_viewport_size({"width": 420, "height": 700})
    opened.settle()
    written = opened.js("window.written")
    assert written
    n = written.index(f"+{len(names) - 4}")
    assert written[n - 4 : n] == names[:4]


def test_a_label_in_the_frames_of_a_window_alone_is_not_drawn(open_page: Any) -> None:
    """They begin before it, and a label that ends there is of the window before."""
    spec = make_spectrogram()
    starts = next(
        np.array([start])
        for start in np.arange(3.0, 9.0, 0.5)
        if start - spec.patches(duration=2.0, starts=[start]).times[0, 0]
        > 0.4 * spec.frame_duration
    )
    labels = [
        (starts[0] - 0.3 * spec.frame_duration, starts[0], "before"),
        (*starts + 0.5, 9, "in"),
    ]
    with pytest.warns(UserWarning, match="in no patch, first 'before'"):
        patches = spec.with_labels(labels).patches(duration=2.0, starts=starts)
    opened = open_page(pv.player(patches, cmap="gray"))
    opened.js(WRITE)
    opened.page.set_viewport_size({"width": 420, "height": 700})
    opened.settle()
    assert set(opened.js("window.written")) == {"in"}
    assert opened.find(".known").first.text_content() == "in"
