"""A player whose picture and sound are files beside its page, from a disk and from a server."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import patchviz as pv

from .conftest import PlayerPage
from .test_player_tuning import SR, sounding

ALIVE = ".player:not(.failed) .play, .failed .message:not(:empty)"

# Every tile that is there has a picture.
DRAWN = """() => {
  const { shadowRoot } = document.querySelector(".patchviz-sheet");
  const tiles = [...shadowRoot.querySelectorAll(".tile:not([hidden]) canvas")];
  return tiles.length && tiles.every((canvas) => {
    const { width, height } = canvas;
    return canvas.getContext("2d").getImageData(width >> 1, height >> 1, 1, 1).data[3];
  });
}"""
# One sound is or was heard, which may take little time. (`played` also has what was only sought
# before any of a sound had come.)
LISTEN = """
  window.heard = [];
  addEventListener("playing", ({ target }) => heard.push(target.currentSrc), { capture: true });
"""
HEARD = """() => [...document.querySelectorAll("audio")].some(
  ({ currentSrc }) => heard.includes(currentSrc),
)"""

Y = np.random.default_rng(0).uniform(-0.5, 0.5, 3 * SR)


class _Ranges(SimpleHTTPRequestHandler):
    """A server of files that knows ranges, and notes which it was asked for."""

    asked: list[tuple[str, str]] = []  # noqa: RUF012  # of all of a test

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", asked or "")
        self.asked.append((self.path.split("/")[-1], asked or ""))
        path = Path(self.translate_path(self.path))
        if not found or not path.is_file():
            super().do_GET()
            return
        data = path.read_bytes()
        first, last = int(found[1]), min(int(found[2] or len(data)), len(data) - 1)
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        self.send_header("Content-Length", str(last + 1 - first))
        self.end_headers()
        self.wfile.write(data[first : last + 1])

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Whole(SimpleHTTPRequestHandler):
    """A server that knows no ranges, as that of Python and that of MkDocs."""

    sounds = True  # or they are handed out no second time
    asked: list[str] = []  # noqa: RUF012  # sounds, of all of a test

    def do_GET(self) -> None:
        if "sound-" in self.path:
            self.asked.append(self.path)
            if not self.sounds and len(self.asked) > 1:
                self.send_error(503)
                return
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Slow(SimpleHTTPRequestHandler):
    """A server that hands out a page as far as a mark, and the rest when it is told to."""

    mark = ""
    go_on: threading.Event

    def do_GET(self) -> None:
        data = Path(self.translate_path(self.path)).read_bytes()
        stop = data.rindex(self.mark.encode()) + len(self.mark)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(data[:stop])
        self.wfile.flush()
        self.go_on.wait()
        self.wfile.write(data[stop:])

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serve(folder: Path, handler: type[SimpleHTTPRequestHandler]) -> Iterator[str]:
    """Serve a folder; yield the address."""
    served = ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *rest: handler(*rest, directory=str(folder))
    )
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{served.server_port}"
    finally:
        served.shutdown()
        served.server_close()
        thread.join()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a server of the test's folder."""
    _Ranges.asked = []
    with serve(tmp_path, _Ranges) as address:
        yield address


@pytest.fixture
def whole_server(tmp_path: Path) -> Iterator[str]:
    """Likewise, of one that hands out no parts."""
    _Whole.asked, _Whole.sounds = [], True
    with serve(tmp_path, _Whole) as address:
        yield address


@pytest.fixture
def visit(chromium: Any) -> Iterator[Any]:
    """Open an address; what the page says is kept."""
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    context.add_init_script(LISTEN)

    def open_it(address: str, until: str = ALIVE, **options: Any) -> PlayerPage:
        opened = PlayerPage(context.new_page())
        opened.page.goto(address, **options)
        opened.page.wait_for_selector(until)
        return opened

    yield open_it
    context.close()


def save(folder: Path, **options: Any) -> Path:
    return sounding(Y, assets="folder", index=20, **options).save(folder / "a 'b' #1.html")


