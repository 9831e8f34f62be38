"""A real window in a process of its own, with its engine, which tells the step that it shows; for tests."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes

_PROGRAM = """
import sys, time
from PySide6.QtCore import QTimer
from ganlab_desktop.ui import app

application, timer = app.application(), QTimer()
waiting = True  # a file opens at rest

def tell():
    global waiting
    for window in application.topLevelWidgets():
        session = getattr(window, "session", None)
        if session is not None and session.scene is not None:
            if waiting:
                window.play_or_pause()
                waiting = False
            print(time.monotonic(), session.step, session.scene.path, flush=True)

timer.timeout.connect(tell)
timer.start(50)
sys.exit(app.main(sys.argv[1:]))
"""


def endless(folder: Path) -> str:
    """The path of an experiment like the default preset that never finishes."""
    path = folder / "endless.toml"
    files.save(with_changes(load_preset("ring-ns"), {"schedule.steps": 100_000_000}), path)
    return str(path)


class Told(NamedTuple):
    """What the window showed at a moment of time.monotonic."""

    when: float
    step: int
    path: str


class WindowProcess:
    """Opens a window on a file and lets it train. Its data and settings lie in a folder."""

    def __init__(self, folder: Path, file: str) -> None:
        environment = {**os.environ, "GANLAB_DATA": str(folder / "data"), "HOME": str(folder)}
        environment |= {"XDG_CONFIG_HOME": str(folder / "config"), "QT_QPA_PLATFORM": "offscreen"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, file], env=environment, stdout=subprocess.PIPE, text=True
        )
        self.told: list[Told] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def until(self, step: int, seconds: float = 60.0) -> Told:
        """Wait until the window shows a step; what it then shows."""
        deadline = time.monotonic() + seconds
        while not self.told or self.told[-1].step < step:
            assert time.monotonic() < deadline, "the window did not train in time"
            assert self.process.poll() is None, "the window has gone"
            time.sleep(0.05)
        return self.told[-1]

    def memory(self) -> dict[str, int]:
        """Bytes of memory that belong to the window and to its engine alone."""
        window = psutil.Process(self.process.pid)
        (engine,) = window.children()
        return {"window": window.memory_full_info().uss, "engine": engine.memory_full_info().uss}

    def kill(self) -> None:
        """End the window at once and wait for its engine, which ends by itself."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self._end(signal.SIGKILL)
        _, left = psutil.wait_procs(children, timeout=20.0)
        assert not left, "the engine outlived its window"

    def close(self) -> None:
        """End the window in order."""
        self._end(signal.SIGTERM)

    def _end(self, signal_number: int) -> None:
        self.process.send_signal(signal_number)
        self.process.wait(timeout=30.0)
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if not line.endswith("\n"):  # a kill has cut it off
                break
            when, step, path = line.rstrip("\n").split(" ", 2)
            self.told.append(Told(float(when), int(step), path))
