"""Which way the game turns: the smallest game of the same kind, and this one near where it stands."""

import math
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.objectives import Minimax, NonSaturating, ObjectiveSpec, Wasserstein
from ganlab_desktop.experiment.penalties import (
    R1,
    R2,
    GradientPenalty,
    OneSidedGradientPenalty,
    PenaltySpec,
    WeightClipping,
)
from ganlab_desktop.gan.data.distribution import FloatArray
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.losses import own_losses, parameters
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study
from ganlab_desktop.measure.theory.dirac import DiracGan, Method, Stability
from ganlab_desktop.measure.theory.dirac import Objective as DiracObjective
from ganlab_desktop.measure.theory.game_jacobian import LinearisedGame

EIGENVALUES = 8
SMALL = 200  # parameters up to which all eigenvalues are taken
_HALF = 2.0  # of the phase plane's sides
_SIDE = 13  # arrows along each side
_START = (1.5, 0.0)
_STEP, _STEPS = 0.2, 250
_GONE = 10 * _HALF
_VERDICTS = {"converges": -1.0, "cycles": 0.0, "diverges": 1.0}

_OBJECTIVES: dict[type[ObjectiveSpec], DiracObjective] = {
    Minimax: "minimax",
    NonSaturating: "non_saturating",
    Wasserstein: "wasserstein",
}


@singledispatch
def _method(penalty: PenaltySpec) -> tuple[Method, float] | None:
    """What a penalty is in the Dirac-GAN; None where it has no counterpart."""
    return None


@_method.register
def _r1(penalty: R1) -> tuple[Method, float]:
    return "r1", penalty.weight


@_method.register
def _r2(penalty: R2) -> tuple[Method, float]:
    return "r2", penalty.weight


@_method.register
def _gradient_penalty(penalty: GradientPenalty) -> tuple[Method, float]:
    return "gradient_penalty", penalty.weight


@_method.register
def _one_sided(penalty: OneSidedGradientPenalty) -> tuple[Method, float]:
    return "one_sided_gradient_penalty", penalty.weight


@_method.register
def _clipping(penalty: WeightClipping) -> tuple[Method, float]:
    return "weight_clipping", penalty.limit


def dirac_of(experiment: Experiment) -> DiracGan | None:
    """The Dirac-GAN under an experiment's objective and the first of its methods that it knows; None where it does
    not know the objective."""
    objective = _OBJECTIVES.get(type(experiment.objective))
    if objective is None:
        return None
    noise = experiment.instance_noise.std
    known: list[tuple[Method, float]] = [found for found in map(_method, experiment.penalties) if found is not None]
    if noise:
        known.append(("instance_noise", noise))
    return DiracGan(objective, *known[0]) if known else DiracGan(objective)


class Dynamics(Study):
    """The Dirac-GAN under the run's method, and the leading eigenvalues of the run's own game Jacobian.

    Arrays: field (S, S, 2) of (theta', psi') over the phase plane, flow and descent (T, 2) from one point, along the
    continuous flow and in alternating steps of `step`; flow_eigenvalues and step_eigenvalues (2, 2) at the equilibrium,
    spectrum (K, 2) of the run: each as real and imaginary parts. Numbers: the plane's box, flow_verdict and
    step_verdict (-1 converges, 0 cycles, 1 diverges). What has no counterpart is left out.
    """

    COLUMNS = ("rightmost", "rotation")
    REST = 5.0
    SHARE = 0.05
    SLOW = True

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        arrays, numbers = _phase_plane(dirac_of(snapshot.experiment))
        values = _spectrum(snapshot)
        rightmost = rotation = math.nan
        if len(values):
            arrays["spectrum"] = _parts(values)
            rightmost, rotation = float(values.real.max()), float(np.abs(values.imag).max())
        return Picture(arrays, numbers | {"rightmost": rightmost, "rotation": rotation}), (rightmost, rotation)


def _phase_plane(dirac: DiracGan | None) -> tuple[dict[str, NDArray[np.generic]], dict[str, float]]:
    if dirac is None:
        return {}, {}
    # Arrows stand in the middle of the cells that divide the plane.
    middles = _HALF * ((np.arange(_SIDE) + 0.5) * 2 / _SIDE - 1)
    field = np.stack(dirac.field(*np.meshgrid(middles, middles)), axis=2)
    arrays: dict[str, NDArray[np.generic]] = {
        "field": field.astype(np.float32),
        "flow": _in_sight(dirac.flow(*_START, duration=_STEP * _STEPS, count=_STEPS)),
        "descent": _in_sight(dirac.descend(*_START, _STEP, _STEPS, alternating=True)),
    }
    numbers = {"left": -_HALF, "right": _HALF, "bottom": -_HALF, "top": _HALF, "step": _STEP}
    found: dict[str, Stability | None] = {
        "flow": dirac.flow_stability(),
        "step": dirac.step_stability(_STEP, alternating=True),
    }
    for name, stability in found.items():
        if stability is not None:
            arrays[f"{name}_eigenvalues"] = _parts(stability.eigenvalues)
            numbers[f"{name}_verdict"] = _VERDICTS[stability.verdict]
    return arrays, numbers


def _spectrum(snapshot: Snapshot) -> NDArray[np.complex128]:
    """The eigenvalues of the largest real part (of a small game all) of `own_losses`; none where there are none."""
    losses = own_losses(snapshot)
    if losses is None:
        return np.empty(0, np.complex128)
    game = LinearisedGame(losses, parameters(snapshot.generator), parameters(snapshot.discriminator))
    if len(game.field) <= SMALL:
        return np.linalg.eigvals(game.jacobian()).astype(np.complex128)
    return game.leading_eigenvalues(EIGENVALUES, np.random.default_rng(0), wanted=snapshot.wanted)


def _in_sight(path: FloatArray) -> NDArray[np.float32]:
    """A path (T, 2) up to where it has gone for good: a stiff penalty throws steps of this size out."""
    with np.errstate(invalid="ignore"):
        gone = np.flatnonzero(~(np.abs(path) < _GONE).all(1))
    return path[: gone[0] if len(gone) else None].astype(np.float32)


def _parts(values: NDArray[np.complex128]) -> NDArray[np.float32]:
    return np.stack((values.real, values.imag), axis=1).astype(np.float32)
