"""Which modes of the data the generator reaches, and how far its distribution is from the data's."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from ganlab_desktop.experiment.files import from_toml
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.switch import Switch
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.bars import bar_outline, filled_curve, marks_over
from ganlab_desktop.ui.plots.colour_bar import ColourBar
from ganlab_desktop.ui.plots.heat_map import FULL, HeatMap
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.steady import SteadyRange
from ganlab_desktop.ui.plots.tables import cividis
from ganlab_desktop.ui.plots.text import fixed, percent
from ganlab_desktop.ui.plots.time_plot import TimePlot
from ganlab_desktop.ui.series import Series
from ganlab_desktop.wire.messages import Scene


class Coverage(Panel):
    """Each mode's share of the samples against its weight, and the divergence over time against its floor; or, at a
    switch, how each mode has fared over the run.

    Where the data have no modes, only the curve; where they have no density, the share of good samples over time.
    """

    of_points = True
    name = "coverage"
    export = "coverage"
    title = QT_TRANSLATE_NOOP("Coverage", "Mode coverage")
    explanation = QT_TRANSLATE_NOOP("Coverage", "share of samples per mode, and distance over time")
    probes = ("coverage", "modes")  # the latter always, as its past is what the second view shows
    curves = ("coverage", "modes")
    rest = 0.0  # measured seldom enough to be read; so the header changes with the curve
    cursor_moved = Signal(int)  # the step under the mouse; -1 where it is elsewhere

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = Plot(self.picture, counting=True)
        self.bars.setAccessibleName(self.tr("Share of samples per mode"))
        self.share_bars = filled_curve()
        self.weights = pg.PlotCurveItem(connect="pairs")
        self.weights.setZValue(1)
        self.bars.add(self.share_bars, self.weights)
        self.bars.set_caption(self.tr("share, %"))
        self.bars.setToolTip(
            self.tr(
                "<p>Which share of all samples lies within 3 sigma of each mode; what lies between the modes counts "
                "for none. The marks are the modes' own weights. In the header, modes are those that any sample "
                "reaches, and quality is the sum of the bars.</p>"
            )
        )
        self.time = TimePlot(self.picture)
        self.time.setAccessibleName(self.tr("Distance over time"))
        self.time.setToolTip(
            self.tr("JSD at scale h: the divergence of both distributions, smoothed alike. Dashed: its floor.")
        )
        self.time.cursor_moved.connect(self.cursor_moved)
        self.fates = HeatMap(self.picture)
        self.fates.setAccessibleName(self.tr("Share of samples per mode over time"))
        self.fates.setToolTip(
            self.tr(
                "One row a mode, over the steps: the share of the samples within 3 sigma of it. Dark: the mode is "
                "dead; middle of the scale: its own weight; bright: twice that or more. A mode is alive from a quarter "
                "of its weight on."
            )
        )
        self.fates.set_caption(" ")  # keeps the line in which the scale and the switch lie
        self.fates.cursor_moved.connect(self.cursor_moved)
        self.scale = ColourBar(self.tr("share / weight"), 48, self.picture)
        self.scale.set_table(cividis())
        self.scale.set_values(self.tr("share / weight"), "0", fixed(FULL, 0))
        self.over_time = Switch(self.tr("over time"), self.tr("How each mode fares over the run"), self.picture)
        self.over_time.toggled.connect(self._choose_view)
        corner = QHBoxLayout()
        corner.setSpacing(8)
        corner.addWidget(self.scale)
        corner.addWidget(self.over_time)
        self.views = QWidget(self.picture)
        views = QGridLayout(self.views)
        views.setContentsMargins(0, 0, 0, 0)
        views.addWidget(self.bars, 0, 0)
        views.addWidget(self.fates, 0, 0)
        views.addLayout(corner, 0, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)  # over the captions
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.views, 1)
        row.addWidget(self.time, 1)
        self.content.addLayout(row)
        self._expected = np.empty(0)
        self._range = SteadyRange(margin=0.0)
        self._measure = ""
        self._choose_view()
        self.apply_theme(DARK)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._dirty = True  # for the caption

    def empty_text(self) -> str:
        if "coverage" in self.pictures:
            return self.tr("These points have no known density or modes, so nothing is measured here.")
        return self.tr("The first measurement of the samples fills this panel, moments after training starts.")

    def filled(self) -> bool:
        return self._measurable and ("coverage" in self.pictures or self._series.count > 0)

    def set_cursor(self, step: int) -> None:
        """Put the cursor on a step; -1 hides it."""
        self.time.set_cursor(step)
        self.fates.set_cursor(step)

    def past(self, scene: Scene) -> int:
        return scene.data_since  # distances from other data, at another scale h

    def show_scene(self, scene: Scene) -> None:
        averaged = from_toml(scene.experiment).ema.half_life > 0
        self.header.set_explanation(
            self.tr("share of samples of G's moving average per mode, and distance over time")
            if averaged
            else self.tr(self.explanation),
            self.tr("Class: the share of samples whose most likely class is the one that G was told.")
            if scene.classes
            else "",
        )
        weights = np.empty(0) if scene.modes is None else scene.modes.weights.numpy().astype(np.float64)
        self._expected = 100.0 * weights / weights.sum() if len(weights) else weights
        self.weights.setData(*marks_over(self._expected))
        self._choose_view()

    def draw_picture(self, scene: Scene, now: float) -> bool:
        if self.fates.isVisibleTo(self):
            return self._draw_fates(now)
        gliding = self._draw_shares(now)
        self._choose_measure()
        self.time.set_caption(self._caption())
        self.time.beside = self.beside("coverage")
        return self.time.draw(self._series, now) or gliding

    def numbers(self) -> tuple[Number, ...]:
        shown = self.pictures.get("coverage")
        if shown is None:
            return ()
        read = shown.numbers
        numbers = []
        if "class_agreement" in read:
            numbers.append(Number(self.tr("class"), percent(read["class_agreement"])))
        if read.get("modes", 0) > 0:
            captured, modes = read.get("captured", math.nan), read["modes"]
            numbers.append(Number(self.tr("modes"), f"{fixed(captured, 0)} / {fixed(modes, 0)}"))
        numbers.append(Number(self.tr("quality"), percent(read.get("high_quality", math.nan))))
        if math.isfinite(read.get("jsd", math.nan)):
            numbers.append(Number(self.tr("JSD"), fixed(read["jsd"], 3), "truth"))
        return tuple(numbers)

    def forget(self) -> None:
        self.share_bars.setData([], [])
        self.time.clear()
        self.fates.clear()
        self._range.clear()

    def paint_theme(self, colours: Colours) -> None:
        self.bars.apply_theme(colours)
        self.time.apply_theme(colours)
        self.fates.apply_theme(colours)
        self.scale.apply_theme(colours)
        self.over_time.apply_theme(colours)
        self.share_bars.setBrush(pg.mkBrush(colours.fake))
        self.weights.setPen(pg.mkPen(colours.truth))

    @property
    def _measurable(self) -> bool:
        """Whether the data have modes or a density to compare with; a density has a floor."""
        if self.scene is None or self.scene.modes is not None:
            return True
        shown = self.pictures.get("coverage")
        floor = self._series.last("jsd_floor") if shown is None else shown.numbers.get("jsd_floor", math.nan)
        return math.isfinite(floor)

    @property
    def _series(self) -> Series:
        return self.series.get("coverage", _NOTHING)

    def _choose_view(self) -> None:
        """The modes now beside the distance, or the modes over time; without modes the distance alone."""
        modes = bool(len(self._expected))
        over_time = modes and self.over_time.isChecked()
        self.views.setVisible(modes)
        self.bars.setVisible(modes and not over_time)
        self.time.setVisible(not over_time)
        self.fates.setVisible(over_time)
        self.scale.setVisible(over_time)
        self._dirty = True

    def _draw_fates(self, now: float) -> bool:
        shown = self.pictures.get("modes")
        if shown is None or "weights" not in shown.arrays:
            return False
        first, last = (shown.arrays[name].numpy().tolist() for name in ("first", "last"))
        labels = [str(one) if one == other else f"{one}–{other}" for one, other in zip(first, last, strict=True)]
        self.fates.set_rows(labels, shown.arrays["weights"].numpy())
        return self.fates.draw(self.series.get("modes", _NOTHING), now)

    def _draw_shares(self, now: float) -> bool:
        shown = self.pictures.get("coverage")
        if shown is None or "near" not in shown.arrays or not len(self._expected):
            return False
        words = self.tr("share, %")
        self.bars.set_caption(words if self.bars.has_room(words, self.over_time.width()) else self.tr("%"))
        shares = 100.0 * shown.arrays["near"].numpy().astype(np.float64)
        self.share_bars.setData(*bar_outline(shares))
        highest = max(1.35 * self._expected.max(), 1.08 * np.nan_to_num(shares, posinf=0.0).max(initial=0.0))
        _, top = self._range.follow(0.0, highest, now)
        self.bars.setToolTip(self._modes_told(shown.numbers))
        self.bars.show_range(0.3, len(self._expected) + 0.7, 0.0, top)
        return not self._range.settled

    def _modes_told(self, read: dict[str, float]) -> str:
        """What else is known of the modes."""
        return self.tr(
            "Modes that hold at least a quarter of their own weight of good samples (of 25 equal modes: 1% of "
            "all): {quarter} of {modes}. A good sample lies within 3 sigma; true samples reach {ceiling}, no more. "
            "Reverse KL over the modes: {kl}; true samples score {floor}."
        ).format(
            quarter=fixed(read.get("captured_quarter", math.nan), 0),
            modes=fixed(read.get("modes", math.nan), 0),
            ceiling=percent(read.get("ceiling", math.nan)),
            kl=fixed(read.get("mode_kl", math.nan), 4),
            floor=fixed(read.get("mode_kl_floor", math.nan), 4),
        )

    def _choose_measure(self) -> None:
        """Draw the divergence where the data have a density, else the share of good samples."""
        measure = "jsd" if math.isfinite(self._series.mean("jsd")) else "high_quality"
        if measure == self._measure:
            return
        self._measure = measure
        self.time.remove_all()
        if measure == "jsd":
            self.time.add_curve("jsd", self.tr("JSD"), "truth", averaged=False)
            self.time.add_curve("jsd_floor", self.tr("floor"), "truth", averaged=False, dashed=True)
        else:
            self.time.add_curve("high_quality", self.tr("quality"), "fake", averaged=False)
        self.time.apply_theme(self.colours)

    def _caption(self) -> str:
        if self._measure != "jsd":
            return self.tr("high-quality share")
        shown = self.pictures.get("coverage")
        h = math.nan if shown is None else shown.numbers.get("h", math.nan)
        return self.tr("JSD (h = {h})").format(h=fixed(h, 3)) if math.isfinite(h) else self.tr("JSD")


_NOTHING = Series()
