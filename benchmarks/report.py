"""The table: printed, and written into the documentation."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from .measure import Outcome, Settings

# The modules here that hold figures, in the order in which they are reported.
GROUPS = (
    "drawing",
    "exports",
    "player",
    "reading",
    "recordings",
    "season",
    "mapping",
    "journey",
    "labels",
    "importing",
    "cold_start",
    "gallery",
)
DOCS = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def measure_group(name: str, settings: Settings) -> list[Outcome]:
    """Measure every figure of a group, and print each as soon as it is known."""
    group = importlib.import_module(f"{__package__}.{name}")
    print(f"\n{group.TITLE}", flush=True)
    outcomes = []
    for figure in group.FIGURES:
        for outcome in figure(settings):
            outcomes.append(outcome)
            print(_line(outcome, settings.smoke), flush=True)
    return outcomes


def _line(outcome: Outcome, smoke: bool) -> str:
    verdict = "ran " if smoke else "ok  " if outcome.met else "MISS"
    return (
        f"  {verdict}  {outcome.figure}, against {outcome.against}:\n"
        f"        {outcome.ours} against {outcome.theirs}; {_measured(outcome)}, "
        f"target {_target(outcome)}"
    )


def _measured(outcome: Outcome) -> str:
    return f"{_number(outcome.measured)} {outcome.unit}"


def _target(outcome: Outcome) -> str:
    bound = "at least" if outcome.at_least else "at most"
    return f"{bound} {_number(outcome.target)} {outcome.unit}"


def _number(value: float) -> str:
    digits = 5 if 99 < value < 100 else 3  # 99.95 % is not 100 %
    return f"{value:,.0f}" if value >= 100 else f"{value:.{digits}g}"


def table(outcomes: Iterable[Outcome]) -> str:
    """Return outcomes as a table in Markdown."""
    head = ("what", "against", "patchviz", "there", "target", "measured")
    rows = [
        (o.figure, o.against, o.ours, o.theirs, _target(o),
         f"**{_measured(o)}**" if o.met else f"{_measured(o)} (missed)")
        for o in outcomes
    ]  # fmt: skip
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def environment() -> str:
    """Return what the figures were measured with."""
    names = ("matplotlib", "librosa", "numpy", "Pillow")
    versions = [f"{name} {importlib.metadata.version(name)}" for name in names]
    python = f"Python {platform.python_version()}"
    return f"{python}, {', '.join(versions)}; {os.cpu_count()} processor cores."


def write_docs(measured: dict[str, Sequence[Outcome]], path: Path = DOCS) -> None:
    """Put each group's table between its marks; leave the rest of the page alone."""
    text = path.read_text(encoding="utf-8")
    for name, outcomes in measured.items():
        marked = re.compile(rf"(<!-- measured: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not marked.search(text):
            raise SystemExit(
                f"{path} has no place for the group {name!r}: put the lines "
                f"'<!-- measured: {name} -->' and '<!-- end -->' where its table belongs."
            )
        body = f"\n{table(outcomes)}\n\n{environment()}\n\n"
        text = marked.sub(lambda match, body=body: f"{match[1]}{body}{match[2]}", text)
    path.write_text(text, encoding="utf-8")
