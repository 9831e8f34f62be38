"""f-GAN (Nowozin et al. 2016): D maximises V = E_P[T] - E_Q[f*(T)], a lower bound of a divergence D_f(P | Q).

T = g(v), where the activation g keeps T in the domain of the conjugate f*. The rows give f* of g, composed by hand, so
that nothing overflows or cancels that the result does not, and exp(x) - 1 rather than expm1, whose gradient torch
takes as expm1(x) + 1, which is zero where exp(x) should be small.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import softplus

from ganlab_desktop.experiment.objectives import FGan
from ganlab_desktop.gan.objectives.objective import Objective, Output, Term, build_objective, log_ratio, separable
from ganlab_desktop.gan.objectives.special import log_expm1_exp, log_omega, log_softplus


class Divergence(NamedTuple):
    """An f-divergence by its activation g(v), the conjugate f*(g(v)), and the optimum g^-1(f'(p/q)) in log p/q."""

    activation: Term
    conjugate: Term
    optimal: Term = log_ratio


def _total_variation(spec: FGan) -> Divergence:
    """f = |u - 1| / 2; T is at most 1/2 either way, which v reaches at infinity."""

    def activation(v: Tensor) -> Tensor:
        """tanh(v) / 2, each half by the sigmoid that tends to 0 there, for the slope's sake."""
        return torch.where(v < 0.0, torch.sigmoid(2.0 * v) - 0.5, 0.5 - torch.sigmoid(-2.0 * v))

    return Divergence(activation, activation, lambda ratio: torch.where(ratio == 0.0, 0.0, ratio * math.inf))


def _kl(spec: FGan) -> Divergence:
    """f = u log u."""
    return Divergence(torch.positive, lambda v: torch.exp(v - 1.0), lambda ratio: 1.0 + ratio)


def _reverse_kl(spec: FGan) -> Divergence:
    """f = -log u."""
    return Divergence(lambda v: -torch.exp(-v), lambda v: v - 1.0)


def _pearson(spec: FGan) -> Divergence:
    """f = (u - 1)^2. The conjugate is -1 below T = -2, where the bound used here is looser but valid."""
    return Divergence(torch.positive, lambda v: 0.25 * v.square() + v, lambda ratio: 2.0 * torch.expm1(ratio))


def _neyman(spec: FGan) -> Divergence:
    """f = (1 - u)^2 / u."""
    return Divergence(
        lambda v: 1.0 - torch.exp(-v), lambda v: 2.0 - 2.0 * torch.exp(-0.5 * v), lambda ratio: 2.0 * ratio
    )


def _squared_hellinger(spec: FGan) -> Divergence:
    """f = (sqrt u - 1)^2."""
    return Divergence(lambda v: 1.0 - torch.exp(-v), lambda v: torch.exp(v) - 1.0, lambda ratio: 0.5 * ratio)


def _jeffrey(spec: FGan) -> Divergence:
    """f = (u - 1) log u. With Wright's w = omega(1 - t), f* = w + 1/w + t - 2 = 1/w - 1 - log w."""

    def conjugate(v: Tensor) -> Tensor:
        log_w = log_omega(1.0 - v)
        return torch.exp(-log_w) - 1.0 - log_w

    return Divergence(torch.positive, conjugate, lambda ratio: ratio - torch.expm1(-ratio))


def _jensen_shannon(spec: FGan) -> Divergence:
    """f = u log u - (u + 1) log((u + 1) / 2), twice the usual divergence: the GAN's game, moved by log 4."""
    return Divergence(lambda v: math.log(2.0) - softplus(-v), lambda v: softplus(v) - math.log(2.0))


def _weighted_js(spec: FGan) -> Divergence:
    """f = pi u log u - (1 - pi + pi u) log(1 - pi + pi u).

    e^(T/pi) = e^(-s) / pi with s = softplus(-v) / pi, and 1 - e^(-s) = sigmoid(log(e^s - 1)).
    """
    pi, rest = spec.pi, 1.0 - spec.pi

    def activation(v: Tensor) -> Tensor:
        return -pi * math.log(pi) - softplus(-v)

    def conjugate(v: Tensor) -> Tensor:
        return rest * (math.log(rest) + softplus(-log_expm1_exp(log_softplus(-v) - math.log(pi))))

    def optimal(ratio: Tensor) -> Tensor:
        """softplus(-v) = pi log(1 + (1 - pi) q / (pi p))."""
        return -log_expm1_exp(math.log(pi) + log_softplus(math.log(rest / pi) - ratio))

    return Divergence(activation, conjugate, optimal)


def _gan(spec: FGan) -> Divergence:
    """f = u log u - (u + 1) log(u + 1): T = log D and f*(T) = -log(1 - D) with D = sigmoid(v)."""
    return Divergence(lambda v: -softplus(-v), softplus)


def _alpha(spec: FGan) -> Divergence:
    """f = (u^a - 1 - a (u - 1)) / (a (a - 1)); f* = (b^(a/(a-1)) - 1) / a with the base b = 1 + (a - 1) T >= 0."""
    a = spec.alpha
    power = a / (a - 1.0)

    def conjugate_of(log_base: Tensor) -> Tensor:
        return (torch.exp(power * log_base) - 1.0) / a

    if a < 1.0:
        log_rest = math.log(1.0 - a)  # T = 1 / (1 - a) - softplus(-v), so b = (1 - a) softplus(-v)
        return Divergence(
            lambda v: 1.0 / (1.0 - a) - softplus(-v),
            lambda v: conjugate_of(log_rest + log_softplus(-v)),
            lambda ratio: -log_expm1_exp((a - 1.0) * ratio - log_rest),
        )

    def conjugate(v: Tensor) -> Tensor:
        positive = v > -1.0 / (a - 1.0)
        log_base = torch.log1p((a - 1.0) * torch.where(positive, v, 0.0))
        return torch.where(positive, conjugate_of(log_base), -1.0 / a)

    return Divergence(torch.positive, conjugate, lambda ratio: torch.expm1((a - 1.0) * ratio) / (a - 1.0))


DIVERGENCES: dict[str, Callable[[FGan], Divergence]] = {
    "kl": _kl,
    "reverse_kl": _reverse_kl,
    "pearson": _pearson,
    "neyman": _neyman,
    "squared_hellinger": _squared_hellinger,
    "jeffrey": _jeffrey,
    "jensen_shannon": _jensen_shannon,
    "weighted_js": _weighted_js,
    "gan": _gan,
    "total_variation": _total_variation,
    "alpha": _alpha,
}


@build_objective.register
def _f_gan(spec: FGan) -> Objective:
    divergence = DIVERGENCES[spec.divergence](spec)

    def real(v: Tensor) -> Tensor:
        return -divergence.activation(v)

    def minimax(v: Tensor) -> Tensor:
        return -divergence.conjugate(v)

    generator = minimax if spec.generator_form == "minimax" else real
    on_logits = spec.divergence in ("gan", "jensen_shannon")  # the log losses, up to a constant: D = sigmoid(v)
    output: Output = "probability" if on_logits else "score"
    # Total variation's best v is infinite: what is shown is T = g(v), whose best is 1/2 either way.
    shown = divergence.activation if spec.divergence == "total_variation" else torch.positive
    return separable(real, divergence.conjugate, generator, divergence.optimal, output, activation=shown)
