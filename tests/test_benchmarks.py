"""The benchmarks run, can fail, and write their table where it belongs."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(not (ROOT / "benchmarks").exists(), reason="no checkout")


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The benchmarks are beside the tests, not in the package."""
    monkeypatch.syspath_prepend(str(ROOT))


@pytest.mark.slow
def test_everything_runs_when_it_is_tiny() -> None:
    command = [sys.executable, "-m", "benchmarks", "--smoke"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.count("  ran   ") >= 12
    assert "Traceback" not in run.stderr


def test_every_group_can_be_imported() -> None:
    """What they import from inside the package moves; the slow test is not run at each change."""
    from benchmarks.report import GROUPS

    for name in GROUPS:
        assert importlib.import_module(f"benchmarks.{name}").FIGURES


def test_a_missed_target_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from benchmarks import __main__, importing
    from benchmarks.measure import Outcome

    outcome = Outcome("this", "that", "2 s", "6 s", 3, 3, "× faster")
    for target, at_least, code in [(3, True, 0), (3.1, True, 1), (3, False, 0), (2.9, False, 1)]:
        result = outcome._replace(target=target, at_least=at_least)
        monkeypatch.setattr(importing, "FIGURES", [lambda settings, result=result: [result]])
        assert __main__.main(["importing", "--repeats", "1"]) == code
        printed = capsys.readouterr().out
        assert ("MISS  this, against that" in printed) == bool(code)
        assert f"{code} of 1 targets missed" in printed


def test_table_goes_between_its_marks(tmp_path: Path) -> None:
    from benchmarks.measure import Outcome
    from benchmarks.report import environment, write_docs

    page = tmp_path / "page.md"
    page.write_text("# Page\n<!-- measured: a -->\nold\n<!-- end -->\ntext\n"
                    "<!-- measured: b -->\nkept\n<!-- end -->\n")  # fmt: skip
    fast = Outcome("this", "that", "2 s", "6 s", 3, 2, "× faster")
    wrong = Outcome("pixels", "Agg", "99.95 %", "100 %", 99.95, 99.99, "%")
    write_docs({"a": [fast, wrong]}, page)
    written = page.read_text()
    assert written == (
        "# Page\n<!-- measured: a -->\n\n"
        "| what | against | patchviz | there | target | measured |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        "| this | that | 2 s | 6 s | at least 2 × faster | **3 × faster** |\n"
        "| pixels | Agg | 99.95 % | 100 % | at least 99.99 % | 99.95 % (missed) |\n\n"
        f"{environment()}\n\n<!-- end -->\ntext\n<!-- measured: b -->\nkept\n<!-- end -->\n"
    )
    with pytest.raises(SystemExit, match="no place for the group 'c'"):
        write_docs({"c": [fast]}, page)


def test_every_group_has_a_place_in_the_documentation() -> None:
    from benchmarks.report import DOCS, GROUPS

    page = DOCS.read_text(encoding="utf-8")
    for name in GROUPS:
        assert f"<!-- measured: {name} -->" in page
