"""What all tests share: the heavier proofs run only when they are asked for."""

import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("DELIV_TEST_FULL"):
        return
    skip = pytest.mark.skip(reason="a heavier proof; DELIV_TEST_FULL=1 runs it")
    for item in items:
        if item.get_closest_marker("full"):
            item.add_marker(skip)
