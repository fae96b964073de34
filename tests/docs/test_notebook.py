"""MyST-NB."""

from __future__ import annotations

import pytest

from .conftest import scrub


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.jupyter
def test_players_animations_and_scrubbers_in_a_notebook_play(make_project, visit):
    project = make_project("notebook")
    project.build()
    opened = visit(project.file("html/index.html"))
    players = opened.page.locator(".patchviz-player")
    assert players.count() == 3
    assert opened.js("player.index", n=2) == 20
    for n in range(3):
        scrub(opened, n)
    # The animation's figure does not come up besides.
    assert not project.file("html/_images").exists()
    assert opened.page.locator(".patchviz-player audio").count() == 1
