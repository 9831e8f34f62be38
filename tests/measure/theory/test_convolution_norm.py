"""Bounds of convolutions against the matrices that they are."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d

from ganlab_desktop.experiment.convolutions import DcganDiscriminator
from ganlab_desktop.experiment.progressive import ProgressiveDiscriminator
from ganlab_desktop.experiment.resnets import ResnetDiscriminator
from ganlab_desktop.gan.networks.build import build_discriminator
from ganlab_desktop.gan.networks.growth import Growth
from ganlab_desktop.gan.networks.resnet import SumOfPlaces
from ganlab_desktop.measure.theory.convolution_norm import convolution_bound
from ganlab_desktop.measure.theory.lipschitz import lipschitz_bound, lipschitz_bracket


def norm_on(weight: Tensor, side: int, stride: int, padding: int) -> float:
    """The largest singular value of the convolution's matrix on images of a side."""
    basis = torch.eye(weight.shape[1] * side**2).double().view(-1, weight.shape[1], side, side)
    matrix = conv2d(basis, weight, stride=stride, padding=padding).flatten(1)
    return float(torch.linalg.matrix_norm(matrix, 2))


@pytest.mark.parametrize(("kernel", "stride", "padding"), [(1, 1, 0), (3, 1, 1), (4, 2, 1), (3, 2, 1), (5, 1, 2)])
@pytest.mark.parametrize("channels", [(3, 2), (1, 4)])
def test_the_bound_holds_at_every_size_and_is_close_on_large_images(
    kernel: int, stride: int, padding: int, channels: tuple[int, int]
) -> None:
    weight = torch.from_numpy(np.random.default_rng(kernel).standard_normal((*channels, kernel, kernel)))
    bound = convolution_bound(weight, (stride, stride))
    sizes = [norm_on(weight, side, stride, padding) for side in (4, 8, 16)]
    assert max(sizes) <= bound * (1.0 + 1e-12)
    assert bound <= 1.08 * sizes[-1]


def test_a_box_of_ones_stretches_nine_times_where_its_kernel_s_own_value_is_three() -> None:
    box = torch.ones(1, 1, 3, 3).double()
    assert float(torch.linalg.matrix_norm(box.flatten(1), 2)) == pytest.approx(3.0)
    assert norm_on(box, 24, 1, 1) == pytest.approx((1.0 + 2.0 * math.cos(math.pi / 25)) ** 2)  # 8.95
    assert 9.0 <= convolution_bound(box, (1, 1)) <= 1.02 * 9.0


def test_the_bound_does_not_depend_on_where_the_frequencies_fall() -> None:
    # cos(2 x + phase) is largest between the frequencies that are looked at
    for shift in (0.1, 0.7, 1.3):
        phases = torch.tensor([shift / 3.0 * place**2 for place in range(3)])
        weight = torch.stack((phases.cos(), phases.sin())).double().view(2, 1, 1, 3)
        dense = torch.linspace(0.0, 2.0 * math.pi, 20_001).double()
        waves = torch.exp(1j * dense[:, None] * torch.arange(3))
        supremum = float(torch.linalg.vector_norm(waves @ weight[:, 0, 0].T.to(waves.dtype), dim=1).max())
        assert supremum <= convolution_bound(weight, (1, 1)) <= 1.02 * supremum


def test_means_halve_and_sums_grow_with_the_root_of_their_places() -> None:
    basis = torch.eye(64).view(64, 1, 8, 8)
    for layer in (nn.AvgPool2d(2), nn.AvgPool2d(4), SumOfPlaces(64)):
        matrix = layer(basis).flatten(1)
        assert float(torch.linalg.matrix_norm(matrix, 2)) == pytest.approx(lipschitz_bound(layer), rel=1e-5)


@pytest.mark.parametrize(
    "spec",
    [
        DcganDiscriminator(maps=4),
        DcganDiscriminator(maps=4, spectral_norm=True),
        ResnetDiscriminator(maps=4, spectral_norm=True),
        ResnetDiscriminator(maps=4, activation="leaky_relu"),
    ],
    ids=repr,
)
def test_image_discriminators_have_a_bracket(spec: Any) -> None:
    judge = build_discriminator(spec, (3, 16, 16), 0, np.random.default_rng(0)).eval()
    bracket = lipschitz_bracket(judge, torch.randn(20, 768))
    assert bracket.upper is not None
    assert 0.0 < bracket.lower <= bracket.upper


@pytest.mark.parametrize("step", [0, 5, 12, 19])
def test_a_growing_discriminator_has_the_bound_of_its_stage(step: int) -> None:
    spec = ProgressiveDiscriminator(maps=4, stage_steps=10, fade=0.5, minibatch="none")
    judge = build_discriminator(spec, (1, 8, 8), 0, np.random.default_rng(0)).eval()
    next(module for module in judge.modules() if isinstance(module, Growth)).step.fill_(step)
    bracket = lipschitz_bracket(judge, torch.randn(20, 64))
    assert bracket.upper is not None
    assert bracket.lower <= bracket.upper
    growing: Any = judge[1]  # type: ignore[index]
    levels = {0: [0], 5: [0], 12: [0, 1], 19: [1]}[step]
    first, block, inputs = growing.inputs, growing.blocks[0], lipschitz_bound(growing.inputs[1])
    of = {0: 0.5 * lipschitz_bound(first[0]), 1: inputs * lipschitz_bound(block)}
    shares = {0: 0.6, 1: 0.4} if len(levels) == 2 else {levels[0]: 1.0}
    assert lipschitz_bound(growing) == pytest.approx(sum(share * of[level] for level, share in shares.items()))


@pytest.mark.parametrize(
    ("spec", "layer"),
    [
        (DcganDiscriminator(maps=4, norm="batch"), "BatchNorm"),
        (ResnetDiscriminator(maps=4, norm="layer"), "GroupNorm"),
        (ProgressiveDiscriminator(maps=4), "MinibatchStddev"),
    ],
    ids=repr,
)
def test_there_is_no_bound_through_normalisation_and_comparison(spec: Any, layer: str) -> None:
    judge = build_discriminator(spec, (1, 8, 8), 0, np.random.default_rng(0)).eval()
    bracket = lipschitz_bracket(judge, torch.randn(20, 64))
    assert bracket.upper is None
    assert layer in bracket.reason


def test_what_the_bound_does_not_know_is_refused() -> None:
    for layer in (nn.Conv2d(4, 4, 3, dilation=2), nn.Conv2d(4, 4, 3, groups=2), nn.AvgPool2d(3, 2)):
        with pytest.raises(ValueError, match="no bound"):
            lipschitz_bound(layer)
