"""The terms of the variational autoencoder's bound (Kingma and Welling 2014), in nats, one for each sample.

log p(x) >= ELBO(x) = E_q(z|x) log p(x|z) - KL(q(z|x) || N(0, I)), with a diagonal normal q(z|x) and
p(x|z) = N(x; G(z), s^2 I).
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from ganlab_desktop.experiment.objectives import Variational
from ganlab_desktop.gan.objectives.objective import Objective, build_objective

LEAST_VARIANCE = 1e-8  # of the likelihood, where what is decoded meets the data


class Posterior(NamedTuple):
    """A normal distribution of latents for each sample: mean and log_variance (B, L)."""

    mean: Tensor
    log_variance: Tensor

    def latents(self, noise: Tensor) -> Tensor:
        """Latents (..., B, L) as a function of the encoder and of standard normal noise (..., B, L) (section 2.4)."""
        return self.mean + torch.exp(0.5 * self.log_variance) * noise

    def divergence(self) -> Tensor:
        """KL(q(z|x) || N(0, I)) (B,) (appendix B)."""
        return 0.5 * (self.mean.square() + self.log_variance.exp() - self.log_variance - 1.0).sum(1)

    def log_density(self, latents: Tensor) -> Tensor:
        """log q(z|x) (..., B) of latents (..., B, L)."""
        squares = (latents - self.mean).square() * torch.exp(-self.log_variance)
        return -0.5 * (squares + self.log_variance + math.log(2.0 * math.pi)).sum(-1)


def log_prior(latents: Tensor) -> Tensor:
    """log N(z; 0, I) (...) of latents (..., L)."""
    return -0.5 * (latents.square() + math.log(2.0 * math.pi)).sum(-1)


def log_likelihood(samples: Tensor, decoded: Tensor, variance: Tensor) -> Tensor:
    """log N(x; y, variance I) (...) of samples x and what is decoded y (..., D)."""
    squares = (samples - decoded).square().sum(-1)
    return -0.5 * (squares / variance + samples.shape[-1] * torch.log(2.0 * math.pi * variance))


def best_variance(samples: Tensor, decoded: Tensor) -> Tensor:
    """The variance () under which a batch (B, D) is most likely, its mean squared error (Rybkin et al. 2021, eq. 6)."""
    return (samples - decoded).square().mean().clamp_min(LEAST_VARIANCE)


def _no_discriminator(v_real: Tensor, v_fake: Tensor) -> Tensor:
    raise TypeError("a variational autoencoder has no discriminator")


@build_objective.register
def _variational(spec: Variational) -> Objective:
    reason = "a variational autoencoder has no discriminator"
    return Objective(_no_discriminator, _no_discriminator, None, "none", reason=reason)
