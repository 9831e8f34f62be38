"""Every toy distribution: its density, its samples and its smoothed density belong together."""

from typing import get_args

import numpy as np
import pytest
from scipy.special import erf, ive, logsumexp
from scipy.stats import chi2, norm

from ganlab_desktop.experiment.data import (
    Checkerboard,
    Circles,
    DataSpec,
    Disjoint,
    Drawn,
    GanLab,
    Line,
    Pinwheel,
    Points,
    Spiral,
)
from ganlab_desktop.experiment.images import ImageSpec
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.data.distribution import Distribution, FloatArray
from ganlab_desktop.gan.data.gaussian_sum import log_isotropic_sum

SPECS = [kind() for kind in get_args(DataSpec) if kind not in {Points, *get_args(ImageSpec)}]
SPECS += [GanLab(shape=shape) for shape in ("gaussians", "ring", "disjoint")]
SPECS += [Spiral(arms=3, turns=2.0, sigma=0.1, scale=2.0), Pinwheel(blades=3, rate=2.0, scale=1.0)]
SPECS += [Pinwheel(blades=1, tangential=0.5, rate=1.5, scale=1.0)]
SMOOTH = [spec for spec in SPECS if not isinstance(spec, Checkerboard | Drawn)]
every = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{type(spec).__name__}-{getattr(spec, 'shape', '')}")
every_smooth = pytest.mark.parametrize(
    "spec", SMOOTH, ids=lambda spec: f"{type(spec).__name__}-{getattr(spec, 'shape', '')}"
)


def cells(data: Distribution, step: float, stretch: float = 1.4, multiple: int = 1) -> tuple[FloatArray, float]:
    """Middles (N, d) and volume of cells at most `step` wide that fill the stretched box, `multiple` x n a side."""
    box = np.array(data.box).reshape(2, 2)[: data.dim]
    middle, half = box.mean(1), np.ptp(box, axis=1) / 2 * stretch
    counts = multiple * np.ceil(2 * half / step / multiple).astype(int)
    edges = [np.linspace(m - s, m + s, n + 1) for m, s, n in zip(middle, half, counts, strict=True)]
    middles = np.stack(np.meshgrid(*[(e[1:] + e[:-1]) / 2 for e in edges], indexing="ij"), -1).reshape(-1, data.dim)
    return middles, float(np.prod(2 * half / counts))


@every
def test_samples_are_float32_rows_inside_the_box(spec: DataSpec) -> None:
    data = build(spec)
    samples = data.sample(np.random.default_rng(0), 2000)
    assert samples.dtype == np.float32
    assert samples.shape == (2000, data.dim)
    assert samples.flags.c_contiguous
    left, right, bottom, top = data.box
    assert np.mean((samples[:, 0] > left) & (samples[:, 0] < right)) > 0.999
    if data.dim == 1:
        assert (bottom, top) == (0.0, 1.0)
    else:
        assert np.mean((samples[:, 1] > bottom) & (samples[:, 1] < top)) > 0.999


@every
def test_scale_divides_the_data_and_nothing_else(spec: DataSpec) -> None:
    one, other = build(spec), build(type(spec)(**{**as_dict(spec), "scale": 3 * spec.scale}))
    assert np.allclose(
        one.sample(np.random.default_rng(1), 50), 3 * other.sample(np.random.default_rng(1), 50), rtol=1e-4, atol=1e-5
    )
    x = one.sample(np.random.default_rng(2), 50).astype(np.float64)
    assert one.log_density(x) == pytest.approx(other.log_density(x / 3) - one.dim * np.log(3), abs=1e-6)
    assert other.detail == pytest.approx(one.detail / 3)
    assert other.box[0] == pytest.approx(one.box[0] / 3)


def as_dict(spec: DataSpec) -> dict[str, object]:
    return {name: getattr(spec, name) for name in spec.__struct_fields__}


@every
def test_density_integrates_to_one(spec: DataSpec) -> None:
    data = build(spec)
    middles, volume = cells(data, data.detail / 2)
    tolerance = 2e-2 if isinstance(spec, Checkerboard | Drawn) else 1e-4  # cells do not meet its edges
    assert np.exp(data.log_density(middles)).sum() * volume == pytest.approx(1, abs=tolerance)


@every
def test_smoothed_density_integrates_to_one(spec: DataSpec) -> None:
    data = build(spec)
    h = data.detail
    middles, volume = cells(data, h / 1.5)
    assert np.exp(data.smoothed_log_density(middles, h)).sum() * volume == pytest.approx(1, abs=1e-4)


@every_smooth
def test_samples_follow_the_density(spec: DataSpec) -> None:
    """Chi-square over 15 x 15 cells (60 on the line), whose probabilities are sums over fine cells."""
    data, n = build(spec), 20_000
    middles, volume = cells(data, data.detail / 3, stretch=1.0, multiple=60)
    probability = np.exp(data.log_density(middles)) * volume
    expected = n * np.bincount(coarse(data, middles), probability)
    counts = np.bincount(coarse(data, data.sample(np.random.default_rng(3), n)), minlength=len(expected))
    large = expected > 8
    expected = np.append(expected[large], n - expected[large].sum())
    observed = np.append(counts[large], n - counts[large].sum())
    if expected[-1] < 8:
        assert observed[-1] < 40
        expected, observed = expected[:-1], observed[:-1]
    statistic = ((observed - expected) ** 2 / expected).sum()
    assert len(expected) > 5
    assert chi2.sf(statistic, len(expected) - 1) > 1e-4


def coarse(data: Distribution, x: FloatArray) -> FloatArray:
    box = np.array(data.box).reshape(2, 2)[: data.dim]
    count = 15 if data.dim == 2 else 60
    place = np.clip((x - box[:, 0]) / np.ptp(box, axis=1) * count, 0, count - 1).astype(int)
    return place @ count ** np.arange(data.dim)


