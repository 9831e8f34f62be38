"""Curves over training steps, with a cursor that reads them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QGraphicsRectItem, QWidget

from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.plots.labels import apart
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.steady import SteadyRange
from ganlab_desktop.ui.plots.text import filled, fixed, tabular
from ganlab_desktop.ui.plots.time_curve import EARLY, TimeCurve
from ganlab_desktop.ui.plots.time_marks import TRIANGLE, Event, Level
from ganlab_desktop.ui.series import FOREVER, Curve, Series

_TIGHT = 0.8  # of a line's height: text has air above and below
_AIR = 4.0  # pixels around a text
_GAP = 6.0  # pixels between a line and what is written beside it
_BEFORE = 0.004  # of the width before the first step, so that its tick is seen
_LATE = 0.05  # share of all steps from which on a curve that begins later has the axis begin with it
_FADED = 0.6  # share of the ground over what comes after the moment of the past that is shown
_APART = "   "  # between what the cursor reads
_FEWEST = 20  # steps that the axis shows at least
_LEAST_CURVE = 1.7  # widths of a label that a narrow plot is taken to have, so that its curve keeps some of it


class TimePlot(Plot):
    """Curves that share a step axis. The wheel zooms the steps; a double-click shows all of them again.

    Where the past is shown, the cursor rests on its step and what came after is faint.
    """

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
        self.moment = -1  # the step of the past that is shown; -1 where the newest is
        self.until = FOREVER  # the last step that belongs to what is shown
        self._texts: list[tuple[pg.TextItem, QRectF]] = []  # what the cursor's box hides where it lies over them
        self._veil = QGraphicsRectItem()
        self._veil.setPen(pg.mkPen(None))
        self._veil.setZValue(3.5)  # over the curves, under their names
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.setZValue(5)
        self._reading = pg.TextItem("", anchor=(0.0, 0.0))
        self._reading.setFont(tabular(self.font(), 11))
        self._reading.setZValue(6)
        self.add(self._veil, self._cursor, self._reading)
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
            curve.show(_up_to(self.until, series.window(curve.name, *asked)), newest=self.moment < 0)
        extents = [curve.extent() for curve in self.curves] + [(level.value, level.value) for level in self.levels]
        extents += self._draw_beside(asked)
        lows, highs = zip(*extents, strict=True) if extents else ((np.nan,), (np.nan,))
        low, high = _least(lows), -_least([-high for high in highs])
        bottom, top = self._range.follow(*self._widened(low, high), now)
        left, right = self._sides(series, max((c.end.boundingRect().width() for c in self.curves), default=0.0) + _GAP)
        self.show_range(left, right, bottom, top)
        self._cover_future()
        self._place_texts()
        return not self._range.settled

    def _widened(self, low: float, high: float) -> tuple[float, float]:
        """A range that takes in all of the curves, unless their beginning would leave the rest too small a part."""
        lows, highs = zip(*(curve.reach() for curve in self.curves), strict=True) if self.curves else ((low,), (high,))
        least, most, span = _least(lows), -_least([-value for value in highs]), high - low
        if not np.isfinite((least, most, span)).all():
            return low, high
        return min(low, max(least, low - span)), max(high, min(most, high + span))

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
                extents.append((float(known[int(EARLY * len(known)) :].min()), float(known.max())))
        for key in [key for key in self._beside if key not in shown]:
            self.view.removeItem(self._beside.pop(key))
        return extents

    def _asked(self, series: Series) -> tuple[int, int, int]:
        """The first and the last step to show, and in how many points."""
        points = max(int(self.view.width()), 100)
        if self._following:
            return series.first_step, self.until, points
        left, right, *_ = self.visible_box()
        return int(left), min(int(right) + 1, self.until), points

    def _sides(self, series: Series, room: float) -> tuple[float, float]:
        """The steps at the left and the right edge, with so many pixels of room behind the newest."""
        if not self._following:
            left, right, *_ = self.visible_box()
            return left, right
        begin, width = series.first_step, max(self.view.width(), _LEAST_CURVE * room)
        last = min(series.last_step, self.until)
        late = min((curve.begin for curve in self.curves), default=begin)
        if max(_LATE * (last - begin), _FEWEST) < late - begin <= last - begin:
            begin = int(late)
        right = begin + max(last - begin, _FEWEST) * width / (width - room)
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
        """Add a dashed line; the highest is labelled above, the others below, where there is room."""
        self.levels.append(Level(self, value, label))

    def set_events(self, events: Sequence[tuple[int, str, str]]) -> None:
        """Mark steps at which something happened, each with a short title and a text that hovering tells."""
        if [(event.step, event.title, event.text) for event in self.events] == list(events):
            return
        for event in self.events:
            event.remove(self)
        self.events = [Event(self, *event) for event in events]
        for event in self.events:
            event.apply_theme(self._colours)
        self._place_texts()

    def value(self, series: Series, curve: TimeCurve) -> float:
        """A curve's value at the moment that is shown."""
        if self.moment >= 0:
            return curve.value_at(self.moment)
        return curve.sign * (series.mean if curve.averaged else series.last)(curve.name)

    def remove_all(self) -> None:
        """Take all curves and levels away."""
        for curve in self.curves:
            curve.remove(self)
        for level in self.levels:
            level.remove(self)
        for item in self._beside.values():
            self.view.removeItem(item)
        self.curves, self.levels, self._beside, self._texts = [], [], {}, []

    def clear(self) -> None:
        for curve in self.curves:
            curve.clear()
        self._texts = []
        self._range.clear()
        self._follow()

    def set_moment(self, step: int) -> None:
        """Show a step of the past; -1 shows the newest."""
        self.moment = step
        self.set_cursor(step)
        self._cover_future()

    def set_cursor(self, step: int) -> None:
        """Put the cursor on a step; -1 puts it back on the moment that is shown, or hides it."""
        step = step if step >= 0 else self.moment
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
        ground = QColor(colours.panel)
        ground.setAlphaF(_FADED)
        self._veil.setBrush(ground)

    def _cover_future(self) -> None:
        """Let what comes after the moment of the past that is shown be faint."""
        _, right, bottom, top = self.visible_box()
        self._veil.setVisible(0 <= self.moment < right)
        self._veil.setRect(QRectF(self.moment, bottom, max(right - self.moment, 0.0), top - bottom))

    def _place_texts(self) -> None:
        """Let no text cover another: the curves' names move apart, the levels' go where there is room, or away."""
        self._texts = []
        left, right, bottom, top = self.visible_box()
        width, height = max(self.view.width(), 1.0), max(self.view.height(), 1.0)
        across, up = (right - left) / width, (top - bottom) / height
        ends = [curve.end for curve in self.curves if curve.end.isVisible()]
        wanted = [(top - end.pos().y()) / up for end in ends]
        tall = max((end.boundingRect().height() for end in ends), default=0.0)
        for end, y in zip(ends, apart(wanted, _TIGHT * tall, height), strict=True):
            end.setPos(end.pos().x(), top - y * up)
            begin = (end.pos().x() - left) / across
            self._texts.append((end, QRectF(begin, y - tall / 2, end.boundingRect().width(), tall)))
        self._place_events()
        for event in self.events:
            begin, y = (event.label.pos().x() - left) / across, (top - event.label.pos().y()) / up
            self._texts.append((event.label, QRectF(begin, y, *event.size())))
        highest = max((level.value for level in self.levels), default=0.0)
        for level in self.levels:
            others = [box for _, box in self._texts]
            room = QRectF(-_AIR, -_AIR, width + 2 * _AIR, height + 2 * _AIR)
            free = (
                box
                for box in level.places((top - level.value) / up, width, above=level.value == highest)
                if room.contains(box) and not any(box.intersects(_core(other)) for other in others)
            )
            box = next(free, None)
            level.text.setVisible(box is not None)
            if box is not None:
                level.text.setPos(left + box.x() * across, top - box.y() * up)
                self._texts.append((level.text, box))
        self._read()

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
            event.place(begin, top - (TRIANGLE + line * height) * up)

    def _read(self) -> None:
        """Write what the cursor reads beside it, and hide the texts that this would cut."""
        if self._step < 0:
            for item, _ in self._texts:
                item.setVisible(True)
            return
        told = [self.tr("step {step}").format(step=f"{self._step:,}"), *self._told(self._step).split(_APART)]
        metrics = QFontMetrics(self._reading.textItem.font())
        text = "\n".join(filled(told, self.view.width() - 2 * _AIR, metrics, _APART))
        if text != self._reading.toPlainText():
            self._reading.setPlainText(text)
        left, right, _, top = self.visible_box()
        pixel = (right - left) / max(self.view.width(), 1.0)
        width = self._reading.boundingRect().width() * pixel
        beside = self._step + _GAP * pixel if self._step < (left + right) / 2 else self._step - _GAP * pixel - width
        begin = max(min(beside, right - width), left)
        self._reading.setPos(begin, top)
        box = QRectF((begin - left) / pixel, 0.0, width / pixel, self._reading.boundingRect().height())
        for item, place in self._texts:
            item.setVisible(not box.intersects(_core(place)))

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


def _least(values: Iterable[float]) -> float:
    return min((value for value in values if np.isfinite(value)), default=float("nan"))


def _core(box: QRectF) -> QRectF:
    """A text's box without the air around it."""
    return box.adjusted(_AIR - 1, _AIR - 1, 1 - _AIR, 1 - _AIR)


def _up_to(last: int, curve: Curve) -> Curve:
    count = int(np.searchsorted(curve.steps, last, "right"))
    return Curve(curve.steps[:count], curve.low[:count], curve.high[:count], curve.smooth[:count])
