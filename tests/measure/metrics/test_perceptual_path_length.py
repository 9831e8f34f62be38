"""Path lengths of generators whose paths are known."""

import numpy as np
import pytest

from ganlab_desktop.measure.metrics.perceptual_path_length import lerp, perceptual_path_length, slerp


def itself(x: np.ndarray) -> np.ndarray:
    return x


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("kind", ["uniform", "w"])
def test_straight_paths_through_a_linear_generator_have_the_closed_form(kind: str) -> None:
    """f(G(z)) = A z moves by A (b - a) epsilon, whatever t."""
    a, b, matrix = rng().standard_normal((3, 40, 5)) * np.array([1, 2, 1])[:, None, None]
    found = perceptual_path_length(lambda z: z @ matrix[:5], itself, a, b, rng(), kind)
    lengths = (((b - a) @ matrix[:5]) ** 2).sum(1)
    assert found.mean == pytest.approx(lengths.mean(), rel=1e-6)


def test_arcs_of_a_sphere_are_as_long_as_their_angle() -> None:
    """Of latents of length r at the angle w an arc runs at the speed r w."""
    angles = np.linspace(0.1, 3.0, 50)
    a = np.tile([2.0, 0.0, 0.0], (50, 1))
    b = 2 * np.stack((np.cos(angles), np.zeros(50), np.sin(angles)), axis=1)
    found = perceptual_path_length(itself, itself, a, b, rng(), "normal")
    assert found.mean == pytest.approx(((2 * angles) ** 2).mean(), rel=1e-4)


def test_arcs_join_their_ends_and_keep_the_length() -> None:
    a, b = rng().standard_normal((2, 100, 6))
    ends = [np.full((100, 1), t) for t in (0.0, 1.0)]
    assert slerp(a, b, ends[0]) == pytest.approx(a)
    assert slerp(a, b, ends[1]) == pytest.approx(b)
    long = b * (np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1))[:, None]
    middle = slerp(a, long, np.full((100, 1), 0.3))
    assert np.linalg.norm(middle, axis=1) == pytest.approx(np.linalg.norm(a, axis=1))


def test_arcs_agree_with_torch_fidelity() -> None:
    """Its `batch_slerp_any` in float64, which adds 1e-7 to lengths."""
    a, b = np.array([[1.0, -0.5, 2.0]]), np.array([[0.3, 1.2, -0.4]])
    expected = [1.2313923291014957, 0.18612808346074394, 1.8688407766873736]
    assert slerp(a, b, np.array([[0.3]]))[0] == pytest.approx(expected, rel=1e-6)


def test_latents_on_one_line_are_joined_by_it() -> None:
    a, t = np.array([[1.0, 2.0], [1.0, 2.0], [0.0, 0.0]]), np.full((3, 1), 0.25)
    b = np.array([[2.0, 4.0], [-1.0, -2.0], [1.0, 1.0]])
    assert slerp(a, b, t) == pytest.approx(lerp(a, b, t))


def test_positions_along_the_path_are_spread_evenly() -> None:
    """G(z) = z^2 along 0 to 1 has the speed 2 t: E 4 t^2 = 4/3, where t at the ends alone would give 0 or 4."""
    zeros, ones = np.zeros((20_000, 1)), np.ones((20_000, 1))
    found = perceptual_path_length(np.square, itself, zeros, ones, rng(), "uniform")
    assert found.mean == pytest.approx(4 / 3, abs=4 * 1.2 / np.sqrt(20_000))


def test_a_hundredth_at_either_end_is_trimmed() -> None:
    a, b = np.zeros((201, 1)), np.sqrt(np.arange(201.0))[:, None]
    found = perceptual_path_length(itself, itself, a, b, rng(), "uniform")
    assert found.mean == pytest.approx(100)
    b[200] = 1e3
    wild = perceptual_path_length(itself, itself, a, b, rng(), "uniform")
    assert wild.mean > 5000
    assert wild.trimmed == pytest.approx(np.arange(2.0, 199).mean(), rel=1e-6)


def test_a_jump_lengthens_the_paths_that_cross_it() -> None:
    """The features of a step change by 1 in a path's share epsilon: E = epsilon / epsilon^2."""
    n = 200_000
    found = perceptual_path_length(
        lambda z: (z > 0.5).astype(float), itself, np.zeros((n, 1)), np.ones((n, 1)), rng(), "w", epsilon=1e-2
    )
    assert found.mean == pytest.approx(100, rel=4 / np.sqrt(n * 1e-2))


def test_an_unknown_kind_of_latents_is_an_error() -> None:
    with pytest.raises(KeyError):
        perceptual_path_length(itself, itself, np.zeros((2, 1)), np.ones((2, 1)), rng(), "cauchy")
