"""How likely held-out samples are under a variational autoencoder, and what becomes of them in it."""

import math
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import as_bytes
from ganlab_desktop.gan.data.distribution import Distribution, Samples
from ganlab_desktop.gan.networks.encoder import Encoder
from ganlab_desktop.gan.objectives import Objective
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.metrics.evidence import Evidence, evidence
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study

SAMPLES = 250  # held-out
DRAWS, DRAWS_OF_IMAGES = 50, 20  # latents of each sample: images are slow to decode
SHOWN_IMAGES, SHOWN_POINTS = 24, 200


class Likelihood(Study):
    """Of the decoder that plays, with its encoder, in nats per sample; log_density, the mean log density of the same
    samples under the data's own, which no model exceeds but by chance; NaN where that is not known.

    Arrays: original and decoded, held-out samples and what the decoder makes of the mean of their latents: bytes
    (N, H, W, C), or points (N, dim).
    """

    COLUMNS = (*Evidence._fields, "log_density")
    REST = 1.0
    SHARE = 0.1
    SLOW = True
    IMAGES = True
    JUDGES = False

    @cached_property
    def _real(self) -> Samples:
        return self.data.held_out(Streams(self.seed).at(0, Stream.MEASURED_REAL, 8), SAMPLES)

    @cached_property
    def _log_density(self) -> float:
        return mean_log_density(self.data, self._real)

    @classmethod
    def fits(cls, experiment: Experiment, data: Distribution, objective: Objective) -> bool:
        return experiment.autoencodes

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        draws = DRAWS if self.data.image is None else DRAWS_OF_IMAGES
        row = (*evidence_of(snapshot, self._real, draws), self._log_density)
        return Picture(self._decoded(snapshot), dict(zip(self.COLUMNS, row, strict=True))), row

    def _decoded(self, snapshot: Snapshot) -> dict[str, NDArray[np.generic]]:
        original = self._real[: SHOWN_POINTS if self.data.image is None else SHOWN_IMAGES]
        with torch.no_grad():
            decoded = snapshot.generator(encoder_of(snapshot).encode(torch.from_numpy(original)).mean).numpy()
        if self.data.image is None:
            return {"original": original, "decoded": decoded}
        return {name: as_bytes(some, self.data.image) for name, some in (("original", original), ("decoded", decoded))}


def encoder_of(snapshot: Snapshot) -> Encoder:
    """The encoder in the discriminator's place."""
    encoder = snapshot.discriminator
    assert isinstance(encoder, Encoder)
    return encoder


def evidence_of(snapshot: Snapshot, samples: Samples, draws: int) -> Evidence:
    """Of samples (N, D), from so many latents of each, which are always the same."""
    rng = Streams(snapshot.experiment.seed).at(0, Stream.MEASURED_POSTERIOR)
    return evidence(encoder_of(snapshot), snapshot.generator, torch.from_numpy(samples), draws, rng)


def mean_log_density(data: Distribution, samples: Samples) -> float:
    """The mean log density of samples (N, D) under the data's own, in nats; NaN where that is not known."""
    known = data.log_density(samples.astype(np.float64)) if data.has_density else None
    return math.nan if known is None else float(known.mean())
