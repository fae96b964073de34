"""Measure what patchviz promises: ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import matplotlib

from .measure import Outcome, Settings
from .report import GROUPS, environment, measure_group, write_docs


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, report, and return 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "groups", nargs="*", default=GROUPS, metavar="GROUP", help=f"any of {', '.join(GROUPS)}"
    )
    parser.add_argument("--repeats", type=int, default=5, help="runs of each side (default: 5)")
    parser.add_argument("--smoke", action="store_true", help="tiny and once: only that it runs")
    parser.add_argument(
        "--write-docs", action="store_true", help="put the tables into docs/benchmarks.md"
    )
    options = parser.parse_args(arguments)
    if unknown := set(options.groups) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    if options.smoke and options.write_docs:
        parser.error("a smoke run measures nothing that belongs in the documentation")
    if options.repeats < 1:
        parser.error("--repeats must be at least 1")
    matplotlib.use("Agg")
    print(environment())
    measured: dict[str, list[Outcome]] = {}
    with tempfile.TemporaryDirectory(prefix="patchviz-benchmarks-") as folder:
        settings = Settings(options.smoke, 1 if options.smoke else options.repeats, Path(folder))
        for name in options.groups:
            measured[name] = measure_group(name, settings)
    if options.write_docs:
        write_docs(measured)
    if options.smoke:
        return 0
    missed = [outcome for outcomes in measured.values() for outcome in outcomes if not outcome.met]
    print(f"\n{len(missed)} of {sum(map(len, measured.values()))} targets missed.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
