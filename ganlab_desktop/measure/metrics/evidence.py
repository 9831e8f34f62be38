"""How likely samples are under a variational autoencoder, from below."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ganlab_desktop.gan.networks.encoder import Encoder
from ganlab_desktop.gan.objectives.variational import log_likelihood, log_prior

_AT_ONCE = 4096  # latents that are decoded together


class Evidence(NamedTuple):
    """Means over samples, in nats per sample: elbo = reconstruction - divergence, the bound of log p(x) that training
    raises; iwae, the tighter one of several latents (Burda et al. 2016, eq. 8), which tends to log p(x) with their
    number; reconstruction, E_q log p(x|z); divergence, KL(q(z|x) || N(0, I)). noise_std: s of p(x|z) = N(G(z), s^2 I),
    in network units."""

    elbo: float
    iwae: float
    reconstruction: float
    divergence: float
    noise_std: float


@torch.no_grad()
def evidence(
    encoder: Encoder,
    decoder: Callable[[Tensor], Tensor] | nn.Module,
    samples: Tensor,
    draws: int,
    rng: np.random.Generator,
) -> Evidence:
    """Of samples (N, D), from so many latents of each."""
    rows = [
        _of_part(encoder, decoder, part, draws, rng) for part in torch.split(samples, max(1, _AT_ONCE // max(draws, 1)))
    ]
    iwae, reconstruction, divergence = (float(torch.cat(column).mean()) for column in zip(*rows, strict=True))
    return Evidence(reconstruction - divergence, iwae, reconstruction, divergence, float(encoder.variance.sqrt()))


def _of_part(
    encoder: Encoder,
    decoder: Callable[[Tensor], Tensor] | nn.Module,
    samples: Tensor,
    draws: int,
    rng: np.random.Generator,
) -> tuple[Tensor, Tensor, Tensor]:
    """The same for each of some samples: iwae, reconstruction and divergence (N,), float64."""
    posterior = encoder.encode(samples)
    noise = torch.from_numpy(rng.standard_normal((draws, *posterior.mean.shape)).astype(np.float32))
    latents = posterior.latents(noise)  # (draws, N, L)
    decoded = decoder(latents.flatten(0, 1)).unflatten(0, (draws, len(samples)))
    likelihood = log_likelihood(samples, decoded, encoder.variance).double()
    weights = likelihood + (log_prior(latents) - posterior.log_density(latents)).double()
    iwae = torch.logsumexp(weights, 0) - np.log(draws)
    return iwae, likelihood.mean(0), posterior.divergence().double()
