"""The canvas for images: what the generator makes of latents that stay the same, beside real images."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganlab_desktop.experiment.images import as_bytes
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.badge import LETTERS, NUMBERS, draw_badge
from ganlab_desktop.ui.panels.canvas.tiles import Tiles
from ganlab_desktop.ui.plots.marks import SIZE, Mark, draw_mark
from ganlab_desktop.ui.plots.tables import cividis
from ganlab_desktop.ui.plots.text import fixed, tabular
from ganlab_desktop.wire.messages import Picture, Scene

COLUMNS = 8  # generated images in a row
_PAIRS = 3  # in a row, of three images each: what is given, what is made of it, and what is to be made of it
_TOGETHER = 3
_REAL = 4  # real images across their strip, which stands below or beside, drawn at half the size
_CAPTION, _EDGE, _APART, _GAP = 22.0, 10.0, 18.0, 6.0
_CLASS = 26.0  # for the names of the rows' classes
_WAYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_LOOK = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_CORNERS = tuple(map(Qt.Key, map(ord, LETTERS + NUMBERS)))  # the keys that make an image one of them
_OWN_KEYS = {*_WAYS, *_LOOK, *_CORNERS, Qt.Key.Key_Escape}


class Wall(QWidget):
    """Painted in one go: a grid of generated images, of pairs each between input and target, and a smaller one of real
    images.

    In focus, arrows go from image to image, Enter looks at one closely, A, B and C, or 1, 2 and 3 of real ones, explore
    from it, and Escape gives the keys back to the window.
    """

    hovered = Signal(int)  # the number of the generated image under the mouse, counted from 0
    chosen = Signal(int)  # and of the one that was clicked; -1 beside all of them
    menu_wanted = Signal(int, bool, QPoint)  # of an image, whether it is a real one, at a place on the screen
    corner_wanted = Signal(int, int, bool)  # the first, second or third is to be such an image
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._colours = DARK
        self._shown: Picture | None = None
        self._closeup: Picture | None = None
        self._tiles: list[QImage] = []  # of the closeup: the image, where D looks, the nearest training images
        self._made = QImage()
        self._strips = QImage(), QImage()  # of real images, one lying and one standing
        self._labels: tuple[int, ...] = ()  # of the rows
        self._count, self._columns = 0, COLUMNS
        self._real_count, self._gap = 0, 0.0
        self._generated, self._real = Tiles(), Tiles()  # where they are
        self._marked: dict[int, str] = {}  # generated images, with letters
        self._marked_real: dict[int, str] = {}  # real ones, with numbers
        self._at, self._at_real = 0, False  # the image that the keys are about

    def set_scene(self, scene: Scene) -> None:
        if scene.image is not None:
            real, height = as_bytes(scene.real.numpy(), scene.image), scene.image[1]
            self._gap = gap_of(height) / (height + gap_of(height))
            self._strips, self._real_count = (mosaic(real, -(-len(real) // _REAL)), mosaic(real, _REAL)), len(real)
        self.update()

    def draw(self, picture: Picture | None, closeup: Picture | None = None) -> None:
        """Show this picture of the wall, and in the place of the real images one of its images closely. Each is drawn
        once."""
        if closeup is not self._closeup:
            self._closeup = closeup
            self._tiles = [] if closeup is None else _tiles(closeup)
            self.update()
        if picture is self._shown:
            return
        self._shown = picture
        if picture is None:
            self._made, self._labels, self._count = QImage(), (), 0
        else:
            images = _images(picture, "images")
            self._count, self._columns = len(images), COLUMNS
            if self.paired:
                self._columns = _PAIRS
                images = _triples(_images(picture, "inputs"), images, _images(picture, "targets"))
            together = _TOGETHER if self.paired else 1
            self._made = mosaic(images, self._columns * together, together)
            labels = picture.arrays.get("labels")
            self._labels = () if labels is None else tuple(int(label) for label in labels.numpy()[::COLUMNS])
        self.update()

    def mark(self, places: Sequence[int], *, real: bool = False) -> None:
        """Mark the generated images at these places as A, B, C, or the real ones as 1, 2, 3; none where there are no
        places."""
        marked: dict[int, str] = {}
        for letter, place in zip(NUMBERS if real else LETTERS, places, strict=False):
            marked[place] = marked.get(place, "") + letter
        if real:
            self._marked_real = marked
        else:
            self._marked = marked
        self.update()

    def clear(self) -> None:
        self.draw(None)

    def apply_theme(self, colours: Colours) -> None:
        self._colours = colours
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(tabular(self.font(), 12))
        told = _CLASS if self._labels else 0.0
        room = QRectF(_EDGE + told, _CAPTION, self.width() - 2 * _EDGE - told, self.height() - _CAPTION - _EDGE)
        lying = room.height() > room.width()
        strip = self._strips[0 if lying else 1]
        places, real = _parted(room, self._made, strip, lying)
        self._generated = Tiles(places, self._count, self._columns, 0.0 if self.paired else self._gap)
        count = 0 if self._closeup else self._real_count
        self._real = Tiles(real, count, -(-self._real_count // _REAL) if lying else _REAL, self._gap)
        made = self.tr("input, generated, target") if self.paired else self.tr("generated")
        self._caption(painter, places, made, "diamond", self._colours.fake)
        painter.drawImage(places, self._made)
        if self._closeup is None:
            self._caption(painter, real, self.tr("real"), "round", self._colours.real)
            painter.drawImage(real, strip)
        else:
            self._paint_closeup(painter, self._closeup, real, lying)
        self._paint_marks(painter)
        self._name_rows(painter)

    def _paint_closeup(self, painter: QPainter, closeup: Picture, room: QRectF, lying: bool) -> None:
        chosen = int(closeup.numbers["chosen"])
        painter.setPen(QPen(QColor(self._colours.fake), 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self._generated.cell(chosen))
        distances = closeup.arrays["distances"].numpy()
        judged = "saliency" in closeup.arrays
        told = [
            *([self.tr("input")] if "inputs" in closeup.arrays else []),
            self.tr("D {value}").format(value=fixed(closeup.numbers["output"])) if judged else self.tr("chosen"),
            *([self.tr("target")] if "targets" in closeup.arrays else []),
            *(["|∇D|"] if judged else []),
            *(fixed(float(distance)) for distance in distances),
        ]
        across = len(told) if lying else 2
        pitch = room.width() / across
        caption = self.tr("chosen, where D is moved, nearest training images and how far")
        unjudged = self.tr("chosen, nearest training images and how far")
        self._caption(painter, room, caption if judged else unjudged, "round", "")
        for number, (tile, text) in enumerate(zip(self._tiles, told, strict=True)):
            x, y = room.x() + number % across * pitch, room.y() + number // across * (pitch + _CAPTION)
            place = QRectF(x, y, pitch - _GAP, pitch - _GAP)
            painter.drawImage(place, tile)
            painter.setPen(self._colours.secondary)
            under = QRectF(x, place.bottom(), pitch - _GAP, _CAPTION)
            painter.drawText(under, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_marks(self, painter: QPainter) -> None:
        for place, letters in self._marked.items():
            if place < self._count and not self.paired:
                draw_badge(painter, self._generated.image(place), letters, self._colours)
        for place, numbers in self._marked_real.items():
            if place < self._real.total:
                draw_badge(painter, self._real.image(place), numbers, self._colours, real=True)
        if self.hasFocus() and self._at < self._tiles_of(self._at_real).total:
            painter.setPen(QPen(QColor(self._colours.primary), 2.0, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._tiles_of(self._at_real).cell(self._at))

    def _tiles_of(self, real: bool) -> Tiles:
        return self._real if real else self._generated

    def _found(self, point: QPointF) -> tuple[int, bool]:
        """The image at a point, -1 where there is none, and whether it is a real one."""
        number = self._generated.at(point)
        return (number, False) if number >= 0 else (self._real.at(point), True)

    # --- mouse and keys -----------------------------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            where = self._tiles_of(self._at_real).cell(self._at).center().toPoint()
            self.menu_wanted.emit(self._at, self._at_real, self.mapToGlobal(where))
            return
        number, real = self._found(QPointF(event.pos()))
        if number >= 0:
            self.menu_wanted.emit(number, real, event.globalPos())
        else:
            event.ignore()  # the panel has a menu too

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self._generated.at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        number = self._generated.at(event.position())
        if number < 0:
            self.left.emit()
        else:
            self.hovered.emit(number)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that it knows from the window while it is in focus."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return super().event(event)
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        event.setAccepted(plain and event.key() in _OWN_KEYS)
        return event.isAccepted()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _WAYS:
            self._go(*_WAYS[key])
        elif key in _LOOK and not self._at_real:
            self.chosen.emit(self._at)
        elif key in _CORNERS and (_CORNERS.index(key) >= len(LETTERS)) == self._at_real:
            self.corner_wanted.emit(_CORNERS.index(key) % len(LETTERS), self._at, self._at_real)
        elif key == Qt.Key.Key_Escape:
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._go(0, 0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()
        self.update()

    def _go(self, right: int, down: int) -> None:
        """Take the keys to another image, over the edge to the other ones."""
        there = self._tiles_of(self._at_real).beside(self._at, right, down)
        if there >= 0:
            self._at = there
        elif self._tiles_of(not self._at_real).total and (right + down > 0) != self._at_real:
            self._at, self._at_real = 0, not self._at_real
        told = self.tr("real image {number}") if self._at_real else self.tr("generated image {number}")
        self.setAccessibleDescription(told.format(number=self._at + 1))
        if self._at_real:
            self.left.emit()
        else:
            self.hovered.emit(self._at)
        self.update()

    def leaveEvent(self, event: object) -> None:
        self.left.emit()

    def label_of(self, number: int) -> int:
        """The class that a generated image was asked for; -1 where none."""
        row = number // COLUMNS
        return self._labels[row] if row < len(self._labels) else -1

    @property
    def paired(self) -> bool:
        """Whether each generated image stands between what it is made of and what it is to be."""
        return self._shown is not None and "targets" in self._shown.arrays

    def _caption(self, painter: QPainter, over: QRectF, text: str, mark: Mark, colour: str) -> None:
        if over.isEmpty():
            return
        top = over.y() - _CAPTION
        draw_mark(painter, mark, QPointF(over.x(), top + (_CAPTION - SIZE) / 2), colour or self._colours.real)
        painter.setPen(self._colours.secondary)
        place = QRectF(over.x() + SIZE + 5, top, over.width() - SIZE, _CAPTION)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _name_rows(self, painter: QPainter) -> None:
        painter.setPen(self._colours.secondary)
        metrics = QFontMetricsF(painter.font())
        high = self._generated.place.height() / max(len(self._labels), 1)
        for row, label in enumerate(self._labels):
            place = QRectF(_EDGE, self._generated.place.y() + row * high, _CLASS - 8.0, high)
            if high >= metrics.height():
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(label))


def _tiles(closeup: Picture) -> list[QImage]:
    shown = [mosaic(_images(closeup, name), 1) for name in ("inputs", "image", "targets") if name in closeup.arrays]
    heat = [_heat(closeup.arrays["saliency"].numpy().astype(np.float64))] if "saliency" in closeup.arrays else []
    return [*shown, *heat, *(mosaic(one[None], 1) for one in _images(closeup, "nearest"))]


def _heat(saliency: NDArray[np.float64]) -> QImage:
    """Values (H, W), at least 0, from dark to bright."""
    largest = float(np.nanmax(saliency, initial=0.0)) or 1.0
    index = np.nan_to_num(np.clip(saliency / largest, 0.0, 1.0) * 255.0).astype(np.uint8)
    height, width = index.shape
    looked = np.ascontiguousarray(cividis()[index])
    return QImage(looked.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def _images(picture: Picture, name: str) -> NDArray[np.uint8]:
    return picture.arrays[name].numpy().astype(np.uint8, copy=False)


def _triples(inputs: NDArray[np.uint8], made: NDArray[np.uint8], targets: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Images (N, H, W, C) in turn: (3 N, H, W, C). The inputs may be grey."""
    alike = [np.broadcast_to(inputs, made.shape), made, targets]
    return np.stack(alike, 1).reshape(-1, *made.shape[1:])


