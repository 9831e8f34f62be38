"""Combinations of settings that make no sense, with the reason, and those that deserve a warning. One table."""

from ganlab_desktop.experiment.augmentation import Adaptive
from ganlab_desktop.experiment.classes import classes_of
from ganlab_desktop.experiment.conditioning import (
    AuxiliaryClassifier,
    Concatenation,
    ConditionalBatchNorm,
    Projection,
)
from ganlab_desktop.experiment.convolutions import DcganGenerator, ImageDiscriminator, ImageGenerator
from ganlab_desktop.experiment.data import Drawn, Mixture1D, Points
from ganlab_desktop.experiment.drawing import EMPTY
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.games import Alternating, Consensus, Symplectic
from ganlab_desktop.experiment.images import image_shape
from ganlab_desktop.experiment.networks import AffineGenerator, GeneratorSpec, MlpGenerator, NormalLatent
from ganlab_desktop.experiment.objectives import (
    FGan,
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    Wasserstein,
    unbounded_divergence,
)
from ganlab_desktop.experiment.penalties import (
    R1,
    R2,
    Consistency,
    Dragan,
    GradientPenalty,
    OneSidedGradientPenalty,
    PathLength,
    PenaltySpec,
    Reconstruction,
    WeightClipping,
)
from ganlab_desktop.experiment.progressive import ProgressiveDiscriminator, ProgressiveGenerator
from ganlab_desktop.experiment.resnets import ResnetGenerator
from ganlab_desktop.experiment.rule import Rule, augments, has
from ganlab_desktop.experiment.rules_of_autoencoders import OF_AUTOENCODERS
from ganlab_desktop.experiment.rules_of_pairs import OF_PAIRS, WARNED_OF_PAIRS
from ganlab_desktop.experiment.rules_of_precision import OF_PRECISION
from ganlab_desktop.experiment.selection import OF_DENSITIES, OF_IMAGES
from ganlab_desktop.experiment.style import StyleGenerator

_AT_GENERATED = (GradientPenalty, OneSidedGradientPenalty, R2)
MOST_MAPS = 100  # that tell a convolution a class, one each
_NO_CLASSES = "these data have no classes; choose data of several modes, branches or blades, or conditioning none"
_TOO_MANY_CLASSES = (
    f"concatenation fills one map of the images' size for every class, which more than {MOST_MAPS} classes make slower "
    "than the network itself; use embedding, projection or auxiliary_classifier"
)
_CENTRED_AT_ONE = (GradientPenalty, OneSidedGradientPenalty, Dragan)


def _uneven_mixture(experiment: Experiment) -> bool:
    data = experiment.data
    return isinstance(data, Mixture1D) and not len(data.means) == len(data.sigmas) == len(data.weights)


def _uneven_raster(experiment: Experiment) -> bool:
    data = experiment.data
    return isinstance(data, Drawn) and any(len(row) != len(data.raster) for row in data.raster)


def _empty_raster(experiment: Experiment) -> bool:
    data = experiment.data
    return isinstance(data, Drawn) and not any(row.strip(EMPTY) for row in data.raster)


def _constrained(experiment: Experiment) -> bool:
    constraints, discriminator = (*_CENTRED_AT_ONE, R1, R2, WeightClipping), experiment.discriminator
    return has(experiment, *constraints) or discriminator.spectral_norm or discriminator.orthonormal


def _f_gan(experiment: Experiment, *divergences: str) -> FGan | None:
    """The objective where it is an f-GAN of one of these divergences."""
    objective = experiment.objective
    return objective if isinstance(objective, FGan) and objective.divergence in divergences else None


def _planar(generator: AffineGenerator) -> bool:
    return max(len(generator.mean), len(generator.std)) > 1


def _packs(experiment: Experiment) -> int:
    """How many inputs of the discriminator a batch makes."""
    return experiment.schedule.batch_size // experiment.discriminator.packing


def _not_followed(penalty: PenaltySpec) -> bool:
    """Whether a penalty takes points from the generator as they are, without their way through it."""
    return isinstance(penalty, _AT_GENERATED) or (isinstance(penalty, Consistency) and penalty.latent_weight > 0)


