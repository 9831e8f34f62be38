"""Fully connected networks."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, cast

import numpy as np
import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm
from torch.nn.utils.parametrize import ParametrizationList

from ganlab_desktop.experiment.networks import MlpDiscriminator, MlpGenerator

_ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "tanh": nn.Tanh,
    "silu": nn.SiLU,
    "gelu": nn.GELU,
    "elu": nn.ELU,
}
_OUTPUTS: dict[str, type[nn.Module]] = {"tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
_NORMS: dict[str, type[nn.Module]] = {"layer": nn.LayerNorm, "batch": nn.BatchNorm1d}


def mlp_generator(spec: MlpGenerator, inputs: int, outputs: int, rng: np.random.Generator) -> nn.Sequential:
    """A generator from latents (B, inputs) to samples (B, outputs)."""
    layers = _layers((inputs, *spec.hidden, outputs), spec.activation, "none", rng)
    if spec.output in _OUTPUTS:
        layers.append(_OUTPUTS[spec.output]())
    return nn.Sequential(*layers)


def mlp_discriminator(spec: MlpDiscriminator, inputs: int, rng: np.random.Generator) -> nn.Sequential:
    """A discriminator from samples (B, inputs) to raw scores (B, 1)."""
    layers = _layers((inputs, *spec.hidden, 1), spec.activation, spec.norm, rng)
    if spec.spectral_norm:
        for layer in layers:
            if isinstance(layer, nn.Linear):
                _normalise(layer, rng)
    return nn.Sequential(*layers)


def _layers(widths: Sequence[int], activation: str, norm: str, rng: np.random.Generator) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for index, (inputs, outputs) in enumerate(pairwise(widths)):
        layers.append(_linear(inputs, outputs, rng))
        if index < len(widths) - 2:
            if norm in _NORMS:
                layers.append(_NORMS[norm](outputs))
            layers.append(_ACTIVATIONS[activation]())
    return layers


def _linear(inputs: int, outputs: int, rng: np.random.Generator) -> nn.Linear:
    """PyTorch's own initialisation, U(-1/sqrt(n), 1/sqrt(n)) for n inputs, drawn from the run's stream."""
    layer = nn.Linear(inputs, outputs)
    bound = 1.0 / math.sqrt(inputs)
    with torch.no_grad():
        for parameter in (layer.weight, layer.bias):
            drawn = rng.uniform(-bound, bound, tuple(parameter.shape)).astype(np.float32)
            parameter.copy_(torch.from_numpy(drawn))
    return layer


def _normalise(layer: nn.Linear, rng: np.random.Generator) -> None:
    """Spectral norm whose first singular vectors come from the run's stream, warmed up as torch does (15 steps)."""
    spectral_norm(layer)
    chain = cast(ParametrizationList, cast(nn.ModuleDict, layer.parametrizations)["weight"])
    weight, vectors = chain.original.detach(), cast(Any, chain[0])
    with torch.no_grad():
        v = torch.from_numpy(rng.standard_normal(weight.shape[1]).astype(np.float32))
        for _ in range(15):
            u = nn.functional.normalize(weight @ v, dim=0, eps=1e-12)
            v = nn.functional.normalize(weight.T @ u, dim=0, eps=1e-12)
        vectors._u.copy_(u)
        vectors._v.copy_(v)
