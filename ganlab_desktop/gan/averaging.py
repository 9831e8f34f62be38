"""The exponential moving average of the generator (Karras et al. 2018), its decay given as a half-life in samples."""

import copy

import torch

from ganlab_desktop.gan.networks.flat import FlatNetwork

_RAMP_UP = 0.05  # the half-life is at most this share of the samples seen so far (Karras et al. 2020, StyleGAN2-ADA)


class Average:
    """A copy of the generator whose parameters follow it slowly; buffers are copied."""

    def __init__(self, generator: FlatNetwork) -> None:
        self._source = generator
        self.network = FlatNetwork(copy.deepcopy(generator.module).eval(), generator.vector.device)
        self.samples = 0

    def restart(self) -> None:
        """Begin again at the generator as it is."""
        self.samples = 0
        self._copy(1.0)

    def update(self, batch_size: int, half_life: float) -> None:
        """Take in the generator after an update on `batch_size` samples."""
        self.samples += batch_size
        effective = min(half_life, self.samples * _RAMP_UP)
        self._copy(1.0 - 0.5 ** (batch_size / effective))

    def _copy(self, share: float) -> None:
        with torch.no_grad():
            self.network.vector.lerp_(self._source.vector, share)
            for mine, theirs in zip(self.network.module.buffers(), self._source.module.buffers(), strict=True):
                mine.copy_(theirs)
