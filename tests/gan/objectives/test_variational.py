"""The terms of the variational bound against torch's distributions, brute force and finite differences."""

import numpy as np
import pytest
import torch
from torch.distributions import Independent, Normal, kl_divergence

from ganlab_desktop.experiment.objectives import Variational
from ganlab_desktop.gan.objectives import build_objective
from ganlab_desktop.gan.objectives.variational import Posterior, best_variance, log_likelihood, log_prior


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape))


@pytest.fixture
def posterior() -> Posterior:
    return Posterior(2.0 * drawn(5, 3), drawn(5, 3, seed=1))


def as_distribution(posterior: Posterior) -> Independent:
    return Independent(Normal(posterior.mean, (0.5 * posterior.log_variance).exp()), 1)


def test_the_divergence_from_the_prior_is_torchs(posterior: Posterior) -> None:
    prior = Independent(Normal(torch.zeros(5, 3).double(), torch.ones(5, 3).double()), 1)
    torch.testing.assert_close(posterior.divergence(), kl_divergence(as_distribution(posterior), prior))
    nothing = Posterior(torch.zeros(2, 3), torch.zeros(2, 3))
    assert torch.equal(nothing.divergence(), torch.zeros(2))


def test_the_densities_are_torchs(posterior: Posterior) -> None:
    latents = drawn(7, 5, 3, seed=2)
    torch.testing.assert_close(posterior.log_density(latents), as_distribution(posterior).log_prob(latents))
    prior = Independent(Normal(torch.zeros(3).double(), torch.ones(3).double()), 1)
    torch.testing.assert_close(log_prior(latents), prior.log_prob(latents))
    samples, decoded, variance = drawn(5, 4), drawn(7, 5, 4, seed=3), torch.tensor(0.3, dtype=torch.float64)
    expected = Independent(Normal(decoded, variance.sqrt()), 1).log_prob(samples)
    torch.testing.assert_close(log_likelihood(samples, decoded, variance), expected)


def test_latents_have_the_mean_and_the_deviation_that_the_encoder_tells(posterior: Posterior) -> None:
    latents = posterior.latents(drawn(200_000, 5, 3))
    torch.testing.assert_close(latents.mean(0), posterior.mean, atol=0.03, rtol=0.0)
    torch.testing.assert_close(latents.var(0).log(), posterior.log_variance, atol=0.03, rtol=0.0)


def test_no_other_variance_makes_a_batch_more_likely() -> None:
    samples, decoded = drawn(6, 4), drawn(6, 4, seed=1)
    best = best_variance(samples, decoded)
    likely = log_likelihood(samples, decoded, best).mean()
    for factor in (0.5, 0.9, 1.1, 2.0):
        assert log_likelihood(samples, decoded, factor * best).mean() < likely


@pytest.mark.parametrize("optimal", [True, False])
def test_the_gradient_of_the_drawn_bound_agrees_with_finite_differences(optimal: bool) -> None:
    samples, noise = drawn(4, 3), drawn(4, 2, seed=1)
    weights = [drawn(3, 4, seed=2), drawn(2, 3, seed=3)]  # of encoder and decoder

    def bound(encoder: torch.Tensor, decoder: torch.Tensor) -> torch.Tensor:
        mean, log_variance = (samples @ encoder).chunk(2, dim=1)
        posterior = Posterior(mean, log_variance)
        decoded = torch.tanh(posterior.latents(noise) @ decoder)
        variance = best_variance(samples, decoded) if optimal else torch.tensor(0.1, dtype=torch.float64)
        return (log_likelihood(samples, decoded, variance) - posterior.divergence()).mean()

    assert torch.autograd.gradcheck(bound, [weight.requires_grad_() for weight in weights])


def test_there_is_no_discriminator_to_ask() -> None:
    objective = build_objective(Variational())
    assert not objective.judges
    assert "no discriminator" in objective.reason
    with pytest.raises(TypeError, match="no discriminator"):
        objective.discriminator_loss(torch.zeros(1), torch.zeros(1))
