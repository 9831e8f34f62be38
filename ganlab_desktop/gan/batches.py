"""What is drawn for an iteration: each batch is a pure function of the seed, the step, a stream and an index."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.schedules import noise_std
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.gan.labels import draw_labels
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.networks.reference import Reference
from ganlab_desktop.gan.noise import jittered
from ganlab_desktop.gan.streams import Stream, Streams


class Batches:
    """Draws batches on the device, and gives samples the form in which the discriminator takes them."""

    def __init__(self, streams: Streams, device: torch.device, experiment: Experiment, data: Distribution) -> None:
        self.streams, self.device = streams, device
        self.follow(experiment, data)

    def follow(self, experiment: Experiment, data: Distribution) -> None:
        """Take over a changed experiment and its data."""
        self.experiment, self.data = experiment, data
        self.size = experiment.schedule.batch_size

    def real(self, step: int, stream: Stream, index: int) -> tuple[Tensor, Tensor | None]:
        """A batch (B, dim) of the data and what the networks are told of it: in a conditional game the classes (B,),
        where images are translated those that are given (B, D), else None."""
        return self._told(self.streams.at(step, stream, index), self.size)

    def labels(self, step: int, index: int) -> Tensor | None:
        """Classes (B,) for a batch to generate, as likely as in the data; None where the game is not conditional."""
        if not self.experiment.conditional:
            return None
        return self.tensor(draw_labels(self.data.class_weights, self.streams.at(step, Stream.LABELS, index), self.size))

    def latent(self, step: int, stream: Stream, index: int) -> Tensor:
        """A batch (B, L) of latents."""
        return self.tensor(draw_latent(self.experiment.latent, self.streams.at(step, stream, index), self.size))

    def noisy(self, samples: Tensor, step: int, index: int) -> Tensor:
        """Samples (B, ...) as the discriminator sees them: under instance noise, where there is some.

        `index` tells the batches of an iteration apart: a turn's number times four, plus 0 for its real batch, 1 for
        its fake one, 2 and 3 for the generator's own.
        """
        std = noise_std(self.experiment.instance_noise, step)
        if not std:
            return samples
        return jittered(samples, std, self.streams.at(step, Stream.INSTANCE_NOISE, index))

    def packed(self, samples: Tensor) -> Tensor:
        """Samples (B, dim) as the discriminator takes them: packs (B / m, m dim) of m neighbours."""
        packing = self.experiment.discriminator.packing
        return samples if packing == 1 else samples.reshape(-1, packing * samples.shape[1])

    def reference(self) -> Reference | None:
        """The real batch beside which single samples are judged. None where the discriminator judges each alone.

        Where layers compare samples, it and a sample make one batch; batch norm alone takes a whole batch's statistics.
        """
        discriminator = self.experiment.discriminator
        compares = discriminator.minibatch != "none"
        if not compares and discriminator.norm != "batch":
            return None
        rng = self.streams.at(0, Stream.SHOWN_REAL, 1)  # index 0 are the points at which gradients are shown
        count = self.size - discriminator.packing * compares
        batch, condition = self._told(rng, count)
        return Reference(self.packed(batch), condition)

    def _told(self, rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor | None]:
        if not (self.experiment.conditional or self.experiment.translates):
            return self.tensor(self.data.sample(rng, count)), None
        samples, condition = self.data.told(rng, count)
        return self.tensor(samples), self.tensor(condition)

    def tensor(self, array: NDArray[np.float32] | NDArray[np.int64]) -> Tensor:
        """The array on the device."""
        tensor = torch.from_numpy(array)
        return tensor if self.device.type == "cpu" else tensor.to(self.device)
