"""The noise against the distributions that it is named after."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from ganlab_desktop.experiment.networks import LatentSpec, NormalLatent, UniformLatent
from ganlab_desktop.gan.latent import draw_latent, latent_quantiles

DRAWS: list[tuple[LatentSpec, Any]] = [
    (NormalLatent(dim=3), stats.norm()),
    (UniformLatent(dim=3), stats.uniform(-1.0, 2.0)),  # on [-1, 1]
]
COUNT = 20_000


@pytest.mark.parametrize(("spec", "reference"), DRAWS, ids=["normal", "uniform"])
def test_every_coordinate_follows_the_named_distribution(spec: LatentSpec, reference: Any) -> None:
    latents = draw_latent(spec, np.random.default_rng(0), COUNT)
    assert (latents.shape, latents.dtype) == ((COUNT, 3), np.float32)
    for coordinate in latents.T:
        assert stats.kstest(coordinate, reference.cdf).pvalue > 1e-3
    correlations = np.corrcoef(latents.T)[np.triu_indices(3, 1)]
    assert np.abs(correlations).max() < 4.0 / np.sqrt(COUNT)


@pytest.mark.parametrize(("spec", "reference"), DRAWS, ids=["normal", "uniform"])
def test_quantiles_are_the_inverse_of_the_distribution_function(spec: LatentSpec, reference: Any) -> None:
    shares = np.linspace(0.01, 0.99, 99)
    np.testing.assert_allclose(latent_quantiles(spec, shares), reference.ppf(shares), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("spec", [spec for spec, _ in DRAWS], ids=["normal", "uniform"])
def test_quantiles_cut_the_draws_into_the_shares_asked_for(spec: LatentSpec) -> None:
    shares = np.linspace(0.1, 0.9, 9)
    latents = draw_latent(spec, np.random.default_rng(1), COUNT)
    below = (latents[:, :1] < latent_quantiles(spec, shares)).mean(0)
    np.testing.assert_allclose(below, shares, atol=4.0 * 0.5 / np.sqrt(COUNT))
