"""What tests do with real windows."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from ganlab_desktop.ui.editors import LineEditor
from ganlab_desktop.ui.window import Window
from ganlab_desktop.wire import messages as m

SLOW = 60_000  # ms; torch loads meanwhile


def close(window: Window, qtbot: QtBot) -> None:
    if window._client.alive:
        with qtbot.waitSignal(window.closed, timeout=20_000):
            window.documents.ask = False
            window.close()


def boxes(window: Window) -> list[QMessageBox]:
    return [box for box in window.findChildren(QMessageBox) if box.isVisible()]


def press(box: QMessageBox, which: QMessageBox.StandardButton) -> None:
    box.button(which).click()


def reach(window: Window, qtbot: QtBot, step: int) -> None:
    qtbot.waitUntil(lambda: window.session.step >= step, timeout=SLOW)


def run_to(window: Window, qtbot: QtBot, step: int) -> None:
    """Train to a step and rest there."""
    window.run_steps(step - window.session.step)
    qtbot.waitUntil(lambda: window.session.step == step and not window.session.playing, timeout=SLOW)


def enter(window: Window, path: str, text: str) -> None:
    field = window.form_panel.form.field(path)
    assert field is not None
    assert isinstance(field.editor, LineEditor)
    field.editor.setFocus()
    field.editor.selectAll()
    QTest.keyClicks(field.editor, text)
    QTest.keyClick(field.editor, Qt.Key.Key_Return)


def shown_at(window: Window, qtbot: QtBot, step: int, phase: int = 0) -> m.Frame:
    """The frame of a moment, once the window shows it and its samples."""

    def there() -> bool:
        session, samples = window.session, window.canvas.pictures.get("samples")
        moment = (session.step, session.phase) == (step, phase)
        return moment and samples is not None and samples.step == step and session.frame is not None

    qtbot.waitUntil(there, timeout=SLOW)
    frame = window.session.frame
    assert frame is not None
    return frame


def canvas_samples(window: Window) -> bytes:
    return window.canvas.pictures["samples"].arrays["fake"].numpy().tobytes()
