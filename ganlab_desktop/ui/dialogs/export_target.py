"""Which file an export goes into: its format, its name and its place."""

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from ganlab_desktop.ui.dialogs.files import clean_name
from ganlab_desktop.ui.export_choices import ExportChoices


class Target(QWidget):
    """A file's path, proposed until the user types or chooses one; its ending and the format go together."""

    def __init__(self, choices: ExportChoices, parent: QWidget) -> None:
        super().__init__(parent)
        self._choices = choices
        self._kind, self._name = "", ""
        self._proposed = True
        self._endings: tuple[str, ...] = ()
        self.format = QComboBox(self)
        self.format.setAccessibleName(self.tr("Format"))
        self.format.activated.connect(self._choose_format)
        self.path_field = QLineEdit(self)
        self.path_field.setAccessibleName(self.tr("File"))
        self.path_field.textEdited.connect(self._typed)
        name = QLabel(self.tr("File"), self)
        name.setBuddy(self.path_field)
        browse = QPushButton(self.tr("Browse..."), self)
        browse.setAutoDefault(False)
        browse.setAccessibleName(self.tr("Browse: File"))
        browse.clicked.connect(self._browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(name)
        row.addWidget(self.path_field, 1)
        row.addWidget(browse)
        row.addWidget(self.format)

    @property
    def path(self) -> Path:
        return Path(self.path_field.text().strip()).expanduser()

    @property
    def ending(self) -> str:
        return str(self.format.currentData() or "")

    @property
    def problem(self) -> str:
        """Why nothing can be written there; empty where nothing is known against it."""
        if not self.path_field.text().strip():
            return self.tr("Name a file.")
        if self.path.suffix.lower() != f".{self.ending}":
            return self.tr("The file's name must end in {0}.").format(
                ", ".join(f".{ending}" for ending in self._endings)
            )
        if self.path.is_dir():
            return self.tr("{0} is a folder.").format(self.path)
        return ""

    def propose(self, kind: str, endings: tuple[str, ...], name: str) -> None:
        """Offer the formats of a kind, and a file of a name in the last folder. A file that the user has named for this
        kind stays."""
        self._name = clean_name(name)
        if kind != self._kind:
            self._kind, self._endings, self._proposed = kind, endings, True
            self.format.clear()
            for ending in endings:
                self.format.addItem(ending.upper() if len(ending) <= 4 else ending.capitalize(), ending)
            self._set_ending(self._choices.ending(kind))
        self._write()

    def remember(self) -> None:
        """Let the next export begin with this folder and format."""
        self._choices.folder = self.path.parent
        self._choices.keep_ending(self._kind, self.ending)

    def _set_ending(self, ending: str) -> None:
        self.format.setCurrentIndex(self.format.findData(ending))

    def _write(self) -> None:
        path = self._choices.folder / f"{self._name}.{self.ending}"
        if self._proposed and str(path) != self.path_field.text():
            self.path_field.setText(str(path))
            self.path_field.setCursorPosition(len(self.path_field.text()))

    @Slot()
    def _choose_format(self) -> None:
        if not self._proposed:
            self.path_field.setText(str(self.path.with_suffix(f".{self.ending}")))
        self._write()

    @Slot(str)
    def _typed(self, text: str) -> None:
        self._proposed = not text.strip()
        ending = Path(text).suffix.lower().removeprefix(".")
        if ending in self._endings:
            self._set_ending(ending)

    @Slot()
    def _browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Export to"), str(self.path.parent))
        patterns = [f"{ending.upper()} (*.{ending})" for ending in self._endings]
        dialog.setNameFilters(patterns)
        dialog.selectNameFilter(patterns[self._endings.index(self.ending)])
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, True)  # it is asked when it is to be written
        dialog.setDefaultSuffix(self.ending)
        dialog.selectFile(self.path.name)
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(chosen.rpartition(".")[2].rstrip(")")))
        dialog.fileSelected.connect(self.take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def take(self, path: str) -> None:
        """Take a path as if it had been typed."""
        self.path_field.setText(path)
        self._typed(path)
