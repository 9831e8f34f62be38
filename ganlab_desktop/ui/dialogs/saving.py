"""Asks whether to save a run before it is left, and whether to go back to what was saved."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def ask_to_save(
    parent: QWidget, why: str, save: Callable[[], None], leave: Callable[[], None], unsaved: str = ""
) -> None:
    """Open the question; `unsaved` is what the button that leaves the run says, if it is not to discard it."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(box.tr("Save this run?"))
    box.setInformativeText(why)
    button = QMessageBox.StandardButton
    box.setStandardButtons(button.Save | button.Discard | button.Cancel)
    box.setDefaultButton(button.Save)
    if unsaved:
        box.button(button.Discard).setText(unsaved)
    box.button(button.Save).clicked.connect(save)
    box.button(button.Discard).clicked.connect(leave)
    box.open()


def ask_to_revert(parent: QWidget, question: str, since: str, revert: Callable[[], None]) -> None:
    """Open the question; `since` tells where it leads and what becomes of what came since."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(question)
    box.setInformativeText(since)
    button = box.addButton(box.tr("Revert"), QMessageBox.ButtonRole.AcceptRole)
    button.clicked.connect(revert)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.open()
