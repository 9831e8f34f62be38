"""What the generator is told, and what it makes of the latent space."""

import math

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ganlab_desktop.experiment.files import from_toml
from ganlab_desktop.experiment.objectives import Minimax, NonSaturating, ObjectiveSpec
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.bars import step_curve
from ganlab_desktop.ui.plots.labels import EndLabels
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.steady import SteadyRange
from ganlab_desktop.ui.plots.text import fixed, tabular
from ganlab_desktop.ui.theme import mix
from ganlab_desktop.wire.messages import Picture, Scene

_OWN: dict[type[ObjectiveSpec], str] = {Minimax: "saturating", NonSaturating: "non_saturating"}
_NAMES = {
    "own": QT_TRANSLATE_NOOP("Generator", "this loss"),
    "saturating": QT_TRANSLATE_NOOP("Generator", "saturating"),
    "non_saturating": QT_TRANSLATE_NOOP("Generator", "non-saturating"),
    "ideal": QT_TRANSLATE_NOOP("Generator", "ideal"),
}
_FAINT = 0.65  # share of the generator's colour in a form that is not played
_NARROWEST = 1.0  # least range of D's output that is shown
_BEYOND = 2.0  # decades by which the ideal may widen the range of velocities


class Generator(Panel):
    """How fast the losses send each sample on its way, over what D says of it, and the singular values of dG/dz."""

    of_points = True
    of_discriminator = True
    name = "generator"
    title = QT_TRANSLATE_NOOP("Generator", "Generator")
    explanation = QT_TRANSLATE_NOOP("Generator", "what the loss makes of D(G(z)), and how G stretches the latent space")
    probes = ("velocities", "singular_values")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.speed = Plot(self.picture)
        self.speed.setAccessibleName(self.tr("Velocity of generated samples over D's output"))
        self.speed.set_caption(self.tr("log10 of velocity"))
        self.speed.show_values(left=True, bottom=False)
        self.curves_ = {name: pg.PlotCurveItem(connect="finite", antialias=True) for name in reversed(_NAMES)}
        self.even = pg.InfiniteLine(0.0, angle=90, movable=False)
        self.speed.add(self.even, *self.curves_.values())
        self.labels = EndLabels(self.speed, {name: self.tr(words) for name, words in _NAMES.items()})
        self.outputs = Plot(self.picture)
        self.outputs.setAccessibleName(self.tr("Distribution of D's output at generated samples"))
        self.density = step_curve(fillLevel=0.0)
        self.outputs.add(self.density)
        self.outputs.side.setStyle(showValues=False)
        self.stretch = Plot(self.picture)
        self.stretch.setAccessibleName(self.tr("Singular values of the generator's Jacobian"))
        self.stretch.show_values(left=False, bottom=True)
        self.stretch.setToolTip(
            self.tr(
                "<p>By how much G stretches the latent space around each sample: the largest and the smallest singular "
                "value of dG/dz. The smallest goes to 0, far to the left, where G collapses a direction. Condition is "
                "the largest over the smallest; dimensions tells in how many directions G really varies.</p>"
            )
        )
        self.outlines = (step_curve(fillLevel=0.0), step_curve())
        self.told = pg.TextItem("", anchor=(0.0, 0.0))
        self.told.setFont(tabular(self.font(), 11))
        self.stretch.add(*self.outlines, self.told)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.speed, 3)
        left.addWidget(self.outputs, 1)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addLayout(left, 3)
        row.addWidget(self.stretch, 2)
        self.content.addLayout(row)
        self._own = "own"  # the curve of the loss that is played
        self._across, self._up, self._high = SteadyRange(margin=0.02), SteadyRange(), SteadyRange(margin=0.0)
        self._stretched, self._dense = SteadyRange(margin=0.05), SteadyRange(margin=0.0)
        self.apply_theme(DARK)

    def empty_text(self) -> str:
        return self.tr("What the loss tells the generator appears here, moments after training starts.")

    def filled(self) -> bool:
        return all(name in self.pictures for name in self.probes)  # both come within a second

    def show_scene(self, scene: Scene) -> None:
        self._own = _OWN.get(type(from_toml(scene.experiment).objective), "own")
        logit = scene.output == "probability"
        self.even.setVisible(logit)
        if logit:
            why = self.tr(
                "Both log losses push a sample along the gradient of D's logit v, the saturating one by sigma(v), the "
                "other by sigma(-v): where D is sure that a sample is generated, at the left, the first vanishes as "
                "e^v and the generator hears nothing. At 0 both are the same."
            )
        else:
            why = self.tr(
                "This loss pushes a sample along the gradient of D's output v by its slope there. Beside it what the "
                "log losses would make of the same v: the saturating one vanishes where D is sure, at the left."
            )
        ideal = self.tr(
            "Ideal is the gradient of log p/q, what the best D would show; it may lie far above. Unless G is one "
            "Gaussian, both densities are seen through the same kernel, and true samples would score the floor in the "
            "header."
        )
        self.speed.setToolTip(f"<p>{why}</p><p>{ideal}</p>")
        self.outputs.setToolTip(f"<p>{self.tr('How many generated samples get which output of D.')}</p>")
        ratio = self.tr(
            "Speed-up is how many times faster the non-saturating loss moves the median sample than the saturating "
            "one: e^−v. The other numbers are the median velocities."
        )
        self.header.set_explanation(self.tr(self.explanation), ratio)
        self.paint_theme(self.colours)

    def draw_picture(self, scene: Scene, now: float) -> bool:
        gliding = self._draw_velocities(self.pictures["velocities"], now)
        return self._draw_stretch(self.pictures["singular_values"], scene, now) or gliding

    def numbers(self) -> tuple[Number, ...]:
        picture = self.pictures["velocities"]
        if not picture.arrays:
            return ()
        read = picture.numbers
        floor = read.get("ideal_floor", math.nan)
        shown = dict.fromkeys((self._own, "saturating", "non_saturating", "ideal"))
        return (
            Number(self.tr("speed-up"), fixed(read["ratio"]), "text"),
            *(
                Number(self.tr(_NAMES[name]), fixed(read[name], 3), self._colour(name))
                for name in shown
                if math.isfinite(read[name])
            ),
            *((Number(self.tr("floor"), fixed(floor, 3), "truth"),) if floor > 0 else ()),
        )

    def forget(self) -> None:
        for curve in self.curves_.values():
            curve.setData([], [])
        for outline in (self.density, *self.outlines):
            outline.setData([0.0, 1.0], [0.0])
        self.labels.clear()
        self.told.setPlainText("")
        for steady in (self._across, self._up, self._high, self._stretched, self._dense):
            steady.clear()

    def paint_theme(self, colours: Colours) -> None:
        for plot in (self.speed, self.outputs, self.stretch):
            plot.apply_theme(colours)
        faint, strong = self._inks()
        inks = {name: strong if name == self._own else faint for name in _NAMES} | {"ideal": colours.truth}
        for name, curve in self.curves_.items():
            style = Qt.PenStyle.DashLine if name == "ideal" else Qt.PenStyle.SolidLine
            curve.setPen(pg.mkPen(inks[name], width=2 if name == self._own else 1, style=style))
            curve.setVisible(self._shows(name))
        self.labels.apply_theme(inks, colours.panel)
        self.even.setPen(pg.mkPen(colours.secondary, style=Qt.PenStyle.DotLine))
        ends = (
            f'<span style="color: {colours.fake}">{self.tr("fake")}</span>',
            f'<span style="color: {colours.real}">{self.tr("real")}</span>',
        )
        self.outputs.set_caption(self.tr("{fake} – v of G(z) – {real}").format(fake=ends[0], real=ends[1]))
        self.density.setPen(pg.mkPen(colours.fake))
        self.density.setBrush(pg.mkBrush(mix(colours.fake, colours.panel, 0.3)))
        for outline, ink in zip(self.outlines, self._inks(), strict=True):
            outline.setPen(pg.mkPen(ink))
        self.outlines[0].setBrush(pg.mkBrush(mix(colours.fake, colours.panel, 0.2)))
        self.told.setColor(colours.secondary)
        self._name_values(len(self.outlines))

    def _shows(self, name: str) -> bool:
        """The loss that is played is no further curve where it is one of the log losses."""
        return name != "own" or self._own == "own"

    def _colour(self, name: str) -> str:
        return "truth" if name == "ideal" else "fake" if name == self._own else "text"

    def _name_values(self, count: int) -> None:
        """The caption tells the singular values' colours, as they have no end to stand at."""
        names = ("σ",) if count == 1 else ("σ1", "σ2")
        inks = self._inks()[-count:]
        coloured = (f'<span style="color: {ink}">{name}</span>' for name, ink in zip(names, inks, strict=True))
        self.stretch.set_caption(self.tr("log10 {values} of G").format(values=" ".join(coloured)))

    def _inks(self) -> tuple[str, str]:
        """The generator's colour, faint and strong."""
        return mix(self.colours.fake, self.colours.panel, _FAINT), self.colours.fake

    def _draw_velocities(self, picture: Picture, now: float) -> bool:
        arrays = {name: array.numpy().astype(np.float64) for name, array in picture.arrays.items()}
        if not arrays:
            return False
        shown: dict[str, NDArray[np.float64]] = {}
        for name, curve in self.curves_.items():
            curve.setData(arrays["output"], arrays.get(name, np.full(len(arrays["output"]), math.nan)))
            if name in arrays and self._shows(name):
                shown[name] = arrays[name]
        self.density.setData(arrays["edges"], arrays["density"])
        least, most = float(arrays["edges"][0]), float(arrays["edges"][-1])
        middle, half = (least + most) / 2, max(most - least, _NARROWEST) / 2
        across = self._across.follow(middle - half, middle + half, now)
        up = self._up.follow(*_extent(shown), now)
        _, high = self._high.follow(0.0, 1.1 * arrays["density"].max(), now)
        self.speed.show_range(*across, *up)
        self.outputs.show_range(*across, 0.0, high)
        self.labels.place(arrays["output"], shown)
        return not (self._across.settled and self._up.settled and self._high.settled)

    def _draw_stretch(self, picture: Picture, scene: Scene, now: float) -> bool:
        if not picture.arrays:
            return False
        edges, density = (picture.arrays[name].numpy().astype(np.float64) for name in ("edges", "density"))
        # The smallest is the one that tells; a single one is the smallest.
        for outline, heights in zip(reversed(self.outlines), reversed(density), strict=False):
            outline.setData(edges, heights)
        self.outlines[0].setVisible(len(density) > 1)
        self._name_values(len(density))
        across = self._stretched.follow(edges[0], edges[-1], now)
        _, top = self._dense.follow(0.0, 1.5 * density.max(), now)
        self.stretch.show_range(*across, 0.0, top)
        read = picture.numbers
        self.told.setPos(across[0], top)
        if len(density) > 1:
            how = self.tr("condition {value}").format(value=fixed(read["condition"], 1))
        else:
            how = self.tr("median {value}").format(value=fixed(read["smallest"]))
        kept = self.tr("{value} of {all} dims").format(value=fixed(read["dimensions"], 1), all=scene.dim)
        self.told.setPlainText(f"{how}\n{kept}")
        return not (self._stretched.settled and self._dense.settled)


def _extent(curves: dict[str, NDArray[np.float64]]) -> tuple[float, float]:
    """The range of what the losses do, widened towards the ideal as far as they can still be told apart."""
    losses = np.concatenate([curve for name, curve in curves.items() if name != "ideal"])
    finite = losses[np.isfinite(losses)]
    if not len(finite):
        return math.nan, math.nan
    low, high = float(finite.min()), float(finite.max())
    ideal = np.clip(curves.get("ideal", finite), low - _BEYOND, high + _BEYOND)
    return min(low, float(np.nanmin(ideal, initial=low))), max(high, float(np.nanmax(ideal, initial=high)))
