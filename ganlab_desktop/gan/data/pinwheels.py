"""The pinwheel: Gaussian blades around the centre, twisted by an angle in proportion to the radius."""

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from ganlab_desktop.experiment.data import Pinwheel
from ganlab_desktop.gan.data.create import create
from ganlab_desktop.gan.data.distribution import Distribution, FloatArray, Labels, Samples, fit_box

_VIEW = 3.0  # the view shows so many standard deviations of the blades
_ORDER = 8  # Gauss-Hermite nodes along each axis
_LATTICE = 1000  # most lattice points along each axis


class TwistedBlades(Distribution):
    """Blade k is N((1, 0), diag(radial^2, tangential^2)) turned by angles[k] + rate |z|, in data units.

    After Johnson et al. (2016), whose angle grows with exp(z_1). Here it is the radius that counts: such a twist
    keeps areas and can be undone, so the density is that of the untwisted blades, for any rate.
    """

    dim = 2

    def __init__(self, angles: FloatArray, radial: float, tangential: float, rate: float, scale: float) -> None:
        self.angles, self.rate, self.scale = angles, rate, scale
        self._set_classes(np.full(len(angles), 1 / len(angles)))
        self.sigmas = np.array([radial, tangential])
        shear = rate * (1 + radial)
        narrowing = 2 / (np.sqrt(shear**2 + 4) + shear)  # the smaller singular value of a shear
        self.detail = float(self.sigmas.min() * narrowing / scale)
        reach = np.full(2, np.hypot(1 + _VIEW * radial, _VIEW * tangential) / scale)
        self.box = fit_box(-reach, reach)

    def sample(self, rng: np.random.Generator, n: int) -> Samples:
        return self.labelled(rng, n)[0]

    def labelled(self, rng: np.random.Generator, n: int) -> tuple[Samples, Labels]:
        """The class of a sample is its blade."""
        x, y = (rng.standard_normal((n, 2)) * self.sigmas).T
        x += 1
        blade = rng.integers(len(self.angles), size=n)
        angle = self.angles[blade] + self.rate * np.hypot(x, y)
        cosine, sine = np.cos(angle) / self.scale, np.sin(angle) / self.scale
        return np.stack([x * cosine - y * sine, x * sine + y * cosine], axis=1, dtype=np.float32), blade

    def _class(self, label: int) -> Distribution:
        radial, tangential = (float(sigma) for sigma in self.sigmas)
        return TwistedBlades(self.angles[label : label + 1], radial, tangential, self.rate, self.scale)

    def log_density(self, x: FloatArray) -> FloatArray:
        x = np.asarray(x, np.float64) * self.scale
        radius = np.hypot(x[:, 0], x[:, 1])
        angle = np.arctan2(x[:, 1], x[:, 0]) - self.rate * radius
        total = np.full(len(x), -np.inf)
        for first in self.angles:
            turned = angle - first
            along, across = (radius * np.cos(turned) - 1) / self.sigmas[0], radius * np.sin(turned) / self.sigmas[1]
            total = np.logaddexp(total, -0.5 * (along**2 + across**2))
        total -= np.log(2 * np.pi * len(self.angles) * self.sigmas.prod() / self.scale**2)
        return total

    def smoothed_log_density(self, x: FloatArray, h: float) -> FloatArray:
        """Numerical convolution: on a lattice, or over the noise where that is narrower than a lattice can show.

        Good to about 1e-5 where the lattice resolves the blades, which a million points do unless they are twisted
        very tightly; it does not fall below log(1e-300).
        """
        x = np.asarray(x, np.float64)
        reach = float(np.hypot(1 + 5 * self.sigmas[0], 5 * self.sigmas[1])) / self.scale + 6 * h
        count = int(min(_LATTICE, np.ceil(2 * reach / (self.detail / 3))))
        step = 2 * reach / (count - 1)
        if h < 0.8 * step:
            return self._over_noise(x, h)
        axis = np.linspace(-reach, reach, count)
        lattice = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
        density = np.exp(self.log_density(lattice)).reshape(count, count)
        # The logarithm of a Gaussian is quadratic, so that a cubic spline follows it even where it is tiny.
        smooth = np.log(np.maximum(gaussian_filter(density, h / step, mode="constant", truncate=9), 1e-300))
        spline: FloatArray = map_coordinates(smooth, (x.T + reach) / step, order=3, mode="nearest")
        return spline

    def _over_noise(self, x: FloatArray, h: float) -> FloatArray:
        """The mean of p(x + h e) over the Gauss-Hermite nodes e of standard normal noise."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(_ORDER)
        log_weights = np.log(weights / weights.sum())
        total = np.full(len(x), -np.inf)
        for a, log_a in zip(nodes, log_weights, strict=True):
            for b, log_b in zip(nodes, log_weights, strict=True):
                total = np.logaddexp(total, log_a + log_b + self.log_density(x + h * np.array([a, b])))
        return total


@create.register
def pinwheel(spec: Pinwheel) -> Distribution:
    angles = np.arange(spec.blades, dtype=np.float64) * (2 * np.pi / spec.blades)
    return TwistedBlades(angles, spec.radial, spec.tangential, spec.rate, spec.scale)
