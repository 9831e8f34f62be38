"""PacGAN: what the discriminator is given, and what is shown of it."""

from typing import Any

import numpy as np
import pytest
import torch

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.penalties.gradient_penalty import interpolate
from ganlab_desktop.gan.streams import Stream
from ganlab_desktop.measure.probes import PROBES, View

VIEW = View((-2.0, 2.0, -1.0, 3.0), 16)


def game(packing: int, changes: dict[str, Any] | None = None) -> Game:
    small = {"generator.hidden": [16], "discriminator.hidden": [16], "schedule.batch_size": 32}
    return Game(
        with_changes(Experiment(), {**small, "discriminator.packing": packing, **(changes or {})}), torch.device("cpu")
    )


@pytest.mark.parametrize("packing", [1, 2, 4])
def test_the_discriminator_judges_packs_of_neighbours(packing: int) -> None:
    played = game(packing)
    seen: list[torch.Tensor] = []
    played.discriminator.module.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0].detach()))
    played.iterate("discriminator")
    (both,) = seen
    assert both.shape == (2 * 32 // packing, 2 * packing)
    real, fake = played.batch["real"], played.batch["fake"]
    for index, pack in enumerate(both):
        rows = torch.cat((real, fake))[index * packing : (index + 1) * packing]
        assert torch.equal(pack, torch.cat(tuple(rows)))
    assert played.batch["v_real"].shape == played.batch["v_fake"].shape == (32 // packing, 1)
    played.iterate("generator")
    assert torch.equal(seen[1], played.batch["fake"].reshape(32 // packing, 2 * packing))


def test_the_gradient_penalty_is_over_the_packed_input() -> None:
    played = game(2, {"penalties[0].kind": "gradient_penalty", "penalties[0].weight": 10.0})
    for phase in played.phases[:2]:
        phase.run()
    real, fake = (played.batch[name].reshape(16, 4) for name in ("real", "fake"))
    points = interpolate(real, fake, played.streams.at(0, Stream.PENALTY)).requires_grad_()
    (slopes,) = torch.autograd.grad(played.discriminator.module(points).sum(), points)
    played.phases[2].run()
    expected = 10.0 * (slopes.norm(dim=1) - 1.0).square().mean()
    torch.testing.assert_close(played._scalars["penalty"], expected, rtol=1e-5, atol=1e-6)


def test_the_surface_is_d_of_equal_samples_and_the_field_its_gradient() -> None:
    played = game(2)
    values = PROBES["surface"](played)(VIEW).arrays["values"]
    x, y = np.linspace(-2.0, 2.0, 16), np.linspace(-1.0, 3.0, 16)
    twice = torch.tensor([[x[5], y[9], x[5], y[9]]], dtype=torch.float32)
    assert values[9, 5] == pytest.approx(torch.sigmoid(played.discriminator.module(twice)).item(), abs=1e-6)
    field = PROBES["critic_field"](played)(VIEW).arrays["norm"]
    corner = torch.tensor([-2.0, -1.0], requires_grad=True)
    (slope,) = torch.autograd.grad(played.discriminator.module(corner.repeat(2)[None]).sum(), corner)
    assert field[0, 0] == pytest.approx(slope.norm().item(), rel=1e-4)


def test_arrows_are_those_of_each_packs_own_loss() -> None:
    played = game(4, {"schedule.batch_size": 256})
    arrows = PROBES["gradients"](played)(VIEW).arrays
    pack = torch.from_numpy(arrows["origin"][8:12]).requires_grad_()
    loss = torch.nn.functional.softplus(-played.discriminator.module(pack.reshape(1, 8))).sum()
    np.testing.assert_allclose(arrows["direction"][8:12], -torch.autograd.grad(loss, pack)[0].numpy(), rtol=1e-4)
