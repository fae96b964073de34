"""The player's page as data: sizes, state, picture, sound and errors. No browser."""

from __future__ import annotations

import base64
import io
import json
import re
import struct
import zlib
from pathlib import Path

import matplotlib
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from matplotlib.colors import BoundaryNorm, ListedColormap, LogNorm, Normalize
from PIL import Image

import patchviz as pv
from patchviz.audio.encode import encode_sound
from patchviz.audio.source import Audio
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError
from patchviz.plot.color import ColorScale
from patchviz.web.html import _MODULES, compact, player_module, static_text
from patchviz.web.texture import Quantizer, encode_tiles


def spectrogram(n_bins=16, n_frames=60, **fields):
    values = np.random.default_rng(0).uniform(-80, 0, (n_bins, n_frames))
    return pv.Spectrogram(values, **({"y_axis": "mel", "unit": "dB"} | fields))


@pytest.fixture
def patches():
    return spectrogram().patches(frame_length=20, hop_length=5)


def tone(duration=3.0, sr=22050, channels=1, start=0.0):
    y = 0.1 * np.sin(2 * np.pi * 440 * np.arange(int(duration * sr)) / sr).astype(np.float32)
    return Audio.from_array(np.tile(y, (channels, 1)), sr, start=start)


def state_of(html):
    text = re.search(r'<script type="application/json">(.*?)</script>', html).group(1)
    return json.loads(text)


def indices_of(tile):
    return np.asarray(Image.open(io.BytesIO(tile)))


# -- the picture -----------------------------------------------------------------------------


def test_the_picture_is_an_indexed_png_whose_palette_is_the_colormap(patches):
    (tile,) = pv.player(patches, cmap="viridis").tiles
    image = Image.open(io.BytesIO(tile))
    assert (image.format, image.mode, image.size) == ("PNG", "P", (60, 16))
    palette = np.array(image.getpalette()).reshape(-1, 3)
    assert (palette == np.rint(matplotlib.colormaps["viridis"](np.arange(256))[:, :3] * 255)).all()


def test_the_picture_lies_in_the_page_once(patches):
    made = pv.player(patches)
    html = made.to_html()
    data = base64.b64encode(made.tiles[0]).decode()
    assert html.count(data) == 1
    assert html.count("data:image/") == 1


@given(
    hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40)),
)
def test_any_indices_survive_the_png(indices):
    spec = pv.Spectrogram(indices.astype(float))
    quantizer = Quantizer.of(spec, ColorScale.of(spec, clim=(0.0, 256.0)))
    (tile,) = encode_tiles(spec.values, quantizer, image_format="png", column_step=1)
    assert (indices_of(tile)[::-1] == indices).all()


def test_the_png_is_sound_and_its_rows_are_filtered_as_the_script_expects(patches):
    (tile,) = pv.player(patches).tiles
    at, kinds, data = 8, [], b""
    while at < len(tile):
        length, kind = struct.unpack(">I4s", tile[at : at + 8])
        content = tile[at + 8 : at + 8 + length]
        (crc,) = struct.unpack(">I", tile[at + 8 + length : at + 12 + length])
        assert crc == zlib.crc32(kind + content)
        kinds.append(kind)
        data += content if kind == b"IDAT" else b""
        at += 12 + length
    assert kinds == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert set(zlib.decompress(data)[:: 60 + 1]) == {4}


def colors_shown(spec, scale):
    """Return what the picture shows, shape (bins, frames, 4)."""
    quantizer = Quantizer.of(spec, scale)
    return quantizer.palette[quantizer(spec.values)].astype(int)


def colors_expected(spec, scale):
    values = np.ma.masked_invalid(spec.values)
    return np.rint(scale.cmap(scale.norm(values)) * 255).astype(int)


@given(
    values=hnp.arrays(
        np.float32,
        (4, 30),
        elements=st.floats(-100, 20, width=32) | st.sampled_from([np.nan, np.inf, -np.inf, -80, 0]),
    ),
    cmap=st.sampled_from(["magma", "turbo", "jet", "gray", "tab10", "tab20", "twilight_shifted"]),
    extremes=st.booleans(),
    clim=st.sampled_from([None, (-80.0, 0.0), (-30.0, -29.0)]),
)
def test_any_value_has_the_colour_matplotlib_gives_it(values, cmap, extremes, clim):
    spec = pv.Spectrogram(values)
    colormap = matplotlib.colormaps[cmap]
    if extremes:
        colormap = colormap.with_extremes(bad=(0, 1, 0, 0.5), under="cyan", over="red")
    scale = ColorScale.of(spec, cmap=colormap, clim=clim)
    quantizer = Quantizer.of(spec, scale)
    assert len(quantizer.palette) <= 256
    assert np.abs(colors_shown(spec, scale) - colors_expected(spec, scale)).max() <= 2


