"""Unrolled steps against gradients derived by hand, in double precision."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.optimizers import SGD, Adam, OptimizerSpec, RMSProp
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.descent import Descent
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.networks.flat import FlatNetwork
from ganlab_desktop.gan.optimizers import build_optimizer
from ganlab_desktop.gan.plans import Player
from ganlab_desktop.gan.streams import Stream

CPU = torch.device("cpu")
SMALL = {"generator.hidden": [8], "discriminator.hidden": [8], "schedule.batch_size": 16}


class Shift(nn.Module):
    """G(z) = z + theta."""

    def __init__(self) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.tensor([0.3, -0.2], dtype=torch.float64))

    def forward(self, z: Tensor) -> Tensor:
        return z + self.theta


class Slope(nn.Module):
    """D(x) = psi x."""

    def __init__(self) -> None:
        super().__init__()
        self.psi = nn.Parameter(torch.tensor([0.7, 0.4], dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        return (x @ self.psi)[:, None]


def tiny(steps: int) -> Game:
    """Two parameters each, in double precision; the discriminator descends with rate 0.5."""
    changes = {"optimizer.discriminator.kind": "sgd", "optimizer.discriminator.lr": 0.5}
    played = Game(with_changes(Experiment(), {**SMALL, **changes, "schedule.unrolled_steps": steps}), CPU)
    played.generator, played.discriminator = FlatNetwork(Shift(), CPU), FlatNetwork(Slope(), CPU)
    networks: dict[Player, FlatNetwork] = {"generator": played.generator, "discriminator": played.discriminator}
    played.descent = Descent(networks, played.experiment)
    tensor = played.batches.tensor
    played.batches.tensor = lambda array: tensor(array).double()  # type: ignore[method-assign]
    return played


def generators_gradient(played: Game) -> Tensor:
    for phase in played.phases:
        if phase.player == "generator" and phase.name != "update":
            phase.run()
    return played.batch["gradient"]


def draws(played: Game, stream: Stream, index: int) -> Tensor:
    return torch.from_numpy(draw_latent(played.experiment.latent, played.streams.at(0, stream, index), 16)).double()


def test_without_unrolled_steps_the_gradient_is_the_plain_one() -> None:
    played = tiny(0)
    theta, psi = played.generator.vector.clone(), played.discriminator.vector.clone()
    v = (draws(played, Stream.GENERATOR_LATENT, 0) + theta) @ psi
    torch.testing.assert_close(generators_gradient(played), -torch.sigmoid(-v).mean() * psi)


def test_one_unrolled_step_equals_the_hand_derivation() -> None:
    # L_G(theta, psi') with psi' = psi - h dL_D/dpsi(theta, psi). With s = sigmoid:
    # dL_D/dpsi = -E s(-psi x) x + E s(psi y) y at y = z' + theta, and for each fake y
    # d/dtheta [s(psi y) y] = s I + s (1 - s) y psi^T, so d psi'/d theta = -h E [s I + s (1 - s) y psi^T].
    # dL_G/dtheta = -E s(-u) (psi' + (d psi'/d theta)^T w) at w = z + theta, u = psi' w.
    played = tiny(1)
    theta, psi = played.generator.vector.clone(), played.discriminator.vector.clone()
    real = torch.from_numpy(played.data.sample(played.streams.at(0, Stream.UNROLLED, 0), 16)).double()
    y, w = draws(played, Stream.UNROLLED, 1) + theta, draws(played, Stream.GENERATOR_LATENT, 0) + theta
    s = torch.sigmoid(y @ psi)[:, None]
    slope = -(torch.sigmoid(-(real @ psi))[:, None] * real).mean(0) + (s * y).mean(0)
    ahead = psi - 0.5 * slope
    by_theta = -0.5 * (s.mean() * torch.eye(2, dtype=torch.float64) + torch.outer((s * (1.0 - s) * y).mean(0), psi))
    weights = torch.sigmoid(-(w @ ahead))[:, None]
    expected = -(weights * (ahead + w @ by_theta)).mean(0)
    torch.testing.assert_close(generators_gradient(played), expected)


def test_the_unrolled_steps_are_the_optimisers_own() -> None:
    played, reference = tiny(4), tiny(4)
    for phase in played.phases:
        if phase.name in ("latent batch", "unroll"):
            phase.run()
    for index in range(4):
        real = reference.data.sample(reference.streams.at(0, Stream.UNROLLED, 2 * index), 16)
        reference.batch["real"] = torch.from_numpy(real).double()
        reference.batch["latent"] = torch.empty(0)  # nobody asks for it
        reference.batch["fake"] = draws(reference, Stream.UNROLLED, 2 * index + 1) + reference.generator.vector
        for phase in reference.phases[2:5]:
            phase.run()
    assert played._unrolled is not None
    torch.testing.assert_close(played._unrolled.detach(), reference.discriminator.vector)


@pytest.mark.parametrize("spec", [Adam(lr=0.01), RMSProp(lr=0.01), SGD(lr=0.01, momentum=0.9)], ids=repr)
def test_looking_ahead_equals_stepping(spec: OptimizerSpec) -> None:
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(40, generator=generator, dtype=torch.float64)
    optimizer = build_optimizer(spec, start.clone())
    parameters, state = start, {name: tensor.clone() for name, tensor in optimizer.state.items()}
    for _ in range(5):
        gradient = torch.randn(40, generator=generator, dtype=torch.float64)
        gradient[:3] = 0.0  # a dead unit's
        parameters, state = optimizer.ahead(parameters, gradient, state)
        optimizer.step(gradient.clone())
        torch.testing.assert_close(parameters, optimizer.parameters)
    for name, tensor in state.items():
        torch.testing.assert_close(tensor, optimizer.state[name])


@pytest.mark.parametrize("spec", [Adam(lr=0.01), RMSProp(lr=0.01), SGD(lr=0.01, momentum=0.9)], ids=repr)
def test_a_step_ahead_is_differentiable_even_at_a_gradient_of_zero(spec: OptimizerSpec) -> None:
    optimizer = build_optimizer(spec, torch.zeros(4, dtype=torch.float64))
    gradient = torch.tensor([0.5, -0.2, 1.5, 0.7], dtype=torch.float64, requires_grad=True)
    parameters = torch.ones(4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda p, g: optimizer.ahead(p, g, optimizer.state)[0], (parameters, gradient))
    dead = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    ahead, _ = optimizer.ahead(parameters, dead, optimizer.state)
    assert torch.isfinite(torch.autograd.grad(ahead.sum(), dead)[0]).all()


@pytest.mark.parametrize(
    "changes",
    [{}, {"discriminator.norm": "batch"}, {"discriminator.spectral_norm": True}, {"generator.norm": "batch"}],
    ids=["plain", "batch_norm", "spectral_norm", "generator_batch_norm"],
)
def test_unrolling_leaves_the_discriminator_as_it_was(changes: dict[str, Any]) -> None:
    played = Game(with_changes(Experiment(), {**SMALL, **changes, "schedule.unrolled_steps": 3}), CPU)
    for _ in range(3):
        played.iterate()
    before = played.state()
    played.iterate("generator")
    after = played.state()
    assert not torch.equal(before.tensors["generator.parameters"], after.tensors["generator.parameters"])
    for name, tensor in before.tensors.items():
        if name.startswith("discriminator"):
            assert torch.equal(tensor, after.tensors[name]), name


def test_the_generator_sees_further_with_more_steps() -> None:
    gradients = [generators_gradient(tiny(steps)) for steps in (0, 1, 3)]
    for index, gradient in enumerate(gradients):
        assert all((gradient - other).norm() > 0.01 * gradient.norm() for other in gradients[:index])
