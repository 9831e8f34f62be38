"""How good the samples are, and how well the discriminator tells them from the data."""

import math
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from ganlab_desktop.gan.data.distribution import Samples
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.metrics.discrimination import discrimination, held_out_gap
from ganlab_desktop.measure.metrics.matched_kernel import SAMPLES, MatchedKernel
from ganlab_desktop.measure.metrics.precision_recall import PrecisionRecall, f_scores, precision_recall_curve
from ganlab_desktop.measure.metrics.support_size import support_size
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study
from ganlab_desktop.measure.theory.transport import sliced_w2

POINTS = 1000  # of each kind: held out, training, generated
_ANGLES = 201


class Quality(Study):
    """Of the samples (of the generator's average where it is kept): the precision-recall curve of distributions with
    its F_1/8 and F_8, the support size and the sliced W2, each beside what true samples score. Of the discriminator,
    against the generator that plays: its accuracies, the mean D(G(z)) where it outputs logits, and its held-out gap.

    Arrays: curve and truth (A, 2) of recall and precision, of generated and of true samples at the same scale `h`.
    """

    COLUMNS = (
        *("accuracy_real", "accuracy_fake", "mean_fake", "held_out_gap"),
        *("support_size", "support_truth", "sliced_w2", "sliced_w2_floor", "precision", "recall"),
    )
    REST = 0.8
    SHARE = 0.05
    JUDGES = False

    @cached_property
    def _kernel(self) -> MatchedKernel:
        return MatchedKernel(self.data)

    @cached_property
    def _real(self) -> Samples:
        return self.data.held_out(Streams(self.seed).at(0, Stream.MEASURED_REAL, 2), POINTS)

    @cached_property
    def _others(self) -> Samples:
        """True samples in the place of generated ones."""
        return self.data.held_out(Streams(self.seed).at(0, Stream.MEASURED_REAL, 3), SAMPLES)

    @cached_property
    def _truth(self) -> tuple[float, float]:
        """The support size and the sliced W2 of true samples."""
        others = self._others[:POINTS]
        return self._support(others), sliced_w2(self._real.astype(np.float64), others.astype(np.float64))

    @cached_property
    def _best(self) -> NDArray[np.float32]:
        return _as_points(self._curve(self._others))

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        samples = snapshot.generate(SAMPLES, average=True)
        arrays: dict[str, NDArray[np.generic]] = {}
        recall = precision = math.nan
        if self.data.has_density:
            curve = self._curve(samples)
            recall, precision = f_scores(curve)
            arrays = {"curve": _as_points(curve), "truth": self._best}
        support, support_truth = math.nan, self._truth[0]
        distance, floor = math.nan, self._truth[1]
        fake = samples[:POINTS]
        if np.isfinite(fake).all():
            support = self._support(fake)
            distance = sliced_w2(self._real.astype(np.float64), fake.astype(np.float64))
        row = (*self._judged(snapshot), support, support_truth, distance, floor, precision, recall)
        numbers = dict(zip(self.COLUMNS, row, strict=True))
        return Picture(arrays, numbers | ({"h": self._kernel.h} if arrays else {})), row

    def _judged(self, snapshot: Snapshot) -> Row:
        """The discriminator's four columns; NaN where one does not apply."""
        objective, training = snapshot.objective, self.data.train_points
        if not objective.judges:
            return (math.nan,) * 4
        with torch.no_grad():
            v_real, v_fake = (
                objective.rating(judge(torch.from_numpy(points))).double().numpy().ravel()
                for judge, points in (
                    (snapshot.judge, self._real),
                    (snapshot.judge_fake, snapshot.generate(POINTS)),
                )
            )
            gap = math.nan
            if training is not None:
                seen = training[Streams(self.seed).at(0, Stream.MEASURED_REAL, 5).permutation(len(training))[:POINTS]]
                v_seen = objective.rating(snapshot.judge(torch.from_numpy(seen))).double().numpy()
                gap = held_out_gap(v_seen, v_real)
        if objective.rated_border is None or not np.isfinite([*v_real, *v_fake]).all():
            return math.nan, math.nan, math.nan, gap
        found = discrimination(v_real, v_fake, objective.rated_border)
        return found.real, found.fake, found.mean_fake if objective.output == "probability" else math.nan, gap

    def _support(self, samples: Samples) -> float:
        size = support_size(samples, self.data.detail / 2)
        return size if math.isfinite(size) else math.nan

    def _curve(self, samples: Samples) -> PrecisionRecall:
        return precision_recall_curve(self._kernel.p, self._kernel.smoothed(samples), _ANGLES)


def _as_points(curve: PrecisionRecall) -> NDArray[np.float32]:
    return np.stack((curve.recall, curve.precision), axis=1).astype(np.float32)
