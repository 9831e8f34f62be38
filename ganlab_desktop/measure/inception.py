"""Inception-V3 as torch-fidelity has it, for numbers to publish: the optional extra `vision`.

Its 2048 features give FID (`metrics.frechet_distance`), KID (`metrics.kernel_distance`) and precision and recall
(`metrics.manifold_coverage`), its probabilities the Inception score (`metrics.inception_score`).
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch

from ganlab_desktop.experiment.images import Shape
from ganlab_desktop.gan.data.distribution import FloatArray, Samples

NAME = "Inception-V3 (torch-fidelity)"
WEIGHTS = "weights-inception-2015-12-05-6726825d.pth"  # the digits at the end begin the file's SHA-256
_LAYERS = ("2048", "logits_unbiased")
_BATCH = 32


class MissingVisionError(RuntimeError):
    """Inception-V3 cannot be had; the message is one line for the user."""


@dataclass(frozen=True)
class Inception:
    """Maps images of a shape (C, H, W), C = 1 (shown as grey) or 3, by the network in torch-fidelity."""

    shape: Shape
    network: Any
    name: str = NAME

    def features_and_probabilities(self, images: Samples) -> tuple[FloatArray, FloatArray]:
        """(N, 2048) and (N, 1008) of flat images (N, C H W), N >= 1, from -1 to 1.

        The network sees 8 bits a channel, resized to 299 x 299 pixels as TensorFlow does it; the probabilities leave
        the bias out, as the Inception score does.
        """
        x = torch.from_numpy(np.rint((images.clip(-1, 1) + 1) * 127.5).astype(np.uint8)).reshape(-1, *self.shape)
        x = x.expand(-1, 3, -1, -1)
        with torch.no_grad():
            parts = [self.network(x[start : start + _BATCH]) for start in range(0, len(x), _BATCH)]
        features, logits = (torch.cat(layer).double() for layer in zip(*parts, strict=True))
        return features.numpy(), logits.softmax(1).numpy()


def inception(shape: Shape, folder: Path) -> Inception:
    """The network with its published weights, 91 MB, from the folder or else downloaded to it.

    Raises MissingVisionError where the extra is not installed or the weights cannot be had, and ValueError for images
    that are neither grey nor coloured.
    """
    if shape[0] not in (1, 3):
        raise ValueError(f"Inception-V3 sees 1 or 3 channels, not {shape[0]}")
    if find_spec("torch_fidelity") is None or find_spec("torchvision") is None:
        raise MissingVisionError("Inception-V3 needs the extra 'vision': pip install 'ganlab-desktop[vision]'")
    from torch_fidelity.feature_extractor_inceptionv3 import URL_INCEPTION_V3, FeatureExtractorInceptionV3

    path = folder / WEIGHTS
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            torch.hub.download_url_to_file(
                URL_INCEPTION_V3, str(path), hash_prefix=path.stem.rpartition("-")[2], progress=False
            )
        # torch-fidelity unpickles what it finds, so it may find only what is known to hold nothing but tensors
        torch.load(path, weights_only=True)
        network = FeatureExtractorInceptionV3(NAME, list(_LAYERS), feature_extractor_weights_path=str(path))
    except (OSError, EOFError, RuntimeError, UnpicklingError) as error:
        reason = str(error).partition("\n")[0]
        raise MissingVisionError(f"Inception-V3 lacks its weights, {path} from {URL_INCEPTION_V3}: {reason}") from error
    return Inception(shape, network)
