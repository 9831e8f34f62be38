"""The canvas for images: what the generator makes of latents that stay the same, beside real images."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganlab_desktop.experiment.images import as_bytes
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.badge import LETTERS, draw_badge
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


class Wall(QWidget):
    """Painted in one go: a grid of generated images, of pairs each between input and target, and a smaller one of real
    images."""

    hovered = Signal(int)  # the number of the generated image under the mouse, counted from 0
    chosen = Signal(int)  # and of the one that was clicked; -1 beside all of them
    menu_wanted = Signal(int, QPoint)  # of a generated image, at a place on the screen
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
        self._places = QRectF()  # where the generated images are
        self._marked: dict[int, str] = {}  # generated images, with letters

    def set_scene(self, scene: Scene) -> None:
        if scene.image is not None:
            real = as_bytes(scene.real.numpy(), scene.image)
            self._strips = mosaic(real, -(-len(real) // _REAL)), mosaic(real, _REAL)
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

    def mark(self, places: Sequence[int]) -> None:
        """Mark the generated images at these places as A, B, C; none where there are no places."""
        self._marked = {}
        for letter, place in zip(LETTERS, places, strict=False):
            self._marked[place] = self._marked.get(place, "") + letter
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
        self._places, real = _parted(room, self._made, strip, lying)
        made = self.tr("input, generated, target") if self.paired else self.tr("generated")
        self._caption(painter, self._places, made, "diamond", self._colours.fake)
        painter.drawImage(self._places, self._made)
        self._paint_marks(painter)
        if self._closeup is None:
            self._caption(painter, real, self.tr("real"), "round", self._colours.real)
            painter.drawImage(real, strip)
        else:
            self._paint_closeup(painter, self._closeup, real, lying)
        self._name_rows(painter)

    def _paint_closeup(self, painter: QPainter, closeup: Picture, room: QRectF, lying: bool) -> None:
        chosen = int(closeup.numbers["chosen"])
        painter.setPen(QPen(QColor(self._colours.fake), 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self._place_of(chosen))
        distances = closeup.arrays["distances"].numpy()
        told = [
            *([self.tr("input")] if "inputs" in closeup.arrays else []),
            self.tr("D {value}").format(value=fixed(closeup.numbers["output"])),
            *([self.tr("target")] if "targets" in closeup.arrays else []),
            "|∇D|",
            *(fixed(float(distance)) for distance in distances),
        ]
        across = len(told) if lying else 2
        pitch = room.width() / across
        self._caption(
            painter, room, self.tr("chosen, where D is moved, nearest training images and how far"), "round", ""
        )
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
                draw_badge(painter, self._image_of(place), letters, self._colours)

    def _image_of(self, number: int) -> QRectF:
        """Where an image that is no pair's is, without the gap to the next one."""
        assert self._shown is not None
        _, height, width, _ = self._shown.arrays["images"].shape
        scale, gap = self._places.width() / self._made.width(), gap_of(height)
        row, column = divmod(number, self._columns)
        x, y = column * (width + gap) * scale, row * (height + gap) * scale
        return QRectF(self._places.x() + x, self._places.y() + y, width * scale, height * scale)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        number = self._number_at(QPointF(event.pos()))
        if number >= 0:
            self.menu_wanted.emit(number, event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self._number_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        number = self._number_at(event.position())
        if number < 0:
            self.left.emit()
        else:
            self.hovered.emit(number)

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

    def _cell(self) -> tuple[float, float]:
        """How wide and how high a place is, with the gap to the next one."""
        rows = -(-self._count // self._columns)
        return self._places.width() / self._columns, self._places.height() / max(rows, 1)

    def _place_of(self, number: int) -> QRectF:
        wide, high = self._cell()
        row, column = divmod(number, self._columns)
        return QRectF(self._places.x() + column * wide, self._places.y() + row * high, wide, high)

    def _number_at(self, place: QPointF) -> int:
        if not self._count or not self._places.contains(place):
            return -1
        wide, high = self._cell()
        row, column = int((place.y() - self._places.y()) / high), int((place.x() - self._places.x()) / wide)
        number = row * self._columns + min(column, self._columns - 1)
        return number if number < self._count else -1

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
        high = self._places.height() / max(len(self._labels), 1)
        for row, label in enumerate(self._labels):
            place = QRectF(_EDGE, self._places.y() + row * high, _CLASS - 8.0, high)
            if high >= metrics.height():
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(label))


def _tiles(closeup: Picture) -> list[QImage]:
    saliency = closeup.arrays["saliency"].numpy().astype(np.float64)
    largest = float(np.nanmax(saliency, initial=0.0)) or 1.0
    index = np.nan_to_num(np.clip(saliency / largest, 0.0, 1.0) * 255.0).astype(np.uint8)
    height, width = index.shape
    looked = np.ascontiguousarray(cividis()[index])
    heat = QImage(looked.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32).copy()
    shown = [mosaic(_images(closeup, name), 1) for name in ("inputs", "image", "targets") if name in closeup.arrays]
    return [*shown, heat, *(mosaic(one[None], 1) for one in _images(closeup, "nearest"))]


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
