"""The canvas for data on the line: densities above, what the discriminator says below, the transport plan beside."""

import math
from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ganlab_desktop.experiment.files import from_toml
from ganlab_desktop.experiment.networks import AffineGenerator
from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.panels.canvas.joint_plan import JointPlan
from ganlab_desktop.ui.panels.canvas.specs import BEST
from ganlab_desktop.ui.plots.bars import step_curve
from ganlab_desktop.ui.plots.fields import box_of
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.steady import SteadyRange
from ganlab_desktop.ui.theme import mix
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Picture, Scene

_BINS = 80
_BEYOND = 20.0  # heights of the view up to which the best D is drawn
_SPREAD = 3.7  # standard deviations of the generator's Gaussian that the view shows

Stamp = tuple[str, int, int]


class Line(QWidget):
    """Histograms of real and generated samples as densities, densities where they are known, and D(x)."""

    hovered = Signal(float, float)
    left = Signal()
    moved = Signal()
    fit_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.densities = Plot(self, zoom=(True, False))
        self.output = Plot(self, zoom=(True, False))
        self.output.view.setXLink(self.densities.view)
        self.densities.set_caption(self.tr("density"))
        self.real = step_curve(fillLevel=0.0)
        self.fake = step_curve()
        self.density = pg.PlotCurveItem(connect="finite", antialias=True)
        self.values = pg.PlotCurveItem(connect="finite", antialias=True)
        self.half = pg.InfiniteLine(0.5, angle=0, movable=False)
        self.densities.add(self.real, self.fake, self.density)
        self.pushed = pg.PlotCurveItem(connect="finite", antialias=True)
        self.best = pg.PlotCurveItem(connect="finite", antialias=True)
        self.exact = pg.PlotCurveItem(connect="finite", antialias=True)
        self.densities.add(self.pushed, self.exact)
        self.output.add(self.values, self.half, self.best)
        self.plan = JointPlan(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        column = QVBoxLayout()
        column.setSpacing(4)
        row.addLayout(column, 5)
        row.addWidget(self.plan, 4, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.densities, 3)
        column.addWidget(self.output, 2)
        for plot in (self.densities, self.output):
            plot.hovered.connect(self.hovered)
            plot.left.connect(self.left)
            plot.moved.connect(self.moved)
            plot.fit_wanted.connect(self.fit)
        self._box = (-1.0, 1.0, -1.0, 1.0)
        self._stamp: Stamp | None = None
        self._edges = np.linspace(-1.0, 1.0, _BINS + 1)
        self._drawn: dict[str, Picture] = {}
        self._real_top = 1.0
        self._label: int | None = None
        self._real: tuple[NDArray[np.generic], Array | None] = (np.empty((0, 1)), None)
        self._top, self._values_range = SteadyRange(margin=0.0), SteadyRange()
        self._probability = True

    def set_scene(self, scene: Scene) -> None:
        if scene.dim > 1:
            return
        self._probability = scene.output == "probability"
        self.output.set_caption("D(x)" if self._probability else self.tr("critic f(x)"))
        self.half.setVisible(self._probability)
        self.output.setVisible(scene.output != "none")
        before, self._box = self._box, _box(scene)
        self._edges = np.linspace(self._box[0], self._box[1], _BINS + 1)
        self._real = scene.real.numpy(), scene.real_labels
        self._draw_real()
        stamp = scene.run, scene.branch, scene.layout
        if stamp != self._stamp:
            self._stamp = stamp
            self.fit()
        elif self._box != before:
            left, right, *_ = self.densities.visible_box()
            self._show(min(left, self._box[0]), max(right, self._box[1]))

    def show_class(self, label: int | None) -> None:
        """Count the samples of this class alone, as D is asked about it; None counts all."""
        if label != self._label:
            self._label = label
            self._drawn.pop("samples", None)
            self._draw_real()

    def fit(self) -> None:
        """Show all that the scene tells of. While Gaussians are moved, the view only grows, so that they move in it."""
        self._show(self._box[0], self._box[1])

    def _show(self, left: float, right: float) -> None:
        for plot in (self.densities, self.output):
            plot.view.setXRange(left, right, padding=0)

    def visible_box(self) -> tuple[float, float, float, float]:
        left, right, *_ = self.densities.visible_box()
        return left, right, self._box[2], self._box[3]

    def set_visible(self, name: str, visible: bool) -> None:
        for item in self._items(name):
            item.setVisible(visible)

    def set_opacity(self, name: str, opacity: float) -> None:
        for item in self._items(name):
            item.setOpacity(opacity)

    def draw(self, pictures: Mapping[str, Picture], on: Mapping[str, bool], now: float) -> bool:
        surface, samples = pictures.get("surface"), pictures.get("samples")
        if surface is not None and surface is not self._drawn.get("surface"):
            self._drawn["surface"] = surface
            self._draw_surface(surface)
        if samples is not None and samples is not self._drawn.get("samples") and on["generated"]:
            self._drawn["samples"] = samples
            fake = self._counted(samples.arrays["fake"].numpy(), samples.arrays.get("labels"))
            self.fake.setData(self._edges, _histogram(fake, self._edges))
        best = pictures.get(BEST)
        if best is not None and best is not self._drawn.get(BEST) and on["optimal"]:
            self._drawn[BEST] = best
            self._draw_best(best)
        self._draw_gaussian(pictures.get("gaussians"))
        transport = pictures.get("transport")
        if transport is not None and transport is not self._drawn.get("transport") and on["plan"]:
            self._drawn["transport"] = transport
            self.plan.draw(transport)
        tallest = max(1.15 * self._real_top, _most(self.fake.yData), _most(self.density.yData), _most(self.exact.yData))
        _, top = self._top.follow(0.0, min(tallest, 3.0 * self._real_top), now)
        low, high = self._extent()
        bottom, ceiling = self._values_range.follow(low, high, now)
        self.densities.view.setYRange(0.0, top, padding=0)
        self.output.view.setYRange(bottom, ceiling, padding=0)
        return not (self._top.settled and self._values_range.settled)

    def clear(self) -> None:
        self._drawn = {}
        self.fake.setData([0.0, 1.0], [0.0])
        self.density.setData([], [])
        self.values.setData([], [])
        self.best.setData([], [])
        self.pushed.setData([], [])
        self.exact.setData([], [])
        self.plan.clear()
        self._top.clear()
        self._values_range.clear()

    def apply_theme(self, colours: Colours) -> None:
        self.densities.apply_theme(colours)
        self.output.apply_theme(colours)
        self.plan.apply_theme(colours)
        self.real.setPen(pg.mkPen(colours.real))
        self.real.setBrush(pg.mkBrush(mix(colours.real, colours.panel, 0.3)))
        self.fake.setPen(pg.mkPen(colours.fake, width=2))
        self.density.setPen(pg.mkPen(colours.truth, style=Qt.PenStyle.DashLine))
        self.values.setPen(pg.mkPen(colours.discriminator, width=1.5))
        for curve in (self.pushed, self.exact):
            curve.setPen(pg.mkPen(colours.fake, style=Qt.PenStyle.DashLine))
        self.best.setPen(pg.mkPen(colours.truth, width=1.5, style=Qt.PenStyle.DashLine))
        self.half.setPen(pg.mkPen(colours.hairline))

    def _items(self, name: str) -> tuple[pg.GraphicsObject | JointPlan, ...]:
        return {
            "real": (self.real, self.density),
            "generated": (self.fake, self.exact),
            "surface": (self.values,),
            "optimal": (self.best, self.pushed),
            "plan": (self.plan,),
        }.get(name, ())

    def _counted(self, samples: NDArray[np.generic], labels: Array | None) -> NDArray[np.generic]:
        return samples if self._label is None or labels is None else samples[labels.numpy() == self._label]

    def _draw_real(self) -> None:
        heights = _histogram(self._counted(*self._real), self._edges)
        self._real_top = float(heights.max(initial=0.0)) or 1.0
        self.real.setData(self._edges, heights)

    def _draw_surface(self, picture: Picture) -> None:
        left, right, *_ = box_of(picture)
        over = {name: picture.arrays[name].numpy().ravel() for name in ("values", "density") if name in picture.arrays}
        if "values" in over:
            self.values.setData(np.linspace(left, right, len(over["values"])), over["values"])
        if "density" in over:
            x = np.linspace(left, right, len(over["density"]))
            self.density.setData(x, np.exp(np.minimum(over["density"], 80.0)))

    def _draw_best(self, picture: Picture) -> None:
        """The best D, and the generator's density where it is known."""
        if "optimal" not in picture.arrays:
            return
        best = picture.arrays["optimal"].numpy().ravel()
        left, right, *_ = box_of(picture)
        x = np.linspace(left, right, len(best))
        low, high = self._extent()
        if math.isfinite(low):  # an infinite optimum leaves the view as a line that can be drawn
            best = np.clip(best, low - _BEYOND * (high - low), high + _BEYOND * (high - low))
        self.best.setData(x, best)
        if "generated" in picture.arrays:
            self.pushed.setData(x, np.exp(picture.arrays["generated"].numpy().ravel()))

    def _draw_gaussian(self, picture: Picture | None) -> None:
        """The generator's density where it is known exactly, in place of what the samples tell of it."""
        if picture is None or "generated" not in picture.arrays:
            return
        self.pushed.setData([], [])
        if picture is not self._drawn.get("gaussians"):
            self._drawn["gaussians"] = picture
            values = picture.arrays["generated"].numpy().ravel()
            left, right, *_ = box_of(picture)
            self.exact.setData(np.linspace(left, right, len(values)), np.exp(np.minimum(values, 80.0)))

    def _extent(self) -> tuple[float, float]:
        values = self.values.yData
        values = np.empty(0) if values is None else values[np.isfinite(values)]
        if self._probability:
            return 0.0, 1.0
        return (float(values.min()), float(values.max())) if len(values) else (float("nan"), float("nan"))


def _box(scene: Scene) -> tuple[float, float, float, float]:
    """The scene's box, with room for the Gaussian that an affine generator begins as or was set to."""
    left, right, bottom, top = scene.box
    generator = from_toml(scene.experiment).generator
    if isinstance(generator, AffineGenerator):
        mean, reach = generator.mean[0], _SPREAD * generator.std[0]
        left, right = min(left, mean - reach), max(right, mean + reach)
    return left, right, bottom, top


def _histogram(samples: NDArray[np.generic], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """The density of all finite samples at the bins between the edges; what lies outside lowers it."""
    samples = samples[np.isfinite(samples)]
    counts, _ = np.histogram(samples, edges)
    return counts / max(len(samples), 1) / np.diff(edges)


def _most(values: NDArray[np.float64] | None) -> float:
    finite = np.empty(0) if values is None else values[np.isfinite(values)]
    return float(finite.max(initial=0.0))
