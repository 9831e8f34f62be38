"""Shared by all tests."""

import os
import sys
import threading
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before any test imports Qt


@pytest.fixture(autouse=True, scope="module")
def no_process_for_studies_is_left_over() -> Iterator[None]:
    """Tests whose engine is in this process end the process for studies that it shares."""
    yield
    apart = sys.modules.get("ganlab_desktop.engine.study_process")
    if apart is not None:
        apart.shared().end()


@pytest.fixture(autouse=True)
def no_thread_is_left_over() -> Iterator[None]:
    """A run's threads end with what started them."""
    before = set(threading.enumerate())
    yield
    left = [
        thread.name
        for thread in set(threading.enumerate()) - before
        if thread.name in ("writer", "studies", "previews")
    ]
    assert not left
