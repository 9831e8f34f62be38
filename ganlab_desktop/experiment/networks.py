"""The two networks and the latent that feeds the generator."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ganlab_desktop.experiment.spec import Variant, Width, label

Hidden = Annotated[
    tuple[Width, ...], Meta(max_length=16), label("Hidden layers", "Width of each hidden layer, input side first.")
]
Activation = Annotated[
    Literal["relu", "leaky_relu", "tanh", "silu", "gelu", "elu"],
    label("Activation", "The non-linearity after each hidden layer."),
]
LatentDim = Annotated[int, Meta(ge=1, le=1024), label("Latent dimension", "Number of noise inputs of the generator.")]


class NormalLatent(Variant, frozen=True, tag="normal"):
    """Standard normal noise."""

    title: ClassVar[str] = "Normal"

    dim: LatentDim = 2


class UniformLatent(Variant, frozen=True, tag="uniform"):
    """Uniform noise on [-1, 1]."""

    title: ClassVar[str] = "Uniform"

    dim: LatentDim = 2


LatentSpec = NormalLatent | UniformLatent


class MlpGenerator(Variant, frozen=True, tag="mlp"):
    """A fully connected generator."""

    title: ClassVar[str] = "MLP"

    hidden: Hidden = (64, 64)
    activation: Activation = "relu"
    output: Annotated[
        Literal["linear", "tanh", "sigmoid"], label("Output", "The last non-linearity; linear reaches the whole plane.")
    ] = "linear"


GeneratorSpec = MlpGenerator


class MlpDiscriminator(Variant, frozen=True, tag="mlp"):
    """A fully connected discriminator or critic; its output is a raw score (a logit for the log losses)."""

    title: ClassVar[str] = "MLP"

    hidden: Hidden = (64, 64)
    activation: Activation = "relu"
    norm: Annotated[
        Literal["none", "layer", "batch"], label("Normalisation", "Normalisation before each activation.")
    ] = "none"
    spectral_norm: Annotated[
        bool, label("Spectral norm", "Divide every weight matrix by its largest singular value (Miyato et al. 2018).")
    ] = False


DiscriminatorSpec = MlpDiscriminator
