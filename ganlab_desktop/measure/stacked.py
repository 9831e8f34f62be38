"""The classifier of stacked digits, which reads each channel of an image as a digit of its own."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ganlab_desktop.experiment.images import Shape
from ganlab_desktop.gan.data.distribution import FloatArray, Labels, Samples
from ganlab_desktop.measure.classifier import Classifier, classifier


class StackedClassifier(Classifier):
    """Of images (N, C H W) whose class is the number that the digits of their channels write, the first one first.

    A network of its own for all numbers would see each of them too rarely; the modes of stacked digits are counted by a
    classifier of single digits (Metz et al. 2017, section 3.3.1; Lin et al. 2018). `shape` is that of one channel.
    """

    def features(self, images: Samples) -> FloatArray:
        """Those of the channels, one after the other: (N, C FEATURES)."""
        return super().features(images).reshape(len(images), -1)

    def probabilities(self, images: Samples) -> FloatArray:
        """The products of the channels' probabilities: (N, K^C)."""
        single = super().probabilities(images)
        channels = single.reshape(len(images), -1, single.shape[1]).transpose(1, 0, 2)
        joint = np.ones((len(images), 1))
        for channel in channels:
            joint = (joint[:, :, None] * channel[:, None, :]).reshape(len(images), -1)
        return joint

    def predictions(self, images: Samples) -> Labels:
        single = super().probabilities(images)
        digits = single.argmax(1).reshape(len(images), -1)
        labels: Labels = digits @ single.shape[1] ** np.arange(digits.shape[1])[::-1]
        return labels


def stacked_classifier(
    data: str, images: Samples, labels: Labels, shape: Shape, folder: Path, wanted: Callable[[], bool]
) -> StackedClassifier | None:
    """The classifier of a set of stacked digits (N, C H W) that write the numbers `labels` (N,), by the distinct digits
    that they are made of; None once it is no longer `wanted`."""
    channels, height, width = shape
    digits = labels[:, None] // 10 ** np.arange(channels)[::-1] % 10
    singles = np.asarray(images).reshape(-1, height * width)
    distinct, first = np.unique(singles, axis=0, return_index=True)
    single = (1, height, width)
    found = classifier(f"each channel of {data}", distinct, digits.ravel()[first], single, folder, wanted=wanted)
    if found is None:
        return None
    return StackedClassifier(found.name, single, found.trunk, found.head, found.accuracy)
