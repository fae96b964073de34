"""Files read by patchviz in a process of its own, which may die or be ended without harm.

Run as a script it is that process: paths come in by standard input, one a line, and what is
said of each goes out as one line of JSON.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

CPU_LIMIT = 20  # s for one file, where one takes some hundredths
MEMORY_LIMIT = 1 << 30  # bytes more than when the process was asked
PATIENCE = 300  # times that an answer is waited for, a second each: a machine may stand still


class Reader:
    """patchviz in another process; after a death another one is started.

    Parameters
    ----------
    script : path, optional
        What that process runs.
    """

    def __init__(self, script: str | Path = __file__) -> None:
        self.script = script
        self._process: subprocess.Popen[str] | None = None
        self._listener = ThreadPoolExecutor(max_workers=1)
        self._said = tempfile.TemporaryFile(  # noqa: SIM115 - close() closes it
            "w+", encoding="utf-8", errors="replace"
        )

    def read(self, path: Path) -> dict[str, Any]:
        """Return what is said of a file; ``{"died": how}`` where the process did not survive it."""
        process = self._process = self._process or self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{path}\n")
        process.stdin.flush()
        answer = self._listener.submit(process.stdout.readline)
        for _ in range(PATIENCE):
            with contextlib.suppress(TimeoutError):
                answer.result(timeout=1)
                break
        else:
            process.kill()
            answer.result()  # none, or too late
            return self._death(process)
        return json.loads(answer.result()) if answer.result() else self._death(process)

    def _death(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        """Return how a process ended and what it said, and forget it."""
        self._process = None
        process.communicate()
        self._said.seek(0)
        code = process.returncode
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return {"died": how, "said": self._said.read()[-2000:]}

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()
        self._listener.shutdown()
        self._said.close()

    def _started(self) -> subprocess.Popen[str]:
        import patchviz

        self._said.seek(0)
        self._said.truncate()
        return subprocess.Popen(
            [sys.executable, "-X", "faulthandler", str(self.script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            encoding="utf-8",
            env={
                **os.environ,
                "PYTHONPATH": str(Path(patchviz.__file__).parents[1]),
                "PYTHONUTF8": "1",
            },
        )


# -- in the other process --------------------------------------------------------------------


def limit() -> None:
    """Set what the next file may use, where the system can: more is a signal or a MemoryError."""
    with contextlib.suppress(ImportError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + CPU_LIMIT
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
        if sys.platform == "linux":
            size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY_LIMIT, resource.RLIM_INFINITY))


def look_at(path: str) -> dict[str, Any]:
    """Return what patchviz says of a file."""
    import warnings

    import numpy as np

    import patchviz as pv

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found: dict[str, Any]
        try:
            spec = pv.Spectrogram.from_file(
                path, sr=None, mono=True, kind="stft", n_fft=256, hop_length=128, progress=False
            )
        except Exception as error:  # whatever it is: that is the question
            found = {
                "error": type(error).__name__,
                "is_documented": isinstance(error, pv.PatchvizError)
                and isinstance(error, OSError | ValueError),
                "message": str(error),
            }
        else:
            audio = spec.audio
            found = {
                "seconds": audio.duration,
                "is_all_seen": spec.values.shape[1] == 1 + audio.n_samples // 128,
                "is_finite": bool(np.isfinite(spec.values).all()),
            }
    found["warnings"] = [[each.category.__name__, str(each.message)] for each in caught]
    return found


def main() -> None:
    """Answer until nobody asks."""
    if hasattr(signal, "SIGXCPU"):
        faulthandler.register(signal.SIGXCPU, chain=True)  # tells where the time went
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints is no answer
    for line in sys.stdin:
        limit()
        print(json.dumps(look_at(line.rstrip("\n"))), file=answers, flush=True)


if __name__ == "__main__":
    main()
