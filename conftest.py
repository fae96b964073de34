"""What every test and doctest needs: figures without a window, none left open, and a browser."""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

# NumPy's threads wait for one another by counting: beside other tests, those of two workers on two
# cores burn a fourth of the time of all that is computed.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import matplotlib  # brings NumPy

matplotlib.use("Agg")

# Compiling its functions takes half a minute of each process that does so; and of two at the same
# time one may load what the other has just written into numba's cache, and crash.
USE_LIBROSA = {
    "tests/audio/test_audio.py",
    "tests/audio/test_part.py",  # by a constant-Q transform
    "tests/core/test_patches.py",
    "tests/features",  # all of them
    "tests/plot/test_axis.py",
    "tests/plot/test_coming_from.py",
    "tests/test_numbers.py",
}
TESTS = Path(__file__).parent / "tests"
SHARE_A_PROGRAM = {"tests/firefox", "tests/notebooks"}  # these folders start one for all
READ_THE_SOURCE = {"tests/test_repository.py", "tests/test_warnings_page.py"}  # parsed once


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let `-n 2` keep together what shares something that is slow to make."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            folder = file.rpartition("/")[0]
            if not USE_LIBROSA.isdisjoint((file, folder)):
                return "librosa"
            if file in READ_THE_SOURCE:
                return "source"
            return folder if folder in SHARE_A_PROGRAM else file

    return Scheduling(config, log) if config.getvalue("dist") == "load" else None


# Folders of tests that all have one marker: they are not even read where it is left out.
OF_ONE_MARKER = {"browser": "browser", "docs": "docs", "firefox": "firefox", "notebooks": "jupyter"}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Pass over folders whose marker is left out: to read all tests takes ten seconds."""
    chosen: str = config.getoption("markexpr")
    marker = OF_ONE_MARKER.get(collection_path.name)
    is_left_out = marker is not None and " or " not in chosen and f"not {marker}" in chosen
    return True if is_left_out and collection_path == TESTS / collection_path.name else None


# Each worker reads all tests, and has pytest rewrite what they assert, which is kept beside them.
READS_BACKWARDS = os.environ.get("PYTEST_XDIST_WORKER", "gw0")[-1] in "13579"


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Let two workers meet in the middle, where each finds what the other has rewritten."""
    report: Any = yield
    if READS_BACKWARDS and isinstance(collector, pytest.Directory):
        report.result.reverse()
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have all workers list the files in one order."""
    items.sort(key=lambda item: item.path)


def pytest_collection_finish() -> None:
    """Set aside what all tests share: collecting a test's garbage does not walk through it.

    A figure makes a hundred thousand objects: looked through at every 700 of them, as is usual,
    they take a tenth of the time of all tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")


@pytest.fixture(scope="session")
def require() -> Callable[..., None]:
    """Return a function that skips a test where a module is missing.

    PATCHVIZ_REQUIRE_BROWSER=1 makes it fail, as it does where a program is missing.
    """

    def require(*modules: str) -> None:
        for module in modules:
            if importlib.util.find_spec(module) is None:
                _miss(module)

    return require


@pytest.fixture(scope="session")
def require_command() -> Callable[..., str]:
    """Return a function that finds a program by any of its names, and skips where there is none.

    PATCHVIZ_REQUIRE_BROWSER=1 makes it fail.
    """

    def require_command(*names: str) -> str:
        found = filter(None, map(shutil.which, names))
        return next(found, None) or _miss(" or ".join(names))

    return require_command


@pytest.fixture(scope="session")
def require_package(require_command: Callable[..., str]) -> Callable[[str], None]:
    """Return a function that skips a test where node finds no such package of npm.

    It looks into node_modules in the folder of the repository, and where NODE_PATH points.
    PATCHVIZ_REQUIRE_BROWSER=1 makes it fail.
    """
    root = Path(__file__).parent

    def require_package(name: str) -> None:
        command = [require_command("node"), "-e", f"require.resolve({json.dumps(name)})"]
        if subprocess.run(command, cwd=root, capture_output=True).returncode:
            _miss(f"{name} (npm)")

    return require_package


def _miss(what: str) -> NoReturn:
    if os.environ.get("PATCHVIZ_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{what} is not installed, and PATCHVIZ_REQUIRE_BROWSER=1 asks for it")
    pytest.skip(f"{what} is not installed")


@pytest.fixture(scope="session")
def chromium(require: Callable[..., None], require_command: Callable[..., str]) -> Iterator[Any]:
    """Chromium, started once, as a ``playwright.sync_api.Browser``: open pages in it."""
    require("playwright")
    # The first is the same browser without a window to be drawn in, and starts in half the time.
    executable = require_command("chromium-headless-shell", "chromium", "google-chrome")
    from playwright.sync_api import sync_playwright

    # Containers run as root, where Chromium's sandbox cannot start; pages are our own.
    quiet = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-sync",
             "disable-background-networking", "disable-component-update"]  # fmt: skip
    args = [f"--{flag}" for flag in quiet]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=args)
        yield browser
        browser.close()
