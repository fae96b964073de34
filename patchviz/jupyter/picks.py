"""What somebody decides of patches, on a page or in Python: kept, rejected, named."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import traitlets

from .._util.columns import text_column
from .._util.each import all_of
from .._util.text import one_line
from .._util.validation import check_text, items_of
from ..core.labels import KEEP, REJECT, is_name
from ..errors import Argument, InvalidTypeError, InvalidValueError
from .decided import Decidable, decisions_in, tell_changed
from .telling import failed
from .traits import Told
from .watched import Watched

if TYPE_CHECKING:
    import pandas as pd

    from ..core.patches import Patches
    from .telling import Teller

__all__ = [
    "DECIDED",
    "NOTHING",
    "Decided",
    "Decisions",
    "Numbers",
    "Picks",
    "frame_of",
]


class Decisions(NamedTuple):
    """What is decided of some patches."""

    picked: tuple[int, ...]
    rejected: tuple[int, ...]
    names: dict[int, str]  # of some of those picked

    def with_said(self, said: Mapping[int, str]) -> Decisions:
        """Return the same where nothing is said: "keep", "reject" or a name, by number."""
        rejected = {number for number, label in said.items() if label == REJECT}
        names = {number: name for number, name in self.names.items() if number not in said}
        named = {number: said[number] for number in said if said[number] not in (KEEP, REJECT)}
        return Decisions(
            tuple(sorted({*self.picked, *said} - rejected)),
            tuple(sorted({*self.rejected} - said.keys() | rejected)),
            dict(sorted((names | named).items())),
        )

    @property
    def labels(self) -> list[tuple[int, str]]:
        """The same as labels, in the order of the patches."""
        kept = [(number, self.names.get(number, KEEP)) for number in self.picked]
        return sorted([*kept, *((number, REJECT) for number in self.rejected)])


DECIDED = Decisions._fields  # traits
NOTHING = Decisions((), (), {})


class Decided(NamedTuple):
    """A row of a table of decisions."""

    patch: int
    file: str
    start_time: float
    end_time: float
    label: str
    patch_in_file: int | None
    scored: str
    score: float


def frame_of(rows: Sequence[Decided], *, is_of_many: bool, is_scored: bool) -> pd.DataFrame:
    """Return a table of decisions; without what only those of several files, or of scores, have."""
    import pandas as pd

    patch, file, start, end, label, in_file, scored, score = (
        zip(*rows, strict=True) if rows else [()] * len(Decided._fields)
    )
    columns = {
        "file": text_column(file), "start_time": np.array(start, float),
        "end_time": np.array(end, float), "label": text_column(label),
    }  # fmt: skip
    if is_of_many:
        columns["patch_in_file"] = np.array(in_file, int)
    if is_scored:
        columns |= {"scored": text_column(scored), "score": np.array(score, float)}
    return pd.DataFrame(columns).set_axis(pd.Index(patch, dtype=int, name="patch"))


class Numbers(Told, traitlets.TraitType[tuple[int, ...], Iterable[int]]):
    """Numbers of patches, which rise."""

    default_value = ()

    def validate(self, obj: Any, value: Any) -> tuple[int, ...]:
        """Return them, counted from 0, each once."""
        numbers = items_of(value)
        if numbers is None:
            raise InvalidTypeError(
                Argument(self.name or "", value), " are no numbers of patches",
                allowed="a list of them",
            )  # fmt: skip
        return tuple(sorted({obj._check_number(one, self.name) for one in numbers}))


class _Names(Told, traitlets.TraitType[dict[int, str], dict[int, str]]):
    """What some patches are called, by number."""

    default_value = traitlets.Undefined

    def make_dynamic_default(self) -> dict[int, str]:
        """Return that there are none."""
        return {}

    def validate(self, obj: Any, value: Any) -> dict[int, str]:
        """Return them in the order of the patches, counted from 0."""
        pairs = list(value.items()) if isinstance(value, Mapping) else items_of(value)
        if pairs is None or not all(
            isinstance(pair, list | tuple) and len(pair) == 2
            for pair in pairs  # as the page says
        ):
            raise InvalidTypeError(
                Argument("names", value), " are no names of patches",
                allowed='such as {41: "robin"}',
            )  # fmt: skip
        named = {
            obj._check_number(number, "names"): one_line(check_text("names", name))
            for number, name in pairs
        }
        for name in named.values():
            if not is_name(name):
                raise InvalidValueError(
                    Argument("names", value), f": {name!r} is no name",
                    allowed="names other than '', 'keep' and 'reject'",
                    remedy="Those without one are picked, or rejected.",
                )  # fmt: skip
        return dict(sorted(named.items()))


class Picks(Watched):
    """A widget in which patches are picked: its traits follow the page, and the page them."""

    # As lists: what the page said is not told to it again.
    picked = Numbers().tag(sync=True, to_json=lambda numbers, _: [*numbers])
    rejected = Numbers().tag(sync=True, to_json=lambda numbers, _: [*numbers])
    names = _Names().tag(sync=True, to_json=lambda names, _: [*map(list, names.items())])

    def _check_open(self) -> None:
        """Refuse to set anything of what is closed, where nothing is to be read of it any more."""

    def _check_number(self, number: int, name: str) -> int:
        """Return the number of a patch from 0; an argument of a name says it."""
        raise NotImplementedError

    def _place(self, number: int) -> tuple[Patches, int, str | list[str]]:
        """Return of which patches it is one, which of these, and what their file is called."""
        raise NotImplementedError

    def _called(self, number: int) -> int:
        """Return what a patch is called in tables."""
        patches, index, _ = self._place(number)
        return patches.framing.number(index)

    def _time(self, number: int) -> tuple[float, float]:
        """Return when a patch starts and ends, as tables say it."""
        patches, index, _ = self._place(number)
        return patches.framing.table_time(index)

    @property
    def _decidable(self) -> Decidable:
        """All patches that may be decided."""
        raise NotImplementedError

    @property
    def _among(self) -> Iterable[str]:
        """The files of all recordings, where only some are shown."""
        return ()

    @property
    def _is_of_many(self) -> bool:
        """Whether `_called` counts through several files."""
        return False

    @property
    def _is_scored(self) -> bool:
        """Whether some patches have scores."""
        return False

    def _in_file(self, number: int) -> int | None:
        """Return what a patch is called in its file, where `_called` counts through several."""
        return None

    def _scored(self, numbers: Sequence[int]) -> list[tuple[str, float]]:
        """Return the class whose score is said of each patch, and that; "" and NaN without one.

        The numbers rise.
        """
        raise NotImplementedError

    # What somebody may watch, and fail at.
    _watched = frozenset(DECIDED)
    _teller: Teller | None  # what shows that; None of what is closed
    _untold: dict[str, Any] | None = None  # changes of what is changed as a whole, by name
    _failures: list[Exception] | None = None  # of those who are told of what a page says at once
    # What was decided, where nothing else is kept of it.
    _when_closed: tuple[list[Decided], bool, bool] | None = None

    def _telling(self, about: str, before: str = "") -> contextlib.AbstractContextManager[object]:
        """Show an error of this context where people look."""
        if self._teller is None:
            return contextlib.nullcontext()
        return self._teller.telling(before, about=about)

    def notify_change(self, change: Any) -> None:
        """Tell those who observe; what goes wrong then is shown too.

        Parameters
        ----------
        change : dict
            As traitlets hands it out: ``name``, ``old``, ``new``.
        """
        name = change["name"]
        if self._untold is not None:
            old = self._untold.get(name, change)["old"]
            self._untold[name] = change | {"old": old}
            return
        failures, self._failures = self._failures, None  # of this, not of what it leads to
        try:
            self._tell(change)
        except Exception as error:
            if failures is None:
                raise
            failures.append(error)
        finally:
            self._failures = failures

    def _tell(self, change: Any) -> None:
        if change["name"] in self._watched:
            all_of(partial(self._agree, change["name"]), partial(self._tell_who_watches, change))
        else:
            super().notify_change(change)

    def _tell_who_watches(self, change: Any) -> None:
        name = change["name"]
        if getattr(self, name) != change["new"]:
            return  # somebody who was told of what came with it has set another, and that was told
        with self._telling(name, failed(name, change["new"])):
            self._tell_each(super().notify_change, change)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the page says, and tell all of it, though somebody who is told of some fails.

        What it says of patches that are not shown any more is left out.

        Parameters
        ----------
        sync_data : dict
            New values of traits.

        Raises
        ------
        InvalidTypeError
            If it is none.
        """
        if not isinstance(sync_data, dict):
            raise InvalidTypeError(Argument("sync_data", sync_data), " is no dict of traits")
        all_of(*(partial(self._take, part) for part in self._in_turn(sync_data)))

    def _in_turn(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what the page says in the parts in which it is taken, one after the other."""
        return [said]

    def _take(self, sync_data: dict[str, Any]) -> None:
        """Take a part of what the page says."""
        failures: list[Exception] = []
        self._failures = failures
        try:
            super().set_state(sync_data)  # type: ignore[misc]  # of the widget that it is
        finally:
            self._failures = None
        if failures:
            raise failures[0]

    def _tell_untold(self) -> None:
        """Tell what has changed as a whole, now that all of it is in place."""
        untold, self._untold = self._untold or {}, None
        changed = [change for change in untold.values() if change["new"] != change["old"]]
        all_of(*(partial(self.notify_change, change) for change in changed))

    def _agree(self, name: str) -> None:
        """Have what else is decided agree with what is changed of it, before anybody is told."""
        if name not in DECIDED:
            return
        picked, rejected, names = {*self.picked}, {*self.rejected}, self.names
        if name == "names":
            picked |= names.keys()
        if name == "rejected":
            picked -= rejected
        else:
            rejected -= picked
        named = {number: names[number] for number in names if number in picked}
        self._set_decisions(Decisions(tuple(sorted(picked)), tuple(sorted(rejected)), named))

    def _set_decisions(self, decided: Decisions) -> None:
        """Set all that is decided, and tell it then: whoever is told of a part knows the rest."""
        self._untold = self._untold or {}
        # What stays is not set again: it may be of the patches that were shown before.
        new = {name: one for name, one in decided._asdict().items() if one != getattr(self, name)}
        all_of(*(partial(setattr, self, name, one) for name, one in new.items()), self._tell_untold)

    @property
    def _decisions(self) -> Decisions:
        return Decisions(self.picked, self.rejected, self.names)

    @property
    def _labels(self) -> list[tuple[int, str]]:
        """What is decided of all patches, by the numbers by which `decide` takes it over."""
        return self._decisions.labels

    @property
    def _picked_groups(self) -> dict[str, list[int]]:
        """The same as groups that have lanes where nothing is picked any more."""
        groups: dict[str, list[int]] = {}
        for number, label in self._decisions.labels:
            name = {KEEP: "✓", REJECT: "✕"}.get(label, f"✓ {label}")
            groups.setdefault(name, []).append(number)
        return groups

    def decide(self, table: object) -> None:
        """Take over what was decided before, from a table; what else is decided stays.

        So one goes on where a kernel ended, or after others have decided on pages.

        Parameters
        ----------
        table : DataFrame, records or path
            As ``to_frame`` returns it, or as a page writes it, for a table or for Raven: with
            ``start_time``, ``end_time``, ``label`` and, of several recordings, ``file``; of items
            of a batch without names of their own, ``patch``. A label is ``"keep"``, ``"reject"`` or
            a name. With ``scored``, what was kept or rejected for that class counts for patches of
            which the score of it is said; what was named, for all.

        Raises
        ------
        InvalidTypeError, InvalidValueError, LabelFileError
            If it is no table of labels, none of its rows is of a patch that is shown here, and of
            the class whose score is said there, or it says two things of one.

        Warns
        -----
        UserWarning
            If some of its rows are of patches that are not shown here, or keep or reject for
            another class; if some name files in other folders; if times of two decimals are not
            those of the patches there; if patches were decided otherwise before.

        Examples
        --------
        >>> import patchviz as pv
        >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
        >>> first, second = pv.sheet(patches, [0, 35]), pv.scrub(patches)
        >>> first.picked, first.names = [35], {35: "robin"}
        >>> second.decide(first.to_frame())
        >>> second.picked, second.names
        ((35,), {35: 'robin'})
        >>> first.close(), second.close()
        (None, None)
        """
        self._check_open()
        said = decisions_in(table, self._decidable, self._among)
        tell_changed(dict(self._labels), said)
        self._take_over(said)

    def _take_over(self, said: dict[int, str]) -> None:
        self._set_decisions(self._decisions.with_said(said))

    def to_frame(self) -> pd.DataFrame:
        """Return what was decided, one row for each patch, in time.

        Returns
        -------
        pandas.DataFrame
            ``file``, ``start_time`` and ``end_time`` in seconds as :meth:`Patches.to_frame` says
            them, and ``label``: the name that was given, ``"keep"`` or ``"reject"``. Where patches
            have scores, ``scored`` is the class whose score stood there, and ``score`` that. The
            index ``patch`` is that of :meth:`Patches.to_frame`, or of :meth:`Recordings.to_frame`,
            whose rows of these are what is known of them; of recordings, ``patch_in_file`` is the
            number that stood there, which counts the patches of the file. A sheet's page takes
            along the same, as CSV or for Raven, which :func:`read_labels` reads. Of what is closed
            it is what was decided by then.
        """
        rows, is_of_many, is_scored = self._when_closed or self._decided_now()
        return frame_of(rows, is_of_many=is_of_many, is_scored=is_scored)

    def _decided_now(self) -> tuple[list[Decided], bool, bool]:
        """Return what that table is made of: far less than the table, where that is empty."""
        return self._decided_rows(), self._is_of_many, self._is_scored

    def _decided_rows(self) -> list[Decided]:
        """Return the rows of that table."""
        rows, labels = [], self._decisions.labels
        scored = self._scored([number for number, _ in labels])
        for (number, label), said in zip(labels, scored, strict=True):
            _, index, file = self._place(number)
            start, end = self._time(number)
            if isinstance(file, list):  # items are recordings of their own
                file, start, end = file[index], 0.0, end - start
            where = self._called(number), file, float(start), float(end)
            rows.append(Decided(*where, label, self._in_file(number), *said))
        return rows
