"""How far the discriminator and the generator are from what theory says is best."""

import math

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.files import from_toml
from ganlab_desktop.experiment.objectives import Wasserstein
from ganlab_desktop.experiment.penalties import GradientPenalty, OneSidedGradientPenalty
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.ui.plots.time_plot import TimePlot
from ganlab_desktop.ui.series import Series
from ganlab_desktop.wire.messages import Scene

_SHADE = 60  # of 255: how much of the gap's colour covers the panel


def slope_law(experiment: Experiment) -> str:
    """How steep a gradient penalty lets the best Wasserstein critic be; empty where none is in force."""
    weights = [p.weight for p in experiment.penalties if isinstance(p, GradientPenalty | OneSidedGradientPenalty)]
    if not isinstance(experiment.objective, Wasserstein) or not any(weights):
        return ""
    weight = sum(weights)
    return QCoreApplication.translate(
        "Truth",
        "Between two points at distance d a gradient penalty of weight {weight} lets the best critic's slope reach "
        "1 + d / (2 lambda), {slope} at d = 1; so its estimates are divided by its largest slope.",
    ).format(weight=fixed(weight, 3), slope=fixed(1.0 + 1.0 / (2.0 * weight), 3))


class Truth(Panel):
    """V(D, G) under its optimum, with the gap shaded, and the exact distance W1 with its floor.

    For a critic the first plot has no place: its estimate, divided by its slope, stands beside W1 where it applies.
    """

    of_points = True
    of_discriminator = True
    name = "truth"
    export = "truth"
    title = QT_TRANSLATE_NOOP("Truth", "Truth")
    explanation = QT_TRANSLATE_NOOP("Truth", "D's value against the best D's, and the exact distance")
    curves = ("truth", "transport")
    rest = 0.0
    cursor_moved = Signal(int)  # the step under the mouse; -1 where it is elsewhere

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = TimePlot(self.picture)
        self.value.setAccessibleName(self.tr("Value of the game over time"))
        self.value.setToolTip(
            self.tr(
                "V(D, G) of the discriminator at hand, and dashed the largest that any discriminator reaches against "
                "this generator. The shaded gap is what D has yet to learn; the dashed line alone falls as G improves."
            )
        )
        self.value.set_caption(self.tr("V(D, G)"))
        reached = self.value.add_curve("value", self.tr("V"), "discriminator", averaged=False)
        best = self.value.add_curve("optimum", self.tr("best"), "truth", averaged=False, dashed=True)
        self.gap = pg.FillBetweenItem(reached.raw, best.raw)
        self.value.add(self.gap)
        self.distance = TimePlot(self.picture)
        self.distance.setAccessibleName(self.tr("Wasserstein distance over time"))
        self.distance.set_caption(self.tr("W1"))
        for plot in (self.value, self.distance):
            plot.cursor_moved.connect(self.cursor_moved)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.value, 1)
        row.addWidget(self.distance, 1)
        self.content.addLayout(row)
        self._critic: bool | None = None
        self.apply_theme(DARK)

    @property
    def probes(self) -> tuple[str, ...]:  # type: ignore[override]
        """The best D where there is one to compare with, and the exact distance."""
        return ("truth", "transport") if not self.value.isHidden() else ("transport",)

    def empty_text(self) -> str:
        return self.tr("The best discriminator and the exact distance appear here, moments after training starts.")

    def filled(self) -> bool:
        return self._series("transport").count > 0 or self._series("truth").count > 0

    def set_cursor(self, step: int) -> None:
        """Put the cursor on a step; -1 hides it."""
        self.value.set_cursor(step)
        self.distance.set_cursor(step)

    def past(self, scene: Scene) -> int:
        return max(scene.objective_since, scene.data_since)

    def show_scene(self, scene: Scene) -> None:
        experiment = from_toml(scene.experiment)
        wasserstein = isinstance(experiment.objective, Wasserstein)
        critic = wasserstein and not scene.no_optimum
        self.value.setVisible(not wasserstein and not scene.no_value)
        if critic:
            said = self.tr("the critic's estimate, divided by its slope, against the exact distance")
        elif wasserstein:
            said = self.tr("no critic's estimate: {reason}").format(reason=scene.no_optimum)
        elif scene.no_optimum:
            said = self.tr("no optimal D: {reason}").format(reason=scene.no_optimum)
        elif scene.no_value:
            said = self.tr("no curve of V(D, G): {reason}").format(reason=scene.no_value)
        else:
            said = self.tr(self.explanation)
        more = (
            self.tr(
                "Slope: the critic's largest gradient at the samples and along the best plan between them. Cosine: how "
                "well its gradient points along that plan; 1 is exactly. Both are 1 for the best critic of slope 1."
            )
            if critic
            else self.tr("Gap: how much more than this D the best D would reach.")
        )
        self.header.set_explanation(said, " ".join(filter(None, (more, slope_law(experiment)))))
        if critic == self._critic:
            return
        self._critic = critic
        self.distance.remove_all()
        if critic:
            self.distance.add_curve("estimate", self.tr("critic"), "discriminator", averaged=False)
        self.distance.add_curve("w1", self.tr("W1"), "truth", averaged=False)
        self.distance.add_curve("floor", self.tr("floor"), "truth", averaged=False, dashed=True)
        self.distance.setToolTip(
            self.tr(
                "W1 between 1,000 real and 1,000 generated samples, by optimal transport. Dashed: what two batches of "
                "real samples score."
            )
        )
        self.distance.apply_theme(self.colours)

    def draw_picture(self, scene: Scene, now: float) -> bool:
        self.distance.beside, self.value.beside = self.beside("transport"), self.beside("truth")
        waits = self.tr("{what}: measuring...")
        for plot, what, name in (
            (self.distance, self.tr("W1"), "transport"),
            (self.value, self.tr("V(D, G)"), "truth"),
        ):
            plot.set_caption(what if self._series(name).count else waits.format(what=what))
        gliding = self.distance.draw(self._series("transport"), now)
        if self.value.isVisibleTo(self):
            gliding = self.value.draw(self._series("truth"), now) or gliding
        return gliding

    def numbers(self) -> tuple[Number, ...]:
        truth, transport = (self._numbers_of(name) for name in ("truth", "transport"))
        gap = truth.get("optimum", math.nan) - truth.get("value", math.nan)
        told = (
            (self.tr("gap"), gap, "discriminator"),
            (self.tr("slope"), transport.get("slope", math.nan), "discriminator"),
            (self.tr("cosine"), transport.get("cosine", math.nan), "discriminator"),
            (self.tr("W1"), transport.get("w1", math.nan), "truth"),
        )
        return tuple(Number(label, fixed(value, 3), colour) for label, value, colour in told if math.isfinite(value))

    def forget(self) -> None:
        self.value.clear()
        self.distance.clear()

    def paint_theme(self, colours: Colours) -> None:
        self.value.apply_theme(colours)
        self.distance.apply_theme(colours)
        shade = QColor(colours.truth)
        shade.setAlpha(_SHADE)
        self.gap.setBrush(pg.mkBrush(shade))

    def _series(self, name: str) -> Series:
        return self.series.get(name, _NOTHING)

    def _numbers_of(self, name: str) -> dict[str, float]:
        picture = self.pictures.get(name)
        return {} if picture is None or name not in self.probes else picture.numbers


_NOTHING = Series()
