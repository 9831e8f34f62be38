"""How likely samples are under a variational autoencoder, from below."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ganlab_desktop.gan.networks.encoder import Encoder
from ganlab_desktop.gan.objectives.variational import log_likelihood, log_prior

_AT_ONCE = 4096  # latents that are looked at together
_NUMBERS = 1 << 17  # of what is decoded in one pass: the activations on the way there are some fifty times as many


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
    count = max(1, _NUMBERS // samples.shape[1])
    passes = torch.split(latents.flatten(0, 1), count), torch.split(torch.arange(len(samples)).repeat(draws), count)
    found = [log_likelihood(samples[of], decoder(part), encoder.variance) for part, of in zip(*passes, strict=True)]
    likelihood = torch.cat(found).reshape(draws, len(samples)).double()
    weights = likelihood + (log_prior(latents) - posterior.log_density(latents)).double()
    iwae = torch.logsumexp(weights, 0) - np.log(draws)
    return iwae, likelihood.mean(0), posterior.divergence().double()
