"""Which columns of a spectrogram are patch *i*: arithmetic, and views that copy nothing."""

from __future__ import annotations

import copy
import dataclasses
import html
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast, overload

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .._util.order import places_of
from .._util.text import plural
from .._util.validation import CHOSEN, check_chosen
from ..errors import Argument, InvalidTypeError, InvalidValueError, Setting
from .batch import Batch, as_items, as_lengths, as_names, batch_of, item_labels, warn_of_gaps
from .carving import Carving, pad, without_padding
from .coverage import SplitPatches
from .framing import Framing
from .times import asked_for, format_duration, format_requested
from .trimming import trimmed
from .unseen import Starts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from .spectrogram import Spectrogram

__all__ = ["Patches", "check_patches", "not_patches"]


@dataclasses.dataclass(init=False, eq=False, repr=False)  # frozen by a `__setattr__` that helps
class Patches(SplitPatches):
    """Overlapping patches of fixed duration: read-only views of one spectrogram.

    Patch *i* is ``spectrogram.values[:, i*hop_length : i*hop_length + frame_length]``:
    left-aligned, and not copied. Once made, patches do not change.

    Parameters
    ----------
    spectrogram : Spectrogram
        What is carved.
    frame_length : int, optional
        Columns in a patch, in frames. Give this or `duration`.
    hop_length : int, optional
        Columns from one patch's start to the next one's, in frames. Give this or
        `hop_duration` or `starts`; without any, patches follow one another without overlap.
    duration : float, optional
        Length of a patch in seconds, rounded down to whole frames as
        :func:`librosa.time_to_frames` does, except that no frame is lost to binary fractions:
        0.29 s of 10 ms frames are 29.
    hop_duration : float, optional
        Time from one patch's start to the next one's in seconds, rounded down likewise.
    starts : array_like, shape (n_patches,), optional
        Where every patch starts, in place of a hop and in increasing order: with `duration` times
        of the recording in seconds, each rounded down by itself, so that nothing drifts; with
        `frame_length` frames.
    tail : {"drop", "pad", "overlap"}, default: "drop"
        What becomes of the frames after the last whole patch. ``"drop"`` leaves them out of
        the patches (`n_tail` says how many they are). ``"pad"`` appends `pad_value` until they
        fill one more patch, as data loaders do; the padded spectrogram is one copy, made once,
        and `n_padded` says how many frames of it are padding. ``"overlap"`` takes one more patch
        that ends with the recording, and copies nothing.
    pad_value : float or "floor", optional
        The value of padding. By default the spectrogram's `floor`, which silence has in every
        recording alike, or where that is not known the smallest finite value of this one.
    min_filled : float, optional
        With ``tail="pad"``: the least part of a padded patch that is sound, 0 to 1. One that has
        less is left out.
    framing : Framing, optional
        How other patches are carved; what else is given takes its part's place. So
        ``dataclasses.replace(patches, spectrogram=other)`` carves another recording alike, and
        ``dataclasses.replace(patches, hop_length=8)`` the same one anew. What an earlier carving
        padded is padded anew, not twice; scores, which are of patches, are given anew, too.

    Attributes
    ----------
    spectrogram : Spectrogram
        What the patches are views of (with ``tail="pad"``, the padded one).
    framing : Framing
        Which frames every patch is.
    requested_duration, requested_hop_duration : float or None
        What was asked for in seconds; `duration` and `hop_duration` say what it became.

    Raises
    ------
    InvalidValueError
        If a length is not positive or rounds down to no frame, if both or neither of
        `frame_length` and `duration` are given, or a hop and `starts`, if a patch is longer than
        the spectrogram, or reaches beyond its end, and ``tail="drop"``.
    InvalidTypeError
        If an argument is of the wrong type.

    Warns
    -----
    UserWarning
        If labels of the spectrogram are in no patch: between two, after the last, or in windows
        that `starts` leave out.

    See Also
    --------
    Spectrogram.patches : The same, from the spectrogram.
    librosa.util.frame : The same views, without the times.

    Examples
    --------
    >>> import numpy as np
    >>> import patchviz as pv
    >>> spec = pv.Spectrogram(np.arange(20.0).reshape(2, 10), sr=10, hop_length=1)
    >>> patches = pv.Patches(spec, frame_length=4, hop_length=2)
    >>> patches
    4 patches of (2, 4): 0.400 s every 0.200 s, overlap 50 %, no tail, 0 bytes added
    >>> patches[1]
    array([[ 2.,  3.,  4.,  5.],
           [12., 13., 14., 15.]])
    >>> np.shares_memory(patches.values, spec.values)
    True
    """

    _spectrogram_class: ClassVar[type[Spectrogram]]  # set where that is, which stands on this

    spectrogram: Spectrogram
    framing: Framing
    pad_value: float | str | None
    min_filled: float | None
    requested_duration: float | None = dataclasses.field(init=False)
    requested_hop_duration: float | None = dataclasses.field(init=False)

    def __init__(
        self,
        spectrogram: Spectrogram,
        *,
        frame_length: int | None = None,
        hop_length: int | None = None,
        duration: float | None = None,
        hop_duration: float | None = None,
        starts: ArrayLike | None = None,
        tail: str | None = None,
        pad_value: float | str | None = None,
        min_filled: float | None = None,
        framing: Framing | None = None,
    ) -> None:
        if not hasattr(spectrogram, "frame_duration"):
            raise InvalidTypeError(
                f"spectrogram is of type {type(spectrogram).__name__}. It must be a Spectrogram; "
                "wrap an array: patchviz.Spectrogram(values, sr=..., hop_length=...)."
            )
        if framing is not None:
            if not isinstance(framing, Framing):
                raise InvalidTypeError(
                    Argument("framing", framing),
                    f" is of type {type(framing).__name__}",
                    allowed="the framing of other patches: patches.framing",
                )
            spectrogram = without_padding(spectrogram)
        carving = Carving(
            frame_length, hop_length, duration, hop_duration, starts, tail, min_filled
        )
        framing = carving.framing(spectrogram, framing)
        if pad_value is not None and framing.tail != "pad":
            raise InvalidValueError(
                Argument("pad_value", pad_value),
                " has no use with ",
                Argument("tail", framing.tail),
                remedy=("Set ", Setting("tail", "pad"), "."),
            )
        if framing.n_padded:
            spectrogram = pad(spectrogram, framing.n_padded, pad_value)
        for name, value in {
            "spectrogram": spectrogram,
            "framing": framing,
            "pad_value": pad_value,
            "min_filled": min_filled,
            "requested_duration": None if duration is None else float(duration),
            "requested_hop_duration": None if hop_duration is None else float(hop_duration),
        }.items():
            object.__setattr__(self, name, value)
        if spectrogram.labels is not None:
            at = None if starts is None else self._starts()
            self._tell_unseen(framing.tail, framing.min_filled, at)

    def _starts(self) -> Starts:
        """Return where patches begin as somebody gave it."""
        framing = self.framing
        begin, end, frame = framing.origin, framing.end, framing.frame_duration
        if framing.asked is None:  # in frames
            length, n_frames = framing.frame_length, framing.n_frames
            return Starts(framing.starts, length, 0, n_frames, 1.0, begin, frame)
        length = np.diff(framing.asked[0])[0]
        return Starts(framing.asked[:, 0], length, begin, end, frame)

    @classmethod
    def from_batch(
        cls,
        x: ArrayLike,
        *,
        names: Sequence[str] | None = None,
        labels: Sequence[Any] | None = None,
        lengths: Sequence[int] | None = None,
        like: Spectrogram | None = None,
    ) -> Self:
        """Take what a data loader returns: every item is a patch, on one colour scale.

        Items have no times of a recording, and none are invented: they are counted, and named.

        Parameters
        ----------
        x : array_like or tensor, shape (n_items, n_bins, n_frames)
            Or of shape (n_items, 1, n_bins, n_frames). Laid side by side, it is copied once.
        names : sequence of str, optional
            What the items are called, such as their files.
        labels : sequence, optional
            A name for each item, a list of names, or None where there is none.
        lengths : sequence of int, optional
            How many frames of each item are no padding.
        like : Spectrogram, optional
            One whose rows, values and frames mean the same. By default they are numbered.

        Returns
        -------
        Patches
            ``patches[i]`` equals ``x[i]``.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If `x` is no such array, there is not one name, label or length for each item, or
            `like` has other rows.

        Warns
        -----
        UserWarning
            If values are not finite: those are drawn as gaps.

        Examples
        --------
        >>> import numpy as np
        >>> import patchviz as pv
        >>> x = np.random.default_rng(0).normal(size=(8, 1, 64, 128))
        >>> batch = pv.Patches.from_batch(x, names=[f"clip{i}.wav" for i in range(8)])
        >>> batch
        8 items of (64, 128), 524,288 bytes added
        >>> pv.PatchView(batch, index=7).title.get_text()
        'item 7 / 7 · clip7.wav'
        """
        items = as_items(x)
        warn_of_gaps(items)
        n, n_bins, n_frames = items.shape
        values = np.ascontiguousarray(items.swapaxes(0, 1)).reshape(n_bins, n * n_frames)
        if like is None:
            spec = cls._spectrogram_class(
                values, sr=n_frames, hop_length=1
            )  # an item lasts as long as 1
        else:
            if not isinstance(like, cls._spectrogram_class):
                raise InvalidTypeError(
                    Argument("like", like),
                    f" is of type {type(like).__name__}",
                    allowed="a Spectrogram, which says what the rows and frames are",
                )
            if len(like.values) != n_bins:
                raise InvalidValueError(
                    f"like has {len(like.values)} rows, and the items of x have {n_bins}",
                    allowed="a Spectrogram whose rows are those of x",
                    remedy="Leave it out, and rows are numbered.",
                )
            spec = dataclasses.replace(
                like, values=values, start=0.0, name="", audio=None, labels=None,
                recording_start=None,
            )  # fmt: skip
        duration = n_frames * spec.frame_duration
        batch = Batch(
            as_names(names, n), as_lengths(lengths, n, n_frames), n_frames, duration,
            like is not None,
        )  # fmt: skip
        known = item_labels(labels, n, duration)
        spec = spec if known is None else spec.with_labels(known)
        patches = cls(spec, frame_length=n_frames)
        for part in (spec, patches):
            object.__setattr__(part, "_batch", batch)
        return patches

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(
            f"{name} cannot be set: patches do not change. Make new ones: "
            "spectrogram.patches(duration=..., hop_duration=...)."
        )

    # -- the views -------------------------------------------------------------------------

    @property
    def values(self) -> NDArray[Any]:
        """All patches as one read-only view, shape (n_bins, frame_length, n_patches).

        ``values[..., i]`` is patch *i*. No memory is added until something copies it:
        ``values.copy()`` would take ``values.nbytes``.
        """
        hop, first = self.hop_length, self.framing.first
        if hop is None or not self.framing.is_even:
            raise InvalidValueError(
                f"{len(self)} patches at starts of their own are no single view of the "
                "spectrogram, as those at one hop are. Take them one by one, patches[i]; or copy: "
                "np.stack(list(patches), axis=-1)."
            )
        windows = sliding_window_view(self.spectrogram.values, self.frame_length, axis=-1)
        return windows[:, first : self.frames(-1)[0] + 1 : hop].swapaxes(-1, -2)

    @overload
    def __getitem__(self, index: int) -> NDArray[Any]: ...
    @overload
    def __getitem__(self, index: slice | Sequence[int] | NDArray[Any]) -> Self: ...
    def __getitem__(self, index: int | slice | Sequence[int] | NDArray[Any]) -> NDArray[Any] | Self:
        """Patch `index` as a read-only view, shape (n_bins, frame_length); or some as Patches.

        ``patches[10:20]``, ``patches[[41, 59]]`` and ``patches[mask]`` are Patches of the same
        spectrogram, whose `numbers` say which they were. An index is a position among these
        patches, not a number, but for a column of a table that is called ``patch``: that holds
        numbers. Positions must rise, as times do.
        """
        if not isinstance(index, slice):
            index = places_of("index", index, self)
            array = check_chosen("index", index, self, allowed=CHOSEN)
            if not array.ndim:
                start, stop = self.frames(cast(int, index))
                return self.spectrogram.values[:, start:stop]
        framing = self.framing
        chosen = framing.choice(index)
        part = copy.copy(self)
        object.__setattr__(part, "framing", framing.subset(chosen))
        if self._scores is not None:
            part._set_scores(self._scores[chosen])
        if part.hop_length != self.hop_length:
            object.__setattr__(part, "requested_hop_duration", None)
        return part

    def trim(self, start: float | None = None, end: float | None = None) -> Self:
        """Return the patches that lie between two times, with no more of the recording than that.

        For a page of a few minutes out of hours: the picture, and the sound, are only of these.
        Numbers, times, scores and labels stay; nothing is copied.

        Parameters
        ----------
        start, end : float, optional
            In seconds of the recording; by default where the first patch starts and the last one
            ends, so that ``patches[numbers].trim()`` is no longer than they need.

        Returns
        -------
        Patches
            Each equal to the patch of its number. Colours are those of the part, unless `clim`
            says others.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If a time is no number, no patch lies between them, or these are items of a batch.

        Examples
        --------
        >>> import patchviz as pv
        >>> patches = pv.Spectrogram.example().patches(duration=1.0, hop_duration=0.5)
        >>> part = patches.trim(4.0, 9.0)
        >>> part.numbers
        array([ 9, 10, 11, 12, 13, 14, 15, 16])
        >>> part.spectrogram
        Spectrogram 'Sonnet 1' of (128, 190): mel, 22050 Hz, ..., 4.389-8.800 s, dB
        """
        return cast(Self, trimmed(self, start, end))

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self[index] for index in range(len(self)))

    # -- what a person must know -----------------------------------------------------------

    @property
    def nbytes_added(self) -> int:
        """Bytes that the patches take beyond the spectrogram: 0, or its padded copy's."""
        return self.spectrogram.values.nbytes if self.n_padded or batch_of(self) else 0

    def _every(self) -> str:
        if self._is_picked:
            return ""
        return f" every {format_duration(self.hop_duration)}" if self.hop_length else ""

    def _asked(self) -> str:
        return asked_for(self.requested_duration, self.requested_hop_duration)

    @property
    def _is_picked(self) -> bool:
        """Whether these are some of others, at no hop that says something: any two have one."""
        numbers = self.framing.numbers
        if numbers is None or not self.framing.is_even:
            return numbers is not None
        return len(numbers) < 3 and bool((np.diff(numbers) > 1).any())

    def _tail(self) -> str:
        if self.n_padded and self.framing.number(len(self) - 1) == self.framing.last_number:
            return f"last patch padded by {plural(self.n_padded, 'frame')}"
        if self.framing.numbers is not None:  # what other patches hold is no tail
            return ""
        return f"tail of {plural(self.n_tail, 'frame')}" if self.n_tail else "no tail"

    def _some(self) -> str:
        some = self.framing.numbers is not None
        return f"some of {self.framing.last_number + 1:,}" if some else ""

    def __repr__(self) -> str:
        shape = (self.spectrogram.n_bins, self.frame_length)
        if batch_of(self):
            return f"{plural(len(self), 'item')} of {shape}, {self.nbytes_added:,} bytes added"
        facts = [
            f"{plural(len(self), 'patch')} of {shape}: {format_duration(self.duration)}"
            f"{self._every()}{self._asked()}",
            self._some(), self._spacing(), self._tail(), f"{self.nbytes_added:,} bytes added",
        ]  # fmt: skip
        return ", ".join(filter(None, facts))

    def _spacing(self) -> str:
        if self._is_picked:
            return ""
        if self.hop_length is None:
            return "at starts of their own"
        if self.hop_length > self.frame_length:
            return f"gaps of {plural(self.hop_length - self.frame_length, 'frame')}"
        return f"overlap {100 * self.overlap:.3g} %"

    def _repr_html_(self) -> str:
        rows = {
            "patches": f"{len(self):,}",
            "shape": f"{self.spectrogram.n_bins} bins × {self.frame_length} frames",
            "duration": format_requested(self.duration, self.requested_duration),
            "chosen": self._some(),
            "hop": format_requested(self.hop_duration, self.requested_hop_duration)
            if self.hop_length and not self._is_picked
            else "starts of their own",
            "neighbours": self._spacing(),
            "end": self._tail(),
            "memory added": f"{self.nbytes_added:,} bytes",
        }
        if self.spectrogram.name:
            rows = {"recording": self.spectrogram.name, **rows}
        cells = "".join(
            f'<tr><th scope="row" style="text-align:left">{name}</th>'
            f'<td style="text-align:left">{html.escape(text)}</td></tr>'
            for name, text in rows.items()
            if text
        )
        return f'<table class="patchviz-patches"><tbody>{cells}</tbody></table>'


def check_patches(patches: object, others: str = "") -> Patches:
    """Return `patches`, or say how to make them, and what others may be given."""
    if not isinstance(patches, Patches):
        made = "Patches: spectrogram.patches(duration=5.0, hop_duration=0.1)"
        raise not_patches(patches, f"{made}{others}")
    return patches


def not_patches(value: object, allowed: str, of_many: str | None = None) -> InvalidTypeError:
    """Return an error that says what `patches` must be, and what shows those of many files."""
    if of_many is None:
        of_many = (
            "recordings.patches(row) are those of one file; patchviz.player, scrub, sheet and "
            "plot_mosaic show those of many."
        )
    are_many = hasattr(value, "find") and hasattr(value, "patches")  # Recordings stand above
    return InvalidTypeError(
        f"patches is of type {type(value).__name__}",
        allowed=allowed,
        remedy=of_many if are_many else "",
    )
