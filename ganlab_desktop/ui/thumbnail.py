"""A glance at the run's past: a small picture over the line while the mouse is on it, and the canvas while it drags."""

import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from ganlab_desktop.experiment.files import from_toml
from ganlab_desktop.experiment.pictures import falls
from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.panels.canvas.canvas import Canvas
from ganlab_desktop.ui.panels.canvas.scale import SurfaceScale
from ganlab_desktop.ui.panels.canvas.wall import COLUMNS, mosaic
from ganlab_desktop.ui.plots.fields import box_of
from ganlab_desktop.ui.scrubber import Track
from ganlab_desktop.ui.session import Session
from ganlab_desktop.ui.theme import Theme
from ganlab_desktop.wire.messages import Preview, Scene

_SIDE = 144  # px
_POINTS = 128  # of the real samples
_PATIENCE = 0.25  # seconds after which an unanswered look is given up


class Glances(QObject):
    """Asks for previews of the step under the mouse, one at a time, and shows them."""

    drawn = Signal()  # the canvas has something to draw

    def __init__(self, session: Session, track: Track, canvas: Canvas, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._track, self._canvas, self._theme = session, track, canvas, theme
        self.thumbnail = Thumbnail(window)
        self._wanted: int | None = None
        self._asked: int | None = None  # the step of the look that is on its way
        self._asked_at = 0.0
        self._place = 0.0
        track.hovered.connect(self._hover)
        track.dragged.connect(self._drag)
        track.left.connect(self._leave)
        session.preview_arrived.connect(self._show)
        session.scene_changed.connect(self._scene_changed)

    @Slot(float)
    def _hover(self, x: float) -> None:
        self._place = x
        self._want(self._track.step_at(x))
        text = self._track.text_at(x)
        self.thumbnail.stand_over(self._track, x, text)

    @Slot(int)
    def _drag(self, step: int) -> None:
        self.thumbnail.hide()
        self._want(step)

    @Slot()
    def _leave(self) -> None:
        self._wanted = None
        self.thumbnail.hide()

    @Slot()
    def _scene_changed(self) -> None:
        self._asked = None

    def _want(self, step: int) -> None:
        if self._session.scene is None or step == self._wanted:
            return
        self._wanted = step
        if self._asked is None or time.monotonic() - self._asked_at > _PATIENCE:
            self._ask(step)

    def _ask(self, step: int) -> None:
        self._asked, self._asked_at = step, time.monotonic()
        box = self._canvas.box() if self._track.dragging else None
        self._session.look(step, box, self._canvas.label())

    @Slot(object)
    def _show(self, preview: Preview) -> None:
        wanted, scene = self._wanted, self._session.scene
        if preview.step != self._asked:
            return  # somebody else asked for it
        self._asked = None
        if wanted is None or scene is None:
            return
        if wanted != preview.step:
            self._ask(wanted)
        if self._track.dragging:
            there = self._session.step == preview.step and self._session.phase == 0
            if wanted == preview.step and not there and preview.layout == scene.layout:
                self._canvas.show_preview(preview)
                self.drawn.emit()
        elif self.thumbnail.isVisible():
            self.thumbnail.show_preview(preview, scene, self._theme.colours)


class Thumbnail(QFrame):
    """The surface and some samples about a step, and what is known of the step."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("note")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._window = window
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 4)
        column.setSpacing(4)
        self.picture = _Picture(self)
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setFixedWidth(_SIDE)
        column.addWidget(self.picture)
        column.addWidget(self.text)
        self.hide()

    def stand_over(self, track: Track, x: float, text: str) -> None:
        """Appear over a place of the line."""
        self.text.setText(text)
        self.text.setFixedHeight(self.text.heightForWidth(_SIDE))
        self.adjustSize()
        place = track.mapTo(self._window, QPoint(round(x), 0))
        left = min(max(place.x() - self.width() // 2, 4), self._window.width() - self.width() - 4)
        self.move(left, place.y() - self.height() - 30)  # over the phases, too
        if not self.isVisible():
            self.picture.clear()
        self.show()
        self.raise_()

    def show_preview(self, preview: Preview, scene: Scene, colours: Colours) -> None:
        """Show what the run was like."""
        self.picture.show_preview(preview, scene, colours)


class _Picture(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(QSize(_SIDE, _SIDE))
        self.shown: Preview | None = None
        self._scene: Scene | None = None
        self._colours: Colours | None = None
        self._image = QImage()

    def clear(self) -> None:
        self.shown = None
        self.update()

    def show_preview(self, preview: Preview, scene: Scene, colours: Colours) -> None:
        self.shown, self._scene, self._colours = preview, scene, colours
        if "wall" in preview.pictures:
            images = preview.pictures["wall"].arrays["images"].numpy().astype(np.uint8, copy=False)
            self._image = mosaic(images[: COLUMNS**2], COLUMNS)
            self.update()
            return
        if "values" not in preview.pictures["surface"].arrays:
            self._image = QImage()
            self.update()
            return
        values = preview.pictures["surface"].arrays["values"].numpy().astype(np.float64)
        scale = SurfaceScale()
        scale.falling = falls(from_toml(scene.experiment).objective)
        scale.follow(values, scene.neutral, 0.0)
        low, high = scale.range
        with np.errstate(invalid="ignore"):
            index = np.nan_to_num(np.clip((values - low) / (high - low), 0.0, 1.0) * 255.0, nan=127.0)
        pixels = np.ascontiguousarray(scale.table(colours)[index.astype(np.uint8)[::-1]])
        height, width = pixels.shape
        self._image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32).copy()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.shown is None or self._scene is None or self._colours is None:
            return
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(self.rect()), self._image)
        if "surface" not in self.shown.pictures:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colours.real))
        for x, y in self._places(self._scene.real.numpy()[:_POINTS]):
            painter.drawEllipse(QPointF(x, y), 1.5, 1.5)
        painter.setBrush(QColor(self._colours.fake))
        for x, y in self._places(self.shown.pictures["samples"].arrays["fake"].numpy()):
            corners = ((0.0, -2.5), (2.5, 0.0), (0.0, 2.5), (-2.5, 0.0))
            painter.drawPolygon(QPolygonF([QPointF(x + right, y + down) for right, down in corners]))

    def _places(self, points: NDArray[np.generic]) -> list[tuple[float, float]]:
        """Where samples (N, dim) lie in the picture; those on the line lie in its middle."""
        assert self.shown is not None
        left, right, bottom, top = box_of(self.shown.pictures["surface"])
        finite = points[np.isfinite(points).all(axis=1)].astype(np.float64)
        x = (finite[:, 0] - left) / (right - left) * _SIDE
        y = (top - finite[:, 1]) / (top - bottom) * _SIDE if finite.shape[1] > 1 else np.full(len(finite), _SIDE / 2)
        return list(zip(x.tolist(), y.tolist(), strict=True))
