"""What a notebook needs besides widgets: to know when a cell runs again, and what to save."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

__all__ = [
    "VIEW_TYPE",
    "after_every_cell",
    "kept_as_output",
    "publish",
    "running_number",
    "shell",
    "when_cell_runs_again",
]

VIEW_TYPE = "application/vnd.jupyter.widget-view+json"


def shell() -> Any:
    """Return IPython's shell if this process has one."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


def _running_cell(shell: Any) -> str | None:
    """Return the id of the cell that is running, if the notebook tells."""
    get_parent = getattr(shell, "get_parent", None)
    parent = get_parent() if get_parent is not None else None
    return ((parent or {}).get("metadata") or {}).get("cellId")


def running_number() -> int:
    """Return the number of the cell that is running, by which `Out` has what it returns, or 0."""
    hook = getattr(shell(), "displayhook", None)  # some IPythons have counted on by now
    return getattr(hook, "prompt_count", 0)


def kept_as_output(number: int, value: object) -> bool:
    """Return whether `Out[number]` is a value; it becomes that where a cell has returned nothing.

    Parameters
    ----------
    number : int
        Of the cell, as :func:`running_number` says it.
    value : object
        What the cell made, and perhaps no name is left of.
    """
    outputs = getattr(shell(), "user_ns", {}).get("Out")
    return number > 0 and outputs is not None and outputs.setdefault(number, value) is value


def when_cell_runs_again(callback: Callable[[], object]) -> Callable[[], None]:
    """Call a function as soon as the cell that is running now is run again.

    Its outputs are cleared then, and what it displayed can be seen no longer. Where a notebook
    does not say which cell it runs, the function is never called.

    Parameters
    ----------
    callback : callable
        Called without arguments.

    Returns
    -------
    callable
        Call it, without arguments, to forget about it.
    """
    running = shell()
    cell = _running_cell(running)
    if cell is None:
        return lambda: None

    def check(info: Any) -> None:
        if info.cell_id == cell:
            callback()

    return _register(running, "pre_run_cell", check)


def after_every_cell(callback: Callable[[], object]) -> Callable[[], None]:
    """Call a function whenever a cell has run; return what ends that."""
    running = shell()
    return _register(running, "post_execute", callback) if running is not None else lambda: None


def _register(shell: Any, event: str, callback: Callable[..., object]) -> Callable[[], None]:
    shell.events.register(event, callback)

    def forget() -> None:
        if callback in shell.events.callbacks[event]:
            shell.events.unregister(event, callback)

    return forget


def publish(bundle: Mapping[str, Any], number: str | None = None, *, again: bool = False) -> None:
    """Show a mimebundle in the output of the running cell, or again, in place of its number."""
    from IPython.display import publish_display_data

    transient = {} if number is None else {"display_id": number}
    publish_display_data(dict(bundle), transient=transient, update=again)  # type: ignore[no-untyped-call]
