"""Scrubbing through patches, live in Jupyter."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import ipywidgets
import traitlets

from .._util.made import remember
from ..core.patches import Patches, check_patches
from ..core.spectrogram import Spectrogram
from ..errors import Argument, InvalidTypeError, InvalidValueError
from ..plot.view import PatchView
from ..web.encode import Encoder
from ..web.options import PlayerOptions
from ..web.player import Player, make_player
from .boxes import publish_view, save_boxes
from .canvas import Canvas
from .controls import Controls, close_parts
from .figure import LiveFigure
from .notebook import VIEW_TYPE, after_every_cell, publish, when_cell_runs_again
from .saved import saved_figure, saved_player
from .traits import Index, Speed

if TYPE_CHECKING:
    from matplotlib.colors import Colormap, Normalize
    from numpy.typing import NDArray

__all__ = ["Scrubber", "scrub"]


@dataclasses.dataclass
class _Held:
    """What a scrubber holds until it is closed."""

    options: PlayerOptions
    encoder: Encoder
    player: Player
    controls: Controls
    canvas: Canvas
    view: PatchView | None
    figure: LiveFigure | None
    callbacks: list[Callable[[NDArray[Any]], object]]
    leave: list[Callable[[], object]]


class Scrubber(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """Patches under a slider. Made by :func:`scrub`.

    It lives until :meth:`close`, or until the notebook cell that made it runs again.

    Parameters
    ----------
    patches : Patches
        What is scrubbed through.
    made : Player
        What is shown, or without a picture of its own the clock.
    options : PlayerOptions
        What it was made with.
    view : PatchView or None
        The view whose figure is shown instead.
    encoder : Encoder
        What encoded it, and keeps what it encoded.

    Attributes
    ----------
    index : int
        Number of the patch that is shown; negative numbers count from the end. Slider, picture,
        view and animation follow it, ``scrubber.observe(f, "index")`` watches it, and
        ``ipywidgets.jslink((a, "index"), (b, "index"))`` ties two scrubbers together. A number
        that no patch has raises :class:`IndexError`, and nothing changes.
    playing : bool
        Whether the patches play, one after the other. It can be set and observed, as those below.
    hearing : bool
        Whether the patch that is shown is heard, on its own.
    speed : float
        1 is the speed of the recording; from 0.0625 to 16. The pitch follows.
    loop : bool
        Whether it begins again after the last patch.
    muted : bool
        Whether the sound is off.

    See Also
    --------
    scrub : Makes one.

    Examples
    --------
    >>> import patchviz as pv
    >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    >>> scrubber = pv.scrub(patches)
    >>> scrubber.index = -1
    >>> scrubber.index
    106
    >>> scrubber.close()
    """

    index = Index().tag(sync=True)
    # Only the page in which somebody pressed the button plays; others show what it shows.
    playing = traitlets.Bool().tag(sync=True, echo_update=False)
    hearing = traitlets.Bool().tag(sync=True, echo_update=False)
    speed = Speed().tag(sync=True)
    loop = traitlets.Bool().tag(sync=True)
    muted = traitlets.Bool().tag(sync=True)

    _patches: Patches | None = None
    _held: _Held | None = None

    def __init__(
        self,
        patches: Patches,
        made: Player,
        options: PlayerOptions,
        view: PatchView | None,
        encoder: Encoder,
    ) -> None:
        self._patches = patches
        # Beside others it is as wide as they leave it, whatever its texts are.
        super().__init__(layout=ipywidgets.Layout(flex="1 1 0%", min_width="18em", padding="0 4px"))
        self.add_class("patchviz-scrubber").add_class(f"patchviz-{self.model_id}")
        start: int = made.state["options"]["index"]
        self.index, self.loop, self.speed = start, options.loop, options.speed
        controls = Controls.of(patches, start)
        controls.set_title(made.state["title"])
        figure = None if view is None else LiveFigure(view)
        parts = {"box": self, **vars(controls)}
        width = figure.css_width if figure else "100%"
        canvas = Canvas(made, parts, shown=view is None, width=width)
        self._held = _Held(
            options, encoder, made, controls, canvas, view, figure, callbacks=[], leave=[]
        )
        above, below = controls.rows(width)
        self.children = (
            above,
            *([figure.widget] if figure else []),
            canvas,
            below,
            controls.message,
        )
        self.observe(self._show, "index")
        self._held.leave.append(controls.link(self))
        if view is not None and figure is not None:
            self._held.leave.append(view.on_index(self._follow))
            self._held.leave.append(after_every_cell(figure.refresh))
        self._held.leave.append(when_cell_runs_again(self.close))
        save_boxes(Scrubber)

    @property
    def _now(self) -> _Held:
        if self._held is None:
            raise _closed()
        return self._held

    def _follow(self, index: int) -> None:
        self.index = index
        if self._now.figure is not None:
            self._now.figure.request_paint()  # for what later callbacks of the view still draw

    def _show(self, change: Any) -> None:
        now = self._now
        now.controls.write(self.patches, self.index)
        with now.controls.telling(f"Of patch {self.index} somebody was told, and failed: "):
            if now.view is not None and now.figure is not None:
                now.view.index = self.index
                now.figure.paint()
            self._call()

    def _call(self) -> None:
        for callback in tuple(self._now.callbacks):
            callback(self.patch)

    # -- what is shown ---------------------------------------------------------------------

    @property
    def patch(self) -> NDArray[Any]:
        """The patch that is shown: a read-only view, shape (n_bins, frame_length)."""
        return self.patches[self.index]

    @property
    def interval(self) -> tuple[float, float]:
        """When the patch starts and ends in the recording, in seconds."""
        return self.patches.time(self.index)

    def on_patch(self, callback: Callable[[NDArray[Any]], object]) -> Callable[[], None]:
        """Call a function with the patch whenever another one is shown.

        However slow it is, the picture does not wait for it: while the index runs, the function
        is called some 20 times a second at most, and always with the last patch.

        Parameters
        ----------
        callback : callable
            Called with the patch, a read-only array of shape (n_bins, frame_length).

        Returns
        -------
        callable
            Call it, without arguments, to stop being called.

        Raises
        ------
        InvalidTypeError
            If `callback` cannot be called.

        Examples
        --------
        >>> import patchviz as pv
        >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
        >>> scrubber = pv.scrub(patches)
        >>> disconnect = scrubber.on_patch(lambda patch: print(patch.shape))
        >>> scrubber.index = 3
        (128, 215)
        >>> scrubber.close()
        """
        if not callable(callback):
            raise InvalidTypeError(
                Argument("callback", callback), " must be callable with one argument, the patch."
            )
        callbacks = self._now.callbacks
        callbacks.append(callback)

        def disconnect() -> None:
            if callback in callbacks:
                callbacks.remove(callback)

        return disconnect

    @property
    def controls(self) -> Controls:
        """What is around the picture: ``play``, ``slider``, ``readout``, ``title``, ``message``.

        Speed, loop and sound are the player's own: ``speed``, ``loop`` and ``muted`` set them.
        """
        return self._now.controls

    # -- what can be changed while it lives ------------------------------------------------

    @property
    def patches(self) -> Patches:
        """The patches. Others can be set; the index stays as far as there are as many."""
        if self._patches is None:
            raise _closed()
        return self._patches

    @patches.setter
    def patches(self, patches: Patches) -> None:
        self._change(lambda: check_patches(patches))

    @property
    def spec(self) -> Spectrogram:
        """The spectrogram. Another one can be set, and is carved in the same way."""
        return self.patches.spectrogram

    @spec.setter
    def spec(self, spec: Spectrogram) -> None:
        old = self.patches
        self._change(
            lambda: Patches(
                spec,
                framing=old.framing,
                duration=old.requested_duration,
                hop_duration=old.requested_hop_duration,
                pad_value=old.pad_value,
            )
        )

    @property
    def cmap(self) -> Colormap:
        """The colormap. Its name, or another one, can be set."""
        return self._now.player.scale.cmap

    @cmap.setter
    def cmap(self, cmap: str | Colormap | None) -> None:
        self._change(cmap=cmap)

    @property
    def clim(self) -> tuple[float, float]:
        """Values of the lowest and the highest colour. None sets those of the spectrogram."""
        scale = self._now.player.scale
        return scale.vmin, scale.vmax

    @clim.setter
    def clim(self, clim: tuple[float, float] | None) -> None:
        self._change(clim=clim, norm=None)

    @property
    def title(self) -> str:
        """Text above the picture. None sets the recording's name."""
        return str(self._now.player.state["title"])

    @title.setter
    def title(self, title: str | None) -> None:
        self._change(title=title)

    def _change(self, carve: Callable[[], Patches] | None = None, **changes: Any) -> None:
        now, name = self._now, self.title or "what was there before"
        with now.controls.telling(after=f" Still shown: {name}."):
            if now.view is not None:
                raise InvalidValueError(
                    "patches, spec, cmap, clim and title of this scrubber are those of its "
                    "PatchView. Change what is drawn, such as view.mesh.set_cmap(...): the picture "
                    "follows."
                )
            patches = self.patches if carve is None else carve()
            index = min(self.index, len(patches) - 1)
            options = dataclasses.replace(now.options, **changes)
            now.player = make_player(patches, options, index, now.encoder)
        self._patches, now.options = patches, options
        now.canvas.show(now.player)
        now.controls.set_title(self.title)
        moved = index != self.index
        now.controls.fit(patches, index)
        if not moved:
            self._call()

    def _to_player(self) -> Player:
        """Return what is shown now as a player, for pages without Python."""
        now = self._now
        options = dataclasses.replace(now.options, loop=self.loop, speed=self.speed)
        if now.view is not None:
            mesh = now.view.mesh
            options = dataclasses.replace(
                options,
                title=options.title or None,
                cmap=mesh.get_cmap(),
                norm=cast("Normalize", mesh.norm),
            )
        return make_player(self.patches, options, self.index, now.encoder)

    # -- in a notebook ---------------------------------------------------------------------

    def _ipython_display_(self) -> None:
        bundle = self._repr_mimebundle_()
        publish_view(bundle.pop(VIEW_TYPE))
        publish(bundle)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {"text/plain": repr(self), **self.saved(), VIEW_TYPE: view}

    def saved(self) -> dict[str, str]:
        """Return what notebooks save of it, and show where no kernel runs.

        Returns
        -------
        dict of str to str
            By media type.
        """
        now = self._now
        if now.figure is not None:
            return saved_figure(now.figure.png(), repr(self), self.model_id)
        return saved_player(
            now.player, self.model_id, index=self.index, loop=self.loop, speed=self.speed
        )

    @property
    def nbytes(self) -> int:
        """What the browser gets, once: texture, sound and script, in bytes."""
        return self._now.canvas.nbytes

    def __repr__(self) -> str:
        if self._held is None:
            return "Scrubber(closed)"
        return f"Scrubber(patch {self.index} of {self.patches!r}, {self.nbytes:,} bytes sent)"

    def close(self) -> None:
        """Free the figure, the widgets and the callbacks; the notebook shows nothing any more."""
        if self._held is None:
            return
        held, self._held, self._patches = self._held, None, None
        for leave in held.leave:
            leave()
        self.unobserve_all()
        if held.figure is not None:
            held.figure.close()
        close_parts(self)
        super().close()
        self.children = ()


