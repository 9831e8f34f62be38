"""What a study is: a slow look at the networks as they were at one step, beside the training."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.data.distribution import Distribution, Samples
from ganlab_desktop.gan.data.images import PairedImages
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.labels import draw_labels
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.networks.conditioning import Given, given
from ganlab_desktop.gan.networks.reference import Reference, judged
from ganlab_desktop.gan.objectives import Objective
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.probes import Picture, View

Row = tuple[float, ...]

_ASKED = 10_000  # classes that are asked for, in turn
_OF_REFERENCE = 1 << 16  # index of the generated reference's draws, beside those of the studies
_CACHED = 4096  # points at a time, whose activations stay in the processor's cache: three times as fast


@dataclass(frozen=True)
class Snapshot:
    """The networks at a step, as copies on the CPU in eval mode. `generator` is the one that plays, `average` its
    moving average where that is kept, else the same; `view` is what the canvas shows, `reference` the real batch beside
    which a discriminator whose layers mix a batch judges one sample. A look that takes seconds asks again and again
    whether it is still `wanted`.

    In a conditional game `told` gives the networks their labels, so that they are functions of latents and of samples
    alone: the generator makes samples of the classes `asked`, the discriminator judges as for the class shown. Where
    images are translated, it gives them held-out images: the generator's i-th sample is made of the i-th of these, and
    the discriminator judges it beside that one.
    """

    step: int
    experiment: Experiment
    data: Distribution
    objective: Objective
    generator: nn.Module
    average: nn.Module
    discriminator: nn.Module
    view: View
    reference: Reference | None = None
    asked: Tensor | None = None
    wanted: Callable[[], bool] = lambda: True

    def told(self) -> "Snapshot":
        """The same with networks that have their labels: all classes are asked for, as often as in the data."""
        if self.experiment.translates:
            assert isinstance(self.data, PairedImages)
            inputs = torch.from_numpy(self.data.shown_pairs[1])
            return self._under(inputs, inputs)
        if not self.experiment.conditional:
            return self
        rng = Streams(self.experiment.seed).at(0, Stream.MEASURED_LABELS)
        return self._told(torch.from_numpy(draw_labels(self.data.class_weights, rng, _ASKED)))

    def of_shown_class(self) -> "Snapshot":
        """The game of the class shown, which is one of its own: p(x|y) against q(x|y) under D(x, y). The same where
        the discriminator is not told classes, which then judges all of them as one."""
        if self.experiment.translates or not isinstance(self.discriminator, Given):
            return self
        label = self.view.label
        return replace(self._told(torch.tensor([label])), data=self.data.of_class(label))

    def _told(self, asked: Tensor) -> "Snapshot":
        return replace(self._under(asked, torch.tensor([self.view.label])), asked=asked)

    def _under(self, condition: Tensor, judging: Tensor) -> "Snapshot":
        return replace(
            self,
            generator=given(self.generator, condition),
            average=given(self.average, condition),
            discriminator=given(self.discriminator, judging),
        )

    def judge(self, points: Tensor, condition: Tensor | None = None) -> Tensor:
        """The discriminator's raw output (N, 1) for points (N, dim), each on its own; with a condition (N, ...), each
        under its own. Layers that mix a batch set each beside the real reference."""
        return self._judged(points, condition, self.reference)

    def judge_fake(self, points: Tensor, condition: Tensor | None = None) -> Tensor:
        """The same for points that are known to be generated: layers that mix a batch set each beside generated ones,
        as in training, where real and generated samples come in batches of their own."""
        return self._judged(points, condition, self.fake_reference)

    def _judged(self, points: Tensor, condition: Tensor | None, reference: Reference | None) -> Tensor:
        if not self.objective.judges:
            raise TypeError(self.objective.reason)
        packing, parts = self.experiment.discriminator.packing, torch.split(points, _CACHED)
        judges = [self.discriminator] * len(parts)
        if condition is not None:
            judges = [given(self.discriminator, told) for told in torch.split(condition, _CACHED)]
        return torch.cat([judged(judge, part, packing, reference) for judge, part in zip(judges, parts, strict=True)])

    @cached_property
    def fake_reference(self) -> Reference | None:
        """A batch of the generator that plays, like `reference`, and under the same condition."""
        if self.reference is None:
            return None
        batch, condition = self.reference
        count = len(batch) * self.experiment.discriminator.packing
        rng = Streams(self.experiment.seed).at(0, Stream.MEASURED_LATENT, _OF_REFERENCE)
        latents = torch.from_numpy(draw_latent(self.experiment.latent, rng, count))
        with torch.no_grad():
            made: Tensor = given(self.generator, condition)(latents)
        return Reference(made.reshape(batch.shape), condition)

    def latents(self, count: int) -> Tensor:
        """The first of the latents (count, latent dim) that every study looks at."""
        rng = Streams(self.experiment.seed).at(0, Stream.MEASURED_LATENT)
        return torch.from_numpy(draw_latent(self.experiment.latent, rng, count))

    def generate(self, count: int, *, average: bool = False, condition: Tensor | None = None) -> NDArray[np.float32]:
        """Samples (count, dim) from these, under this condition (count, ...) where given."""
        with torch.no_grad():
            network = self.average if average else self.generator
            network = given(network, condition) if condition is not None else network
            made: Tensor = network(self.latents(count))
        samples: NDArray[np.float32] = made.numpy()
        return samples


class Study(ABC):
    """Looks at one distribution again and again; what depends on the data alone is computed once.

    `COLUMNS` names the values of its time series, none for a study without one; `REST` is the least number of seconds
    from one look's beginning to the next one's, `SHARE` the most of one core's time that it takes; `FOLLOWS_VIEW` tells
    whether it depends on what the canvas shows, `ALWAYS` whether it is wanted whenever the run trains, whoever watches.
    `LIGHT` tells whether a look is a few milliseconds, no trouble where the training runs; other studies have a process
    of their own, and there the `SLOW` ones, for which others must not wait, a thread each. Above 0, `SPACING` thins the
    time series: a row is kept once the run on these data has grown by such a share of its length, so that the number of
    rows grows with its logarithm. `IMAGES` tells whether it can look at images, `WHOLE` whether it looks at a
    conditional game as a whole rather than at the game of the class shown, `JUDGES` whether it has nothing to say where
    there is no discriminator to ask.
    """

    COLUMNS: ClassVar[tuple[str, ...]]
    REST: ClassVar[float]
    SHARE: ClassVar[float]
    FOLLOWS_VIEW: ClassVar[bool] = False
    ALWAYS: ClassVar[bool] = False
    LIGHT: ClassVar[bool] = False
    SLOW: ClassVar[bool] = False
    SPACING: ClassVar[float] = 0.0
    IMAGES: ClassVar[bool] = False
    WHOLE: ClassVar[bool] = False
    JUDGES: ClassVar[bool] = True

    def __init__(self, data: Distribution, seed: int) -> None:
        self.data, self.seed = data, seed

    @classmethod
    def fits(cls, experiment: Experiment, data: Distribution, objective: Objective) -> bool:
        """Whether there is anything to see in such a game, beside what IMAGES and JUDGES tell (see `suits`)."""
        return True

    @abstractmethod
    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        """The panel's picture and the time series' row (see COLUMNS); NaN where nothing fits."""


def suits(kind: type[Study], game: Game) -> bool:
    """Whether a study has anything to see in a game."""
    seen = game.data.image is None or kind.IMAGES
    asked = game.objective.judges or not kind.JUDGES
    return seen and asked and kind.fits(game.experiment, game.data, game.objective)


def held_out(data: Distribution, rng: np.random.Generator, count: int) -> tuple[Samples, Tensor | None]:
    """Points (count, dim) that are not trained on, and what networks are told of them, where there is anything to tell:
    their classes (count,) or the images (count, D) that are given."""
    if not (data.classes or data.input_image):
        return data.held_out(rng, count), None
    points, told = data.told_held_out(rng, count)
    return points, torch.from_numpy(told)
