"""A time series of any length, kept so that it draws at the same cost after a thousand and after a million rows.

Level 0 holds rows; an entry of each further level sums up four entries of the one below: the smallest and the largest
value, and the mean of the debiased exponential mean. Every level keeps its newest entries only, so that memory grows
with the logarithm of the length: old history stays, at a coarser resolution.

Rows before `first_step` are the past: of another objective, or of other data. They are kept, for a run may go back to
them, but neither curves nor means mix them with those that count.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.running_mean import HALF_LIFE, RunningMean
from ganlab_desktop.wire.messages import Chunk

Floats = NDArray[np.float32]
FACTOR = 4  # entries of one level that make one of the next
CAPACITY = 1 << 15  # entries that every level keeps at least
BATCH = 1 << 12  # rows taken in at a time; a batch must fit a level, so that the next level sees all of it
FOREVER = 2**62
LOW, HIGH, SMOOTH, WEIGHT = range(4)


class Curve(NamedTuple):
    """A stretch of one curve: steps (n,) float64; low, high and smooth (n,) float32, NaN where there is no value."""

    steps: NDArray[np.float64]
    low: Floats
    high: Floats
    smooth: Floats


class Series:
    """Rows of named values over steps, append-only but for `cut_after` and `clear`.

    `revision` changes whenever the rows do.
    """

    def __init__(self, half_life: float = HALF_LIFE) -> None:
        self.names: tuple[str, ...] = ()
        self.revision = 0
        self.first_step = 0
        self._start = 0  # the position of the first row that counts
        self._levels: list[_Level] = []
        self._filter = RunningMean(half_life)

    @property
    def count(self) -> int:
        """How many rows there have been: the position from which the engine is to go on."""
        return self._levels[0].end if self._levels else 0

    @property
    def last_step(self) -> int:
        """The newest row's step; -1 where there is none."""
        return int(self._levels[0].steps(self.count - 1)[0]) if self.count else -1

    def last(self, name: str) -> float:
        """The newest row's value; NaN where none counts."""
        return self._newest(name, LOW)

    def mean(self, name: str) -> float:
        """The debiased exponential mean at the newest row; NaN where none counts."""
        return self._newest(name, SMOOTH)

    def extend(self, chunk: Chunk) -> None:
        """Take in the rows that are new. A chunk that leaves a gap is ignored: the engine sends it again."""
        steps, values = chunk.steps.numpy(), chunk.values.numpy()
        if chunk.names != self.names:
            if chunk.start > 0:
                return
            self.clear()
            self.names = chunk.names
            self._levels = [_Level(len(chunk.names))]
        known = self.count - chunk.start
        if known < 0 or known >= len(steps):
            return
        self._take(steps[known:], values[known:])
        self.revision += 1

    def start_after(self, step: int) -> None:
        """Let the rows up to a step be the past; after step 0, none are. Where rows that count are no longer kept one
        by one, forget all (the engine sends them again)."""
        first = step + 1 if step else 0
        if first == self.first_step:
            return
        self.first_step = first
        self.revision += 1
        if not self.count:
            return
        rows = self._levels[0]
        place = self._place(first)
        steps, values = rows.steps(place, rows.end).copy(), rows.entries(place, rows.end)[:, LOW].copy()
        self._keep(place)
        if self.count:
            self._take(steps, values)

    def cut_after(self, step: int) -> None:
        """Forget the rows after a step. Where that lies before the rows kept one by one, forget all (the engine
        sends them again)."""
        if not self.count or self.last_step <= step:
            return
        self._keep(self._place(step + 1))
        self.revision += 1

    def clear(self) -> None:
        """Forget everything."""
        self.names = ()
        self._levels = []
        self._start = 0
        self._filter.reset()
        self.revision += 1

    def window(self, name: str, first_step: int = 0, last_step: int = FOREVER, points: int = 1000) -> Curve:
        """The curve between two steps in about `points` entries (at most, plus the few that begin and end it), from
        the finest level that does; one entry beyond each end is included, so that lines leave the picture."""
        if not self.count or name not in self.names:
            return Curve(np.empty(0), *(np.empty(0, np.float32),) * 3)
        first_step = max(first_step, self.first_step)
        depth = 0
        for depth, level in enumerate(self._levels):  # noqa: B007 - the last level serves where none is coarse enough
            begin, end = level.span(first_step, last_step)
            if end - begin <= points and level.reaches(first_step):
                break
        whole = [-(-self._start // FACTOR**d) for d in range(depth + 1)]  # the first entries without any past
        stretches = [(level, max(begin, whole[depth]), end)]
        for finer in range(depth - 1, -1, -1):  # what does not fill an entry stands in the finer levels
            tail, filled = self._levels[finer], self._levels[finer + 1].end * FACTOR
            if begin < whole[depth]:
                stretches.insert(0, (tail, max(whole[finer], tail.begin), min(whole[finer + 1] * FACTOR, filled)))
            if end == level.end:
                stretches.append((tail, max(whole[finer], filled), tail.end))
        column = self.names.index(name)
        steps, entries = [np.empty(0)], [np.empty((0, 4), np.float32)]
        for part, begin, end in stretches:
            if begin < end:
                steps.append(part.steps(begin, end).astype(np.float64))
                entries.append(part.entries(begin, end)[:, :, column])
        low, high, smooth, _ = np.concatenate(entries).T
        return Curve(np.concatenate(steps), low, high, smooth)

    def _newest(self, name: str, kind: int) -> float:
        if self.count == self._start or name not in self.names:
            return float("nan")
        return float(self._levels[0].entries(self.count - 1, self.count)[0, kind, self.names.index(name)])

    def _place(self, step: int) -> int:
        """The position of the first row kept that is at a step or after it."""
        rows = self._levels[0]
        return rows.begin + int(np.searchsorted(rows.steps(rows.begin, rows.end), step, "left"))

    def _keep(self, end: int) -> None:
        """Forget the rows from a position on; all, where no row before it is kept."""
        rows = self._levels[0]
        if end == rows.begin:
            self.clear()
            return
        for depth, level in enumerate(self._levels):
            level.end = min(level.end, end // FACTOR**depth)
        if self.last_step < self.first_step:
            self._start_here()
        else:
            newest = rows.entries(end - 1, end)[0]
            self._filter.restore(newest[SMOOTH], newest[WEIGHT])

    def _start_here(self) -> None:
        """All rows so far are the past."""
        self._start = self.count
        self._filter.reset()

    def _take(self, steps: NDArray[np.generic], values: NDArray[np.generic]) -> None:
        past = int(np.searchsorted(steps, self.first_step, "left"))
        for begin in range(0, past, BATCH):
            self._append(steps[begin : min(begin + BATCH, past)], values[begin : min(begin + BATCH, past)])
            self._start_here()
        for begin in range(past, len(steps), BATCH):
            self._append(steps[begin : begin + BATCH], values[begin : begin + BATCH])

    def _append(self, steps: NDArray[np.generic], values: NDArray[np.generic]) -> None:
        smooth, weight = self._filter(values)
        self._levels[0].append(steps, np.stack([values, values, smooth, weight], axis=1))
        for depth in range(1, len(self._levels) + 1):
            below = self._levels[depth - 1]
            if depth == len(self._levels):
                if below.end < FACTOR:
                    return
                self._levels.append(_Level(len(self.names)))
            level = self._levels[depth]
            begin, end = level.end * FACTOR, below.end // FACTOR * FACTOR
            if begin == end:
                return
            level.append(below.steps(begin, end)[FACTOR - 1 :: FACTOR], _summed_up(below.entries(begin, end)))


class _Level:
    """The newest entries of one resolution; an entry's position counts from the first there ever was."""

    def __init__(self, width: int) -> None:
        self.begin = 0
        self.end = 0
        self._steps = np.empty(256, np.int64)
        self._entries = np.empty((256, 4, width), np.float32)

    def steps(self, begin: int, end: int | None = None) -> NDArray[np.int64]:
        """The last step that each entry covers."""
        return self._steps[begin - self.begin : (begin + 1 if end is None else end) - self.begin]

    def entries(self, begin: int, end: int) -> Floats:
        """Entries as (n, 4, names): low, high, smooth, weight."""
        return self._entries[begin - self.begin : end - self.begin]

    def span(self, first_step: int, last_step: int) -> tuple[int, int]:
        """Positions of the entries between two steps and of one on each side."""
        steps = self.steps(self.begin, self.end)
        begin = int(np.searchsorted(steps, first_step, "left")) - 1
        end = int(np.searchsorted(steps, last_step, "right")) + 1
        return self.begin + max(begin, 0), self.begin + min(end, len(steps))

    def reaches(self, step: int) -> bool:
        """Whether the entries kept go back to a step."""
        return self.begin == 0 or bool(self._steps[0] <= step)

    def append(self, steps: NDArray[np.generic], entries: Floats) -> None:
        used, wanted = self.end - self.begin, self.end - self.begin + len(steps)
        if wanted > len(self._steps):
            if wanted <= 2 * CAPACITY:
                size = min(2 * CAPACITY, 1 << (wanted - 1).bit_length())
                self._steps = np.resize(self._steps, size)
                self._entries = np.resize(self._entries, (size, *self._entries.shape[1:]))
            else:
                drop = used - CAPACITY
                self._steps[:CAPACITY] = self._steps[drop:used].copy()
                self._entries[:CAPACITY] = self._entries[drop:used].copy()
                self.begin += drop
                used = CAPACITY
        self._steps[used : used + len(steps)] = steps
        self._entries[used : used + len(steps)] = entries
        self.end += len(steps)


def _summed_up(entries: Floats) -> Floats:
    """Each FACTOR entries (n * FACTOR, 4, names) as one; NaN counts only where all are NaN."""
    groups = entries.reshape(-1, FACTOR, *entries.shape[1:])
    summed = np.empty((len(groups), *entries.shape[1:]), np.float32)
    summed[:, LOW] = np.fmin.reduce(groups[:, :, LOW], axis=1)
    summed[:, HIGH] = np.fmax.reduce(groups[:, :, HIGH], axis=1)
    smooth = groups[:, :, SMOOTH]
    known = np.isfinite(smooth)
    number = known.sum(axis=1)
    total = np.where(known, smooth, 0).sum(axis=1, dtype=np.float64)
    summed[:, SMOOTH] = np.nan
    np.divide(total, number, out=summed[:, SMOOTH], where=number > 0, casting="same_kind")
    summed[:, WEIGHT] = groups[:, -1, WEIGHT]
    return summed
