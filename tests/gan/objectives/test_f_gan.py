"""The rows of f-GAN against their definitions: suprema by brute force, derivatives, divergences by quadrature."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath
import numpy as np
import pytest
import torch
from mpmath import mpf
from scipy.special import wrightomega
from torch import Tensor

from ganlab_desktop.experiment.fields import fields_of
from ganlab_desktop.experiment.objectives import FGan, Minimax, NonSaturating
from ganlab_desktop.gan.objectives import build_objective
from ganlab_desktop.gan.objectives.f_gan import DIVERGENCES, Divergence
from ganlab_desktop.gan.objectives.special import log_expm1_exp, log_omega, log_softplus

mpmath.mp.dps = 120  # decimal digits, enough for every cancellation at v = 100


class Row(NamedTuple):
    """METHODS, section 2: f by torch, f* and g in many digits, the bound of the domain of f*."""

    f: Callable[[Tensor], Tensor]
    conjugate: Callable[[Any], Any]
    activation: Callable[[Any], Any]
    bound: float = math.inf


def softplus(v: Any) -> Any:
    return mpmath.log1p(mpmath.exp(v))


def jeffrey(t: Any) -> Any:
    w = mpmath.lambertw(mpmath.exp(1 - t)).real
    return w + 1 / w + t - 2


def entropy_like(u: Tensor) -> Tensor:
    return u * torch.log(u)


def weighted(pi: float) -> Row:
    return Row(
        lambda u: pi * entropy_like(u) - entropy_like(1 - pi + pi * u),
        lambda t: (1 - mpf(pi)) * mpmath.log((1 - mpf(pi)) / (1 - mpf(pi) * mpmath.exp(t / mpf(pi)))),
        lambda v: -mpf(pi) * mpmath.log(pi) - softplus(-v),
        -pi * math.log(pi),
    )


def alpha(a: float) -> Row:
    def conjugate(t: Any) -> Any:
        base = t * (mpf(a) - 1) + 1
        return (max(base, mpf(0)) ** (mpf(a) / (mpf(a) - 1)) - 1) / mpf(a)

    def f(u: Tensor) -> Tensor:
        return (u**a - 1 - a * (u - 1)) / (a * (a - 1))

    if a > 1.0:
        return Row(f, conjugate, lambda v: v)
    return Row(f, conjugate, lambda v: 1 / (1 - mpf(a)) - softplus(-v), 1.0 / (1.0 - a))


ROWS = {
    FGan(divergence="total_variation"): Row(
        lambda u: (u - 1).abs() / 2, lambda t: t, lambda v: mpmath.tanh(v) / 2, 0.5 + 1e-15
    ),
    FGan(divergence="kl"): Row(entropy_like, lambda t: mpmath.exp(t - 1), lambda v: v),
    FGan(divergence="reverse_kl"): Row(
        lambda u: -torch.log(u), lambda t: -1 - mpmath.log(-t), lambda v: -mpmath.exp(-v), 0.0
    ),
    FGan(divergence="pearson"): Row(lambda u: (u - 1) ** 2, lambda t: t**2 / 4 + t, lambda v: v),
    FGan(divergence="neyman"): Row(
        lambda u: (1 - u) ** 2 / u, lambda t: 2 - 2 * mpmath.sqrt(1 - t), lambda v: 1 - mpmath.exp(-v), 1.0
    ),
    FGan(divergence="squared_hellinger"): Row(
        lambda u: (torch.sqrt(u) - 1) ** 2, lambda t: t / (1 - t), lambda v: 1 - mpmath.exp(-v), 1.0
    ),
    FGan(divergence="jeffrey"): Row(lambda u: (u - 1) * torch.log(u), jeffrey, lambda v: v),
    FGan(divergence="jensen_shannon"): Row(
        lambda u: -(u + 1) * torch.log((1 + u) / 2) + entropy_like(u),
        lambda t: -mpmath.log(2 - mpmath.exp(t)),
        lambda v: mpmath.log(2) - softplus(-v),
        math.log(2.0),
    ),
    FGan(divergence="weighted_js", pi=0.3): weighted(0.3),
    FGan(divergence="weighted_js", pi=0.9): weighted(0.9),
    FGan(divergence="gan"): Row(
        lambda u: entropy_like(u) - entropy_like(u + 1),
        lambda t: -mpmath.log(1 - mpmath.exp(t)),
        lambda v: -softplus(-v),
        0.0,
    ),
    FGan(divergence="alpha", alpha=0.3): alpha(0.3),
    FGan(divergence="alpha", alpha=-0.5): alpha(-0.5),
    FGan(divergence="alpha", alpha=1.5): alpha(1.5),
    FGan(divergence="alpha", alpha=3.0): alpha(3.0),
}
SMOOTH = [spec for spec in ROWS if spec.divergence != "total_variation"]


def name(spec: FGan) -> str:
    extra = {"alpha": f" {spec.alpha}", "weighted_js": f" {spec.pi}"}
    return spec.divergence + extra.get(spec.divergence, "")


every = pytest.mark.parametrize("spec", ROWS, ids=name)
every_smooth = pytest.mark.parametrize("spec", SMOOTH, ids=name)


def divergence(spec: FGan) -> Divergence:
    return DIVERGENCES[spec.divergence](spec)


def f64(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def slope(function: Callable[[Tensor], Tensor], at: Tensor) -> Tensor:
    at = at.detach().clone().requires_grad_()
    (found,) = torch.autograd.grad(function(at).sum(), at)
    return found


def test_every_divergence_that_can_be_chosen_has_a_row_here() -> None:
    choices = set(fields_of(FGan)["divergence"].choices)
    assert {spec.divergence for spec in ROWS} == choices == set(DIVERGENCES)


# --- the conjugate ------------------------------------------------------------------------------------------------


@every
def test_the_conjugate_is_the_supremum_of_u_t_minus_f(spec: FGan) -> None:
    row = divergence(spec)
    u = torch.exp(torch.linspace(-30.0, 10.0, 400_001, dtype=torch.float64))
    f = ROWS[spec].f(u)
    v = torch.linspace(-1.9, 1.9, 21, dtype=torch.float64)  # Pearson's formula is the supremum from -2 on
    for t, found in zip(row.activation(v), row.conjugate(v), strict=True):
        supremum = (u * t - f).max()
        assert found.item() == pytest.approx(supremum.item(), rel=1e-6, abs=1e-6)


def test_pearsons_formula_bounds_the_supremum_from_above_below_minus_two() -> None:
    v = f64(-2.0, -3.0, -10.0)
    assert (divergence(FGan(divergence="pearson")).conjugate(v) >= -1.0).all()  # u t - (u - 1)^2 <= -1 for u >= 0


@every
def test_the_activation_increases_within_the_domain_of_the_conjugate(spec: FGan) -> None:
    t = divergence(spec).activation(torch.linspace(-30.0, 30.0, 601, dtype=torch.float64))
    assert (t < ROWS[spec].bound).all()
    assert (t[1:] >= t[:-1]).all()
    assert t[-1] > t[0]


@every_smooth
def test_the_optimum_is_f_prime_of_the_ratio_and_the_conjugate_leads_back(spec: FGan) -> None:
    row = divergence(spec)
    ratio = torch.linspace(-6.0, 6.0, 61, dtype=torch.float64)
    v = row.optimal(ratio)
    torch.testing.assert_close(row.activation(v), slope(ROWS[spec].f, ratio.exp()), rtol=1e-9, atol=1e-9)
    back = slope(row.conjugate, v) / slope(row.activation, v)  # df*/dT
    torch.testing.assert_close(back, ratio.exp(), rtol=1e-6, atol=1e-12)


def test_total_variations_optimum_takes_sides() -> None:
    row = divergence(FGan(divergence="total_variation"))
    torch.testing.assert_close(row.activation(row.optimal(f64(-2.0, -1e-9, 0.0, 3.0))), f64(-0.5, -0.5, 0.0, 0.5))


# --- divergences of two Gaussians -----------------------------------------------------------------------------------

X = torch.linspace(-11.0, 11.0, 1501, dtype=torch.float64)
CELL = (X[1] - X[0]).item()


def normal(mean: float, sigma: float) -> Tensor:
    return torch.exp(-0.5 * ((X - mean) / sigma) ** 2) / (sigma * math.sqrt(2.0 * math.pi))


MEAN, SIGMA = 0.5, 1.1
P, Q = normal(MEAN, 1.0), normal(0.0, SIGMA)  # so close that each of the divergences is finite


def exact(f: Callable[[Tensor], Tensor]) -> float:
    return (Q * f(P / Q)).sum().item() * CELL


def value(spec: FGan, v: Tensor) -> float:
    """V by quadrature, with the terms of the discriminator's loss."""
    terms = build_objective(spec).terms
    assert terms is not None
    return -(P * terms[0](v) + Q * terms[1](v)).sum().item() * CELL


