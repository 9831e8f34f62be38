"""Random numbers inside a network: a pure function of its latent.

A sample then is a function of its latent alone, in training and in every look at it, whoever else is in its batch; and
nothing has to be remembered for a replay. The latent's bits are the key of a counter-based generator: the finaliser of
SplitMix64 (Steele et al. 2014) of key and counter. No gradient leads through them.

Where a network leaves for programs that know no such generator, the numbers come in beside the latents: `noticed` tells
which ones it draws, and `supplied` gives them to it.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, NamedTuple

import torch
from torch import Tensor

_GOLDEN = 0x9E3779B97F4A7C15 - (1 << 64)  # as signed integers, whose products wrap around
_FIRST = 0xBF58476D1CE4E5B9 - (1 << 64)
_SECOND = 0x94D049BB133111EB - (1 << 64)
_BITS = 24  # of each uniform number
_TAKEN = (1 << _BITS) - 1


class Draw(NamedTuple):
    """What a network draws of each latent: `size` normal or uniform numbers, known by their salt."""

    kind: Literal["normal", "uniform"]
    salt: int
    size: int


_noticed: ContextVar[list[Draw] | None] = ContextVar("noticed", default=None)
_supplied: ContextVar[Mapping[int, Tensor] | None] = ContextVar("supplied", default=None)


@contextmanager
def noticed() -> Iterator[list[Draw]]:
    """A block whose draws are listed."""
    draws: list[Draw] = []
    token = _noticed.set(draws)
    try:
        yield draws
    finally:
        _noticed.reset(token)


@contextmanager
def supplied(numbers: Mapping[int, Tensor]) -> Iterator[None]:
    """A block whose draws are these numbers (B, count), by salt; nothing is made of latents."""
    token = _supplied.set(numbers)
    try:
        yield
    finally:
        _supplied.reset(token)


def drawn(draw: Draw, latents: Tensor) -> Tensor:
    """The numbers (B, count) of a draw for latents (B, L), as the network makes them."""
    return (normals if draw.kind == "normal" else uniforms)(key_of(latents), draw.salt, draw.size)


def key_of(latents: Tensor) -> Tensor:
    """A key (B,), int64, for each of some latents (B, L)."""
    if _supplied.get() is not None:
        return torch.zeros(latents.shape[0], dtype=torch.int64, device=latents.device)  # that nobody reads
    integers = {torch.float32: torch.int32, torch.float64: torch.int64}[latents.dtype]
    bits = latents.detach().contiguous().view(integers).to(torch.int64)
    return _mixed(_mixed(bits + _counter(bits.shape[1], bits)).sum(1))


def uniforms(key: Tensor, salt: int, count: int) -> Tensor:
    """Uniform numbers (B, count) in (0, 1), float32: others for each salt."""
    if (given := _told(Draw("uniform", salt, count))) is not None:
        return given
    return _fraction(_drawn(key, salt, count) >> 40)


def normals(key: Tensor, salt: int, count: int) -> Tensor:
    """Standard normal numbers (B, count), float32: others for each salt. By Box and Muller, two of each counter."""
    if (given := _told(Draw("normal", salt, count))) is not None:
        return given
    bits = _drawn(key, salt, (count + 1) // 2)
    radius = (-2.0 * _fraction(bits >> 40).log()).sqrt()
    angle = 2.0 * math.pi * _fraction(bits >> 16)
    return torch.cat((radius * angle.cos(), radius * angle.sin()), 1)[:, :count]


def _told(draw: Draw) -> Tensor | None:
    """The numbers that were supplied for a draw, which is noted where somebody wants to know."""
    if (draws := _noticed.get()) is not None:
        draws.append(draw)
    numbers = _supplied.get()
    return None if numbers is None else numbers[draw.salt]


def _drawn(key: Tensor, salt: int, count: int) -> Tensor:
    own = _mixed(key + _counter(salt + 1, key)[salt])
    return _mixed(own[:, None] + _counter(count, key))


def _counter(count: int, like: Tensor) -> Tensor:
    return torch.arange(1, count + 1, device=like.device) * _GOLDEN


def _fraction(bits: Tensor) -> Tensor:
    return ((bits & _TAKEN).to(torch.float32) + 0.5) / (1 << _BITS)


def _mixed(bits: Tensor) -> Tensor:
    for shift, factor in ((30, _FIRST), (27, _SECOND)):
        bits = (bits ^ _right(bits, shift)) * factor
    return bits ^ _right(bits, 31)


def _right(bits: Tensor, shift: int) -> Tensor:
    """Shifted as unsigned integers are."""
    return (bits >> shift) & ((1 << (64 - shift)) - 1)
