"""The networks of pix2pix: a U-Net's path, and what a patch's score depends on."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from ganlab_desktop.experiment.translation import PatchDiscriminator, UnetGenerator
from ganlab_desktop.gan.networks.patch import patch_discriminator, receptive_field
from ganlab_desktop.gan.networks.unet import Unet, unet_generator


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def pair(count: int, side: int, latent: int = 3) -> Tensor:
    return torch.randn(count, 2 * side**2 + latent, generator=torch.Generator().manual_seed(1))


def unet(side: int = 8, **settings: float) -> Unet:
    return unet_generator(UnetGenerator(maps=4, **settings), (2, side, side), 3, rng())  # type: ignore[arg-type]


@pytest.mark.parametrize("side", [4, 8, 32])
def test_a_unet_makes_images_of_the_same_side_in_range(side: int) -> None:
    made = unet(side)(pair(5, side))
    assert made.shape == (5, 3 * side**2)
    assert made.abs().max() <= 1.0


def test_a_unet_doubles_what_it_has_halved_beside_what_it_was() -> None:
    network = unet(8, dropout=0.0)
    p, x = dict(network.named_parameters()), pair(5, 8)

    def layer(kind: str, index: int, place: int, maps: Tensor) -> Tensor:
        weight, bias = p[f"{kind}.{index}.{place}.weight"], p[f"{kind}.{index}.{place}.bias"]
        convolve = functional.conv2d if kind == "down" else functional.conv_transpose2d
        return convolve(maps, weight, bias, stride=2, padding=1)

    def normed(maps: Tensor) -> Tensor:
        return functional.batch_norm(maps, None, None, training=True)

    four = layer("down", 0, 0, x[:, :128].view(5, 2, 8, 8))
    two = normed(layer("down", 1, 1, functional.leaky_relu(four, 0.2)))
    one = layer("down", 2, 1, functional.leaky_relu(two, 0.2))
    assert one.shape[2:] == (1, 1)
    up_two = normed(layer("up", 0, 1, torch.relu(one)))
    up_four = normed(layer("up", 1, 1, torch.relu(torch.cat((up_two, two), 1))))
    made = layer("up", 2, 1, torch.relu(torch.cat((up_four, four), 1)))
    torch.testing.assert_close(network(x), torch.tanh(made).flatten(1))


def test_the_latent_decides_which_features_are_lost() -> None:
    network, x = unet(8).eval(), pair(400, 8)
    assert torch.equal(network(x), network(x))
    other = torch.cat((x[:, :128], x[:, 128:].flip(0)), 1)
    assert not torch.allclose(network(x), network(other))
    seen: list[Tensor] = []
    network.up[1].register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    network(x)
    lost = (seen[0][:, :8] == 0.0).float().mean()
    assert float(lost) == pytest.approx(0.5, abs=0.03)
    silent = unet(8, dropout=0.0).eval()
    assert torch.equal(silent(x), silent(other))


def test_a_unet_refuses_other_sides() -> None:
    for side in (2, 12):
        with pytest.raises(ValueError, match="4, 8, 16"):
            unet(side)


def judge(patch: str, side: int, **settings: object) -> nn.Sequential:
    spec = PatchDiscriminator(maps=4, patch=patch, **settings)  # type: ignore[arg-type]
    return patch_discriminator(spec, (3, side, side), 0, rng())


@pytest.mark.parametrize("patch", ["16", "34", "70"])
def test_a_score_depends_on_its_patch_and_on_nothing_else(patch: str) -> None:
    side = 128
    network = judge(patch, side, norm="none")
    assert receptive_field(network) == int(patch)
    images = torch.randn(1, 3 * side**2, requires_grad=True)
    scores = network(images)
    across = round(scores.shape[1] ** 0.5)
    middle = scores[0, (across // 2) * across + across // 2]
    (gradient,) = torch.autograd.grad(middle, images)
    seen = gradient.view(3, side, side).ne(0.0).any(0)
    assert int(seen.any(0).sum()) == int(seen.any(1).sum()) == int(patch)


@pytest.mark.parametrize("side", [8, 32])
def test_a_discriminator_of_the_image_has_one_score_that_depends_on_all_of_it(side: int) -> None:
    network = judge("image", side, norm="none")
    images = torch.randn(2, 3 * side**2, requires_grad=True)
    scores = network(images)
    assert scores.shape == (2, 1)
    assert receptive_field(network) >= side
    (gradient,) = torch.autograd.grad(scores[0, 0], images)
    assert gradient[0].view(3, side, side).ne(0.0).any(0).all()


def test_patches_have_the_size_of_their_images_at_most() -> None:
    with pytest.raises(ValueError, match="no patches of side 34"):
        judge("34", 32)


def test_normalisation_and_spectral_norm_are_the_spec_s() -> None:
    network = judge("34", 64, norm="batch", spectral_norm=True)
    assert sum(isinstance(layer, nn.BatchNorm1d) for layer in network) == 2
    layers = [layer for layer in network if isinstance(layer, nn.Conv2d)]
    assert all(nn.utils.parametrize.is_parametrized(layer, "weight") for layer in layers)
