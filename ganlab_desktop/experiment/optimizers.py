"""The optimisers, one for each player."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ganlab_desktop.experiment.spec import Spec, Variant, label

LearningRate = Annotated[
    float, Meta(gt=0.0, le=100.0), label("Learning rate", "Step size; may be changed while training.")
]
Decay = Annotated[float, Meta(ge=0.0, lt=1.0)]
Epsilon = Annotated[float, Meta(gt=0.0, le=1.0), label("Epsilon", "Added to the denominator.")]
RateSchedule = Annotated[
    Literal["constant", "linear", "cosine"],
    label("Rate over time", "The learning rate stays, falls to 0 in a line, or along half a cosine wave."),
]
RateSteps = Annotated[
    int,
    Meta(ge=0, le=100_000_000),
    label(
        "Falls over", "Iterations from the start until the rate is 0 for good; 0 takes schedule.steps.", "iterations"
    ),
]


class Adam(Variant, frozen=True, tag="adam"):
    """Adam (Kingma and Ba 2015)."""

    title: ClassVar[str] = "Adam"

    lr: LearningRate = 1e-3
    betas: Annotated[tuple[Decay, Decay], label("Betas", "Decay of the mean of the gradient and of its square.")] = (
        0.5,
        0.9,
    )
    eps: Epsilon = 1e-8
    schedule: RateSchedule = "constant"
    schedule_steps: RateSteps = 0


class RMSProp(Variant, frozen=True, tag="rmsprop"):
    """RMSProp (Tieleman and Hinton 2012), the optimiser of the clipped WGAN."""

    title: ClassVar[str] = "RMSProp"

    lr: LearningRate = 5e-5
    alpha: Annotated[Decay, label("Alpha", "Decay of the mean square of the gradient.")] = 0.99
    eps: Epsilon = 1e-8
    schedule: RateSchedule = "constant"
    schedule_steps: RateSteps = 0


class SGD(Variant, frozen=True, tag="sgd"):
    """Gradient descent, with heavy-ball momentum if wanted."""

    title: ClassVar[str] = "SGD"

    lr: LearningRate = 0.1
    momentum: Annotated[Decay, label("Momentum", "Share of the last step that is kept.")] = 0.0
    schedule: RateSchedule = "constant"
    schedule_steps: RateSteps = 0


OptimizerSpec = Adam | RMSProp | SGD


class Optimizers(Spec, frozen=True):
    """Separate settings per player; two learning rates make the two-time-scale rule (Heusel et al. 2017)."""

    generator: OptimizerSpec = Adam()
    discriminator: OptimizerSpec = Adam()
