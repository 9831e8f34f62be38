"""Small networks and batches in double precision, whose penalties can be derived by hand."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ganlab_desktop.gan.penalties import Turn

BATCH = 16


class Quadratic(nn.Module):
    """D(x) = x^T A x / 2 + b^T x with symmetric A: its gradient is A x + b."""

    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(1)
        half = torch.randn(2, 2, generator=generator, dtype=torch.float64)
        self.a = nn.Parameter(half + half.T)
        self.b = nn.Parameter(torch.randn(2, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        return 0.5 * ((x @ self.a) * x).sum(1, keepdim=True) + x @ self.b[:, None]


class Warp(nn.Module):
    """G(z) = tanh(z) W^T."""

    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(4)
        self.w = nn.Parameter(torch.randn(2, 3, generator=generator, dtype=torch.float64))

    def forward(self, z: Tensor) -> Tensor:
        return torch.tanh(z) @ self.w.T


def batches() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(2)
    real = torch.randn(BATCH, 2, generator=generator, dtype=torch.float64)
    return real, torch.randn(BATCH, 2, generator=generator, dtype=torch.float64) + 1.0


def rng() -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=3))


def normals(*shapes: tuple[int, ...]) -> list[Tensor]:
    """What a penalty draws from `rng()` for batches of these shapes, in turn."""
    drawing = rng()
    return [torch.from_numpy(drawing.standard_normal(shape, dtype=np.float32)).double() for shape in shapes]


def turn(discriminator: nn.Module, real: Tensor, fake: Tensor, **rest: Any) -> Turn:
    seen = {"latent": torch.zeros(len(real), 3, dtype=real.dtype), "generator": Warp()}
    seen |= {"v_real": discriminator(real), "v_fake": discriminator(fake)}
    return Turn(discriminator=discriminator, real=real, fake=fake, **(seen | rest))
