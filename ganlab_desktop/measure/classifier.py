"""A small classifier of the data at hand: it reads classes from samples, and its features compare images."""

import hashlib
import logging
import math
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ganlab_desktop.experiment.images import Shape
from ganlab_desktop.gan.data.distribution import FloatArray, Labels, Samples
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.extractor import FEATURES, Extractor, convolutions, draw_weights

_log = logging.getLogger(__name__)

_VERSION = 1  # of the network and its training: another one trains anew
_STEPS, _BATCH = 800, 64
_RATE, _WARM_UP, _DECAY = 3e-3, 50, 1e-4
_HELD_OUT = 5  # one image in so many
_SPLIT, _WEIGHTS, _BATCHES = range(3)  # indices of the stream


@dataclass(frozen=True)
class Classifier(Extractor):
    """A trained network; `accuracy` is its share of right answers on images held out of its training."""

    head: nn.Module
    accuracy: float

    def probabilities(self, images: Samples) -> FloatArray:
        """Of the classes, for flat images (N, C H W) from -1 to 1: (N, K)."""
        return self._outputs(nn.Sequential(self.trunk, self.head, nn.Softmax(1)), images)

    def predictions(self, images: Samples) -> Labels:
        """The most likely class of each image: (N,)."""
        labels: Labels = self.probabilities(images).argmax(1)
        return labels


def classifier(
    data: str,
    images: Samples,
    labels: Labels,
    shape: Shape,
    folder: Path,
    *,
    seed: int = 0,
    wanted: Callable[[], bool] = lambda: True,
) -> Classifier | None:
    """The classifier of the data set called `data`: from the folder, or trained and kept there.

    Of flat images (N, C H W), N >= 10, from -1 to 1, and their classes (N,) from 0 on. It is kept under a digest of all
    that decides its weights, so that equal data have equal classifiers, bit for bit, on a machine and number of threads
    that train alike. None once it is no longer `wanted`. Raises ValueError for data that no classifier can be trained
    and judged on.
    """
    if len(images) < 2 * _HELD_OUT or len(images) != len(labels) or labels.min() < 0 or labels.max() < 1:
        raise ValueError("a classifier needs at least ten images, each with its class, of at least two classes")
    network = _Network(shape, int(labels.max()) + 1)
    path = folder / f"classifier-{_digest(images, labels, shape, seed)}.safetensors"
    accuracy = _load(network, path)
    if accuracy is None:
        accuracy = _train(network, images, labels, seed, wanted)
        if accuracy is None:
            return None
        _keep(network, accuracy, path)
    name = f"classifier of {data}, {accuracy:.1%} right"
    return Classifier(name, shape, network.trunk, network.head, accuracy)


class _Network(nn.Module):
    def __init__(self, shape: Shape, classes: int) -> None:
        super().__init__()
        self.shape = shape
        self.trunk = convolutions(shape)
        self.head = nn.Linear(FEATURES, classes)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (B, K) of flat images (B, C H W)."""
        logits: Tensor = self.head(self.trunk(images.reshape(-1, *self.shape)))
        return logits


def _train(network: _Network, images: Samples, labels: Labels, seed: int, wanted: Callable[[], bool]) -> float | None:
    """Trains on four fifths by AdamW under a cosine; the share of right answers on the last one."""
    streams = Streams(seed)
    order = streams.at(0, Stream.CLASSIFIER, _SPLIT).permutation(len(images))
    held_out, train = np.split(order, [len(images) // _HELD_OUT])
    x, y = torch.from_numpy(images), torch.from_numpy(labels)
    draw_weights(network, streams.at(0, Stream.CLASSIFIER, _WEIGHTS))
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=_DECAY)
    for step in range(_STEPS):
        if not wanted():
            return None
        rate = _RATE * min(1.0, (step + 1) / _WARM_UP) * (1 + math.cos(math.pi * step / _STEPS)) / 2
        optimizer.param_groups[0]["lr"] = rate
        batch = train[streams.at(step, Stream.CLASSIFIER, _BATCHES).integers(len(train), size=_BATCH)]
        optimizer.zero_grad()
        with torch.enable_grad():
            torch.autograd.backward(cross_entropy(network(x[batch]), y[batch]))
        optimizer.step()
    with torch.no_grad():
        right = [network(x[part]).argmax(1) == y[part] for part in np.array_split(held_out, 1 + len(held_out) // 256)]
    return float(torch.cat(right).double().mean())


def _digest(images: NDArray[np.float32], labels: Labels, shape: Shape, seed: int) -> str:
    digest = hashlib.sha256(repr((_VERSION, shape, images.shape, seed)).encode())
    for array in (images.astype("<f4"), labels.astype("<i8")):
        digest.update(array.tobytes())
    return digest.hexdigest()[:32]


def _load(network: _Network, path: Path) -> float | None:
    """Gives the network the weights that are kept, and their accuracy; None where there are none that fit."""
    try:
        tensors = load_file(path)
        accuracy = float(tensors.pop("accuracy"))
        network.load_state_dict(tensors)
    except FileNotFoundError:
        return None
    except (OSError, SafetensorError, KeyError, RuntimeError) as error:
        _log.warning("The classifier in %s cannot be read and is trained anew: %s", path, error)
        return None
    return accuracy


def _keep(network: _Network, accuracy: float, path: Path) -> None:
    """Under its name only once it is complete; where it cannot be written, the next use trains again."""
    blob = save(network.state_dict() | {"accuracy": torch.tensor(accuracy, dtype=torch.float64)})
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(blob)
        partial.replace(path)
    except OSError as error:
        _log.warning("The classifier cannot be kept in %s: %s", path.parent, error)
        with suppress(OSError):
            partial.unlink()
