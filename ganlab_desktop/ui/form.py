"""A spec as a form, the experiment first of all, generated from its fields: nothing here knows any one setting."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ganlab_desktop.experiment import paths
from ganlab_desktop.experiment.effects import has_effect
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.fields import FieldInfo, fields_of, kind_of
from ganlab_desktop.experiment.spec import Spec
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.ui.editors import ChoiceEditor, Editor, LineEditor, OwnKeys, editor_for
from ganlab_desktop.ui.entries import ICONS, Entry
from ganlab_desktop.ui.folding import Folds, room_for_problem, small_head
from ganlab_desktop.ui.pending import Pending
from ganlab_desktop.ui.theme import Theme, mark
from ganlab_desktop.ui.wording import head_of, in_words

_NAME_WIDTH = 120  # px; longer names take a second line
_EDITOR_WIDTH = 132
_HIDDEN = {"format"}


class Form(QWidget):
    """All settings of an experiment, or of another spec that `change` knows how to alter. It mirrors what it is shown;
    what the user wants goes out as `edited`. With `repeats` a list may hold entries of one kind, and their order can be
    changed."""

    edited = Signal(str, object)  # path, value
    browse_wanted = Signal(object)  # the Field that names a file

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        local: bool = True,
        spec: type[Spec] = Experiment,
        change: Callable[[Any, Mapping[str, Any]], Spec] = with_changes,
        repeats: bool = False,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.repeats = repeats
        self._change = change
        self.folds = Folds(theme.settings)
        self._local = local  # whether the files that settings name are on this machine
        self.own_keys = OwnKeys(self)
        self.experiment: Any = spec()
        self._sections: list[Section] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 12)
        column.setSpacing(0)
        rows = Fields(self, "", spec, only_single=True)
        rows.setContentsMargins(0, 4, 0, 0)
        column.addWidget(rows)
        self._top = rows
        for path, info in _sections(spec, ""):
            section = Section(self, path, info)
            self._sections.append(section)
            column.addWidget(section)
        column.addStretch(1)

    def show_experiment(self, experiment: Spec, pending: Mapping[str, Pending]) -> None:
        """Mirror an experiment, or what else the form is for; the settings in `pending` are marked."""
        self.experiment = experiment
        self._top.show_values(experiment, pending)
        for section in self._sections:
            section.show_values(experiment, pending)

    def recolour(self) -> None:
        """Draw the icons in the theme's colours."""
        for section in self._sections:
            section.recolour()

    def problem_of(self, path: str, value: Any, info: FieldInfo) -> str:
        """Why a value cannot stand at a path; empty where it can."""
        try:
            self._change(self.experiment, {path: value})
        except ExperimentError as error:
            within = error.path == path or error.path.startswith(f"{path}[")
            return in_words(error.problem if within else str(error))
        if info.suffixes and self._local and not _is_file(value):
            return self.tr("there is no such file")
        if info.folder and value and self._local and not _is_there(value):
            return self.tr("there is no such folder")
        return ""

    def field(self, path: str) -> "Field | None":
        """The row of a setting, where one is shown."""
        return next((row for row in self.findChildren(Field) if row.path == path), None)

    def refuse(self, path: str, problem: str) -> bool:
        """Say what is wrong where a value was asked for, in its row or else in its section; false where it has none."""
        if (row := self.field(path)) is not None:
            for section in self._sections:
                if section.isAncestorOf(row):
                    section.reveal()
            row.refuse(problem)
            return True
        for section in self._sections:
            if path == section.path or path.startswith((f"{section.path}.", f"{section.path}[")):
                section.reveal()
                section.show_problem(problem)
                return True
        return False

    def drop_refused(self) -> None:
        """Forget texts that were refused: they were meant for another run."""
        for row in self.findChildren(Field):
            if isinstance(row.editor, LineEditor):
                row.editor.refused = False


def _sections(spec: type[Spec], prefix: str) -> list[tuple[str, FieldInfo]]:
    """The parts of an experiment that get a head of their own, in order."""
    found: list[tuple[str, FieldInfo]] = []
    for name, info in fields_of(spec).items():
        path = f"{prefix}{name}"
        if info.shape == "section":
            only = next(iter(info.variants.values()))
            inner = _sections(only, f"{path}.")
            found += inner if inner and len(inner) == len(fields_of(only)) else [(path, info)]
        elif info.shape in ("variant", "variants"):
            found.append((path, info))
    return found


