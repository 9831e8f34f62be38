"""The networks: what they start from, and what they compute."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import special, stats
from torch import nn
from torch.nn import functional

from ganlab_desktop.experiment.networks import MlpDiscriminator, MlpGenerator
from ganlab_desktop.gan.networks.build import build_discriminator, build_generator
from ganlab_desktop.gan.networks.flat import FlatNetwork
from ganlab_desktop.gan.networks.statistics import FrozenStatistics, mixes_batch

ACTIVATIONS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "relu": lambda x: np.maximum(x, 0.0),
    "leaky_relu": lambda x: np.where(x > 0.0, x, 0.01 * x),
    "tanh": np.tanh,
    "silu": lambda x: x * special.expit(x),
    "gelu": lambda x: x * special.ndtr(x),
    "elu": lambda x: np.where(x > 0.0, x, np.expm1(x)),
}
OUTPUTS = {"linear": lambda x: x, "tanh": np.tanh, "sigmoid": special.expit}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def linear_layers(network: nn.Module) -> list[nn.Linear]:
    return [module for module in network.modules() if isinstance(module, nn.Linear)]


NETWORKS = {
    "generator": build_generator(MlpGenerator(hidden=(300, 100)), 40, (30,), rng()),
    "discriminator": build_discriminator(MlpDiscriminator(hidden=(300, 100)), (40,), 0, rng()),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_first_weights_are_uniform_up_to_one_over_the_root_of_the_inputs(name: str) -> None:
    for layer, inputs in zip(linear_layers(NETWORKS[name]), (40, 300, 100), strict=True):
        bound = 1.0 / np.sqrt(inputs)
        uniform = stats.uniform(-bound, 2.0 * bound)
        assert layer.in_features == inputs
        for drawn in (layer.weight, layer.bias):
            values = drawn.detach().numpy().ravel()
            assert np.abs(values).max() <= bound * (1.0 + 1e-6)
            assert stats.kstest(values, uniform.cdf).pvalue > 1e-3


@pytest.mark.parametrize("name", NETWORKS)
def test_first_weights_start_like_torchs_own(name: str) -> None:
    for layer in linear_layers(NETWORKS[name])[:-1]:
        torchs = nn.Linear(layer.in_features, layer.out_features)
        assert layer.weight.std().item() == pytest.approx(torchs.weight.std().item(), rel=0.03)


def test_first_weights_depend_on_the_stream_alone() -> None:
    spec = MlpDiscriminator(spectral_norm=True)
    states = []
    for seed, stream in ((1, 0), (2, 0), (2, 1)):
        torch.manual_seed(seed)
        states.append(build_discriminator(spec, (2,), 0, rng(stream)).state_dict())
    first, same, other = states
    assert all(torch.equal(first[name], same[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("output", OUTPUTS)
def test_a_generator_computes_what_its_spec_says(activation: str, output: str) -> None:
    network = build_generator(MlpGenerator(hidden=(7, 5), activation=activation, output=output), 3, (2,), rng())
    x = rng(1).standard_normal((20, 3))
    expected = x
    layers = linear_layers(network)
    for index, layer in enumerate(layers):
        expected = expected @ layer.weight.detach().double().numpy().T + layer.bias.detach().double().numpy()
        expected = (ACTIVATIONS[activation] if index < len(layers) - 1 else OUTPUTS[output])(expected)
    found = network(torch.from_numpy(x).float()).detach().numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("norm", ["layer", "batch"])
@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_a_network_normalises_before_each_activation(player: str, norm: str) -> None:
    if player == "generator":
        network = build_generator(MlpGenerator(hidden=(6, 6), norm=norm), 2, (2,), rng())
    else:
        network = build_discriminator(MlpDiscriminator(hidden=(6, 6), norm=norm), (2,), 0, rng())
    x = torch.randn(50, 2, generator=torch.Generator().manual_seed(0))
    first, second, last = linear_layers(network)
    expected = x
    for layer in (first, second):
        values = layer(expected)
        axis = 1 if norm == "layer" else 0
        centred = values - values.mean(axis, keepdim=True)
        expected = functional.relu(centred / torch.sqrt(centred.square().mean(axis, keepdim=True) + 1e-5))
    torch.testing.assert_close(network(x), last(expected), rtol=1e-4, atol=1e-5)
    assert mixes_batch(network) == (norm == "batch")


def test_residual_layers_add_their_input_where_the_width_stays() -> None:
    network = build_generator(MlpGenerator(hidden=(6, 6, 4), residual=True, activation="tanh"), 6, (2,), rng())
    first, second, third, last = linear_layers(network)
    x = torch.randn(20, 6, generator=torch.Generator().manual_seed(0))
    hidden = x + torch.tanh(first(x))
    hidden = hidden + torch.tanh(second(hidden))
    torch.testing.assert_close(network(x), last(torch.tanh(third(hidden))))


def test_fourier_features_are_sines_and_cosines_of_normal_frequencies() -> None:
    network = build_discriminator(MlpDiscriminator(hidden=(), fourier=500, fourier_scale=3.0), (2,), 0, rng())
    frequencies = network[0].frequencies.numpy().astype(np.float64)
    assert stats.kstest(frequencies.ravel(), stats.norm(0.0, 3.0).cdf).pvalue > 1e-3
    x = rng(1).standard_normal((20, 2))
    angles = 2.0 * np.pi * x @ frequencies.T
    (last,) = linear_layers(network)
    weight, bias = last.weight.detach().double().numpy(), last.bias.detach().double().numpy()
    expected = np.concatenate((np.sin(angles), np.cos(angles)), 1) @ weight.T + bias
    np.testing.assert_allclose(network(torch.from_numpy(x).float()).detach().numpy(), expected, atol=1e-3)


def test_spectral_norm_starts_with_every_layer_at_norm_one() -> None:
    network = build_discriminator(MlpDiscriminator(spectral_norm=True), (2,), 0, rng()).eval()
    for layer in linear_layers(network):
        assert torch.linalg.matrix_norm(layer.weight.detach(), 2).item() == pytest.approx(1.0, abs=0.05)


def test_a_network_without_hidden_layers_is_linear() -> None:
    network = build_discriminator(MlpDiscriminator(hidden=()), (2,), 0, rng())
    (layer,) = linear_layers(network)
    x = torch.randn(4, 2)
    assert torch.equal(network(x), functional.linear(x, layer.weight, layer.bias))


def test_the_flat_vector_is_what_the_network_computes_with() -> None:
    network = build_generator(MlpGenerator(), 2, (2,), rng())
    parameters = [parameter.detach().clone() for parameter in network.parameters()]
    flat = FlatNetwork(network, torch.device("cpu"))
    assert torch.equal(flat.vector, torch.cat([parameter.reshape(-1) for parameter in parameters]))
    x = torch.randn(4, 2)
    loss = network(x).square().sum()
    expected = torch.autograd.grad(loss, list(network.parameters()), retain_graph=True)
    torch.testing.assert_close(flat.gradient(loss), torch.cat([part.reshape(-1) for part in expected]))
    with torch.no_grad():
        flat.vector.zero_()
    assert not network(x).any()


def test_frozen_statistics_leave_no_trace_and_come_back_to_life() -> None:
    network = build_discriminator(MlpDiscriminator(norm="batch", spectral_norm=True), (8,), 0, rng())
    x = torch.randn(32, 8) + 1.0

    def kept() -> list[torch.Tensor]:
        return [buffer.clone() for buffer in network[:-1].buffers()]  # the singular vectors of one output never move

    before = kept()
    with FrozenStatistics(network)():
        network(x)
    assert all(map(torch.equal, before, kept()))
    network(x)
    assert not any(map(torch.equal, before, kept()))
