"""Which class of a conditional game the canvas looks at."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from ganlab_desktop.ui.editors import OwnKeys


class ClassChoice(QComboBox):
    """Stands over the canvas where the networks are told classes, else it is hidden."""

    chosen = Signal(int)  # the class, counted from 0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("class-choice")
        self.setAccessibleName(self.tr("Class shown"))
        self.setToolTip(
            self.tr("Surface, field, arrows, manifold and truth are those of this class; its samples stand out.")
        )
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._keys = OwnKeys(self)
        self.installEventFilter(self._keys)
        self.activated.connect(self._activated)
        self.hide()

    @property
    def label(self) -> int:
        """The class that is chosen, counted from 0."""
        return max(self.currentIndex(), 0)

    def offer(self, classes: int) -> None:
        """Offer so many classes; 0 hides the choice. What was chosen stays where it can."""
        if classes != self.count():
            kept = self.label if self.label < classes else 0
            self.clear()
            self.addItems([self.tr("class {0} of {1}").format(k + 1, classes) for k in range(classes)])
            self.setCurrentIndex(kept if classes else -1)
        self.setVisible(classes > 0)

    @Slot(int)
    def _activated(self, index: int) -> None:
        self.chosen.emit(index)
