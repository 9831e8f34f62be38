"""The training loops that a tutorial would write, for the engine to be measured against."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.convolutions import DcganGenerator
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.data.images import ImageSet


def plain_loop(preset: Experiment) -> Callable[[], None]:
    """One iteration of a preset's game without penalty and average: real and generated samples take separate passes,
    and the optimiser is torch's Adam as it comes. For the ring by MLPs, and for images by DCGANs."""
    images = isinstance(preset.generator, DcganGenerator)
    generator, discriminator = (_dcgan if images else _mlp)(preset)
    draw = (_images if images else _ring)(preset)
    players: Any = preset.optimizer
    adam_g, adam_d = (
        torch.optim.Adam(network.parameters(), lr=player.lr, betas=player.betas)
        for network, player in ((generator, players.generator), (discriminator, players.discriminator))
    )
    loss = nn.BCEWithLogitsLoss()
    batch, latent = preset.schedule.batch_size, preset.latent.dim
    ones, zeros = torch.ones(batch, 1), torch.zeros(batch, 1)

    def step() -> None:
        fake = generator(torch.randn(batch, latent))
        loss_d = loss(discriminator(draw()), ones) + loss(discriminator(fake.detach()), zeros)
        adam_d.zero_grad()
        loss_d.backward()
        adam_d.step()
        fake = generator(torch.randn(batch, latent))
        loss_g = loss(discriminator(fake), ones)
        adam_g.zero_grad()
        loss_g.backward()
        adam_g.step()

    return step


def _ring(preset: Experiment) -> Callable[[], Tensor]:
    data: Any = preset.data
    angles = torch.arange(data.modes) * (2.0 * torch.pi / data.modes)
    centres = data.radius / data.scale * torch.stack((angles.cos(), angles.sin()), 1)
    sigma, batch = data.sigma / data.scale, preset.schedule.batch_size
    return lambda: centres[torch.randint(data.modes, (batch,))] + sigma * torch.randn(batch, 2)


def _images(preset: Experiment) -> Callable[[], Tensor]:
    data = build(preset.data, preset.seed)
    assert isinstance(data, ImageSet)
    assert data.image is not None
    every = torch.from_numpy(np.asarray(data.points)).reshape(-1, *data.image)
    return lambda: every[torch.randint(len(every), (preset.schedule.batch_size,))]


def _mlp(preset: Experiment) -> tuple[nn.Module, nn.Module]:
    def network(inputs: int, hidden: tuple[int, ...], outputs: int) -> nn.Module:
        layers: list[nn.Module] = []
        for width in hidden:
            layers += [nn.Linear(inputs, width), nn.ReLU()]
            inputs = width
        return nn.Sequential(*layers, nn.Linear(inputs, outputs))

    generator: Any = preset.generator
    return network(preset.latent.dim, generator.hidden, 2), network(2, preset.discriminator.hidden, 1)


def _dcgan(preset: Experiment) -> tuple[nn.Module, nn.Module]:
    generator, discriminator = preset.generator, preset.discriminator
    assert isinstance(generator, DcganGenerator)
    data = build(preset.data, preset.seed)
    assert data.image is not None
    channels, side, _ = data.image
    halvings = (side // 4).bit_length() - 1
    widths = [generator.maps << level for level in reversed(range(halvings + 1))]
    layers: list[nn.Module] = [
        nn.Linear(preset.latent.dim, widths[0] * 16),
        nn.Unflatten(1, (widths[0], 4, 4)),
        *_normalised(generator.norm, widths[0]),
        nn.ReLU(),
    ]
    for before, after in pairwise(widths):
        layers += [nn.ConvTranspose2d(before, after, 4, 2, 1), *_normalised(generator.norm, after), nn.ReLU()]
    layers += [nn.Conv2d(widths[-1], channels, 3, padding=1), nn.Tanh()]
    made = nn.Sequential(*layers)
    widths = [discriminator.maps << level for level in range(halvings + 1)]  # type: ignore[union-attr]
    layers = [nn.Conv2d(channels, widths[0], 3, padding=1), nn.LeakyReLU(0.2)]
    for before, after in pairwise(widths):
        layers += [nn.Conv2d(before, after, 4, 2, 1), nn.LeakyReLU(0.2)]
    return made, nn.Sequential(*layers, nn.Flatten(), nn.Linear(widths[-1] * 16, 1))


def _normalised(norm: str, maps: int) -> list[nn.Module]:
    return [nn.BatchNorm2d(maps)] if norm == "batch" else []
