"""How many examples Hypothesis tries: few at each change, many in ``.ci/run soak``."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("each change", max_examples=25, deadline=None)
settings.register_profile("soak", max_examples=500, deadline=None)
settings.load_profile("each change")  # --hypothesis-profile=soak replaces it
