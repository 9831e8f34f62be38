"""What the generator made of a few latents at earlier steps, side by side: the wall over the run."""

from itertools import chain, count, takewhile
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.canvas.wall import COLUMNS, mosaic
from ganlab_desktop.ui.plots.text import tabular
from ganlab_desktop.wire.messages import Picture, Preview

ROWS = 8  # latents that are followed
_NARROWEST = 24.0  # pixels of an image
_EDGE, _CAPTION, _AIR, _GAP, _NAME = 10.0, 22.0, 8.0, 3.0, 26.0


def ladder(step: int) -> tuple[int, ...]:
    """The steps before one that are shown: 0, then 1, 2 and 5 times every power of ten from 10 on. As a generator
    changes most at first, they lie the denser the earlier; and they stay the same while the run grows."""
    rungs = (factor * 10**power for power in count(1) for factor in (1, 2, 5))
    return tuple(takewhile(lambda rung: rung < step, chain((0,), rungs)))


class Growth(QWidget):
    """A row for each of some latents (in a conditional run for each class, of pairs for each of some inputs), a column
    for each step, and the step that is shown at the right. What was made at earlier steps is asked for, one after the
    other, and kept."""

    wanting = Signal()  # there are steps whose images are not known
    hovered = Signal(str)  # what is under the mouse; empty where nothing is

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._colours = DARK
        self._past: dict[int, tuple[int, QImage]] = {}  # by rung: the step that is known next to it, and its images
        self._now: Picture | None = None
        self._names: tuple[str, ...] = ()  # of the rows
        self._columns: list[_Column] = []
        self._places: list[QRectF] = []  # of the columns

    @property
    def step(self) -> int:
        """The one that is shown at the right."""
        return -1 if self._now is None else self._now.step

    @property
    def steps(self) -> tuple[int, ...]:
        """Those of the columns before it."""
        return tuple(sorted({found for found, _ in self._past.values() if found < self.step}))

    def missing(self) -> int | None:
        """The newest step that there are no images of yet; None where there is none."""
        return next((rung for rung in reversed(ladder(self.step)) if rung not in self._past), None)

    def draw(self, now: Picture | None) -> None:
        """Show the wall of the step at hand beside those before it."""
        if now is None or now is self._now:
            return
        self._now = now
        labels = now.arrays.get("labels")
        self._names = () if labels is None else tuple(map(str, labels.numpy()[::COLUMNS]))
        self._arrange()
        if self.missing() is not None:
            self.wanting.emit()

    def take(self, preview: Preview) -> None:
        """Keep the images of a step that was asked for."""
        if "wall" in preview.pictures:
            self._past[preview.step] = preview.shown, _images(preview.pictures["wall"])
            self._arrange()

    def clear(self) -> None:
        self._past, self._now, self._columns, self._names = {}, None, [], ()
        self.update()

    def apply_theme(self, colours: Colours) -> None:
        self._colours = colours
        self.update()

    def _arrange(self) -> None:
        """Put the columns in order: of pairs, what is given and what is to be made of it stand at the sides."""
        if self._now is None:
            return
        known = dict(self._past.values())
        past = [_Column(_short(step), self.tr("step {0}").format(f"{step:,}"), known[step]) for step in self.steps]
        now = _Column(f"{self.step:,}", self.tr("step {0}").format(f"{self.step:,}"), _images(self._now), newest=True)
        self._columns = [*past, now]
        if "targets" in self._now.arrays:
            sides = [(self.tr("input"), "inputs"), (self.tr("target"), "targets")]
            given, wanted = (_Column(word, word, _images(self._now, name)) for word, name in sides)
            self._columns = [given, *self._columns, wanted]
        told = ", ".join(f"{step:,}" for step in (*self.steps, self.step))
        self.setAccessibleDescription(self.tr("images of the steps {0}").format(told))
        self.update()

    # --- painting -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(tabular(self.font(), 12))
        if not self._columns:
            return
        columns, side = self._fitting()
        self._places = []
        x = _EDGE + self._named
        for column in columns:
            high = side * column.images.height() / column.images.width()
            place = QRectF(x, _CAPTION, side, high)
            painter.drawImage(place, column.images)
            over = QRectF(x - _AIR, 0.0, side + 2 * _AIR, _CAPTION)
            painter.setPen(self._colours.text if column.newest else self._colours.secondary)
            painter.drawText(over, Qt.AlignmentFlag.AlignCenter, column.caption)
            self._places.append(place)
            x += side + _GAP
        painter.setPen(self._colours.secondary)
        pitch = self._places[0].height() / self._rows
        for row, name in enumerate(self._names):
            beside = QRectF(_EDGE, _CAPTION + row * pitch, _NAME - 8.0, pitch)
            painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, name)

    def _fitting(self) -> tuple[list["_Column"], float]:
        """The columns that there is room for, and how wide they are: where there is not enough, the earliest but the
        first go."""
        wide = self.width() - 2 * _EDGE - self._named
        most = max(int((wide + _GAP) / (_NARROWEST + _GAP)), 2)
        columns = self._columns
        if len(columns) > most:
            columns = [columns[0], *columns[len(columns) - most + 1 :]]
        share = columns[0].images.height() / columns[0].images.width()
        high = self.height() - _CAPTION - _EDGE
        return columns, max(min((wide + _GAP) / len(columns) - _GAP, high / share), 1.0)

    @property
    def _rows(self) -> int:
        return len(self._names) or ROWS

    @property
    def _named(self) -> float:
        return _NAME if self._names else 0.0

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hovered.emit(self._tell(event.position()))

    def leaveEvent(self, event: object) -> None:
        self.hovered.emit("")

    def _tell(self, point: QPointF) -> str:
        columns = zip(self._fitting()[0] if self._columns else (), self._places, strict=False)
        for column, place in columns:
            if place.contains(point):
                row = int((point.y() - place.y()) / place.height() * self._rows)
                if self._names:
                    return self.tr("class {name}, {step}").format(name=self._names[row], step=column.told)
                return self.tr("row {number}, {step}").format(number=row + 1, step=column.told)
        return ""


class _Column(NamedTuple):
    """Images below each other, what stands over them, and what is told of them."""

    caption: str
    told: str
    images: QImage
    newest: bool = False


def _images(picture: Picture, name: str = "images") -> QImage:
    """The images of a wall that are followed, below each other: of a conditional run the first one of each class."""
    rows = slice(None, None, COLUMNS) if "labels" in picture.arrays else slice(ROWS)
    return mosaic(picture.arrays[name].numpy()[rows].astype(np.uint8, copy=False), 1)


def _short(step: int) -> str:
    """A round step in few letters."""
    return f"{step // 1000}k" if step and step % 1000 == 0 else f"{step:,}"