def _has_batch_norm(generator: GeneratorSpec) -> bool:
    return isinstance(generator, MlpGenerator | DcganGenerator | ResnetGenerator) and generator.norm == "batch"


def _grow_apart(experiment: Experiment) -> bool:
    generator, discriminator = experiment.generator, experiment.discriminator
    return (
        isinstance(generator, ProgressiveGenerator)
        and isinstance(discriminator, ProgressiveDiscriminator)
        and (generator.stage_steps, generator.fade) != (discriminator.stage_steps, discriminator.fade)
    )


def _odd(hidden: tuple[int, ...]) -> bool:
    return any(width % 2 for width in hidden)


def _unbounded_slope(experiment: Experiment) -> bool:
    """Whether something undoes the Lipschitz bound of orthonormal layers."""
    discriminator = experiment.discriminator
    return (
        discriminator.norm != "none"
        or discriminator.residual
        or discriminator.fourier > 0
        or discriminator.minibatch != "none"
        or discriminator.spectral_norm
        or discriminator.activation in ("silu", "gelu")
        or has(experiment, WeightClipping)
    )


def _drowned(experiment: Experiment, classes: int) -> bool:
    """Whether convolutions are told so many classes by a map each that these are most of the work."""
    one_hot = isinstance(experiment.conditioning, Concatenation)
    return one_hot and isinstance(experiment.discriminator, ImageDiscriminator) and classes > MOST_MAPS


def _selects_elsewhere(experiment: Experiment) -> bool:
    """Whether the metric to select by compares what the data are not."""
    metric, images = experiment.selection.metric, image_shape(experiment.data) is not None
    if metric in OF_DENSITIES and isinstance(experiment.data, Points):
        return True
    return metric != "none" and (metric in OF_IMAGES) != images


def _stops_early(experiment: Experiment) -> bool:
    players = experiment.optimizer.generator, experiment.optimizer.discriminator
    steps = experiment.schedule.steps
    return any(spec.schedule != "constant" and 0 < spec.schedule_steps < steps for spec in players)


