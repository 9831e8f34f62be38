"""Penalties against references with gradients derived by hand, in double precision."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from turns import BATCH, Quadratic, batches, normals, rng, turn

from ganlab_desktop.experiment import penalties as specs
from ganlab_desktop.gan.penalties import build_penalty, gradient_norms, input_gradient
from ganlab_desktop.gan.penalties.dragan import uniform_perturbed
from ganlab_desktop.gan.penalties.gradient_penalty import interpolate

HIDDEN = 7
GRADIENT_PENALTIES = [
    specs.GradientPenalty(),
    specs.OneSidedGradientPenalty(),
    specs.R1(),
    specs.R2(),
    specs.Dragan(),
    specs.Dragan(noise="uniform"),
]


def term_of(spec: specs.PenaltySpec, network: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    term = build_penalty(spec).term(turn(network, real, fake), rng())
    assert term is not None
    return term


def by_parameters(points: Tensor, by_gradient: Tensor) -> tuple[Tensor, Tensor]:
    """From d/dg at points (B, 2), g = A x + b, to d/dA and d/db of the mean. dg_i/dA_ij = x_j; autograd of the
    quadratic form splits that over A and its transpose."""
    outer = by_gradient.T @ points / len(points)
    return 0.5 * (outer + outer.T), by_gradient.mean(0)


def test_gradient_penalty_and_its_gradient_equal_the_hand_derivation() -> None:
    network, (real, fake) = Quadratic(), batches()
    term = term_of(specs.GradientPenalty(weight=10.0), network, real, fake)
    points = interpolate(real, fake, rng())
    g = points @ network.a.detach() + network.b.detach()
    norms = g.norm(dim=1, keepdim=True)
    torch.testing.assert_close(term, 10.0 * ((norms - 1.0) ** 2).mean())
    # d/dg of lambda (|g| - 1)^2 is 2 lambda (|g| - 1) g / |g|
    expected = by_parameters(points, 20.0 * (norms - 1.0) / norms * g)
    torch.testing.assert_close(torch.autograd.grad(term, (network.a, network.b)), expected)


def test_the_one_sided_penalty_and_its_gradient_equal_the_hand_derivation() -> None:
    network, (real, fake) = Quadratic(), batches()
    term = term_of(specs.OneSidedGradientPenalty(weight=4.0), network, real, fake)
    points = interpolate(real, fake, rng())
    g = points @ network.a.detach() + network.b.detach()
    norms = g.norm(dim=1, keepdim=True)
    over = norms > 1.0
    assert 3 < int(over.sum()) < BATCH - 3
    torch.testing.assert_close(term, 4.0 * ((norms - 1.0)[over] ** 2).sum() / BATCH)
    expected = by_parameters(points, torch.where(over, 8.0 * (norms - 1.0) / norms, 0.0) * g)
    torch.testing.assert_close(torch.autograd.grad(term, (network.a, network.b)), expected)


@pytest.mark.parametrize("spec", [specs.R1(weight=3.0), specs.R2(weight=3.0)], ids=["r1", "r2"])
def test_r1_and_r2_and_their_gradients_equal_the_hand_derivation(spec: specs.PenaltySpec) -> None:
    network, (real, fake) = Quadratic(), batches()
    term = term_of(spec, network, real, fake)
    points = real if isinstance(spec, specs.R1) else fake
    g = points @ network.a.detach() + network.b.detach()
    torch.testing.assert_close(term, 1.5 * (g**2).sum(1).mean())
    torch.testing.assert_close(torch.autograd.grad(term, (network.a, network.b)), by_parameters(points, 3.0 * g))


def test_r1_looks_at_real_samples_only_and_r2_at_generated_ones() -> None:
    network, (real, fake) = Quadratic(), batches()
    for spec, elsewhere in ((specs.R1(), (real, fake + 9.0)), (specs.R2(), (real + 9.0, fake))):
        torch.testing.assert_close(term_of(spec, network, real, fake), term_of(spec, network, *elsewhere))


@pytest.mark.parametrize("noise", ["gaussian", "uniform"])
def test_dragan_and_its_gradient_equal_the_hand_derivation(noise: str) -> None:
    network, (real, fake) = Quadratic(), batches()
    spec = specs.Dragan(weight=10.0, noise=noise, std=0.7)  # type: ignore[arg-type]
    term = term_of(spec, network, real, fake)
    points = real + 0.7 * normals((BATCH, 2))[0] if noise == "gaussian" else uniform_perturbed(real, rng())
    g = points @ network.a.detach() + network.b.detach()
    norms = g.norm(dim=1, keepdim=True)
    torch.testing.assert_close(term, 10.0 * ((norms - 1.0) ** 2).mean())
    expected = by_parameters(points, 20.0 * (norms - 1.0) / norms * g)
    torch.testing.assert_close(torch.autograd.grad(term, (network.a, network.b)), expected)
    torch.testing.assert_close(term_of(spec, network, real, fake + 9.0), term)


def test_the_public_dragan_noise_is_a_share_per_sample_of_half_the_batchs_deviation() -> None:
    real = torch.from_numpy(np.random.default_rng(0).normal([9.0, 0.0], [3.0, 0.5], (20_000, 2)))
    moves = (uniform_perturbed(real, rng()) - real) / (0.5 * real.numpy().std())
    assert moves.min() >= 0.0
    assert moves.max() < 1.0
    # A product of two independent U(0, 1): mean 1/4, variance 1/9 - 1/16; two entries that share one factor have
    # covariance Var(alpha) / 4 = 1/48.
    covariance = np.cov(moves.numpy().T)
    assert moves.mean().item() == pytest.approx(0.25, abs=0.006)
    np.testing.assert_allclose(np.diag(covariance), 1 / 9 - 1 / 16, atol=0.002)
    assert covariance[0, 1] == pytest.approx(1 / 48, abs=0.002)


def test_norms_are_per_sample_over_all_other_axes() -> None:
    gradients = torch.randn(5, 3, 4, 4, dtype=torch.float64)
    torch.testing.assert_close(gradient_norms(gradients), gradients.reshape(5, -1).pow(2).sum(1).sqrt())
    network, (real, _) = Quadratic(), batches()
    for index in range(BATCH):
        torch.testing.assert_close(
            input_gradient(network, real)[index], input_gradient(network, real[index : index + 1])[0]
        )


def test_each_sample_is_interpolated_with_its_own_share() -> None:
    real, fake = torch.ones(1000, 2), torch.zeros(1000, 2)
    points = interpolate(real, fake, rng())
    assert torch.equal(points[:, 0], points[:, 1])
    shares = np.sort(points[:, 0].numpy())
    assert len(np.unique(shares)) > 990
    assert np.abs(shares - np.linspace(0, 1, 1000)).max() < 0.06  # Kolmogorov-Smirnov, far beyond its 0.1 % level


def test_the_share_is_that_of_the_real_sample() -> None:
    real, fake = batches()
    shares = torch.from_numpy(rng().random(BATCH, dtype=np.float32))[:, None].double()
    torch.testing.assert_close(interpolate(real, fake, rng()), shares * real + (1.0 - shares) * fake)


@pytest.mark.parametrize("spec", GRADIENT_PENALTIES, ids=repr)
def test_double_backward_is_finite_where_the_gradient_is_zero(spec: specs.PenaltySpec) -> None:
    network = nn.Sequential(nn.Linear(2, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, 1))
    nn.init.zeros_(network[2].weight)
    real = torch.randn(BATCH, 2)
    for gradient in torch.autograd.grad(
        term_of(spec, network, real, -real), list(network.parameters()), materialize_grads=True
    ):
        assert torch.isfinite(gradient).all()


@pytest.mark.parametrize("kind", [specs.GradientPenalty, specs.OneSidedGradientPenalty])
def test_two_points_a_distance_apart_give_the_slope_law(kind: type[specs.PenaltySpec]) -> None:
    # max over slopes s of d s - lambda (s - 1)^2 is at s = 1 + d / (2 lambda).
    weight, distance = 0.1, 1.0
    slope = torch.zeros(1, 1, dtype=torch.float64, requires_grad=True)
    penalty = kind(weight=weight)
    real = torch.full((4, 1), distance, dtype=torch.float64)
    fake = torch.zeros(4, 1, dtype=torch.float64)

    class Line(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x @ slope

    for _ in range(400):
        loss = (fake @ slope).mean() - (real @ slope).mean() + term_of(penalty, Line(), real, fake)
        (gradient,) = torch.autograd.grad(loss, slope)
        with torch.no_grad():
            slope -= 0.5 * gradient
    assert slope.item() == pytest.approx(1.0 + distance / (2.0 * weight), rel=1e-6)


def test_clipping_clamps_every_parameter() -> None:
    parameters = torch.linspace(-1.0, 1.0, 11)
    build_penalty(specs.WeightClipping(limit=0.25)).constrain(parameters)
    assert parameters.abs().max() == 0.25
    torch.testing.assert_close(parameters[4:7], torch.tensor([-0.2, 0.0, 0.2]))
