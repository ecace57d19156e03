"""What the tests of the core share."""

import pytest

from deliv.core.rulebook import RuleBook
from deliv.sources.rulefiles import load_rules


@pytest.fixture(scope="session")
def rules() -> RuleBook:
    """Return the packaged rule book, which nothing can change."""
    return load_rules()
