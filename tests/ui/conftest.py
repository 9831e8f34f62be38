"""Real event loops, processes and windows, and a look at what each test leaves behind."""

import gc
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
import pytest
from PySide6.QtCore import QEventLoop, QSettings, QThread, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid
from windows import SLOW, boxes, close

from ganlab_desktop.ui.awaiting import Awaiting
from ganlab_desktop.ui.engine_client import EngineClient
from ganlab_desktop.ui.session import Session
from ganlab_desktop.ui.theme import Theme
from ganlab_desktop.ui.window import Window


@pytest.fixture(autouse=True, scope="session")
def what_is_there_already() -> Iterator[None]:
    """What other tests of this process have left is not looked through at each look for leaks, which takes seconds."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def running_timers() -> list[QTimer]:
    """Timers that still tick."""
    return [o for o in gc.get_objects() if issubclass(type(o), QTimer) and isValid(o) and o.isActive()]


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
    processes = set(children())  # matplotlib asks LuaTeX, which stays, where files of LaTeX are
    threads, windows = set(threading.enumerate()), set(map(id, qapp.topLevelWidgets()))
    yield
    settle()
    gc.collect()
    settle()
    assert set(children()) <= processes
    assert set(threading.enumerate()) <= threads
    assert not [o for o in gc.get_objects() if issubclass(type(o), QThread) and isValid(o) and o.isRunning()]
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


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Untitled runs of these tests lie in a folder of their own."""
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def open_window(awaiting: Awaiting, settings: QSettings, qapp: QApplication, qtbot: QtBot) -> Iterator[Callable]:
    """Opens windows on the ring, and closes them at the end as a user would."""
    windows: list[Window] = []

    def open_one(*paths: str, play: bool = False, ask: bool = False) -> Window:
        client = EngineClient(awaiting)
        client.start()
        theme = Theme(qapp, settings)
        window = Window(Session(client), client, awaiting, theme, settings, ask=ask)
        windows.append(window)
        window.theme = theme  # type: ignore[attr-defined]
        window.show()
        window.documents.begin(list(paths), "ring-ns", play=play)
        qtbot.waitUntil(lambda: window.session.scene is not None or bool(boxes(window)), timeout=SLOW)
        return window

    yield open_one
    for window in windows:
        close(window, qtbot)
        window.deleteLater()
        window.theme.deleteLater()  # type: ignore[attr-defined]
