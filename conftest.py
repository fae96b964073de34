"""What every test and doctest needs: figures without a window, none left open, and a browser."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import matplotlib
import pytest

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Chromium, started once, as a ``playwright.sync_api.Browser``: open pages in it.

    Without Chromium or Playwright the test is skipped; PATCHVIZ_REQUIRE_BROWSER=1 makes it fail.
    """
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None
    if executable is None or sync_playwright is None:
        missing = "Chromium" if executable is None else "Playwright for Python"
        if os.environ.get("PATCHVIZ_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{missing} is not installed, and PATCHVIZ_REQUIRE_BROWSER=1 asks for it")
        pytest.skip(f"{missing} is not installed")
    # Containers run as root, where Chromium's sandbox cannot start; pages are our own.
    quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=quiet)
        yield browser
        browser.close()
