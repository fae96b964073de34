"""Calls of everything public with one argument, or two, that nobody means.

What there is to call is taken from ``patchviz/__init__.pyi`` and from signatures, so that what is
new is called too. Listed are only what people do not make themselves, and how to make the rest.
"""

from __future__ import annotations

import contextlib
import dataclasses
import decimal
import fractions
import inspect
import io
import itertools
import math
import random
import re
import signal
import traceback
import types
import typing
import warnings
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import patchviz as pv
from patchviz.features.options import FrontEndOptions

LABEL = {"start_time": 0.1, "end_time": 0.3, "label": "robin"}

# What may be a function of the user's own.
FUNCTIONS = {"callback", "f", "kind", "progress_callback", "ref"}

# Made by a function, or by patchviz alone.
RESULTS = {"Mosaic", "PatchvizError", "Player", "Scrubber", "Sheet", "FrontEnd"}

# A call that is at work for longer can still be interrupted, and is.
SECONDS = 60


class Tensor:
    """As a tensor that requires a gradient: it has no array, only what is detached has."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")

    def detach(self) -> Any:
        return np.linspace(-0.5, 0.5, 3000)


class Unprintable:
    def __repr__(self) -> str:
        raise ZeroDivisionError


def _numbers() -> list[Any]:
    scalars = [
        *(kind(3) for kind in (np.int8, np.uint8, np.int64, np.float16, np.float32, np.longdouble)),
        *(np.array(3), np.array(0.3), np.array(True), np.bool_(True), np.float32(np.nan)),
    ]
    return [
        *(0, 1, -1, 2, 3, 7, 127, 128, 1000, 2**31, 2**63, -(2**63), 10**30, 10**400, -(10**400)),
        *(0.0, -0.0, 0.1, 0.5, 1.5, -0.5, 1e-9, 5e-324, 1e-300, 1e15, 1e300, -1e300, 1.7e308),
        *(math.nan, math.inf, -math.inf, 1j, True, False),
        *(fractions.Fraction(1, 3), fractions.Fraction(10**400), decimal.Decimal("0.1")),
        *scalars,
    ]


def _others() -> list[Any]:
    return [
        *(
            None,
            ...,
            "",
            "no",
            "0.5",
            "1",
            "magma",
            "x" * 5000,
            "\0",
            "a\udce9$\\foo$\n<b>",
            b"\xff",
        ),
        *((), [], {}, set(), (1,), (0, 1), (1, 0), (0.0, np.nan), [0, 5, 1], [[1, 2], [3]], {1: 2}),
        *({"alpha": 5}, {"zorder": "x"}, {"nothing": 1}, {"linewidth": np.nan}, range(3), slice(2)),
        *(
            np.zeros(0),
            np.zeros(3),
            np.zeros((3, 40)),
            np.full((3, 40), np.nan),
            np.zeros((2, 2, 2)),
        ),
        *(
            np.array(["a", "b"]),
            np.array([1j, 2]),
            np.array([None, 1]),
            np.ma.masked_array([1.0], [1]),
        ),
        *(np.full((3, 40), 1e308), np.array([1e300, -1e300]), np.datetime64("2020"), Tensor()),
        *(
            object(),
            Unprintable(),
            (x for x in (1, 2)),
            io.StringIO("x"),
            io.BytesIO(b"x"),
            Path("x"),
        ),
        *(
            plt.Normalize(-np.inf, np.inf),
            plt.Normalize(1, 0),
            plt.matplotlib.colors.LogNorm(-1, 1),
        ),
        *(["a", 1], ("a", object()), [10**400], float, len),
    ]


ODD: list[Any] = [*_numbers(), *_others()]


@dataclasses.dataclass
class Target:
    """Something to call: how it is called, what it takes, and what it must be given."""

    name: str
    make: Callable[[World], Callable[..., Any]]
    parameters: list[str]
    required: list[str]


class World:
    """What every call begins with: small, and made anew, so that no call spoils the next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.y = np.sin(np.arange(3000.0) ** 1.3).astype(np.float32)
        values = np.random.default_rng(0).normal(size=(16, 40)).astype(np.float32)
        audio = pv.Audio.from_array(self.y, 4000)
        spec = pv.Spectrogram(
            values, sr=4000, hop_length=75, audio=audio, name="noise", labels=[LABEL]
        )
        self.spec = spec
        self.patches = spec.patches(frame_length=10, hop_length=5)
        self.audio = audio
        self.n_written = itertools.count()

    @property
    def season(self) -> pv.Recordings:
        """The same clip, and when it began."""
        table = {"file": [str(self.folder / "clip.wav")], "start": [datetime(2024, 5, 12, 6)]}
        return pv.Recordings(pd.DataFrame(table), duration=0.05)

    def instance(self, name: str) -> Any:
        """Return an object whose methods are called, or None for a class that has none."""
        make: dict[str, Callable[[], Any]] = {
            "Audio": lambda: self.audio,
            "Spectrogram": lambda: self.spec,
            "Features": lambda: pv.Features(self.spec.values),
            "Patches": lambda: self.patches.with_scores(np.linspace(0, 1, len(self.patches))),
            "Recordings": lambda: pv.Recordings(
                self.folder / "clip.wav",
                duration=0.05,
                hop_duration=0.03,
                hop_length=128,
                labels=[{"file": "clip.wav", **LABEL}],
            ),
            "Player": lambda: pv.player(self.patches),
            "Scrubber": lambda: pv.scrub(self.patches),
            "Sheet": lambda: pv.sheet(self.patches),
            "PatchView": lambda: pv.PatchView(self.patches),
            "PatchAnimation": lambda: pv.animate(self.patches),
            "Mosaic": lambda: pv.plot_mosaic(self.patches, n=2),
        }
        return make[name]() if name in make else getattr(pv, name)()

    def valid(self, target: str, name: str) -> Any:
        """Return what an argument that is required may be."""
        if target.endswith(("save", "write_labels")):
            ending = "html" if target.startswith(("Player", "Sheet")) else "gif"
            return {
                "labels": [LABEL],
                "filename": f"film{next(self.n_written)}.{ending}",
                "path": f"page{next(self.n_written)}.{ending}",
            }.get(name, self.spec)
        if target == "read_labels":
            return self.folder / "labels.csv"
        return {
            "labels": [LABEL],
            "values": self.spec.values,
            "spectrogram": self.spec,
            "patches": self.patches,
            "recordings": self.season if target == "timeline" else None,
            "view": None if target != "PatchAnimation" else pv.PatchView(self.patches),
            "y": self.y,
            "sr": 16000,
            "file": self.folder / "clip.wav",
            "files": self.folder / "clip.wav",
            "f": _loudest,
            "index": 1,
            "time": 0.1,
            "callback": print,
            "x": self.spec.values[np.newaxis],
            "n": 2,
            "train": [0, 1],
            "test": [5],
            "n_samples": 3000,
            "n_channels": 1,
            "name": "noise",
            "start": 0.0,
            "source": self.y[np.newaxis],
        }.get(name)


