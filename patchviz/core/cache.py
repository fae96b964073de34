"""Spectrograms that are computed once: kept by what the file holds and by how it is looked at."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import importlib
import importlib.metadata
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

from .._util.validation import check_bool, check_folder
from .._util.warn import noted, warn_user
from ..errors import Argument, InvalidValueError, SavedFileError, shown
from ..features.frontend import BlockwiseFrontEnd
from ..features.pooling import Pooling
from .store import VERSION, read, save

__all__ = ["cached", "check_cache"]

Spec = TypeVar("Spec")  # a Spectrogram, which is above

_PACKAGE = __package__.split(".")[0]

# What decodes, resamples and transforms: another version may give other values.
_MADE_BY = ("librosa", "numpy", "scipy", "soundfile", "soxr")


def cached(
    cls: type[Spec],
    make: functools.partial[Spec],
    cache: bool | str | os.PathLike[str],
    *,
    progress: bool,
) -> Spec:
    """Return what has been kept of a call, or make it and keep it.

    Parameters
    ----------
    cls : type
        What is made.
    make : partial
        The call: its first argument is the file, its keywords are all that matters.
    cache : bool or path
        Where it is kept: True for the folder that the system has for that.
    progress : bool
        What is given to the call, and does not matter.
    """
    folder = check_cache(cache, {})
    if folder is None:
        return make(progress=progress)
    path = _path(make.args[0])
    parameters = _written("parameters", make.keywords)
    if not os.path.isfile(path):
        return make(progress=progress)  # which says so
    before = _state(path)
    place = folder / f"{_key(path, parameters)}.npz"
    try:
        saved = read(place)
        spec = saved.into(cls)
    except SavedFileError:  # it is not there, or not as it was written
        pass
    else:
        vars(cast(Any, spec).audio)["_given"] = path
        for remark in saved.remarks:
            warn_user(remark)
        return spec
    with noted() as remarks:
        spec = make(progress=progress)
    try:
        if _state(path) == before:
            folder.mkdir(parents=True, exist_ok=True)
            save(cast(Any, spec), place, remarks=remarks)
    except OSError as error:
        warn_user(
            f"The spectrogram of {shown(path.name)} is not kept: {shown(str(folder))} cannot be "
            f"written ({error.strerror or error})."
        )
    return spec


def check_cache(cache: bool | str | os.PathLike[str], parameters: Mapping[str, Any]) -> Path | None:
    """Return the folder in which something is kept, None for none; refuse what cannot be."""
    if isinstance(cache, str | os.PathLike):
        folder = check_folder(
            "cache", cache, example="cache", hint="; or True, for that of the system"
        )
    elif check_bool("cache", cache, hint="whether it is kept; or a folder to keep it in"):
        folder = _folder()
    else:
        return None
    _written("parameters", parameters)
    return folder


def _folder() -> Path:
    import platformdirs

    return platformdirs.user_cache_path("patchviz", appauthor=False)


def _path(file: object) -> Path:
    if isinstance(file, str | os.PathLike) and isinstance(name := os.fspath(file), str):
        return Path(name)
    raise InvalidValueError(
        Argument("cache", True),
        f" keeps what is made of a file that has a path, and this is of type {type(file).__name__}",
        remedy="Give the path, or leave it out and save the spectrogram: spec.save(...).",
    )


def _state(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def _key(path: Path, parameters: str) -> str:
    """Return what differs where a file's content, its place or how it is looked at differs."""
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    facts = [str(VERSION), *_versions(), str(path.absolute()), content, parameters]
    return hashlib.sha256("\0".join(facts).encode(errors="surrogatepass")).hexdigest()[:40]


@functools.cache
def _versions() -> tuple[str, ...]:
    package = importlib.import_module(_PACKAGE)
    return (package.__version__, *map(importlib.metadata.version, _MADE_BY))


def _written(name: str, value: object) -> str:
    """Return a value as text that another value does not have."""
    if value is None or isinstance(value, str | bool | int | float | np.generic):
        return repr(value)
    if isinstance(value, Mapping):
        items = [f"{key}={_written(key, value[key])}" for key in sorted(value)]
        return f"{{{', '.join(items)}}}"
    if isinstance(value, tuple | list):
        return f"({', '.join(_written(name, item) for item in value)})"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        content = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        return f"{value.dtype.str}{value.shape}{content}"
    is_ours = type(value).__module__.split(".")[0] == _PACKAGE  # and no class that is made of one
    if isinstance(value, BlockwiseFrontEnd | Pooling) and is_ours:
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return type(value).__qualname__ + _written(name, fields)
    if getattr(value, "__module__", "") == "numpy" and getattr(np, _name(value), None) is value:
        return f"numpy.{_name(value)}"
    raise InvalidValueError(
        Argument(name, value),
        " is not known by its name alone, and nobody would see that it has changed",
        allowed="with `cache` a front end, or a function, of patchviz's or numpy's own",
        remedy="Leave `cache` out and save the spectrogram: spec.save(...).",
    )


def _name(value: object) -> str:
    return str(getattr(value, "__name__", ""))
