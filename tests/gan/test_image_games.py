"""Games of image networks train, and go on bit for bit from a saved state."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal

from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes

GROWTH = {"stage_steps": 3, "fade": 0.8}  # so that a state of step 5 stands in the midst of a fade
BATCH = {"data.kind": "digits", "schedule.batch_size": 16}


def networks(generator: str, discriminator: str) -> dict[str, Any]:
    """Small networks of these kinds."""
    return {
        "generator.kind": generator,
        "generator.maps": 4,
        "discriminator.kind": discriminator,
        "discriminator.maps": 4,
    }


def trains_and_goes_on(settings: dict[str, Any], steps: int = 8) -> None:
    torch.set_num_threads(1)
    straight, stopped = (Run(with_changes(Experiment(), BATCH | settings)) for _ in range(2))
    for _ in range(steps):
        straight.advance()
    for _ in range(steps - 3):
        stopped.advance()
    _, arrays, facts = stopped.state()
    again = Run(with_changes(Experiment(), BATCH | settings))
    again.restore(arrays, facts)
    for _ in range(3):
        again.advance()
    expected = straight.state()[1]
    assert np.isfinite(expected["generator.parameters"]).all()
    for name, array in again.state()[1].items():
        assert_array_equal(array, expected[name])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"discriminator.norm": "batch", "discriminator.minibatch": "stddev"},
        {"discriminator.packing": 2, "generator.upsampling": "resize"},
        {"objective.kind": "hinge", "discriminator.spectral_norm": True},
        {"objective.kind": "wasserstein", "penalties[0].kind": "gradient_penalty", "discriminator.norm": "layer"},
        {"conditioning.kind": "concatenation"},
        {"conditioning.kind": "projection"},
        {"conditioning.kind": "auxiliary_classifier", "generator.norm": "none"},
        {"conditioning.kind": "conditional_batch_norm", "ema.half_life": 100.0},
    ],
)
def test_games_of_dcgan(changes: dict[str, Any]) -> None:
    trains_and_goes_on(networks("dcgan", "dcgan") | changes)


def test_games_of_fully_connected_networks() -> None:
    trains_and_goes_on({})


@pytest.mark.parametrize(
    "changes",
    [
        {"objective.kind": "hinge", "discriminator.spectral_norm": True},
        {"objective.kind": "wasserstein", "penalties[0].kind": "gradient_penalty", "discriminator.norm": "layer"},
        {"discriminator.packing": 2, "generator.norm": "layer", "penalties[0].kind": "r1"},
        {"conditioning.kind": "embedding"},
        {"conditioning.kind": "projection", "discriminator.spectral_norm": True},
        {"conditioning.kind": "conditional_batch_norm", "discriminator.spectral_norm": True},
        {"discriminator.kind": "dcgan", "ema.half_life": 100.0},
    ],
)
def test_games_of_resnet(changes: dict[str, Any]) -> None:
    trains_and_goes_on(networks("resnet", "resnet") | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"generator.modulation": "adain", "generator.mixing": 0.5, "ema.half_life": 100.0},
        {"penalties": [{"kind": "path_length", "every": 2}, {"kind": "r1"}]},
        {"generator.mixing": 0.0, "conditioning.kind": "projection", "penalties[0].kind": "path_length"},
        {"generator.mixing": 0.0, "conditioning.kind": "embedding", "generator.noise": False},
        {"game.kind": "extragradient", "penalties": [{"kind": "consistency", "generator_weight": 1.0}]},
        {"schedule.unrolled_steps": 2},
    ],
)
def test_games_of_style(changes: dict[str, Any]) -> None:
    trains_and_goes_on(networks("style", "dcgan") | {"generator.width": 8, "generator.depth": 2} | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"penalties[0].kind": "r1"},
        {"discriminator.minibatch": "none", "conditioning.kind": "projection", "ema.half_life": 100.0},
        {
            "discriminator.minibatch": "none",
            "objective.kind": "wasserstein",
            "penalties[0].kind": "gradient_penalty",
            "schedule.discriminator_steps": 2,
        },
        {"generator.kind": "dcgan", "generator.stage_steps": None, "generator.fade": None},
        {"discriminator.packing": 2, "schedule.unrolled_steps": 1},
    ],
)
def test_games_of_progressive_growing(changes: dict[str, Any]) -> None:
    growing = {f"{player}.{name}": value for player in ("generator", "discriminator") for name, value in GROWTH.items()}
    settings = networks("progressive", "progressive") | growing | changes
    trains_and_goes_on({name: value for name, value in settings.items() if value is not None})


@pytest.mark.parametrize(
    "changes",
    [
        {"augmentation.kind": "diffaugment", "penalties[0].kind": "gradient_penalty"},
        {"augmentation": {"kind": "ada", "interval": 2, "images": 100}, "penalties[0].kind": "r1"},
        {"augmentation.kind": "diffaugment", "conditioning.kind": "auxiliary_classifier"},
        {"augmentation": {"kind": "ada", "interval": 3, "images": 200}, "conditioning.kind": "projection"},
        {"augmentation.kind": "diffaugment", "objective.kind": "relativistic_paired", "game.kind": "extragradient"},
        {"augmentation.kind": "ada", "instance_noise.std": 0.1, "penalties[0].kind": "consistency"},
    ],
)
def test_games_of_augmented_images(changes: dict[str, Any]) -> None:
    trains_and_goes_on(networks("dcgan", "dcgan") | changes)
