"""Who watches what somebody may set: each is told of what it is, whatever those before do."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import traitlets

__all__ = ["Watched"]


@dataclasses.dataclass(frozen=True)
class _Watcher:
    """Somebody who watches a trait; whom traitlets would tell until one fails."""

    handler: Callable[[Any], object]
    owner: Watched = dataclasses.field(compare=False)

    def __call__(self, change: Any) -> None:
        if (told := self.owner._told.get(change["name"])) is None:
            self.handler(change)
            return
        last, failures = told
        if last is change:  # and nobody before has led to another one, of which all were told
            try:
                self.handler(change)
            except BaseException as error:  # as of who waits no longer for it
                failures.append(error)


class Watched(traitlets.HasTraits):
    """What may be watched by people who fail, or change what they are told of."""

    # Of each trait what is told now, and what went wrong at that.
    _told: Mapping[str, tuple[Any, list[BaseException]]] = MappingProxyType({})

    def observe(self, handler: Any, names: Any = traitlets.All, type: Any = "change") -> None:
        """Call a function when a trait changes, as ``traitlets.HasTraits.observe`` does.

        Who fails leaves all others told, and nobody is told of what one before has changed since.

        Parameters
        ----------
        handler : callable
            Called with the change.
        names : str or list of str, optional
            Of the traits; by default all.
        type : str, default: "change"
            Of what is told.
        """
        super().observe(self._watcher(handler), names, type)

    def unobserve(self, handler: Any, names: Any = traitlets.All, type: Any = "change") -> None:
        """Call a function no more, as ``traitlets.HasTraits.unobserve`` does.

        Parameters
        ----------
        handler : callable or None
            What :meth:`observe` was given; None is all that it was given.
        names, type : optional
            Likewise.
        """
        super().unobserve(self._watcher(handler), names, type)

    def unobserve_all(self, name: Any = traitlets.All) -> None:
        """Call nobody any more, as ``traitlets.HasTraits.unobserve_all`` does.

        Nor is anybody told of what is told now, as of a scrubber that one of them closes.

        Parameters
        ----------
        name : str, optional
            Of the trait, of which who is told now still is; by default all.
        """
        super().unobserve_all(name)
        if name is traitlets.All:
            self._told = dict.fromkeys(self._told, (None, []))

    def _watcher(self, handler: Any) -> Any:
        # A method of the class is found by its name.
        is_watcher = callable(handler) and not isinstance(handler, traitlets.EventHandler)
        return _Watcher(handler, self) if is_watcher else handler

    def _tell_each(self, tell: Callable[[Any], object], change: Any) -> None:
        """Tell of a change who watches, and raise then what went wrong first."""
        change, failures = traitlets.Bunch(change), list[BaseException]()
        self._told = {**self._told, change["name"]: (change, failures)}
        try:
            tell(change)
            if failures:
                raise failures[0]
        finally:  # what went wrong would hold all that it went through
            self._told = {**self._told, change["name"]: (None, [])}
