"""Layers that compare samples against literal loops, and what a discriminator with them shows of single samples."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.networks.minibatch import MinibatchDiscrimination, MinibatchLayer, MinibatchStddev
from ganlab_desktop.gan.penalties import input_gradient
from ganlab_desktop.gan.streams import Stream
from ganlab_desktop.measure.probes import PROBES, View, fits

INPUTS, KERNELS, DIM = 5, 3, 2


def discrimination() -> MinibatchDiscrimination:
    return MinibatchDiscrimination(INPUTS, KERNELS, DIM, np.random.default_rng(0)).double()


def features(count: int) -> Tensor:
    return torch.randn(count, INPUTS, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def test_discrimination_equals_a_double_loop() -> None:
    layer, x = discrimination(), features(6)
    tensor = layer.tensor.detach()  # (A, C, B)
    expected = torch.zeros(6, KERNELS, dtype=torch.float64)
    for i in range(6):
        for j in range(6):
            for kernel in range(KERNELS):
                distance = sum(abs((x[i] - x[j]) @ tensor[:, c, kernel]) for c in range(DIM))
                expected[i, kernel] += torch.exp(-distance)
    torch.testing.assert_close(layer(x), torch.cat((x, expected), 1))


def test_the_deviation_equals_a_loop_over_groups_of_samples_a_quarter_of_the_batch_apart() -> None:
    x = features(12)
    expected = torch.zeros(12, dtype=torch.float64)
    for first in range(3):
        members = [first, first + 3, first + 6, first + 9]
        deviations = [
            np.sqrt(np.mean([(x[m, a] - x[members, a].mean()) ** 2 for m in members]) + 1e-8) for a in range(INPUTS)
        ]
        expected[members] = np.mean(deviations)
    torch.testing.assert_close(MinibatchStddev()(x), torch.cat((x, expected[:, None]), 1))


@pytest.mark.parametrize("layer", [discrimination(), MinibatchStddev().double()], ids=["discrimination", "stddev"])
def test_first_and_second_derivatives_agree_with_finite_differences(layer: MinibatchLayer) -> None:
    x = features(4).requires_grad_()
    assert torch.autograd.gradcheck(layer, (x,))
    assert torch.autograd.gradgradcheck(layer, (x,))


def test_alike_samples_give_themselves_away() -> None:
    layer, deviation = discrimination(), MinibatchStddev()
    alike = features(1).expand(8, -1)
    assert torch.allclose(layer(alike)[:, INPUTS:], torch.full((8, KERNELS), 8.0, dtype=torch.float64))  # o_b = B
    assert (layer(features(8))[:, INPUTS:] < 8.0).all()
    assert torch.allclose(deviation(alike)[:, -1], torch.full((8,), 1e-4, dtype=torch.float64))


def game(changes: dict[str, Any]) -> Game:
    small = {"generator.hidden": [16, 16], "discriminator.hidden": [16, 16], "schedule.batch_size": 32}
    played = Game(with_changes(Experiment(), {**small, **changes}), torch.device("cpu"))
    for _ in range(10):
        played.iterate()
    return played


@pytest.mark.parametrize("packing", [1, 2])
@pytest.mark.parametrize("kind", ["discrimination", "stddev"])
def test_each_point_is_judged_as_the_first_of_the_same_batch(kind: str, packing: int) -> None:
    played = game({"discriminator.minibatch": kind, "discriminator.packing": packing})
    others = played.data.sample(played.streams.at(0, Stream.SHOWN_REAL, 1), 32 - packing)
    packs = torch.from_numpy(others).reshape(-1, 2 * packing)
    points = torch.randn(1100, 2, generator=torch.Generator().manual_seed(0))  # more than are compared at a time
    with played.observed():
        judged = played.judge(points)
        slopes = input_gradient(played.judge, points)
        for index in (0, 5, 1050):
            x = points[index].clone().requires_grad_()
            batch = torch.cat((x.repeat(packing)[None], packs))
            v = played.discriminator.module(batch)[0, 0]
            torch.testing.assert_close(judged[index, 0], v, rtol=1e-4, atol=1e-5)
            torch.testing.assert_close(slopes[index], torch.autograd.grad(v, x)[0], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("kind", ["discrimination", "stddev"])
def test_looking_leaves_no_trace(kind: str) -> None:
    looked_at, left_alone = game({"discriminator.minibatch": kind}), game({"discriminator.minibatch": kind})
    view = View((-2.0, 2.0, -2.0, 2.0), 16)
    for name in (name for name in PROBES if fits(name, looked_at)):
        for array in PROBES[name](looked_at)(view).arrays.values():
            assert np.isfinite(array).all()
    looked_at.iterate()
    left_alone.iterate()
    assert torch.equal(looked_at.discriminator.vector, left_alone.discriminator.vector)


def test_real_and_fake_batches_pass_apart() -> None:
    played = game({"discriminator.minibatch": "stddev"})
    layer = next(module for module in played.discriminator.module.modules() if isinstance(module, MinibatchStddev))
    seen: list[int] = []
    layer.register_forward_hook(lambda module, inputs, output: seen.append(len(inputs[0])))
    played.iterate()
    assert seen == [32, 32, 32]


def test_arrows_are_those_of_a_whole_batch() -> None:
    played = game({"discriminator.minibatch": "discrimination"})
    arrows = PROBES["gradients"](played)(View((-2.0, 2.0, -2.0, 2.0), 16)).arrays
    fake = torch.from_numpy(arrows["origin"]).requires_grad_()
    assert len(fake) == 32
    loss = torch.nn.functional.softplus(-played.discriminator.module(fake)).sum()
    np.testing.assert_allclose(arrows["direction"], -torch.autograd.grad(loss, fake)[0].numpy(), rtol=1e-4, atol=1e-6)
