"""Penalties against references with gradients derived by hand, in double precision."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment import penalties as specs
from ganlab_desktop.gan.penalties import build_penalty, gradient_norms, input_gradient
from ganlab_desktop.gan.penalties.gradient_penalty import interpolate

HIDDEN, BATCH = 7, 16


class Quadratic(nn.Module):
    """D(x) = x^T A x / 2 + b^T x with symmetric A: its gradient is A x + b."""

    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(1)
        half = torch.randn(2, 2, generator=generator, dtype=torch.float64)
        self.a = nn.Parameter(half + half.T)
        self.b = nn.Parameter(torch.randn(2, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        return 0.5 * ((x @ self.a) * x).sum(1, keepdim=True) + x @ self.b[:, None]


def batches() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(2)
    real = torch.randn(BATCH, 2, generator=generator, dtype=torch.float64)
    return real, torch.randn(BATCH, 2, generator=generator, dtype=torch.float64) + 1.0


def rng() -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=3))


def test_gradient_penalty_and_its_gradient_equal_the_hand_derivation() -> None:
    network, (real, fake) = Quadratic(), batches()
    term = build_penalty(specs.GradientPenalty(weight=10.0)).term(network, real, fake, rng())
    assert term is not None
    points = interpolate(real, fake, rng())
    g = points @ network.a.detach() + network.b.detach()
    norms = g.norm(dim=1)
    torch.testing.assert_close(term, 10.0 * ((norms - 1.0) ** 2).mean())
    # d/db of lambda (|g| - 1)^2 is 2 lambda (|g| - 1) g / |g|, with g = A x + b
    by_b = (20.0 * (norms - 1.0) / norms)[:, None] * g
    (found,) = torch.autograd.grad(term, network.b)
    torch.testing.assert_close(found, by_b.mean(0))


def test_r1_and_its_gradient_equal_the_hand_derivation() -> None:
    network, (real, fake) = Quadratic(), batches()
    term = build_penalty(specs.R1(weight=3.0)).term(network, real, fake, rng())
    assert term is not None
    g = real @ network.a.detach() + network.b.detach()
    torch.testing.assert_close(term, 1.5 * (g**2).sum(1).mean())
    by_a, by_b = torch.autograd.grad(term, (network.a, network.b))
    torch.testing.assert_close(by_b, 3.0 * g.mean(0))
    # The gradient is A x + b with dg_i/dA_ij = x_j; autograd of the quadratic form splits it over A and its transpose.
    outer = 3.0 * torch.einsum("ni,nj->ij", g, real) / BATCH
    torch.testing.assert_close(by_a, 0.5 * (outer + outer.T))


def test_r1_looks_at_real_samples_only() -> None:
    network, (real, fake) = Quadratic(), batches()
    penalty = build_penalty(specs.R1())
    torch.testing.assert_close(penalty.term(network, real, fake, rng()), penalty.term(network, real, fake + 9.0, rng()))


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


@pytest.mark.parametrize("spec", [specs.GradientPenalty(), specs.R1()])
def test_double_backward_is_finite_where_the_gradient_is_zero(spec: specs.PenaltySpec) -> None:
    network = nn.Sequential(nn.Linear(2, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, 1))
    nn.init.zeros_(network[2].weight)
    real = torch.randn(BATCH, 2)
    term = build_penalty(spec).term(network, real, -real, rng())
    assert term is not None
    for gradient in torch.autograd.grad(term, list(network.parameters()), materialize_grads=True):
        assert torch.isfinite(gradient).all()


def test_two_points_a_distance_apart_give_the_slope_law() -> None:
    # max over slopes s of d s - lambda (s - 1)^2 is at s = 1 + d / (2 lambda).
    weight, distance = 0.1, 1.0
    slope = torch.zeros(1, 1, dtype=torch.float64, requires_grad=True)
    penalty = build_penalty(specs.GradientPenalty(weight=weight))
    real = torch.full((4, 1), distance, dtype=torch.float64)
    fake = torch.zeros(4, 1, dtype=torch.float64)

    class Line(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x @ slope

    for _ in range(400):
        term = penalty.term(Line(), real, fake, rng())
        assert term is not None
        loss = (fake @ slope).mean() - (real @ slope).mean() + term
        (gradient,) = torch.autograd.grad(loss, slope)
        with torch.no_grad():
            slope -= 0.5 * gradient
    assert slope.item() == pytest.approx(1.0 + distance / (2.0 * weight), rel=1e-6)


def test_clipping_clamps_every_parameter() -> None:
    parameters = torch.linspace(-1.0, 1.0, 11)
    build_penalty(specs.WeightClipping(limit=0.25)).constrain(parameters)
    assert parameters.abs().max() == 0.25
    torch.testing.assert_close(parameters[4:7], torch.tensor([-0.2, 0.0, 0.2]))
