"""Class agreement of samples whose classes are known."""

import numpy as np
import pytest

from ganlab_desktop.experiment.data import Checkerboard, Gaussians, Moons, Ring
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.measure.metrics.class_agreement import class_agreement
from ganlab_desktop.measure.metrics.modes import nearest_mode


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_true_samples_agree_with_their_own_class_and_with_no_other() -> None:
    data = build(Ring())
    samples, labels = data.labelled(rng(), 2000)
    assert class_agreement(data, samples, labels) == 1.0
    assert class_agreement(data, samples, (labels + 1) % 8) == 0.0
    assert class_agreement(data, samples, np.where(np.arange(2000) % 4, labels, (labels + 3) % 8)) == 0.75
    assert (nearest_mode(samples, data.modes)[0] == data.classify(samples.astype(np.float64))).all()


def test_overlapping_classes_agree_as_often_as_bayes_is_right() -> None:
    data = build(Gaussians(distance=1.0, sigma=0.5, share=0.5))
    samples, labels = data.labelled(rng(), 20_000)
    assert class_agreement(data, samples, labels) == pytest.approx(0.8413, abs=0.01)  # Phi(1)


def test_what_is_no_number_is_of_no_class() -> None:
    data = build(Moons())
    samples, labels = data.labelled(rng(), 100)
    samples[:25] = np.nan
    assert class_agreement(data, samples, labels) == pytest.approx(0.75, abs=0.05)
    assert class_agreement(data, np.full((10, 2), np.inf), labels[:10]) == 0.0


def test_data_without_classes_have_no_agreement() -> None:
    with pytest.raises(NotImplementedError, match="no classes"):
        build(Checkerboard()).labelled(rng(), 3)
