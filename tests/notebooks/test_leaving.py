"""A cell that runs again, and a scrubber that is closed, leave nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ..numbered import SETUP
from ..slope import slope
from .conftest import SLIDER, Notebook

COUNT = """
import gc, ipywidgets.widgets.widget as w, comm, resource
gc.collect()
print(len(w._instances), len(comm.get_comm_manager().comms), len(gc.get_objects()))
"""


def counts(notebook: Notebook) -> tuple[int, int, int]:
    """Widgets, comms and objects of the kernel."""
    widgets, comms, objects = notebook.python(COUNT).split()
    return int(widgets), int(comms), int(objects)


class Heap:
    """What the page holds, once its garbage is gone."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable")

    def measure(self) -> dict[str, float]:
        """Measure once it shrinks no more: anywidget keeps what is closed for two seconds."""
        self._page.evaluate("() => new Promise((done) => setTimeout(done, 2200))")
        metrics = self._collected()
        while (smaller := self._collected())["Nodes"] < metrics["Nodes"]:
            metrics = smaller
        return smaller

    def _collected(self) -> dict[str, float]:
        self._session.send("HeapProfiler.collectGarbage")
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return {metric["name"]: metric["value"] for metric in metrics}


@pytest.mark.parametrize("of", ["patches", "pv.PatchView(patches)"])
def test_closing_frees_everything(lab: Notebook, of: str) -> None:
    setup = SETUP + "\nimport matplotlib.pyplot as plt"
    lab.open(lab.server.write(f"closing-{len(of)}", setup, f"scrubber = pv.scrub({of})\nscrubber"))
    lab.run_cell(0)
    before = counts(lab)
    lab.run_cell(1).wait("pictureOf()?.getBoundingClientRect().height > 100")
    lab.python("scrubber.close()")
    lab.wait("scope.querySelectorAll('.patchviz-scrubber').length === 0")
    # ... and what is saved does not appear in its place.
    lab.wait("scope.querySelector('.patchviz-saved').offsetHeight === 0")
    assert counts(lab)[:2] == before[:2]
    assert lab.errors == []


def test_another_cell_that_shows_it_runs_again(lab: Notebook) -> None:
    path = lab.server.write("showing", SETUP, "scrubber = pv.scrub(patches)", "scrubber")
    lab.open(path).run().wait_index(0)
    lab.find(SLIDER).press("End")
    lab.run_cell(2).wait_index(106)
    assert lab.python("print(scrubber.comm is None)") == "False"
    lab.run_cell(1)  # which makes another one
    lab.wait("scope.querySelectorAll('.patchviz-scrubber').length === 0")
    lab.run_cell(2).wait_index(0)
    assert lab.errors == []


def test_python_hears_though_the_thread_that_widgets_speak_to_is_ended(lab: Notebook) -> None:
    path = lab.server.write("ended", SETUP, "scrubber = pv.scrub(patches)\nscrubber")
    lab.open(path).run().wait_index(0)
    for index, n_ended in enumerate([1, 0], 1):  # a kernel answers where it has answered last
        lab.find(SLIDER).press("ArrowRight")
        lab.wait_python(f"scrubber.index == {index}")
        assert lab.end_subshells() == n_ended
    assert lab.errors == []


# JupyterLab itself keeps something of every run of every cell, and of every comm.
MOST = {"Nodes": 2, "JSEventListeners": 2, "JSHeapUsedSize": 60_000}  # a run


@pytest.mark.parametrize("n_runs", [40, pytest.param(200, marks=pytest.mark.soak)])
def test_a_cell_that_runs_again_and_again_leaves_nothing(
    own_document: Callable[[str], Notebook], n_runs: int
) -> None:
    lab = own_document("lab")
    lab.open(
        lab.server.write(
            "again", SETUP, "pv.scrub(patches, index=5)", "display({'text/html': '<p>'}, raw=True)"
        )
    )
    lab.run_cell(0)
    heap = Heap(lab.page)

    def run(cell: int) -> None:
        lab.run_cell(cell)
        lab.wait_index(5)

    def growth(cell: int, n_runs: int, step: int) -> tuple[dict[str, float], float]:
        """What a run adds to the page, by name, and to the objects of the kernel."""
        run(cell)  # going from one cell to another fills some caches, too
        kernel, page = [counts(lab)], [heap.measure()]
        for _ in range(n_runs // step):
            for _ in range(step):
                run(cell)
            kernel.append(counts(lab))
            page.append(heap.measure())
        assert {(widgets, comms) for widgets, comms, _ in kernel} == {kernel[0][:2]}
        grown = {name: slope([values[name] for values in page]) / step for name in MOST}
        return grown, slope([objects for *_, objects in kernel]) / step

    for _ in range(8):  # fills caches
        run(1)
    theirs, _ = growth(2, n_runs // 2, n_runs // 8)  # beside a scrubber that stays
    ours, objects = growth(1, n_runs, n_runs // 5)
    # What IPython's history keeps of a closed scrubber is little.
    print(f"each run: {objects:.1f} objects in the kernel", end="")
    assert objects < 40
    for name, most in MOST.items():
        besides = ours[name] - theirs[name]
        print(f", {name} {besides:.1f} (besides {theirs[name]:.1f} of JupyterLab's)", end="")
        assert besides < most, name
    print(" in the page")
