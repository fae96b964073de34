"""The tutorials that are typed, from top to bottom; notebooks are run where the site is built."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from .conftest import CLIP, ROOT

pytestmark = pytest.mark.slow

TUTORIALS = ROOT / "docs" / "tutorials"


def blocks(page: str, language: str) -> list[str]:
    text = (TUTORIALS / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a tutorial needs of a clone, and nothing that would be imported from there."""
    (tmp_path / "patchviz/data").mkdir(parents=True)
    shutil.copy(CLIP, tmp_path / "patchviz/data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(command: str) -> str:
    """Run what is typed into a shell, in the environment of these tests."""
    bin_folder = Path(sys.executable).parent
    environment = {
        **os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}", "MPLBACKEND": "agg",
        "PYTHONSAFEPATH": "1", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-euc", command], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def test_a_page_for_colleagues(clone: Path) -> None:
    said = "".join(map(typed, blocks("colleagues.md", "console")))
    for name in ("morning.html", "owls.html", "both.html", "site/index.html"):
        assert f"wrote {name}" in said
    assert "4 patches of" in said, "at the windows of the table"
    assert (clone / "site.zip").stat().st_size > 100_000


def test_on_a_cluster(clone: Path, require: Callable[..., None]) -> None:
    require("distributed")
    (script,) = blocks("cluster.md", "python")
    Path("season.py").write_text(script, "utf-8")
    commands = [block for block in blocks("cluster.md", "console") if "pip" not in block]
    said = "".join(map(typed, commands))
    assert "season.py:" not in said, "the script warns of nothing"
    for name in ("season.png", "loudest.png", "loudest.html"):
        assert (clone / name).stat().st_size > 10_000
    parts = {path: path.stat().st_mtime_ns for path in (clone / "loud").rglob("*.parquet")}
    table = pd.concat(map(pd.read_parquet, parts))
    assert len(table) == 8 * 4
    assert (table["error"] == "").all()
    typed(commands[-1].splitlines()[-1])
    again = {path: path.stat().st_mtime_ns for path in (clone / "loud").rglob("*.parquet")}
    assert again == parts, "nothing is computed twice"
