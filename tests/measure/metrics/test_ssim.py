"""Likeness of image pairs against another implementation, brute force and closed forms."""

import numpy as np
import pytest
import reference_sets

from ganlab_desktop.measure.metrics.ssim import psnr, ssim


def test_agrees_with_scikit_image() -> None:
    assert ssim(*reference_sets.images()) == pytest.approx([0.5722512154164545, 0.5495679581667707], rel=1e-9)
    assert psnr(*reference_sets.images()) == pytest.approx([17.173618273363424, 17.375848606503194], rel=1e-9)


@pytest.mark.parametrize(("shape", "window"), [((8, 8), 7), ((7, 30), 7), ((10, 12), 9), ((11, 12), 11), ((2, 2), 1)])
def test_small_images_get_the_largest_odd_window_that_fits(shape: tuple[int, int], window: int) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, 1, (2, *shape))
    offsets = np.arange(window) - window // 2
    weights = np.exp(-(offsets[:, None] ** 2 + offsets**2) / (2 * 1.5**2))
    weights /= weights.sum()
    found = []
    for top in range(shape[0] - window + 1):
        for left in range(shape[1] - window + 1):
            a, b = (image[top : top + window, left : left + window] for image in (x, y))
            m, n = (weights * a).sum(), (weights * b).sum()
            v, w, c = ((weights * p).sum() for p in ((a - m) ** 2, (b - n) ** 2, (a - m) * (b - n)))
            found.append((2 * m * n + 1e-4) * (2 * c + 9e-4) / ((m**2 + n**2 + 1e-4) * (v + w + 9e-4)))
    assert ssim(x[None, None], y[None, None], span=1.0) == pytest.approx([np.mean(found)])


def test_equal_images_are_one_and_infinite() -> None:
    x = np.random.default_rng(0).uniform(-1, 1, (3, 1, 16, 16)).astype(np.float32)
    assert ssim(x, x) == pytest.approx(np.ones(3))
    assert (psnr(x, x) == np.inf).all()


def test_flat_images_are_told_by_their_brightness_alone() -> None:
    x, y = np.full((1, 1, 12, 12), 0.2), np.full((1, 1, 12, 12), 0.6)
    assert ssim(x, y, span=1.0) == pytest.approx([(2 * 0.2 * 0.6 + 1e-4) / (0.04 + 0.36 + 1e-4)])
    assert psnr(x, y, span=1.0) == pytest.approx([-20 * np.log10(0.4)])


def test_the_span_scales_with_the_pixels() -> None:
    x, y = reference_sets.images()
    assert ssim(127.5 * x, 127.5 * y, span=255.0) == pytest.approx(ssim(x, y))
    assert psnr(127.5 * x, 127.5 * y, span=255.0) == pytest.approx(psnr(x, y))


def test_images_of_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        ssim(np.zeros((1, 1, 8, 8)), np.zeros((1, 3, 8, 8)))
    with pytest.raises(ValueError, match="one shape"):
        psnr(np.zeros((1, 64)), np.zeros((1, 64)))
