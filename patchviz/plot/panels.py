"""The panels of a mosaic, each a patch of a recording: what they show, and what stands above."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.batch import batch_of
from ..core.captions import class_names, times_of
from .axis import FrequencyAxis, shared_band
from .brackets import is_dark, span_color
from .classes import ClassLooks
from .known import are_named, fitting_known, least_width, says_all, whole_lines
from .labels import draw_labels
from .layout import Layout, Margins
from .mesh import draw_mesh
from .padding import Padding, has_padding, padding_of
from .text import fitting_label, points, size_for, write
from .times import TimeAxis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from .._util.reductions import Reduction
    from ..core.captions import Known
    from ..core.patches import Patches
    from .band import FrequencyLimits
    from .chosen import Chosen
    from .color import ColorScale

__all__ = ["Panels", "label_rows"]


@dataclasses.dataclass(frozen=True, eq=False)
class Panels:
    """What panels have in common, and what each shows.

    Attributes
    ----------
    chosen : Chosen
        The patches.
    known : list of Known
        What is known of each.
    scale : ColorScale
    of : str or None
        The class whose colour their frames have.
    labels : bool
    reduce : {"max", "mean", "median"}
    mesh_kws : mapping or None
    flim : (float, float) or None
    most_lines : int
        That say what is known: of two, labels are in one and scores in the other.
    has_times : bool
        Whether titles say when patches sound, which their axes say too.
    is_split : bool
        Whether two lines say what is known.
    """

    chosen: Chosen
    known: list[Known]
    scale: ColorScale
    of: str | None
    labels: bool
    reduce: Reduction
    mesh_kws: Mapping[str, Any] | None
    flim: FrequencyLimits | None
    most_lines: int = 2
    has_times: bool = True
    is_split: bool = False

    @property
    def n_lines(self) -> int:
        """How many lines say what is known."""
        return min(self.most_lines, 1 + self.is_split) if any(map(bool, self.known)) else 0

    @cached_property
    def titles(self) -> list[str]:
        """Which patch each is, and when."""
        titles = self.chosen.titles
        return titles if self.has_times else [title.partition(" · ")[0] for title in titles]

    def forms(self) -> list[Panels]:
        """Return the same with captions of one line, and of two: where one has two scores alone."""
        if self.most_lines < 2:
            return [self]
        is_long = any(len(known.scores) > 1 for known in self.known)
        both = [dataclasses.replace(self, is_split=is_split) for is_split in (False, True)]
        return both[is_long:]

    def may_be(self, layout: Layout) -> bool:
        """Return whether captions of one line say what they should, or may have no more."""
        if self.is_split or self.most_lines < 2:
            return True
        width, size = layout.panel_width, self._size(layout)
        named = self._are_named(width, size)
        return all(says_all(known, width, size, named=named) for known in self.known)

    @cached_property
    def frequencies(self) -> list[FrequencyAxis]:
        """The vertical axis of each recording."""
        specs = [one.spectrogram for one in self.chosen.recordings]
        flim = shared_band(specs) if self.flim is None else self.flim
        return [FrequencyAxis.of(spec, flim) for spec in specs]

    @cached_property
    def times(self) -> list[TimeAxis]:
        """The horizontal axis of each panel."""
        return [_time_axis(self.chosen.recordings[k], index) for k, index in self.chosen]

    @cached_property
    def _rows_differ(self) -> bool:
        """Whether recordings have other frequencies, so that each panel needs its own."""
        axes = {(axis.label, axis.limits, axis.edges.tobytes()) for axis in self.frequencies}
        return len(axes) > 1

    @cached_property
    def _times_differ(self) -> bool:
        """Whether recordings write their times in other ways, or are of other days."""
        return bool(self.chosen.files) and len({axis.label for axis in self.times}) > 1

    def _size(self, layout: Layout) -> float:
        """Return how large titles are."""
        wide = [text for known in self.known for text in whole_lines(known, self.n_lines)]
        return size_for(wide, layout.panel_width, layout.title_size)

    def _are_named(self, width: float, size: float) -> bool:
        return are_named(self.known, width, size, n_lines=self.n_lines)

    def _known(self, width: float, size: float) -> list[str]:
        """Return what is said of each panel; labels say what they are in all, or in none."""
        named, n_lines, of_panels = self._are_named(width, size), self.n_lines, []
        for k, known in zip(self.chosen.which, self.known, strict=True):
            classes = class_names(self.chosen.recordings[k])
            said = fitting_known(known, width, size, classes, named=named, n_lines=n_lines)
            of_panels.append(said + (n_lines - 1 - said.count("\n")) * "\n")  # gaps are below
        return of_panels

    def margins(self, width: float) -> Margins:
        """Measure what lies around the panels in a figure of this width."""
        each = zip(self.chosen.recordings, self.frequencies, strict=True)
        margins = Margins.widest([
            Margins.of(patches, self.chosen.of_recording(k), self.scale, width, frequency)
            for k, (patches, frequency) in enumerate(each)
        ])  # fmt: skip
        if self.n_lines:
            least = max(
                least_width(known, self.n_lines, is_short=not self.has_times)
                for known in self.known
            )
            known = 1.2 * points("small") * self.n_lines
            margins = dataclasses.replace(margins, known=known, caption=least)
        if self._rows_differ:
            margins = dataclasses.replace(margins, between=margins.between + margins.rows)
        if self._times_differ:
            below, bottom = margins.below + margins.label, margins.bottom - margins.label
            margins = dataclasses.replace(margins, below=below, bottom=bottom)
        return margins

    def draw(self, axes: list[Axes], layout: Layout, below: float, *, are_colored: bool) -> None:
        """Draw each patch, labelled where no neighbour is, perhaps in its bracket's colour."""
        size = self._size(layout)
        known = self._known(layout.panel_width, size)
        for order, (ax, k) in enumerate(zip(axes, self.chosen.which, strict=True)):
            frequency = self.frequencies[k]
            self._draw_patch(ax, order, frequency)
            title = self._above(order, layout, known[order])
            text = ax.set_title(title, loc="left", fontsize=size, parse_math=False)
            if are_colored:
                text.set_color(span_color(order, ax.get_figure(root=False)))
            label_rows(ax, frequency, layout.panel_height + below)
            if order % layout.n_columns and not self._rows_differ:
                ax.tick_params(which="both", labelleft=False)
                ax.set_ylabel("")
            has_below = order + layout.n_columns < len(self.chosen)
            if has_below and not self._times_differ:
                ax.set_xlabel("")

    def _draw_patch(self, ax: Axes, order: int, frequency: FrequencyAxis) -> None:
        k, index = self.chosen.which[order], self.chosen.indices[order]
        patches, axis = self.chosen.recordings[k], self.times[order]
        edges = np.linspace(axis.start, axis.end, patches.frame_length + 1)
        draw_mesh(
            ax, patches[index], edges, frequency.edges, self.scale,
            reduce=self.reduce, mesh_kws=self.mesh_kws,
        )  # fmt: skip
        ax.xaxis.label.set_fontsize("small")
        axis.apply(ax, inside=True)
        if self.labels:
            draw_labels(ax, patches, frequency, patches.framing.table_time(index))
        if has_padding(patches):
            Padding(ax).show(*padding_of(patches, index))
        if self.of is not None:
            looks = ClassLooks.of(patches)
            on_dark = is_dark(ax.get_figure(root=False))
            color = looks.color(looks.number(self.of), on_dark=on_dark)
            for spine in ax.spines.values():
                spine.set(color=color, linewidth=2.0)

    def _above(self, order: int, layout: Layout, known: str) -> str:
        """Return which file, number and time it is, and what is known of it, in lines."""
        k, title = self.chosen.which[order], self.titles[order]
        lines = [*layout.names[k]] if layout.names else []
        lines += [title] if layout.one_line else title.split(" · ")
        if self.n_lines:
            lines.append(known)
        return "\n".join(lines)


def label_rows(ax: Axes, frequency: FrequencyAxis, room: float) -> None:
    """Give an axes its frequencies, whose label has so many points of height."""
    frequency.apply(ax)
    ax.tick_params(which="both", labelsize="small")
    below = ax.xaxis.label
    below.set_fontsize(min(points("small"), below.get_fontsize()))
    ax.yaxis.label.set_fontsize("small")
    write(ax.yaxis.label, fitting_label(frequency.label, room, "small"))


def _time_axis(patches: Patches, index: int) -> TimeAxis:
    start, end = patches.time(index)
    if batch_of(patches):
        frame = patches.spectrogram.frame_duration
        return TimeAxis(start, end, name="Frame", unit=frame, zero=start)
    return TimeAxis(start, end, times=times_of(patches))
