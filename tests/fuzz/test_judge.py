"""What judges is judged: a process that dies, and everything that can be wrong with an answer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from . import reader
from .judge import fault
from .reader import Reader

STAND_IN = f"""
import faulthandler, os, sys, threading
sys.path.insert(0, {str(Path(__file__).parent)!r})
import reader

def look_at(path):
    if path == "crash":
        faulthandler._sigsegv()
    if path == "loop":
        while True:
            pass
    if path == "memory":
        bytearray(4 << 30)
    if path == "wait":
        threading.Event().wait()
    print("noise")
    return {{"path": path, "process": os.getpid()}}

reader.CPU_LIMIT = 1
reader.look_at = look_at
reader.main()
"""


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    script = tmp_path_factory.mktemp("reader") / "stand_in.py"
    script.write_text(STAND_IN, encoding="utf-8")
    stand_in = Reader(script)
    yield stand_in
    stand_in.close()


def test_one_process_reads_many_files_and_a_death_is_the_fault_of_one(stand_in: Reader) -> None:
    first, second = (stand_in.read(Path(name)) for name in ("a", "b ü"))
    assert (first["path"], second["path"]) == ("a", "b ü")
    assert first["process"] == second["process"]
    died = stand_in.read(Path("crash"))
    assert "look_at" in died["said"]
    assert fault("crash", died, None, False) == f"died: {died['died']}"
    third = stand_in.read(Path("c"))
    assert third["path"] == "c"
    assert third["process"] != first["process"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits of other systems are not relied on")
@pytest.mark.parametrize(
    ("name", "how", "words"), [("loop", "SIGXCPU", "look_at"), ("memory", "exit code 1", "Memory")]
)
def test_limits_of_a_process(stand_in: Reader, name: str, how: str, words: str) -> None:
    died = stand_in.read(Path(name))
    assert died["died"] == how
    assert words in died["said"]


@pytest.mark.slow
def test_a_process_that_does_nothing_is_ended(
    stand_in: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "PATIENCE", 1)
    assert "died" in stand_in.read(Path("wait"))
    monkeypatch.undo()
    assert stand_in.read(Path("d"))["path"] == "d"


READ = {"seconds": 1.0, "is_all_seen": True, "is_finite": True, "warnings": []}
REFUSED = {
    "error": "AudioFileError",
    "is_documented": True,
    "message": "'a.wav' ...",
    "warnings": [],
}
TOLD = [["UserWarning", "'a.wav' has no end"]]


@pytest.mark.parametrize(
    ("said", "seconds", "is_whole", "expected"),
    [
        (READ, 1.0, True, None),
        (READ, None, True, None),
        (READ, 1.09, True, None),
        (READ, 1.11, True, "shorter, no word"),
        (READ, 0.89, True, "longer, no word"),
        ({**READ, "warnings": TOLD}, 5.0, False, None),
        ({**READ, "warnings": [["UserWarning", "of no file"]]}, 5.0, False, "shorter, no word"),
        ({**READ, "warnings": [["RuntimeWarning", "overflow"]]}, 1.0, True, "numpy's warnings"),
        ({**READ, "is_finite": False}, 1.0, True, "not finite, no word"),
        ({**READ, "is_all_seen": False}, 1.0, True, "the picture is of another length"),
        (REFUSED, 1.0, False, None),
        (REFUSED, None, True, None),
        (REFUSED, 1.0, True, "refused"),
        ({**REFUSED, "is_documented": False}, 1.0, False, "foreign AudioFileError"),
        ({**REFUSED, "message": "no"}, 1.0, False, "words that do not help"),
        ({**REFUSED, "message": "'a.wav'" + "!" * 493}, 1.0, False, "words that do not help"),
    ],
)
def test_what_is_a_fault(
    said: dict[str, Any], seconds: float | None, is_whole: bool, expected: str | None
) -> None:
    assert fault("a.wav", said, seconds, is_whole) == expected
