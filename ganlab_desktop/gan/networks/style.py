"""The style-based generator of flat images (Karras et al. 2019 and 2020).

Its noise inputs, and the second latent of style mixing, are drawn from the latent itself: see `chance`. Sides are
doubled by nearest neighbours; the output is linear.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ganlab_desktop.experiment.style import StyleGenerator
from ganlab_desktop.gan.networks.chance import key_of, normals, uniforms
from ganlab_desktop.gan.networks.dcgan import SMALLEST, halvings
from ganlab_desktop.gan.networks.equalised import GAIN, PixelNorm, equalised

_MAPPING_RATE = 0.01  # of the learning rate (Karras et al. 2019, appendix C)
_SHARE = 0.005  # of a batch's mean style in the running one, as in the authors' code
_SLOPE = 0.2
_SECOND_LATENT, _WHETHER, _WHERE, _NOISE = range(4)  # what is drawn of a latent


class Truncation(nn.Module):
    """Styles w (B, W) as they are in training, mean + psi (w - mean) in looks, with the running mean of training."""

    mean: Tensor

    def __init__(self, width: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))
        self.psi = 1.0
        self.still = False  # whether the mean stays as it is

    def forward(self, w: Tensor) -> Tensor:
        if not self.training:
            return w if self.psi == 1.0 else torch.lerp(self.mean.expand_as(w), w, self.psi)
        if not self.still:
            with torch.no_grad():
                self.mean.lerp_(w.mean(0).to(self.mean), _SHARE)
        return w


def adain(maps: Tensor, scale: Tensor, offset: Tensor) -> Tensor:
    """Maps (B, A, H, W) with means `offset` and deviations |scale| (B, A) over each map (Karras et al. 2019, eq. 1)."""
    variance, mean = torch.var_mean(maps, (2, 3), correction=0, keepdim=True)
    return scale[:, :, None, None] * (maps - mean) * torch.rsqrt(variance + 1e-8) + offset[:, :, None, None]


def demodulation(weight: Tensor, scale: Tensor) -> Tensor:
    """What brings each kernel (A, I, h, w), its inputs scaled (B, I), to norm 1: factors (B, A) (Karras et al. 2020,
    eq. 3)."""
    return torch.rsqrt(scale.square() @ weight.square().sum((2, 3)).T + 1e-8)


class StyledLayer(nn.Module):
    """A convolution of 3 x 3 with noise, bias and leaky ReLU, in a style: of its outputs, or of its kernels."""

    def __init__(
        self, before: int, after: int, spec: StyleGenerator, rng: np.random.Generator, *, doubles: bool, salt: int
    ) -> None:
        super().__init__()
        self.convolution = equalised(nn.Conv2d(before, after, 3, 1, 1, bias=False), rng)
        self.bias = nn.Parameter(torch.zeros(after))
        self.strength = nn.Parameter(torch.zeros(())) if spec.noise else None
        self.demodulates = spec.modulation == "demodulation"
        styled = before if self.demodulates else 2 * after
        self.style = equalised(nn.Linear(spec.width, styled), rng, gain=1.0)  # scales as distances from 1, offsets
        self.doubles, self.salt = doubles, salt

    def forward(self, maps: Tensor, w: Tensor, key: Tensor) -> Tensor:
        style = self.style(w)
        if self.doubles:
            maps = functional.interpolate(maps, scale_factor=2.0, mode="nearest")
        if self.demodulates:
            scale = 1.0 + style  # scaled inputs and outputs are the same as a kernel of its own for each sample
            maps = self.convolution(scale[:, :, None, None] * maps)
            maps = demodulation(self.convolution.weight, scale)[:, :, None, None] * maps
        else:
            maps = self.convolution(maps)
        if self.strength is not None:
            height, width = maps.shape[2:]
            noise = normals(key, self.salt, height * width).view(-1, 1, height, width)
            maps = maps + self.strength * noise.to(maps.dtype)
        maps = functional.leaky_relu(maps + self.bias[:, None, None], _SLOPE)
        if self.demodulates:
            return GAIN * maps
        scale, offset = style.chunk(2, 1)
        return adain(maps, 1.0 + scale, offset)


class Synthesis(nn.Module):
    """From a style for each layer (B, layers, W), and the key of its noise (B,), to maps (B, C, H, W)."""

    def __init__(self, spec: StyleGenerator, shape: Sequence[int], rng: np.random.Generator) -> None:
        super().__init__()
        channels, side, _ = shape
        widths = [spec.maps << level for level in reversed(range(halvings(side) + 1))]
        constant = rng.standard_normal((1, widths[0], SMALLEST, SMALLEST)).astype(np.float32)
        self.constant = nn.Parameter(torch.from_numpy(constant))
        pairs = [(widths[0], widths[0])]
        for before, after in pairwise(widths):
            pairs += [(before, after), (after, after)]
        self.layers = nn.ModuleList(
            StyledLayer(before, after, spec, rng, doubles=index % 2 == 1, salt=_NOISE + index)
            for index, (before, after) in enumerate(pairs)
        )
        self.output = equalised(nn.Conv2d(widths[-1], channels, 1), rng, gain=1.0)

    def forward(self, styles: Tensor, key: Tensor) -> Tensor:
        maps = self.constant.expand(styles.shape[0], -1, -1, -1)
        for layer, w in zip(self.layers, styles.unbind(1), strict=True):
            maps = layer(maps, w, key)
        images: Tensor = self.output(maps)
        return images


class Styled(nn.Module):
    """A generator from latents (B, L) to flat images (B, C H W) by way of styles w (B, W)."""

    def __init__(self, mapping: nn.Module, truncation: Truncation, synthesis: Synthesis, places: int) -> None:
        super().__init__()
        self.mapping, self.truncation, self.synthesis = mapping, truncation, synthesis
        self.mixing = 0.0  # share of training samples that are of two latents
        self.places = places  # in an image

    def forward(self, latents: Tensor) -> Tensor:
        key, count = key_of(latents), len(self.synthesis.layers)
        w = self.truncation(self.mapping(latents))
        styles = w[:, None].expand(-1, count, -1)
        if self.training and self.mixing and count > 1:
            second = normals(key, _SECOND_LATENT, latents.shape[1]).to(latents.dtype)
            mixes = uniforms(key, _WHETHER, 1) < self.mixing
            later = torch.arange(1, count + 1, device=w.device) > 1.0 + uniforms(key, _WHERE, 1) * (count - 1)
            styles = torch.where((mixes & later)[:, :, None], self.mapping(second)[:, None], styles)
        images: Tensor = self.synthesis(styles, key)
        return images.flatten(1)


def style_generator(spec: StyleGenerator, latent: int, shape: Sequence[int], rng: np.random.Generator) -> Styled:
    """A generator from latents (B, latent) to flat images (B, C H W) of a shape."""
    layers: list[nn.Module] = [PixelNorm()]
    for index in range(spec.depth):
        inputs = spec.width if index else latent
        layers += [equalised(nn.Linear(inputs, spec.width), rng, rate=_MAPPING_RATE), nn.LeakyReLU(_SLOPE)]
    _, height, width = shape
    network = Styled(nn.Sequential(*layers), Truncation(spec.width), Synthesis(spec, shape, rng), height * width)
    set_style(spec, network)
    return network


def set_style(spec: StyleGenerator, network: nn.Module) -> None:
    """Take over those settings that may change while it trains, in a network that may be wrapped."""
    for module in network.modules():
        if isinstance(module, Styled):
            module.mixing, module.truncation.psi = spec.mixing, spec.truncation
