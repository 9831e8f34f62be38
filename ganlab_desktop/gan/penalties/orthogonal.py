"""Orthogonal regularisation (Brock et al. 2019, eq. 3)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.penalties import Orthogonal
from ganlab_desktop.gan.networks.conditioning import Projected
from ganlab_desktop.gan.networks.minibatch import MinibatchDiscrimination
from ganlab_desktop.gan.penalties.penalty import Penalty, Turn, build_penalty


def non_orthogonality(network: nn.Module) -> Tensor:
    """|W^T W * (1 - I)|_F^2 summed over the weight matrices: squared products of all pairs of different filters.

    The columns of W are a layer's filters, one per output, so W is the transpose of what torch stores; a convolution's
    filters are flattened. Where spectral norm rescales a weight, the one that it rescales is meant. The tensor of
    minibatch discrimination and the vectors that stand for classes are no filters.
    """
    others = {id(weight) for module in network.modules() for weight in _no_filters(module)}
    filters = [weight.flatten(1) for weight in network.parameters() if weight.dim() >= 2 and id(weight) not in others]
    products = [each @ each.T for each in filters]
    return torch.stack([(each - torch.diag(each.diag())).square().sum() for each in products]).sum()


def _no_filters(module: nn.Module) -> Iterator[nn.Parameter]:
    if isinstance(module, MinibatchDiscrimination | nn.Embedding):
        yield from module.parameters()
    elif isinstance(module, Projected):
        yield from module.classes.parameters()


@dataclass(frozen=True)
class _Orthogonal(Penalty):
    weight: float

    def term(self, turn: Turn, rng: np.random.Generator) -> Tensor:
        """beta |W^T W * (1 - I)|_F^2, whatever the batches."""
        return self.weight * non_orthogonality(turn.discriminator)


@build_penalty.register
def _orthogonal(spec: Orthogonal) -> Penalty:
    return _Orthogonal(spec.weight)
