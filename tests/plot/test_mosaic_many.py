"""A mosaic of many recordings: each panel is what its recording alone shows, on one scale."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import soundfile
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, to_hex
from matplotlib.figure import Figure
from numpy.typing import NDArray

import patchviz as pv
from patchviz.core.choice import Choice
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError
from patchviz.plot.classes import ClassLooks
from patchviz.plot.color import ColorScale

SR = 8000


def write(path: Path, loudness: float, seconds: float = 3.0, sr: int = SR) -> None:
    path.parent.mkdir(exist_ok=True, parents=True)
    rng = np.random.default_rng(len(path.name))
    t = np.arange(round(seconds * sr)) / sr
    y = loudness * np.sin(2 * np.pi * 700 * t) * (1 + t) + rng.normal(0, 1e-3, len(t))
    soundfile.write(path, y, sr, subtype="FLOAT")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for k, name in enumerate(("north/1.wav", "south/1.wav", "south/2.wav")):
        write(tmp_path / name, 0.01 * 4**k)
    return tmp_path


@pytest.fixture
def recordings(folder: Path) -> pv.Recordings:
    """Five patches of each of three recordings: 0 to 4, 5 to 9, 10 to 14."""
    return pv.Recordings(
        folder, duration=1.0, hop_duration=0.5, sr=SR, kind="stft", level="dbfs", hop_length=100
    )


def power(y: NDArray[np.float32], sr: float) -> NDArray[np.float32]:
    """Return levels that begin above 0, a column for each 0.1 s."""
    return (
        np.abs(np.fft.rfft(y[: len(y) // 800 * 800].reshape(-1, 800))).T.astype(np.float32) + 1e-6
    )


def titles(mosaic: pv.Mosaic) -> list[list[str]]:
    return [panel.get_title(loc="left").split("\n") for panel in mosaic.panels]


def pixels(ax: Axes) -> NDArray[np.uint8]:
    """Return what is seen within an axes, wherever its figure puts it."""
    figure = ax.figure
    assert isinstance(figure, Figure)
    figure.set_layout_engine("none")
    figure.set_size_inches(5, 5)
    ax.set_position((0.3, 0.3, 0.4, 0.4))
    figure.canvas.draw()
    left, bottom, right, top = np.round(ax.bbox.extents).astype(int)
    image: NDArray[np.uint8] = np.asarray(figure.canvas.buffer_rgba())  # type: ignore[attr-defined]
    return image[-top + 1 : -bottom - 1, left + 1 : right - 1]


@pytest.mark.slow
def test_a_panel_is_what_its_recording_alone_shows(recordings: pv.Recordings) -> None:
    known = recordings.with_labels(
        {"file": "south/1.wav", "start_time": 1.2, "end_time": 1.6, "label": ["call"]}
    )
    numbers = [12, 0, 7]
    mosaic = pv.plot_mosaic(known, numbers)
    assert mosaic.overview is None
    limits = mosaic.panels[0].collections[0].get_clim()
    for panel, number in zip(mosaic.panels, numbers, strict=True):
        row, patch = known.find(number)
        one = known.patches(row)
        alone = pv.plot_mosaic(one, [patch], overview=False, clim=limits)
        mesh = panel.collections[0]
        np.testing.assert_array_equal(mesh.get_array(), one[patch])
        assert panel.get_xlim() == pytest.approx(one.time(patch))
        assert panel.get_ylim() == alone.panels[0].get_ylim()
        for other in mosaic.panels:
            other.set_visible(other is panel)
        np.testing.assert_array_equal(pixels(panel), pixels(alone.panels[0]))


def test_one_scale_over_the_recordings_that_are_shown(recordings: pv.Recordings) -> None:
    ranges = [recordings.patches(row).spectrogram.finite_range for row in range(3)]
    assert ranges[0][1] < ranges[1][1] < ranges[2][1]
    for numbers, rows in (([0, 14], [0, 2]), ([1, 6], [0, 1]), ([6], [1])):
        mosaic = pv.plot_mosaic(recordings, numbers)
        norms = {id(panel.collections[0].norm) for panel in mosaic.panels}
        assert norms == {id(mosaic.colorbar.mappable.norm)}
        of_each = [ColorScale.of(recordings.patches(row).spectrogram) for row in rows]
        assert mosaic.colorbar.mappable.get_clim() == (
            min(scale.vmin for scale in of_each),
            max(scale.vmax for scale in of_each),
        )
    mosaic = pv.plot_mosaic(recordings, [0, 14], clim=(-50, -10), cmap="viridis")
    assert mosaic.colorbar.mappable.get_clim() == (-50, -10)


def test_a_norm_gets_the_limits_of_all(folder: Path) -> None:
    recordings = pv.Recordings(folder, duration=1.0, sr=SR, kind=power, hop_length=800)
    values = [recordings.patches(row).spectrogram.values for row in range(3)]
    norm = LogNorm()
    pv.plot_mosaic(recordings, [0, 4, 8], norm=norm)
    assert norm.vmin == min(each[each > 0].min() for each in values)
    assert norm.vmax == max(each.max() for each in values)
    norm = LogNorm(vmin=1e-3)
    sheet = pv.sheet(recordings, [0, 4, 8], norm=norm)
    assert (norm.vmin, norm.vmax) == (1e-3, max(each.max() for each in values))
    assert sheet is not None


def test_a_recording_of_gaps_says_nothing_of_the_scale() -> None:
    loud = pv.Spectrogram(np.arange(30.0, 50.0).reshape(2, 10), sr=1, hop_length=1)
    gaps = pv.Spectrogram(np.full((2, 10), np.nan), sr=1, hop_length=1)
    both = [one.patches(frame_length=2, hop_length=1) for one in (gaps, loud)]
    scale = ColorScale.of_several(both)
    assert (scale.vmin, scale.vmax) == (30.0, 49.0)
    assert ColorScale.of_several(both[:1] * 2).vmin < ColorScale.of_several(both[:1]).vmax


def test_only_what_is_shown_is_computed(
    recordings: pv.Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[Any] = []
    patches = pv.Recordings.patches

    def spied(self: pv.Recordings, file: Any) -> Any:
        computed.append(file)
        return patches(self, file)

    monkeypatch.setattr(pv.Recordings, "patches", spied)
    pv.plot_mosaic(recordings, [11, 10, 1])
    assert sorted(set(computed)) == [0, 2]


def test_captions_name_the_file_as_short_as_it_stays_unique(recordings: pv.Recordings) -> None:
    """Among all files, whichever are shown; and those that are shown are named in one form."""
    assert titles(pv.plot_mosaic(recordings, [0, 6, -1])) == [
        ["north/1.wav", "patch 0 · 0.00-1.00 s"],
        ["south/1.wav", "patch 1 · 0.50-1.50 s"],
        ["south/2.wav", "patch 4 · 2.00-3.00 s"],
    ]
    for numbers, names in (
        ([5, 10], ["south/1.wav", "south/2.wav"]),
        ([5], ["south/1.wav"]),
        ([10], ["2.wav"]),
    ):
        assert [lines[0] for lines in titles(pv.plot_mosaic(recordings, numbers))] == names


def test_by_default_three_that_differ(recordings: pv.Recordings) -> None:
    assert [lines[0] for lines in titles(pv.plot_mosaic(recordings))] == [
        "north/1.wav",
        "south/1.wav",
        "south/2.wav",
    ]
    assert len(pv.plot_mosaic(recordings, 4).panels) == 4
    mask = np.isin(np.arange(15), (3, 8))
    of_mask, of_some = (
        titles(pv.plot_mosaic(*given)) for given in ((recordings, mask), (recordings[mask],))
    )
    assert of_mask == of_some
    assert [lines[1] for lines in of_mask] == ["patch 3 · 1.50-2.50 s"] * 2


@pytest.mark.slow
def test_long_names_are_shortened_and_stay_apart(tmp_path: Path) -> None:
    common = "a station in the far north of the country with its whole name"
    for name in ("$x^2$ first", "second"):
        write(tmp_path / f"{common} {name} of the season.wav", 0.1)
    mosaic = pv.plot_mosaic(
        pv.Recordings(tmp_path, duration=1.0, sr=SR), [0, 1, 2, 3], ax=plt.figure(figsize=(6, 6))
    )
    names = [lines[0] for lines in titles(mosaic)]
    assert len(set(names)) == 2
    mosaic.figure.canvas.draw()
    for panel in mosaic.panels:
        assert not panel._left_title.get_parse_math()  # type: ignore[attr-defined]
        assert panel._left_title.get_window_extent().width <= panel.bbox.width * 1.02  # type: ignore[attr-defined]


@pytest.mark.slow
def test_files_that_differ_in_several_places_have_captions_of_their_own(tmp_path: Path) -> None:
    names = [
        f"SITE{k}_202605{day}_0{hour}0000" for k in "12" for day in ("05", "12") for hour in "56"
    ]
    for name in names:
        write(tmp_path / f"{name}.wav", 0.1)
    recordings = pv.Recordings(tmp_path, duration=3.0, sr=SR)
    for width in (3.5, 7.0, 14.0):
        size = (width, 9.0 if width < 7 else 3.0)
        with plt.rc_context({"figure.figsize": size}):
            mosaic = pv.plot_mosaic(recordings, range(8))
        mosaic.figure.canvas.draw()
        captions = ["".join(lines[: -1 - ("·" not in lines[-1])]) for lines in titles(mosaic)]
        assert [one.removesuffix(".wav") for one in captions] == names
        plt.close("all")


def test_scores_labels_and_truth(recordings: pv.Recordings) -> None:
    labels = {"file": "south/2.wav", "start_time": 0.0, "end_time": 1.0, "label": ["wren"]}
    scores = np.linspace(0, 1, 30).reshape(2, 15).T
    known = recordings.with_labels(labels).with_scores(scores, classes=["robin", "wren"])
    mosaic = pv.plot_mosaic(known, [1, 10, 6], of="robin")
    assert [(lines[0], lines[-1]) for lines in titles(mosaic)] == [
        ("north/1.wav", "robin: 0.03"),
        ("south/2.wav", "label wren · robin: 0.34"),
        ("south/1.wav", "robin: 0.21"),
    ]
    looks = ClassLooks.of(known.patches(2))
    assert {to_hex(panel.spines["left"].get_edgecolor()) for panel in mosaic.panels} == {
        looks.color(looks.number("robin"), on_dark=False)
    }
    expected = ["truth none · wren: 0.66", "truth wren · wren: 0.86"]
    targets = known.targets(min_share=0.4)
    for truth in ({"min_share": 0.4}, targets, pd.DataFrame(targets, columns=known.classes)):
        mosaic = pv.plot_mosaic(known, [4, 10], truth=truth, ax=plt.figure(figsize=(14, 5)))
        assert [lines[-1] for lines in titles(mosaic)] == expected
    plain = pv.plot_mosaic(known, [4, 10], labels=False, scores=False)
    assert [len(lines) for lines in titles(plain)] == [2, 2]


@pytest.mark.slow
def test_recordings_of_other_rates_and_days_have_axes_of_their_own(folder: Path) -> None:
    alike = pv.plot_mosaic(pv.Recordings(folder, duration=1.0, sr=SR), [0, 3, 6])
    assert [bool(panel.get_ylabel()) for panel in alike.panels] == [True, False, False]
    write(folder / "20240513_060000.wav", 0.1, sr=2 * SR)
    write(folder / "20240514_060000.wav", 0.1)
    recordings = pv.Recordings(
        [folder / f"2024051{day}_060000.wav" for day in (3, 4)],
        duration=1.0,
        sr=None,
        start="filename",
    )
    figure = Figure((4.0, 9.0), layout="constrained")
    mosaic = pv.plot_mosaic(recordings, [0, 3], ax=figure)
    figure.canvas.draw()
    assert [panel.get_xlabel() for panel in mosaic.panels] == [
        "Time of day (2024-05-13)",
        "Time of day (2024-05-14)",
    ]
    tops = [panel.get_ylim()[1] for panel in mosaic.panels]
    assert tops[0] > 1.5 * tops[1]
    beside = pv.plot_mosaic(recordings, [0, 3])
    assert all(panel.get_ylabel() for panel in beside.panels)


@pytest.mark.slow
@pytest.mark.parametrize("n", [4, 12])
def test_the_day_and_the_zone_are_legible_in_a_narrow_panel(tmp_path: Path, n: int) -> None:
    for name in ("20240512_053000", "20240513_053000+0200"):
        write(tmp_path / f"{name}.wav", 0.1, seconds=6.0)
    recordings = pv.Recordings(tmp_path, duration=1.0, sr=SR, start="filename")
    figure = Figure(figsize=(9.0, 6.0), layout="constrained")
    mosaic = pv.plot_mosaic(recordings, np.arange(12)[:: 12 // n], ax=figure)
    mosaic.figure.draw_without_rendering()
    said = [ax.xaxis.label for ax in mosaic.panels if ax.get_xlabel()]
    texts = {label.get_text().partition("(")[2].rstrip(")") or label.get_text() for label in said}
    assert texts == {"2024-05-12", "2024-05-13, UTC+02:00"}
    for ax, label in zip(mosaic.panels, said, strict=True):
        assert label.get_window_extent().width <= 1.02 * ax.bbox.width
        assert label.get_fontsize() >= 6


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"overview": True},
            InvalidValueError,
            "overview=True is of one recording, and these are many. Leave it out. "
            "recordings.patches(row) are those of one file, which have an overview.",
        ),
        ({"overview": "no"}, InvalidTypeError, "overview='no' is of type str"),
        (
            {"title": "A day"},
            InvalidValueError,
            "title='A day' is an overview's, which many recordings have not. Give the figure a "
            "title: mosaic.figure.suptitle(...).",
        ),
        (
            {"mark": {"train": [1]}},
            InvalidValueError,
            "mark is about lanes under an overview, which many recordings have not. Leave it out.",
        ),
        ({"classes": ["robin"]}, InvalidValueError, "classes is about lanes under an overview"),
        ({"threshold": 0.5}, InvalidValueError, "threshold is about lanes under an overview"),
        (
            {"n": range(15, 40)},
            PatchIndexError,
            "index=15 is out of range: there are 15 patches of 3 files",
        ),
        (
            {"n": []},
            InvalidValueError,
            "n chooses 0 patches. It must be 1 to 24 of them. recordings.choose(12) finds some.",
        ),
        (
            {"n": [*range(15), *range(15)]},
            InvalidValueError,
            "n chooses 30 patches. It must be 1 to 24 of them. patchviz.sheet(recordings, numbers) "
            "shows as many as one likes.",
        ),
        ({"n": 0}, InvalidValueError, "n=0"),
        ({"of": "robin"}, InvalidValueError, "of='robin' needs scores"),
        ({"truth": {"min_share": 0.5}}, InvalidValueError, "labels"),
    ],
)
def test_what_makes_no_sense(
    options: dict[str, Any],
    error: type[Exception],
    message: str,
    recordings: pv.Recordings,
) -> None:
    with pytest.raises(error) as raised:
        pv.plot_mosaic(recordings, **options)
    assert message in str(raised.value)
    assert not plt.get_fignums()


def test_what_has_no_patch_or_is_no_patches(recordings: pv.Recordings) -> None:
    with pytest.raises(InvalidTypeError, match=r"patches is of type list.*or Recordings\."):
        pv.plot_mosaic([recordings])  # type: ignore[arg-type]
    assert pv.plot_mosaic(recordings, [3], overview=False).overview is None


def test_titles_have_no_colours_where_there_are_no_brackets(recordings: pv.Recordings) -> None:
    mosaic = pv.plot_mosaic(recordings, [0, 6, 11])
    usual = to_hex(plt.figure().add_subplot().title.get_color())
    assert {to_hex(panel._left_title.get_color()) for panel in mosaic.panels} == {usual}  # type: ignore[attr-defined]


def test_the_colour_bar_says_whose_maximum(folder: Path) -> None:
    found = pv.Recordings(folder, duration=1.0, sr=SR, n_fft=256, hop_length=100, n_mels=16)
    label = "Level relative to the maximum"
    several = pv.plot_mosaic(found, [0, 4, 8]).colorbar
    assert several.ax.get_ylabel().startswith(f"{label} of each")
    assert pv.plot_mosaic(found, [0, 1]).colorbar.ax.get_ylabel() == f"{label} (dB)"


@pytest.mark.slow
def test_a_panel_says_the_class_that_its_patch_was_chosen_for(recordings: pv.Recordings) -> None:
    scores = np.tile([0.9, 0.2, np.nan], (15, 1))
    scored = recordings.with_scores(scores, classes=["robin", "crow", "owl"])
    for patches, numbers, said in (
        (scored, Choice([12, 7, 0], ["crow", "", "owl"]), ["crow: 0.20", "robin: 0.90"]),
        (scored.patches(0), Choice([4, 1, 0], ["crow", "", "owl"]), ["crow: 0.20", "robin: 0.90"]),
    ):
        found = [title[-1] for title in titles(pv.plot_mosaic(patches, numbers))]
        assert found == [*said, said[1]]
        found = [title[-1] for title in titles(pv.plot_mosaic(patches, numbers, of="robin"))]
        assert found == ["robin: 0.90"] * 3
