"""The range of the decision surface's colours."""

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.pictures import middle, reach
from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.plots.steady import SteadyValue
from ganlab_desktop.ui.plots.tables import Table, diverging

_SETTLING = 1.5  # seconds


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
        centre = middle(finite, neutral)
        if neutral is None:
            centre = self._centre.follow(centre, now)
        half = self._half.follow(reach(finite, centre, neutral), now)
        self.range = (centre - half, centre + half)
