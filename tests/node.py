"""One node process that answers what many tests ask of the page's JavaScript."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Takes [[function, ...arguments], ...] and returns as many answers.
Ask = Callable[[Sequence[Sequence[Any]]], list[Any]]


@contextmanager
def asking(node: str) -> Iterator[Ask]:
    """Ask `node`, the program, to call functions of ``js/answers.js`` as long as this lasts."""
    command = [node, str(Path(__file__).parent / "js/answers.js")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, encoding="utf-8") as process:
        asked, answered = process.stdin, process.stdout
        assert asked is not None
        assert answered is not None

        def ask(calls: Sequence[Sequence[Any]]) -> list[Any]:
            asked.write(json.dumps(calls) + "\n")
            asked.flush()
            answers: list[Any] = json.loads(answered.readline())
            assert len(answers) == len(calls)
            return answers

        yield ask
        asked.close()
