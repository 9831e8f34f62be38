"""Curves with Gaussian noise: line, disjoint pair, spiral, swiss roll, moons and circles."""

from collections.abc import Callable

import numpy as np

from ganlab_desktop.experiment.data import Circles, Disjoint, Line, Moons, Spiral, SwissRoll
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.gan.data.create import create
from ganlab_desktop.gan.data.distribution import Distribution, FloatArray, Labels, Samples, fit_box
from ganlab_desktop.gan.data.gaussian_sum import log_isotropic_sum

Curve = Callable[[FloatArray, FloatArray], FloatArray]
"""(t in [0, 1], number of the branch), both (n,) -> points (n, 2) in data units."""

_VIEW = 3.0  # the view shows so many standard deviations of noise around the curve
_PANEL = 3.0  # longest panel of the quadrature, in standard deviations of the noise
_ORDER = 10  # Gauss-Legendre nodes in a panel: a relative error near 1e-12
_MAX_PANELS = 20_000


class NoisyCurves(Distribution):
    """Points on equally likely branches of a curve, moved by round Gaussian noise.

    On each branch t = u^power with u uniform on [0, 1]. The density is the integral of Gaussians along the curve,
    taken by Gauss-Legendre quadrature on panels shorter than the noise is wide; it is exact to rounding within
    some ten standard deviations of the curve and keeps its leading term -distance^2 / (2 sigma^2) beyond. Smoothing
    only widens the noise.
    """

    dim = 2

    def __init__(self, curve: Curve, sigma: float, scale: float, branches: int = 1, power: float = 1.0) -> None:
        self.curve, self.branches, self.power = curve, branches, power
        self._set_classes(np.full(branches, 1 / branches))
        self._noise, self._sigma, self._scale = np.float32(sigma / scale), sigma, scale
        self.detail = sigma / scale
        t, branch = self._spread(np.linspace(0, 1, 2001))
        path = curve(t, branch).reshape(branches, -1, 2) / scale
        self._speed = float(np.linalg.norm(np.diff(path, axis=1), axis=2).max() * 2000)
        if self._panels(self.detail) > _MAX_PANELS:
            least = self._speed * scale / _PANEL / _MAX_PANELS
            raise ExperimentError("data.sigma", f"must be >= {least:.2g} for a curve of this length, got {sigma:g}")
        reach = _VIEW * self.detail
        self.box = fit_box(path.min((0, 1)) - reach, path.max((0, 1)) + reach)

    def sample(self, rng: np.random.Generator, n: int) -> Samples:
        return self.labelled(rng, n)[0]

    def labelled(self, rng: np.random.Generator, n: int) -> tuple[Samples, Labels]:
        """The class of a sample is its branch."""
        u = rng.random(n) * self.branches
        branch = np.floor(u)
        t = u - branch
        points: Samples = rng.standard_normal((n, 2), dtype=np.float32)
        points *= self._noise
        points += self.curve(t**self.power if self.power != 1.0 else t, branch) / self._scale
        return points, branch.astype(np.int64)

    def _class(self, label: int) -> Distribution:
        def branch(t: FloatArray, _: FloatArray) -> FloatArray:
            return self.curve(t, np.full(len(t), float(label)))

        return NoisyCurves(branch, self._sigma, self._scale, power=self.power)

    def log_density(self, x: FloatArray) -> FloatArray:
        return self.smoothed_log_density(x, 0.0)

    def smoothed_log_density(self, x: FloatArray, h: float) -> FloatArray:
        sigma = float(np.hypot(self.detail, h))
        return log_isotropic_sum(x, *self._nodes(sigma), sigma)

    def _panels(self, sigma: float) -> int:
        return max(8, int(np.ceil(self._speed / (_PANEL * sigma))))

    def _nodes(self, sigma: float) -> tuple[FloatArray, FloatArray]:
        """Quadrature nodes (J, 2) on the curve and their weights (J,), fine enough for noise of that width."""
        places, weights = np.polynomial.legendre.leggauss(_ORDER)
        panels = self._panels(sigma)
        t, branch = self._spread(((np.arange(panels)[:, None] + (places + 1) / 2) / panels).ravel())
        density = t ** (1 / self.power - 1) / self.power  # of t = u^power
        share = np.tile(weights, panels * self.branches) / (2 * panels * self.branches)
        return self.curve(t, branch) / self._scale, share * density

    def _spread(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The same t (n,) on every branch: t and branch, both (branches * n,)."""
        return np.tile(t, self.branches), np.repeat(np.arange(self.branches, dtype=np.float64), len(t))


def polar(radius: FloatArray, angle: FloatArray) -> FloatArray:
    """Points (n, 2) with these polar coordinates (n,)."""
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def line_curve(start: tuple[float, float], end: tuple[float, float]) -> Curve:
    """The straight segment between two points."""
    origin, step = np.array(start), np.subtract(end, start)
    return lambda t, branch: origin + t[:, None] * step


@create.register
def line(spec: Line) -> Distribution:
    angle = np.deg2rad(spec.angle)
    x, y = spec.length / 2 * np.cos(angle), spec.length / 2 * np.sin(angle)
    return NoisyCurves(line_curve((-x, -y), (x, y)), spec.sigma, spec.scale)


@create.register
def disjoint(spec: Disjoint) -> Distribution:
    """Two upright segments side by side."""

    def curve(t: FloatArray, branch: FloatArray) -> FloatArray:
        return np.column_stack([(branch - 0.5) * spec.distance, (t - 0.5) * spec.length])

    return NoisyCurves(curve, spec.sigma, spec.scale, branches=2)


@create.register
def spiral(spec: Spiral) -> Distribution:
    """Arms r = radius t, angle = 2 pi (turns t + k / arms); t is the root of a uniform number, so that the points
    lie about evenly along the arm."""

    def curve(t: FloatArray, branch: FloatArray) -> FloatArray:
        angle = 2 * np.pi * (spec.turns * t + branch / spec.arms)
        return polar(spec.radius * t, angle)

    return NoisyCurves(curve, spec.sigma, spec.scale, branches=spec.arms, power=0.5)


@create.register
def swiss_roll(spec: SwissRoll) -> Distribution:
    """The first and third coordinate of scikit-learn's make_swiss_roll (Marsland 2014)."""

    def curve(t: FloatArray, branch: FloatArray) -> FloatArray:
        angle = 1.5 * np.pi * (1 + 2 * t)
        return polar(angle, angle)

    return NoisyCurves(curve, spec.sigma, spec.scale)


@create.register
def moons(spec: Moons) -> Distribution:
    """The half circles of scikit-learn's make_moons: the lower one is turned over and moved by (1, 1/2)."""

    def curve(t: FloatArray, branch: FloatArray) -> FloatArray:
        side = 1 - 2 * branch
        return np.column_stack([branch + side * np.cos(np.pi * t), branch / 2 + side * np.sin(np.pi * t)])

    return NoisyCurves(curve, spec.sigma, spec.scale, branches=2)


@create.register
def circles(spec: Circles) -> Distribution:
    """The circles of scikit-learn's make_circles, as likely one as the other: radius 1 and `factor`."""

    def curve(t: FloatArray, branch: FloatArray) -> FloatArray:
        return polar(np.where(branch == 0, 1.0, spec.factor), 2 * np.pi * t)

    return NoisyCurves(curve, spec.sigma, spec.scale, branches=2)
