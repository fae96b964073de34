"""A player of patches that lives on any page, with no kernel and no network.

The page gets the spectrogram once, as one indexed picture, and its browser moves a window over it
(``static/player.js``). What that picture means travels beside it as JSON, the *state*, whose types
are in ``static/state.d.ts``:

=============  =====================================================================================
key            holds
=============  =====================================================================================
``title``      text above the player, may be empty
``alt``        what the picture shows, in words
``image``      ``type`` (media type of its files), ``width`` and ``height`` in pixels; what a
               pixel shows of the cells that share it, ``reduce``
``columns``    ``count`` of frames, ``step`` (frames in a column of the picture), ``note`` that
               says how long that is, or nothing; ``start`` (s) of the first, ``duration`` (s) of
               each; ``clock`` where the time of day is known: ``date`` and ``zone`` of time 0, its
               second of the day ``zero``, whether there are several days (``dated``); or null; of a
               part of a recording ``longest``, that of its times that is furthest from 0 (s)
``rows``       ``positions`` of the n_bins + 1 edges, 0 at the bottom to 1 at the top, or null where
               rows are equally high; ``values`` of the rows in ``unit``; ``names``, or null
``frequency``  ``label`` of the axis; ``ticks`` as [position, text]; ``channels`` likewise, where
               the rows are of several, from the top; how the axis (of each channel) is drawn
               straight: ``scale``, ``limits``, and the ``unit`` of its ticks
``color``      ``palette``: red, green, blue and opacity of each entry, base64; ``first`` and
               ``last`` entry of the scale; ``bad``: entry 0 stands for gaps; ``vmin``, ``vmax``;
               ``label`` of the scale, ``unit`` of the values; ``values`` in the middle of the
               entries, or null where they are equal steps; ``ticks`` as [position, text]
``patches``    ``count``; ``length`` and ``hop`` in frames; ``starts``: first frame of each, or null
               where they follow one another at one hop (else ``hop`` is the least); ``numbers``:
               what they are called where they are some of others, ``last`` of them; ``items``:
               what is said of each in place of its time, or null; ``tail`` and
               ``padded``: frames at the end that no patch reaches, and that were added to fill
               the last one; ``filled``: how many frames of each item are no padding, or null
``view``       what is seen at first: which part of every patch, 0 to 1, ``time``, and which frames
               the overview shows, ``stretch``; or null
``known``      what is known, or null: ``classes`` as [name, colour on dark, on light, dash, slits];
               ``labels`` by start as [start, end, class], perhaps low and high, 0 to 1, and in Hz;
               ``scores`` as [class, a byte for each patch, base64; 255 is none], of which the first
               are ``shown`` and others can be, of all that are ``scored``; ``threshold`` of their
               lanes, 0 to 1, or null; the ``range`` of scores that these have; what counts where
               patches are ``overlapping``; ``top``: class and hundredths of the highest score of
               each patch, base64; ``groups`` as [name, colours, spans]; ``stops``: patches to go
               to, which ``follow`` the classes shown, or do not
``audio``      ``start`` (s) of the sound in the recording; ``rate`` (Hz) of its file; how many of
               its seconds are one of the recording, ``stretch``; null without sound
``options``    ``index``, ``loop``, ``speed``, ``pitch``, ``gain`` (dB), ``time``, ``autoplay`` and
               ``height`` to begin with
=============  =====================================================================================
"""

from __future__ import annotations

import html
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib.colors import Normalize

from .._util.made import remember
from .._util.reductions import Reduction
from ..audio.encode import AUDIO_FORMATS, Sound, rate_of
from ..core.captions import plural
from ..core.patches import Patches, check_patches
from ..errors import Argument, InvalidValueError, Setting
from ..plot.axis import FrequencyAxis
from ..plot.band import FrequencyLimits
from ..plot.color import ColorScale
from ..plot.limits import ColorLimits
from .beside import Beside, check_page, needs_page
from .encode import Budget, Encoder, readable_size, stretch_of
from .html import Embed, Fragment, embedded, fragment, page
from .options import PlayerOptions
from .seen import seen_of
from .state import check_columns, longest_column, make_state, still_caption
from .texture import TILE_WIDTH, Quantizer

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from numpy.typing import ArrayLike

    from ..audio.source import Audio
    from ..core.spectrogram import Spectrogram

__all__ = ["Player", "make_player", "player"]


