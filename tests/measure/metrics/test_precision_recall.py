"""The precision-recall curve against its definition and known cases."""

import numpy as np
import pytest

from ganlab_desktop.measure.metrics.precision_recall import f_scores, precision_recall_curve
from ganlab_desktop.measure.theory.divergences import total_variation


def test_curve_is_its_definition() -> None:
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(30) / 3), rng.dirichlet(np.ones(30) / 3)
    p[:4], q[3:7] = 0, 0
    p, q = p / p.sum(), q / q.sum()
    curve = precision_recall_curve(p.reshape(5, 6), q.reshape(5, 6), angles=51)
    slopes = np.tan(np.linspace(0, np.pi / 2, 53)[1:-1])
    precision = np.array([np.minimum(slope * p, q).sum() for slope in slopes])
    assert curve.precision == pytest.approx(precision)
    assert curve.recall == pytest.approx(precision / slopes)


def test_middle_of_the_curve_is_one_minus_tv() -> None:
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(20)), rng.dirichlet(np.ones(20))
    curve = precision_recall_curve(p, q, angles=101)
    assert curve.precision[50] == pytest.approx(1 - total_variation(p, q))
    assert curve.recall[50] == pytest.approx(1 - total_variation(p, q))


def test_dropped_modes_cost_recall_and_invented_ones_precision() -> None:
    eight, four = np.full(8, 1 / 8), np.repeat([0.25, 0.0], 4)
    dropped, invented = precision_recall_curve(eight, four), precision_recall_curve(four, eight)
    assert (dropped.precision.max(), dropped.recall.max()) == pytest.approx((1, 0.5))
    assert (invented.precision.max(), invented.recall.max()) == pytest.approx((0.5, 1))
    for curve, (recalls, precise) in ((dropped, (False, True)), (invented, (True, False))):
        f_recall, f_precision = f_scores(curve)
        assert (f_recall > 0.9) == recalls
        assert (f_precision > 0.9) == precise


def test_equal_masses_reach_one_and_disjoint_ones_nothing() -> None:
    p = np.array([0.3, 0.7, 0.0])
    same = precision_recall_curve(p, p)
    assert np.maximum(same.precision, same.recall) == pytest.approx(1)
    assert f_scores(same) == pytest.approx((1, 1))
    apart = precision_recall_curve(p, np.array([0.0, 0.0, 1.0]))
    assert max(apart.precision.max(), apart.recall.max()) == 0
    assert f_scores(apart) == (0, 0)
