"""Undo and redo of settings by keys, which a text field keeps for itself, and the list of what was changed."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from windows import SLOW, enter, run_to, shown_at

CTRL = Qt.KeyboardModifier.ControlModifier


def test_settings_are_undone_and_redone_by_keys_without_moving_time(open_window, qtbot) -> None:
    window = open_window()
    session = window.session
    run_to(window, qtbot, 20)
    window.activateWindow()
    first = session.experiment.optimizer.generator.lr

    def rate(wanted: float) -> None:
        qtbot.waitUntil(lambda: session.experiment.optimizer.generator.lr == wanted, timeout=SLOW)

    QTest.keyClick(window.canvas, Qt.Key.Key_Z, CTRL)  # nothing yet
    window.do(session.edit({"optimizer.generator.lr": 0.002}))
    rate(0.002)
    run_to(window, qtbot, 30)
    QTest.keyClick(window.canvas, Qt.Key.Key_Z, CTRL)
    rate(first)
    assert session.step == 30
    assert window.form_panel.form.field("optimizer.generator.lr").editor.text() == "0.001"
    QTest.keyClick(window.canvas, Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    rate(0.002)
    assert [edit.step for edit in session.scene.edits] == [20, 30, 30]
    assert "0.001" in window.actions_["undo"].toolTip()

    window.edits.menu.fill()
    listed = window.edits.menu.actions()
    assert [action.text().partition(":")[0] for action in listed] == ["step 30", "step 30", "step 20"]
    listed[-1].trigger()
    shown_at(window, qtbot, 20)


def test_changes_that_wait_are_dropped_before_the_last_one_is_taken_back(open_window, qtbot) -> None:
    window = open_window()
    session, undo = window.session, window.actions_["undo"]
    assert undo.text() == "&Undo"
    first = session.experiment.optimizer.generator.lr
    window.do(session.edit({"optimizer.generator.lr": 0.002}))
    qtbot.waitUntil(lambda: undo.text().startswith("&Undo Learning rate (Optimiser of G): 0.001"), timeout=SLOW)
    enter(window, "generator.hidden", "32, 32")
    qtbot.waitUntil(lambda: undo.text() == "&Undo the change that waits", timeout=5_000)
    enter(window, "seed", "7")
    qtbot.waitUntil(lambda: undo.text() == "&Undo the 2 changes that wait", timeout=5_000)
    window.activateWindow()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Z, CTRL)
    assert not session.pending
    assert window.form_panel.form.field("seed").editor.text() == "0"
    qtbot.wait(200)
    assert session.experiment.optimizer.generator.lr == 0.002
    assert undo.text().startswith("&Undo Learning rate")
    QTest.keyClick(window.canvas, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: session.experiment.optimizer.generator.lr == first, timeout=5_000)
    assert undo.text() == "&Undo"
    assert window.actions_["redo"].text().startswith("&Redo Learning rate")


def test_a_text_field_keeps_its_own_undo(open_window, qtbot) -> None:
    window = open_window()
    session = window.session
    window.do(session.edit({"optimizer.generator.lr": 0.002}))
    qtbot.waitUntil(lambda: session.experiment.optimizer.generator.lr == 0.002, timeout=SLOW)
    window.activateWindow()
    editor = window.form_panel.form.field("title").editor
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    before = editor.text()
    QTest.keyClicks(editor, "x")
    QTest.keyClick(editor, Qt.Key.Key_Z, CTRL)
    qtbot.wait(200)
    assert editor.text() == before
    assert session.experiment.optimizer.generator.lr == 0.002