def test_board_is_uniform_on_its_dark_squares_and_empty_elsewhere() -> None:
    board = build(Checkerboard(squares=3, extent=1.5, scale=0.5))  # dark: 5 of 9 squares with side 2
    samples = board.sample(np.random.default_rng(4), 50_000).astype(np.float64)
    place = np.floor((samples + 3) / 1).astype(int)  # quarters of squares
    quarters = np.zeros((6, 6))
    np.add.at(quarters, tuple(place.T), 1)
    dark = np.kron(np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]]), np.ones((2, 2)))
    assert not quarters[dark == 0].any()
    counts = quarters[dark == 1]
    assert chi2.sf(((counts - 2500) ** 2 / 2500).sum(), 19) > 1e-4
    assert np.exp(board.log_density(samples[:100])) == pytest.approx(1 / 20)
    assert board.log_density(np.array([[0.0, 2.0], [9.0, 9.0]])).tolist() == [-np.inf, -np.inf]


def test_smoothed_board_is_the_sum_of_smoothed_squares() -> None:
    board, h = build(Checkerboard()), 0.3
    x = np.random.default_rng(5).uniform(-3, 3, (40, 2))
    brute = np.zeros(40)
    for i in range(4):
        for j in range(4):
            if (i + j) % 2 == 0:
                strip = [
                    norm.cdf(k - 1 - x[:, d], scale=h) - norm.cdf(k - 2 - x[:, d], scale=h)
                    for d, k in enumerate((i, j))
                ]
                brute += strip[0] * strip[1] / 8
    assert np.exp(board.smoothed_log_density(x, h)) == pytest.approx(brute, rel=1e-9)
    far = np.array([[6.0, 4.0], [1.0, 7.0]])  # the board is its own mirror image, and so is its tail
    assert board.smoothed_log_density(far, h) == pytest.approx(board.smoothed_log_density(-far, h), rel=1e-9)
    assert (board.smoothed_log_density(far, h) < -80).all()


@every_smooth
@pytest.mark.parametrize("ratio", [0.5, 2.0])
def test_smoothed_density_is_the_convolution_with_gaussian_noise(spec: DataSpec, ratio: float) -> None:
    data = build(spec)
    h = ratio * data.detail
    x = data.sample(np.random.default_rng(6), 12).astype(np.float64)
    x += 2 * h * np.random.default_rng(7).standard_normal(x.shape)
    ticks = np.arange(-8, 8.01, 0.25 / max(ratio, 1))
    noise = np.stack(np.meshgrid(*[ticks] * data.dim, indexing="ij"), -1).reshape(-1, data.dim)
    log_weights = -0.5 * (noise**2).sum(1)
    log_weights -= logsumexp(log_weights)
    brute = [logsumexp(data.log_density(point + h * noise) + log_weights) for point in x]
    assert data.smoothed_log_density(x, h) == pytest.approx(brute, abs=1e-3 if isinstance(spec, Pinwheel) else 1e-7)
    assert data.smoothed_log_density(x, 0.0) == pytest.approx(data.log_density(x))


def test_noisy_segment_has_the_closed_form() -> None:
    """Along the segment a difference of error functions, across it a Gaussian."""
    data = build(Line(length=3.0, angle=0.0, sigma=0.05))
    x = np.random.default_rng(8).uniform([-1.8, -0.3], [1.8, 0.3], (500, 2))
    along = (erf((1.5 - x[:, 0]) / 0.05 / 2**0.5) + erf((1.5 + x[:, 0]) / 0.05 / 2**0.5)) / 6
    near = along > 1e-12
    assert data.log_density(x)[near] == pytest.approx(
        (np.log(along) + norm.logpdf(x[:, 1], scale=0.05))[near], abs=1e-8
    )


def test_noisy_circles_have_the_closed_form() -> None:
    """Uniform on a circle of radius R plus noise: exp(-(r^2 + R^2) / 2 s^2) I_0(r R / s^2) / (2 pi s^2)."""
    data = build(Circles(factor=0.5, sigma=0.05, scale=1.0))
    radius = np.linspace(0, 1.3, 300)
    exact = sum(
        np.exp(-((radius - R) ** 2) / 2 / 0.05**2) * ive(0, radius * R / 0.05**2) / (2 * np.pi * 0.05**2) / 2
        for R in (1.0, 0.5)
    )
    x = radius[:, None] * np.array([np.cos(0.7), np.sin(0.7)])
    assert np.exp(data.log_density(x)) == pytest.approx(exact, rel=1e-9)


def test_large_sums_leave_out_nothing_that_counts() -> None:
    """The search for near centres changes no digit that matters, near the centres and far away."""
    rng = np.random.default_rng(9)
    centres, weights = rng.uniform(-1, 1, (400, 2)), rng.random(400)
    x = np.concatenate([rng.uniform(-1.2, 1.2, (20_000, 2)), rng.uniform(-9, 9, (5_000, 2))])
    found = log_isotropic_sum(x, centres, weights, 0.05)
    distance = ((x[:, None] - centres) ** 2).sum(-1)
    brute = logsumexp(-distance / 2 / 0.05**2, b=weights, axis=1) - np.log(2 * np.pi * 0.05**2)
    assert found == pytest.approx(brute, rel=1e-12, abs=1e-10)


def test_smoothing_makes_disjoint_segments_overlap() -> None:
    data = build(Disjoint(distance=1.0, sigma=0.02))
    middle = np.zeros((1, 2))
    assert data.log_density(middle)[0] < -300
    assert data.smoothed_log_density(middle, 0.5)[0] > -2
