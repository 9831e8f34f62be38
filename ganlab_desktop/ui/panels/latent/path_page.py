"""The ways from one latent to another, as strips of images."""

from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.latent.image_grid import ImageGrid
from ganlab_desktop.ui.panels.latent.page import LatentPage
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.labels import EndLabels
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.ui.theme import mix
from ganlab_desktop.wire.messages import Picture

_WAYS = {
    "line": QT_TRANSLATE_NOOP("PathPage", "line"),
    "arc": QT_TRANSLATE_NOOP("PathPage", "arc"),
    "style": QT_TRANSLATE_NOOP("PathPage", "in w"),
}
_ANY = (1 << 24) - 1  # Qt's, which PySide has no name for
_ROOM = 130  # pixels of height from which on the lengths are drawn
_STRIPS = 0.6  # of the height beside them, at most


class PathPage(LatentPage):
    """From A to B along a straight line, along an arc and through styles; below, how long the latents on the way are
    beside those that training draws."""

    study: ClassVar[str] = "latent_path"
    explanation: ClassVar[str] = QT_TRANSLATE_NOOP("PathPage", "G on the way from A to B, straight and along an arc")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shades = True
        self.strips = ImageGrid(self.tr("What G makes on the way from A to B appears here."), self)
        self.strips.setAccessibleName(self.tr("Images on the way from A to B"))
        self.strips.tell = self._tell
        self.lengths = Plot(self)
        self.lengths.setAccessibleName(self.tr("Length of the latents on the way"))
        self.lengths.show_values(left=True, bottom=False)
        why = self.tr(
            "In many dimensions nearly all normal latents are about equally long (band: nine of ten). A straight line "
            "cuts through the middle, where training hardly ever draws from; an arc (slerp) keeps to the shell."
        )
        self.lengths.setToolTip(f"<p>{why}</p>")
        self.usual = pg.LinearRegionItem((0.0, 1.0), orientation="horizontal", movable=False)
        self.curves = {way: pg.PlotCurveItem(antialias=True) for way in ("line", "arc")}
        self.lengths.add(self.usual, *self.curves.values())
        self.labels = EndLabels(self.lengths, {way: self.tr(_WAYS[way]) for way in self.curves})
        self.lengths.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strips, 3)
        column.addWidget(self.lengths, 2)

    def show_picture(self, picture: Picture, now: float, *, playing: bool) -> bool:
        arrays, ways = picture.arrays, self._ways(picture)
        strips = [arrays[f"{way}_images"].numpy() for way in ways]
        count = len(strips[0])
        ends = ((0, "A"), (count - 1, "B"))
        letters = {row * count + end: letter for row in range(len(ways)) for end, letter in ends}
        outputs = np.stack([arrays[f"{way}_outputs"].numpy() for way in ways])
        self.follow(outputs, now, playing=playing)
        self.strips.show_images(
            list(np.concatenate(strips)),
            count,
            letters,
            [self.tr(_WAYS[way]) for way in ways],
            self.shaded(outputs) if self.shades else None,
        )
        self._draw_lengths(picture)
        return False

    def numbers(self, picture: Picture) -> tuple[Number, ...]:
        if "usual_low" not in picture.numbers:
            return ()
        shortest = fixed(float(picture.arrays["line_lengths"].numpy().min()), 1)
        usual = self.tr("{low} – {high}").format(
            low=fixed(picture.numbers["usual_low"], 1), high=fixed(picture.numbers["usual_high"], 1)
        )
        return Number(self.tr("shortest |z|"), shortest, "fake"), Number(self.tr("usual"), usual)

    def clear(self) -> None:
        super().clear()
        self.strips.clear()
        self.lengths.hide()

    def apply_theme(self, colours: Colours) -> None:
        super().apply_theme(colours)
        self.strips.apply_theme(colours)
        self.lengths.apply_theme(colours)
        self.lengths.set_caption(self.tr("|z| on the way"))
        inks = {"line": colours.text, "arc": colours.fake}
        for way, curve in self.curves.items():
            curve.setPen(pg.mkPen(inks[way], width=1.5))
        self.labels.apply_theme(inks, colours.panel)
        self.usual.setBrush(pg.mkBrush(mix(colours.fake, colours.panel, 0.18)))
        for line in self.usual.lines:
            line.setPen(pg.mkPen(None))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Show the lengths where a page is tall enough, and leave to them what the strips cannot use."""
        picture = self._shown
        room = picture is not None and "usual_low" in picture.numbers and self.height() >= _ROOM
        self.lengths.setVisible(room)
        most = min(self.strips.tall(), round(_STRIPS * self.height()))
        self.strips.setMaximumHeight(most if room else _ANY)

    def _draw_lengths(self, picture: Picture) -> None:
        self._make_room()
        if "usual_low" not in picture.numbers:
            return
        low, high = picture.numbers["usual_low"], picture.numbers["usual_high"]
        shares = picture.arrays["shares"].numpy().astype(np.float64)
        curves = {way: picture.arrays[f"{way}_lengths"].numpy().astype(np.float64) for way in self.curves}
        for way, curve in self.curves.items():
            curve.setData(shares, curves[way])
        self.usual.setRegion((low, high))
        top = max(high, *(float(curve.max()) for curve in curves.values()))
        self.lengths.show_range(0.0, 1.0, 0.0, 1.1 * top)
        self.labels.place(shares[3:], {way: curve[3:] for way, curve in curves.items()})

    def _ways(self, picture: Picture) -> list[str]:
        return [way for way in _WAYS if f"{way}_images" in picture.arrays]

    def _tell(self, number: int) -> str:
        if self._shown is None:
            return ""
        arrays = self._shown.arrays
        shares, ways = arrays["shares"].numpy(), self._ways(self._shown)
        way, at = ways[number // len(shares)], number % len(shares)
        told = [self.tr("{share} of the way").format(share=fixed(float(shares[at])))]
        if f"{way}_lengths" in arrays:
            told.append(self.tr("|z| = {length}").format(length=fixed(float(arrays[f"{way}_lengths"].numpy()[at]), 1)))
        if self.judged:
            told.append(f"{self.d} = {fixed(float(arrays[f'{way}_outputs'].numpy()[at]))}")
        return "\n".join(told)
