"""How near generated images of held-out pairs come to their targets, over the run."""

import math

import numpy as np

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.gan.data.images import PairedImages
from ganlab_desktop.gan.objectives import Objective
from ganlab_desktop.measure.pairs import Nearness, nearness
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study

PAIRS = 250


class Pairs(Study):
    """Of the generator's average where it is kept, on the first pairs that are looked at. Numbers: see Nearness."""

    COLUMNS = Nearness._fields
    REST = 1.0
    SHARE = 0.1
    IMAGES = True
    WHOLE = True

    @classmethod
    def fits(cls, experiment: Experiment, data: Distribution, objective: Objective) -> bool:
        return experiment.translates

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        data = self.data
        assert isinstance(data, PairedImages)
        assert data.image is not None
        assert data.input_image is not None
        targets, inputs = (images[:PAIRS] for images in data.shown_pairs)
        made = snapshot.generate(len(targets), average=True)
        if not np.isfinite(made).all():
            return Picture({}), (math.nan,) * len(self.COLUMNS)
        found = nearness(made, targets, inputs, data.image, data.input_image)
        return Picture({}, found._asdict()), tuple(found)
