"""What a variational autoencoder is refused, with the setting to change."""

from typing import Any

import pytest

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.rules_of_autoencoders import OF_AUTOENCODERS
from ganlab_desktop.experiment.validate import with_changes

IMAGES = {"data.kind": "digits", "discriminator.kind": "dcgan"}
CASES: list[tuple[dict[str, Any], str]] = [
    ({"latent.kind": "uniform"}, "latent"),
    (IMAGES | {"generator.kind": "style"}, "generator"),
    ({"data.kind": "paired", "generator.kind": "unet", "discriminator.kind": "dcgan"}, "generator"),
    ({"penalties[0].kind": "r1"}, "penalties"),
    ({"conditioning.kind": "projection"}, "conditioning"),
    ({"discriminator.norm": "batch"}, "discriminator.norm"),
    ({"discriminator.packing": 2}, "discriminator.packing"),
    ({"discriminator.minibatch": "stddev"}, "discriminator.minibatch"),
    ({"discriminator.orthonormal": True, "discriminator.activation": "groupsort"}, "discriminator.orthonormal"),
    (IMAGES | {"generator.kind": "dcgan", "augmentation.kind": "diffaugment"}, "augmentation"),
    ({"instance_noise.std": 0.1}, "instance_noise.std"),
    ({"label_smoothing.real": 0.9}, "label_smoothing.real"),
    ({"game.kind": "extragradient"}, "game"),
    ({"schedule.discriminator_steps": 5}, "schedule"),
    ({"schedule.unrolled_steps": 2}, "schedule"),
]


@pytest.mark.parametrize(("changes", "path"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_what_makes_no_sense_is_refused_with_the_reason(changes: dict[str, Any], path: str) -> None:
    with_changes(Experiment(), changes)  # as a game it is sound
    with pytest.raises(ExperimentError) as refused:
        with_changes(Experiment(), changes | {"objective.kind": "variational"})
    assert str(refused.value).startswith(f"{path}: ")


def test_every_rule_has_a_case() -> None:
    assert {path for _, path in CASES} == {rule.path for rule in OF_AUTOENCODERS}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"discriminator.spectral_norm": True, "discriminator.norm": "layer"},
        {"generator.kind": "affine"},
        {"objective.beta": 4.0, "objective.variance": "fixed"},
        IMAGES | {"generator.kind": "dcgan", "ema.half_life": 100.0},
        IMAGES | {"generator.kind": "resnet", "discriminator.kind": "resnet"},
        IMAGES | {"generator.kind": "progressive", "discriminator": {"kind": "progressive", "minibatch": "none"}},
    ],
)
def test_what_makes_sense_is_accepted(changes: dict[str, Any]) -> None:
    assert with_changes(Experiment(), changes | {"objective.kind": "variational"}).autoencodes
