"""How good the samples are, and what discriminators can still tell of them."""

import math
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ganlab_desktop.experiment.files import from_toml
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.ui.plots.time_plot import TimePlot
from ganlab_desktop.ui.series import Series
from ganlab_desktop.wire.messages import Scene

_SHORT = 8  # letters that the narrowest choice of a measure shows


class Line(NamedTuple):
    """One curve of a measure: its column, its label and colour; dashed where it is what theory or true samples give."""

    column: str
    label: str
    colour: str
    dashed: bool = False
    averaged: bool = False


class Measure(NamedTuple):
    """One choice of the plot over time: the study that measures it, and what it tells."""

    title: str
    study: str
    lines: tuple[Line, ...]
    tip: str
    levels: tuple[tuple[float, str], ...] = ()


_OF_DISCRIMINATOR = ("accuracy_real", "held_out_gap", "duality_gap")  # the first columns of its measures

MEASURES = (
    Measure(
        QT_TRANSLATE_NOOP("Quality", "Accuracy of D"),
        "quality",
        (
            Line("accuracy_real", QT_TRANSLATE_NOOP("Quality", "on real"), "real", averaged=True),
            Line("accuracy_fake", QT_TRANSLATE_NOOP("Quality", "on fake"), "fake", averaged=True),
            Line("mean_fake", QT_TRANSLATE_NOOP("Quality", "D(G(z))"), "discriminator", averaged=True),
        ),
        QT_TRANSLATE_NOOP(
            "Quality",
            "Shares of held-out real and of generated samples that D tells right, and its mean output D(G(z)): all 1/2 "
            "where D cannot tell. Not for critics, of whom only differences count.",
        ),
        ((0.5, "1/2"),),
    ),
    Measure(
        QT_TRANSLATE_NOOP("Quality", "Two-sample test"),
        "best_response",
        (
            Line("two_sample", QT_TRANSLATE_NOOP("Quality", "fresh D"), "discriminator"),
            Line("two_sample_best", QT_TRANSLATE_NOOP("Quality", "(1 + TV) / 2"), "truth", dashed=True),
        ),
        QT_TRANSLATE_NOOP(
            "Quality",
            "Held-out accuracy of a fresh discriminator trained against these samples; dashed: (1 + TV) / 2, the most "
            "that any reaches but for chance. TV is seen at scale h through samples: as many true ones score the floor "
            "in the header, a little above 1/2. 1/2 means that nothing tells the samples from the data.",
        ),
        ((0.5, "1/2"),),
    ),
    Measure(
        QT_TRANSLATE_NOOP("Quality", "Duality gap"),
        "best_response",
        (Line("duality_gap", QT_TRANSLATE_NOOP("Quality", "gap"), "truth"),),
        QT_TRANSLATE_NOOP(
            "Quality",
            "What both players together could still win, each against the other standing still, judged on held-out "
            "batches: 0 at an equilibrium. A short search finds it, so it is an estimate, small also where gradients "
            "vanish. Not for critics without a bound, nor with spectral norm.",
        ),
    ),
    Measure(
        QT_TRANSLATE_NOOP("Quality", "Held-out gap"),
        "quality",
        (Line("held_out_gap", QT_TRANSLATE_NOOP("Quality", "gap"), "discriminator"),),
        QT_TRANSLATE_NOOP(
            "Quality",
            "D's mean raw output on its training points minus that on real points that it never saw: above 0, D learns "
            "the training set by heart. Only for a finite training set (Training points above 0).",
        ),
        ((0.0, "0"),),
    ),
    Measure(
        QT_TRANSLATE_NOOP("Quality", "Support size"),
        "quality",
        (
            Line("support_size", QT_TRANSLATE_NOOP("Quality", "generated"), "fake"),
            Line("support_truth", QT_TRANSLATE_NOOP("Quality", "real"), "truth", dashed=True),
        ),
        QT_TRANSLATE_NOOP(
            "Quality",
            "By the birthday paradox, how many equally likely points would coincide as often as the samples do; "
            "dashed: true samples. Far below the line, G repeats itself; far above, it spreads where no data are.",
        ),
    ),
    Measure(
        QT_TRANSLATE_NOOP("Quality", "Sliced W2"),
        "quality",
        (
            Line("sliced_w2", QT_TRANSLATE_NOOP("Quality", "generated"), "fake"),
            Line("sliced_w2_floor", QT_TRANSLATE_NOOP("Quality", "real"), "truth", dashed=True),
        ),
        QT_TRANSLATE_NOOP(
            "Quality",
            "Distance between 1,000 real and 1,000 generated samples, averaged over directions on which both are "
            "projected; dashed: what two batches of real samples score.",
        ),
    ),
    Measure(
        QT_TRANSLATE_NOOP("Quality", "Precision, recall"),
        "quality",
        (
            Line("precision", QT_TRANSLATE_NOOP("Quality", "precision"), "discriminator"),
            Line("recall", QT_TRANSLATE_NOOP("Quality", "recall"), "fake"),
        ),
        QT_TRANSLATE_NOOP(
            "Quality",
            "F_1/8 and F_8 of the curve at the left over time. Precision falls where samples lie beside the data, "
            "recall where data are missed.",
        ),
    ),
)


