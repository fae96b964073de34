"""A scrubber of many recordings, of which one is chosen: what is decided stays with each."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from .._util.validation import check_int
from ..errors import InvalidValueError
from ..web.choosing import listed
from .scrubber import Scrubber
from .traits import Told

if TYPE_CHECKING:
    import pandas as pd

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


@dataclasses.dataclass(frozen=True)
class _Decided:
    """What was decided of a recording when another one was chosen."""

    picked: tuple[int, ...]
    rejected: tuple[int, ...]
    names: dict[int, str]
    table: pd.DataFrame


class ChoosingScrubber(Scrubber):
    """A scrubber with a list of files above it.

    Parameters
    ----------
    recordings : Recordings
    row : int
        Of the file to begin with.
    truth_of : callable
        What is true of a recording's patches, by its row, as a player takes it.
    made, options, encoder, names
        As of :class:`Scrubber`.

    Attributes
    ----------
    row : int
        Row of ``recordings.files``, of the one that is shown. It can be set and observed.
    """

    _watched = Scrubber._watched | {"row"}
    row = _Row()

    def __init__(
        self,
        recordings: Recordings,
        row: int,
        truth_of: Callable[[int], Any],
        made: Player,
        options: PlayerOptions,
        encoder: Encoder,
        names: list[str] | None,
    ) -> None:
        self.recordings, self._truth_of = recordings, truth_of
        self._left: dict[int, _Decided] = {}  # by row, of those that are not shown
        self._shown_row, self._is_choosing = row, False
        self.chooser = ipywidgets.Dropdown(
            options=listed(recordings), value=row, tooltip="Recording",
            layout=ipywidgets.Layout(width="auto"),
        )  # fmt: skip
        super().__init__(made.patches, made, options, None, encoder, names)
        self.row = row
        self.children = (self.chooser, *self.children)
        self.chooser.observe(self._choose_row, "value")

    def _choose_row(self, change: Any) -> None:
        try:
            self.row = change.new
        finally:
            self.chooser.value = self.row

    @traitlets.observe("row")
    def _show_row(self, _: Any) -> None:
        before, row = self._shown_row, self.row
        if row == before or self._held is None:
            return
        self._is_choosing = True
        try:
            self._change(lambda: self.recordings.patches(row), truth=self._truth_of(row))
        except Exception:
            self.row = before
            raise
        finally:
            self._is_choosing = False
        self._shown_row = self.chooser.value = row
        kept = self._left.pop(row, None)
        if kept is not None:
            self.picked, self.rejected, self.names = kept.picked, kept.rejected, kept.names

    @property
    def _saved_note(self) -> str:
        names = {row: name for name, row in self.chooser.options}
        if len(names) == 1:
            return ""
        return (
            f"{names[self._shown_row]}: 1 of {len(names):,} recordings. The others are chosen "
            "where a kernel runs; patchviz.player(recordings) shows all of them on a page."
        )

    def _change(self, carve: Callable[[], Patches] | None = None, **changes: Any) -> None:
        if carve is not None and not self._is_choosing:
            with self._telling(""):
                raise InvalidValueError(
                    "patches and spec of this scrubber are those of its recordings",
                    remedy="Choose one of these: scrubber.row = 1.",
                )
        super()._change(carve, **changes)

    # -- what is picked ----------------------------------------------------------------------

    def _leave_picks(self, patches: Patches) -> None:
        """Keep what is picked for when its recording is chosen again."""
        if not (self.picked or self.rejected):
            return
        self._left[self._shown_row] = _Decided(
            self.picked, self.rejected, self.names, super().to_frame()
        )
        self.picked = self.rejected = ()

    def _place(self, number: int) -> tuple[Patches, int, str | list[str]]:
        return self.patches, number, self.recordings._table.paths[self._shown_row]

    def _called(self, number: int) -> int:
        first = int(self.recordings._index.first[self._shown_row])
        return int(self.recordings.numbers[first + number])

    @property
    def _is_of_many(self) -> bool:
        return True

    def _in_file(self, number: int) -> int | None:
        return self.patches.framing.number(number)

    def to_frame(self) -> pd.DataFrame:
        """Return what was decided of all recordings, by row and in time.

        Returns
        -------
        pandas.DataFrame
            As :meth:`Scrubber.to_frame` returns it; ``file`` is written as in
            :attr:`Recordings.files`, and the index is that of :meth:`Recordings.to_frame`.
        """
        import pandas as pd

        tables = {row: decided.table for row, decided in self._left.items()}
        tables[self._shown_row] = super().to_frame()
        return pd.concat([tables[row] for row in sorted(tables)])
