"""Layers that keep statistics of what passes through them, and how to keep those still."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils.parametrizations import _SpectralNorm

from ganlab_desktop.gan.networks.minibatch import MinibatchLayer
from ganlab_desktop.gan.networks.style import Truncation


def mixes_batch(network: nn.Module) -> bool:
    """Whether a sample's output depends on the other samples of its batch."""
    return any(isinstance(module, _BatchNorm | MinibatchLayer) for module in network.modules())


class FrozenStatistics:
    """Holds a network's batch-norm statistics, singular vectors and mean style still while the other player moves."""

    def __init__(self, network: nn.Module) -> None:
        self._norms = [module for module in network.modules() if isinstance(module, _BatchNorm)]
        self._vectors = [module for module in network.modules() if isinstance(module, _SpectralNorm)]
        self._means = [module for module in network.modules() if isinstance(module, Truncation)]
        self._momenta = [norm.momentum for norm in self._norms]

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """A block in which the network's forward passes leave no trace in it."""
        counts = [norm.num_batches_tracked for norm in self._norms]
        for norm in self._norms:
            norm.momentum, norm.num_batches_tracked = 0.0, None
        for vector in self._vectors:
            vector.eval()
        for mean in self._means:
            mean.still = True
        try:
            yield
        finally:
            for norm, momentum, count in zip(self._norms, self._momenta, counts, strict=True):
                norm.momentum, norm.num_batches_tracked = momentum, count
            for vector in self._vectors:
                vector.train()
            for mean in self._means:
                mean.still = False
