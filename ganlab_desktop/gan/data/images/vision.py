"""Published sets as torchvision reads or downloads them, where that is installed."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.images import TorchVision, image_shape
from ganlab_desktop.experiment.images.files import PUBLISHED
from ganlab_desktop.gan.data.images.arrays import channels_last
from ganlab_desktop.gan.data.images.fitting import fitted
from ganlab_desktop.gan.data.images.pictures import Pictures, read_pictures, remembered
from ganlab_desktop.gan.data.images.refusals import one_line

_NAMES = {
    "mnist": "MNIST",
    "fashion_mnist": "FashionMNIST",
    "kmnist": "KMNIST",
    "usps": "USPS",
    "cifar10": "CIFAR10",
    "cifar100": "CIFAR100",
    "svhn": "SVHN",
    "stl10": "STL10",
}


@read_pictures.register
def _torchvision(spec: TorchVision) -> Pictures:
    if not spec.root:
        raise ExperimentError("data.root", "names nothing; give the folder in which the sets are kept")
    shape = image_shape(spec)
    assert shape is not None

    def make() -> Pictures:
        found = _opened(spec)
        pixels = channels_last(_pixels(found), Path(spec.root), _NAMES[spec.name])
        labels = np.asarray(found.targets if hasattr(found, "targets") else found.labels).astype(np.int64)
        names = tuple(getattr(found, "classes", None) or map(str, range(PUBLISHED[spec.name].classes)))
        return Pictures(fitted(pixels, spec.size, shape[0], spec.fit), labels, names)

    return remembered(spec, make)


def _opened(spec: TorchVision) -> Any:
    """The set of the training images. Raises ExperimentError where it cannot be had."""
    try:
        from torchvision import datasets
    except ImportError:
        raise ExperimentError(
            "data.kind", "torchvision is not installed; the extra vision brings it (pip install torchvision)"
        ) from None
    except RuntimeError as error:  # a build for another torch
        raise ExperimentError("data.kind", f"torchvision does not fit this torch: {one_line(error)}") from None
    kind = getattr(datasets, _NAMES[spec.name])
    part = {"split": "train"} if spec.name in ("svhn", "stl10") else {"train": True}
    try:
        return kind(str(Path(spec.root).expanduser()), download=spec.download, **part)
    except (RuntimeError, OSError, ValueError, EOFError) as error:
        advice = "" if spec.download else "; set data.download to fetch it"
        raise ExperimentError("data.root", f"{one_line(spec.root)}: {spec.name}: {one_line(error)}{advice}") from None


def _pixels(found: Any) -> NDArray[np.uint8]:
    """The images as the set holds them: (N, H, W), (N, H, W, C) or (N, C, H, W)."""
    return np.asarray(found.data)