def mosaic(images: NDArray[np.uint8], columns: int, together: int = 1) -> QImage:
    """Images (N, H, W, C) side by side, row after row, with thin gaps that let the ground through, and wider ones
    between every so many that belong together."""
    count, height, width, channels = images.shape
    rows, gap = -(-count // columns), gap_of(height)
    wider = 3 * gap if together > 1 else 0
    across = columns * (width + gap) - gap + (columns // together - 1) * wider
    wall = np.zeros((rows * (height + gap) - gap, across, 4), np.uint8)
    for number, image in enumerate(images):
        row, column = divmod(number, columns)
        top, start = row * (height + gap), column * (width + gap) + column // together * wider
        place = wall[top : top + height, start : start + width]
        place[:, :, :3] = image if channels == 3 else image[:, :, :1]
        place[:, :, 3] = 255
    return QImage(wall.tobytes(), wall.shape[1], wall.shape[0], 4 * wall.shape[1], QImage.Format.Format_RGBA8888).copy()


def gap_of(height: int) -> int:
    """The pixels between images of a height in a mosaic."""
    return max(1, height // 16)


def _parted(room: QRectF, made: QImage, strip: QImage, lying: bool) -> tuple[QRectF, QRectF]:
    """Where the generated images and the strip of real ones go, as large as a room allows: one below or beside the
    other, alike in length."""
    if made.isNull() or strip.isNull() or room.width() <= 0 or room.height() <= _CAPTION:
        return QRectF(), QRectF()
    if lying:
        share = strip.height() / strip.width()
        wide = min(room.width(), (room.height() - _CAPTION) / (made.height() / made.width() + share))
        places = QRectF(room.x(), room.y(), wide, wide * made.height() / made.width())
        return places, QRectF(room.x(), places.bottom() + _CAPTION, wide, wide * share)
    share = strip.width() / strip.height()
    high = min(room.height(), (room.width() - _APART) / (made.width() / made.height() + share))
    places = QRectF(room.x(), room.y(), high * made.width() / made.height(), high)
    return places, QRectF(places.right() + _APART, room.y(), high * share, high)
