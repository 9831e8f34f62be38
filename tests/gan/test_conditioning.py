"""Conditional networks against formulas written by hand, and what a conditional game tells whom."""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from ganlab_desktop.experiment.conditioning import (
    AuxiliaryClassifier,
    Concatenation,
    ConditionalBatchNorm,
    ConditioningSpec,
    Embedding,
    Projection,
)
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.networks import MlpDiscriminator, MlpGenerator
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.labels import draw_labels
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.networks.build import build_generator
from ganlab_desktop.gan.networks.conditioning import conditional_discriminator, conditional_generator, given
from ganlab_desktop.gan.penalties import gradient_norms
from ganlab_desktop.gan.penalties.gradient_penalty import interpolate
from ganlab_desktop.gan.streams import Stream, Streams

CPU = torch.device("cpu")
KINDS: list[ConditioningSpec] = [Concatenation(), Embedding(), Projection(), AuxiliaryClassifier()]
SMALL = {"generator.hidden": [16], "discriminator.hidden": [16], "schedule.batch_size": 32}


def game(kind: str, changes: dict[str, Any] | None = None) -> Game:
    return Game(with_changes(Experiment(), {**SMALL, "conditioning.kind": kind, **(changes or {})}), CPU)


def network(spec: ConditioningSpec, **settings: Any) -> Any:
    rng = Streams(3).at(0, Stream.DISCRIMINATOR_WEIGHTS)
    return conditional_discriminator(spec, MlpDiscriminator(hidden=(16, 8), **settings), (2,), 5, rng)


def points(count: int = 10) -> Tensor:
    return torch.randn(count, 2, generator=torch.Generator().manual_seed(1))


LABELS = torch.tensor([0, 3, 3, 1, 4, 2, 0, 0, 1, 4])


def weights(judge: Any, layer: str) -> tuple[Tensor, Tensor]:
    parameters = dict(judge.named_parameters())
    return parameters[f"{layer}.weight"], parameters[f"{layer}.bias"]


def test_projection_is_psi_of_phi_plus_the_inner_product() -> None:
    judge, x = network(Projection()), points()
    (w1, b1), (w2, b2), (w3, b3) = (weights(judge, name) for name in ("features.0", "features.2", "output"))
    e = dict(judge.named_parameters())["classes.weight"]
    for i in range(10):
        phi = torch.relu(w2 @ torch.relu(w1 @ x[i] + b1) + b2)
        torch.testing.assert_close(judge(x, LABELS)[i, 0], w3[0] @ phi + b3[0] + e[LABELS[i]] @ phi)


@pytest.mark.parametrize("spec", [Concatenation(), Embedding(dim=3)], ids=repr)
def test_concatenation_takes_the_class_beside_the_sample(spec: ConditioningSpec) -> None:
    judge, x = network(spec), points()
    (w1, b1), (w2, b2), (w3, b3) = (weights(judge, f"network.{place}") for place in (0, 2, 4))
    codes = torch.eye(5) if isinstance(spec, Concatenation) else dict(judge.named_parameters())["code.weight"]
    for i in range(10):
        hidden = torch.relu(w2 @ torch.relu(w1[:, :2] @ x[i] + w1[:, 2:] @ codes[LABELS[i]] + b1) + b2)
        torch.testing.assert_close(judge(x, LABELS)[i], w3 @ hidden + b3)


