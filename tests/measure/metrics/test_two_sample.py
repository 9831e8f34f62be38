"""A fresh discriminator against pairs whose total variation is known."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from ganlab_desktop.measure.metrics.two_sample import fresh_discriminator_test


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def pair(shift: float, n: int = 2000, dim: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    offset = np.zeros(dim)
    offset[0] = shift
    return rng.standard_normal((n, dim)) + offset, rng.standard_normal((n, dim))


@pytest.mark.parametrize("dim", [1, 2])
def test_shifted_gaussians_are_told_apart_as_well_as_tv_allows(dim: int) -> None:
    found = fresh_discriminator_test(*pair(2.0, dim=dim), np.random.default_rng(0))
    deviation = np.sqrt(0.841 * 0.159 / 2000)
    assert 0.841 - 0.03 < found.accuracy < 0.841 + 4 * deviation


def test_equal_distributions_cannot_be_told_apart() -> None:
    found = fresh_discriminator_test(*pair(0.0), np.random.default_rng(0))
    assert found.deviation == pytest.approx(0.5 / np.sqrt(2000))
    assert abs(found.accuracy - 0.5) < 4 * found.deviation


def test_disjoint_samples_are_always_told_apart() -> None:
    assert fresh_discriminator_test(*pair(50.0, 100), np.random.default_rng(0)).accuracy == 1


def test_order_does_not_matter_but_the_draw_is_repeatable() -> None:
    real, fake = pair(1.0, 200)
    first, second = (fresh_discriminator_test(real, fake, np.random.default_rng(0)) for _ in range(2))
    assert first == second
    ordered = fresh_discriminator_test(np.sort(real, axis=0), np.sort(fake, axis=0), np.random.default_rng(0))
    assert ordered.accuracy == pytest.approx(first.accuracy, abs=0.1)


def test_samples_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        fresh_discriminator_test(np.zeros((10, 1)), np.full((10, 1), np.nan), np.random.default_rng(0))


def test_what_is_learnt_by_heart_is_left_out() -> None:
    real, fake = pair(0.0, 60, dim=20)  # few points in many dimensions: the training half is soon known by heart
    assert fresh_discriminator_test(real, fake, np.random.default_rng(0)).steps < 50


def test_the_held_out_halves_are_scored_and_decide_nothing() -> None:
    n, half = 400, 200
    real, fake = pair(1.0, n)
    rng = np.random.default_rng(0)
    held_out_real, held_out_fake = (rng.permutation(np.arange(n)[:, None])[half:, 0] for _ in range(2))
    found = fresh_discriminator_test(real, fake, np.random.default_rng(0))
    real[held_out_real], fake[held_out_fake] = fake[held_out_fake], real[held_out_real]
    exchanged = fresh_discriminator_test(real, fake, np.random.default_rng(0))
    assert exchanged.steps == found.steps
    assert exchanged.accuracy == pytest.approx(1 - found.accuracy)
