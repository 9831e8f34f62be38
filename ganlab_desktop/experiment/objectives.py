"""The objectives: what the discriminator and the generator minimise. Implemented in gan/objectives."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ganlab_desktop.experiment.spec import Variant, label

Target = Annotated[float, Meta(ge=-100.0, le=100.0)]


class Minimax(Variant, frozen=True, tag="minimax"):
    """The saturating game of Goodfellow et al. 2014: G minimises E log(1 - D(G(z)))."""

    title: ClassVar[str] = "Minimax (saturating)"


class NonSaturating(Variant, frozen=True, tag="non_saturating"):
    """The usual game: G maximises E log D(G(z)), whose gradient does not vanish where D is sure."""

    title: ClassVar[str] = "Non-saturating"


class LeastSquares(Variant, frozen=True, tag="least_squares"):
    """LSGAN (Mao et al. 2017): squared distance of the output from the targets a (fake), b (real), c (G's aim)."""

    title: ClassVar[str] = "Least squares"

    a: Annotated[Target, label("Fake target a", "What D should say of generated samples.")] = 0.0
    b: Annotated[Target, label("Real target b", "What D should say of real samples.")] = 1.0
    c: Annotated[Target, label("Generator's target c", "What G wants D to say of generated samples.")] = 1.0


class Hinge(Variant, frozen=True, tag="hinge"):
    """The hinge loss of SAGAN and BigGAN: D stops caring beyond a margin of 1."""

    title: ClassVar[str] = "Hinge"


class Wasserstein(Variant, frozen=True, tag="wasserstein"):
    """The critic's difference of means (Arjovsky et al. 2017); needs a Lipschitz constraint to be a distance."""

    title: ClassVar[str] = "Wasserstein"


class RelativisticPaired(Variant, frozen=True, tag="relativistic_paired"):
    """RSGAN or RpGAN (Jolicoeur-Martineau 2019): each real sample should score above its generated partner."""

    title: ClassVar[str] = "Relativistic, paired"


class RelativisticAverage(Variant, frozen=True, tag="relativistic_average"):
    """RaSGAN (Jolicoeur-Martineau 2019): real samples should score above the mean of generated ones, and vice versa."""

    title: ClassVar[str] = "Relativistic average"


class RelativisticAverageLeastSquares(Variant, frozen=True, tag="relativistic_average_ls"):
    """RaLSGAN (Jolicoeur-Martineau 2019): a sample's distance to the other side's mean score should be 1."""

    title: ClassVar[str] = "Relativistic average, least squares"


class RelativisticAverageHinge(Variant, frozen=True, tag="relativistic_average_hinge"):
    """RaHingeGAN (Jolicoeur-Martineau 2019): D stops caring at a distance of 1 to the other side's mean score."""

    title: ClassVar[str] = "Relativistic average, hinge"


class FGan(Variant, frozen=True, tag="f_gan"):
    """f-GAN (Nowozin et al. 2016): D's loss is minus a lower bound of a divergence of real from generated samples."""

    title: ClassVar[str] = "f-GAN"

    divergence: Annotated[
        Literal[
            "kl",
            "reverse_kl",
            "pearson",
            "neyman",
            "squared_hellinger",
            "jeffrey",
            "jensen_shannon",
            "weighted_js",
            "gan",
            "total_variation",
            "alpha",
        ],
        label(
            "Divergence",
            "Of the real samples from the generated ones; kl punishes what G misses, reverse_kl what it makes up.",
        ),
    ] = "kl"
    generator_form: Annotated[
        Literal["minimax", "alternative"],
        label(
            "Form for G",
            "minimax lowers the bound itself, -E f*(g(v)); alternative lowers -E g(v), as the non-saturating GAN does.",
        ),
    ] = "minimax"
    alpha: Annotated[
        float, Meta(ge=-10.0, le=10.0), label("Alpha", "Order of the alpha divergence; other divergences ignore it.")
    ] = 0.5
    pi: Annotated[
        float,
        Meta(ge=0.0, le=1.0),
        label("Pi", "Weight of the real samples in weighted_js; other divergences ignore it."),
    ] = 0.5


class Variational(Variant, frozen=True, tag="variational"):
    """No game but a variational autoencoder (Kingma and Welling 2014), the likelihood's counterpart of a GAN: the
    network of D is the encoder q(z|x), which tells of which latents a sample may have come, G is the decoder, and both
    raise the same lower bound (ELBO) of the data's log likelihood under N(G(z), s^2)."""

    title: ClassVar[str] = "Variational autoencoder (no game)"

    beta: Annotated[
        float,
        Meta(ge=0.0, le=1e6),
        label("Beta", "Weight of KL(q(z|x) || N(0, I)); 1 is the bound itself, others are a beta-VAE (Higgins 2017)."),
    ] = 1.0
    warm_up: Annotated[
        int,
        Meta(ge=0, le=100_000_000),
        label(
            "Warm-up",
            "Iterations over which beta rises from 0 in a line, so that the latents are of use before they have their "
            "price (Bowman et al. 2016); 0 begins with all of it.",
            "iterations",
        ),
    ] = 0
    variance: Annotated[
        Literal["optimal", "fixed"],
        label(
            "Variance s^2",
            "Of each number around what the decoder makes: optimal is the batch's mean squared error, the best for its "
            "likelihood (Rybkin et al. 2021); fixed is given.",
        ),
    ] = "optimal"
    noise_std: Annotated[
        float,
        Meta(ge=1e-3, le=10.0),
        label("Std s", "The fixed standard deviation around what the decoder makes.", "network units"),
    ] = 0.1


_UNBOUNDED = ("kl", "reverse_kl", "pearson", "neyman", "jeffrey")

AdversarialSpec = (
    Minimax
    | NonSaturating
    | LeastSquares
    | Hinge
    | Wasserstein
    | RelativisticPaired
    | RelativisticAverage
    | RelativisticAverageLeastSquares
    | RelativisticAverageHinge
    | FGan
)
ObjectiveSpec = AdversarialSpec | Variational


def unbounded_divergence(objective: ObjectiveSpec) -> bool:
    """Whether it is an f-GAN of a divergence that is infinite where real and generated samples lie apart."""
    if not isinstance(objective, FGan):
        return False
    if objective.divergence == "alpha":
        return not 0.0 < objective.alpha < 1.0
    return objective.divergence in _UNBOUNDED
