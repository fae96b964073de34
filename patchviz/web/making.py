"""Making a player, of patches or of many recordings: what it takes, checked."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from .._util.made import remember
from ..core.patches import Patches, check_patches
from ..recordings.recordings import Recordings
from .choosing import player_of_recordings
from .options import PlayerOptions
from .player import Player, make_player
from .seen import seen_of
from .stops import with_positions

if TYPE_CHECKING:
    from matplotlib.colors import Colormap, Normalize
    from numpy.typing import ArrayLike

    from .._util.reductions import Reduction
    from ..plot.band import FrequencyLimits
    from ..plot.limits import ColorLimits

__all__ = ["player"]


def player(
    patches: Patches | Recordings,
    *,
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
    reduce: Reduction = "max",
    max_bytes: int = 8_000_000,
    index: int | None = None,
    loop: bool = False,
    speed: float = 1.0,
    pitch: str = "expand",
    gain_db: float = 0.0,
    time: str = "recording",
    autoplay: bool = False,
    width: int | None = None,
    height: int | None = None,
    assets: str = "page",
    alt: str | None = None,
    labels: bool = True,
    scores: bool = True,
    classes: Sequence[str] | None = None,
    threshold: float | None = None,
    overlapping: str = "max",
    stops: str | Iterable[int] | None = None,
    truth: Mapping[str, float] | ArrayLike | None = None,
    mark: Mapping[str, ArrayLike] | None = None,
) -> Player:
    """Make a player of patches that works on any page: in a notebook, in documentation, in a file.

    The page gets one picture of the whole spectrogram and moves a window over it: its size does
    not depend on how many patches there are. Keys: space plays and pauses, ← → move by one patch,
    ``?`` lists all of them. Of a recording of more than 400 patch lengths the overview shows a
    stretch, below a line of all. The ends of the colour
    bar can be dragged.

    Parameters
    ----------
    patches : Patches or Recordings
        What it shows. Of recordings, such as ``recordings[numbers]`` with patches of some of
        them, one is chosen from a list above; of the others nothing is decoded.
    title : str, optional
        Text above the player, by default the recording's name; of recordings above the list.
    cmap : str or Colormap, default: "magma"
        Any of matplotlib's.
    clim : (float, float) or "robust", optional
        Values of the lowest and the highest colour, by default those of the whole spectrogram, but
        of levels in dB re full scale or a unit the loudest 80 dB. Either may be a percentile, as in
        ``("1%", "99.5%")``; ``"robust"`` is ``("2%", "98%")``. Recordings share one scale.
    norm : Normalize, optional
        A matplotlib norm in place of `clim`.
    flim : (float, float), optional
        Lowest and highest frequency to show, in Hz, as far as there are rows: ``(20e3, 120e3)``,
        or ``(None, 8000)``. By default all in which there can be sound: of a file of 8 kHz those up
        to 4 kHz, whatever it is analysed at. The others are on the page too.
    tlim : (float, float), optional
        Which times to show at first, in seconds of the recording: within patch `index`, which is
        zoomed to them; or more than a patch, in the overview.
    audio : bool, default: False
        Embed the sound, once: one channel, the mean of all, as the spectrogram shows. While it
        plays, it is the clock.
    audio_format : {"ogg", "mp3", "opus", "flac", "wav"}
        How the sound is compressed. ``"ogg"`` (Vorbis) is small and keeps time to the sample;
        ``"mp3"`` also plays in Safari before version 18.4. ``"mp3"`` and ``"opus"`` hold at most
        48000 Hz, the others 192000 Hz; a recording of more is resampled, with a warning, unless
        it is embedded slower (see `pitch`).
    image_format : {"png", "webp"}
        ``"png"`` is exact. ``"webp"`` is lossy and a fifth of the size: colours are off by a few
        parts in 256, gaps look like the lowest value, and the still picture is grey.
    column_step : int, default: 1
        Frames in a column of the picture. The page says how long that is; every patch must have a
        whole column.
    reduce : {"max", "mean", "median"}, default: "max"
        What a column of the picture, and a pixel of the page, shows of those that share it. The
        mean of decibels is that of powers.
    max_bytes : int, default: 8_000_000
        The most that the HTML may take. More is an error that says what to do.
    index : int, optional
        The patch to begin with; of recordings its position among all. By default the first, or with
        ``stops="mistakes"`` the first mistake.
    loop : bool, default: False
        Begin again after the last patch.
    speed : float, default: 1.0
        1 is the speed of the recording; from 0.02 to 16.
    pitch : {"expand", "keep"}, default: "expand"
        Whether the pitch follows the speed, as that of a tape: at 0.1 a bat's 40 kHz are heard at
        4 kHz; or stays, as in slowed speech, which is for speeds from 0.0625 on. What is expanded
        and has a rate above 96 kHz, or a speed below 0.0625, is embedded 2, 4, 8 ... times
        slower, so that browsers play all of it; times are those of the recording.
    gain_db : float, default: 0.0
        How much louder it is heard, in dB, from -60 to 60; a limiter keeps it within full scale.
    time : {"recording", "patch"}
        Whether the time axis counts from the start of the recording or of the patch.
    autoplay : bool, default: False
        Play as soon as the page is there, unless the reader asked for reduced motion. Browsers
        mute sound that nobody clicked for.
    width : int, optional
        The most it takes, in CSS pixels; by default all that the page gives.
    height : int, optional
        How high it is, in CSS pixels; by default the window's height on a page of its own, and
        elsewhere what a patch 320 pixels high takes.
    assets : {"page", "folder"}
        Where the picture and the sound are: in the page, or, without a limit, in files beside it,
        which ``save`` and :func:`page` write and the page loads when it needs them, from a disk or
        a server. From a disk browsers play the sound, and hand out no samples of it.
    alt : str, optional
        What the picture shows, for those who do not see it.
    labels, scores : bool, default: True
        Show what was written down and what a model said, where the patches know it: boxes, lanes
        below the overview, and beside the time. Without labels nothing says them, but for a
        `truth`.
    classes, threshold, overlapping : optional
        Which classes have a lane of scores, from which score on it has its full colour, and what
        counts where patches overlap; as in :func:`plot_spectrogram`. Of more classes the page says
        how many there are, and opens a list to choose from.
    stops : {"events", "mistakes"} or iterable of int, optional
        The patches that N and P, and two buttons, go to: the highest of each run above the
        threshold, of the classes that have lanes; where score and label disagree, of any class, or
        of those in `classes`; or any patches, by position or mask, as rows of
        :meth:`Patches.mistakes` or what :meth:`Patches.choose` returned. Captions say what is wrong
        at a mistake, or the class that a patch was chosen for, and without `classes` that has a
        lane. Of mistakes of one kind in patches that follow one another and share frames the middle
        one is a stop, so that these may be fewer than the patches in :meth:`Patches.mistakes`. By
        default events, or without scores the labels. Of recordings they go on to the next one that
        has any, and the list says how many each has; positions are counted through all.
    truth : mapping or array_like, optional
        What is true of patches, and what a mistake is one against, as for :meth:`Patches.choose`:
        options of ``targets``, such as ``{"min_share": 0.5}``, or what it returned, of several
        recordings counted through. The header says it in place of a patch's labels.
    mark : mapping, optional
        Groups of patches by name, such as ``{"train": a, "test": b}``: a lane shows where each
        lies. Of recordings they are counted through, as stops are.

    Returns
    -------
    Player
        Shows itself in a notebook; ``.save("page.html")`` writes a page.

    Raises
    ------
    InvalidValueError
        If an argument is out of range, the spectrogram has no sound and ``audio=True``, or the
        HTML would exceed `max_bytes`; the error tells how large its parts are.
    InvalidTypeError
        If an argument is of the wrong type.
    PatchIndexError
        If there is no patch `index`.

    Warns
    -----
    UserWarning
        If `audio_format` holds less of the sound than there is, or the samples go so far beyond
        full scale, -1 to 1, that they are heard scaled to fit; with ``stops="mistakes"`` as
        :meth:`Patches.mistakes` does; if no score reaches the `threshold`, or rows of a table of
        mistakes are left out.

    See Also
    --------
    animate : The same as a matplotlib animation.
    scrub : Live in Jupyter, with Python watching.

    Examples
    --------
    >>> import patchviz as pv
    >>> spec = pv.Spectrogram.example()
    >>> player = pv.player(spec.patches(duration=5.0, hop_duration=0.1), index=7)
    >>> player.nbytes < 222_000
    True
    """
    options = PlayerOptions(
        title=title, cmap=cmap, clim=clim, norm=norm, flim=flim, audio=audio,
        audio_format=audio_format, image_format=image_format, column_step=column_step,
        reduce=reduce, max_bytes=max_bytes, loop=loop, speed=speed, pitch=pitch, gain_db=gain_db,
        time=time, autoplay=autoplay, width=width, height=height, assets=assets,
        alt=alt, labels=labels, scores=scores, classes=classes, threshold=threshold,
        overlapping=overlapping, stops=stops, truth=truth, mark=mark,
    )  # fmt: skip
    if isinstance(patches, Recordings):
        return remember(player_of_recordings(patches, options, index, tlim))
    patches = check_patches(patches, ", or Recordings")
    options = with_positions(patches, options)
    options = dataclasses.replace(options, seen=seen_of(patches, tlim, index or 0))
    return remember(make_player(patches, options, index))
