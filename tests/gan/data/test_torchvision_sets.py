"""Published sets through torchvision, from small files in the form of the real ones."""

import builtins
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ganlab_desktop.experiment.classes import classes_of
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.images import TorchVision, image_shape
from ganlab_desktop.experiment.images.files import PUBLISHED
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.data.images import read_pictures, vision

try:
    from torchvision import datasets
except (ImportError, RuntimeError):
    datasets = None
installed = pytest.mark.skipif(datasets is None, reason="torchvision is not installed (extra: vision)")


def test_every_set_has_a_reader_a_shape_and_its_classes() -> None:
    assert vision._NAMES.keys() == PUBLISHED.keys()
    assert image_shape(TorchVision(name="cifar100", size=16)) == (3, 16, 16)
    assert classes_of(TorchVision(name="cifar100")) == 100


def test_without_torchvision_the_way_to_install_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "torchvision":
            raise ModuleNotFoundError(name)
        return plain(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ExperimentError, match=r"not installed; the extra vision brings it"):
        build(TorchVision(root=str(tmp_path)))


def test_a_set_needs_a_folder() -> None:
    with pytest.raises(ExperimentError, match=r"^data\.root: names nothing"):
        build(TorchVision())


@installed
def test_a_set_that_is_not_there_is_told_with_the_way_to_fetch_it(tmp_path: Path) -> None:
    for name in PUBLISHED:
        with pytest.raises(ExperimentError) as caught:
            build(TorchVision(name=name, root=str(tmp_path)))
        assert caught.value.path == "data.root"
        assert name in str(caught.value)
        assert "set data.download to fetch it" in str(caught.value)
        assert "\n" not in str(caught.value)


@installed
def test_mnist_is_read(tmp_path: Path) -> None:
    images, labels = np.random.default_rng(0).integers(0, 256, (30, 28, 28), np.uint8), np.arange(30) % 10
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part in ("train", "t10k"):
        (raw / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">HBB3I", 0, 8, 3, 30, 28, 28) + images.tobytes())
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(
            struct.pack(">HBB1I", 0, 8, 1, 30) + labels.astype(np.uint8).tobytes()
        )
    spec = TorchVision(name="mnist", root=str(tmp_path))
    found = read_pictures(spec)
    assert_array_equal(found.images.reshape(30, 32, 32)[:, 2:30, 2:30], images)
    assert_array_equal(found.labels, labels)
    assert len(found.names) == build(spec).classes == 10


@installed
def test_cifar_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.random.default_rng(0).integers(0, 256, (10, 3, 32, 32), np.uint8)
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    for number in range(1, 6):
        part = {"data": images[2 * number - 2 : 2 * number].reshape(2, -1), "labels": [number, 9]}
        (folder / f"data_batch_{number}").write_bytes(pickle.dumps(part))
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": list("abcdefghij")}))
    monkeypatch.setattr(datasets.CIFAR10, "_check_integrity", lambda self: True)
    monkeypatch.setattr("torchvision.datasets.cifar.check_integrity", lambda *_: True)
    found = read_pictures(TorchVision(name="cifar10", root=str(tmp_path)))
    assert_array_equal(found.images.reshape(10, 3, 32, 32), images)
    assert found.labels[:4].tolist() == [1, 9, 2, 9]
    assert found.names == tuple("abcdefghij")


@installed
def test_sets_with_channels_first_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from scipy.io import savemat

    images = np.random.default_rng(0).integers(0, 256, (6, 3, 32, 32), np.uint8)
    labels = np.array([1, 2, 3, 10, 9, 1])  # 10 is a zero
    savemat(tmp_path / "train_32x32.mat", {"X": images.transpose(2, 3, 1, 0), "y": labels[:, None]})
    monkeypatch.setattr(datasets.SVHN, "_check_integrity", lambda self: True)
    found = read_pictures(TorchVision(name="svhn", root=str(tmp_path)))
    assert_array_equal(found.images.reshape(6, 3, 32, 32), images)
    assert found.labels.tolist() == [1, 2, 3, 0, 9, 1]
