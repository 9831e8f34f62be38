"""The transport between generated and real samples on the line as a matrix, with its two marginals."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.plots.fields import box_of
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.theme import mix
from ganlab_desktop.wire.messages import Picture

_STRIP = 0.16  # height of a marginal, as a share of the matrix
_GAP = 0.02


class JointPlan(Plot):
    """Real places across, generated ones up; a cell is the darker the more mass goes between them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, equal=True, grid=False)
        self.setAccessibleName(self.tr("Transport plan"))
        square = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        square.setHeightForWidth(True)
        self.setSizePolicy(square)
        self.setToolTip(
            self.tr(
                "<p>The shortest transport as a joint distribution: the strength of a cell is the mass that goes from "
                "the generated place at its left to the real place below it. Its sums are the two histograms: real "
                "above, generated at the right. On the diagonal nothing moves, and W1 is the mean distance from it "
                "along either axis.</p>"
            )
        )
        self.set_caption(self.tr("real across, generated up"))
        self.cells = pg.ImageItem(axisOrder="row-major")
        self.still = pg.PlotCurveItem(antialias=True)
        self.real = pg.PlotCurveItem(connect="all")
        self.fake = pg.PlotCurveItem(connect="all")
        self._parts = (self.cells, self.still, self.real, self.fake)
        self.add(*self._parts)
        self.clear()

    def heightForWidth(self, width: int) -> int:
        """The matrix is square."""
        return width

    def setOpacity(self, opacity: float) -> None:
        """How strong the layer is."""
        for part in self._parts:
            part.setOpacity(opacity)

    def draw(self, picture: Picture) -> None:
        """Show the plan of a picture of the transport, where it has one."""
        if "plan" not in picture.arrays:
            self.clear()
            return
        plan, (left, right, *_) = picture.arrays["plan"].numpy().astype(np.float32), box_of(picture)
        size = right - left
        strongest = float(plan.max(initial=0.0)) or 1.0
        # Half of the scale's steps lie below a quarter of the mass, so that thin parts of the plan are seen.
        self.cells.setImage(np.ascontiguousarray(np.sqrt(plan / strongest)), levels=(0.0, 1.0))
        self.cells.setRect(QRectF(left, left, size, size))
        self.still.setData([left, right], [left, right])
        edges = np.linspace(left, right, len(plan) + 1)
        real, fake = plan.sum(0), plan.sum(1)
        unit = _STRIP * size / max(float(real.max(initial=0.0)), float(fake.max(initial=0.0)), 1e-30)
        base = right + _GAP * size
        self.real.setData(*_steps(edges, base + unit * real, base))
        up, across = _steps(edges, base + unit * fake, base)
        self.fake.setData(across, up)
        far = base + _STRIP * size
        self.show_range(left, far, left, far)

    def clear(self) -> None:
        """Show nothing."""
        self.cells.clear()
        for curve in (self.still, self.real, self.fake):
            curve.setData([], [])

    def apply_theme(self, colours: Colours) -> None:
        super().apply_theme(colours)
        ground, ink = QColor(colours.panel), QColor(colours.truth)
        ends = np.array([[c.red(), c.green(), c.blue()] for c in (ground, ink)])
        share = np.linspace(0.0, 1.0, 256)[:, None]
        self.cells.setLookupTable((share * ends[1] + (1 - share) * ends[0]).round().astype(np.uint8))
        self.still.setPen(pg.mkPen(mix(colours.secondary, colours.panel, 0.6), style=Qt.PenStyle.DashLine))
        self.real.setPen(pg.mkPen(colours.real))
        self.fake.setPen(pg.mkPen(colours.fake))


def _steps(edges: np.ndarray, heights: np.ndarray, base: float) -> tuple[np.ndarray, np.ndarray]:
    """The outline of a histogram that begins and ends at its base."""
    return np.repeat(edges, 2), np.concatenate(([base], np.repeat(heights, 2), [base]))
