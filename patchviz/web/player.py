"""A player of patches that lives on any page, with no kernel and no network.

The page gets the spectrogram once, as one indexed picture, and its browser moves a window over it
(``static/player.js``). What that picture means travels beside it as JSON, the *state*, whose types
are in ``static/state.d.ts``:

=============  =====================================================================================
key            holds
=============  =====================================================================================
``title``      text above the player, may be empty
``alt``        what the picture shows, in words
``image``      ``type`` (media type of its files), ``width`` and ``height`` in pixels
``columns``    ``count`` of frames, ``step`` (frames in a column of the picture), ``start`` (s) of
               the first, ``duration`` (s) of each
``rows``       ``positions`` of the n_bins + 1 edges, 0 at the bottom to 1 at the top, or null where
               rows are equally high; ``values`` of the rows in ``unit``; ``names``, or null
``frequency``  ``label`` of the axis; ``ticks`` as [position, text]
``color``      ``palette``: red, green, blue and opacity of each entry, base64; ``first`` and
               ``last`` entry of the scale; ``bad``: entry 0 stands for gaps; ``vmin``, ``vmax``,
               ``unit``; ``values`` in the middle of the entries, or null where they are equal
               steps; ``ticks`` as [position, text]
``patches``    ``count``; ``length`` and ``hop`` in frames; ``starts``: first frame of each, or null
               where they follow one another at one hop (else ``hop`` is the least); ``tail`` and
               ``padded``: frames at the end that no patch reaches, and that were added to fill
               the last one
``audio``      ``start`` (s) of the sound in the recording; null without sound
``options``    ``index``, ``loop``, ``speed``, ``time`` and ``autoplay`` to begin with
=============  =====================================================================================
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib.colors import Normalize

from .._util.validation import (
    check_bool,
    check_choice,
    check_file,
    check_int,
    check_number,
    check_text,
)
from ..audio.encode import AUDIO_FORMATS, Sound, encode_sound
from ..core.patches import Patches, check_patches
from ..errors import Argument, InvalidValueError, Setting
from ..plot.color import ColorScale
from .html import fragment, page, plain_text
from .state import MEDIA_TYPES, describe, make_state, still_caption
from .texture import TILE_WIDTH, Quantizer, encode_tiles

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

    from ..audio.source import Audio
    from ..core.spectrogram import Spectrogram

__all__ = ["Player", "player"]


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
    ) -> None:
        self.patches = patches
        self.state = state
        self.tiles = tuple(tiles)
        self.sound = sound
        self.scale = scale
        self._max_width = max_width

    @cached_property
    def _html(self) -> str:
        width = self.state["image"]["width"]
        return fragment(
            self.state,
            self.tiles,
            [min(TILE_WIDTH, width - start) for start in range(0, width, TILE_WIDTH)],
            self.sound,
            caption=still_caption(self.patches, self.state),
            max_width=self._max_width,
        )

    def to_html(self) -> str:
        """Return the player as an HTML fragment that needs nothing else.

        Returns
        -------
        str
            It can stand in any page, any number of times.
        """
        return self._html

    def _repr_html_(self) -> str:
        return self._html

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the player as a page of its own.

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
            If `path` is no path, is a folder or lies in none, or has another ending.
        OSError
            If the file cannot be written.
        """
        path = check_file("path", path, example="patches.html")
        if path.is_dir():
            raise InvalidValueError(
                f"path={str(path)!r} is a folder. Name a file in it: "
                f"{str(path / 'patches.html')!r}."
            )
        if path.suffix.lower() not in (".html", ".htm"):
            raise InvalidValueError(
                f"path={str(path)!r} has the ending {path.suffix!r}, and a player is a page: .html "
                "or .htm. For a picture see patchviz.plot_mosaic, for a film patchviz.animate."
            )
        path.write_text(page(self.state["title"] or "patchviz", self._html), encoding="utf-8")
        return path

    @property
    def nbytes(self) -> int:
        """Size of the HTML fragment in bytes."""
        return len(self._html.encode())

    def __repr__(self) -> str:
        spec, n = self.patches.spectrogram, len(self.patches)
        sound = "no sound" if self.sound is None else f"{_size(len(self.sound.data))} of them sound"
        return (
            f"Player({n:,} {'patch' if n == 1 else 'patches'} "
            f"from {spec.n_bins} × {spec.n_frames:,} cells, {_size(self.nbytes)}, {sound})"
        )


