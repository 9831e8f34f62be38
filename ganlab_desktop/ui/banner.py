"""The banner above everything: what went wrong, what was kept, and what to do. It blocks nothing."""

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ganlab_desktop.ui.theme import Theme


class Banner(QFrame):
    """Hidden until something has to be said. One button does what is proposed, the other shows the log."""

    details_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("banner")
        self.setAccessibleName(self.tr("Trouble"))
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
        self._accept.clicked.connect(self.accept)
        self._details.clicked.connect(self.details_wanted)
        line.addWidget(self._icon)
        line.addSpacing(4)
        line.addLayout(words, 1)
        line.addWidget(self._accept)
        line.addWidget(self._details)
        theme.changed.connect(self._recolour)
        self._recolour()
        self.hide()

    @property
    def text(self) -> str:
        """All that the banner says."""
        return f"{self._title.text()} {self._text.text()}"

    def tell(self, happened: str, kept: str, proposal: str, do: Callable[[], None]) -> None:
        """Show what happened, what was kept, and a button for what to do."""
        self._title.setText(happened)
        self._text.setText(kept)
        self._accept.setText(proposal)
        self._proposal = do
        self.show()

    @Slot()
    def accept(self) -> None:
        """Do what is proposed."""
        self.hide()
        if self._proposal is not None:
            self._proposal()

    def _recolour(self) -> None:
        self._icon.setPixmap(self._theme.icon("warning-fill", self._theme.colours.trouble).pixmap(20, 20))
