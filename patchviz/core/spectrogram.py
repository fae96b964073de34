"""A spectrogram: an array, and what its rows, columns and values mean."""

from __future__ import annotations

import dataclasses
import os
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, Self, Unpack

import numpy as np

from .._util.reductions import Summary, summarize
from .._util.text import one_line
from .._util.validation import MAX_TIME, check_number, check_text
from ..audio.source import Audio, example_audio
from ..errors import Argument, InvalidValueError
from ..features.base import Features
from ..features.clock import check_audio, set_clock
from ..features.compute import compute
from ..features.frontend import FrontEndLike
from ..features.options import FrontEndOptions
from .labels import LabelledRecording, labels_of
from .patches import Patches
from .times import format_span

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Patches", "Spectrogram", "column_maxima"]


@dataclasses.dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Spectrogram(Features, LabelledRecording):
    """A spectrogram: values and what they mean. Frozen, and never a copy of the array given.

    Frame *k* occupies the time from ``start + k * frame_duration`` to
    ``start + (k + 1) * frame_duration``, with ``frame_duration = hop_length / sr``. The middle of
    its window lies at its start.

    Parameters
    ----------
    values : array_like, shape (n_bins, n_frames)
        Real numbers; row 0 is the lowest frequency. Not copied: a :class:`numpy.memmap` stays
        on disk, and ``np.shares_memory(spec.values, values)`` holds. NaN and infinite values
        are drawn as gaps and counted in the ``repr``. Values are looked through once, when
        their range is first needed: after changing them in place make a new Spectrogram.
    sr : float, default: 22050
        Sampling rate in Hz, as in :func:`librosa.stft`.
    hop_length : int, default: 512
        Samples from one frame to the next.
    n_fft : int, optional
        Samples in a window. For ``y_axis="linear"`` and ``"log"`` rows are ``sr / n_fft`` apart;
        by default all rows of an STFT are there, and it is ``2 * (n_bins - 1)``.
    y_axis : {"none", "mel", "linear", "log", "cqt_hz", "cqt_note", "chroma"}
        What the rows are, as in :func:`librosa.display.specshow`.
    fmin, fmax : float, optional
        The range of the rows in Hz. For ``"mel"`` it is that of the filters, by default 0 to
        ``sr / 2``. For ``"linear"`` and ``"log"`` they are the frequencies of the first and the
        last row, for instance of a slice of an STFT's rows; one of them with `n_fft` will do. For
        ``"cqt_hz"`` and ``"cqt_note"`` `fmin` is that of the first row, by default C1, 32.70 Hz.
    htk : bool, default: False
        For ``"mel"``: the HTK formula in place of Slaney's.
    bins_per_octave : int, default: 12
        For ``"cqt_hz"``, ``"cqt_note"`` and ``"chroma"``.
    quantity : str, optional
        What the values are, for instance ``"Level relative to the maximum"``. With the unit it
        labels the colour bar.
    unit : str, optional
        Unit of the values, for instance ``"dB"``.
    floor : float, optional
        The value that silence has in every recording alike: what padding is filled with.
    y_label : str, optional
        Label of the frequency axis, in place of the one that `y_axis` brings.
    start : float, default: 0.0
        Time of the first frame in seconds: where the middle of its window lies, which with
        librosa's ``center=False`` is ``n_fft / 2 / sr``. It does not move the sound: that has a
        start of its own, so that a slice of the values keeps its sound.
    name : str, optional
        What the recording is called.
    audio : Audio, optional
        The sound that belongs to it, if known: :meth:`Audio.from_array` or
        :meth:`Audio.from_file`. What is heard at a frame's time *t* is the sound at *t*, from
        ``audio.start`` on: one channel, the mean of all that `audio` has.
    labels : path, DataFrame or records, optional
        What people wrote down, as for :meth:`with_labels`; kept as a pandas frame.
    origin : str, optional
        How the samples came about that were analysed, where that is not plain: for example
        ``"decoded by ffmpeg, resampled from 300000 Hz"``. The ``repr`` says so.

    Raises
    ------
    InvalidTypeError
        If `values` are no real numbers or a masked array, or `audio` is no :class:`Audio`.
    InvalidValueError
        If `values` are not two-dimensional or are empty, `audio` lies wholly before or after
        them, or an option is out of range.

    See Also
    --------
    Spectrogram.from_file : From a sound file of any length.
    Spectrogram.from_audio : From samples.
    Patches : What it is carved into.

    Examples
    --------
    >>> import numpy as np
    >>> import patchviz as pv
    >>> values = np.random.default_rng(0).normal(size=(128, 640)).astype(np.float32)
    >>> spec = pv.Spectrogram(values, sr=22050, hop_length=512, y_axis="mel")
    >>> spec
    Spectrogram of (128, 640): mel, 22050 Hz, hop 512 samples, 0.000-14.861 s
    >>> np.shares_memory(spec.values, values)
    True
    """

    start: float = 0.0
    name: str = ""
    audio: Audio | None = None
    labels: Any = None
    origin: str = ""
    middle: float = dataclasses.field(default=0.0, init=False)  # which `start` says

    def __post_init__(self) -> None:
        super().__post_init__()
        # The dataclass is frozen to everyone else.
        object.__setattr__(self, "start", check_number("start", self.start, unit="s"))
        check_text("name", self.name)
        check_text("origin", self.origin)
        self._check_times()
        if self.audio is not None:
            check_audio(self, self.audio, self.start)
        if self.labels is not None:
            object.__setattr__(self, "labels", labels_of(self, self.labels))

    def _check_times(self) -> None:
        """Refuse frames whose times cannot be told apart, or lie where no recording ends."""
        step = np.spacing(max(abs(self.start), abs(self.end)))
        if self.end > MAX_TIME or not self.frame_duration > 4 * step:
            raise InvalidValueError(
                Argument("start", self.start, "s"),
                f" with {self.n_frames} frames of {self.frame_duration:.6g} s ends at "
                f"{self.end:.6g} s, where numbers are {step:.2g} s apart",
                allowed=f"such that frames can be told apart, and end before {MAX_TIME:g} s",
                remedy=("Look at ", Argument("sr"), " and ", Argument("hop_length"), " too."),
            )

    # -- constructors ----------------------------------------------------------------------

    @classmethod
    def from_audio(
        cls,
        y: ArrayLike,
        *,
        sr: float,
        kind: FrontEndLike = "mel",
        mono: bool = False,
        start: float = 0.0,
        name: str = "",
        progress: bool = True,
        **options: Unpack[FrontEndOptions],
    ) -> Self:
        """Compute the spectrogram of samples: by default log-mel, as in librosa's example.

        Parameters
        ----------
        y : array_like, shape (n_samples,) or (n_channels, n_samples)
            Real floating-point samples, -1 to 1 at full scale.
        sr : float
            Sampling rate of `y` in Hz.
        kind : {"mel", "stft", "cqt", "chroma", "mfcc"}, FrontEnd or callable
            The front end: the name of :class:`Mel`, :class:`Stft`, :class:`Cqt`, :class:`Chroma`
            or :class:`Mfcc`; an object such as ``Mel(n_mels=64)``; or what your own model sees, a
            function ``f(y, sr)`` of samples of shape (n_samples,) that returns an array of shape
            (n_bins, n_frames) or :class:`Features`.
        mono : bool, default: False
            Whether several channels are mixed to one, their mean.
        start : float, default: 0.0
            Time of the first sample in seconds.
        name : str, optional
            What the recording is called.
        progress : bool, default: True
            Whether work that takes longer than a second shows a progress bar, in a terminal or a
            notebook.
        **options
            Fields of the front end that `kind` names, listed and explained at :class:`Mel`,
            :class:`Stft`, :class:`Cqt`, :class:`Chroma` and :class:`Mfcc`: ``n_mels=64``. An
            object has its own. For a function that returns an array, `hop_length`, unless it is
            the default of a parameter of that name.

        Returns
        -------
        Spectrogram
            By default ``librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sr),
            ref=np.max)``, to the bit.

        Raises
        ------
        InvalidTypeError
            If `y` are no floating-point samples: integers must be scaled first; if an option is
            not one of `kind`, or given beside an object.
        InvalidValueError
            If `y` is empty, not finite, or has several channels and `mono` is False, or if an
            option is out of range, or what a function returns cannot be values of the sound.

        Examples
        --------
        >>> import numpy as np
        >>> import patchviz as pv
        >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)
        >>> pv.Spectrogram.from_audio(y, sr=22050, n_mels=64)
        Spectrogram of (64, 44): mel, 22050 Hz, hop 512 samples, 0.000-1.022 s, dB
        """
        audio = Audio.from_array(y, sr, name=name, start=start)
        features = compute(audio, kind=kind, mono=mono, progress=progress, **options)
        return cls._of(features, audio, name=name, origin=audio.origin(mono=mono))

    @classmethod
    def from_file(
        cls,
        file: str | os.PathLike[str] | IO[bytes],
        *,
        sr: float | None = 22050,
        kind: FrontEndLike = "mel",
        mono: bool = False,
        start: float = 0.0,
        name: str | None = None,
        on_damage: str = "raise",
        progress: bool = True,
        **options: Unpack[FrontEndOptions],
    ) -> Self:
        """Compute the spectrogram of a sound file of any length.

        The file is decoded, resampled and transformed block by block: memory holds the result
        and one block.

        Parameters
        ----------
        file : path or binary file object
            Whatever libsndfile decodes: WAV, FLAC, Ogg Vorbis, Opus, MP3 ... And with ffmpeg what
            that decodes: M4A, WMA, WavPack, the sound of films ...
        sr : float or None, default: 22050
            Sampling rate in Hz to resample to; None keeps the file's own.
        kind : {"mel", "stft", "cqt", "chroma", "mfcc"}, FrontEnd or callable
            The front end: the name of :class:`Mel`, :class:`Stft`, :class:`Cqt`, :class:`Chroma`
            or :class:`Mfcc`; an object such as ``Mel(n_mels=64)``; or what your own model sees, a
            function ``f(y, sr)`` of samples of shape (n_samples,) that returns an array of shape
            (n_bins, n_frames) or :class:`Features`.
        mono : bool, default: False
            Whether several channels are mixed to one, their mean.
        start : float, default: 0.0
            Time of the file's first sample in seconds, such as that of the day. It names times and
            skips nothing: to see a part, give its samples to :meth:`from_audio`, for instance
            ``Audio.from_file(file).read(60, 70)[0]`` with ``start=60``.
        name : str, optional
            What the recording is called; by default the file's name.
        on_damage : {"raise", "keep"}, default: "raise"
            Whether a file that was cut short or is damaged is refused, or what comes before the
            damage is kept, with a warning. `truncated` then says so.
        progress : bool, default: True
            Whether work that takes longer than a second shows a progress bar, in a terminal or a
            notebook.
        **options
            Fields of the front end that `kind` names, listed and explained at :class:`Mel`,
            :class:`Stft`, :class:`Cqt`, :class:`Chroma` and :class:`Mfcc`: ``n_mels=64``. An
            object has its own. For a function that returns an array, `hop_length`, unless it is
            the default of a parameter of that name.

        Returns
        -------
        Spectrogram
            Equal to :meth:`from_audio` of the whole file's samples, within 1e-3 dB at the file's
            own rate and within 0.1 dB where it is resampled.

        Raises
        ------
        AudioFileNotFoundError
            If there is no such file.
        AudioFileError
            If it cannot be decoded, to its end; or if only ffmpeg could, and there is none.
        InvalidValueError, InvalidTypeError
            If it has several channels and `mono` is False, or if an option is out of range or
            not one of `kind`.

        Warns
        -----
        UserWarning
            If the file holds more or less than its header says, or samples that are not finite;
            those are drawn as gaps.

        Examples
        --------
        >>> import patchviz as pv
        >>> from importlib.resources import files
        >>> clip = files("patchviz") / "data" / "sonnet1.ogg"
        >>> pv.Spectrogram.from_file(clip, kind="stft", n_fft=1024)
        Spectrogram 'sonnet1.ogg' of (513, 1279): linear, 22050 Hz, hop 256 samples,
        0.000-14.849 s, dB
        """
        audio = Audio.from_file(file, start=start, on_damage=on_damage)
        features = compute(audio, sr=sr, kind=kind, mono=mono, progress=progress, **options)
        origin = audio.origin(sr, mono=mono)
        return cls._of(features, audio, name=audio.name if name is None else name, origin=origin)

    @classmethod
    def example(cls, *, kind: FrontEndLike = "mel", **options: Unpack[FrontEndOptions]) -> Self:
        """Return the spectrogram of the embedded clip: speech, Shakespeare's Sonnet 1, 14.84 s.

        Parameters
        ----------
        kind : {"mel", "stft", "cqt", "chroma", "mfcc"}, FrontEnd or callable
            The front end, as for :meth:`from_audio`.
        **options
            Fields of the front end that `kind` names, as for :meth:`from_audio`.

        Returns
        -------
        Spectrogram
            By default of shape (128, 640), at 22050 Hz.

        Examples
        --------
        >>> import patchviz as pv
        >>> pv.Spectrogram.example()
        Spectrogram 'Sonnet 1' of (128, 640): mel, 22050 Hz, hop 512 samples, 0.000-14.861 s, dB
        """
        audio = example_audio()
        return cls._of(compute(audio, kind=kind, **options), audio, name="Sonnet 1")

    @classmethod
    def _of(cls, features: Features, audio: Audio, *, name: str, origin: str = "") -> Self:
        meaning = {f.name: getattr(features, f.name) for f in dataclasses.fields(Features)}
        start = audio.start + meaning.pop("middle") / features.sr
        set_clock(features, audio)
        return cls(**meaning, audio=audio, start=start, name=name, origin=origin)

    # -- sizes and times -------------------------------------------------------------------

    @property
    def n_bins(self) -> int:
        """Number of rows."""
        return int(self.values.shape[0])

    @property
    def n_frames(self) -> int:
        """Number of columns."""
        return int(self.values.shape[1])

    @property
    def frame_duration(self) -> float:
        """Seconds from one frame to the next: ``hop_length / sr``."""
        return self.hop_length / self.sr

    @property
    def duration(self) -> float:
        """Length in seconds: ``n_frames * frame_duration``."""
        return self.n_frames * self.frame_duration

    @property
    def end(self) -> float:
        """Time at which the last frame ends, in seconds: ``start + duration``."""
        return self.start + self.duration

    @property
    def truncated(self) -> bool:
        """Whether sound is missing at the end, since the file was cut short or is damaged."""
        return self.audio is not None and self.audio.truncated

    # -- values ----------------------------------------------------------------------------

    @cached_property
    def _summary(self) -> Summary:
        return summarize(self.values)

    @property
    def finite_range(self) -> tuple[float, float]:
        """Smallest and largest finite value, (nan, nan) if there is none. Found once."""
        return self._summary.finite_range[:2]

    @property
    def n_nonfinite(self) -> int:
        """How many values are NaN or infinite."""
        return self._summary.finite_range.n_nonfinite

    # -- patches ---------------------------------------------------------------------------

    def patches(
        self,
        *,
        duration: float | None = None,
        hop_duration: float | None = None,
        frame_length: int | None = None,
        hop_length: int | None = None,
        starts: ArrayLike | None = None,
        tail: str = "drop",
        pad_value: float | str | None = None,
        min_filled: float | None = None,
    ) -> Patches:
        """Carve the spectrogram into overlapping patches of fixed duration, copying nothing.

        Parameters
        ----------
        duration : float, optional
            Length of a patch in seconds, rounded down to whole frames. Or give `frame_length`.
        hop_duration : float, optional
            Time from one patch's start to the next one's in seconds, rounded down likewise. Or
            give `hop_length`; without either, patches do not overlap.
        frame_length : int, optional
            Columns in a patch, in frames.
        hop_length : int, optional
            Columns from one patch's start to the next one's, in frames.
        starts : array_like, shape (n_patches,), optional
            Where every patch starts, in place of a hop: times of the recording in seconds with
            `duration`, each rounded down by itself; frames with `frame_length`.
        tail : {"drop", "pad", "overlap"}, default: "drop"
            Whether the frames after the last whole patch are left out, padded to one more, or the
            end of one more that is moved back to the end.
        pad_value : float or "floor", optional
            The value of padding, by default `floor`, or the smallest finite value.
        min_filled : float, optional
            The least part of a padded patch that is sound, 0 to 1; one with less is left out.

        Returns
        -------
        Patches
            ``patches.values`` has the shape (n_bins, frame_length, n_patches), and patch *i* is
            ``values[:, i*hop_length : i*hop_length + frame_length]``.

        Raises
        ------
        InvalidValueError, InvalidTypeError
            As :class:`Patches` does.

        Examples
        --------
        >>> import patchviz as pv
        >>> spec = pv.Spectrogram.example()
        >>> patches = spec.patches(duration=5.0, hop_duration=0.1)
        >>> patches.values.shape
        (128, 215, 107)
        """
        return Patches(
            self,
            duration=duration,
            hop_duration=hop_duration,
            frame_length=frame_length,
            hop_length=hop_length,
            starts=starts,
            tail=tail,
            pad_value=pad_value,
            min_filled=min_filled,
        )

    # -- what a person must know -----------------------------------------------------------

    def __repr__(self) -> str:
        facts = [
            self.y_axis if self.y_axis != "none" else "",
            f"{self.sr:.10g} Hz",
            f"hop {self.hop_length} sample{'s' if self.hop_length != 1 else ''}",
            format_span(self.start, self.end, 0.0, 3),  # in seconds, however long
            one_line(self.unit),
            one_line(self.origin),
            f"{self.n_nonfinite:,} of its values not finite" if self.n_nonfinite else "",
        ]
        named = f" {self.name!r}" if self.name else ""
        return f"Spectrogram{named} of {self.values.shape}: {', '.join(filter(None, facts))}"


Patches._spectrogram_class = Spectrogram


def column_maxima(spectrogram: Spectrogram) -> NDArray[Any] | None:
    """Return the maxima of a long recording's columns, as `reductions.summarize` finds them.

    They are found together with the range of the values, once. Not a member: how many columns are
    one may change.
    """
    return spectrogram._summary.maxima
