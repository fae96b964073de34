"""What a model of the user's own sees: the same values as it is fed, checked, of any length."""

from __future__ import annotations

import math
import re
import warnings
from typing import Any

import numpy as np
import pytest

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.features import custom

SR, HOP, N_FFT = 16_000, 160, 400


def noise(n: int) -> np.ndarray:
    return (0.1 * np.random.default_rng(n).standard_normal(n)).astype(np.float32)


class Tensor:
    """Acts as one of torch that requires a gradient and lies on another device."""

    def __init__(self, array: np.ndarray, *, requires_grad: bool = True, device: str = "cuda:0"):
        self.array, self.requires_grad, self.device = array, requires_grad, device

    def detach(self) -> Tensor:
        return Tensor(self.array, requires_grad=False, device=self.device)

    def cpu(self) -> Tensor:
        return Tensor(self.array, requires_grad=self.requires_grad, device="cpu")

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        if self.requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        if self.device != "cpu":
            raise TypeError(f"can't convert {self.device} device type tensor to numpy.")
        return self.array


class MelSpectrogram:
    """What torchaudio's of this name gives, of powers in 40 HTK bands, as a `Tensor`."""

    hop_length = HOP

    def __init__(self) -> None:
        mels = np.linspace(0, 2595 * math.log10(1 + SR / 2 / 700), 42)
        corners = 700 * (10 ** (mels / 2595) - 1)
        slopes = corners[:, np.newaxis] - np.linspace(0, SR / 2, 1 + N_FFT // 2)
        widths = np.diff(corners)[:, np.newaxis]
        bands = np.minimum(-slopes[:-2] / widths[:-1], slopes[2:] / widths[1:])
        self.bands = np.maximum(0, bands).astype(np.float32)
        self.window = np.hanning(N_FFT + 1)[:-1].astype(np.float32)

    def __call__(self, y: np.ndarray) -> Tensor:
        padded = np.pad(y, N_FFT // 2, "reflect")
        frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP]
        powers = np.abs(np.fft.rfft(frames * self.window)) ** 2
        return Tensor(np.stack([self.bands @ frame for frame in powers.astype(np.float32)], axis=1))


def stand_in() -> Any:
    model = MelSpectrogram()
    return model, lambda y, sr: model(y)


def of_torch() -> Any:
    """Return torchaudio's own, where it is installed (200 MB, which `.ci/run` leaves out)."""
    torch = pytest.importorskip("torch")
    transforms = pytest.importorskip("torchaudio.transforms")
    mel = transforms.MelSpectrogram(SR, n_fft=N_FFT, hop_length=HOP, n_mels=40)
    model = torch.nn.Sequential(mel, torch.nn.Conv1d(40, 40, 1, bias=False))  # requires a gradient
    return (lambda y: model(torch.from_numpy(y))), lambda y, sr: model(torch.from_numpy(y))


@pytest.fixture(params=[stand_in, pytest.param(of_torch, marks=pytest.mark.soak)])
def fed(request: pytest.FixtureRequest) -> Any:
    """A function from samples to what a model is fed, and the front end that is made of it."""
    return request.param()


def bits(tensor: Any) -> np.ndarray:
    return np.asarray(tensor.detach().cpu())


# -- what patchviz shows is what the model is fed --------------------------------------------


def test_what_is_shown_is_what_the_model_is_fed(fed: Any) -> None:
    model, front_end = fed
    y = noise(3 * SR)
    spec = pv.Spectrogram.from_audio(y, sr=SR, kind=front_end, hop_length=HOP)
    x = bits(model(y))
    assert spec.values.dtype == x.dtype
    np.testing.assert_array_equal(spec.values, x)
    patches = spec.patches(frame_length=98, hop_length=10)
    for i in (0, 7, len(patches) - 1):
        np.testing.assert_array_equal(patches[i], x[:, 10 * i : 10 * i + 98])
    view = pv.PatchView(patches, index=7)
    np.testing.assert_array_equal(view.mesh.get_array(), x[:, 70:168])
    view.figure.canvas.draw()
    shown = view.mesh._shown  # a value for each cell: none is left out, none is between two
    assert shown is not None
    np.testing.assert_array_equal(shown.data, x[:, 70:168])


@pytest.mark.slow
def test_a_batch_is_shown_as_the_model_is_fed(fed: Any) -> None:
    model, _ = fed
    x = np.stack([bits(model(noise(SR + k))) for k in range(4)])[:, np.newaxis]
    patches = pv.Patches.from_batch(Tensor(x), names=["a", "b", "c", "d"])
    for i, item in enumerate(x):
        np.testing.assert_array_equal(patches[i], item[0])
        np.testing.assert_array_equal(pv.PatchView(patches, index=i).mesh.get_array(), item[0])
    assert patches.spectrogram.values.dtype == x.dtype
    assert patches.spectrogram.finite_range == (x.min(), x.max())


def test_in_pieces_it_is_the_same(fed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    model, front_end = fed
    y = noise(20_000)
    front_end.context = N_FFT
    monkeypatch.setattr(custom, "_PIECE", 4000)
    spec = pv.Spectrogram.from_audio(y, sr=SR, kind=front_end, hop_length=HOP)
    np.testing.assert_allclose(spec.values, bits(model(y)), rtol=1e-5, atol=1e-4)


def test_what_is_no_array_says_what_it_is() -> None:
    class Sparse(Tensor):
        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            raise TypeError("Got unsupported ScalarType BFloat16")

    message = (
        "no array can be made of values of type Sparse (Got unsupported ScalarType BFloat16). It "
        "must be real numbers of shape (n_bins, n_frames)."
    )
    Sparse.detach = Sparse.cpu = lambda self: self  # type: ignore[method-assign]
    with pytest.raises(InvalidValueError, match=re.escape(message)):
        pv.Spectrogram.from_audio(noise(4000), sr=SR, kind=lambda y, sr: Sparse(y), hop_length=HOP)


# -- in pieces --------------------------------------------------------------------------------


def power(y: np.ndarray, sr: float, hop_length: int = HOP) -> np.ndarray:
    frames = np.pad(y, (0, -len(y) % hop_length)).reshape(-1, hop_length)
    return np.mean(frames**2, axis=1)[np.newaxis]


def in_place(y: np.ndarray, sr: float, hop_length: int = HOP) -> np.ndarray:
    y *= 3
    return power(y, sr)


KEPT = np.zeros((1, 30), np.float32)


def into_one_array(y: np.ndarray, sr: float, hop_length: int = HOP) -> np.ndarray:
    values = power(y, sr)
    KEPT[:, : values.shape[1]] = values
    return KEPT[:, : values.shape[1]]


def to_the_loudest(y: np.ndarray, sr: float, hop_length: int = HOP) -> np.ndarray:
    values = power(y, sr)
    return values / values.max()


def gappy(y: np.ndarray, sr: float, hop_length: int = HOP) -> np.ndarray:
    values = np.ones((1, 1 + len(y) // hop_length))
    values[:, :2] = np.nan
    return values


def transposed(y: np.ndarray, sr: float, hop_length: int = HOP) -> np.ndarray:
    return power(y, sr).T


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom, "_PIECE", 4000)
    for front_end in (power, in_place, into_one_array, to_the_loudest, gappy, transposed):
        monkeypatch.setattr(front_end, "context", HOP, raising=False)


@pytest.mark.usefixtures("pieces")
@pytest.mark.parametrize("n", [9000, 12_000, 12_345])
def test_a_front_end_may_work_in_place(n: int) -> None:
    y = noise(n)
    spec = pv.Spectrogram.from_audio(y.copy(), sr=SR, kind=in_place)
    np.testing.assert_array_equal(spec.values, power(3 * y, SR))
    spec = pv.Spectrogram.from_audio(y, sr=SR, kind=into_one_array)
    np.testing.assert_array_equal(spec.values, power(y, SR))


@pytest.mark.usefixtures("pieces")
def test_what_differs_from_piece_to_piece_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    y = noise(20_000) * np.linspace(0.2, 1, 20_000, dtype=np.float32)
    message = (
        r"^kind=to_the_loudest gives the same frame 0\.\d+ in one piece of the sound and 0\.\d+ in "
        r"the next: it depends on more than context=160 samples around it, such as on the maximum "
        r"of all that it is given\. Give it a larger context, or None, which gives it the whole "
        r"sound at once\.$"
    )
    with pytest.raises(InvalidValueError, match=message):
        pv.Spectrogram.from_audio(y, sr=SR, kind=to_the_loudest)
    with pytest.raises(InvalidValueError, match=r"^kind=gappy gives the same frame 1 in one piece"):
        pv.Spectrogram.from_audio(y, sr=SR, kind=gappy)
    monkeypatch.setattr(to_the_loudest, "context", None)
    spec = pv.Spectrogram.from_audio(y, sr=SR, kind=to_the_loudest)
    np.testing.assert_array_equal(spec.values, to_the_loudest(y, SR))


@pytest.mark.usefixtures("pieces")
def test_a_transposed_piece_is_told() -> None:
    message = (
        "kind=transposed returns values of the shape (26, 1), which with hop_length=160 and "
        "sr=16000 Hz last 0.010 s; the sound has 0.260 s. They are transposed, it seems: give "
        "values.T, of shape (n_bins, n_frames)."
    )
    with pytest.raises(InvalidValueError, match=re.escape(message)):
        pv.Spectrogram.from_audio(noise(20_000), sr=SR, kind=transposed)


# -- what it takes, and what it gives ---------------------------------------------------------


def test_what_the_whole_sound_takes_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom, "_LARGE", 40_000)
    monkeypatch.setattr(custom, "_PIECE", 4000)

    class Model:
        def __call__(self, y: np.ndarray, sr: float, hop_length: int = HOP) -> np.ndarray:
            return power(y, sr)

    model = Model()
    message = (
        "kind=Model is given all 1 s of the sound at once, 0.0 GB of samples, since nothing says "
        "how little of it a frame needs. If frame k needs n samples before and behind sample k * "
        "hop_length, set its attribute context to n: it is then given piece by piece."
    )
    with pytest.warns(UserWarning, match=f"^{re.escape(message)}$") as caught:
        pv.Spectrogram.from_audio(noise(12_000), sr=SR, kind=model)
    assert caught[0].filename == __file__
    model.context = HOP  # type: ignore[attr-defined]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pv.Spectrogram.from_audio(noise(12_000), sr=SR, kind=model)
        pv.Spectrogram.from_audio(noise(10_000), sr=SR, kind=Model())


def test_a_sound_that_does_not_fit_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(shape: Any, dtype: Any) -> None:
        raise MemoryError

    y = noise(12_000)
    monkeypatch.setattr(custom.np, "empty", full)
    message = (
        "kind=power needs all of the sound at once, 0.0 GB of samples, more than there is memory "
        "for. Set its attribute context to the samples that a frame needs around it, such as 1024: "
        "it is then given piece by piece."
    )
    with pytest.raises(InvalidValueError, match=re.escape(message)):
        pv.Spectrogram.from_audio(y, sr=SR, kind=power)


@pytest.mark.filterwarnings("ignore:The sound is silent")
@pytest.mark.parametrize("context", [None, HOP])
def test_values_that_are_not_finite_are_told_once(
    context: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(custom, "_PIECE", 4000)

    class Logarithm:
        def __call__(self, y: np.ndarray, sr: float, hop_length: int = HOP) -> np.ndarray:
            with np.errstate(divide="ignore"):
                return np.log10(power(y, sr))

    kind = Logarithm()
    kind.context = context  # type: ignore[attr-defined]
    y = noise(16_000)
    y[1600:4800] = 0
    message = (
        "kind=Logarithm returns 20 of 100 values that are not finite; they are drawn as gaps. "
        "Where it takes the logarithm of 0, let it take that of at least 1e-10: "
        "np.log(np.maximum(x, 1e-10))."
    )
    with pytest.warns(UserWarning, match=f"^{re.escape(message)}$") as caught:
        spec = pv.Spectrogram.from_audio(y, sr=SR, kind=kind)
    assert len(caught) == 1
    assert spec.n_nonfinite == 20


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (lambda y, sr: None, "returns None. It must be an array of shape (n_bins, n_frames), or "
         "Features. Let it end with return, and the array."),
        (lambda y, sr: (power(y, sr), 3), "returns a tuple of 2. It must be an array of shape "
         "(n_bins, n_frames), or Features. Let it return one of them: kind=lambda y, sr: f(y, sr)"),
        (lambda y, sr: {"mel": power(y, sr)}, "returns a dict of 1. It must be an array"),
        (lambda y: power(y, SR), "cannot be called with samples and their rate (too many "
         "positional arguments). It must be a function of two arguments, f(y, sr)."),
    ],
)  # fmt: skip
def test_what_is_returned_in_place_of_an_array(kind: Any, message: str) -> None:
    with pytest.raises(InvalidTypeError, match=re.escape(f"kind=<lambda> {message}")):
        pv.Spectrogram.from_audio(noise(4000), sr=SR, kind=kind, hop_length=HOP)


def test_a_batch_of_one_item_is_that_item() -> None:
    y = noise(4000)

    def model(y: np.ndarray, sr: float, hop_length: int = HOP) -> np.ndarray:
        return power(y, sr)[np.newaxis, np.newaxis]

    spec = pv.Spectrogram.from_audio(y, sr=SR, kind=model)
    np.testing.assert_array_equal(spec.values, power(y, SR))
