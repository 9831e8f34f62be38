"""A discriminator with batch norm is looked at as the function that plays, batches of one kind apart."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from ganlab_desktop.engine.checkup import snapshot_of
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.networks.batch_norm import BatchNorm, batches_apart
from ganlab_desktop.gan.networks.reference import Reference, judged
from ganlab_desktop.measure.health import SURE
from ganlab_desktop.measure.studies.health import POINTS, Health
from ganlab_desktop.measure.studies.losses import batch, losses_on, parameters
from ganlab_desktop.measure.studies.quality import Quality

SMALL = {"generator.hidden": [16], "discriminator.hidden": [16, 16], "discriminator.norm": "batch"}


def network() -> nn.Sequential:
    torch.manual_seed(0)
    layers = nn.Sequential(nn.Linear(2, 5), BatchNorm(5), nn.Tanh(), nn.Linear(5, 4), BatchNorm(4), nn.Linear(4, 1))
    for _ in range(3):
        layers(torch.randn(32, 2))
    return layers.eval()


def test_each_sample_is_judged_by_the_mean_and_variance_of_the_reference_layer_by_layer() -> None:
    layers, reference, x = network(), torch.randn(20, 2) + 3.0, torch.randn(7, 2)
    buffers = {name: tensor.clone() for name, tensor in layers.named_buffers()}
    found = judged(layers, x, 1, Reference(reference))
    for layer in layers:
        if isinstance(layer, BatchNorm):
            spread = (reference.var(0, unbiased=False) + layer.eps).sqrt()
            x, reference = ((y - reference.mean(0)) / spread * layer.weight + layer.bias for y in (x, reference))
        else:
            x, reference = layer(x), layer(reference)
    torch.testing.assert_close(found, x)
    assert all(torch.equal(tensor, buffers[name]) for name, tensor in layers.named_buffers())


def test_batches_apart_are_those_of_training_without_a_trace() -> None:
    layers, x = network(), torch.randn(16, 2)
    buffers = {name: tensor.clone() for name, tensor in layers.named_buffers()}
    with batches_apart(layers):
        apart = layers(x)
    assert all(torch.equal(tensor, buffers[name]) for name, tensor in layers.named_buffers())
    torch.testing.assert_close(apart, layers.train()(x))


@pytest.fixture(scope="module")
def trained() -> Run:
    run = Run(with_changes(Experiment(), SMALL))
    with torch.no_grad():
        run.game.generator.module[-1].weight.zero_()  # one point, in the middle of the ring
    for _ in range(600):
        run.game.iterate(only="discriminator")
    return run


def test_health_and_quality_see_the_discriminator_that_plays(trained: Run) -> None:
    """D wins against a generator that rests, which its running statistics, of both kinds mixed, do not show."""
    game, shot = trained.game, snapshot_of(trained)
    study = Health(game.data, 0)
    found = study.measure(shot)
    real, fake = torch.from_numpy(study._real), torch.from_numpy(shot.generate(POINTS))
    with torch.no_grad():
        v_real, v_fake = (game.discriminator.module(points) for points in (real, fake))  # in train mode
    assert found.real_accuracy == pytest.approx(float((v_real > 0).float().mean()), abs=0.02)
    assert found.fake_accuracy == pytest.approx(float((v_fake < 0).float().mean()), abs=0.02)
    assert min(found.real_accuracy, found.fake_accuracy) >= SURE  # so that the rules can tell
    _, row = Quality(game.data, 0).look(shot)
    assert row[:2] == pytest.approx((found.real_accuracy, found.fake_accuracy), abs=0.02)
    with torch.no_grad():
        mixed = [float((shot.discriminator(points) > 0).float().mean()) for points in (real, fake)]
    assert max(abs(mixed[0] - found.real_accuracy), abs(1 - mixed[1] - found.fake_accuracy)) > 0.05


def test_the_losses_of_this_game_are_those_of_training(trained: Run) -> None:
    shot = snapshot_of(trained)
    real, latent = batch(shot, 64, real=5, latent=1)
    of_generator, of_discriminator = losses_on(shot, real, latent)(
        parameters(shot.generator), parameters(shot.discriminator)
    )
    discriminator = shot.discriminator.train()
    v_real, v_fake = discriminator(real), discriminator(shot.generator(latent))
    torch.testing.assert_close(of_discriminator, shot.objective.discriminator_loss(v_real, v_fake))
    torch.testing.assert_close(of_generator, shot.objective.generator_loss(v_real, v_fake))


def test_in_a_conditional_game_the_references_share_their_classes() -> None:
    run = Run(with_changes(Experiment(), SMALL | {"conditioning.kind": "concatenation"}))
    shot = snapshot_of(run)
    assert shot.reference is not None
    assert shot.fake_reference is not None
    assert torch.equal(shot.reference.condition, shot.fake_reference.condition)
    assert len(shot.reference.condition.unique()) == run.game.data.classes
    alone = replace(shot.of_shown_class())
    points = torch.randn(9, 2)
    label = torch.zeros(9, dtype=torch.int64)
    torch.testing.assert_close(alone.judge(points), shot.judge(points, label))


def test_latent_consistency_leaves_the_generators_statistics_alone_in_ds_turn() -> None:
    changes = {
        "generator.norm": "batch",
        "penalties": [{"kind": "consistency", "latent_weight": 1.0}],
        "schedule.batch_size": 16,
    }
    game = Game(with_changes(Experiment(), SMALL | changes), torch.device("cpu"))
    before = {name: buffer.clone() for name, buffer in game.generator.buffers().items()}
    game.iterate(only="discriminator")
    assert before
    for name, buffer in game.generator.buffers().items():
        np.testing.assert_array_equal(buffer.numpy(), before[name].numpy())
