"""The duality gap of quadratic games, which have it in closed form."""

import pytest
import torch
from torch import Tensor

from ganlab_desktop.measure.metrics.duality_gap import duality_gap


def saddle(theta: Tensor, psi: Tensor) -> Tensor:
    """max over psi is |theta|^2, min over theta is -|psi|^2."""
    return (theta.square() / 2 + theta * psi - psi.square() / 2).sum()


def test_gap_of_a_saddle_is_the_squared_distance_from_it() -> None:
    theta, psi = torch.tensor([1.0, -0.5]), torch.tensor([0.3, 0.4])
    found = duality_gap(saddle, theta, psi, steps=500, rate=2e-2)
    assert found.against_discriminator == pytest.approx(1.25, abs=1e-4)
    assert found.against_generator == pytest.approx(-0.25, abs=1e-4)
    assert found.gap == pytest.approx(1.5, abs=2e-4)
    assert theta.tolist() == [1.0, -0.5]  # nothing moved


def test_gap_closes_at_the_equilibrium_and_is_never_negative() -> None:
    zero = torch.zeros(2)
    assert duality_gap(saddle, zero, zero, steps=50).gap == pytest.approx(0, abs=1e-9)
    assert duality_gap(saddle, zero + 1, zero, steps=1, rate=100.0).gap >= 0


def test_what_was_found_on_few_samples_is_judged_on_others() -> None:
    """Against a held-out game whose best psi lies elsewhere, the move towards the wrong one gains nothing."""

    def game(best: float):
        return lambda theta, psi: (theta.square() - (psi - best).square()).sum()

    zero = torch.zeros(1)
    own = duality_gap(game(1.0), zero, zero, steps=300, rate=2e-2)
    judged = duality_gap(game(1.0), zero, zero, steps=300, rate=2e-2, held_out=game(-1.0))
    assert own.gap == pytest.approx(1.0, abs=1e-3)  # from -1 to 0
    assert judged.gap == pytest.approx(0.0, abs=1e-6)  # psi moves away from -1
