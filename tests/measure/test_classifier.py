"""The classifier of the data at hand, trained once and kept, and the map that stands in for it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from ganlab_desktop.measure import classifier as module
from ganlab_desktop.measure.classifier import Classifier, classifier
from ganlab_desktop.measure.extractor import FEATURES, random_features
from ganlab_desktop.measure.metrics.class_coverage import class_coverage
from ganlab_desktop.measure.metrics.frechet_distance import feature_distance, feature_floor
from ganlab_desktop.measure.metrics.inception_score import inception_score

SHAPE = (1, 8, 8)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    found = load_digits()
    return (found.data / 8 - 1).astype(np.float32), found.target.astype(np.int64)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data") / "classifiers"


@pytest.fixture(scope="module")
def trained(digits: tuple[np.ndarray, np.ndarray], folder: Path) -> Classifier:
    found = classifier("digits", *digits, SHAPE, folder)
    assert found is not None
    return found


def test_held_out_digits_are_read_right(trained: Classifier, digits: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = digits
    assert trained.accuracy > 0.97
    assert trained.accuracy * (len(images) // 5) == pytest.approx(round(trained.accuracy * (len(images) // 5)))
    assert trained.name == f"classifier of digits, {trained.accuracy:.1%} right"
    right = (trained.predictions(images) == labels).mean()
    assert right > trained.accuracy  # four fifths of these it has learnt


def test_probabilities_are_those_and_features_carry_them(
    trained: Classifier, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    images, _ = digits
    p, features = trained.probabilities(images[:300]), trained.features(images[:300])
    assert (p.shape, features.shape, features.dtype) == ((300, 10), (300, FEATURES), np.float64)
    assert p.sum(1) == pytest.approx(1, abs=1e-6)
    logits = features @ trained.head.weight.detach().numpy().T + trained.head.bias.detach().numpy()
    assert (logits.argmax(1) == p.argmax(1)).all()


def test_a_kept_classifier_gives_the_same_bits_without_training(
    trained: Classifier, digits: tuple[np.ndarray, np.ndarray], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(module, "_train")
    kept = classifier("digits", *digits, SHAPE, folder)
    assert kept is not None
    assert (kept.name, kept.accuracy) == (trained.name, trained.accuracy)
    assert kept.features(digits[0]).tobytes() == trained.features(digits[0]).tobytes()
    assert kept.probabilities(digits[0]).tobytes() == trained.probabilities(digits[0]).tobytes()


def weights(found: Classifier | None) -> bytes:
    assert found is not None
    return b"".join(p.detach().numpy().tobytes() for part in (found.trunk, found.head) for p in part.parameters())


def test_weights_follow_from_data_and_seed_alone(
    digits: tuple[np.ndarray, np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_STEPS", 20)
    found = []
    for folder, seed, noise in (("a", 0, 1), ("b", 0, 2), ("c", 1, 3)):
        torch.manual_seed(noise)  # what others drew before
        np.random.seed(noise)
        found.append(weights(classifier("digits", *digits, SHAPE, tmp_path / folder, seed=seed)))
    assert found[0] == found[1] != found[2]


def test_other_data_shapes_and_seeds_are_kept_apart(
    digits: tuple[np.ndarray, np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_STEPS", 1)
    images, labels = digits[0][:50], digits[1][:50]
    changed = images.copy()
    changed[0, 0] += 0.1
    classifier("digits", images, labels, SHAPE, tmp_path)
    classifier("digits", changed, labels, SHAPE, tmp_path)
    classifier("digits", images, labels[::-1].copy(), SHAPE, tmp_path)
    classifier("digits", images, labels, (4, 4, 4), tmp_path)
    classifier("digits", images, labels, SHAPE, tmp_path, seed=1)
    classifier("the same under another name", images, labels, SHAPE, tmp_path)
    assert len(list(tmp_path.iterdir())) == 5


@pytest.mark.parametrize("damage", [b"", b"no tensors at all", None])
def test_what_is_damaged_is_trained_anew(
    damage: bytes | None,
    digits: tuple[np.ndarray, np.ndarray],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "_STEPS", 2)
    first = weights(classifier("digits", *digits, SHAPE, tmp_path))
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-100] if damage is None else damage)
    assert weights(classifier("digits", *digits, SHAPE, tmp_path)) == first
    assert "trained anew" in caplog.text
    caplog.clear()
    assert weights(classifier("digits", *digits, SHAPE, tmp_path)) == first
    assert not caplog.text


def test_a_folder_that_cannot_be_written_costs_only_the_next_training(
    digits: tuple[np.ndarray, np.ndarray],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "_STEPS", 1)
    (tmp_path / "file").touch()
    assert classifier("digits", *digits, SHAPE, tmp_path / "file" / "folder") is not None
    assert "cannot be kept" in caplog.text


def test_training_ends_once_it_is_no_longer_wanted(digits: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    answers = iter([True, True, False])
    assert classifier("digits", *digits, SHAPE, tmp_path, wanted=lambda: next(answers)) is None
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_learnt_is_refused(digits: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    images, labels = digits
    for few in ((images[:9], labels[:9]), (images, labels[:50]), (images[:50], np.zeros(50, np.int64))):
        with pytest.raises(ValueError, match="at least ten images"):
            classifier("digits", *few, SHAPE, tmp_path)


def test_metrics_of_its_features_tell_noise_from_digits(
    trained: Classifier, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    rng, (images, labels) = np.random.default_rng(0), digits
    noise = rng.uniform(-1, 1, (900, 64)).astype(np.float32)
    for extractor in (trained, random_features(SHAPE)):
        real = extractor.features(images)
        assert feature_distance(real, extractor.features(noise)) > 10 * feature_floor(real, rng)
    assert inception_score(trained.probabilities(rng.permutation(images))).mean > 9
    coverage = class_coverage(trained.predictions(images), np.bincount(labels) / len(labels))
    assert coverage.present_quarter == 10
    assert coverage.reverse_kl < coverage.floor


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 8, 8), (1, 28, 28), (3, 32, 17), (3, 64, 64)])
def test_random_features_are_fixed_and_keep_images_apart(shape: tuple[int, int, int]) -> None:
    images = np.random.default_rng(0).uniform(-1, 1, (300, int(np.prod(shape)))).astype(np.float32)
    first, again, other = (random_features(shape, seed).features(images) for seed in (0, 0, 1))
    assert first.shape == (300, FEATURES)
    assert (first == again).all()
    assert (first != other).any()
    assert len(np.unique(first, axis=0)) > 250
    assert random_features(shape).name == "random features"
