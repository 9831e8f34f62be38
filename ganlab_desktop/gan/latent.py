"""The noise that feeds the generator."""

from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.networks import LatentSpec, NormalLatent, UniformLatent


@singledispatch
def draw_latent(spec: LatentSpec, rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Latents (count, dim), float32."""
    raise TypeError(f"no latent for {type(spec).__name__}")


@draw_latent.register
def _normal(spec: NormalLatent, rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    return rng.standard_normal((count, spec.dim), dtype=np.float32)


@draw_latent.register
def _uniform(spec: UniformLatent, rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    return rng.random((count, spec.dim), dtype=np.float32) * np.float32(2) - np.float32(1)


@singledispatch
def latent_quantiles(spec: LatentSpec, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """The latent coordinate below which each share of the noise lies: a regular grid in probability."""
    raise TypeError(f"no latent for {type(spec).__name__}")


@latent_quantiles.register
def _normal_quantiles(spec: NormalLatent, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.special import ndtri

    return np.asarray(ndtri(shares))


@latent_quantiles.register
def _uniform_quantiles(spec: UniformLatent, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    return 2.0 * shares - 1.0
