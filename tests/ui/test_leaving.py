"""What the user has put into a run is not left behind without a word, however short the run is."""

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from windows import SLOW, boxes, press, run_to

from ganlab_desktop.runfile.runfile import RunFile
from ganlab_desktop.ui.window import Window


def write(window: Window, qtbot, note: str) -> None:
    """Open the editor of a note at the step shown and type, without Enter."""
    window.bookmarks.mark()
    qtbot.waitUntil(window.bookmarks.note.isVisible, timeout=SLOW)
    QTest.keyClicks(window.bookmarks.note.field, note)


def test_a_note_that_is_being_written_is_kept_when_the_window_closes(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    path = tmp_path / "mine.ganlab"
    window.documents.save_to(str(path))
    qtbot.waitUntil(lambda: window.session.path == str(path), timeout=SLOW)
    write(window, qtbot, "not quite fin")
    with qtbot.waitSignal(window.closed, timeout=20_000):
        window.close()
    with RunFile.open(path) as file:
        assert file.bookmarks() == {0: "not quite fin"}


def test_a_short_run_with_a_note_is_asked_for_and_found_again(open_window, qtbot) -> None:
    window = open_window(ask=True)
    session, documents = window.session, window.documents
    run_to(window, qtbot, 30)
    write(window, qtbot, "see here")
    first = session.scene.path
    documents.new_from_preset("ring-ns")  # the note is kept before
    qtbot.waitUntil(lambda: session.scene.path != first, timeout=SLOW)
    assert "30 steps is kept" in window.banner.text
    assert documents.recent.paths() == [first]
    window.banner.accept()
    qtbot.waitUntil(lambda: session.scene.path == first, timeout=SLOW)
    assert [(mark.step, mark.note) for mark in session.bookmarks] == [(30, "see here")]
    window.close()
    assert "It has trained 30 steps" in boxes(window)[0].informativeText()
    with qtbot.waitSignal(window.closed, timeout=20_000):
        press(boxes(window)[0], QMessageBox.StandardButton.Discard)
    assert documents.recent.paths() == [first]