@every
def test_the_bound_at_the_optimum_is_the_divergence(spec: FGan) -> None:
    optimal = build_objective(spec).optimal
    assert optimal is not None
    expected = exact(ROWS[spec].f)
    assert value(spec, optimal(torch.log(P / Q))) == pytest.approx(expected, rel=1e-6)


@every
def test_gradient_ascent_reaches_the_divergence_from_below(spec: FGan) -> None:
    terms = build_objective(spec).terms
    assert terms is not None
    expected = exact(ROWS[spec].f)
    v = torch.zeros_like(X, requires_grad=True)
    ascent = torch.optim.Adam([v], lr=0.2, eps=1e-30)
    for step in range(401):
        if step % 25 == 0:
            assert value(spec, v.detach()) <= expected + 1e-9
        ascent.zero_grad()
        (P * terms[0](v) + Q * terms[1](v)).sum().backward()
        ascent.step()
    assert value(spec, v.detach()) == pytest.approx(expected, rel=0.01)


def test_divergences_are_those_with_closed_forms() -> None:
    kl = math.log(SIGMA) + (1.0 + MEAN**2) / (2 * SIGMA**2) - 0.5
    reverse = -math.log(SIGMA) + (SIGMA**2 + MEAN**2) / 2 - 0.5
    affinity = math.sqrt(2 * SIGMA / (1 + SIGMA**2)) * math.exp(-(MEAN**2) / (4 * (1 + SIGMA**2)))
    expected = {"kl": kl, "reverse_kl": reverse, "jeffrey": kl + reverse, "squared_hellinger": 2 - 2 * affinity}
    for kind, closed_form in expected.items():
        spec = FGan(divergence=kind)
        assert value(spec, divergence(spec).optimal(torch.log(P / Q))) == pytest.approx(closed_form, rel=1e-6)


