"""How much of a mosaic there is room for: its panels, and the overview and lanes above them."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from ..core.batch import batch_of
from ..errors import InvalidValueError
from .brackets import brackets, mark_extents
from .labels import draw_labels
from .lanes import draw_lanes
from .layout import Layout, Margins, choose_layout
from .overview import draw_overview, set_title
from .panels import Panels
from .wanted import Wanted, lane_names, names_width, tell_left_out

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..core.patches import Patches

__all__ = ["Above", "Arranged"]

SPLIT = 0.5  # what captions of two lines cost, beside what layouts do

_MOST = 32  # inches, up to which it is asked whether a figure has room

_USUAL_WIDTH = 0.775  # of a picture, in widths of its figure


@dataclasses.dataclass(frozen=True)
class Above:
    """The overview of a recording, and the lanes under it."""

    patches: Patches
    wanted: Wanted
    is_numbered: bool  # as colours are those of classes: brackets have numbers

    @classmethod
    def of(cls, patches: Patches, wanted: Wanted) -> Self:
        """Return what is wanted above some patches."""
        return cls(patches, wanted, is_numbered=len(wanted) > 0)

    @property
    def is_batch(self) -> bool:
        """Whether it has items side by side, where the panels have frames."""
        return batch_of(self.patches) is not None

    def fewer(self, height: float) -> list[Self]:
        """Return the same with the lanes that have room in a figure, and with fewer of them."""
        about = self.wanted.with_fewer_classes(height / 6, most=height / 3)
        fewer = self.wanted.with_fewer_classes(height / 6).fewer()
        return [dataclasses.replace(self, wanted=some) for some in (about, *fewer)]

    def with_room(self, margins: Margins, width: float, indices: list[int]) -> Margins:
        """Leave room for the lanes and their names, and for numbers of brackets."""
        top = margins.top + (margins.label if self.is_batch else 0.0)
        if self.is_numbered:
            numbered, plain = (brackets(self.patches, indices, numbered=it) for it in (True, False))
            top += numbered.height - plain.height
        size, names = lane_names(self.wanted.names, _USUAL_WIDTH * width)
        beside = names_width(names, size, has_keys=self.wanted.has_keys)
        beside = max(0.0, beside - margins.rows)
        return dataclasses.replace(
            margins, lanes=self.wanted.height, top=top, sides=margins.sides + beside
        )

    def draw(self, ax: Axes, panels: Panels, width: float) -> float:
        """Draw it, and a bracket for each panel; return how high these stand."""
        frequency = panels.frequencies[0]
        draw_overview(
            ax, self.patches, panels.scale, frequency=frequency, reduce=panels.reduce,
            mesh_kws=panels.mesh_kws,
        )  # fmt: skip
        if panels.labels:
            draw_labels(ax, self.patches, frequency)
        draw_lanes(ax, self.patches, self.wanted, _USUAL_WIDTH * width)
        return mark_extents(ax, self.patches, panels.chosen.indices, numbered=self.is_numbered)

    def title(self, ax: Axes, title: str | None, above: float, width: float) -> None:
        """Write above what it is called, so many points higher than where titles are."""
        text = self.patches.spectrogram.name if title is None else title
        set_title(ax, text, above, width, literal=title is None)


@dataclasses.dataclass(frozen=True, eq=False)
class Arranged:
    """Panels and what is above them, as far as there is room, and where they are."""

    panels: Panels
    above: Above | None
    margins: Margins
    layout: Layout

    @classmethod
    def of(
        cls, panels: Panels, above: Above | None, size: tuple[float, float], *, may_grow: bool
    ) -> Self:
        """Arrange all that is given."""
        margins, chosen = panels.margins(size[0]), panels.chosen
        margins = dataclasses.replace(margins, has_overview=above is not None)
        if above is not None:
            margins = above.with_room(margins, size[0], chosen.indices)
        layout = choose_layout(
            panels.titles, margins, *size, may_grow=may_grow, files=chosen.file_names
        )
        return cls(panels, above, margins, layout)

    @classmethod
    def readable(
        cls, panels: Panels, above: Above | None, size: tuple[float, float], *, may_grow: bool
    ) -> Self:
        """Arrange as much as lets pictures be read: lanes go before captions, which say more.

        Captions take two lines where one has no room for them.

        Raises
        ------
        InvalidValueError
            If the panels fit in no grid, whatever is left out.

        Warns
        -----
        UserWarning
            If something is left out: what, and how much higher a figure has room for it.
        """
        found = cls._as_found(panels, above, size, may_grow=may_grow)
        if missing := found._left_out(panels, above):

            def has_room(more: float) -> bool:
                higher = (size[0], size[1] + 72 * more)
                with contextlib.suppress(InvalidValueError):
                    tried = cls._as_found(panels, above, higher, may_grow=may_grow)
                    return not tried._left_out(panels, above)
                return False

            tell_left_out("plot_mosaic", missing, _least(has_room))
        return found

    @classmethod
    def _as_found(
        cls, panels: Panels, above: Above | None, size: tuple[float, float], *, may_grow: bool
    ) -> Self:
        kinds = [above] if above is None else above.fewer(size[1])
        tried = [(panels, kind) for kind in kinds]
        if panels.n_lines:  # else there is nothing that says more than when they sound
            tried += [
                (dataclasses.replace(panels, **less), kinds[-1])
                for less in ({"has_times": False}, {"most_lines": 1}, {"most_lines": 0})
            ]
        error, found = None, None
        for some, kind in tried:
            forms = []
            for form in some.forms():
                try:
                    found = cls.of(form, kind, size, may_grow=may_grow)
                except InvalidValueError as unfitting:
                    error = unfitting
                else:
                    forms.append(found)
            forms = [it for it in forms if it.layout.can_be_read and it.panels.may_be(it.layout)]
            if forms:
                found = min(forms, key=lambda it: it.layout.cost + SPLIT * it.panels.is_split)
                break
        if found is None:
            assert error is not None
            raise error
        return found

    def _left_out(self, panels: Panels, above: Above | None) -> list[str]:
        """Return what has no room, of what was wanted."""
        missing: list[str] = []
        if above is not None and self.above is not None:
            missing += above.wanted.left_out(self.above.wanted)
        if panels.n_lines and not self.panels.n_lines:
            missing.append("captions of labels and scores")
        return missing


def _least(has_room: Callable[[float], bool]) -> float | None:
    """Return how much more there must be, in inches; None where even much more is not enough."""
    low, high = 0.0, 0.5
    while not has_room(high):
        low, high = high, 2 * high
        if high > _MOST:
            return None
    while high - low > 0.05:
        middle = (low + high) / 2
        low, high = (low, middle) if has_room(middle) else (middle, high)
    return high
