"""Games from images to images: what each player is told and what the generator is moved by."""

from copy import deepcopy
from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from torch import Tensor

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.translation import PatchDiscriminator, patch_side, scores_across
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.data.images import PairedImages
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.networks.patch import patch_discriminator, receptive_field
from ganlab_desktop.gan.penalties import input_gradient

PAIRS: dict[str, Any] = {
    "data": {"kind": "paired", "source": {"kind": "shapes", "size": 16, "count": 60}},
    "generator": {"kind": "unet", "maps": 4},
    "discriminator": {"kind": "patch", "patch": "16", "maps": 4},
    "schedule.batch_size": 8,
}
RECONSTRUCTION: dict[str, Any] = {"kind": "reconstruction"}
L1 = {"penalties": [RECONSTRUCTION]}


def experiment(changes: dict[str, Any] | None = None) -> Experiment:
    return with_changes(Experiment(), deepcopy(PAIRS | (changes or {})))


def game(changes: dict[str, Any] | None = None) -> Game:
    torch.set_num_threads(1)
    return Game(experiment(changes), torch.device("cpu"))


def up_to(played: Game, player: str, name: str) -> None:
    """Play all phases up to the first of this name, and that one."""
    for phase in played.phases:
        phase.run()
        if (phase.player, phase.name) == (player, name):
            return
    raise AssertionError(f"no {name} of {player}")


def inputs_of(played: Game, targets: Tensor) -> Tensor:
    assert isinstance(played.data, PairedImages)
    return torch.from_numpy(played.data.inputs(targets.numpy()))


def test_the_generator_sees_the_inputs_of_the_targets_and_the_discriminator_both() -> None:
    played = game()
    seen: list[Tensor] = []
    played.generator.module.network.register_forward_pre_hook(lambda _, x: seen.append(x[0]))
    played.discriminator.module.network.register_forward_pre_hook(lambda _, x: seen.append(x[0]))
    up_to(played, "discriminator", "forward")
    real, fake, inputs = played.batch["real"], played.batch["fake"], inputs_of(played, played.batch["real"])
    shown, judged_real, judged_fake = seen
    assert_array_equal(shown, torch.cat((inputs, played.batch["latent"]), 1))
    assert_array_equal(judged_real, torch.cat((real, inputs), 1))
    assert_array_equal(judged_fake, torch.cat((fake, inputs), 1))


def test_in_its_turn_the_generator_has_the_targets_of_its_own_inputs() -> None:
    played = game(L1)
    up_to(played, "discriminator", "update")
    of_discriminator = played.batch["real"]
    seen: list[Tensor] = []
    played.generator.module.network.register_forward_pre_hook(lambda _, x: seen.append(x[0]))
    start = next(index for index, phase in enumerate(played.phases) if phase.player == "generator")
    for phase in played.phases[start : start + 3]:
        phase.run()
    assert not torch.equal(played.batch["real"], of_discriminator)
    assert_array_equal(seen[0][:, :256], inputs_of(played, played.batch["real"]))


@pytest.mark.parametrize("distance", ["l1", "l2"])
@pytest.mark.parametrize("adversarial", [1.0, 0.25, 0.0])
def test_the_generator_s_loss_is_the_weighted_sum(distance: str, adversarial: float) -> None:
    term = RECONSTRUCTION | {"weight": 7.0, "distance": distance, "adversarial": adversarial}
    played, plain = game({"penalties": [term]}), game()
    for one in (played, plain):
        up_to(one, "generator", "forward")
    apart = played.batch["fake"] - played.batch["real"]
    far = apart.abs().mean() if distance == "l1" else apart.square().mean()
    assert_array_equal(played.batch["v_fake"], plain.batch["v_fake"])
    torch.testing.assert_close(played._loss, adversarial * plain._loss + 7.0 * far)


def test_on_the_distance_alone_the_discriminator_does_not_move_the_generator() -> None:
    alone = {"penalties": [RECONSTRUCTION | {"adversarial": 0.0}]}
    first, second = game(alone), game(alone | {"optimizer.discriminator.lr": 0.05})
    for one in (first, second):
        for _ in range(4):
            one.iterate()
    assert not torch.equal(first.discriminator.vector, second.discriminator.vector)
    assert_array_equal(first.generator.vector.detach(), second.generator.vector.detach())


