"""The sharpness of images against another library's Laplacian."""

import numpy as np
import pytest
from scipy import ndimage

from ganlab_desktop.measure.metrics.sharpness import sharpness

SHAPE = (3, 12, 16)


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(5, *SHAPE)).astype(np.float32)


def flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype(np.float32)


def test_it_is_the_variance_of_the_laplacian(images: np.ndarray) -> None:
    expected = [ndimage.laplace(channel.astype(np.float64))[1:-1, 1:-1].var() for image in images for channel in image]
    assert sharpness(flat(images), SHAPE) == pytest.approx(np.mean(expected), rel=1e-6)


def test_ramps_have_none_and_blur_takes_it_away(images: np.ndarray) -> None:
    ramp = np.broadcast_to(np.linspace(-1.0, 1.0, 16), (2, *SHAPE))
    assert sharpness(flat(ramp), SHAPE) == pytest.approx(0.0, abs=1e-10)
    blurred = ndimage.gaussian_filter(images, (0, 0, 1, 1))
    assert sharpness(flat(blurred), SHAPE) < 0.2 * sharpness(flat(images), SHAPE)