@pytest.mark.parametrize("n_colors", [1, 2, 7, 100, 128, 255, 256, 257, 500, 4096])
@pytest.mark.parametrize("gaps", [False, True])
def test_a_colormap_of_any_number_of_colours(n_colors, gaps):
    ramp = np.linspace([0.0, 0.1, 0.4], [1.0, 0.9, 0.3], n_colors)
    values = np.linspace(-80, 0, 4000).reshape(4, -1).copy()
    if gaps:
        values[2, 5] = np.nan
    spec = pv.Spectrogram(values)
    cmap = ListedColormap(ramp).with_extremes(bad="red", under="lime", over="blue")
    scale = ColorScale.of(spec, cmap=cmap, clim=(-70.0, -10.0))
    assert np.abs(colors_shown(spec, scale) - colors_expected(spec, scale)).max() <= 2


def test_a_greater_index_is_a_greater_value():
    """So that the script can take maxima of indices."""
    values = np.concatenate([[np.nan], np.linspace(-100, 20, 599)])[np.newaxis]
    spec = pv.Spectrogram(values)
    cmap = matplotlib.colormaps["magma"].with_extremes(bad="red", under="lime", over="blue")
    indices = Quantizer.of(spec, ColorScale.of(spec, cmap=cmap, clim=(-80.0, 0.0)))(spec.values)[0]
    assert (np.diff(indices.astype(int)) >= 0).all()
    assert (indices[0], indices[1], indices[-1]) == (0, 1, 255)


@pytest.mark.parametrize(
    "norm",
    [Normalize(-80, 0), LogNorm(1e-8, 1), BoundaryNorm([-80, -60, -30, 0], 256)],
    ids=lambda norm: type(norm).__name__,
)
def test_the_value_behind_an_index_is_within_one_level(norm):
    values = np.linspace(-80, -0.1, 500)
    if isinstance(norm, LogNorm):
        values = 10 ** (values / 10)
    spec = pv.Spectrogram(values[np.newaxis])
    scale = ColorScale.of(spec, norm=norm)
    quantizer = Quantizer.of(spec, scale)
    n_levels = quantizer.last - quantizer.first + 1
    middles = quantizer.values
    if middles is None:
        middles = scale.vmin + (np.arange(n_levels) + 0.5) * (scale.vmax - scale.vmin) / n_levels
    read = middles[quantizer(spec.values)[0] - quantizer.first]
    if isinstance(norm, BoundaryNorm):
        assert (norm(read) == norm(values)).all()
    else:
        apart = np.abs(np.asarray(norm(read)) - np.asarray(norm(values)))
        assert apart.max() <= 0.51 / 256


def test_a_column_step_takes_the_maximum():
    values = np.random.default_rng(1).uniform(-80, 0, (6, 50))
    spec = pv.Spectrogram(values)
    made = pv.player(spec.patches(frame_length=10), column_step=4)
    padded = np.pad(values, ((0, 0), (0, 2)), constant_values=-80).reshape(6, 13, 4).max(axis=2)
    low, high = spec.finite_range
    expected = np.clip((padded - low) / (high - low) * 256, 0, 255).astype(np.uint8)
    assert (indices_of(made.tiles[0])[::-1] == expected).all()
    assert (made.state["image"]["width"], made.state["columns"]["step"]) == (13, 4)


def test_columns_that_are_longer_than_frames_are_told():
    spec = pv.Spectrogram(np.ones((2, 60)), sr=10, hop_length=1)
    made = pv.player(spec.patches(frame_length=20), column_step=8)
    assert made.state["columns"]["note"] == "1 column = 0.8 s"
    assert " · 1 column = 0.8 s</figcaption>" in made.to_html()
    plain = pv.player(spec.patches(frame_length=20))
    assert plain.state["columns"]["note"] == ""
    assert "1 column" not in plain.to_html().split("<script", 1)[0]


