"""The two networks and the latent that feeds the generator."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ganlab_desktop.experiment.convolutions import DcganDiscriminator, DcganGenerator
from ganlab_desktop.experiment.progressive import ProgressiveDiscriminator, ProgressiveGenerator
from ganlab_desktop.experiment.resnets import ResnetDiscriminator, ResnetGenerator
from ganlab_desktop.experiment.spec import Variant, Width, label
from ganlab_desktop.experiment.style import StyleGenerator
from ganlab_desktop.experiment.translation import PatchDiscriminator, UnetGenerator

Hidden = Annotated[
    tuple[Width, ...], Meta(max_length=16), label("Hidden layers", "Width of each hidden layer, input side first.")
]
Activation = Annotated[
    Literal["relu", "leaky_relu", "tanh", "silu", "gelu", "elu", "groupsort"],
    label("Activation", "The non-linearity after each hidden layer; groupsort puts every two features in order."),
]
Normalisation = Annotated[
    Literal["none", "layer", "batch"], label("Normalisation", "Normalisation before each activation.")
]
Residual = Annotated[bool, label("Residual", "Add its input to the output of every hidden layer that keeps the width.")]
Fourier = Annotated[
    int,
    Meta(ge=0, le=1024),
    label("Fourier features", "Random frequencies whose sine and cosine replace the input; 0 takes the input itself."),
]
FourierScale = Annotated[
    float,
    Meta(gt=0.0, le=1000.0),
    label("Fourier scale", "Standard deviation of the frequencies (Tancik et al. 2020)."),
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
    norm: Normalisation = "none"
    residual: Residual = False
    fourier: Fourier = 0
    fourier_scale: FourierScale = 1.0
    output: Annotated[
        Literal["linear", "tanh", "sigmoid"], label("Output", "The last non-linearity; linear reaches the whole plane.")
    ] = "linear"


class AffineGenerator(Variant, frozen=True, tag="affine"):
    """G(z) = mean + W z, with W diagonal at the start. From normal noise of the data's dimension, exactly the Gaussian
    N(mean, W W^T). Changing mean or std while it trains sets the weights."""

    title: ClassVar[str] = "Affine (one Gaussian)"

    mean: Annotated[
        tuple[Annotated[float, Meta(ge=-1e3, le=1e3)], ...],
        Meta(min_length=1, max_length=2),
        label("Mean", "Centre: one value, or one for each axis. Changed in training, it moves G.", "network units"),
    ] = (0.0,)
    std: Annotated[
        tuple[Annotated[float, Meta(ge=0.0, le=1e3)], ...],
        Meta(min_length=1, max_length=2),
        label("Std", "Diagonal of W, one value or one for each axis. Changed in training, it sets W.", "network units"),
    ] = (1.0,)


GeneratorSpec = (
    MlpGenerator
    | AffineGenerator
    | DcganGenerator
    | ResnetGenerator
    | StyleGenerator
    | ProgressiveGenerator
    | UnetGenerator
)


class MlpDiscriminator(Variant, frozen=True, tag="mlp"):
    """A fully connected discriminator or critic; its output is a raw score (a logit for the log losses)."""

    title: ClassVar[str] = "MLP"

    hidden: Hidden = (64, 64)
    activation: Activation = "relu"
    norm: Normalisation = "none"
    residual: Residual = False
    fourier: Fourier = 0
    fourier_scale: FourierScale = 1.0
    spectral_norm: Annotated[
        bool, label("Spectral norm", "Divide every weight matrix by its largest singular value (Miyato et al. 2018).")
    ] = False
    orthonormal: Annotated[
        bool,
        label("Orthonormal", "Bjorck-orthonormalise every weight matrix: a 1-Lipschitz critic (Anil et al. 2019)."),
    ] = False
    minibatch: Annotated[
        Literal["none", "discrimination", "stddev"],
        label(
            "Minibatch layer",
            "Before the last layer, features that tell how alike a batch's samples are: minibatch discrimination "
            "(Salimans et al. 2016) or the standard deviation in groups of four (Karras et al. 2018).",
        ),
    ] = "none"
    minibatch_kernels: Annotated[
        int, Meta(ge=1, le=256), label("Minibatch kernels B", "Features that minibatch discrimination adds.")
    ] = 16
    minibatch_dim: Annotated[
        int, Meta(ge=1, le=64), label("Minibatch kernel size C", "Dimensions in which a kernel compares two samples.")
    ] = 4
    packing: Annotated[
        int,
        Meta(ge=1, le=16),
        label("Packing", "Samples that are judged together, as one wider input (PacGAN, Lin et al. 2018).", "samples"),
    ] = 1


DiscriminatorSpec = (
    MlpDiscriminator | DcganDiscriminator | ResnetDiscriminator | ProgressiveDiscriminator | PatchDiscriminator
)
