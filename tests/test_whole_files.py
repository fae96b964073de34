"""Every kind of output: the old file or the new one, never a half, and nothing left behind."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import patchviz as pv
from patchviz import cli
from patchviz.sphinxext.cache import CachedView

resource = pytest.importorskip("resource")

FILMS = ["a.gif", "a.webp", "a.apng", "a.mp4", "frames/"]


def make_patches() -> pv.Patches:
    values = np.random.default_rng(0).uniform(-80, 0, (32, 28)).astype(np.float32)
    return pv.Spectrogram(values, y_axis="mel", name="noise").patches(frame_length=10, hop_length=2)


def save_film(name: str) -> None:
    figure = Figure(figsize=(4, 3), dpi=50)
    view = pv.PatchView(make_patches(), ax=figure.add_axes((0, 0, 1, 1)))
    pv.animate(view).save(name)


def save_by_shell(name: str) -> None:
    if cli.main(["clip.wav", "--duration", "1", "-o", name]):
        raise OSError("the shell said why")


def draw_for_sphinx(name: str) -> None:
    CachedView.of(None, "overview", {}, Path())


WRITE: dict[str, Callable[[str], object]] = {
    "page.html": lambda name: pv.player(make_patches()).save(name),
    "mosaic.png": save_by_shell,
    "example.png": draw_for_sphinx,
    **dict.fromkeys(FILMS, save_film),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a clip."""
    monkeypatch.chdir(tmp_path)
    import soundfile

    soundfile.write("clip.wav", np.random.default_rng(0).uniform(-0.1, 0.1, 44100), 22050)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextlib.contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """A disk that is full after so many bytes of a file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("name", WRITE)
def test_a_full_disk_leaves_what_was_there(name: str, folder: Path) -> None:
    if name.endswith("/"):
        (folder / name).mkdir()
        (folder / name / "patch_0000.png").write_bytes(b"old")
    else:
        (folder / name).write_bytes(b"old")
    before = contents(folder)
    error = pv.PatchvizError if name == "a.mp4" else OSError
    with no_file_above(900), pytest.raises(error) as raised:
        WRITE[name](name)
    assert ".patchviz-" not in str(raised.value)
    assert contents(folder) == before
    assert not list(folder.glob(".patchviz-*"))


def test_ffmpeg_that_was_ended_by_a_signal_is_told_so(folder: Path) -> None:
    with no_file_above(900), pytest.raises(pv.PatchvizError) as raised:
        save_film("a.mp4")
    assert "could not write a.mp4. It said: nothing, and ended by SIGXFSZ" in str(raised.value)


# What a process does that is killed: once it has written all of a page, in the middle of a film.
KILLED = """
    import os, signal, sys
    import numpy as np
    from matplotlib.figure import Figure
    import patchviz as pv
    from patchviz.animation import ffmpeg

    values = np.zeros((8, 40), np.float32)
    player = pv.player(pv.Spectrogram(values, y_axis="mel").patches(frame_length=10))

    def kill(number, *_):
        os.kill(os.getpid(), number)
        signal.pause()

    def save(name, number):
        if name.endswith(".html"):
            os.fsync = lambda file: kill(number)
            player.save(name)
        view = pv.PatchView(player.patches, ax=Figure((2, 2), dpi=50).add_axes((0, 0, 1, 1)))
        pv.animate(view).save(name, progress_callback=lambda k, n: k == 2 and kill(number))

    for name in sys.argv[1:]:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
            child = os.fork()
            if not child:
                save(name, number)
                os._exit(0)
            status = os.waitpid(child, 0)[1]
            print(name, signal.Signals(os.WTERMSIG(status)).name, *sorted(os.listdir()), sep="|")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_process_that_is_killed_leaves_what_was_there(folder: Path) -> None:
    kinds = ["page.html", "a.gif", "a.mp4"]
    for name in kinds:
        (folder / name).write_bytes(b"old")
    before = contents(folder)
    command = [sys.executable, "-c", textwrap.dedent(KILLED), *kinds]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    ends = [line.split("|") for line in done.stdout.splitlines()]
    assert [(name, by) for name, by, *_ in ends] == [
        (name, by) for name in kinds for by in ("SIGTERM", "SIGHUP", "SIGKILL")
    ]
    for name, by, *found in ends:
        left = [other for other in found if str(folder / other) not in before]
        # Nobody can heed a SIGKILL; the next process finds what is left.
        assert len(left) == (by == "SIGKILL"), (name, by, left)
        assert all(other.startswith(".patchviz-") for other in left)
    assert {path: data for path, data in contents(folder).items() if "/.patchviz-" not in path} == (
        before
    )
    pv.player(make_patches()).save("page.html")
    assert not list(folder.glob(".patchviz-*"))
    assert (folder / "page.html").read_bytes() != b"old"


@pytest.mark.skipif(not os.path.isdir("/dev/shm"), reason="this system has no second disk")
def test_a_film_to_a_link_onto_another_disk(folder: Path) -> None:
    import tempfile

    with tempfile.TemporaryDirectory(dir="/dev/shm") as other:
        if os.stat(other).st_dev == folder.stat().st_dev:
            pytest.skip("this system has no second disk")
        (folder / "a.gif").symlink_to(Path(other) / "b.gif")
        save_film("a.gif")
        assert os.listdir(other) == ["b.gif"]
        assert Path(other, "b.gif").read_bytes().startswith(b"GIF")


# -- refused at the call -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", ".", "..", "a/.."])
def test_what_names_no_file_is_refused(name: str, folder: Path) -> None:
    before = contents(folder)
    with pytest.raises(ValueError, match="names no file") as raised:
        save_film(name)
    assert str(raised.value) == (
        f'filename={name!r} names no file. It must be a path, such as "patches.mp4"; or one that '
        "ends in '/', for a folder of PNGs."
    )
    with pytest.raises(ValueError, match="names no file") as raised:
        pv.player(make_patches()).save(name)
    assert str(raised.value) == (
        f'path={name!r} names no file. It must be a path, such as "patches.html".'
    )
    assert contents(folder) == before


def test_a_film_does_not_replace_its_own_recording(folder: Path) -> None:
    Path("clip.wav").rename("clip.mp4")
    before = contents(folder)
    patches = pv.Spectrogram.from_file("clip.mp4").patches(frame_length=10)
    view = pv.PatchView(patches, ax=Figure().add_subplot())
    with pytest.raises(pv.PatchvizError) as raised:
        pv.animate(view).save("./clip.mp4")
    assert str(raised.value) == (
        "filename='./clip.mp4' is the recording itself. Give another name."
    )
    assert contents(folder) == before


@pytest.mark.parametrize("save", [save_film, WRITE["page.html"]])
def test_a_missing_folder_is_a_wrong_value_and_a_file_not_found(
    save: Callable[[str], object], folder: Path
) -> None:
    (folder / "link.html").symlink_to("no/such.html")
    for name in ("no/such.html", "link.html"):
        with pytest.raises(
            pv.PatchvizError, match=r"there is no folder '.*no'\. Make it"
        ) as raised:
            save(name)
        assert isinstance(raised.value, FileNotFoundError)
        assert isinstance(raised.value, ValueError)
