"""How much the generated images are like real ones, over the run."""

import math

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.gan.data.images import ImageSet
from ganlab_desktop.gan.objectives import Objective
from ganlab_desktop.measure.likeness import Comparison, Likeness, compare_with, no_comparison
from ganlab_desktop.measure.metrics.spectrum import frequencies, power_spectrum
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study
from ganlab_desktop.places import classifiers_directory


class Likenesses(Study):
    """Of the generator's average where it is kept. The first look trains a classifier of the data, once for each set.

    Arrays: extractor, the name of the feature map as UTF-8 bytes; spectra (2, F), of held-out and of generated images
    at frequencies (F,), see metrics/spectrum.py; of labelled data shares and weights (K,), of the samples read as each
    class and of the data; real_points and fake_points (N, 2), held-out and generated images on the first two principal
    components of the former's features. Numbers: see Likeness; explained, the share of their variance that these
    components hold.
    """

    COLUMNS = Likeness._fields
    REST = 3.0
    SHARE = 0.15
    SLOW = True
    WHOLE = True
    IMAGES = True
    JUDGES = False

    def __init__(self, data: Distribution, seed: int) -> None:
        super().__init__(data, seed)
        self._comparison: Comparison | None = None

    @classmethod
    def fits(cls, experiment: Experiment, data: Distribution, objective: Objective) -> bool:
        return isinstance(data, ImageSet) and not no_comparison(data)

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        assert isinstance(self.data, ImageSet)
        if self._comparison is None:
            self._comparison = compare_with(self.data, self.seed, classifiers_directory(), snapshot.wanted)
        if self._comparison is None:
            return Picture({}), (math.nan,) * len(self.COLUMNS)
        comparison = self._comparison
        images = snapshot.generate(comparison.count, average=True)
        asked = None if snapshot.asked is None else np.resize(snapshot.asked.numpy(), len(images))
        found, shares = comparison.measure(images, asked)
        name = np.frombuffer(comparison.extractor.name.encode(), np.uint8)
        arrays: dict[str, NDArray[np.generic]] = {"extractor": name}
        numbers = found._asdict()
        if np.isfinite(images).all() and self.data.image is not None:
            spectra = comparison.spectrum, power_spectrum(images, self.data.image)
            arrays |= {"frequencies": frequencies(self.data.image), "spectra": np.stack(spectra)}
            seen = comparison.scatter(images)
            arrays |= {"real_points": seen.real, "fake_points": seen.fake}
            numbers["explained"] = seen.share
        if len(shares):
            arrays |= {"shares": shares, "weights": self.data.class_weights}
        return Picture(arrays, numbers), tuple(found)
