"""What a study is: a slow look at the networks as they were at one step, on a thread of its own."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.networks.minibatch import judged
from ganlab_desktop.gan.objectives import Objective
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.probes import Picture, View

Row = tuple[float, ...]

_CACHED = 4096  # points at a time, whose activations stay in the processor's cache: three times as fast


@dataclass(frozen=True)
class Snapshot:
    """The networks at a step, as copies on the CPU in eval mode. `generator` is the one that plays, `average` its
    moving average where that is kept, else the same; `view` is what the canvas shows, `reference` the real batch beside
    which a discriminator that compares samples judges one. A look that takes seconds asks whether it is still `wanted`.
    """

    step: int
    experiment: Experiment
    data: Distribution
    objective: Objective
    generator: nn.Module
    average: nn.Module
    discriminator: nn.Module
    view: View
    reference: Tensor | None = None
    wanted: Callable[[], bool] = lambda: True

    def judge(self, points: Tensor) -> Tensor:
        """The discriminator's raw output (N, 1) for points (N, dim), each on its own."""
        packing = self.experiment.discriminator.packing
        parts = torch.split(points, _CACHED)
        return torch.cat([judged(self.discriminator, part, packing, self.reference) for part in parts])

    def latents(self, count: int) -> Tensor:
        """The first of the latents (count, latent dim) that every study looks at."""
        rng = Streams(self.experiment.seed).at(0, Stream.MEASURED_LATENT)
        return torch.from_numpy(draw_latent(self.experiment.latent, rng, count))

    def generate(self, count: int, *, average: bool = False) -> NDArray[np.float32]:
        """Samples (count, dim) from these."""
        with torch.no_grad():
            made: Tensor = (self.average if average else self.generator)(self.latents(count))
        samples: NDArray[np.float32] = made.numpy()
        return samples


class Study(ABC):
    """Looks at one distribution again and again; what depends on the data alone is computed once.

    `COLUMNS` names the values of its time series, none for a study without one; `REST` is the least number of seconds
    from one look's beginning to the next one's, `SHARE` the most of one core's time that it takes; `FOLLOWS_VIEW` tells
    whether it depends on what the canvas shows, `ALWAYS` whether it is wanted whenever the run trains, whoever watches,
    `SLOW` whether a look takes so long that others must not wait for it: it then has a thread of its own. Above 0,
    `SPACING` thins the time series: a row is kept once the run on these data has grown by such a share of its length,
    so that the number of rows grows with its logarithm.
    """

    COLUMNS: ClassVar[tuple[str, ...]]
    REST: ClassVar[float]
    SHARE: ClassVar[float]
    FOLLOWS_VIEW: ClassVar[bool] = False
    ALWAYS: ClassVar[bool] = False
    SLOW: ClassVar[bool] = False
    SPACING: ClassVar[float] = 0.0

    def __init__(self, data: Distribution, seed: int) -> None:
        self.data, self.seed = data, seed

    @classmethod
    def fits(cls, experiment: Experiment, data: Distribution, objective: Objective) -> bool:
        """Whether there is anything to see in such a game; where not, it is not looked at."""
        return True

    @abstractmethod
    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        """The panel's picture and the time series' row (see COLUMNS); NaN where nothing fits."""
