"""Losses and their gradients against closed forms in double precision, and far from zero."""

import math

import pytest
import torch
from torch import Tensor

from ganlab_desktop.experiment import objectives as specs
from ganlab_desktop.gan.objectives import build_objective

generator = torch.Generator().manual_seed(0)
REAL = torch.randn(64, 1, generator=generator, dtype=torch.float64) * 3.0
FAKE = torch.randn(64, 1, generator=generator, dtype=torch.float64) * 3.0
NOTHING = torch.empty(0, 1, dtype=torch.float64)  # what objectives without a real term are given in its place


def sigmoid(v: Tensor) -> Tensor:
    return 1.0 / (1.0 + torch.exp(-v))


def gradient(loss: Tensor, v: Tensor) -> Tensor:
    return torch.autograd.grad(loss, v)[0]


# spec, L_D, L_G, and by hand N dL_D/dv_real, N dL_D/dv_fake, N dL_G/dv_fake
CLOSED_FORMS = {
    "minimax": (
        specs.Minimax(),
        lambda r, f: -(torch.log(sigmoid(r)).mean() + torch.log(1.0 - sigmoid(f)).mean()),
        lambda f: torch.log(1.0 - sigmoid(f)).mean(),
        lambda r: -(1.0 - sigmoid(r)),
        sigmoid,
        lambda f: -sigmoid(f),
    ),
    "non_saturating": (
        specs.NonSaturating(),
        lambda r, f: -(torch.log(sigmoid(r)).mean() + torch.log(1.0 - sigmoid(f)).mean()),
        lambda f: -torch.log(sigmoid(f)).mean(),
        lambda r: -(1.0 - sigmoid(r)),
        sigmoid,
        lambda f: -(1.0 - sigmoid(f)),
    ),
    "least_squares": (
        specs.LeastSquares(),
        lambda r, f: 0.5 * ((r - 1.0) ** 2).mean() + 0.5 * (f**2).mean(),
        lambda f: 0.5 * ((f - 1.0) ** 2).mean(),
        lambda r: r - 1.0,
        lambda f: f,
        lambda f: f - 1.0,
    ),
    "pearson": (
        specs.LeastSquares(a=-1.0, b=1.0, c=0.0),
        lambda r, f: 0.5 * ((r - 1.0) ** 2).mean() + 0.5 * ((f + 1.0) ** 2).mean(),
        lambda f: 0.5 * (f**2).mean(),
        lambda r: r - 1.0,
        lambda f: f + 1.0,
        lambda f: f,
    ),
    "hinge": (
        specs.Hinge(),
        lambda r, f: torch.clamp(1.0 - r, min=0.0).mean() + torch.clamp(1.0 + f, min=0.0).mean(),
        lambda f: -f.mean(),
        lambda r: -(r < 1.0).double(),
        lambda f: (f > -1.0).double(),
        lambda f: -torch.ones_like(f),
    ),
    "wasserstein": (
        specs.Wasserstein(),
        lambda r, f: f.mean() - r.mean(),
        lambda f: -f.mean(),
        lambda r: -torch.ones_like(r),
        torch.ones_like,
        lambda f: -torch.ones_like(f),
    ),
}


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_losses_and_gradients_equal_the_closed_form(name: str) -> None:
    spec, loss_d, loss_g, by_real, by_fake, by_fake_g = CLOSED_FORMS[name]
    objective = build_objective(spec)
    real, fake = REAL.clone().requires_grad_(), FAKE.clone().requires_grad_()
    discriminator_loss, generator_loss = objective.discriminator_loss(real, fake), objective.generator_loss(real, fake)
    torch.testing.assert_close(discriminator_loss, loss_d(REAL, FAKE), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(generator_loss, loss_g(FAKE), rtol=1e-12, atol=1e-12)
    count = len(REAL)
    torch.testing.assert_close(count * gradient(discriminator_loss, real), by_real(REAL), rtol=1e-10, atol=1e-12)
    discriminator_loss = objective.discriminator_loss(real, fake)
    torch.testing.assert_close(count * gradient(discriminator_loss, fake), by_fake(FAKE), rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(count * gradient(generator_loss, fake), by_fake_g(FAKE), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["minimax", "non_saturating", "least_squares", "wasserstein"])
def test_autograd_agrees_with_finite_differences(name: str) -> None:
    objective = build_objective(CLOSED_FORMS[name][0])
    real, fake = REAL[:5].clone().requires_grad_(), FAKE[:5].clone().requires_grad_()
    assert torch.autograd.gradcheck(objective.discriminator_loss, (real, fake))
    assert torch.autograd.gradcheck(objective.generator_loss, (NOTHING, fake))


@pytest.mark.parametrize(
    ("spec", "expected"), [(specs.NonSaturating(), -1.0), (specs.Minimax(), -9.357622968840175e-14)]
)
def test_generator_gradients_stay_exact_where_the_discriminator_is_sure(
    spec: specs.ObjectiveSpec, expected: float
) -> None:
    v = torch.tensor([-30.0], requires_grad=True)  # float32, as in training
    (slope,) = torch.autograd.grad(build_objective(spec).generator_loss(NOTHING, v), v)
    assert slope.item() == pytest.approx(expected, rel=1e-5)


def test_extreme_logits_give_finite_losses() -> None:
    for name in CLOSED_FORMS:
        objective = build_objective(CLOSED_FORMS[name][0])
        for v in (torch.full((4, 1), 1e4), torch.full((4, 1), -1e4)):
            assert torch.isfinite(objective.discriminator_loss(v, -v))
            assert torch.isfinite(objective.generator_loss(NOTHING, v))


def test_the_ratio_of_the_two_generator_gradients_is_exp_of_minus_the_logit() -> None:
    for logit, ratio in ((-2.0, 7.39), (-6.0, 403.4)):
        v = torch.tensor([logit], dtype=torch.float64, requires_grad=True)
        saturating = gradient(build_objective(specs.Minimax()).generator_loss(NOTHING, v), v)
        helpful = gradient(build_objective(specs.NonSaturating()).generator_loss(NOTHING, v), v)
        assert (helpful / saturating).item() == pytest.approx(ratio, rel=1e-3)


def test_losses_at_equilibrium_are_log_4_and_log_2() -> None:
    zero = torch.zeros(8, 1)
    objective = build_objective(specs.NonSaturating())
    assert objective.discriminator_loss(zero, zero).item() == pytest.approx(math.log(4.0))
    assert objective.generator_loss(NOTHING, zero).item() == pytest.approx(math.log(2.0))
