"""One value over training steps, as a curve."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.text import fixed, tabular
from ganlab_desktop.ui.series import Curve, Floats
from ganlab_desktop.ui.theme import mix

EARLY = 0.05  # share of the curve at its start that does not stretch the range
_FAINT = 0.38  # share of a curve's colour in its raw trace
_WIDE = 0.03  # share of a curve's length below which no two entries are too far apart
_TIMES, _AROUND = 5.0, 5  # so many times the usual distance among so many entries on either side is a gap


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

    def show(self, curve: Curve, *, newest: bool = True) -> None:
        """Draw a stretch of a series; with `newest` its last value stands at the line's end."""
        if self.sign < 0:
            curve = Curve(curve.steps, -curve.high, -curve.low, -curve.smooth)
        self.data = curve
        values = self._values()
        known = np.flatnonzero(np.isfinite(values))
        self.end.setVisible(bool(len(known)) and not self.dashed and (newest or self.averaged))
        if len(known):
            last = float(values[known[-1]])
            self.end.setPos(curve.steps[known[-1]], last)
            if not self.averaged and self.end.toPlainText() != fixed(last, 3):
                self.end.setPlainText(fixed(last, 3))
        curve = broken(curve)
        if np.array_equal(curve.low, curve.high, equal_nan=True):
            self.raw.setData(curve.steps, curve.low)
        else:
            self.raw.setData(np.repeat(curve.steps, 2), np.stack([curve.low, curve.high], axis=1).ravel())
        if self.averaged:
            self.smooth.setData(curve.steps, curve.smooth)

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
        skip = int(EARLY * len(self.data.steps))
        raw = np.concatenate([self.data.low[skip:], self.data.high[skip:]])
        raw, mean = raw[np.isfinite(raw)], self._values()
        mean = mean[np.isfinite(mean)]
        if not len(raw) or not len(mean):
            return float("nan"), float("nan")
        low, high = np.percentile(raw, (1.0, 99.0))
        return min(float(low), float(mean[-1])), max(float(high), float(mean[-1]))

    def reach(self) -> tuple[float, float]:
        """The least and the largest value that is drawn in full colour."""
        values = self._values()
        values = values[np.isfinite(values)]
        return (float(values.min()), float(values.max())) if len(values) else (float("nan"), float("nan"))

    @property
    def begin(self) -> float:
        """The first step with a value; infinite where there is none."""
        known = np.flatnonzero(np.isfinite(self._values()))
        return float(self.data.steps[known[0]]) if self.data is not None and len(known) else float("inf")


def broken(curve: Curve) -> Curve:
    """A curve with a gap where its value was not looked at for long: where two entries lie many times further apart
    than those around them."""
    apart = np.diff(curve.steps)
    if not len(apart):
        return curve
    wide = np.flatnonzero(apart > _WIDE * (curve.steps[-1] - curve.steps[0]))  # few, and of a gap that can be seen
    around = [np.median(apart[max(at - _AROUND, 0) : at + _AROUND + 1]) for at in wide]
    gaps = wide[apart[wide] > _TIMES * np.array(around)] + 1 if len(wide) else wide
    if not len(gaps):
        return curve
    steps = np.insert(curve.steps, gaps, (curve.steps[gaps - 1] + curve.steps[gaps]) / 2)
    return Curve(steps, *(np.insert(values, gaps, np.float32(np.nan)) for values in curve[1:]))
