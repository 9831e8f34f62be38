"""The coverage panel's numbers for true, collapsed and broken samples."""

import numpy as np
import pytest

from ganlab_desktop.experiment.data import DataSpec, Grid, Mixture, Mixture1D, Points, Ring, Spiral
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.measure.metrics.modes import mode_coverage
from ganlab_desktop.measure.studies.coverage import Coverage

RING = build(Ring())
COVERAGE = Coverage(RING, seed=0)


def true_samples(data: Distribution, count: int = Coverage.SAMPLES) -> np.ndarray:
    return data.sample(np.random.default_rng(1), count)


@pytest.mark.parametrize("spec", [Ring(), Grid(), Mixture(), Mixture1D()], ids=lambda spec: type(spec).__name__)
def test_true_samples_reach_all_modes_and_are_next_to_the_data(spec: DataSpec) -> None:
    data = build(spec)
    picture, row = Coverage(data, seed=0).measure(true_samples(data))
    found = dict(zip(Coverage.COLUMNS, row, strict=True))
    assert found["captured"] == picture.numbers["modes"] == len(data.modes.weights)
    assert 0.98 <= found["high_quality"] <= 1.0
    assert 0.0 < found["jsd"] <= 0.02
    assert found["jsd_floor"] == pytest.approx(found["jsd"], abs=1e-3)
    assert picture.arrays["shares"] == pytest.approx(data.modes.weights, abs=4 * 0.5 / np.sqrt(2500))
    assert {name: picture.numbers[name] for name in Coverage.COLUMNS} == found


def test_a_collapsed_generator_reaches_one_mode_and_its_divergence_has_the_closed_form() -> None:
    """With all mass on one of eight equal modes; the mixture m of both has (1/8 + 1) / 2 there, 1/16 elsewhere."""
    noise = RING.detail * np.random.default_rng(0).standard_normal((Coverage.SAMPLES, 2))
    picture, (captured, high_quality, jsd, _) = COVERAGE.measure((RING.modes.centres[3] + noise).astype(np.float32))
    assert captured == 1
    assert 0.98 <= high_quality <= 1.0
    np.testing.assert_array_equal(picture.arrays["shares"], np.eye(8)[3])
    m = (1 / 8 + 1) / 2
    exact = 0.5 * (1 / 8 * np.log(1 / 8 / m) + 7 / 8 * np.log(2)) + 0.5 * np.log(1 / m)
    assert jsd == pytest.approx(exact, abs=0.01)


def test_the_modes_are_counted_over_the_first_2500_samples() -> None:
    samples = np.repeat(RING.modes.centres[:1], Coverage.SAMPLES, axis=0).astype(np.float32)
    samples[2499], samples[2500:] = RING.modes.centres[1], RING.modes.centres[2]
    picture, row = COVERAGE.measure(samples)
    assert row[0] == 2
    np.testing.assert_allclose(picture.arrays["shares"][:3], [2499 / 2500, 1 / 2500, 0.0], rtol=1e-6)


def test_the_counts_are_those_of_the_metric() -> None:
    samples = true_samples(RING)
    samples[::3] += np.float32(0.05)
    expected = mode_coverage(samples[:2500], RING.modes)
    picture, row = COVERAGE.measure(samples)
    assert row[:2] == (expected.captured, expected.high_quality)
    np.testing.assert_allclose(picture.arrays["shares"], expected.shares, rtol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("spec", [Ring(), Mixture1D(), Spiral()], ids=lambda spec: type(spec).__name__)
def test_samples_that_are_not_numbers_score_worst_and_raise_nothing(spec: DataSpec, value: float) -> None:
    data = build(spec)
    _, row = Coverage(data, seed=0).measure(np.full((Coverage.SAMPLES, data.dim), value, np.float32))
    found = dict(zip(Coverage.COLUMNS, row, strict=True))
    assert found["high_quality"] == 0.0
    assert found["jsd"] == pytest.approx(np.log(2.0), abs=1e-3)
    if data.modes is not None:
        assert found["captured"] == 0


def test_data_without_modes_still_have_quality_and_divergence() -> None:
    data = build(Spiral())
    picture, (captured, high_quality, jsd, floor) = Coverage(data, seed=0).measure(true_samples(data))
    assert np.isnan(captured)
    assert picture.numbers["modes"] == 0
    assert 0.98 <= high_quality <= 1.0
    assert 0.0 < jsd <= 0.02
    assert floor == pytest.approx(jsd, abs=1e-3)


def test_points_from_a_file_have_nothing_to_be_measured_by(tmp_path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("1,2\n3,4\n")
    picture, row = Coverage(build(Points(path=str(file))), seed=0).measure(np.zeros((100, 2), np.float32))
    assert np.isnan(row).all()
    assert picture.arrays["shares"].size == 0


def test_the_modes_are_told_by_their_quarter_weight_and_beside_what_true_samples_reach() -> None:
    """2,499 samples at one mode and one at another: two captured, one with a quarter of its weight."""
    samples = np.repeat(RING.modes.centres[:1], Coverage.SAMPLES, axis=0).astype(np.float32)
    samples[7] = RING.modes.centres[1]
    numbers = COVERAGE.measure(samples)[0].numbers
    assert (numbers["captured"], numbers["captured_quarter"]) == (2.0, 1.0)
    assert numbers["ceiling"] == pytest.approx(0.98889, abs=1e-5)  # 1 - e^-4.5
    assert numbers["mode_kl"] == pytest.approx(np.log(8), abs=0.01)
    assert numbers["mode_kl_floor"] == pytest.approx(7 / 5000)
