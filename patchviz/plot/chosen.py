"""Which patches a mosaic shows: some of one recording, or of many."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.text import plural
from .._util.validation import check_int, check_text, positions_of
from ..core.captions import Known, known_of, named_alike, panel_title
from ..core.choice import chosen_by, class_of_each
from ..core.patches import Patches, check_patches
from ..core.said import scored_class
from ..core.truth import as_truth
from ..errors import Argument, InvalidValueError
from ..recordings.recordings import Recordings
from .apart import FileNames
from .scored import Scored

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MOST_PATCHES", "Chosen"]

MOST_PATCHES = 24


@dataclasses.dataclass(frozen=True, eq=False)
class Chosen:
    """Patches to draw, each in its recording.

    Attributes
    ----------
    given : Patches or Recordings
        What they were chosen from.
    recordings : list of Patches
        Those that some of them are of; of `Recordings` no others are computed.
    starts : list of int
        How many patches of all there are before each of these recordings.
    which : list of int
        Of which of these recordings each patch is.
    indices : list of int
        Which patch of that it is.
    files : list of str
        The path of each of these recordings; empty where one alone was given.
    chosen_for : dict of (int, int) to str
        What they were chosen for, of those of which that is known.
    """

    given: Patches | Recordings
    recordings: list[Patches]
    starts: list[int]
    which: list[int]
    indices: list[int]
    files: list[str]
    chosen_for: dict[tuple[int, int], str] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(
        cls, patches: Patches | Recordings, n: int | Iterable[int] | None, of: str | None
    ) -> Chosen:
        """Return what `n` chooses; the first of all by the score of a class, if one is named."""
        if of is not None:
            check_text("of", of)
        if not isinstance(patches, Recordings):
            check_patches(patches, ", or Recordings")
        n = chosen_by("n", n, patches)
        if not isinstance(patches, Recordings):
            positions = _positions(patches, n)
            classes = class_of_each(n, positions)
            return cls(
                patches, [patches], [0], [0] * len(positions), positions, [],
                {(0, index): name for index, name in classes.items()},
            )._by_score(of, n)  # fmt: skip
        if not len(patches):
            raise InvalidValueError(Argument("patches"), " hold no patch")
        positions = _positions(patches, n)
        rows, which = np.unique(patches.find(positions)[0], return_inverse=True)
        starts = patches._index.first[rows]
        files = [patches._table.paths[row] for row in rows.tolist()]
        indices = (positions - starts[which]).tolist()
        places = dict(zip(positions, zip(which.tolist(), indices, strict=True), strict=True))
        classes = class_of_each(n, positions)
        return cls(
            patches, [patches.patches(row) for row in rows.tolist()], starts.tolist(),
            which.tolist(), indices, files, {places[at]: name for at, name in classes.items()},
        )._by_score(of, n)  # fmt: skip

    def _by_score(self, of: str | None, n: object) -> Chosen:
        """Put patches that nobody named one by one in the order of their scores."""
        if of is None:
            return self
        one = self.recordings[0]
        (column,) = Scored.of(one, [of], None, name="of").columns  # or says what is wrong with it
        if not (n is None or isinstance(n, Integral)):
            return self  # as they were chosen
        scores = [self._scores(k)[index, column] for k, index in self]
        order = np.argsort(-np.nan_to_num(scores, nan=-np.inf), kind="stable").tolist()
        which, indices = ([values[k] for k in order] for values in (self.which, self.indices))
        return dataclasses.replace(self, which=which, indices=indices)

    def _scores(self, k: int) -> NDArray[Any]:
        scores = self.recordings[k].scores
        assert scores is not None
        return scores

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Go through the patches: of which recording each is, and which of that."""
        return zip(self.which, self.indices, strict=True)

    def __len__(self) -> int:
        return len(self.indices)

    def of_recording(self, k: int) -> list[int]:
        """Return those of a recording, in their order."""
        return [index for which, index in self if which == k]

    @cached_property
    def file_names(self) -> FileNames | None:
        """What their files are called, each told from all that they were chosen from."""
        if not isinstance(self.given, Recordings):
            return None
        return FileNames(self.files, self.given._table.paths)

    @property
    def classes(self) -> list[str]:
        """What they were chosen for, those of most patches first."""
        return [name for name, _ in Counter(self.chosen_for.values()).most_common()]

    @cached_property
    def titles(self) -> list[str]:
        """Which patch of its recording each is, and when."""
        return [panel_title(self.recordings[k], index) for k, index in self]

    def known(self, *, of: str | None, truth: Any, **shown: Any) -> list[Known]:
        """Return what is known of each; the arguments are those of :func:`known_of`."""
        true = None if truth is None else as_truth(self._flat, truth, of)
        return named_alike([
            known_of(
                self.recordings[k], index, **shown,
                of=of or scored_class(self.recordings[k], index, self.chosen_for.get((k, index))),
                truth=None if true is None else true[self.starts[k] :],
            )
            for k, index in self
        ])  # fmt: skip

    @property
    def _flat(self) -> Patches:
        """All patches that were given, of which a truth has a row for each."""
        return self.given._flat if isinstance(self.given, Recordings) else self.given


def _positions(patches: Patches | Recordings, n: int | Iterable[int] | None) -> list[int]:
    """Return the positions of the patches to draw, in their order."""
    listed = positions_of("n", n, patches)
    if n is None:
        thirds: list[int] = np.unique((2 * np.arange(3) + 1) * len(patches) // 6).tolist()
        return thirds
    if listed is None:
        count = check_int("n", n, minimum=1, maximum=MOST_PATCHES, unit="patches")
        return list(range(min(count, len(patches))))
    indices = [patches.check_index(check_int("n", index, most=None)) for index in listed]
    if not 1 <= len(indices) <= MOST_PATCHES:
        called = "recordings" if isinstance(patches, Recordings) else "patches"
        raise InvalidValueError(
            Argument("n"), f" chooses {plural(len(indices), 'patch')}",
            allowed=f"1 to {MOST_PATCHES} of them",
            remedy=f"patchviz.sheet({called}, numbers) shows as many as one likes."
            if indices else f"{called}.choose(12) finds some.",
        )  # fmt: skip
    return indices
