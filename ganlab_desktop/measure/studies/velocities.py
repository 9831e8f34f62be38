"""What the losses make of the discriminator's gradient: how fast each generated sample is sent on its way."""

import math
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from ganlab_desktop.gan.data.distribution import FloatArray, Samples
from ganlab_desktop.gan.penalties import input_gradient
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.known import generated_gaussian
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study
from ganlab_desktop.measure.studies.truth import no_density
from ganlab_desktop.measure.theory.velocity import (
    exact_ideal_velocity,
    generator_slopes,
    ideal_velocity,
    particle_velocities,
)

POINTS = 400  # of each kind
_DENSITY = 4000  # further samples whose kernel density stands for q
_SCALE = {1: 0.5, 2: 2.0}  # by dimension, of the data's detail: at finer ones the slope of such a density is noise
BINS = 30  # of equal width, from the least to the largest output


class Velocities(Study):
    """Lengths of the generated samples' velocities, see theory/velocity.py: `saturating` and `non_saturating` as the
    log losses would make them of the raw outputs v, `own` as the objective in use does, |d l/d v| |grad v|, and
    `ideal`, |grad log p/q|, where both densities exist: exact where q is a Gaussian in closed form, else both seen
    through one kernel of the standard deviation `h`.

    A packing discriminator is asked about (x, ..., x). Arrays: edges (B + 1,) and density (B,) of v; and of the
    samples in each bin that has some, G of them: output (G,), the median v, ascending; saturating, non_saturating, own,
    ideal (G,), log10 of the median length, -inf where that is too small for a double. Numbers: the medians over all
    samples, `ratio`, the median of non_saturating over saturating, which is e^-v, and ideal_floor, the median ideal of
    true samples in the place of generated ones, which is chance alone; 0 where the ideal is exact.
    """

    COLUMNS = ("own", "saturating", "non_saturating", "ideal")
    REST = 0.5
    SHARE = 0.05

    @cached_property
    def _real(self) -> Samples:
        return self.data.held_out(Streams(self.seed).at(0, Stream.MEASURED_REAL, 8), POINTS)

    @property
    def _h(self) -> float:
        return _SCALE[self.data.dim] * self.data.detail

    @cached_property
    def _floor(self) -> float:
        true = self.data.held_out(Streams(self.seed).at(0, Stream.MEASURED_REAL, 12), POINTS + _DENSITY)
        return _median(np.linalg.norm(ideal_velocity(self.data, true[POINTS:], true[:POINTS], self._h), axis=1))

    def _ideal(self, snapshot: Snapshot, samples: Samples) -> tuple[FloatArray, float, float]:
        """The ideal velocities (N,) of the first samples, the kernel's width, and the floor."""
        q = generated_gaussian(snapshot)
        if q is not None and np.linalg.matrix_rank(q.covariance, hermitian=True) == self.data.dim:
            exact = exact_ideal_velocity(self.data, *q, samples[:POINTS])
            return np.linalg.norm(exact, axis=1), 0.0, 0.0
        ideal = ideal_velocity(self.data, samples[POINTS:], samples[:POINTS], self._h)
        return np.linalg.norm(ideal, axis=1), self._h, self._floor

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        samples = snapshot.generate(POINTS + _DENSITY)
        fake = torch.from_numpy(samples[:POINTS])
        with torch.no_grad():
            v_real, v_fake = snapshot.judge(torch.from_numpy(self._real)), snapshot.judge_fake(fake)
        v, gradients = (
            tensor.double().numpy() for tensor in (v_fake.ravel(), input_gradient(snapshot.judge_fake, fake).flatten(1))
        )
        if not np.isfinite(v).all():
            return Picture({}), (math.nan,) * len(self.COLUMNS)
        of_log_losses = particle_velocities(v, gradients)
        slopes = generator_slopes(snapshot.objective, v_real, v_fake).double().numpy()
        lengths = {
            "own": slopes * np.linalg.norm(gradients, axis=1),
            "saturating": np.linalg.norm(of_log_losses.saturating, axis=1),
            "non_saturating": np.linalg.norm(of_log_losses.non_saturating, axis=1),
        }
        h = floor = math.nan
        if not no_density(snapshot.experiment, self.data):
            lengths["ideal"], h, floor = self._ideal(snapshot, samples)
        density, edges = np.histogram(v, BINS, density=True)
        bins = np.digitize(v, edges[1:-1])
        groups = [bins == number for number in np.unique(bins)]
        arrays: dict[str, NDArray[np.generic]] = {"output": np.array([np.median(v[g]) for g in groups], np.float32)}
        with np.errstate(divide="ignore"):
            for name, length in lengths.items():
                arrays[name] = np.log10([_median(length[g]) for g in groups]).astype(np.float32)
        arrays |= {"edges": edges.astype(np.float32), "density": density.astype(np.float32)}
        row = tuple(_median(lengths.get(name, np.empty(0))) for name in self.COLUMNS)
        with np.errstate(over="ignore"):
            ratio = float(np.exp(-np.median(v)))
        numbers = dict(zip(self.COLUMNS, row, strict=True)) | {"ratio": ratio, "ideal_floor": floor, "h": h}
        return Picture(arrays, numbers), row


def _median(lengths: FloatArray) -> float:
    """Of the finite ones: far from all data the ideal velocity is not known. NaN where none is."""
    finite = lengths[np.isfinite(lengths)]
    return float(np.median(finite)) if len(finite) else math.nan
