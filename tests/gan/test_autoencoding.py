"""The variational autoencoder in the game's place: what it learns, who moves, and what is drawn."""

from typing import Any

import numpy as np
import pytest
import torch

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.autoencoding import Autoencoding
from ganlab_desktop.gan.game import SCALARS
from ganlab_desktop.gan.games import build_game
from ganlab_desktop.measure.metrics.evidence import evidence

CPU = torch.device("cpu")
SMALL = {"objective.kind": "variational", "generator.hidden": [16], "discriminator.hidden": [16]}


def autoencoder(changes: dict[str, Any] | None = None) -> Autoencoding:
    game = build_game(with_changes(Experiment(), SMALL | {"schedule.batch_size": 64} | (changes or {})), CPU)
    assert isinstance(game, Autoencoding)
    return game


def named(row: torch.Tensor) -> dict[str, float]:
    return dict(zip(SCALARS, row.tolist(), strict=True))


def test_on_one_gaussian_a_linear_autoencoder_reaches_the_likelihood_of_the_data() -> None:
    """x = w z + b + s noise is any Gaussian, and its posterior is linear in x: the bound can reach -entropy."""
    torch.set_num_threads(1)
    game = autoencoder(
        {
            "data": {"kind": "mixture_1d", "means": [2.0], "sigmas": [0.5], "weights": [1.0]},
            "latent.dim": 1,
            "generator.kind": "affine",
            "discriminator.hidden": [],
            "schedule.batch_size": 512,
            "optimizer.generator": {"kind": "adam", "lr": 1e-2},
            "optimizer.discriminator": {"kind": "adam", "lr": 1e-2},
        }
    )
    for _ in range(1500):
        game.iterate()
    held_out = game.data.held_out(np.random.default_rng(1), 4000)
    known = game.data.log_density(held_out.astype(np.float64))
    assert known is not None
    with game.observed():
        samples = torch.from_numpy(held_out)
        found = evidence(game.encoder, game.generator.module, samples, 50, np.random.default_rng(2))
    assert found.elbo == pytest.approx(known.mean(), abs=0.03)
    assert found.iwae <= known.mean() + 0.02


def test_the_loss_is_the_sum_of_its_terms_and_falls() -> None:
    torch.set_num_threads(1)
    game = autoencoder({"objective.beta": 0.5})
    rows = [named(game.iterate()) for _ in range(300)]
    for row in rows:
        assert row["generator_loss"] == pytest.approx(row["reconstruction"] + 0.5 * row["divergence"], rel=1e-5)
        assert row["discriminator_loss"] == row["generator_loss"]
        assert np.isnan(row["real_score"])
    early, late = ([row["generator_loss"] for row in part] for part in (rows[:30], rows[-30:]))
    assert np.mean(late) < np.mean(early) - 0.1


def test_the_price_of_the_latents_rises_over_the_warm_up() -> None:
    game = autoencoder({"objective.warm_up": 4})
    for step in range(6):
        row = named(game.iterate())
        paid = (row["generator_loss"] - row["reconstruction"]) / row["divergence"]
        assert paid == pytest.approx(min(step / 4, 1.0), abs=1e-4)


def test_a_lone_player_moves_by_the_loss_of_both() -> None:
    game = autoencoder()
    for only, moved, still in (
        ("discriminator", game.discriminator, game.generator),
        ("generator", game.generator, game.discriminator),
    ):
        before = moved.vector.clone(), still.vector.clone()
        game.iterate(only)  # type: ignore[arg-type]
        assert not torch.equal(moved.vector, before[0])
        assert torch.equal(still.vector, before[1])


def test_phase_by_phase_is_the_same_as_flat_out() -> None:
    flat, stepped = autoencoder(), autoencoder()
    for _ in range(3):
        flat.iterate()
        while stepped.run_phase() is None:
            pass
    assert flat.state().equals(stepped.state())
    players = [(phase.player[0], phase.name) for phase in flat.phases]
    encoder, decoder = [("d", "real batch"), ("d", "encode")], [("g", "decode"), ("g", "gradients")]
    assert players == [*encoder, *decoder, ("d", "update"), ("g", "update")]


def test_both_gradients_are_those_of_one_loss() -> None:
    game = autoencoder({"objective.variance": "fixed", "objective.noise_std": 0.3})
    while game.phases[game.position].name != "update":
        game.run_phase()
    real, decoded = game.batch["real"], game.batch["fake"]
    posterior = game.encode(real)
    latents = game.batch["latent"]
    noise = (latents - posterior.mean) / torch.exp(0.5 * posterior.log_variance)
    again = game.generator.module(posterior.latents(noise.detach()))
    torch.testing.assert_close(again, decoded)
    squares = (real - again).square().sum(1) / (2 * 0.3**2)
    loss = (squares + posterior.divergence()).mean()
    parameters = [*game.discriminator.tensors, *game.generator.tensors]
    expected = torch.cat([part.reshape(-1) for part in torch.autograd.grad(loss, parameters)])
    torch.testing.assert_close(game.batch["gradient"], expected, rtol=1e-3, atol=1e-5)


def test_a_fixed_deviation_is_the_specs_and_may_change_while_it_trains() -> None:
    game = autoencoder({"objective.variance": "fixed", "objective.noise_std": 0.3})
    assert float(game.encoder.variance) == pytest.approx(0.09)
    game.iterate()
    changed = with_changes(game.experiment, {"objective.noise_std": 0.5})
    game.edit(changed, game.accept(changed))
    assert float(game.encoder.variance) == pytest.approx(0.25)


def test_the_best_variance_is_remembered_over_batches() -> None:
    game, found = autoencoder(), []
    for _ in range(5):
        while game.phases[game.position].name != "update":
            game.run_phase()
        found.append(float((game.batch["real"] - game.batch["fake"]).square().mean()))
        game.iterate()
    assert float(game.encoder.variance) == pytest.approx(np.mean(found), rel=1e-5)


def test_a_game_becomes_an_autoencoder_only_at_a_new_start() -> None:
    game = build_game(Experiment(), CPU)
    with pytest.raises(ExperimentError, match=r"objective.kind: needs a new start, because an encoder"):
        game.accept(with_changes(Experiment(), {"objective.kind": "variational"}))


def test_nobody_asks_an_autoencoder_what_is_real() -> None:
    game = autoencoder()
    for ask in (game.judge, game.score):
        with pytest.raises(TypeError, match="no discriminator"):
            ask(torch.zeros(3, 2))
