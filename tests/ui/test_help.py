"""The Help menu explains the run file with a program that can be copied, and F1 shows what the keys do."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel
from windows import SLOW

from ganlab_desktop.runfile.documented import TABLES
from ganlab_desktop.ui.dialogs.file_format import FileFormatDialog
from ganlab_desktop.ui.dialogs.shortcuts import Shortcuts


def test_the_run_file_is_explained_as_the_command_line_does(open_window, qtbot) -> None:
    window = open_window()
    window.actions_["file_format"].trigger()
    qtbot.waitUntil(lambda: window.findChild(FileFormatDialog) is not None, timeout=SLOW)
    dialog = window.findChild(FileFormatDialog)
    text = dialog.text.toPlainText()
    for name, table in TABLES.items():
        assert name in text
        assert table.purpose in text
        assert all(meaning in text for meaning in table.columns.values())
    copy = next(one for one in dialog.findChild(QDialogButtonBox).buttons() if "Copy" in one.text())
    copy.click()
    copied = QApplication.clipboard().text()
    assert "pandas.DataFrame" in copied
    assert "sqlite3.connect" in copied
    assert f"path = {window.session.scene.path!r}" in copied
    compile(copied, "copied", "exec")
    dialog.close()


def test_f1_and_ctrl_slash_show_the_keys(open_window, qtbot) -> None:
    window = open_window()
    for key, modifier in (
        (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier),
    ):
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=5_000)
        QTest.keyClick(window.canvas, key, modifier)
        qtbot.waitUntil(lambda: window.findChild(Shortcuts) is not None, timeout=5_000)
        sheet = window.findChild(Shortcuts)
        assert "F1 or Ctrl+/" in [label.text() for label in sheet.findChildren(QLabel)]
        sheet.close()
        qtbot.waitUntil(lambda: window.findChild(Shortcuts) is None, timeout=5_000)
