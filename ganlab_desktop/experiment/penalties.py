"""What keeps the discriminator in bounds: terms added to its loss and constraints applied after its updates."""

from typing import Annotated, ClassVar

from msgspec import Meta

from ganlab_desktop.experiment.spec import Variant, label

Every = Annotated[
    int,
    Meta(ge=1, le=1000),
    label("Every", "Apply at every k-th discriminator update, scaled by k (lazy regularisation).", "updates"),
]
Weight = Annotated[float, Meta(ge=0.0, le=1e6)]


class GradientPenalty(Variant, frozen=True, tag="gradient_penalty"):
    """WGAN-GP (Gulrajani et al. 2017): lambda E (|grad D(xh)| - 1)^2 between real and generated samples."""

    title: ClassVar[str] = "Gradient penalty (WGAN-GP)"

    weight: Annotated[Weight, label("Lambda", "Weight of the penalty: 10 for images, 0.1 for the paper's toys.")] = 10.0
    every: Every = 1


class R1(Variant, frozen=True, tag="r1"):
    """R1 (Mescheder et al. 2018): gamma/2 E |grad D|^2 on real samples."""

    title: ClassVar[str] = "R1 (zero-centred, on real)"

    weight: Annotated[Weight, label("Gamma", "The gamma of gamma/2.")] = 1.0
    every: Every = 1


class WeightClipping(Variant, frozen=True, tag="weight_clipping"):
    """WGAN (Arjovsky et al. 2017): every critic parameter is clamped to [-c, c] after each critic update."""

    title: ClassVar[str] = "Weight clipping"

    limit: Annotated[float, Meta(gt=0.0, le=100.0), label("Limit c", "Bound of every critic parameter.")] = 0.01


PenaltySpec = GradientPenalty | R1 | WeightClipping
