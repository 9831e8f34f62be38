"""Style mixing: rows keep their image's styles but in some layers, which take those of the column's image."""

from typing import ClassVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.latent.image_grid import ImageGrid
from ganlab_desktop.ui.panels.latent.page import LatentPage
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.wire.messages import Picture


class MixingPage(LatentPage):
    """The images that are mixed head rows and columns: A and those after it on the wall, B and those after it."""

    study: ClassVar[str] = "style_mixing"
    explanation: ClassVar[str] = QT_TRANSLATE_NOOP(
        "MixingPage", "each row's image in the styles of each column's, in the layers marked B"
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = ImageGrid(self.tr("Images in the styles of others appear here."), self, headed=True)
        self.grid.setAccessibleName(self.tr("Images of mixed styles"))
        self.grid.tell = self._tell
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.grid)

    def show_picture(self, picture: Picture, now: float, *, playing: bool) -> bool:
        mixed, first, second = (picture.arrays[name].numpy() for name in ("mixed", "first", "second"))
        columns = len(second) + 1
        images = [None, *second]
        for row, image in enumerate(first):
            images += [image, *mixed[row * len(second) : (row + 1) * len(second)]]
        self.grid.show_images(images, columns, {1: "B", columns: "A"})
        return False

    def numbers(self, picture: Picture) -> tuple[Number, ...]:
        taken, layers = len(picture.arrays["from_b"].numpy()), int(picture.numbers["layers"])
        return (Number(self.tr("layers from B"), f"{taken} / {layers}", "fake"),)

    def clear(self) -> None:
        super().clear()
        self.grid.clear()

    def apply_theme(self, colours: Colours) -> None:
        super().apply_theme(colours)
        self.grid.apply_theme(colours)

    def _tell(self, number: int) -> str:
        if self._shown is None:
            return ""
        rows, columns = (self._shown.arrays[name].numpy() for name in ("rows", "columns"))
        row, column = divmod(number, len(columns) + 1)
        if row == 0 or column == 0:
            place = int(columns[column - 1] if row == 0 else rows[row - 1])
            return self.tr("image {number} of the wall").format(number=place + 1)
        return self.tr("image {a} of the wall, in the marked layers with the style of image {b}").format(
            a=int(rows[row - 1]) + 1, b=int(columns[column - 1]) + 1
        )
