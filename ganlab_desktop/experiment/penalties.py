"""What keeps the game in bounds: terms added to the losses and constraints applied after D's updates."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ganlab_desktop.experiment.spec import Variant, label

Every = Annotated[
    int,
    Meta(ge=1, le=1000),
    label("Every", "Apply at every k-th discriminator update, scaled by k (lazy regularisation).", "updates"),
]
Weight = Annotated[float, Meta(ge=0.0, le=1e6)]
Deviation = Annotated[float, Meta(ge=0.0, le=100.0)]


class GradientPenalty(Variant, frozen=True, tag="gradient_penalty"):
    """WGAN-GP (Gulrajani et al. 2017): lambda E (|grad D(xh)| - 1)^2 between real and generated samples."""

    title: ClassVar[str] = "Gradient penalty (WGAN-GP)"

    weight: Annotated[Weight, label("Lambda", "Weight of the penalty: 10 for images, 0.1 for the paper's toys.")] = 10.0
    every: Every = 1


class OneSidedGradientPenalty(Variant, frozen=True, tag="one_sided_gradient_penalty"):
    """WGAN-LP (Petzka et al. 2018): lambda E max(0, |grad D(xh)| - 1)^2, so that only slopes beyond 1 cost."""

    title: ClassVar[str] = "One-sided penalty (WGAN-LP)"

    weight: Annotated[Weight, label("Lambda", "Weight of the penalty.")] = 10.0
    every: Every = 1


class R1(Variant, frozen=True, tag="r1"):
    """R1 (Mescheder et al. 2018): gamma/2 E |grad D|^2 on real samples."""

    title: ClassVar[str] = "R1 (zero-centred, on real)"

    weight: Annotated[Weight, label("Gamma", "The gamma of gamma/2.")] = 1.0
    every: Every = 1


class R2(Variant, frozen=True, tag="r2"):
    """R2 (Mescheder et al. 2018): gamma/2 E |grad D|^2 on generated samples."""

    title: ClassVar[str] = "R2 (zero-centred, on generated)"

    weight: Annotated[Weight, label("Gamma", "The gamma of gamma/2.")] = 1.0
    every: Every = 1


class Dragan(Variant, frozen=True, tag="dragan"):
    """DRAGAN (Kodali et al. 2017): lambda E (|grad D(x + delta)| - 1)^2 around real samples."""

    title: ClassVar[str] = "DRAGAN"

    weight: Annotated[Weight, label("Lambda", "Weight of the penalty.")] = 10.0
    noise: Annotated[
        Literal["gaussian", "uniform"],
        label("Noise", "gaussian: the paper's delta; uniform: the public code's, (1 - alpha) 0.5 std(x) U(0, 1)."),
    ] = "gaussian"
    std: Annotated[
        Deviation,
        label("Std", "Standard deviation of the gaussian delta: the root of the paper's c.", "network units"),
    ] = 0.5
    every: Every = 1


class WeightClipping(Variant, frozen=True, tag="weight_clipping"):
    """WGAN (Arjovsky et al. 2017): every critic parameter is clamped to [-c, c] after each critic update."""

    title: ClassVar[str] = "Weight clipping"

    limit: Annotated[float, Meta(gt=0.0, le=100.0), label("Limit c", "Bound of every critic parameter.")] = 0.01


class Orthogonal(Variant, frozen=True, tag="orthogonal"):
    """Orthogonal regularisation (Brock et al. 2019): beta |W^T W * (1 - I)|_F^2 over D's weight matrices."""

    title: ClassVar[str] = "Orthogonal"

    weight: Annotated[Weight, label("Beta", "Weight of the term; norms stay free, only angles count.")] = 1e-4


class LeCam(Variant, frozen=True, tag="lecam"):
    """LeCam (Tseng et al. 2021): holds D's outputs near moving averages of its outputs on the other side."""

    title: ClassVar[str] = "LeCam (for small data)"

    weight: Annotated[Weight, label("Lambda", "Weight of the term in D's loss.")] = 0.3
    decay: Annotated[
        float, Meta(ge=0.0, lt=1.0), label("Decay", "Share of the moving averages that an update keeps.")
    ] = 0.99
    form: Annotated[
        Literal["official", "paper"],
        label("Form", "official: outputs beyond the other side's average cost nothing; paper: any distance costs."),
    ] = "official"


class Consistency(Variant, frozen=True, tag="consistency"):
    """Consistency (Zhao et al. 2021): D should say the same of a sample and of its neighbours (bCR), and of what
    neighbouring latents make, while G keeps those apart (zCR). Neighbours lie a small Gaussian jitter away."""

    title: ClassVar[str] = "Consistency (bCR, zCR)"

    weight: Annotated[Weight, label("Lambda", "bCR: weight of (D(x) - D(Tx))^2, on real and on generated samples.")] = (
        10.0
    )
    jitter: Annotated[
        Deviation, label("Jitter", "bCR: standard deviation of the noise that T adds to a sample.", "network units")
    ] = 0.05
    latent_weight: Annotated[
        Weight, label("Lambda of D", "zCR: weight of (D(G(z)) - D(G(z + e)))^2 in D's loss; 0 is off.")
    ] = 0.0
    generator_weight: Annotated[
        Weight, label("Lambda of G", "zCR: weight of -|G(z) - G(z + e)|^2 in G's loss; 0 is off.")
    ] = 0.0
    latent_jitter: Annotated[
        Deviation, label("Latent jitter", "zCR: standard deviation of e, in every latent coordinate.")
    ] = 0.05


class PathLength(Variant, frozen=True, tag="path_length"):
    """Path length (Karras et al. 2020): E (|J_w^T y| - a)^2 in G's loss, so that a step of a style moves images as far
    everywhere; a is a moving average of these lengths."""

    title: ClassVar[str] = "Path length (style-based G)"

    weight: Annotated[Weight, label("Weight", "Weight of the term in G's loss.")] = 2.0
    decay: Annotated[
        float, Meta(ge=0.0, lt=1.0), label("Decay", "Share of the average length that an update keeps.")
    ] = 0.99
    every: Annotated[
        int,
        Meta(ge=1, le=1000),
        label("Every", "Apply at every k-th iteration, scaled by k (lazy regularisation).", "iterations"),
    ] = 4


class Reconstruction(Variant, frozen=True, tag="reconstruction"):
    """Reconstruction (Isola et al. 2017, eq. 3 and 4): the distance of G's image from the target of the same input, in
    G's loss."""

    title: ClassVar[str] = "Reconstruction (pairs)"

    weight: Annotated[Weight, label("Lambda", "Weight of the distance in G's loss.")] = 100.0
    distance: Annotated[
        Literal["l1", "l2"],
        label("Distance", "Mean over pixels from -1 to 1 of the absolute difference (l1) or of its square (l2)."),
    ] = "l1"
    adversarial: Annotated[
        float,
        Meta(ge=0.0, le=1.0),
        label("Adversarial", "Weight of the objective in G's loss; 0 trains G on the distance alone, while D watches."),
    ] = 1.0


PenaltySpec = (
    GradientPenalty
    | OneSidedGradientPenalty
    | R1
    | R2
    | Dragan
    | WeightClipping
    | Orthogonal
    | LeCam
    | Consistency
    | PathLength
    | Reconstruction
)
