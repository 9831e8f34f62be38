"""Ranges that follow noisy data without flicker."""

import math

SETTLING = 0.8  # seconds after which 63 % of a change has been followed


class SteadyValue:
    """A number that glides after its target; the first target counts at once."""

    def __init__(self, settling: float = SETTLING) -> None:
        self._settling = settling
        self.clear()

    def clear(self) -> None:
        self.value: float | None = None
        self._time = 0.0

    def follow(self, target: float, now: float) -> float:
        """The value at a time in seconds; a target that is not finite is ignored (0 where none was finite)."""
        if math.isfinite(target):
            if self.value is None:
                self.value = target
            else:
                self.value += (target - self.value) * -math.expm1(-max(now - self._time, 0.0) / self._settling)
        self._time = now
        return 0.0 if self.value is None else self.value


class SteadyRange:
    """An axis range that grows smoothly where data leave it and shrinks only where they have become much smaller."""

    def __init__(self, margin: float = 0.08, shrink_below: float = 0.6) -> None:
        self._margin = margin
        self._shrink_below = shrink_below
        self._low, self._high = SteadyValue(), SteadyValue()
        self._target: tuple[float, float] | None = None

    def clear(self) -> None:
        self._target = None
        self._low.clear()
        self._high.clear()

    @property
    def settled(self) -> bool:
        """Whether the range has arrived, but for half a percent."""
        if self._target is None or self._low.value is None or self._high.value is None:
            return True
        tolerance = 0.005 * (self._target[1] - self._target[0])
        reached = (self._low.value, self._high.value)
        return all(abs(a - b) <= tolerance for a, b in zip(reached, self._target, strict=True))

    def follow(self, low: float, high: float, now: float) -> tuple[float, float]:
        """The range to show at a time in seconds for data from low to high."""
        if math.isfinite(low) and math.isfinite(high):
            span = max(high - low, 1e-6 * max(abs(low), abs(high)), 1e-9)
            held = self._target
            if (
                held is None
                or low < held[0]
                or high > held[1]
                or span * (1 + 2 * self._margin) < self._shrink_below * (held[1] - held[0])
            ):
                self._target = (low - self._margin * span, high + self._margin * span)
        if self._target is None:
            return 0.0, 1.0
        return self._low.follow(self._target[0], now), self._high.follow(self._target[1], now)