def _loudest(patches: pv.Patches) -> list[float]:
    return [float(patch.max()) for patch in patches]


def public_names() -> list[str]:
    stub = Path(pv.__file__).with_suffix(".pyi").read_text("utf-8")
    return re.findall(r"import \w+ as (\w+)", stub)


def targets() -> list[Target]:
    """Return every public function, class, method and property that can be set."""
    found = []
    for name in public_names():
        thing = getattr(pv, name)
        if name not in RESULTS:
            found.append(_target(name, partial(_itself, thing), thing))
        if inspect.isclass(thing) and name not in ("PatchvizError", "FrontEnd"):
            found += _members(name, thing)
    return [target for target in found if target.parameters]


def _members(name: str, thing: type) -> Iterator[Target]:
    own = [kind for kind in reversed(thing.__mro__) if kind.__module__.startswith("patchviz")]
    traits = [kind for kind in thing.__mro__ if kind.__module__.startswith("traitlets")]
    for member, value in {m: v for kind in own for m, v in vars(kind).items()}.items():
        if member.startswith("_") and member not in ("__getitem__", "__call__"):
            continue
        if any(hasattr(kind, member) for kind in traits):  # which calls it, and nobody else
            continue
        full = f"{name}.{member}"
        if isinstance(value, classmethod | staticmethod):
            method = getattr(thing, member)
            yield _target(full, partial(_itself, method), method)
        elif isinstance(value, types.FunctionType):
            yield _target(full, partial(_method, name, member), value, skip=1)
        elif getattr(value, "fset", None) or type(value).__module__.startswith("patchviz"):
            yield Target(full, partial(_setter, name, member), ["value"], ["value"])


def _itself(thing: Any, world: World) -> Any:
    return thing


def _method(name: str, member: str, world: World) -> Any:
    return getattr(world.instance(name), member)


def _setter(name: str, member: str, world: World) -> Any:
    return partial(setattr, world.instance(name), member)


def _target(name: str, make: Any, thing: Any, skip: int = 0) -> Target:
    parameters = list(inspect.signature(thing).parameters.values())[skip:]
    names, required = [], []
    for parameter in parameters:
        if parameter.kind is parameter.VAR_KEYWORD:
            names += typing.get_type_hints(FrontEndOptions)
        elif parameter.kind is not parameter.VAR_POSITIONAL:
            names.append(parameter.name)
            if parameter.default is parameter.empty:
                required.append(parameter.name)
    return Target(name, make, names, required)


