"""What holds for every test: one thread for linear algebra, and the slow files first."""

from __future__ import annotations

import gc
import os

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before anybody imports it: two tests run at once


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a slow test come first, so that no worker begins one when the others are done."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """Ten thousand collected tests are not searched for garbage again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Else libraries complain at the end that what they made was never let go."""
    gc.unfreeze()
