"""Networks that grow: what they are at each stage, and that a stage is a function of the step alone."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.progressive import ProgressiveDiscriminator, ProgressiveGenerator
from ganlab_desktop.experiment.schedules import stage_at
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.networks.build import build_discriminator, build_generator
from ganlab_desktop.gan.networks.growth import Growth
from ganlab_desktop.gan.networks.minibatch import MinibatchStddev

SIDE = 16
GROWTH: dict[str, Any] = {"maps": 4, "stage_steps": 10, "fade": 0.5}
SETTINGS = {
    "data.kind": "digits",
    "generator": {"kind": "progressive", "maps": 4, "stage_steps": 4, "fade": 0.75},
    "discriminator": {"kind": "progressive", "maps": 4, "stage_steps": 4, "fade": 0.75},
    "ema.half_life": 50.0,
    "schedule.batch_size": 8,
}


def generator() -> Any:
    return build_generator(ProgressiveGenerator(**GROWTH), 5, (3, SIDE, SIDE), np.random.default_rng(0))


def discriminator(minibatch: str = "none") -> Any:
    spec = ProgressiveDiscriminator(**GROWTH, minibatch=minibatch)  # type: ignore[arg-type]
    return build_discriminator(spec, (3, SIDE, SIDE), 0, np.random.default_rng(0))


def at(network: nn.Module, step: int) -> nn.Module:
    for module in network.modules():
        if isinstance(module, Growth):
            module.step.fill_(step)
    return network


def doubled(images: Tensor, times: int = 1) -> Tensor:
    return images.repeat_interleave(2**times, 2).repeat_interleave(2**times, 3)


def halved(images: Tensor, times: int = 1) -> Tensor:
    for _ in range(times):
        images = avg_pool2d(images, 2)
    return images


def test_a_stage_fades_in_along_a_line_and_the_last_one_stays() -> None:
    stages = [stage_at(step, 3, 10, 0.4) for step in (0, 9, 10, 11, 13, 14, 19, 20, 22, 24, 1000)]
    assert [stage.level for stage in stages] == [0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2]
    assert [stage.alpha for stage in stages] == pytest.approx([1, 1, 0, 0.25, 0.75, 1, 1, 0, 0.5, 1, 1])
    assert stage_at(10, 3, 10, 0.0).alpha == 1.0
    assert stage_at(5, 1, 2, 0.5) == (0, 1.0)


def test_a_generator_is_the_plain_network_of_its_stage() -> None:
    network, z = generator(), torch.randn(3, 5)

    def plain(level: int) -> Tensor:
        """The network of a level by itself, as large as it makes them."""
        made: Tensor = network.images[level](nn.Sequential(network.first, *network.blocks[:level])(z))
        return made

    for level in range(3):
        sized = [doubled(plain(own), 2 - own).flatten(1) for own in range(3)]
        assert plain(level).shape == (3, 3, 4 << level, 4 << level)
        assert torch.equal(at(network, 10 * level + 5)(z), sized[level])  # alpha 1
        assert torch.equal(at(network, 10 * level)(z), sized[max(level - 1, 0)])  # alpha 0
        if level:
            expected = 0.6 * sized[level - 1] + 0.4 * sized[level]
            torch.testing.assert_close(at(network, 10 * level + 2)(z), expected)


def test_a_discriminator_is_the_plain_network_of_its_stage() -> None:
    network, x = discriminator(), torch.randn(3, 3 * SIDE**2)
    images, growing, head = network[0](x), network[1], network[2:]

    def features(level: int) -> Tensor:
        maps = growing.inputs[level](halved(images, 2 - level))
        return nn.Sequential(*reversed(growing.blocks[:level]))(maps)

    for level in range(3):
        assert torch.equal(at(network, 10 * level + 5)(x), head(features(level)))  # alpha 1
        assert torch.equal(at(network, 10 * level)(x), head(features(max(level - 1, 0))))  # alpha 0
    fresh = growing.blocks[1](growing.inputs[2](images))
    faded = 0.6 * growing.inputs[1](halved(images)) + 0.4 * fresh
    torch.testing.assert_close(at(network, 22)(x), head(growing.blocks[0](faded)))


def test_a_generated_image_is_seen_as_it_was_made() -> None:
    network, z = generator(), torch.randn(3, 5)
    at(network, 7)
    made = network(z).view(3, 3, SIDE, SIDE)
    torch.testing.assert_close(halved(made, 2), network.images[0](network.first(z)))


def test_the_deviation_of_a_batch_is_one_more_map() -> None:
    maps = torch.randn(8, 5, 4, 4)
    seen = MinibatchStddev()(maps)
    assert torch.equal(seen[:, :5], maps)
    for first in (0, 1):  # groups of four, two apart
        deviation = (maps[first::2].var(0, correction=0) + 1e-8).sqrt().mean()
        torch.testing.assert_close(seen[first::2, 5], deviation.expand(4, 4, 4))
    assert seen.shape == (8, 6, 4, 4)


def test_layers_that_have_not_come_yet_do_not_move() -> None:
    torch.set_num_threads(1)
    run = Run(with_changes(Experiment(), SETTINGS))
    network: Any = run.game.generator.module
    later = network.blocks[0][1].weight.detach().clone()
    for _ in range(4):
        run.advance()
    assert torch.equal(network.blocks[0][1].weight, later)
    for _ in range(2):
        run.advance()
    assert not torch.equal(network.blocks[0][1].weight, later)


def test_all_networks_stand_at_the_game_s_step_whichever_way_it_was_reached() -> None:
    torch.set_num_threads(1)
    run, by_phases = (Run(with_changes(Experiment(), SETTINGS)) for _ in range(2))
    states = []
    for _ in range(8):
        run.advance()
        states.append(run.game.state())
        while by_phases.step < run.step:
            by_phases.advance_phase()
        steps = {name: int(value) for name, value in states[-1].tensors.items() if name.endswith("growth.step")}
        assert len(steps) == 3
        assert set(steps.values()) == {run.step}
        assert by_phases.game.state().equals(states[-1])
    for step in (6, 3, 7):
        run.go_back(step)
        assert run.game.state().equals(states[step - 1])
