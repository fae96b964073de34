"""How many examples Hypothesis tries, and what is seen of logs beside a failure."""

from __future__ import annotations

import logging

from hypothesis import settings

# Once: pytest's `log_level` sets it three times for each test, and all loggers look theirs up anew.
logging.getLogger().setLevel(logging.INFO)

# Few at each change, many in `.ci/run soak`.
settings.register_profile("each change", max_examples=25, deadline=None)
settings.register_profile("soak", max_examples=500, deadline=None)
settings.load_profile("each change")  # --hypothesis-profile=soak replaces it
