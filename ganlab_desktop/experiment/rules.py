"""Combinations of settings that make no sense, with the reason, and those that deserve a warning. One table."""

from collections.abc import Callable
from typing import NamedTuple

from ganlab_desktop.experiment.data import Mixture1D, Points
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.objectives import Wasserstein
from ganlab_desktop.experiment.penalties import R1, GradientPenalty, PenaltySpec, WeightClipping


class Rule(NamedTuple):
    """`applies` tells whether the combination is present; `path` is the setting to change."""

    path: str
    applies: Callable[[Experiment], bool]
    reason: str


def has(experiment: Experiment, *kinds: type[PenaltySpec]) -> bool:
    """Whether a penalty of one of these kinds is in use."""
    return any(isinstance(penalty, kinds) for penalty in experiment.penalties)


def _uneven_mixture(experiment: Experiment) -> bool:
    data = experiment.data
    return isinstance(data, Mixture1D) and not len(data.means) == len(data.sigmas) == len(data.weights)


def _constrained(experiment: Experiment) -> bool:
    return bool(experiment.penalties) or experiment.discriminator.spectral_norm


REFUSED = (
    Rule(
        "discriminator.norm",
        lambda e: e.discriminator.norm == "batch" and has(e, GradientPenalty),
        "batch norm cannot be combined with a gradient penalty, because the penalty holds for each sample on its own "
        "and batch norm makes D(x) depend on the whole batch; use layer or none",
    ),
    Rule(
        "schedule.batch_size",
        lambda e: e.discriminator.norm == "batch" and e.schedule.batch_size < 2,
        "must be >= 2 with batch norm, whose variance of a single sample is zero",
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
    Rule("data.weights", _uneven_mixture, "means, sigmas and weights must have the same length"),
)

WARNED = (
    Rule(
        "discriminator.norm",
        lambda e: e.discriminator.norm == "batch" and has(e, R1),
        "R1 with batch norm penalises a gradient that other samples of the batch take part in",
    ),
    Rule(
        "discriminator.norm",
        lambda e: e.discriminator.norm == "batch",
        "with batch norm D(x) depends on the other samples of its batch: surface and critic field show it at its "
        "running statistics, the arrows as the generator feels it",
    ),
    Rule(
        "latent.dim",
        lambda e: e.latent.dim < 2 and not isinstance(e.data, Mixture1D | Points),
        "with fewer latent than data dimensions the generator reaches a curve only: it has no density, and the "
        "divergence tends to its limit, log 2",
    ),
    Rule(
        "objective",
        lambda e: isinstance(e.objective, Wasserstein) and not _constrained(e),
        "the Wasserstein objective needs a Lipschitz constraint: without a gradient penalty, clipping or spectral norm "
        "the critic grows without bound",
    ),
)


def check(experiment: Experiment) -> Experiment:
    """The experiment itself; raises ExperimentError for the first refused combination in it."""
    for rule in REFUSED:
        if rule.applies(experiment):
            raise ExperimentError(rule.path, rule.reason)
    return experiment


def warnings(experiment: Experiment) -> tuple[str, ...]:
    """One line for each combination that is allowed but unlikely to be meant."""
    return tuple(f"{rule.path}: {rule.reason}" for rule in WARNED if rule.applies(experiment))
