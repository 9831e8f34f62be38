"""Networks that are told the class of a sample: any generator or discriminator, wrapped.

A conditional network takes a batch and its condition, here the labels of its classes, which are repeated in turn where
the batch is longer: real and generated samples that stand one after the other share them, and one label tells a whole
grid its class. `given` makes a function of the batch alone of it, so that whoever works on networks need not know of
conditions.
"""

from collections.abc import Sequence
from functools import singledispatch
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ganlab_desktop.experiment.conditioning import (
    AuxiliaryClassifier,
    Concatenation,
    ConditionalBatchNorm,
    ConditioningSpec,
    Embedding,
    Projection,
    Unconditional,
)
from ganlab_desktop.experiment.networks import DiscriminatorSpec, GeneratorSpec
from ganlab_desktop.gan.networks.batch_norm import BatchNorm, ClassNorm
from ganlab_desktop.gan.networks.build import build_discriminator, build_generator
from ganlab_desktop.gan.networks.mlp import linear, normalise


class Conditional(nn.Module):
    """A network of a batch (B, ...) and a condition (L, ...), int64 labels (L,) or images, repeated in turn to B."""

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        raise NotImplementedError


class Given(nn.Module):
    """A conditional network with its condition: a function of the batch alone."""

    def __init__(self, network: Conditional, condition: Tensor) -> None:
        super().__init__()
        self.network, self.condition = network, condition

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.network(x, self.condition)
        return y


def given(network: nn.Module, condition: Tensor | None) -> nn.Module:
    """The network with its condition (L, ...), in the place of one that it may have; one that needs none as it is."""
    if isinstance(network, Given):
        network = network.network
    return Given(network, condition) if isinstance(network, Conditional) and condition is not None else network


def told(network: nn.Module, x: Tensor) -> Tensor:
    """What comes to the network inside a conditional one that has its labels: x (B, ...), with the codes of the classes
    beside it where it is told them in this way."""
    if isinstance(network, Given) and isinstance(network.network, Concatenated):
        return network.network.joined(x, network.condition)
    return x


class OneHot(nn.Module):
    """Labels (L,) as unit vectors (L, K)."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.classes = classes

    def forward(self, labels: Tensor) -> Tensor:
        return functional.one_hot(labels, self.classes)


class Concatenated(Conditional):
    """The network of (x, c(y)), whose inputs are as many more as c(y) is long."""

    def __init__(self, network: nn.Module, code: nn.Module) -> None:
        super().__init__()
        self.network, self.code = network, code

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        y: Tensor = self.network(self.joined(x, condition))
        return y

    def joined(self, x: Tensor, labels: Tensor) -> Tensor:
        """(x, c(y))."""
        return torch.cat((x, in_turn(self.code(labels), x.shape[0]).to(x.dtype)), 1)


class ClassNormed(Conditional):
    """The network with a gain and an offset for each class in place of those of its batch norms."""

    def __init__(self, network: nn.Module, classes: int) -> None:
        super().__init__()
        self.network = network
        for parent in list(network.modules()):
            for name, layer in parent.named_children():
                if isinstance(layer, BatchNorm):
                    setattr(parent, name, ClassNorm(layer.num_features, classes))

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        norms = [module for module in self.network.modules() if isinstance(module, ClassNorm)]
        told = in_turn(condition, x.shape[0])
        for norm in norms:
            norm.labels = told
        y: Tensor = self.network(x)
        for norm in norms:
            norm.labels = None
        return y


class Projected(Conditional):
    """psi(phi(x)) + e_y . phi(x) (Miyato and Koyama 2018, eq. 3): psi is the network's last layer, phi all before, and
    e_y a row of `classes`, which starts as a linear layer's does and is spectrally normalised like one."""

    def __init__(self, network: nn.Sequential, classes: nn.Linear) -> None:
        super().__init__()
        self.features, self.output, self.classes = network[:-1], network[-1], classes

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        phi = self.features(x)
        along = in_turn(self.classes.weight[condition], x.shape[0])
        v: Tensor = self.output(phi) + (along * phi).sum(1, keepdim=True)
        return v


class Classifying(nn.Module):
    """A discriminator with a second head, which guesses the class of what it sees (Odena et al. 2017)."""

    def __init__(self, network: nn.Sequential, classes: nn.Linear) -> None:
        super().__init__()
        self.features, self.output, self.classes = network[:-1], network[-1], classes

    def forward(self, x: Tensor) -> Tensor:
        v: Tensor = self.output(self.features(x))
        return v

    def guess(self, x: Tensor) -> Tensor:
        """The logits (B, K) of the classes for samples (B, ...)."""
        logits: Tensor = self.classes(self.features(x))
        return logits


