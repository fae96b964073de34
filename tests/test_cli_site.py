"""A folder of recordings becomes a site: each page is made once."""

from __future__ import annotations

import html
import json
import os
import re
import sys
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile
from PIL import Image

from patchviz._util.files import held_alone
from patchviz.cli import main
from patchviz.web import overviews
from patchviz.web.beside import Beside

SR = 8000
CARVED = ["--duration", "0.5", "--hop", "0.25", "--sr", "native"]


@pytest.fixture
def season(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three recordings, of which one has a name that is not easy, and what is none."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "season"
    (folder / "pond").mkdir(parents=True)
    for k, name in enumerate(("a.wav", "pond/b #1 'ü' 50%?.wav", "c.wav")):
        t = np.arange((1 + k) * SR) / SR
        y = 0.5 * np.sin(2 * np.pi * (500 + 700 * k) * t)
        with (folder / name).open("wb") as file:
            soundfile.write(file, y, SR, format="WAV")
    (folder / "broken.wav").write_bytes(b"RIFF")
    return folder


def wrote(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.splitlines()[-1]


def run(*options: str) -> None:
    assert main(["season", "-o", "site", *CARVED, *options]) == 0


def times(folder: str = "site") -> dict[str, int]:
    """Return when each page was written."""
    return {
        path.name: path.stat().st_mtime_ns for path in Path(folder, "recordings").glob("*.html")
    }


def rows() -> list[list[str]]:
    """Return what the index says, cell by cell."""
    text = Path("site/index.html").read_text("utf-8")
    return [
        [html.unescape(re.sub("<.*?>", "", cell)) for cell in re.findall("<td.*?</td>", row)]
        for row in re.findall("<tr.*?</tr>", text.split("<tbody>")[1])
    ]


def test_each_recording_has_a_page_and_the_index_a_row(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run()
    assert wrote(capsys) == f"wrote {Path('site/index.html')}: 3 pages made, 0 kept, 1 failed"
    assert [row[1:3] for row in rows()] == [
        ["a.wav", "1.0 s"],
        ["broken.wav", rows()[1][2]],
        ["c.wav", "3.0 s"],
        ["pond/b #1 'ü' 50%?.wav", "2.0 s"],
    ]
    assert rows()[0][3] == "4"
    assert "broken.wav" not in "".join(times())
    text = Path("site/index.html").read_text("utf-8")
    links = re.findall(r'href="(.*?)"', text)
    assert len(links) == 3
    for link in links:
        page = Path("site", urllib.parse.unquote(html.unescape(link)))
        shown = page.read_text("utf-8")
        assert '<a href="../index.html">' in shown
        for file in re.findall(r'(?:data-file|src)="(.*?)"', shown):
            assert (page.parent / urllib.parse.unquote(file)).is_file()
    (picture,) = re.findall(r'data-pictures="(.*?)"', text)
    with Image.open(Path("site", picture)) as image:
        assert image.size == (overviews.WIDTH, 3 * overviews.HEIGHT)


@pytest.mark.slow
def test_nothing_is_made_twice_and_what_changes_is_made_anew(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run()
    before = times()
    os.utime(season / "a.wav", (1, 1))  # it was copied: its sound is what it was
    run()
    assert wrote(capsys).endswith(": 0 pages made, 3 kept, 1 failed")
    assert times() == before
    # Another take, as long, and as old: its page is another one.
    size = (season / "a.wav").stat().st_size
    soundfile.write(season / "a.wav", np.full(SR, 0.1), SR)
    os.utime(season / "a.wav", (1, 1))
    assert (season / "a.wav").stat().st_size == size
    run()
    assert wrote(capsys).endswith(": 1 page made, 2 kept, 1 failed")
    before = times()
    soundfile.write(season / "a.wav", np.zeros(2 * SR), SR)
    Path("site/mine.txt").write_text("stays", encoding="utf-8")
    (season / "c.wav").unlink()
    run()
    gone = ", 1 removed, of recordings that are not there any more"
    assert wrote(capsys).endswith(f": 1 page made, 1 kept, 1 failed{gone}")
    after = times()
    assert len(after) == 2
    assert len(before.items() & after.items()) == 1
    assert Path("site/mine.txt").exists()
    folders = [path.name for path in Path("site/recordings").glob("*_files")]
    assert sorted(folders) == sorted(f"{name.removesuffix('.html')}_files" for name in after)
    run("--cmap", "gray")
    assert wrote(capsys).endswith(": 2 pages made, 0 kept, 1 failed")


def test_the_index_says_by_which_clock_a_recording_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("season").mkdir()
    for name in ("A_20240512_053000", "B_20240512_053000+0200", "C_20240512_053000Z", "D"):
        soundfile.write(f"season/{name}.wav", np.zeros(SR), SR)
    run("--start", "filename")
    assert [row[2] for row in rows()] == [
        "2024-05-12 05:30:00", "2024-05-12 05:30:00 UTC+02:00", "2024-05-12 05:30:00 UTC", "",
    ]  # fmt: skip


@pytest.mark.slow
def test_pages_of_recordings_that_began_at_another_time_are_made_anew(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--start", "2024-05-12T06:30")
    assert rows()[0][2] == "2024-05-12 06:30:00"
    for start in ("2024-05-12T06:30Z", "2024-05-12T08:30+02:00"):
        run("--start", start)
        assert wrote(capsys).endswith(": 3 pages made, 0 kept, 1 failed")
    run("--start", start)
    assert wrote(capsys).endswith(": 0 pages made, 3 kept, 1 failed")


def test_an_index_of_somebody_else_stays(season: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("site").mkdir()
    Path("site/index.html").write_text("mine", encoding="utf-8")
    assert main(["season", "-o", "site", *CARVED]) == 2
    assert (
        "--out site has an index.html that no run of patchviz wrote there. Choose another folder, "
        "or take that file away." in capsys.readouterr().err
    )
    assert [path.name for path in Path("site").iterdir()] == ["index.html"]
    assert Path("site/index.html").read_text("utf-8") == "mine"


def test_one_run_at_a_time_writes_into_a_site(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run()
    before = times()
    lock = Path("site/.patchviz/lock")
    with held_alone(lock) as is_alone:
        assert is_alone
        assert main(["season", "-o", "site", *CARVED, "--n-mels", "32"]) == 2
        assert "--out site: another run writes into it. Wait until" in capsys.readouterr().err
    assert times() == before
    run("--n-mels", "32")


def test_pages_of_recordings_that_are_gone_are_removed_with_a_word(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run()
    (season / "c.wav").unlink()
    run("--n-mels", "32")
    assert wrote(capsys).endswith(
        ": 2 pages made, 0 kept, 1 failed, 1 removed, of recordings that are not there any more"
    )
    run("--n-mels", "32")
    assert wrote(capsys).endswith(": 0 pages made, 2 kept, 1 failed")


def test_what_was_lost_or_damaged_is_made_again(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run()
    sounds = sorted(Path("site/recordings").glob("*_files/sound-*"))
    sounds[0].unlink()
    kept = sorted(path for path in Path("site/.patchviz").glob("*.json") if path.stem != "files")
    kept[0].write_text("", encoding="utf-8")
    run()
    n_made = int(wrote(capsys).split(": ")[1].split()[0])
    assert n_made in (1, 2)  # they may be of one recording
    assert [*sounds[0].parent.glob("sound-*")]
    assert main([str(season.resolve()), "-o", "site", *CARVED]) == 0  # called otherwise
    assert wrote(capsys).endswith(": 0 pages made, 3 kept, 1 failed")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_run_that_was_stopped_goes_on(
    season: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], jobs: str
) -> None:
    write, n_written = Beside.write, 0

    def stops(self: Beside, content: str) -> None:
        nonlocal n_written
        n_written += 1
        if n_written == 2:
            raise KeyboardInterrupt
        write(self, content)

    with monkeypatch.context() as patched:
        patched.setattr(Beside, "write", stops)
        assert main(["season", "-o", "site", *CARVED, "--jobs", jobs]) == 130
    n_left = 3 - len(times())
    assert 1 <= n_left <= 2
    run()
    pages = "1 page" if n_left == 1 else f"{n_left} pages"
    assert wrote(capsys).endswith(f": {pages} made, {3 - n_left} kept, 1 failed")


def test_labels_and_scores_are_on_the_pages_and_in_the_index(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = pd.DataFrame(
        {
            "file": ["a.wav", "a.wav", "c.wav", "a.wav"],
            "start_time": [0.1, 0.6, 1.0, 90.0],
            "end_time": [0.2, 0.7, 2.0, 91.0],
            "label": ["robin", "robin", "<wren>", "robin"],  # the last is heard nowhere
        }
    )
    labels.to_csv("labels.csv", index=False)
    hop, length = 3 * 512 / SR, 7 * 512 / SR  # whole frames, as long as that or less
    scores = pd.DataFrame(
        {"file": "c.wav", "start_time": [0.0, hop], "end_time": [length, hop + length],
         "robin": [0.25, 0.875]}
    )  # fmt: skip
    scores.to_csv("scores.csv", index=False)
    run("--labels", "labels.csv", "--scores", "scores.csv")
    capsys.readouterr()
    assert rows()[0][4:] == ["robin: 2", ""]
    assert rows()[2][4:] == ["<wren>: 1", "robin: 0.875"]
    labels[:1].to_csv("labels.csv", index=False)
    run("--labels", "labels.csv", "--scores", "scores.csv")
    assert wrote(capsys).endswith(": 3 pages made, 0 kept, 1 failed")
    assert rows()[0][4] == "robin: 1"


def scored(values: list[float]) -> str:
    """Return a table of scores: two patches of each of two recordings, in seconds."""
    hop, length = 3 * 512 / SR, 7 * 512 / SR  # whole frames, as long as that or less
    starts = [0.0, hop, 0.0, hop]
    table = pd.DataFrame(
        {"file": ["a.wav", "a.wav", "c.wav", "c.wav"], "start_time": starts,
         "end_time": np.add(starts, length), "robin": values}
    )  # fmt: skip
    return table.to_csv(index=False)


@pytest.mark.slow
def test_only_pages_whose_rows_changed_are_made_anew(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "file,start_time,end_time,label\n"
    Path("labels.csv").write_text(f"{head}a.wav,0.1,0.2,robin\nc.wav,1,2,wren\n")
    Path("scores.csv").write_text(scored([0.1, 0.2, 0.3, 0.4]))
    tables = ["--labels", "labels.csv", "--scores", "scores.csv"]
    run(*tables)
    before = times()
    # In another order, and with what no page shows.
    Path("labels.csv").write_text(
        "notes,file,start_time,end_time,label\nx,c.wav,1,2,wren\ny,a.wav,0.1,0.2,robin\n"
    )
    run(*tables)
    assert wrote(capsys).endswith(": 0 pages made, 3 kept, 1 failed")
    Path("labels.csv").write_text(f"{head}a.wav,0.1,0.25,robin\nc.wav,1,2,wren\n")
    run(*tables)
    assert wrote(capsys).endswith(": 1 page made, 2 kept, 1 failed")
    assert {name[0] for name, time in times().items() if before.get(name) != time} == {"a"}
    before = times()
    Path("scores.csv").write_text(scored([0.1, 0.2, 0.3, 0.45]))
    run(*tables)
    assert wrote(capsys).endswith(": 1 page made, 2 kept, 1 failed")
    assert {name[0] for name, time in times().items() if before.get(name) != time} == {"c"}
    # Another class may have another's colour: then all are other pages.
    Path("labels.csv").write_text(f"{head}a.wav,0.1,0.25,chough\nc.wav,1,2,wren\n")
    run(*tables)
    assert wrote(capsys).endswith(": 3 pages made, 0 kept, 1 failed")


@pytest.mark.parametrize("is_one", [True, False])
def test_tables_of_scores_are_read_once(
    season: Path, monkeypatch: pytest.MonkeyPatch, is_one: bool
) -> None:
    from patchviz.io import scores

    read: list[str] = []
    read_text = scores.read_text

    def counted(file: Path, *options: Any) -> str:
        read.append(file.name)
        return read_text(file, *options)

    monkeypatch.setattr(scores, "read_text", counted)
    Path("scores").mkdir()
    table = scored([0.1, 0.2, 0.3, 0.4])
    Path("scores/a.csv").write_text(table if is_one else table[: table.index("c.wav")])
    if not is_one:
        head, _, rest = table.partition("\n")
        Path("scores/c.csv").write_text(f"{head}\n" + rest[rest.index("c.wav") :])
    given = "scores/a.csv" if is_one else "scores"
    assert main(["season", "-o", "site", "--sr", "native", "--scores", given]) == 0
    assert [row[-1] for row in rows()][::2] == ["robin: 0.2", "robin: 0.4"]
    assert sorted(read) == (["a.csv"] if is_one else ["a.csv", "c.csv"])


def test_why_there_is_no_page_is_said_as_in_a_shell(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soundfile.write(season / "0_20240512_063000.wav", np.zeros((SR, 2)), SR)
    soundfile.write(season / "20240512_064000.wav", np.zeros(SR // 10), SR)
    (season / "broken.wav").rename(season / "20240512_065000.wav")
    soundfile.write(season / "d_20240512_070000.wav", np.zeros(SR), SR)
    run("--start", "filename")
    said = capsys.readouterr().err
    assert "Mix them: --mono; choose one: --channel 0; or show each: --channels all." in said
    assert "recordings.files" not in said
    assert "--start filename: the name 'a.wav' holds no date" in said
    failed = {row[1]: row[2:] for row in rows() if row[0] == "" and len(row) == 4}
    assert [*failed] == ["0_20240512_063000.wav", "20240512_064000.wav", "20240512_065000.wav"]
    # Its name says when it began, also where it cannot be read.
    assert [began for began, _ in failed.values()] == [
        f"2024-05-12 06:{minute}:00" for minute in (30, 40, 50)
    ]
    whys = [why for _, why in failed.values()]
    assert "show each: --channels all." in whys[0]
    assert whys[1].endswith("Choose a shorter --duration, or --tail pad.")


def test_where_all_fail_an_index_says_why(
    season: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    before = times()
    assert main(["season", "-o", "site", "--duration", "50"]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    index = Path("site/index.html")
    assert said.startswith("patchviz: FILE: none of 4 can be used, first 'season/a.wav': lasts")
    assert said.endswith(f"Choose a shorter --duration, or --tail pad. {index} says why of each.")
    assert [row[1] for row in rows()] == [
        "a.wav", "broken.wav", "c.wav", "pond/b #1 'ü' 50%?.wav"
    ]  # fmt: skip
    assert rows()[0][2] == (
        "lasts 1.000 s, less than a patch of 50 s. Choose a shorter --duration, or --tail pad."
    )
    run()  # who mistyped an option finds the pages as they were
    assert times() == before
    assert wrote(capsys).endswith(": 0 pages made, 3 kept, 1 failed")

    def fails(*_: Any) -> None:
        raise ValueError("no")

    monkeypatch.setattr(Beside, "write", fails)
    assert main(["season", "-o", "other", *CARVED]) == 2
    said = capsys.readouterr().err
    assert "3 of 3 recordings failed, first 'season/a.wav': ValueError: no." in said
    assert said.endswith(f"all recordings failed. {Path('other/index.html')} says why of each.\n")
    assert Path("other/index.html").read_text("utf-8").count('class="why"') == 4


@pytest.mark.browser
def test_each_page_leads_to_those_before_and_after_it(season: Path, chromium: Any) -> None:
    run()
    page = chromium.new_page(viewport={"width": 900, "height": 600})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(Path("site/index.html").resolve().as_uri())
    page.locator("tbody a").first.click()

    def seen(title: str) -> list[str]:
        page.wait_for_function(
            "(title) => document.title === title && document.querySelector('.way span')", arg=title
        )
        texts = page.locator("nav > *:visible").all_inner_texts()
        return [" ".join(text.split()) for text in texts]

    awkward = "pond/b #1 'ü' 50%?.wav"
    assert seen("a.wav") == ["All recordings", "1 of 3", "c.wav →"]
    page.get_by_text("c.wav").click()
    assert seen("c.wav") == ["All recordings", "← a.wav", "2 of 3", f"{awkward} →"]
    page.get_by_label(f"Next recording: {awkward}").click()
    assert seen(awkward) == ["All recordings", "← c.wav", "3 of 3"]
    # A page knows of one that came later, and is not made anew for that.
    before = times()
    soundfile.write(season / "b.wav", np.zeros(SR), SR)
    run()
    assert before.items() < times().items()
    page.reload()
    page.get_by_label("Previous recording: c.wav").click()
    assert seen("c.wav")[1:3] == ["← b.wav", "3 of 4"]
    page.set_viewport_size({"width": 360, "height": 600})
    assert seen("c.wav") == ["All recordings", "←", "3 of 4", "→"]
    page.context.close()
    assert said == []


@pytest.mark.slow
def test_a_cluster_makes_the_pages(
    season: Path, require: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    require("distributed")
    from distributed import LocalCluster

    options = {"n_workers": 1, "threads_per_worker": 2, "processes": False}
    with LocalCluster(dashboard_address=":0", **options) as cluster:
        run("--dask", cluster.scheduler_address)
    assert wrote(capsys).endswith(": 3 pages made, 0 kept, 1 failed")
    run()
    assert wrote(capsys).endswith(": 0 pages made, 3 kept, 1 failed")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "FILE season is a folder. Say where its site is to be, such as --out site, or name"),
        (
            ["-o", "season/site"],
            "--out season/site lies in the folder of the recordings, where its",
        ),
        (
            ["-o", "season/a.wav"],
            "--out season/a.wav is a file, and a folder of recordings becomes",
        ),
        (
            ["-o", "s", "--from", "1"],
            "--from has no use with a folder, of which each recording has",
        ),
        (["-o", "s", "--tlim", "1,2"], "--tlim has no use with a folder"),
        (["-o", "s", "--jobs", "0"], "--jobs 0 is not allowed. It must be"),
        (["-o", "s", *CARVED, "--dask", "x:1", "--jobs", "1"], "--jobs 1 has no use with --dask"),
        (["-o", "s", *CARVED, "--dask", "tcp:/1"], "--dask tcp:/1: there is no scheduler ("),
        (["-o", "s", "--kind", "x"], "--kind x is not allowed. It must be one of"),
        (["-o", "s", *CARVED, "--labels", "none.csv"], "no file 'none.csv' (looked for from"),
    ],
)
def test_what_a_folder_refuses(
    season: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert main(["season", *options]) in (1, 2)
    assert message in capsys.readouterr().err
    assert not Path("s").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_no_utf8(season: Path) -> None:
    (season / "a.wav").rename(season / os.fsdecode(b"\xe9.wav"))
    run()
    assert [row[1] for row in rows()] == ["broken.wav", "c.wav", "pond/b #1 'ü' 50%?.wav", "�.wav"]
    run()
    assert len(times()) == 3


@pytest.mark.browser
def test_the_index_is_sorted_and_searched(season: Path, chromium: Any) -> None:
    run()
    page = chromium.new_page(viewport={"width": 900, "height": 600})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(Path("site/index.html").resolve().as_uri())

    def names() -> list[str]:
        cells = page.locator("tbody tr:visible td:nth-child(2)").all_inner_texts()
        return [text.split("/")[-1][0] for text in cells]

    assert names() == ["a", "b", "c", "b"]
    for head, direction, ordered in (
        ("Length", "descending", "cbab"),  # of numbers the highest first; what failed has none
        ("Length", "ascending", "abcb"),
        ("Patches", "descending", "cbab"),
        ("Recording", "ascending", "abcb"),
        ("Recording", "descending", "bcba"),
    ):
        page.get_by_role("button", name=head).click()
        assert "".join(names()) == ordered, (head, direction)
        assert page.locator("th[aria-sort]").count() == 1
        assert page.locator(f"th[aria-sort={direction}]").inner_text().startswith(head)
    page.get_by_label("Search").fill("POND")
    assert names() == ["b"]
    assert page.locator("output").inner_text() == "1 of 4"
    overview = page.locator("tr:visible .overview div")
    image = overview.evaluate("(node) => getComputedStyle(node).backgroundImage")
    assert image.startswith('url("file:')
    page.set_viewport_size({"width": 200, "height": 600})  # its name takes several lines there
    page.wait_for_function("() => document.querySelector('table.narrow')")
    assert page.locator("tbody tr:visible").bounding_box()["height"] > overviews.HEIGHT + 10
    assert overview.bounding_box()["height"] == overviews.HEIGHT, "below are those of others"
    assert overview.bounding_box()["width"] < overviews.WIDTH
    size = overview.evaluate("(node) => getComputedStyle(node).backgroundSize")
    assert size == f"100% {3 * overviews.HEIGHT}px", "all of it is seen"
    page.locator("tbody a:visible").click()
    page.wait_for_function("() => document.querySelector('.patchviz-player')?.player?.ready")
    page.get_by_text("All recordings").click()
    page.wait_for_function("() => document.querySelector('table')")
    # On paper heads are black on white, whatever the screen was.
    page.emulate_media(media="print", color_scheme="dark")
    head = "getComputedStyle(document.querySelector('th')).backgroundColor"
    assert page.evaluate(head) == "rgba(0, 0, 0, 0)"
    page.context.close()
    assert said == []


@pytest.mark.browser
def test_whoever_comes_back_to_the_index_finds_it_as_it_was(season: Path, chromium: Any) -> None:
    (season / "a\u0308.wav").write_bytes((season / "a.wav").read_bytes())  # as a Mac writes it
    run()
    page = chromium.new_page(viewport={"width": 900, "height": 600})
    page.goto(Path("site/index.html").resolve().as_uri())
    page.get_by_role("button", name="Recording").click()
    page.get_by_role("button", name="Recording").click()
    page.get_by_label("Search").fill("\u00e4.wav")
    links = page.locator("tbody a:visible")
    assert links.count() == 1, "typed as one letter"
    page.get_by_label("Search").fill("B")
    rows = page.locator("tbody tr:visible td:nth-child(2)")
    before = rows.all_inner_texts()
    assert [name.split("/")[-1][0] for name in before] == ["b", "b"]
    links.first.click()
    page.get_by_text("All recordings").wait_for()
    page.go_back()
    page.wait_for_function("() => document.querySelector('input').value === 'B'")
    assert page.locator("output").inner_text() == "2 of 5"
    assert rows.all_inner_texts() == before
    assert page.locator("th[aria-sort=descending]").inner_text() == "Recording"
    page.context.close()


@pytest.mark.browser
def test_on_a_phone_the_index_is_whole(season: Path, chromium: Any) -> None:
    run()
    page = chromium.new_page(viewport={"width": 360, "height": 700})
    page.goto(Path("site/index.html").resolve().as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    for cell in page.locator("tbody td:visible").all():
        box = cell.bounding_box()
        assert box["x"] + box["width"] <= 360
    assert page.locator("tbody td[data-name=Patches]").count() == 3
    page.get_by_role("button", name="Length").click()
    links = page.locator("tbody a").all_inner_texts()
    assert [link[:1] for link in links] == ["c", "p", "a"]
    page.get_by_label("Search").fill("POND")
    assert page.locator("tbody tr:visible").count() == 1
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1200, 1000, 700, 360])
def test_columns_lie_within_the_window(season: Path, chromium: Any, width: int) -> None:
    """However many there are: labels take several lines, and where that is too little, rows do."""
    species = ("Eurasian Blackbird", "European Robin", "Great Spotted Woodpecker")
    dated = "20240512_053000.wav"
    (season / "a.wav").rename(season / dated)
    rows = [f"{name},0.1,0.4,{one}" for name in (dated, "c.wav") for one in species]
    Path("labels.csv").write_text("\n".join(["file,start_time,end_time,label", *rows]))
    header = "file,start_time,end_time,European Robin,Great Spotted Woodpecker"
    Path("scores.csv").write_text(f"{header}\n{dated},0,0.5,0.1,0.2")
    run("--labels", "labels.csv", "--scores", "scores.csv", "--stops", "mistakes",
        "--threshold", "0.25", "--start", "filename")  # fmt: skip
    page = chromium.new_page(viewport={"width": width, "height": 700})
    page.goto(Path("site/index.html").resolve().as_uri())
    page.get_by_role("button", name="Mistakes").click()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    cells = page.locator("tbody td:visible, thead th:visible").all()
    assert len(cells) > 20
    for cell in cells:
        box = cell.bounding_box()
        assert box["x"] + box["width"] <= width
    for near in range(width - 40, width + 40, 8):  # with the margins of the page, too
        page.set_viewport_size({"width": near, "height": 700})
        page.wait_for_function(
            "width => innerWidth === width && document.documentElement.scrollWidth <= width",
            arg=near, timeout=5000,
        )  # fmt: skip
    page.set_viewport_size({"width": 1400, "height": 700})
    page.wait_for_function(
        "() => getComputedStyle(document.querySelector('tbody tr')).display === 'table-row'"
    )
    page.context.close()


@pytest.mark.slow
def test_patches_are_where_the_windows_of_the_scores_are(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = Path("birdnet")
    tables.mkdir()
    header = "Start (s),End (s),Scientific name,Common name,Confidence\n"
    for name, n in (("a", 1), ("c", 3)):
        lines = "".join(f"{k}.0,{k + 1}.0,Parus major,Great Tit,0.{k + 5}\n" for k in range(n))
        (tables / f"{name}.BirdNET.results.csv").write_text(header + lines)
    arguments = ["season", "-o", "site", "--sr", "native", "--scores", "birdnet"]
    assert main(arguments) == 0
    said = capsys.readouterr()
    assert "6 patches of 0.960 s at starts of their own" in said.out
    assert "starts" not in said.err
    assert [row[1:2] + row[3:4] for row in rows()][::2] == [["a.wav", "1"], ["c.wav", "3"]]
    assert main([*arguments, "--duration", "0.5", "--hop", "0.3"]) == 2
    assert "rows of scores are of no patch" in capsys.readouterr().err
    # One that is theirs says what is so without it.
    assert main([*arguments, "--hop", "1"]) == 0
    assert [row[1:2] + row[3:4] for row in rows()][::2] == [["a.wav", "1"], ["c.wav", "3"]]


def test_events_are_no_windows(season: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "a.wav,0.12,0.5,wren,0.9\nc.wav,1.37,1.75,wren,0.8\nc.wav,2.2,2.58,wren,0.7\n"
    Path("scores.csv").write_text("file,start_time,end_time,label,score\n" + rows)
    assert main(["season", "-o", "site", *CARVED[:2], "--scores", "scores.csv"]) == 2
    assert "rows of scores are of no patch" in capsys.readouterr().err


def test_of_a_folder_of_tables_one_recording_takes_its_own(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("scores").mkdir()
    for name, value in (("a", 0.25), ("c", 0.75)):
        rows = "start_time,end_time,robin\n" + f"0,0.5,{value}\n"
        Path("scores", f"{name}.csv").write_text(rows, encoding="utf-8")
    assert main(["season/c.wav", "-o", "c.html", "--sr", "native", "--scores", "scores"]) == 0
    said = capsys.readouterr()
    assert "1 of 2 tables of scores is of recordings that are not given, by its name" in said.err
    assert said.out.startswith("1 patch of ")


def test_what_is_above_half_the_rate_of_a_folder_is_told(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rate = ["--sr", "4000", "--duration", "0.5", "--hop", "0.25"]
    assert main(["season", "-o", "site", *rate]) == 0
    said = "3 of 3 resampled to 4000 Hz: nothing above 2000 Hz is seen; --sr native keeps all"
    assert said in capsys.readouterr().err
    assert main(["season", "-o", "site.png", *rate]) == 2
    assert "--out site.png is called as a file is" in capsys.readouterr().err


def test_patches_are_as_far_apart_as_columns_at_least(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As of one recording: a tenth of a second, or a column where that is longer."""
    coarse = ["--duration", "0.5", "--sr", "4000", "--hop-length", "600"]
    assert main(["season", "-o", "site", *coarse]) == 0
    assert capsys.readouterr().out.startswith("Recordings: ")
    assert main(["season/c.wav", "-o", "c.html", *coarse]) == 0
    assert " every 0.15 s" in capsys.readouterr().out


def test_the_index_says_nothing_that_nobody_scored(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where all is 0 no class is the highest one; without scores mistakes are not known."""
    Path("scores.csv").write_text(
        "file,start_time,end_time,robin,wren\n"
        "a.wav,0,0.5,0,0\na.wav,0.5,1,0,0\nc.wav,0,0.5,0,0.8\nc.wav,0.5,1,0.8,0.2\n"
    )
    Path("labels.csv").write_text("file,start_time,end_time,label\nc.wav,0,0.5,wren\n")
    tables = ["--scores", "scores.csv", "--labels", "labels.csv"]
    run(*tables, "--hop-length", "100", "--stops", "mistakes")
    index = Path("site/index.html").read_text()
    head = re.findall("<button type=.button.[^>]*>(.*?)</button>", index)
    told = {row[1]: dict(zip(head, row[1:], strict=True)) for row in rows() if len(row) > len(head)}
    cells = [(told[file]["Highest score"], told[file]["Mistakes"]) for file in sorted(told)]
    assert cells == [("0", "0"), ("0.8", "1"), ("", "")]


@pytest.mark.slow
def test_what_nobody_labelled_has_no_mistakes_or_no_page(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a folder of tables; an empty one says that somebody looked."""
    tables = wrong(season)[:2]
    Path("labels").mkdir()
    Path("labels/a.txt").write_text("0\t0.5\ttone\n")
    Path("labels/c.csv").write_text("start_time,end_time,label\n")
    tables += ["--labels", "labels", "--hop-length", "100", "--stops", "mistakes"]
    run(*tables)
    said = "looked at it, and nothing is a mistake there. --labelled leaves it out; an empty table"
    assert said in capsys.readouterr().err
    index = Path("site/index.html").read_text()
    head = re.findall("<button type=.button.[^>]*>(.*?)</button>", index)
    told = [dict(zip(head, row[1:], strict=True)) for row in rows() if len(row) > len(head)]
    cells = [(one["Labels"], one["Mistakes"]) for one in told]
    assert cells == [("tone: 1", "1"), ("none", "0"), ("not labelled", "")]
    run(*tables, "--labelled")
    said = capsys.readouterr()
    assert "left out, as nobody labelled them: 1 of 3 recordings" in said.err
    assert "no table of labels" not in said.err
    assert "Recordings: 14 patches of 0.500 s every 0.250 s, some of 21, of 2 files" in said.out
    assert [row[1] for row in rows()] == ["a.wav", "c.wav"]
    for labelled in (["--labelled"], []):  # of a table of mistakes it goes without saying
        assert main(["season", *CARVED, *tables, *labelled, "-o", "mistakes.csv"]) == 0
        said = capsys.readouterr().err
        assert "left out, as nobody labelled them: 1 of 3 recordings" in said
        assert "no table of labels" not in said
        assert {Path(file).name for file in pd.read_csv("mistakes.csv")["file"]} == {"a.wav"}
    for file, out, said in (
        ("season", "new", "--labelled is about labels. Give --labels."),
        ("season/a.wav", "a.html", "--labelled has no use with one recording. Leave it out, or "),
    ):
        assert main([file, "--labelled", "-o", out]) == 2
        assert said in capsys.readouterr().err


@pytest.mark.slow
def test_on_a_page_that_nobody_labelled_nothing_is_a_mistake(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Until an empty table says that somebody looked; then it is made anew."""
    Path("labels").mkdir()
    Path("labels/a.txt").write_text("0\t0.5\ttone\n")
    Path("s.csv").write_text("file,start_time,end_time,tone\na.wav,0,0.5,0.9\nc.wav,0,0.5,0.8\n")
    tables = ["--scores", "s.csv", "--labels", "labels", "--hop-length", "100"]

    def page_of_c() -> tuple[bool, list[int], str]:
        run(*tables, "--stops", "mistakes")
        (page,) = Path("site/recordings").glob("c-*.html")
        text = page.read_text("utf-8")
        (state,) = re.findall(r'<script type="application/json">(.*?)</script>', text)
        asked = json.loads(state)
        is_unlabelled = "<span>not labelled</span></nav>" in text
        return is_unlabelled, asked["known"]["stops"], asked["options"]["stop"]

    assert page_of_c() == (True, [], "mistake")
    pages = Path("site/recordings/pages.js").read_text()
    assert re.search(r'"c-[^"]*.html","c.wav"\]', pages)  # where N does not stop
    Path("labels/c.csv").write_text("start_time,end_time,label\n")
    is_unlabelled, stops, stop = page_of_c()
    assert not is_unlabelled
    assert stops == [0]
    assert stop == "mistake"
    capsys.readouterr()


def test_a_clip_that_is_short_is_one_patch(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["season/c.wav", "-o", "c.html"]) == 0
    assert capsys.readouterr().out.startswith("1 patch of ")


def wrong(season: Path) -> list[str]:
    """Return options of a site on which two recordings have mistakes: two, and one."""
    patches = [(0, 0.5, 0.9), (0, 0.0, 0.9), (2, 0.5, 0.9), (2, 1.5, 0.8)]
    names = ["a.wav", "c.wav", "pond/b #1 'ü' 50%?.wav"]
    pd.DataFrame(
        {
            "file": [names[k] for k, _, _ in patches] + ["c.wav"],
            "start_time": [start for _, start, _ in patches] + [0.0],
            "end_time": [start + 0.5 for _, start, _ in patches] + [0.5],
            "tone": [score for *_, score in patches] + [0.1],
        }
    ).to_csv("scores.csv", index=False)
    pd.DataFrame(
        {"file": ["a.wav"], "start_time": [0.0], "end_time": [0.5], "label": ["tone"]}
    ).to_csv("labels.csv", index=False)
    tables = ["--scores", "scores.csv", "--labels", "labels.csv"]
    return [*tables, "--hop-length", "100", "--stops", "mistakes"]


def test_the_index_says_how_many_mistakes_there_are(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(*wrong(season))
    index = Path("site/index.html").read_text()
    head = re.findall("<button type=.button.[^>]*>(.*?)</button>", index)
    assert head[-1] == "Mistakes"  # and not how many classes are wrong in all
    assert 'title="Patches whose labels and scores disagree in one class or in several; ' in index
    assert [row[-1] for row in rows() if len(row) == len(head) + 1] == ["1", "0", "2"]
    assert main(["season", "-o", "site", *CARVED, "--stops", "1,2"]) == 2
    said = "--stops 1,2 are numbers of patches, and each of a folder's recordings has its own."
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_of_which_a_table_of_labels_says_nothing_is_told_where_mistakes_are_counted(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where all pages are there already; and where none is counted it is no news."""
    for out in ("site", "site", "m.csv"):
        assert main(["season", *CARVED, *wrong(season), "-o", out]) == 0
        said = "2 of 3 recordings have no row in the table of labels, first 'season/c.wav', and"
        assert said in capsys.readouterr().err
    assert main(["season", *CARVED, *wrong(season)[:-2], "-o", "other"]) == 0
    assert "have no row" not in capsys.readouterr().err


def test_a_class_that_nobody_labelled_is_told_once_of_all(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = wrong(season)
    pd.DataFrame(
        {"file": ["a.wav"], "start_time": [0.0], "end_time": [0.5], "label": ["wren"]}
    ).to_csv("labels.csv", index=False)
    run(*options)
    said = [line for line in capsys.readouterr().err.splitlines() if "nobody labelled" in line]
    assert said == [
        "patchviz: nobody labelled 'tone': every patch counts as one without it, and is a mistake "
        "where it scores. The labels are 'wren'."
    ]


def test_what_stops_need_is_named_before_there_is_a_site(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = wrong(season)
    at = options.index("--labels")
    assert main(["season", "-o", "site", *CARVED, *options[:at], *options[at + 2 :]]) == 2
    assert "--stops mistakes needs labels. Give --labels.\n" in capsys.readouterr().err
    assert not Path("site").exists()
    assert main(["season", "-o", "site", *CARVED, "--stops", "mistake"]) == 2
    said = "--stops mistake is not allowed. It must be events, mistakes or positions of patches"
    assert said in capsys.readouterr().err


@pytest.mark.browser
def test_mistakes_of_pages_follow_one_another(season: Path, chromium: Any) -> None:
    run(*wrong(season))
    page = chromium.new_page(viewport={"width": 900, "height": 600})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(Path("site/index.html").resolve().as_uri())
    page.get_by_role("link", name="a.wav").click()

    def stands_at(title: str, start: float) -> None:
        page.wait_for_function(
            """([title, start]) => {
                const player = document.querySelector(".patchviz-player")?.player;
                return document.title === title && player?.framing
                    && Math.abs(player.interval(player.index)[0] - start) < 0.05;
            }""",
            arg=[title, start],
        )

    last = "pond/b #1 'ü' 50%?.wav"
    stands_at("a.wav", 0.5)
    for key, title, start in (
        ("n", last, 0.5),
        ("n", last, 1.5),
        ("p", last, 0.5),
        ("p", "a.wav", 0.5),
    ):
        page.keyboard.press(key)
        stands_at(title, start)
    # Also one that was moved on its page.
    page.evaluate("() => document.body.append(document.querySelector('.patchviz-player'))")
    stands_at("a.wav", 0.5)
    page.keyboard.press("p")
    assert page.get_by_role("status").first.inner_text() == "None before this one."
    page.get_by_text("c.wav").click()
    stands_at("c.wav", 0.0)
    assert "N P: the next mistake, the one before" in page.locator(".hint").inner_text()
    page.get_by_role("button", name="Previous mistake (P)").wait_for()
    page.get_by_role("button", name="Next mistake (N)").click()  # from where there is none
    stands_at(last, 0.5)
    assert said == []


def test_windows_that_a_table_left_out_go_on_to_the_end_of_each_recording(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of 1, 2 and 3 s; the table's last window begins at 0.5 s."""
    (season / "broken.wav").unlink()
    table = "file,start_time,end_time,label,score\na.wav,0,0.5,owl,0.9\nc.wav,0.5,1,owl,0.8\n"
    Path("scores.csv").write_text(table)
    labels = "file,start_time,end_time,label\nc.wav,2.5,3,owl\n"
    Path("labels.csv").write_text(labels)
    options = ["season", "-o", "site", "--sr", "native", "--no-audio", "--scores", "scores.csv"]
    assert main([*options, "--labels", "labels.csv", "--missing", "0", "--stops", "mistakes"]) == 0
    said = capsys.readouterr()
    assert "Recordings: 12 patches of" in said.out
    assert "in no patch" not in said.err
    (page,) = (p for p in Path("site/recordings").glob("*.html") if p.name.startswith("c"))
    assert '"stops":[1,5]' in page.read_text("utf-8")  # nobody labelled the one that it found


def test_a_table_of_one_file_says_by_its_name_which_that_is(
    season: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (season / "broken.wav").unlink()
    table = "Start (s),End (s),Scientific name,Common name,Confidence\n1,1.5,Strix,Owl,0.75\n"
    Path("c.BirdNET.results.csv").write_text(table)
    options = ["season", "-o", "site", "--sr", "native", "--no-audio", "--scores"]
    assert main([*options, "c.BirdNET.results.csv"]) == 0
    Path("owls.csv").write_text(table)
    assert main([*options, "owls.csv"]) == 2
    said = capsys.readouterr().err
    assert "assign" not in said
    assert (
        "Say in a column 'file' which each row is of; or, of a table of one recording in a file, "
        "let its name begin as that of the recording."
    ) in said