def player(
    patches: Patches,
    *,
    title: str | None = None,
    cmap: str | Colormap | None = None,
    clim: tuple[float, float] | None = None,
    norm: Normalize | None = None,
    audio: bool = False,
    audio_format: str = "ogg",
    image_format: str = "png",
    column_step: int = 1,
    max_bytes: int = 8_000_000,
    index: int = 0,
    loop: bool = False,
    speed: float = 1.0,
    time: str = "recording",
    autoplay: bool = False,
    width: int | None = None,
    alt: str | None = None,
) -> Player:
    """Make a player of patches that works on any page: in a notebook, in documentation, in a file.

    The page gets one picture of the whole spectrogram and moves a window over it: its size does
    not depend on how many patches there are. Keys: space plays and pauses, ← → move by one patch,
    Shift+← → by one patch length, Home and End go to the ends.

    Parameters
    ----------
    patches : Patches
        What it shows.
    title : str, optional
        Text above the player; by default the recording's name.
    cmap : str or Colormap, default: "magma"
        Any of matplotlib's.
    clim : (float, float), optional
        Values of the lowest and the highest colour; by default those of the whole spectrogram.
    norm : Normalize, optional
        A matplotlib norm in place of `clim`.
    audio : bool, default: False
        Embed the sound, once. While it plays, it is the clock.
    audio_format : {"ogg", "mp3", "opus", "flac", "wav"}
        How the sound is compressed. ``"ogg"`` (Vorbis) is small and keeps time to the sample;
        ``"mp3"`` also plays in Safari before version 18.4.
    image_format : {"png", "webp"}
        ``"png"`` is exact. ``"webp"`` is lossy and a fifth of the size: colours are off by a few
        parts in 256, gaps look like the lowest value, and the still picture is grey.
    column_step : int, default: 1
        Frames in a column of the picture, which shows their maximum.
    max_bytes : int, default: 8_000_000
        The most that the HTML may take. More is an error that says what to do.
    index : int, default: 0
        The patch to begin with.
    loop : bool, default: False
        Begin again after the last patch.
    speed : float, default: 1.0
        1 is the speed of the recording; from 0.0625 to 16.
    time : {"recording", "patch"}
        Whether the time axis counts from the start of the recording or of the patch.
    autoplay : bool, default: False
        Play as soon as the page is there, unless the reader asked for reduced motion. Browsers
        mute sound that nobody clicked for.
    width : int, optional
        The most it takes, in CSS pixels; by default all that the page gives.
    alt : str, optional
        What the picture shows, for those who do not see it.

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

    See Also
    --------
    animate : The same as a matplotlib animation.
    scrub : Live in Jupyter, with Python watching.

    Examples
    --------
    >>> import patchviz as pv
    >>> spec = pv.Spectrogram.example()
    >>> player = pv.player(spec.patches(duration=5.0, hop_duration=0.1), index=7)
    >>> player.nbytes < 130_000
    True
    """
    spec = check_patches(patches).spectrogram
    check_choice("image_format", image_format, MEDIA_TYPES)
    check_choice("audio_format", audio_format, AUDIO_FORMATS)
    column_step = check_int("column_step", column_step, minimum=1, unit="frames")
    max_bytes = check_int("max_bytes", max_bytes, minimum=1)
    hint = "the sound is the spectrogram's own, and audio_format= says how it is compressed"
    check_bool("audio", audio, hint=hint)
    options = {
        "index": patches.check_index(index),
        "loop": check_bool("loop", loop),
        "speed": check_number("speed", speed, minimum=0.0625, maximum=16),
        "time": check_choice("time", time, ("recording", "patch")),
        "autoplay": check_bool("autoplay", autoplay),
    }
    if width is not None:
        width = check_int("width", width, minimum=320, unit="CSS pixels")
    title = plain_text(check_text("title", spec.name if title is None else title))
    alt = plain_text(check_text("alt", describe(patches) if alt is None else alt))
    scale = ColorScale.of(spec, cmap=cmap, clim=clim, norm=norm)

    quantizer = Quantizer.of(spec, scale, gaps=image_format == "png")
    if audio and spec.audio is None:
        raise InvalidValueError(
            "audio=True needs a spectrogram that knows its sound. Make it with "
            "Spectrogram.from_file or Spectrogram.from_audio, give the sound to your own values, "
            "Spectrogram(values, ..., audio=Audio.from_array(y, sr)), or leave audio=False."
        )
    sounding = spec.audio if audio else None
    state = make_state(
        patches, scale, quantizer,
        title=title, alt=alt, image_format=image_format, column_step=column_step, options=options,
    )  # fmt: skip

    def over_budget(picture: int, sound: int) -> InvalidValueError:
        parts = {"page": n_page, "picture": picture, "sound": sound}
        return _over_budget(parts, max_bytes, column_step, image_format)

    tiles: list[bytes] = []
    n_tiles = math.ceil(spec.n_frames / (TILE_WIDTH * column_step))
    made_of_nothing = Player(patches, state, [b""] * n_tiles, None, scale=scale, max_width=width)
    n_page = made_of_nothing.nbytes
    for tile in encode_tiles(
        spec.values, quantizer, image_format=image_format, column_step=column_step
    ):
        tiles.append(tile)
        picture = sum(map(_in_base64, tiles))
        if n_page + picture > max_bytes:
            n_sound = 0 if sounding is None else _sound_size(spec, sounding, audio_format)
            raise over_budget(picture * n_tiles // len(tiles), n_sound)
    sound = None
    if sounding is not None:
        sound = encode_sound(sounding, spec.start, spec.end, audio_format=audio_format)
        state["audio"] = {"start": sound.start}
    made = Player(patches, state, tiles, sound, scale=scale, max_width=width)
    if made.nbytes > max_bytes:
        raise over_budget(picture, made.nbytes - n_page - picture)
    return made


def _in_base64(data: bytes) -> int:
    return 4 * math.ceil(len(data) / 3)


def _sound_size(spec: Spectrogram, audio: Audio, audio_format: str) -> int:
    """Return about how large the sound is going to be, judged by its first minute."""
    start, end = max(spec.start, audio.start), min(spec.end, audio.end)
    first = min(end, start + 60)
    sound = encode_sound(audio, start, first, audio_format=audio_format)
    return round(_in_base64(sound.data) * (end - start) / (first - start))


def _over_budget(
    parts: dict[str, int], max_bytes: int, column_step: int, image_format: str
) -> InvalidValueError:
    sizes = ", ".join(f"{name} {_size(size)}" for name, size in parts.items() if size)
    reason = (
        f"the player would take about {_size(sum(parts.values()))}, more than ",
        Argument("max_bytes", max_bytes),
        f" allows: {sizes}",
    )
    raise_it = ("Raise ", Argument("max_bytes"))
    if parts["page"] >= max_bytes:
        return InvalidValueError(*reason, remedy=(*raise_it, ": no page is smaller."))
    remedy: list[str | Argument] = [*raise_it, ", or make it smaller: "]
    remedy += [Setting("column_step", 2 * column_step), " halves the picture; "]
    if image_format == "png":
        remedy += [Setting("image_format", "webp"), " takes a fifth, with loss; "]
    if parts["sound"]:
        remedy += [Setting("audio", False), " leaves out the sound; "]
    return InvalidValueError(*reason, remedy=(*remedy, "fewer bins help too."))


def _size(n: int) -> str:
    return f"{n / 1e6:.1f} MB" if n >= 1e6 else f"{n / 1e3:.0f} kB"
