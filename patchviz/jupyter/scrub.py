"""Making a scrubber, of patches or of a view: what it takes, checked."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from .._util.made import remember
from .._util.warn import once
from ..core.patches import Patches, not_patches
from ..errors import Argument, InvalidValueError
from ..plot.view import PatchView
from ..recordings.recordings import Recordings
from ..web.byrow import ByRow
from ..web.choosing import check_recordings
from ..web.encode import Encoder
from ..web.options import PlayerOptions
from ..web.player import make_player
from ..web.seen import seen_of
from ..web.sheet import check_names
from ..web.stops import with_positions
from .chooser import ChoosingScrubber
from .scrubber import Scrubber

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.colors import Colormap, Normalize
    from numpy.typing import ArrayLike

    from .._util.reductions import Reduction
    from ..plot.band import FrequencyLimits
    from ..plot.limits import ColorLimits

__all__ = ["scrub"]


def scrub(
    patches: Patches | PatchView | Recordings,
    *,
    index: int | None = None,
    title: str | None = None,
    cmap: str | Colormap | None = None,
    clim: ColorLimits | None = None,
    norm: Normalize | None = None,
    flim: FrequencyLimits | None = None,
    tlim: tuple[float, float] | None = None,
    audio: bool = False,
    audio_format: str = "ogg",
    image_format: str = "png",
    column_step: int = 1,
    reduce: Reduction | None = None,
    max_bytes: int = 8_000_000,
    loop: bool = False,
    speed: float = 1.0,
    pitch: str = "expand",
    gain_db: float = 0.0,
    time: str = "recording",
    height: int | None = None,
    labels: bool = True,
    scores: bool = True,
    classes: Sequence[str] | None = None,
    threshold: float | None = None,
    overlapping: str = "max",
    stops: str | Iterable[int] | None = None,
    truth: Mapping[str, float] | ArrayLike | None = None,
    mark: Mapping[str, ArrayLike] | None = None,
    names: Iterable[str] | None = None,
) -> Scrubber:
    """Scrub through patches in Jupyter: slider, play button, keys, and Python watching.

    Patches are drawn by the browser, from one picture of the whole spectrogram that it gets
    once. A view is drawn by the kernel, with whatever else is in its figure.

    Parameters
    ----------
    patches : Patches, PatchView or Recordings
        A view brings its own figure and colours; the scrubber takes the figure over from pyplot.
        Of recordings, up to 5,000, one is computed when it is chosen from a list above.
    index : int, optional
        The patch to begin with; of recordings its position among all. By default the one that a
        view shows, the first, or with ``stops="mistakes"``, and no `tlim`, the first mistake.
    title : str, optional
        Text above the picture; by default the recording's name.
    cmap : str or Colormap, default: "magma"
        A matplotlib colormap, or its name.
    clim : (float, float) or "robust", optional
        Values of the lowest and the highest colour, by default those of the whole spectrogram, but
        of levels in dB re full scale or a unit the loudest 80 dB. Either may be a percentile, as in
        ``("1%", "99.5%")``; ``"robust"`` is ``("2%", "98%")``.
    norm : Normalize, optional
        A matplotlib norm in place of `clim`.
    flim : (float, float), optional
        Lowest and highest frequency to show, in Hz, as far as there are rows: ``(20e3, 120e3)``,
        or ``(None, 8000)``. By default all in which there can be sound: of a file of 8 kHz those up
        to 4 kHz, whatever it is analysed at; ``(None, None)`` are all rows.
    tlim : (float, float), optional
        Which times to show at first, in seconds of the recording: within patch `index`, which is
        zoomed to them; or more than a patch, in the overview. They are those of the recording that
        is there at first.
    audio : bool, default: False
        With the sound, which is the clock while it plays.
    audio_format : {"ogg", "mp3", "opus", "flac", "wav"}
        How the sound is compressed; see :func:`player`.
    image_format : {"png", "webp"}
        Exact, or a fifth of the size; see :func:`player`.
    column_step : int, default: 1
        Frames in a column of the picture. It says how long that is; every patch must have a whole
        column.
    reduce : {"max", "mean", "median"}, optional
        What a column, and a pixel, shows of those that share it; by default their maximum.
    max_bytes : int, default: 8_000_000
        The most that the HTML in the notebook's output may take.
    loop : bool, default: False
        Begin again after the last patch.
    speed : float, default: 1.0
        1 is the speed of the recording; from 0.02 to 16.
    pitch : {"expand", "keep"}, default: "expand"
        Whether the pitch follows the speed, or stays; see :func:`player`.
    gain_db : float, default: 0.0
        How much louder it is heard, in dB, from -60 to 60.
    time : {"recording", "patch"}
        Whether the time axis counts from the start of the recording or of the patch.
    height : int, optional
        How high the picture and its overview are, in CSS pixels; by default the patch is 320.
    labels, scores : bool, default: True
        Show what was written down and what a model said. A view has its own boxes; here it is the
        readout's.
    classes, threshold, overlapping : optional
        Which classes have a lane of scores, from which score on it has its full colour, and what
        counts where patches overlap; see :func:`player`.
    stops : {"events", "mistakes"} or iterable of int, optional
        The patches that N and P, and two buttons, go to; see :func:`player`. Of recordings they go
        on to the next one that has any, which is computed then, and the list says how many of
        these each has; of events nobody knows it before.
    truth : mapping or array_like, optional
        What is true of patches, which the readout then says in place of labels, and what a
        mistake is one against; see :func:`player`. Of recordings an array has a row for each patch
        of all.
    mark : mapping, optional
        Groups of patches by name, such as ``{"train": a, "test": b}``: a lane shows where each
        lies. Of recordings they are counted through, as stops are.
    names : iterable of str, optional
        What patches can be called, the first ten by key, as in :func:`sheet`; by default the
        classes of their labels and scores. K keeps and X rejects a patch; see ``Scrubber.picked``.

    Returns
    -------
    Scrubber
        An ``ipywidgets.VBox``; its ``index`` can be set and observed. ``scrubber.stops = [3, 50]``
        sets others, and so do ``classes``, ``threshold``, ``mark``, ``labels`` and ``scores``. Of
        recordings it has a ``row`` of their ``files``, which can be set and observed too. What is
        decided stays with each recording; ``to_frame`` returns all of it. Colours span the one
        that is shown; ``clim=recordings.levels()`` are those of all.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an argument is not what it must be, or the output would exceed `max_bytes`.
    PatchIndexError
        If there is no patch `index`.

    Warns
    -----
    UserWarning
        As :func:`player` does; each is said once, also of what is chosen or set later.

    See Also
    --------
    player : The same on a page, without Python.
    animate : The patches one after the other.

    Notes
    -----
    What a notebook saves is a player, and under it a still picture: they are seen where the
    widget is not. Of recordings it is the one that is shown, and says so.

    Examples
    --------
    >>> import patchviz as pv
    >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    >>> scrubber = pv.scrub(patches)
    >>> scrubber.index = 7
    >>> start, end = scrubber.interval
    >>> print(f"{start:.3f}-{end:.3f} s")
    0.650-5.642 s
    >>> scrubber.close()
    """
    options = PlayerOptions(
        title=title, cmap=cmap, clim=clim, norm=norm, flim=flim, audio=audio,
        audio_format=audio_format, image_format=image_format, column_step=column_step,
        reduce="max" if reduce is None else reduce, max_bytes=max_bytes, loop=loop, speed=speed,
        pitch=pitch, gain_db=gain_db, time=time, height=height, labels=labels, scores=scores,
        classes=classes, threshold=threshold, overlapping=overlapping, stops=stops,
        truth=truth, mark=mark, has_page=False,
    )  # fmt: skip
    encoder, told = Encoder(), set[str]()
    asked = None if names is None else check_names(names)
    if isinstance(patches, Recordings):
        return _of_recordings(patches, index, tlim, options, encoder, asked)
    if isinstance(patches, Patches):
        options = with_positions(patches, options)
        options = dataclasses.replace(options, seen=seen_of(patches, tlim, index or 0))
        with once(told):
            made = make_player(patches, options, index, encoder)
        return remember(Scrubber(patches, made, options, None, encoder, asked, told))
    if not isinstance(patches, PatchView):
        raise not_patches(patches, "Patches, a PatchView or Recordings")
    drawn = {"cmap": cmap, "clim": clim, "norm": norm, "flim": flim, "tlim": tlim, "reduce": reduce}
    _refuse(drawn)
    if index is not None:
        patches.index = index
    options = with_positions(patches.patches, dataclasses.replace(options, title=title or ""))
    with once(told):
        made = make_player(patches.patches, options, patches.index, encoder, pictured=False)
    return remember(Scrubber(patches.patches, made, options, patches, encoder, asked, told))


def _of_recordings(
    recordings: Recordings,
    index: int | None,
    tlim: tuple[float, float] | None,
    options: PlayerOptions,
    encoder: Encoder,
    names: list[str] | None,
) -> Scrubber:
    """Return a scrubber of many recordings, of which that of a patch is shown at first."""
    check_recordings(recordings)
    options = with_positions(recordings._flat, options)
    asked = ByRow(recordings, options)
    position = recordings.check_index(index or 0)
    row = int(recordings.find(position)[0])
    if index is None and tlim is None and options.is_at_mistakes and asked.stopping.size:
        row = int(asked.stopping[0])
    patches, at = recordings.patches(row), max(0, position - int(recordings._index.first[row]))
    if (seen := seen_of(patches, tlim, at)) is not None:
        asked = ByRow(recordings, dataclasses.replace(options, seen=seen))
    told = set[str]()
    with once(told):
        asked.tell()
        made = make_player(patches, asked.of(row), None if index is None else at, encoder)
    return remember(ChoosingScrubber(asked, row, made, encoder, names, told))


def _refuse(drawn: Mapping[str, object]) -> None:
    """Refuse what a view has of its own."""
    for name, value in drawn.items():
        if value is not None:
            raise InvalidValueError(
                Argument(name, value),
                " has no use with a PatchView, which is drawn already",
                remedy=("Give ", Argument(name), " to the PatchView."),
            )