class Quality(Panel):
    """The precision-recall curve of distributions at the left, and a measure over time of one's choice at the right.

    Asks for the slow study only while one of its measures is chosen.
    """

    of_points = True
    name = "quality"
    title = QT_TRANSLATE_NOOP("Quality", "Quality")
    explanation = QT_TRANSLATE_NOOP("Quality", "precision and recall of the samples, and what a discriminator tells")
    probes: tuple[str, ...] = ("quality",)
    curves = ("quality", "best_response")
    rest = 0.0
    cursor_moved = Signal(int)  # the step under the mouse; -1 where it is elsewhere

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tradeoff = Plot(self.picture)
        self.tradeoff.setAccessibleName(self.tr("Precision over recall"))
        self.tradeoff.setToolTip(
            self.tr(
                "Which precision and recall the samples reach together (Sajjadi et al. 2018). Dashed: true samples at "
                "the same scale. Cut off at the right: modes are missed; cut off at the top: samples lie beside the "
                "data. The header has as recall their F_8, in which recall counts 8 times as much, and as precision "
                "their F_1/8."
            )
        )
        self.tradeoff.set_caption(self.tr("precision (up), recall (right)"))
        self.reached = pg.PlotCurveItem(antialias=True)
        self.best = pg.PlotCurveItem(antialias=True)
        self.tradeoff.add(self.best, self.reached)
        self.tradeoff.show_range(0.0, 1.06, 0.0, 1.06)
        self.choice = QComboBox(self.picture)
        self.choice.setAccessibleName(self.tr("Measure over time"))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setMinimumContentsLength(_SHORT)
        for measure in MEASURES:
            self.choice.addItem(self.tr(measure.title))
            self.choice.setItemData(self.choice.count() - 1, self.tr(measure.tip), Qt.ItemDataRole.ToolTipRole)
        self.time = TimePlot(self.picture)
        self.time.setAccessibleName(self.tr("The measure over time"))
        self.time.cursor_moved.connect(self.cursor_moved)
        self.why = QLabel(self.picture)
        self.why.setObjectName("secondary")
        self.why.setWordWrap(True)
        self.why.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.why.hide()
        self.choice.currentIndexChanged.connect(self._choose)
        right = QVBoxLayout()
        right.setSpacing(2)
        right.addWidget(self.choice)
        right.addWidget(self.time, 1)
        right.addWidget(self.why, 1)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.tradeoff, 1)
        row.addLayout(right, 1)
        self.content.addLayout(row)
        self._choose(0)
        self.apply_theme(DARK)

    def empty_text(self) -> str:
        return self.tr("Precision, recall and what a discriminator tells appear here, moments after training starts.")

    def filled(self) -> bool:
        return "quality" in self.pictures or self._series("quality").count > 0

    def set_cursor(self, step: int) -> None:
        """Put the cursor on a step; -1 hides it."""
        self.time.set_cursor(step)

    def past(self, scene: Scene) -> int:
        return max(scene.objective_since, scene.data_since)

    def draw_picture(self, scene: Scene, now: float) -> bool:
        shown = self.pictures.get("quality")
        arrays = {} if shown is None else shown.arrays
        self.tradeoff.setVisible(shown is None or "curve" in arrays)
        for name, curve in (("curve", self.reached), ("truth", self.best)):
            if name in arrays:
                curve.setData(*arrays[name].numpy().astype(np.float64).T)
        series = self._series(self.measure.study)
        self.time.set_caption(self._caption(series))
        idle = bool(series.count) and not self._measured(series)
        self.time.setVisible(not idle)
        self.why.setVisible(idle)
        if idle:
            self.why.setText(self.tr("Not measured here: {why}.").format(why=self._reason(scene)))
            return False
        return self.time.draw(series, now)

    def numbers(self) -> tuple[Number, ...]:
        shown = self.pictures.get("quality")
        read = {} if shown is None else shown.numbers
        told = ((self.tr("recall"), "recall"), (self.tr("precision"), "precision"))
        response = self.pictures.get("best_response")
        floor = math.nan if response is None else response.numbers.get("two_sample_floor", math.nan)
        floors = (Number(self.tr("floor"), fixed(floor, 3), "truth"),) if math.isfinite(floor) else ()
        if not any(line.column == "two_sample_best" for line in self.measure.lines):
            floors = ()
        return floors + tuple(
            Number(label, fixed(read[name]), "fake") for label, name in told if math.isfinite(read.get(name, math.nan))
        )

    def forget(self) -> None:
        self.reached.setData([], [])
        self.best.setData([], [])
        self.time.clear()

    def paint_theme(self, colours: Colours) -> None:
        self.tradeoff.apply_theme(colours)
        self.time.apply_theme(colours)
        self.reached.setPen(pg.mkPen(colours.fake, width=1.5))
        self.best.setPen(pg.mkPen(colours.truth, style=Qt.PenStyle.DashLine))

    @property
    def measure(self) -> Measure:
        """What is drawn over time."""
        return MEASURES[self.choice.currentIndex()]

    def _choose(self, _index: int) -> None:
        measure = self.measure
        self.probes = tuple(dict.fromkeys(("quality", measure.study)))
        self.choice.setToolTip(self.tr(measure.tip))
        self.time.setToolTip(self.tr(measure.tip))
        self.time.remove_all()
        self.time.clear()
        for line in measure.lines:
            self.time.add_curve(
                line.column, self.tr(line.label), line.colour, averaged=line.averaged, dashed=line.dashed
            )
        for value, label in measure.levels:
            self.time.add_level(value, label)
        self.time.apply_theme(self.colours)
        self._dirty = True

    def _caption(self, series: Series) -> str:
        """The curves' names in their colours, or that they are still to come."""
        lines = self.measure.lines
        if not series.count:
            return self.tr("measuring...")
        return " ".join(
            f'<span style="color: {getattr(self.colours, line.colour)}">{self.tr(line.label)}</span>' for line in lines
        )

    def _measured(self, series: Series) -> bool:
        """Whether the chosen measure has any value."""
        return any(math.isfinite(series.mean(line.column)) for line in self.measure.lines)

    def _reason(self, scene: Scene) -> str:
        """Why the chosen measure has no value in this game."""
        experiment, chosen = from_toml(scene.experiment), self.measure.lines[0].column
        if experiment.autoencodes and chosen in _OF_DISCRIMINATOR:
            return self.tr("a variational autoencoder has no discriminator")
        if chosen == "accuracy_real":
            return self.tr("of a critic only differences count, so that none of its outputs means real or generated")
        if chosen == "held_out_gap":
            return self.tr("fresh points are drawn at every step; set Training points above 0")
        if chosen == "duality_gap":
            if experiment.discriminator.packing > 1:
                return self.tr("a packing discriminator judges groups of samples")
            if experiment.discriminator.spectral_norm:
                return self.tr("spectral norm follows a search only in training")
            return self.tr("nothing bounds the critic, and so the gap")
        if chosen == "precision":
            return self.tr("nothing is known of the density of these points")
        return self.tr("the samples are no finite numbers, or all lie apart")

    def _series(self, name: str) -> Series:
        return self.series.get(name, _NOTHING)


_NOTHING = Series()
