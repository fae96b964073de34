"""Films: what is in the file, what is left of the figure, and what happens when it goes wrong."""

from __future__ import annotations

import contextlib
import gc
import io
import logging
import re
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib import animation
from matplotlib.animation import FuncAnimation
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image, ImageSequence

import patchviz as pv
from patchviz.animation import ffmpeg as video
from patchviz.animation import palette, writers
from patchviz.animation import save as exports
from patchviz.audio.source import Audio
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchvizError

from ..seldom import seldom

PICTURE_FILES = ["a.gif", "a.webp", "a.apng", "a.png"]
LOSSLESS_FILES = ["a.webp", "a.apng", "a.png"]


def make_patches(n: int = 6, *, hop_length: int = 2, sr: float = 22050, **more: Any) -> pv.Patches:
    """`n` patches of (8, 10) in random colours, 92.88 ms apart at 22050 Hz."""
    n_frames = 10 + hop_length * (n - 1)
    values = np.random.default_rng(0).uniform(-80, 0, (8, n_frames)).astype(np.float32)
    spec = pv.Spectrogram(values, sr=sr, hop_length=1024, y_axis="mel", **more)
    return spec.patches(frame_length=10, hop_length=hop_length)


def make_animation(
    patches: pv.Patches | None = None, *, text: bool = False, **options: Any
) -> pv.PatchAnimation:
    """An animation in a figure of 160 × 120 pixels, without automatic layout.

    Without text, for tests whose pixels do not count, a frame takes a fraction of the time. With
    it, three patches are enough: two that are repainted, and one before and after.
    """
    figure = Figure(figsize=(3.2, 2.4), dpi=50)
    FigureCanvasAgg(figure)
    ax = figure.add_axes((0.2, 0.2, 0.7, 0.65))
    view = pv.PatchView(make_patches(3 if text else 6) if patches is None else patches, ax=ax)
    if not text:
        ax.set_axis_off()
        view.title.set_visible(False)
    return pv.animate(view, **options)


def frames_of(path: Path) -> tuple[list[NDArray[np.uint8]], list[float]]:
    """All frames of a picture file as RGBA, and how long each lasts in ms."""
    frames, times = [], []
    with Image.open(path) as image:
        for frame in ImageSequence.Iterator(image):
            frame.load()
            frames.append(np.array(frame.convert("RGBA")))
            times.append(frame.info["duration"])
    return frames, times


def still(figure: Figure, **options: Any) -> NDArray[np.uint8]:
    """The figure as matplotlib itself saves it."""
    file = io.BytesIO()
    figure.savefig(file, format="png", **options)
    return np.array(Image.open(file).convert("RGBA"))


def stills(anim: pv.PatchAnimation, **options: Any) -> list[NDArray[np.uint8]]:
    found = []
    for index in range(len(anim.view.patches)):
        anim.view.index = index
        found.append(still(anim.view.figure, **options))
    return found


def run_ffmpeg(*arguments: object) -> bytes:
    command = [video.ffmpeg_path(), "-v", "error", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def start_instead_of_ffmpeg(monkeypatch: pytest.MonkeyPatch, popen: Callable[..., Any]) -> None:
    """Have films go to something else. What finds out where ffmpeg is starts it, too: before."""
    video.ffmpeg_path()
    monkeypatch.setattr(video.subprocess, "Popen", popen)


def video_times(path: Path) -> list[Fraction]:
    """When each frame of a video appears, in exact seconds, as its packets say."""
    listing = run_ffmpeg("-i", path, "-map", "0:v", "-c", "copy", "-f", "framecrc", "-").decode()
    base = re.search(r"#tb 0: (\d+)/(\d+)", listing)
    assert base is not None
    unit = Fraction(int(base[1]), int(base[2]))
    times = [int(line.split(",")[2]) for line in listing.splitlines() if line.startswith("0,")]
    return sorted(unit * time for time in times)


def video_frames(path: Path, width: int, height: int) -> NDArray[np.uint8]:
    raw = run_ffmpeg(
        "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-fps_mode", "passthrough", "-"
    )
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)


class Recorder(animation.AbstractMovieWriter):
    """A user's own writer: keeps what `savefig` gives it."""

    def __init__(self, grab: Callable[[Recorder], None] | None = None) -> None:
        super().__init__(fps=5)
        self.grab = grab
        self.pictures: list[NDArray[np.uint8]] = []
        self.finished = 0

    def setup(self, fig: Figure, outfile: str, dpi: float | None = None) -> None:
        super().setup(fig, outfile, dpi)

    def grab_frame(self, **savefig_kwargs: Any) -> None:
        if self.grab is not None:
            self.grab(self)
            return
        file = io.BytesIO()
        self.fig.savefig(file, format="png", dpi=self.dpi, **savefig_kwargs)
        self.pictures.append(np.array(Image.open(file).convert("RGBA")))

    def finish(self) -> None:
        self.finished += 1


