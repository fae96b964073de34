"""Numbers, truths and arrays of every kind and size: taken as what they are, or refused by name."""

from __future__ import annotations

import fractions
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from numpy.testing import assert_array_equal

import patchviz as pv
from patchviz._util.validation import check_array, check_bool, check_int, check_number
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.plot.color import ColorScale
from patchviz.web.texture import Quantizer

RNG = np.random.default_rng(3)
Y = RNG.normal(size=3000)


def patches(values: np.ndarray | None = None) -> pv.Patches:
    values = np.arange(160.0).reshape(4, 40) if values is None else values
    return pv.Spectrogram(values, sr=4000, hop_length=100).patches(frame_length=10)


class Tensor:
    """As torch's that requires a gradient."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")

    def detach(self) -> np.ndarray:
        return Y.copy()


# --- numbers of other libraries ------------------------------------------------------------------


@pytest.mark.parametrize(
    "three", [np.int8(3), np.uint8(3), np.uint64(3), np.array(3), np.array(3, np.int16)]
)
def test_whole_numbers_of_numpy_are_whole_numbers(three: Any) -> None:
    assert type(check_int("n", three, minimum=1)) is int
    assert check_int("n", three, minimum=1) == 3


@pytest.mark.parametrize(
    "half",
    [
        np.float16(0.5),
        np.longdouble(0.5),
        np.array(0.5),
        np.array(0.5, np.float16),
        fractions.Fraction(1, 2),
    ],
)
def test_numbers_of_numpy_are_numbers(half: Any) -> None:
    assert type(check_number("x", half, above=0)) is float
    assert check_number("x", half, above=0) == 0.5


def test_truths_of_numpy_are_no_numbers() -> None:
    assert check_bool("loop", np.array(True)) is True
    for wrong in (np.bool_(True), np.array(True), np.array([3]), np.array([0.5])):
        with pytest.raises(InvalidTypeError, match=r"^n="):
            check_int("n", wrong)
        with pytest.raises(InvalidTypeError, match=r"^x="):
            check_number("x", wrong)


@pytest.mark.parametrize(
    ("check", "value", "message"),
    [
        (
            check_int,
            2**31,
            "n=2147483648 is not allowed. It must be a whole number, at most 2147483647.",
        ),
        pytest.param(
            check_int,
            10**5000,
            "n=<int of too many digits> is not allowed. It must be "
            "a whole number, at most 2147483647.",
            id="digits",
        ),
        (
            check_number,
            1e101,
            "n=1e+101 is not allowed. It must be a finite number, at most 1e+100.",
        ),
        (
            check_number,
            -1e101,
            "n=-1e+101 is not allowed. It must be a finite number, at least -1e+100.",
        ),
    ],
)
def test_what_nobody_means_is_refused(check: Callable[..., Any], value: Any, message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        check("n", value)
    assert str(caught.value) == message


def test_rates_and_times_have_bounds() -> None:
    with pytest.raises(InvalidValueError, match=r"^sr=1e-13 Hz .* at least 1e-12 Hz\.$"):
        check_number("sr", 1e-13, above=0, unit="Hz")
    with pytest.raises(InvalidValueError, match=r"^start=1e\+16 s .* at most 1e\+15 s\.$"):
        check_number("start", 1e16, unit="s")
    assert check_number("sr", 1e-12, above=0, unit="Hz") == 1e-12


# --- arrays --------------------------------------------------------------------------------------


def test_a_tensor_that_requires_a_gradient_is_taken() -> None:
    spec = pv.Spectrogram.from_audio(Tensor(), sr=4000, n_fft=256, hop_length=64)
    assert_array_equal(
        spec.values, pv.Spectrogram.from_audio(Y, sr=4000, n_fft=256, hop_length=64).values
    )
    assert_array_equal(pv.Audio.from_array(Tensor(), 4000).read()[0], Y)


def test_what_forms_no_array_is_refused_by_name() -> None:
    class Broken:
        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            raise LookupError("not today")

    allowed = "real numbers of shape (n_bins, n_frames)"
    with pytest.raises(InvalidValueError) as caught:
        check_array("values", Broken(), allowed=allowed)
    assert str(caught.value) == (
        f"no array can be made of values of type Broken (not today). It must be {allowed}."
    )
    for wrong in ([[1, 2], [3]], [[10**400, 1.0]]):
        with pytest.raises(
            (InvalidValueError, InvalidTypeError), match=r"^(no array can be made of )?values"
        ):
            pv.Spectrogram(wrong)  # type: ignore[arg-type]


def test_wider_numbers_than_colours_are_reckoned_in_become_gaps() -> None:
    wide = np.array([[1.0, 2.0, np.longdouble("1e4000")]], np.longdouble)
    if wide.dtype.itemsize == 8:
        pytest.skip("long double is no wider here")
    spec = pv.Spectrogram(wide)
    assert spec.values.dtype == np.float64
    assert (spec.finite_range, spec.n_nonfinite) == ((1.0, 2.0), 1)


# --- front ends ----------------------------------------------------------------------------------


def test_options_of_front_ends_are_kept_as_plain_numbers() -> None:
    mel = pv.Mel(n_fft=np.int16(256), hop_length=np.int8(100), fmin=np.float32(10), htk=np.True_)
    assert [type(v) for v in (mel.n_fft, mel.hop_length, mel.fmin, mel.htk)] == [
        *(int, int, float, bool)
    ]
    assert mel == pv.Mel(n_fft=256, hop_length=100, fmin=10.0, htk=True)
    assert_array_equal(
        mel(Y, 4000).values, pv.Mel(n_fft=256, hop_length=100, fmin=10.0, htk=True)(Y, 4000).values
    )
    spec = pv.Spectrogram.from_audio(Y, sr=np.float16(4000), n_fft=256, hop_length=np.int8(3))
    assert spec.n_frames == 1001


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: pv.Mel(n_fft=10**30), r"^n_fft=1000.* at most 16777216\."),
        (
            lambda: pv.Mel(n_mels=10**9),
            r"^n_mels=1000000000 filters of n_fft=2048 samples are too "
            r"large together\. It must be at most 32768 with that n_fft",
        ),
        (lambda: pv.Mel(power=1e300), r"^power=1e\+300 .* at most 10\."),
        (lambda: pv.Mel(amin=1e-300), r"^amin=1e-300 .* at least 1e-36\."),
        (lambda: pv.Stft(amin=1e-30), r"^amin=1e-30 .* at least 1e-18\."),
        (lambda: pv.Stft(ref=1e300), r"^ref=1e\+300 .* at most 1e\+30\."),
        (
            lambda: pv.Stft(window=("kaiser", 1e308)),
            r"^window=\('kaiser', 1e\+308\) has values that "
            r"are not finite",
        ),
        (lambda: pv.Stft(window=True), r"^window has the shape \(\)"),
        (lambda: pv.Stft(window=()), r"^window=\(\) is no window"),
        (lambda: pv.Mfcc(lifter=1e-300), r"^lifter=1e-300 .* at least 1e-06\."),
        (lambda: pv.Mfcc(n_mels=7), r"^n_mfcc=20 is more than there are mel bands, n_mels=7\."),
        (lambda: pv.Chroma(n_chroma=10**9), r"^n_chroma=1000000000 filters of n_fft=2048"),
        (lambda: pv.Chroma(octwidth=1e-300), r"^octwidth=1e-300 .* at least 0\.001\."),
        (lambda: pv.Chroma(norm=1e300), r"^norm=1e\+300 .* at most 100\."),
        (lambda: pv.Chroma(norm=1e-300), r"^norm=1e-300 .* at least 0\.01\."),
        (lambda: pv.Cqt(n_bins=481), r"^n_bins=481 .* at most 480\."),
        (lambda: pv.Cqt(tuning=1e300), r"^tuning=1e\+300 .* at most 100\."),
        (
            lambda: pv.Cqt(n_bins=60, filter_scale=1e5)(Y, 4000),
            r"^filter_scale=100000\.0 with 12 bins in an "
            r"octave .* samples at sr=4000 Hz, which are too large",
        ),
    ],
)
def test_options_of_front_ends_have_bounds(make: Callable[[], object], message: str) -> None:
    with pytest.raises((InvalidValueError, InvalidTypeError), match=message):
        make()


# --- spectrograms and patches --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: pv.Spectrogram(np.zeros((4, 40)), sr=1e308),
            r"^sr=1e\+308 Hz .* at most 1e\+12 Hz",
        ),
        (
            lambda: pv.Spectrogram(np.zeros((4, 40)), sr=1e9, hop_length=1, start=1e9),
            r"^start=1000000000\.0 s with 40 frames of 1e-09 s ends at 1e\+09 s, where numbers are "
            r"1\.2e-07 s apart\. It must be such that frames can be told apart, and end before",
        ),
        (
            lambda: patches().spectrogram.patches(duration=1e308),
            r"^duration=1e\+308 s .* at most 1e",
        ),
        (
            lambda: patches().spectrogram.patches(duration=0.1, starts=[1e300]),
            r"^1 of 1 starts have no whole patch of 0\.100 s behind them",
        ),
        (
            lambda: patches().spectrogram.patches(frame_length=10**9, tail="pad"),
            r"^frame_length: a patch of 1000000000 frames at the end of a spectrogram of 40 is "
            r"mostly padding, 32 GB of it\. Choose a shorter duration\.",
        ),
    ],
)
def test_times_and_lengths_have_bounds(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        make()


def test_no_tail_is_no_default() -> None:
    for wrong in ("", np.array([1.0, 2.0])):
        with pytest.raises((InvalidValueError, InvalidTypeError), match=r"^tail=.*one of 'drop'"):
            patches().spectrogram.patches(frame_length=10, tail=wrong)  # type: ignore[arg-type]


def test_one_number_is_no_list_of_starts() -> None:
    for one in (0, np.array(0.5)):
        with pytest.raises(
            InvalidTypeError, match=r"^starts of type \w+ are no numbers \(one numb"
        ):
            patches().spectrogram.patches(frame_length=10, starts=one)


def test_an_index_beyond_any_array_is_no_patch() -> None:
    with pytest.raises(IndexError, match=r"^index=1000.* is out of range"):
        patches()[10**30]


# --- truths --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("mono", lambda no: pv.Spectrogram.from_audio(Y, sr=4000, mono=no)),
        ("mono", lambda no: pv.Audio.from_array(Y, 4000).read(mono=no)),
        ("progress", lambda no: pv.Spectrogram.from_audio(Y, sr=4000, progress=no)),
        ("colorbar", lambda no: pv.plot_spectrogram(patches(), colorbar=no)),
        ("colorbar", lambda no: pv.PatchView(patches(), colorbar=no)),
        ("repeat", lambda no: pv.animate(patches(), repeat=no)),
        ("htk", lambda no: pv.Spectrogram(np.zeros((4, 40)), htk=no)),
        ("audio", lambda no: pv.player(patches(), audio=no)),
    ],
)
def test_no_is_not_yes(name: str, make: Callable[[Any], object]) -> None:
    with pytest.raises(InvalidTypeError) as caught:
        make("no")
    assert str(caught.value).startswith(f"{name}='no' is of type str. It must be True or False")
    plt.close("all")


# --- colours -------------------------------------------------------------------------------------


def test_half_precision_has_the_colours_of_single_precision() -> None:
    values = (RNG.random((16, 40)) * 1.3e5 - 6.5e4).astype(np.float16)
    entries, drawn = [], []
    for kind in (np.float16, np.float32):
        spec = pv.Spectrogram(values.astype(kind))
        scale = ColorScale.of(spec)
        entries.append(Quantizer.of(spec, scale)(spec.values))
        figure = Figure(figsize=(3, 2))
        pv.PatchView(spec.patches(frame_length=40), ax=figure.add_subplot())
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        drawn.append(np.asarray(canvas.buffer_rgba()).copy())
    assert_array_equal(*entries)
    assert_array_equal(*drawn)
    assert len(np.unique(entries[0])) > 100


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("value", [1e17, -1e17, 1e30, 0.0, 3e-42])
def test_values_that_are_all_one_number_have_the_middle_colour(value: float, kind: Any) -> None:
    spec = pv.Spectrogram(np.full((4, 40), value, kind))
    player = pv.player(spec.patches(frame_length=10))
    assert player.state["color"]["vmin"] < value < player.state["color"]["vmax"]
    (entry,) = np.unique(Quantizer.of(spec, ColorScale.of(spec))(spec.values))
    assert abs(int(entry) - 127) <= 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"norm": Normalize(-np.inf, np.inf)}, r"^norm=Normalize cannot span -inf to inf"),
        ({"norm": Normalize(-1e308, 1e308)}, r"^norm=Normalize cannot span -1e\+308 to 1e\+308"),
        ({"norm": LogNorm(1, np.inf)}, r"^norm=LogNorm cannot span 1 to inf"),
        ({"clim": (-1e308, 1e308)}, r"^clim\[0\]=-1e\+308 .* at least -1e\+100\."),
        ({"clim": (0, np.array([1, 2]))}, r"^clim\[1\]=array"),
    ],
)
def test_limits_of_colours_have_bounds(options: dict[str, Any], message: str) -> None:
    for draw in (pv.player, pv.plot_spectrogram, pv.plot_mosaic):
        with pytest.raises((InvalidValueError, InvalidTypeError), match=message):
            draw(patches(), **options)


def test_values_too_far_apart_for_colours_say_so() -> None:
    wide = np.linspace(-1.7, 1.7, 160).reshape(4, 40) * 1e308
    with pytest.raises(InvalidValueError) as caught:
        pv.player(patches(wide))
    assert str(caught.value) == (
        "values from -1.7e+308 to 1.7e+308 are beyond what a colour scale spans. Divide them, or "
        "give clim=(lowest, highest) within 1e+300."
    )
    player = pv.player(patches(wide), clim=(-1, 1))  # most are far beyond, with no word of numpy
    assert player.state["color"]["vmax"] == 1.0


@pytest.mark.parametrize(
    ("mesh_kws", "message"),
    [
        ({"alpha": 5}, r"^mesh_kws\['alpha'\]=5 is refused by matplotlib: alpha \(5\) is outside"),
        (
            {"lw": "x"},
            r"^mesh_kws\['lw'\]='x' is of type str\. It must be a finite number, at least 0",
        ),
        ({"edgecolor": "no"}, r"^mesh_kws\['edgecolor'\]='no' is refused by matplotlib"),
        ({"visible": "no"}, r"^mesh_kws\['visible'\]='no' is of type str\. It must be True or"),
        ({"zorder": "x"}, r"^mesh_kws\['zorder'\]='x' is of type str\. It must be a finite number"),
    ],
)
def test_properties_of_a_mesh_are_tried_before_there_is_a_figure(
    mesh_kws: dict[str, Any], message: str
) -> None:
    for draw in (pv.PatchView, pv.plot_spectrogram, pv.plot_mosaic):
        with pytest.raises((InvalidValueError, InvalidTypeError), match=message):
            draw(patches(), mesh_kws=mesh_kws)
    assert not plt.get_fignums()


# --- films ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fps": 1e-300}, r"^fps=1e-300 .* at least 1e-06 and at most 1000000\.$"),
        ({"fps": 1e300}, r"^fps=1e\+300 .* at least 1e-06 and at most 1000000\.$"),
        (
            {"dpi": 1e9},
            r"^dpi=1000000000\.0 makes frames of 6\.4e\+09 × 4\.8e\+09 pixels\. It must",
        ),
        ({"dpi": 1e-9}, r"^dpi=1e-09 .* at least 10\.$"),
        ({"progress": "no"}, r"^progress='no' is of type str"),
    ],
)
def test_films_have_bounds(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    anim = pv.animate(pv.PatchView(patches(), ax=Figure().add_subplot()))
    with pytest.raises((InvalidValueError, InvalidTypeError), match=message):
        anim.save(tmp_path / "film.gif", **options)
    assert not list(tmp_path.iterdir())
    plt.close("all")


def test_speed_has_bounds() -> None:
    with pytest.raises(InvalidValueError, match=r"^speed=1e-300 .* at least 1e-06\.$"):
        pv.animate(patches(), speed=1e-300)
    plt.close("all")
