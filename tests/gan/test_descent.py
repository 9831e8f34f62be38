"""The forms of descent on games whose path is known, and their adjustments against dense algebra."""

from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.games import Consensus, Symplectic
from ganlab_desktop.experiment.optimizers import SGD, Adam, Optimizers, OptimizerSpec
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.adjustments import adjusted, forward, transposed
from ganlab_desktop.gan.descent import Descent
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.networks.flat import FlatNetwork
from ganlab_desktop.gan.plans import Player

CPU = torch.device("cpu")
H = 0.2


class Point(nn.Module):
    """G(z) = theta."""

    def __init__(self) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.ones(1))

    def forward(self, z: Tensor) -> Tensor:
        return self.theta.expand(len(z), 1)


class Slope(nn.Module):
    """D(x) = psi x."""

    def __init__(self) -> None:
        super().__init__()
        self.psi = nn.Parameter(torch.ones(1))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.psi


def dirac(form: dict[str, Any], optimizer: OptimizerSpec | None = None) -> Game:
    """The Dirac-GAN with the Wasserstein loss (Mescheder et al. 2018): v = (theta, -psi) for (psi, theta)."""
    point = {"data.kind": "mixture_1d", "data.means": [0.0], "data.sigmas": [1e-6], "data.weights": [1.0]}
    changes = {**point, "objective.kind": "wasserstein", "schedule.batch_size": 4, **form}
    played = Game(with_changes(Experiment(), changes), CPU)
    played.generator, played.discriminator = FlatNetwork(Point(), CPU), FlatNetwork(Slope(), CPU)
    spec = optimizer or SGD(lr=H)
    networks: dict[Player, FlatNetwork] = {"generator": played.generator, "discriminator": played.discriminator}
    both = msgspec.structs.replace(played.experiment, optimizer=Optimizers(generator=spec, discriminator=spec))
    played.descent = Descent(networks, both)
    return played


def path(played: Game, steps: int) -> np.ndarray:
    """The points psi + i theta (steps + 1,)."""
    points = []
    for _ in range(steps + 1):
        points.append(complex(played.discriminator.vector.item(), played.generator.vector.item()))
        played.iterate()
    return np.array(points)


# d/dt (psi + i theta) = -theta + i psi = i (psi + i theta): the flow's eigenvalue is i, a step of it multiplies by:
FACTORS = {
    "simultaneous": ({"game.kind": "simultaneous"}, 1 + 1j * H),
    "extragradient": ({"game.kind": "extragradient"}, 1 + 1j * H * (1 + 1j * H)),
    "consensus": ({"game.kind": "consensus", "game.gamma": 0.5}, 1 - 0.5 * H + 1j * H),
    "symplectic": ({"game.kind": "symplectic", "game.weight": 0.5}, 1 - 0.5 * H + 1j * H),
}


@pytest.mark.parametrize("name", FACTORS)
def test_a_step_multiplies_by_the_known_factor(name: str) -> None:
    form, factor = FACTORS[name]
    points = path(dirac(form), 30)
    np.testing.assert_allclose(points, points[0] * factor ** np.arange(31), rtol=1e-4)
    assert (abs(points[30]) > abs(points[0])) == (name == "simultaneous")


def test_optimistic_descent_follows_its_recursion_and_contracts() -> None:
    points = path(dirac({"game.kind": "optimistic"}), 200)
    expected = [points[0], points[0] * (1 + 2j * H)]
    for _ in range(199):  # w' = w - 2 h v + h v_before
        expected.append(expected[-1] + 1j * H * (2.0 * expected[-1] - expected[-2]))
    np.testing.assert_allclose(points, expected, rtol=1e-3, atol=1e-5)
    slowest = max(abs(np.roots([1.0, -(1.0 + 2j * H), 1j * H])))
    assert slowest < 1.0
    assert abs(points[200] / points[150]) == pytest.approx(slowest**50, rel=1e-2)


def test_alternating_descent_cycles_on_its_ellipse() -> None:
    points = path(dirac({}), 500)
    psi, theta = points.real, points.imag
    energy = psi**2 + theta**2 - H * psi * theta  # what psi' = psi - h theta, theta' = theta + h psi' conserve
    np.testing.assert_allclose(energy, energy[0], rtol=1e-3)
    assert np.ptp(np.unwrap(np.angle(points))) > 20.0


def test_optimistic_adam_moves_by_twice_its_step_less_the_last() -> None:
    """Daskalakis et al. 2018, algorithm 1."""
    played = dirac({"game.kind": "optimistic"}, Adam(lr=0.05))
    points = path(played, 20)
    w, mean, square, past = np.array([1.0, 1.0]), np.zeros(2), np.zeros(2), np.zeros(2)
    for step in range(1, 21):
        gradient = np.array([w[1], -w[0]])
        mean, square = 0.5 * mean + 0.5 * gradient, 0.9 * square + 0.1 * gradient**2
        move = 0.05 * (mean / (1 - 0.5**step)) / (np.sqrt(square / (1 - 0.9**step)) + 1e-8)
        w, past = w - 2.0 * move + past, move
        assert points[step] == pytest.approx(complex(*w), rel=1e-4)


