"""The running mean by which noisy curves are smoothed, in the window and in figures."""

import numpy as np
from numpy.typing import NDArray

HALF_LIFE = 30.0  # rows after which a row's share has halved


class RunningMean:
    """m_t = b m_{t-1} + (1-b) x_t, divided by the same filter of 1 where x is finite and 0 elsewhere.

    The division removes the pull towards the start value 0 (Kingma and Ba 2015, section 3) and bridges gaps.
    """

    def __init__(self, half_life: float = HALF_LIFE, block: int = 128) -> None:
        decay = 0.5 ** (1.0 / half_life)
        age = np.arange(block)[:, None] - np.arange(block)[None, :]
        self._response = np.where(age >= 0, (1.0 - decay) * decay ** np.maximum(age, 0), 0.0)
        self._fading = decay ** np.arange(1, block + 1)
        self._block = block
        self._state: NDArray[np.float64] | None = None

    def reset(self) -> None:
        self._state = None

    def restore(self, mean: NDArray[np.floating], weight: NDArray[np.floating]) -> None:
        """Go on after a row of means and weights (names,)."""
        weight = weight.astype(np.float64)
        self._state = np.concatenate([np.where(weight > 0, mean * weight, 0.0), weight])

    def __call__(self, values: NDArray[np.generic]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean and weight, both (n, names), of rows (n, names)."""
        finite = np.isfinite(values)
        inputs = np.concatenate([np.where(finite, values, 0.0), finite], axis=1, dtype=np.float64)
        state = np.zeros(inputs.shape[1]) if self._state is None else self._state
        filtered = np.empty_like(inputs)
        for begin in range(0, len(inputs), self._block):
            block = inputs[begin : begin + self._block]
            n = len(block)
            filtered[begin : begin + n] = self._response[:n, :n] @ block + self._fading[:n, None] * state
            state = filtered[begin + n - 1]
        self._state = state.copy()
        width = values.shape[1]
        weight = filtered[:, width:]
        mean = np.full(values.shape, np.nan)
        np.divide(filtered[:, :width], weight, out=mean, where=weight > 0)
        return mean, weight
