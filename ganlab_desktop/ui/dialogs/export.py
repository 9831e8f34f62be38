"""File > Export: the kind at the left, its settings beside it, a preview, and the file that it goes into."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.exports.changes import changed
from ganlab_desktop.experiment.exports.table import EXPORTS
from ganlab_desktop.experiment.fields import kind_of
from ganlab_desktop.ui.dialogs.export_preview import Preview
from ganlab_desktop.ui.dialogs.export_target import Target
from ganlab_desktop.ui.editors import LineEditor
from ganlab_desktop.ui.elided import Elided
from ganlab_desktop.ui.export_choices import ExportChoices
from ganlab_desktop.ui.form import Form
from ganlab_desktop.ui.theme import Theme
from ganlab_desktop.ui.wording import in_words

_SIZE = (1090, 660)  # px
_FORM, _AROUND = 316, 24  # px; the latter around the names of kinds
_KIND = Qt.ItemDataRole.UserRole


class ExportDialog(QDialog):
    """Shown beside the window, which stays usable. It knows no process: what the user wants goes out as signals."""

    altered = Signal()  # another kind or other settings: `export` is to be previewed
    newest_wanted = Signal()  # the newest step is to be taken instead of the one at hand
    export_wanted = Signal(object)  # the file, whose format is `target.ending`; what is there may be replaced
    cancel_wanted = Signal()
    hidden = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export"))
        self.setObjectName("export")
        self._theme = theme
        self._choices = ExportChoices(theme.settings)
        self._title, self._step = "", 0
        self._result = Path()  # the file that was written last
        self.export = self._choices.recalled(self._choices.kind)
        self._exports = {self.kind: self.export}
        self._forms: dict[str, Form] = {}
        self.kinds = self._kind_list()
        self._settings = QStackedWidget(self)
        self._settings.setFixedWidth(_FORM)
        self.preview = Preview(self)
        self.target = Target(self._choices, self)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.kinds)
        top.addWidget(self._settings)
        top.addLayout(self._right_side(), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 14)
        column.setSpacing(10)
        column.addLayout(top, 1)
        self.notes = QLabel(self)
        self.notes.setObjectName("secondary")
        self.notes.setAccessibleName(self.tr("Notes"))
        self.notes.setWordWrap(True)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.notes)
        column.addWidget(self.target)
        column.addLayout(self._foot())
        self.kinds.currentItemChanged.connect(self._choose)
        theme.changed.connect(self._recolour)
        self.resize(*_SIZE)
        self.choose(self.kind)
        self.rest()

    # --- building -------------------------------------------------------------------------------------------------

    def _kind_list(self) -> QListWidget:
        kinds = QListWidget(self)
        kinds.setObjectName("kinds")
        kinds.setAccessibleName(self.tr("What to export"))
        kinds.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for head, drawn in ((self.tr("Figures"), True), (self.tr("Files"), False)):
            title = QListWidgetItem(head, kinds)
            title.setFlags(Qt.ItemFlag.NoItemFlags)
            for kind, spec in EXPORTS.items():
                if ("png" in spec.endings) == drawn:
                    item = QListWidgetItem(f"  {_translated(spec.title)}", kinds)
                    item.setData(_KIND, kind)
                    item.setToolTip(f"<p>{_translated(' '.join((spec.__doc__ or '').split()))}</p>")
        kinds.ensurePolished()  # so that the style sheet's room around each name counts
        kinds.setFixedWidth(kinds.sizeHintForColumn(0) + _AROUND)
        return kinds

    def _right_side(self) -> QVBoxLayout:
        self.step = QLabel(self)
        self.step.setObjectName("secondary")
        self.newest = QToolButton(self)
        self.newest.setText(self.tr("Take the newest"))
        self.newest.setToolTip(self.tr("Export the run as it stands now"))
        self.newest.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.newest.clicked.connect(self.newest_wanted)
        line = QHBoxLayout()
        line.addWidget(self.step)
        line.addWidget(self.newest)
        line.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(self.preview, 1)
        return column

    def _foot(self) -> QHBoxLayout:
        self.told = Elided(self)
        self.told.setAccessibleName(self.tr("What became of it"))
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedSize(160, 6)
        self.progress.setAccessibleName(self.tr("Progress"))
        self.show_folder = self._button(self.tr("Show in folder"), self._open_folder)
        self.copy_path = self._button(self.tr("Copy path"), self._copy_path)
        self.cancel = self._button(self.tr("Cancel export"), self.cancel_wanted)
        self.close_button = self._button(self.tr("Close"), self.close)
        self.export_button = self._button(self.tr("Export"), self._export)
        self.export_button.setDefault(True)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.progress)
        line.addWidget(self.told, 1)
        for button in (self.show_folder, self.copy_path, self.cancel, self.close_button, self.export_button):
            line.addWidget(button)
        return line

    def _button(self, text: str, do: Any) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.clicked.connect(do)
        return button

    def _form(self, kind: str) -> Form:
        if kind not in self._forms:
            area = QScrollArea(self._settings)
            area.setWidgetResizable(True)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            area.setFrameShape(QFrame.Shape.NoFrame)
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            form = Form(self._theme, area, spec=EXPORTS[kind], change=changed, repeats=True)
            form.edited.connect(self._edited)
            form.recolour()
            area.setWidget(form)
            self._forms[kind] = form
            self._settings.addWidget(area)
        return self._forms[kind]

    # --- what is chosen -------------------------------------------------------------------------------------------

    @property
    def kind(self) -> str:
        return kind_of(self.export)

    @property
    def form(self) -> Form:
        """The settings of the chosen kind."""
        return self._form(self.kind)

    def choose(self, kind: str, changes: Mapping[str, Any] | None = None) -> None:
        """Turn to a kind, with some settings changed. Raises ExperimentError where they make no sense."""
        export = self._exports.get(kind) or self._choices.recalled(kind)
        self._exports[kind] = changed(export, changes) if changes else export
        (item,) = (item for item in map(self.kinds.item, range(self.kinds.count())) if item.data(_KIND) == kind)
        if self.kinds.currentItem() is item:
            self._choose(item)
        else:
            self.kinds.setCurrentItem(item)

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem) -> None:
        kind = str(item.data(_KIND))
        self.export = self._exports.setdefault(kind, self._choices.recalled(kind))
        form = self._form(kind)
        self._settings.setCurrentIndex(list(self._forms).index(kind))
        form.show_experiment(self.export, {})
        self._propose()
        self.altered.emit()

    @Slot(str, object)
    def _edited(self, path: str, value: Any) -> None:
        try:
            export = changed(self.export, {path: value})
        except ExperimentError as error:
            self.form.show_experiment(self.export, {})
            self.form.refuse(path, in_words(error.problem if error.path == path else str(error)))
            return
        self.export = self._exports[self.kind] = export
        self._choices.keep(export)
        self.form.show_experiment(export, {})
        self.altered.emit()

    def show_moment(self, title: str, run: int, step: int) -> None:
        """Say which moment is exported."""
        self._title, self._step = title, step
        self.step.setText(self.tr("Step {0} of run {1}").format(f"{step:,}", run))
        self._propose()

    def _propose(self) -> None:
        kind = _translated(type(self.export).title)
        step = self.tr("step {0}").format(self._step)
        self.target.propose(self.kind, self.export.endings, f"{self._title} - {kind} - {step}")

    # --- what becomes of it ---------------------------------------------------------------------------------------

    @Slot()
    def _export(self) -> None:
        if problem := self.target.problem:
            self.tell(problem)
        elif self.target.path.exists():
            box = QMessageBox(self)
            box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            box.setIcon(QMessageBox.Icon.Question)
            box.setText(self.tr("Replace {0}?").format(self.target.path.name))
            box.setInformativeText(self.tr("It is there already, in {0}.").format(self.target.path.parent))
            replace = box.addButton(self.tr("Replace"), QMessageBox.ButtonRole.AcceptRole)
            replace.clicked.connect(self._go)
            box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
            box.open()
        else:
            self._go()

    @Slot()
    def _go(self) -> None:
        self._choices.keep(self.export)
        self.target.remember()
        self.export_wanted.emit(self.target.path)

    def show_progress(self, fraction: float, doing: str) -> None:
        """Tell how far the export has come."""
        self.progress.setValue(round(1000 * fraction))
        self._say(doing)
        self._arrange(running=True)

    def show_result(self, path: Path) -> None:
        """Tell that a file is there, and how large it is."""
        self._result = path
        size = QLocale().formattedDataSize(path.stat().st_size, 0, QLocale.DataSizeFormat.DataSizeSIFormat)
        self._say(self.tr("{0} is written, {1}.").format(path.name, size))
        self._arrange(done=True)

    def note(self, notes: Sequence[str]) -> None:
        """Tell what is to be known of a result, each note in a line of its own."""
        self.notes.setText("\n".join(self.tr("Note: {0}").format(note) for note in notes))
        self.notes.setVisible(bool(notes))

    def tell(self, problem: str) -> None:
        """Tell why nothing was written."""
        self._say(problem, wrong=True)
        self._arrange()

    def rest(self) -> None:
        """Forget what became of the export before."""
        self._say("")
        self.note([])
        self._arrange()

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.told.setObjectName("message" if wrong else "secondary")
        self.told.style().unpolish(self.told)
        self.told.style().polish(self.told)
        self.told.setText(text)

    def _arrange(self, *, running: bool = False, done: bool = False) -> None:
        self.progress.setVisible(running)
        self.cancel.setVisible(running)
        self.export_button.setEnabled(not running)
        self.show_folder.setVisible(done)
        self.copy_path.setVisible(done)

    @Slot()
    def _open_folder(self) -> None:
        show_in_folder(self._result)

    @Slot()
    def _copy_path(self) -> None:
        QApplication.clipboard().setText(str(self._result))

    @Slot()
    def _recolour(self) -> None:
        for form in self._forms.values():
            form.recolour()

    # --- events ---------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return in a setting's field settles that setting, and does not export yet."""
        settles = isinstance(self.focusWidget(), LineEditor) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not settles:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.hidden.emit()


def show_in_folder(path: Path) -> None:
    """Open the folder of a file."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _translated(text: str) -> str:
    return QCoreApplication.translate("experiment", text)
