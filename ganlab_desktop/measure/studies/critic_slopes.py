"""How steep the discriminator of images is, where it is trained: the critic field of data that have no plane."""

import math
from functools import cached_property, partial

import numpy as np
import torch

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.data.distribution import Distribution, Samples
from ganlab_desktop.gan.networks.conditioning import Given
from ganlab_desktop.gan.objectives import Objective
from ganlab_desktop.gan.penalties import gradient_norms, input_gradient
from ganlab_desktop.gan.penalties.gradient_penalty import interpolate
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.probes.critic_field import slope_histograms
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study, held_out
from ganlab_desktop.measure.theory.lipschitz import UnboundedError, lipschitz_bound

POINTS = 128  # of each kind: held out, generated, between
_LEAST = 1e-6  # up to where the histogram goes at least: slopes by a pixel's value may be small


class CriticSlopes(Study):
    """|grad D| at held-out, generated and interpolated images, each under its own class or beside its own input, and
    the product of the layers' bounds, NaN where one has none.

    Arrays: edges (B + 1,), and real, fake and between (B,), the densities of the norm. Numbers: mean and max of all
    norms, upper. The row holds the mean norm of each kind, the largest of all and the bound, lower <= L <= upper.
    """

    COLUMNS = ("real", "fake", "between", "lower", "upper")
    REST = 0.5
    SHARE = 0.1
    SLOW = True
    IMAGES = True
    WHOLE = True

    @classmethod
    def fits(cls, experiment: Experiment, data: Distribution, objective: Objective) -> bool:
        return data.image is not None

    @cached_property
    def _fresh(self) -> tuple[Samples, torch.Tensor | None]:
        return held_out(self.data, Streams(self.seed).at(0, Stream.MEASURED_REAL, 13), POINTS)

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        images, told = self._fresh
        real = torch.from_numpy(images)
        fake = torch.from_numpy(snapshot.generate(len(images), condition=told))
        between = interpolate(real, fake, Streams(self.seed).at(0, Stream.CRITIC_FIELD, 4))
        looks = (snapshot.judge, real), (snapshot.judge_fake, fake), (snapshot.judge, between)
        slopes = [gradient_norms(input_gradient(partial(judge, condition=told), points)) for judge, points in looks]
        norms, upper = torch.stack(slopes).numpy(), _bound(snapshot)
        mean, largest = float(norms.mean()), float(norms.max())
        numbers = {"mean": mean, "max": largest, "upper": upper}
        return Picture(slope_histograms(norms, _LEAST), numbers), (*norms.mean(1).tolist(), largest, upper)


def _bound(snapshot: Snapshot) -> float:
    """An upper bound of D's Lipschitz constant, of any class; NaN where none is known."""
    network = snapshot.discriminator
    try:
        bound = lipschitz_bound(network.network if isinstance(network, Given) else network)
    except UnboundedError:
        return math.nan
    return math.sqrt(snapshot.experiment.discriminator.packing) * bound if np.isfinite(bound) else math.nan
