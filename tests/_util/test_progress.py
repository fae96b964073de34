"""Progress bars: where they are seen, and that nothing stays of them."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from patchviz._util.progress import progress_bar


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, Any], str, bool]]:
    """What is shown in a notebook: data, the output that it is in, whether that was there."""
    shown: list[tuple[dict[str, Any], str, bool]] = []

    def publish(data: dict[str, Any], *, transient: dict[str, str], update: bool) -> None:
        shown.append((data, transient["display_id"], update))

    monkeypatch.setattr("IPython.display.publish_display_data", publish)
    ticks = itertools.count()
    monkeypatch.setattr("tqdm.std.time", lambda: 0.6 * next(ticks))
    stream = type("OutStream", (SimpleNamespace,), {"__module__": "ipykernel.iostream"})
    there = SimpleNamespace(stderr=stream(isatty=lambda: False))  # to write to it fails
    monkeypatch.setattr("patchviz._util.progress.sys", there)
    return shown


def test_in_a_notebook_it_is_one_output_and_empty_in_the_end(
    published: list[tuple[dict[str, Any], str, bool]],
) -> None:
    with progress_bar("saving a.gif", 8, "frames", is_wanted=True) as bar:
        for _ in range(8):
            bar.update()
    assert len({output for _, output, _ in published}) == 1
    assert [update for *_, update in published] == [False] + [True] * (len(published) - 1)
    texts = [data.get("text/plain", "") for data, *_ in published]
    assert "saving a.gif:  50%|" in "".join(texts)
    assert "| 4/8 frames [" in "".join(texts)
    assert published[-1][0] == {}


def test_it_goes_when_somebody_interrupts(
    published: list[tuple[dict[str, Any], str, bool]],
) -> None:
    def carve() -> None:
        with progress_bar("carving", 8, "s of sound", is_wanted=True) as bar:
            for _ in range(4):
                bar.update()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carve()
    assert "carving" in published[0][0]["text/plain"]
    assert published[-1][0] == {}


def test_what_is_done_in_a_moment_or_not_wanted_shows_nothing(
    published: list[tuple[dict[str, Any], str, bool]],
) -> None:
    with progress_bar("quick", 2, "frames", is_wanted=True):
        pass
    with progress_bar("unwanted", 9, "frames", is_wanted=False) as bar:
        for _ in range(9):
            bar.update()
    assert published == []
