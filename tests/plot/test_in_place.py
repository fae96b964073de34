"""matplotlib's own tests of meshes pass with `PatchMesh` in the place of `QuadMesh`.

What cannot be the same is listed, with its reason; the day it is, its test here says so.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib
import pytest

pytestmark = pytest.mark.soak

FILES = (
    *("agg_filter", "axes", "bbox_tight", "collections", "colorbar", "colors"),
    *("constrainedlayout", "contour", "datetime", "figure", "image", "legend", "pickle"),
    *("transforms",),
)
FEW = 0.001  # of all pixels may be farther from matplotlib's than two steps of a colormap

# Tests that pass with `QuadMesh` alone, and why.
ELSE = {
    "test_collections::test_quadmesh_set_array": "get_array returns rows and columns, also of "
    "values that were set as one row: a view of them is a picture",
    "test_collections::test_quadmesh_set_array_validation[pcolormesh]": "the message of a wrong "
    "shape names the edges that it does not fit",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what came of each test that made a mesh: as it is, and with the other class."""
    folder = Path(matplotlib.__file__).with_name("tests")
    files = [folder / f"test_{name}.py" for name in FILES]
    if not all(file.is_file() for file in files):
        pytest.skip("this matplotlib came without its tests")
    scratch = tmp_path_factory.mktemp("in_place")
    root = Path(__file__).parents[2]
    options = [f"no:{plugin}" for plugin in ("cacheprovider", "randomly", "xdist")]
    plugins = [word for plugin in ("in_place", *options) for word in ("-p", plugin)]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "--tb=line", *plugins),
            *("-c", os.devnull, "--rootdir", folder, *files),
        ],
        cwd=scratch,
        env={
            **os.environ,
            "PATCHVIZ_IN_PLACE": str(scratch / "found.json"),
            "PYTHONPATH": os.pathsep.join([str(root), str(Path(__file__).parent)]),
        },
        capture_output=True,
        text=True,
    )
    assert (scratch / "found.json").is_file(), done.stdout + done.stderr
    found = json.loads((scratch / "found.json").read_text("utf-8"))
    return {name: each for name, each in found.items() if each["in_place"].get("n_meshes")}


def test_what_passes_with_the_one_passes_with_the_other(found: dict[str, Any]) -> None:
    passed = [name for name, each in found.items() if each["as_is"]["outcome"] == "passed"]
    assert len(passed) > 100
    others = {
        name: found[name]["in_place"]["said"]
        for name in passed
        if found[name]["in_place"]["outcome"] != "passed"
    }
    assert others.keys() == ELSE.keys(), others


def test_images_are_the_same(found: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    images = {(name, n): far for name, each in found.items() for n, far in enumerate(each["far"])}
    assert len(images) > 50
    with capsys.disabled():
        n_exact = sum(farthest == 0 for _, farthest in images.values())
        farthest = max(farthest for _, farthest in images.values())
        print(
            f"\n{len(found)} tests with meshes; {n_exact} of {len(images)} images are the same, "
            f"the others differ by at most {farthest} of 255"
        )
    assert not {name: far for name, far in images.items() if far[0] > FEW}
