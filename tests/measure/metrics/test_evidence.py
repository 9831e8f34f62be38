"""The bounds of the likelihood against probabilistic PCA, whose likelihood and posterior are known (Tipping and Bishop
1999)."""

from typing import NamedTuple

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal, norm
from torch import nn

from ganlab_desktop.gan.networks.encoder import Encoder
from ganlab_desktop.measure.metrics.evidence import Evidence, evidence

DIM, LATENT, STD = 4, 2, 0.3


class Known(NamedTuple):
    """A linear decoder with its exact encoder, samples of the model, and their mean log likelihood."""

    encoder: Encoder
    decoder: nn.Linear
    samples: torch.Tensor
    log_likelihood: float


def linear(weight: np.ndarray, bias: np.ndarray) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight))
        layer.bias.copy_(torch.from_numpy(bias))
    return layer


@pytest.fixture
def known() -> Known:
    """x = W z + b + s noise: p(x) = N(b, W W^T + s^2 I) and p(z|x) = N(M^-1 W^T (x - b), s^2 M^-1) with
    M = W^T W + s^2 I, which is diagonal as the columns of W are orthogonal."""
    rng = np.random.default_rng(0)
    directions, _ = np.linalg.qr(rng.normal(size=(DIM, LATENT)))
    weight, bias = directions * np.array([1.5, 0.7]), rng.normal(size=DIM)
    m = np.diagonal(weight.T @ weight) + STD**2
    projection = weight.T / m[:, None]
    outputs = np.concatenate((projection, np.zeros_like(projection)))
    offsets = np.concatenate((-projection @ bias, np.log(STD**2 / m)))
    encoder = Encoder(linear(outputs, offsets))
    encoder.variance.fill_(STD**2)
    covariance = weight @ weight.T + STD**2 * np.eye(DIM)
    samples = rng.multivariate_normal(bias, covariance, size=400)
    likelihood = float(multivariate_normal(bias, covariance).logpdf(samples).mean())
    return Known(encoder, linear(weight, bias), torch.from_numpy(samples).float(), likelihood)


def measured(known: Known, draws: int) -> Evidence:
    return evidence(known.encoder, known.decoder, known.samples, draws, np.random.default_rng(1))


def test_with_the_exact_posterior_both_bounds_are_the_log_likelihood(known: Known) -> None:
    found = measured(known, 200)
    assert found.elbo == pytest.approx(known.log_likelihood, abs=0.01)
    assert found.iwae == pytest.approx(known.log_likelihood, abs=1e-4)  # each weight is p(x) itself
    assert found.elbo == pytest.approx(found.reconstruction - found.divergence)
    assert found.noise_std == pytest.approx(STD)
    assert measured(known, 1).iwae == pytest.approx(known.log_likelihood, abs=1e-4)


def test_more_latents_bring_the_bound_to_the_log_likelihood(known: Known) -> None:
    with torch.no_grad():  # a posterior that is shifted and too wide
        assert isinstance(known.encoder.network, nn.Linear)
        known.encoder.network.bias += torch.tensor([0.2, 0.2, 1.0, 1.0])
    rows = [measured(known, draws) for draws in (10, 100, 5000)]
    elbo = np.mean([row.elbo for row in rows[1:]])
    assert elbo < known.log_likelihood - 0.3
    assert elbo < rows[0].iwae < rows[1].iwae < rows[2].iwae < known.log_likelihood + 0.01
    assert rows[2].iwae == pytest.approx(known.log_likelihood, abs=0.01)


def test_large_samples_are_decoded_in_passes_that_fit_the_memory() -> None:
    rng, sizes = np.random.default_rng(2), list[int]()
    encoder = Encoder(linear(rng.normal(size=(2 * LATENT, 1024)) / 1024, np.zeros(2 * LATENT)))
    decoder, samples = linear(rng.normal(size=(1024, LATENT)), np.zeros(1024)), torch.randn(6, 1024)

    def decode(latents: torch.Tensor) -> torch.Tensor:
        sizes.append(len(latents))
        decoded: torch.Tensor = decoder(latents)
        return decoded

    found = evidence(encoder, decode, samples, 300, np.random.default_rng(1))
    assert sum(sizes) == 6 * 300
    assert max(sizes) * 1024 <= 2**17
    with torch.no_grad():
        posterior = encoder.encode(samples)
        noise = torch.from_numpy(np.random.default_rng(1).standard_normal((300, 6, LATENT)).astype(np.float32))
        decoded = decoder(posterior.latents(noise))
        likely = norm.logpdf((samples - decoded).double().numpy()).sum(-1).mean()
    assert found.reconstruction == pytest.approx(likely, rel=1e-5)


def test_samples_in_parts_are_measured_as_a_whole(known: Known) -> None:
    """So many latents of each that the samples are taken by twos."""
    assert measured(known, 2000).elbo == pytest.approx(measured(known, 100).elbo, abs=0.02)
