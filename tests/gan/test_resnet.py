"""Residual networks against their definition."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from ganlab_desktop.experiment.resnets import ResnetDiscriminator, ResnetGenerator
from ganlab_desktop.gan.networks.build import build_discriminator, build_generator


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 32, 32)])
@pytest.mark.parametrize("norm", ["none", "layer", "batch"])
def test_a_generator_makes_flat_images_in_range(shape: tuple[int, int, int], norm: str) -> None:
    generator = build_generator(ResnetGenerator(maps=4, norm=norm), 5, shape, rng())  # type: ignore[arg-type]
    made = generator(torch.randn(6, 5))
    assert made.shape == (6, math.prod(shape))
    assert made.abs().max() <= 1.0


def test_a_discriminator_judges_each_image_on_its_own() -> None:
    judge = build_discriminator(ResnetDiscriminator(maps=4, norm="layer"), (3, 16, 16), 0, rng())
    images = torch.randn(6, 3 * 256)
    torch.testing.assert_close(judge(images), torch.cat([judge(image[None]) for image in images]))


def test_a_generator_is_blocks_of_normalised_and_activated_convolutions_beside_shortcuts() -> None:
    generator = build_generator(ResnetGenerator(maps=4), 5, (1, 8, 8), rng())
    p, z = dict(generator.named_parameters()), torch.randn(6, 5)

    def normed(maps: torch.Tensor) -> torch.Tensor:
        return functional.relu(functional.batch_norm(maps, None, None, training=True))

    def up(maps: torch.Tensor) -> torch.Tensor:
        return maps.repeat_interleave(2, 2).repeat_interleave(2, 3)

    def conv(maps: torch.Tensor, name: str, padding: int = 1) -> torch.Tensor:
        return functional.conv2d(maps, p[f"{name}.weight"], p[f"{name}.bias"], padding=padding)

    maps = (z @ p["0.weight"].T + p["0.bias"]).view(6, 8, 4, 4)
    h = conv(normed(conv(up(normed(maps)), "2.change.3")), "2.change.6")
    h = h + conv(up(maps), "2.shortcut.0", 0)
    torch.testing.assert_close(generator(z), torch.tanh(conv(normed(h), "5")).flatten(1))


def test_a_discriminator_is_residual_blocks_whose_maps_are_summed_over_their_places() -> None:
    judge = build_discriminator(ResnetDiscriminator(maps=4), (1, 8, 8), 0, rng())
    p, x = dict(judge.named_parameters()), torch.randn(6, 64)

    def conv(maps: torch.Tensor, name: str, padding: int = 1) -> torch.Tensor:
        return functional.conv2d(maps, p[f"{name}.weight"], p[f"{name}.bias"], padding=padding)

    def branch(maps: torch.Tensor, name: str, first: int) -> torch.Tensor:
        return conv(functional.relu(conv(functional.relu(maps), f"{name}.{first}")), f"{name}.{first + 2}")

    maps = conv(x.view(6, 1, 8, 8), "1")
    maps = functional.avg_pool2d(branch(maps, "2.change", 1), 2) + functional.avg_pool2d(
        conv(maps, "2.shortcut.1", 0), 2
    )
    maps = maps + branch(maps, "3.change", 1)
    features = functional.relu(maps).flatten(2).sum(2)
    torch.testing.assert_close(judge(x), features @ p["6.weight"].T + p["6.bias"])


def test_kernels_start_as_glorot_says_and_wider_in_the_branches() -> None:
    generator = build_generator(ResnetGenerator(maps=32), 5, (1, 8, 8), rng())
    p = dict(generator.named_parameters())
    for name, gain in (("2.change.6", math.sqrt(2.0)), ("2.shortcut.0", 1.0), ("5", 1.0)):
        outputs, inputs, height, width = p[f"{name}.weight"].shape
        bound = gain * math.sqrt(6.0 / (height * width * (inputs + outputs)))
        assert 0.98 * bound < p[f"{name}.weight"].abs().max() <= bound
        assert not p[f"{name}.bias"].any()


def test_spectral_norm_is_on_every_layer_shortcuts_included() -> None:
    judge = build_discriminator(ResnetDiscriminator(maps=4, spectral_norm=True), (1, 16, 16), 0, rng())
    layers = [module for module in judge.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    assert len(layers) == 10
    assert all(nn.utils.parametrize.is_parametrized(layer, "weight") for layer in layers)
