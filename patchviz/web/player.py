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
               entries, or null where they are equal steps; ``mean`` where pixels show that: what it
               is ``of`` (a number for each entry), and from which ``edges`` on it has the ``first``
               level of the scale, the next one, and so on, or null; ``ticks`` as [position, text]
``patches``    ``count``; ``length`` and ``hop`` in frames; ``starts``: first frame of each, or null
               where they follow one another at one hop (else ``hop`` is the least); ``asked``: from
               when to when each was asked for, in s, or null; ``numbers``:
               what they are called where they are some of others, ``last`` of them; ``items``:
               what is said of each in place of its time, or null; ``tail`` and
               ``padded``: frames at the end that no patch reaches, and that were added to fill
               the last one; how much of the frame before these, 0 to 1, is ``beyond`` the end of
               the sound; ``filled``: how many frames of each item are no padding, or null
``view``       what is seen at first: which part of every patch, 0 to 1, ``time``, and which frames
               the overview shows, ``stretch``; or null
``known``      what is known, or null: ``classes`` as [name, colour on dark, on light, dash, slits];
               ``labels`` by start as [start, end, class], perhaps low and high, 0 to 1, and in Hz;
               ``scores`` as [class, a byte for each patch, base64; 255 is none], of which the first
               are ``shown`` and others can be, of all that are ``scored``; ``threshold`` of their
               lanes, 0 to 1, or null; the ``range`` of scores that these have; what counts where
               patches are ``overlapping``; ``top``: class and hundredths of the score that is
               said of each patch, and behind all of them of those said besides, base64, of int32;
               or class and score, of float64, where they are ``wide``; ``truth``: sets of classes,
               and the number of that of each patch, base64, or null; ``groups`` as [name, colours,
               spans]; ``stops``: patches to go to, which ``follow`` the classes shown, or do not;
               whether labels are ``named`` as such, and whether scores are, where classes are
               ``numbers``
``audio``      ``start`` (s) of the sound in the recording; ``rate`` (Hz) of its file; how many of
               its seconds are one of the recording, ``stretch``; null without sound
``options``    ``index``, ``loop``, ``speed``, ``pitch``, ``gain`` (dB), ``time``, ``autoplay`` and
               ``height`` to begin with; what one may ``stop`` at: an event, a mistake, or a stop
``elsewhere``  whether one goes on to stops of other recordings; only of one of several
=============  =====================================================================================
"""

from __future__ import annotations

import html
import math
import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._util.text import plural
from ..audio.encode import AUDIO_FORMATS, Sound, rate_of
from ..core.patches import Patches
from ..errors import Argument, InvalidValueError, Setting
from ..plot.axis import FrequencyAxis
from ..plot.color import ColorScale
from .beside import Beside, check_page, needs_page
from .encode import Budget, Encoder, readable_size, stretch_of
from .html import Embed, Fragment, embedded, fragment, page
from .options import PlayerOptions
from .state import check_columns, longest_column, make_state, still_caption
from .texture import TILE_WIDTH, Quantizer

if TYPE_CHECKING:
    from ..audio.source import Audio
    from ..core.spectrogram import Spectrogram

__all__ = ["Player", "make_player"]


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
        beside.write(page(self._title, content, alone=True, beside=is_beside))
        return path

    @property
    def stops(self) -> tuple[int, ...]:
        """Where N and P go to at first: positions among its patches.

        Of several recordings they are counted through, as ``recordings[list(player.stops)]``
        takes them. On the page others follow, where the threshold or the classes become others.
        """
        known = self.state["known"]
        return tuple(known["stops"]) if known else ()

    @property
    def nbytes(self) -> int:
        """Size of the HTML fragment in bytes, without files beside it."""
        if self._assets == "folder":
            return len(str(self._fragment(Beside(Path("patches.html")))).encode())
        return len(self._html.encode())

    @property
    def _title(self) -> str:
        """What its page is called."""
        return self.state["title"] or "patchviz"

    @property
    def _sizes(self) -> tuple[int, int]:
        """How many bytes the picture and the sound take, in files."""
        return sum(map(len, self.tiles)), len(self.sound.data) if self.sound else 0

    def _shows(self) -> str:
        spec = self.patches.spectrogram
        n_patches = plural(len(self.patches), "patch")
        return f"{n_patches} from {spec.n_bins} × {spec.n_frames:,} cells"

    def __repr__(self) -> str:
        sound = (
            "no sound" if self.sound is None else f"{readable_size(self._sizes[1])} of them sound"
        )
        if self._assets == "folder":
            sound = f"and {readable_size(sum(self._sizes))} beside it"
        return f"Player({self._shows()}, {readable_size(self.nbytes)}, {sound})"


def make_player(
    patches: Patches,
    options: PlayerOptions,
    index: int | None,
    encoder: Encoder | None = None,
    *,
    pictured: bool = True,
) -> Player:
    """Return a player: what it is told, its picture, its sound.

    Parameters
    ----------
    patches : Patches
    options : PlayerOptions
    index : int or None
        The patch to begin with; None: the first, or the first mistake, where it stops at these.
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
    state = make_state(patches, scale, quantizer, options, patches.check_index(index or 0))
    if index is None and options.is_at_mistakes and options.seen is None:
        state["options"]["index"] = next(iter((state["known"] or {"stops": ()})["stops"]), 0)
    if options.elsewhere:
        state["elsewhere"] = True
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
