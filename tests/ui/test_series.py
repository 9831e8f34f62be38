"""Time series in bounded memory and time: nothing visible is lost, nothing costs more as they grow."""

import time

import numpy as np
import pytest

from ganlab_desktop.ui.series import CAPACITY, FACTOR, Series
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Chunk

NAMES = ("discriminator_loss", "generator_loss")


def rows(values: np.ndarray, start: int = 0, first_step: int | None = None) -> Chunk:
    steps = np.arange(len(values), dtype=np.int64) + (start if first_step is None else first_step)
    return Chunk("step", start, NAMES, Array.of(steps), Array.of(values.astype(np.float32)))


def noise(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, 2)).astype(np.float32)


def filled(values: np.ndarray, batch: int = 10_000, half_life: float = 30.0) -> Series:
    series = Series(half_life)
    for start in range(0, len(values), batch):
        series.extend(rows(values[start : start + batch], start))
    return series


def exponential_mean(values: np.ndarray, half_life: float) -> np.ndarray:
    """Row by row, over the finite values so far: sum b^age x / sum b^age."""
    decay, total, weight, means = 0.5 ** (1 / half_life), 0.0, 0.0, []
    for value in values:
        total, weight = decay * total, decay * weight
        if np.isfinite(value):
            total, weight = total + value, weight + 1
        means.append(total / weight if weight else np.nan)
    return np.array(means)


def test_short_series_shows_every_row():
    values = noise(700)
    curve = filled(values).window(NAMES[1], points=1000)
    assert np.array_equal(curve.steps, np.arange(700))
    assert np.array_equal(curve.low, values[:, 1])
    assert np.array_equal(curve.high, values[:, 1])


def test_smooth_curve_is_the_debiased_exponential_mean():
    values = noise(900)
    values[:40, 1] = np.nan
    values[300:350, 1] = np.nan
    curve = filled(values, batch=37, half_life=20).window(NAMES[1])
    np.testing.assert_allclose(curve.smooth, exponential_mean(values[:, 1], 20), rtol=2e-5, atol=1e-6)


def test_constant_is_its_own_mean_from_the_first_row_on():
    assert filled(np.full((3, 2), 2.5)).mean(NAMES[0]) == pytest.approx(2.5)


def test_long_series_keeps_its_extremes():
    values = noise(50_000)
    values[12_345, 0] = 40.0
    values[33_333, 0] = -30.0
    curve = filled(values).window(NAMES[0], points=500)
    assert len(curve.steps) <= 500 + 3 * 8
    assert np.nanmax(curve.high) == 40.0
    assert np.nanmin(curve.low) == -30.0
    assert abs(curve.steps[np.argmax(curve.high)] - 12_345) < 50_000 / 500 * FACTOR


def test_curve_always_ends_at_the_newest_row():
    for count in (4095, 20_001, 20_002, 20_003, 70_007):
        curve = filled(noise(count)).window(NAMES[0], points=300)
        assert curve.steps[-1] == count - 1
        assert np.all(np.diff(curve.steps) > 0)


def test_zooming_in_shows_rows_again():
    values = noise(200_000)
    curve = filled(values).window(NAMES[0], 199_000, 199_100, points=300)
    inside = (curve.steps >= 199_000) & (curve.steps <= 199_100)
    assert np.array_equal(curve.low[inside], values[199_000:199_101, 0])
    assert len(curve.steps) <= 103


def test_old_history_stays_visible_at_a_coarser_resolution():
    values = noise(400_000)
    values[5_000, 0] = 99.0
    curve = filled(values).window(NAMES[0], 4_000, 6_000, points=300)
    assert curve.steps[0] <= 4_000
    assert curve.steps[-1] >= 6_000
    assert np.nanmax(curve.high) == 99.0


def test_rows_that_are_there_are_ignored_and_gaps_are_refused():
    values = noise(100)
    series = filled(values)
    series.extend(rows(values[50:], 50))
    assert series.count == 100
    series.extend(rows(noise(30, 1), 90))
    assert series.count == 120
    series.extend(rows(noise(30, 1), 150))
    assert series.count == 120


def test_after_a_cut_the_series_goes_on_as_if_it_had_never_been_longer():
    values, other = noise(60_000), noise(5_000, 1)
    series = filled(values)
    series.cut_after(49_999)
    assert (series.count, series.last_step) == (50_000, 49_999)
    series.extend(rows(other, 50_000))
    straight = filled(np.concatenate([values[:50_000], other]))
    for points in (200, 2000, 100_000):
        for ours, theirs in zip(
            series.window(NAMES[0], points=points), straight.window(NAMES[0], points=points), strict=True
        ):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


