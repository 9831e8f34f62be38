"""One iteration: its order, its arithmetic, and what it leaves alone."""

import math
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import SCALARS, Game
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.streams import Stream

CPU = torch.device("cpu")
VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "r1": {"penalties[0].kind": "r1"},
    "wgan_gp": {
        "objective.kind": "wasserstein",
        "penalties[0].kind": "gradient_penalty",
        "schedule.discriminator_steps": 3,
    },
    "clipped": {
        "objective.kind": "wasserstein",
        "penalties[0].kind": "weight_clipping",
        "optimizer.discriminator.kind": "rmsprop",
    },
    "spectral": {"discriminator.spectral_norm": True, "objective.kind": "hinge"},
    "batch_norm": {"discriminator.norm": "batch", "objective.kind": "least_squares"},
    "one_sided": {
        "objective.kind": "wasserstein",
        "penalties": [{"kind": "one_sided_gradient_penalty"}, {"kind": "r2", "every": 2}],
    },
    "dragan": {"penalties": [{"kind": "dragan", "noise": "uniform"}, {"kind": "orthogonal"}]},
    "lecam": {"penalties[0].kind": "lecam", "schedule.discriminator_steps": 2},
    "consistency": {
        "penalties": [{"kind": "consistency", "latent_weight": 5.0, "generator_weight": 0.5}],
        "schedule.generator_steps": 2,
        "discriminator.spectral_norm": True,
    },
    "noisy": {"instance_noise": {"std": 0.3, "steps": 8}, "label_smoothing": {"real": 0.8, "steps": 8}},
    "scheduled": {
        "optimizer.generator": {"kind": "adam", "schedule": "cosine", "schedule_steps": 12},
        "optimizer.discriminator": {"kind": "sgd", "schedule": "linear", "momentum": 0.5},
        "schedule.steps": 9,
    },
    "averaged": {"ema.half_life": 1000.0, "schedule.generator_steps": 2},
    "generator_batch_norm": {"generator.norm": "batch", "ema.half_life": 1000.0},
    "residual_fourier": {
        "generator.fourier": 8,
        "generator.residual": True,
        "discriminator.residual": True,
        "discriminator.fourier": 8,
        "discriminator.spectral_norm": True,
        "ema.half_life": 1000.0,
    },
    "packed": {"discriminator.packing": 2, "penalties[0].kind": "gradient_penalty"},
    "minibatch_discrimination": {"discriminator.minibatch": "discrimination"},
    "minibatch_stddev": {"discriminator.minibatch": "stddev", "discriminator.packing": 2},
    "orthonormal": {
        "objective.kind": "wasserstein",
        "discriminator.orthonormal": True,
        "discriminator.activation": "groupsort",
    },
    "unrolled": {"schedule.unrolled_steps": 2, "discriminator.norm": "batch", "schedule.generator_steps": 2},
    "simultaneous": {"game.kind": "simultaneous"},
    "extragradient": {"game.kind": "extragradient", "penalties[0].kind": "r1", "ema.half_life": 1000.0},
    "optimistic": {"game.kind": "optimistic", "optimizer.generator.kind": "rmsprop"},
    "consensus": {"game.kind": "consensus", "penalties[0].kind": "r1"},
    "symplectic": {"game.kind": "symplectic", "discriminator.spectral_norm": True},
}


def game(changes: dict[str, Any] | None = None) -> Game:
    small = {"generator.hidden": [16, 16], "discriminator.hidden": [16, 16], "schedule.batch_size": 32}
    return Game(with_changes(Experiment(), {**small, **(changes or {})}), CPU)


def edit(played: Game, changes: dict[str, Any]) -> None:
    experiment = with_changes(played.experiment, changes)
    played.edit(experiment, played.accept(experiment))


def same(first: Game, second: Game) -> bool:
    left, right = first.state(), second.state()
    return left.facts == right.facts and all(torch.equal(left.tensors[n], right.tensors[n]) for n in left.tensors)


