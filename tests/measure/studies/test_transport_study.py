"""W1, its plan and its potential against closed forms."""

import numpy as np
import pytest
from snapshots import DATA, line, snapshot

from ganlab_desktop.experiment.objectives import NonSaturating, Wasserstein
from ganlab_desktop.measure.studies.transport import POINTS, SHOWN, Transport

TRANSPORT = Transport(DATA, seed=0)
NOISE = 4 * np.sqrt(2 / POINTS)  # of a difference of two means


def test_the_distance_of_two_gaussians_is_that_of_their_means() -> None:
    picture, (w1, floor, *rest) = TRANSPORT.look(snapshot(NonSaturating(), line(2.0, -2.0)))
    assert w1 == pytest.approx(2.0, abs=NOISE)
    assert 0.0 < floor < NOISE
    assert np.isnan(rest).all()
    start, end = picture.arrays["start"], picture.arrays["end"]
    assert SHOWN <= len(start) < 2 * SHOWN
    assert (end - start).mean() == pytest.approx(w1, rel=0.05)


@pytest.mark.parametrize("slope", [0.5, 3.0])
def test_a_linear_critic_has_the_right_estimate_once_divided_by_its_slope(slope: float) -> None:
    picture, (w1, _, estimate, found, cosine) = TRANSPORT.look(snapshot(Wasserstein(), line(slope, 5.0)))
    assert found == pytest.approx(slope, rel=1e-4)
    assert estimate == pytest.approx(w1, abs=1e-3)
    assert cosine == pytest.approx(1.0, abs=1e-4)
    np.testing.assert_allclose(np.diff(picture.arrays["optimal"][0]), slope * 4 / 64, rtol=1e-3)
    np.testing.assert_allclose(picture.arrays["difference"][0], 0.0, atol=1e-2 * slope)


def test_a_critic_that_points_the_wrong_way_is_told() -> None:
    _, (w1, _, estimate, _, cosine) = TRANSPORT.look(snapshot(Wasserstein(), line(-1.0, 0.0)))
    assert estimate == pytest.approx(-w1, abs=1e-3)
    assert cosine == pytest.approx(-1.0, abs=1e-4)
