"""What the page's JavaScript does without a page: its tests in node."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("file", sorted(p.name for p in (ROOT / "tests/js").glob("*.test.js")))
def test_units_in_node(file: str, require_command: Callable[..., str]) -> None:
    command = [require_command("node"), "--test", "--test-reporter=spec", f"tests/js/{file}"]
    plain = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, encoding="utf-8")
    if done.returncode:
        # The reporter lists the tests, and once more at the end those that failed, with their why.
        *_, failed = (done.stdout + done.stderr).partition("failing tests:")
        pytest.fail(failed or done.stdout + done.stderr, pytrace=False)
