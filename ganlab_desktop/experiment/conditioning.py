"""How the networks are told the class of a sample, where the data have classes."""

from typing import Annotated, ClassVar

from msgspec import Meta

from ganlab_desktop.experiment.spec import Variant, label

GeneratorEmbedding = Annotated[
    int,
    Meta(ge=0, le=256),
    label("Embedding of G", "Length of the learned vector that tells G its class; 0 tells it as a one-hot vector."),
]


class Unconditional(Variant, frozen=True, tag="none"):
    """Nobody is told classes."""

    title: ClassVar[str] = "None"


class Concatenation(Variant, frozen=True, tag="concatenation"):
    """Both networks take the class as a one-hot vector beside their input (Mirza and Osindero 2014)."""

    title: ClassVar[str] = "Concatenation"


class Embedding(Variant, frozen=True, tag="embedding"):
    """Both networks take the class as a vector that each learns, beside their input."""

    title: ClassVar[str] = "Learned embedding"

    dim: Annotated[int, Meta(ge=1, le=256), label("Dimension", "Length of the vector that stands for a class.")] = 8


class Projection(Variant, frozen=True, tag="projection"):
    """D(x, y) = psi(phi(x)) + e_y . phi(x) with a learned e_y for each class (Miyato and Koyama 2018)."""

    title: ClassVar[str] = "Projection discriminator"

    generator_embedding: GeneratorEmbedding = 0


class ConditionalBatchNorm(Variant, frozen=True, tag="conditional_batch_norm"):
    """G's batch norm has a learned gain and offset for each class (Dumoulin et al. 2017; de Vries et al. 2017), beside
    a projection discriminator, as in Miyato and Koyama 2018."""

    title: ClassVar[str] = "Conditional batch norm"


class AuxiliaryClassifier(Variant, frozen=True, tag="auxiliary_classifier"):
    """AC-GAN (Odena et al. 2017): D is not told the class but has a second head that guesses it. D learns to guess it
    of real and of generated samples, as in the paper, and G to make samples of which it is guessed."""

    title: ClassVar[str] = "Auxiliary classifier (AC-GAN)"

    weight: Annotated[
        float, Meta(ge=0.0, le=1e6), label("Weight", "Of the classification's cross-entropy in both players' losses.")
    ] = 1.0
    generator_embedding: GeneratorEmbedding = 0


ConditioningSpec = Unconditional | Concatenation | Embedding | Projection | ConditionalBatchNorm | AuxiliaryClassifier
