"""The duality gap (Grnarova et al. 2019): how much each player could still win if the other stood still."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

Value = Callable[[Tensor, Tensor], Tensor]  # theta (P,), psi (Q,) -> V, which G minimises and D maximises


class DualityGap(NamedTuple):
    """V against the worst discriminator found, V against the worst generator found, and the difference: 0 at an
    equilibrium, else above. A lower bound of the true gap, as both players search from where they are."""

    against_discriminator: float
    against_generator: float

    @property
    def gap(self) -> float:
        return self.against_discriminator - self.against_generator


def duality_gap(value: Value, theta: Tensor, psi: Tensor, steps: int = 200, rate: float = 1e-2) -> DualityGap:
    """max over psi' of V(theta, psi') minus min over theta' of V(theta', psi), by `steps` steps of Adam each."""
    theta, psi = theta.detach(), psi.detach()
    lowest_loss_of_discriminator = _search(lambda moved: -value(theta, moved), psi, steps, rate)
    return DualityGap(-lowest_loss_of_discriminator, _search(lambda moved: value(moved, psi), theta, steps, rate))


def _search(loss: Callable[[Tensor], Tensor], start: Tensor, steps: int, rate: float) -> float:
    """The lowest loss on the way down from `start`."""
    moved = start.clone().requires_grad_()
    optimizer = torch.optim.Adam([moved], lr=rate)
    losses = []
    for _ in range(steps):
        with torch.enable_grad():
            found = loss(moved)
            (moved.grad,) = torch.autograd.grad(found, moved)
        losses.append(found.detach())
        optimizer.step()
    losses.append(loss(moved).detach())
    return float(torch.stack(losses).min())
