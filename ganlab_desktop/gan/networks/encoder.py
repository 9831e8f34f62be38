"""The encoder of a variational autoencoder."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.networks import DiscriminatorSpec
from ganlab_desktop.gan.networks.build import build_discriminator
from ganlab_desktop.gan.objectives.variational import Posterior


class Encoder(nn.Module):
    """A network from samples (B, D) to means and log variances side by side (B, 2 L) of the latents that they may have
    come from. Beside it, as what else is learned of the likelihood, the `variance` () around what is decoded."""

    variance: Tensor

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("variance", torch.ones(()))

    def forward(self, samples: Tensor) -> Tensor:
        outputs: Tensor = self.network(samples)
        return outputs

    def encode(self, samples: Tensor) -> Posterior:
        """q(z|x) of samples (B, D)."""
        mean, log_variance = self(samples).chunk(2, dim=1)
        return Posterior(mean, log_variance)


def build_encoder(spec: DiscriminatorSpec, shape: Sequence[int], latent: int, rng: np.random.Generator) -> Encoder:
    """A discriminator's network with two outputs for each latent, its weights drawn from `rng`."""
    return Encoder(build_discriminator(spec, shape, 0, rng, 2 * latent))