class Player:
    """A player of patches as HTML. Made by :func:`player`.

    Parameters
    ----------
    patches : Patches
        What it shows.
    state : dict
        What the script is told, ready for JSON.
    tiles : iterable of bytes
        The picture's files, from left to right; one up to 8192 columns.
    sound : Sound or None
        The embedded sound.
    scale : ColorScale
        Which colour a value has.
    max_width : int, optional
        The most it takes on a page, in CSS pixels.
    assets : {"page", "folder"}
        Whether its picture and its sound lie in the page, or in files beside it.

    See Also
    --------
    player : Makes one.

    Examples
    --------
    >>> import patchviz as pv
    >>> spec = pv.Spectrogram.example()
    >>> pv.player(spec.patches(duration=5.0, hop_duration=0.1))
    Player(107 patches from 128 × 640 cells, ... kB, no sound)
    """

    def __init__(
        self,
        patches: Patches,
        state: dict[str, Any],
        tiles: Iterable[bytes],
        sound: Sound | None,
        *,
        scale: ColorScale,
        max_width: int | None,
        assets: str = "page",
    ) -> None:
        self.patches = patches
        self.state = state
        self.tiles = tuple(tiles)
        self.sound = sound
        self.scale = scale
        self._max_width = max_width
        self._assets = assets

    @cached_property
    def fragment(self) -> Fragment:
        """The player as HTML, in parts: its markup, and the script that it needs."""
        if self._assets == "folder":
            raise needs_page("player")
        return self._fragment()

    def _fragment(self, embed: Embed = embedded) -> Fragment:
        return fragment(
            self.state,
            self.tiles,
            self.sound,
            caption=still_caption(self.patches, self.state),
            max_width=self._max_width,
            embed=embed,
            preload="metadata" if self._assets == "folder" else "auto",
        )

    @cached_property
    def _html(self) -> str:
        return str(self.fragment)

    def to_html(self) -> str:
        """Return the player as an HTML fragment that needs nothing else.

        Returns
        -------
        str
            It can stand in any page, any number of times.
        """
        return self._html

    def _repr_html_(self) -> str:
        if self._assets == "folder":
            said = "Its picture and its sound are files beside a page: save it as one."
            return f"<p>{html.escape(repr(self))}<br>{said}</p>"
        return self._html

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the player as a page of its own, whole or not at all.

        With ``assets="folder"`` its picture and its sound are files in a folder beside it, of
        ``patches.html`` in ``patches_files``, which belongs to the page.

        Parameters
        ----------
        path : str or path-like
            The file to write, ``.html`` or ``.htm``; its folder must exist.

        Returns
        -------
        pathlib.Path
            The file written.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If `path` is no path, is a folder or lies in none (which is a ``FileNotFoundError``
            as well), or has another ending.
        OSError
            If the file cannot be written.
        """
        path = check_page("path", path)
        beside = Beside(path)
        is_beside = self._assets == "folder"
        content = str(self._fragment(beside)) if is_beside else self._html
        title = self.state["title"] or "patchviz"
        beside.write(page(title, content, alone=True, beside=is_beside))
        return path

    @property
    def nbytes(self) -> int:
        """Size of the HTML fragment in bytes, without files beside it."""
        if self._assets == "folder":
            return len(str(self._fragment(Beside(Path("patches.html")))).encode())
        return len(self._html.encode())

    def __repr__(self) -> str:
        spec = self.patches.spectrogram
        sound = (
            "no sound"
            if self.sound is None
            else f"{readable_size(len(self.sound.data))} of them sound"
        )
        if self._assets == "folder":
            beside = sum(map(len, self.tiles)) + (len(self.sound.data) if self.sound else 0)
            sound = f"and {readable_size(beside)} beside it"
        return (
            f"Player({plural(len(self.patches), 'patch')} "
            f"from {spec.n_bins} × {spec.n_frames:,} cells, {readable_size(self.nbytes)}, {sound})"
        )


def player(
    patches: Patches,
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
    index: int = 0,
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
    patches : Patches
        What it shows.
    title : str, optional
        Text above the player; by default the recording's name.
    cmap : str or Colormap, default: "magma"
        Any of matplotlib's.
    clim : (float, float) or "robust", optional
        Values of the lowest and the highest colour, by default those of the whole spectrogram, but
        of levels in dB re full scale or a unit the loudest 80 dB. Either may be a percentile, as in
        ``("1%", "99.5%")``; ``"robust"`` is ``("2%", "98%")``.
    norm : Normalize, optional
        A matplotlib norm in place of `clim`.
    flim : (float, float), optional
        Lowest and highest frequency to show, in Hz, as far as there are rows: ``(20e3, 120e3)``,
        or ``(None, 8000)``. By default all. The others are on the page too.
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
        What a column of the picture, and a pixel of the page, shows of those that share it; on the
        page, of their colours' places on the scale.
    max_bytes : int, default: 8_000_000
        The most that the HTML may take. More is an error that says what to do.
    index : int, default: 0
        The patch to begin with.
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
        below the overview, and beside the time.
    classes, threshold, overlapping : optional
        Which classes have a lane of scores, from which score on it has its full colour, and what
        counts where patches overlap; as in :func:`plot_spectrogram`. Of more classes the page says
        how many there are, and opens a list to choose from.
    stops : {"events", "mistakes"} or iterable of int, optional
        The patches that N and P, and two buttons, go to: the highest of each run above the
        threshold; where score and label disagree; or any, by position or mask. By default events,
        or without scores the labels.
    truth : mapping or array_like, optional
        What is true of patches, and what a mistake is one against, as for :meth:`Patches.choose`:
        options of ``targets``, such as ``{"min_share": 0.5}``, or what it returned. The header
        says it in place of the labels that touch a patch.
    mark : mapping, optional
        Groups of patches by name, such as ``{"train": a, "test": b}``: a lane shows where each
        lies.

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
        full scale, -1 to 1, that they are heard scaled to fit.

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
        seen=seen_of(check_patches(patches), tlim, index), title=title,
        cmap=cmap, clim=clim, norm=norm, flim=flim, audio=audio,
        audio_format=audio_format, image_format=image_format, column_step=column_step,
        reduce=reduce, max_bytes=max_bytes,
        loop=loop, speed=speed, pitch=pitch, gain_db=gain_db, time=time,
        autoplay=autoplay, width=width, height=height, assets=assets,
        alt=alt, labels=labels, scores=scores, classes=classes, threshold=threshold,
        overlapping=overlapping, stops=stops, truth=truth, mark=mark,
    )  # fmt: skip
    return remember(make_player(check_patches(patches), options, index))


def make_player(
    patches: Patches,
    options: PlayerOptions,
    index: int,
    encoder: Encoder | None = None,
    *,
    pictured: bool = True,
) -> Player:
    """Return a player: what it is told, its picture, its sound.

    Parameters
    ----------
    patches : Patches
    options : PlayerOptions
    index : int
        The patch to begin with.
    encoder : Encoder, optional
        Has what it encoded before.
    pictured : bool, default: True
        Without its picture a player keeps time for patches that are drawn elsewhere.
    """
    spec, encoder = patches.spectrogram, encoder or Encoder()
    check_columns(patches, options.column_step)
    FrequencyAxis.of(spec, options.flim)  # or says what is wrong with them
    scale = ColorScale.of(
        spec, cmap=options.cmap, clim=options.clim, norm=options.norm,
        n_columns=patches.frame_length, reduce=options.reduce,
    )  # fmt: skip
    quantizer = Quantizer.of(spec, scale, gaps=options.image_format == "png")
    audio = _sound_of(spec) if options.audio else None
    state = make_state(patches, scale, quantizer, options, patches.check_index(index))
    silence = None
    if audio is not None:
        stretch = stretch_of(audio, options)
        rate = rate_of(audio, options.audio_format, stretch)
        start = max(spec.start, audio.start)
        state["audio"] = {"start": start, "rate": rate, "stretch": stretch}
        silence = Sound(b"", AUDIO_FORMATS[options.audio_format].media_type, start)
    n_tiles = math.ceil(state["image"]["width"] / TILE_WIDTH) if pictured else 0

    def made_of(tiles: Iterable[bytes], sound: Sound | None) -> Player:
        how: Any = {"max_width": options.width, "assets": options.assets}
        return Player(patches, state, tiles, sound, scale=scale, **how)

    page_alone = made_of([b""] * n_tiles, silence).nbytes
    kept = encoder.kept_sound(audio, spec, options) if audio else None
    span = spec.start, spec.end
    budget = Budget(options, span, audio, page_alone, n_tiles, longest_column(patches), kept)
    tiles: tuple[bytes, ...] = ()
    if pictured:
        tiles = encoder.tiles(spec.values, quantizer, options, budget)
    else:
        budget.ask_for_tiles(tiles)
    sound = None
    if audio is not None:
        sound = encoder.sound(audio, spec, options, budget)
    return made_of(tiles, sound)


def _sound_of(spec: Spectrogram) -> Audio:
    if spec.audio is None:
        raise InvalidValueError(
            Argument("audio", True),
            " needs a spectrogram that knows its sound",
            remedy=(
                "Make it with Spectrogram.from_file or Spectrogram.from_audio, give the sound to "
                "your own values, Spectrogram(values, ..., audio=Audio.from_array(y, sr)), or "
                "leave ",
                Setting("audio", False),
                ".",
            ),
        )
    return spec.audio
