"""Real event loops, processes and windows, and a look at what each test leaves behind."""

import gc
import os
import threading
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
import pytest
from PySide6.QtCore import QEventLoop, QSettings, QThread, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from ganlab_desktop.ui.awaiting import Awaiting


def running_timers() -> list[QTimer]:
    """Timers that still tick."""
    return [o for o in gc.get_objects() if isinstance(o, QTimer) and isValid(o) and o.isActive()]


def children() -> list[psutil.Process]:
    """Child processes that have not ended."""
    return [p for p in psutil.Process().children(recursive=True) if p.status() != psutil.STATUS_ZOMBIE]


def settle() -> None:
    """Deliver what is posted, deferred deletions included."""
    for _ in range(5):
        QApplication.sendPostedEvents(None, 0)
        QApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)


@pytest.fixture
def nothing_left_over(qapp: QApplication) -> Iterator[None]:
    """Fails where a test leaves a process, a thread, a running timer or a window."""
    threads, windows = set(threading.enumerate()), set(map(id, qapp.topLevelWidgets()))
    yield
    settle()
    gc.collect()
    settle()
    assert not children()
    assert set(threading.enumerate()) <= threads
    assert not [o for o in gc.get_objects() if isinstance(o, QThread) and isValid(o) and o.isRunning()]
    assert not running_timers()
    assert not [w for w in qapp.topLevelWidgets() if id(w) not in windows and w.isVisible()]


@pytest.fixture
def awaiting(qapp: QApplication, nothing_left_over: None) -> Iterator[Awaiting]:
    """The loop of a test; an exception in a task fails the test."""
    loop = Awaiting(qapp)
    errors: list[BaseException] = []
    loop.failed.connect(errors.append)
    yield loop
    loop.close()
    assert loop.running == 0
    assert not errors, errors


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    """Settings of nobody's."""
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
