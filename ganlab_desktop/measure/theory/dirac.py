"""The Dirac-GAN (Mescheder et al. 2018): real data at 0, a generated point at theta, the discriminator D(x) = psi x.

The smallest game that shows which methods converge. D is high on real data here, as everywhere in the laboratory;
the paper has theta's sign the other way round.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

FloatArray = NDArray[np.float64]
Objective = Literal["minimax", "non_saturating", "wasserstein"]
Form = Literal["alternating", "simultaneous", "extragradient", "optimistic", "consensus", "symplectic"]
Verdict = Literal["converges", "cycles", "diverges"]

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(48)  # for means over a standard normal
_ROUNDING = 1e-9
_ALIGNED = 0.1  # Balduzzi et al. 2018, section 3.5
_SUBSTEPS = 8


class _Rates(NamedTuple):
    """How strongly each term of the losses pulls at an output u: theta' = psi g(u), psi' = -theta d(u),
    where real data with noise e add e r(u)."""

    generator: Callable[[FloatArray], FloatArray]
    real: Callable[[FloatArray], FloatArray]
    fake: Callable[[FloatArray], FloatArray]
    generator_slope: Callable[[FloatArray], FloatArray]
    real_slope: Callable[[FloatArray], FloatArray]
    fake_slope: Callable[[FloatArray], FloatArray]


def _falling(u: FloatArray) -> FloatArray:
    pull: FloatArray = expit(-u)
    return pull


def _rising(u: FloatArray) -> FloatArray:
    pull: FloatArray = expit(u)
    return pull


def _bell(u: FloatArray) -> FloatArray:
    return _rising(u) * _falling(u)


def _hollow(u: FloatArray) -> FloatArray:
    return -_bell(u)


_RATES: dict[Objective, _Rates] = {
    "minimax": _Rates(_rising, _falling, _rising, _bell, _hollow, _bell),
    "non_saturating": _Rates(_falling, _falling, _rising, _hollow, _hollow, _bell),
    "wasserstein": _Rates(*[np.ones_like] * 3, *[np.zeros_like] * 3),
}


class Stability(NamedTuple):
    """Eigenvalues (2,) of the flow's Jacobian at the equilibrium, or of one iteration's, and what they say there."""

    eigenvalues: NDArray[np.complex128]
    verdict: Verdict


class Descent(NamedTuple):
    """How the players move: the form, its strength (gamma of consensus, lambda of the symplectic adjustment) and
    whether that one chooses its sign, and in alternating descent how often each moves in an iteration."""

    form: Form = "alternating"
    strength: float = 0.0
    align: bool = True
    discriminator_steps: int = 1
    generator_steps: int = 1


ALTERNATING = Descent()


@dataclass(frozen=True)
class DiracGan:
    """The game under one objective, what is added to D's loss, and a form of descent.

    |grad D| is |psi| everywhere, so real and generated points make no difference: `gamma` is the sum of those of R1 and
    R2, `two_sided` and `one_sided` the lambdas of the penalties of slopes other than and above 1; `noise` is the
    standard deviation of the instance noise, `limit` that of weight clipping.
    """

    objective: Objective
    gamma: float = 0.0
    two_sided: float = 0.0
    one_sided: float = 0.0
    noise: float = 0.0
    limit: float = math.inf
    descent: Descent = ALTERNATING

    def field(self, theta: FloatArray, psi: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(theta', psi') of the continuous flow at points of any one shape: (-dL_G/dtheta, -dL_D/dpsi), adjusted where
        the form of descent adjusts it, and held where psi is clipped."""
        theta, psi = np.asarray(theta, np.float64), np.asarray(psi, np.float64)
        d_theta, d_psi = self._adjusted(theta, psi)
        return d_theta, np.where((np.abs(psi) >= self.limit) & (d_psi * psi > 0), 0.0, d_psi)

    def _plain(self, theta: FloatArray, psi: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(-dL_G/dtheta, -dL_D/dpsi)."""
        rates, slope, noise, fake, weights = self._seen(theta, psi)
        d_theta = psi * (rates.generator(slope * fake) @ weights)
        d_psi = (noise * rates.real(slope * noise) - fake * rates.fake(slope * fake)) @ weights
        excess, sign = np.abs(psi) - 1, np.sign(psi)
        pull = self.gamma * psi + 2 * sign * (self.two_sided * excess + self.one_sided * np.maximum(excess, 0.0))
        return d_theta, d_psi - pull

    def _slopes(self, theta: FloatArray, psi: FloatArray) -> tuple[tuple[FloatArray, FloatArray], ...]:
        """The Jacobian of `_plain`: rows theta' and psi', columns theta and psi."""
        rates, slope, noise, fake, weights = self._seen(theta, psi)
        u = slope * fake
        g, g_slope = rates.generator(u) @ weights, rates.generator_slope(u)
        d, d_slope = rates.fake(u) @ weights, rates.fake_slope(u)
        bend = (noise**2 * rates.real_slope(slope * noise) - fake**2 * d_slope) @ weights
        stiff = self.gamma + 2 * (self.two_sided + self.one_sided * (np.abs(psi) > 1))
        return (
            (psi**2 * (g_slope @ weights), g + psi * ((fake * g_slope) @ weights)),
            (-d - psi * ((fake * d_slope) @ weights), bend - stiff),
        )

    def _seen(
        self, theta: FloatArray, psi: FloatArray
    ) -> tuple[_Rates, FloatArray, FloatArray, FloatArray, FloatArray]:
        """The rates, psi, the noise, the generated point under it, and the weights of the mean over the noise."""
        noise, weights = np.zeros(1), np.ones(1)
        if self.noise:
            noise, weights = self.noise * _NODES, _WEIGHTS / _WEIGHTS.sum()
        return _RATES[self.objective], psi[..., None], noise, theta[..., None] + noise, weights

    def _adjusted(self, theta: FloatArray, psi: FloatArray) -> tuple[FloatArray, FloatArray]:
        """v - gamma J^T v of consensus, where both players also descend |v|^2 / 2 (Mescheder et al. 2017), or
        v - lambda A^T v with J's antisymmetric part A (Balduzzi et al. 2018)."""
        v = self._plain(theta, psi)
        form, strength, align, *_ = self.descent
        if form not in ("consensus", "symplectic"):
            return v
        (tt, tp), (pt, pp) = self._slopes(theta, psi)
        pulled = tt * v[0] + pt * v[1], tp * v[0] + pp * v[1]
        if form == "consensus":
            return v[0] - strength * pulled[0], v[1] - strength * pulled[1]
        turn = (tp - pt) / 2
        turned = -turn * v[1], turn * v[0]
        weight: FloatArray | float = strength
        if align:  # minus, as the paper's field is that of the gradients and ours that of the descents
            along = -(v[0] * pulled[0] + v[1] * pulled[1])
            weight = strength * np.sign(along * (turned[0] * pulled[0] + turned[1] * pulled[1]) / 2 + _ALIGNED)
        return v[0] - weight * turned[0], v[1] - weight * turned[1]

    def jacobian(self) -> FloatArray | None:
        """The field's Jacobian (2, 2) at the equilibrium (0, 0), rows theta' and psi'.

        None for the two-sided gradient penalty, whose field jumps at psi = 0: there is no equilibrium to be stable.
        """
        if self.two_sided:
            return None
        plain = self._plain_jacobian()
        if self.descent.form == "consensus":
            return plain - self.descent.strength * plain.T @ plain
        if self.descent.form == "symplectic":
            return plain - self.descent.strength * (plain - plain.T).T / 2 @ plain
        return plain

    def _plain_jacobian(self) -> FloatArray:
        return np.array(self._slopes(np.zeros(()), np.zeros(())), np.float64)

    def flow_stability(self) -> Stability | None:
        """Of the continuous flow near the equilibrium: it converges where all real parts are below 0."""
        jacobian = self.jacobian()
        if jacobian is None:
            return None
        eigenvalues = np.linalg.eigvals(jacobian).astype(np.complex128)
        return Stability(eigenvalues, _verdict(eigenvalues.real.max()))

    def step_stability(self, step: float) -> Stability | None:
        """Of the descent with steps h near the equilibrium: it converges inside the unit circle. Optimistic descent,
        which remembers its last move, has four eigenvalues."""
        jacobian = self.jacobian()
        if jacobian is None:
            return None
        eigenvalues = np.linalg.eigvals(self._iteration(step * jacobian)).astype(np.complex128)
        return Stability(eigenvalues, _verdict(np.abs(eigenvalues).max() - 1))

    def _iteration(self, moves: FloatArray) -> FloatArray:
        """The derivative of one iteration at the equilibrium, where a step is h J."""
        one, form = np.eye(2), self.descent.form
        if form == "alternating":
            players = (one + np.diag(mine) @ moves for mine in ([1.0, 0.0], [0.0, 1.0]))
            generator, discriminator = players
            many = np.linalg.matrix_power
            return np.asarray(
                many(generator, self.descent.generator_steps) @ many(discriminator, self.descent.discriminator_steps)
            )
        if form == "extragradient":
            return one + moves @ (one + moves)
        if form == "optimistic":
            return np.block([[one + 2 * moves, -one], [moves, np.zeros((2, 2))]])
        return one + moves

    def descend(self, theta: float, psi: float, step: float, count: int) -> FloatArray:
        """(count + 1, 2): theta, psi under descent with steps h; alternating, D moves first and G sees the new D."""
        points = np.empty((count + 1, 2))
        points[0] = theta, psi
        past = np.zeros(2)  # the last move of an optimistic player
        for k in range(count):
            at = points[k]
            if self.descent.form == "alternating":
                at = self._in_turn(at, step)
            elif self.descent.form == "extragradient":
                at = self._within(at + step * self._at(*self._within(at + step * self._at(*at))))
            elif self.descent.form == "optimistic":
                move = step * self._at(*at)
                at, past = self._within(at + 2 * move - past), move
            else:
                at = self._within(at + step * self._at(*at))
            points[k + 1] = at
        return points

    def _in_turn(self, at: FloatArray, step: float) -> FloatArray:
        theta, psi = at
        for _ in range(self.descent.discriminator_steps):
            _, psi = self._within(np.array([theta, psi + step * self._at(theta, psi)[1]]))
        for _ in range(self.descent.generator_steps):
            theta = theta + step * self._at(theta, psi)[0]
        return np.array([theta, psi])

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
                at = at + h / 6 * (one + 2 * two + 2 * three + four)
                at = self._within(at)
            points[k + 1] = at
        return points

    def _at(self, theta: float, psi: float) -> FloatArray:
        return np.array(self.field(np.array(theta), np.array(psi)))

    def _within(self, point: FloatArray) -> FloatArray:
        return np.array([point[0], np.clip(point[1], -self.limit, self.limit)])


def _verdict(excess: float) -> Verdict:
    if abs(excess) <= _ROUNDING:
        return "cycles"
    return "converges" if excess < 0 else "diverges"
