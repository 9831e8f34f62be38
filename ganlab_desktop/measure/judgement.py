"""A run's own discriminator, as evaluation takes it."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab_desktop.experiment.objectives import Wasserstein
from ganlab_desktop.gan.data.distribution import FloatArray, Told
from ganlab_desktop.gan.penalties import gradient_norms, input_gradient
from ganlab_desktop.measure.studies.best_response import gap_of
from ganlab_desktop.measure.studies.study import Snapshot
from ganlab_desktop.measure.studies.transport import no_potential
from ganlab_desktop.measure.theory.lipschitz import UnboundedError, lipschitz_bound

Points = NDArray[np.float32]


class Judgement(NamedTuple):
    """What evaluation needs of a discriminator: its raw outputs (N,) for samples (N, dim), under what is told of them
    (N, ...), higher for what it takes for real; the same for samples that are known to be generated, where these are
    judged in batches of their own; the output of one that cannot tell (None for a critic), and whether outputs are
    logits; the largest |grad D| at points, an upper bound of it and the game's duality gap, None where unknown or
    where they differ from one condition to the next; and whether it estimates W1."""

    judge: Callable[[Points, Told | None], FloatArray]
    neutral: float | None
    logits: bool
    slope: Callable[[Points], float] | None = None
    lipschitz: float | None = None
    gap: float | None = None
    estimates_w1: bool = False
    judge_fake: Callable[[Points, Told | None], FloatArray] | None = None


def judgement_of(snapshot: Snapshot) -> Judgement:
    """The discriminator of a snapshot; searches for the duality gap, which takes seconds."""
    experiment, objective = snapshot.experiment, snapshot.objective

    def by(judge: Callable[[Tensor, Tensor | None], Tensor]) -> Callable[[Points, Told | None], FloatArray]:
        def outputs(points: Points, told: Told | None = None) -> FloatArray:
            condition = None if told is None else torch.from_numpy(told)
            with torch.no_grad():
                v = judge(torch.from_numpy(points), condition)
                values: FloatArray = objective.rating(v).double().numpy().ravel()
            return values

        return outputs

    def slope(points: Points) -> float:
        return float(gradient_norms(input_gradient(snapshot.judge, torch.from_numpy(points))).max())

    plain = Judgement(
        by(snapshot.judge),
        objective.rated_border,
        objective.output == "probability",
        judge_fake=by(snapshot.judge_fake),
    )
    if experiment.conditional or experiment.translates:
        return plain
    gap = math.nan if snapshot.data.image is not None else gap_of(snapshot)
    return plain._replace(
        slope=slope,
        lipschitz=_bound(snapshot),
        gap=gap if math.isfinite(gap) else None,
        estimates_w1=isinstance(experiment.objective, Wasserstein) and not no_potential(experiment),
    )


def _bound(snapshot: Snapshot) -> float | None:
    """An upper bound of |grad D|; packed copies of one sample stretch it by the root of their number."""
    try:
        return lipschitz_bound(snapshot.discriminator) * math.sqrt(snapshot.experiment.discriminator.packing)
    except UnboundedError:
        return None
