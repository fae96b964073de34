"""A cell that runs again, and a scrubber that is closed, leave nothing behind."""

from __future__ import annotations

from typing import Any

import pytest

from ..numbered import SETUP
from .conftest import Notebook

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
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable")

    def measure(self) -> dict[str, float]:
        """Measure once it shrinks no more: anywidget keeps what is closed for two seconds."""
        until = self._now() + 3
        metrics = self._collected()
        while self._now() < until:
            smaller = self._collected()
            if smaller["Nodes"] < metrics["Nodes"]:
                until = self._now() + 3
            metrics = smaller
        return metrics

    def _now(self) -> float:
        return self._metrics()["Timestamp"]

    def _collected(self) -> dict[str, float]:
        self._session.send("HeapProfiler.collectGarbage")
        return self._metrics()

    def _metrics(self) -> dict[str, float]:
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
    lab.wait("document.querySelectorAll('.patchviz-scrubber').length === 0")
    # ... and what is saved does not appear in its place.
    lab.wait("document.querySelector('.patchviz-saved').offsetHeight === 0")
    assert counts(lab)[:2] == before[:2]
    assert lab.errors == []


def test_another_cell_that_shows_it_runs_again(lab: Notebook) -> None:
    path = lab.server.write("showing", SETUP, "scrubber = pv.scrub(patches)", "scrubber")
    lab.open(path).run().wait_index(0)
    lab.find(".noUi-handle").press("End")
    lab.run_cell(2).wait_index(106)
    assert lab.python("print(scrubber.comm is None)") == "False"
    lab.run_cell(1)  # which makes another one
    lab.wait("document.querySelectorAll('.patchviz-scrubber').length === 0")
    lab.run_cell(2).wait_index(0)
    assert lab.errors == []


@pytest.mark.slow
def test_two_hundred_runs(lab: Notebook) -> None:
    lab.open(
        lab.server.write(
            "again", SETUP, "pv.scrub(patches, index=5)", "display({'text/html': '<p>'}, raw=True)"
        )
    )
    lab.run_cell(0)
    heap = Heap(lab.page)

    def run(cell: int, times: int) -> tuple[tuple[int, int, int], dict[str, float]]:
        for _ in range(times):
            lab.run_cell(cell)
            lab.wait_index(5)
        return counts(lab), heap.measure()

    run(1, 20)  # fills caches
    _, start = run(2, 1)  # beside a scrubber that stays
    _, end = run(2, 50)
    kernel_before, before = run(1, 1)  # going to another cell fills some, too
    kernel, after = run(1, 200)
    assert kernel[:2] == kernel_before[:2]
    # What IPython's history keeps of a closed scrubber is little.
    objects = (kernel[2] - kernel_before[2]) / 200
    print(f"each run: {objects:.1f} objects in the kernel", end="")
    assert objects < 40
    # JupyterLab itself keeps something of every run of every cell, and of every comm.
    for name, most in {"Nodes": 2, "JSEventListeners": 2, "JSHeapUsedSize": 60_000}.items():
        theirs = (end[name] - start[name]) / 50
        ours = (after[name] - before[name]) / 200 - theirs
        print(f", {name} {ours:.1f} (besides {theirs:.1f} of JupyterLab's)", end="")
        assert ours < most, name
    print(" in the page")
