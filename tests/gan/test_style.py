"""The style-based generator against the papers' equations."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor
from torch.nn import functional

from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.penalties import PathLength
from ganlab_desktop.experiment.style import StyleGenerator
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.networks.chance import key_of, normals, uniforms
from ganlab_desktop.gan.networks.equalised import PixelNorm, equalised
from ganlab_desktop.gan.networks.statistics import FrozenStatistics
from ganlab_desktop.gan.networks.style import Styled, StyledLayer, adain, demodulation, style_generator
from ganlab_desktop.gan.penalties import GeneratorTurn, build_penalty
from ganlab_desktop.gan.penalties.path_length import path_lengths

LIVELY = StyleGenerator(maps=4, width=6, depth=2)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def draws(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def generator(side: int = 8, **settings: object) -> Styled:
    network = style_generator(with_settings(**settings), 5, (1, side, side), rng()).double()
    with torch.no_grad():
        for layer in network.synthesis.layers:
            assert isinstance(layer, StyledLayer)
            layer.bias.normal_(generator=torch.Generator().manual_seed(4))
            if layer.strength is not None:
                layer.strength.fill_(0.5)
    return network


def with_settings(**settings: object) -> StyleGenerator:
    return StyleGenerator(**{name: getattr(LIVELY, name) for name in LIVELY.__struct_fields__} | settings)


def test_adain_gives_maps_the_mean_and_the_deviation_of_the_style() -> None:
    scale, offset = draws(3, 7, seed=2), draws(3, 7, seed=3)
    maps = adain(5.0 + 3.0 * draws(3, 7, 6, 6), scale, offset)
    torch.testing.assert_close(maps.mean((2, 3)), offset)
    torch.testing.assert_close(maps.std((2, 3), correction=0), scale.abs())


def test_demodulated_kernels_have_norm_one() -> None:
    weight, scale = draws(8, 5, 3, 3), 1.0 + draws(4, 5, seed=2)
    kernels = demodulation(weight, scale)[:, :, None, None, None] * scale[:, None, :, None, None] * weight
    torch.testing.assert_close(torch.linalg.vector_norm(kernels.flatten(2), dim=2), torch.ones(4, 8).double())


@pytest.mark.parametrize("doubles", [False, True])
def test_a_demodulated_layer_has_a_kernel_of_its_own_for_each_sample(doubles: bool) -> None:
    layer = StyledLayer(5, 8, with_settings(noise=False), rng(), doubles=doubles, salt=3).double()
    maps, w = draws(4, 5, 4, 4), draws(4, 6, seed=2)
    scale = 1.0 + layer.style(w)
    made = layer(maps, w, key_of(w))
    for i in range(4):
        kernel = scale[i, :, None, None] * layer.convolution.weight
        kernel = kernel / (kernel.square().sum((1, 2, 3), keepdim=True) + 1e-8).sqrt()
        x = maps[i].repeat_interleave(2, 1).repeat_interleave(2, 2) if doubles else maps[i]
        expected = functional.leaky_relu(functional.conv2d(x[None], kernel, padding=1), 0.2) * math.sqrt(2.0)
        torch.testing.assert_close(made[i], expected[0])


def test_an_adain_layer_ends_in_the_style() -> None:
    layer = StyledLayer(5, 8, with_settings(modulation="adain"), rng(), doubles=True, salt=3).double()
    w = draws(4, 6, seed=2)
    made = layer(draws(4, 5, 4, 4), w, key_of(w))
    scale, offset = layer.style(w).chunk(2, 1)
    torch.testing.assert_close(made.mean((2, 3)), offset)
    torch.testing.assert_close(made.std((2, 3), correction=0), (1.0 + scale).abs(), rtol=1e-6, atol=1e-6)


def test_truncation_at_zero_is_one_image_and_at_one_all_of_them() -> None:
    network, z = generator(noise=False, mixing=0.0), draws(6, 5)
    network(z)
    network.eval()
    whole, mean = network(z), network.truncation.mean
    w = network.mapping(z)
    for psi in (0.0, 0.4):
        network.truncation.psi = psi
        styles = (mean + psi * (w - mean))[:, None].expand(-1, 3, -1)
        torch.testing.assert_close(network(z), network.synthesis(styles, key_of(z)).flatten(1))
        assert (len(network(z).unique(dim=0)) == 1) == (psi == 0.0)
    network.truncation.psi = 1.0
    assert torch.equal(network(z), whole)
    network.train()
    network.truncation.psi = 0.0
    assert not torch.equal(network(z)[0], network(z)[1])  # training knows no truncation


def test_the_mean_style_follows_training_and_rests_where_it_is_held_still() -> None:
    network, z = generator(), draws(6, 5)
    network(z)
    mean = network.mapping(z).mean(0)
    torch.testing.assert_close(network.truncation.mean, 0.005 * mean)
    before = network.truncation.mean.clone()
    with FrozenStatistics(network)():
        network(z)
    network.eval()(z)
    assert torch.equal(network.truncation.mean, before)


@pytest.mark.parametrize("modulation", ["adain", "demodulation"])
def test_a_sample_is_a_function_of_its_own_latent(modulation: str) -> None:
    network, z = generator(modulation=modulation), draws(6, 5)
    for mode in (True, False):
        network.train(mode)
        made = network(z)
        torch.testing.assert_close(made, torch.cat([network(latent[None]) for latent in z]))
        assert torch.equal(made, network(z))


def test_noise_inputs_move_details_and_can_be_switched_off() -> None:
    network, z = generator().eval(), draws(6, 5)
    styles = network.mapping(z)[:, None].expand(-1, 3, -1)
    one, other = (network.synthesis(styles, key_of(draws(6, 5, seed=seed))) for seed in (2, 3))
    assert not torch.equal(one, other)
    silent = generator(noise=False).eval().synthesis
    assert torch.equal(silent(styles, key_of(z)), silent(styles, key_of(2.0 * z)))


def test_mixing_gives_later_layers_a_second_style_in_as_many_samples_as_are_wanted() -> None:
    network = generator(side=16, mixing=0.7)
    seen: list[Tensor] = []
    network.synthesis.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    z = draws(4000, 5)
    network(z)
    w = network.mapping(z)
    first = (seen[0] == w[:, None]).all(2)
    assert bool(first[:, 0].all())  # the first layer is always of the latent itself
    assert bool((first.int().diff(dim=1) <= 0).all())  # and once the second begins it stays
    layers = first.sum(1).bincount(minlength=6) / 4000
    # 0.7 of the samples change at one of four places, all alike; 4 standard deviations
    assert layers[1:5].numpy() == pytest.approx(0.7 / 4, abs=0.025)
    assert float(layers[5]) == pytest.approx(0.3, abs=0.03)
    network.eval()(z)
    assert torch.equal(seen[1], w[:, None].expand(-1, 5, -1))


def test_draws_of_a_latent_are_uniform_normal_and_independent() -> None:
    key = key_of(draws(300, 5))
    assert stats.kstest(uniforms(key, 1, 200).numpy().ravel(), "uniform").pvalue > 1e-3
    assert stats.kstest(normals(key, 1, 200).numpy().ravel(), "norm").pvalue > 1e-3
    rows = torch.cat((normals(key, 1, 100), normals(key, 2, 100)), 1)
    for correlations in (torch.corrcoef(rows), torch.corrcoef(rows.T)):
        off = correlations[~torch.eye(len(correlations), dtype=torch.bool)]
        assert off.abs().max() < 0.4
        assert off.square().mean() == pytest.approx(1.0 / (rows.numel() / len(correlations)), rel=0.1)
    latents = draws(300, 5).float()
    assert len(key_of(latents).unique()) == 300
    assert key_of(latents[:1]) != key_of(latents[:1].flip(1))


def test_equalised_layers_act_scaled_and_start_the_same_at_any_rate() -> None:
    linear = equalised(torch.nn.Linear(400, 300), rng())
    assert float(linear.weight.detach().std()) == pytest.approx(math.sqrt(2.0 / 400), rel=0.02)
    slow = equalised(torch.nn.Linear(400, 300), rng(), rate=0.01)
    torch.testing.assert_close(slow.weight, linear.weight)
    raw = dict(slow.named_parameters())
    assert float(raw["parametrizations.weight.original"].detach().std()) == pytest.approx(100.0, rel=0.02)
    features = draws(6, 400)
    torch.testing.assert_close(PixelNorm()(features).square().mean(1), torch.ones(6).double())


@pytest.mark.parametrize("modulation", ["adain", "demodulation"])
def test_path_lengths_and_the_penalty_equal_those_of_the_explicit_jacobian(modulation: str) -> None:
    network, z, y = generator(side=4, modulation=modulation, mixing=0.0), draws(3, 5), draws(3, 16, seed=7)
    key = key_of(z)

    def image(w: Tensor, i: int) -> Tensor:
        return network.synthesis(w[None, None].expand(1, 1, -1), key[i : i + 1]).flatten()

    def explicit(directions: Tensor) -> Tensor:
        jacobians = [
            torch.autograd.functional.jacobian(lambda w, i=i: image(w, i), network.mapping(z)[i].detach())
            for i in range(3)
        ]
        return torch.stack([(j.T @ d).square().sum().sqrt() for j, d in zip(jacobians, directions, strict=True)])

    torch.testing.assert_close(path_lengths(network, z, y), explicit(y))
    penalty = build_penalty(PathLength(weight=3.0, decay=0.9))
    turn = GeneratorTurn(network, network, z, network(z), network(z))
    drawn = torch.from_numpy(rng().standard_normal((3, 16), np.float32)).double() / 4.0  # a side of 4: 16 places
    lengths = explicit(drawn)
    expected = 3.0 * (lengths - lengths.mean()).square().mean()
    torch.testing.assert_close(penalty.generator_term(turn, rng()), expected, rtol=1e-5, atol=0.0)
    drawn = torch.from_numpy(np.random.default_rng(1).standard_normal((3, 16), np.float32)).double() / 4.0
    later = explicit(drawn)
    average = (0.9 * 0.1 * lengths.mean() + 0.1 * later.mean()) / (0.9 * 0.1 + 0.1)
    term = penalty.generator_term(turn, np.random.default_rng(1))
    torch.testing.assert_close(term, 3.0 * (later - average).square().mean(), rtol=1e-5, atol=0.0)


def test_the_path_length_s_gradient_equals_differences() -> None:
    network, z, y = generator(side=4, mixing=0.0), draws(3, 5), draws(3, 16, seed=7)
    weight = network.synthesis.constant
    (gradient,) = torch.autograd.grad(path_lengths(network, z, y).sum(), weight)
    direction, h = draws(*weight.shape, seed=8), 1e-5
    with torch.no_grad():
        weight += h * direction
        ahead = path_lengths_without_graph(network, z, y)
        weight -= 2.0 * h * direction
        behind = path_lengths_without_graph(network, z, y)
    torch.testing.assert_close((gradient * direction).sum(), (ahead - behind) / (2.0 * h), rtol=1e-5, atol=1e-7)


def path_lengths_without_graph(network: Styled, z: Tensor, y: Tensor) -> Tensor:
    with torch.enable_grad():
        return path_lengths(network, z, y).sum().detach()


def test_truncation_is_changed_while_it_trains_and_leaves_training_as_it_is() -> None:
    torch.set_num_threads(1)
    settings = {"data.kind": "digits", "generator.kind": "style", "generator.maps": 4, "schedule.batch_size": 8}
    plain, edited = (Run(with_changes(Experiment(), settings | {"ema.half_life": 50.0})) for _ in range(2))
    for step in range(6):
        if step == 3:
            edited.edit({"generator.truncation": 0.0})
        plain.advance()
        edited.advance()
    assert plain.game.state().equals(edited.game.state())
    for average in (False, True):
        spread = [np.ptp(run.sample(50, average=average), axis=0).mean() for run in (plain, edited)]
        assert spread[1] < 0.5 * spread[0]
    edited.game.generator.module.synthesis.apply(_silence)  # type: ignore[union-attr, operator]
    assert np.ptp(edited.sample(5), axis=0).max() < 1e-6


def _silence(module: torch.nn.Module) -> None:
    if isinstance(module, StyledLayer) and module.strength is not None:
        module.strength.data.zero_()
