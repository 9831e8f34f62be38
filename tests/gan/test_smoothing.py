"""One-sided label smoothing: its loss, and the discriminator that it asks for."""

import math

import pytest
import torch

from ganlab_desktop.experiment.objectives import Minimax, NonSaturating, ObjectiveSpec
from ganlab_desktop.gan.objectives import build_objective
from ganlab_desktop.gan.objectives.log_loss import smoothed

SURE = torch.tensor(1e9, dtype=torch.float64)  # an output whose sample costs nothing


@pytest.mark.parametrize("spec", [Minimax(), NonSaturating()], ids=repr)
@pytest.mark.parametrize("label", [0.6, 0.9, 1.0])
def test_the_optimal_output_is_the_log_of_s_p_over_the_rest(spec: ObjectiveSpec, label: float) -> None:
    objective = smoothed(build_objective(spec), label) if label < 1.0 else build_objective(spec)
    (real, fake), optimal = objective.terms, objective.optimal
    v = torch.linspace(-8.0, 8.0, 160_001, dtype=torch.float64)
    of_real, of_fake = real(v), fake(v)
    for p, q in ((0.5, 0.5), (0.9, 0.1), (0.02, 0.98), (0.3, 2.0)):
        best = v[(p * of_real + q * of_fake).argmin()].item()
        assert best == pytest.approx(math.log(label * p / ((1.0 - label) * p + q)), abs=2e-4)
        assert optimal(torch.tensor(math.log(p / q), dtype=torch.float64)).item() == pytest.approx(best, abs=2e-4)
    extremes = optimal(torch.tensor([-700.0, 700.0], dtype=torch.float64))
    assert torch.isfinite(extremes).all()


def test_it_turns_the_real_term_into_that_of_a_soft_label() -> None:
    v = torch.linspace(-40.0, 40.0, 81, dtype=torch.float64, requires_grad=True)
    loss = smoothed(build_objective(NonSaturating()), 0.8).discriminator_loss(v, -SURE)
    d = torch.sigmoid(v.detach())
    log_d, log_rest = torch.nn.functional.logsigmoid(v.detach()), torch.nn.functional.logsigmoid(-v.detach())
    torch.testing.assert_close(loss, -(0.8 * log_d + 0.2 * log_rest).mean())
    (gradient,) = torch.autograd.grad(loss, v)
    torch.testing.assert_close(81 * gradient, d - 0.8)  # D is pulled towards the label from both sides
