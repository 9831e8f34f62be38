"""Bounds of Lipschitz constants, and Jacobians of generators, against linear maps and finite differences."""

import numpy as np
import pytest
import torch
from torch import nn

from ganlab_desktop.experiment.networks import MlpDiscriminator, MlpGenerator
from ganlab_desktop.gan.networks.mlp import mlp_discriminator, mlp_generator
from ganlab_desktop.measure.theory.lipschitz import generator_singular_values, lipschitz_bound, lipschitz_bracket

POINTS = torch.from_numpy(np.random.default_rng(0).uniform(-3, 3, (500, 2)).astype(np.float32))
ACTIVATIONS = [nn.ReLU(), nn.LeakyReLU(0.2), nn.LeakyReLU(1.5), nn.Tanh(), nn.Sigmoid(), nn.SiLU(), nn.GELU(), nn.ELU()]


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
def test_factor_of_an_activation_is_its_largest_slope(activation: nn.Module) -> None:
    x = torch.linspace(-8, 8, 20_001, dtype=torch.float64, requires_grad=True)
    (slopes,) = torch.autograd.grad(activation(x).sum(), x)
    largest = slopes.abs().max().item()
    assert largest <= lipschitz_bound(activation) + 1e-9
    assert lipschitz_bound(activation) == pytest.approx(largest, abs=2e-3)


def test_bracket_of_a_linear_critic_is_tight() -> None:
    critic = nn.Linear(2, 1)
    bracket = lipschitz_bracket(critic, POINTS)
    assert bracket.lower == pytest.approx(bracket.upper) == pytest.approx(critic.weight.norm().item())


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh", "silu", "gelu", "elu"])
def test_bracket_holds_for_any_pair_of_points(activation: str) -> None:
    spec = MlpDiscriminator(hidden=(16, 16), activation=activation)
    critic = mlp_discriminator(spec, (2,), 0, np.random.default_rng(0))
    bracket = lipschitz_bracket(critic, POINTS)
    assert 0 < bracket.lower < bracket.upper
    assert bracket.reason == ""
    with torch.no_grad():
        v = critic(POINTS)[:, 0]
    slopes = (v[:, None] - v).abs() / (torch.cdist(POINTS, POINTS) + torch.eye(len(POINTS)))
    assert slopes.max().item() <= bracket.upper


def test_spectral_norm_bounds_each_layer_by_one_and_stays_as_it_is() -> None:
    spec = MlpDiscriminator(hidden=(16, 16), spectral_norm=True)
    critic = mlp_discriminator(spec, (2,), 0, np.random.default_rng(0)).eval()
    before = {name: buffer.clone() for name, buffer in critic.named_buffers()}
    bracket = lipschitz_bracket(critic, POINTS)
    assert bracket.upper == pytest.approx(1, abs=0.05)
    assert bracket.lower <= bracket.upper
    assert all(torch.equal(before[name], buffer) for name, buffer in critic.named_buffers())


@pytest.mark.parametrize(("norm", "layer"), [("layer", "LayerNorm"), ("batch", "BatchNorm")])
def test_there_is_no_bound_through_a_norm(norm: str, layer: str) -> None:
    critic = mlp_discriminator(MlpDiscriminator(norm=norm), (2,), 0, np.random.default_rng(0)).eval()
    bracket = lipschitz_bracket(critic, POINTS)
    assert bracket.upper is None
    assert layer in bracket.reason
    assert bracket.lower > 0


def test_a_residual_block_adds_one_to_the_bound_of_its_change() -> None:
    spec = MlpDiscriminator(hidden=(8, 8), activation="relu", residual=True)
    critic = mlp_discriminator(spec, (2,), 0, np.random.default_rng(0))
    first, block, last = [critic[0], *(m for m in critic if hasattr(m, "change")), critic[-1]]
    norms = [np.linalg.norm(layer.weight.detach().numpy(), 2) for layer in (first, block.change[0], last)]
    assert lipschitz_bound(critic) == pytest.approx(norms[0] * (1 + norms[1]) * norms[2], rel=1e-5)
    with torch.no_grad():
        block.change[0].weight.copy_(torch.eye(8))
    assert lipschitz_bound(block) == pytest.approx(2.0)  # x + relu(x), which reaches it


def test_fourier_features_stretch_by_two_pi_of_their_frequencies() -> None:
    critic = mlp_discriminator(MlpDiscriminator(hidden=(), fourier=5), (2,), 0, np.random.default_rng(0))
    features = critic[0]
    bound = 2 * np.pi * np.linalg.norm(features.frequencies.numpy(), 2)
    assert lipschitz_bound(features) == pytest.approx(bound, rel=1e-5)
    jacobian = torch.func.jacrev(features)(POINTS[:1]).squeeze()
    assert torch.linalg.svdvals(jacobian)[0].item() == pytest.approx(bound, rel=1e-4)
    bracket = lipschitz_bracket(critic, POINTS)
    assert 0 < bracket.lower <= bracket.upper


def test_singular_values_of_a_linear_generator_are_its_weights() -> None:
    for shape in ((2, 5), (2, 2), (2, 1)):
        generator = nn.Linear(shape[1], shape[0])
        found = generator_singular_values(generator, torch.randn(7, shape[1]))
        assert found.shape == (7, min(shape))
        expected = np.linalg.svd(generator.weight.detach().numpy())[1]
        assert found.numpy() == pytest.approx(np.tile(expected, (7, 1)), abs=1e-6)


def test_singular_values_agree_with_finite_differences() -> None:
    generator = mlp_generator(MlpGenerator(activation="tanh"), 3, (2,), np.random.default_rng(0)).double()
    z, step = torch.from_numpy(np.random.default_rng(1).standard_normal((4, 3))), 1e-6
    with torch.no_grad():
        columns = [(generator(z + step * e) - generator(z - step * e)) / (2 * step) for e in torch.eye(3).double()]
    exact = np.linalg.svd(torch.stack(columns, dim=2).numpy())[1]
    assert generator_singular_values(generator, z).numpy() == pytest.approx(exact, abs=1e-6)


def test_an_orthonormal_critic_is_certified() -> None:
    spec = MlpDiscriminator(hidden=(16, 16), activation="groupsort", orthonormal=True)
    network = mlp_discriminator(spec, (2,), 0, np.random.default_rng(0))
    assert lipschitz_bound(network) == pytest.approx(1.0, abs=0.02)
