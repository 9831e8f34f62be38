"""Reading many images: the window tells how far it has come, stays usable, and may stop it."""

from PySide6.QtWidgets import QAbstractButton, QFileDialog, QMessageBox
from windows import SLOW, boxes, press, run_to


def test_reading_tells_how_far_it_is_and_is_stopped_without_a_loss(open_window, qtbot) -> None:
    window = open_window()
    run_to(window, qtbot, 20)
    session, banner = window.session, window.banner
    wanted = {"data.kind": "glyphs", "data.count": 200_000, "generator.kind": "dcgan", "discriminator.kind": "dcgan"}
    window.do(session.edit(wanted))
    qtbot.waitUntil(lambda: bool(session.pending), timeout=5_000)
    window.form_panel.restart_button.click()
    qtbot.waitUntil(lambda: banner.isVisible() and "Reading images" in banner.text, timeout=SLOW)
    assert "of 200,000" in banner.text
    first = banner.text
    qtbot.waitUntil(lambda: banner.text != first, timeout=5_000)
    banner.accept()
    qtbot.waitUntil(lambda: bool(boxes(window)), timeout=SLOW)
    assert "was stopped after" in boxes(window)[0].text() + boxes(window)[0].informativeText()
    press(boxes(window)[0], QMessageBox.StandardButton.Close)
    assert not banner.isVisible() or "Reading" not in banner.text
    assert session.scene.dim == 2
    run_to(window, qtbot, 30)


def test_a_folder_of_images_is_chosen_in_a_dialog(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    window.do(window.session.edit({"data.kind": "image_folder"}))
    qtbot.waitUntil(lambda: window.form_panel.form.field("data.path") is not None, timeout=5_000)
    field = window.form_panel.form.field("data.path")
    field.findChild(QAbstractButton, "browse").click()
    dialog = window.findChild(QFileDialog)
    assert dialog.fileMode() == QFileDialog.FileMode.Directory
    dialog.fileSelected.emit(str(tmp_path))
    dialog.close()
    qtbot.waitUntil(lambda: window.session.draft.data.path == str(tmp_path), timeout=5_000)
    field = window.form_panel.form.field("data.path")
    assert window.form_panel.form.problem_of("data.path", str(tmp_path / "none"), field.info)
