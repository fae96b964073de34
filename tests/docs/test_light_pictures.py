"""Pictures of the documentation: light ones, of which a build makes none anew without need."""

from __future__ import annotations

import importlib.util
import os
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from PIL import Image

EXTENSION = Path(__file__).parents[2] / "docs" / "_ext" / "light_pictures.py"


@pytest.fixture
def light_pictures() -> ModuleType:
    """Return the extension, as a build that begins now has it."""
    spec = importlib.util.spec_from_file_location("light_pictures", EXTENSION)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_picture(file: Path) -> None:
    """Write few colours in many bytes."""
    colours = np.random.default_rng(0).integers(0, 4, (300, 300, 1)) * np.array([60, 20, 80])
    Image.fromarray(colours.astype(np.uint8)).save(file)


def test_a_lighter_picture_looks_the_same_and_is_as_old(
    light_pictures: ModuleType, tmp_path: Path
) -> None:
    file = tmp_path / "figure.png"
    write_picture(file)
    with Image.open(file) as picture:
        before = np.asarray(picture, int)
    size, age = file.stat().st_size, file.stat().st_mtime_ns
    light_pictures.lighten(file)
    with Image.open(file) as picture:
        assert picture.mode == "P"
        after = np.asarray(picture.convert("RGB"), int)
    assert np.abs(after - before).max() <= light_pictures.TOLERANCE
    assert file.stat().st_size < size
    # A page with a picture that is newer than what was read of it is built again.
    assert file.stat().st_mtime_ns == age


def test_what_an_earlier_build_made_is_left_alone(
    light_pictures: ModuleType, tmp_path: Path
) -> None:
    old, new = (tmp_path / name for name in ("old.png", "new.png"))
    for file in (old, new):
        write_picture(file)
    an_hour_ago = time.time() - 3600
    os.utime(old, (an_hour_ago, an_hour_ago))
    content = old.read_bytes()
    app = SimpleNamespace(srcdir=str(tmp_path))
    light_pictures.lighten_all(app, SimpleNamespace(images={"old.png": None, "new.png": None}))
    assert old.read_bytes() == content
    with Image.open(new) as picture:
        assert picture.mode == "P"
