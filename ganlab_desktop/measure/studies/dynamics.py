"""Which way the game turns: the smallest game of the same kind, and this one near where it stands."""

import math
from dataclasses import replace
from functools import lru_cache, singledispatch

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.games import (
    Alternating,
    Consensus,
    Extragradient,
    GameSpec,
    Optimistic,
    Simultaneous,
    Symplectic,
)
from ganlab_desktop.experiment.objectives import Minimax, NonSaturating, ObjectiveSpec, Wasserstein
from ganlab_desktop.experiment.optimizers import SGD
from ganlab_desktop.experiment.penalties import (
    R1,
    R2,
    Consistency,
    Dragan,
    GradientPenalty,
    OneSidedGradientPenalty,
    PenaltySpec,
    WeightClipping,
)
from ganlab_desktop.experiment.schedules import learning_rate_factor, noise_std
from ganlab_desktop.gan.data.distribution import FloatArray
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.losses import own_losses, parameters
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study
from ganlab_desktop.measure.theory.dirac import Descent, DiracGan, Form, Stability
from ganlab_desktop.measure.theory.dirac import Objective as DiracObjective
from ganlab_desktop.measure.theory.game_jacobian import LinearisedGame, step_matrix

EIGENVALUES = 8
SMALL = 200  # parameters up to which all eigenvalues are taken
_HALF = 2.0  # of the phase plane's sides
_SIDE = 13  # arrows along each side
_START = (1.5, 0.0)
_STEP, _STEPS = 0.2, 250
_GONE = 10 * _HALF
_VERDICTS = {"converges": -1.0, "cycles": 0.0, "diverges": 1.0}

_FORMS: dict[type[GameSpec], Form] = {
    Alternating: "alternating",
    Simultaneous: "simultaneous",
    Extragradient: "extragradient",
    Optimistic: "optimistic",
}
_OBJECTIVES: dict[type[ObjectiveSpec], DiracObjective] = {
    Minimax: "minimax",
    NonSaturating: "non_saturating",
    Wasserstein: "wasserstein",
}


@singledispatch
def _added(penalty: PenaltySpec, game: DiracGan) -> DiracGan:
    """The Dirac-GAN with a penalty; the same where it has no counterpart there."""
    return game


@_added.register(R1)
@_added.register(R2)
def _zero_centred(penalty: R1 | R2, game: DiracGan) -> DiracGan:
    return replace(game, gamma=game.gamma + penalty.weight)


@_added.register(GradientPenalty)
@_added.register(Dragan)
def _two_sided(penalty: GradientPenalty | Dragan, game: DiracGan) -> DiracGan:
    return replace(game, two_sided=game.two_sided + penalty.weight)


@_added.register
def _one_sided(penalty: OneSidedGradientPenalty, game: DiracGan) -> DiracGan:
    return replace(game, one_sided=game.one_sided + penalty.weight)


@_added.register
def _clipping(penalty: WeightClipping, game: DiracGan) -> DiracGan:
    return replace(game, limit=penalty.limit)


@_added.register
def _consistency(penalty: Consistency, game: DiracGan) -> DiracGan:
    """lambda (psi e)^2 on real and on generated points, e ~ N(0, jitter^2): as R1 with gamma = 4 lambda jitter^2."""
    return replace(game, gamma=game.gamma + 4.0 * penalty.weight * penalty.jitter**2)


def _descent(experiment: Experiment) -> Descent:
    game, schedule = experiment.game, experiment.schedule
    if isinstance(game, Consensus):
        return Descent("consensus", game.gamma)
    if isinstance(game, Symplectic):
        return Descent("symplectic", game.weight, game.align)
    return Descent(
        _FORMS[type(game)],
        discriminator_steps=schedule.discriminator_steps,
        generator_steps=schedule.generator_steps,
    )


def dirac_of(experiment: Experiment, step: int) -> DiracGan | None:
    """The Dirac-GAN under an experiment's objective, its form of descent, its penalties and the instance noise of a
    step; None where it does not know the objective."""
    objective = _OBJECTIVES.get(type(experiment.objective))
    if objective is None:
        return None
    noise = noise_std(experiment.instance_noise, step)
    game = DiracGan(objective, noise=noise, descent=_descent(experiment))
    for penalty in experiment.penalties:
        game = _added(penalty, game)
    return game


