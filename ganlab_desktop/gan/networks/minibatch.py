"""Layers that compare a batch's samples with each other, so that a generator without variety gives itself away.

In training each sample is compared with the others of its batch. An output is then no function of one sample; to look
at D(x) for each x on its own, x takes its place in one fixed batch, the reference, beside which it is compared.
"""

import math

import numpy as np
import torch
from torch import Tensor, nn

GROUP = 4  # Karras et al. 2018, section 3
_CHUNK = 1024  # samples that are compared with the reference at a time, which bounds the memory of large surfaces


class MinibatchLayer(nn.Module):
    """Appends to features (B, A) features (B, K) that compare the samples: with each other, or with a reference. Maps
    (B, A, H, W) are compared as all that is in them, and have K further maps appended."""

    def __init__(self) -> None:
        super().__init__()
        self.reference: Tensor | None = None
        self.remembers = False  # whether what passes through becomes the reference

    def forward(self, features: Tensor) -> Tensor:
        rows = features.flatten(1)
        if self.remembers:
            self.reference = rows
        if self.reference is None:
            compared = self.within(rows)
        else:
            # a graph that is being recorded is one for batches of all sizes
            parts = (rows,) if torch.compiler.is_compiling() else torch.split(rows, _CHUNK)
            compared = torch.cat([self.beside(part, self.reference) for part in parts])
        places = features.shape[2:]
        compared = compared.view(*compared.shape, *(1 for _ in places)).expand(-1, -1, *places)
        return torch.cat((features, compared), 1)

    def within(self, features: Tensor) -> Tensor:
        """The features (B, K) that tell how each sample compares with the others of its batch (B, A)."""
        raise NotImplementedError

    def beside(self, features: Tensor, reference: Tensor) -> Tensor:
        """What `within` would say (B, K) of each sample (B, A) as the first of a batch whose others are (R, A)."""
        raise NotImplementedError


class MinibatchDiscrimination(MinibatchLayer):
    """o(x_i)_b = sum over j of exp(-|M_ib - M_jb|_1), M_i = f(x_i) T in R^(B x C) (Salimans et al. 2016).

    The sum runs over all j, i itself among them, so that a batch of N equal samples has o = N. T starts as a linear
    layer of A inputs does, U(-1/sqrt(A), 1/sqrt(A)).
    """

    def __init__(self, inputs: int, kernels: int, dim: int, rng: np.random.Generator) -> None:
        super().__init__()
        bound = 1.0 / math.sqrt(inputs)
        drawn = rng.uniform(-bound, bound, (inputs, dim, kernels)).astype(np.float32)
        self.tensor = nn.Parameter(torch.from_numpy(drawn))

    def within(self, features: Tensor) -> Tensor:
        rows = self._rows(features)
        return self._closeness(rows, rows).sum(1)

    def beside(self, features: Tensor, reference: Tensor) -> Tensor:
        others = self._closeness(self._rows(features), self._rows(reference)).sum(1)
        return others + 1.0  # exp(0), the sample's closeness to itself

    def _rows(self, features: Tensor) -> Tensor:
        """M (C, N, K) of features (N, A), dimension first."""
        return torch.einsum("na,ack->cnk", features, self.tensor)

    def _closeness(self, left: Tensor, right: Tensor) -> Tensor:
        """exp(-L1) (N, R, K) of rows (C, N, K) and (C, R, K); cdist has no second derivative, which unrolling needs."""
        distance = torch.zeros((), device=left.device, dtype=left.dtype)
        for mine, theirs in zip(left, right, strict=True):
            distance = distance + (mine.unsqueeze(1) - theirs.unsqueeze(0)).abs()
        return torch.exp(-distance)


class MinibatchStddev(MinibatchLayer):
    """One more feature: sqrt(var + 1e-8) over a group of samples, averaged over the features (Karras et al. 2018).

    Groups have four samples, B/4 apart in the batch as in the authors' code; the variance is the biased one.
    """

    def within(self, features: Tensor) -> Tensor:
        groups = features.view(GROUP, -1, features.shape[1])
        return _deviation(groups).repeat(GROUP)[:, None]

    def beside(self, features: Tensor, reference: Tensor) -> Tensor:
        apart = (len(reference) + 1) // GROUP
        others = reference[apart - 1 :: apart, None].expand(-1, features.shape[0], -1)
        return _deviation(torch.cat((features[None], others)))[:, None]


def _deviation(groups: Tensor) -> Tensor:
    """The mean deviation (M,) of groups (G, M, A)."""
    return (groups.var(0, unbiased=False) + 1e-8).sqrt().mean(1)