REFUSED = (
    *OF_AUTOENCODERS,
    Rule(
        "discriminator.norm",
        lambda e: e.discriminator.norm == "batch" and has(e, *_CENTRED_AT_ONE),
        "batch norm cannot be combined with a gradient penalty, because the penalty holds for each sample on its own "
        "and batch norm makes D(x) depend on the whole batch; use layer or none",
    ),
    Rule(
        "discriminator.minibatch",
        lambda e: e.discriminator.minibatch != "none" and has(e, *_CENTRED_AT_ONE),
        "minibatch layers cannot be combined with a gradient penalty, because the penalty holds for each sample on its "
        "own and these layers make D(x) depend on the whole batch",
    ),
    Rule(
        "penalties",
        lambda e: (e.discriminator.packing > 1 or e.discriminator.minibatch != "none") and has(e, Consistency),
        "consistency compares D(x) with D of the same sample moved, but here D judges several samples together; set "
        "discriminator.packing to 1 and discriminator.minibatch to none",
    ),
    Rule(
        "schedule.batch_size",
        lambda e: e.schedule.batch_size % e.discriminator.packing > 0,
        "must be a multiple of discriminator.packing, so that every sample finds its place in a pack",
    ),
    Rule(
        "schedule.batch_size",
        lambda e: e.discriminator.norm == "batch" and _packs(e) < 2,
        "must be >= 2 with batch norm (twice the packing), whose variance of a single sample is zero",
    ),
    Rule(
        "schedule.batch_size",
        lambda e: _has_batch_norm(e.generator) and e.schedule.batch_size < 2,
        "must be >= 2 with batch norm in the generator, whose variance of a single sample is zero",
    ),
    Rule(
        "schedule.batch_size",
        lambda e: e.discriminator.minibatch == "discrimination" and _packs(e) < 2,
        "must be >= 2 with minibatch discrimination (twice the packing), which compares samples of a batch",
    ),
    Rule(
        "schedule.batch_size",
        lambda e: e.discriminator.minibatch == "stddev" and _packs(e) % 4 > 0,
        "must be a multiple of 4 with the minibatch standard deviation (of 4 times the packing), which is taken over "
        "groups of four",
    ),
    Rule(
        "generator.hidden",
        lambda e: (
            isinstance(e.generator, MlpGenerator) and e.generator.activation == "groupsort" and _odd(e.generator.hidden)
        ),
        "must be even widths with groupsort, which puts every two features in order",
    ),
    Rule(
        "discriminator.hidden",
        lambda e: e.discriminator.activation == "groupsort" and _odd(e.discriminator.hidden),
        "must be even widths with groupsort, which puts every two features in order",
    ),
    Rule(
        "discriminator.orthonormal",
        lambda e: e.discriminator.orthonormal and _unbounded_slope(e),
        "orthonormal layers promise a 1-Lipschitz critic, which normalisation, residual and Fourier features, spectral "
        "norm, minibatch layers, weight clipping and the activations silu and gelu (slopes above 1) undo; use it "
        "without them",
    ),
    Rule(
        "game",
        lambda e: (
            not isinstance(e.game, Alternating)
            and (e.schedule.discriminator_steps, e.schedule.generator_steps) != (1, 1)
        ),
        "only alternating descent takes several D or G steps per iteration; in the other forms both players move "
        "together, once",
    ),
    Rule(
        "game",
        lambda e: isinstance(e.game, Consensus | Symplectic) and any(map(_not_followed, e.penalties)),
        "this adjustment follows both players through the loss, but r2, the penalties between real and generated "
        "points and the consistency of latents are not followed through the generator; use another penalty or none",
    ),
    Rule(
        "schedule.unrolled_steps",
        lambda e: e.schedule.unrolled_steps > 0 and not isinstance(e.game, Alternating),
        "unrolling answers the discriminator's next updates, which come after the generator's in alternating descent "
        "only",
    ),
    Rule(
        "schedule.unrolled_steps",
        lambda e: e.schedule.unrolled_steps > 0 and any(not isinstance(term, Reconstruction) for term in e.penalties),
        "unrolled steps descend the objective alone, so a penalised discriminator would not move as foreseen; use no "
        "penalties",
    ),
    Rule(
        "penalties",
        lambda e: e.discriminator.spectral_norm and has(e, WeightClipping),
        "weight clipping cannot be combined with discriminator.spectral_norm, because spectral norm rescales the "
        "weights that were clipped; use one of the two",
    ),
    Rule(
        "penalties",
        lambda e: len({type(penalty) for penalty in e.penalties}) < len(e.penalties),
        "each kind may stand only once; add up the weights instead",
    ),
    Rule(
        "label_smoothing.real",
        lambda e: e.label_smoothing.real < 1.0 and not isinstance(e.objective, Minimax | NonSaturating),
        "must be 1 with this objective: one-sided smoothing needs a real label that D predicts, which only minimax and "
        "non_saturating have; least_squares has its target b instead",
    ),
    Rule(
        "generator",
        lambda e: isinstance(e.data, Mixture1D) and isinstance(e.generator, AffineGenerator) and _planar(e.generator),
        "an affine generator of data on the line has one mean and one std",
    ),
    Rule(
        "conditioning",
        lambda e: e.conditional and classes_of(e.data) == 0,
        _NO_CLASSES,
    ),
    Rule("conditioning", lambda e: _drowned(e, classes_of(e.data) or 0), _TOO_MANY_CLASSES),
    Rule(
        "conditioning",
        lambda e: e.conditional and e.discriminator.packing > 1,
        "a packing discriminator judges groups whose samples belong to different classes, so that there is no class to "
        "tell it; set discriminator.packing to 1",
    ),
    Rule(
        "conditioning",
        lambda e: e.conditional and e.discriminator.minibatch != "none",
        "minibatch layers compare samples of a batch, which belong to different classes here, so that D(x) of one "
        "class would depend on the others; set discriminator.minibatch to none",
    ),
    Rule(
        "conditioning",
        lambda e: isinstance(e.conditioning, Projection | ConditionalBatchNorm) and e.discriminator.orthonormal,
        "the projection adds e_y . phi(x), whose slope is as large as e_y, to a critic that orthonormal layers are to "
        "hold to 1; use concatenation",
    ),
    Rule(
        "conditioning",
        lambda e: isinstance(e.conditioning, ConditionalBatchNorm) and not _has_batch_norm(e.generator),
        "the class is told by the gains and offsets of the generator's batch norm, and this one has none; set "
        "generator.norm to batch, where the generator is mlp, dcgan or resnet, or choose projection",
    ),
    Rule(
        "conditioning",
        lambda e: isinstance(e.conditioning, AuxiliaryClassifier) and e.schedule.unrolled_steps > 0,
        "unrolled steps descend the objective alone, so a discriminator that also learns to classify would not move as "
        "foreseen; use projection or concatenation",
    ),
    Rule(
        "generator",
        lambda e: image_shape(e.data) is None and isinstance(e.generator, ImageGenerator),
        "this generator makes images; choose image data, or generator mlp",
    ),
    Rule(
        "discriminator",
        lambda e: image_shape(e.data) is None and isinstance(e.discriminator, ImageDiscriminator),
        "this discriminator judges images; choose image data, or discriminator mlp",
    ),
    Rule(
        "generator",
        lambda e: image_shape(e.data) is not None and isinstance(e.generator, AffineGenerator),
        "an affine generator is for data on the line or in the plane; choose dcgan or mlp for images",
    ),
    Rule(
        "generator.mixing",
        lambda e: (
            isinstance(e.generator, StyleGenerator)
            and e.generator.mixing > 0.0
            and (e.conditional or not isinstance(e.latent, NormalLatent))
        ),
        "style mixing takes a second latent of normal noise and of no class; set it to 0 with classes or with uniform "
        "latents",
    ),
    Rule(
        "penalties",
        lambda e: has(e, PathLength) and not isinstance(e.generator, StyleGenerator),
        "path length is measured in the styles of a style-based generator; choose generator style",
    ),
    Rule(
        "discriminator.stage_steps",
        _grow_apart,
        "must be the generator's, and fade too: both networks grow at the same steps",
    ),
    Rule(
        "augmentation",
        lambda e: augments(e) and image_shape(e.data) is None,
        "these are changes of images; choose image data, or augmentation none",
    ),
    Rule(
        "augmentation",
        lambda e: augments(e) and e.discriminator.packing > 1,
        "images are changed one by one, and a packing discriminator takes several as one; set discriminator.packing "
        "to 1",
    ),
    Rule(
        "augmentation",
        lambda e: augments(e) and e.schedule.unrolled_steps > 0,
        "unrolled steps descend on images as they are; set schedule.unrolled_steps to 0",
    ),
    Rule(
        "augmentation",
        lambda e: isinstance(e.augmentation, Adaptive) and not isinstance(e.objective, Minimax | NonSaturating | Hinge),
        "ada follows the sign of D(real), which tells real from generated in minimax, non_saturating and hinge only; "
        "choose one of these, or diffaugment",
    ),
    *OF_PAIRS,
    *OF_PRECISION,
    Rule("data.weights", _uneven_mixture, "means, sigmas and weights must have the same length"),
    Rule("data.raster", _uneven_raster, "must be a square: as many marks in every row as there are rows"),
    Rule("data.raster", _empty_raster, "nothing is drawn: give at least one cell a weight from 1 to 9"),
    Rule(
        "objective.alpha",
        lambda e: (objective := _f_gan(e, "alpha")) is not None and objective.alpha in (0.0, 1.0),
        "must be neither 0 nor 1, where the alpha divergence is a limit: choose divergence reverse_kl for 0, kl for 1",
    ),
    Rule(
        "objective.b",
        lambda e: isinstance(e.objective, LeastSquares) and e.objective.a == e.objective.b,
        "must differ from a: a discriminator that is to say the same of real and of generated samples tells G nothing",
    ),
    Rule(
        "objective.pi",
        lambda e: (objective := _f_gan(e, "weighted_js")) is not None and objective.pi in (0.0, 1.0),
        "must be > 0 and < 1 for weighted_js: with all weight on one side the divergence is zero whatever G does",
    ),
    Rule(
        "selection.metric",
        _selects_elsewhere,
        "fid and kid compare images, w1 points, and jsd points whose density is known",
    ),
)

