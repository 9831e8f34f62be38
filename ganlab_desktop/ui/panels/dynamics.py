"""Whether the game comes to rest: the phase plane of its smallest relative, and eigenvalues."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.fields import box_of, quiver
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.steady import SteadyRange
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.ui.theme import mix
from ganlab_desktop.wire.messages import Picture, Scene

_VERDICTS = {
    -1.0: QT_TRANSLATE_NOOP("Dynamics", "converges"),
    0.0: QT_TRANSLATE_NOOP("Dynamics", "cycles"),
    1.0: QT_TRANSLATE_NOOP("Dynamics", "diverges"),
}
_CIRCLE = np.linspace(0.0, 2.0 * np.pi, 181)


class Dynamics(Panel):
    """The Dirac-GAN under the run's method at the left; at the right where its steps' eigenvalues lie against the unit
    circle, and below them the leading eigenvalues of the run's own game against the line of stability."""

    name = "dynamics"
    title = QT_TRANSLATE_NOOP("Dynamics", "Dynamics")
    explanation = QT_TRANSLATE_NOOP("Dynamics", "the Dirac-GAN under this method, and this game's eigenvalues")
    probes = ("dynamics",)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plane = Plot(self.picture, equal=True)
        self.plane.setAccessibleName(self.tr("Phase plane of the Dirac-GAN"))
        self.plane.setToolTip(
            self.tr(
                "The smallest GAN (Mescheder et al. 2018): real data at 0, one generated point at theta, and D(x) = "
                "psi x. Dashed: the continuous flow; solid: alternating steps of gradient descent."
            )
        )
        self.plane.set_caption(self.tr("psi of D over theta of G"))
        self.field = pg.PlotCurveItem(connect="pairs", antialias=True)
        self.flow = pg.PlotCurveItem(antialias=True)
        self.descent = pg.PlotCurveItem(antialias=True)
        self.rest_point = pg.ScatterPlotItem([0.0], [0.0], size=8, symbol="o", pen=None)
        self.plane.add(self.field, self.flow, self.descent, self.rest_point)
        self.circle = Plot(self.picture, equal=True, grid=False)
        self.circle.setAccessibleName(self.tr("Eigenvalues of one step of the Dirac-GAN"))
        self.circle.setToolTip(self.tr("Steps come to rest where their eigenvalues lie inside the unit circle."))
        self.circle.set_caption(self.tr("one step"))
        self.circle.show_values(left=False, bottom=True)
        self.unit = pg.PlotCurveItem(np.cos(_CIRCLE), np.sin(_CIRCLE), antialias=True)
        self.steps = pg.ScatterPlotItem(size=8, symbol="o", pen=None)
        self.circle.add(self.unit, self.steps)
        self.circle.show_range(-1.3, 1.3, -1.3, 1.3)
        self.spectrum = Plot(self.picture)
        self.spectrum.setAccessibleName(self.tr("Leading eigenvalues of this game"))
        self.spectrum.setToolTip(
            self.tr(
                "Eigenvalues of the Jacobian of (-grad L_G, -grad L_D) with the largest real parts. The flow is stable "
                "left of the dashed line; height is rotation."
            )
        )
        self.spectrum.set_caption(self.tr("this game"))
        self.axis = pg.InfiniteLine(0.0, angle=90, movable=False)
        self.values = pg.ScatterPlotItem(size=7, symbol="o", pen=None)
        self.spectrum.add(self.axis, self.values)
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addWidget(self.circle, 1)
        right.addWidget(self.spectrum, 1)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.plane, 3)
        row.addLayout(right, 2)
        self.content.addLayout(row)
        self._across, self._up = SteadyRange(), SteadyRange()
        self.apply_theme(DARK)

    def empty_text(self) -> str:
        return self.tr("The phase plane and the eigenvalues appear here, some seconds after training starts.")

    def draw_picture(self, scene: Scene, now: float) -> bool:
        picture = self.pictures["dynamics"]
        known = "field" in picture.arrays
        self.plane.setVisible(known)
        self.circle.setVisible(known)
        self.header.set_explanation(
            self.tr(self.explanation) if known else self.tr("this game's eigenvalues; no Dirac-GAN for this objective")
        )
        if known:
            self._draw_plane(picture)
        return self._draw_spectrum(picture, now)

    def numbers(self) -> tuple[Number, ...]:
        shown = self.pictures.get("dynamics")
        read = {} if shown is None else shown.numbers
        told = []
        for name, label in (("flow_verdict", self.tr("flow")), ("step_verdict", self.tr("steps"))):
            verdict = _VERDICTS.get(read.get(name, math.nan))
            if verdict:
                told.append(Number(label, self.tr(verdict), "truth"))
        if math.isfinite(read.get("rightmost", math.nan)):
            told.append(Number(self.tr("Re"), fixed(read["rightmost"], 3)))
        return tuple(told)

    def forget(self) -> None:
        for item in (self.field, self.flow, self.descent, self.steps, self.values):
            item.setData([], [])
        self._across.clear()
        self._up.clear()

    def paint_theme(self, colours: Colours) -> None:
        for plot in (self.plane, self.circle, self.spectrum):
            plot.apply_theme(colours)
        self.field.setPen(pg.mkPen(mix(colours.text, colours.panel, 0.35)))
        self.flow.setPen(pg.mkPen(colours.truth, style=Qt.PenStyle.DashLine))
        self.descent.setPen(pg.mkPen(colours.discriminator))
        self.rest_point.setBrush(pg.mkBrush(colours.real))
        self.unit.setPen(pg.mkPen(colours.truth, style=Qt.PenStyle.DashLine))
        self.axis.setPen(pg.mkPen(colours.truth, style=Qt.PenStyle.DashLine))
        self.steps.setBrush(pg.mkBrush(colours.discriminator))
        self.values.setBrush(pg.mkBrush(colours.discriminator))

    def _draw_plane(self, picture: Picture) -> None:
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

    def _draw_spectrum(self, picture: Picture, now: float) -> bool:
        if "spectrum" not in picture.arrays:
            self.values.setData([], [])
            return False
        values = picture.arrays["spectrum"].numpy().astype(np.float64)
        self.values.setData(*values.T)
        across = self._across.follow(min(values[:, 0].min(), 0.0), max(values[:, 0].max(), 0.0), now)
        tallest = max(float(np.abs(values[:, 1]).max()), 1e-3)
        up = self._up.follow(-tallest, tallest, now)
        self.spectrum.show_range(*across, *up)
        return not (self._across.settled and self._up.settled)
