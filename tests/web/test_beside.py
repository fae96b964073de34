"""Files beside a page: their names, that they are written whole, what is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import patchviz as pv
from patchviz.errors import InvalidValueError
from patchviz.web import beside


def make(seed: int = 0, **options: Any) -> pv.Player:
    y = np.random.default_rng(seed).uniform(-0.5, 0.5, 8000)
    audio = pv.Audio.from_array(y, 8000)
    spec = pv.Spectrogram(
        np.random.default_rng(seed).random((8, 100)), sr=8000, hop_length=80, audio=audio
    )
    patches = spec.patches(frame_length=10)
    return pv.player(patches, audio=True, assets="folder", **options)


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_page_names_its_files_and_holds_none(tmp_path: Path) -> None:
    made = make()
    page = made.save(tmp_path / "clips.html")
    _, picture, sound = names(tmp_path)
    assert re.fullmatch(r"clips_files/picture-[0-9a-f]{16}\.js", picture)
    assert re.fullmatch(r"clips_files/sound-[0-9a-f]{16}\.ogg", sound)
    text = page.read_text("utf-8")
    assert f'data-file="{picture}"' in text
    assert f'src="{sound}"' in text
    assert "data:image/png;base64" not in text
    assert "data:audio/ogg;base64" not in text
    assert (tmp_path / sound).read_bytes() == made.sound.data
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', text)[1]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["media-src"] == "data: 'self' blob:"
    assert parts["connect-src"] == "'self'"
    assert parts["script-src"].endswith(" 'self'")


def test_two_pages_of_one_name_have_two_folders(tmp_path: Path) -> None:
    make().save(tmp_path / "clips.html")
    make(seed=1).save(tmp_path / "clips.htm")
    folders = {name.split("/")[0] for name in names(tmp_path)}
    assert folders == {"clips.html", "clips.htm", "clips_files", "clips.htm_files"}
    assert len(names(tmp_path)) == 6


def test_what_is_new_takes_the_place_of_the_old_and_the_rest_stays(tmp_path: Path) -> None:
    make().save(tmp_path / "clips.html")
    (tmp_path / "clips_files" / "notes-1.txt").write_text("mine", encoding="utf-8")
    before = names(tmp_path)
    make(seed=1).save(tmp_path / "clips.html")
    after = names(tmp_path)
    assert len(after) == len(before) == 4
    assert set(after) & set(before) == {"clips.html", "clips_files/notes-1.txt"}


def test_a_page_that_cannot_be_written_keeps_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make().save(tmp_path / "clips.html")
    before = {name: (tmp_path / name).read_bytes() for name in names(tmp_path)}
    write = Path.write_bytes

    def fails(path: Path, data: bytes) -> int:
        if path.name.startswith("sound-"):
            raise OSError(28, "No space left on device", str(path))
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", fails)
    with pytest.raises(OSError, match="No space left on device"):
        make(seed=1).save(tmp_path / "clips.html")
    assert {name: (tmp_path / name).read_bytes() for name in names(tmp_path)} == before


def test_what_lies_beside_has_no_limit_and_what_lies_in_the_page_has() -> None:
    made = make(max_bytes=pv.player(make().patches).nbytes)
    assert re.search(r"cells, \d+ kB, and \d+ kB beside it\)$", repr(made))
    with pytest.raises(InvalidValueError, match="more than max_bytes=999 allows: page"):
        make(max_bytes=999)


def test_where_no_page_of_its_own_is_there_are_no_files() -> None:
    made = make()
    message = (
        "assets='folder' needs a page of its own, beside which the files lie. Write one: "
        'player.save("page.html"), patchviz.page([player], "page.html").'
    )
    with pytest.raises(InvalidValueError, match=re.escape(message)):
        made.to_html()
    assert "files beside a page" in made._repr_html_()
    with pytest.raises(
        InvalidValueError, match=r"assets='beside' is not allowed\. It must be one of"
    ):
        pv.player(made.patches, assets="beside")


def test_what_is_asked_for_by_name_is_a_file_of_ours() -> None:
    assert beside._OURS.fullmatch("sound-0123456789abcdef.ogg")
    assert not beside._OURS.fullmatch("sound-track.ogg")


def test_a_sheet_too_has_files_beside_its_page(tmp_path: Path) -> None:
    recordings = [make(seed).patches for seed in (0, 1)]
    least = len(pv.sheet(recordings, [0, 12], audio=False).to_html())
    sheet = pv.sheet(recordings, [0, 12], assets="folder", max_bytes=least)
    said = r"Sheet\(2 patches of 20, 0 decided, \d+ kB, and \d+ kB beside it\)"
    assert re.fullmatch(said, repr(sheet))
    page = sheet.save(tmp_path / "review.html").read_text("utf-8")
    assert len(page) > sheet.nbytes > 60_000
    assert "base64,i" not in page  # of a PNG
    kinds = [re.fullmatch(r"review_files/(\w+)-\w+\.\w+", name) for name in names(tmp_path)[1:]]
    assert [kind and kind[1] for kind in kinds] == ["picture"] * 2 + ["sound"] * 2
    assert page.count('preload="none" src="review_files/sound-') == 2
    pv.page([sheet, make()], tmp_path / "all.html")
    assert {name.split("/")[0] for name in names(tmp_path)} == {
        *("all.html", "all_files", "review.html", "review_files")
    }
    with pytest.raises(InvalidValueError, match=r"Write one: sheet\.save\(\"page\.html\"\)"):
        sheet.to_html()
    assert "sheet.save(&quot;review.html&quot;) writes one." in sheet.saved()["text/html"]
    assert sheet.sources == []
    with pytest.raises(InvalidValueError, match='assets="folder" they are files beside'):
        pv.sheet([make(seed).patches for seed in range(9)], max_bytes=least + 20_000)
