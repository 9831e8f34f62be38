"""NumPy arrays as messages: element type, shape and the raw buffer, decoded without a copy."""

import math

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

_KINDS = {"f4", "f8", "i4", "i8", "u1"}


class WireError(ValueError):
    """Bytes that are no message of this protocol."""


class Array(Struct, frozen=True, array_like=True):
    """An array on the wire, little-endian and C-contiguous."""

    dtype: str
    shape: tuple[int, ...]
    data: memoryview

    @staticmethod
    def of(values: NDArray[np.generic]) -> "Array":
        """The array as a message. float32, float64, int32, int64 and uint8 only."""
        values = np.asarray(values, order="C")
        kind = values.dtype.str.lstrip("<|=")
        if kind not in _KINDS:
            raise TypeError(f"arrays of {values.dtype} do not travel; convert to one of {', '.join(sorted(_KINDS))}")
        return Array(kind, values.shape, values.data.cast("B") if values.size else memoryview(b""))

    def numpy(self) -> NDArray[np.generic]:
        """The array again, read-only, without a copy. Raises WireError where type, shape and size disagree."""
        if self.dtype not in _KINDS or any(side < 0 for side in self.shape):
            raise WireError(f"an array of type {self.dtype!r} and shape {self.shape}")
        dtype = np.dtype("<" + self.dtype)
        if math.prod(self.shape) * dtype.itemsize != len(self.data):
            raise WireError(f"an array of shape {self.shape} with {len(self.data)} bytes")
        try:
            return np.frombuffer(self.data, dtype).reshape(self.shape)
        except ValueError as error:  # more dimensions, or longer ones, than an array has
            raise WireError(f"an array that cannot be: {error}") from None
