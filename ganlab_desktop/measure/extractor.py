"""Feature maps of images, in whose terms image metrics are taken and whose name stands beside every such number."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.images import Shape
from ganlab_desktop.gan.data.distribution import FloatArray, Samples
from ganlab_desktop.gan.streams import Stream, Streams

FEATURES = 64

_WIDTH, _WIDEST = 16, 64  # channels of the first layer, and of any
_STRIDES_ABOVE = 8  # pixels along a side; smaller maps are seen at every pixel and pooled
_SMALLEST = 2
_BATCH = 256  # images at a time
_WEIGHTS = 3  # index of the stream


@dataclass(frozen=True)
class Extractor:
    """Maps images of a shape (C, H, W) to features; `name` says which map it is."""

    name: str
    shape: Shape
    trunk: nn.Module

    def features(self, images: Samples) -> FloatArray:
        """Of flat images (N, C H W), N >= 1, from -1 to 1: (N, FEATURES)."""
        return self._outputs(self.trunk, images)

    def _outputs(self, network: nn.Module, images: Samples) -> FloatArray:
        """Always in the same batches, so that the same images give the same bits."""
        with torch.no_grad():
            x = torch.from_numpy(images).reshape(-1, *self.shape)
            parts = [network(x[start : start + _BATCH]) for start in range(0, len(x), _BATCH)]
            outputs: FloatArray = torch.cat(parts).double().numpy()
        return outputs


def random_features(shape: Shape, seed: int = 0) -> Extractor:
    """An untrained convolutional map, for data without labels; distances in it rank generators of one data set, and no
    more (Naeem et al. 2020 find random embeddings fit for that where the data are unlike ImageNet)."""
    trunk = convolutions(shape)
    draw_weights(trunk, Streams(seed).at(0, Stream.CLASSIFIER, _WEIGHTS))
    return Extractor("random features", shape, trunk)


def convolutions(shape: Shape) -> nn.Sequential:
    """Layers from images (B, C, H, W) to features (B, FEATURES), each halving the maps until they are 2 x 2."""
    channels, *sides = shape
    width, layers = _WIDTH, list[nn.Module]()
    while max(sides) > _SMALLEST or not layers:
        strided = max(sides) > _STRIDES_ABOVE
        layers += [nn.Conv2d(channels, width, 3, stride=1 + strided, padding=1), nn.ReLU()]
        if not strided:
            layers.append(nn.MaxPool2d(2, ceil_mode=True))
        channels, width = width, min(2 * width, _WIDEST)
        sides = [(side + 1) // 2 for side in sides]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * math.prod(sides), FEATURES), nn.ReLU())


def draw_weights(network: nn.Module, rng: np.random.Generator) -> None:
    """Normal weights whose variance keeps that of the signal through ReLUs (He et al. 2015); biases are 0."""
    for parameter in network.parameters():
        values: Tensor = torch.zeros_like(parameter)
        if parameter.ndim > 1:
            spread = math.sqrt(2 / parameter[0].numel())
            values = spread * torch.from_numpy(rng.standard_normal(parameter.shape, np.float32))
        parameter.data.copy_(values)
