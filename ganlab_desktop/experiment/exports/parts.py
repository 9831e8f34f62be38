"""What figures show: one spec per kind."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ganlab_desktop.experiment.exports.page import Part
from ganlab_desktop.experiment.spec import Spec, label

View = Annotated[
    tuple[float, float, float, float],
    label("View", "Left, right, bottom and top of what is shown; four zeros fit the data.", "network units"),
]
ClassShown = Annotated[
    int, Meta(ge=0, le=100_000), label("Class", "In a conditional game the class whose discriminator is shown.")
]
FirstStep = Annotated[int, Meta(ge=0, le=100_000_000), label("From step", "Where curves begin.", "iterations")]
Place = Annotated[int, Meta(ge=0, le=4095)]
WHOLE = (0.0, 0.0, 0.0, 0.0)


class Layers(Spec, frozen=True):
    """What the canvas shows, one over the other. Of best D, difference and log ratio the last one that is on hides the
    surface."""

    surface: Annotated[bool, label("Surface", "What D says at each place; a critic against its median.")] = True
    contours: Annotated[
        bool, label("Contours", "Lines at the middle of the colours' range, and fainter at its quartiles.")
    ] = True
    real: Annotated[bool, label("Real", "Samples of the data.")] = True
    generated: Annotated[
        bool, label("Generated", "Samples of the generator, from the latents that the window shows.")
    ] = True
    manifold: Annotated[
        bool, label("Manifold", "The image of a regular latent grid; needs a latent of one or two dimensions.")
    ] = False
    gradients: Annotated[bool, label("Gradients", "The way the generator wants each sample to move.")] = False
    field: Annotated[bool, label("Field", "The gradient of the discriminator or critic on a regular grid.")] = False
    modes: Annotated[bool, label("Modes", "The data's modes, at three standard deviations.")] = False
    optimal: Annotated[
        bool, label("Best D", "The best D against this generator; for a critic the Kantorovich potential.")
    ] = False
    difference: Annotated[bool, label("Difference", "D minus the best D.")] = False
    ratio: Annotated[bool, label("Log ratio", "log p/q of the data's and the generator's density.")] = False
    plan: Annotated[bool, label("Plan", "The shortest transport from generated to real samples.")] = False


class CanvasPart(Part, frozen=True, tag="canvas"):
    """The plane with what D says of it and samples of both kinds; data on the line, and images side by side."""

    title: ClassVar[str] = "Canvas"

    layers: Layers = Layers()
    view: View = WHOLE
    resolution: Annotated[
        int, Meta(ge=16, le=1024), label("Resolution", "Points along each side of surfaces.", "points")
    ] = 128
    class_shown: ClassShown = 0


class CriticFieldPart(Part, frozen=True, tag="critic-field"):
    """The norm and direction of the gradient of D, and how the norm is distributed."""

    title: ClassVar[str] = "Critic field"

    histogram: Annotated[
        bool, label("Distribution", "Also of the norm at real, generated and interpolated samples.")
    ] = True
    view: View = WHOLE
    class_shown: ClassShown = 0


class LossesPart(Part, frozen=True, tag="losses"):
    """Both players' losses over the steps."""

    title: ClassVar[str] = "Losses"

    raw: Annotated[bool, label("Raw", "The losses of single steps, faint behind their running mean.")] = True
    first: FirstStep = 0


class TruthPart(Part, frozen=True, tag="truth"):
    """The game's value under its optimum, and the exact distance W1 beside the critic's estimate, over the steps at
    which the window measured them; where it never did, as they are now."""

    title: ClassVar[str] = "Truth"

    which: Annotated[
        Literal["both", "value", "distance"], label("Which", "V(D, G) under its optimum, the distance W1, or both.")
    ] = "both"
    first: FirstStep = 0


class CoveragePart(Part, frozen=True, tag="coverage"):
    """The share of samples at each mode against its weight, and the distance of the distributions over the steps."""

    title: ClassVar[str] = "Mode coverage"