@pytest.mark.parametrize(
    ("carving", "step", "patch"),
    [
        ({"frame_length": 5}, 60, "patch 0, of frames 0 to 5,"),
        ({"frame_length": 5, "hop_length": 1}, 4, "patch 1, of frames 1 to 6,"),
        ({"frame_length": 6, "hop_length": 4}, 4, None),
        ({"frame_length": 5, "hop_length": 1}, 3, None),
        ({"frame_length": 5, "starts": [0, 2]}, 4, "patch 1, of frames 2 to 7,"),
        ({"frame_length": 50, "hop_length": 40, "tail": "pad"}, 50, None),
        ({"frame_length": 60}, 1000, None),
        ({"frame_length": 1}, 1, None),
    ],
)  # fmt: skip
def test_a_patch_without_a_whole_column_is_refused(carving, step, patch):
    patches = pv.Spectrogram(np.ones((2, 60)), sr=10, hop_length=1).patches(**carving)
    if patch is None:
        assert pv.player(patches, column_step=step).state["columns"]["step"] == step
        return
    most = (patches.frame_length + 1) // 2
    with pytest.raises(InvalidValueError) as error:
        pv.player(patches, column_step=step)
    assert str(error.value) == (
        f"column_step={step} frames: 1 column = {step / 10:g} s, and {patch} has no whole one. "
        f"Choose column_step={most} at most."
    )
    assert pv.player(patches, column_step=most).state["columns"]["step"] == most


@pytest.mark.parametrize("reduce", ["mean", "median"])
def test_a_column_is_the_mean_or_the_median_of_its_frames(reduce):
    values = np.random.default_rng(0).uniform(0, 1, (3, 100))
    values[1, 32:37] = np.nan
    made = pv.player(pv.Spectrogram(values).patches(frame_length=50), column_step=7, reduce=reduce)
    assert made.state["image"]["reduce"] == reduce
    assert made.state["columns"]["note"] == f"1 column = 0.163 s · pixels show the {reduce}"
    low, high = made.scale.vmin, made.scale.vmax
    reduced = getattr(np, f"nan{reduce}")
    columns = np.stack([reduced(values[:, k : k + 7], axis=1) for k in range(0, 100, 7)], axis=1)
    entries = made.state["color"]["last"] - 1 + 1
    index = 1 + np.floor((columns - low) / (high - low) * entries).astype(int)
    assert (np.abs(indices_of(made.tiles[0])[::-1] - index) <= 1).all()
    values[:, 35:42] = np.nan
    gap = pv.player(pv.Spectrogram(values).patches(frame_length=50), column_step=7, reduce=reduce)
    assert np.flatnonzero((indices_of(gap.tiles[0]) == 0).all(axis=0)).tolist() == [5]


@pytest.mark.slow
def test_what_pixels_show_is_one_of_three():
    patches = pv.Spectrogram(np.ones((3, 100))).patches(frame_length=50)
    with pytest.raises(
        InvalidValueError, match=r"^reduce='min' is not allowed\. It must be one of"
    ):
        pv.player(patches, reduce="min")
    with pytest.raises(InvalidValueError, match=r"^reduce='mean' has no use with a PatchView"):
        pv.scrub(pv.PatchView(patches), reduce="mean")
    view = pv.PatchView(patches, reduce="median")
    assert pv.animate(view)._to_player().state["image"]["reduce"] == "median"
    scrubber = pv.scrub(view)
    assert scrubber._to_player().state["image"]["reduce"] == "median"
    scrubber.close()


@pytest.mark.parametrize(("n_bins", "step"), [(3000, 2), (1, 7), (2, 100_000)])
def test_shapes_that_need_several_blocks_or_less_than_one(n_bins, step):
    values = np.random.default_rng(0).uniform(0, 1, (n_bins, 1000))
    spec = pv.Spectrogram(values)
    made = pv.player(spec.patches(frame_length=1000), column_step=step, max_bytes=10**9)
    low, high = spec.finite_range
    index = np.minimum((values - low) / (high - low) * 256, 255).astype(np.uint8)
    expected = np.maximum.reduceat(index, np.arange(0, 1000, step), axis=1)
    assert (indices_of(made.tiles[0])[::-1] == expected).all()


def test_tiles_join_to_the_whole():
    spec = spectrogram(3, 20_000)
    made = pv.player(spec.patches(frame_length=100))
    tiles = [indices_of(tile) for tile in made.tiles]
    assert [tile.shape[1] for tile in tiles] == [8192, 8192, 20_000 - 2 * 8192]
    scale = ColorScale.of(spec)
    assert (np.hstack(tiles)[::-1] == Quantizer.of(spec, scale)(spec.values)).all()


