"""How long the property tests search."""

import os

from hypothesis import settings

# The quick search is the same on every run, so that no change fails by another one's luck.
settings.register_profile("quick", deadline=None, max_examples=200, derandomize=True, database=None)
settings.register_profile("full", deadline=None, max_examples=1000, database=None)
settings.load_profile("full" if os.environ.get("DELIV_TEST_FULL") else "quick")
