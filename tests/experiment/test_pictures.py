"""The ranges of colours and the marks that the window, figures and thumbnails share."""

import numpy as np
import pytest

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.objectives import LeastSquares, NonSaturating, Wasserstein
from ganlab_desktop.experiment.penalties import R1, Dragan
from ganlab_desktop.experiment.pictures import falls, slope_one_is_marked, surface_range


def test_only_least_squares_may_aim_lower_for_real_samples() -> None:
    assert [falls(one) for one in (LeastSquares(), LeastSquares(a=1.0, b=0.0), NonSaturating())] == [False, True, False]


def test_colours_end_at_the_99th_percentile_about_the_middle() -> None:
    values = np.append(np.linspace(0.0, 1.0, 101), np.nan).astype(np.float32)
    assert surface_range(values, 0.0) == pytest.approx((-0.99, 0.99))
    assert surface_range(values + 4, None) == pytest.approx((4.005, 4.995), abs=0.01)
    assert surface_range(np.array([np.nan, np.inf]), None) == (0.0, 1.0)


def test_a_range_does_not_shrink_to_noise() -> None:
    assert surface_range(np.full(9, 0.5), 0.5) == pytest.approx((0.45, 0.55))
    assert surface_range(np.full(9, 3.0), None) == pytest.approx((3.0 - 1e-6, 3.0 + 1e-6), rel=1e-12)


def test_slope_one_is_marked_where_something_holds_it() -> None:
    games = (
        Experiment(objective=Wasserstein()),
        Experiment(objective=NonSaturating(), penalties=(Dragan(),)),
        Experiment(objective=NonSaturating(), penalties=(R1(),)),
        Experiment(objective=NonSaturating(), penalties=()),
    )
    assert [slope_one_is_marked(one) for one in games] == [True, True, False, False]
