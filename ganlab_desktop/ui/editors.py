"""One editor per shape of setting: it shows a value, reads one, and says when the user has settled on one."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QWidget

from ganlab_desktop.experiment.drawing import weights_of
from ganlab_desktop.experiment.fields import FieldInfo
from ganlab_desktop.ui.dialogs.painting import Painting
from ganlab_desktop.ui.painter import picture
from ganlab_desktop.ui.theme import Theme

_AROUND_CHOICE = 40  # px for paddings and arrow of a combo box, as in the style sheet
_THUMBNAIL = 24  # px
_OWN_KEYS = {
    Qt.Key.Key_Space,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
}


class OwnKeys(QObject):
    """Lets a focused control keep the keys that it uses itself; the wheel is left to what scrolls."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() in _OWN_KEYS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                event.accept()
                return True
        elif event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return False


class LineEditor(QLineEdit):
    """Text that a function reads. What cannot be read stays in the field until it is mended or Escape is pressed."""

    settled = Signal(object)
    typed = Signal(object)  # a value that could be read while typing
    misread = Signal(str)  # why the text cannot be read

    def __init__(self, read: Callable[[str], Any], write: Callable[[Any], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read, self._write = read, write
        self._value: Any = None
        self.refused = False  # whether what stands here is no value for this setting
        self.textEdited.connect(self._edited)
        self.editingFinished.connect(self._finished)

    def show_value(self, value: Any) -> None:
        """Show the setting's value, unless the user is in the middle of typing another."""
        self._value = list(value) if isinstance(value, tuple) else value
        if not self.refused and not (self.hasFocus() and self.isModified()):
            self._reset()

    def take(self, text: str) -> None:
        """Take a text as if it had been typed and settled on."""
        self.setText(text)
        self.refused = False
        self.settled.emit(self._read(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and (self.isModified() or self.refused):
            self._reset()
            self.typed.emit(self._value)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and isinstance(self._value, int):
            self.settled.emit(self._value + (1 if event.key() == Qt.Key.Key_Up else -1))
        else:
            super().keyPressEvent(event)

    @Slot()
    def _edited(self) -> None:
        try:
            value = self._read(self.text())
        except ValueError as problem:
            self.misread.emit(str(problem))
        else:
            self.typed.emit(value)

    @Slot()
    def _finished(self) -> None:
        if not (self.isModified() or self.refused):
            return
        try:
            value = self._read(self.text())
        except ValueError as problem:
            self.refused = True
            self.misread.emit(str(problem))
            return
        self.setModified(False)
        self.refused = False
        if value == self._value:
            self._reset()
            self.typed.emit(value)
        else:
            self.settled.emit(value)

    def _reset(self) -> None:
        self.setText(self._write(self._value))
        self.setModified(False)
        self.refused = False
        self.setCursorPosition(0)


class ChoiceEditor(QComboBox):
    """One of several values, each with a text and a tooltip."""

    settled = Signal(object)

    def __init__(self, choices: Sequence[tuple[str | int, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for value, text, tip in choices:
            self.addItem(text, value)
            self.setItemData(self.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        widest = max(self.fontMetrics().horizontalAdvance(text) for _, text, _ in choices)
        self.setMinimumWidth(widest + _AROUND_CHOICE)
        self.activated.connect(self._activated)

    def show_value(self, value: Any) -> None:
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findData(value))

    @Slot(int)
    def _activated(self, index: int) -> None:
        self.settled.emit(self.itemData(index))


class SwitchEditor(QCheckBox):
    """On or off."""

    settled = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.clicked.connect(self._clicked)

    def show_value(self, value: Any) -> None:
        self.setChecked(bool(value))

    @Slot(bool)
    def _clicked(self, on: bool) -> None:
        self.settled.emit(on)


class RasterEditor(QPushButton):
    """A drawing as a small picture; pressing it opens the raster to paint on."""

    settled = Signal(object)

    def __init__(self, rows: tuple[str, ...], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._theme = rows, theme
        self.setText(self.tr("Draw..."))
        self.setIconSize(QSize(_THUMBNAIL, _THUMBNAIL))
        self.setAutoDefault(False)
        self.clicked.connect(self._open)
        theme.changed.connect(self._recolour)
        self._recolour()

    def show_value(self, value: Any) -> None:
        self._rows = tuple(value)
        self._recolour()

    @Slot()
    def _open(self) -> None:
        painting = Painting(self._rows, self._theme.colours, self.window())
        painting.painted.connect(self._painted)
        painting.open()

    @Slot(object)
    def _painted(self, rows: list[str]) -> None:
        if tuple(rows) != self._rows:
            self.settled.emit(rows)

    @Slot()
    def _recolour(self) -> None:
        small = picture(np.array(weights_of(self._rows)), self._theme.colours)
        self.setIcon(QIcon(QPixmap.fromImage(small.scaled(2 * _THUMBNAIL, 2 * _THUMBNAIL))))


Editor = LineEditor | ChoiceEditor | SwitchEditor | RasterEditor


def editor_for(info: FieldInfo, theme: Theme, parent: QWidget) -> Editor:
    """The editor that fits a single-valued setting."""
    match info.shape:
        case "raster":
            return RasterEditor(info.default, theme, parent)
        case "switch":
            return SwitchEditor(parent)
        case "choice":
            return ChoiceEditor([(choice, _worded(choice), "") for choice in info.choices], parent)
        case "integer":
            return LineEditor(read_integer, str, parent)
        case "number":
            return LineEditor(read_number, write_number, parent)
        case "integers":
            return LineEditor(_list_of(read_integer), lambda value: ", ".join(map(str, value)), parent)
        case "numbers":
            return LineEditor(_list_of(read_number), lambda value: ", ".join(map(write_number, value)), parent)
        case _:
            return LineEditor(str.strip, str, parent)


def read_integer(text: str) -> int:
    """An integer; 10_000, 10,000 and 1e4 are understood. Raises ValueError with a text for the user."""
    plain = text.strip().replace(",", "").replace("_", "")
    try:
        return int(plain)
    except ValueError:
        pass
    try:
        number = float(plain)
        if number == int(number):
            return int(number)
    except (ValueError, OverflowError):
        pass
    raise ValueError(QCoreApplication.translate("editors", "must be a whole number"))


def read_number(text: str) -> float:
    """A number; 1e-4 is understood, and so is a decimal comma. Raises ValueError with a text for the user."""
    plain = text.strip().replace("_", "")
    try:
        return float(plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain)
    except ValueError:
        raise ValueError(QCoreApplication.translate("editors", "must be a number such as 0.001 or 1e-3")) from None


def write_number(value: float) -> str:
    """The shortest text that reads as the same number, without a useless exponent: 0.0001, 1e-08."""
    text = repr(float(value)).removesuffix(".0")
    plain = f"{value:.6f}".rstrip("0")
    return plain if 1e-4 <= abs(value) < 1 and float(plain) == value else text


def _list_of(read: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    def reader(text: str) -> list[Any]:
        parts = text.replace(";", ",").split(",") if "," in text or ";" in text else text.split()
        return [read(part) for part in parts if part.strip()]

    return reader


def _worded(choice: str | int) -> str:
    """A choice's name for people: leaky_relu is shown as "leaky relu"."""
    return str(choice).replace("_", " ")
