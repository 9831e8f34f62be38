"""Shares of modes over training steps as rows of colour, with a cursor that reads them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from ganlab_desktop.ui.plots.image import SmoothImage
from ganlab_desktop.ui.plots.tables import cividis
from ganlab_desktop.ui.plots.text import percent
from ganlab_desktop.ui.plots.time_plot import TimePlot
from ganlab_desktop.ui.series import Series

FULL = 2.0  # times a mode's weight, at which the colours end
ALIVE = 0.25  # of a mode's weight, from which on it counts as captured
_CELLS = 512  # across
_ROOM = 14.0  # pixels behind the newest step


class HeatMap(TimePlot):
    """Rows 1, 2, ... from the bottom up, each coloured by its share in terms of its own weight: dark where its mode is
    dead, and bright from twice the weight on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.labels: Sequence[str] = ()
        self.weights: NDArray[np.float64] = np.empty(0)
        self.steps: NDArray[np.float64] = np.empty(0)
        self.shares: NDArray[np.float32] = np.empty((0, 0), np.float32)  # (T, rows), at the steps
        self._row = -1  # under the mouse
        super().__init__(parent)
        self.image = SmoothImage(cells=True)
        self.image.set_table(cividis())
        self.image.setZValue(-1)
        self.add(self.image)
        self.side.setGrid(False)
        self.bottom.setGrid(False)

    def set_rows(self, labels: Sequence[str], weights: NDArray[np.generic]) -> None:
        """What the rows are called, and the shares (R,) at which they hold what is theirs."""
        self.labels, self.weights = labels, weights.astype(np.float64)

    def draw(self, series: Series, now: float) -> bool:
        """Show the first columns of a series, one a row."""
        asked = self._asked(series)
        curves = [series.window(name, *asked) for name in series.names[: len(self.weights)]]
        left, right = self._sides(series, _ROOM)
        if curves and len(curves[0].steps):
            self.steps = curves[0].steps
            self.shares = np.stack([(curve.low + curve.high) / 2 for curve in curves], axis=1)
            self._colour(max(left, self.steps[0]), max(min(right, self.steps[-1]), self.steps[0] + 1.0))
        else:
            self.clear()
        self.show_range(left, right, 0.5, max(len(self.weights), 1) + 0.5)
        self._cover_future()
        self._read()
        return False

    def clear(self) -> None:
        super().clear()
        self.steps, self.shares = np.empty(0), np.empty((0, 0), np.float32)
        self.image.clear()

    def _colour(self, left: float, right: float) -> None:
        """Each cell shows the newest look before its middle."""
        middles = left + (np.arange(_CELLS) + 0.5) * (right - left) / _CELLS
        looks = np.maximum(np.searchsorted(self.steps, middles, side="right") - 1, 0)
        filled = (self.shares / self.weights).T[:, looks]
        self.image.set_values(filled, (left, right, 0.5, len(self.weights) + 0.5), (0.0, FULL))

    @property
    def _newest(self) -> int:
        return int(self.steps[-1]) if len(self.steps) else -1

    def _hover(self, x: float, y: float) -> None:
        self._row = min(max(round(y) - 1, 0), len(self.weights) - 1)
        super()._hover(x, y)

    def _leave(self) -> None:
        self._row = -1
        super()._leave()

    def _told(self, step: int) -> str:
        """How the mode under the mouse does at a step, and since when it lives or is dead; else how many live."""
        if not len(self.steps):
            return ""
        look = max(int(np.searchsorted(self.steps, step, side="right")) - 1, 0)
        alive = self.shares >= ALIVE * self.weights
        if not 0 <= self._row < len(self.labels):
            return self.tr("{alive} of {all} alive").format(alive=int(alive[look].sum()), all=len(self.weights))
        row = alive[:, self._row]
        changes = np.flatnonzero(row[1 : look + 1] != row[:look]) + 1
        since = f"{int(self.steps[changes[-1]]):,}" if len(changes) else ""
        told = self.tr("mode {name}: {share} of {weight}").format(
            name=self.labels[self._row],
            share=percent(self.shares[look, self._row]),
            weight=percent(self.weights[self._row]),
        )
        if row[look]:
            state = self.tr("born at {step}").format(step=since) if since else self.tr("alive from the start")
        else:
            state = self.tr("dead since {step}").format(step=since) if since else self.tr("not born")
        return f"{told}   {state}"