WARNED = (
    *WARNED_OF_PAIRS,
    Rule(
        "discriminator.norm",
        lambda e: e.discriminator.norm == "batch" and has(e, R1, R2),
        "R1 and R2 with batch norm penalise a gradient that other samples of the batch take part in",
    ),
    Rule(
        "discriminator.norm",
        lambda e: e.discriminator.norm == "batch" and has(e, Consistency),
        "with batch norm the consistency term also compares two batches, because D(x) and D(Tx) come from batches of "
        "their own",
    ),
    Rule(
        "discriminator.norm",
        lambda e: e.discriminator.norm == "batch",
        "with batch norm D(x) depends on the other samples of its batch: surface and critic field show it beside one "
        "fixed batch of real samples, the arrows as the generator feels it",
    ),
    Rule(
        "discriminator.minibatch",
        lambda e: e.discriminator.minibatch != "none" and has(e, R1, R2),
        "R1 and R2 with a minibatch layer penalise a gradient that other samples of the batch take part in",
    ),
    Rule(
        "discriminator.minibatch",
        lambda e: e.discriminator.minibatch != "none",
        "D(x) depends on the other samples of its batch: surface and critic field show it beside one fixed batch of "
        "real samples, the arrows as the generator feels it",
    ),
    Rule(
        "discriminator.packing",
        lambda e: e.discriminator.packing > 1,
        "D judges packs: surface and critic field show D(x, ..., x), the arrows act on packs of different samples",
    ),
    Rule(
        "discriminator.activation",
        lambda e: e.discriminator.orthonormal and e.discriminator.activation != "groupsort",
        "between orthonormal layers only groupsort keeps the gradient's norm; with others the critic's slope stays "
        "well below 1",
    ),
    Rule(
        "latent.dim",
        lambda e: e.latent.dim < 2 and not (isinstance(e.data, Mixture1D | Points) or image_shape(e.data)),
        "with fewer latent than data dimensions the generator reaches a curve only: it has no density, and the "
        "divergence tends to its limit, log 2",
    ),
    Rule(
        "objective",
        lambda e: isinstance(e.objective, Wasserstein) and not _constrained(e),
        "the Wasserstein objective needs a Lipschitz constraint: without a gradient penalty, clipping or spectral norm "
        "the critic grows without bound",
    ),
    Rule(
        "objective",
        lambda e: unbounded_divergence(e.objective) and not _constrained(e),
        "this divergence is infinite where real and generated samples lie apart, and the discriminator grows towards "
        "it without bound; R1, a gradient penalty, clipping or spectral norm keeps it finite",
    ),
    Rule(
        "optimizer",
        _stops_early,
        "a learning rate is 0 before the training ends, because its schedule_steps are fewer than schedule.steps",
    ),
)


def check(experiment: Experiment) -> Experiment:
    """The experiment itself; raises ExperimentError for the first refused combination in it."""
    for rule in REFUSED:
        if rule.applies(experiment):
            raise ExperimentError(rule.path, rule.reason)
    return experiment


def check_classes(experiment: Experiment, classes: int) -> None:
    """Raise ExperimentError where the conditioning cannot do with the number of classes that files turned out to
    have."""
    if experiment.conditional and not classes:
        raise ExperimentError("conditioning", _NO_CLASSES)
    if _drowned(experiment, classes):
        raise ExperimentError("conditioning", _TOO_MANY_CLASSES)


def warnings(experiment: Experiment) -> tuple[str, ...]:
    """One line for each combination that is allowed but unlikely to be meant."""
    return tuple(f"{rule.path}: {rule.reason}" for rule in WARNED if rule.applies(experiment))
