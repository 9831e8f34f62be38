"""The generator's average against its recursion, written out."""

import pytest
import torch
from torch import nn

from ganlab_desktop.gan.averaging import Average
from ganlab_desktop.gan.networks.flat import FlatNetwork

BATCH = 32


def source() -> FlatNetwork:
    return FlatNetwork(nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.Linear(8, 2)), torch.device("cpu"))


def move(network: FlatNetwork) -> None:
    with torch.no_grad():
        network.vector.add_(torch.randn(len(network.vector)))


def test_in_the_ramp_up_the_half_life_is_a_twentieth_of_the_samples_seen() -> None:
    """With b samples an update, the k-th leaves 2^(-b / (0.05 k b)) = 2^(-20 / k) of the distance."""
    generator = source()
    average = Average(generator)
    for update in range(1, 40):
        move(generator)
        before = average.network.vector.clone()
        average.update(BATCH, half_life=1e6)
        expected = generator.vector + 2.0 ** (-20.0 / update) * (before - generator.vector)
        torch.testing.assert_close(average.network.vector, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("half_life", [16.0, 64.0])
def test_past_the_ramp_up_the_half_life_is_the_one_asked_for(half_life: float) -> None:
    generator = source()
    average = Average(generator)
    while average.samples < 20.0 * half_life:
        average.update(BATCH, half_life)
    for _ in range(5):
        move(generator)
        before = average.network.vector.clone()
        average.update(BATCH, half_life)
        expected = generator.vector + 2.0 ** (-BATCH / half_life) * (before - generator.vector)
        torch.testing.assert_close(average.network.vector, expected, rtol=1e-5, atol=1e-5)


def test_it_starts_at_the_generator_and_moves_it_not() -> None:
    generator = source()
    average = Average(generator)
    start = generator.vector.clone()
    move(generator)
    assert torch.equal(average.network.vector, start)
    moved = generator.vector.clone()
    average.update(BATCH, 100.0)
    assert torch.equal(generator.vector, moved)


def test_the_network_computes_with_the_averaged_parameters() -> None:
    generator = source()
    average = Average(generator)
    move(generator)
    average.restart()
    x = torch.randn(5, 2)
    torch.testing.assert_close(average.network.module.eval()(x), generator.module.eval()(x))


def test_buffers_are_copied_rather_than_averaged() -> None:
    generator = source()
    average = Average(generator)
    generator.module(torch.randn(BATCH, 2) + 3.0)  # moves the running statistics
    average.update(BATCH, 1e6)
    for name, buffer in generator.buffers().items():
        assert torch.equal(average.network.buffers()[name], buffer)
    assert int(average.network.buffers()["1.num_batches_tracked"]) == 1


def test_a_restart_forgets_the_past() -> None:
    generator = source()
    average = Average(generator)
    for _ in range(100):
        average.update(BATCH, 1e6)
    move(generator)
    average.restart()
    assert average.samples == 0
    assert torch.equal(average.network.vector, generator.vector)
    move(generator)
    average.update(BATCH, 1e6)  # the first update of a ramp-up leaves a millionth
    torch.testing.assert_close(average.network.vector, generator.vector, rtol=0.0, atol=1e-5)
