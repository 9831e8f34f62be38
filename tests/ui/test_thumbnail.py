"""Previews in the window: a small picture over the line on hover, and the canvas while the mouse drags."""

import time
from itertools import cycle

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from windows import SLOW, run_to, shown_at

from ganlab_desktop.ui.scrubber import Track
from ganlab_desktop.ui.window import Window


def place(window: Window, step: int) -> QPoint:
    track = window.scrubber.track
    return QPoint(round(track.place_of(step)), track.height() // 2)


def hover(track: Track, at: QPoint) -> None:
    """Move the mouse with no button down, whatever an earlier test left pressed."""
    none = Qt.MouseButton.NoButton
    where = track.mapToGlobal(at)
    moved = QMouseEvent(QEvent.Type.MouseMove, at, where, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(track, moved)


def test_a_hovered_step_shows_a_picture_until_the_mouse_leaves(open_window, qtbot) -> None:
    window = open_window()
    run_to(window, qtbot, 300)
    track, thumbnail = window.scrubber.track, window.glances.thumbnail
    steps = cycle((100, 120))

    def hovered() -> bool:  # a hand is never quite still
        hover(track, place(window, next(steps)))
        return thumbnail.picture.shown is not None

    qtbot.waitUntil(hovered, timeout=SLOW)
    assert thumbnail.isVisible()
    assert thumbnail.geometry().bottom() < track.mapTo(window, QPoint(0, 0)).y()
    assert "step" in thumbnail.text.text()
    image = thumbnail.picture.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, 144, 4) for y in range(0, 144, 4)}
    assert len(colours) > 20
    assert window.session.step == 300  # nobody went there
    track.leaveEvent(None)
    assert not thumbnail.isVisible()


def test_a_dragged_step_is_on_the_canvas_before_its_exact_state(open_window, qtbot) -> None:
    window = open_window()
    run_to(window, qtbot, 600)
    shown_at(window, qtbot, 600)
    track, session = window.scrubber.track, window.session
    waits: list[float] = []
    started = time.perf_counter()
    session.preview_arrived.connect(lambda preview: waits.append(time.perf_counter() - started))
    drawn: list[bool] = []
    window.glances.drawn.connect(lambda: drawn.append(True))
    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=place(window, 500))
    for step in range(480, 100, -40):
        before, started = len(waits), time.perf_counter()
        QTest.mouseMove(track, place(window, step))
        qtbot.waitUntil(lambda before=before: len(waits) > before, timeout=5_000)
    assert drawn
    assert not window.glances.thumbnail.isVisible()
    target = track.step_at(place(window, 120).x())
    QTest.mouseMove(track, place(window, 120))
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton, pos=place(window, 120))
    frame = shown_at(window, qtbot, target)
    assert frame.head == 600
    assert window.canvas.pictures["surface"].step == target  # and the exact state stays
    qtbot.wait(300)
    assert window.canvas.pictures["samples"].step == target
    assert sorted(waits)[len(waits) // 2] < 0.1  # on a machine shared with others; alone about 20 ms
