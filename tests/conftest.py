"""Shared by all tests."""

import os
import threading
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before any test imports Qt


@pytest.fixture(autouse=True)
def no_thread_is_left_over() -> Iterator[None]:
    """A run's threads end with what started them."""
    before = set(threading.enumerate())
    yield
    left = [
        thread.name
        for thread in set(threading.enumerate()) - before
        if thread.name in ("writer", "measuring", "previews")
    ]
    assert not left
