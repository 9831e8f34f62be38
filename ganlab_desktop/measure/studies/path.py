"""Whether the game still drives its players on along the way that they have come."""

import math
from collections import deque

import numpy as np
import torch

from ganlab_desktop.gan.data.distribution import Distribution, FloatArray
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.losses import own_losses, parameters
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study
from ganlab_desktop.measure.theory.game_jacobian import vector_field
from ganlab_desktop.measure.theory.paths import path_angle

SHARES = np.linspace(-0.5, 1.5, 25)  # of the path; 0 and 1 are among them
_AHEAD = 2  # times the step of the last state kept, after which another one is


class Path(Study):
    """The path angle and path norm (Berard et al. 2020, section 4) from an earlier state of both players to this one.

    The earlier state is of between a quarter and a half of this step, or the first that was looked at: far enough off
    for a direction, near enough to belong to this phase of training. The game is that of `own_losses`.

    Arrays: shares, cosine, norm (S,) along the path, 0 its start and 1 this state; none where there is no earlier one.
    Numbers: start, the earlier step, and the row.
    """

    COLUMNS = ("start_cosine", "end_cosine")
    REST = 1.0
    SHARE = 0.05
    SLOW = True

    def __init__(self, data: Distribution, seed: int) -> None:
        super().__init__(data, seed)
        self._kept: deque[tuple[int, FloatArray]] = deque(maxlen=2)  # steps and states that paths start at

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        losses = own_losses(snapshot)
        theta, psi = parameters(snapshot.generator), parameters(snapshot.discriminator)
        here: FloatArray = torch.cat((theta, psi)).double().numpy()
        start, origin = self._start(snapshot.step, here)
        if losses is None or start == snapshot.step:
            return Picture({}), (math.nan, math.nan)

        def field(point: FloatArray) -> FloatArray:
            flat = torch.from_numpy(point).to(theta)
            return vector_field(losses, flat[: len(theta)], flat[len(theta) :]).double().numpy()

        angle = path_angle(field, origin, here, SHARES)
        row = tuple(float(np.interp(share, angle.shares, angle.cosine)) for share in (0.0, 1.0))
        arrays = {name: values.astype(np.float32) for name, values in angle._asdict().items()}
        return Picture(dict(arrays), {"start": float(start)} | dict(zip(self.COLUMNS, row, strict=True))), row

    def _start(self, step: int, here: FloatArray) -> tuple[int, FloatArray]:
        """Step and state at which the path to this one starts; keeps this one where it is due."""
        kept = self._kept
        if kept and step < kept[-1][0]:
            kept.clear()
        if not kept or (step > kept[-1][0] and step >= _AHEAD * kept[-1][0]):
            kept.append((step, here))
        return kept[0]
