"""The toy distributions are what their names and sources say."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.datasets import make_circles, make_moons, make_swiss_roll

from ganlab_desktop.experiment.data import (
    Circles,
    Ellipse,
    GanLab,
    Gaussians,
    Grid,
    Mixture,
    Mixture1D,
    Moons,
    Ring,
    Spiral,
    SwissRoll,
)
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.data.curves import NoisyCurves


def modes(spec):
    found = build(spec).modes
    assert found is not None
    assert found.weights.sum() == pytest.approx(1)
    return found


def test_ring_has_eight_distinct_modes_at_multiples_of_45_degrees() -> None:
    centres, covariances, weights = modes(Ring())
    assert len({tuple(row) for row in centres.round(6)}) == 8
    angles = np.rad2deg(np.arctan2(centres[:, 1], centres[:, 0])) % 360
    assert angles == pytest.approx([0, 45, 90, 135, 180, 225, 270, 315])
    assert np.linalg.norm(centres, axis=1) == pytest.approx(2 / 1.414)
    assert covariances == pytest.approx(np.broadcast_to(np.eye(2) * (0.02 / 1.414) ** 2, (8, 2, 2)))
    assert weights == pytest.approx(1 / 8)


def test_grid_has_the_published_25_places() -> None:
    places = {tuple(row) for row in (modes(Grid()).centres * 2.828).round(6)}
    assert places == {(x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)}


def test_random_mixture_depends_on_its_layout_alone() -> None:
    first, again, other = modes(Mixture()), modes(Mixture(n_train=10)), modes(Mixture(layout=1))
    assert (first.centres == again.centres).all()
    assert not np.allclose(first.centres, other.centres)
    assert np.abs(first.centres).max() <= 2.0
    assert np.ptp(first.weights) > 0.01


def test_weights_and_widths_reach_the_samples() -> None:
    samples = build(Gaussians(share=0.8)).sample(np.random.default_rng(0), 20_000)
    assert np.mean(samples[:, 0] < 0) == pytest.approx(0.8, abs=0.012)
    tilted = build(Ellipse(major=1.0, minor=0.25, angle=30.0)).sample(np.random.default_rng(0), 50_000)
    values, vectors = np.linalg.eigh(np.cov(tilted.T))
    assert np.sqrt(values) == pytest.approx([0.25, 1.0], rel=0.02)
    assert abs(vectors[:, 1] @ [np.cos(np.pi / 6), 0.5]) == pytest.approx(1, abs=1e-3)


def test_mixture_on_the_line_takes_relative_weights() -> None:
    found = modes(Mixture1D(means=(-1.0, 5.0), sigmas=(0.5, 2.0), weights=(3.0, 1.0), scale=2.0))
    assert found.centres.tolist() == [[-0.5], [2.5]]
    assert found.covariances.ravel() == pytest.approx([0.0625, 1.0])
    assert found.weights == pytest.approx([0.75, 0.25])


def path(spec, t, branch):
    data = build(spec)
    assert isinstance(data, NoisyCurves)
    return data.curve(t, np.full(len(t), float(branch)))


def test_moons_are_those_of_scikit_learn() -> None:
    reference, label = make_moons(200, shuffle=False)
    t = np.linspace(0, 1, 100)
    for branch in (0, 1):
        assert path(Moons(), t, branch) == pytest.approx(reference[label == branch], abs=1e-12)


def test_circles_are_those_of_scikit_learn() -> None:
    reference, label = make_circles(200, shuffle=False, factor=0.3)
    t = np.linspace(0, 1, 100, endpoint=False)
    for branch in (0, 1):
        assert path(Circles(factor=0.3), t, branch) == pytest.approx(reference[label == branch], abs=1e-12)


def test_swiss_roll_is_that_of_scikit_learn() -> None:
    reference, angle = make_swiss_roll(200, random_state=0)
    t = (angle / (1.5 * np.pi) - 1) / 2
    assert path(SwissRoll(), t, 0) == pytest.approx(reference[:, [0, 2]], abs=1e-9)


def test_spiral_arms_are_turned_copies_with_evenly_spread_points() -> None:
    t = np.linspace(0, 1, 50)
    first, second = (path(Spiral(arms=4), t, branch) for branch in (0, 1))
    assert second == pytest.approx(first @ np.array([[0, 1], [-1, 0]]), abs=1e-12)
    radius = np.linalg.norm(build(Spiral(sigma=1e-3)).sample(np.random.default_rng(0), 20_000), axis=1)
    inside = [np.mean(radius < r) for r in (0.5, 1.0, 1.5, 2.0)]
    assert np.diff([0, *inside]) / (2 * np.array([0.25, 0.75, 1.25, 1.75]) * 0.5 / 4) == pytest.approx(1, rel=0.1)


def test_curve_noise_has_the_width_that_was_asked_for() -> None:
    samples = build(GanLab(shape="line")).sample(np.random.default_rng(0), 20_000) - [0.8, 0.6]
    across = samples @ np.array([0.3, 0.75]) / np.hypot(0.3, 0.75)
    assert across.std() == pytest.approx(0.01, rel=0.03)
    assert abs(across.mean()) < 5e-4


def test_gan_lab_sets_are_the_published_ones() -> None:
    blobs = modes(GanLab(shape="disjoint"))
    assert blobs.centres.tolist() == [[0.35, 0.75], [0.75, 0.6], [0.45, 0.35]]
    assert np.sqrt(np.diagonal(blobs.covariances, axis1=1, axis2=2)) == pytest.approx(0.025)
    pair = modes(GanLab(shape="gaussians"))
    assert pair.centres.tolist() == [[0.3, 0.7], [0.7, 0.4]]
    assert np.sqrt(np.diagonal(pair.covariances, axis1=1, axis2=2)) == pytest.approx(
        np.array([[0.1, 0.1], [0.05, 0.2]])
    )
    ring = build(GanLab(shape="ring")).sample(np.random.default_rng(0), 20_000)
    assert np.hypot((ring[:, 0] - 0.5) / 0.3, (ring[:, 1] - 0.45) / 0.25).mean() == pytest.approx(1, abs=0.01)


def test_noise_too_fine_for_the_quadrature_is_refused() -> None:
    with pytest.raises(ExperimentError, match=r"data\.sigma: must be >= "):
        build(Spiral(sigma=1e-8))


def test_detail_is_the_smallest_width() -> None:
    assert build(Mixture1D(sigmas=(0.5, 0.1))).detail == pytest.approx(0.1)
    assert build(Ellipse(minor=0.25)).detail == pytest.approx(0.25)
    assert build(Moons(sigma=0.08, scale=2.0)).detail == pytest.approx(0.04)
    narrow = [build(spec).detail for spec in (Ring(sigma=0.02), Ring(sigma=0.01))]
    assert all(a == pytest.approx(2 * b) for a, b in pairwise(narrow))