@pytest.mark.parametrize(
    ("first", "factor", "second"),
    [
        (FGan(divergence="alpha", alpha=0.5), 2.0, FGan(divergence="squared_hellinger")),
        (FGan(divergence="alpha", alpha=2.0), 0.5, FGan(divergence="pearson")),
        (FGan(divergence="alpha", alpha=-1.0), 0.5, FGan(divergence="neyman")),
        (FGan(divergence="alpha", alpha=1.0001), 1.0, FGan(divergence="kl")),
        (FGan(divergence="alpha", alpha=0.0001), 1.0, FGan(divergence="reverse_kl")),
        (FGan(divergence="weighted_js", pi=0.5), 0.5, FGan(divergence="jensen_shannon")),
    ],
    ids=lambda value: name(value) if isinstance(value, FGan) else "is",
)
def test_divergences_that_are_multiples_of_each_other(first: FGan, factor: float, second: FGan) -> None:
    ratio = torch.log(P / Q)
    left, right = value(first, divergence(first).optimal(ratio)), value(second, divergence(second).optimal(ratio))
    assert left == pytest.approx(factor * right, rel=1e-3)


# --- arithmetic -----------------------------------------------------------------------------------------------------


@every
@pytest.mark.parametrize("v", [-100.0, -30.0, -1.5, 0.0, 2.5, 30.0, 100.0])
def test_values_and_slopes_are_exact_far_from_zero(spec: FGan, v: float) -> None:
    row, exactly = divergence(spec), ROWS[spec]
    pairs = (
        (row.activation, exactly.activation),
        (row.conjugate, lambda x: exactly.conjugate(exactly.activation(x))),
    )
    for found, expected in pairs:
        level, rise = expected(mpf(v)), mpmath.diff(expected, mpf(v), h=mpf(10) ** -40)
        assert found(f64(v)).item() == pytest.approx(float(level), rel=1e-8, abs=1e-12)
        assert slope(found, f64(v)).item() == pytest.approx(float(rise), rel=1e-7, abs=1e-300)
        single = torch.tensor([v])
        if abs(level) < 3e38 and abs(rise) < 3e38:
            assert found(single).item() == pytest.approx(float(level), rel=1e-4, abs=1e-6)
            assert slope(found, single).item() == pytest.approx(float(rise), rel=1e-4, abs=1e-37)


