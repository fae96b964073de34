"""What a data loader returns, as items."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import numpy as np
import pytest

import patchviz as pv
from patchviz.core.captions import panel_title, title_forms
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError


class Tensor:
    """Acts as one of torch that requires a gradient, on another device."""

    def __init__(self, array: Any) -> None:
        self.array, self.is_ready = array, False

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        self.is_ready = True
        return self

    def tolist(self) -> list[Any]:
        return self.array.tolist()

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if not self.is_ready:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        return self.array


def batch(n: int = 5, **options: Any) -> pv.Patches:
    return pv.Patches.from_batch(items(n), **options)


def items(n: int = 5) -> Any:
    return np.random.default_rng(0).normal(size=(n, 4, 16)).astype(np.float32)


def test_items_are_patches() -> None:
    x = items()
    for given in (x, x[:, np.newaxis], x.tolist(), Tensor(x)):
        patches = pv.Patches.from_batch(given)
        assert len(patches) == 5
        np.testing.assert_array_equal(np.stack(list(patches)), x)
    assert repr(batch()) == "5 items of (4, 16), 1,280 bytes added"
    assert repr(batch()[[1, 3]]) == "2 items of (4, 16), 1,280 bytes added"
    assert batch().spectrogram.finite_range == (x.min(), x.max())


def test_items_are_counted_and_named() -> None:
    names = ["a.wav", "b$x$.wav", "c\nd", "", "e"]
    patches = batch(names=names, lengths=[16, 16, 16, 9, 0])
    assert title_forms(patches, 1)[:2] == ["item 1 / 4 · b$x$.wav", "item 1 · b$x$.wav"]
    assert panel_title(patches, 3) == "item 3 · 9 of 16 frames"
    assert title_forms(patches, 4)[0] == "item 4 / 4 · e · 0 of 16 frames"
    assert "\n" not in title_forms(patches, 2)[0]
    assert title_forms(batch(), 4)[0] == "item 4 / 4"
    assert title_forms(patches[[1, 4]], 1)[0] == "item 4 / 4 · e · 0 of 16 frames"
    assert patches.filled.tolist() == [1, 1, 1, 9 / 16, 0]
    assert patches[[3]].filled.tolist() == [9 / 16]


@pytest.mark.slow
def test_nobody_invents_times() -> None:
    patches = batch(names=[*"abcde"])
    view = pv.PatchView(patches, index=2)
    assert view.title.get_text() == "item 2 / 4 · c"
    assert not view.title.get_parse_math()
    assert view.ax.get_xlabel() == "Frame"
    view.figure.canvas.draw()
    ticks = [tick.get_text() for tick in view.ax.get_xticklabels()]
    assert ticks[:3] == ["0", "2", "4"]
    mosaic = pv.plot_mosaic(patches, n=2)
    assert [ax.get_xlabel() for ax in mosaic.panels] == ["Frame", "Frame"]
    mosaic.figure.canvas.draw()
    for panel in mosaic.panels:
        assert [tick.get_text() for tick in panel.get_xticklabels()][:2] == ["0", "2"]
    ax = pv.plot_spectrogram(patches, mark=[4])
    assert ax.get_xlabel() == "Item"
    ax.figure.canvas.draw()
    assert [tick.get_text() for tick in ax.get_xticklabels()] == [*"012345"]
    made = pv.player(patches)
    assert made.state["patches"]["items"] == [*"abcde"]
    assert made.state["alt"] == "Spectrograms of 5 items side by side"
    assert " s" not in made.to_html().split("<figcaption")[-1][:60]
    table = patches.to_frame()
    assert table["file"].tolist() == [*"abcde"]
    assert table["start_time"].isna().all()


def test_what_is_known_of_the_rows_and_frames_is_that_of_another() -> None:
    spec = pv.Spectrogram.example(n_mels=4)
    patches = batch(like=spec)
    assert (patches.spectrogram.y_axis, patches.spectrogram.unit) == ("mel", "dB")
    assert patches.duration == 16 * spec.frame_duration
    assert pv.PatchView(patches).ax.get_xlabel() == "Time in item (s)"
    assert patches.spectrogram.audio is None


def test_labels_and_scores_of_items() -> None:
    patches = batch(labels=["a", None, ["a", "b"], 3, "b"]).with_scores(np.arange(5.0))
    assert patches.classes == ("score", "3", "a", "b")
    assert patches.targets()[:, 1:].astype(int).T.tolist() == [
        [0, 0, 0, 1, 0], [1, 0, 1, 0, 0], [0, 0, 1, 0, 1]
    ]  # fmt: skip
    assert patches.labels_in(2)["label"].tolist() == ["a", "b"]
    assert patches.choose(2, by="highest").tolist() == [4, 3]
    assert batch(labels=Tensor(np.arange(5))).classes == ("0", "1", "2", "3", "4")
    without = batch().with_scores(np.linspace(0, 1, 5), classes=["a"])
    for ask in (without.mistakes, without.targets, lambda: without.choose(2, by="disagree")):
        with pytest.raises(InvalidValueError) as error:  # a batch is carved of nothing
            ask()
        assert str(error.value) == (
            "the items have no labels. Give some, one name, several or None for each: "
            "Patches.from_batch(x, labels=[...])."
        )


def test_a_table_of_items_comes_back_and_is_of_no_other_order(tmp_path: Any) -> None:
    scores = np.array([0.9, 0.1, 0.8, 0.2, 0.3])
    named = batch(names=[*"abcde"])
    patches = named.with_scores(scores, classes=["a"])
    table = patches.to_frame()
    table.to_csv(tmp_path / "a.csv")
    for given in (table, table[::-1], table.reset_index(), tmp_path / "a.csv"):
        np.testing.assert_array_equal(named.with_scores(given).scores, patches.scores)
    other = pv.Patches.from_batch(np.zeros((5, 4, 16)), names=[*"bacde"])
    said = r": a row of 'a' is that of patch 0, which is 'b', as in a batch of another order"
    for given in (table, tmp_path / "a.csv"):
        with pytest.raises(InvalidValueError, match=f"^scores{said}"):
            other.with_scores(given)
    np.testing.assert_array_equal(
        other.with_scores(table.drop(columns="file")).scores, patches.scores
    )
    timed = table.reset_index().assign(
        start_time=np.arange(5.0)[::-1], end_time=np.arange(5, 0, -1)
    )
    np.testing.assert_array_equal(named.with_scores(timed).scores, patches.scores)  # of other times
    mistakes = patches.mistakes(truth=np.zeros((5, 1), bool))
    assert len(pv.plot_mosaic(patches, mistakes).panels) == 2
    pv.sheet(patches, mistakes).close()
    for show in (pv.plot_mosaic, pv.sheet):
        with pytest.raises(InvalidValueError, match=said):
            show(other, mistakes)
    with pytest.raises(PatchIndexError, match="is out of range"):
        pv.plot_mosaic(patches, mistakes.assign(patch=[0, 9]))


@pytest.mark.parametrize(
    ("x", "options", "error", "message"),
    [
        (np.zeros((4, 16)), {}, InvalidValueError, "x has the shape (4, 16). It must be (n_items, "
         "n_bins, n_frames), or (n_items, 1, n_bins, n_frames), and hold something. One item is "
         "x[np.newaxis]."),
        (np.zeros((2, 3, 4, 16)), {}, InvalidValueError, "x has the shape (2, 3, 4, 16). It must "
         "be (n_items, n_bins, n_frames), or (n_items, 1, n_bins, n_frames), and hold something. "
         "Choose one of 3 channels: x[:, 0]."),
        (np.zeros((0, 4, 16)), {}, InvalidValueError, "x has the shape (0, 4, 16)."),
        (items(), {"names": ["a"]}, InvalidValueError,
         "names has 1 entries. It must be one for each of 5 items."),
        (items(), {"names": "abcde"}, InvalidTypeError,
         "names='abcde' is no list. It must be one for each of 5 items."),
        (items(), {"lengths": [17] * 5}, InvalidValueError, "lengths=[17, 17, 17, 17, 17] is not "
         "allowed. It must be whole numbers of frames, 0 to 16."),
        (items(), {"lengths": io.BytesIO(b"x")}, InvalidTypeError, "lengths=<_io.BytesIO"),
        (items(), {"lengths": [[1, 2], [3], 4, 5, 6]}, InvalidValueError, "no array can be made "
         "of lengths of type list"),
        (items(), {"like": pv.Spectrogram(np.zeros((8, 3)))}, InvalidValueError,
         "like has 8 rows, and the items of x have 4. It must be a Spectrogram whose rows are "),
        (items(), {"labels": [0.5] * 5}, InvalidTypeError, "labels[0] is 0.5. It must be a name, a "
         "list of names, or None where there is none."),
    ],
)  # fmt: skip
def test_batches_that_are_wrong(
    x: Any, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        pv.Patches.from_batch(x, **options)
    assert str(caught.value).startswith(message)


def test_labels_are_numpys_own_too() -> None:
    labels = [np.int64(1), np.str_("wren"), (np.int8(3), "a"), None, 1]
    batch = pv.Patches.from_batch(items(), labels=labels)
    assert batch.to_frame()["labels"].tolist() == ["1", "wren", "3, a", "", "1"]


def test_a_batch_with_gaps_says_so() -> None:
    x = items()
    x[1, 0, :3], x[4] = np.nan, np.inf
    message = "67 of 320 values of x are not finite, in 2 of 5 items: 1, 4. They are drawn as gaps."
    with pytest.warns(UserWarning, match=f"^{message}$"):
        pv.Patches.from_batch(x)


def test_a_batch_is_not_saved_as_a_recording(tmp_path: Any) -> None:
    with pytest.raises(InvalidValueError, match=r"items of Patches\.from_batch, .* np\.savez\("):
        batch().spectrogram.save(tmp_path / "batch.npz")
    assert not list(tmp_path.iterdir())


def test_items_are_of_no_day() -> None:
    like = pv.Spectrogram(np.zeros((4, 3)), recording_start=datetime(2024, 5, 12))
    assert batch(like=like).spectrogram.recording_start is None
