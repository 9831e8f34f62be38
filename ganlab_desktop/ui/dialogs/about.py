"""About the program: what it is and the versions of what it stands on, ready to copy."""

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

_PACKAGES = ("ganlab-desktop", "PySide6-Essentials", "pyqtgraph", "qasync", "qtawesome", "torch", "numpy", "msgspec")


def versions() -> str:
    """One line each for the system, Python and the packages that matter, read without importing them."""
    lines = [f"{platform.system()} {platform.release()} {platform.machine()}", f"Python {platform.python_version()}"]
    for package in _PACKAGES:
        try:
            lines.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            lines.append(f"{package} -")
    return "\n".join(lines)


class About(QDialog):
    """The dialog; its text can be selected, or copied as a whole."""

    def __init__(self, engine: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About GAN Lab Desktop"))
        self._report = versions() + (f"\n{engine}" if engine else "")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        name = QLabel("GAN Lab Desktop", self)
        font = name.font()
        font.setPixelSize(20)
        font.setBold(True)
        name.setFont(font)
        purpose = QLabel(self.tr("A desktop laboratory in which people see GANs learn."), self)
        text = QLabel(self._report, self)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setObjectName("secondary")
        text.setAccessibleName(self.tr("Versions"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        copy = buttons.addButton(self.tr("Copy versions"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setAutoDefault(False)
        copy.clicked.connect(self._copy)
        buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
        buttons.rejected.connect(self.reject)
        for widget in (name, purpose, text, buttons):
            column.addWidget(widget)

    @Slot()
    def _copy(self) -> None:
        QApplication.clipboard().setText(self._report)
