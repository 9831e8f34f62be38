"""Divergences of samples from a density, both seen through one kernel."""

from typing import get_args

import numpy as np
import pytest
from scipy.stats import norm

from ganlab_desktop.experiment.data import Checkerboard, DataSpec, GanLab, Grid, Mixture1D, Points, Ring, SwissRoll
from ganlab_desktop.experiment.images import ImageSpec
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.measure.metrics.matched_kernel import MOST_CELLS, MatchedKernel
from ganlab_desktop.measure.theory.divergences import divergences

SPECS = [kind() for kind in get_args(DataSpec) if kind not in {Points, *get_args(ImageSpec)}]
SPECS += [GanLab(shape=shape) for shape in ("gaussians", "ring", "disjoint")]
SPECS += [Ring(radius=1.0, sigma=0.01, scale=1.0), Ring(n_train=50), Checkerboard(squares=16)]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: type(spec).__name__)
def test_true_samples_score_next_to_nothing(spec: DataSpec) -> None:
    data = build(spec)
    kernel = MatchedKernel(data)
    floor = kernel.floor(np.random.default_rng(0))
    assert 0 < floor.jsd <= 0.02
    assert 0 < floor.kl < 0.1
    assert 0 < floor.reverse_kl < 0.1
    assert kernel.h <= data.detail / 2
    assert 0.999 < kernel.p.sum() <= 1 + 1e-6


@pytest.mark.parametrize("spec", [Ring(), SwissRoll(), Mixture1D()])
def test_the_floor_goes_to_zero_with_the_number_of_samples(spec: DataSpec) -> None:
    """No bias is left: a hundred times the samples score near a hundredth."""
    kernel, data = MatchedKernel(build(spec)), build(spec)
    few = np.mean([kernel.measure(data.sample(np.random.default_rng(seed), 4000)).jsd for seed in range(4)])
    many = kernel.measure(data.sample(np.random.default_rng(9), 400_000)).jsd
    assert many < 2.5 * few / 100


def test_smoothed_samples_estimate_the_smoothed_density() -> None:
    """Against a plain sum of kernels at the middles of the cells."""
    kernel = MatchedKernel(build(Mixture1D()))
    samples = build(Mixture1D()).sample(np.random.default_rng(0), 500)
    middles = kernel.origin + (np.arange(kernel.shape[0]) + 0.5) * kernel.cell
    brute = norm.pdf(middles[:, None], samples[:, 0], kernel.h).mean(1) * kernel.cell
    assert kernel.smoothed(samples) == pytest.approx(brute, abs=0.01 * brute.max())
    assert kernel.smoothed(samples).sum() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("spec", [Ring(), SwissRoll(), Checkerboard(), Mixture1D()])
def test_masses_left_out_are_next_to_nothing(spec: DataSpec) -> None:
    """Looking at blocks first gives the same masses as looking at every cell."""
    data = build(spec)
    kernel = MatchedKernel(data)
    places = np.stack(np.meshgrid(*[np.arange(n) + 0.5 for n in kernel.shape], indexing="ij"), axis=-1)
    x = kernel.origin + places.reshape(-1, data.dim) * kernel.cell
    brute = np.exp(data.smoothed_log_density(x, kernel.h)) * kernel.cell**data.dim
    assert kernel.p.ravel() == pytest.approx(brute, rel=1e-9, abs=1.1e-12)


def test_collapse_to_one_of_eight_modes_has_the_closed_form() -> None:
    data = build(Ring())
    samples = data.modes.centres[2] + data.detail * np.random.default_rng(0).standard_normal((20_000, 2))
    found = MatchedKernel(data).measure(samples)
    exact = divergences(np.full(8, 1 / 8), np.eye(8)[2])
    assert found.jsd == pytest.approx(exact.jsd, abs=0.005)
    assert found.tv == pytest.approx(7 / 8, abs=0.02)
    assert found.reverse_kl == pytest.approx(np.log(8), abs=0.03)
    assert 5 < found.kl < 25  # finite: the missing modes count as unseen in 20,000 samples, not as impossible


def test_shifted_gaussian_has_the_divergences_of_the_smoothed_pair() -> None:
    kernel = MatchedKernel(build(Mixture1D(means=(0.0,), sigmas=(1.0,), weights=(1.0,))))
    samples = 2 + np.random.default_rng(0).standard_normal((200_000, 1))
    x, width = np.arange(-12, 14, 0.01), np.hypot(1, kernel.h)
    exact = divergences(norm.pdf(x, 0, width) * 0.01, norm.pdf(x, 2, width) * 0.01)
    found = kernel.measure(samples)
    assert found.jsd == pytest.approx(exact.jsd, abs=0.005)
    assert found.tv == pytest.approx(exact.tv, abs=0.005)


def test_samples_elsewhere_score_log_two() -> None:
    data = build(Grid())
    kernel = MatchedKernel(data)
    outside = np.full((1000, 2), 50.0)
    between = np.random.default_rng(0).normal(0.35, 0.01, (1000, 2))
    for samples in (outside, between, np.full((1000, 2), np.nan), np.full((1000, 2), -np.inf)):
        found = kernel.measure(samples.astype(np.float32))
        assert found.jsd == pytest.approx(np.log(2), abs=1e-3)
        assert found.tv == pytest.approx(1, abs=2e-3)
        assert np.isfinite(found).all()


def test_samples_outside_the_grid_count_as_mass() -> None:
    data = build(Ring())
    kernel = MatchedKernel(data)
    samples = data.sample(np.random.default_rng(0), 20_000)
    samples[:10_000] = 1e6
    exact = divergences(np.array([1.0, 0.0]), np.array([0.5, 0.5]))
    assert kernel.measure(samples).jsd == pytest.approx(exact.jsd, abs=0.005)
    assert kernel.measure(samples).tv == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("spec", [Ring(sigma=0.0005), SwissRoll(sigma=0.05)])
def test_scale_is_coarser_where_the_detail_would_take_too_many_cells(spec: DataSpec) -> None:
    data = build(spec)
    kernel = MatchedKernel(data)
    assert kernel.p.size <= 1.01 * MOST_CELLS
    assert kernel.h > data.detail / 2
    assert kernel.p.sum() == pytest.approx(1, abs=1e-6)
    assert kernel.floor(np.random.default_rng(0)).jsd < 0.05
    assert kernel.measure(data.sample(np.random.default_rng(0), 400_000)).jsd < 0.002


def test_data_without_a_density_are_refused(tmp_path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("1,2\n3,4\n")
    with pytest.raises(ValueError, match="no density"):
        MatchedKernel(build(Points(path=str(file))))
