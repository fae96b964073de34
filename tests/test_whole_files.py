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
from patchviz.errors import InvalidValueError

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
    from patchviz.sphinxext.cache import CachedView

    CachedView.of(None, "overview", {}, Path())


WRITE: dict[str, Callable[[str], object]] = {
    "page.html": lambda name: pv.player(make_patches()).save(name),
    "mosaic.png": save_by_shell,
    "example.png": draw_for_sphinx,
    "labels.txt": lambda name: pv.write_labels([(0.5, 1.25, 2000 * "x")], name),
    **dict.fromkeys(FILMS, save_film),
}

SELDOM = {"mosaic.png": pytest.mark.slow, "example.png": pytest.mark.docs}


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


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=SELDOM.get(name, ())) for name in WRITE],
)
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


# What a process does that is killed: once it has written all of a file, in the middle of a film.
KILLED = """
    import os, runpy, signal, sys, tempfile
    import patchviz as pv
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which nohup leaves ignored
    write = runpy.run_path(sys.argv[1])["WRITE"]
    with tempfile.TemporaryDirectory() as elsewhere:  # what is imported once, no child imports
        for name in sys.argv[2:]:
            write[name](f"{elsewhere}/{name}")

    def kill(number):
        os.kill(os.getpid(), number)
        signal.pause()

    def save(name, number):
        os.fsync = lambda file: kill(number)
        film = pv.PatchAnimation.save
        pv.PatchAnimation.save = lambda self, name: film(
            self, name, progress_callback=lambda k, n: k == 2 and kill(number)
        )
        write[name](name)

    for name in sys.argv[2:]:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
            child = os.fork()
            if not child:
                save(name, number)
                os._exit(0)
            status = os.waitpid(child, 0)[1]
            found = [os.path.join(folder, other) for folder in (".", "frames")
                     for other in os.listdir(folder)]
            print("", name, signal.Signals(os.WTERMSIG(status)).name, *found, sep="|")
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_process_that_is_killed_leaves_what_was_there(folder: Path) -> None:
    kinds = [
        "page.html",
        "a.mp4",
        "mosaic.png",
        "labels.txt",
        "a.gif",
        "a.webp",
        "a.apng",
        "frames/",
    ]
    (folder / "frames").mkdir()
    for name in kinds:
        (folder / name / "patch_0000.png" if name == "frames/" else folder / name).touch()
    before = contents(folder)
    command = [sys.executable, "-c", textwrap.dedent(KILLED), __file__, *kinds]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    ends = [line.split("|")[1:] for line in done.stdout.splitlines() if line.startswith("|")]
    assert [(name, by) for name, by, *_ in ends] == [
        (name, by) for name in kinds for by in ("SIGTERM", "SIGHUP", "SIGKILL")
    ]
    left: set[str] = set()
    for name, by, *found in ends:
        before_it, left = left, {path for path in found if "/.patchviz-" in path}
        # Nobody can heed a SIGKILL; the next process that writes there finds what is left.
        assert len(left - before_it) == (by == "SIGKILL"), (name, by, left)
    kept = {path: data for path, data in contents(folder).items() if "/.patchviz-" not in path}
    assert kept == before
    for name in kinds:
        WRITE[name](name)
    assert not list(folder.rglob(".patchviz-*"))
    assert all(data for path, data in contents(folder).items())


RACED = """
    import runpy, sys
    write = runpy.run_path(sys.argv[1])["WRITE"]
    for _ in range(2):
        for name in sys.argv[2:]:
            write[name](name)
"""


def is_whole(path: Path) -> bool:
    data, kind = path.read_bytes(), path.suffix
    if kind == ".webp":
        return int.from_bytes(data[4:8], "little") == len(data) - 8
    if kind == ".mp4":
        at, boxes = 0, set()
        while at < len(data):
            boxes.add(data[at + 4 : at + 8])
            at += int.from_bytes(data[at : at + 4], "big")
        return at == len(data) and {b"ftyp", b"mdat", b"moov"} <= boxes
    ends = {".html": b"</html>\n", ".gif": b";", ".txt": b"x\n"}
    return data.endswith(ends.get(kind, b"IEND\xaeB`\x82"))


@pytest.mark.slow
def test_two_processes_and_a_reader(folder: Path) -> None:
    names = [name for name in WRITE if name != "example.png"]
    command = [sys.executable, "-c", textwrap.dedent(RACED), __file__, *names]
    racers = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    n_read = 0
    while any(racer.poll() is None for racer in racers):
        for path in (*folder.glob("*.*"), *folder.glob("frames/*.png")):
            if path.is_file() and path.name != "clip.wav":
                assert is_whole(path), path
                n_read += 1
    assert [racer.returncode for racer in racers] == [0, 0]
    assert n_read > 100
    assert {path.name for path in folder.iterdir()} == {
        "clip.wav", *(name.rstrip("/") for name in names),
    }  # fmt: skip
    assert len(list((folder / "frames").iterdir())) == len(make_patches())


@pytest.mark.slow
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


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (pv.Spectrogram.from_file, "file"),
        (pv.Audio.from_file, "file"),
        (pv.open, "path"),
        (pv.read_labels, "path"),
        (pv.Spectrogram.example().with_labels, "labels"),
        (pv.Spectrogram.example().patches(duration=5.0).with_scores, "scores"),
    ],
)
def test_an_empty_path_names_no_file_that_could_be_read(
    read: Callable[[str], object], name: str
) -> None:
    """As of a variable of the shell that is not set; to pathlib it is the folder one works in."""
    with pytest.raises(
        InvalidValueError, match=rf"^{name}='' names no file\. It must be the path of"
    ):
        read("")
