"""Curves over training steps, with a cursor that reads them."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.steady import SteadyRange
from ganlab_desktop.ui.plots.text import fixed, tabular
from ganlab_desktop.ui.series import FOREVER, Curve, Floats, Series
from ganlab_desktop.ui.theme import mix

_GAP = 6.0  # pixels between a line and what is written beside it
_TRIANGLE = 8.0  # pixels: the mark of an event at the top of its line
_BEFORE = 0.004  # of the width before the first step, so that its tick is seen
_EARLY = 0.05  # share of the curve at its start that does not stretch the range
_FAINT = 0.38  # share of a curve's colour in its raw trace
_FEWEST = 20  # steps that the axis shows at least
_LEAST_CURVE = 1.7  # widths of a label that a narrow plot is taken to have, so that its curve keeps some of it


class TimeCurve:
    """One value over time: the raw trace faint behind its exponential mean, its label at the line's end.

    `sign` -1 shows the negative. Without averaging there is the raw trace alone, its newest value at the line's end.
    """

    def __init__(
        self,
        plot: Plot,
        name: str,
        label: str,
        colour: str,
        *,
        sign: int = 1,
        averaged: bool = True,
        dashed: bool = False,
    ) -> None:
        self.name = name
        self.label = label
        self.colour = colour
        self.sign = sign
        self.data: Curve | None = None
        self.averaged = averaged
        self.dashed = dashed
        self.raw = pg.PlotCurveItem(connect="finite", antialias=False)
        self.smooth = pg.PlotCurveItem(connect="finite", antialias=True)
        self.end = pg.TextItem(label, anchor=(0.0, 0.5))
        self.end.setFont(tabular(plot.font(), 12, bold=True))
        self.raw.setZValue(1)
        self.smooth.setZValue(3)
        self.end.setZValue(4)
        plot.add(self.raw, self.smooth, self.end)
        self.clear()

    def show(self, curve: Curve) -> None:
        if self.sign < 0:
            curve = Curve(curve.steps, -curve.high, -curve.low, -curve.smooth)
        self.data = curve
        if np.array_equal(curve.low, curve.high, equal_nan=True):
            self.raw.setData(curve.steps, curve.low)
        else:
            self.raw.setData(np.repeat(curve.steps, 2), np.stack([curve.low, curve.high], axis=1).ravel())
        if self.averaged:
            self.smooth.setData(curve.steps, curve.smooth)
        values = self._values()
        known = np.flatnonzero(np.isfinite(values))
        self.end.setVisible(bool(len(known)) and not self.dashed)
        if len(known):
            newest = float(values[known[-1]])
            self.end.setPos(curve.steps[known[-1]], newest)
            if not self.averaged and self.end.toPlainText() != fixed(newest, 3):
                self.end.setPlainText(fixed(newest, 3))

    def clear(self) -> None:
        self.data = None
        self.raw.setData([], [])
        self.smooth.setData([], [])
        self.end.hide()

    def remove(self, plot: Plot) -> None:
        for item in (self.raw, self.smooth, self.end):
            plot.view.removeItem(item)

    def apply_theme(self, colours: Colours) -> None:
        ink = getattr(colours, self.colour)
        style = Qt.PenStyle.DashLine if self.dashed else Qt.PenStyle.SolidLine
        self.raw.setPen(pg.mkPen(mix(ink, colours.panel, _FAINT) if self.averaged else ink, style=style))
        self.smooth.setPen(pg.mkPen(ink, width=1.5))
        self.end.setColor(ink)
        self.end.fill = pg.mkBrush(colours.panel)  # dashed levels stop before the label

    def value_at(self, step: float) -> float:
        """The mean, or the raw value, at the entry that covers a step; NaN where there is none."""
        if self.data is None or not len(self.data.steps):
            return float("nan")
        place = min(int(np.searchsorted(self.data.steps, step)), len(self.data.steps) - 1)
        return float(self._values()[place])

    def _values(self) -> Floats:
        if self.data is None:
            return np.empty(0, np.float32)
        return self.data.smooth if self.averaged else self.data.high

    def extent(self) -> tuple[float, float]:
        """The range that shows the curve well: the newest value, and the raw trace but for rare outliers and the very
        start. (The mean takes long to forget an outlier.)"""
        if self.data is None:
            return float("nan"), float("nan")
        skip = int(_EARLY * len(self.data.steps))
        raw = np.concatenate([self.data.low[skip:], self.data.high[skip:]])
        raw, mean = raw[np.isfinite(raw)], self._values()
        mean = mean[np.isfinite(mean)]
        if not len(raw) or not len(mean):
            return float("nan"), float("nan")
        low, high = np.percentile(raw, (1.0, 99.0))
        return min(float(low), float(mean[-1])), max(float(high), float(mean[-1]))


class TimePlot(Plot):
    """Curves that share a step axis. The wheel zooms the steps; a double-click shows all of them again."""

    cursor_moved = Signal(int)  # the step under the mouse; -1 where it is elsewhere

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, zoom=(True, False), counting=True)
        self.bottom.setTickDensity(0.4)
        self.curves: list[TimeCurve] = []
        self.levels: list[Level] = []
        self.events: list[Event] = []
        self.beside: Mapping[int, tuple[str, Series]] = {}  # the same of other runs, by their number, in their colours
        self._beside: dict[tuple[int, int], pg.PlotCurveItem] = {}  # by curve and run
        self._colours = DARK
        self._range = SteadyRange(margin=0.14)
        self._following = True
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.setZValue(5)
        self._reading = pg.TextItem("", anchor=(0.0, 0.0))
        self._reading.setFont(tabular(self.font(), 11))
        self._reading.setZValue(6)
        self.add(self._cursor, self._reading)
        self.set_cursor(-1)
        self._step = -1
        self.hovered.connect(self._hover)
        self.left.connect(self._leave)
        self.moved.connect(self._stop_following)
        self.fit_wanted.connect(self._follow)

    def draw(self, series: Series, now: float) -> bool:
        """Show what counts of a series and fit the range at a time in seconds; true while the range still glides."""
        asked = self._asked(series)
        for curve in self.curves:
            curve.show(series.window(curve.name, *asked))
        extents = [curve.extent() for curve in self.curves] + [(level.value, level.value) for level in self.levels]
        extents += self._draw_beside(asked)
        lows, highs = zip(*extents, strict=True) if extents else ((np.nan,), (np.nan,))
        bottom, top = self._range.follow(_least(lows), -_least([-high for high in highs]), now)
        left, right = self._sides(series, max((c.end.boundingRect().width() for c in self.curves), default=0.0) + _GAP)
        self.show_range(left, right, bottom, top)
        for level in self.levels:
            level.place(left, right)
        self._place_events()
        self._read()
        return not self._range.settled

    def _draw_beside(self, asked: tuple[int, int, int]) -> list[tuple[float, float]]:
        """Draw other runs' curves, thin and in their colours; the range that each takes."""
        shown, extents = set(), []
        for run, (colour, series) in self.beside.items():
            for place, curve in enumerate(self.curves):
                found = series.window(curve.name, *asked)
                values = curve.sign * (found.smooth if curve.averaged else found.high)
                known = values[np.isfinite(values)]
                if not len(known) or curve.dashed:  # what is dashed depends on the data alone
                    continue
                key = place, run
                shown.add(key)
                if key not in self._beside:
                    self._beside[key] = pg.PlotCurveItem(connect="finite", antialias=True)
                    self._beside[key].setZValue(2)
                    self.add(self._beside[key])
                self._beside[key].setPen(pg.mkPen(colour))
                self._beside[key].setData(found.steps, values)
                extents.append((float(known[int(_EARLY * len(known)) :].min()), float(known.max())))
        for key in [key for key in self._beside if key not in shown]:
            self.view.removeItem(self._beside.pop(key))
        return extents

    def _asked(self, series: Series) -> tuple[int, int, int]:
        """The first and the last step to show, and in how many points."""
        points = max(int(self.view.width()), 100)
        if self._following:
            return series.first_step, FOREVER, points
        left, right, *_ = self.visible_box()
        return int(left), int(right) + 1, points

    def _sides(self, series: Series, room: float) -> tuple[float, float]:
        """The steps at the left and the right edge, with so many pixels of room behind the newest."""
        if not self._following:
            left, right, *_ = self.visible_box()
            return left, right
        begin, width = series.first_step, max(self.view.width(), _LEAST_CURVE * room)
        right = begin + max(series.last_step - begin, _FEWEST) * width / (width - room)
        return begin - _BEFORE * (right - begin), right

    @property
    def _newest(self) -> int:
        """The last step that the cursor can read; -1 where there is none."""
        return max(
            (int(curve.data.steps[-1]) for curve in self.curves if curve.data and len(curve.data.steps)), default=-1
        )

    def _told(self, step: int) -> str:
        """What the cursor reads at a step."""
        return "   ".join(f"{curve.label} {fixed(curve.value_at(step), 3)}" for curve in self.curves)

    def add_curve(self, name: str, label: str, colour: str, **options: Any) -> TimeCurve:
        curve = TimeCurve(self, name, label, colour, **options)
        self.curves.append(curve)
        return curve

    def add_level(self, value: float, label: str) -> None:
        """Add a dashed line; the first is labelled above, further ones below."""
        self.levels.append(Level(self, value, label, above=not self.levels))

    def set_events(self, events: Sequence[tuple[int, str, str]]) -> None:
        """Mark steps at which something happened, each with a short title and a text that hovering tells."""
        if [(event.step, event.title, event.text) for event in self.events] == list(events):
            return
        for event in self.events:
            event.remove(self)
        self.events = [Event(self, *event) for event in events]
        for event in self.events:
            event.apply_theme(self._colours)
        self._place_events()

    def remove_all(self) -> None:
        """Take all curves and levels away."""
        for curve in self.curves:
            curve.remove(self)
        for level in self.levels:
            level.remove(self)
        for item in self._beside.values():
            self.view.removeItem(item)
        self.curves, self.levels, self._beside = [], [], {}

    def clear(self) -> None:
        for curve in self.curves:
            curve.clear()
        self._range.clear()
        self._follow()

    def set_cursor(self, step: int) -> None:
        """Put the cursor on a step; -1 hides it."""
        self._step = step
        self._cursor.setVisible(step >= 0)
        self._reading.setVisible(step >= 0)
        if step >= 0:
            self._cursor.setPos(step)
            self._read()

    def apply_theme(self, colours: Colours) -> None:
        super().apply_theme(colours)
        self._colours = colours
        for event in self.events:
            event.apply_theme(colours)
        for curve in self.curves:
            curve.apply_theme(colours)
        for level in self.levels:
            level.apply_theme(colours)
        self._cursor.setPen(pg.mkPen(colours.secondary, style=Qt.PenStyle.DashLine))
        self._reading.fill = pg.mkBrush(colours.raised)
        self._reading.setColor(colours.text)

    def _place_events(self) -> None:
        """Stack the titles from the top down where they would cover each other."""
        left, right, bottom, top = self.visible_box()
        across, up = (right - left) / max(self.view.width(), 1.0), (top - bottom) / max(self.view.height(), 1.0)
        ends: list[float] = []  # of the last title in each line
        for event in self.events:
            width, height = event.size()
            begin = max(min(event.step + _GAP * across, right - width * across), left)
            line = next((line for line, end in enumerate(ends) if end <= begin), len(ends))
            ends[line : line + 1] = [begin + width * across]
            event.place(begin, top - (_TRIANGLE + line * height) * up)

    def _read(self) -> None:
        if self._step < 0:
            return
        text = self.tr("step {step}").format(step=f"{self._step:,}") + f"   {self._told(self._step)}"
        if text != self._reading.toPlainText():
            self._reading.setPlainText(text)
        left, right, _, top = self.visible_box()
        pixel = (right - left) / max(self.view.width(), 1.0)
        width = self._reading.boundingRect().width() * pixel
        beside = self._step + _GAP * pixel if self._step < (left + right) / 2 else self._step - _GAP * pixel - width
        self._reading.setPos(max(min(beside, right - width), left), top)

    def _hover(self, x: float, _y: float) -> None:
        step = min(max(round(x), 0), self._newest)
        self.set_cursor(step)
        self.cursor_moved.emit(step)

    def _leave(self) -> None:
        if self._step >= 0:
            self.set_cursor(-1)
            self.cursor_moved.emit(-1)

    def _stop_following(self) -> None:
        self._following = False

    def _follow(self) -> None:
        self._following = True


