import pytest

from deliv.core.rulebook import RuleBook
from deliv.sources.rulefiles import load_rules


@pytest.fixture(scope="session")
def rules() -> RuleBook:
    return load_rules()
