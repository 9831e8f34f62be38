"""How the two players descend: in turn, or together in one of the forms that keep them from circling each other."""

from typing import Annotated, ClassVar

from msgspec import Meta

from ganlab_desktop.experiment.spec import Variant, label

Strength = Annotated[float, Meta(ge=0.0, le=1000.0)]


class Alternating(Variant, frozen=True, tag="alternating"):
    """The usual order: all discriminator updates, then all generator updates, each against the other as it is then."""

    title: ClassVar[str] = "Alternating descent"


class Simultaneous(Variant, frozen=True, tag="simultaneous"):
    """Both players take their gradients at the same point, then both move; it spirals outwards in a bilinear game."""

    title: ClassVar[str] = "Simultaneous descent"


class Extragradient(Variant, frozen=True, tag="extragradient"):
    """Both step ahead, take their gradients there on fresh batches, and move by them from where they were
    (Korpelevich 1976; with Adam the ExtraAdam of Gidel et al. 2019, alg. 4)."""

    title: ClassVar[str] = "Extragradient"


class Optimistic(Variant, frozen=True, tag="optimistic"):
    """Both move by twice their step less the step before (Daskalakis et al. 2018; with Adam their alg. 1)."""

    title: ClassVar[str] = "Optimistic descent"


class Consensus(Variant, frozen=True, tag="consensus"):
    """Both gradients v take on gamma times the gradient of |v|^2 / 2 (Mescheder et al. 2017)."""

    title: ClassVar[str] = "Consensus optimisation"

    gamma: Annotated[Strength, label("Gamma", "Weight of the gradient of |v|^2 / 2.")] = 1.0


class Symplectic(Variant, frozen=True, tag="symplectic"):
    """Both gradients v take on lambda A^T v, with A the antisymmetric part of the game's Jacobian (Balduzzi et al.
    2018)."""

    title: ClassVar[str] = "Symplectic gradient adjustment"

    weight: Annotated[Strength, label("Lambda", "Weight of the adjustment.")] = 1.0
    align: Annotated[
        bool, label("Align", "Choose lambda's sign so that stable points attract and unstable ones repel.")
    ] = True


GameSpec = Alternating | Simultaneous | Extragradient | Optimistic | Consensus | Symplectic
