"""A critic that is 1-Lipschitz by construction: GroupSort between orthonormal layers (Anil et al. 2019)."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from ganlab_desktop.gan.precision import in_full_precision

_ITERATIONS = 12


class GroupSort(nn.Module):
    """Puts every two neighbouring features (B, A) in order, A even: it keeps the norm of values and of gradients."""

    def forward(self, features: Tensor) -> Tensor:
        left, right = features[:, ::2], features[:, 1::2]
        return torch.stack((torch.minimum(left, right), torch.maximum(left, right)), 2).flatten(1)


class Orthonormal(nn.Module):
    """The nearest matrix with orthonormal rows or columns, by a fixed number of Bjorck and Bowie's (1971) iterations.

    W <- 3/2 W - 1/2 W W^T W brings every singular value in (0, sqrt 3) to 1. The matrix is first divided by its
    Schatten norm of order 8, |(W^T W)^2|_F^(1/4), which no singular value exceeds; from there an iteration takes
    (0, 1] into itself, so that the result is 1-Lipschitz however far it has converged.
    """

    def forward(self, weight: Tensor) -> Tensor:
        wide = weight if weight.shape[0] <= weight.shape[1] else weight.T
        with in_full_precision(weight.device):
            gram = wide @ wide.T
            wide = wide / torch.linalg.matrix_norm(gram @ gram).pow(0.25)
            for _ in range(_ITERATIONS):
                wide = torch.addmm(wide, wide @ wide.T, wide, beta=1.5, alpha=-0.5)
        return wide if weight.shape[0] <= weight.shape[1] else wide.T


def orthonormalise(layer: nn.Linear, rng: np.random.Generator) -> None:
    """Make a layer's weight orthonormal for good, beginning at a random orthonormal matrix (Saxe et al. 2014)."""
    rows, columns = layer.weight.shape
    drawn = rng.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(drawn)
    q *= np.sign(np.diag(r))  # without it the matrix would not be uniformly distributed
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(q if rows >= columns else q.T))
    parametrize.register_parametrization(layer, "weight", Orthonormal())
