"""From a data spec to the distribution that a game trains on."""

from functools import singledispatch
from typing import Any

from ganlab_desktop.experiment.data import Points
from ganlab_desktop.experiment.images import ImageSpec, Paired
from ganlab_desktop.gan.data import boards, curves, ganlab_sets, mixtures, pinwheels  # noqa: F401  they register
from ganlab_desktop.gan.data.create import create
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.gan.data.images import PairedImages, image_set
from ganlab_desktop.gan.data.points import read_points
from ganlab_desktop.gan.data.training_set import TrainingSet


@singledispatch
def build(spec: Any, seed: int = 0) -> Distribution:
    """The distribution of a spec of experiment.data; `seed` fixes the training set where n_train asks for one.

    Raises ExperimentError where the spec's file or its sigma cannot be used.
    """
    exact = create(spec)
    return TrainingSet(exact, spec.n_train, seed) if spec.n_train else exact


@build.register
def _(spec: Points, seed: int = 0) -> Distribution:
    return read_points(spec, seed)


@build.register
def _(spec: ImageSpec, seed: int = 0) -> Distribution:
    return image_set(spec, seed)


@build.register
def _(spec: Paired, seed: int = 0) -> Distribution:
    return PairedImages(spec, seed)
