"""The past of a run as time series that only grow at the end."""

import numpy as np
from numpy.typing import NDArray

Rows = tuple[NDArray[np.int64], NDArray[np.float32]]


class History:
    """Rows of named numbers, each with its step. Appending is amortised constant."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self._steps = np.empty(1024, np.int64)
        self._values = np.empty((1024, len(columns)), np.float32)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def last_step(self) -> int:
        """The newest row's step; -1 where there is none."""
        return int(self._steps[self._count - 1]) if self._count else -1

    def append(self, steps: NDArray[np.int64], values: NDArray[np.float32]) -> None:
        """Add rows: steps (n,), values (n, len(columns))."""
        end = self._count + len(steps)
        if end > len(self._steps):
            capacity = max(end, 2 * len(self._steps))
            self._steps = np.resize(self._steps, capacity)
            self._values = np.resize(self._values, (capacity, len(self.columns)))
        self._steps[self._count : end] = steps
        self._values[self._count : end] = values
        self._count = end

    def after(self, position: int, limit: int | None = None) -> Rows:
        """Copies of the rows from a position on, at most `limit` of them."""
        end = self._count if limit is None else min(self._count, position + limit)
        return self._steps[position:end].copy(), self._values[position:end].copy()


def in_columns(wanted: tuple[str, ...], columns: tuple[str, ...], values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows (n, len(columns)) that another version may have written, by the columns of this one; NaN for those that it
    did not have."""
    found = np.full((len(values), len(wanted)), np.nan, np.float32)
    for place, name in enumerate(wanted):
        if name in columns:
            found[:, place] = values[:, columns.index(name)]
    return found