def test_losses_are_means_over_patches_and_not_losses_of_mean_scores() -> None:
    played = game({"objective.kind": "least_squares"})
    up_to(played, "discriminator", "forward")
    v_real, v_fake = played.batch["v_real"], played.batch["v_fake"]
    assert v_real.shape == (8, 36)
    patchwise = 0.5 * (v_real - 1.0).square().mean() + 0.5 * v_fake.square().mean()
    torch.testing.assert_close(played._loss.detach(), patchwise)
    of_means = 0.5 * (v_real.mean(1) - 1.0).square().mean() + 0.5 * v_fake.mean(1).square().mean()
    assert abs(float(patchwise - of_means)) > 1e-6


def test_looks_are_told_the_mean_of_the_patches() -> None:
    played = game({"discriminator.norm": "none"})
    up_to(played, "discriminator", "forward")
    real, v_real = played.batch["real"], played.batch["v_real"]
    inputs = inputs_of(played, real)
    with torch.no_grad():
        torch.testing.assert_close(played.judge(real, inputs), v_real.mean(1, keepdim=True))
    (expected,) = torch.autograd.grad(played.judge(real.requires_grad_(), inputs).sum(), real)
    assert played._told(played.discriminator)(real).shape == (8, 36)
    torch.testing.assert_close(input_gradient(played._told(played.discriminator), real), expected)


@pytest.mark.parametrize(("patch", "side"), [("16", 16), ("16", 32), ("34", 64), ("70", 128), ("image", 32)])
def test_the_read_out_is_the_network_s(patch: Any, side: int) -> None:
    spec = PatchDiscriminator(maps=4, patch=patch)
    network = patch_discriminator(spec, (2, side, side), 0, np.random.default_rng(0))
    scores = network(torch.zeros(2, 2 * side**2))
    assert scores.shape == (2, scores_across(spec, side) ** 2)
    assert (
        receptive_field(network) >= side if patch_side(spec) is None else receptive_field(network) == patch_side(spec)
    )


@pytest.mark.parametrize(
    "changes",
    [
        *({"penalties": [RECONSTRUCTION, {"kind": kind}], "discriminator.norm": "none"}
          for kind in ("gradient_penalty", "one_sided_gradient_penalty", "r1", "r2", "dragan", "weight_clipping",
                       "orthogonal", "lecam", "consistency")),
        {"discriminator": {"kind": "patch", "patch": "16", "maps": 4, "norm": "layer", "spectral_norm": True}},
        {"objective.kind": "relativistic_average_hinge", **L1},
        {"objective.kind": "wasserstein", "discriminator": {"kind": "dcgan", "maps": 4}, "penalties[0].kind": "r1"},
        {"discriminator": {"kind": "resnet", "maps": 4}, "ema.half_life": 100.0},
        {"discriminator": {"kind": "mlp", "hidden": [8]}, "data.task": "low_resolution"},
        {"game.kind": "extragradient", **L1},
        {"game.kind": "consensus", **L1},
        {"schedule.unrolled_steps": 2, **L1},
        {"instance_noise.std": 0.1, "label_smoothing.real": 0.9, **L1},
    ],
)  # fmt: skip
def test_pairs_go_with_what_makes_sense(changes: dict[str, Any]) -> None:
    played, again = game(changes), game(changes)
    for _ in range(4):
        played.iterate()
    again.restore(played.state())
    for one in (played, again):
        for _ in range(2):
            one.iterate()
    assert played.finite
    assert played.state().equals(again.state())


def test_inputs_of_another_shape_need_a_new_start() -> None:
    played = game()
    assert played.accept(with_changes(played.experiment, {"data.task": "grey"})) is not played.data
    with pytest.raises(ExperimentError, match="new start"):
        played.accept(with_changes(played.experiment, {"data.task": "low_resolution"}))
