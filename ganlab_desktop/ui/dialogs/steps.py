"""Asks how many iterations to run."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QWidget

from ganlab_desktop.ui.transport import MOST_STEPS


def ask_steps(parent: QWidget, count: int = 1000) -> QInputDialog:
    """An open dialog whose signal intValueSelected tells the number."""
    dialog = QInputDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setInputMode(QInputDialog.InputMode.IntInput)
    dialog.setIntRange(1, MOST_STEPS)
    dialog.setIntStep(100)
    dialog.setIntValue(count)
    dialog.setWindowTitle(dialog.tr("Run steps"))
    dialog.setLabelText(dialog.tr("Train this many iterations, then pause:"))
    dialog.setOkButtonText(dialog.tr("Run"))
    dialog.open()
    return dialog
