"""How each mode has fared over the run: births and deaths of modes."""

import math
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.gan.data.distribution import FloatArray
from ganlab_desktop.measure.metrics.modes import mode_coverage
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study

SAMPLES = 2500  # as in the published protocols
ROWS = 50  # more modes than that share rows


class ModeHistory(Study):
    """The share of the samples that are of high quality and at this mode, of the generator's average where it is kept.

    One column a mode, the further ones NaN; above ROWS modes, neighbours in number share a column. Such a share is 0
    for a mode that is not reached, where the share of the nearest samples would not be.

    Arrays, one entry a column in use: shares; weights, the modes' own; first and last, their numbers from 1.
    """

    COLUMNS = tuple(f"mode {number}" for number in range(1, ROWS + 1))
    REST = 0.4
    SHARE = 0.02
    LIGHT = True
    SPACING = 0.004
    JUDGES = False

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        return self.measure(snapshot.generate(SAMPLES, average=True))

    def measure(self, samples: NDArray[np.float32]) -> tuple[Picture, Row]:
        """Picture and row for samples (N, dim)."""
        modes = self.data.modes
        if modes is None:
            return Picture({}), (math.nan,) * ROWS
        shares = self._summed(mode_coverage(samples, modes).hits / len(samples))
        columns = np.arange(len(shares))
        arrays: dict[str, NDArray[np.generic]] = {
            "shares": shares.astype(np.float32),
            "weights": self._summed(modes.weights).astype(np.float32),
            "first": 1 + np.searchsorted(self._column_of, columns),
            "last": np.searchsorted(self._column_of, columns, side="right"),
        }
        return Picture(arrays), (*shares.tolist(), *(math.nan,) * (ROWS - len(shares)))

    @cached_property
    def _column_of(self) -> NDArray[np.intp]:
        """The column (K,) of each mode."""
        assert self.data.modes is not None
        count = len(self.data.modes.weights)
        return np.arange(count) * min(count, ROWS) // count

    def _summed(self, values: FloatArray) -> FloatArray:
        """Values (K,) of the modes as those of the columns."""
        return np.bincount(self._column_of, values).astype(np.float64)
