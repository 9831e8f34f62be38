"""Stacked digits are read channel by channel."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ganlab_desktop.experiment.images import StackedDigits
from ganlab_desktop.gan.data.images.image_set import image_set
from ganlab_desktop.measure.extractor import FEATURES
from ganlab_desktop.measure.likeness import Comparison, compare_with
from ganlab_desktop.measure.stacked import StackedClassifier


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    torch.set_num_threads(1)
    folder: Path = tmp_path_factory.mktemp("classifiers")
    found = compare_with(image_set(StackedDigits(count=3000), 0), 0, folder)
    assert found is not None
    return found


def test_the_number_of_a_stack_is_that_of_its_digits(comparison: Comparison) -> None:
    reader, data = comparison.extractor, comparison.data
    assert isinstance(reader, StackedClassifier)
    assert reader.accuracy > 0.95  # of single digits that it has not seen
    assert "each channel" in reader.name
    images, labels = data.labelled_held_out(np.random.default_rng(0), 500)
    assert (reader.predictions(images) == labels).mean() > 0.95
    swapped = images.reshape(500, 3, 64)[:, [2, 0, 1]].reshape(500, -1)
    there = labels % 10 * 100 + labels // 10
    assert (reader.predictions(swapped) == there).mean() > 0.95


def test_probabilities_and_features_are_those_of_the_channels(comparison: Comparison) -> None:
    reader = comparison.extractor
    assert isinstance(reader, StackedClassifier)
    images = comparison.data.held_out(np.random.default_rng(1), 40)
    joint = reader.probabilities(images)
    assert joint.shape == (40, 1000)
    np.testing.assert_allclose(joint.sum(1), 1.0, rtol=1e-5)
    np.testing.assert_array_equal(joint.argmax(1), reader.predictions(images))
    features = reader.features(images)
    assert features.shape == (40, 3 * FEATURES)
    grey = np.tile(images[:, :64], 3)  # the first digit in all channels
    parts = reader.features(grey).reshape(40, 3, FEATURES)
    np.testing.assert_array_equal(parts[:, 0], parts[:, 1])
    np.testing.assert_array_equal(parts[:, 0], features[:, :FEATURES])


def test_modes_are_counted_as_they_are(comparison: Comparison) -> None:
    images, labels = comparison.data.labelled_held_out(np.random.default_rng(2), 2000)
    found, shares = comparison.measure(images)
    truth = np.bincount(labels, minlength=1000) / 2000
    assert np.abs(shares - truth).sum() / 2 < 0.05  # of the images are read as another number
    assert found.present == pytest.approx(np.count_nonzero(truth[comparison.data.class_weights > 0]), rel=0.1)
    one, _ = comparison.measure(np.repeat(images[:1], 2000, 0))
    assert one.present == 1.0
