"""The combinations that games from images to images make no sense with, and those of pairs that deserve a warning."""

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import Paired, image_shape
from ganlab_desktop.experiment.penalties import Consistency, PenaltySpec, Reconstruction
from ganlab_desktop.experiment.rule import Rule, augments, has
from ganlab_desktop.experiment.translation import PatchDiscriminator, UnetGenerator, patch_side


def _grey_already(experiment: Experiment) -> bool:
    data = experiment.data
    shape = image_shape(data)
    return isinstance(data, Paired) and data.task == "grey" and shape is not None and shape[0] == 1


def _large_patch(experiment: Experiment) -> bool:
    discriminator, shape = experiment.discriminator, image_shape(experiment.data)
    if not isinstance(discriminator, PatchDiscriminator) or shape is None:
        return False
    return (patch_side(discriminator) or 0) > shape[1]


def _between_latents(penalty: PenaltySpec) -> bool:
    return isinstance(penalty, Consistency) and max(penalty.latent_weight, penalty.generator_weight) > 0


OF_PAIRS = (
    Rule(
        "generator",
        lambda e: isinstance(e.generator, UnetGenerator) and not isinstance(e.data, Paired),
        "a U-Net makes an image of another one; choose data paired, or generator dcgan",
    ),
    Rule(
        "discriminator",
        lambda e: isinstance(e.discriminator, PatchDiscriminator) and not e.translates,
        "PatchGAN judges an image beside the one that it is made of; choose data paired with generator unet, or "
        "discriminator dcgan",
    ),
    Rule(
        "discriminator.patch",
        _large_patch,
        "must not be larger than the images; choose a smaller patch, image, or larger images",
    ),
    Rule(
        "conditioning",
        lambda e: e.translates and e.conditional,
        "a U-Net and its discriminator are told the image that is given, and no class; set conditioning to none",
    ),
    Rule(
        "discriminator.packing",
        lambda e: e.translates and e.discriminator.packing > 1,
        "must be 1 with a U-Net: images that are made of different inputs cannot be judged as one",
    ),
    Rule(
        "discriminator.minibatch",
        lambda e: e.translates and e.discriminator.minibatch != "none",
        "must be none with a U-Net: minibatch layers compare samples of a batch, which are made of different inputs "
        "here",
    ),
    Rule(
        "augmentation",
        lambda e: e.translates and augments(e),
        "the image that D sees would be moved and that which it is made of would not, so that they no longer fit each "
        "other; set augmentation to none",
    ),
    Rule(
        "penalties",
        lambda e: e.translates and any(map(_between_latents, e.penalties)),
        "a U-Net's latent only decides which features are lost, so that neighbouring latents make no neighbouring "
        "images; set both weights of zCR to 0",
    ),
    Rule(
        "penalties",
        lambda e: has(e, Reconstruction) and not e.translates,
        "reconstruction compares an image with the target of the same input; choose data paired with generator unet",
    ),
    Rule("data.task", _grey_already, "the targets are grey already; choose edges, low_resolution, or images in colour"),
)

WARNED_OF_PAIRS = (
    Rule(
        "generator",
        lambda e: isinstance(e.data, Paired) and not e.translates,
        "only a U-Net is given the inputs of pairs; this generator makes images like the targets out of noise alone",
    ),
)
