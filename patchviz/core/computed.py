"""Spectrograms computed from sound: from samples, from a file, from the embedded clip."""

from __future__ import annotations

import dataclasses
import functools
import os
from datetime import datetime
from typing import IO, TYPE_CHECKING, Self, Unpack

from .._util.reductions import Reduction
from .._util.validation import check_bool, check_choice
from ..audio.example import example_audio
from ..audio.part import Extent
from ..audio.recorded import Start, when_began
from ..audio.source import Audio
from ..errors import Argument, InvalidValueError
from ..features.base import Features
from ..features.clock import set_clock
from ..features.compute import compute
from ..features.frontend import FrontEndLike
from ..features.options import FrontEndOptions
from ..features.pooling import Pooling
from .cache import cached

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["ComputedFromSound", "check_channels"]


class ComputedFromSound:
    """The constructors of a spectrogram that compute it."""

    @classmethod
    def from_audio(
        cls,
        y: ArrayLike,
        *,
        sr: float,
        kind: FrontEndLike = "mel",
        mono: bool = False,
        offset: float = 0.0,
        duration: float | None = None,
        channel: int | None = None,
        channels: str | None = None,
        pool: int = 1,
        reduce: Reduction = "max",
        start: Start = 0.0,
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
        kind : {"mel", "stft", "cqt", "chroma", "mfcc", "pcen"}, FrontEnd or callable
            The front end: the name of :class:`Mel`, :class:`Stft`, :class:`Cqt`, :class:`Chroma`,
            :class:`Mfcc` or :class:`Pcen`; an object such as ``Mel(n_mels=64)``; or your model's, a
            function ``f(y, sr)`` of samples of shape (n_samples,) that returns an array of shape
            (n_bins, n_frames) or :class:`Features`.
        mono : bool, default: False
            Whether several channels are mixed to one, their mean.
        offset, duration : float, optional
            A part of the samples: seconds before it, and its length in seconds, by default up to
            the end. Its times are those of the whole; windows at its ends see what is around it,
            as for :meth:`from_file`.
        channel : int, optional
            One of several channels, counted from 0: that of ``y[channel]``.
        channels : {"all"}, optional
            All channels at once, on one clock and one scale of colours: the spectrogram has the
            rows of each, the first at the top, and every view draws them one above the other;
            :meth:`channel` is one of them. What is heard is their mean.
        pool : int, default: 1
            How many frames become one column, so that a day fits into tens of MB and no sound is
            skipped: ``spec.hop_length`` is so many times the front end's. A column lasts as long
            as its frames do.
        reduce : {"max", "mean", "median"}, default: "max"
            What a column is of its frames: of their powers, where those become decibels.
        start : float or datetime, default: 0.0
            Time of the first sample in seconds; or when it was recorded, a
            :class:`datetime.datetime` or one as ISO 8601 writes it: see `recording_start`.
        name : str, optional
            What the recording is called.
        progress : bool, default: True
            Whether work that takes longer than a second shows a progress bar, in a terminal or a
            notebook.
        **options
            Fields of the front end that `kind` names, listed and explained at :class:`Mel`,
            :class:`Stft`, :class:`Cqt`, :class:`Chroma`, :class:`Mfcc` and :class:`Pcen`:
            ``n_mels=64``. An object has its own. For a function that returns an array,
            `hop_length`, unless it is the default of a parameter of that name.

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
            If `y` is empty, not finite, or has several channels, of which none is chosen and
            `mono` is False, or if an option is out of range, or what a function returns cannot be
            values of the sound.

        Examples
        --------
        >>> import numpy as np
        >>> import patchviz as pv
        >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)
        >>> pv.Spectrogram.from_audio(y, sr=22050, n_mels=64)
        Spectrogram of (64, 44): mel, 22050 Hz, hop 512 samples, 0.000-1.022 s, dB
        """
        pooling = Pooling.of(pool, reduce)
        check_channels(channel, channels, mono=mono)
        begin, moment = when_began(None, start)
        extent = Extent(offset, duration, channel)
        audio = Audio.from_array(y, sr, name=name, start=begin)
        if not extent.is_whole:
            audio = audio.part(offset=offset, duration=duration, channel=channel)
        features = compute(
            audio,
            kind=kind,
            mono=mono,
            channels=channels,
            pooling=pooling,
            progress=progress,
            **options,
        )
        origin = _joined(audio.origin(mono=mono), str(pooling))
        return cls._of(features, audio, name=name, origin=origin, moment=moment)

    @classmethod
    def from_file(
        cls,
        file: str | os.PathLike[str] | IO[bytes],
        *,
        sr: float | None = 22050,
        kind: FrontEndLike = "mel",
        mono: bool = False,
        offset: float = 0.0,
        duration: float | None = None,
        channel: int | None = None,
        channels: str | None = None,
        pool: int = 1,
        reduce: Reduction = "max",
        start: Start = 0.0,
        name: str | None = None,
        on_damage: str = "raise",
        cache: bool | str | os.PathLike[str] = False,
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
        kind : {"mel", "stft", "cqt", "chroma", "mfcc", "pcen"}, FrontEnd or callable
            The front end: the name of :class:`Mel`, :class:`Stft`, :class:`Cqt`, :class:`Chroma`,
            :class:`Mfcc` or :class:`Pcen`; an object such as ``Mel(n_mels=64)``; or your model's, a
            function ``f(y, sr)`` of samples of shape (n_samples,) that returns an array of shape
            (n_bins, n_frames) or :class:`Features`.
        mono : bool, default: False
            Whether several channels are mixed to one, their mean.
        offset : float, default: 0.0
            Seconds of the file before the part that is seen. Times stay those of the file: the
            spectrogram starts at ``start + offset``. The part is decoded alone, where its format
            has an index, and its sound alone goes with it. The windows of centred frames at its
            ends see what the file has around it: columns are as they are in the whole, also of
            functions of yours that have a `context` (see :class:`FrontEnd`); others are given the
            part alone. ``"pcen"`` begins with the part, and a tuning is estimated from that.
        duration : float, optional
            Length of the part in seconds; by default up to the end.
        channel : int, optional
            One of several channels, counted from 0 as those of an array.
        channels : {"all"}, optional
            All channels at once, on one clock and one scale of colours: the spectrogram has the
            rows of each, the first at the top, and every view draws them one above the other;
            :meth:`channel` is one of them. What is heard is their mean.
        pool : int, default: 1
            How many frames become one column, so that a day fits into tens of MB and no sound is
            skipped: ``spec.hop_length`` is so many times the front end's. A column lasts as long
            as its frames do.
        reduce : {"max", "mean", "median"}, default: "max"
            What a column is of its frames: of their powers, where those become decibels.
        start : float, datetime, "filename" or "metadata", default: 0.0
            Time of the file's first sample in seconds: it names times and skips nothing. Or when
            that was recorded, which axes and captions then show as the time of day, while
            numbers stay seconds of the file: a :class:`datetime.datetime`, or one as ISO 8601
            writes it, of which a date alone is its midnight; what the file's name says, as
            recorders write it (``20240512_063000``, ``20240512T063000+0200``,
            ``5146.240512063000``, ``5CD7E6F0``); or what is written in a WAV (a GUANO, wamd or
            bext chunk, an AudioMoth's comment). See `recording_start`.
        name : str, optional
            What the recording is called; by default the file's name.
        on_damage : {"raise", "keep"}, default: "raise"
            Whether a file that was cut short or is damaged is refused, or what comes before the
            damage is kept, with a warning. `truncated` then says so.
        cache : bool or path, default: False
            Whether the spectrogram is kept, and opened in place of being computed when the same is
            asked of a file with the same content; with the same warnings. In a folder of yours, or
            in that of the system (Linux: ``~/.cache/patchviz``, or where ``XDG_CACHE_HOME`` says).
            It grows, and may be removed at any time.
        progress : bool, default: True
            Whether work that takes longer than a second shows a progress bar, in a terminal or a
            notebook.
        **options
            Fields of the front end that `kind` names, listed and explained at :class:`Mel`,
            :class:`Stft`, :class:`Cqt`, :class:`Chroma`, :class:`Mfcc` and :class:`Pcen`:
            ``n_mels=64``. An object has its own. For a function that returns an array,
            `hop_length`, unless it is the default of a parameter of that name.

        Returns
        -------
        Spectrogram
            Equal to :meth:`from_audio` of the samples of the file within 1e-3 dB at the file's own
            rate and within 0.1 dB where it is resampled; that of a part, to that of the same part
            of them.

        Raises
        ------
        AudioFileNotFoundError
            If there is no such file.
        AudioFileError
            If it cannot be decoded, to its end; or if only ffmpeg could, and there is none.
        InvalidValueError, InvalidTypeError
            If it has several channels and `mono` is False and no `channel` is chosen; if there is
            no such part or channel; if what `kind` is cannot be kept in a `cache`; or if an option
            is out of range or not one of `kind`.

        Warns
        -----
        UserWarning
            If a part would go on after the file's end; if the file holds more or less than its
            header says, or samples that are not finite; those are drawn as gaps.

        Examples
        --------
        >>> import patchviz as pv
        >>> from importlib.resources import files
        >>> clip = files("patchviz") / "data" / "sonnet1.ogg"
        >>> pv.Spectrogram.from_file(clip, kind="stft", n_fft=1024)
        Spectrogram 'sonnet1.ogg' of (513, 1279): linear, 22050 Hz, hop 256 samples,
        0.000-14.849 s, dB
        """
        make = functools.partial(
            cls._from_file,
            file,
            sr=sr,
            kind=kind,
            mono=mono,
            offset=offset,
            duration=duration,
            channel=channel,
            channels=channels,
            pooling=Pooling.of(pool, reduce),
            start=start,
            name=name,
            on_damage=on_damage,
            options=options,
        )
        return cached(cls, make, cache, progress=progress)

    @classmethod
    def _from_file(
        cls,
        file: str | os.PathLike[str] | IO[bytes],
        *,
        sr: float | None,
        kind: FrontEndLike,
        mono: bool,
        offset: float,
        duration: float | None,
        channel: int | None,
        channels: str | None,
        pooling: Pooling,
        start: Start,
        name: str | None,
        on_damage: str,
        options: FrontEndOptions,
        progress: bool,
    ) -> Self:
        """Compute what :meth:`from_file` says."""
        check_channels(channel, channels, mono=mono)
        begin, moment = when_began(file, start)
        audio = Audio.from_file(
            file, offset=offset, duration=duration, channel=channel,
            start=begin, on_damage=on_damage,
        )  # fmt: skip
        features = compute(
            audio,
            sr=sr,
            kind=kind,
            mono=mono,
            channels=channels,
            pooling=pooling,
            progress=progress,
            **options,
        )
        origin = _joined(audio.origin(sr, mono=mono), str(pooling))
        name = audio.name if name is None else name
        return cls._of(features, audio, name=name, origin=origin, moment=moment)

    @classmethod
    def example(cls, *, kind: FrontEndLike = "mel", **options: Unpack[FrontEndOptions]) -> Self:
        """Return the spectrogram of the embedded clip: speech, Shakespeare's Sonnet 1, 14.84 s.

        Parameters
        ----------
        kind : {"mel", "stft", "cqt", "chroma", "mfcc", "pcen"}, FrontEnd or callable
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
    def _of(
        cls,
        features: Features,
        audio: Audio,
        *,
        name: str,
        origin: str = "",
        moment: datetime | None = None,
    ) -> Self:
        meaning = {f.name: getattr(features, f.name) for f in dataclasses.fields(Features)}
        meaning["start"] = audio.start + meaning.pop("middle") / features.sr
        meaning |= {"audio": audio, "name": name, "origin": origin, "recording_start": moment}
        set_clock(features, audio)
        return cls(**meaning)


def check_channels(channel: int | None, channels: str | None, *, mono: bool) -> None:
    """Refuse more than one of: a channel, all of them, and their mean."""
    mono = check_bool("mono", mono)
    if channel is not None and mono:
        raise InvalidValueError(
            Argument("channel", channel),
            " is one of the channels, and ",
            Argument("mono", True),
            " mixes them",
            remedy="Leave one of them out.",
        )
    if channels is None:
        return
    check_choice("channels", channels, ("all",))
    if channel is not None:
        raise InvalidValueError(
            Argument("channel", channel),
            " is one of the channels, and ",
            Argument("channels", channels),
            " are more",
            remedy="Leave one of them out.",
        )
    if mono:
        raise InvalidValueError(
            Argument("channels", channels),
            " shows each, and ",
            Argument("mono", True),
            " mixes them",
            remedy="Leave one of them out.",
        )


def _joined(*facts: str) -> str:
    return ", ".join(filter(None, facts))
