"""Help > The .ganlab file: its tables, and a program that reads its curves, to be copied."""

from html import escape

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from ganlab_desktop.palette import Colours
from ganlab_desktop.wire.messages import FileFormat, TableFormat

_SIZE = (880, 660)  # px


class FileFormatDialog(QDialog):
    """Opened, never exec'ed. The program names the document at hand, so that it runs as it is copied."""

    def __init__(self, told: FileFormat, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("The .ganlab file"))
        self.program = told.program
        self.text = QTextBrowser(self)
        self.text.setAccessibleName(self.tr("What a run file holds"))
        self.text.document().setDocumentMargin(16)
        self.text.setHtml(self._page(told, colours))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        copy = buttons.addButton(self.tr("Copy program"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setAutoDefault(False)
        copy.setToolTip(self.tr("Python that reads the curves and the edits of this document"))
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.text)
        column.addWidget(buttons)
        self.resize(*_SIZE)

    def _page(self, told: FileFormat, colours: Colours) -> str:
        family = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        code = f"font-family: '{family}'; font-size: 12px"
        read = self.tr("Read the curves with Python")
        parts = [f"<p>{escape(told.about)}</p>", f"<h4>{escape(read)}</h4>"]
        parts.append(
            f'<table width="100%" cellpadding="12" bgcolor="{colours.raised}"><tr><td>'
            f'<pre style="{code}; margin: 0">{escape(self.program.strip())}</pre></td></tr></table>'
        )
        parts += [_table(table, code, colours) for table in told.tables]
        return "".join(parts)

    @Slot()
    def _copy(self) -> None:
        QApplication.clipboard().setText(self.program)


def _table(table: TableFormat, code: str, colours: Colours) -> str:
    rows = "".join(
        f'<tr><td style="{code}; padding-right: 16px">{escape(column)}</td>'
        f'<td style="color: {colours.secondary}">{escape(meaning)}</td></tr>'
        for column, meaning in table.columns
    )
    return f"<h4>{escape(table.name)}</h4><p>{escape(table.purpose)}</p><table>{rows}</table>"
