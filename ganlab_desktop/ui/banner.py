"""The banner above everything: what went wrong or was left behind, and what to do. It blocks nothing."""

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ganlab_desktop.ui.theme import Theme, mark


class Banner(QFrame):
    """Hidden until something has to be said: trouble, with the log as its details, or a quiet note."""

    details_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("banner")
        self._quiet = False
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 8, 12, 8)
        line.setSpacing(8)
        self._icon = QLabel(self)
        self._title = QLabel(self)
        self._title.setObjectName("strong")
        self._text = QLabel(self)
        for label in (self._title, self._text):
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._text)
        self._accept = QPushButton(self)
        self._proposal: Callable[[], None] | None = None
        self._details = QPushButton(self.tr("Details"), self)
        self._dismiss = QPushButton(self.tr("Dismiss"), self)
        self._accept.clicked.connect(self.accept)
        self._details.clicked.connect(self.details_wanted)
        self._dismiss.clicked.connect(self.hide)
        line.addWidget(self._icon)
        line.addSpacing(4)
        line.addLayout(words, 1)
        line.addWidget(self._accept)
        line.addWidget(self._details)
        line.addWidget(self._dismiss)
        theme.changed.connect(self._recolour)
        self._recolour()
        self.hide()

    @property
    def text(self) -> str:
        """All that the banner says."""
        return f"{self._title.text()} {self._text.text()}"

    def tell(self, happened: str, kept: str, proposal: str, do: Callable[[], None]) -> None:
        """Show what happened, what was kept, and a button for what to do."""
        self._show(happened[:1].upper() + happened[1:], kept, proposal, do, quiet=False)

    def note(self, text: str, proposal: str, do: Callable[[], None]) -> None:
        """Show a quiet line and a button for what could be done."""
        self._show("", text, proposal, do, quiet=True)

    def trouble_is_over(self) -> None:
        """Hide what told of trouble; a note stays."""
        if not self._quiet:
            self.hide()

    def note_is_over(self) -> None:
        """Hide a note; what tells of trouble stays."""
        if self._quiet:
            self.hide()

    def _show(self, title: str, text: str, proposal: str, do: Callable[[], None], *, quiet: bool) -> None:
        self._quiet, self._proposal = quiet, do
        self._title.setText(title)
        self._text.setText(text)
        self._accept.setText(proposal)
        self.setAccessibleName(self.tr("Note") if quiet else self.tr("Trouble"))
        for widget in (self._icon, self._title, self._details):
            widget.setVisible(not quiet)
        self._dismiss.setVisible(quiet)
        mark(self, "quiet", quiet)
        self.show()

    @Slot()
    def accept(self) -> None:
        """Do what is proposed."""
        self.hide()
        if self._proposal is not None:
            self._proposal()

    def _recolour(self) -> None:
        self._icon.setPixmap(self._theme.icon("warning-fill", self._theme.colours.trouble).pixmap(20, 20))
