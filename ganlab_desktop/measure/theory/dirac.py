"""The Dirac-GAN (Mescheder et al. 2018): real data at 0, a generated point at theta, the discriminator D(x) = psi x.

The smallest game that shows which methods converge. D is high on real data here, as everywhere in the laboratory;
the paper has theta's sign the other way round.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ganlab_desktop.measure.theory.game_jacobian import step_matrix

FloatArray = NDArray[np.float64]
Objective = Literal["minimax", "non_saturating", "wasserstein"]
Method = Literal[
    "none",
    "r1",
    "r2",
    "instance_noise",
    "weight_clipping",
    "gradient_penalty",
    "one_sided_gradient_penalty",
    "consensus",
]
Verdict = Literal["converges", "cycles", "diverges"]

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(48)  # for means over a standard normal
_ROUNDING = 1e-9
_SUBSTEPS = 8


class _Rates(NamedTuple):
    """How strongly each term of the losses pulls at an output u: theta' = psi g(u), psi' = -theta d(u),
    where real data with noise e add e r(u)."""

    generator: Callable[[FloatArray], FloatArray]
    real: Callable[[FloatArray], FloatArray]
    fake: Callable[[FloatArray], FloatArray]
    generator_slope: Callable[[FloatArray], FloatArray]
    fake_slope: Callable[[FloatArray], FloatArray]


def _falling(u: FloatArray) -> FloatArray:
    pull: FloatArray = expit(-u)
    return pull


def _rising(u: FloatArray) -> FloatArray:
    pull: FloatArray = expit(u)
    return pull


def _bell(u: FloatArray) -> FloatArray:
    return _rising(u) * _falling(u)


_RATES: dict[Objective, _Rates] = {
    "minimax": _Rates(_rising, _falling, _rising, _bell, _bell),
    "non_saturating": _Rates(_falling, _falling, _rising, lambda u: -_bell(u), _bell),
    "wasserstein": _Rates(np.ones_like, np.ones_like, np.ones_like, np.zeros_like, np.zeros_like),
}


# The derivative of each penalty by psi: |grad D| is |psi| everywhere, so real or fake points make no difference.
_PULLS: dict[Method, Callable[[FloatArray], FloatArray]] = {
    "r1": lambda psi: psi,
    "r2": lambda psi: psi,
    "gradient_penalty": lambda psi: 2 * (np.abs(psi) - 1) * np.sign(psi),
    "one_sided_gradient_penalty": lambda psi: 2 * np.maximum(np.abs(psi) - 1, 0.0) * np.sign(psi),
}


class Stability(NamedTuple):
    """Eigenvalues (2,) of the flow's Jacobian at the equilibrium, or of one iteration's, and what they say there."""

    eigenvalues: NDArray[np.complex128]
    verdict: Verdict


@dataclass(frozen=True)
class DiracGan:
    """The game under one objective and one method against its rotation.

    `strength` is the method's: gamma of R1, R2 and consensus, lambda of the gradient penalties, the standard deviation
    of the instance noise, the limit of weight clipping.
    """

    objective: Objective
    method: Method = "none"
    strength: float = 0.0

    def field(self, theta: FloatArray, psi: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(theta', psi') = (-dL_G/dtheta, -dL_D/dpsi) at points of any one shape."""
        theta, psi = np.asarray(theta, np.float64), np.asarray(psi, np.float64)
        rates = _RATES[self.objective]
        noise, weights = np.zeros(1), np.ones(1)
        if self.method == "instance_noise":
            noise, weights = self.strength * _NODES, _WEIGHTS / _WEIGHTS.sum()
        slope, fake = psi[..., None], theta[..., None] + noise
        d_theta = psi * (rates.generator(slope * fake) @ weights)
        d_psi = (noise * rates.real(slope * noise) - fake * rates.fake(slope * fake)) @ weights
        if self.method == "consensus":
            return self._consensus(theta, psi, d_theta, d_psi)
        if self.method in _PULLS:
            d_psi = d_psi - self.strength * _PULLS[self.method](psi)
        if self.method == "weight_clipping":
            d_psi = np.where((np.abs(psi) >= self.strength) & (d_psi * psi > 0), 0.0, d_psi)
        return d_theta, d_psi

    def _consensus(
        self, theta: FloatArray, psi: FloatArray, d_theta: FloatArray, d_psi: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """v - gamma J^T v: both players also descend |v|^2 / 2 (Mescheder et al. 2017)."""
        rates, u = _RATES[self.objective], theta * psi
        g, d, g_slope, d_slope = rates.generator(u), rates.fake(u), rates.generator_slope(u), rates.fake_slope(u)
        along_theta = psi**2 * g_slope * d_theta - (d + u * d_slope) * d_psi
        along_psi = (g + u * g_slope) * d_theta - theta**2 * d_slope * d_psi
        return d_theta - self.strength * along_theta, d_psi - self.strength * along_psi

    def jacobian(self) -> FloatArray | None:
        """The field's Jacobian (2, 2) at the equilibrium (0, 0), rows theta' and psi'.

        None for the two-sided gradient penalty, whose field jumps at psi = 0: there is no equilibrium to be stable.
        """
        if self.method == "gradient_penalty":
            return None
        first, second = (1.0, 0.0) if self.objective == "wasserstein" else (0.5, -0.25)  # f'(0), f''(0)
        jacobian = np.array([[0.0, first], [-first, 0.0]])
        if self.method in ("r1", "r2"):
            jacobian[1, 1] = -self.strength
        elif self.method == "instance_noise":
            jacobian[1, 1] = 2 * second * self.strength**2
        elif self.method == "consensus":
            jacobian = jacobian - self.strength * jacobian.T @ jacobian
        return jacobian

    def flow_stability(self) -> Stability | None:
        """Of the continuous flow near the equilibrium: it converges where all real parts are below 0."""
        jacobian = self.jacobian()
        if jacobian is None:
            return None
        eigenvalues = np.linalg.eigvals(jacobian).astype(np.complex128)
        return Stability(eigenvalues, _verdict(eigenvalues.real.max()))

    def step_stability(self, step: float, *, alternating: bool) -> Stability | None:
        """Of gradient descent with steps h near the equilibrium: it converges inside the unit circle."""
        jacobian = self.jacobian()
        if jacobian is None:
            return None
        matrix = step_matrix(jacobian, 1, (step, step), alternating=alternating)
        eigenvalues = np.linalg.eigvals(matrix).astype(np.complex128)
        return Stability(eigenvalues, _verdict(np.abs(eigenvalues).max() - 1))

    def descend(self, theta: float, psi: float, step: float, count: int, *, alternating: bool) -> FloatArray:
        """(count + 1, 2): theta, psi under gradient descent; alternating, D moves first and G sees the new D."""
        points = np.empty((count + 1, 2))
        points[0] = theta, psi
        for k in range(count):
            theta, psi = points[k]
            d_theta, d_psi = self._at(theta, psi)
            moved = self._clipped(psi + step * d_psi)
            if alternating:
                d_theta, _ = self._at(theta, moved)
            points[k + 1] = theta + step * d_theta, moved
        return points

    def flow(self, theta: float, psi: float, duration: float, count: int) -> FloatArray:
        """(count + 1, 2): theta, psi at even times along the continuous flow (Runge-Kutta of order 4)."""
        points = np.empty((count + 1, 2))
        points[0] = theta, psi
        h = duration / (count * _SUBSTEPS)
        for k in range(count):
            at = points[k].copy()
            for _ in range(_SUBSTEPS):
                one = self._at(*at)
                two = self._at(*(at + h / 2 * one))
                three = self._at(*(at + h / 2 * two))
                four = self._at(*(at + h * three))
                at += h / 6 * (one + 2 * two + 2 * three + four)
                at[1] = self._clipped(at[1])
            points[k + 1] = at
        return points

    def _at(self, theta: float, psi: float) -> FloatArray:
        return np.array(self.field(np.array(theta), np.array(psi)))

    def _clipped(self, psi: float) -> float:
        return float(np.clip(psi, -self.strength, self.strength)) if self.method == "weight_clipping" else psi


def _verdict(excess: float) -> Verdict:
    if abs(excess) <= _ROUNDING:
        return "cycles"
    return "converges" if excess < 0 else "diverges"
