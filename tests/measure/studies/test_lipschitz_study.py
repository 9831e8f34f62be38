"""The bracket of the discriminator's slope on critics whose slope is known."""

import math
from itertools import product

import numpy as np
import pytest
import torch
from snapshots import DATA, line, snapshot
from torch import nn

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.networks import MlpDiscriminator
from ganlab_desktop.experiment.objectives import Hinge, NonSaturating, Wasserstein
from ganlab_desktop.gan.networks.mlp import mlp_discriminator
from ganlab_desktop.measure.studies.lipschitz import Lipschitz, no_bound
from ganlab_desktop.measure.theory.lipschitz import UnboundedError, lipschitz_bound, lipschitz_bracket

STUDY = Lipschitz(DATA, seed=0)


@pytest.mark.parametrize("objective", [NonSaturating(), Wasserstein(), Hinge()])
def test_the_bracket_of_a_line_is_its_slope(objective) -> None:
    picture, row = STUDY.look(snapshot(objective, line(-3.0, 1.0)))
    assert row == pytest.approx((3.0, 3.0))
    assert picture.numbers == dict(zip(Lipschitz.COLUMNS, row, strict=True))


def test_a_kink_is_bracketed() -> None:
    """relu(2 x) - relu(-x): slopes 2 and 1, norms sqrt 5 and sqrt 2."""
    first, last = nn.Linear(1, 2), nn.Linear(2, 1)
    with torch.no_grad():
        first.weight.copy_(torch.tensor([[2.0], [-1.0]]))
        last.weight.copy_(torch.tensor([[1.0, -1.0]]))
        first.bias.zero_()
    _, (lower, upper) = STUDY.look(snapshot(Wasserstein(), nn.Sequential(first, nn.ReLU(), last)))
    assert lower == pytest.approx(2.0)
    assert upper == pytest.approx(math.sqrt(10.0))


def test_a_packing_critic_is_bracketed_as_a_function_of_one_sample() -> None:
    """D(x, y) = 3 x + 4 y has norm 5; D(x, x) = 7 x, which is at most sqrt 2 times 5."""
    critic = nn.Linear(2, 1)
    with torch.no_grad():
        critic.weight.copy_(torch.tensor([[3.0, 4.0]]))
    bracket = lipschitz_bracket(critic, torch.ones(3, 1), packing=2)
    assert bracket.lower == pytest.approx(7.0)
    assert bracket.upper == pytest.approx(5.0 * math.sqrt(2.0))


def test_a_layer_without_a_bound_leaves_the_upper_end_open() -> None:
    critic = nn.Sequential(nn.Linear(1, 4), nn.LayerNorm(4), nn.Linear(4, 1))
    _, (lower, upper) = STUDY.look(snapshot(NonSaturating(), critic))
    assert lower > 0
    assert math.isnan(upper)


@pytest.mark.parametrize(
    ("norm", "minibatch"), list(product(("none", "layer", "batch"), ("none", "discrimination", "stddev")))
)
def test_a_reason_is_given_exactly_where_there_is_no_bound(norm: str, minibatch: str) -> None:
    spec = MlpDiscriminator(norm=norm, minibatch=minibatch, residual=True, fourier=4)
    network = mlp_discriminator(spec, (2,), 0, np.random.default_rng(0)).eval()
    reason = no_bound(Experiment(discriminator=spec))
    if reason:
        with pytest.raises(UnboundedError):
            lipschitz_bound(network)
    else:
        assert lipschitz_bound(network) > 0
