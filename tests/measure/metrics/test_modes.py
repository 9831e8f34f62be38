"""Mode coverage of true and of bad samples."""

import numpy as np
import pytest
from scipy.stats import chi2

from ganlab_desktop.experiment.data import (
    Checkerboard,
    DataSpec,
    Ellipse,
    Gaussians,
    Grid,
    Mixture1D,
    Pinwheel,
    Points,
    Ring,
    Spiral,
)
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.data.distribution import Modes
from ganlab_desktop.measure.metrics.modes import (
    ModeEvent,
    dense_share,
    density_threshold,
    mode_coverage,
    mode_events,
    nearest_mode,
    reverse_kl_floor,
)


@pytest.mark.parametrize("spec", [Ring(), Grid(), Ellipse(), Ring(radius=1.0, sigma=0.01, scale=1.0)])
def test_true_samples_are_of_high_quality_as_often_as_chi_square_says(spec: DataSpec) -> None:
    data, n = build(spec), 200_000
    share = 1 - np.exp(-4.5)
    found = mode_coverage(data.sample(np.random.default_rng(0), n), data.modes)
    assert found.high_quality == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / n))
    assert found.captured == found.captured_quarter == len(data.modes.weights)


def test_true_samples_on_the_line_are_of_high_quality_in_9973_of_10000() -> None:
    data, share = build(Mixture1D(means=(-4.0, 4.0), sigmas=(0.5, 0.2), weights=(1.0, 3.0))), chi2.cdf(9, 1)
    found = mode_coverage(data.sample(np.random.default_rng(0), 50_000), data.modes)
    assert share == pytest.approx(0.9973, abs=1e-5)
    assert found.high_quality == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 50_000))
    assert found.shares == pytest.approx([0.25, 0.75], abs=0.01)


@pytest.mark.parametrize("spec", [Ring(), Grid(), Gaussians(distance=4.0, share=0.8)])
def test_reverse_kl_of_true_samples_is_its_known_floor(spec: DataSpec) -> None:
    """2 N times it follows chi-square with K - 1 degrees of freedom (Wilks), whose mean is K - 1."""
    data, rng, n, repeats = build(spec), np.random.default_rng(0), 2500, 100
    degrees = len(data.modes.weights) - 1
    found = [mode_coverage(data.sample(rng, n), data.modes).reverse_kl for _ in range(repeats)]
    assert 2 * n * np.mean(found) == pytest.approx(degrees, abs=4 * np.sqrt(2 * degrees / repeats))
    assert reverse_kl_floor(data.modes, n) == degrees / (2 * n)


def test_nearest_mode_agrees_with_the_definition() -> None:
    rng = np.random.default_rng(0)
    roots = rng.standard_normal((5, 2, 2))
    modes = Modes(rng.standard_normal((5, 2)), roots @ roots.transpose(0, 2, 1) + 0.1 * np.eye(2), np.full(5, 0.2))
    x = rng.standard_normal((200, 2))
    brute = np.array(
        [
            [
                np.sqrt((point - c) @ np.linalg.inv(s) @ (point - c))
                for c, s in zip(modes.centres, modes.covariances, strict=True)
            ]
            for point in x
        ]
    )
    nearest, distance = nearest_mode(x, modes)
    assert (nearest == brute.argmin(1)).all()
    assert distance == pytest.approx(brute.min(1))


def test_collapse_to_some_modes_is_counted() -> None:
    data = build(Ring())
    centres = data.modes.centres
    found = mode_coverage(np.repeat(centres[[0, 3]], 50, axis=0), data.modes)
    assert found.captured == found.captured_quarter == 2
    assert found.high_quality == 1
    assert found.hits.tolist() == [50, 0, 0, 50, 0, 0, 0, 0]
    assert found.shares.tolist() == [0.5, 0, 0, 0.5, 0, 0, 0, 0]
    assert found.reverse_kl == pytest.approx(np.log(8) - np.log(2))  # log K - H


def test_a_stray_sample_captures_a_mode_but_not_a_quarter_of_it() -> None:
    modes = build(Gaussians(distance=4.0, share=0.8)).modes
    samples = np.repeat(modes.centres, [96, 4], axis=0)  # 4 % where 20 % belong; a quarter is 5 %
    assert mode_coverage(samples, modes).captured == 2
    assert mode_coverage(samples, modes).captured_quarter == 1
    assert mode_coverage(np.repeat(modes.centres, [95, 5], axis=0), modes).captured_quarter == 2
    assert mode_coverage(samples, modes).reverse_kl == pytest.approx(
        0.96 * np.log(0.96 / 0.8) + 0.04 * np.log(0.04 / 0.2)
    )


def test_births_and_deaths_are_told_in_order() -> None:
    captured = np.array([[1, 0, 0], [1, 1, 0], [1, 1, 0], [0, 1, 1]], bool)
    assert mode_events(captured) == [ModeEvent(1, 1, True), ModeEvent(3, 0, False), ModeEvent(3, 2, True)]
    assert mode_events(captured[:1]) == []


def test_samples_between_modes_capture_nothing() -> None:
    modes = build(Ring()).modes
    found = mode_coverage(np.zeros((10, 2)), modes)
    assert (found.captured, found.high_quality) == (0, 0)


def test_samples_that_are_not_finite_hit_no_mode() -> None:
    modes = build(Ring()).modes
    samples = np.concatenate([modes.centres, np.full((8, 2), np.nan)])
    found = mode_coverage(samples, modes)
    assert found.high_quality == 0.5
    assert found.captured == 8
    assert found.reverse_kl == pytest.approx(0)
    lost = mode_coverage(np.full((8, 2), np.inf), modes)
    assert (lost.captured, lost.high_quality) == (0, 0)
    assert np.isnan(lost.reverse_kl)


@pytest.mark.parametrize("spec", [Spiral(), Pinwheel(), Spiral(n_train=10)])
def test_true_samples_without_modes_are_dense_in_989_of_1000(spec: DataSpec) -> None:
    data = build(spec)
    threshold = density_threshold(data, np.random.default_rng(0), 50_000)
    fresh = data.held_out(np.random.default_rng(1), 50_000)
    assert dense_share(fresh, data, threshold) == pytest.approx(0.989, abs=4 * np.sqrt(2 * 0.011 / 50_000))


def test_noise_over_the_view_is_rarely_dense() -> None:
    for spec in (Spiral(), Checkerboard()):
        data = build(spec)
        threshold = density_threshold(data, np.random.default_rng(0))
        noise = np.random.default_rng(1).uniform(data.box[0], data.box[1], (5000, 2))
        assert 0.02 < dense_share(noise, data, threshold) < 0.4
        assert dense_share(np.full((3, 2), np.nan), data, threshold) == 0


def test_points_from_a_file_have_no_density_to_compare_with(tmp_path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("1,2\n3,4\n")
    with pytest.raises(ValueError, match="no density"):
        density_threshold(build(Points(path=str(file))), np.random.default_rng(0))
