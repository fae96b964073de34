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


PAGE = """---
file_format: mystnb
kernelspec:
  name: python3
---

# Outputs

```{code-cell} python
import patchviz as pv

patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
pv.player(patches)
```

```{code-cell} python
pv.sheet(patches, [3, 30])
```

```{code-cell} python
patches
```

```{code-cell} python
from IPython.display import HTML

HTML("<p>another's</p>")
```
"""


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.jupyter
def test_in_the_dark_outputs_stand_on_no_light_box(make_project, visit):
    """As the theme of the PyData project gives it to HTML; to others' it still does."""
    project = make_project("notebook")
    (project.source / "index.md").write_text(PAGE, encoding="utf-8")
    extensions = "extensions=myst_nb,patchviz.sphinxext"
    project.build("html", "-D", "html_theme=pydata_sphinx_theme", "-D", extensions)
    opened = visit(project.file("html/index.html"), scheme="dark")
    looks = opened.page.evaluate(
        """[...document.querySelectorAll(".cell_output .text_html")].map((output) => {
            const { backgroundColor, padding } = getComputedStyle(output);
            return [backgroundColor === "rgba(0, 0, 0, 0)", padding];
        })"""
    )
    # A player, what was decided on a sheet, the sheet, the table; and another's.
    assert looks == [[True, "0px"]] * 4 + [[False, "8px"]]
    opened.said[:] = [text for text in opened.said if " theme" not in text]  # it says which it is