class Level:
    """A dashed line at a value that theory names."""

    def __init__(self, plot: Plot, value: float, label: str, above: bool) -> None:
        self.value = value
        self.line = pg.InfiniteLine(value, angle=0, movable=False)
        self.text = pg.TextItem(label, anchor=(0.0, 1.0 if above else 0.0))
        self.text.setFont(tabular(plot.font(), 11))
        self.line.setZValue(2)
        self.text.setZValue(2)
        plot.add(self.line, self.text)

    def place(self, left: float, right: float) -> None:
        """Keep the label in the left half, behind the curves' busy start."""
        self.text.setPos(left + 0.3 * (right - left), self.value)

    def remove(self, plot: Plot) -> None:
        plot.view.removeItem(self.line)
        plot.view.removeItem(self.text)

    def apply_theme(self, colours: Colours) -> None:
        self.line.setPen(pg.mkPen(colours.truth, style=Qt.PenStyle.DashLine))
        self.text.setColor(colours.truth)


class Event:
    """A thin line at a step with a triangle at its top and its title beside it; its text is its tooltip."""

    def __init__(self, plot: Plot, step: int, title: str, text: str) -> None:
        self.step, self.title, self.text = step, title, text
        self.line = pg.InfiniteLine(step, angle=90, movable=False)
        self.line.addMarker("v", 1.0, _TRIANGLE)
        self.label = pg.TextItem(title, anchor=(0.0, 0.0))
        self.label.setFont(tabular(plot.font(), 11))
        for item in (self.line, self.label):
            item.setZValue(2)
            item.setToolTip(f"<b>{escape(title)}</b><br>{escape(text)}")
        plot.add(self.line, self.label)

    def size(self) -> tuple[float, float]:
        """Width and height of the title in pixels."""
        box = self.label.boundingRect()
        return box.width(), box.height()

    def place(self, x: float, top: float) -> None:
        self.label.setPos(x, top)

    def remove(self, plot: Plot) -> None:
        plot.view.removeItem(self.line)
        plot.view.removeItem(self.label)

    def apply_theme(self, colours: Colours) -> None:
        self.line.setPen(pg.mkPen(colours.trouble))
        self.label.setColor(colours.trouble)
        self.label.fill = pg.mkBrush(colours.panel)


def _least(values: Iterable[float]) -> float:
    return min((value for value in values if np.isfinite(value)), default=float("nan"))
