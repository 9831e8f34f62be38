"""Asks for a file, and remembers the folder for the next time."""

import re
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

_KEY = "folder"
_BARRED = re.compile(r'\s*[<>:"/\\|?*\x00-\x1f]+\s*')  # in the names of files, on one system or another


def clean_name(title: str) -> str:
    """A title as a file's name that every system takes."""
    return _BARRED.sub(" - ", title).strip(" .-")


def folder_dialog(parent: QWidget, settings: QSettings, title: str) -> QFileDialog:
    """A dialog that asks for an existing folder; it is to be opened, not exec'ed."""
    dialog = file_dialog(parent, settings, title, "")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
    return dialog


def file_dialog(parent: QWidget, settings: QSettings, title: str, kind: str, *suffixes: str) -> QFileDialog:
    """A dialog that asks for an existing file with one of these endings; it is to be opened, not exec'ed."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    patterns = " ".join(f"*{suffix}" for suffix in suffixes)
    dialog = QFileDialog(parent, title, str(settings.value(_KEY, documents)), f"{kind} ({patterns})")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda path: settings.setValue(_KEY, str(Path(path).parent)))
    return dialog


def save_dialog(parent: QWidget, settings: QSettings, title: str, kind: str, suffix: str, name: str) -> QFileDialog:
    """A dialog that asks for a file to write and proposes a name; it is to be opened, not exec'ed."""
    dialog = file_dialog(parent, settings, title, kind, suffix)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    dialog.selectFile(name + suffix)
    return dialog
