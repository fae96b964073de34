"""A page's script, compressed."""

from __future__ import annotations

import base64
import collections
import hashlib
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import patchviz as pv
from patchviz.web import html
from patchviz.web.packed import pack, unpack


def test_a_script_is_packed_and_unpacked() -> None:
    script = 'say("</script><!-- é 音");\n' * 50
    packed = pack(script, 'run("@packed", document.currentScript);')
    assert re.fullmatch(r'run\("[A-Za-z0-9+/]+=*", document\.currentScript\);', packed)
    assert unpack(packed) == script
    assert unpack(script) is None


def test_no_two_modules_have_one_name() -> None:
    """They share a scope: of two functions the later is both, of two constants no page is left."""
    for modules in (html._SHEET_MODULES, html._WIDGET_MODULES, html._SCRUBBER_MODULES):
        text = "\n".join(map(html.static_text, modules))
        names = re.findall(r"^(?:const|let|class|(?:async )?function\*?) (\w+)", text, re.MULTILINE)
        assert len(names) > 100
        assert [name for name, n in collections.Counter(names).items() if n > 1] == []


@pytest.mark.parametrize(
    "modules", ["_MODULES", "_CHOOSING_MODULES", "_PAGE_MODULES", "_WIDGET_MODULES",
                "_SCRUBBER_MODULES"],
)  # fmt: skip
def test_what_is_left_without_comments_is_a_script(
    modules: str, tmp_path: Path, require_command: Callable[..., str]
) -> None:
    file = tmp_path / "module.mjs"
    file.write_text(html._module(getattr(html, modules)), "utf-8")
    checked = subprocess.run(
        [require_command("node"), "--check", str(file)], capture_output=True, text=True, check=False
    )
    assert checked.stderr == ""


def test_a_page_carries_two_fifths_of_its_script_and_allows_both(tmp_path: Path) -> None:
    spec = pv.Spectrogram(np.zeros((4, 30), np.float32), sr=1000, hop_length=10)
    player = pv.player(spec.patches(frame_length=10))
    loader = player.fragment.script
    script = unpack(loader)
    assert script is not None
    assert script.count("class Player {") == 1
    # 65 kB, one that writes the names of all labels at one place, and what knows when windows were
    # asked for, and what tells the names of lanes apart.
    assert len(loader) < min(0.45 * len(script), 66_900)
    page = player.save(tmp_path / "page.html").read_text("utf-8")
    assert "class Player {" not in page
    for text in (f"\n{loader}\n", script):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert page.count(f"'sha256-{digest}'") == 1