def _closed() -> InvalidValueError:
    return InvalidValueError("this scrubber is closed. Make a new one: patchviz.scrub(patches).")


def scrub(
    patches: Patches | PatchView,
    *,
    index: int | None = None,
    title: str | None = None,
    cmap: str | Colormap | None = None,
    clim: tuple[float, float] | None = None,
    norm: Normalize | None = None,
    audio: bool = False,
    audio_format: str = "ogg",
    image_format: str = "png",
    column_step: int = 1,
    max_bytes: int = 8_000_000,
    loop: bool = False,
    speed: float = 1.0,
    time: str = "recording",
) -> Scrubber:
    """Scrub through patches in Jupyter: slider, play button, keys, and Python watching.

    Patches are drawn by the browser, from one picture of the whole spectrogram that it gets
    once. A view is drawn by the kernel, with whatever else is in its figure.

    Parameters
    ----------
    patches : Patches or PatchView
        A view brings its own figure and colours; the scrubber takes the figure over from pyplot.
    index : int, optional
        The patch to begin with, by default the first, or the one that the view shows.
    title : str, optional
        Text above the picture; by default the recording's name.
    cmap : str or Colormap, default: "magma"
        A matplotlib colormap, or its name.
    clim : (float, float), optional
        Values of the lowest and the highest colour; by default those of the whole spectrogram.
    norm : Normalize, optional
        A matplotlib norm in place of `clim`.
    audio : bool, default: False
        With the sound, which is the clock while it plays.
    audio_format : {"ogg", "mp3", "opus", "flac", "wav"}
        How the sound is compressed; see :func:`player`.
    image_format : {"png", "webp"}
        Exact, or a fifth of the size; see :func:`player`.
    column_step : int, default: 1
        Frames in a column of the picture, which shows their maximum. It says how long that is;
        every patch must have a whole column.
    max_bytes : int, default: 8_000_000
        The most that the HTML in the notebook's output may take.
    loop : bool, default: False
        Begin again after the last patch.
    speed : float, default: 1.0
        1 is the speed of the recording; from 0.0625 to 16.
    time : {"recording", "patch"}
        Whether the time axis counts from the start of the recording or of the patch.

    Returns
    -------
    Scrubber
        An ``ipywidgets.VBox``; its ``index`` can be set and observed.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an argument is not what it must be, or the output would exceed `max_bytes`.
    PatchIndexError
        If there is no patch `index`.

    See Also
    --------
    player : The same on a page, without Python.
    animate : The patches one after the other.

    Notes
    -----
    What a notebook saves is a player, and under it a still picture: they are seen where the
    widget is not.

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
        title=title, cmap=cmap, clim=clim, norm=norm, audio=audio, audio_format=audio_format,
        image_format=image_format, column_step=column_step, max_bytes=max_bytes, loop=loop,
        speed=speed, time=time,
    )  # fmt: skip
    encoder = Encoder()
    if isinstance(patches, Patches):
        made = make_player(patches, options, 0 if index is None else index, encoder)
        return remember(Scrubber(patches, made, options, None, encoder))
    if not isinstance(patches, PatchView):
        raise InvalidTypeError(
            f"patches is of type {type(patches).__name__}. It must be Patches or a PatchView."
        )
    view = patches
    for name, value in {"cmap": cmap, "clim": clim, "norm": norm}.items():
        if value is not None:
            raise InvalidValueError(
                Argument(name, value),
                " has no use with a PatchView, which is drawn already",
                remedy=("Give ", Argument(name), " to the PatchView."),
            )
    if index is not None:
        view.index = index
    options = dataclasses.replace(options, title=title or "")
    made = make_player(view.patches, options, view.index, encoder, pictured=False)
    return remember(Scrubber(view.patches, made, options, view, encoder))
