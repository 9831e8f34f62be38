"""The lines under the canvas that read the place under the mouse."""

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ganlab_desktop.ui.plots.text import filled, tabular

_ONE_LINE = 420  # pixels that hold all that is ever said


class Hint(QLabel):
    """Phrases, the most important first: in one line where that is wide, else in two; what fits no line is left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._phrases: tuple[str, ...] = ()
        self.setFont(tabular(self.font(), 11))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._fit()

    def say(self, phrases: Sequence[str]) -> None:
        if tuple(phrases) != self._phrases:
            self._phrases = tuple(phrases)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        lines = 1 if self.width() >= _ONE_LINE else 2
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 2)
        metrics, width = self.fontMetrics(), self.width()
        whole = [phrase for phrase in self._phrases if metrics.horizontalAdvance(phrase) <= width]
        text = "\n".join(filled(whole, width, metrics)[:lines])
        if text != self.text():
            self.setText(text)
