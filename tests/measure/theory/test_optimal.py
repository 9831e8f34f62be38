"""What the best discriminator is worth: Gaussian pairs with known values."""

import numpy as np
import pytest
import torch
from scipy.stats import norm

from ganlab_desktop.experiment.objectives import Hinge, NonSaturating, ObjectiveSpec
from ganlab_desktop.gan.objectives import build_objective
from ganlab_desktop.measure.theory.divergences import jensen_shannon, total_variation


def shifted_pair(dim: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Masses of N((2, 0), I) and N(0, I) on cells, and the log ratio of their densities there."""
    x, cell = np.linspace(-7, 9, 321 if dim == 2 else 1601, retstep=True)
    p, q, ratio = norm.pdf(x - 2) * cell, norm.pdf(x) * cell, 2 * x - 2
    if dim == 1:
        return p, q, ratio
    across = norm.pdf(x - 1) * cell
    return np.outer(across, p), np.outer(across, q), np.tile(ratio, (len(x), 1))


def value(spec: ObjectiveSpec, v: torch.Tensor, p: np.ndarray, q: np.ndarray) -> float:
    """-L_D of outputs v on cells with masses p and q."""
    real, fake = build_objective(spec).terms
    return -float((torch.from_numpy(p) * real(v) + torch.from_numpy(q) * fake(v)).sum())


def best(spec: ObjectiveSpec, ratio: np.ndarray) -> torch.Tensor:
    return build_objective(spec).optimal(torch.from_numpy(ratio))


def test_optimal_discriminator_of_two_gaussians_is_a_sigmoid() -> None:
    x = np.array([0.0, 1.0, 2.0])
    found = torch.sigmoid(best(NonSaturating(), norm.logpdf(x, 2) - norm.logpdf(x)))
    assert found.numpy() == pytest.approx([0.119, 0.5, 0.881], abs=5e-4)


@pytest.mark.parametrize("dim", [1, 2])
def test_value_at_the_optimum_is_the_jensen_shannon_divergence(dim: int) -> None:
    p, q, ratio = shifted_pair(dim)
    jsd = jensen_shannon(p, q)
    reached = value(NonSaturating(), best(NonSaturating(), ratio), p, q)
    assert jsd == pytest.approx(0.3368, abs=1e-4)
    assert reached == pytest.approx(-np.log(4) + 2 * jsd, abs=1e-9)
    assert reached == pytest.approx(-0.7126, abs=1e-4)
    assert (1 + total_variation(p, q)) / 2 == pytest.approx(0.841, abs=1e-3)  # the best accuracy


def test_no_other_discriminator_has_a_higher_value() -> None:
    p, q, ratio = shifted_pair(1)
    rng = np.random.default_rng(0)
    v = best(NonSaturating(), ratio)
    for size in (0.01, 1.0):
        for _ in range(20):
            moved = v + size * torch.from_numpy(rng.standard_normal(len(ratio)))
            assert value(NonSaturating(), moved, p, q) < value(NonSaturating(), v, p, q)


def test_hinge_loss_at_its_optimum_is_two_minus_two_tv() -> None:
    p, q, ratio = shifted_pair(1)
    assert -value(Hinge(), best(Hinge(), ratio), p, q) == pytest.approx(2 - 2 * total_variation(p, q), abs=1e-9)
