"""Planes in many dimensions."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.decomposition import PCA

from ganlab_desktop.measure.planes import plane_through, principal_plane


def test_a_plane_through_three_points_meets_them_and_keeps_their_distances() -> None:
    points = np.random.default_rng(0).normal(size=(3, 50)).astype(np.float32)
    plane = plane_through(points)
    places = plane.places(points)
    assert_allclose(plane.at(places), points, atol=1e-5)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        assert_allclose(np.linalg.norm(places[i] - places[j]), np.linalg.norm(points[i] - points[j]), rtol=1e-5)
    assert_allclose(places[0], 0.0, atol=1e-6)
    assert places[1, 1] == pytest.approx(0.0, abs=1e-5)


def test_points_that_coincide_span_what_they_can() -> None:
    points = np.repeat(np.ones((1, 4)), 3, 0)
    assert_allclose(plane_through(points).at(np.array([[0.0, 0.0], [3.0, -2.0]])), points[:2])


@pytest.mark.parametrize("shape", [(200, 12), (20, 60)])
def test_principal_planes_are_those_of_scikit_learn(shape: tuple[int, int]) -> None:
    samples = np.random.default_rng(1).normal(size=shape) * np.linspace(3.0, 0.5, shape[1])
    plane, reference = principal_plane(samples), PCA(2, svd_solver="full").fit(samples)
    assert plane.share == pytest.approx(reference.explained_variance_ratio_.sum())
    assert_allclose(np.abs(plane.directions @ reference.components_.T), np.eye(2), atol=1e-8)
    assert_allclose(np.abs(plane.places(samples)), np.abs(reference.transform(samples)), atol=1e-5)
    assert (plane.directions[np.arange(2), np.abs(plane.directions).argmax(1)] > 0).all()
