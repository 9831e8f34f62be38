"""The Log panel: what the engine prints, and what went wrong."""

import time

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QColor, QFontDatabase, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from ganlab_desktop.ui.panels.header import Header
from ganlab_desktop.ui.session import Session
from ganlab_desktop.ui.theme import Theme

MOST_LINES = 5_000


class LogPanel(QWidget):
    """Lines with their time, newest last; warnings and errors carry the word and a colour."""

    name = "log"

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(self.name)
        self._theme = theme
        title = self.tr("Log")
        self.setAccessibleName(title)
        self.header = Header(title, self.tr("what the engine prints, warnings and errors"), self)
        self.text = QPlainTextEdit(self)
        self.text.setObjectName("log")
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(MOST_LINES)
        self.text.setUndoRedoEnabled(False)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(12)
        self.text.setFont(font)
        self.text.setAccessibleName(title)
        self.text.setPlaceholderText(self.tr("Nothing has been said yet."))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.text)
        session.log.connect(self.append)
        theme.changed.connect(self._recolour)
        self._recolour()

    def sizeHint(self) -> QSize:
        return QSize(600, 140)

    @Slot(str, str)
    def append(self, level: str, text: str) -> None:
        """Add a line, and keep the end in view where it was in view."""
        bar = self.text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 4
        word = {"warning": self.tr("warning: "), "error": self.tr("error: ")}.get(level, "")
        form = QTextCharFormat()
        colours = self._theme.colours
        form.setForeground(QColor(colours.trouble if word else colours.text))
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if not self.text.document().isEmpty():
            cursor.insertBlock()
        cursor.insertText(f"{time.strftime('%H:%M:%S')}  {word}{text}", form)
        if at_end:
            bar.setValue(bar.maximum())

    @Slot()
    def _recolour(self) -> None:
        self.header.apply_theme(self._theme.colours)
