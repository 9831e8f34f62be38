"""Scores of generated images in the terms of the Inception v3 network, as papers publish them, by torch-fidelity."""

import hashlib
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.images import Shape, as_bytes
from ganlab_desktop.gan.data.distribution import Distribution, Rows, Samples
from ganlab_desktop.gan.data.images import ImageSet
from ganlab_desktop.gan.data.images.refusals import one_line
from ganlab_desktop.measure.likeness import no_comparison
from ganlab_desktop.measure.metrics.kernel_distance import SUBSET_SIZE

PUBLISHED = 50_000  # generated images behind a published Fréchet distance (Heusel et al. 2017)

NAMES = (
    *("inception_v3", "inception_v3_real", "inception_v3_fid", "inception_v3_kid", "inception_v3_kid_std"),
    *("inception_v3_score", "inception_v3_score_std", "inception_v3_precision", "inception_v3_recall"),
)

_NETWORK = "inception-v3-compat"  # torch-fidelity's name for the network of 2015, its way to resize images included
_FILE = "weights-inception-2015-12-05-6726825d.pth"
_DIGEST = "6726825d"  # with which its SHA-256 begins
_URL = f"https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/{_FILE}"
_FEWEST = 10  # images, for as many splits of the Inception score


@dataclass(frozen=True)
class InceptionV3:
    """The network: what it is called, its weights as torch-fidelity reads them, and the held-out images (M, C H W) of
    a shape (C, H, W) that generated ones are compared with."""

    name: str
    weights: BytesIO
    real: Rows
    shape: Shape

    def scores(self, fake: Samples, device: torch.device, seen: Callable[[], object] = lambda: None) -> dict[str, Any]:
        """Of flat generated images (N, C H W), N >= 10; None where one of their numbers is not finite.

        By name (NAMES): inception_v3: what the network is called; inception_v3_real: how many images are held out;
        fid: the Fréchet distance of its 2,048 features; kid, kid_std: mean and standard deviation of their kernel
        distance over 100 subsets of 1,000 images, or as many as there are; precision, recall: by balls of three
        neighbours among them, where Kynkäänniemi et al. (2019) take features of VGG-16; score, score_std: Inception
        score and its standard deviation over 10 splits. Images are compared as they would be stored: bytes, greys in
        three equal channels. `seen` is called for each that the network is shown, on CUDA if that is the device, else
        on the CPU. Raises ExperimentError for fewer generated images.
        """
        from torch_fidelity import calculate_metrics

        count = len(self.real)
        if len(fake) < _FEWEST:
            raise ExperimentError("inception", f"needs at least {_FEWEST} generated images, got {len(fake)}")
        scores: dict[str, Any] = dict.fromkeys(NAMES) | {"inception_v3": self.name, "inception_v3_real": count}
        if not np.isfinite(fake).all():
            return scores
        self.weights.seek(0)
        with torch.cuda.device(device if device.type == "cuda" else -1):
            found = calculate_metrics(
                input1=_Stored(fake, self.shape, seen),
                input2=_Stored(self.real, self.shape, seen),
                **{"isc": True, "fid": True, "kid": True, "prc": True},
                feature_extractor=_NETWORK,
                feature_extractor_weights_path=self.weights,
                kid_subset_size=min(SUBSET_SIZE, len(fake), count),
                cuda=device.type == "cuda",
                cache=False,
                save_cpu_ram=True,  # or the distances of 50,000 images to each other would fill it
                verbose=False,
            )
        told = {
            "fid": found["frechet_inception_distance"],
            "kid": found["kernel_inception_distance_mean"],
            "kid_std": found["kernel_inception_distance_std"],
            "score": found["inception_score_mean"],
            "score_std": found["inception_score_std"],
            "precision": found["precision"],
            "recall": found["recall"],
        }
        return scores | {f"inception_v3_{name}": value for name, value in told.items() if math.isfinite(value)}


def inception_v3(data: Distribution) -> InceptionV3:
    """The network for a data set that it can judge.

    Its weights are in the file that GANLAB_INCEPTION names; else where torch-fidelity keeps them, and they are fetched
    if they are not there yet. Raises ExperimentError where the data are no images or none are held out, the extra is
    not installed, or the weights cannot be had.
    """
    if not isinstance(data, ImageSet) or data.image is None:
        raise ExperimentError("inception", "judges images, and these data are points")
    if reason := no_comparison(data):
        raise ExperimentError("inception", reason)
    try:
        from torch_fidelity import FeatureExtractorInceptionV3
    except ImportError:
        raise ExperimentError(
            "inception", "torch-fidelity is not installed; the extra vision brings it (pip install torch-fidelity)"
        ) from None
    except RuntimeError as error:  # torchvision of a build for another torch
        raise ExperimentError("inception", f"torchvision does not fit this torch: {one_line(error)}") from None
    path = _weights_file()
    try:
        blob = path.read_bytes()
        # torch-fidelity would unpickle whatever a file holds: it is given the tensors alone, packed anew
        tensors, packed = torch.load(BytesIO(blob), map_location="cpu", weights_only=True), BytesIO()
        torch.save(tensors, packed)
        packed.seek(0)
        FeatureExtractorInceptionV3(_NETWORK, ["2048"], feature_extractor_weights_path=packed)
    except OSError as error:
        raise _refused(f"{path}: {error.strerror or 'cannot be read'}") from None
    except Exception:  # a file that is damaged, hostile or another network's fails in many ways
        raise _refused(f"{path}: holds no weights of this network") from None
    digest = hashlib.sha256(blob).hexdigest()
    name = _NETWORK if digest.startswith(_DIGEST) else f"{_NETWORK}, other weights ({path.name}, SHA-256 {digest[:16]})"
    return InceptionV3(name, packed, data.held_out_images, data.image)


def caution(scores: dict[str, Any]) -> str:
    """What to know of a Fréchet distance of fewer images than papers take; empty where there is nothing."""
    generated, real = scores["samples"], scores["inception_v3_real"]
    if min(generated, real) >= PUBLISHED:
        return ""
    return (
        f"FID is larger the fewer images it is taken of, below {PUBLISHED:,} visibly: here {generated:,} generated and "
        f"{real:,} held-out ones. Papers take {PUBLISHED:,} and the training images; compare at equal numbers only"
    )


class _Stored(Dataset[Tensor]):
    """Flat images (N, C H W) from -1 to 1, each as the network is shown it: bytes (3, H, W)."""

    def __init__(self, images: Rows, shape: Shape, seen: Callable[[], object]) -> None:
        self.images, self.shape, self.seen = images, shape, seen

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, place: int) -> Tensor:
        self.seen()
        stored = torch.from_numpy(as_bytes(self.images[place : place + 1], self.shape)[0])
        return stored.permute(2, 0, 1).expand(3, -1, -1)


def _weights_file() -> Path:
    """The file of the network's weights, fetched where none is named and torch-fidelity has not done so already."""
    named = os.environ.get("GANLAB_INCEPTION")
    if named:
        return Path(named).expanduser()
    path = Path(torch.hub.get_dir()) / "checkpoints" / _FILE
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            torch.hub.download_url_to_file(_URL, str(path), _DIGEST)
        except (OSError, RuntimeError) as error:
            raise _refused(f"{_FILE} is not in {path.parent} and cannot be fetched ({one_line(error)})") from None
    return path


def _refused(problem: str) -> ExperimentError:
    return ExperimentError("inception", f"{problem}; get {_URL}, and name the file in GANLAB_INCEPTION")
