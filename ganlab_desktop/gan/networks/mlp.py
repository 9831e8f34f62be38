"""Fully connected networks."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import _SpectralNorm
from torch.nn.utils.parametrize import ParametrizationList, register_parametrization

from ganlab_desktop.experiment.networks import MlpDiscriminator, MlpGenerator
from ganlab_desktop.gan.networks.batch_norm import BatchNorm
from ganlab_desktop.gan.networks.lipschitz import GroupSort, orthonormalise
from ganlab_desktop.gan.networks.minibatch import MinibatchDiscrimination, MinibatchStddev
from ganlab_desktop.gan.precision import in_full_precision

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "tanh": nn.Tanh,
    "silu": nn.SiLU,
    "gelu": nn.GELU,
    "elu": nn.ELU,
    "groupsort": GroupSort,
}
_OUTPUTS: dict[str, type[nn.Module]] = {"tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
_NORMS: dict[str, type[nn.Module]] = {"layer": nn.LayerNorm, "batch": BatchNorm}


def mlp_generator(spec: MlpGenerator, latent: int, shape: Sequence[int], rng: np.random.Generator) -> nn.Sequential:
    """A generator from latents (B, latent) to samples (B, D), D numbers of a shape."""
    layers, features = _hidden(spec, latent, rng)
    layers.append(linear(features, math.prod(shape), rng))
    if spec.output in _OUTPUTS:
        layers.append(_OUTPUTS[spec.output]())
    return nn.Sequential(*layers)


def mlp_discriminator(
    spec: MlpDiscriminator, shape: Sequence[int], beside: int, rng: np.random.Generator, outputs: int = 1
) -> nn.Sequential:
    """A discriminator from samples of D numbers and others beside them (B, packing D + beside) to raw scores
    (B, outputs)."""
    layers, features = _hidden(spec, spec.packing * math.prod(shape) + beside, rng)
    if spec.minibatch == "discrimination":
        layers.append(MinibatchDiscrimination(features, spec.minibatch_kernels, spec.minibatch_dim, rng))
        features += spec.minibatch_kernels
    elif spec.minibatch == "stddev":
        layers.append(MinibatchStddev())
        features += 1
    layers.append(linear(features, outputs, rng))
    network = nn.Sequential(*layers)
    for layer in [module for module in network.modules() if isinstance(module, nn.Linear)]:
        if spec.spectral_norm:
            normalise(layer, rng)
        elif spec.orthonormal:
            orthonormalise(layer, rng)
    return network


def _hidden(
    spec: MlpGenerator | MlpDiscriminator, inputs: int, rng: np.random.Generator
) -> tuple[list[nn.Module], int]:
    """The layers before the last linear one, and the features that they end with."""
    layers: list[nn.Module] = []
    if spec.fourier:
        layers.append(FourierFeatures(inputs, spec.fourier, spec.fourier_scale, rng))
        inputs = 2 * spec.fourier
    for before, after in pairwise((inputs, *spec.hidden)):
        layer: list[nn.Module] = [linear(before, after, rng)]
        if spec.norm in _NORMS:
            layer.append(_NORMS[spec.norm](after))
        layer.append(ACTIVATIONS[spec.activation]())
        layers += [Residual(*layer)] if spec.residual and before == after else layer
    return layers, (inputs, *spec.hidden)[-1]


class Residual(nn.Module):
    """x + f(x) (He et al. 2016)."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.change = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        changed: Tensor = x + self.change(x)
        return changed


class FourierFeatures(nn.Module):
    """sin(2 pi F x), cos(2 pi F x) with fixed frequencies F ~ N(0, scale^2) (Tancik et al. 2020, eq. 5)."""

    frequencies: Tensor

    def __init__(self, inputs: int, count: int, scale: float, rng: np.random.Generator) -> None:
        super().__init__()
        drawn = scale * rng.standard_normal((count, inputs))
        self.register_buffer("frequencies", torch.from_numpy(drawn.astype(np.float32)))

    def forward(self, x: Tensor) -> Tensor:
        angles = 2.0 * math.pi * x @ self.frequencies.T
        return torch.cat((angles.sin(), angles.cos()), 1)


def linear(inputs: int, outputs: int, rng: np.random.Generator, *, bias: bool = True) -> nn.Linear:
    """PyTorch's own initialisation, U(-1/sqrt(n), 1/sqrt(n)) for n inputs, drawn from the run's stream."""
    layer = nn.Linear(inputs, outputs, bias)
    bound = 1.0 / math.sqrt(inputs)
    with torch.no_grad():
        for parameter in layer.parameters():
            drawn = rng.uniform(-bound, bound, tuple(parameter.shape)).astype(np.float32)
            parameter.copy_(torch.from_numpy(drawn))
    return layer


class SpectralNorm(_SpectralNorm):
    """Torch's own, by power iteration of full precision."""

    def forward(self, weight: Tensor) -> Tensor:
        with in_full_precision(weight.device):
            return super().forward(weight)


def normalise(layer: nn.Linear | nn.Conv2d, rng: np.random.Generator) -> None:
    """Spectral norm whose first singular vectors come from the run's stream, warmed up as torch does (15 steps). Of a
    convolution it is that of its kernel as a matrix (outputs, inputs x places), as in the paper."""
    register_parametrization(layer, "weight", SpectralNorm(layer.weight))
    chain = cast(ParametrizationList, cast(nn.ModuleDict, layer.parametrizations)["weight"])
    weight, vectors = chain.original.detach().flatten(1), cast(Any, chain[0])
    with torch.no_grad():
        v = torch.from_numpy(rng.standard_normal(weight.shape[1]).astype(np.float32))
        for _ in range(15):
            u = nn.functional.normalize(weight @ v, dim=0, eps=1e-12)
            v = nn.functional.normalize(weight.T @ u, dim=0, eps=1e-12)
        vectors._u.copy_(u)
        vectors._v.copy_(v)