@pytest.fixture
def full_draws(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """Figures in the order in which they were drawn in full."""
    drawn: list[Figure] = []
    draw = Figure.draw

    def counting(self: Figure, renderer: Any) -> None:
        drawn.append(self)
        draw(self, renderer)

    monkeypatch.setattr(Figure, "draw", counting)
    return drawn


@contextlib.contextmanager
def nothing_left_behind(anim: pv.PatchAnimation, folder: Path) -> Iterator[None]:
    """Check that figure, view and folder come out as they went in."""

    def state() -> tuple[object, ...]:
        figure = anim.view.figure
        return (
            anim.view.index,
            figure.dpi,
            tuple(figure.get_size_inches()),
            figure.get_facecolor(),
            [artist.get_animated() for artist in figure.findobj()],
            figure.canvas.is_saving(),
            [name for name in ("savefig", "set_size_inches") if name in vars(figure)],
            [thread.name for thread in threading.enumerate() if video.PIPE in thread.name],
            sorted((path.name, path.read_bytes()) for path in folder.iterdir()),
        )

    before = state()
    yield
    assert state() == before


# -- what is in the file ---------------------------------------------------------------------


@pytest.mark.parametrize("name", PICTURE_FILES)
def test_every_patch_is_a_frame(name: str, tmp_path: Path) -> None:
    make_animation().save(tmp_path / name)
    frames, _ = frames_of(tmp_path / name)
    assert [frame.shape for frame in frames] == [(120, 160, 4)] * 6


def test_pixels_are_those_of_the_figure(tmp_path: Path) -> None:
    anim = make_animation(text=True)
    expected = stills(anim, dpi=75)
    for name in LOSSLESS_FILES:
        anim.save(tmp_path / name, dpi=75)
        frames, _ = frames_of(tmp_path / name)
        np.testing.assert_array_equal(frames, expected, err_msg=name)


def test_pixels_of_a_gif_are_near_those_of_the_figure(tmp_path: Path) -> None:
    anim = make_animation(make_patches(4), text=True)
    anim.save(tmp_path / "a.gif", dpi=75)
    frames, _ = frames_of(tmp_path / "a.gif")
    for frame, expected in zip(frames, stills(anim, dpi=75), strict=True):
        error = np.abs(frame.astype(int) - expected)
        assert error.max() <= palette.NEAR
        assert error.mean() < 1


@pytest.mark.slow
def test_default_figure_in_a_film_is_what_is_drawn(tmp_path: Path) -> None:
    with mpl.rc_context({"figure.figsize": (4, 3)}):
        anim = pv.animate(make_patches(2))
    for _ in range(3):  # the layout settles
        anim.view.figure.get_layout_engine().execute(anim.view.figure)
    anim.save(tmp_path / "a.apng")
    frames, _ = frames_of(tmp_path / "a.apng")
    for frame, expected in zip(frames, stills(anim), strict=True):
        np.testing.assert_array_equal(frame, expected)


def test_folder_gets_a_png_per_patch(tmp_path: Path) -> None:
    anim = make_animation(make_patches(3))
    anim.save(f"{tmp_path}/new/", dpi=20)
    anim.save(tmp_path / "new", dpi=75)  # over those that are there
    names = [f"patch_{k:04}.png" for k in range(3)]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["new", *names]
    for name, expected in zip(names, stills(anim, dpi=75), strict=True):
        with Image.open(tmp_path / "new" / name) as picture:
            assert picture.info["dpi"] == pytest.approx((75, 75), abs=0.02)
            np.testing.assert_array_equal(np.array(picture), expected)


def test_folder_of_another_film_is_not_mixed_with(tmp_path: Path) -> None:
    make_animation().save(tmp_path)
    shorter = make_animation(make_patches(4))
    with (
        nothing_left_behind(shorter, tmp_path),
        pytest.raises(InvalidValueError, match=r"patch_0004\.png to patch_0005\.png\. Remove them"),
    ):
        shorter.save(tmp_path)


def test_one_patch_is_a_film_too(tmp_path: Path) -> None:
    for name in PICTURE_FILES:
        make_animation(make_patches(1)).save(tmp_path / name)
        with Image.open(tmp_path / name) as image:
            assert image.size == (160, 120)


def test_patches_that_look_alike_are_frames_all_the_same(tmp_path: Path) -> None:
    for name in PICTURE_FILES:
        anim = make_animation(make_patches(3))
        anim.view.artists.remove(anim.view.title)
        anim.view.title.set_visible(False)
        anim.view.mesh.set_visible(False)
        anim.save(tmp_path / name)
        frames, times = frames_of(tmp_path / name)
        assert len(frames) == 3
        assert sum(times) == pytest.approx(3000 * anim.view.patches.hop_duration, abs=5)


# -- time ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "unit", "sr"),
    [
        *(("a.gif", 10, 22050), ("a.webp", 1, 44100), ("a.apng", 1, 48000 / 1.001)),
        *(
            pytest.param(name, unit, sr, marks=pytest.mark.slow)
            for name, unit, rates in (
                ("a.gif", 10, (44100, 48000 / 1.001)),
                ("a.webp", 1, (22050, 48000 / 1.001)),
                ("a.apng", 1, (22050, 44100)),
            )
            for sr in rates
        ),
    ],
)
def test_times_are_true_and_their_rounding_does_not_add_up(
    name: str, unit: float, sr: float, tmp_path: Path
) -> None:
    anim = make_animation(make_patches(50, sr=sr))
    anim.save(tmp_path / name, dpi=20)
    _, times = frames_of(tmp_path / name)
    ends = np.arange(1, 51) * anim.view.patches.hop_duration * 1000
    np.testing.assert_allclose(np.cumsum(times), ends, rtol=1e-6, atol=unit / 2 + 1e-4)


@pytest.mark.parametrize(
    ("name", "repeat"),
    [
        *(("a.gif", True), ("a.gif", False), ("a.webp", True), ("a.apng", False)),
        *seldom(("a.webp", False), ("a.apng", True), ("a.png", True), ("a.png", False)),
    ],
)
def test_repeat(name: str, repeat: bool, tmp_path: Path) -> None:
    make_animation(repeat=repeat).save(tmp_path / name)
    with Image.open(tmp_path / name) as image:
        loops = image.info.get("loop")
    assert loops == 0 if repeat else loops in (None, 1)


def test_fps_and_speed(tmp_path: Path) -> None:
    anim = make_animation(speed=2)
    anim.save(tmp_path / "a.apng")
    assert sum(frames_of(tmp_path / "a.apng")[1]) == round(6 * 1024 / 22.05)
    anim.save(tmp_path / "b.apng", fps=Fraction(30000, 1001))
    assert frames_of(tmp_path / "b.apng")[1] == pytest.approx([33, 34, 33, 33, 34, 33])


def test_gif_refuses_what_browsers_slow_down(tmp_path: Path) -> None:
    make_animation().save(tmp_path / "a.gif", fps=50)
    assert set(frames_of(tmp_path / "a.gif")[1]) == {20}
    with pytest.raises(InvalidValueError, match=r"fps=51 is not possible in a GIF.*Give fps=50 or"):
        make_animation().save(tmp_path / "b.gif", fps=51)


@pytest.mark.parametrize(
    ("kind", "fps"),
    [
        (writers.GifWriter, 0.001),
        (writers.WebPWriter, 1001),
        (writers.WebPWriter, 5e-5),
        (writers.ApngWriter, 10001),
        (writers.ApngWriter, 1e-5),
    ],
)
def test_times_that_a_file_cannot_hold(kind: type[writers.FrameWriter], fps: float) -> None:
    with pytest.raises(InvalidValueError, match=f"fps={fps:.6g} is not possible in "):
        kind(fps)


@pytest.mark.parametrize(
    "period", [Fraction(1, 10000), Fraction(70001, 3), Fraction(100003, 10007)]
)
def test_apng_holds_any_time(period: Fraction, tmp_path: Path) -> None:
    make_animation(text=False).save(tmp_path / "a.apng", fps=1 / period, dpi=20)
    _, times = frames_of(tmp_path / "a.apng")
    assert sum(times) == pytest.approx(6000 * float(period), rel=1e-3)


# -- video -----------------------------------------------------------------------------------


@pytest.mark.parametrize("writer", [None, *seldom("ffmpeg", "ffmpeg_file")])
def test_video_has_every_patch_at_its_true_time(writer: str | None, tmp_path: Path) -> None:
    anim = make_animation(make_patches(30))
    anim.save(tmp_path / "a.mp4", writer=writer)
    assert video_times(tmp_path / "a.mp4") == [k * Fraction(2048, 22050) for k in range(30)]


