"""The generator whose output is one Gaussian."""

import math
from collections.abc import Iterable, Sequence
from functools import singledispatch

import numpy as np
import torch
from torch import nn

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.networks import AffineGenerator, GeneratorSpec


def affine_generator(spec: AffineGenerator, latent: int, shape: Sequence[int], rng: np.random.Generator) -> nn.Linear:
    """The generator mean + W z from latents (B, latent) to samples (B, D); nothing is drawn from `rng`.

    Raises ExperimentError for a mean or std with more values than the data have dimensions.
    """
    outputs = math.prod(shape)
    for name, values in (("mean", spec.mean), ("std", spec.std)):
        if len(values) not in (1, outputs):
            raise ExperimentError(f"generator.{name}", f"must be one value, or one for each of {outputs} dimensions")
    network = nn.Linear(latent, outputs)
    set_weights(spec, network, ("mean", "std"))
    return network


@singledispatch
def set_weights(spec: GeneratorSpec, network: nn.Module, settings: Iterable[str]) -> bool:
    """Set the weights of a generator that some of its spec's settings stand for; whether there are any."""
    return False


@set_weights.register
@torch.no_grad()
def _set_affine(spec: AffineGenerator, network: nn.Linear, settings: Iterable[str]) -> bool:
    """`mean` is the bias (d,), `std` the diagonal of the weight (d, k), which is zero elsewhere."""
    wanted = set(settings) & {"mean", "std"}
    if "mean" in wanted:
        network.bias.copy_(torch.tensor(spec.mean).expand_as(network.bias))
    if "std" in wanted:
        network.weight.zero_()
        diagonal = network.weight.diagonal()
        diagonal.copy_(torch.tensor(spec.std).expand(len(network.weight))[: len(diagonal)])
    return bool(wanted)
