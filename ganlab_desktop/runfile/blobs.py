"""Rows of series and states of networks as bytes, and back again with every size checked."""

import hashlib
import json
import zlib
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from safetensors import SafetensorError

MOST_ROWS = 1 << 14  # in one chunk
MOST_COLUMNS = 256


class DamagedError(ValueError):
    """Bytes that are not what was written."""


def pack_rows(steps: NDArray[np.int64], values: NDArray[np.float32]) -> bytes:
    """Steps (n,) and values (n, c), little-endian and compressed."""
    return zlib.compress(steps.astype("<i8").tobytes() + values.astype("<f4").tobytes())


def unpack_rows(data: bytes, count: int, columns: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Steps (count,) and values (count, columns). Never holds more than these take, whatever the bytes expand to.

    Raises DamagedError.
    """
    if not (0 < count <= MOST_ROWS and 0 <= columns <= MOST_COLUMNS):
        raise DamagedError(f"a chunk of {count} rows and {columns} columns")
    size = count * (8 + 4 * columns)
    inflate = zlib.decompressobj()
    try:
        plain = inflate.decompress(data, size)
        rest = inflate.decompress(inflate.unconsumed_tail, 1)  # also reads the checksum at the end
    except zlib.error as error:
        raise DamagedError(str(error)) from None
    if len(plain) != size or rest or not inflate.eof:
        raise DamagedError("a chunk of another size than it says")
    steps = np.frombuffer(plain, "<i8", count).astype(np.int64)
    values = np.frombuffer(plain, "<f4", offset=8 * count).astype(np.float32)
    return steps, values.reshape(count, columns)


def pack_state(step: int, arrays: dict[str, NDArray[Any]], facts: dict[str, Any]) -> tuple[str, bytes, bytes]:
    """A state's facts (JSON), tensors (safetensors) and the SHA-256 over step and both."""
    text = json.dumps(facts)
    # safetensors writes the memory as it lies, so it must lie in C order
    tensors = safetensors.numpy.save({name: np.asarray(array, order="C") for name, array in arrays.items()})
    return text, tensors, _digest(step, text, tensors)


def unpack_state(step: int, text: str, tensors: bytes, digest: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """A state's arrays and facts. Raises DamagedError."""
    if _digest(step, text, tensors) != digest:
        raise DamagedError("a state whose checksum does not hold")
    try:
        facts = json.loads(text)
        arrays = safetensors.numpy.load(tensors)
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedError(f"a state that cannot be read: {error}") from None
    if not isinstance(facts, dict):
        raise DamagedError("a state without facts")
    return arrays, facts


def _digest(step: int, text: str, tensors: bytes) -> bytes:
    digest = hashlib.sha256(f"{step}\n{len(text)}\n{text}".encode())
    digest.update(tensors)
    return digest.digest()
