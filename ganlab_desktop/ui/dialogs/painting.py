"""Draws a distribution: a raster to paint on, its brush, and what takes strokes back."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from ganlab_desktop.experiment.drawing import HEAVIEST
from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.painter import BRUSHES, Painter

_TOOLS_WIDTH = 180  # px


class Painting(QDialog):
    """Opened, never exec'ed; `painted` tells the rows of the drawing that the user settled on."""

    painted = Signal(object)  # list[str]

    def __init__(self, rows: Iterable[str], colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Draw a distribution"))
        self.painter = Painter(rows, colours, self)
        self.painter.changed.connect(self._mirror)
        line = QHBoxLayout()
        line.setSpacing(20)
        line.addWidget(self.painter, 1)
        line.addLayout(self._tools())
        self._buttons = QDialogButtonBox(self)
        self.take = self._buttons.addButton(self.tr("Train on this"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.take.setDefault(True)
        self._buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self._buttons.accepted.connect(self._take)
        self._buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(16)
        column.addLayout(line, 1)
        column.addWidget(self._buttons)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self.painter.undo)
        self.painter.setFocus()
        self._mirror()
        self.resize(self.sizeHint())

    def _tools(self) -> QVBoxLayout:
        tools = QVBoxLayout()
        tools.setSpacing(10)
        explained = QLabel(
            self.tr(
                "The left button paints, the right one erases. The fuller a cell's colour, the more samples fall in it."
            ),
            self,
        )
        explained.setObjectName("secondary")
        explained.setWordWrap(True)
        explained.setFixedWidth(_TOOLS_WIDTH)
        tools.addWidget(explained)
        grid = QGridLayout()
        grid.setSpacing(6)
        painter = self.painter
        self.brush = self._slider(grid, 0, self.tr("Brush"), BRUSHES, painter.brush, painter.set_brush)
        self.weight = self._slider(grid, 1, self.tr("Weight"), (1, HEAVIEST), painter.weight, painter.set_weight)
        tools.addLayout(grid)
        self.erase = QCheckBox(self.tr("Erase"), self)
        self.erase.setToolTip(self.tr("Let the left button erase too"))
        self.erase.toggled.connect(painter.set_erasing)
        self.undo, self.clear = QPushButton(self.tr("Undo"), self), QPushButton(self.tr("Clear"), self)
        self.undo.clicked.connect(painter.undo)
        self.clear.clicked.connect(painter.clear)
        tools.addWidget(self.erase)
        for button in (self.undo, self.clear):
            button.setAutoDefault(False)
            tools.addWidget(button)
        self._problem = QLabel(self.tr("Paint at least one cell."), self)
        self._problem.setObjectName("message")
        tools.addWidget(self._problem)
        tools.addStretch(1)
        return tools

    def _slider(
        self, grid: QGridLayout, row: int, name: str, limits: tuple[int, int], value: int, take: Callable[[int], None]
    ) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setRange(*limits)
        slider.setPageStep(1)
        slider.setValue(value)
        slider.setAccessibleName(name)
        shown = QLabel(str(value), self)
        shown.setMinimumWidth(shown.fontMetrics().horizontalAdvance("00"))
        shown.setAlignment(Qt.AlignmentFlag.AlignRight)
        slider.valueChanged.connect(take)
        slider.valueChanged.connect(shown.setNum)
        for column, widget in enumerate((QLabel(name, self), slider, shown)):
            grid.addWidget(widget, row, column)
        return slider

    @Slot()
    def _mirror(self) -> None:
        """Let only that be pressed which can be done."""
        empty = self.painter.empty
        self.undo.setEnabled(self.painter.can_undo)
        self.clear.setEnabled(not empty)
        self.take.setEnabled(not empty)
        policy = self._problem.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._problem.setSizePolicy(policy)
        self._problem.setVisible(empty)

    @Slot()
    def _take(self) -> None:
        self.painted.emit(self.painter.rows)
        self.accept()
