"""Which layers of a generator take their style from B: painted with the mouse."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.plots.text import tabular
from ganlab_desktop.ui.theme import mix

_HEIGHT, _WIDEST, _NARROWEST = 20, 40.0, 22.0  # pixels, of the strip and of one layer
_GAP = 6.0
_OWN_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space)


class LayerStrip(QWidget):
    """A field for each layer, from the coarsest on; its letter says whose style it takes, the number the side of its
    maps. A click changes one, a drag makes others alike; with the keyboard the arrows choose one and Space changes
    it."""

    changed = Signal(object)  # the layers that take B's style

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sides: Sequence[int] = ()
        self.from_b: tuple[int, ...] = ()
        self._colours = DARK
        self._painting: bool | None = None  # what a drag makes of the fields that it comes to
        self._current = 0
        self.setFont(tabular(self.font(), 11))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Layers in the style of B"))
        self.setToolTip(
            self.tr(
                "Click or drag over layers to give them the style of B. Coarse ones hold large structure, fine ones "
                "texture. The numbers are the sides of their maps in pixels."
            )
        )
        self._told = (self.tr("coarse"), self.tr("fine"))

    def offer(self, sides: Sequence[int]) -> None:
        """Show layers whose maps have these sides."""
        if tuple(sides) != tuple(self.sides):
            self.sides, self._current = tuple(sides), 0
            self._choose(tuple(range((len(sides) + 1) // 2)))  # the coarse half, where the difference is plain
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(round(self._words() + _WIDEST * len(self.sides)), _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._words() + _NARROWEST * len(self.sides)), _HEIGHT)

    def apply_theme(self, colours: Colours) -> None:
        self._colours = colours
        self.update()

    def field(self, layer: int) -> QRectF:
        """Where a layer's field is."""
        coarse, _ = self._widths()
        side = min(_WIDEST, (self.width() - self._words()) / max(len(self.sides), 1))
        return QRectF(coarse + _GAP + layer * side, 1.0, side - 2.0, _HEIGHT - 2.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colours = QPainter(self), self._colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        coarse, _ = self._widths()
        middle = QRectF(0, 0, coarse, _HEIGHT)
        painter.setPen(QColor(colours.secondary))
        painter.drawText(middle, Qt.AlignmentFlag.AlignVCenter, self._told[0])
        end = self.field(len(self.sides) - 1).right() + _GAP
        painter.drawText(QRectF(end, 0, self.width() - end, _HEIGHT), Qt.AlignmentFlag.AlignVCenter, self._told[1])
        for layer, side in enumerate(self.sides):
            taken, place = layer in self.from_b, self.field(layer)
            current = self.hasFocus() and layer == self._current
            painter.setPen(QPen(QColor(colours.primary if current else colours.fake if taken else colours.hairline)))
            painter.setBrush(QColor(mix(colours.fake, colours.panel, 0.28) if taken else colours.panel))
            painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            painter.setPen(QColor(colours.fake if taken else colours.secondary))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, f"{'B' if taken else 'A'} {side}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        layer = self._layer_at(event.position())
        if layer >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._current, self._painting = layer, layer not in self.from_b
            self._paint(layer)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        layer = self._layer_at(event.position())
        if layer >= 0 and self._painting is not None:
            self._paint(layer)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._painting = None

    def event(self, event: QEvent) -> bool:
        overridden = event.type() == QEvent.Type.ShortcutOverride
        if isinstance(event, QKeyEvent) and overridden and event.key() in _OWN_KEYS and not event.modifiers():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step:
            self._current = min(max(self._current + step, 0), len(self.sides) - 1)
            self.update()
        elif event.key() == Qt.Key.Key_Space:
            self._painting = self._current not in self.from_b
            self._paint(self._current)
            self._painting = None
        else:
            super().keyPressEvent(event)

    def _paint(self, layer: int) -> None:
        taken = {*self.from_b, layer} if self._painting else {*self.from_b} - {layer}
        if taken != {*self.from_b}:
            self._choose(tuple(sorted(taken)))

    def _choose(self, from_b: tuple[int, ...]) -> None:
        self.from_b = from_b
        self.setAccessibleDescription(", ".join(str(layer + 1) for layer in from_b))
        self.update()
        self.changed.emit(from_b)

    def _layer_at(self, place: QPointF) -> int:
        return next((layer for layer in range(len(self.sides)) if self.field(layer).contains(place)), -1)

    def _widths(self) -> tuple[float, float]:
        metrics = QFontMetricsF(self.font())
        coarse, fine = (metrics.horizontalAdvance(word) for word in self._told)
        return coarse, fine

    def _words(self) -> float:
        return sum(self._widths()) + 2 * _GAP + 2.0
