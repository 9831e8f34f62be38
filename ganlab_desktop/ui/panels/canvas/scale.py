"""The range of the decision surface's colours."""

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.objectives import LeastSquares, ObjectiveSpec
from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.plots.steady import SteadyValue
from ganlab_desktop.ui.plots.tables import Table, diverging

_NARROWEST = 0.05  # half range about a neutral value below which colours would show noise
_OUTER = 99.0  # percentile of the distance from the middle at which the colours end
_SETTLING = 1.5  # seconds


def falls(objective: ObjectiveSpec) -> bool:
    """Whether the lower output of D is that of a real sample."""
    return isinstance(objective, LeastSquares) and objective.b < objective.a


class SurfaceScale:
    """A range around the value of a D that cannot tell, or around a critic's median, that follows the data without
    flicker."""

    def __init__(self) -> None:
        self._centre, self._half = SteadyValue(_SETTLING), SteadyValue(_SETTLING)
        self.range = (0.0, 1.0)
        self.falling = False  # whether the lower value is that of a real sample

    def clear(self) -> None:
        self._centre.clear()
        self._half.clear()
        self.range = (0.0, 1.0)

    def table(self, colours: Colours) -> Table:
        """From what D takes for generated to what it takes for real."""
        table = diverging(colours)
        return table[::-1] if self.falling else table

    def follow(self, values: NDArray[np.generic], neutral: float | None, now: float) -> None:
        """Move towards the range of a surface's values at a time in seconds; `neutral` is None for a critic."""
        finite = values[np.isfinite(values)]
        if not finite.size:
            return
        centre = self._centre.follow(float(np.median(finite)), now) if neutral is None else neutral
        target = float(np.percentile(np.abs(finite - np.float32(centre)), _OUTER))
        half = self._half.follow(max(target, 1e-6 if neutral is None else _NARROWEST), now)
        self.range = (centre - half, centre + half)
