"""A spectrogram: an array, and what its rows, columns and values mean."""

from __future__ import annotations

import copy
import dataclasses
import os
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from .._util.reductions import Summary, above_medians, summarize
from .._util.text import one_line
from .._util.validation import MAX_TIME, check_int, check_number, check_text
from ..audio.recorded import check_began
from ..audio.source import Audio
from ..errors import Argument, InvalidValueError
from ..features.base import Features
from ..features.clock import check_audio, set_clock
from ..features.rows import hertz_of_rows
from .carving import rows_of
from .computed import ComputedFromSound
from .labels import LabelledRecording
from .patches import Patches
from .store import save
from .times import format_span

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Patches", "Spectrogram", "column_maxima"]


@dataclasses.dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Spectrogram(Features, ComputedFromSound, LabelledRecording):
    """A spectrogram: values and what they mean. Frozen, and never a copy of the array given.

    Frame *k* occupies the time from ``start + k * frame_duration`` to
    ``start + (k + 1) * frame_duration``, with ``frame_duration = hop_length / sr``. The middle of
    its window lies at its start; of pooled frames, that of the first one.

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
    n_channels : int, default: 1
        How many channels the rows are of. Each has as many as the next, those of the last channel
        first, so that channel 0 is drawn at the top: ``np.concatenate(channels[::-1])``.
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
        How the samples came about that were analysed, where that is not plain, and what columns
        are: for example ``"decoded by ffmpeg, resampled from 300000 Hz, each column the maximum of
        64 frames"``. The ``repr`` says so.
    recording_start : datetime, optional
        When time 0 of the recording was, if that is known. Axes and captions then show the time of
        day, and the date where it changes; all numbers stay seconds of the recording. One that
        knows its offset from UTC keeps that for the whole of the recording.

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
    recording_start: datetime | None = None
    middle: float = dataclasses.field(default=0.0, init=False)  # which `start` says

    def __post_init__(self) -> None:
        super().__post_init__()
        # The dataclass is frozen to everyone else.
        object.__setattr__(self, "start", check_number("start", self.start, unit="s"))
        check_text("name", self.name)
        check_text("origin", self.origin)
        self._check_times()
        if self.recording_start is not None:
            last = max(self.start, self.end, key=abs)
            moment = check_began("recording_start", self.recording_start, last)
            object.__setattr__(self, "recording_start", moment)
        if self.audio is not None:
            check_audio(self, self.audio, self.start)
        if self.labels is not None:
            self._set_labels(self.labels)

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

    # -- sizes and times -------------------------------------------------------------------

    @property
    def n_bins(self) -> int:
        """Number of rows, of all channels together."""
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
    def frequencies(self) -> NDArray[np.float64] | None:
        """Frequency of each row in Hz, shape (n_bins,); None where rows have none.

        The centres of mel bands, the frequencies of an STFT, the pitches of a constant-Q transform;
        of several channels those of each, from the bottom. ``values[frequencies > 2000]`` is what
        lies above 2 kHz.
        """
        rows = hertz_of_rows(self, np.arange(self.bins_per_channel, dtype=float))
        return None if rows is None else np.tile(rows, self.n_channels)

    @property
    def truncated(self) -> bool:
        """Whether sound is missing at the end, since the file was cut short or is damaged."""
        return self.audio is not None and self.audio.truncated

    # -- channels --------------------------------------------------------------------------

    def channel(self, index: int) -> Spectrogram:
        """Return the spectrogram of one channel: its rows, on the same clock, copying nothing.

        Parameters
        ----------
        index : int
            Number of the channel, counted from 0.

        Returns
        -------
        Spectrogram
            ``channel(c).values`` is ``values[(n_channels - 1 - c) * bins_per_channel:][
            :bins_per_channel]``. What is heard of it is its own channel of the sound.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If there is no such channel.

        Examples
        --------
        >>> import numpy as np
        >>> import patchviz as pv
        >>> y = np.random.default_rng(0).uniform(-0.1, 0.1, (8, 22050))
        >>> array = pv.Spectrogram.from_audio(y, sr=22050, channels="all")
        >>> array.values.shape
        (1024, 44)
        >>> array.channel(7).values.shape
        (128, 44)
        >>> np.shares_memory(array.channel(7).values, array.values)
        True
        """
        check_int("index", index, minimum=0, maximum=self.n_channels - 1)
        first = (self.n_channels - 1 - index) * self.bins_per_channel
        audio = self.audio
        if audio is not None and audio.n_channels == self.n_channels > 1:
            audio = audio.part(channel=index)
            set_clock(self, audio)
        origin = f"{self.origin}, channel {index}".removeprefix(", ")
        return rows_of(
            self, first, first + self.bins_per_channel, n_channels=1, audio=audio,
            origin=origin if self.n_channels > 1 else self.origin,
        )  # fmt: skip

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

    def minus_floor(self) -> Self:
        """Return a spectrogram of how far each value lies above the median of its row.

        A hum, a slope of the microphone and the noise of a river are the same all the time: what
        is left is what comes and goes.

        Returns
        -------
        Spectrogram
            A new one, with an array of its own of the same shape, in single precision, or double
            where values have it: ``values - numpy.nanmedian(values, axis=1, keepdims=True)``, of
            values that are finite. Gaps stay gaps. Its unit is ``"dB above the median"`` where
            values are in dB, relative to whatever.

        See Also
        --------
        plot_spectrogram : Has ``clim="robust"`` and ``clim=(0, 30)`` for what stands out.

        Notes
        -----
        Of levels, half of the values of a row are below 0, and silence has no value of its own:
        `floor` is None.

        Examples
        --------
        >>> import numpy as np
        >>> import patchviz as pv
        >>> spec = pv.Spectrogram.example(kind="mel", top_db=None).minus_floor()
        >>> spec.unit
        'dB above the median'
        >>> bool(np.allclose(np.median(spec.values, axis=1), 0, atol=1e-4))
        True
        """
        unit = "dB" if self.unit.startswith("dB") else self.unit
        new = copy.copy(self)
        vars(new).pop("_summary", None)
        vars(new).update(
            values=above_medians(self.values),
            quantity="Level" if unit == "dB" else self.quantity,
            unit=f"{unit} above the median".lstrip(),
            floor=None,
        )
        new.values.flags.writeable = False
        return new

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
            The value of padding, by default `floor`, or the smallest finite value. At an absolute
            level the floor is what silence would be, ``-300.0`` dB and far below any sound: what
            goes to a model is better padded with the quietest of its sound,
            ``pad_value=spec.finite_range[0]``, or with what it was trained on.
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

        Warns
        -----
        UserWarning
            If `starts` leave out windows in which there are labels: how many, and which starts
            have all.

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

    # -- what is kept ----------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the spectrogram into a file that :func:`open` opens at once, however long it is.

        The file holds the values, what they mean, the labels and where the sound is. The sound
        itself is in it only if it lies in no file: samples and file objects.

        Parameters
        ----------
        path : path
            A name that ends with ``.npz``: numpy's format, uncompressed, so that values are mapped
            into memory and not read; ``numpy.load(path)["values"]`` reads them without patchviz.
            (A zarr array is read chunk by chunk, and decoded, for every picture: where another
            program wants one, give it ``zarr.create_array("day.zarr", data=spec.values)``.) A file
            that is there is replaced, whole or not at all.

        Raises
        ------
        InvalidValueError, InvalidTypeError, FolderNotFoundError
            If `path` does not end so, or its folder is not there.
        OSError
            If it cannot be written, or the file of its sound cannot be read.

        See Also
        --------
        open : The way back.

        Examples
        --------
        >>> import patchviz as pv
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder) / "sonnet1.npz"
        ...     pv.Spectrogram.example().save(path)
        ...     pv.open(path).values.shape
        (128, 640)
        """
        save(self, path)

    # -- what a person must know -----------------------------------------------------------

    def __repr__(self) -> str:
        facts = [
            f"{self.n_channels} channels" if self.n_channels > 1 else "",
            self.y_axis if self.y_axis != "none" else "",
            f"{self.sr:.10g} Hz",
            f"hop {self.hop_length} sample{'s' if self.hop_length != 1 else ''}",
            format_span(self.start, self.end, 0.0, 3),  # in seconds, however long
            f"from {self.recording_start} on" if self.recording_start else "",
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
