"""The Dirac-GAN under the run's method: its phase plane, and its steps' eigenvalues on the unit circle."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.fields import box_of, quiver
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.theme import mix
from ganlab_desktop.wire.messages import Picture

_VERDICTS = {
    -1.0: QT_TRANSLATE_NOOP("SmallestGame", "converges"),
    0.0: QT_TRANSLATE_NOOP("SmallestGame", "cycles"),
    1.0: QT_TRANSLATE_NOOP("SmallestGame", "diverges"),
}
_CIRCLE = np.linspace(0.0, 2.0 * np.pi, 181)


class SmallestGame(QWidget):
    """The phase plane beside the unit circle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plane = Plot(self, equal=True)
        self.plane.setAccessibleName(self.tr("Phase plane of the Dirac-GAN"))
        self.plane.setToolTip(
            self.tr(
                "The smallest GAN (Mescheder et al. 2018): real data at 0, one generated point at theta, and D(x) = "
                "psi x. Dashed: the continuous flow; solid: steps of 0.2 in the run's form of descent, under its "
                "penalties and instance noise. Learning rates, optimisers and other terms are left out."
            )
        )
        self.plane.set_caption(self.tr("psi of D over theta of G"))
        self.field = pg.PlotCurveItem(connect="pairs", antialias=True)
        self.flow = pg.PlotCurveItem(antialias=True)
        self.descent = pg.PlotCurveItem(antialias=True)
        self.rest_point = pg.ScatterPlotItem([0.0], [0.0], size=8, symbol="o", pen=None)
        self.plane.add(self.field, self.flow, self.descent, self.rest_point)
        self.circle = Plot(self, equal=True, grid=False)
        self.circle.setAccessibleName(self.tr("Eigenvalues of one step of the Dirac-GAN"))
        self.circle.setToolTip(self.tr("Steps come to rest where their eigenvalues lie inside the unit circle."))
        self.circle.set_caption(self.tr("one step"))
        self.circle.show_values(left=False, bottom=True)
        self.unit = pg.PlotCurveItem(np.cos(_CIRCLE), np.sin(_CIRCLE), antialias=True)
        self.steps = pg.ScatterPlotItem(size=8, symbol="o", pen=None)
        self.circle.add(self.unit, self.steps)
        self.circle.show_range(-1.3, 1.3, -1.3, 1.3)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.plane, 3)
        row.addWidget(self.circle, 2)

    def draw(self, picture: Picture) -> None:
        """Show a picture that has a phase plane."""
        arrays, box = picture.arrays, box_of(picture)
        vectors = arrays["field"].numpy()
        longest = float(np.hypot(vectors[..., 0], vectors[..., 1]).max())
        self.field.setData(*quiver(vectors, box, max(longest, 1e-30)))
        self.flow.setData(*arrays["flow"].numpy().astype(np.float64).T)
        self.descent.setData(*arrays["descent"].numpy().astype(np.float64).T)
        self.plane.show_range(*box)
        steps = (
            arrays["step_eigenvalues"].numpy().astype(np.float64) if "step_eigenvalues" in arrays else np.empty((0, 2))
        )
        self.steps.setData(*steps.T)

    def tell_waiting(self, waiting: bool) -> None:
        """Say that the first picture is still to come, or what the plane shows."""
        self.plane.set_caption(self.tr("measuring...") if waiting else self.tr("psi of D over theta of G"))

    def numbers(self, read: dict[str, float]) -> tuple[Number, ...]:
        """The verdicts for the header, from a picture's numbers."""
        told = []
        for name, label in (("flow_verdict", self.tr("flow")), ("step_verdict", self.tr("steps"))):
            verdict = _VERDICTS.get(read.get(name, math.nan))
            if verdict:
                told.append(Number(label, self.tr(verdict), "truth"))
        return tuple(told)

    def clear(self) -> None:
        for item in (self.field, self.flow, self.descent, self.steps):
            item.setData([], [])

    def apply_theme(self, colours: Colours) -> None:
        self.plane.apply_theme(colours)
        self.circle.apply_theme(colours)
        self.field.setPen(pg.mkPen(mix(colours.text, colours.panel, 0.35)))
        self.flow.setPen(pg.mkPen(colours.truth, style=Qt.PenStyle.DashLine))
        self.descent.setPen(pg.mkPen(colours.discriminator))
        self.rest_point.setBrush(pg.mkBrush(colours.real))
        self.unit.setPen(pg.mkPen(colours.truth, style=Qt.PenStyle.DashLine))
        self.steps.setBrush(pg.mkBrush(colours.discriminator))
