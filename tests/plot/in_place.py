"""Runs matplotlib's own tests of meshes twice: as they are, and with `PatchMesh` for `QuadMesh`.

A plugin of pytest. Stored images, which nobody installs, are not asked for: what a test draws one
way is compared with what it draws the other way. What came of it is written, as JSON, into the
file that PATCHVIZ_IN_PLACE names.
"""

from __future__ import annotations

import collections
import inspect
import io
import json
import os
import re
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.collections
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.testing import decorators
from PIL import Image

from patchviz.errors import PatchvizError
from patchviz.plot.mesh import PatchMesh

WORDS = re.compile("pcolor|QuadMesh|colorbar|hist2d|specgram")
WAYS = ("as_is", "in_place")
CLOSE = 8  # of 255: two steps of a colormap


# The package itself refuses to be imported without its stored images.
_tests = types.ModuleType("matplotlib.tests")
_tests.__path__ = [str(Path(matplotlib.__file__).with_name("tests"))]
sys.modules["matplotlib.tests"] = _tests


class _InPlace(type):
    """What makes a `PatchMesh` where `QuadMesh` is called, and a `QuadMesh` where it cannot."""

    def __call__(cls, coordinates: Any, **properties: Any) -> QuadMesh:
        patch_mesh = _patch_mesh(np.asarray(coordinates), **properties)
        if patch_mesh is None:
            return QuadMesh(coordinates, **properties)
        _made.append(patch_mesh)
        return patch_mesh

    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, QuadMesh)

    def __getattr__(cls, name: str) -> Any:
        return getattr(QuadMesh, name)


class InPlace(metaclass=_InPlace):
    """Stands where matplotlib looks for `QuadMesh`."""


_made: list[PatchMesh] = []  # by the test that runs


def _patch_mesh(
    coordinates: np.ndarray, shading: str = "flat", **properties: Any
) -> PatchMesh | None:
    """Return the same mesh; None where its cells are no rectangles, or it has no values."""
    if shading != "flat" or properties.get("array") is None:
        return None
    x, y = coordinates[0, :, 0], coordinates[:, 0, 1]
    if not np.array_equal(np.stack(np.meshgrid(x, y), axis=-1), coordinates):
        return None
    own = {name: properties.pop(name, None) for name in ("array", "cmap", "norm")}
    colorizer = properties.pop("colorizer", None)
    if colorizer is not None and (own["cmap"], own["norm"]) != (None, None):
        return None
    try:
        mesh = PatchMesh(own["array"], x, y, cmap=own["cmap"], norm=own["norm"])
        mesh.set(rasterized=False, antialiased=properties.pop("antialiased", True))
        if colorizer is not None:
            mesh.colorizer = colorizer
        mesh.set(**properties)
    except PatchvizError:
        return None
    return mesh


@pytest.fixture(autouse=True, params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have a test draw with one class, and then with the other."""
    _made.clear()
    if request.param == "in_place":
        monkeypatch.setattr(matplotlib.collections, "QuadMesh", InPlace)
    return request.param


# -- what is compared ------------------------------------------------------------------------

_images: list[np.ndarray] = []  # of the test that runs
_found: dict[str, dict[str, Any]] = collections.defaultdict(dict)  # by test and by way


def _keep(self: Any, fig: Any, *_: Any, **__: Any) -> None:
    """Keep what a figure looks like, in place of comparing it with a stored image."""
    if self.remove_text:
        decorators.remove_ticks_and_titles(fig)
    file = io.BytesIO()
    fig.savefig(file, **{**self.savefig_kwargs, "format": "png"})
    plt.close(fig)
    _images.append(np.asarray(Image.open(file).convert("RGBA")))


def pytest_configure() -> None:
    decorators._ImageComparisonBase.compare = _keep  # type: ignore[method-assign]


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Leave those tests that draw meshes, and no vector images, which cannot be compared."""
    items[:] = [
        item
        for item in items
        if WORDS.search(inspect.getsource(inspect.unwrap(item.obj)))
        and item.callspec.params.get("extension", "png") == "png"
    ]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Iterator[None]:
    """Keep what came of a test."""
    report = yield
    if report.when == "call":
        way = item.callspec.params["way"]
        others = "-".join(each for each in item.callspec.id.split("-") if each not in WAYS)
        name = f"{item.path.stem}::{item.originalname}" + (f"[{others}]" if others else "")
        said = report.longreprtext.splitlines() if report.failed else []
        _found[name][way] = {
            "outcome": report.outcome,
            "said": next((line for line in said if line.startswith("E ")), ""),
            "images": _images.copy(),
            "n_meshes": len(_made),
        }
        _images.clear()
    return report


def pytest_sessionfinish() -> None:
    """Write what came of each test, both ways."""
    said = {}
    for name, each in _found.items():
        as_is, in_place = (each.get(way, {"images": []}) for way in WAYS)
        pairs = zip(as_is.pop("images"), in_place.pop("images"), strict=False)
        far = [_far(*pair) for pair in pairs]
        said[name] = {"as_is": as_is, "in_place": in_place, "far": far}
    Path(os.environ["PATCHVIZ_IN_PLACE"]).write_text(json.dumps(said, indent=1), "utf-8")


def _far(first: np.ndarray, second: np.ndarray) -> tuple[float, int]:
    """Return which part of the pixels is far from what it should be, and how far the farthest."""
    if first.shape != second.shape:
        return 1.0, 255
    differences = np.abs(first.astype(int) - second).max(axis=-1)
    return float((differences > CLOSE).mean()), int(differences.max())
