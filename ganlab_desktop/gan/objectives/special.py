"""Special functions that torch lacks, exact in the tails and differentiable twice."""

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import softplus

_TINY = -37.0  # below it log(1 + e^x), log(e^(e^x) - 1) and the like are x to double precision
_HALLEY_STEPS = 4  # reach double precision from anywhere, as the test against scipy's wrightomega holds


def log_softplus(x: Tensor) -> Tensor:
    """log(log(1 + e^x)), which tends to x where softplus underflows."""
    return torch.where(x < _TINY, x, softplus(x.clamp(min=_TINY)).log())


def log_expm1_exp(x: Tensor) -> Tensor:
    """log(exp(e^x) - 1), which tends to x for small x and to e^x for large ones."""
    s = x.clamp(min=_TINY).exp()
    return torch.where(x < _TINY, x, s + torch.log(-torch.expm1(-s)))


class _LogOmega(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        root = torch.where(x > 1.0, x.clamp(min=1.0).log(), x)
        for _ in range(_HALLEY_STEPS):
            power = root.exp()
            newton = (root + power - x) / (1.0 + power)
            root = root - newton / (1.0 - 0.5 * newton * torch.sigmoid(root))
        ctx.save_for_backward(root)
        return root

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (root,) = ctx.saved_tensors
        return gradients[0] * torch.sigmoid(-root)


def log_omega(x: Tensor) -> Tensor:
    """log omega(x), the y with y + e^y = x, where omega is Wright's; its derivative is 1 / (1 + omega).

    omega itself underflows where x is far below zero, its logarithm tends to x.
    """
    root: Tensor = _LogOmega.apply(x)  # type: ignore[no-untyped-call]
    return root
