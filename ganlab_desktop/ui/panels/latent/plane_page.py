"""The plane through three latents, as images in rows and columns."""

from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.panels.badge import LETTERS
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.latent.image_grid import ImageGrid
from ganlab_desktop.ui.panels.latent.page import LatentPage
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.wire.messages import Picture

_IMAGES = 45  # about so many in all
_FEWEST, _MOST_ROWS, _MOST_COLUMNS = 4, 7, 13


class PlanePage(LatentPage):
    """A at the upper left, B at the upper right, C at the lower left; D(G(z)) shines through between the images."""

    study: ClassVar[str] = "latent_plane"
    explanation: ClassVar[str] = QT_TRANSLATE_NOOP(
        "PlanePage", "G over the plane through the latents of three images; opposite to A is B + C − A"
    )

    reshaped = Signal()  # there is room for other numbers of rows and columns

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shades = True
        self.shape = (9, 5)  # columns and rows that make the most of the room
        self.grid = ImageGrid(self.tr("What G makes between the images A, B and C of the wall appears here."), self)
        self.grid.setAccessibleName(self.tr("Images over a plane of latents"))
        self.grid.tell = self._tell
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.grid)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        across = self.width() / max(self.height(), 1)
        rows = min(max(round((_IMAGES / across) ** 0.5), _FEWEST), _MOST_ROWS)
        shape = min(max(int(rows * across), _FEWEST), _MOST_COLUMNS), rows
        if shape != self.shape:
            self.shape = shape
            self.reshaped.emit()

    def show_picture(self, picture: Picture, now: float, *, playing: bool) -> bool:
        outputs, images = (picture.arrays[name].numpy() for name in ("outputs", "images"))
        self.follow(outputs, now, playing=playing)
        rows, columns = outputs.shape
        letters = dict(zip((0, columns - 1, (rows - 1) * columns), LETTERS, strict=True))
        self.grid.show_images(list(images), columns, letters, shading=self.shaded(outputs) if self.shades else None)
        return False

    def numbers(self, picture: Picture) -> tuple[Number, ...]:
        lengths = picture.arrays["lengths"].numpy()
        span = f"{fixed(float(lengths.min()), 1)} – {fixed(float(lengths.max()), 1)}"
        told = (Number("|z|", span, "fake"),)
        if not self.judged:
            return told
        name = "D(G(z))" if self.d == "D" else self.tr("score")
        return *told, Number(name, self.range_of(picture.arrays["outputs"]))

    def clear(self) -> None:
        super().clear()
        self.grid.clear()

    def apply_theme(self, colours: Colours) -> None:
        super().apply_theme(colours)
        self.grid.apply_theme(colours)

    def _tell(self, number: int) -> str:
        if self._shown is None:
            return ""
        lengths, outputs = (self._shown.arrays[name].numpy() for name in ("lengths", "outputs"))
        row, column = divmod(number, lengths.shape[1])
        t, s = row / (lengths.shape[0] - 1), column / (lengths.shape[1] - 1)
        place = self.tr("A + {s} (B − A) + {t} (C − A)").format(s=fixed(s), t=fixed(t))
        told = [place, self.tr("|z| = {length}").format(length=fixed(float(lengths[row, column]), 1))]
        if self.judged:
            told.append(f"{self.d} = {fixed(float(outputs[row, column]))}")
        usual = self._shown.numbers
        if "usual_low" in usual:
            low, high = fixed(usual["usual_low"], 1), fixed(usual["usual_high"], 1)
            told.append(self.tr("nine of ten latents have |z| from {low} to {high}").format(low=low, high=high))
        return "\n".join(told)
