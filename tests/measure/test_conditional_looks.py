"""What is seen of a conditional game: pictures of the class shown, and studies of one class or of all."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.networks.conditioning import given
from ganlab_desktop.gan.objectives import build_objective
from ganlab_desktop.measure.metrics.class_agreement import class_agreement
from ganlab_desktop.measure.probes import PROBES, View, fits
from ganlab_desktop.measure.probes.probe import grid_points
from ganlab_desktop.measure.studies import STUDIES, Snapshot

KINDS = ["concatenation", "embedding", "projection", "auxiliary_classifier"]
TOLD = KINDS[:3]  # to the discriminator
SMALL = {"generator.hidden": [32], "discriminator.hidden": [32], "schedule.batch_size": 64}
VIEW = View((-2.0, 2.0, -2.0, 2.0), 24, 3)


def trained(kind: str, changes: dict[str, Any] | None = None, steps: int = 30) -> Game:
    game = Game(
        with_changes(Experiment(), {**SMALL, "conditioning.kind": kind, **(changes or {})}), torch.device("cpu")
    )
    for _ in range(steps):
        game.iterate()
    return game


def snapshot(game: Game, view: View = VIEW) -> Snapshot:
    return Snapshot(
        game.step,
        game.experiment,
        game.data,
        build_objective(game.experiment.objective),
        game.generator.module,
        game.generator.module,
        game.discriminator.module,
        view,
    ).told()


@pytest.mark.parametrize("kind", TOLD)
def test_the_surface_is_d_for_the_class_shown(kind: str) -> None:
    game = trained(kind)
    points = torch.from_numpy(grid_points(VIEW, 2)[0].astype(np.float32))
    for label in (0, 3):
        values = PROBES["surface"](game)(View(VIEW.box, 24, label)).arrays["values"]
        expected = torch.sigmoid(game.discriminator.module(points, torch.full((24 * 24,), label)))
        np.testing.assert_allclose(values.ravel(), expected.detach().numpy().ravel(), atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_every_probe_and_study_looks_at_a_conditional_game(kind: str) -> None:
    game = trained(kind)
    before = game.state()
    for probe in (probe for name, probe in PROBES.items() if fits(name, game)):
        for array in probe(game)(VIEW).arrays.values():
            assert np.isfinite(array).all() or array.dtype == np.float32
    taken = snapshot(game)
    for study in STUDIES.values():
        if not study.fits(game.experiment, game.data, game.objective):
            continue
        seen = taken if study.WHOLE else taken.of_shown_class()
        _, row = study(seen.data, 0).look(seen)
        assert len(row) == len(study.COLUMNS)
    after = game.state()
    assert all(torch.equal(before.tensors[name], after.tensors[name]) for name in before.tensors)


def test_samples_tell_their_classes_and_arrows_are_those_of_the_class_shown() -> None:
    game = trained("projection")
    samples, arrows = (PROBES[name](game)(VIEW).arrays for name in ("samples", "gradients"))
    labels = samples["labels"]
    assert set(labels) == set(range(8))
    np.testing.assert_allclose(arrows["origin"], samples["fake"][labels == 3][: len(arrows["origin"])], atol=1e-6)
    point = torch.from_numpy(arrows["origin"]).requires_grad_()
    v = given(game.discriminator.module, torch.tensor([3]))(point)
    (slope,) = torch.autograd.grad(torch.nn.functional.softplus(-v).sum(), point)
    np.testing.assert_allclose(arrows["direction"], -slope.numpy(), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("objective", ["relativistic_paired", "relativistic_average"])
def test_relativistic_arrows_of_a_large_batch_compare_with_as_many_real_samples(objective: str) -> None:
    norm = {"discriminator.norm": "batch", "schedule.batch_size": 1024, "objective.kind": objective}
    arrows = PROBES["gradients"](trained("concatenation", norm, 2))(VIEW).arrays
    assert 100 <= len(arrows["origin"]) == len(arrows["direction"]) <= 150


def test_a_class_is_a_game_of_its_own() -> None:
    game = trained("projection")
    one = snapshot(game).of_shown_class()
    x = torch.randn(5, 2)
    label = torch.tensor([3])
    assert torch.equal(one.judge(x), given(game.discriminator.module, label)(x))
    latents = torch.randn(6, 2)
    assert torch.equal(one.generator(latents), given(game.generator.module, label)(latents))
    assert one.data is game.data.of_class(3)
    np.testing.assert_allclose(one.data.modes.centres[0], game.data.modes.centres[3])


def test_the_best_d_of_a_class_compares_its_own_densities() -> None:
    """A generator that makes of each class exactly what the data do leaves nothing to tell: D* is 1/2 everywhere."""
    game = trained("projection", {"data.sigma": 0.3}, 0)

    class Perfect(torch.nn.Module):
        def forward(self, z: torch.Tensor) -> torch.Tensor:
            return torch.from_numpy(game.data.of_class(3).sample(np.random.default_rng(0), len(z)))

    one = replace(snapshot(game).of_shown_class(), generator=Perfect())
    picture, _ = STUDIES["truth"](one.data, 0).look(one)
    best = picture.arrays["optimal"]
    near = np.exp(one.data.log_density(grid_points(VIEW, 2)[0])).reshape(best.shape) > 0.1
    assert np.nanmax(np.abs(best[near] - 0.5)) < 0.15
    other = replace(one, data=game.data)  # against the whole ring D can tell the one class from the other seven
    whole, _ = STUDIES["truth"](game.data, 0).look(other)
    assert np.nanmax(whole.arrays["optimal"]) > 0.9


def test_without_being_told_classes_d_judges_all_of_them_as_one() -> None:
    taken = snapshot(trained("auxiliary_classifier"))
    assert taken.of_shown_class() is taken


def test_coverage_tells_the_class_agreement_of_what_is_asked_for() -> None:
    game = trained("concatenation")
    taken = snapshot(game)
    picture, _ = STUDIES["coverage"](game.data, 0).look(taken)
    samples = taken.generate(2500, average=True)
    expected = class_agreement(game.data, samples, taken.asked[:2500].numpy())
    assert picture.numbers["class_agreement"] == pytest.approx(expected)
    assert "class_agreement" not in STUDIES["coverage"](game.data, 0).measure(samples)[0].numbers


def test_samples_of_a_run_are_those_of_its_labels() -> None:
    run = Run(with_changes(Experiment(), {**SMALL, "conditioning.kind": "projection", "ema.half_life": 500.0}))
    for _ in range(5):
        run.advance()
    labels = run.labels(200, 4)
    assert labels is not None
    again = Run(run.experiment)
    again.restore(*run.state()[1:])
    assert (run.sample(200, 4) == again.sample(200, 4)).all()
    assert not (run.sample(200, 4) == run.sample(200, 4, average=True)).all()
    assert (labels == run.labels(200, 4)).all()
    assert Run(with_changes(Experiment(), SMALL)).labels(5) is None
