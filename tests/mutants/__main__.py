"""Deliberate faults, each of which some test must catch: ``python tests/mutants [NAME ...]``.

``mutants.toml`` lists them: a name, a file, its text and the fault in its place, and the tests
that are run. Each fault stands alone in a copy of the tree. One that no test catches makes the
command fail. With ``--check`` nothing is run: each text must stand once in its file, and each test
must be there.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
EVERYTHING = "slow or browser or jupyter or docs or firefox or not slow"


def copy_tree(folder: Path) -> None:
    """Copy what git tracks, as it is in the working tree, and lend the JavaScript tools."""
    tracked = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).split("\0")
    for name in filter(None, tracked):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    if (ROOT / "node_modules").exists():
        (folder / "node_modules").symlink_to(ROOT / "node_modules")


def run_tests(folder: Path, tests: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:randomly",
               "-p", "no:cacheprovider", "-m", EVERYTHING, *tests]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def problems(mutant: dict[str, Any]) -> Iterator[str]:
    """Tell why a fault cannot be made, or its tests not run."""
    n = (ROOT / mutant["file"]).read_text("utf-8").count(mutant["old"])
    if n != 1:
        yield f"{mutant['name']}: its text is {n} times in {mutant['file']}"
    for test in mutant["tests"]:
        name, _, function = test.partition("::")
        file = ROOT / name
        if not file.exists() or f"def {function}(" not in f"{file.read_text('utf-8')}def (":
            yield f"{mutant['name']}: there is no {test}"


def is_caught(folder: Path, mutant: dict[str, Any]) -> bool:
    file = folder / mutant["file"]
    right = file.read_text("utf-8")
    file.write_text(right.replace(mutant["old"], mutant["new"]), "utf-8")
    try:
        done = run_tests(folder, mutant["tests"])
    finally:
        file.write_text(right, "utf-8")
    if done.returncode not in (0, 1):
        sys.exit(f"{mutant['name']}: pytest could not run:\n{done.stdout}{done.stderr}")
    return done.returncode == 1


def main() -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("names", nargs="*", help="of mutants; all where there are none")
    parser.add_argument("--check", action="store_true", help="whether each can be made; run none")
    options = parser.parse_args()
    names = options.names
    listed = tomllib.loads((Path(__file__).parent / "mutants.toml").read_text("utf-8"))["mutant"]
    mutants = [mutant for mutant in listed if not names or mutant["name"] in names]
    if wrong := [problem for mutant in mutants for problem in problems(mutant)]:
        sys.exit("\n".join(wrong))
    if options.check:
        return 0
    survivors = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_tree(folder)
        tests = sorted({test for mutant in mutants for test in mutant["tests"]})
        healthy = run_tests(folder, tests)
        if healthy.returncode:
            sys.exit(f"Without any fault the tests do not pass:\n{healthy.stdout}")
        for mutant in mutants:
            caught = is_caught(folder, mutant)
            print(f"{'caught' if caught else 'SURVIVED':9} {mutant['name']}", flush=True)
            if not caught:
                survivors.append(mutant["name"])
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} caught")
    return bool(survivors)


if __name__ == "__main__":
    sys.exit(main())
