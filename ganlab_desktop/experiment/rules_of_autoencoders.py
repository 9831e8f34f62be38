"""The combinations that a variational autoencoder makes no sense with."""

from collections.abc import Callable

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.games import Alternating
from ganlab_desktop.experiment.networks import NormalLatent
from ganlab_desktop.experiment.rule import Rule, augments
from ganlab_desktop.experiment.style import StyleGenerator


def _several_steps(experiment: Experiment) -> bool:
    schedule = experiment.schedule
    return (schedule.discriminator_steps, schedule.generator_steps, schedule.unrolled_steps) != (1, 1, 0)


def _refused(path: str, applies: Callable[[Experiment], bool], reason: str) -> Rule:
    """The rule for variational autoencoders alone."""
    return Rule(path, lambda experiment: experiment.autoencodes and applies(experiment), reason)


OF_AUTOENCODERS = (
    _refused(
        "latent",
        lambda e: not isinstance(e.latent, NormalLatent),
        "a variational autoencoder measures its latents against normal noise; choose latent normal",
    ),
    _refused(
        "generator",
        lambda e: e.translates,
        "a variational autoencoder decodes latents, and a U-Net makes an image of another one; choose generator dcgan",
    ),
    _refused(
        "generator",
        lambda e: isinstance(e.generator, StyleGenerator),
        "a style-based generator draws noise and mixes styles beside the latent that the encoder tells it, so that its "
        "likelihood given that latent is not known; choose generator dcgan, resnet or mlp",
    ),
    _refused(
        "penalties",
        lambda e: bool(e.penalties),
        "these terms hold a discriminator or its game in check, and a variational autoencoder has neither; remove them",
    ),
    _refused(
        "conditioning",
        lambda e: e.conditional,
        "encoder and decoder are told no classes here; set conditioning to none",
    ),
    _refused(
        "discriminator.norm",
        lambda e: e.discriminator.norm == "batch",
        "must be layer or none in an encoder: q(z|x) is to depend on x alone, and not on the rest of the batch",
    ),
    _refused(
        "discriminator.packing",
        lambda e: e.discriminator.packing > 1,
        "must be 1 in an encoder, which tells the latents of one sample",
    ),
    _refused(
        "discriminator.minibatch",
        lambda e: e.discriminator.minibatch != "none",
        "must be none in an encoder: q(z|x) is to depend on x alone, and not on the rest of the batch",
    ),
    _refused(
        "discriminator.orthonormal",
        lambda e: e.discriminator.orthonormal,
        "orthonormal layers hold a critic's slope to 1, which an encoder has no use for",
    ),
    _refused(
        "augmentation",
        augments,
        "changed images hide overfitting from a discriminator, and an autoencoder would learn to make changed images; "
        "set augmentation to none",
    ),
    _refused(
        "instance_noise.std",
        lambda e: e.instance_noise.std > 0.0,
        "must be 0: instance noise blurs what a discriminator sees, and an autoencoder would learn the noisy data; its "
        "likelihood has the noise already",
    ),
    _refused(
        "label_smoothing.real",
        lambda e: e.label_smoothing.real < 1.0,
        "must be 1: there is no discriminator that predicts labels",
    ),
    _refused(
        "game",
        lambda e: not isinstance(e.game, Alternating),
        "both networks descend one loss, so that there is no game whose circling another form of descent would stop; "
        "choose alternating",
    ),
    _refused(
        "schedule",
        _several_steps,
        "encoder and decoder descend one loss together, once in an iteration; set discriminator_steps and "
        "generator_steps to 1 and unrolled_steps to 0",
    ),
)