def test_conditional_batch_norm_has_a_gain_and_an_offset_for_each_class() -> None:
    rng = Streams(3).at(0, Stream.GENERATOR_WEIGHTS)
    spec = MlpGenerator(hidden=(6,), norm="batch")
    maker: Any = conditional_generator(ConditionalBatchNorm(), spec, 4, (2,), 5, rng)
    plain: Any = build_generator(spec, 4, (2,), Streams(3).at(0, Stream.GENERATOR_WEIGHTS))
    z = torch.randn(10, 4, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(maker(z, LABELS), plain(z))  # every class starts as the identity
    p = dict(maker.named_parameters())
    with torch.no_grad():
        for name in ("gains", "offsets"):
            p[f"network.1.{name}"].normal_(generator=torch.Generator().manual_seed(5))
    h = z @ p["network.0.weight"].T + p["network.0.bias"]
    h = (h - h.mean(0)) / (h.var(0, unbiased=False) + 1e-5).sqrt()
    h = torch.stack(
        [p["network.1.gains"][y] * row + p["network.1.offsets"][y] for row, y in zip(h, LABELS, strict=True)]
    )
    expected = torch.relu(h) @ p["network.3.weight"].T + p["network.3.bias"]
    torch.testing.assert_close(maker(z, LABELS), expected)
    torch.testing.assert_close(maker(z, LABELS[:5]), maker(z, LABELS[:5].repeat(2)))  # labels are repeated in turn


def test_the_auxiliary_classifier_guesses_from_the_features_that_judge() -> None:
    judge, x = network(AuxiliaryClassifier()), points()
    (w1, b1), (w2, b2), (w3, b3) = (weights(judge, name) for name in ("features.0", "features.2", "output"))
    heads, offsets = weights(judge, "classes")
    phi = torch.relu(torch.relu(x @ w1.T + b1) @ w2.T + b2)
    torch.testing.assert_close(judge(x), phi @ w3.T + b3)
    torch.testing.assert_close(judge.guess(x), phi @ heads.T + offsets)


def test_spectral_norm_holds_every_matrix_of_the_projection_too() -> None:
    judge = network(Projection(), spectral_norm=True).eval()
    for layer in (judge.features[0], judge.features[2], judge.output, judge.classes):
        assert torch.linalg.svdvals(layer.weight.detach())[0] == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("spec", KINDS, ids=repr)
def test_labels_are_repeated_in_turn(spec: ConditioningSpec) -> None:
    judge, x = network(spec), points()
    both = given(judge, LABELS)(torch.cat((x, -x)))
    torch.testing.assert_close(both, torch.cat((given(judge, LABELS)(x), given(judge, LABELS)(-x))))
    one = given(judge, torch.tensor([2]))(x)
    torch.testing.assert_close(one, given(judge, torch.full((10,), 2))(x))
    told = given(given(judge, LABELS), torch.tensor([2]))(x)  # other labels take the place of the first
    assert torch.equal(told, one)


@pytest.mark.parametrize("length", [0, 6])
def test_the_generator_is_told_the_class(length: int) -> None:
    spec = Projection(generator_embedding=length)
    rng = Streams(3).at(0, Stream.GENERATOR_WEIGHTS)
    maker = conditional_generator(spec, MlpGenerator(hidden=()), 4, (2,), 5, rng)
    z = torch.randn(10, 4, generator=torch.Generator().manual_seed(2))
    w, b = weights(maker, "network.0")
    codes = dict(maker.named_parameters())["code.weight"] if length else torch.eye(5)
    torch.testing.assert_close(maker(z, LABELS), z @ w[:, :4].T + codes[LABELS] @ w[:, 4:].T + b)


def test_auxiliary_losses_are_cross_entropies_of_what_was_asked() -> None:
    played = game("auxiliary_classifier", {"conditioning.weight": 0.7, "instance_noise.std": 0.0})
    judge: Any = played.discriminator.module
    real, labels = (torch.from_numpy(a) for a in played.data.labelled(played.streams.at(0, Stream.REAL), 32))
    drawn = draw_latent(played.experiment.latent, played.streams.at(0, Stream.DISCRIMINATOR_LATENT), 32)
    fake = given(played.generator.module, labels)(torch.from_numpy(drawn)).detach()

    def cross(samples: Tensor) -> Tensor:
        chances = torch.softmax(judge.guess(samples), 1)
        return -torch.stack([chances[i, label].log() for i, label in enumerate(labels)]).mean()

    v_real, v_fake = judge(real), judge(fake)
    loss = functional.softplus(-v_real).mean() + functional.softplus(v_fake).mean() + 0.7 * (cross(real) + cross(fake))
    expected = torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, list(judge.parameters()))])
    for phase in played.phases[:4]:
        phase.run()
    torch.testing.assert_close(played.batch["gradient"], expected)

    played = game("auxiliary_classifier", {"conditioning.weight": 0.7})
    judge, maker = played.discriminator.module, played.generator.module
    labels = torch.from_numpy(draw_labels(played.data.class_weights, played.streams.at(0, Stream.LABELS), 32))
    drawn = draw_latent(played.experiment.latent, played.streams.at(0, Stream.GENERATOR_LATENT), 32)
    fake = given(maker, labels)(torch.from_numpy(drawn))
    loss = functional.softplus(-judge(fake)).mean() + 0.7 * functional.cross_entropy(judge.guess(fake), labels)
    expected = torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, list(maker.parameters()))])
    for phase in played.phases:
        if phase.player == "generator" and phase.name != "update":
            phase.run()
    torch.testing.assert_close(played.batch["gradient"], expected)


def test_the_gradient_penalty_lies_between_samples_of_one_class() -> None:
    played = game("projection", {"penalties[0].kind": "gradient_penalty", "penalties[0].weight": 10.0})
    for phase in played.phases[:2]:
        phase.run()
    real, fake = played.batch["real"], played.batch["fake"]
    labels = torch.from_numpy(played.data.classify(real.double().numpy()))  # modes of the ring do not touch
    x = interpolate(real, fake, played.streams.at(0, Stream.PENALTY)).requires_grad_()
    (slopes,) = torch.autograd.grad(given(played.discriminator.module, labels)(x).sum(), x)
    played.phases[2].run()
    torch.testing.assert_close(played._scalars["penalty"], 10.0 * (gradient_norms(slopes) - 1.0).square().mean())


@pytest.mark.parametrize("kind", ["concatenation", "projection"])
def test_unrolled_steps_foresee_the_conditional_discriminator(kind: str) -> None:
    played, reference = (game(kind, {"schedule.unrolled_steps": steps}) for steps in (2, 0))
    for phase in played.phases:
        if phase.name in ("latent batch", "unroll"):
            phase.run()
    for index in range(2):
        real, labels = reference.batches.real(0, Stream.UNROLLED, 2 * index)
        reference.batch["real"], reference._condition = real, labels
        reference.batch["latent"] = reference.batches.latent(0, Stream.UNROLLED, 2 * index + 1)
        reference.batch["fake"] = given(reference.generator.module, labels)(reference.batch["latent"])
        for phase in reference.phases[2:5]:
            phase.run()
    assert played._unrolled is not None
    torch.testing.assert_close(played._unrolled.detach(), reference.discriminator.vector)


def test_the_number_of_classes_cannot_change_in_a_run() -> None:
    played = game("projection")
    with pytest.raises(ExperimentError, match="number of classes"):
        played.accept(with_changes(played.experiment, {"data.modes": 5}))
    wider = with_changes(played.experiment, {"data.radius": 1.5})
    played.edit(wider, played.accept(wider))
    played.iterate()
