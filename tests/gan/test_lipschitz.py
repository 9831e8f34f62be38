"""The critic that is 1-Lipschitz by construction."""

import numpy as np
import pytest
import torch
from torch import nn

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.networks import MlpDiscriminator
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.networks.build import build_discriminator
from ganlab_desktop.gan.networks.lipschitz import GroupSort, Orthonormal
from ganlab_desktop.gan.penalties import gradient_norms, input_gradient

SPEC = MlpDiscriminator(hidden=(64, 32), activation="groupsort", orthonormal=True)


def trained(steps: int) -> nn.Module:
    """A critic that has been driven hard for some steps."""
    changes = {
        "objective.kind": "wasserstein",
        "discriminator.activation": "groupsort",
        "discriminator.orthonormal": True,
        "optimizer.discriminator.lr": 0.01,
        "schedule.batch_size": 64,
    }
    played = Game(with_changes(Experiment(), changes), torch.device("cpu"))
    for _ in range(steps):
        played.iterate("discriminator")
    return played.discriminator.module


@pytest.mark.parametrize("steps", [0, 60])
def test_the_weights_that_count_are_orthonormal(steps: int) -> None:
    for layer in trained(steps):
        if isinstance(layer, nn.Linear):
            singular = torch.linalg.svdvals(layer.weight.detach())
            assert singular.max() <= 1.0 + 1e-5
            assert singular.min() >= 0.99


def test_training_moves_the_weights_that_count() -> None:
    before, after = trained(0), trained(60)
    assert (before[2].weight - after[2].weight).abs().max() > 0.05


@pytest.mark.parametrize("shape", [(64, 64), (64, 2), (1, 64), (48, 64)])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_no_weight_leaves_the_unit_ball_and_usual_ones_become_orthonormal(shape: tuple[int, int], scale: float) -> None:
    generator = torch.Generator().manual_seed(0)
    weight = scale * torch.randn(shape, generator=generator, dtype=torch.float64)
    found = Orthonormal()(weight)
    u, sigma, vh = torch.linalg.svd(weight, full_matrices=False)
    singular = torch.linalg.svdvals(found)
    assert singular.max() <= 1.0 + 1e-9
    if sigma.min() > 0.2 * sigma.max():
        torch.testing.assert_close(found, u @ vh, rtol=1e-4, atol=1e-4)  # the polar factor


def test_the_iterations_are_differentiable() -> None:
    weight = torch.randn(3, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(Orthonormal(), (weight,))


@pytest.mark.parametrize("steps", [0, 60])
def test_the_critics_slope_is_at_most_one_everywhere(steps: int) -> None:
    critic = trained(steps)
    generator = torch.Generator().manual_seed(1)
    left, right = torch.randn(2000, 2, generator=generator), torch.randn(2000, 2, generator=generator)
    near = left + 0.1 * (right - left)
    for other in (right, near):
        slopes = (critic(left) - critic(other)).abs()[:, 0] / (left - other).norm(dim=1)
        assert slopes.max() <= 1.0 + 1e-4
    norms = gradient_norms(input_gradient(critic, left))
    assert norms.max() <= 1.0 + 1e-4
    assert steps == 0 or norms.median() > 0.95  # the best critic has slope 1, and this one can reach it


def test_group_sort_orders_every_two_features() -> None:
    x = torch.randn(50, 6, generator=torch.Generator().manual_seed(0))
    expected = x.reshape(50, 3, 2).sort(dim=2).values.reshape(50, 6)
    assert torch.equal(GroupSort()(x), expected)


def test_first_weights_are_random_and_depend_on_the_stream_alone() -> None:
    first, same, other = (
        build_discriminator(SPEC, (2,), 0, np.random.default_rng(seed)).state_dict() for seed in (0, 0, 1)
    )
    assert all(torch.equal(first[name], same[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first)
