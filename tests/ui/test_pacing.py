"""Who is drawn when: the real pacing over widgets whose painting costs what the test says."""

import time
from collections.abc import Callable
from typing import Any, cast

import pytest
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ganlab_desktop.ui.awaiting import Awaiting
from ganlab_desktop.ui.engine_client import EngineClient
from ganlab_desktop.ui.pacing import SLOWEST_FPS, Pacing
from ganlab_desktop.ui.session import Session

SECONDS = 4.0


class Costly(QWidget):
    """Always has something new to draw, and takes its time to paint it."""

    dirty = True
    probes: tuple[str, ...] = ()

    def __init__(self, name: str, milliseconds: float, parent: QWidget) -> None:
        super().__init__(parent)
        self.name, self.cost = name, milliseconds / 1000.0

    def draw(self) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        until = time.perf_counter() + self.cost
        while time.perf_counter() < until:
            pass


Paced = Callable[[float, float], tuple[Pacing, dict[str, int]]]


@pytest.fixture
def paced(qtbot: QtBot, awaiting: Awaiting) -> Paced:
    def run(canvas_ms: float, panel_ms: float) -> tuple[Pacing, dict[str, int]]:
        """The pacing after some seconds, and how often each was drawn in the later half of them."""
        window = QWidget()
        qtbot.addWidget(window)
        layout = QVBoxLayout(window)
        canvas = Costly("canvas", canvas_ms, window)
        panels = [Costly(name, panel_ms, window) for name in ("one", "two", "three")]
        for widget in (canvas, *panels):
            layout.addWidget(widget)
        client = EngineClient(awaiting)
        pacing = Pacing(Session(client, window), client, parent=window)
        pacing.watch(canvas, cast(Any, panels))
        window.resize(300, 300)
        window.show()
        pacing.start()
        qtbot.wait(round(500 * SECONDS))
        before = dict(pacing.refreshes)
        qtbot.wait(round(500 * SECONDS))
        counts = {name: count - before[name] for name, count in pacing.refreshes.items()}
        pacing.stop()
        return pacing, counts

    return run


def test_what_fits_is_drawn_together(paced: Paced) -> None:
    pacing, counts = paced(1.0, 1.0)
    assert pacing.fps > 50
    assert counts["canvas"] > 50 * SECONDS / 2
    assert min(counts[name] for name in ("one", "two", "three")) > 12 * SECONDS / 2


def test_a_crowded_tick_is_parted(paced: Paced) -> None:
    """9 ms and 9 ms do not fit 16.7 ms. Apart they do: ticks keep their pace, and all panels have their turns."""
    pacing, counts = paced(9.0, 9.0)
    panels = [counts[name] for name in ("one", "two", "three")]
    assert pacing.fps > 50
    assert counts["canvas"] > 30 * SECONDS / 2
    assert min(panels) > 4 * SECONDS / 2
    assert max(panels) - min(panels) <= 2


def test_what_never_fits_slows_the_ticks_down(paced: Paced) -> None:
    pacing, counts = paced(24.0, 1.0)
    assert 0.8 * SLOWEST_FPS < pacing.fps < 1.3 * SLOWEST_FPS
    assert min(counts.values()) > 0
