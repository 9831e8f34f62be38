"""The exact density of generators that have one in closed form: linear, monotone on the line, invertible ones."""

from collections.abc import Callable
from functools import singledispatch
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ganlab_desktop.experiment.networks import LatentSpec, NormalLatent, UniformLatent

FloatArray = NDArray[np.float64]
Curve = Callable[[FloatArray], tuple[FloatArray, FloatArray]]  # z (N,) -> G(z) (N,), G'(z) (N,)

_FARTHEST = 8.0  # standard deviations, beyond which a normal latent has a probability of 1e-15
_LOOKS = 4097  # points at which the slope's sign is looked at
_HALVINGS = 60  # of the latent's range: down to the rounding of a double


class NoDensityError(ValueError):
    """The generator's distribution has no density, or none in closed form; the message says why."""


def require_density(latent_dim: int, data_dim: int) -> None:
    """Raises NoDensityError for a latent with fewer dimensions than the data."""
    if latent_dim < data_dim:
        raise NoDensityError(
            f"A latent of dimension {latent_dim} fills no area of {data_dim}-dimensional data: the generated points "
            "lie on a thin set, q has no density, and the Jensen-Shannon divergence is log 2 whatever G does."
        )


def linear_log_density(x: FloatArray, weight: FloatArray, bias: FloatArray) -> FloatArray:
    """Log density (N,) at x (N, d) of W z + b with W (d, k) and standard normal z: that of N(b, W W^T).

    Raises NoDensityError where W W^T is singular.
    """
    dim, latent = weight.shape
    require_density(latent, dim)
    if np.linalg.matrix_rank(weight) < dim:
        raise NoDensityError("The weight matrix has lost a dimension: the generated points lie on a thin set.")
    from scipy.stats import multivariate_normal  # half a second, which an engine's start need not wait for

    return np.atleast_1d(multivariate_normal(bias, weight @ weight.T).logpdf(x))


class _Latent(NamedTuple):
    low: float
    high: float
    log_density: Callable[[FloatArray], FloatArray]


@singledispatch
def _latent(spec: LatentSpec) -> _Latent:
    raise TypeError(f"no latent density for {type(spec).__name__}")


@_latent.register
def _normal(spec: NormalLatent) -> _Latent:
    return _Latent(-_FARTHEST, _FARTHEST, lambda z: -(z**2 + np.log(2 * np.pi)) / 2)


@_latent.register
def _uniform(spec: UniformLatent) -> _Latent:
    return _Latent(-1.0, 1.0, lambda z: np.full(z.shape, -np.log(2.0)))


def monotone_log_density(x: FloatArray, curve: Curve, spec: LatentSpec) -> FloatArray:
    """Log density (N,) at x (N,) of G(z) for a one-dimensional latent: log p(z) - log |G'(z)| at z = G^-1(x).

    -inf where G does not reach (8 standard deviations of a normal latent out). Raises NoDensityError where G folds or
    flattens the line.
    """
    latent = _latent(spec)
    values, slopes = curve(np.linspace(latent.low, latent.high, _LOOKS))
    sign = np.sign(slopes[0])
    if sign == 0 or (np.sign(slopes) != sign).any():
        raise NoDensityError("The generator is not monotone: it folds or flattens the line, and q is no single branch.")
    low, high = np.full(len(x), latent.low), np.full(len(x), latent.high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        before = sign * (curve(middle)[0] - x) < 0
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    z = (low + high) / 2
    reached = (x >= values.min()) & (x <= values.max())
    return np.where(reached, latent.log_density(z) - np.log(np.abs(curve(z)[1])), -np.inf)


def curve_of(generator: nn.Module) -> Curve:
    """Values and slopes of a generator from a 1-D latent to the line, in the precision of its parameters."""
    parameter = next(generator.parameters())

    def curve(z: FloatArray) -> tuple[FloatArray, FloatArray]:
        latent = torch.from_numpy(z).to(parameter)[:, None].requires_grad_()
        with torch.enable_grad():
            values = generator(latent)
            (slopes,) = torch.autograd.grad(values.sum(), latent)
        return values.detach()[:, 0].double().cpu().numpy(), slopes[:, 0].double().cpu().numpy()

    return curve


def log_density_of_samples(
    generator: nn.Module, latents: FloatArray, spec: LatentSpec
) -> tuple[FloatArray, FloatArray]:
    """Samples G(z) (N, d) and the log density of q there (N,) for latents (N, d) of the data's dimension:
    log p(z) - log |det dG/dz|.

    Raises NoDensityError where the determinant vanishes or its sign differs among the latents, as G then folds the
    space, and for latents of other dimensions than the data's.
    """
    parameter = next(generator.parameters())
    z = torch.from_numpy(latents).to(parameter).requires_grad_()
    with torch.enable_grad():
        samples = generator(z)
        require_density(z.shape[1], samples.shape[1])
        if z.shape[1] > samples.shape[1]:
            raise NoDensityError("A latent of more dimensions than the data has q only as an integral over latents.")
        rows = [torch.autograd.grad(column.sum(), z, retain_graph=True)[0] for column in samples.unbind(1)]
    signs, log_determinants = torch.linalg.slogdet(torch.stack(rows, dim=1).double())
    if (signs != signs[0]).any() or signs[0] == 0:
        raise NoDensityError("The generator folds the latent space: several latents share a sample.")
    log_q = _latent(spec).log_density(latents).sum(1) - log_determinants.cpu().numpy()
    return samples.detach().double().cpu().numpy(), log_q