def test_training_equals_a_plain_pytorch_loop_on_the_same_draws() -> None:
    played = game({"schedule.discriminator_steps": 2})
    experiment = played.experiment

    def copy_of(module: nn.Module, outputs: int) -> nn.Sequential:
        twin = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, outputs))
        twin.load_state_dict(module.state_dict())
        return twin

    generator, discriminator = copy_of(played.generator.module, 2), copy_of(played.discriminator.module, 1)
    settings = {"lr": 1e-3, "betas": (0.5, 0.9), "eps": 1e-8}
    adam_g = torch.optim.Adam(generator.parameters(), **settings)
    adam_d = torch.optim.Adam(discriminator.parameters(), **settings)
    bce = functional.binary_cross_entropy_with_logits
    ones, zeros = torch.ones(32, 1), torch.zeros(32, 1)

    def latent(step: int, stream: Stream, update: int) -> torch.Tensor:
        return torch.from_numpy(draw_latent(experiment.latent, played.streams.at(step, stream, update), 32))

    for step in range(20):
        for update in range(2):
            real = torch.from_numpy(played.data.sample(played.streams.at(step, Stream.REAL, update), 32))
            fake = generator(latent(step, Stream.DISCRIMINATOR_LATENT, update)).detach()
            loss_d = bce(discriminator(real), ones) + bce(discriminator(fake), zeros)
            adam_d.zero_grad()
            loss_d.backward()
            adam_d.step()
        loss_g = bce(discriminator(generator(latent(step, Stream.GENERATOR_LATENT, 0))), ones)
        adam_g.zero_grad()
        loss_g.backward()
        adam_g.step()
        row = dict(zip(SCALARS, played.iterate().tolist(), strict=True))
        assert row["discriminator_loss"] == pytest.approx(loss_d.item(), rel=1e-4)
        assert row["generator_loss"] == pytest.approx(loss_g.item(), rel=1e-4)
    for mine, reference in ((played.generator, generator), (played.discriminator, discriminator)):
        expected = torch.cat([parameter.detach().reshape(-1) for parameter in reference.parameters()])
        torch.testing.assert_close(mine.vector, expected, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", VARIANTS)
def test_phase_by_phase_equals_flat_out(name: str) -> None:
    flat_out, by_phase = game(VARIANTS[name]), game(VARIANTS[name])
    for _ in range(5):
        flat_out.iterate()
        before = by_phase.step
        while by_phase.step == before:
            by_phase.run_phase()
    assert same(flat_out, by_phase)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_restored_state_goes_on_as_if_never_interrupted(name: str) -> None:
    through, resumed = game(VARIANTS[name]), game(VARIANTS[name])
    for _ in range(4):
        through.iterate()
    state = through.state()
    for _ in range(6):
        through.iterate()
    resumed.restore(state)
    for _ in range(6):
        resumed.iterate()
    assert same(through, resumed)


def test_the_state_in_mid_iteration_is_that_of_the_last_boundary() -> None:
    played = game()
    played.iterate()
    boundary = played.state()
    for _ in range(6):  # past the discriminator's update
        played.run_phase()
    assert not torch.equal(played.discriminator.vector, boundary.tensors["discriminator.parameters"])
    assert torch.equal(played.state().tensors["discriminator.parameters"], boundary.tensors["discriminator.parameters"])


def test_one_player_alone_leaves_the_other_unmoved() -> None:
    played = game({"ema.half_life": 100.0})
    before = played.state()
    row = dict(zip(SCALARS, played.iterate("discriminator").tolist(), strict=True))
    after = played.state()
    assert torch.equal(before.tensors["generator.parameters"], after.tensors["generator.parameters"])
    assert not torch.equal(before.tensors["discriminator.parameters"], after.tensors["discriminator.parameters"])
    assert row["generator_loss"] != row["generator_loss"]  # not a number: it did not move
    played.iterate("generator")
    assert torch.equal(after.tensors["discriminator.parameters"], played.discriminator.vector)
    assert not torch.equal(after.tensors["generator.parameters"], played.generator.vector)
    assert played.step == 2


def test_batch_norm_sees_real_and_fake_apart_and_rests_while_the_generator_moves() -> None:
    played = game(VARIANTS["batch_norm"])
    norm = next(module for module in played.discriminator.module.modules() if isinstance(module, nn.BatchNorm1d))
    batches: list[int] = []
    norm.register_forward_hook(lambda module, inputs, output: batches.append(len(inputs[0])))
    for phase in played.phases:
        before = norm.running_mean.clone(), int(norm.num_batches_tracked)
        phase.run()
        moved = not torch.equal(before[0], norm.running_mean) or before[1] != int(norm.num_batches_tracked)
        assert moved == (phase.player == "discriminator" and phase.name == "forward")
    assert batches == [32, 32, 32]  # real, fake, and the generator's samples
    assert int(norm.num_batches_tracked) == 2


def test_the_generators_batch_norm_rests_while_the_discriminator_moves_and_its_average_is_looked_at_still() -> None:
    played = game(VARIANTS["generator_batch_norm"])
    norm = next(module for module in played.generator.module.modules() if isinstance(module, nn.BatchNorm1d))
    for phase in played.phases:
        before = norm.running_mean.clone()
        phase.run()
        assert torch.equal(before, norm.running_mean) == ((phase.player, phase.name) != ("generator", "forward"))
    latents = torch.randn(8, 2, generator=torch.Generator().manual_seed(0))
    with played.observed():
        alone = torch.cat([played.average.network.module(latent[None]) for latent in latents])
        torch.testing.assert_close(played.average.network.module(latents), alone)


def test_spectral_norm_keeps_every_layer_at_norm_one() -> None:
    played = game({**VARIANTS["spectral"], "optimizer.discriminator.lr": 1e-4})  # one power iteration must keep up
    for _ in range(50):
        played.iterate()
    with played.observed():
        for layer in played.discriminator.module:
            if isinstance(layer, nn.Linear):
                assert torch.linalg.matrix_norm(layer.weight.detach(), 2).item() == pytest.approx(1.0, abs=0.05)


def test_clipping_holds_after_every_iteration() -> None:
    played = game(VARIANTS["clipped"])
    for _ in range(3):
        played.iterate()
    assert played.discriminator.vector.abs().max() <= 0.01


def test_a_lazy_penalty_counts_at_every_kth_update_and_k_times() -> None:
    eager, lazy = game({"penalties[0].kind": "r1"}), game({"penalties[0].kind": "r1", "penalties[0].every": 3})
    place = SCALARS.index("penalty")
    first = eager.iterate()[place], lazy.iterate()[place]
    assert first[1].item() == pytest.approx(3.0 * first[0].item(), rel=1e-5)
    assert [bool(torch.isnan(lazy.iterate()[place])) for _ in range(4)] == [True, True, False, True]


def test_two_penalties_count_as_their_sum() -> None:
    gradient_penalty, r1 = {"kind": "gradient_penalty", "weight": 3.0}, {"kind": "r1", "weight": 0.5}

    def first_update(penalties: list[dict[str, Any]]) -> tuple[float, torch.Tensor]:
        played = game({"penalties": penalties})
        row = dict(zip(SCALARS, played.iterate("discriminator").tolist(), strict=True))
        return row["penalty"], played.batch["gradient"]

    _, plain = first_update([])
    (first, by_first), (second, by_second) = first_update([gradient_penalty]), first_update([r1])
    both, by_both = first_update([gradient_penalty, r1])
    assert min(first, second) > 1e-4
    assert both == pytest.approx(first + second, rel=1e-5)
    torch.testing.assert_close(by_both - plain, by_first - plain + by_second - plain, rtol=1e-4, atol=1e-6)


def test_the_gradient_penalty_looks_at_points_of_its_own_in_every_update() -> None:
    played = game({"penalties": [{"kind": "gradient_penalty"}], "schedule.discriminator_steps": 3})
    looked_at: list[torch.Tensor] = []
    played.discriminator.module.register_forward_hook(lambda module, inputs, output: looked_at.append(inputs[0]))
    shares: list[torch.Tensor] = []
    while played.step < 3:
        phase = played.phases[played.position]
        looked_at.clear()
        played.run_phase()
        if (phase.player, phase.name) == ("discriminator", "forward"):
            _, between = looked_at  # after the batches themselves
            real, fake = played.batch["real"], played.batch["fake"]
            shares.append(((between.detach() - fake) / (real - fake)).mean(1))
    assert len(shares) == 9
    for index, share in enumerate(shares):
        assert all((share - other).abs().mean() > 0.1 for other in shares[:index])


def test_every_update_draws_batches_of_its_own() -> None:
    played = game({"schedule.discriminator_steps": 3, "schedule.generator_steps": 3})
    drawn: dict[str, list[torch.Tensor]] = {"real": [], "fake": [], "latent": []}
    while played.step < 3:
        phase = played.phases[played.position]
        played.run_phase()
        if phase.name.endswith(" batch"):
            name = phase.name.removesuffix(" batch")
            drawn[name].append(played.batch[name].clone())
    for batches in drawn.values():
        rows = torch.cat(batches)
        assert len(rows) == 9 * 32
        assert len(rows.unique(dim=0)) == len(rows)


def inputs_of(network: nn.Module) -> list[torch.Tensor]:
    """A list that fills with what the network is shown."""
    shown: list[torch.Tensor] = []
    network.register_forward_hook(lambda module, inputs, output: shown.append(inputs[0].detach()))
    return shown


def test_both_players_look_through_instance_noise_that_fades() -> None:
    played = game({"instance_noise": {"std": 0.5, "steps": 10}, "schedule.batch_size": 4096})
    looked_at = inputs_of(played.discriminator.module)
    draws: list[torch.Tensor] = []
    for step in range(12):
        while played.step == step:
            phase = played.phases[played.position]
            played.run_phase()
            if phase.name == "forward":
                names = ("real", "fake") if phase.player == "discriminator" else ("fake",)
                noise = looked_at.pop() - torch.cat([played.batch[name] for name in names])
                std = 0.5 * max(1.0 - step / 10.0, 0.0)
                assert noise.std().item() == pytest.approx(std, rel=0.03)
                assert noise.mean().item() == pytest.approx(0.0, abs=0.02)
                draws += noise.split(4096) if std else ()
    assert len(draws) == 30  # every batch of the ten noisy steps
    correlations = torch.corrcoef(torch.stack([draw.flatten() for draw in draws])) - torch.eye(30)
    assert correlations.abs().max() < 0.06  # five standard deviations


def test_a_penalty_holds_where_the_discriminator_looks() -> None:
    played = game({"instance_noise.std": 0.5, "penalties[0].kind": "r1"})
    looked_at = inputs_of(played.discriminator.module)
    played.iterate("discriminator")
    assert torch.equal(looked_at[0][:32], looked_at[1])
    assert not torch.equal(looked_at[1], played.batch["real"])


@pytest.mark.parametrize("kind", ["minimax", "non_saturating"])
def test_smoothing_fades_from_its_label_to_one(kind: str) -> None:
    played = game({"objective.kind": kind, "label_smoothing": {"real": 0.7, "steps": 10}})
    for step in range(12):
        label = 1.0 - 0.3 * max(1.0 - step / 10.0, 0.0)
        row = dict(zip(SCALARS, played.iterate("discriminator").tolist(), strict=True))
        v_real, v_fake = played.batch["v_real"], played.batch["v_fake"]
        real = label * functional.softplus(-v_real) + (1.0 - label) * functional.softplus(v_real)
        expected = real.mean() + functional.softplus(v_fake).mean()
        assert row["discriminator_loss"] == pytest.approx(expected.item(), rel=1e-5)


def test_a_discriminator_that_cannot_tell_says_half_the_smoothed_label() -> None:
    assert game({"label_smoothing.real": 0.9}).objective.neutral == pytest.approx(0.45)
    assert game({"label_smoothing": {"real": 0.9, "steps": 10}}).objective.neutral == 0.5


def test_learning_rates_follow_the_schedules_of_their_players() -> None:
    sgd = {"kind": "sgd", "lr": 0.5}
    played = game(
        {
            "optimizer.generator": {**sgd, "schedule": "cosine", "schedule_steps": 6},
            "optimizer.discriminator": {**sgd, "schedule": "linear"},
            "schedule.steps": 4,
        }
    )
    for step in range(7):
        for player, network, factor in (
            ("discriminator", played.discriminator, max(1.0 - step / 4.0, 0.0)),
            ("generator", played.generator, 0.5 + 0.5 * math.cos(math.pi * step / 6.0)),
        ):
            before = network.vector.clone()
            while played.phases[played.position].name != "update":
                played.run_phase()
            assert played.phases[played.position].player == player
            played.run_phase()
            torch.testing.assert_close(network.vector, before - 0.5 * factor * played.batch["gradient"])


def test_the_generators_penalty_moves_the_generator_alone() -> None:
    plain, repelled = (
        game({"penalties": [{"kind": "consistency", "weight": 0.0, "generator_weight": weight, "latent_jitter": 0.5}]})
        for weight in (0.0, 10.0)
    )
    rows = [each.iterate() for each in (plain, repelled)]
    assert torch.equal(plain.discriminator.vector, repelled.discriminator.vector)
    torch.testing.assert_close(*rows, rtol=0, atol=0, equal_nan=True)  # the losses are the objective's
    assert not torch.equal(plain.generator.vector, repelled.generator.vector)


def test_a_penalty_keeps_its_averages_over_an_edit_and_loses_them_when_removed() -> None:
    played = game({"penalties": [{"kind": "lecam"}]})
    for _ in range(3):
        played.iterate()
    averages = {name: value for name, value in played.state().tensors.items() if name.startswith("penalty.lecam.")}
    assert len(averages) == 3
    assert all(averages.values())
    edit(played, {"penalties": [{"kind": "r1"}, {"kind": "lecam", "weight": 5.0}]})
    for name, value in averages.items():
        assert torch.equal(played.state().tensors[name], value)
    edit(played, {"penalties": []})
    assert not any(name.startswith("penalty.") for name in played.state().tensors)
    edit(played, {"penalties": [{"kind": "lecam"}]})
    assert not any(played.state().tensors[name] for name in averages)


def test_the_average_takes_in_every_update_of_the_generator() -> None:
    played = game({"ema.half_life": 64.0, "schedule.generator_steps": 2})
    for _ in range(30):  # past the ramp-up
        played.iterate()
    expected = played.average.network.vector.clone()
    while played.step < 33:
        phase = played.phases[played.position]
        played.run_phase()
        if (phase.player, phase.name) == ("generator", "update"):
            expected.lerp_(played.generator.vector, 1.0 - 2.0 ** (-32 / 64))
    torch.testing.assert_close(played.average.network.vector, expected, rtol=1e-5, atol=1e-6)


def test_the_average_follows_its_half_life() -> None:
    played = game({"ema.half_life": 640.0})
    for _ in range(600):  # past the ramp-up: 5 % of the samples seen exceed the half-life
        played.iterate()
    before, current = played.average.network.vector.clone(), played.generator.vector.clone()
    with torch.no_grad():
        for _ in range(20):  # 20 batches of 32 samples are one half-life
            played.average.update(32, 640.0)
    torch.testing.assert_close(played.average.network.vector, 0.5 * (before + current), rtol=1e-3, atol=1e-4)


def test_a_learning_rate_changes_without_losing_the_optimisers_memory() -> None:
    played = game()
    for _ in range(3):
        played.iterate()
    memory = played.state().tensors["generator.optimizer.mean"]
    edit(played, {"optimizer.generator.lr": 1e-5})
    assert torch.equal(played.state().tensors["generator.optimizer.mean"], memory)
    before = played.generator.vector.clone()
    played.iterate()
    assert 0.0 < (played.generator.vector - before).abs().max() < 1e-4


def test_data_loss_penalties_and_optimisers_change_while_training() -> None:
    played = game()
    played.iterate()
    changes = {
        "data.kind": "grid",
        "objective.kind": "wasserstein",
        "penalties": [{"kind": "gradient_penalty", "weight": 0.1}],
        "optimizer.discriminator.kind": "rmsprop",
        "instance_noise.std": 0.5,
        "optimizer.generator.schedule": "linear",
        "schedule.batch_size": 48,
        "schedule.discriminator_steps": 2,
        "schedule.steps": 1,
    }
    edit(played, changes)
    looked_at, generator = inputs_of(played.discriminator.module), played.generator.vector.clone()
    row = dict(zip(SCALARS, played.iterate().tolist(), strict=True))
    assert len(played.batch["real"]) == 48
    assert (looked_at[-1] - played.batch["fake"]).std() > 0.3
    assert torch.equal(played.generator.vector, generator)  # its rate has run out
    assert row["penalty"] > 0.0


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"seed": 1}, "seed"),
        ({"generator.hidden": [8]}, "generator.hidden"),
        ({"data.kind": "mixture_1d"}, "data.kind"),
    ],
)
def test_changes_that_do_not_fit_the_networks_need_a_new_start(changes: dict[str, Any], path: str) -> None:
    played = game()
    before = played.state()
    with pytest.raises(ExperimentError, match=f"{path}: needs a new start"):
        edit(played, changes)
    assert played.state().facts == before.facts
    played.iterate()


def test_seeds_make_different_networks() -> None:
    first, second = game(), game({"seed": 1})
    assert not torch.equal(first.generator.vector, second.generator.vector)


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_other_devices_train_too(device: str) -> None:
    available = torch.cuda.is_available() if device == "cuda" else torch.backends.mps.is_available()
    if not available:
        pytest.skip(f"this machine has no {device} device")
    for changes in VARIANTS.values():
        played = Game(with_changes(Experiment(), changes), torch.device(device))
        for _ in range(3):
            row = played.iterate()
        assert row.device.type == device
        assert played.finite
