"""Equalised learning rate and pixel norm (Karras et al. 2018, sections 4.1 and 4.2)."""

import math
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import register_parametrization

_Layer = TypeVar("_Layer", nn.Linear, nn.Conv2d)

GAIN = math.sqrt(2.0)  # for layers before a rectifier (He et al. 2015)


class Scaled(nn.Module):
    """A parameter that acts multiplied by a constant."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, parameter: Tensor) -> Tensor:
        return self.factor * parameter


def equalised(layer: _Layer, rng: np.random.Generator, *, gain: float = GAIN, rate: float = 1.0) -> _Layer:
    """The layer with weights drawn from N(0, 1), which act multiplied by gain / sqrt(fan in), so that an optimiser that
    knows no scale moves every layer as fast. Where `rate` is not 1 it moves that many times as fast as the others, and
    starts at the same function (Karras et al. 2019, appendix C). Biases start at 0."""
    weight = layer.weight
    with torch.no_grad():
        weight.copy_(torch.from_numpy(rng.standard_normal(tuple(weight.shape), np.float32)) / rate)
        if layer.bias is not None:
            layer.bias.zero_()
    register_parametrization(layer, "weight", Scaled(rate * gain / math.sqrt(weight[0].numel())))
    if rate != 1.0 and layer.bias is not None:
        register_parametrization(layer, "bias", Scaled(rate))
    return layer


class PixelNorm(nn.Module):
    """a / sqrt(mean of a^2 + 1e-8), over the features of (B, A), or over the maps of (B, A, H, W) at each place."""

    def forward(self, a: Tensor) -> Tensor:
        return a * torch.rsqrt(a.square().mean(1, keepdim=True) + 1e-8)