def test_from_a_disk_it_is_drawn_and_played(visit: Any, tmp_path: Path) -> None:
    opened = visit(save(tmp_path).as_uri()).ready()
    assert opened.pixels(".patch canvas").std() > 20
    opened.find("button.play").click()
    opened.wait("player.sound.time > 0.4 && player.index > 20")
    assert opened.find(".message").inner_text() == ""
    opened.js("(player.sound.gain = 6)")
    said = "The sound lies beside the page: from a disk browsers play it as it is; from a server "
    assert opened.find(".message").inner_text().startswith(said)
    opened.js("(player.loop = true, player.hear())")
    opened.wait("player.hearing && !element.querySelector('audio').paused")  # not exact, but heard
    why = opened.js("player.sound.samples(1, 2).then(String, (error) => error.message)")
    assert why.startswith("the sound lies beside the page, and from a disk browsers do not hand it")
    assert opened.said == []


def test_on_paper_there_is_the_picture_and_no_player_of_the_sound(
    visit: Any, tmp_path: Path
) -> None:
    opened = visit(save(tmp_path).as_uri()).ready()
    page, image = opened.page, opened.page.locator("img")
    page.emulate_media(media="print", color_scheme="dark")
    assert image.is_visible()
    assert image.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 100
    assert not page.locator("audio").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
    assert opened.said == []


