"""Files that are written whole or not at all: one helper for whoever writes."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchviz._util import files
from patchviz._util.files import (
    check_writable,
    folder_beside,
    temporary_folder,
    write_whole,
    written,
)

LEFT = ".patchviz-99999-0123abcd"  # as a process leaves it that was killed


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextlib.contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_there_when_all_of_it_is(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    with written(target) as path:
        path.write_text("half")
        assert path.name == "a.txt"
        assert not target.exists()
    assert target.read_text() == "half"
    assert names(tmp_path) == ["a.txt"]


def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    interrupted = pytest.raises(KeyboardInterrupt)
    with interrupted, written(target) as path:
        path.write_text("half")
        raise KeyboardInterrupt
    assert target.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_an_error_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    with pytest.raises(OSError, match=r"a\.txt") as error, written(target) as path:
        path.read_text()
    assert error.value.filename == str(target)


@pytest.mark.parametrize("failing", ["mkdir", "replace"])
def test_so_it_does_where_its_folder_or_the_end_fails(
    failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, *args: object) -> None:
        raise OSError(28, "No space left on device", str(path), None, *map(str, args[:1]))

    target = tmp_path / "a.txt"
    target.write_text("old")
    monkeypatch.setattr(Path, failing, fail)
    with pytest.raises(OSError, match="No space") as error:
        write_whole(target, b"new")
    assert str(error.value) == f"[Errno 28] No space left on device: {str(target)!r}"
    assert target.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_permissions_are_those_of_the_old_file_or_of_the_umask(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    with umask(0o027):
        write_whole(target, b"new")
    assert mode(target) == 0o640
    target.chmod(0o606)
    write_whole(target, b"newer")
    assert mode(target) == 0o606
    with umask(0o022), written(tmp_path / "frames") as path:
        path.mkdir()
    assert mode(tmp_path / "frames") == 0o755


def test_a_link_stays_one_and_leads_to_the_new_file(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link, real = tmp_path / "a.txt", tmp_path / "real" / "b.txt"
    link.symlink_to(Path("real") / "b.txt")
    for text in ("of a link that leads nowhere", "of one that leads to a file"):
        with written(link) as path:
            path.write_text(text)
            assert path.resolve().is_relative_to(real.parent)  # where it can be renamed
            assert path.name == "a.txt"
        assert link.is_symlink()
        assert real.read_text() == text
    assert names(tmp_path) == ["a.txt", "real"]
    assert names(tmp_path / "real") == ["b.txt"]


def test_a_folder_is_filled_and_keeps_what_else_is_in_it(tmp_path: Path) -> None:
    for text in ("old", "new"):
        with written(tmp_path / "frames") as path:
            path.mkdir()
            (path / "1.png").write_text(text)
        (tmp_path / "frames" / "notes").write_text("mine")
    assert (tmp_path / "frames" / "1.png").read_text() == "new"
    assert names(tmp_path / "frames") == ["1.png", "notes"]
    assert names(tmp_path) == ["frames"]


def test_what_is_written_beside_it_goes_beside_it(tmp_path: Path) -> None:
    with written(tmp_path / "a.html") as path:
        path.write_text("page")
        (path.parent / "a_frames").mkdir()
        (path.parent / "a_frames" / "1.png").write_text("1")
    assert names(tmp_path) == ["a.html", "a_frames"]
    assert names(tmp_path / "a_frames") == ["1.png"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"through it")
    reader.join()
    assert read == [b"through it"]
    assert pipe.is_fifo()
    with folder_beside(pipe) as folder:
        assert folder.parent != tmp_path  # a device has no place beside it
    assert names(tmp_path) == ["pipe"]


@pytest.mark.parametrize("denied", ["a.txt", "."])
def test_what_cannot_be_written_is_said_before_anything_is(
    denied: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    refused = os.path.realpath(tmp_path / denied)
    monkeypatch.setattr(os, "access", lambda path, mode: os.fspath(path) != refused)
    with pytest.raises(PermissionError, match="Permission denied") as error, written(target):
        pytest.fail("it was begun")
    assert error.value.filename == refused
    assert names(tmp_path) == ["a.txt"]


def test_a_name_that_no_file_can_have_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="long"):
        check_writable(tmp_path / ("x" * 300))
    (tmp_path / "round").symlink_to("round")
    with pytest.raises(OSError, match="symbolic links"):
        check_writable(tmp_path / "round")


def test_the_last_of_several_writers_wins_and_readers_see_one_of_them(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    texts = [bytes([letter]) * 300_000 for letter in b"abc"]
    write_whole(target, texts[0])
    done = threading.Event()
    seen: set[bytes] = set()

    def read() -> None:
        while not done.is_set():
            seen.add(target.read_bytes())

    def write(text: bytes) -> None:
        for _ in range(8):
            write_whole(target, text)

    threads = [threading.Thread(target=read)]
    threads += [threading.Thread(target=write, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads[1:]:
        thread.join()
    done.set()
    threads[0].join()
    assert seen <= set(texts)
    assert target.read_bytes() in texts
    assert names(tmp_path) == ["a.txt"]


# -- what a process leaves that was killed -----------------------------------------------------


def test_the_next_who_writes_there_removes_it(tmp_path: Path) -> None:
    left = tmp_path / LEFT
    (left / "new").mkdir(parents=True)
    (left / "new" / "a.txt").write_text("half")
    (left / files._LOCK).touch()
    write_whole(tmp_path / "b.txt", b"whole")
    assert names(tmp_path) == ["b.txt"]


def test_what_was_left_before_it_had_a_lock_is_removed_when_it_is_old(tmp_path: Path) -> None:
    (tmp_path / LEFT).mkdir()
    write_whole(tmp_path / "b.txt", b"whole")
    assert names(tmp_path) == [LEFT, "b.txt"]
    long_ago = time.time() - 2 * files._UNLOCKED_FOR
    os.utime(tmp_path / LEFT, (long_ago, long_ago))
    write_whole(tmp_path / "b.txt", b"whole")
    assert names(tmp_path) == ["b.txt"]


def test_what_somebody_is_writing_and_what_others_named_so_stays(tmp_path: Path) -> None:
    (tmp_path / ".patchviz-mine").mkdir()
    (tmp_path / LEFT).touch()  # a file
    with written(tmp_path / "a.txt") as path:
        write_whole(tmp_path / "b.txt", b"whole")
        path.write_text("still there")
    assert names(tmp_path) == [LEFT, ".patchviz-mine", "a.txt", "b.txt"]


def test_a_folder_where_the_system_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files.tempfile, "tempdir", str(tmp_path))
    (tmp_path / LEFT).mkdir()
    (tmp_path / LEFT / files._LOCK).touch()
    with temporary_folder() as folder:
        (folder / "sound").touch()
        assert names(tmp_path) == [folder.name]
    assert names(tmp_path) == []


def test_signals_are_heeded_only_as_long_as_something_is_unfinished(tmp_path: Path) -> None:
    def heeded() -> object:
        return signal.getsignal(signal.SIGTERM)

    before = heeded()
    assert before is signal.SIG_DFL
    with written(tmp_path / "a.txt") as outer:
        with written(tmp_path / "b.txt") as inner:
            inner.touch()
            assert heeded() is files._end
        outer.touch()
        assert heeded() is files._end
    assert heeded() is before
    mine = lambda number, frame: None  # noqa: E731
    signal.signal(signal.SIGTERM, mine)
    try:
        with written(tmp_path / "a.txt") as path:
            path.touch()
            assert heeded() is mine
        assert heeded() is mine
    finally:
        signal.signal(signal.SIGTERM, before)
