"""Bookmarks in the window: marked by a key, named in a small editor, seen on the line, found in the menu."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from windows import SLOW, close, run_to, shown_at

from ganlab_desktop.ui.window import Window
from ganlab_desktop.wire.messages import Bookmarked

CTRL = Qt.KeyboardModifier.ControlModifier


def mark(window: Window, qtbot, note: str) -> None:
    """Mark the step that is shown as a user would."""
    QTest.keyClick(window.canvas, Qt.Key.Key_B, CTRL)
    qtbot.waitUntil(window.bookmarks.note.isVisible, timeout=SLOW)
    QTest.keyClicks(window.bookmarks.note.field, note)
    QTest.keyClick(window.bookmarks.note.field, Qt.Key.Key_Return)
    assert not window.bookmarks.note.isVisible()
    qtbot.waitUntil(lambda: note in [mark.note for mark in window.session.bookmarks], timeout=5_000)


def titles(window: Window) -> list[str]:
    window.bookmarks.menu.fill()
    return [action.text() for action in window.bookmarks.menu.actions()]


def test_a_step_is_marked_named_found_and_forgotten(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    session, track, note = window.session, window.scrubber.track, window.bookmarks.note
    assert titles(window) == ["No step is marked yet (Ctrl+B)"]
    run_to(window, qtbot, 40)
    window.activateWindow()
    mark(window, qtbot, "first")
    run_to(window, qtbot, 400)
    window.seek(200)
    shown_at(window, qtbot, 200)
    mark(window, qtbot, "half way & back")
    assert titles(window) == ["step 40: first", "step 200: half way && back"]
    assert "half way & back" in track.text_at(track.place_of(200))
    assert note.geometry().bottom() < window.height() - 60

    window.go_to_end()
    shown_at(window, qtbot, 400)
    beside = QPoint(round(track.place_of(40)) + 3, track.height() // 2)
    assert track.step_at(beside.x()) != 40
    QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=beside)  # close to the mark is on it
    shown_at(window, qtbot, 40)
    window.bookmarks.menu.actions()[1].trigger()
    shown_at(window, qtbot, 200)

    QTest.keyClick(window.canvas, Qt.Key.Key_B, CTRL)  # again: its note
    qtbot.waitUntil(note.isVisible, timeout=SLOW)
    assert note.field.text() == "half way & back"
    QTest.keyClicks(note.field, "nonsense")
    QTest.keyClick(note.field, Qt.Key.Key_Escape)
    assert not note.isVisible()
    QTest.keyClick(window.canvas, Qt.Key.Key_B, CTRL | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: session.bookmarks == (Bookmarked(40, "first"),), timeout=5_000)

    path = str(tmp_path / "kept.ganlab")
    window.documents.save_to(path)
    qtbot.waitUntil(lambda: session.path == path, timeout=10_000)
    close(window, qtbot)
    again = open_window(path)
    assert again.session.bookmarks == (Bookmarked(40, "first"),)


def test_the_editor_of_a_note_blocks_nothing_and_removes_the_mark(open_window, qtbot) -> None:
    window = open_window(play=True)
    session, note = window.session, window.bookmarks.note
    qtbot.waitUntil(lambda: session.step > 10, timeout=SLOW)
    window.actions_["bookmark"].trigger()
    qtbot.waitUntil(note.isVisible, timeout=SLOW)
    before = session.step
    qtbot.waitUntil(lambda: session.step > before + 20, timeout=SLOW)
    assert session.playing
    QTest.keyClicks(note.field, "a d g n")  # keys of actions belong to the field
    assert note.field.text() == "a d g n"
    assert session.playing
    note.remove.click()
    qtbot.waitUntil(lambda: not session.bookmarks, timeout=5_000)
    assert not note.isVisible()