@every
@pytest.mark.parametrize("form", ["minimax", "alternative"])
def test_autograd_agrees_with_finite_differences_twice(spec: FGan, form: str) -> None:
    objective = build_objective(FGan(spec.divergence, form, spec.alpha, spec.pi))
    v = torch.linspace(-3.0, 2.0, 5, dtype=torch.float64, requires_grad=True)
    w = torch.linspace(1.7, -2.2, 5, dtype=torch.float64, requires_grad=True)
    for loss in (objective.discriminator_loss, objective.generator_loss):
        assert torch.autograd.gradcheck(loss, (v, w))
        assert torch.autograd.gradgradcheck(loss, (v, w))


def test_the_gans_row_is_the_log_loss_and_jensen_shannon_is_the_same_game() -> None:
    v, w = torch.randn(2, 32, 1, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    for form, twin in (("minimax", Minimax()), ("alternative", NonSaturating())):
        expected = build_objective(twin)
        for kind, shift in (("gan", 0.0), ("jensen_shannon", math.log(2.0))):
            objective = build_objective(FGan(divergence=kind, generator_form=form))
            assert objective.output == "probability"
            loss = objective.discriminator_loss(v, w)
            torch.testing.assert_close(loss, expected.discriminator_loss(v, w) - 2 * shift)
            sign = 1.0 if form == "minimax" else -1.0
            torch.testing.assert_close(objective.generator_loss(v, w), expected.generator_loss(v, w) + sign * shift)


@every
def test_a_loss_of_both_forms_falls_where_the_output_rises(spec: FGan) -> None:
    v = torch.linspace(-1.5, 3.0, 31, dtype=torch.float64)
    for form in ("minimax", "alternative"):
        objective = build_objective(FGan(spec.divergence, form, spec.alpha, spec.pi))
        assert (slope(lambda x, g=objective.generator_loss: g(x, x), v) <= 0.0).all()


def test_log_omega_equals_scipys_wright_omega_and_is_differentiable_twice() -> None:
    x = np.concatenate([np.linspace(-700.0, 1e4, 5001), np.linspace(-5.0, 5.0, 5001), [1e30]])
    np.testing.assert_allclose(log_omega(torch.tensor(x)), np.log(wrightomega(x)), rtol=1e-13, atol=1e-14)
    assert log_omega(torch.tensor([-1e4])).item() == -1e4
    x = f64(-40.0, -3.0, -0.2, 0.9, 1.1, 20.0).requires_grad_()
    assert torch.autograd.gradcheck(log_omega, x)
    assert torch.autograd.gradgradcheck(log_omega, x)


def test_logarithms_that_do_not_underflow() -> None:
    for v in (-1000.0, -38.0, -36.5, -2.0, 0.0, 3.0):
        assert log_softplus(f64(v)).item() == pytest.approx(float(mpmath.log(softplus(mpf(v)))), rel=1e-14)
        expected = float(mpmath.log(mpmath.expm1(mpmath.exp(mpf(v)))))
        assert log_expm1_exp(f64(v)).item() == pytest.approx(expected, rel=1e-13)