def test_padding_is_part_of_the_picture():
    patches = spectrogram(4, 50).patches(frame_length=20, hop_length=20, tail="pad")
    made = pv.player(patches)
    assert indices_of(made.tiles[0]).shape == (4, 60)
    assert made.state["patches"] == {
        "count": 3, "length": 20, "hop": 20, "starts": None, "asked": None, "numbers": None,
        "last": 2, "items": None, "tail": 0, "padded": 10, "beyond": 0.0, "filled": None,
    }  # fmt: skip


# -- sizes -----------------------------------------------------------------------------------


def test_the_example_takes_less_than_148_kb_and_248_kb_with_sound():
    patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    silent, sounding = pv.player(patches), pv.player(patches, audio=True)
    assert silent.nbytes <= 148_000
    assert sounding.nbytes <= 248_000
    assert silent.nbytes == len(silent.to_html().encode()) == len(silent._repr_html_().encode())


def test_the_size_does_not_depend_on_the_number_of_patches():
    spec = spectrogram(64, 400)
    few, many = (pv.player(spec.patches(frame_length=40, hop_length=hop)) for hop in (40, 1))
    assert len(few.patches) * 30 < len(many.patches)
    assert abs(few.nbytes - many.nbytes) < 50


def test_repr_is_one_line_with_the_size(patches):
    assert re.fullmatch(
        r"Player\(9 patches from 16 × 60 cells, \d+ kB, no sound\)", repr(pv.player(patches))
    )
    spec = spectrogram(audio=tone(60 * 512 / 22050))
    made = pv.player(spec.patches(frame_length=60), audio=True)
    assert re.fullmatch(
        r"Player\(1 patch from 16 × 60 cells, \d+ kB, \d+ kB of them sound\)", repr(made)
    )


def test_what_exceeds_the_budget_is_refused_with_what_to_do():
    spec = spectrogram(64, 2584, audio=tone(duration=60.0))
    patches = spec.patches(frame_length=100)
    with pytest.raises(
        InvalidValueError, match=r"about \d+ kB, more than max_bytes=200000"
    ) as error:
        pv.player(patches, max_bytes=200_000)
    for remedy in (
        "Raise max_bytes",
        "column_step=2",
        'image_format="webp"',
        'assets="folder"',
        "fewer bins",
    ):
        assert remedy in str(error.value)
    assert "audio" not in str(error.value)
    with pytest.raises(InvalidValueError, match=r"column_step=8 halves.*audio=False") as error:
        pv.player(patches, max_bytes=150_000, column_step=4, audio=True, image_format="webp")
    assert "webp" not in str(error.value)
    made = pv.player(patches, max_bytes=1_000_000)
    assert pv.player(patches, max_bytes=made.nbytes).nbytes == made.nbytes
    with pytest.raises(InvalidValueError, match="more than max_bytes"):
        pv.player(patches, max_bytes=made.nbytes - 1)


@pytest.mark.slow
@pytest.mark.parametrize("audio", [False, True])
def test_over_budget_tells_the_whole_size(audio):
    """Whichever part it is that exceeds the budget, and wherever encoding stopped."""
    patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    made = pv.player(patches, audio=audio)
    for max_bytes in (1000, made.nbytes - 1):
        with pytest.raises(InvalidValueError) as caught:
            pv.player(patches, audio=audio, max_bytes=max_bytes)
        said = str(caught.value)
        assert f"about {made.nbytes / 1e3:.0f} kB, more than max_bytes={max_bytes}" in said
        parts = [int(size) for size in re.findall(r"(?:page|picture|sound) (\d+) kB", said)]
        assert len(parts) == 2 + audio
        assert sum(parts) == pytest.approx(made.nbytes / 1e3, abs=2)


@pytest.mark.slow
def test_over_budget_of_a_long_recording_is_judged_by_its_beginning():
    y = np.random.default_rng(0).uniform(-0.5, 0.5, 22050 * 80).astype(np.float32)
    spec = pv.Spectrogram.from_audio(y, sr=22050)
    patches = spec.patches(duration=5.0)
    size = pv.player(patches, audio=True, max_bytes=10**8).nbytes
    with pytest.raises(InvalidValueError, match="about") as caught:
        pv.player(patches, audio=True, max_bytes=60_000)
    said = float(re.search(r"about ([\d.]+) MB", str(caught.value)).group(1)) * 1e6
    assert said == pytest.approx(size, rel=0.05)


