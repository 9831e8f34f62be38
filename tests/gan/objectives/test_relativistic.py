"""Relativistic losses against gradients by hand, the real term and the other side's mean included."""

import pytest
import torch
from torch import Tensor

from ganlab_desktop.experiment.objectives import (
    ObjectiveSpec,
    RelativisticAverage,
    RelativisticAverageHinge,
    RelativisticAverageLeastSquares,
    RelativisticPaired,
)
from ganlab_desktop.gan.objectives import build_objective

rng = torch.Generator().manual_seed(1)
REAL = torch.randn(64, 1, generator=rng, dtype=torch.float64) + 0.5
FAKE = torch.randn(64, 1, generator=rng, dtype=torch.float64) * 2.0


def sigmoid(v: Tensor) -> Tensor:
    return 1.0 / (1.0 + torch.exp(-v))


def log_sigmoid(v: Tensor) -> Tensor:
    return torch.log(sigmoid(v))


def above(v: Tensor, bound: float) -> Tensor:
    return (v > bound).double()


# L_D, and N dL_D/dv_real, N dL_D/dv_fake, with m the other side's mean
CLOSED_FORMS = {
    RelativisticPaired: (
        lambda r, f: -log_sigmoid(r - f).mean(),
        lambda r, f: -sigmoid(f - r),
        lambda r, f: sigmoid(f - r),
    ),
    RelativisticAverage: (
        lambda r, f: -log_sigmoid(r - f.mean()).mean() - torch.log(1.0 - sigmoid(f - r.mean())).mean(),
        lambda r, f: -sigmoid(f.mean() - r) - sigmoid(f - r.mean()).mean(),
        lambda r, f: sigmoid(f - r.mean()) + sigmoid(f.mean() - r).mean(),
    ),
    RelativisticAverageLeastSquares: (
        lambda r, f: ((r - f.mean() - 1.0) ** 2).mean() + ((f - r.mean() + 1.0) ** 2).mean(),
        lambda r, f: 2.0 * (r - f.mean() - 1.0) - 2.0 * (f.mean() - r.mean() + 1.0),
        lambda r, f: 2.0 * (f - r.mean() + 1.0) - 2.0 * (r.mean() - f.mean() - 1.0),
    ),
    RelativisticAverageHinge: (
        lambda r, f: (1.0 - r + f.mean()).clamp(min=0.0).mean() + (1.0 + f - r.mean()).clamp(min=0.0).mean(),
        lambda r, f: -above(f.mean() - r, -1.0) - above(f - r.mean(), -1.0).mean(),
        lambda r, f: above(f - r.mean(), -1.0) + above(f.mean() - r, -1.0).mean(),
    ),
}
every = pytest.mark.parametrize("spec", [kind() for kind in CLOSED_FORMS], ids=lambda spec: type(spec).__name__)


@every
def test_losses_and_gradients_equal_the_closed_form(spec: ObjectiveSpec) -> None:
    objective = build_objective(spec)
    loss, by_real, by_fake = CLOSED_FORMS[type(spec)]
    real, fake = REAL.clone().requires_grad_(), FAKE.clone().requires_grad_()
    found = objective.discriminator_loss(real, fake)
    torch.testing.assert_close(found, loss(REAL, FAKE), rtol=1e-12, atol=1e-12)
    slopes = torch.autograd.grad(found, (real, fake))
    torch.testing.assert_close(64 * slopes[0], by_real(REAL, FAKE), rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(64 * slopes[1], by_fake(REAL, FAKE), rtol=1e-10, atol=1e-12)
    found = objective.generator_loss(real, fake)  # the generator wants the opposite: the sides change places
    torch.testing.assert_close(found, loss(FAKE, REAL), rtol=1e-12, atol=1e-12)
    slopes = torch.autograd.grad(found, (real, fake))
    torch.testing.assert_close(64 * slopes[0], by_fake(FAKE, REAL), rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(64 * slopes[1], by_real(FAKE, REAL), rtol=1e-10, atol=1e-12)


@every
def test_autograd_agrees_with_finite_differences(spec: ObjectiveSpec) -> None:
    objective = build_objective(spec)
    real, fake = REAL[:5].clone().requires_grad_(), FAKE[:5].clone().requires_grad_()
    assert torch.autograd.gradcheck(objective.discriminator_loss, (real, fake))
    assert torch.autograd.gradcheck(objective.generator_loss, (real, fake))


@every
def test_a_constant_added_to_all_outputs_changes_nothing(spec: ObjectiveSpec) -> None:
    objective = build_objective(spec)
    assert objective.floating
    assert objective.neutral is None
    for loss in (objective.discriminator_loss, objective.generator_loss):
        torch.testing.assert_close(loss(REAL + 7.0, FAKE + 7.0), loss(REAL, FAKE))


@pytest.mark.parametrize("v", [30.0, 100.0])
def test_gradients_stay_exact_where_the_discriminator_is_sure(v: float) -> None:
    objective = build_objective(RelativisticPaired())
    real, fake = torch.tensor([v]), torch.tensor([0.0], requires_grad=True)  # float32, as in training
    (slope,) = torch.autograd.grad(objective.generator_loss(real, fake), fake)
    assert slope.item() == pytest.approx(-1.0)
    (slope,) = torch.autograd.grad(objective.discriminator_loss(real, fake), fake)
    assert slope.item() == pytest.approx(torch.tensor(-v).double().exp().item(), rel=1e-5)


def test_the_log_density_ratio_is_optimal_for_pairs_whatever_is_added() -> None:
    p, q = torch.rand(2, 7, generator=rng, dtype=torch.float64)
    p, q = p / p.sum(), q / q.sum()
    optimal = build_objective(RelativisticPaired()).optimal
    assert optimal is not None
    v = (optimal(torch.log(p / q)) + 3.0).requires_grad_()
    expected = (p[:, None] * q[None, :] * -log_sigmoid(v[:, None] - v[None, :])).sum()
    (slope,) = torch.autograd.grad(expected, v)
    torch.testing.assert_close(slope, torch.zeros_like(p), rtol=0.0, atol=1e-14)


def test_averages_have_no_closed_form_and_say_why() -> None:
    for kind in CLOSED_FORMS:
        objective = build_objective(kind())
        assert (objective.optimal is None) == (kind is not RelativisticPaired)
        assert bool(objective.reason) == (objective.optimal is None)