@contextlib.contextmanager
def interrupted(seconds: int) -> Iterator[None]:
    """Interrupt what takes longer, as Ctrl-C does."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def call(seed: int, folder: Path, among: list[Target]) -> tuple[str, str | None]:
    """Make the call of a number; return what it was, and what is wrong with what came of it."""
    chance = random.Random(seed)
    # By their names, so that a new one leaves most calls as they are.
    target = min(among, key=lambda target: _lot(seed, target.name))
    n_odd = min(1 if chance.random() < 0.8 else 2, len(target.parameters))
    odd = sorted(target.parameters, key=lambda name: _lot(seed, name))[:n_odd]
    # What a function of the user's own raises is the user's own.
    pools = [[v for v in ODD if not callable(v)] if name in FUNCTIONS else ODD for name in odd]
    strange = {name: chance.choice(pool) for name, pool in zip(odd, pools, strict=True)}
    if "kind" in target.parameters and "kind" not in odd:
        strange["kind"] = chance.choice(["cqt", "chroma", "mfcc", "stft", "mel"])
    if target.name in ("Patches", "Spectrogram.patches") and "duration" not in odd:
        strange = {"frame_length": 10, **strange}
    if target.name == "Recordings" and "duration" not in odd:
        strange = {"duration": 0.05, **strange}
    what = f"{target.name}({', '.join(f'{n}={_short(v)}' for n, v in strange.items())})"
    try:
        return what, _fault(target, strange, odd, folder, chance)
    finally:
        plt.close("all")


def _fault(
    target: Target, strange: dict[str, Any], odd: list[str], folder: Path, chance: random.Random
) -> str | None:
    """Return what is wrong with what comes of a call."""
    with warnings.catch_warnings(), interrupted(SECONDS):
        warnings.simplefilter("error")
        # Old releases use what newer ones of their own dependencies deprecate.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            try:
                _use(target, World(folder), strange, chance)
            except UserWarning as warning:
                if not _is_ours(warning):
                    raise
                warnings.simplefilter("ignore", UserWarning)
                if not any(isinstance(v, types.GeneratorType) for v in strange.values()):
                    _use(target, World(folder), strange, chance)
        except pv.PatchvizError as error:
            # What is required and new, nobody has listed: it is None, which may be refused as well.
            if target.name.endswith("__getitem__"):  # nobody types the name of that argument
                return _fault_of(error, ["value"])
            unknown = [n for n in target.required if World(folder).valid(target.name, n) is None]
            return _fault_of(error, [*odd, *unknown])
        except KeyboardInterrupt:
            return f"takes longer than {SECONDS} s"
        except BaseException as error:  # whatever it is, it is a fault
            frames = traceback.extract_tb(error.__traceback__)
            ours = [
                f"{Path(f.filename).name}:{f.lineno}" for f in frames if "/patchviz/" in f.filename
            ]
            return f"{type(error).__name__}: {str(error)[:120]} at {ours[-1:]}"
    return None


def _lot(seed: int, name: str) -> int:
    return zlib.crc32(f"{seed} {name}".encode())


def _is_ours(warning: BaseException) -> bool:
    return "patchviz" in traceback.extract_tb(warning.__traceback__)[-1].filename


def _short(value: Any) -> str:
    try:
        return repr(value)[:60]
    except (ZeroDivisionError, ValueError):
        return f"<{type(value).__name__}>"


def _fault_of(error: Exception, odd: list[str]) -> str | None:
    text = str(error)
    if len(text) > 500:
        return f"a message of {len(text)} characters"
    if not isinstance(error, ValueError | TypeError | IndexError | OSError):
        return f"raises {type(error).__name__}"
    is_named = odd[:1] != ["value"] and not isinstance(error, OSError)  # which names a file
    known = [*odd, *(["scores"] if "table" in odd else [])] if is_named else []
    if known and not any(re.search(rf"(?<!\w){name}(?!\w)", text) for name in known):
        return f"does not name it: {text[:200]}"
    return None


def _use(target: Target, world: World, strange: dict[str, Any], chance: random.Random) -> None:
    """Call it, and look at what comes of it as a person would."""
    valid = {n: world.valid(target.name, n) for n in target.required if n not in strange}
    arguments = {**valid, **strange}
    positional = [arguments[name] for name in target.required[:1]]
    named = {name: value for name, value in arguments.items() if name not in target.required[:1]}
    result = target.make(world)(*positional, **named)
    repr(result)
    if isinstance(result, types.GeneratorType):
        for _ in itertools.islice(result, 3):
            pass
    if isinstance(result, pv.Patches):
        assert result[len(result) - 1].shape[1] == result.frame_length
        result.index_at(result.time(0)[0])
    if callable(getattr(result, "_features", None)):  # a front end
        features = result(world.y, 16000)
        assert np.isfinite(features.values).all()
    if isinstance(result, pv.Spectrogram | pv.Features) and chance.random() < 0.3:
        if isinstance(result, pv.Spectrogram):
            pv.player(result.patches(frame_length=1))
        else:
            repr(result)
    for figure in map(plt.figure, plt.get_fignums()):
        if chance.random() < 0.3:
            figure.canvas.draw()
    if isinstance(result, pv.Scrubber):
        result.close()
