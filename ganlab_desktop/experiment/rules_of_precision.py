"""The combinations that bfloat16 makes no sense with."""

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.games import Consensus, Symplectic
from ganlab_desktop.experiment.penalties import Consistency
from ganlab_desktop.experiment.rule import Rule, has


def _rounds(experiment: Experiment) -> bool:
    return experiment.precision == "bfloat16"


def _follows_gradients(experiment: Experiment) -> bool:
    """Whether a player moves by how the other one would, through the derivatives of its gradient."""
    return experiment.schedule.unrolled_steps > 0 or isinstance(experiment.game, Consensus | Symplectic)


OF_PRECISION = (
    Rule(
        "precision",
        lambda e: _rounds(e) and _follows_gradients(e),
        "must be float32 with unrolled steps and with consensus or symplectic descent, which follow the derivatives of "
        "gradients: the rounding of bfloat16 would drown these",
    ),
    Rule(
        "precision",
        lambda e: _rounds(e) and has(e, Consistency),
        "must be float32 with consistency, which penalises differences of outputs that bfloat16 rounds away",
    ),
    Rule(
        "precision",
        lambda e: _rounds(e) and e.discriminator.orthonormal,
        "must be float32 with orthonormal layers, whose slope of at most 1 does not outlast the rounding of bfloat16",
    ),
    Rule(
        "precision",
        lambda e: _rounds(e) and e.autoencodes,
        "must be float32 in an autoencoder, whose networks are small and share one loss",
    ),
)
