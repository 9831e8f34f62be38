"""All that a game remembers between iterations."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True)
class GameState:
    """All that a game remembers between iterations: tensors by name, and plain facts."""

    tensors: dict[str, Tensor]
    facts: dict[str, int]

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[np.generic]], facts: Mapping[str, int]) -> "GameState":
        """From arrays, which are copied."""
        return cls({name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}, dict(facts))

    def on_cpu(self) -> "GameState":
        """The same with its tensors in the computer's own memory."""
        return GameState({name: tensor.cpu() for name, tensor in self.tensors.items()}, self.facts)

    def equals(self, other: "GameState") -> bool:
        """Whether all numbers are the same, bit for bit."""
        mine, theirs = self.on_cpu(), other.on_cpu()
        return (
            mine.facts == theirs.facts
            and mine.tensors.keys() == theirs.tensors.keys()
            and all(_bits(tensor) == _bits(theirs.tensors[name]) for name, tensor in mine.tensors.items())
        )


def _bits(tensor: Tensor) -> bytes:
    return tensor.numpy().tobytes()