@pytest.mark.parametrize(
    "ending",
    ["mp4", "mkv", *(pytest.param(e, marks=pytest.mark.slow) for e in ("mov", "webm", "avi"))],
)
def test_slow_films_keep_the_true_rate(ending: str, tmp_path: Path) -> None:
    """ffmpeg would put a usual rate in the place of one that it takes for measured."""
    hop = Fraction(43 * 1024, 44100)  # near 1 s
    codec = "mjpeg" if ending == "avi" else None  # others keep no times in AVI
    anim = make_animation(make_patches(40, hop_length=43, sr=44100))
    anim.save(tmp_path / f"a.{ending}", dpi=20, codec=codec)
    times = video_times(tmp_path / f"a.{ending}")
    assert len(times) == 40
    unit = 1e-3 if ending in ("mkv", "webm") else 1e-9  # Matroska counts milliseconds
    for k, time in enumerate(times):
        assert abs(float(time - k * hop)) <= unit


@pytest.mark.parametrize(
    ("hop", "audio"),
    [
        *((0.1, True), (0.3, False)),
        *seldom((0.05, True), (1, True), (2, False), (3, True), (7, False)),
    ],
)
def test_hops_of_a_film_are_true(hop: float, audio: bool, tmp_path: Path) -> None:
    hop_length = int(hop * 22050 / 512)
    n_frames = 20 * hop_length
    values = np.random.default_rng(0).uniform(-80, 0, (4, n_frames))
    spec = pv.Spectrogram(values, audio=Audio.from_array(np.zeros(n_frames * 512), 22050))
    anim = make_animation(spec.patches(frame_length=2 * hop_length, hop_length=hop_length))
    anim.save(tmp_path / "a.mp4", audio=audio, dpi=20)
    times = video_times(tmp_path / "a.mp4")
    assert len(times) == 19 + audio
    assert abs(times[-1] - (len(times) - 1) * Fraction(hop_length * 512, 22050)) < 1e-6


@pytest.mark.parametrize(
    "fps",
    [
        *(Fraction(1, 7), Fraction(24000, 1001)),
        *(pytest.param(fps, marks=pytest.mark.slow) for fps in (1.001, 7.5)),
    ],
)
def test_rates_that_are_asked_for_are_true(fps: float | Fraction, tmp_path: Path) -> None:
    make_animation(make_patches(20)).save(tmp_path / "a.mp4", fps=fps, dpi=20)
    assert float(video_times(tmp_path / "a.mp4")[-1]) == pytest.approx(19 / fps, rel=1e-5)


@pytest.mark.parametrize("ending", ["mp4", pytest.param("webm", marks=pytest.mark.slow)])
def test_video_shows_the_figure(ending: str, tmp_path: Path) -> None:
    values = np.repeat(np.linspace(0, 1, 4), 4)[np.newaxis].repeat(8, axis=0)
    patches = pv.Spectrogram(values, hop_length=1024).patches(frame_length=4)
    anim = make_animation(patches, text=True)
    anim.save(tmp_path / f"a.{ending}", dpi=100)
    frames = video_frames(tmp_path / f"a.{ending}", 320, 240)
    inside = slice(80, 160), slice(100, 250)
    for frame, expected in zip(frames, stills(anim, dpi=100), strict=True):
        seen = frame[inside].mean(axis=(0, 1)) - expected[inside][..., :3].mean(axis=(0, 1))
        assert np.abs(seen).max() < 5


def test_webm_holds_transparency(tmp_path: Path) -> None:
    anim = make_animation(make_patches(3))
    anim.save(tmp_path / "a.webm", dpi=50, savefig_kwargs={"transparent": True})
    film = ("-c:v", "libvpx-vp9", "-i", tmp_path / "a.webm")  # ffmpeg's own decoder has no alpha
    raw = run_ffmpeg(*film, "-f", "rawvideo", "-pix_fmt", "rgba", "-fps_mode", "passthrough", "-")
    frames = np.frombuffer(raw, np.uint8).reshape(-1, 120, 160, 4)
    assert len(frames) == len(anim.view.patches)
    alpha = still(anim.view.figure, dpi=50, transparent=True)[..., 3].astype(int)
    assert {alpha.min(), alpha.max()} == {0, 255}
    assert (np.abs(frames[0, ..., 3] - alpha) < 32).mean() > 0.99


def test_video_of_odd_size_leaves_the_figure_as_it_was(tmp_path: Path) -> None:
    anim = make_animation()
    size = (3.21, 2.43)
    anim.view.figure.set_size_inches(size)
    anim.save(tmp_path / "a.mp4", dpi=100)
    assert video_frames(tmp_path / "a.mp4", 320, 242).shape[0] == 6
    assert tuple(anim.view.figure.get_size_inches()) == size


def test_video_options_reach_ffmpeg(tmp_path: Path) -> None:
    anim = make_animation(make_patches(3))
    anim.save(
        tmp_path / "a.mkv",
        codec="ffv1",
        extra_args=["-pix_fmt", "bgr0"],
        metadata={"title": "Six patches"},
        fps=7,
    )
    frames = video_frames(tmp_path / "a.mkv", 160, 120)
    np.testing.assert_array_equal(frames, np.array(stills(anim, dpi=50))[..., :3])
    assert b"Six patches" in (tmp_path / "a.mkv").read_bytes()
    assert video_times(tmp_path / "a.mkv")[1] == pytest.approx(1 / 7, abs=1e-3)


@pytest.mark.parametrize(("extra", "preset"), [(None, "veryfast"), (["-preset", "slow"], "slow")])
def test_preset_of_h264(extra: list[str] | None, preset: str, tmp_path: Path) -> None:
    writer = video.FilmWriter(10, "h264", extra_args=extra)
    writer.outfile = str(tmp_path / "a.mp4")
    args = writer.output_args
    assert [args[n + 1] for n, arg in enumerate(args) if arg == "-preset"] == [preset]


def test_what_ffmpeg_refuses_is_reported_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    anim = make_animation()
    (tmp_path / "a.mp4").write_bytes(b"before")
    with (
        nothing_left_behind(anim, tmp_path),
        pytest.raises(PatchvizError, match=r"could not write a\.mp4\. It said: .*nonsense"),
    ):
        anim.save(tmp_path / "a.mp4", codec="nonsense")
    assert "MovieWriter stderr" not in caplog.text
    logging.getLogger("matplotlib.animation").warning("MovieWriter stderr:\nof others")
    assert "of others" in caplog.text


def test_film_that_ffmpeg_ends_early_is_an_error(tmp_path: Path) -> None:
    anim = make_animation(make_patches(400))
    anim.view.figure.set_size_inches(8, 6)  # more than a pipe holds
    with (
        nothing_left_behind(anim, tmp_path),
        pytest.raises(
            PatchvizError, match=r"ffmpeg ended a\.mp4 before its last frame, and named no error"
        ),
    ):
        anim.save(tmp_path / "a.mp4", dpi=100, extra_args=["-frames:v", "1"])


