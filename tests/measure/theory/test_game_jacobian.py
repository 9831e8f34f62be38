"""The Jacobian of games against closed forms and finite differences."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from ganlab_desktop.gan.penalties import input_gradient
from ganlab_desktop.measure.theory.game_jacobian import LinearisedGame, Losses, evaluated_at, split, step_matrix
from ganlab_desktop.measure.theory.paths import path_angle, update_cosines, update_norms


def bilinear(matrix: Tensor) -> Losses:
    """G minimises theta^T A psi, D maximises it."""
    return lambda theta, psi: (theta @ matrix @ psi, -(theta @ matrix @ psi))


def small_gan() -> tuple[Losses, Tensor, Tensor]:
    """A non-saturating game of tanh networks with an R1 penalty, in double precision."""
    rng = np.random.default_rng(0)
    real, latent = (torch.from_numpy(rng.standard_normal((16, 2))) for _ in range(2))
    generator = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 2)).double()
    discriminator = nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 1)).double()

    def losses(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
        score = evaluated_at(discriminator, psi)
        v_fake = score(evaluated_at(generator, theta)(latent))
        penalty = input_gradient(score, real, create_graph=True).square().sum(1).mean()
        return softplus(-v_fake).mean(), softplus(-score(real)).mean() + softplus(v_fake).mean() + 0.5 * penalty

    sizes = [sum(p.numel() for p in network.parameters()) for network in (generator, discriminator)]
    theta, psi = (torch.from_numpy(rng.standard_normal(size)) for size in sizes)
    return losses, theta, psi


def finite_differences(losses: Losses, theta: Tensor, psi: Tensor, step: float = 1e-5) -> np.ndarray:
    point, size = torch.cat((theta, psi)), len(theta)
    columns = []
    for index in range(len(point)):
        ends = []
        for sign in (1, -1):
            moved = point.clone()
            moved[index] += sign * step
            ends.append(LinearisedGame(losses, moved[:size], moved[size:]).field)
        columns.append((ends[0] - ends[1]) / (2 * step))
    return torch.stack(columns, dim=1).numpy()


def test_bilinear_game_turns_with_eigenvalues_plus_and_minus_i() -> None:
    game = LinearisedGame(bilinear(torch.eye(1).double()), torch.ones(1).double(), torch.ones(1).double())
    assert game.field.tolist() == [-1, 1]
    assert game.jacobian().tolist() == [[0, -1], [1, 0]]
    assert np.sort_complex(np.linalg.eigvals(game.jacobian())) == pytest.approx([-1j, 1j])


def test_bilinear_game_has_its_matrixs_singular_values_as_frequencies() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((12, 12))
    game = LinearisedGame(bilinear(torch.from_numpy(matrix)), *torch.from_numpy(rng.standard_normal((2, 12))))
    frequencies = np.linalg.svd(matrix)[1]
    spectrum = np.linalg.eigvals(game.jacobian())
    assert spectrum.real == pytest.approx(0, abs=1e-9)
    assert np.sort(spectrum.imag) == pytest.approx(np.sort([*frequencies, *-frequencies]))
    leading = game.leading_eigenvalues(4, np.random.default_rng(0), "LM")
    assert np.sort(np.abs(leading)) == pytest.approx(np.repeat(frequencies[1::-1], 2))
    symmetric, antisymmetric = split(game.jacobian())
    assert symmetric == pytest.approx(0)
    assert antisymmetric == pytest.approx(game.jacobian())


def test_jacobian_of_a_gan_with_r1_agrees_with_finite_differences() -> None:
    losses, theta, psi = small_gan()
    game = LinearisedGame(losses, theta, psi)
    generator_loss, discriminator_loss = losses(theta.requires_grad_(), psi.requires_grad_())
    descent = (
        torch.autograd.grad(-generator_loss, theta, retain_graph=True)[0],
        torch.autograd.grad(-discriminator_loss, psi)[0],
    )
    assert torch.equal(game.field, torch.cat(descent))
    exact = finite_differences(losses, theta.detach(), psi.detach())
    assert game.jacobian() == pytest.approx(exact, abs=1e-7)
    v = torch.from_numpy(np.random.default_rng(1).standard_normal(len(exact)))
    assert game.product(v).numpy() == pytest.approx(exact @ v.numpy(), abs=1e-6)
    assert game.transposed_product(v).numpy() == pytest.approx(exact.T @ v.numpy(), abs=1e-6)


@pytest.mark.parametrize(("which", "order"), [("LM", np.abs), ("LR", np.real)])
def test_leading_eigenvalues_are_those_of_the_whole_spectrum(which: str, order) -> None:
    game = LinearisedGame(*small_gan())
    spectrum = np.linalg.eigvals(game.jacobian())
    leading = game.leading_eigenvalues(5, np.random.default_rng(0), which)
    assert np.sort(order(leading))[-3:] == pytest.approx(np.sort(order(spectrum))[-3:], abs=1e-8)
    again = game.leading_eigenvalues(5, np.random.default_rng(0), which)
    assert (leading == again).all()


def test_a_search_that_nobody_waits_for_ends() -> None:
    answers = iter([True, True, False])
    game = LinearisedGame(*small_gan())
    assert not len(game.leading_eigenvalues(5, np.random.default_rng(0), wanted=lambda: next(answers)))


def test_module_evaluates_at_a_flat_vector() -> None:
    network = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    vector, x = torch.cat([p.detach().flatten() for p in network.parameters()]), torch.randn(5, 3)
    assert torch.equal(evaluated_at(network, vector)(x), network(x))
    assert torch.equal(evaluated_at(network, 0 * vector)(x), torch.zeros(5, 2))


@pytest.mark.parametrize("alternating", [False, True])
def test_step_matrix_is_one_iteration_of_a_linear_field(alternating: bool) -> None:
    rng, rates, size = np.random.default_rng(0), (0.1, 0.3), 2
    first, second = torch.from_numpy(rng.standard_normal((2, 5, 5)))

    def losses(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
        x = torch.cat((theta, psi))
        return x @ first @ x, x @ second @ x

    point = torch.from_numpy(rng.standard_normal(5))
    theta, psi = point[:size], point[size:]
    game = LinearisedGame(losses, theta, psi)
    moved = psi + rates[1] * game.field[size:]
    seen = LinearisedGame(losses, theta, moved) if alternating else game
    after = torch.cat((theta + rates[0] * seen.field[:size], moved))
    matrix = step_matrix(game.jacobian(), size, rates, alternating=alternating)
    assert matrix @ point.numpy() == pytest.approx(after.numpy())


def test_split_adds_up() -> None:
    jacobian = np.random.default_rng(0).standard_normal((5, 5))
    symmetric, antisymmetric = split(jacobian)
    assert symmetric + antisymmetric == pytest.approx(jacobian)
    assert (symmetric == symmetric.T).all()
    assert (antisymmetric == -antisymmetric.T).all()


def test_path_angle_tells_attraction_from_rotation() -> None:
    start, end, shares = np.zeros(2), np.array([1.0, 0.0]), np.linspace(0, 2, 9)
    attraction = path_angle(lambda x: end - x, start, end, shares)
    assert attraction.cosine == pytest.approx([1, 1, 1, 1, np.nan, -1, -1, -1, -1], nan_ok=True)
    assert attraction.norm == pytest.approx(np.abs(1 - shares))
    rotation = path_angle(lambda x: np.array([-(x - end)[1], (x - end)[0]]), start, end, shares)
    assert rotation.cosine[[0, -1]] == pytest.approx(0)
    both = path_angle(lambda x: (end - x) + 0.5 * np.array([0.0, 1.0]), start, end, shares)
    assert both.cosine == pytest.approx((1 - shares) / np.hypot(1 - shares, 0.5))


def test_updates_are_compared_with_the_one_before() -> None:
    points = np.array([[0.0, 0], [3, 4], [3, 4], [6, 8], [3, 4], [-1, 7]])
    assert update_norms(points) == pytest.approx([5, 0, 5, 5, 5])
    assert update_cosines(points) == pytest.approx([np.nan, np.nan, -1, 0], nan_ok=True)
    brute = [a @ b / np.linalg.norm(a) / np.linalg.norm(b) for a, b in pairwise(np.diff(points[2:], axis=0))]
    assert update_cosines(points)[2:] == pytest.approx(brute)
