"""The experiment: everything that a user can specify, as one immutable value."""

from typing import Annotated, Literal

from msgspec import Meta

from ganlab_desktop.experiment.augmentation import AugmentationSpec, NoAugmentation
from ganlab_desktop.experiment.conditioning import AuxiliaryClassifier, ConditioningSpec, Unconditional
from ganlab_desktop.experiment.data import DataSpec, Ring
from ganlab_desktop.experiment.games import Alternating, GameSpec
from ganlab_desktop.experiment.networks import (
    DiscriminatorSpec,
    GeneratorSpec,
    LatentSpec,
    MlpDiscriminator,
    MlpGenerator,
    NormalLatent,
)
from ganlab_desktop.experiment.objectives import NonSaturating, ObjectiveSpec, Variational
from ganlab_desktop.experiment.optimizers import Optimizers
from ganlab_desktop.experiment.penalties import PenaltySpec
from ganlab_desktop.experiment.selection import Selection
from ganlab_desktop.experiment.spec import Spec, label
from ganlab_desktop.experiment.translation import UnetGenerator

FORMAT = 1
Precision = Literal["float32", "bfloat16"]


class Schedule(Spec, frozen=True):
    """Who moves how often. One step is one iteration: all discriminator updates, then all generator updates."""

    batch_size: Annotated[int, Meta(ge=1, le=65536), label("Batch size", "Samples per batch.", "samples")] = 256
    discriminator_steps: Annotated[
        int, Meta(ge=1, le=100), label("D steps", "Discriminator updates per iteration.", "updates")
    ] = 1
    generator_steps: Annotated[
        int, Meta(ge=1, le=100), label("G steps", "Generator updates per iteration.", "updates")
    ] = 1
    unrolled_steps: Annotated[
        int,
        Meta(ge=0, le=50),
        label(
            "Unrolled D steps",
            "Discriminator updates that the generator looks ahead (Metz et al. 2017); 0 switches it off.",
            "updates",
        ),
    ] = 0
    steps: Annotated[
        int, Meta(ge=1, le=100_000_000), label("Steps", "Training pauses at this iteration.", "iterations")
    ] = 10_000


class Ema(Spec, frozen=True):
    """An exponential moving average of the generator's weights (Karras et al. 2018)."""

    half_life: Annotated[
        float,
        Meta(ge=0.0, le=1e9),
        label("Half-life", "Samples after which a weight's share has halved; 0 switches the average off.", "samples"),
    ] = 0.0


Fading = Annotated[
    int,
    Meta(ge=0, le=100_000_000),
    label("Fades over", "Iterations from the start until it is off, falling in a line; 0 keeps it.", "iterations"),
]


class InstanceNoise(Spec, frozen=True):
    """Gaussian noise on all that D sees, real and generated (Sonderby et al. 2017; Arjovsky and Bottou 2017)."""

    std: Annotated[
        float,
        Meta(ge=0.0, le=100.0),
        label("Std", "Standard deviation of the noise at the start; 0 switches it off.", "network units"),
    ] = 0.0
    steps: Fading = 0


class LabelSmoothing(Spec, frozen=True):
    """One-sided label smoothing (Salimans et al. 2016): D is asked for less than certainty of real samples."""

    real: Annotated[
        float, Meta(gt=0.0, le=1.0), label("Real label", "What D should say of real samples; 1 is no smoothing.")
    ] = 1.0
    steps: Fading = 0

    @property
    def settled(self) -> float:
        """The label that training ends with: 1 where the smoothing fades."""
        return 1.0 if self.steps else self.real


class Experiment(Spec, frozen=True):
    """A complete experiment. Every field has a default, so an empty file trains the ring of eight Gaussians."""

    format: Annotated[int, Meta(ge=1, le=FORMAT), label("Format", "Version of this file's format.")] = FORMAT
    title: Annotated[str, Meta(max_length=200), label("Title", "A name for people.")] = ""
    seed: Annotated[
        int, Meta(ge=0, le=2**63 - 1), label("Seed", "Fixes every random draw, the first weights included.")
    ] = 0
    device: Annotated[
        str,
        Meta(pattern=r"^(auto|cpu|mps|cuda(:[0-9]+)?)$"),
        label(
            "Device",
            "Where the networks train: cpu, cuda, cuda:1 or mps; or auto, which takes an accelerator for images, where "
            "there is one, and the cpu for points, whose small networks are fastest there.",
        ),
    ] = "cpu"
    precision: Annotated[
        Precision,
        label(
            "Precision",
            "Numbers that the networks multiply while they train. With bfloat16 large networks train faster on CUDA "
            "devices that have it; losses, penalties, weights and optimisers stay in float32.",
        ),
    ] = "float32"
    data: DataSpec = Ring()
    latent: LatentSpec = NormalLatent()
    generator: GeneratorSpec = MlpGenerator()
    discriminator: DiscriminatorSpec = MlpDiscriminator()
    conditioning: ConditioningSpec = Unconditional()
    objective: ObjectiveSpec = NonSaturating()
    penalties: Annotated[tuple[PenaltySpec, ...], Meta(max_length=16)] = ()
    augmentation: AugmentationSpec = NoAugmentation()
    instance_noise: InstanceNoise = InstanceNoise()
    label_smoothing: LabelSmoothing = LabelSmoothing()
    optimizer: Optimizers = Optimizers()
    ema: Ema = Ema()
    schedule: Schedule = Schedule()
    selection: Selection = Selection()
    game: GameSpec = Alternating()

    def _repr_html_(self) -> str:
        from ganlab_desktop.experiment.notebook_page import experiment_page

        return experiment_page(self)

    @property
    def conditional(self) -> bool:
        """Whether the networks play one game per class."""
        return not isinstance(self.conditioning, Unconditional)

    @property
    def translates(self) -> bool:
        """Whether the generator makes an image of another one, beside which the discriminator judges it."""
        return isinstance(self.generator, UnetGenerator)

    @property
    def autoencodes(self) -> bool:
        """Whether there is no discriminator: its network encodes samples, and the generator decodes them."""
        return isinstance(self.objective, Variational)

    @property
    def tells_discriminator(self) -> bool:
        """Whether D judges samples as ones of a class."""
        return self.conditional and not isinstance(self.conditioning, AuxiliaryClassifier)
