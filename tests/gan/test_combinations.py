"""Any sensible combination works: every objective with every penalty trains, and goes on bit for bit from a state."""

import itertools
from typing import Any, get_args

import pytest
import torch

from ganlab_desktop.experiment.conditioning import ConditioningSpec
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.fields import kind_of
from ganlab_desktop.experiment.games import GameSpec
from ganlab_desktop.experiment.objectives import AdversarialSpec, FGan
from ganlab_desktop.experiment.penalties import PathLength, PenaltySpec, Reconstruction
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import Game

STEPS = 50
SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8], "ema.half_life": 500.0}
OBJECTIVES = [kind_of(kind()) for kind in get_args(AdversarialSpec)]
DIVERGENCES = get_args(get_args(FGan.__annotations__["divergence"])[0])
OF_IMAGES = (PathLength, Reconstruction)
PENALTIES = [kind_of(kind()) for kind in get_args(PenaltySpec) if kind not in OF_IMAGES]
CONDITIONINGS = [kind_of(kind()) for kind in get_args(ConditioningSpec) if kind_of(kind()) != "none"]
NEEDS = {"conditional_batch_norm": {"generator.norm": "batch"}}  # by kind of conditioning
GAMES = [kind_of(kind()) for kind in get_args(GameSpec)]


def trains_and_goes_on(changes: dict[str, Any]) -> None:
    needs = NEEDS.get(changes.get("conditioning.kind", "none"), {})
    experiment = with_changes(Experiment(), SMALL | needs | changes)
    through, resumed = (Game(experiment, torch.device("cpu")) for _ in range(2))
    for _ in range(STEPS - 5):
        through.iterate()
    resumed.restore(through.state())
    for game in (through, resumed):
        for _ in range(5):
            game.iterate()
    assert through.finite
    left, right = through.state(), resumed.state()
    assert left.facts == right.facts
    assert all(torch.equal(left.tensors[name], right.tensors[name]) for name in left.tensors)


@pytest.mark.parametrize(("objective", "penalty"), list(itertools.product(OBJECTIVES, ["", *PENALTIES])))
def test_every_objective_goes_with_every_penalty(objective: str, penalty: str) -> None:
    trains_and_goes_on({"objective.kind": objective} | ({"penalties[0].kind": penalty} if penalty else {}))


@pytest.mark.parametrize("form", ["minimax", "alternative"])
@pytest.mark.parametrize("divergence", DIVERGENCES)
def test_every_divergence_trains_in_both_forms(divergence: str, form: str) -> None:
    f_gan = {"kind": "f_gan", "divergence": divergence, "generator_form": form}
    trains_and_goes_on({"objective": f_gan, "penalties[0].kind": "gradient_penalty"})


@pytest.mark.parametrize(("objective", "game"), list(itertools.product(OBJECTIVES, GAMES)))
def test_every_objective_goes_with_every_form_of_descent(objective: str, game: str) -> None:
    trains_and_goes_on({"objective.kind": objective, "game.kind": game})


@pytest.mark.parametrize(
    ("game", "penalty"),
    list(itertools.product(("consensus", "symplectic"), ("dragan", "orthogonal", "lecam", "consistency"))),
)
def test_adjusted_forms_of_descent_go_with_penalties_that_need_no_generator(game: str, penalty: str) -> None:
    trains_and_goes_on({"game.kind": game, "penalties[0].kind": penalty})


@pytest.mark.parametrize(
    "discriminator",
    [
        {"discriminator.norm": "batch"},
        {"discriminator.norm": "layer", "discriminator.spectral_norm": True},
        {"discriminator.minibatch": "discrimination"},
        {"discriminator.minibatch": "stddev", "discriminator.packing": 2},
        {"discriminator.orthonormal": True, "discriminator.activation": "groupsort"},
        {"schedule.unrolled_steps": 2},
        {"instance_noise.std": 0.1, "instance_noise.steps": 30},
    ],
    ids=lambda changes: ", ".join(changes),
)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_goes_with_every_discriminator(objective: str, discriminator: dict[str, Any]) -> None:
    trains_and_goes_on({"objective.kind": objective, **discriminator})


@pytest.mark.parametrize(("objective", "conditioning"), list(itertools.product(OBJECTIVES, CONDITIONINGS)))
def test_every_objective_goes_with_every_conditioning(objective: str, conditioning: str) -> None:
    trains_and_goes_on({"objective.kind": objective, "conditioning.kind": conditioning})


@pytest.mark.parametrize(("conditioning", "penalty"), list(itertools.product(CONDITIONINGS, PENALTIES)))
def test_every_conditioning_goes_with_every_penalty(conditioning: str, penalty: str) -> None:
    lively = {"latent_weight": 1.0, "generator_weight": 1.0} if penalty == "consistency" else {}
    trains_and_goes_on({"conditioning.kind": conditioning, "penalties": [{"kind": penalty, **lively}]})


@pytest.mark.parametrize(("conditioning", "game"), list(itertools.product(CONDITIONINGS, GAMES)))
def test_every_conditioning_goes_with_every_form_of_descent(conditioning: str, game: str) -> None:
    trains_and_goes_on({"conditioning.kind": conditioning, "game.kind": game, "objective.kind": "relativistic_paired"})


def test_a_senseless_combination_is_refused_before_it_trains() -> None:
    with pytest.raises(ExperimentError):
        trains_and_goes_on({"discriminator.norm": "batch", "penalties[0].kind": "dragan"})
