"""The duality gap (Grnarova et al. 2019): how much each player could still win if the other stood still."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

Value = Callable[[Tensor, Tensor], Tensor]  # theta (P,), psi (Q,) -> V, which G minimises and D maximises


class DualityGap(NamedTuple):
    """V against the worst discriminator found, V against the worst generator found, and the difference: 0 at an
    equilibrium, else above. An estimate: both players search from where they are, so each part may fall short, and on
    other samples than those it was found on it may exceed what the distributions themselves allow."""

    against_discriminator: float
    against_generator: float

    @property
    def gap(self) -> float:
        return self.against_discriminator - self.against_generator


def duality_gap(
    value: Value,
    theta: Tensor,
    psi: Tensor,
    steps: int = 200,
    rate: float = 1e-2,
    *,
    held_out: Value | None = None,
    wanted: Callable[[], bool] = lambda: True,
) -> DualityGap:
    """max over psi' of V(theta, psi') minus min over theta' of V(theta', psi), by `steps` steps of Adam each.

    Where `value` is taken over few samples, `held_out` over others tells what the players found without what they
    learnt by heart. Once no longer `wanted` the searches end where they are.
    """
    theta, psi = theta.detach(), psi.detach()
    judge = held_out or value
    of_discriminator = _search(
        lambda moved: -value(theta, moved), lambda moved: -judge(theta, moved), psi, steps, rate, wanted
    )
    of_generator = _search(lambda moved: value(moved, psi), lambda moved: judge(moved, psi), theta, steps, rate, wanted)
    return DualityGap(-of_discriminator, of_generator)


def _search(
    loss: Callable[[Tensor], Tensor],
    judge: Callable[[Tensor], Tensor],
    start: Tensor,
    steps: int,
    rate: float,
    wanted: Callable[[], bool],
) -> float:
    """The lowest value of `judge` on the way down `loss` from `start`."""
    moved = start.clone().requires_grad_()
    optimizer = torch.optim.Adam([moved], lr=rate)
    found = [judge(moved).detach()]
    for _ in range(steps):
        if not wanted():
            break
        with torch.enable_grad():
            (moved.grad,) = torch.autograd.grad(loss(moved), moved)
        optimizer.step()
        found.append(judge(moved).detach())
    return float(torch.stack(found).nan_to_num(nan=torch.inf).min())
