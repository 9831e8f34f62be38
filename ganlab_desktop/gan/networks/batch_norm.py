"""Batch norm that can also be looked at: its output is no function of one sample, as each batch has its own spread."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.functional import batch_norm


class BatchNorm(nn.BatchNorm1d):
    """Batch norm (Ioffe and Szegedy 2015) of features (B, A), or of maps (B, A, H, W) over all their places.

    The running statistics of a discriminator mix real and generated batches, which it never sees mixed: in eval mode it
    is another function than the one that plays. So looks give it a reference batch of one kind, whose mean and variance
    stand for those of the batch that a sample comes in.
    """

    def __init__(self, features: int, *, affine: bool = True) -> None:
        super().__init__(features, affine=affine)
        self.reference: tuple[Tensor, Tensor] | None = None  # mean and variance (A,)
        self.remembers = False  # whether what passes through becomes the reference
        self.apart = False  # whether each batch counts by itself, as in training, but leaves no trace

    def forward(self, features: Tensor) -> Tensor:
        if self.apart:
            return batch_norm(features, None, None, self.weight, self.bias, True, 0.0, self.eps)
        if self.remembers:
            others = [0, *range(2, features.dim())]
            self.reference = features.mean(others), features.var(others, unbiased=False)
        if self.reference is None:
            return super().forward(features)
        return batch_norm(features, *self.reference, self.weight, self.bias, False, 0.0, self.eps)

    def _check_input_dim(self, features: Tensor) -> None:
        if features.dim() not in (2, 4):
            raise ValueError(f"features or maps, but {features.dim()} dimensions")


class ClassNorm(nn.Module):
    """Batch norm whose gain and offset (A,) are those of a sample's class (Dumoulin et al. 2017, eq. 5). They start as
    the identity, for each of K classes."""

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.norm = BatchNorm(features, affine=False)
        self.gains = nn.Parameter(torch.ones(classes, features))
        self.offsets = nn.Parameter(torch.zeros(classes, features))
        self.labels: Tensor | None = None  # of the batch that passes through (B,)

    def forward(self, features: Tensor) -> Tensor:
        assert self.labels is not None
        shape = (*features.shape[:2], *(1 for _ in features.shape[2:]))
        gain, offset = (table[self.labels].view(shape) for table in (self.gains, self.offsets))
        shifted: Tensor = gain * self.norm(features) + offset
        return shifted


@contextmanager
def batches_apart(*networks: nn.Module) -> Iterator[None]:
    """A block in which batch norm takes each batch by itself, as in training, but keeps nothing of it."""
    norms = [module for network in networks for module in network.modules() if isinstance(module, BatchNorm)]
    for norm in norms:
        norm.apart = True
    try:
        yield
    finally:
        for norm in norms:
            norm.apart = False
