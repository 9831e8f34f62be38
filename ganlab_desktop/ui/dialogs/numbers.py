"""Asks for whole numbers: how many iterations to run, which seed to use."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QInputDialog, QWidget

from ganlab_desktop.ui.transport import MOST_STEPS

_MOST_SEED = 2**31 - 1  # that the dialog can hold


def ask_steps(parent: QWidget, count: int = 1000) -> QInputDialog:
    """An open dialog whose signal intValueSelected tells the number."""
    label = _tr("Train this many iterations, then pause:")
    return _ask(parent, _tr("Run steps"), label, _tr("Run"), count, (1, MOST_STEPS))


def ask_seed(parent: QWidget, seed: int) -> QInputDialog:
    """The same for the seed of a run that begins anew; `seed` is proposed."""
    label = _tr("The same experiment from step 0 on, with the seed:")
    return _ask(parent, _tr("Another seed"), label, _tr("Begin"), seed, (0, _MOST_SEED))


def _ask(parent: QWidget, title: str, label: str, accept: str, value: int, limits: tuple[int, int]) -> QInputDialog:
    dialog = QInputDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setInputMode(QInputDialog.InputMode.IntInput)
    dialog.setIntRange(*limits)
    dialog.setIntStep(100 if limits[1] == MOST_STEPS else 1)
    dialog.setIntValue(value)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setOkButtonText(accept)
    dialog.open()
    return dialog


def _tr(text: str) -> str:
    return QCoreApplication.translate("numbers", text)
