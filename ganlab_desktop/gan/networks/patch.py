"""The PatchGAN of pix2pix (Isola et al. 2017, appendix 6.1.2), and what a score of it sees."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from torch import nn

from ganlab_desktop.experiment.translation import PATCH_HALVINGS, PatchDiscriminator
from ganlab_desktop.gan.networks.dcgan import SMALLEST, activation, drawn, halvings, normalised
from ganlab_desktop.gan.networks.maps import Images
from ganlab_desktop.gan.networks.mlp import normalise

_WIDEST = 8


def patch_discriminator(
    spec: PatchDiscriminator, shape: Sequence[int], beside: int, rng: np.random.Generator
) -> nn.Sequential:
    """A discriminator from flat images (B, C H W), both of a pair in their channels, and numbers beside them (B, K), to
    raw scores (B, P) of P patches, 1 where it judges the whole.

    Raises ValueError where the images are smaller than the patch.
    """
    channels, side, _ = shape
    whole = spec.patch == "image"
    if not whole and side < int(spec.patch):
        raise ValueError(f"images of side {side} have no patches of side {spec.patch}")
    halving = halvings(side) if whole else PATCH_HALVINGS[spec.patch]
    widths = [spec.maps * min(1 << level, _WIDEST) for level in range(halving)]
    strides = [2] * halving
    if not whole:
        widths.append(spec.maps * min(1 << halving, _WIDEST))
        strides.append(1)
    layers: list[nn.Module] = [Images(shape, 1, beside)]
    for index, (before, after) in enumerate(pairwise((channels + beside, *widths))):
        norm = normalised(spec.norm, after) if index else []
        layers += [nn.Conv2d(before, after, 4, strides[index], 1), *norm, activation("leaky_relu")]
    last = nn.Conv2d(widths[-1], 1, SMALLEST, 1, 0 if whole else 1)
    network = drawn(nn.Sequential(*layers, last, nn.Flatten()), rng)
    if spec.spectral_norm:
        for layer in [module for module in network if isinstance(module, nn.Conv2d)]:
            normalise(layer, rng)
    return network


def receptive_field(network: nn.Sequential) -> int:
    """The side of the square of its input, in places, that one place of the output of these layers depends on."""
    field = 1
    for layer in reversed(network):
        if isinstance(layer, nn.Conv2d | nn.AvgPool2d):
            field = (field - 1) * _side(layer.stride) + _side(layer.kernel_size)
    return field


def _side(size: int | tuple[int, ...]) -> int:
    return size if isinstance(size, int) else size[0]
