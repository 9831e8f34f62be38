"""What the discriminator says over a plane in the space of images."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPixmapItem, QLabel, QStackedLayout, QWidget

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.panels.badge import LETTERS, NUMBERS, draw_badge
from ganlab_desktop.ui.panels.canvas.layers import Contours, Generated, Points, Surface
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.latent.image_grid import image_of
from ganlab_desktop.ui.panels.latent.page import LatentPage
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.fields import box_of
from ganlab_desktop.ui.plots.grids import at
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.text import fixed, percent
from ganlab_desktop.wire.messages import Picture, Scene

_SMALL, _LARGE = 28, 44  # pixels a side of the images in the plane
_SHARE = 0.2  # of the plot's height that such an image takes
_MOST = 4  # images in a plane


class SurfacePage(LatentPage):
    """The decision surface through three images, with these at their places, or over the data's first two principal
    components, with real and generated samples as they are projected."""

    study: ClassVar[str] = "image_plane"
    explanation: ClassVar[str] = QT_TRANSLATE_NOOP("SurfacePage", "what D says over a plane through images")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = Plot(self, grid=False)
        self.plot.setAccessibleName(self.tr("What D says over a plane of images"))
        self.plot.show_values(left=False, bottom=False)
        self.surface = Surface(self.plot, self.scale)
        self.contours = Contours(self.plot, self.surface)
        self.real, self.fake = Points(self.plot), Generated(self.plot)
        self.thumbnails = [QGraphicsPixmapItem() for _ in range(_MOST)]
        for item in self.thumbnails:
            item.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
            item.setZValue(10)
            self.plot.view.addItem(item, ignoreBounds=True)
        self.plot.hovered.connect(self._hover)
        self.plot.left.connect(self._leave)
        self.waiting = QLabel(self.tr("What D says between images appears here."), self)
        self.waiting.setObjectName("secondary")
        self.waiting.setWordWrap(True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.waiting)
        self._stack.addWidget(self.plot)

    def set_scene(self, scene: Scene) -> None:
        super().set_scene(scene)
        self.surface.apply_theme(self.colours)

    def show_picture(self, picture: Picture, now: float, *, playing: bool) -> bool:
        self._stack.setCurrentWidget(self.plot)
        self.follow(picture.arrays["values"].numpy(), now, playing=playing)
        for layer in (self.surface, self.contours):
            layer.draw(picture, now)
        projected = "real" in picture.arrays
        nothing = np.empty((0, 2), np.float32)
        for name, points in (("real", self.real), ("fake", self.fake)):
            points.show_samples(picture.arrays[name].numpy() if projected else nothing, None)
        self.plot.show_range(*box_of(picture))
        self._show_images(picture, corners=projected)
        self._leave()
        return False

    def numbers(self, picture: Picture) -> tuple[Number, ...]:
        told = Number(self.d, self.range_of(picture.arrays["values"]))
        label = picture.numbers["label"]
        of_class = (Number(self.tr("as class"), fixed(label, 0)),) if label >= 0 else ()
        if np.isfinite(picture.numbers["share"]):
            return (Number(self.tr("variance"), percent(picture.numbers["share"]), "real"), told, *of_class)
        return (told, *of_class)

    def clear(self) -> None:
        super().clear()
        for layer in (self.surface, self.contours, self.real, self.fake):
            layer.clear()
        for item in self.thumbnails:
            item.hide()
        self._stack.setCurrentWidget(self.waiting)

    def apply_theme(self, colours: Colours) -> None:
        super().apply_theme(colours)
        self.plot.apply_theme(colours)
        for layer in (self.surface, self.contours, self.real, self.fake):
            layer.apply_theme(colours)

    def _show_images(self, picture: Picture, *, corners: bool) -> None:
        """Images of a fixed size at their places; those at the box's corners inside of it."""
        side = int(min(_LARGE, max(_SMALL, _SHARE * self.plot.height())))
        of_real = picture.numbers["of_real"] > 0
        letters = "" if corners else NUMBERS if of_real else LETTERS
        places, images = picture.arrays["places"].numpy(), picture.arrays["images"].numpy()
        for item in self.thumbnails[len(images) :]:
            item.hide()
        for number, (item, place, image) in enumerate(zip(self.thumbnails, places, images, strict=False)):
            item.setPixmap(self._thumbnail(image, side, letters[number : number + 1], real=of_real))
            item.setPos(float(place[0]), float(place[1]))
            size = item.pixmap().deviceIndependentSize().toSize().width()
            left, up = (0 if number % 2 == 0 else -size, -size if number < 2 else 0) if corners else (-size // 2,) * 2
            item.setOffset(left, up)
            item.show()

    def _thumbnail(self, image: NDArray[np.generic], side: int, letter: str, *, real: bool) -> QPixmap:
        ratio = self.devicePixelRatioF()
        edge = 2 if letter else 0
        whole = side + 2 * edge
        made = QImage(round(whole * ratio), round(whole * ratio), QImage.Format.Format_ARGB32_Premultiplied)
        made.setDevicePixelRatio(ratio)
        made.fill(0)
        painter = QPainter(made)
        painter.setFont(self.font())
        place = QRectF(edge, edge, side, side)
        painter.drawImage(place, image_of(image))
        if letter:
            draw_badge(painter, place, letter, self.colours, real=real)
        else:
            painter.setPen(QColor(self.colours.hairline))
            painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.end()
        return QPixmap.fromImage(made)

    def _hover(self, x: float, y: float) -> None:
        if self._shown is not None:
            value = at(self._shown.arrays["values"].numpy(), box_of(self._shown), x, y)
            self.plot.set_caption(f"{self.d} {fixed(value, 3)}")

    def _leave(self) -> None:
        if self._shown is None:
            return
        if "real" in self._shown.arrays:
            self.plot.set_caption(
                self.tr("{real} and {fake}, projected on two components").format(
                    real=f'<span style="color: {self.colours.real}">{self.tr("real")}</span>',
                    fake=f'<span style="color: {self.colours.fake}">{self.tr("generated")}</span>',
                )
            )
        else:
            self.plot.set_caption(self.tr("distances as between the images"))