def test_below_the_page_itself_nothing_helps(patches):
    with pytest.raises(InvalidValueError) as caught:
        pv.player(patches, max_bytes=1000, image_format="webp", column_step=2)
    assert str(caught.value).endswith(" Raise max_bytes: no page is smaller.")


def test_a_budget_far_too_small_is_refused_before_all_is_encoded(monkeypatch):
    encoded = []
    original = Quantizer.__call__
    monkeypatch.setattr(
        Quantizer, "__call__", lambda self, values: encoded.append(1) or original(self, values)
    )
    spec = spectrogram(4, 100_000)
    with pytest.raises(InvalidValueError, match="about"):
        pv.player(spec.patches(frame_length=100), max_bytes=50_000)
    assert len(encoded) <= 2


def test_a_step_and_a_lossy_format_make_it_smaller():
    patches = spectrogram(64, 2000).patches(frame_length=100)
    whole, half, lossy = (
        len(pv.player(patches, **options).tiles[0])
        for options in ({}, {"column_step": 2}, {"image_format": "webp"})
    )
    assert half < 0.6 * whole
    assert lossy < 0.6 * whole


# -- state and page --------------------------------------------------------------------------


def test_the_state_says_what_the_script_needs(patches):
    made = pv.player(patches, title="a title", index=-1, loop=True, speed=2, time="patch")
    state = state_of(made.to_html())
    assert state == made.state
    assert state["title"] == "a title"
    assert state["image"] == {"type": "image/png", "width": 60, "height": 16, "reduce": "max"}
    spec = patches.spectrogram
    assert state["columns"] == {
        "count": 60, "step": 1, "note": "", "start": 0.0, "duration": spec.frame_duration,
        "clock": None,
    }  # fmt: skip
    assert state["patches"] == {
        "count": 9, "length": 20, "hop": 5, "starts": None, "asked": None, "numbers": None,
        "last": 8, "items": None, "tail": 0, "padded": 0, "beyond": 0.0, "filled": None,
    }  # fmt: skip
    assert state["options"] == {
        "index": 8, "stop": "event", "loop": True, "speed": 2.0, "pitch": "expand", "gain": 0.0,
        "time": "patch", "autoplay": False, "height": None,
    }  # fmt: skip
    assert state["audio"] is None
    assert (state["color"]["vmin"], state["color"]["vmax"]) == spec.finite_range
    palette = base64.b64decode(state["color"]["palette"])
    assert len(palette) == 4 * 256


def test_starts_of_their_own_are_told_and_described():
    made = pv.player(spectrogram().patches(frame_length=20, starts=[3, 8, 11, 39]))
    assert made.state["patches"] == {
        "count": 4, "length": 20, "hop": 3, "starts": [3, 8, 11, 39], "asked": None,
        "numbers": None, "last": 3,
        "items": None, "tail": 1, "padded": 0, "beyond": 0.0, "filled": None,
    }  # fmt: skip
    assert made.state["alt"].endswith("carved into 4 patches of 0.464 s, at starts of their own")
    one = pv.player(spectrogram().patches(frame_length=20, starts=[7])).state["patches"]
    assert (one["hop"], one["starts"]) == (20, [7])


@pytest.mark.parametrize("y_axis", ["mel", "linear", "cqt_hz", "none"])
def test_rows_of_equal_height_need_no_positions(y_axis):
    made = pv.player(spectrogram(y_axis=y_axis).patches(frame_length=20))
    assert made.state["rows"]["positions"] is None


def test_notes_and_pitch_classes_have_names():
    made = pv.player(spectrogram(y_axis="cqt_note").patches(frame_length=20))
    assert made.state["rows"]["names"][:4] == ["C1", "C♯1", "D1", "D♯1"]
    made = pv.player(spectrogram(12, y_axis="chroma").patches(frame_length=20))
    assert made.state["rows"]["names"][-3:] == ["A", "A♯", "B"]
    assert pv.player(spectrogram().patches(frame_length=20)).state["rows"]["names"] is None


