"""A scrubber of many recordings, of which one is chosen: what is decided stays with each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np
import traitlets

from .._util.each import all_of
from .._util.text import plural
from .._util.validation import check_int
from .._util.warn import held, once
from ..core.said import named_scores
from ..errors import InvalidValueError, shown
from ..web.byrow import ByRow
from ..web.choosing import listed
from ..web.known import known_of
from ..web.stops import with_positions
from .decided import Decidable
from .picks import NOTHING, Decided, Decisions
from .scrubber import Scrubber
from .traits import Told

if TYPE_CHECKING:
    from ..core.patches import Patches
    from ..recordings.recordings import Recordings
    from ..web.encode import Encoder
    from ..web.options import PlayerOptions
    from ..web.player import Player

__all__ = ["ChoosingScrubber"]


class _Row(Told, traitlets.TraitType[int, int]):
    """The row of a file that has patches."""

    default_value = 0

    def validate(self, obj: Any, value: Any) -> int:
        """Return the row from 0 of what may be counted from the end."""
        n = len(obj.recordings._table)
        row = check_int("row", value, minimum=-n, maximum=n - 1) % n
        if not obj.recordings._index.counts[row]:
            obj.recordings.patches(row)  # says why it has none
        return row


class ChoosingScrubber(Scrubber):
    """A scrubber with a list of files above it.

    Parameters
    ----------
    asked : ByRow
        The recordings, and how they are shown.
    row : int
        Of the file to begin with.
    made, encoder, names, told
        As of :class:`Scrubber`.

    Attributes
    ----------
    row : int
        Row of ``recordings.files``, of the one that is shown. It can be set and observed.
    """

    _watched = Scrubber._watched | {"row"}
    row = _Row()
    # Which way somebody on a page wants to go on from the last stop here: 1 or -1, of which patches
    # (`_patches_of`), and how often there had been no way then. What is asked before the answer is
    # seen is asked of what was there before it, and no further way.
    _beyond: traitlets.List[Any] = traitlets.List().tag(sync=True, echo_update=False)
    _no_way = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        asked: ByRow,
        row: int,
        made: Player,
        encoder: Encoder,
        names: list[str] | None,
        told: set[str],
    ) -> None:
        self._kept_asked = asked
        self._left: dict[int, Decisions] = {}  # by row, of those that are not shown
        self._shown_row = row
        self._going_to: int | None = None  # the patch that another recording begins with
        self._unread: set[int] = set()  # of which one was told that they cannot be read
        self._files, self._listed = listed(self.recordings), asked  # of which the list says it
        self.row = row
        self.chooser = ipywidgets.Dropdown(
            options=_list_of(asked, self._files), value=row, tooltip="Recording",
            layout=ipywidgets.Layout(width="auto"),
        )  # fmt: skip
        super().__init__(made.patches, made, asked.options, None, encoder, names, told)
        self.children = (self.chooser, *self.children)
        self.chooser.observe(self._choose_row, "value")

    @property
    def recordings(self) -> Recordings:
        """The recordings: what is decided is of these, and others need a scrubber of their own."""
        return self._kept_asked.recordings

    @recordings.setter
    def recordings(self, _: object) -> None:
        with self._telling(""):
            raise InvalidValueError(
                "recordings of this scrubber cannot be others, of which nothing is decided",
                remedy="Make another one: patchviz.scrub(recordings).",
            )

    def _choose_row(self, change: Any) -> None:
        if self._held is None:  # closed by somebody who was told
            return
        try:
            self.row = change.new
        finally:
            self.chooser.value = self.row

    def _tell(self, change: Any) -> None:
        if change["name"] == "row":  # which is told when it is shown, whoever failed at that
            all_of(self._show_row, partial(super()._tell, change))
        else:
            super()._tell(change)

    def _show_row(self) -> None:
        before, row = self._shown_row, self.row
        if row == before or self._held is None:
            return
        self._leave_answer()
        # Times to see at first are those of the recording that was there at first.
        left: dict[str, Any] = {} if self._now.options.seen is None else {"seen": None}
        try:
            self._change(lambda: self.recordings.patches(row), **left)
        except BaseException:  # as of who waits no longer for it
            if self._shown_row == before:
                self._untold = {}  # nobody was told that it was another one
                self.row, self._untold = before, None
            raise
        finally:
            self.chooser.value = self._shown_row

    @property
    def _saved_note(self) -> str:
        names = {row: name for name, row in self._files}
        if len(names) == 1:
            return ""
        return (
            f"{names[self._shown_row]}: 1 of {len(names):,} recordings. The others are chosen "
            "where a kernel runs; patchviz.player(recordings) shows all of them on a page."
        )

    def _change(self, carve: Callable[[], Patches] | None = None, **changes: Any) -> None:
        if carve is not None and self.row == self._shown_row:
            with self._telling(""):
                raise InvalidValueError(
                    "patches and spec of this scrubber are those of its recordings",
                    remedy="Choose one of these: scrubber.row = 1.",
                )
        try:
            super()._change(carve, **changes)
        finally:  # whoever of those who are told fails
            self._fit_list()

    def _fit_list(self) -> None:
        """Have the list say what is known of each recording now."""
        if self._held is None:  # somebody who was told has closed it
            return
        # Another recording changes nothing of it, and of thousands it takes longer than that.
        if (asked := self._asked) is self._listed:
            return
        self._listed = asked
        if (options := _list_of(asked, self._files)) == [*self.chooser.options]:
            return
        self.chooser.unobserve(self._choose_row, "value")  # at first it has the first chosen
        all_of(
            lambda: self.chooser.set_trait("options", options),
            lambda: self.chooser.set_trait("value", self._shown_row),
            lambda: self.chooser.observe(self._choose_row, "value"),
        )

    def _asked_by(self, options: PlayerOptions) -> ByRow:
        """Return the recordings with options, and keep what is reckoned for that."""
        if self._kept_asked.options is not options:
            asked = self._kept_asked.with_options(options)
            with once(self._now.told):
                asked.tell()
            self._kept_asked = asked
        return self._kept_asked

    @property
    def _asked(self) -> ByRow:
        return self._asked_by(self._now.options)

    def _with_positions(self, _: Patches, options: PlayerOptions) -> PlayerOptions:
        is_as_before = options is self._now.options
        return options if is_as_before else with_positions(self.recordings._flat, options)

    def _as_shown(self, options: PlayerOptions) -> PlayerOptions:
        return self._asked_by(options).of(self.row)

    # -- where one stops ---------------------------------------------------------------------

    @property
    def stops(self) -> list[int]:
        """What N and P, and two buttons, go to: positions among all patches, counted through.

        Of events and mistakes, those of the recording that is shown.
        """
        given = self._asked.stops
        if given is not None:
            return [*given.tolist()]
        first = int(self.recordings._index.first[self.row])
        return [first + stop for stop in super().stops]

    @stops.setter
    def stops(self, stops: str | Iterable[int] | None) -> None:
        self._change(stops=stops, chosen_for=None)

    def _go(self, direction: int) -> int:
        stops = self._now.player.stops
        has_more = any(direction * (stop - self.index) > 0 for stop in stops)
        if has_more or not (self._go_beyond(direction) or self._asked.stopping.size):
            super()._go(direction)
        return int(self.recordings._index.first[self.row]) + int(self.index)

    def _go_beyond(self, direction: int) -> bool:
        """Go to the first stop of the next recording that has any, or to the last of one before."""
        before = self._patches_of
        rows = self._asked.stopping[::direction]
        for row in rows[direction * (rows - self.row) > 0].tolist():
            try:
                is_there = self._go_into(row, direction)
            except Exception:
                if self._patches_of != before:  # it was shown, and whoever was told of it failed
                    raise
                if row in self._unread:
                    continue  # which was told: who wants to go on again goes past it
                self._unread.add(row)
                raise
            self._unread.discard(row)
            if is_there:
                return True
        return False

    def _go_into(self, row: int, direction: int) -> bool:
        """Show the first stop of a recording, or the last; say whether there is one."""
        patches = self.recordings.patches(row)  # which tells of its sound, once
        with held():  # it is told when it is shown
            known = known_of(patches, self._asked.of(row))
        if not (known and known["stops"]):
            return False
        self._going_to = known["stops"][0 if direction > 0 else -1]
        try:
            self.row = row
        finally:
            self._going_to = None
        return True

    @traitlets.observe("_beyond")
    def _answer(self, change: Any) -> None:
        """Go on where somebody on the page wants to, or say that there is no other stop."""
        before = [self._patches_of, self._no_way]
        if change.new[1:] != before:
            return
        direction = change.new[0]
        with self._telling("beyond"):
            try:
                is_there = self._go_beyond(direction)
            finally:
                if self._patches_of == before[0]:
                    self._no_way += 1  # before it is said: who has read that may ask again
        if not is_there:
            what = self._asked.options.stops_called or "event"
            where = "after" if direction > 0 else "before"
            but = self._unread_beyond(direction)
            self._now.controls.teller.say(f"No {what} {where} this one{but}.", "beyond")

    def _unread_beyond(self, direction: int) -> str:
        """Say which recordings with stops were gone past, as they cannot be read."""
        rows = self._asked.stopping.tolist()
        left = {row for row in rows if direction * (row - self.row) > 0} & self._unread
        if not left:
            return ""
        first = next(name for name, row in self._files if row in left)
        named = shown(first) if len(left) == 1 else f"first {shown(first)}"
        return f", but in {plural(len(left), 'recording')} that cannot be read: {named}"

    @traitlets.observe("index")
    def _leave_answer(self, _: Any = None) -> None:
        if self._teller is not None:
            self._teller.say("", "beyond")

    # -- what is picked ----------------------------------------------------------------------

    def _in_turn(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the way to another recording at last: all else is of the one that is shown."""
        if "_beyond" not in said:
            return [said]
        rest = {name: value for name, value in said.items() if name != "_beyond"}
        return [rest, {"_beyond": said["_beyond"]}]

    def _begin(self, patches: Patches, options: PlayerOptions) -> int | None:
        going_to, self._going_to = self._going_to, None  # of this one, and of none that follows it
        if going_to is not None:
            return going_to
        if options.is_at_mistakes and self.row != self._shown_row:
            return None
        return super()._begin(patches, options)

    def _picks_left(self, _: Patches) -> Decisions | None:
        """Keep what is decided for when its recording is chosen again."""
        if self.row == self._shown_row:
            return None
        if self.picked or self.rejected:
            self._left[self._shown_row] = self._decisions
        self._shown_row = self.row
        return self._left.pop(self.row, NOTHING)

    @property
    def _decidable(self) -> Decidable:
        """All patches of all recordings, by their positions."""
        recordings = self.recordings
        positions = np.arange(len(recordings))
        return Decidable(
            positions, [*recordings._table.paths], recordings._index.find(positions)[0],
            recordings._flat._table_times, self._said_at, recordings.numbers,
            "patchviz.sheet(scrubber.recordings, of={})",
        )  # fmt: skip

    def _take_over(self, said: dict[int, str]) -> None:
        index = self.recordings._index
        rows = index.find(np.array([*said], np.int64))[0].tolist()
        by_row: dict[int, dict[int, str]] = {self._shown_row: {}}
        for row, (position, label) in zip(rows, said.items(), strict=True):
            by_row.setdefault(row, {})[position - int(index.first[row])] = label
        shown = by_row.pop(self._shown_row)
        for row, own in by_row.items():
            self._left[row] = self._left.get(row, NOTHING).with_said(own)
        super()._take_over(shown)  # at last: who is told of it may choose another

    def _said_at(self, positions: Sequence[int]) -> list[tuple[str, float]]:
        """Return the class whose score is said of patches of all, and that; "" and NaN if none."""
        (columns, scores), at = self._asked.said, np.array(positions, np.int64)
        return named_scores(self.recordings.classes, columns[at], scores[at])

    @property
    def _is_of_many(self) -> bool:
        return True

    @property
    def _labels(self) -> list[tuple[int, str]]:
        first = self.recordings._index.first
        decided = {**self._left, self._shown_row: self._decisions}
        return [
            (int(first[row]) + number, label)
            for row in sorted(decided)
            for number, label in decided[row].labels
        ]

    def _decided_rows(self) -> list[Decided]:
        labels = self._labels
        if not labels:
            return []
        recordings, positions = self.recordings, [position for position, _ in labels]
        at = np.array(positions, np.int64)
        rows, in_file = recordings._index.find(at)
        numbers, times = recordings.numbers[at], recordings._flat._table_times[at]
        paths = recordings._table.paths
        found = zip(
            numbers.tolist(), rows.tolist(), times.tolist(), labels, in_file.tolist(),
            self._said_at(positions), strict=True,
        )  # fmt: skip
        return [
            Decided(number, paths[row], start, end, label, own, *said)
            for number, row, (start, end), (_, label), own, said in found
        ]


def _list_of(asked: ByRow, files: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return what is chosen from: names, with how many stops each has, if known; and rows."""
    counts, what = asked.counts, asked.options.stops_called

    def said(row: int) -> str:
        if not asked.is_judged(row):
            return "not labelled"
        return plural(int(counts[row]), what) if counts is not None and counts[row] else ""

    return [(" · ".join(filter(None, [name, said(row)])), row) for name, row in files]
