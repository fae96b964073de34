"""The patches one after the other, at the rate at which they sound."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import matplotlib

from .._util.validation import check_choice, check_number
from ..core.patches import Patches, not_patches
from ..errors import Argument, InvalidValueError
from ..plot.figures import forget_if_inline
from ..plot.view import PatchView
from ..web.options import MAX_SPEED, MIN_SPEED
from .ffmpeg import with_ffmpeg
from .moving import MovingPatches
from .save import save_film

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from fractions import Fraction

    from matplotlib.animation import AbstractMovieWriter, Animation
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize
    from numpy.typing import ArrayLike

    from .._util.reductions import Reduction
    from ..plot.band import FrequencyLimits
    from ..plot.limits import ColorLimits
    from ..web.player import Player

__all__ = ["PatchAnimation", "animate"]

# Each has axes and a sound of its own.
_OF_MANY = (
    "A film is of one recording: animate(recordings.patches(row)) for row in "
    "range(len(recordings.files)), each with its sound, also of recordings[numbers]. "
    'player(recordings[numbers], stops="mistakes") and sheet(recordings, numbers) show several.'
)


def animate(
    patches: Patches | PatchView,
    *,
    ax: Axes | None = None,
    speed: float = 1.0,
    repeat: bool = True,
    cmap: str | Colormap | None = None,
    clim: ColorLimits | None = None,
    norm: Normalize | None = None,
    flim: FrequencyLimits | None = None,
    reduce: Reduction | None = None,
    labels: bool = True,
    scores: bool = True,
    truth: Mapping[str, float] | ArrayLike | None = None,
    mesh_kws: Mapping[str, Any] | None = None,
) -> PatchAnimation:
    """Animate patches: one mesh, one frame per patch, at the rate at which they sound.

    Patches at no one hop, such as those that were picked, ``patches[[41, 59]]``, are shown one
    after the other, each for as long as it sounds; the title says which it is.

    Parameters
    ----------
    patches : Patches or PatchView
        What to animate. A view brings its own figure, axes and colours.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default a new pyplot figure is made.
    speed : float, default: 1.0
        How much faster than the recording. A film's sound goes along, and its pitch with it.
    repeat : bool, default: True
        Whether to begin again at the end.
    cmap : str or Colormap, default: "magma"
        A matplotlib colormap, or its name.
    clim : (float, float) or "robust", optional
        Values of the lowest and the highest colour, by default those of the whole spectrogram, but
        of levels in dB re full scale or a unit the loudest 80 dB. Either may be a percentile, as in
        ``("1%", "99.5%")``; ``"robust"`` is ``("2%", "98%")``.
    norm : Normalize, optional
        A norm of one's own, in place of `clim`.
    flim : (float, float), optional
        Lowest and highest frequency to show, in Hz, as far as there are rows: ``(20e3, 120e3)``,
        or ``(None, 8000)``. By default all in which there can be sound: of a file of 8 kHz those up
        to 4 kHz, whatever it is analysed at; ``(None, None)`` are all rows.
    reduce : {"max", "mean", "median"}, optional
        What a pixel shows of the cells that share it; by default their maximum.
    labels, scores : bool, default: True
        Show what was written down and what a model said, as :class:`PatchView` does.
    truth : mapping or array_like, optional
        What is true of patches, which the title then says in place of labels; see
        :class:`PatchView`.
    mesh_kws : mapping, optional
        What the mesh takes besides; see :class:`matplotlib.collections.QuadMesh`.

    Returns
    -------
    PatchAnimation
        Keep it in a variable: matplotlib stops an animation that nobody holds.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an argument is not what it must be, or a view comes with options that it has already.

    Examples
    --------
    >>> import patchviz as pv
    >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    >>> anim = pv.animate(patches)
    >>> anim
    PatchAnimation of 107 frames, 92.88 ms each
    >>> anim.save("patches.gif")  # doctest: +SKIP
    """
    if isinstance(patches, PatchView):
        given = {"ax": ax, "cmap": cmap, "clim": clim, "norm": norm, "flim": flim,
                 "reduce": reduce, "truth": truth, "mesh_kws": mesh_kws}  # fmt: skip
        shown = {"labels": labels, "scores": scores}
        for name, value in (given | shown).items():
            if value is not (True if name in shown else None):
                raise InvalidValueError(
                    Argument(name, value),
                    " has no use with a PatchView, which is drawn already",
                    remedy=f"Give {name} to the PatchView.",
                )
        view = patches
    elif isinstance(patches, Patches):
        view = PatchView(
            patches, ax=ax, cmap=cmap, clim=clim, norm=norm, flim=flim,
            reduce="max" if reduce is None else reduce, labels=labels, scores=scores,
            truth=truth, mesh_kws=mesh_kws,
        )  # fmt: skip
    else:
        raise not_patches(patches, "Patches or a PatchView", _OF_MANY)
    return PatchAnimation(view, speed=speed, repeat=repeat)


class PatchAnimation(MovingPatches):
    """A :class:`matplotlib.animation.FuncAnimation` that moves the one mesh of a view.

    Frame *k* shows patch *k*. In a window the clock decides which patch is due, so that the
    picture keeps pace with the sound; where drawing is late, patches are skipped.

    Parameters
    ----------
    view : PatchView
        What moves.
    speed : float, default: 1.0
        How much faster than the recording. A film's sound goes along, and its pitch with it.
    repeat : bool, default: True
        Whether to begin again at the end.

    Attributes
    ----------
    view : PatchView
    interval : float
        Milliseconds per frame: ``1000 * patches.hop_duration / speed``, or of patches at no one
        hop, ``1000 * patches.duration / speed``.

    See Also
    --------
    animate : Makes one from patches.

    Examples
    --------
    >>> import patchviz as pv
    >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    >>> pv.PatchAnimation(pv.PatchView(patches), speed=2.0)
    PatchAnimation of 107 frames, 46.44 ms each
    """

    def __repr__(self) -> str:
        return f"PatchAnimation of {len(self.view.patches)} frames, {self.interval:.2f} ms each"

    # -- on a page -------------------------------------------------------------------------

    def to_jshtml(
        self,
        fps: float | None = None,
        embed_frames: bool = True,
        default_mode: str | None = None,
    ) -> str:
        """Return the animation as HTML that plays on any page: the same as :func:`player` makes.

        The page gets one picture of the spectrogram in place of one for each frame, and no frame
        is left out. The player shows the view's patches in its colours, beginning with the one
        that is shown now; whatever else is drawn in the figure is not in it.

        Parameters
        ----------
        fps : float, optional
            Patches per second; by default those of the animation.
        embed_frames : bool, default: True
            Only True: a player is one piece.
        default_mode : {"loop", "once"}, optional
            What to do at the end; by default ``"loop"`` if `repeat` is True. matplotlib's
            ``"reflect"`` has no meaning where patches sound, and is refused.

        Returns
        -------
        str
            An HTML fragment of at most ``rcParams["animation.embed_limit"]`` megabytes.

        Raises
        ------
        InvalidValueError, InvalidTypeError
            If an argument is not one of these, or the HTML would be larger.

        See Also
        --------
        player : Has more options, such as sound.

        Notes
        -----
        In a notebook with Jupyter's inline backend the figure is taken out of pyplot, so that the
        still figure does not appear under the player.

        Examples
        --------
        >>> import patchviz as pv
        >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
        >>> html = pv.animate(patches).to_jshtml(default_mode="once")
        >>> len(html) < 218_000
        True
        """
        if embed_frames is not True:
            raise InvalidValueError(
                Argument("embed_frames", embed_frames),
                " is not possible: a player is one piece",
                remedy="Leave embed_frames=True, or save frames as files: anim.save.",
            )
        made = self._to_player(fps, default_mode)
        forget_if_inline(self._root)
        return made.to_html()

    def to_html5_video(self, embed_limit: float | None = None) -> str:
        """Return the animation as a ``<video>`` with an h264 film in it, as matplotlib does.

        Parameters
        ----------
        embed_limit : float, optional
            Largest size in MB, by default ``rcParams["animation.embed_limit"]``.

        Returns
        -------
        str
            An HTML tag; or words that say that it is too large.

        Raises
        ------
        PatchvizError
            If there is no ffmpeg: neither the system's nor the one of the ``ffmpeg`` extra.

        See Also
        --------
        PatchAnimation.to_jshtml : A player, smaller and exact.

        Examples
        --------
        >>> import patchviz as pv
        >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=1.0)
        >>> pv.animate(patches).to_html5_video().startswith("<video width=")
        True
        """
        if embed_limit is not None:
            embed_limit = check_number("embed_limit", embed_limit, minimum=0, unit="MB")
        is_by_ffmpeg = matplotlib.rcParams["animation.writer"].startswith("ffmpeg")
        with with_ffmpeg() if is_by_ffmpeg else contextlib.nullcontext():
            return super().to_html5_video(embed_limit)

    def _repr_html_(self) -> str:
        """Return the player, or the video that ``rcParams["animation.html"] = "html5"`` asks for.

        matplotlib's default, ``"none"``, is there because its own HTML takes long to make and is
        large; ours is neither.
        """
        if matplotlib.rcParams["animation.html"] == "html5":
            html = self.to_html5_video()
            forget_if_inline(self._root)
            return html
        return self.to_jshtml()

    def _to_player(self, fps: float | None = None, default_mode: str | None = None) -> Player:
        from ..web.making import player  # a floor above, and not needed to draw

        self._draw_was_started = True  # or matplotlib warns that nobody has seen it
        view, shown = self.view, self.view.patches.framing.shown_duration
        speed = 1000.0 * shown / self.interval
        if fps is not None:
            least, most = MIN_SPEED / shown, MAX_SPEED / shown
            speed = shown * check_number("fps", fps, minimum=least, maximum=most)
        loop = bool(getattr(self, "_repeat", False))
        if default_mode is not None:
            loop = check_choice("default_mode", default_mode, ("loop", "once")) == "loop"
        limit = matplotlib.rcParams["animation.embed_limit"]
        try:
            return player(
                view.patches,
                title=self._root.get_suptitle() or None,
                cmap=view.mesh.get_cmap(),
                norm=cast("Normalize", view.mesh.norm),
                reduce=view.mesh.reduce,
                index=view.index,
                loop=loop,
                speed=speed,
                **view._shown,
                max_bytes=max(1, int(min(limit * 2**20, sys.maxsize))),
            )
        except InvalidValueError as error:
            if error.argument != "max_bytes":
                raise
            raise InvalidValueError(
                f'the player takes more than rcParams["animation.embed_limit"]={limit:g} MB allows',
                remedy="Raise that, or make it smaller: "
                'patchviz.player(patches, column_step=2, image_format="webp").',
            ) from error

    # -- saving ----------------------------------------------------------------------------

    def save(
        self,
        filename: str | os.PathLike[str],
        writer: str | AbstractMovieWriter | None = None,
        fps: float | Fraction | None = None,
        dpi: float | str | None = None,
        codec: str | None = None,
        bitrate: int | None = None,
        extra_args: Sequence[str] | None = None,
        metadata: Mapping[str, str] | None = None,
        extra_anim: Sequence[Animation] | None = None,
        savefig_kwargs: Mapping[str, Any] | None = None,
        *,
        progress_callback: Callable[[int, int], object] | None = None,
        audio: bool = False,
        progress: bool = True,
    ) -> None:
        """Save every patch as a frame of a film, repainting only what moves.

        The file appears when it is complete; after an error there is none, or the one that was
        there before. Memory holds one frame, however many there are.

        Parameters
        ----------
        filename : path
            Its ending decides: ``.gif``, ``.webp`` and ``.apng`` (or ``.png``) need no ffmpeg;
            ``.mp4``, ``.m4v``, ``.mov``, ``.mkv``, ``.avi`` and ``.webm`` are made by the
            system's ffmpeg or that of the ``video`` extra. A name that ends in ``/``, or an
            existing folder, gets one PNG per patch, ``patch_0000.png`` and so on.
        writer : str or matplotlib.animation.AbstractMovieWriter, optional
            A writer of matplotlib or of your own, in place of the one that the ending decides.
        fps : int, float or Fraction, optional
            Frames per second; by default the true rate, ``1000 / interval``. GIFs round each
            time to hundredths of a second, WebPs and APNGs to milliseconds, so that their sum
            stays true; GIFs have at most 50 frames per second.
        dpi : float or "figure", optional
            Dots per inch; by default ``rcParams["savefig.dpi"]``.
        codec, bitrate, extra_args, metadata : optional
            What ffmpeg is told; see :meth:`matplotlib.animation.Animation.save`. The preset of
            h264 is ``veryfast``; ``extra_args=["-preset", "slow"]`` makes smaller files.
        extra_anim : None
            Cannot be combined; here for the order of the arguments.
        savefig_kwargs : mapping, optional
            Any of ``facecolor``, ``edgecolor`` and ``transparent`` (WebP, APNG, PNG).
        progress_callback : callable, optional
            Called before each frame with its number and how many there are.
        audio : bool, default: False
            Whether the sound is in the video: one channel, the mean of all, as the spectrogram
            shows. Patch *k* appears when the sound reaches its start; the last one stays until
            it has been heard to its end. Of patches at no one hop the sounds follow one another.
            At another `speed` than 1 the pitch follows, as on a page: at 0.1 a bat's 40 kHz are
            heard at 4 kHz. MP4 and MOV hold at most 48000 Hz, which is told; ``"film.mkv"`` with
            ``extra_args=["-c:a", "flac"]`` holds 192000 Hz.
        progress : bool, default: True
            Whether a progress bar appears, in a terminal or a notebook, if it takes longer than a
            second.

        Raises
        ------
        InvalidValueError, InvalidTypeError
            If an argument is not what it must be, or the file cannot hold what is asked for.
        PatchvizError
            If ffmpeg is missing or fails.

        Notes
        -----
        Pixels are those of ``figure.savefig``: in PNG, APNG and WebP exactly, in GIF the nearest
        of 256 colours chosen from the frames. The figure and the view's index are left as they
        were.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> from PIL import Image
        >>> import patchviz as pv
        >>> anim = pv.animate(pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.5))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "patches.gif")
        ...     anim.save(path, dpi=50, progress=False)
        ...     with Image.open(path) as film:
        ...         print(film.n_frames)
        21
        """
        self._draw_was_started = True  # or matplotlib warns that nobody has seen it
        if extra_anim is not None:
            raise InvalidValueError(
                Argument("extra_anim", extra_anim),
                " cannot be combined",
                remedy="Move artists of your own in a function given to view.on_index, and append "
                "them to view.artists.",
            )
        save_film(
            self.view,
            filename,
            interval=self.interval,
            repeat=bool(self._repeat),  # type: ignore[attr-defined]  # FuncAnimation's
            writer=writer,
            fps=fps,
            dpi=dpi,
            codec=codec,
            bitrate=bitrate,
            extra_args=extra_args,
            metadata=metadata,
            savefig_kwargs=savefig_kwargs,
            progress_callback=progress_callback,
            audio=audio,
            progress=progress,
        )
