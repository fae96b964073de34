"""The site of 1,000 recordings: it can be stopped, goes on, and computes nothing twice."""

from __future__ import annotations

import contextlib
import html
import json
import os
import re
import signal
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from patchviz.cli import main
from patchviz.core.spectrogram import Spectrogram

pytestmark = pytest.mark.soak

SR, N = 8000, 1000
OPTIONS = ["season", "-o", "site", "--duration", "0.3", "--hop", "0.1", "--sr", "native"]


@pytest.fixture
def season(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Recordings of half a second, each of its own noise, in ten folders."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for k in range(N):
        path = tmp_path / f"season/site {k % 10}/recording {k:04d}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, rng.uniform(-0.1, 0.1, SR // 2), SR)
    return tmp_path / "season"


def kept() -> list[Path]:
    return list(Path("site/.patchviz").glob("?" * 16 + ".json"))


def links() -> Iterator[Path]:
    """Yield where every link, picture and sound of the site leads."""
    for page in [Path("site/index.html"), *Path("site/recordings").glob("*.html")]:
        text = page.read_text("utf-8")
        for link in re.findall(r' (?:href|src|data-file)="([^"]+)"', text):
            yield page.parent / urllib.parse.unquote(html.unescape(link))
    (pictures,) = re.findall(r'data-pictures="(.*?)"', Path("site/index.html").read_text("utf-8"))
    yield from (Path("site", name) for name in pictures.split())
    _, _, pages = Path("site/recordings/pages.js").read_text("utf-8").partition("=")
    for name, _ in json.loads(pages.rstrip(";\n")):
        yield Path("site/recordings", name)


@pytest.mark.skipif(os.name == "nt", reason="it has no such signal for another process")
def test_it_is_stopped_goes_on_and_computes_nothing_twice(
    season: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-m", "patchviz", *OPTIONS]
    with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8") as running:
        while len(kept()) < N // 10:
            with contextlib.suppress(subprocess.TimeoutExpired):
                assert running.wait(0.05) is None, "it ended before it was stopped"
        running.send_signal(signal.SIGINT)
        assert running.stderr is not None
        said = running.stderr.read()
    assert running.returncode == 128 + signal.SIGINT
    assert said.splitlines()[-1] == "patchviz: stopped"
    n = len(kept())
    assert N // 10 <= n < N

    assert main(OPTIONS) == 0
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.endswith(f": {N - n:,} pages made, {n:,} kept")
    assert len(kept()) == len([*Path("site/recordings").glob("*.html")]) == N

    found = [*links()]
    dead = [str(path) for path in found if not path.exists()]
    assert dead == []
    # In the index, of each page a way back, a picture and a sound, and in what all pages share.
    assert len(found) > 5 * N

    def states() -> dict[Path, tuple[int, bytes]]:
        files = [path for path in Path("site").rglob("*") if path.is_file()]
        written = [*Path("site/recordings").rglob("*")]
        return {
            path: (path.stat().st_mtime_ns if path in written else 0, path.read_bytes())
            for path in files
            if path.name not in ("files.json", "pages.js")
        }

    def computes(*_: Any, **__: Any) -> None:
        raise AssertionError("a spectrogram is computed")

    before = states()
    monkeypatch.setattr(Spectrogram, "from_file", computes)
    assert main(OPTIONS) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith(f": 0 pages made, {N:,} kept")
    assert states() == before
