"""What people scrub with: patches under a slider, live in Jupyter, that Python watches."""

from __future__ import annotations

import dataclasses
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import ipywidgets
import numpy as np
import traitlets

from .._util.each import all_of, all_while
from .._util.text import plural
from .._util.warn import once, warn_user
from ..core.batch import batch_of
from ..core.patches import Patches
from ..core.said import named_scores, said_scores
from ..errors import Argument, InvalidTypeError, InvalidValueError
from ..plot.view import PatchView
from ..web.encode import Encoder
from ..web.options import PlayerOptions
from ..web.player import Player, make_player
from ..web.sheet import looks_of, names_of
from .boxes import Saved, beside_others, save_boxes
from .canvas import Canvas
from .changeable import Changeable, Held, closed
from .controls import Controls, close_parts
from .decided import Decidable
from .figure import LiveFigure
from .frompage import FromPage
from .notebook import after_every_cell, kept_as_output, running_number, when_cell_runs_again
from .saved import saved_figure, saved_player
from .telling import failed
from .traits import Flag, Index, Speed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.colors import Normalize
    from numpy.typing import NDArray

    from .telling import Teller

__all__ = ["Scrubber"]


class Scrubber(Changeable, Saved, FromPage, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
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
    names : list of str, optional
        What patches can be called.
    told : set of str, optional
        What was told when it was made, and is not told again.

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
        1 is the speed of the recording; from 0.02 to 16, as far as the sound can be played.
    loop : bool
        Whether it begins again after the last patch.
    muted : bool
        Whether the sound is off.
    picked, rejected : tuple of int
        Patches that are kept or named, and those that are rejected, as in a :class:`Sheet`: by
        its keys and buttons, or by Python. ``patches[list(scrubber.picked)]`` are these. Others in
        place of the patches begin with none.
    names : dict of int to str
        What some of those picked are called.

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

    _watched = FromPage._watched | {"index", "playing", "hearing", "speed", "loop", "muted"}
    index = Index().tag(sync=True)
    # Only the page in which somebody pressed the button plays; others show what it shows.
    playing = Flag().tag(sync=True, echo_update=False)
    hearing = Flag().tag(sync=True, echo_update=False)
    speed = Speed().tag(sync=True)
    loop = Flag().tag(sync=True)
    muted = Flag().tag(sync=True)
    # The classes that somebody chose on a page; none where it shows those that Python said.
    _chosen = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _choices: traitlets.List[Any] = traitlets.List().tag(sync=True)

    def __init__(
        self,
        patches: Patches,
        made: Player,
        options: PlayerOptions,
        view: PatchView | None,
        encoder: Encoder,
        names: list[str] | None = None,
        told: set[str] | None = None,
    ) -> None:
        self._patches = patches
        self._asked_names = names
        choices = names_of(looks_of([patches]), self._asked_names)
        super().__init__(layout=beside_others())
        self.add_class("patchviz-scrubber").add_class(f"patchviz-{self.model_id}")
        start: int = made.state["options"]["index"]
        self.index, self.loop, self.speed = start, options.loop, options.speed
        # Of which patch who watches it was told last: of channels it has other rows.
        self._told_of = self._patches_of, start, patches[start].shape
        self._choices = choices
        controls = Controls.of(patches, start, self._as_shown(options))
        controls.set_title(made.state["title"])
        figure = None if view is None else LiveFigure(view)
        parts = {"box": self, **controls.moved}
        width = figure.css_width if figure else "100%"
        canvas = Canvas(made, parts, shown=view is None, width=width)
        self._held = Held(
            options, encoder, made, controls, canvas, view, figure, callbacks=[], leave=[],
            told=set() if told is None else told,
        )  # fmt: skip
        above, below = controls.rows(width)
        self.children = (
            above,
            *([figure.widget] if figure else []),
            canvas,
            below,
            controls.message,
        )
        self._held.leave.append(controls.link(self))  # first: it stays in step, whoever fails then
        self.observe(self._show, "index")
        self.observe(self._choose, "_chosen")
        if view is not None and figure is not None:
            self._held.leave.append(view.on_index(self._follow))
            self._held.leave.append(after_every_cell(figure.refresh))
        leave_cell = partial(self._leave_cell, running_number())
        self._held.leave.append(when_cell_runs_again(leave_cell))
        save_boxes()

    def _check_open(self) -> None:
        if self._when_closed is not None:
            raise closed()

    def _follow(self, index: int) -> None:
        self.index = index
        if self._now.figure is not None:
            self._now.figure.request_paint()  # for what later callbacks of the view still draw

    @property
    def _teller(self) -> Teller | None:  # type: ignore[override]
        return None if self._held is None else self._held.controls.teller

    def _tell(self, change: Any) -> None:
        # However slow those are who watch the patch, all else is told.
        all_of(partial(super()._tell, change), *([self._call] if change["name"] == "index" else []))

    def _show(self, _: Any) -> None:
        now = self._now
        now.controls.write(self.patches, self.index, now.options)
        if now.view is not None and now.figure is not None:
            now.view.index = self.index
            now.figure.paint()

    def _call(self) -> None:
        if self._held is None or self._is_changing:
            return  # not all of it is in place
        patch = self.patch
        which = self._patches_of, self.index, patch.shape
        if which == self._told_of:
            return
        self._told_of = which
        # About no index: that nobody fails here says nothing of who is told of that.
        with self._telling("patch", failed("index", self.index)):
            # Who is called may close it, or show another patch, of which all were called then: also
            # where that led back to this one.
            all_while(
                lambda: self._held is not None and self._told_of is which,
                *(partial(callback, patch) for callback in self._held.callbacks),
            )

    # -- what it does ------------------------------------------------------------------------

    def play(self) -> None:
        """Play the patches from the one that is shown, or after the last from the first.

        On a page that nobody has clicked on, browsers may refuse the sound.
        """
        self.playing = True

    def pause(self) -> None:
        """Stop, whether the patches play or one is heard."""
        self.playing = self.hearing = False

    def go_next(self) -> int:
        """Show the next of the `stops`, as the key N does: an event, or a mistake.

        Of recordings it is, after the last of the one that is shown, the first of the next one
        that has any; where that cannot be read, its error is raised, and who goes on once more goes
        past it. A threshold that somebody drags on the page is the page's alone: the keys go by it
        there, and this goes by :attr:`threshold`.

        Returns
        -------
        int
            The patch that is shown then, as the `stops` are counted; the same one after the last.

        Raises
        ------
        InvalidValueError
            If there are no stops.

        Examples
        --------
        >>> import patchviz as pv
        >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
        >>> scrubber = pv.scrub(patches, stops=[3, 50, 90])
        >>> scrubber.go_next(), scrubber.go_next(), scrubber.go_previous()
        (3, 50, 3)
        >>> scrubber.close()
        """
        return self._go(1)

    def go_previous(self) -> int:
        """Show the `stops` before, as the key P does; see :meth:`go_next`.

        Returns
        -------
        int
            The patch that is shown then, as the `stops` are counted; the same one before the first.

        Raises
        ------
        InvalidValueError
            If there are no stops.
        """
        return self._go(-1)

    def _go(self, direction: int) -> int:
        stops = self._now.player.stops
        if not stops:
            raise InvalidValueError(
                "these patches have no stops to go to, as of mistakes where none is made. Set "
                'others: scrubber.stops = [3, 50], or "events" or "mistakes" of scored patches.'
            )
        beyond = [stop for stop in stops if direction * (stop - self.index) > 0]
        if beyond:
            self.index = beyond[0 if direction > 0 else -1]
        return int(self.index)

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

    def _to_player(self) -> Player:
        """Return what is shown now as a player, for pages without Python."""
        now = self._now
        options = self._as_shown(now.options)
        mark = {**(options.mark or {}), **self._picked_groups}
        options = dataclasses.replace(options, loop=self.loop, speed=self.speed, mark=mark or None)
        if now.view is not None:
            mesh = now.view.mesh
            options = dataclasses.replace(
                options,
                title=options.title or None,
                cmap=mesh.get_cmap(),
                norm=cast("Normalize", mesh.norm),
                reduce=mesh.reduce,
            )
        with once(now.told):
            return make_player(self.patches, options, self.index, now.encoder)

    # -- what is picked ----------------------------------------------------------------------

    def _check_number(self, number: int, name: str) -> int:
        return self.patches.framing.check_index(number, name)

    def _place(self, number: int) -> tuple[Patches, int, str | list[str]]:
        return self.patches, number, self.patches._file

    @property
    def _decidable(self) -> Decidable:
        n, times, file = len(self.patches), self.patches._table_times, self.patches._file
        if (batch := batch_of(self.patches)) is not None:  # recordings of their own
            times = times - times[:, :1]
        files = file if isinstance(file, list) else [file] * n
        return Decidable.of(
            range(n), files, times, self._scored, self.patches.numbers.tolist(),
            "patchviz.sheet(scrubber.patches, of={})", None if batch is None else batch.names,
        )  # fmt: skip

    @property
    def _is_scored(self) -> bool:
        return self.patches._scores is not None and self._now.options.scores

    def _scored(self, numbers: Sequence[int]) -> list[tuple[str, float]]:
        if not len(numbers):
            return []
        controls, patches, at = self._now.controls, self.patches, np.array(numbers, np.int64)
        chosen_for = controls.chosen_for
        return named_scores(
            patches.classes,
            *said_scores(
                patches[at],
                chosen_for={k: chosen_for[n] for k, n in enumerate(numbers) if n in chosen_for},
                wrong=None if controls.wrong is None else controls.wrong[at],
            ),
        )

    # -- in a notebook ---------------------------------------------------------------------

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
        player = self._to_player() if self._picked_groups else now.player
        return saved_player(
            player, self.model_id, self._saved_note, index=self.index, loop=self.loop,
            speed=self.speed,
        )  # fmt: skip

    @property
    def _saved_note(self) -> str:
        """What is said above it there."""
        return ""

    @property
    def nbytes(self) -> int:
        """What the browser gets, once: texture, sound and script, in bytes."""
        return self._now.canvas.nbytes

    def __repr__(self) -> str:
        if self._held is None:
            return "Scrubber(closed)"
        return f"Scrubber(patch {self.index} of {self.patches!r}, {self.nbytes:,} bytes sent)"

    def _leave_cell(self, number: int) -> None:
        """Close with the cell that made it, and tell of what was decided, and where it is."""
        self.close()
        if n := len(self.to_frame()):
            is_there = kept_as_output(number, self)
            name, where = (f"Out[{number}]", "") if is_there else ("old", ", if old names it, too")
            warn_user(
                f"{plural(n, 'decision')} left with the scrubber whose cell runs again: another "
                f"begins without. scrubber.decide({name}.to_frame()) takes them over{where}."
            )

    def close(self) -> None:
        """Free the figure, the widgets and the callbacks; the notebook shows nothing any more.

        What was decided stays: :meth:`to_frame` returns it.
        """
        if self._held is None or sys.is_finalizing():  # Python ends, and can import nothing more
            return
        self._when_closed = self._decided_now()
        held, self._held, self._patches = self._held, None, None
        for leave in held.leave:
            leave()
        self.unobserve_all()
        if held.figure is not None:
            held.figure.close()
        close_parts(self)
        super().close()
        self.children = ()