def test_rows_of_a_logarithmic_axis_have_positions():
    made = pv.player(spectrogram(33, y_axis="log").patches(frame_length=20))
    positions = made.state["rows"]["positions"]
    assert len(positions) == 34
    assert (positions[0], positions[-1]) == (0, 1)
    assert (np.diff(positions) > 0).all()
    assert made.state["rows"]["values"] == pytest.approx(np.arange(33) * 22050 / 64, rel=1e-4)


def test_a_saved_page_is_whole_and_says_its_title(tmp_path, patches):
    made = pv.player(patches, title="Röhren & <Hörner>")
    path = made.save(tmp_path / "page.html")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "<title>Röhren &amp; &lt;Hörner&gt;</title>" in text
    assert made.to_html() in text
    assert "Content-Security-Policy" in text
    assert pv.player(patches, title="").save(str(tmp_path / "other.html")).exists()


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        ("no/such/x.html", InvalidValueError,
         "path='no/such/x.html': there is no folder 'no/such'. Make it first."),
        ("folder", InvalidValueError,
         "path='folder' is a folder. Name a file in it: 'folder/patches.html'."),
        (3, InvalidTypeError, 'path=3 is of type int. It must be a path, such as "patches.html".'),
        ("p.png", InvalidValueError,
         "path='p.png' has the ending '.png', and a player is a page: .html or .htm. For a picture "
         "see patchviz.plot_mosaic, for a film patchviz.animate."),
    ],
)  # fmt: skip
def test_where_no_page_can_be_saved(path, error, message, patches, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(error) as caught:
        pv.player(patches).save(path)
    assert str(caught.value) == message
    assert [file.name for file in tmp_path.rglob("*")] == ["folder"]


def test_the_title_is_the_recordings_name_unless_given():
    patches = spectrogram(name="clip.ogg").patches(frame_length=20)
    assert pv.player(patches).state["title"] == "clip.ogg"
    assert pv.player(patches, title="").state["title"] == ""
    assert "clip.ogg" in pv.player(patches).state["alt"]


@pytest.mark.parametrize(
    ("start", "times"),
    [(0.0, "0.00-1.39 s"), (-0.5, "-0.50 to 0.89 s"), (60.0, "1:00.00-1:01.39")],
)
def test_the_still_picture_says_its_times(start, times):
    patches = spectrogram(start=start).patches(frame_length=20)
    assert f"<figcaption>{times} · " in pv.player(patches).to_html()


def test_a_width_limits_the_player(patches):
    assert 'style="display:block;max-width:640px"' in pv.player(patches, width=640).to_html()
    assert 'style="display:block"' in pv.player(patches).to_html()


def test_the_module_is_one_and_needs_no_other():
    module = player_module()
    assert not re.search(r"^import\b", module, re.MULTILINE)
    assert re.findall(r"^export .*", module, re.MULTILINE) == [
        "export { PatchvizPlayer, audioFromBytes, definePlayer, mount };"
    ]
    assert "@player.css" not in module
    assert re.findall(r"(?://|/\*).*", module) == ['//www.w3.org/2000/svg", tag);']  # no comments
    for forbidden in (
        "</script",
        "<!--",
        "eval(",
        "innerHTML",
        "http://",
        "setInterval",
        "Function(",
    ):
        assert forbidden not in module.replace("http://www.w3.org/2000/svg", "")
    # Of which a page carries two fifths, see test_packed.py; beyond 157 kB what names all labels of
    # one place, and tells classes of one colour, and names in little room, apart.
    assert len(module) < 161_200


def test_the_pages_modules_need_only_those_before_them() -> None:
    before: set[str] = set()
    for name in _MODULES:
        needed = re.findall(r'^import .* from "\./(.*)";$', static_text(name), re.MULTILINE)
        assert set(needed) <= before, name
        before.add(name)


def test_what_is_shipped_has_no_comments_and_no_indents():
    script = """
        // One line,

        /** @param {number} x what it is */
        function f(x) { // beside it
          /**
           * @typedef {object} T
           * @property {string} name
           */
          //
          const { y } = /** @type {T} */ (x); // and "more"
          const { z } = /** @type {{ a: T }} */ (y.#a ?? f(/** @type {T} */ (y.b)));
          return [x / 2 /* half */, y * 2, "https://a.b/*/c", /\\/*$/]; /* a
          line */ }
    """
    assert compact(script).splitlines() == [
        "function f(x) {",
        "const { y } = x;",
        "const { z } = (y.#a ?? f(y.b));",
        'return [x / 2 , y * 2, "https://a.b/*/c", /\\/*$/]; }',
    ]
    assert compact("a {\n  b: c; /* d */\n}\n/* e */\n") == "a {\nb: c;\n}"


def test_a_norm_and_no_finite_values():
    values = np.full((4, 20), np.nan)
    made = pv.player(pv.Spectrogram(values).patches(frame_length=10))
    assert made.state["color"]["bad"] is True
    assert (indices_of(made.tiles[0]) == 0).all()
    power = 10.0 ** np.random.default_rng(0).uniform(-8, 0, (4, 20))
    made = pv.player(pv.Spectrogram(power).patches(frame_length=10), norm=LogNorm(1e-8, 1))
    assert len(made.state["color"]["values"]) == 256
    assert [text for _, text in made.state["color"]["ticks"]] == [
        "1e−08", "1e−06", "0.0001", "0.01", "1",
    ]  # fmt: skip


# -- sound -----------------------------------------------------------------------------------


def test_the_sound_lies_in_the_page_once_and_is_just_what_the_spectrogram_shows():
    import soundfile

    spec = spectrogram(start=1.0, audio=tone(10.0))
    made = pv.player(spec.patches(frame_length=20), audio=True)
    html = made.to_html()
    assert html.count("data:audio/ogg;base64,") == 1
    assert made.state["audio"] == {"start": 1.0, "rate": 22050, "stretch": 1}
    y, sr = soundfile.read(io.BytesIO(made.sound.data))
    assert len(y) / sr == pytest.approx(spec.duration, abs=1e-3)


@pytest.mark.parametrize("start", [0.0, 5.0, -5.0, 100.0])
def test_the_first_column_is_heard_first_wherever_the_clock_starts(start):
    import soundfile

    y = 0.9 * np.sin(np.arange(2 * 22050) ** 1.5)
    spec = pv.Spectrogram.from_audio(y, sr=22050, start=start)
    made = pv.player(spec.patches(duration=1), audio=True, audio_format="wav")
    assert made.state["audio"]["start"] == start
    heard, _ = soundfile.read(io.BytesIO(made.sound.data))
    np.testing.assert_allclose(heard, y, atol=1e-4)


def test_a_sound_that_begins_later_keeps_its_time():
    spec = spectrogram(n_frames=100, start=0.0, audio=tone(1.0, start=0.5))
    made = pv.player(spec.patches(frame_length=20), audio=True)
    assert made.state["audio"]["start"] == 0.5


@pytest.mark.parametrize(
    ("audio_format", "media_type", "rate"),
    [("ogg", "audio/ogg", 44099), ("mp3", "audio/mpeg", 44100), ("opus", "audio/ogg", 48000),
     ("flac", "audio/flac", 44099), ("wav", "audio/wav", 44099)],
)  # fmt: skip
def test_formats_of_sound(audio_format, media_type, rate):
    import soundfile

    sound = encode_sound(tone(1.0, sr=44099, channels=5), 0.0, 9.0, audio_format=audio_format)
    assert (sound.media_type, sound.start) == (media_type, 0.0)
    info = soundfile.info(io.BytesIO(sound.data))
    assert info.samplerate == rate
    assert info.channels == 1
    assert info.duration == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("sr", "options", "rate", "stretch"),
    [
        (22050, {}, 22050, 1),
        (96_000, {}, 96_000, 1),
        (192_000, {}, 48_000, 4),
        (250_000, {}, 31_250, 8),
        (384_000, {}, 48_000, 8),
        (384_000, {"audio_format": "mp3"}, 48_000, 8),
        (384_000, {"speed": 4}, 96_000, 4),
        (192_000, {"speed": 16}, 192_000, 1),
        (192_000, {"pitch": "keep"}, 192_000, 1),
        (44_100, {"speed": 0.02}, 11_025, 4),
        (11_025, {"speed": 0.02}, 8_000, 4),
    ],
)
def test_what_no_browser_plays_is_embedded_slower(sr, options, rate, stretch):
    """Each frequency lies `stretch` times lower in the file, which lasts as much longer."""
    import soundfile

    y = 0.5 * np.sin(2 * np.pi * 0.2 * np.arange(sr // 4))
    spec = pv.Spectrogram(np.eye(4, 25), sr=sr, hop_length=sr // 100,
                          audio=pv.Audio.from_array(y, sr))  # fmt: skip
    made = pv.player(spec.patches(frame_length=5), audio=True, **options)
    assert made.state["audio"] == {"start": 0.0, "rate": rate, "stretch": stretch}
    heard, heard_rate = soundfile.read(io.BytesIO(made.sound.data))
    assert heard_rate == rate
    assert len(heard) / rate == pytest.approx(0.25 * stretch, abs=0.06)
    peak = np.abs(np.fft.rfft(heard)).argmax() * rate / len(heard)
    assert peak == pytest.approx(0.2 * sr / stretch, rel=0.01)


# -- what bad input gets ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"audio": True}, InvalidValueError, "audio=True needs a spectrogram that knows its sound"),
        (
            {"audio": "/x.ogg"},
            InvalidTypeError,
            r"audio='/x\.ogg' is of type str\. It must be True or False: the sound is the "
            r"spectrogram's own, and audio_format= says how it is compressed\.",
        ),
        ({"audio": "mp3"}, InvalidTypeError, "audio='mp3'.*audio_format="),
        ({"loop": "yes"}, InvalidTypeError, "loop='yes' is of type str. It must be True or False"),
        ({"autoplay": 1}, InvalidTypeError, "autoplay=1 is of type int. It must be True or False"),
        ({"audio_format": "mp4"}, InvalidValueError, "audio_format='mp4'.*'ogg', 'mp3'"),
        ({"image_format": "jpeg"}, InvalidValueError, "image_format='jpeg'.*'png', 'webp'"),
        ({"column_step": 0}, InvalidValueError, "column_step=0"),
        ({"max_bytes": 1.5}, InvalidValueError, "max_bytes=1.5"),
        ({"index": 9}, PatchIndexError, "index=9 is out of range: there are 9 patches"),
        ({"speed": 0}, InvalidValueError, "speed=0.*at least 0.02"),
        ({"speed": "fast"}, InvalidTypeError, "speed='fast'"),
        (
            {"speed": 0.05, "pitch": "keep"},
            InvalidValueError,
            r"speed=0\.05 is below 0\.0625, the slowest at which browsers keep the pitch\. "
            r'Choose pitch="expand", or a speed that is not so slow\.',
        ),
        ({"pitch": "kept"}, InvalidValueError, "pitch='kept'.*Did you mean 'keep'"),
        ({"gain_db": 90}, InvalidValueError, "gain_db=90 dB.*at most 60"),
        ({"time": "patches"}, InvalidValueError, "time='patches'.*Did you mean 'patch'"),
        ({"width": 100}, InvalidValueError, "width=100 CSS pixels.*at least 320"),
        ({"title": 5}, InvalidTypeError, "title=5 is of type int. It must be text."),
        ({"alt": b"x"}, InvalidTypeError, "alt=b'x' is of type bytes. It must be text."),
        ({"cmap": "magmo"}, InvalidValueError, "Did you mean 'magma'"),
        ({"clim": (1, 0)}, InvalidValueError, "does not rise"),
    ],
)
def test_bad_options(patches, options, error, words):
    with pytest.raises(error, match=words):
        pv.player(patches, **options)