@pytest.mark.parametrize("name", ["a.gif", "a.mp4"])
def test_a_broken_pipe_of_the_users_own_is_not_the_encoders(name: str, tmp_path: Path) -> None:
    """As of a callback that prints to a program which has ended."""
    anim = make_animation()

    def fail(index: int, n_frames: int) -> None:
        raise BrokenPipeError("standard output")

    with nothing_left_behind(anim, tmp_path), pytest.raises(BrokenPipeError) as raised:
        anim.save(tmp_path / name, progress_callback=fail)
    assert str(raised.value) == "standard output"


def test_while_ffmpeg_takes_a_frame_one_is_painted_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, painted = threading.Semaphore(0), threading.Semaphore(0)
    taken: list[int] = []

    class Pipe(io.RawIOBase):
        """Takes a frame when it is told to."""

        def write(self, frame: Any) -> int:
            wanted.acquire()
            taken.append(len(frame))
            return len(frame)

    class Ffmpeg:
        args, returncode = (), 0

        def __init__(self, command: list[str], **options: Any) -> None:
            self.stdin = Pipe()

        def communicate(self) -> None:
            pass

    start_instead_of_ffmpeg(monkeypatch, Ffmpeg)
    writer = video.FilmWriter(10, "h264")
    writer.setup(Figure(figsize=(2, 1), dpi=50), tmp_path / "a.mp4", dpi=50)

    def film() -> None:
        for _ in range(3):
            painted.release()
            writer.add(np.zeros((50, 100, 4), np.uint8))

    frames = threading.Thread(target=film)
    frames.start()
    try:
        assert all(painted.acquire(timeout=60) for _ in range(2))
        assert taken == []
        assert not painted.acquire(timeout=0.2)  # the third waits until the first is taken
        wanted.release()
        assert painted.acquire(timeout=60)
    finally:
        wanted.release(3)
        frames.join(60)
    writer.finish()
    assert taken == [100 * 50 * 4] * 3


class DeafFfmpeg:
    """Takes everything and never ends by itself."""

    args, returncode = (), 0

    def __init__(self, command: list[str], **options: Any) -> None:
        self.stdin = io.BytesIO()
        self.is_killed = False

    def kill(self) -> None:
        self.is_killed = True

    def communicate(self) -> None:
        if not self.is_killed:
            raise KeyboardInterrupt