def test_a_cut_before_the_rows_kept_asks_for_everything_again():
    series = filled(noise(3 * CAPACITY))
    series.cut_after(10)
    assert series.count == 0
    assert len(series.window(NAMES[0]).steps) == 0


@pytest.mark.parametrize("told", ["before", "between", "after"])
@pytest.mark.parametrize("since", [1, 700, 1_023, 4_097])
def test_what_counts_is_drawn_as_if_it_were_a_series_of_its_own(told, since):
    values = noise(5_000)
    values[: since + 1] += 1_000.0
    series = Series()
    if told == "before":
        series.start_after(since)
    series.extend(rows(values[:600]))
    if told == "between":
        series.start_after(since)
    series.extend(rows(values[600:], 600))
    series.start_after(since)
    alone = exponential_mean(values[since + 1 :, 0], 30)
    assert series.mean(NAMES[0]) == pytest.approx(alone[-1], rel=1e-4)
    curve = series.window(NAMES[0], points=10_000)
    assert np.array_equal(curve.steps, np.arange(since + 1, 5_000))
    np.testing.assert_allclose(curve.smooth, alone, rtol=1e-4, atol=1e-4)
    for points in (300, 40):
        curve = series.window(NAMES[0], points=points)
        assert np.nanmax(curve.high) == values[since + 1 :, 0].max()
        assert np.nanmin(curve.low) == values[since + 1 :, 0].min()
        assert np.abs(curve.smooth).max() < 100
        assert np.all(np.diff(curve.steps) > 0)
        assert curve.steps[0] - since <= 5_000 / points * FACTOR


def test_where_nothing_counts_yet_there_is_no_curve_and_no_mean():
    series = filled(noise(1_000))
    series.start_after(999)
    assert len(series.window(NAMES[0]).steps) == 0
    assert np.isnan(series.mean(NAMES[0]))
    assert np.isnan(series.last(NAMES[0]))
    assert series.count == 1_000
    series.extend(rows(np.full((1, 2), 7.0), 1_000))
    assert series.mean(NAMES[0]) == series.last(NAMES[0]) == 7.0


def test_after_a_cut_into_the_past_what_comes_next_counts_alone():
    series = filled(np.full((1_000, 2), 50.0))
    series.start_after(500)
    series.cut_after(300)
    assert np.isnan(series.mean(NAMES[0]))
    series.extend(rows(np.full((700, 2), 2.0), 301))
    curve = series.window(NAMES[0])
    assert curve.steps[0] == 501
    assert np.allclose(curve.smooth, 2.0)


def test_a_start_before_the_rows_kept_asks_for_everything_again():
    values = noise(3 * CAPACITY)
    values[:11] += 1_000.0
    series = filled(values)
    series.start_after(10)
    assert series.count == 0
    for start in range(0, len(values), 20_000):
        series.extend(rows(values[start : start + 20_000], start))
    curve = series.window(NAMES[0], points=300)
    assert np.abs(curve.smooth).max() < 10
    assert np.nanmax(curve.high) < 100


def test_empty_series_has_no_values():
    series = Series()
    assert (series.count, series.last_step) == (0, -1)
    assert np.isnan(series.last("discriminator_loss"))
    assert len(series.window("discriminator_loss").steps) == 0


def test_value_that_is_nowhere_finite_draws_nothing():
    curve = filled(np.full((5_000, 2), np.nan)).window(NAMES[0], points=100)
    assert not np.isfinite(curve.low).any()
    assert not np.isfinite(curve.smooth).any()


def test_a_million_rows_draw_and_grow_at_the_cost_of_a_few_thousand():
    small, large = filled(noise(4_000)), filled(noise(1_000_000), batch=50_000)

    def drawing(series: Series) -> float:
        return fastest(lambda: series.window(NAMES[0], points=1000))

    def growing(series: Series) -> float:
        return fastest(lambda: series.extend(rows(noise(16), series.count)))

    assert len(large.window(NAMES[0], points=1000).steps) <= 1030
    assert drawing(large) < 5 * drawing(small)
    assert growing(large) < 5 * growing(small)


def test_memory_grows_with_the_logarithm_of_the_length():
    series = filled(noise(1_000_000), batch=50_000)
    held = sum(level._entries.nbytes + level._steps.nbytes for level in series._levels)
    assert held < 16e6


def fastest(action) -> float:
    times = []
    for _ in range(40):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return min(times)
