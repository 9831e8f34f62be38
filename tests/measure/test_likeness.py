"""Generated images beside held-out ones, in the terms of the data's own classifier."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ganlab_desktop.experiment.images import Digits
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.data.images import ImageSet
from ganlab_desktop.measure.extractor import random_features
from ganlab_desktop.measure.likeness import Comparison, compare_with, no_comparison


@pytest.fixture(scope="module")
def digits() -> ImageSet:
    data = build(Digits())
    assert isinstance(data, ImageSet)
    return data


@pytest.fixture(scope="module")
def comparison(digits: ImageSet, tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    torch.set_num_threads(1)
    found = compare_with(digits, 0, tmp_path_factory.mktemp("classifiers"))
    assert found is not None
    return found


def draw(digits: ImageSet, seed: int, n: int) -> np.ndarray:
    return digits.points[np.random.default_rng(seed).permutation(len(digits.points))[:n]]


def test_true_images_score_like_the_floor(digits: ImageSet, comparison: Comparison) -> None:
    found, shares = comparison.measure(draw(digits, 1, 1000))
    assert comparison.count == len(digits.held_out_images)
    assert found.fid == pytest.approx(found.fid_floor, rel=0.5)
    assert found.present == found.present_quarter == 10
    assert found.precision > 0.9
    assert found.recall > 0.9
    assert found.coverage > 0.9
    assert found.inception == pytest.approx(found.inception_real, rel=0.05)
    np.testing.assert_allclose(shares, digits.class_weights, atol=0.04)


def test_copies_of_training_images_are_told(digits: ImageSet, comparison: Comparison) -> None:
    """A generator that knows the very images by which memorisation is judged is always the nearer one."""
    order = np.random.default_rng(0)
    assert comparison.measure(digits.points)[0].nearer > 0.55
    noise = order.uniform(-1.0, 1.0, (1000, 64)).astype(np.float32)
    assert comparison.measure(noise)[0].nearer < 0.1


def test_one_class_alone_has_precision_and_no_recall(digits: ImageSet, comparison: Comparison) -> None:
    assert digits.train_labels is not None
    ones = digits.points[digits.train_labels == 1]
    found, shares = comparison.measure(np.resize(ones, (400, 64)), np.ones(400, np.int64))
    assert found.precision > 0.9
    assert found.recall < 0.2
    assert found.coverage < 0.2
    assert shares[1] > 0.95
    assert found.class_agreement > 0.95
    assert found.present_quarter == 1
    assert found.fid > 10 * found.fid_floor


def test_what_is_no_number_has_no_score(comparison: Comparison) -> None:
    found, shares = comparison.measure(np.full((1000, 64), np.nan, np.float32))
    assert np.isnan(list(found)).all()
    assert not len(shares)


def test_without_classes_features_are_random(digits: ImageSet) -> None:
    found, shares = Comparison(digits, random_features((1, 8, 8)), 0).measure(draw(digits, 1, 1000))
    assert np.isfinite(found.fid)
    assert np.isnan([found.inception, found.present]).all()
    assert not len(shares)


def test_without_held_out_images_there_is_nothing_to_compare_with() -> None:
    everything = build(Digits(n_train=1797))
    assert isinstance(everything, ImageSet)
    assert "n_train" in no_comparison(everything)


def test_a_classifier_is_trained_once_for_a_set(digits: ImageSet, tmp_path: Path) -> None:
    assert compare_with(digits, 0, tmp_path, wanted=lambda: False) is None
    assert not list(tmp_path.iterdir())
