"""Each mode's share of good samples, one column a mode."""

import numpy as np

from ganlab_desktop.experiment.data import Grid, Ring, Spiral
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.measure.studies.mode_history import ROWS, ModeHistory


def near(samples: np.ndarray, centre: np.ndarray, sigma: float) -> float:
    return float((np.linalg.norm(samples - centre, axis=1) < 3 * sigma).mean())


def test_shares_count_the_samples_within_three_sigma_of_each_mode() -> None:
    data = build(Ring())
    sigma = float(np.sqrt(data.modes.covariances[0, 0, 0]))
    samples = data.sample(np.random.default_rng(0), 2000)
    samples[:700] = data.modes.centres[2]
    samples[700:900] = 0.0  # between all modes: the nearest mode does not get these
    picture, row = ModeHistory(data, 0).measure(samples)
    expected = [near(samples, centre, sigma) for centre in data.modes.centres]
    np.testing.assert_allclose(row[:8], expected, rtol=1e-12)
    assert np.isnan(row[8:]).all()
    assert len(row) == len(ModeHistory.COLUMNS) == ROWS
    np.testing.assert_allclose(picture.arrays["shares"], expected, rtol=1e-6)
    assert picture.arrays["first"].tolist() == picture.arrays["last"].tolist() == list(range(1, 9))


def test_many_modes_share_columns_with_their_neighbours() -> None:
    data = build(Grid(side=11))  # 121 modes
    sigma = float(np.sqrt(data.modes.covariances[0, 0, 0]))
    samples = data.sample(np.random.default_rng(0), 5000)
    picture, row = ModeHistory(data, 0).measure(samples)
    first, last = picture.arrays["first"], picture.arrays["last"]
    assert first[0] == 1
    assert last[-1] == 121
    assert (first[1:] == last[:-1] + 1).all()
    assert len(first) == ROWS
    for column, (one, other) in enumerate(zip(first, last, strict=True)):
        centres = data.modes.centres[one - 1 : other]
        np.testing.assert_allclose(row[column], sum(near(samples, centre, sigma) for centre in centres), rtol=1e-9)
        np.testing.assert_allclose(picture.arrays["weights"][column], len(centres) / 121, rtol=1e-6)


def test_data_without_modes_have_no_history_of_them() -> None:
    picture, row = ModeHistory(build(Spiral()), 0).measure(np.zeros((10, 2), np.float32))
    assert not picture.arrays
    assert np.isnan(row).all()
