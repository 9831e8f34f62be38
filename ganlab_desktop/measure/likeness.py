"""How much generated images are like real ones, in the terms of a named feature map of the data at hand."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.gan.data.distribution import Labels, Rows, Samples
from ganlab_desktop.gan.data.images import ImageSet
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.classifier import Classifier, classifier
from ganlab_desktop.measure.extractor import Extractor, random_features
from ganlab_desktop.measure.metrics.class_coverage import class_coverage
from ganlab_desktop.measure.metrics.frechet_distance import feature_distance
from ganlab_desktop.measure.metrics.inception_score import inception_score
from ganlab_desktop.measure.metrics.kernel_distance import kernel_distance
from ganlab_desktop.measure.metrics.manifold_coverage import manifold_coverage
from ganlab_desktop.measure.metrics.memorisation import memorisation
from ganlab_desktop.measure.metrics.sharpness import sharpness
from ganlab_desktop.measure.metrics.spectrum import power_spectrum
from ganlab_desktop.measure.planes import principal_plane
from ganlab_desktop.measure.stacked import stacked_classifier

MOST = 1000  # images a side
SCATTERED = 250  # of them that are shown as points
_CLASSIFIED = 20_000  # training images that the classifier learns from at most
_FEWEST = 10  # of which anything can be said
_NEIGHBOURS = 5
_REAL, _TRAINING = 0, 1  # index of the draws


class Likeness(NamedTuple):
    """fid: Fréchet distance to held-out images, fid_floor: what as many training images score; kid: squared kernel
    distance. precision, recall, density, coverage: by balls of five neighbours among held-out images. nearer: how often
    a generated image is nearer to a training image than a held-out one is, 1/2 where nothing is copied. Of labelled
    data: inception, the Inception score by the data's own classifier, and inception_real, that of held-out images;
    present, present_quarter, class_kl, class_kl_floor: see metrics/class_coverage.py; class_agreement: the share of the
    images that are read as the class asked for. sharpness, sharpness_real: the mean variance of the Laplacian of
    generated and of held-out images. NaN where one does not apply."""

    fid: float = math.nan
    fid_floor: float = math.nan
    kid: float = math.nan
    precision: float = math.nan
    recall: float = math.nan
    density: float = math.nan
    coverage: float = math.nan
    nearer: float = math.nan
    inception: float = math.nan
    inception_real: float = math.nan
    present: float = math.nan
    present_quarter: float = math.nan
    class_kl: float = math.nan
    class_kl_floor: float = math.nan
    class_agreement: float = math.nan
    sharpness: float = math.nan
    sharpness_real: float = math.nan


class Scatter(NamedTuple):
    """Where real (N, 2) and fake (M, 2) images lie in a plane, which holds a `share` of the real ones' variance."""

    real: NDArray[np.float32]
    fake: NDArray[np.float32]
    share: float


class Comparison:
    """Held-out images of a set in the terms of `extractor`, with which as many generated ones are compared: `count`,
    which distances depend on; `real` are the held-out ones' features (count, F)."""

    def __init__(self, data: ImageSet, extractor: Extractor, seed: int) -> None:
        self.data, self.extractor = data, extractor
        self.count = min(MOST, len(data.held_out_images))
        streams = Streams(seed)
        real = _some(data.held_out_images, self.count, streams.at(0, Stream.MEASURED_REAL, _REAL))
        training = _some(data.points, self.count, streams.at(0, Stream.MEASURED_REAL, _TRAINING))
        self.real, self._training = extractor.features(real), extractor.features(training)
        self._floor = feature_distance(self.real, self._training)
        self._score = self._inception(real)
        assert data.image is not None
        self._shape = data.image
        self._sharpness = sharpness(real, data.image)
        self.spectrum = power_spectrum(real, data.image)  # (F,) of the held-out images
        self._plane = principal_plane(self.real)

    def measure(self, images: Samples, asked: Labels | None = None) -> tuple[Likeness, NDArray[np.float64]]:
        """Of flat generated images (N, C H W), N >= count, in no order, of the classes asked for (N,); and of labelled
        data the share of the images that are read as each class (K,), else none. All NaN where an image is not finite.
        """
        if not np.isfinite(images).all():
            return Likeness(), np.empty(0)
        fake = self.extractor.features(images[: self.count])
        found = manifold_coverage(self.real, fake, (_NEIGHBOURS,))[0]
        told = Likeness(
            fid=feature_distance(self.real, fake),
            fid_floor=self._floor,
            kid=kernel_distance(self.real, fake),
            precision=found.precision,
            recall=found.recall,
            density=found.density,
            coverage=found.coverage,
            nearer=memorisation(fake, self._training, self.real).nearer,
            sharpness=sharpness(images[: self.count], self._shape),
            sharpness_real=self._sharpness,
        )
        if not isinstance(self.extractor, Classifier):
            return told, np.empty(0)
        read = self.extractor.predictions(images)
        classes = class_coverage(read, self.data.class_weights)
        return told._replace(
            inception=self._inception(images[: self.count]),
            inception_real=self._score,
            present=float(classes.present),
            present_quarter=float(classes.present_quarter),
            class_kl=classes.reverse_kl,
            class_kl_floor=classes.floor,
            class_agreement=math.nan if asked is None else float((read == asked).mean()),
        ), classes.shares

    def scatter(self, images: Samples) -> Scatter:
        """Held-out and generated images, flat (N, C H W), on the principal components of the former's features."""
        fake = self.extractor.features(images[:SCATTERED])
        return Scatter(self._plane.places(self.real[:SCATTERED]), self._plane.places(fake), self._plane.share)

    def _inception(self, images: Samples) -> float:
        if not isinstance(self.extractor, Classifier):
            return math.nan
        return inception_score(self.extractor.probabilities(images), splits=1).mean


def no_comparison(data: ImageSet) -> str:
    """Why generated images cannot be compared with held-out ones; empty where they can."""
    if len(data.held_out_images) < _FEWEST:
        return "no images are held out: let data.n_train leave some"
    return ""


def compare_with(
    data: ImageSet, seed: int, folder: Path, wanted: Callable[[], bool] = lambda: True
) -> Comparison | None:
    """The comparison with a set for which there is one. Its classifier is trained on the training images, which takes
    seconds, or found in the folder; without classes, features are random. None once it is no longer `wanted`."""
    assert data.image is not None
    if not data.classes or data.train_labels is None:
        return Comparison(data, random_features(data.image), seed)
    images, labels = data.points[:_CLASSIFIED], data.train_labels[:_CLASSIFIED]
    train = stacked_classifier if data.stacked else classifier
    found = train(data.name, images, labels, data.image, folder, wanted=wanted)
    return None if found is None else Comparison(data, found, seed)


def _some(images: Rows, count: int, rng: np.random.Generator) -> Samples:
    return images[rng.permutation(len(images))[:count]]
