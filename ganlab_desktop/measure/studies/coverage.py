"""Mode coverage as the panel shows it: who is reached, how well, and how far the whole is from the data."""

import math
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.gan.data.distribution import Distribution, Labels
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.metrics.class_agreement import class_agreement
from ganlab_desktop.measure.metrics.matched_kernel import SAMPLES, MatchedKernel
from ganlab_desktop.measure.metrics.modes import (
    dense_share,
    density_threshold,
    high_quality_ceiling,
    mode_coverage,
    reverse_kl_floor,
)
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study

COUNTED = 2500  # samples for the mode counts, as in the published protocols


class Coverage(Study):
    """Of the generator's average where it is kept, else of the generator itself.

    Array: shares (K,) of the modes. Numbers: COLUMNS, `modes`, how many there are, and `h`; where the data have modes
    also captured_quarter, mode_kl (the reverse KL of ModeCoverage) with mode_kl_floor, and `ceiling`, the high-quality
    share of true samples; in a conditional game class_agreement.
    """

    COLUMNS = ("captured", "high_quality", "jsd", "jsd_floor")
    REST = 0.4
    SHARE = 0.03
    LIGHT = True
    WHOLE = True
    SAMPLES: ClassVar[int] = SAMPLES
    JUDGES = False

    def __init__(self, data: Distribution, seed: int) -> None:
        super().__init__(data, seed)
        streams = Streams(seed)
        self._kernel = MatchedKernel(data) if data.has_density else None
        self._floor = self._kernel.floor(streams.at(0, Stream.MEASURED_REAL)).jsd if self._kernel else math.nan
        self._threshold = math.nan
        if data.modes is None and data.has_density:
            self._threshold = density_threshold(data, streams.at(0, Stream.MEASURED_REAL, 1))

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        asked = None if snapshot.asked is None else snapshot.asked.numpy()
        return self.measure(snapshot.generate(SAMPLES, average=True), asked)

    def measure(self, samples: NDArray[np.float32], asked: Labels | None = None) -> tuple[Picture, Row]:
        """Picture and row for samples (N, dim) and the classes that they were asked for (N,). Of each mode the picture
        has the share of samples that it is the nearest to, and of those of high quality among them."""
        captured = high_quality = jsd = h = math.nan
        numbers: dict[str, float] = {}
        shares = near = np.empty(0)
        counted = samples[:COUNTED]
        if self.data.modes is not None:
            coverage = mode_coverage(counted, self.data.modes)
            captured, high_quality, shares = float(coverage.captured), coverage.high_quality, coverage.shares
            near = coverage.hits / len(counted)
            numbers = {
                "captured_quarter": float(coverage.captured_quarter),
                "mode_kl": coverage.reverse_kl,
                "mode_kl_floor": reverse_kl_floor(self.data.modes, len(counted)),
                "ceiling": high_quality_ceiling(self.data.dim),
            }
        elif self._kernel is not None:
            high_quality = dense_share(counted, self.data, self._threshold)
        if self._kernel is not None:
            jsd, h = self._kernel.measure(samples).jsd, self._kernel.h
        numbers |= {
            "captured": captured,
            "modes": float(len(shares)),
            "high_quality": high_quality,
            "jsd": jsd,
            "jsd_floor": self._floor,
            "h": h,
        }
        if asked is not None:
            numbers["class_agreement"] = class_agreement(self.data, counted, asked[:COUNTED])
        arrays: dict[str, NDArray[np.generic]] = {"shares": shares.astype(np.float32), "near": near.astype(np.float32)}
        return Picture(arrays, numbers), (captured, high_quality, jsd, self._floor)
