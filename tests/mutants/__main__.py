"""Deliberate faults, each of which some test must catch: ``python tests/mutants [NAME ...]``.

``mutants.toml`` lists them: a name, a file, its text and the fault in its place, and the tests
that are run. Each fault stands alone in a copy of the tree. One that no test catches makes the
command fail.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

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


def is_caught(folder: Path, mutant: dict[str, str], tests: list[str]) -> bool:
    file = folder / mutant["file"]
    right = file.read_text("utf-8")
    if right.count(mutant["old"]) != 1:
        sys.exit(
            f"{mutant['name']}: its text is {right.count(mutant['old'])} times in {mutant['file']}"
        )
    file.write_text(right.replace(mutant["old"], mutant["new"]), "utf-8")
    try:
        done = run_tests(folder, tests)
    finally:
        file.write_text(right, "utf-8")
    if done.returncode not in (0, 1):
        sys.exit(f"{mutant['name']}: pytest could not run:\n{done.stdout}{done.stderr}")
    return done.returncode == 1


def main() -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("names", nargs="*", help="of mutants; all where there are none")
    names = parser.parse_args().names
    listed = tomllib.loads((Path(__file__).parent / "mutants.toml").read_text("utf-8"))["mutant"]
    mutants = [mutant for mutant in listed if not names or mutant["name"] in names]
    survivors = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_tree(folder)
        tests = sorted({test for mutant in mutants for test in mutant["tests"]})
        healthy = run_tests(folder, tests)
        if healthy.returncode:
            sys.exit(f"Without any fault the tests do not pass:\n{healthy.stdout}")
        for mutant in mutants:
            caught = is_caught(folder, mutant, mutant["tests"])
            print(f"{'caught' if caught else 'SURVIVED':9} {mutant['name']}", flush=True)
            if not caught:
                survivors.append(mutant["name"])
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} caught")
    return bool(survivors)


if __name__ == "__main__":
    sys.exit(main())
