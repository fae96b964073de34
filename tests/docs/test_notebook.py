"""MyST-NB."""

from __future__ import annotations

import pytest

from .conftest import scrub


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.jupyter
def test_players_and_animations_in_a_notebook_play(make_project, visit):
    project = make_project("notebook")
    project.build()
    opened = visit(project.file("html/index.html"))
    players = opened.page.locator(".patchviz-player")
    assert players.count() == 2
    for n in range(2):
        scrub(opened, n)
    # The animation's figure does not come up besides.
    assert not project.file("html/_images").exists()
    assert opened.find("button[aria-label^='Sound' i], .sound", 0).count()