def test_a_spectrogram_is_no_patches():
    with pytest.raises(
        InvalidTypeError, match=r"patches is of type Spectrogram\. It must be Patches"
    ):
        pv.player(spectrogram())


def test_players_of_files_of_one_name_are_told_apart_on_a_page(tmp_path: Path) -> None:
    players = []
    for name in ("north/a.wav", "river/a.wav", "river/b.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        noise = np.random.default_rng(0).normal(0, 0.1, 8000)
        soundfile.write(tmp_path / name, noise, 8000)
        spec = pv.Spectrogram.from_file(tmp_path / name, hop_length=64)
        players.append(pv.player(spec.patches(duration=0.2)))
    spec = pv.Spectrogram.from_file(tmp_path / "north" / "a.wav", hop_length=64)
    players.append(pv.player(spec.patches(duration=0.2), title="mine"))
    file = pv.page([*players, players[0]], tmp_path / "page.html")
    titles = re.findall(r'"title":"(.*?)"', file.read_text("utf-8"))
    assert titles == ["north/a.wav", "river/a.wav", "b.wav", "mine", "north/a.wav"]
    assert [player.state["title"] for player in players] == ["a.wav", "a.wav", "b.wav", "mine"]
    pv.page(players[1:3], file)
    assert re.findall(r'"title":"(.*?)"', file.read_text("utf-8")) == ["a.wav", "b.wav"]