def test_extrapolation_moves_adams_moments_twice_and_looks_at_fresh_batches() -> None:
    small = {"generator.hidden": [8], "discriminator.hidden": [8], "schedule.batch_size": 8}
    played = Game(with_changes(Experiment(), {**small, "game.kind": "extragradient"}), CPU)
    batches: dict[str, list[Tensor]] = {"real": [], "fake": [], "latent": []}
    start = played.discriminator.vector.clone()
    for phase in played.phases:
        phase.run()
        if phase.name.endswith(" batch"):
            name = phase.name.removesuffix(" batch")
            batches[name].append(played.batch[name].clone())
    assert not any(torch.equal(first, second) for first, second in batches.values())
    assert played.descent.optimizers["discriminator"].state["updates"] == 2.0
    assert 0.0 < (played.discriminator.vector - start).abs().max() < 1.5e-3  # one step's length, not two


def test_one_player_alone_descends_as_ever() -> None:
    for form, _ in FACTORS.values():
        played = dirac(form)
        played.iterate("discriminator")
        assert played.generator.vector.item() == 1.0
        assert played.discriminator.vector.item() == pytest.approx(1.0 - H, rel=1e-4)


# A game of two players with two and three parameters, whose losses are polynomials without symmetry.


def polynomial(scale: float = 1.0) -> tuple[list[Tensor], list[list[Tensor]], Tensor]:
    """The field with its graph, the players' tensors, and the Jacobian (5, 5) by another route."""
    generator = torch.Generator().manual_seed(3)
    a, b = (torch.randn(5, 5, generator=generator, dtype=torch.float64) for _ in range(2))
    c = torch.randn(5, generator=generator, dtype=torch.float64)

    def losses(w: Tensor) -> tuple[Tensor, Tensor]:
        return scale * w @ a @ w + (c @ w) ** 3, w @ b @ w - (c * w).pow(3).sum()

    def field(w: Tensor) -> Tensor:
        first, second = losses(w)
        by_first = torch.autograd.grad(first, w, create_graph=True)[0]
        by_second = torch.autograd.grad(second, w, create_graph=True)[0]
        return torch.cat((by_first[:2], by_second[2:]))

    w = torch.randn(5, generator=generator, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(field, w)
    one, two = w[:2].clone().requires_grad_(), w[2:].clone().requires_grad_()
    first, second = losses(torch.cat((one, two)))
    v = [torch.autograd.grad(loss, x, create_graph=True)[0] for loss, x in ((first, one), (second, two))]
    return v, [[one], [two]], jacobian


def test_products_with_the_jacobian_equal_dense_ones() -> None:
    field, players, jacobian = polynomial()
    u = torch.arange(5.0, dtype=torch.float64)
    parts = [u[:2], u[2:]]
    torch.testing.assert_close(torch.cat(transposed(field, players, parts)), jacobian.T @ u)
    torch.testing.assert_close(torch.cat(forward(field, players, parts)), jacobian @ u)


def test_consensus_adds_the_gradient_of_half_the_squared_field() -> None:
    field, players, jacobian = polynomial()
    v = torch.cat(field).detach()
    found = torch.cat(adjusted(Consensus(gamma=0.3), field, players))
    torch.testing.assert_close(found, v + 0.3 * jacobian.T @ v)


@pytest.mark.parametrize("scale", [1.0, -1.0, 5.0, -5.0])
def test_the_symplectic_adjustment_equals_dense_algebra(scale: float) -> None:
    field, players, jacobian = polynomial(scale)
    v = torch.cat(field).detach()
    turned = 0.5 * (jacobian - jacobian.T).T @ v
    torch.testing.assert_close(
        torch.cat(adjusted(Symplectic(weight=0.3, align=False), field, players)), v + 0.3 * turned
    )
    slope = jacobian.T @ v
    sign = torch.sign((v @ slope) * (turned @ slope) / 5.0 + 0.1)
    torch.testing.assert_close(torch.cat(adjusted(Symplectic(weight=0.3), field, players)), v + 0.3 * sign * turned)


@pytest.mark.parametrize("damping", [1.0, -1.0])
def test_the_adjustment_turns_towards_stable_points_and_away_from_unstable_ones(damping: float) -> None:
    # L_1 = d x^2 / 2 + x y and L_2 = d y^2 / 2 - x y: v = d w + A w with A A^T = I,
    # hence A^T v = w + d A^T w, whose part along w is 1, and lambda's sign is that of d.
    x, y = (torch.tensor([value], dtype=torch.float64, requires_grad=True) for value in (0.8, -0.6))
    losses = (damping * x**2 / 2 + x * y, x), (damping * y**2 / 2 - x * y, y)
    v = [torch.autograd.grad(loss.sum(), own, create_graph=True)[0] for loss, own in losses]
    adjustment = torch.cat(adjusted(Symplectic(), v, [[x], [y]])) - torch.cat(v).detach()
    inwards = adjustment @ torch.tensor([0.8, -0.6], dtype=torch.float64)  # what is descended along w
    assert inwards.item() == pytest.approx(np.sign(damping))
