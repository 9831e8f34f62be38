"""Inception-V3 through torch-fidelity, where that is installed; without it, the message that says so."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from ganlab_desktop.measure import inception as module
from ganlab_desktop.measure.inception import WEIGHTS, MissingVisionError, inception

INSTALLED = all(importlib.util.find_spec(name) for name in ("torch_fidelity", "torchvision"))
needs_vision = pytest.mark.skipif(not INSTALLED, reason="needs the extra 'vision' (torch-fidelity and torchvision)")


@pytest.mark.skipif(INSTALLED, reason="the extra 'vision' is installed")
def test_without_the_extra_the_message_names_it(tmp_path: Path) -> None:
    with pytest.raises(MissingVisionError, match=r"pip install 'ganlab-desktop\[vision\]'"):
        inception((3, 32, 32), tmp_path)
    assert "torch_fidelity" not in sys.modules


def test_images_of_two_channels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1 or 3 channels, not 2"):
        inception((2, 8, 8), tmp_path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights under the published ones' name."""
    from torch_fidelity import feature_extractor_inceptionv3 as theirs

    folder = tmp_path_factory.mktemp("inception")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(theirs, "load_state_dict_from_url", lambda *_, **__: {})
        patch.setattr(theirs.FeatureExtractorInceptionV3, "load_state_dict", lambda *_: None)
        torch.manual_seed(0)
        network = theirs.FeatureExtractorInceptionV3("random", ["2048"])
    torch.save(network.state_dict(), folder / WEIGHTS)
    return folder


@needs_vision
def test_grey_images_are_seen_as_coloured_ones(folder: Path) -> None:
    rng = np.random.default_rng(0)
    levels = rng.integers(0, 256, (3, 64))
    grey = (levels / 127.5 - 1).astype(np.float32)
    features, probabilities = inception((1, 8, 8), folder).features_and_probabilities(grey)
    assert (features.shape, probabilities.shape) == ((3, 2048), (3, 1008))
    assert probabilities.sum(1) == pytest.approx(1)
    coloured, _ = inception((3, 8, 8), folder).features_and_probabilities(np.tile(grey, (1, 3)))
    assert (coloured == features).all()
    network = inception((1, 8, 8), folder).network
    pixels = torch.from_numpy(levels.astype(np.uint8)).reshape(3, 1, 8, 8).repeat(1, 3, 1, 1)
    assert features == pytest.approx(network(pixels)[0].numpy(), rel=1e-5)


@needs_vision
def test_batches_do_not_matter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.random.default_rng(0).uniform(-1, 1, (3, 192)).astype(np.float32)
    network = inception((3, 8, 8), folder)
    whole = network.features_and_probabilities(images)
    monkeypatch.setattr(module, "_BATCH", 2)
    for found, expected in zip(network.features_and_probabilities(images), whole, strict=True):
        assert found == pytest.approx(expected, rel=1e-4)


@needs_vision
def test_weights_that_cannot_be_had_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(torch.hub, "download_url_to_file", unreachable)
    with pytest.raises(MissingVisionError, match=rf"{WEIGHTS} from https://.*: no route to host$"):
        inception((3, 8, 8), tmp_path)


class Wicked:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("import builtins; builtins.wicked = True",)


@needs_vision
def test_a_file_that_would_run_code_is_not_unpickled(tmp_path: Path) -> None:
    torch.save({"fc.weight": Wicked()}, tmp_path / WEIGHTS)
    with pytest.raises(MissingVisionError, match="lacks its weights"):
        inception((3, 8, 8), tmp_path)
    import builtins

    assert not hasattr(builtins, "wicked")