class ModeHistoryPart(Part, frozen=True, tag="mode-history"):
    """Births and deaths of modes: each mode's share of the samples over the steps."""

    title: ClassVar[str] = "Modes over time"


class DynamicsPart(Part, frozen=True, tag="dynamics"):
    """The smallest GAN under the run's method, and the leading eigenvalues of the run's own game."""

    title: ClassVar[str] = "Dynamics"

    which: Annotated[
        Literal["both", "smallest", "own"],
        label("Which", "The smallest GAN, this game's spectrum, or both."),
    ] = "both"


class SamplesPart(Part, frozen=True, tag="samples"):
    """What the generator makes: a wall of images, a row for each class, or pairs with what they are made of; points."""

    title: ClassVar[str] = "Samples"
    folders: ClassVar[bool] = True

    rows: Annotated[int, Meta(ge=1, le=64), label("Rows", "Of images, at most.", "rows")] = 8
    real: Annotated[bool, label("Real", "In figures of points, samples of the data behind them.")] = True
    count: Annotated[
        int, Meta(ge=1, le=10_000_000), label("Number", "In files of data: how many samples.", "samples")
    ] = 1000
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1), label("Seed", "In files of data: of the latents.")] = 0
    average: Annotated[bool, label("Averaged G", "In files of data: of the generator's moving average.")] = False


class LatentPart(Part, frozen=True, tag="latent"):
    """The plane through the latents of three images of the wall; of points a latent grid and what becomes of it."""

    title: ClassVar[str] = "Latent plane"

    corners: Annotated[
        tuple[
            Annotated[int, Meta(ge=0, le=4095)],
            Annotated[int, Meta(ge=0, le=4095)],
            Annotated[int, Meta(ge=0, le=4095)],
        ],
        label("Corners", "The places on the wall, counted from 0, of the images A, B and C."),
    ] = (0, 1, 2)
    columns: Annotated[int, Meta(ge=2, le=16), label("Columns", "Images from A to B.", "images")] = 9
    rows: Annotated[int, Meta(ge=2, le=16), label("Rows", "Images from A to C.", "images")] = 5
    keeps_length: Annotated[
        bool, label("Keep the length", "Bring latents between the three to the length that theirs have.")
    ] = True


class RunsPart(Part, frozen=True, tag="runs"):
    """One curve of several runs of the document."""

    title: ClassVar[str] = "Runs"

    curve: Annotated[
        Literal["discriminator_loss", "generator_loss", "captured", "high_quality", "jsd", "w1", "value", "score"],
        label(
            "Curve",
            "A loss; modes captured, the share of good samples, JSD, W1, V(D, G) or the selection's score where they "
            "were measured.",
        ),
    ] = "discriminator_loss"
    runs: Annotated[
        tuple[Annotated[int, Meta(ge=1)], ...], Meta(max_length=32), label("Runs", "Their numbers; none are all.")
    ] = ()
    first: FirstStep = 0


class TimeStripPart(Part, frozen=True, tag="time-strip"):
    """The same view at some steps in a row."""

    title: ClassVar[str] = "Over time"

    steps: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=100_000_000)], ...],
        Meta(max_length=24),
        label("Steps", "Where to look; none divides the run evenly.", "iterations"),
    ] = ()
    count: Annotated[int, Meta(ge=2, le=24), label("Number", "Of steps, where none are named.")] = 5
    layers: Layers = Layers(contours=False)
    view: View = WHOLE
    resolution: Annotated[
        int, Meta(ge=16, le=1024), label("Resolution", "Points along each side of surfaces.", "points")
    ] = 96
    class_shown: ClassShown = 0


PartSpec = (
    CanvasPart
    | CriticFieldPart
    | LossesPart
    | TruthPart
    | CoveragePart
    | ModeHistoryPart
    | DynamicsPart
    | SamplesPart
    | LatentPart
    | RunsPart
    | TimeStripPart
)
