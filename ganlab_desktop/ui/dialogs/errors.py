"""What went wrong, said in a box that blocks no task: what happened, what was kept, details to copy."""

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

_ICON = 32  # px


class ErrorBox(QMessageBox):
    """Opened, never exec'ed: a modal loop inside a task would stop every other one."""

    def __init__(self, happened: str, kept: str, details: str, icon: QIcon, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIconPixmap(icon.pixmap(_ICON, _ICON))
        self.setWindowTitle(QApplication.applicationDisplayName())
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(happened)
        self.setInformativeText(kept)
        self._report = "\n".join(part for part in (happened, kept, details) if part)
        if details:
            self.setDetailedText(details)
        copy = self.addButton(self.tr("Copy report"), QMessageBox.ButtonRole.ActionRole)
        copy.clicked.disconnect()  # copying leaves the box open
        copy.clicked.connect(self._copy)
        self.setDefaultButton(self.addButton(QMessageBox.StandardButton.Close))

    @Slot()
    def _copy(self) -> None:
        QApplication.clipboard().setText(self._report)


def tell(parent: QWidget, icon: QIcon, happened: str, kept: str = "", details: str = "") -> ErrorBox:
    """Show an error and return its box."""
    kept = kept or QCoreApplication.translate("errors", "Nothing was changed.")
    box = ErrorBox(happened, kept, details, icon, parent)
    box.open()
    return box
