"""File > Revert, with a real document: possible where there is something to go back to, asked for, and lossless."""

from PySide6.QtWidgets import QMessageBox
from windows import SLOW, boxes, canvas_samples, press, run_to, shown_at


def test_a_document_goes_back_to_where_it_was_saved_and_keeps_what_came_since(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    session, revert = window.session, window.actions_["revert"]
    run_to(window, qtbot, 20)
    assert not revert.isEnabled()
    assert "without a name" in revert.toolTip()
    window.documents.save_to(str(tmp_path / "mine.ganlab"))
    qtbot.waitUntil(lambda: session.path != "", timeout=SLOW)
    assert not revert.isEnabled()
    assert "Nothing has changed" in revert.toolTip()
    shown_at(window, qtbot, 20)
    saved, rate = canvas_samples(window), session.experiment.optimizer.generator.lr

    window.do(session.edit({"optimizer.generator.lr": 0.002}))
    qtbot.waitUntil(revert.isEnabled, timeout=SLOW)
    run_to(window, qtbot, 40)
    assert revert.toolTip() == "Back to step 20, as the document was opened or last saved"
    revert.trigger()
    assert "mine.ganlab" in boxes(window)[0].text()
    assert "up to step 40, stays in the document as run 1" in boxes(window)[0].informativeText()
    assert "Names, notes and the bookmarks before it stay" in boxes(window)[0].informativeText()
    press(boxes(window)[0], QMessageBox.StandardButton.Cancel)
    qtbot.wait(50)
    assert session.step == 40

    revert.trigger()
    button = next(one for one in boxes(window)[0].buttons() if one.text() == "Revert")
    button.click()
    qtbot.waitUntil(lambda: session.scene.branch == 2, timeout=SLOW)
    shown_at(window, qtbot, 20)
    assert canvas_samples(window) == saved
    assert session.experiment.optimizer.generator.lr == rate
    assert not revert.isEnabled()
    assert [run.step for run in session.scene.runs] == [40, 20]
