"""Scrubbing through patches, live in Jupyter."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from .errors import InvalidTypeError
from .livefigure import LiveFigure, close_widget
from .patches import Patches
from .view import PatchView, patch_title

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Scrubber", "scrub"]


class _PatchNumber(traitlets.TraitType[int, int]):
    """A number that one of the scrubber's patches has; checked before anything changes."""

    default_value = 0
    info_text = "the number of a patch"

    def validate(self, obj: Any, value: Any) -> int:
        return int(obj.patches.check_index(value))


class Scrubber(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """Patches under a slider. Made by :func:`scrub`.

    Parameters
    ----------
    view : PatchView
        Its figure is shown; it moves with the scrubber.

    Attributes
    ----------
    index : int
        Number of the patch that is shown. Slider, animation and view follow it, and
        ``scrubber.observe(f, "index")`` watches it.
    patches : Patches
    slider : ipywidgets.IntSlider
    play : ipywidgets.Play
    speed : ipywidgets.Dropdown
    readout : ipywidgets.HTML

    See Also
    --------
    scrub : Makes one.

    Examples
    --------
    >>> import patchviz as pv
    >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    >>> scrubber = pv.scrub(patches)
    >>> scrubber.index = -1
    >>> scrubber.index, scrubber.slider.value
    (106, 106)
    >>> scrubber.close()
    """

    index = _PatchNumber().tag(sync=True)

    def __init__(self, view: PatchView) -> None:
        self.patches = view.patches
        self._view: PatchView | None = view
        self._figure = LiveFigure(view)
        last = len(self.patches) - 1
        self.slider = ipywidgets.IntSlider(
            view.index, 0, last, readout=False, layout=ipywidgets.Layout(flex="1", width="auto")
        )
        self.play = ipywidgets.Play(
            value=view.index, max=last, interval=round(1000 * self.patches.hop_duration)
        )
        self.speed = ipywidgets.Dropdown(
            options=[(f"{speed:g}×", speed) for speed in (0.25, 0.5, 1.0, 2.0, 4.0)],
            value=1.0,
            tooltip="Speed",
            layout=ipywidgets.Layout(width="5em"),
        )
        self.readout = ipywidgets.HTML(patch_title(self.patches, view.index))
        row = ipywidgets.HBox([self.play, self.slider, self.speed, self.readout])
        super().__init__([self._figure.widget, row])
        self._links = [
            ipywidgets.jslink((self.play, "value"), (self.slider, "value")),
            traitlets.link((self, "index"), (self.slider, "value")),
        ]
        self.index = view.index
        self.speed.observe(self._set_speed, "value")
        self.observe(self._show, "index")
        self._disconnect = view.on_index(lambda index: self.set_trait("index", index))

    def _show(self, change: Any) -> None:
        if self._view is not None:
            self._view.index = self.index
            self._figure.paint()
            self.readout.value = patch_title(self.patches, self.index)

    def _set_speed(self, change: Any) -> None:
        self.play.interval = round(1000 * self.patches.hop_duration / change.new)

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

        Parameters
        ----------
        callback : callable
            Called with the patch, a read-only array of shape (n_bins, frame_length).

        Returns
        -------
        callable
            Call it, without arguments, to stop being called.
        """
        if not callable(callback):
            raise InvalidTypeError(
                f"callback={callback!r} must be callable with one argument, the patch."
            )

        def handler(change: Any) -> None:
            callback(self.patch)

        self.observe(handler, "index")
        return lambda: self.unobserve(handler, "index")

    def close(self) -> None:
        """Free the figure, the widgets and the callbacks; the notebook shows nothing any more."""
        if self._view is None:
            return
        self._disconnect()
        self._view = None
        self.unobserve_all()
        for link in self._links:
            link.unlink()
        self._figure.close()
        (row,) = self.children[1:]
        for widget in (*row.children, row, self._links[0]):
            close_widget(widget)
        self.layout.close()
        super().close()


def scrub(patches: Patches | PatchView) -> Scrubber:
    """Scrub through patches in Jupyter: a slider, a play button and what they show.

    Parameters
    ----------
    patches : Patches or PatchView
        A view brings its own figure, with whatever else is drawn in it.

    Returns
    -------
    Scrubber
        An ``ipywidgets.VBox``; its ``index`` can be set and observed.

    Raises
    ------
    InvalidTypeError
        If `patches` is neither.

    See Also
    --------
    player : The same on a page, without Python.
    animate : The patches one after the other.

    Examples
    --------
    >>> import patchviz as pv
    >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    >>> scrubber = pv.scrub(patches)
    >>> scrubber.index = 7
    >>> scrubber.readout.value
    'patch 7 / 107 · 0.650-5.642 s'
    >>> scrubber.close()
    """
    if isinstance(patches, PatchView):
        return Scrubber(patches)
    if not isinstance(patches, Patches):
        raise InvalidTypeError(
            f"patches is of type {type(patches).__name__}. It must be Patches or a PatchView."
        )
    from matplotlib.figure import Figure

    ax = Figure(layout="constrained").add_subplot()
    return Scrubber(PatchView(patches, ax=ax, colorbar=True))