class Section(QWidget):
    """A head with the settings of one part below it."""

    def __init__(self, form: Form, path: str, info: FieldInfo) -> None:
        super().__init__(form)
        self.path, self._info, self._form = path, info, form
        self._shown: tuple[Any, ...] = ()
        self._blocks: list[Fields] = []
        self._entries: list[Entry] = []
        title = head_of(path, info)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 18, 0, 0)
        column.setSpacing(0)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 4)
        top.setSpacing(2)
        self.fold = self._fold_button(title)
        top.addWidget(self.fold)
        top.addWidget(small_head(title, self))
        top.addStretch(1)
        column.addLayout(top)
        self._message = room_for_problem(self)
        column.addWidget(self._message)
        self._inside = QWidget(self)
        column.addWidget(self._inside)
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._kind: Field | None = None
        self._summary = QLabel(self)
        self._summary.setObjectName("secondary")
        self._summary.hide()
        if info.shape == "variants":
            self._add = self._add_button(title)
            top.addWidget(self._add)
            self._empty = QLabel(self.tr("None"), self)
            self._empty.setObjectName("secondary")
            column.addWidget(self._empty)
        elif len(info.variants) > 1:
            chooser = ChoiceEditor([(kind, _title(spec), _explained(spec)) for kind, spec in info.variants.items()])
            self._kind = Field(form, f"{path}.kind", FieldInfo("kind", "choice", self.tr("Kind")), chooser)
            column.addWidget(self._kind)
        elif info.shape == "variant" or any(info.variants):
            only = QLabel(_title(next(iter(info.variants.values()))), self)
            only.setObjectName("secondary")
            top.addWidget(only)
        top.addWidget(self._summary)
        self._body = QVBoxLayout()
        self._body.setSpacing(0)
        column.addLayout(self._body)
        self._fold(form.folds.folded(path))

    @property
    def problem(self) -> str:
        """What is shown to be wrong with the section as a whole; empty where nothing is."""
        return self._message.text()

    def show_problem(self, problem: str) -> None:
        """Say under the head what is wrong with what was asked for, or nothing."""
        self._message.setText(problem)
        self._message.setVisible(bool(problem))

    def show_values(self, experiment: Any, pending: Mapping[str, Pending]) -> None:
        self.show_problem("")
        specs = paths.value_at(experiment, self.path)
        entries = specs if isinstance(specs, tuple) else (specs,)
        kinds = tuple(type(spec) for spec in entries)
        if kinds != self._shown:
            self._shown = kinds
            self._build(entries, listed=isinstance(specs, tuple))
        if self._kind is not None:
            self._kind.show_value(kind_of(entries[0]), pending)
            self._kind.editor.setToolTip(_explained(type(entries[0])))
        for block in self._blocks:
            block.show_values(experiment, pending)
        self._summary.setText(self._told(entries) if specs != self._info.default else "")
        self._fold(self.fold.isChecked())

    def reveal(self) -> None:
        """Unfold, so that what stands inside can be seen."""
        self._fold(False)

    def _told(self, entries: tuple[Spec, ...]) -> str:
        """What a folded section holds where that is not the default."""
        return ", ".join(map(_title, map(type, entries))) if self._kind is not None else self.tr("changed")

    def _fold_button(self, title: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("fold")
        button.setCheckable(True)
        button.setIconSize(QSize(10, 10))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(self.tr("Fold: {0}").format(title))
        button.toggled.connect(self._fold)
        button.clicked.connect(lambda folded: self._form.folds.keep(self.path, folded))
        return button

    @Slot(bool)
    def _fold(self, folded: bool) -> None:
        """Hide all but the head, which then says whether there is anything of note."""
        self.fold.setChecked(folded)
        theme = self._form.theme
        self.fold.setIcon(theme.icon("caret-right" if folded else "caret-down", theme.colours.secondary))
        self._inside.setVisible(not folded)
        self._summary.setVisible(folded and bool(self._summary.text()))

    def recolour(self) -> None:
        """Draw the icons in the theme's colours."""
        theme = self._form.theme
        self._fold(self.fold.isChecked())
        for name, icon in {"add": "plus", "browse": "folder-open", **ICONS}.items():
            for button in self.findChildren(QToolButton, name):
                button.setIcon(theme.icon(icon, theme.colours.secondary))

    def _build(self, entries: tuple[Spec, ...], *, listed: bool) -> None:
        while (item := self._body.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()
        self._blocks, self._entries = [], []
        for index, spec in enumerate(entries):
            path = f"{self.path}[{index}]" if listed else self.path
            block = Fields(self._form, path, type(spec))
            self._blocks.append(block)
            self._body.addWidget(self._entry(index, block, spec) if listed else block)
        if listed:
            self._empty.setVisible(not entries)
            most = self._info.length[1] if self._form.repeats else len(self._info.variants)
            self._add.setEnabled(most is None or len(entries) < most)
        self.recolour()

    def _add_button(self, title: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("add")
        button.setText(self.tr("Add"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(self.tr("Add to: {0}").format(title))
        menu = QMenu(button)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._fill_menu)
        menu.triggered.connect(self._added)
        button.setMenu(menu)
        return button

    @Slot()
    def _fill_menu(self) -> None:
        menu = self._add.menu()
        menu.clear()
        for kind, spec in self._info.variants.items():
            if self._form.repeats or spec not in self._shown:
                action = menu.addAction(_title(spec))
                action.setData(kind)
                action.setToolTip(_explained(spec))

    @Slot(object)
    def _added(self, action: Any) -> None:
        self.add(action.data())

    def add(self, kind: str) -> None:
        """Ask for one more entry of this kind."""
        self._form.edited.emit(f"{self.path}[{len(self._shown)}].kind", kind)

    def remove(self, index: int) -> None:
        """Ask for the list without one entry."""
        specs = list(paths.value_at(self._form.experiment, self.path))
        del specs[index]
        self._form.edited.emit(self.path, msgspec.to_builtins(specs))

    def shift(self, index: int, by: int) -> None:
        """Ask for the list with one entry so many places further."""
        specs = list(paths.value_at(self._form.experiment, self.path))
        specs.insert(index + by, specs.pop(index))
        focused = self._entries[index].isAncestorOf(QApplication.focusWidget() or self)
        self._form.edited.emit(self.path, msgspec.to_builtins(specs))
        self._entries[index + by].receive(by, focused=focused)

    def _entry(self, index: int, block: "Fields", spec: Spec) -> Entry:
        entry = Entry(_title(type(spec)), _explained(type(spec)), self)
        entry.removal_wanted.connect(lambda: self.remove(index))
        if self._form.repeats:
            entry.allow_moves(up=index > 0, down=index < len(self._shown) - 1)
            entry.move_wanted.connect(lambda by: self.shift(index, by))
        entry.body.addWidget(block)
        self._entries.append(entry)
        return entry


class Fields(QWidget):
    """The settings of one spec: a row for each single value, a section for a part of several kinds."""

    def __init__(self, form: Form, path: str, spec: type[Spec], *, only_single: bool = False) -> None:
        super().__init__(form)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._path = path
        self.rows: list[Field] = []
        self._inner: list[Section] = []
        for name, info in fields_of(spec).items():
            if name in _HIDDEN or info.hidden or (info.variants and only_single):
                continue
            if info.variants:
                self._inner.append(Section(form, f"{path}.{name}", info))
                column.addWidget(self._inner[-1])
                continue
            row = Field(form, f"{path}.{name}" if path else name, info, editor_for(info, form.theme, self))
            self.rows.append(row)
            column.addWidget(row)

    def show_values(self, experiment: Any, pending: Mapping[str, Pending]) -> None:
        spec = paths.value_at(experiment, self._path) if self._path else experiment
        for row in self.rows:
            row.show_value(paths.value_at(experiment, row.path), pending)
            row.setVisible(has_effect(spec, row.info.name))
        for section in self._inner:
            section.show_values(experiment, pending)


class Field(QWidget):
    """One setting: its name, its editor, and below them what is wrong."""

    def __init__(self, form: Form, path: str, info: FieldInfo, editor: Editor) -> None:
        super().__init__(form)
        self.path, self.info, self.editor, self._form = path, info, editor, form
        title = self.title = QCoreApplication.translate("experiment", info.title)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 2, 0, 2)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        self._name = QLabel(title, self)
        self._name.setObjectName("fieldName")
        self._name.setWordWrap(True)  # so that a long name does not push its field out of line
        self._name.setFixedWidth(_NAME_WIDTH)
        self._name.setBuddy(editor)
        editor.setParent(self)
        editor.setMinimumWidth(max(_EDITOR_WIDTH, editor.minimumWidth()))
        editor.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        editor.setAccessibleName(title)
        editor.installEventFilter(form.own_keys)
        editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        grid.addWidget(self._name, 0, 0)
        grid.addWidget(editor, 0, 1)
        if info.suffixes or info.folder:
            grid.addWidget(self._browse_button(title), 0, 2)
        self._message = room_for_problem(self)
        grid.addWidget(self._message, 1, 0, 1, -1)
        self._tip = _tip(info)
        self.setToolTip(self._tip)
        editor.settled.connect(self._settled)
        if isinstance(editor, LineEditor):
            editor.typed.connect(self._typed)
            editor.misread.connect(self.show_problem)

    @property
    def problem(self) -> str:
        """What is shown to be wrong; empty where nothing is."""
        return self._message.text()

    def _browse_button(self, title: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("browse")
        button.setToolTip(self.tr("Browse"))
        button.setAccessibleName(self.tr("Browse: {0}").format(title))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._form.browse_wanted.emit(self))
        return button

    @Slot(str)
    def take(self, text: str) -> None:
        """Take a text as if it had been typed and settled on."""
        if isinstance(self.editor, LineEditor):
            self.editor.take(text)

    def show_value(self, value: Any, pending: Mapping[str, Pending]) -> None:
        """Mirror the setting's value, and whether it waits for a new start."""
        self.editor.show_value(value)
        if not (isinstance(self.editor, LineEditor) and self.editor.refused):
            self.show_problem("")
        waiting = pending.get(self.path)
        tip = self._tip
        if waiting is not None:
            tip += "<br><br>" + self.tr("Waits for a new start: {0}.").format(waiting.reason.rstrip("."))
        self.setToolTip(tip)
        self.editor.setAccessibleDescription(self.tr("waits for a new start") if waiting is not None else "")
        mark(self.editor, "pending", waiting is not None)
        mark(self._name, "pending", waiting is not None)

    @Slot(str)
    def show_problem(self, problem: str) -> None:
        """Say under the field what is wrong with what stands in it, or nothing."""
        self._message.setText(problem)
        self._message.setVisible(bool(problem))
        mark(self.editor, "wrong", bool(problem))

    def refuse(self, problem: str) -> None:
        """Say what is wrong; a typed text stays, marked, until it is mended or Escape is pressed."""
        kept = paths.value_at(self._form.experiment, self.path)
        self.show_problem(self.tr("{0} (still {1})").format(problem, _shown(kept)))
        if isinstance(self.editor, LineEditor):
            self.editor.refused = True
        else:
            self.editor.show_value(kept)

    @Slot(object)
    def _typed(self, value: Any) -> None:
        self.show_problem(self._form.problem_of(self.path, value, self.info))

    @Slot(object)
    def _settled(self, value: Any) -> None:
        problem = self._form.problem_of(self.path, value, self.info)
        if not problem:
            self.show_problem("")
            self._form.edited.emit(self.path, value)
        else:
            self.refuse(problem)


def _is_file(path: str) -> bool:
    return _is_there(path) and Path(path).expanduser().is_file()


def _is_there(path: str) -> bool:
    try:
        return Path(path).expanduser().exists()
    except (OSError, RuntimeError):  # a folder that may not be read; the home of a user that does not exist
        return False


def _title(spec: type[Spec]) -> str:
    return QCoreApplication.translate("experiment", getattr(spec, "title", "") or spec.__name__)


def _explained(spec: type[Spec]) -> str:
    return QCoreApplication.translate("experiment", spec.__doc__ or "")


def _tip(info: FieldInfo) -> str:
    """Help, allowed range and unit as rich text, which Qt wraps."""
    text = QCoreApplication.translate("experiment", info.help)
    allowed = "" if info.shape in ("text", "switch", "choice", "raster") else info.allowed
    for sign, entity in (("<", "&lt;"), (">", "&gt;")):
        allowed = allowed.replace(sign, entity)
    details = [part for part in (allowed, QCoreApplication.translate("experiment", info.unit)) if part]
    if details:
        range_ = QCoreApplication.translate("form", "Allowed: {0}").format(", in ".join(details))
        text = f"{text}<br>{range_}" if text else range_
    return f"<qt>{text}</qt>" if text else ""


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
