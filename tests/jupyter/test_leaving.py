"""A cell that runs again, and a scrubber that is closed, leave nothing behind."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import SETUP, Notebook

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
        for _ in range(3):  # what is freed may free more
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
def test_two_hundred_runs(lab: Notebook, record_property: Any) -> None:
    lab.open(lab.server.write("again", SETUP, "pv.scrub(patches)"))
    lab.run_cell(0)
    heap = Heap(lab.page)

    def run(times: int) -> tuple[tuple[int, int, int], dict[str, float]]:
        for _ in range(times):
            lab.run_cell(1).wait_index(0)
        return counts(lab), heap.measure()

    kernel, page = run(20)  # fills caches
    kernel_after, page_after = run(200)
    assert kernel_after[:2] == kernel[:2]
    grown = {name: page_after[name] - page[name] for name in ("JSHeapUsedSize", "Nodes",
                                                              "JSEventListeners")}  # fmt: skip
    for name, value in grown.items():
        record_property(name, value)
    record_property("objects", kernel_after[2] - kernel[2])
    assert kernel_after[2] - kernel[2] < 200 * 100  # IPython keeps what a cell returned
    assert grown["Nodes"] < 200
    assert grown["JSEventListeners"] < 200
    assert grown["JSHeapUsedSize"] < 200 * 50_000
