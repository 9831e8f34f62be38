"""Parts of the form's sections: which are folded, their heads, and room for what is wrong."""

from PySide6.QtCore import QSettings
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QWidget

_RARE = ("conditioning", "augmentation", "instance_noise", "label_smoothing", "ema", "game")  # sections folded at first
_FOLDED = "form/folded"


class Folds:
    """Which sections are folded; what the user unfolds or folds is remembered."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        kept = settings.value(_FOLDED)
        self._folded = set(str(kept).split()) if kept is not None else set(_RARE)

    def folded(self, path: str) -> bool:
        return path in self._folded

    def keep(self, path: str, folded: bool) -> None:
        """Remember a section as the user has left it."""
        (self._folded.add if folded else self._folded.discard)(path)
        self._settings.setValue(_FOLDED, " ".join(sorted(self._folded)))


def small_head(title: str, parent: QWidget) -> QLabel:
    """A section's name in small capitals."""
    head = QLabel(title.upper(), parent)
    head.setObjectName("head")
    font = QFont(head.font())
    font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
    head.setFont(font)
    head.setAccessibleName(title)
    return head


def room_for_problem(parent: QWidget) -> QLabel:
    """Room for what is wrong, hidden while nothing is."""
    label = QLabel(parent)
    label.setObjectName("message")
    label.setWordWrap(True)
    label.hide()
    return label
