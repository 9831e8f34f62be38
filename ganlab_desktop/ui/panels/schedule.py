"""What changes with the step alone, over the whole of the training: rates, noise, labels, growth and augmentation."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ganlab_desktop.experiment.augmentation import Adaptive
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.files import from_toml
from ganlab_desktop.experiment.objectives import Variational
from ganlab_desktop.experiment.progressive import ProgressiveDiscriminator, ProgressiveGenerator
from ganlab_desktop.experiment.schedules import beta, learning_rate_factor, noise_std, real_label, stage_at
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.ui.series import FOREVER, Series
from ganlab_desktop.wire.messages import Frame, Scene

_POINTS = 600  # at which a curve is computed
_SMALLEST = 4  # side of the images that a growing network begins with

OfStep = Callable[[int], float]


class Line(NamedTuple):
    """A quantity as a function of the step, or None where it is measured: then `series` names its column."""

    colour: str
    of_step: OfStep | None = None
    series: str = ""


class Facet(NamedTuple):
    """One small plot: its caption, how the header names and writes it, the least top of its range, and its lines."""

    caption: str
    label: str
    decimals: int
    top: float
    lines: tuple[Line, ...]


class Schedule(Panel):
    """Small plots beside each other, one for each quantity that changes, with a line at the step that is shown."""

    name = "schedule"
    title = QT_TRANSLATE_NOOP("Schedule", "Schedule")
    explanation = QT_TRANSLATE_NOOP("Schedule", "what changes by the step, in the experiment as it stands")
    curves = ("step",)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facets: tuple[Facet, ...] = ()
        self.plots: list[_FacetPlot] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(4)
        self.content.addLayout(self._row)
        self._head = 0
        self._past = -1
        self._experiment: Experiment | None = None
        self.apply_theme(DARK)

    def empty_text(self) -> str:
        return self.tr(
            "Nothing changes by the step in this experiment. Learning rates that fall, noise and smoothed labels that "
            "fade, networks that grow and adaptive augmentation are drawn here."
        )

    def filled(self) -> bool:
        return bool(self.facets)

    def show_scene(self, scene: Scene) -> None:
        experiment = from_toml(scene.experiment)
        self._head = scene.head
        if experiment == self._experiment:
            return
        self._experiment = experiment
        side = 0 if scene.image is None else scene.image[1]
        self.facets = (*self._of_players(experiment), *self._of_images(experiment, side))
        for plot in self.plots:
            self._row.removeWidget(plot)
            plot.deleteLater()
        self.plots = [_FacetPlot(facet, self.picture) for facet in self.facets]
        for plot in self.plots:
            self._row.addWidget(plot, 1)
            plot.show_theme(self.colours)

    def receive(self, frame: Frame, series: Mapping[str, Series]) -> None:
        if frame.head != self._head:
            self._head = frame.head
            self._dirty = True
        super().receive(frame, series)

    def set_moment(self, step: int) -> None:
        self._past = step
        super().set_moment(step)

    @property
    def moment(self) -> int:
        """The step whose values are told."""
        return self._past if self._past >= 0 else self._head

    def draw_picture(self, scene: Scene, now: float) -> bool:
        assert self._experiment is not None
        last = max(self._experiment.schedule.steps, self._head)
        for plot in self.plots:
            plot.draw(self._series, self.moment, last)
        return False

    def numbers(self) -> tuple[Number, ...]:
        return tuple(
            Number(facet.label, fixed(plot.value, facet.decimals), facet.lines[0].colour)
            for facet, plot in zip(self.facets, self.plots, strict=True)
        )

    def paint_theme(self, colours: Colours) -> None:
        for plot in self.plots:
            plot.show_theme(colours)

    @property
    def _series(self) -> Series:
        return self.series.get("step", _NOTHING)

    def _of_players(self, experiment: Experiment) -> tuple[Facet, ...]:
        """What changes in any game."""
        facets = []
        players = (("fake", experiment.optimizer.generator), ("discriminator", experiment.optimizer.discriminator))
        if any(spec.schedule != "constant" for _, spec in players):
            steps = experiment.schedule.steps
            lines = tuple(
                Line(colour, lambda step, spec=spec: spec.lr * learning_rate_factor(spec, step, steps))  # type: ignore[misc]
                for colour, spec in players
            )
            facets.append(Facet(self.tr("learning rates of G and D"), self.tr("rate"), 5, 0.0, lines))
        noise, smoothing = experiment.instance_noise, experiment.label_smoothing
        if noise.std and noise.steps:
            line = Line("truth", lambda step: noise_std(noise, step))
            facets.append(Facet(self.tr("instance noise, std"), self.tr("noise"), 3, 0.0, (line,)))
        if smoothing.real < 1.0 and smoothing.steps:
            line = Line("real", lambda step: real_label(smoothing, step))
            facets.append(Facet(self.tr("label of real samples"), self.tr("label"), 3, 1.0, (line,)))
        objective = experiment.objective
        if isinstance(objective, Variational) and objective.warm_up:
            line = Line("truth", lambda step: beta(objective, step))
            facets.append(Facet(self.tr("weight of KL"), self.tr("beta"), 3, 0.0, (line,)))
        return tuple(facets)

    def _of_images(self, experiment: Experiment, side: int) -> tuple[Facet, ...]:
        """What changes in games of images of a side."""
        facets = []
        networks = (("fake", experiment.generator), ("discriminator", experiment.discriminator))
        growing = tuple(
            Line(colour, _side(spec, side))
            for colour, spec in networks
            if isinstance(spec, ProgressiveGenerator | ProgressiveDiscriminator)
        )
        if growing:
            facets.append(
                Facet(self.tr("side of the images, px, as layers fade in"), self.tr("side"), 1, side, growing)
            )
        if isinstance(experiment.augmentation, Adaptive):
            line = Line("discriminator", series="augmentation")
            facets.append(Facet(self.tr("probability of augmentation"), self.tr("p"), 3, 0.0, (line,)))
        return tuple(facets)


class _FacetPlot(Plot):
    """One quantity over the steps; `value` is that of its first line at the moment."""

    def __init__(self, facet: Facet, parent: QWidget) -> None:
        super().__init__(parent, counting=True)
        self.facet = facet
        self.value = float("nan")
        self._top = facet.top
        self._drawn_to = -1  # the last step to which the lines are drawn
        self.set_caption(facet.caption)
        self.setAccessibleName(facet.caption)
        self.bottom.setTickDensity(0.4)
        self.lines = [pg.PlotCurveItem(connect="finite", antialias=True) for _ in facet.lines]
        self.now = pg.InfiniteLine(angle=90, movable=False)
        self.add(*self.lines, self.now)

    def draw(self, series: Series, moment: int, last: int) -> None:
        """Show the quantity from step 0 to the last one, and where the moment stands."""
        lines = zip(self.facet.lines, self.lines, strict=True)
        self.value, *_ = [self._draw_line(line, item, series, moment, last) for line, item in lines]
        self._drawn_to = last
        self.now.setPos(moment)
        self.show_range(0.0, float(last), 0.0, 1.06 * self._top if self._top else 1.0)

    def _draw_line(self, line: Line, item: pg.PlotCurveItem, series: Series, moment: int, last: int) -> float:
        """Its value at the moment."""
        if line.of_step is not None:
            if last != self._drawn_to:
                steps = np.unique(np.linspace(0, last, _POINTS).astype(np.int64))
                self._show(item, steps, np.array([line.of_step(int(step)) for step in steps]))
            return line.of_step(moment)
        measured = series.window(line.series, 0, FOREVER, _POINTS)
        self._show(item, measured.steps, measured.high)
        known = np.flatnonzero((measured.steps <= moment) & np.isfinite(measured.high))
        return float(measured.high[known[-1]]) if len(known) else float("nan")

    def _show(self, item: pg.PlotCurveItem, steps: NDArray[np.generic], values: NDArray[np.floating]) -> None:
        item.setData(steps.astype(np.float64), values)
        if np.isfinite(values).any():
            self._top = max(self._top, float(np.nanmax(values)))

    def show_theme(self, colours: Colours) -> None:
        self.apply_theme(colours)
        for line, item in zip(self.facet.lines, self.lines, strict=True):
            item.setPen(pg.mkPen(getattr(colours, line.colour), width=1.5))
        self.now.setPen(pg.mkPen(colours.secondary, style=Qt.PenStyle.DotLine))


def _side(spec: ProgressiveGenerator | ProgressiveDiscriminator, side: int) -> OfStep:
    """The side of the images of a network that grows up to a side; while layers fade in, between the two."""
    levels = (side // _SMALLEST).bit_length()

    def of_step(step: int) -> float:
        level, alpha = stage_at(step, levels, spec.stage_steps, spec.fade)
        whole = _SMALLEST << level
        return whole if level == 0 else whole / 2 * (1 + alpha)

    return of_step


_NOTHING = Series()
