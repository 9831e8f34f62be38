"""Measures how fast the window starts and how smoothly it draws, for benchmarks: one JSON object."""

import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot

from ganlab_desktop.ui.pacing import Pacing
from ganlab_desktop.ui.session import Session
from ganlab_desktop.wire.messages import Frame

WARM_UP_MS = 3_000
_IMPORTED = time.time()


def process_started() -> float:
    """When this program was launched, as a Unix time: told by the launcher, or by the system, or about now."""
    if told := os.environ.get("GANLAB_LAUNCHED"):
        return float(told)
    try:
        ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
        uptime = float(Path("/proc/uptime").read_text().split()[0])
        return time.time() - uptime + ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return _IMPORTED


class Measuring(QObject):
    """Waits for the first training frame and a warm-up, counts for some seconds, and tells the figures."""

    done = Signal(object)  # the figures, as nested dicts

    def __init__(self, session: Session, pacing: Pacing, window: QObject, seconds: float) -> None:
        super().__init__(window)
        self._session, self._pacing, self._seconds = session, pacing, seconds
        self._started = process_started()
        self._paint = self._first_frame = 0.0
        self._counting = False
        self._intervals: list[float] = []
        self._steps: set[int] = set()
        self._begin: dict[str, Any] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._count)
        window.installEventFilter(self)
        session.frame_arrived.connect(self._frame_arrived)
        pacing.ticked.connect(self._ticked)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self._paint:
            self._paint = time.time() - self._started
        return False

    @Slot(object)
    def _frame_arrived(self, frame: Frame) -> None:
        if frame.step > 0 and not self._first_frame:
            self._first_frame = time.time() - self._started
            self._timer.start(WARM_UP_MS)

    @Slot(float)
    def _ticked(self, interval: float) -> None:
        if self._counting:
            self._intervals.append(1000 * interval)
            self._steps.add(self._session.step)

    @Slot()
    def _count(self) -> None:
        if not self._counting:
            self._counting = True
            self._begin = self._now()
            self._timer.start(round(1000 * self._seconds))
        else:
            self._counting = False
            self.done.emit(self._report())

    def _now(self) -> dict[str, Any]:
        return {
            "time": time.perf_counter(),
            "step": self._session.step,
            "dropped": self._pacing.dropped,
            "refreshes": dict(self._pacing.refreshes),
        }

    def _report(self) -> dict[str, Any]:
        begin, end = self._begin, self._now()
        seconds = end["time"] - begin["time"]
        low, high, worst = np.percentile(self._intervals, [50, 95, 99]) if self._intervals else (0.0, 0.0, 0.0)
        return {
            "seconds_to_paint": round(self._paint, 3),
            "seconds_to_first_frame": round(self._first_frame, 3),
            "seconds": round(seconds, 3),
            "steps_per_second": round((end["step"] - begin["step"]) / seconds, 1),
            "frame_interval_ms": {"p50": round(low, 2), "p95": round(high, 2), "p99": round(worst, 2)},
            "frames": len(self._intervals),
            "dropped_frames": end["dropped"] - begin["dropped"],
            "distinct_steps_per_second": round(len(self._steps) / seconds, 1),
            "refreshes_per_second": {
                name: round((count - begin["refreshes"][name]) / seconds, 1) for name, count in end["refreshes"].items()
            },
        }


def printed(report: dict[str, Any]) -> str:
    """The report as one line of JSON."""
    return json.dumps(report)
