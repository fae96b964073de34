"""What of a scrubber can be changed while it lives: what it shows, and how."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.each import all_of
from .._util.text import class_name, plural
from .._util.warn import held, once, warn_user
from ..core.carving import ORIGIN
from ..core.patches import Patches, check_patches
from ..errors import InvalidValueError
from ..plot.scored import Scored
from ..web.player import Player, make_player
from ..web.sheet import looks_of, names_of
from ..web.stops import with_positions
from .picks import DECIDED, NOTHING, Decisions

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

__all__ = ["LATE", "Changeable", "Held", "closed"]

# What the buttons beside a view's own figure, and the readout above it, are made of.
_OF_ANY_VIEW = {
    *("labels", "scores", "classes", "lanes", "threshold", "stops", "chosen_for", "truth", "mark"),
}

LATE = "late"  # about what is picked too late for the patches that were shown


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
    told: set[str]


class Changeable:
    """What a scrubber shows; each may be set, and the picture follows."""

    index: int
    _chosen: list[str]
    _choices: list[Any]  # what patches can be called
    _asked_names: list[str] | None
    picked: tuple[int, ...]
    rejected: tuple[int, ...]
    names: dict[int, str]
    _untold: dict[str, Any] | None
    _tell_untold: Callable[[], None]
    _call: Callable[[], None]  # those who watch the patch
    _patches_of: int  # how often other patches have come
    send_state: Callable[[Iterable[str]], None]
    _patches: Patches | None = None
    _held: Held | None = None
    _is_changing = False  # what it shows; those who watch the patch are called when that is done

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
        with held():  # it was told when they were set
            found = Scored.of(self.patches, options.lanes or options.classes, options.threshold)
        return found.names

    @classes.setter
    def classes(self, classes: Sequence[str] | None) -> None:
        # A list of one's own may be changed, and set again.
        self._change(classes=[*classes] if isinstance(classes, list) else classes, lanes=None)

    def _choose(self, change: Any) -> None:
        """Take the classes that were chosen on the page, which shows them already."""
        if not change.new:
            return
        now, raw = self._now, {class_name(name): name for name in self.patches.classes}
        with now.controls.teller.telling():
            classes = [raw.get(name, name) for name in change.new]
            options = dataclasses.replace(now.options, lanes=classes)
            made = self._made(self.patches, self._as_shown(options), self.index)
        now.options, now.player = options, made

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
        self._change(stops=stops, chosen_for=None)

    @property
    def mark(self) -> Mapping[str, ArrayLike]:
        """Groups of patches by name, each with a lane. None sets none."""
        return self._now.options.mark or {}

    @mark.setter
    def mark(self, mark: Mapping[str, ArrayLike] | None) -> None:
        self._change(mark={**mark} if isinstance(mark, dict) else mark)

    def _with_positions(self, patches: Patches, options: PlayerOptions) -> PlayerOptions:
        """Return options in which stops are positions: what is told of these is told once."""
        return with_positions(patches, options)

    def _as_shown(self, options: PlayerOptions) -> PlayerOptions:
        """Return options as they are about the patches that are shown."""
        return options

    def _made(self, patches: Patches, options: PlayerOptions, begin: int | None) -> Player:
        """Return what shows some patches; what was told of others is not told again."""
        now = self._now
        with once(now.told):
            return make_player(patches, options, begin, now.encoder, pictured=now.view is None)

    def _begin(self, patches: Patches, _: PlayerOptions) -> int | None:
        """Return the patch that is shown of others; None where a player begins by itself."""
        return min(self.index, len(patches) - 1)

    def _picks_left(self, patches: Patches) -> Decisions | None:
        """Return what is picked of other patches; None where that stays as it is.

        It is forgotten, unless its numbers mean the same there.
        """
        if _are_same(patches, self.patches):
            return None
        if n := len(self.picked) + len(self.rejected):
            warn_user(
                f"{plural(n, 'decision')} of {self.title or 'the recording before'} left with its "
                "patches. scrubber.to_frame() has them before others are set."
            )
        return NOTHING

    def _pick(self, picks: Decisions | None) -> None:
        if picks is not None:
            none = {"picked": (), "rejected": ()}.items()
            some = zip(DECIDED, picks, strict=True)
            all_of(
                *(partial(setattr, self, name, value) for name, value in (*none, *some)),
            )

    def _tell_others(self) -> None:
        """Tell the page that other patches have come: it knows by now which of them is shown."""
        self._patches_of += 1
        self._now.controls.teller.say("", LATE)

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
            options = dataclasses.replace(now.options, **changes) if changes else now.options
            if not {*(options.lanes or ())} <= {*patches._score_classes}:  # chosen of others
                options = dataclasses.replace(options, lanes=None)
            options = self._with_positions(patches, options)
            shown = self._as_shown(options)
            begin = self._begin(patches, options)
            made = self._made(patches, shown, begin)
            index = made.state["options"]["index"]
            choices = names_of(looks_of([patches]), self._asked_names)
        picks = self._picks_left(patches)
        # What it is now is known before anybody is told, who may choose others.
        self._patches, now.options, now.player = patches, options, made
        self._untold = self._untold or {}
        is_within, self._is_changing = self._is_changing, True  # another change, of who is told
        all_of(
            lambda: self._pick(picks),  # first: to_frame() is right for whoever is told of a part
            lambda: setattr(self, "_choices", choices),
            lambda: setattr(self, "_chosen", []),
            lambda: now.canvas.show(made),
            lambda: now.controls.set_title(self.title),
            # Also where the page has decided meanwhile.
            *([] if picks is None else [lambda: self.send_state(DECIDED)]),
            lambda: now.controls.fit(patches, index, shown),
            lambda: setattr(self, "index", index),  # be it that they were there before
            *([] if picks is None else [self._tell_others]),
            self._tell_untold,
            lambda: setattr(self, "_is_changing", is_within),
            self._call,  # at last, and once: however slow they are, the page has what it needs
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
        elif framing.hop_length is not None:
            is_beside = framing.hop_length == framing.frame_length
            hop = seconds if is_beside else framing.hop_length * framing.frame_duration
            how["hop_duration"] = hop
    new = Patches(spec, **how)
    if old.scores is None or not _are_same(new, old):
        return new
    new = new.with_scores(old.scores, classes=old._score_classes)  # it has other labels, perhaps
    # Which scores are high is not known of these alone, where they are some of more.
    new._set_of_all(old.threshold, old._range_of_all)
    return new


def _are_same(some: Patches, others: Patches) -> bool:
    """Return whether patches are of the same values, or padded copies, at the same times."""
    one, other = some.spectrogram, others.spectrogram
    if not np.array_equal(some.times, others.times):
        return False
    if np.shares_memory(one.values, other.values):
        return True
    origins = [vars(spec).get(ORIGIN) for spec in (one, other)]
    is_copy = origins[0] is not None and origins[0] == origins[1]
    return is_copy and np.array_equal(one.values, other.values, equal_nan=True)


def closed() -> InvalidValueError:
    """Return the error of whoever asks a scrubber that is closed."""
    return InvalidValueError("this scrubber is closed. Make a new one: patchviz.scrub(patches).")
