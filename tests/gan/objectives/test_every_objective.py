"""What holds for every objective: its optimum, its flags, and a game that repeats to the bit."""

from typing import get_args

import pytest
import torch

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.fields import fields_of
from ganlab_desktop.experiment.objectives import AdversarialSpec, FGan, LeastSquares, ObjectiveSpec
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import SCALARS, Game
from ganlab_desktop.gan.objectives import build_objective
from ganlab_desktop.gan.streams import Stream

F_GANS = [
    FGan(divergence=divergence, generator_form=form)
    for divergence in fields_of(FGan)["divergence"].choices
    for form in fields_of(FGan)["generator_form"].choices
]
SPECS = [kind() for kind in get_args(AdversarialSpec) if kind is not FGan] + F_GANS
SPECS += [FGan(divergence="alpha", alpha=2.5), LeastSquares(a=-1.0, b=1.0, c=0.0)]
SPECS += [FGan(divergence="alpha", alpha=-1.5), FGan(divergence="weighted_js", pi=0.2)]


def name(spec: ObjectiveSpec) -> str:
    return "-".join(str(getattr(spec, field)) for field in spec.__struct_fields__) or type(spec).__name__


every = pytest.mark.parametrize("spec", SPECS, ids=name)


@every
def test_the_optimum_minimises_the_discriminators_loss_at_every_point(spec: ObjectiveSpec) -> None:
    objective = build_objective(spec)
    if objective.terms is None or objective.optimal is None:
        assert objective.floating
        return
    real, fake = objective.terms
    grid = torch.linspace(-12.0, 12.0, 24_001, dtype=torch.float64)
    for ratio in (-2.0, -0.7, 0.0, 0.3, 1.5):
        p = torch.sigmoid(torch.tensor(ratio, dtype=torch.float64))
        costs = p * real(grid) + (1.0 - p) * fake(grid)
        v = objective.optimal(torch.tensor(ratio, dtype=torch.float64))
        cost = p * real(v) + (1.0 - p) * fake(v)
        assert cost <= costs.min() + 1e-12


@every
def test_the_optimum_is_stable_and_increases_over_all_ratios(spec: ObjectiveSpec) -> None:
    optimal = build_objective(spec).optimal
    if optimal is None:
        assert build_objective(spec).reason
        return
    ratios = torch.linspace(-700.0, 700.0, 2801, dtype=torch.float64)
    v = optimal(ratios)
    assert v.dtype == torch.float64
    assert not torch.isnan(v).any()
    assert (v[1:] >= v[:-1]).all()


@every
def test_a_discriminator_that_cannot_tell_gives_its_neutral_output(spec: ObjectiveSpec) -> None:
    objective = build_objective(spec)
    if objective.neutral is None:
        assert objective.floating
        return
    if objective.output == "probability":
        assert objective.neutral == 0.5
        return
    v = torch.tensor([objective.neutral], dtype=torch.float64)
    best = objective.discriminator_loss(v, v)
    for other in (v - 0.01, v + 0.01):
        assert best <= objective.discriminator_loss(other, other) + 1e-12


@every
def test_losses_are_the_means_of_their_terms(spec: ObjectiveSpec) -> None:
    objective = build_objective(spec)
    v = torch.randn(2, 16, 1, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    if objective.terms is None:
        assert objective.needs_real
        return
    expected = objective.terms[0](v[0]).mean() + objective.terms[1](v[1]).mean()
    torch.testing.assert_close(objective.discriminator_loss(v[0], v[1]), expected)
    assert torch.equal(objective.generator_loss(v[0, :0], v[1]), objective.generator_loss(v[0], v[1]))


def small(spec: ObjectiveSpec) -> Game:
    sizes = {"generator.hidden": [16], "discriminator.hidden": [16], "schedule.batch_size": 32}
    experiment = with_changes(Experiment(objective=spec), {**sizes, "schedule.generator_steps": 2})
    return Game(experiment, torch.device("cpu"))


@every
def test_five_iterations_are_the_same_flat_out_by_phase_and_restored(spec: ObjectiveSpec) -> None:
    flat_out, by_phase, restored = small(spec), small(spec), small(spec)
    for step in range(5):
        if step == 2:
            restored.restore(flat_out.state())
        flat_out.iterate()
        while by_phase.step == step:
            by_phase.run_phase()
    while restored.step < 5:
        restored.iterate()
    assert flat_out.finite
    for other in (by_phase, restored):
        expected, found = flat_out.state(), other.state()
        assert expected.facts == found.facts
        assert all(torch.equal(expected.tensors[key], found.tensors[key]) for key in expected.tensors)


@every
def test_the_generator_draws_real_batches_of_its_own_where_its_loss_needs_them(spec: ObjectiveSpec) -> None:
    played = small(spec)
    drawn = []
    for phase in played.phases:
        phase.run()
        if phase.name == "real batch":
            drawn.append((phase.player, played.batch["real"].clone()))
    draws = [("discriminator", 0)]
    if played.objective.needs_real:
        draws += [("generator", 1 << 16), ("generator", (1 << 16) + 1)]
    assert [player for player, _ in drawn] == [player for player, _ in draws]
    for (_, batch), (_, index) in zip(drawn, draws, strict=True):
        expected = played.data.sample(played.streams.at(0, Stream.REAL, index), 32)
        assert torch.equal(batch, torch.from_numpy(expected))


def test_the_generators_gradient_is_that_of_its_loss_on_both_batches() -> None:
    played = small(next(spec for spec in SPECS if type(spec).__name__ == "RelativisticAverage"))
    phases = [phase for phase in played.phases if phase.player == "generator" and phase.update == 0]
    for phase in phases[:-1]:  # up to the update
        phase.run()
    fake = played.generator.module(played.batch["latent"])
    v_fake, v_real = played.discriminator.module(fake), played.discriminator.module(played.batch["real"])
    real_side = torch.nn.functional.softplus(v_real - v_fake.mean()).mean()
    loss = torch.nn.functional.softplus(v_real.mean() - v_fake).mean() + real_side
    expected = torch.autograd.grad(loss, list(played.generator.module.parameters()))
    torch.testing.assert_close(played.batch["gradient"], torch.cat([part.reshape(-1) for part in expected]))
    torch.testing.assert_close(played.batch["v_real"], v_real.detach())


def test_an_edit_of_the_objective_brings_the_generators_real_batch_and_takes_it_away() -> None:
    flat_out, by_phase = small(SPECS[0]), small(SPECS[0])
    for kind in ("relativistic_average", "hinge"):
        for played in (flat_out, by_phase):
            experiment = with_changes(played.experiment, {"objective.kind": kind})
            played.edit(experiment, played.accept(experiment))
            real = [phase.player for phase in played.phases if phase.name == "real batch"]
            assert ("generator" in real) is kind.startswith("relativistic")
        flat_out.iterate()
        while by_phase.run_phase() is None:
            pass
        assert torch.equal(flat_out.generator.vector, by_phase.generator.vector)


def test_jeffreys_game_is_played_under_a_gradient_penalty_too() -> None:
    played = small(FGan(divergence="jeffrey"))
    experiment = with_changes(played.experiment, {"penalties[0].kind": "gradient_penalty"})
    played.edit(experiment, played.accept(experiment))
    for _ in range(5):
        row = played.iterate()
    assert torch.isfinite(row[: SCALARS.index("augmentation")]).all()
    assert played.finite
