"""What front ends work on and what they make: a sound in blocks, and features."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._util.progress import progress_bar
from .._util.validation import (
    check_array,
    check_bool,
    check_choice,
    check_field,
    check_int,
    check_number,
    check_text,
)
from ..audio.levels import Levels
from ..audio.part import samples_behind, widened
from ..audio.resample import Samples
from ..audio.source import Audio
from ..errors import Argument, InvalidTypeError, InvalidValueError, Setting, Text, shown
from .rows import check_channels, check_rows

__all__ = ["ALL_ROWS", "SETTLING", "Y_AXES", "Features", "differing"]


# Samples within which a resampler has forgotten where a sound began.
SETTLING = 1024

Y_AXES = ("mel", "linear", "log", "cqt_hz", "cqt_note", "chroma", "none")


@dataclasses.dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Features:
    """What a front end makes of a sound: values and what they mean. Frozen, and never a copy.

    A front end of your own returns them. A :class:`Spectrogram` is Features that know when they
    are, what they are called and how they sound.

    Parameters
    ----------
    values : array_like, shape (n_bins, n_frames)
        Real numbers; row 0 is the lowest frequency.
    sr : float, default: 22050
        Sampling rate in Hz.
    hop_length : int, default: 512
        Samples from one frame to the next.
    n_fft : int, optional
        Samples in a window. For ``y_axis="linear"`` and ``"log"`` rows are ``sr / n_fft`` apart;
        by default all rows of an STFT are there, and it is ``2 * (n_bins - 1)``.
    y_axis : {"none", "mel", "linear", "log", "cqt_hz", "cqt_note", "chroma"}
        What the rows are, as in :func:`librosa.display.specshow`.
    fmin, fmax : float, optional
        The range of the rows in Hz, as for :class:`Spectrogram`.
    htk : bool, default: False
        For ``"mel"``: the HTK formula in place of Slaney's.
    bins_per_octave : int, default: 12
        For ``"cqt_hz"``, ``"cqt_note"`` and ``"chroma"``.
    quantity : str, optional
        What the values are, for instance ``"Level relative to the maximum"``.
    unit : str, optional
        Unit of the values, for instance ``"dB"``.
    floor : float, optional
        The value that silence has in every recording alike: what padding is filled with.
    y_label : str, optional
        Label of the frequency axis, in place of the one that `y_axis` brings.
    middle : float, default: 0.0
        Where in the sound the middle of frame 0's window lies, in samples; that of frame *k* lies
        ``k * hop_length`` later. It is 0 where windows are centred, as librosa's are by default,
        and ``n_fft / 2`` where the first one begins with the sound. So much later are the frames
        drawn.
    n_channels : int, default: 1
        How many channels the rows are of, those of the last channel first, as for
        :class:`Spectrogram`.

    Raises
    ------
    InvalidTypeError
        If `values` are no real numbers or a masked array.
    InvalidValueError
        If `values` are not two-dimensional or are empty, or an option is out of range.

    See Also
    --------
    Spectrogram.from_audio : Takes a function that returns Features.

    Examples
    --------
    >>> import numpy as np
    >>> import patchviz as pv
    >>> def energy(y, sr):
    ...     frames = np.pad(y, (0, -len(y) % 512)).reshape(-1, 512)
    ...     power = np.abs(np.fft.rfft(frames * np.hanning(512))) ** 2
    ...     return pv.Features(
    ...         np.log10(1e-6 + power.T), sr=sr, hop_length=512, n_fft=512, y_axis="linear"
    ...     )
    >>> spec = pv.Spectrogram.example(kind=energy)
    >>> spec.values.shape
    (257, 640)
    >>> ax = pv.plot_spectrogram(spec)
    """

    values: NDArray[Any] = dataclasses.field(kw_only=False)
    sr: float = 22050
    hop_length: int = 512
    n_fft: int | None = None
    y_axis: str = "none"
    fmin: float | None = None
    fmax: float | None = None
    htk: bool = False
    bins_per_octave: int = 12
    quantity: str = ""
    unit: str = ""
    floor: float | None = None
    y_label: str | None = None
    middle: float = 0.0
    n_channels: int = 1

    def __post_init__(self) -> None:
        set_field = object.__setattr__  # the dataclass is frozen to everyone else
        set_field(self, "values", _read_only(self.values))
        set_field(self, "sr", check_number("sr", self.sr, above=0, unit="Hz"))
        if float(self.sr).is_integer():
            set_field(self, "sr", int(self.sr))
        set_field(
            self, "hop_length", check_int("hop_length", self.hop_length, minimum=1, unit="samples")
        )
        check_field(self, "n_fft", check_int, optional=True, minimum=1, unit="samples")
        check_choice("y_axis", self.y_axis, Y_AXES)
        set_field(
            self, "bins_per_octave", check_int("bins_per_octave", self.bins_per_octave, minimum=1)
        )
        set_field(self, "htk", check_bool("htk", self.htk))
        set_field(self, "middle", check_number("middle", self.middle, unit="samples"))
        check_field(self, "n_channels", check_int, minimum=1)
        check_channels(self)
        check_rows(self)
        if self.floor is not None:
            set_field(self, "floor", check_number("floor", self.floor))
        for name in ("quantity", "unit", "y_label"):
            if name != "y_label" or self.y_label is not None:
                check_text(name, getattr(self, name))

    @property
    def bins_per_channel(self) -> int:
        """Number of rows that each channel has."""
        return len(self.values) // self.n_channels

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.values.flags.writeable = False  # an array forgets that when it is pickled

    def __repr__(self) -> str:
        shown = ("sr", "hop_length", "y_axis", "unit")
        facts = [f"{name}={getattr(self, name)!r}" for name in shown]
        return f"Features of {self.values.shape}: {', '.join(facts)}"


def differing(one: Features, other: Features) -> str | None:
    """Return what two results do not share of their meaning, by its name; None if they do."""
    names = (field.name for field in dataclasses.fields(Features)[1:])  # values aside
    return next((name for name in names if getattr(one, name) != getattr(other, name)), None)


def _read_only(values: ArrayLike) -> NDArray[Any]:
    """Return `values` as a read-only 2-D view of real numbers, or say why they cannot be shown."""
    if isinstance(values, np.ma.MaskedArray):
        raise InvalidTypeError(
            "values are a masked array, and a patch would lose the mask. "
            "Give values.filled(np.nan): gaps are drawn where values are NaN."
        )
    if isinstance(values, str | os.PathLike):
        raise InvalidTypeError(
            Argument("values", values),
            " is a path",
            allowed="an array of shape (n_bins, n_frames)",
            remedy="A sound file becomes one by Spectrogram.from_file(path), what was saved by "
            "pv.open(path).",
        )
    array = check_array("values", values, allowed="real numbers of shape (n_bins, n_frames)")
    if array.dtype.kind == "c":
        raise InvalidTypeError(
            f"values are complex ({array.dtype}). They must be real: take np.abs(values), "
            "or in dB librosa.amplitude_to_db(np.abs(values), ref=np.max)."
        )
    if array.dtype.kind not in "biuf":
        raise InvalidTypeError(
            f"values have dtype {array.dtype}. They must be real numbers; "
            "convert them: np.asarray(values, dtype=float)."
        )
    if array.dtype.itemsize > 8:  # wider than what colours and files are reckoned in
        with np.errstate(over="ignore"):  # to infinity, which is drawn as a gap and counted
            array = array.astype(np.float64)
    if array.ndim != 2:
        remedy = {
            1: "Samples of sound become one by Spectrogram.from_audio(values, sr=...); "
            "one row of data by values[np.newaxis, :].",
            3: "Choose one channel: values[0].",
        }.get(array.ndim, "")
        raise InvalidValueError(
            f"values have the shape {array.shape}, {array.ndim}-D. They must be 2-D, "
            f"(n_bins, n_frames). {remedy}".rstrip()
        )
    if not array.size:
        raise InvalidValueError(
            f"values are empty: shape {array.shape}. They must hold at least one bin and one frame."
        )
    view = array.view()
    view.flags.writeable = False
    return view


@dataclasses.dataclass(frozen=True)
class Signal:
    """One channel at the rate of the analysis, read as often as a front end needs it."""

    audio: Audio
    sr: float
    progress: bool
    gaps: list[tuple[float, float]] = dataclasses.field(default_factory=list)  # s, of the sound
    levels: Levels = dataclasses.field(default_factory=Levels)  # known once it has been read
    n_together: int = 1  # how many are read side by side, each in smaller pieces
    n_skipped: int = 0  # samples at its beginning that are left out

    @property
    def n_samples(self) -> int:
        return self.audio.resampled_length(self.sr) - self.n_skipped

    @property
    def is_in_memory(self) -> bool:
        """Whether it was given as samples: then values are librosa's, to the bit."""
        return isinstance(self.audio.source, np.ndarray)

    def widened(self, pad: int) -> tuple[Signal, int]:
        """Return the signal with about `pad` samples more at either end, and how many in front.

        Of a part of a recording, where the recording has them: of it all, none. Where it is
        resampled, so many that the samples of the part stay where they are.
        """
        ratio = Fraction(self.sr) / Fraction(self.audio.sr)
        reach = pad if ratio == 1 else pad + SETTLING
        steps = -(-reach // ratio.numerator) if pad else 0
        before = min(steps, self.audio.first // ratio.denominator)
        behind = min(math.ceil(reach / ratio) if pad else 0, samples_behind(self.audio))
        if not before and not behind:
            return self, 0
        audio = widened(self.audio, before * ratio.denominator, behind)
        return dataclasses.replace(self, audio=audio), before * ratio.numerator

    def led(self, context: int, hop_length: int) -> tuple[Signal, int]:
        """Return the signal with `context` samples or more at either end, as `widened` has them.

        Whole frames are in front, so that the others stay where they are, and so many are they.
        """
        wider, n_before = self.widened(-(-context // hop_length) * hop_length)
        n_frames, n_skipped = divmod(n_before, hop_length)
        return dataclasses.replace(wider, n_skipped=n_skipped), n_frames

    def blocks(self, doing: str) -> Iterator[Samples]:
        """Yield the samples, and show how far that is once it takes longer than a second."""
        name = f" of {self.audio.name}" if self.audio.name else ""
        seconds, n_left_out = self.n_samples / self.sr, self.n_skipped
        with progress_bar(doing + name, seconds, "s of sound", is_wanted=self.progress) as bar:
            for block in self.audio.blocks(
                sr=self.sr, mono=True, gaps=self.gaps, levels=self.levels
            ):
                left_out = min(n_left_out, block.shape[1])
                n_left_out -= left_out
                if left_out < block.shape[1]:
                    yield block[0, left_out:]
                bar.update(block.shape[1] / self.sr)

    def remarks(self) -> Iterator[Text]:
        """Yield what a person should know of the sound that did not reach the analysis."""
        audio, levels = self.audio, self.levels
        named = shown(audio.name) if audio.name else "the sound"
        if audio.channel is not None:
            named = shown(f"channel {audio.channel} of {named}", str)
        if not levels.decoded.peak:
            yield f"{named[0].upper()}{named[1:]} is silent: all of its samples are 0."
        elif levels.mixed.power < 0.01 * levels.decoded.power:
            left = levels.mixed.power / levels.decoded.power
            yield (
                f"Mixing the {audio.n_channels} channels of {named} leaves {left:.2g} of their "
                "power: they cancel one another, as channels in antiphase do.",
                " Choose one of them: ",
                Setting("channel", 0),
                ".",
            )
        elif self.sr < audio.sr and levels.analysed.power < levels.mixed.power / 2:
            lost = 1 - levels.analysed.power / levels.mixed.power
            yield (
                f"{lost:.0%} of the power of {named} lies above {self.sr / 2:g} Hz, half the rate "
                "of the analysis, and is not seen. Choose a higher ",
                Argument("sr"),
                ", or ",
                Setting("sr", None),
                f", which keeps the sound's own {audio.sr:g} Hz.",
            )


class Part(NamedTuple):
    """Values of the next frames of some rows."""

    rows: slice
    values: NDArray[Any]  # (n_frames, n_rows)


ALL_ROWS = slice(0, None)
