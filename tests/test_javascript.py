"""What the page's JavaScript is without a page: its types, its tests in node, Python's pictures."""

from __future__ import annotations

import base64
import os
import subprocess
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import patchviz as pv
from patchviz.core.spectrogram import Spectrogram
from patchviz.plot.color import ColorScale
from patchviz.web.texture import TILE_WIDTH, Quantizer, encode_tiles

from .node import Ask, asking

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
@pytest.mark.parametrize("file", sorted(p.name for p in (ROOT / "tests/js").glob("*.test.js")))
def test_units_in_node(file: str, require_command: Callable[..., str]) -> None:
    # A process for each, as some put fakes in the place of what all use; --test would add another.
    command = [require_command("node"), "--test-reporter=spec", f"tests/js/{file}"]
    plain = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, encoding="utf-8")
    if done.returncode:
        # The reporter lists the tests, and once more at the end those that failed, with their why.
        *_, failed = (done.stdout + done.stderr).partition("failing tests:")
        pytest.fail(failed or done.stdout + done.stderr, pytrace=False)


@pytest.mark.slow
def test_types(require_command: Callable[..., str]) -> None:
    command = [require_command(str(ROOT / "node_modules/.bin/tsc")), "--pretty", "false"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)


@pytest.fixture(scope="module")
def ask(require_command: Callable[..., str]) -> Iterator[Ask]:
    with asking(require_command("node")) as ask:
        yield ask


def written(indices: np.ndarray) -> list[str]:
    """The files of the picture that has these indices, from the bottom row up, in base64."""
    spec = Spectrogram(indices.astype(float))
    quantizer = Quantizer.of(spec, ColorScale.of(spec, clim=(0.0, 256.0)))
    tiles = encode_tiles(spec.values, quantizer, image_format="png", column_step=1)
    return [base64.b64encode(tile).decode() for tile in tiles]


@given(
    st.lists(
        hnp.arrays(
            np.uint8,
            hnp.array_shapes(min_dims=2, max_dims=2, max_side=30),
            elements=st.integers(0, 255) | st.sampled_from([0, 1, 127, 128, 254, 255]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_the_page_reads_the_pictures_that_python_writes(
    ask: Ask, pictures: list[np.ndarray]
) -> None:
    for rows, indices in zip(
        ask([("cellsOf", *written(indices)) for indices in pictures]), pictures, strict=True
    ):
        assert rows == indices[::-1].tolist()


def test_the_page_joins_the_files_of_a_wide_picture(ask: Ask) -> None:
    indices = np.random.default_rng(0).integers(0, 256, (3, 2 * TILE_WIDTH + 5), np.uint8)
    files = written(indices)
    assert len(files) == 3
    assert ask([("cellsOf", *files)]) == [indices[::-1].tolist()]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.* in no patch, first")
@given(
    labels=st.lists(st.tuples(st.integers(-50, 650), st.integers(0, 60)), min_size=1, max_size=8),
    carving=st.one_of(
        st.tuples(st.integers(1, 12), st.integers(1, 20), st.sampled_from(["drop", "pad"])).map(
            lambda it: {"frame_length": it[0], "hop_length": it[1], "tail": it[2]}
        ),
        st.tuples(st.integers(10, 129), st.integers(10, 129)).map(
            lambda ms: {"duration": ms[0] / 1000, "starts": np.arange(0, 590, ms[1]) / 1000,
                        "tail": "pad"}  # starts and ends are as they were asked for
        ),
    ),
)  # fmt: skip
def test_the_page_finds_the_labels_that_python_finds(
    ask: Ask, labels: list[tuple[int, int]], carving: dict[str, Any]
) -> None:
    """Labels that begin and end anywhere in frames of 10 ms; some are a point in time."""
    spec = pv.Spectrogram(np.zeros((1, 60)), sr=1000, hop_length=10)
    table = [(a / 1000, (a + n) / 1000, f"c{k}") for k, (a, n) in enumerate(labels)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that some lie outside
        spec = spec.with_labels([*table, (0.0, 0.6, "all")])
    patches = spec.patches(**carving)
    (found,) = ask([("labelsOf", pv.player(patches).state)])
    for index, names in enumerate(found):
        assert sorted(names) == sorted(patches.labels_in(index)["label"])
