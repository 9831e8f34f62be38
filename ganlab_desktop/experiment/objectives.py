"""The objectives: what the discriminator and the generator minimise. Implemented in gan/objectives."""

from typing import Annotated, ClassVar

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


ObjectiveSpec = Minimax | NonSaturating | LeastSquares | Hinge | Wasserstein