def test_an_interrupt_while_ffmpeg_ends_the_file_ends_ffmpeg(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_instead_of_ffmpeg(monkeypatch, DeafFfmpeg)
    writer = video.FilmWriter(10)
    writer.setup(Figure(), tmp_path / "a.mp4")
    with pytest.raises(KeyboardInterrupt):
        writer.finish()
    assert writer._process.is_killed
    assert writer._said.closed


def test_an_ffmpeg_that_does_not_start_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(command: list[str], **options: Any) -> None:
        raise PermissionError("ffmpeg")

    start_instead_of_ffmpeg(monkeypatch, fail)
    anim = make_animation()
    writer = video.FilmWriter(10)
    with nothing_left_behind(anim, tmp_path), pytest.raises(PermissionError):
        anim.save(tmp_path / "a.mp4", writer=writer)
    assert writer._said.closed


def test_what_ffmpeg_is_told_is_text(tmp_path: Path) -> None:
    for options in (
        {"codec": "\0"},
        {"extra_args": ["-crf", "\ud83d"]},
        {"metadata": {"title": "a\0b"}},
        {"metadata": {"a\0b": "title"}},
    ):
        (name,) = options
        with pytest.raises(InvalidValueError, match=rf"^{name}=.* holds a null character or half"):
            make_animation().save(tmp_path / "a.mp4", **options)
    with pytest.raises(InvalidTypeError, match=r"extra_args=\['-crf', 18\] holds 18"):
        make_animation().save(tmp_path / "a.mp4", extra_args=["-crf", 18])


@pytest.mark.parametrize("codec", [*sorted(video.CODECS_WITH_ALPHA), "h264", "mjpeg", "vp9"])
def test_what_holds_transparency_is_what_matplotlib_says(codec: str) -> None:
    ours, theirs = video.FilmWriter(10, codec), animation.FFMpegWriter(10, codec)
    for ending in (*sorted(video.WITH_ALPHA), ".mp4", ".mkv", ".mov"):
        ours.outfile = theirs.outfile = f"a{ending}"
        assert ours.holds_transparency == theirs._supports_transparency(), ending


def test_ffmpeg_of_the_video_extra_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg")
    monkeypatch.setitem(mpl.rcParams, "animation.ffmpeg_path", "no-such-ffmpeg")
    assert video.ffmpeg_path() == imageio_ffmpeg.get_ffmpeg_exe()
    make_animation().save(tmp_path / "a.mp4", writer=animation.FFMpegWriter(fps=10))
    assert len(video_times(tmp_path / "a.mp4")) == 6
    assert mpl.rcParams["animation.ffmpeg_path"] == "no-such-ffmpeg"


def test_missing_ffmpeg_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(mpl.rcParams, "animation.ffmpeg_path", "no-such-ffmpeg")
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    for name, writer in (("a.mp4", None), ("a.gif", "ffmpeg")):
        with pytest.raises(
            PatchvizError, match=r'no ffmpeg.*pip install "patchviz-audio\[ffmpeg\]"'
        ):
            make_animation().save(tmp_path / name, writer=writer)
    make_animation().save(tmp_path / "a.gif")


# -- sound -----------------------------------------------------------------------------------

SR = 8000
CLICKS = (0.5, 1.2, 2.05, 3.3)


def clicking_animation(*, start: float = 0.0, frame_length: int = 1) -> pv.PatchAnimation:
    """Clicks that one hears and sees: in the frame of 50 ms in which it sounds, all is bright."""
    sound = np.zeros(SR * 4)
    values = np.zeros((4, 80), np.float32)
    for click in CLICKS:
        at = round(click * SR)
        sound[at : at + 40] = 0.9
        values[:, at // 400] = 1
    first = round(start / 0.05)
    spec = pv.Spectrogram(
        values[:, first:], sr=SR, hop_length=400, start=start, audio=Audio.from_array(sound, SR)
    )
    return make_animation(spec.patches(frame_length=frame_length, hop_length=1))


def heard(path: Path) -> NDArray[np.float32]:
    """The sound track of a video at `SR`, as it is played: from the video's time 0."""
    arguments = (
        "-map",
        "0:a",
        "-af",
        "aresample=async=1:first_pts=0",
        "-ar",
        SR,
        "-f",
        "f32le",
        "-",
    )
    return np.frombuffer(run_ffmpeg("-i", path, *arguments), np.float32)


@pytest.mark.parametrize("start", [0.35, *seldom(0.0)])
def test_sound_is_in_sync(start: float, tmp_path: Path) -> None:
    clicking_animation(start=start).save(tmp_path / "a.mp4", audio=True)
    sound = heard(tmp_path / "a.mp4")
    frames = video_frames(tmp_path / "a.mp4", 160, 120)
    times = video_times(tmp_path / "a.mp4")
    brightness = frames[:, 40:80, 60:120].mean(axis=(1, 2, 3))
    bright = [float(time) for time, level in zip(times, brightness, strict=True) if level > 128]
    assert len(bright) == len(CLICKS)
    for click, seen in zip(CLICKS, bright, strict=True):
        at = round((click - start) * SR)
        assert np.abs(sound[at : at + 40]).max() > 0.5
        assert np.abs(sound[at - 200 : at - 40]).max() < 0.1  # nothing 5 ms before
        assert seen - 1e-9 <= click - start < seen + 0.05 - 1e-9


@pytest.mark.parametrize("start", [-5.0, pytest.param(5.0, marks=pytest.mark.slow), 100.0])
def test_first_frame_is_heard_first_wherever_the_clock_starts(start: float, tmp_path: Path) -> None:
    sound = np.zeros(2 * SR)
    sound[:40] = 0.9
    spec = pv.Spectrogram.from_audio(sound, sr=SR, start=start)
    make_animation(spec.patches(duration=0.5, hop_duration=0.25)).save(
        tmp_path / "a.mkv", codec="ffv1", extra_args=["-c:a", "pcm_s16le"], audio=True
    )
    played = heard(tmp_path / "a.mkv")
    assert played.size == pytest.approx(2 * SR, abs=0.5 * SR)
    assert np.flatnonzero(np.abs(played) > 0.5)[[0, -1]].tolist() == [0, 39]


def test_film_is_silent_until_its_sound_begins(tmp_path: Path) -> None:
    audio = Audio.from_array(np.full(SR, 0.9), SR, start=0.5)
    spec = pv.Spectrogram(np.eye(20), sr=SR, hop_length=400, audio=audio)
    make_animation(spec.patches(frame_length=2, hop_length=2)).save(
        tmp_path / "a.mkv", codec="ffv1", extra_args=["-c:a", "pcm_s16le"], audio=True
    )
    played = heard(tmp_path / "a.mkv")
    assert np.abs(played[: SR // 2]).max() == 0
    assert played[SR // 2 : SR].min() > 0.8


def test_sound_goes_on_until_the_last_patch_has_been_heard(tmp_path: Path) -> None:
    anim = clicking_animation(frame_length=20)
    anim.save(tmp_path / "a.mp4", audio=True)
    times = video_times(tmp_path / "a.mp4")
    assert len(times) == len(anim.view.patches) + 19
    assert heard(tmp_path / "a.mp4").size / SR == pytest.approx(4.0, abs=0.15)
    frames = video_frames(tmp_path / "a.mp4", 160, 120).astype(int)
    assert np.abs(frames[-1] - frames[len(anim.view.patches)]).max() < 16


@pytest.mark.slow
def test_sound_of_the_example(tmp_path: Path) -> None:
    spec = pv.Spectrogram.example()
    anim = make_animation(spec.patches(duration=1.0, hop_duration=0.25))
    anim.save(tmp_path / "a.mp4", audio=True)
    assert spec.audio is not None
    expected = spec.audio.read(sr=SR)[0][: round(anim.view.patches.time(-1)[1] * SR)]
    sound = heard(tmp_path / "a.mp4")[: expected.size]
    sound = np.pad(sound, (0, expected.size - sound.size))
    spectra = np.fft.rfft(expected, 2 * expected.size), np.fft.rfft(sound, 2 * expected.size)
    correlation = np.fft.irfft(np.conj(spectra[0]) * spectra[1])
    assert correlation.argmax() in (0, 1, 2, correlation.size - 1, correlation.size - 2)
    assert correlation.max() / np.sqrt((expected**2).sum() * (sound**2).sum()) > 0.9


def test_sound_that_cannot_be() -> None:
    with_sound = clicking_animation()
    silent = make_animation()
    cases: list[tuple[pv.PatchAnimation, str, dict[str, Any], str]] = [
        (silent, "a.mp4", {}, "the spectrogram has no sound. Make it by Spectrogram.from_file or"),
        (with_sound, "a.gif", {}, "audio=True is not possible with a .gif file, which holds no"),
        (with_sound, "a.mp4", {"fps": 5}, "not possible with fps=5: picture and sound keep pace"),
        (with_sound, "a/", {}, "not possible with a folder of PNGs"),
        (with_sound, "a.mp4", {"writer": Recorder()}, "which holds no sound. Save .mp4, without"),
        (
            pv.animate(with_sound.view, speed=20),
            "a.mp4",
            {},
            "not possible with speed=20: sound",
        ),
    ]
    for anim, name, options, message in cases:
        with pytest.raises(InvalidValueError, match=re.escape(message)):
            anim.save(name, audio=True, **options)


# -- writers ---------------------------------------------------------------------------------


def test_own_writer_gets_what_matplotlib_draws(tmp_path: Path) -> None:
    anim = make_animation(text=True)
    recorder = Recorder()
    with nothing_left_behind(anim, tmp_path):
        anim.save(tmp_path / "any", writer=recorder, dpi=80)
    assert recorder.finished == 1
    for picture, expected in zip(recorder.pictures, stills(anim, dpi=80), strict=True):
        np.testing.assert_array_equal(picture, expected)


def test_own_writer_may_draw_the_canvas_itself(tmp_path: Path) -> None:
    def grab(recorder: Recorder) -> None:
        recorder.fig.canvas.draw()
        recorder.pictures.append(np.array(recorder.fig.canvas.buffer_rgba()))

    anim = make_animation(make_patches(3))
    recorder = Recorder(grab)
    anim.save(tmp_path / "any", writer=recorder)
    for picture, expected in zip(recorder.pictures, stills(anim, dpi=50), strict=True):
        np.testing.assert_array_equal(picture, expected)


@pytest.mark.slow
def test_own_writer_may_save_whatever_it_likes(tmp_path: Path) -> None:
    def grab(recorder: Recorder) -> None:
        number = len(recorder.pictures)
        recorder.fig.savefig(tmp_path / f"{number}.svg")
        recorder.fig.savefig(tmp_path / f"{number}.png", dpi=90)
        tight = io.BytesIO()
        recorder.fig.savefig(tight, format="png", bbox_inches="tight", dpi=50)
        recorder.fig.savefig(tmp_path / f"{number}.rgba", dpi=50, transparent=True)
        recorder.pictures.append(np.array(Image.open(tight).convert("RGBA")))

    anim = make_animation(make_patches(2), text=True)
    recorder = Recorder(grab)
    anim.save(tmp_path / "any", writer=recorder)
    expected_tight = stills(anim, bbox_inches="tight", dpi=50)
    expected_clear = stills(anim, transparent=True, dpi=50)
    for number, expected in enumerate(stills(anim, dpi=90)):
        assert f"patch {number} · " in (tmp_path / f"{number}.svg").read_text()
        with Image.open(tmp_path / f"{number}.png") as picture:
            np.testing.assert_array_equal(np.array(picture), expected)
        np.testing.assert_array_equal(recorder.pictures[number], expected_tight[number])
        raw = np.frombuffer((tmp_path / f"{number}.rgba").read_bytes(), np.uint8)
        np.testing.assert_array_equal(raw.reshape(120, 160, 4), expected_clear[number])


@pytest.mark.parametrize(
    ("name", "writer"),
    [
        ("a.gif", "pillow"),
        ("a.mp4", animation.FFMpegFileWriter(fps=10)),
        ("a.html", animation.HTMLWriter(fps=10, embed_frames=True)),
        *seldom(("a.gif", animation.PillowWriter(fps=10)), ("a.webp", "pillow")),
        *seldom(("a.mp4", animation.FFMpegWriter(fps=10)), ("a.html", "html")),
    ],
)
def test_matplotlib_writers(name: str, writer: Any, tmp_path: Path) -> None:
    anim = make_animation()
    anim.save(tmp_path / name, writer=writer)
    path = tmp_path / name
    if name.endswith("mp4"):
        assert len(video_times(path)) == 6
    elif name.endswith("html"):
        frames = re.findall(r"frames\[\d\] = ", path.read_text())
        assert len(frames) == 6 or len(list((tmp_path / "a_frames").iterdir())) == 6
    else:
        assert len(frames_of(path)[0]) == 6


def test_frame_writers_serve_other_animations_too(tmp_path: Path) -> None:
    figure = Figure(figsize=(1, 1))
    (line,) = figure.subplots().plot([0, 1])
    other = FuncAnimation(figure, lambda k: line.set_ydata([0, k]), frames=4)
    for name, kind in exports.PICTURES.items():
        other.save(tmp_path / f"a{name}", writer=kind(fps=10))
        assert len(frames_of(tmp_path / f"a{name}")[0]) == 4


def test_frames_are_repainted_not_drawn(tmp_path: Path, full_draws: list[Figure]) -> None:
    for name, writer in (
        ("a.gif", None),
        ("a.mp4", None),
        ("a.mp4", "ffmpeg_file"),
        ("a.gif", animation.PillowWriter(fps=5)),
        ("a/", None),
    ):
        anim = make_animation()
        full_draws.clear()
        anim.save(f"{tmp_path}/{name}", writer=writer, dpi=70)
        assert len(full_draws) <= 3


def test_interactive_mode_draws_no_more(tmp_path: Path, full_draws: list[Figure]) -> None:
    with plt.ion():
        anim = pv.animate(make_patches())
        full_draws.clear()
        anim.save(tmp_path / "a.apng")
        assert len(full_draws) <= 3
        assert anim.view.figure.stale
        assert anim.view.figure.stale_callback is not None


# -- what else is in the figure --------------------------------------------------------------


def test_artists_of_a_callback_are_in_the_film(tmp_path: Path, full_draws: list[Figure]) -> None:
    anim = make_animation(make_patches(3))
    view = anim.view
    line = view.ax.axvline(0, color="cyan")
    view.artists.append(line)
    view.on_index(lambda k: line.set_xdata([0.05 * k, 0.05 * k]))
    full_draws.clear()
    anim.save(tmp_path / "a.apng")
    assert len(full_draws) <= 3
    for frame, expected in zip(
        frames_of(tmp_path / "a.apng")[0], stills(anim, dpi=50), strict=True
    ):
        np.testing.assert_array_equal(frame, expected)


def test_changes_that_nobody_announced_are_in_the_film(tmp_path: Path) -> None:
    anim = make_animation(make_patches(3))
    text = anim.view.figure.text(0.01, 0.01, "0")
    anim.view.on_index(lambda k: text.set_text(str(k)))
    anim.save(tmp_path / "a.apng")
    frames = frames_of(tmp_path / "a.apng")[0]
    for frame, expected in list(zip(frames, stills(anim, dpi=50), strict=True))[1:]:
        np.testing.assert_array_equal(frame, expected)


def test_what_is_animated_elsewhere_is_in_the_film(tmp_path: Path) -> None:
    anim = make_animation(make_patches(3))
    anim.view.ax.axvline(0.1, color="cyan", animated=True)
    anim.save(tmp_path / "a.apng")
    for frame, expected in zip(
        frames_of(tmp_path / "a.apng")[0], stills(anim, dpi=50), strict=True
    ):
        np.testing.assert_array_equal(frame, expected)


def test_colours_of_the_background(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    anim = make_animation(make_patches(2))
    anim.view.figure.set_facecolor("lightblue")
    for options in (
        {},
        {"facecolor": "auto"},
        {"facecolor": (1, 0, 0, 0.5), "edgecolor": "green"},
        {"transparent": True},
    ):
        with nothing_left_behind(anim, tmp_path):
            anim.save(tmp_path / "a.webp", savefig_kwargs=options)
            frames, _ = frames_of(tmp_path / "a.webp")
            (tmp_path / "a.webp").unlink()
        for frame, expected in zip(frames, stills(anim, dpi=50, **options), strict=True):
            visible = expected[..., 3] > 0
            np.testing.assert_array_equal(frame[visible], expected[visible])
            np.testing.assert_array_equal(frame[..., 3], expected[..., 3])
    monkeypatch.setitem(mpl.rcParams, "savefig.facecolor", "yellow")
    anim.save(tmp_path / "a.png")
    assert frames_of(tmp_path / "a.png")[0][0][0, 0].tolist() == [255, 255, 0, 255]


def test_half_transparent_background_lies_on_white_where_a_file_cannot_hold_it(
    tmp_path: Path,
) -> None:
    anim = make_animation()
    anim.save(tmp_path / "a.gif", savefig_kwargs={"facecolor": (1, 0, 0, 0.5)})
    assert frames_of(tmp_path / "a.gif")[0][0][0, 0].tolist() == [255, 128, 128, 255]


def test_frames_may_have_a_fraction_of_a_pixel(tmp_path: Path) -> None:
    anim = make_animation()
    anim.view.figure.set_size_inches(4.35, 2.4)  # 434.99999999999994 pixels at 100 dpi
    anim.save(tmp_path / "a.apng", dpi=100)
    assert frames_of(tmp_path / "a.apng")[0][0].shape == (240, 435, 4)


# -- progress and interruption ---------------------------------------------------------------


def test_progress_callback(tmp_path: Path) -> None:
    calls: list[tuple[int, int, int]] = []
    anim = make_animation()
    anim.save(
        tmp_path / "a.gif", progress_callback=lambda k, n: calls.append((k, n, anim.view.index))
    )
    assert calls == [(k, 6, k) for k in range(6)]


def test_progress_bar_is_for_long_films(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    anim = make_animation()
    bars: list[dict[str, Any]] = []

    class Bar(contextlib.nullcontext[Any]):
        def __init__(self, **options: Any) -> None:
            super().__init__(self)
            bars.append(options)

        def update(self) -> None:
            pass

    monkeypatch.setattr("tqdm.tqdm", Bar)
    anim.save(tmp_path / "a.gif")  # nobody watches standard error here
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    anim.save(tmp_path / "a.gif")
    anim.save(tmp_path / "a.gif", progress=False)
    assert [options["delay"] for options in bars] == [1, 1, 1]
    assert [options["disable"] for options in bars] == [True, False, True]


class Stop(Exception):  # noqa: N818  # not an error: a person stopped it
    pass


@pytest.mark.parametrize(
    ("name", "writer", "frame"),
    [
        *((name, None, 3) for name in ("a.gif", "a.mp4", "old/")),
        ("a.mp4", Recorder(), 3),
        *seldom(*((name, None, 3) for name in ("a.webp", "a.apng", "new/"))),
        *seldom(*((name, None, 0) for name in ("a.apng", "a.mp4", "new/"))),  # nothing written yet
        *seldom(("a.gif", animation.PillowWriter(fps=5), 3), ("a.mp4", "ffmpeg_file", 3)),
        *seldom(("a.mp4", Recorder(), 0)),
    ],
)
def test_interrupted_film_leaves_everything_in_order(
    name: str, writer: Any, frame: int, tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "patch_0000.png").write_bytes(b"before")
    anim = make_animation()
    anim.view.index = 4

    def interrupt(index: int, n_frames: int) -> None:
        if index == frame:
            raise Stop

    folder = tmp_path / "old" if name == "old/" else tmp_path
    target = f"{tmp_path}/{name}"
    with contextlib.ExitStack() as stack:
        if folder == tmp_path:
            (tmp_path / "old" / "patch_0000.png").unlink()
            (tmp_path / "old").rmdir()
        stack.enter_context(nothing_left_behind(anim, folder))
        with pytest.raises(Stop):
            anim.save(target, writer=writer, progress_callback=interrupt, dpi=33)
    anim.save(tmp_path / "after.gif", dpi=20)
    assert len(frames_of(tmp_path / "after.gif")[0]) == 6


def test_a_writer_that_draws_the_canvas_itself_gets_the_patch(tmp_path: Path) -> None:
    """Also of an animation that has been on a screen, and keeps its mesh out of drawings there."""

    class CanvasWriter(Recorder):
        def grab_frame(self, **savefig_kwargs: Any) -> None:
            self.fig.canvas.draw()
            self.pictures.append(np.array(self.fig.canvas.buffer_rgba()))

    anim = make_animation()
    anim.view.figure.canvas.draw()
    anim._step()
    expected = stills(anim, dpi=anim.view.figure.dpi)
    writer = CanvasWriter()
    anim.save(tmp_path / "a.film", writer=writer, dpi="figure")
    np.testing.assert_array_equal(writer.pictures, expected)


@pytest.mark.parametrize(
    ("writer", "is_patched"),
    [(None, False), ("ffmpeg", False), ("ffmpeg_file", True), (Recorder(), True)],
)
def test_a_figure_is_patched_for_the_writers_of_others_alone(
    writer: Any, is_patched: bool, tmp_path: Path
) -> None:
    anim = make_animation()
    patched = []

    def look(index: int, n_frames: int) -> None:
        patched.append("savefig" in vars(anim.view.figure))

    anim.save(tmp_path / "a.mp4", writer=writer, progress_callback=look, dpi=33)
    assert patched == [is_patched] * 6


def test_file_that_was_there_survives_a_failure(tmp_path: Path) -> None:
    anim = make_animation()
    (tmp_path / "a.gif").write_bytes(b"before")

    def fail(index: int) -> None:
        raise Stop

    anim.view.on_index(fail)
    with pytest.raises(Stop):
        anim.save(tmp_path / "a.gif")
    assert (tmp_path / "a.gif").read_bytes() == b"before"


def test_partial_file_of_an_own_writer_is_reported(tmp_path: Path) -> None:
    def grab(recorder: Recorder) -> None:
        raise Stop

    with pytest.raises(Stop) as raised:
        make_animation().save(tmp_path / "mine.dat", writer=Recorder(grab))
    assert raised.value.__notes__ == [f"{tmp_path / 'mine.dat'} may have been written in part."]


def test_saving_keeps_the_index(tmp_path: Path) -> None:
    anim = make_animation()
    anim.view.index = 3
    with nothing_left_behind(anim, tmp_path):
        anim.save(tmp_path / "a.gif")
        (tmp_path / "a.gif").unlink()


# -- memory ----------------------------------------------------------------------------------

SAVE_MANY = """
import resource, sys
import matplotlib; matplotlib.use("Agg")
import numpy as np
from matplotlib.figure import Figure
import patchviz as pv
n_frames, name = int(sys.argv[1]), sys.argv[2]
values = np.random.default_rng(0).random((4, 10_007), dtype=np.float32)[:, : n_frames + 7]
patches = pv.Spectrogram(values).patches(frame_length=8, hop_length=1)
view = pv.PatchView(patches, ax=Figure(figsize=(3.2, 2.4), dpi=100).add_axes((0, 0, 1, 1)))
view.ax.axis("off")
view.title.set_visible(False)
pv.animate(view).save(name, progress=False)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.apng", "a.mp4"])
def test_memory_does_not_grow_with_the_number_of_frames(name: str, tmp_path: Path) -> None:
    def peak(n_frames: int) -> int:
        command = [sys.executable, "-c", SAVE_MANY, str(n_frames), str(tmp_path / name)]
        return int(subprocess.check_output(command, text=True))  # kB

    # One frame takes 300 kB, the 200 more of them 60 MB.
    assert peak(250) - peak(50) < 6_000


@pytest.mark.parametrize("kind", exports.PICTURES.values())
def test_writers_hold_one_frame(kind: type[writers.FrameWriter], tmp_path: Path) -> None:
    figure = Figure(figsize=(1, 0.8), dpi=20)
    random = np.random.default_rng(0)
    colours = random.integers(0, 255, (200, 4), dtype=np.uint8)

    def savefig(file: io.BytesIO, **options: object) -> None:
        file.write(random.choice(colours, (16, 20)).tobytes())

    figure.savefig = savefig  # type: ignore[method-assign, assignment]
    writer = kind(fps=20)
    with writer.saving(figure, tmp_path / "film", None):
        for _ in range(20):
            writer.grab_frame()
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            for _ in range(60):
                writer.grab_frame()
            gc.collect()
            after = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
    assert writer.n_written == 80
    assert after - before < 15_000  # all of the frames take 76,800


# -- what is refused -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def refusing() -> pv.PatchAnimation:
    """One for all refusals: each leaves it as it was."""
    return make_animation()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"filename": 3}, InvalidTypeError, "filename=3 is of type int. It must be a path"),
        ({"filename": "no/such/a.gif"}, InvalidValueError, "there is no folder 'no/such'. Make it"),
        ({"filename": "a.xyz"}, InvalidValueError, "has the ending '.xyz'. It must be one of .gif"),
        ({"filename": "a"}, InvalidValueError, "or end in '/', for a folder of PNGs"),
        ({"filename": "a.html"}, InvalidValueError, "For a page with controls see patchviz.player"),
        ({"writer": "ffmpg"}, InvalidValueError, "Did you mean 'ffmpeg'?"),
        (
            {"writer": "foo"},
            InvalidValueError,
            "writer='foo' is not allowed. It must be one of 'pillow', 'ffmpeg', 'ffmpeg_file', ",
        ),
        (
            {"writer": "html", "filename": "a.mp4"},
            InvalidValueError,
            "filename='a.mp4' has the ending '.mp4', and writer='html' writes .html. Leave writer",
        ),
        (
            {"audio": "a.wav"},
            InvalidTypeError,
            "audio='a.wav' is of type str. It must be True or "
            "False: the sound is the spectrogram's own.",
        ),
        ({"writer": Recorder}, InvalidTypeError, "must be the name of a writer or an instance"),
        ({"writer": Recorder(), "fps": 3}, InvalidValueError, "fps=3 belongs to the writer"),
        ({"writer": "pillow", "filename": "a.mp4"}, InvalidValueError, "writes .gif, .webp, .apng"),
        (
            {"writer": "ffmpeg", "filename": "a/"},
            InvalidValueError,
            "writer='ffmpeg' writes a file",
        ),
        ({"codec": "h264"}, InvalidValueError, "codec='h264' has no use with a .gif file"),
        ({"bitrate": 3}, InvalidValueError, "bitrate=3 has no use with a .gif file"),
        ({"metadata": {"a": "b"}}, InvalidValueError, "metadata={'a': 'b'} has no use with"),
        ({"fps": 0}, InvalidValueError, "fps=0 is not allowed"),
        ({"fps": "fast"}, InvalidTypeError, "fps='fast' is of type str"),
        ({"dpi": -1}, InvalidValueError, "dpi=-1 is not allowed"),
        (
            {"dpi": 1e6},
            InvalidValueError,
            " makes frames of 3.2e+06 × 2.4e+06 pixels. It must be such that",
        ),
        ({"extra_anim": []}, InvalidValueError, "append them to view.artists"),
        ({"progress_callback": 3}, InvalidTypeError, "progress_callback=3 must be callable"),
        ({"savefig_kwargs": {"bbox_inches": "tight"}}, InvalidValueError, "frames are repainted"),
        ({"savefig_kwargs": {"transparent": True}}, InvalidValueError, "holds no transparency"),
    ],
)
def test_refusals(
    arguments: dict[str, Any], error: type[Exception], message: str, refusing: pv.PatchAnimation,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    with nothing_left_behind(refusing, tmp_path), pytest.raises(error, match=re.escape(message)):
        refusing.save(**{"filename": "a.gif", **arguments})


def test_frames_must_keep_their_size(tmp_path: Path) -> None:
    anim = make_animation()
    anim.view.on_index(lambda k: anim.view.figure.set_size_inches(3 + k, 2))
    with pytest.raises(InvalidValueError, match="Leave the figure's size and dpi alone"):
        anim.save(tmp_path / "a.webp")


# -- palette ---------------------------------------------------------------------------------


def test_palette_grows_with_the_colours() -> None:
    growing = palette.GrowingPalette()
    grey = np.full((4, 4, 4), 255, np.uint8)
    red = np.array([[[255, 0, 0, 255]]], np.uint8)
    assert growing.table[:3] == b""
    growing.indices(grey)
    before = growing.table
    index = growing.indices(red)[0, 0]
    assert growing.table != before
    assert growing.table[3 * index : 3 * index + 3] == b"\xff\0\0"


def test_palette_takes_in_new_colours_beside_those_it_has() -> None:
    growing = palette.GrowingPalette()
    ramp = np.zeros((1, 1000, 4), np.uint8)
    ramp[..., 0] = np.linspace(0, 255, 1000)
    ramp[..., 3] = 255
    before = growing.indices(ramp)
    lights = np.array([[[0, 255, 0, 255], [0, 0, 255, 255]]], np.uint8)
    table = np.frombuffer(growing.table, np.uint8).reshape(256, 3)
    indices = growing.indices(lights)
    grown = np.frombuffer(growing.table, np.uint8).reshape(256, 3)
    np.testing.assert_array_equal(grown[indices], lights[..., :3])
    np.testing.assert_array_equal(grown[before], table[before])
    np.testing.assert_array_equal(growing.indices(ramp), before)


def test_palette_that_is_full_is_chosen_anew() -> None:
    growing = palette.GrowingPalette()
    steps = np.linspace(0, 255, 256).astype(np.uint8)
    opaque = np.full((1, 256), 255, np.uint8)
    black = np.zeros_like(opaque)
    ramps = [
        np.stack([*(steps[np.newaxis] if c == channel else black for c in range(3)), opaque], -1)
        for channel in range(3)
    ]
    for ramp in ramps:
        indices = growing.indices(ramp)
        table = np.frombuffer(growing.table, np.uint8).reshape(256, 3)
        error = np.abs(table[indices].astype(int) - ramp[..., :3]).max()
        assert error <= 12
    for ramp in ramps:  # and it knows the colours of the frames before
        table = np.frombuffer(growing.table, np.uint8).reshape(256, 3).astype(int)
        distances = np.abs(table - ramp[0, :, np.newaxis, :3]).max(axis=-1).min(axis=1)
        assert distances.max() <= 12


def test_palette_of_a_million_colours_is_spread_among_them() -> None:
    random = np.random.default_rng(0)
    photo = random.integers(0, 255, (150, 200, 4), dtype=np.uint8)
    growing = palette.GrowingPalette()
    indices = growing.indices(photo)
    colours = np.frombuffer(growing.table, np.uint8).reshape(256, 3)
    error = np.linalg.norm(colours[indices].astype(int) - photo[..., :3], axis=-1)
    assert error.max() < 60  # a cube of 256³ in 256 parts has cells of 40³
