"""How steep the discriminator can be at all, beside how steep it is found to be."""

import math
from functools import cached_property

import torch

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.data.distribution import Samples
from ganlab_desktop.gan.penalties.gradient_penalty import interpolate
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study
from ganlab_desktop.measure.theory.lipschitz import lipschitz_bracket

POINTS = 512  # of each kind: real, generated, between
_NO_BOUND = {
    "layer": "layer norm divides by the spread of its features, which may be next to nothing",
    "batch": "batch norm divides by the spread of the batch, which may be next to nothing",
}


def no_bound(experiment: Experiment) -> str:
    """Why the discriminator's Lipschitz constant has no upper bound here; empty where it has one."""
    if experiment.discriminator.minibatch != "none":
        return "minibatch layers compare a sample with others, which the norms of the layers do not tell"
    return _NO_BOUND.get(experiment.discriminator.norm, "")


class Lipschitz(Study):
    """The bracket lower <= L <= upper of the discriminator's Lipschitz constant: its largest gradient at real,
    generated and interpolated samples, and the product of its layers' bounds, NaN where one has none. No arrays."""

    COLUMNS = ("lower", "upper")
    REST = 0.5
    SHARE = 0.05
    LIGHT = True

    @cached_property
    def _real(self) -> Samples:
        return self.data.held_out(Streams(self.seed).at(0, Stream.MEASURED_REAL, 7), POINTS)

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        real, fake = torch.from_numpy(self._real), torch.from_numpy(snapshot.generate(POINTS))
        between = interpolate(real, fake, Streams(self.seed).at(0, Stream.CRITIC_FIELD, 3))
        bracket = lipschitz_bracket(
            snapshot.discriminator,
            torch.cat((real, fake, between)),
            packing=snapshot.experiment.discriminator.packing,
            reference=snapshot.reference,
        )
        row = bracket.lower, math.nan if bracket.upper is None else bracket.upper
        return Picture({}, dict(zip(self.COLUMNS, row, strict=True))), row