def in_turn(rows: Tensor, count: int) -> Tensor:
    """Rows (L, ...), repeated in turn to (count, ...)."""
    return (
        rows
        if rows.shape[0] == count
        else rows.repeat(-(-count // rows.shape[0]), *(1 for _ in rows.shape[1:]))[:count]
    )


@singledispatch
def conditional_generator(
    spec: ConditioningSpec,
    network: GeneratorSpec,
    latent: int,
    shape: Sequence[int],
    classes: int,
    rng: np.random.Generator,
) -> nn.Module:
    """A generator from latents (B, latent) to samples (B, D) of a shape, told classes as the conditioning says: beside
    the latent, where it says nothing else."""
    length = _code_length(spec)
    return Concatenated(build_generator(network, latent + (length or classes), shape, rng), _code(length, classes, rng))


@conditional_generator.register
def _untold(
    spec: Unconditional,
    network: GeneratorSpec,
    latent: int,
    shape: Sequence[int],
    classes: int,
    rng: np.random.Generator,
) -> nn.Module:
    return build_generator(network, latent, shape, rng)


@conditional_generator.register
def _class_normed(
    spec: ConditionalBatchNorm,
    network: GeneratorSpec,
    latent: int,
    shape: Sequence[int],
    classes: int,
    rng: np.random.Generator,
) -> nn.Module:
    return ClassNormed(build_generator(network, latent, shape, rng), classes)


@singledispatch
def conditional_discriminator(
    spec: ConditioningSpec, network: DiscriminatorSpec, shape: Sequence[int], classes: int, rng: np.random.Generator
) -> nn.Module:
    """A discriminator from samples (B, D) of a shape to raw scores (B, 1), told classes as the conditioning says."""
    raise TypeError(f"no discriminator for {type(spec).__name__}")


@conditional_discriminator.register
def _unconditional(
    spec: Unconditional, network: DiscriminatorSpec, shape: Sequence[int], classes: int, rng: np.random.Generator
) -> nn.Module:
    return build_discriminator(network, shape, 0, rng)


@conditional_discriminator.register(Concatenation)
@conditional_discriminator.register(Embedding)
def _concatenated(
    spec: Concatenation | Embedding,
    network: DiscriminatorSpec,
    shape: Sequence[int],
    classes: int,
    rng: np.random.Generator,
) -> nn.Module:
    length = _code_length(spec)
    return Concatenated(build_discriminator(network, shape, length or classes, rng), _code(length, classes, rng))


@conditional_discriminator.register(Projection)
@conditional_discriminator.register(ConditionalBatchNorm)
def _projected(
    spec: Projection | ConditionalBatchNorm,
    network: DiscriminatorSpec,
    shape: Sequence[int],
    classes: int,
    rng: np.random.Generator,
) -> nn.Module:
    plain = _sequential(build_discriminator(network, shape, 0, rng))
    return Projected(plain, _head(plain, network, classes, rng, bias=False))


@conditional_discriminator.register
def _classifying(
    spec: AuxiliaryClassifier, network: DiscriminatorSpec, shape: Sequence[int], classes: int, rng: np.random.Generator
) -> nn.Module:
    plain = _sequential(build_discriminator(network, shape, 0, rng))
    return Classifying(plain, _head(plain, network, classes, rng, bias=True))


def _sequential(network: nn.Module) -> nn.Sequential:
    """The network, whose last layer is the one that reads its features out."""
    if not isinstance(network, nn.Sequential) or not isinstance(network[-1], nn.Linear):
        raise TypeError(f"{type(network).__name__} has no last linear layer, from which features could be told")
    return network


def _head(
    plain: nn.Sequential, network: DiscriminatorSpec, classes: int, rng: np.random.Generator, *, bias: bool
) -> nn.Linear:
    """A layer from the features of a discriminator to one number per class."""
    head = linear(cast(nn.Linear, plain[-1]).in_features, classes, rng, bias=bias)
    if network.spectral_norm:
        normalise(head, rng)
    return head


@singledispatch
def _code_length(spec: ConditioningSpec) -> int:
    """The length of the learned vector that stands for a class; 0 for a one-hot vector."""
    return 0


@_code_length.register
def _embedded(spec: Embedding) -> int:
    return spec.dim


@_code_length.register(Projection)
@_code_length.register(AuxiliaryClassifier)
def _of_generator(spec: Projection | AuxiliaryClassifier) -> int:
    return spec.generator_embedding


def _code(length: int, classes: int, rng: np.random.Generator) -> nn.Module:
    """One-hot vectors, or learned ones of a length that start as N(0, I), as torch's do."""
    if not length:
        return OneHot(classes)
    embedding = nn.Embedding(classes, length)
    with torch.no_grad():
        embedding.weight.copy_(torch.from_numpy(rng.standard_normal((classes, length)).astype(np.float32)))
    return embedding
