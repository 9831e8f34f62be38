"""Awaiting replies in window code: the one module that knows the event loop (qasync) on which coroutines run."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import qasync
from PySide6.QtCore import QEventLoop, QObject, Signal
from PySide6.QtWidgets import QApplication

T = TypeVar("T")
_CLOSING_ROUNDS = 100  # turns of the loop in which cancelled tasks may end


class Awaiting(QObject):
    """Runs coroutines on the application's event loop and holds them until they are done.

    A task is kept in a set of our own, because asyncio itself holds tasks only weakly. An exception that leaves a
    task is reported by the signal `failed`; being cancelled is no failure.
    """

    failed = Signal(object)

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._application = application
        self._loop = qasync.QEventLoop(application)
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def running(self) -> int:
        """How many tasks are not done."""
        return len(self._tasks)

    def future(self) -> "asyncio.Future[Any]":
        """A promise that window code may await and a signal's receiver fulfils."""
        return self._loop.create_future()

    def start(self, coroutine: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Run a coroutine on its own."""
        task = self._loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def run(self) -> int:
        """Run the event loop until the application quits, and return its exit code."""
        return int(self._loop.run_forever())

    def close(self) -> None:
        """Cancel what still runs, let it end, and give the loop back."""
        for task in list(self._tasks):
            task.cancel()
        for _ in range(_CLOSING_ROUNDS):
            self._application.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
            if not self._tasks:
                break
        if not self._loop.is_closed():
            self._loop.close()

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failed.emit(error)