class Dynamics(Study):
    """The Dirac-GAN under the run's method, and the leading eigenvalues of the run's own game Jacobian.

    Arrays: field (S, S, 2) of (theta', psi') over the phase plane, flow and descent (T, 2) from one point, along the
    continuous flow and in steps of `step` as the run takes them, alternating or in another form; flow_eigenvalues
    (2, 2) and step_eigenvalues (E, 2) at the equilibrium, spectrum (K, 2) of the run: each as real and imaginary parts.
    Numbers: the plane's box, flow_verdict and step_verdict (-1 converges, 0 cycles, 1 diverges), and step_radius, the
    largest eigenvalue's size of the run's own iteration where the game is small and descends plainly (see
    `_iteration`). What has no counterpart is left out.
    """

    COLUMNS = ("rightmost", "rotation")
    REST = 5.0
    SHARE = 0.05
    SLOW = True

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        arrays, numbers = _phase_plane(dirac_of(snapshot.experiment, snapshot.step))
        values, radius = _spectrum(snapshot)
        arrays = dict(arrays)
        rightmost = rotation = math.nan
        if len(values):
            arrays["spectrum"] = _parts(values)
            rightmost, rotation = float(values.real.max()), float(np.abs(values.imag).max())
        numbers = numbers | {"rightmost": rightmost, "rotation": rotation, "step_radius": radius}
        return Picture(arrays, numbers), (rightmost, rotation)


@lru_cache(maxsize=4)  # it changes only where the run's method does
def _phase_plane(dirac: DiracGan | None) -> tuple[dict[str, NDArray[np.generic]], dict[str, float]]:
    if dirac is None:
        return {}, {}
    # Arrows stand in the middle of the cells that divide the plane.
    middles = _HALF * ((np.arange(_SIDE) + 0.5) * 2 / _SIDE - 1)
    field = np.stack(dirac.field(*np.meshgrid(middles, middles)), axis=2)
    arrays: dict[str, NDArray[np.generic]] = {
        "field": field.astype(np.float32),
        "flow": _in_sight(dirac.flow(*_START, duration=_STEP * _STEPS, count=_STEPS)),
        "descent": _in_sight(dirac.descend(*_START, _STEP, _STEPS)),
    }
    numbers = {"left": -_HALF, "right": _HALF, "bottom": -_HALF, "top": _HALF, "step": _STEP}
    found: dict[str, Stability | None] = {
        "flow": dirac.flow_stability(),
        "step": dirac.step_stability(_STEP),
    }
    for name, stability in found.items():
        if stability is not None:
            arrays[f"{name}_eigenvalues"] = _parts(stability.eigenvalues)
            numbers[f"{name}_verdict"] = _VERDICTS[stability.verdict]
    return arrays, numbers


def _spectrum(snapshot: Snapshot) -> tuple[NDArray[np.complex128], float]:
    """The eigenvalues of the largest real part (of a small game all) of `own_losses`, none where there are none; and
    the spectral radius of a small game's iteration, NaN where it is not known."""
    losses = own_losses(snapshot)
    if losses is None:
        return np.empty(0, np.complex128), math.nan
    theta, psi = parameters(snapshot.generator), parameters(snapshot.discriminator)
    game = LinearisedGame(losses, theta, psi)
    if len(game.field) > SMALL:
        return game.leading_eigenvalues(EIGENVALUES, np.random.default_rng(0), wanted=snapshot.wanted), math.nan
    jacobian = game.jacobian()
    matrix = _iteration(snapshot, jacobian, len(theta))
    radius = math.nan if matrix is None else float(np.abs(np.linalg.eigvals(matrix)).max())
    return np.linalg.eigvals(jacobian).astype(np.complex128), radius


def _iteration(snapshot: Snapshot, jacobian: FloatArray, generator_size: int) -> FloatArray | None:
    """The derivative of one iteration; None unless both players take plain gradient steps, one each."""
    experiment, schedule = snapshot.experiment, snapshot.experiment.schedule
    alternating = isinstance(experiment.game, Alternating)
    plain = alternating or isinstance(experiment.game, Simultaneous)
    if not plain or (schedule.discriminator_steps, schedule.generator_steps) != (1, 1):
        return None
    rates = []
    for spec in (experiment.optimizer.generator, experiment.optimizer.discriminator):
        if not isinstance(spec, SGD) or spec.momentum:
            return None
        rates.append(spec.lr * learning_rate_factor(spec, snapshot.step, schedule.steps))
    return step_matrix(jacobian, generator_size, (rates[0], rates[1]), alternating=alternating)


def _in_sight(path: FloatArray) -> NDArray[np.float32]:
    """A path (T, 2) up to where it has gone for good: a stiff penalty throws steps of this size out."""
    with np.errstate(invalid="ignore"):
        gone = np.flatnonzero(~(np.abs(path) < _GONE).all(1))
    return path[: gone[0] if len(gone) else None].astype(np.float32)


def _parts(values: NDArray[np.complex128]) -> NDArray[np.float32]:
    return np.stack((values.real, values.imag), axis=1).astype(np.float32)
