"""What of a scrubber can be changed while it lives: what it shows, and how."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from .._util.text import class_name, plural
from .._util.warn import warn_user
from ..core.patches import Patches, check_patches
from ..errors import InvalidValueError
from ..plot.scored import Scored
from ..web.player import Player, make_player
from ..web.sheet import looks_of, names_of
from .telling import all_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.colors import Colormap
    from numpy.typing import ArrayLike, NDArray

    from ..core.spectrogram import Spectrogram
    from ..plot.limits import ColorLimits
    from ..plot.view import PatchView
    from ..web.encode import Encoder
    from ..web.options import PlayerOptions
    from .canvas import Canvas
    from .controls import Controls
    from .figure import LiveFigure

__all__ = ["Changeable", "Held", "closed"]

# What the buttons beside a view's own figure, and the readout above it, are made of.
_OF_ANY_VIEW = {"labels", "scores", "classes", "lanes", "threshold", "stops", "truth", "mark"}

Picked: TypeAlias = "tuple[tuple[int, ...], tuple[int, ...], dict[int, str]]"  # rejected, names


@dataclasses.dataclass
class Held:
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


class Changeable:
    """What a scrubber shows; each may be set, and the picture follows."""

    index: int
    _chosen: list[str]
    _choices: list[Any]  # what patches can be called
    _asked_names: list[str] | None
    picked: tuple[int, ...]
    rejected: tuple[int, ...]
    names: dict[int, str]
    _call: Callable[[], None]  # those who watch the patch
    _patches: Patches | None = None
    _held: Held | None = None

    @property
    def _now(self) -> Held:
        if self._held is None:
            raise closed()
        return self._held

    @property
    def patches(self) -> Patches:
        """The patches. Others can be set; the index stays as far as there are as many."""
        if self._patches is None:
            raise closed()
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
        self._change(lambda: _carved_alike(spec, self.patches))

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
    def clim(self, clim: ColorLimits | None) -> None:
        self._change(clim=clim, norm=None)

    @property
    def title(self) -> str:
        """Text above the picture. None sets the recording's name."""
        return str(self._now.player.state["title"])

    @title.setter
    def title(self, title: str | None) -> None:
        self._change(title=title)

    @property
    def labels(self) -> bool:
        """Whether what was written down is shown."""
        return self._now.options.labels

    @labels.setter
    def labels(self, labels: bool) -> None:
        self._change(labels=labels)

    @property
    def scores(self) -> bool:
        """Whether what a model said is shown."""
        return self._now.options.scores

    @scores.setter
    def scores(self, scores: bool) -> None:
        self._change(scores=scores)

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that have a lane of scores. None sets those labelled, then the highest."""
        options = self._now.options
        if not options.scores:
            return ()
        return Scored.of(self.patches, options.lanes or options.classes, options.threshold).names

    @classes.setter
    def classes(self, classes: Sequence[str] | None) -> None:
        self._change(classes=classes, lanes=None)

    def _choose(self, change: Any) -> None:
        """Take the classes that were chosen on the page, which shows them already."""
        if not change.new:
            return
        now, raw = self._now, {class_name(name): name for name in self.patches.classes}
        with now.controls.teller.telling():
            classes = [raw.get(name, name) for name in change.new]
            now.options = dataclasses.replace(now.options, lanes=classes)
            now.player = make_player(
                self.patches, self._as_shown(now.options), self.index, now.encoder,
                pictured=now.view is None,
            )  # fmt: skip

    @property
    def threshold(self) -> float | None:
        """From which score on a class is there. None sets the usual one."""
        threshold = self._now.options.threshold
        return self.patches.threshold if threshold is None else threshold

    @threshold.setter
    def threshold(self, threshold: float | None) -> None:
        self._change(threshold=threshold)

    @property
    def stops(self) -> list[int]:
        """The positions that N and P, and two buttons, go to. Set as :func:`player` takes them."""
        return [*self._now.player.stops]

    @stops.setter
    def stops(self, stops: str | Iterable[int] | None) -> None:
        self._change(stops=stops)

    @property
    def mark(self) -> Mapping[str, ArrayLike]:
        """Groups of patches by name, each with a lane. None sets none."""
        return self._now.options.mark or {}

    @mark.setter
    def mark(self, mark: Mapping[str, ArrayLike] | None) -> None:
        self._change(mark=mark)

    def _as_shown(self, options: PlayerOptions) -> PlayerOptions:
        """Return options as they are about the patches that are shown."""
        return options

    def _begin(self, patches: Patches, _: PlayerOptions) -> int | None:
        """Return the patch that is shown of others; None where a player begins by itself."""
        return min(self.index, len(patches) - 1)

    def _picks_left(self, patches: Patches) -> Picked | None:
        """Return what is picked of other patches; None where that stays as it is.

        It is forgotten, unless its numbers mean the same there.
        """
        values, before = patches.spectrogram.values, self.patches.spectrogram.values
        is_same = np.shares_memory(values, before)
        is_same &= np.array_equal(patches.times, self.patches.times)
        if is_same or not (self.picked or self.rejected):
            return None
        n = len(self.picked) + len(self.rejected)
        warn_user(
            f"{plural(n, 'decision')} of {self.title or 'the recording before'} left with its "
            "patches. scrubber.to_frame() has them before others are set."
        )
        return (), (), {}

    def _pick(self, picks: Picked | None) -> None:
        if picks is not None:
            self.picked = self.rejected = ()
            self.picked, self.rejected, self.names = picks

    def _change(self, carve: Callable[[], Patches] | None = None, **changes: Any) -> None:
        now, name = self._now, self.title or "what was there before"
        with now.controls.teller.telling(after=f" Still shown: {name}."):
            if now.view is not None and not _OF_ANY_VIEW.issuperset(changes or [""]):
                raise InvalidValueError(
                    "patches, spec, cmap, clim and title of this scrubber are those of its "
                    "PatchView. Change what is drawn, such as view.mesh.set_cmap(...): the picture "
                    "follows."
                )
            patches = self.patches if carve is None else carve()
            options = dataclasses.replace(now.options, **changes)
            shown = self._as_shown(options)
            begin = self._begin(patches, options)
            made = make_player(patches, shown, begin, now.encoder, pictured=now.view is None)
            index = made.state["options"]["index"]
            choices = names_of(looks_of([patches]), self._asked_names)
        picks, is_moved = self._picks_left(patches), index != self.index
        # What it is now is known before anybody is told.
        self._patches, now.options, now.player = patches, options, made
        self._choices = choices
        self._chosen = []
        all_of(
            lambda: now.canvas.show(made),
            lambda: now.controls.set_title(self.title),
            lambda: self._pick(picks),
            lambda: now.controls.fit(patches, index, shown),
            *([] if is_moved else [self._call]),
        )


def _carved_alike(spec: Spectrogram, old: Patches) -> Patches:
    """Return patches of a spectrogram at the times, or else the frames, at which others are."""
    framing, seconds = old.framing, old.requested_duration
    how: dict[str, Any] = {"framing": framing, "duration": seconds, "pad_value": old.pad_value}
    is_alike = getattr(spec, "frame_duration", 0) == framing.frame_duration
    if framing.numbers is not None:
        if not is_alike:
            raise InvalidValueError(
                "some patches were picked of frames of another length, which says nothing of "
                "others. Carve the spectrogram, and pick: scrubber.patches = ..."
            )
    elif old.requested_hop_duration is not None:
        how["hop_duration"] = old.requested_hop_duration
    elif seconds is not None and not is_alike:
        if framing.given_starts is not None:
            how["starts"] = framing.table_times[:, 0]
        elif framing.hop_length == framing.frame_length:  # side by side
            how["hop_duration"] = seconds
    new = Patches(spec, **how)
    is_same = np.shares_memory(new.spectrogram.values, old.spectrogram.values)
    if old.scores is None or not (is_same and np.array_equal(new.times, old.times)):
        return new
    return new.with_scores(old.scores, classes=old._score_classes)  # it has other labels, perhaps


def closed() -> InvalidValueError:
    """Return the error of whoever asks a scrubber that is closed."""
    return InvalidValueError("this scrubber is closed. Make a new one: patchviz.scrub(patches).")
