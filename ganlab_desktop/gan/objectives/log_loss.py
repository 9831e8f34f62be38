"""The log losses of Goodfellow et al. 2014 on logits v, with D = sigmoid(v).

Written with softplus, so that gradients stay exact where the sigmoid is flat: log D = -softplus(-v) and
log(1 - D) = -softplus(v).
"""

from torch import Tensor
from torch.nn.functional import softplus

from ganlab_desktop.experiment.objectives import Minimax, NonSaturating
from ganlab_desktop.gan.objectives.objective import Objective, build_objective


def discriminator_loss(v_real: Tensor, v_fake: Tensor) -> Tensor:
    """-E log D(real) - E log(1 - D(fake)); log 4 where D cannot tell."""
    return softplus(-v_real).mean() + softplus(v_fake).mean()


def saturating_loss(v_fake: Tensor) -> Tensor:
    """E log(1 - D(fake)), the generator's side of the minimax game (eq. 1)."""
    return -softplus(v_fake).mean()


def non_saturating_loss(v_fake: Tensor) -> Tensor:
    """-E log D(fake), the generator's loss recommended in section 3 of the paper."""
    return softplus(-v_fake).mean()


@build_objective.register
def _minimax(spec: Minimax) -> Objective:
    return Objective(discriminator_loss, saturating_loss, "probability", 0.5)


@build_objective.register
def _non_saturating(spec: NonSaturating) -> Objective:
    return Objective(discriminator_loss, non_saturating_loss, "probability", 0.5)