def test_from_a_server_samples_are_read_by_ranges(visit: Any, tmp_path: Path, server: str) -> None:
    save(tmp_path)
    opened = visit(f"{server}/a%20'b'%20%231.html").ready()
    assert opened.pixels(".patch canvas").std() > 20
    _Ranges.asked.clear()
    samples = opened.js("[...(await player.sound.samples(0.5, 0.6))]")
    np.testing.assert_allclose(samples, Y[SR // 2 : SR // 2 + SR // 10], atol=1 / 32768)
    (sound,) = (tmp_path / "a 'b' #1_files").glob("sound-*.wav")
    first = 44 + 2 * SR // 2
    assert _Ranges.asked == [
        (sound.name, "bytes=0-43"),
        (sound.name, f"bytes={first}-{first + 2 * SR // 10 - 1}"),
    ]
    opened.find("button.tune").click()
    opened.find("input[aria-label=Gain]").fill("6")  # on Web Audio
    opened.find("button.loop").click()
    opened.find("button.hear").click()
    opened.wait("player.sound.looping && player.sound.time > 0.22")
    assert opened.said == []


PAGE = "a%20'b'%20%231.html"
NOW = "element.querySelector('audio').currentTime"


def test_from_a_server_without_ranges_it_goes_wherever_it_is_sent(
    visit: Any, tmp_path: Path, whole_server: str
) -> None:
    save(tmp_path)
    opened = visit(f"{whole_server}/{PAGE}").ready()
    opened.wait("element.querySelector('audio').src.startsWith('blob:')")  # it begins at patch 20
    opened.wait(f"{NOW} === player.interval(20)[0] && player.index === 20")
    opened.find(".map").click()
    middle = opened.index
    assert middle > 20
    opened.wait(f"{NOW} === player.interval()[0]")
    for key, index in (("ArrowLeft", middle - 1), ("End", opened.js("player.framing.last"))):
        opened.page.keyboard.press(key)
        assert opened.index == index
        opened.wait(f"Math.abs({NOW} - player.interval()[0]) < 1e-5")
        assert opened.index == index
    opened.page.keyboard.press("Home")
    opened.find("button.play").click()
    opened.wait(f"player.index > 10 && {NOW} > 0.2")
    opened.find(".map").click()
    opened.wait(f"player.index > {middle} && !element.querySelector('audio').paused")
    assert opened.find(".message").inner_text() == ""
    # Parts of what is there are read from it.
    samples = opened.js("[...(await player.sound.samples(0.5, 0.6))]")
    np.testing.assert_allclose(samples, Y[SR // 2 : SR // 2 + SR // 10], atol=1 / 32768)
    assert len(_Whole.asked) <= 2  # one of them by the element, unless the player came first
    assert opened.said == []


def test_a_sound_that_is_sent_elsewhere_while_it_plays_is_fetched_and_plays_on(
    visit: Any, tmp_path: Path, whole_server: str
) -> None:
    sounding(Y, assets="folder").save(tmp_path / "page.html")
    opened = visit(f"{whole_server}/page.html").ready()
    opened.find("button.play").click()
    opened.wait(f"{NOW} > 0.1")
    opened.find(".map").click()
    middle = opened.index
    opened.wait(f"{NOW} > player.interval({middle})[0] + 0.1 && player.index > {middle}")
    assert opened.js("player.playing && !element.querySelector('audio').paused")
    assert opened.find(".message").inner_text() == ""
    assert opened.said == []


def test_where_a_sound_can_be_had_in_no_way_the_picture_moves(
    visit: Any, tmp_path: Path, whole_server: str
) -> None:
    _Whole.sounds = False
    save(tmp_path)
    opened = visit(f"{whole_server}/{PAGE}").ready()
    # Before that, it is being loaded.
    opened.wait("root.querySelector('.message').textContent.includes('goes on')")
    assert opened.find(".message").inner_text() == (
        "The sound can be neither sought nor fetched whole here (503); the picture goes on "
        "without it."
    )
    assert opened.index == 20
    opened.find(".map").click()
    middle = opened.index
    assert middle > 20
    opened.find("button.play").click()
    opened.wait(f"player.index > {middle}")


@pytest.mark.parametrize("what", ["picture", "sound"])
def test_what_is_missing_is_named(visit: Any, tmp_path: Path, what: str) -> None:
    page = save(tmp_path)
    (gone,) = (tmp_path / "a 'b' #1_files").glob(f"{what}-*")
    gone.unlink()
    opened = visit(page.as_uri())
    opened.wait("root.querySelector('.message').textContent")
    name = f"a 'b' #1_files/{gone.name}"
    said = {
        "picture": f"The picture cannot be decoded: the file {name} is missing, or is another.",
        "sound": f"The sound {name} is missing, or cannot be played by this browser; the picture "
        "can.",
    }[what]
    assert opened.find(".message").inner_text() == said
    if what == "sound":
        opened.find("button.play").click()
        opened.wait("player.index > 20")


def test_a_picture_comes_when_it_is_seen(visit: Any, tmp_path: Path, server: str) -> None:
    """The second of two when the page is scrolled to it; a sound that they share once."""
    spec = sounding(Y).patches.spectrogram
    one, two = (
        pv.player(
            spec.patches(frame_length=10), audio=True, assets="folder", cmap=cmap, height=3000
        )
        for cmap in ("magma", "gray")
    )
    pv.page([one, two], tmp_path / "both.html", link=True)
    files = {file.name for file in (tmp_path / "both_files").iterdir()}
    assert len([name for name in files if name.startswith("sound-")]) == 1
    opened = visit(f"{server}/both.html")
    opened.js("player.ready")
    assert len([name for name, _ in _Ranges.asked if name.startswith("picture-")]) == 1
    opened.page.mouse.move(600, 400)
    opened.page.mouse.wheel(0, 3000)
    opened.js("player.ready", n=1)
    assert opened.said == []


def sheet_of(n: int) -> pv.Sheet:
    """A sheet of three tiles of each of some recordings, which differ."""
    base = sounding(Y).patches.spectrogram
    recordings = [
        pv.Spectrogram(
            np.roll(base.values, 5 * k, axis=1), sr=base.sr, hop_length=base.hop_length,
            audio=base.audio, name=f"{k}",
        ).patches(frame_length=10)
        for k in range(n)
    ]  # fmt: skip
    patches = len(recordings[0])
    numbers = [k * patches + i for k in range(n) for i in (1, 5, 9)]
    return pv.sheet(recordings, numbers, assets="folder", height=300)


@pytest.mark.parametrize("kind", ["player", "sheet", "recordings"])
def test_a_page_that_comes_slowly_waits_for_what_an_element_is_told(
    visit: Any, tmp_path: Path, kind: str
) -> None:
    """The script behind the first brings every element to life, and half of the last is there."""
    if kind == "player":
        html = sounding(Y).to_html()
    elif kind == "sheet":
        html = pv.sheet(sounding(Y).patches, [1, 5]).to_html()
    else:
        paths = [str(tmp_path / f"{k}.wav") for k in range(2)]
        for path in paths:
            soundfile.write(path, Y, SR)
        html = pv.player(pv.Recordings(paths, duration=1.0, sr=None)).to_html()
    (tmp_path / "page.html").write_text(f"<!DOCTYPE html><meta charset=utf-8>{html}{html}", "utf-8")
    _Slow.mark, _Slow.go_on = '<script type="application/json">{"', threading.Event()
    element = f"document.querySelectorAll('.patchviz-{kind}')"
    with serve(tmp_path, _Slow) as address:
        try:
            opened = visit(f"{address}/page.html", f".patchviz-{kind}", wait_until="commit")
            page = opened.page
            page.wait_for_function(f"() => {element}[0]?.shadowRoot")
            half = "querySelector(':scope > script')?.textContent"
            page.wait_for_function(f"() => {element}[1]?.{half}")
            page.evaluate(f"{element}[1].start()")  # as that script does, whenever it runs
            assert not page.evaluate(f"!!{element}[1].shadowRoot")
        finally:
            _Slow.go_on.set()
        page.wait_for_function(f"() => {element}[1].shadowRoot")
    assert opened.said == []


def test_of_a_sheet_the_tiles_that_are_seen_come_from_a_server(
    visit: Any, tmp_path: Path, server: str
) -> None:
    sheet_of(30).save(tmp_path / "review.html")
    opened = visit(f"{server}/review.html", ".list")
    page = opened.page
    page.wait_for_function(DRAWN)

    def pictures() -> int:
        return len({name for name, _ in _Ranges.asked if name.startswith("picture-")})

    before = pictures()
    assert 0 < before < 25
    assert not [name for name, _ in _Ranges.asked if name.startswith("sound-")]
    page.locator(".list").press("End")
    page.locator("#tile-89").wait_for()  # until it is scrolled to, those before are all drawn
    page.wait_for_function(DRAWN)
    assert before < pictures() <= 30
    page.locator(".list").press("Space")
    page.wait_for_function(HEARD)
    assert len({name for name, _ in _Ranges.asked if name.startswith("sound-")}) == 1
    page.locator(".list").press("Enter")
    page.locator(".opened .patch canvas").wait_for()
    assert [text for text in opened.said if "getImageData" not in text] == []  # the test's own


def test_a_tile_shows_no_picture_of_another_until_its_own_is_there(
    visit: Any, tmp_path: Path, server: str
) -> None:
    sheet_of(30).save(tmp_path / "review.html")
    page = visit(f"{server}/review.html", ".list").page
    page.wait_for_function(DRAWN)
    seen = {name for name, _ in _Ranges.asked if name.startswith("picture-")}
    for path in (tmp_path / "review_files").glob("picture-*"):
        if path.name not in seen:
            path.unlink()
    page.locator(".list").press("End")  # nodes of those that were seen are taken again
    page.get_by_text("A picture cannot be decoded").first.wait_for()
    assert page.locator("#tile-89 canvas").evaluate(
        "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)"
        ".data.every((value) => value === 0)"
    )


def test_a_tile_is_heard_from_a_server_without_ranges(
    visit: Any, tmp_path: Path, whole_server: str
) -> None:
    sheet_of(2).save(tmp_path / "review.html")
    page = visit(f"{whole_server}/review.html", ".list").page
    page.wait_for_function(DRAWN)
    page.locator(".list").press("ArrowRight")  # to patch 5 of the first
    page.locator(".list").press("Space")
    # It is fetched whole once it is known that no part of it can be; that is heard then.
    page.wait_for_function("() => document.querySelector('audio').currentSrc.startsWith('blob:')")
    page.wait_for_function(HEARD)


def test_a_sheet_from_a_disk_names_what_is_missing(visit: Any, tmp_path: Path) -> None:
    file = sheet_of(2).save(tmp_path / "review.html")
    page = visit(file.as_uri(), ".list").page
    page.wait_for_function(DRAWN)
    page.locator(".list").press("Space")
    page.wait_for_function(HEARD)
    (gone, _) = sorted((tmp_path / "review_files").glob("picture-*"))
    gone.unlink()
    page.reload()
    said = (
        f"A picture cannot be decoded: the file review_files/{gone.name} is missing, or is another."
    )
    page.locator(".message").get_by_text(said).wait_for()
