"""What a GAN may be trained on: one spec per distribution, matched by kind to its implementation in gan/data."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ganlab_desktop.experiment.drawing import FEWEST, MOST, ROW, heart
from ganlab_desktop.experiment.images import ImageSpec
from ganlab_desktop.experiment.spec import Content, Scale, Sigma, TrainingPoints, Variant, label

Radius = Annotated[float, Meta(ge=1e-6, le=100.0)]
Length = Annotated[float, Meta(ge=1e-6, le=100.0)]


class Ring(Variant, frozen=True, tag="ring"):
    """Gaussians with equal weight at the angles 2 pi k / modes on a circle."""

    title: ClassVar[str] = "Ring of Gaussians"

    modes: Annotated[int, Meta(ge=1, le=100), label("Modes", "Number of Gaussians on the ring.")] = 8
    radius: Annotated[Radius, label("Radius", "Distance of the modes from the centre.", "data units")] = 2.0
    sigma: Sigma = 0.02
    scale: Scale = 1.414
    n_train: TrainingPoints = 0


class Ellipse(Variant, frozen=True, tag="ellipse"):
    """One Gaussian with two principal axes, turned by an angle."""

    title: ClassVar[str] = "Tilted ellipse"

    major: Annotated[Length, label("Major axis", "Standard deviation along the long axis.", "data units")] = 1.0
    minor: Annotated[Length, label("Minor axis", "Standard deviation along the short axis.", "data units")] = 0.25
    angle: Annotated[
        float, Meta(ge=-180.0, le=180.0), label("Angle", "Turn of the long axis against the x axis.", "degrees")
    ] = 30.0
    scale: Scale = 1.0
    n_train: TrainingPoints = 0


class Grid(Variant, frozen=True, tag="grid"):
    """A square grid of Gaussians with equal weight, centred at the origin."""

    title: ClassVar[str] = "Grid of Gaussians"

    side: Annotated[int, Meta(ge=1, le=20), label("Side", "Modes along each side.")] = 5
    spacing: Annotated[Length, label("Spacing", "Distance between neighbouring modes.", "data units")] = 2.0
    sigma: Sigma = 0.05
    scale: Scale = 2.828
    n_train: TrainingPoints = 0


class Mixture(Variant, frozen=True, tag="mixture"):
    """Gaussians at random places with random weights, fixed by a seed of their own."""

    title: ClassVar[str] = "Random mixture"

    modes: Annotated[int, Meta(ge=1, le=100), label("Modes", "Number of Gaussians.")] = 6
    extent: Annotated[
        Length, label("Extent", "The centres lie in the square from -extent to extent.", "data units")
    ] = 2.0
    sigma: Sigma = 0.1
    layout: Annotated[int, Meta(ge=0, le=2**31 - 1), label("Layout", "Seed of the places and weights.")] = 0
    scale: Scale = 1.0
    n_train: TrainingPoints = 0


class Gaussians(Variant, frozen=True, tag="gaussians"):
    """Two Gaussians side by side."""

    title: ClassVar[str] = "Two Gaussians"

    distance: Annotated[Length, label("Distance", "Distance between the two centres.", "data units")] = 2.0
    sigma: Sigma = 0.3
    share: Annotated[float, Meta(gt=0.0, lt=1.0), label("Left share", "Weight of the left Gaussian.")] = 0.5
    scale: Scale = 1.0
    n_train: TrainingPoints = 0


class Disjoint(Variant, frozen=True, tag="disjoint"):
    """Two parallel segments: supports that do not meet, the case where the Jensen-Shannon divergence is flat."""

    title: ClassVar[str] = "Disjoint pair"

    distance: Annotated[Length, label("Distance", "Distance between the segments.", "data units")] = 1.0
    length: Annotated[Length, label("Length", "Length of each segment.", "data units")] = 2.0
    sigma: Sigma = 0.02
    scale: Scale = 1.0
    n_train: TrainingPoints = 0


class Line(Variant, frozen=True, tag="line"):
    """A straight segment with Gaussian noise."""

    title: ClassVar[str] = "Line"

    length: Annotated[Length, label("Length", "Length of the segment.", "data units")] = 3.0
    angle: Annotated[float, Meta(ge=-180.0, le=180.0), label("Angle", "Turn against the x axis.", "degrees")] = 30.0
    sigma: Sigma = 0.05
    scale: Scale = 1.0
    n_train: TrainingPoints = 0


class Spiral(Variant, frozen=True, tag="spiral"):
    """Interleaved Archimedean arms with Gaussian noise."""

    title: ClassVar[str] = "Spiral"

    arms: Annotated[int, Meta(ge=1, le=10), label("Arms", "Number of arms.")] = 2
    turns: Annotated[float, Meta(gt=0.0, le=5.0), label("Turns", "Turns of each arm.")] = 1.0
    radius: Annotated[Radius, label("Radius", "Distance of the outer ends from the centre.", "data units")] = 2.0
    sigma: Sigma = 0.05
    scale: Scale = 1.0
    n_train: TrainingPoints = 0


class SwissRoll(Variant, frozen=True, tag="swiss_roll"):
    """The swiss roll's cross-section: radius and angle grow together from 1.5 pi to 4.5 pi."""

    title: ClassVar[str] = "Swiss roll"

    sigma: Sigma = 0.5
    scale: Scale = 7.5
    n_train: TrainingPoints = 0


class Moons(Variant, frozen=True, tag="moons"):
    """Two interleaved half circles with Gaussian noise."""

    title: ClassVar[str] = "Two moons"

    sigma: Sigma = 0.08
    scale: Scale = 1.0
    n_train: TrainingPoints = 0


class Circles(Variant, frozen=True, tag="circles"):
    """Two concentric circles with Gaussian noise."""

    title: ClassVar[str] = "Circles"

    factor: Annotated[
        float, Meta(gt=0.0, lt=1.0), label("Inner radius", "Radius of the inner circle; the outer one has radius 1.")
    ] = 0.5
    sigma: Sigma = 0.05
    scale: Scale = 0.5
    n_train: TrainingPoints = 0


class Checkerboard(Variant, frozen=True, tag="checkerboard"):
    """Uniform on the dark squares of a checkerboard from -extent to extent."""

    title: ClassVar[str] = "Checkerboard"

    squares: Annotated[int, Meta(ge=2, le=16), label("Squares", "Squares along each side.")] = 4
    extent: Annotated[Length, label("Extent", "Half of the board's side.", "data units")] = 2.0
    scale: Scale = 1.0
    n_train: TrainingPoints = 0


class Drawn(Variant, frozen=True, tag="drawn"):
    """A density painted by hand: each cell of a square raster is filled evenly, according to its weight."""

    title: ClassVar[str] = "Drawn"

    raster: Annotated[
        tuple[Annotated[str, Meta(pattern=ROW)], ...],
        Meta(min_length=FEWEST, max_length=MOST),
        label("Drawing", "Square of cells, top row first: a dot is an empty cell, a digit the weight of a filled one."),
    ] = heart(32)
    extent: Annotated[Length, label("Extent", "Half of the drawing's side.", "data units")] = 2.0
    scale: Scale = 1.0
    n_train: TrainingPoints = 0


class Pinwheel(Variant, frozen=True, tag="pinwheel"):
    """Gaussian blades, each sheared around the centre by an angle that grows with the radius."""

    title: ClassVar[str] = "Pinwheel"

    blades: Annotated[int, Meta(ge=1, le=12), label("Blades", "Number of blades.")] = 5
    radial: Annotated[Length, label("Radial sigma", "Spread along a blade.", "data units")] = 0.3
    tangential: Annotated[Length, label("Tangential sigma", "Spread across a blade.", "data units")] = 0.1
    rate: Annotated[
        float, Meta(ge=0.0, le=5.0), label("Twist", "How fast the angle turns with the radius.", "radians per unit")
    ] = 0.7
    scale: Scale = 0.5
    n_train: TrainingPoints = 0


class Mixture1D(Variant, frozen=True, tag="mixture_1d"):
    """A mixture of Gaussians on the line, for the worked examples in one dimension."""

    title: ClassVar[str] = "1-D mixture"

    means: Annotated[
        tuple[Annotated[float, Meta(ge=-1e3, le=1e3)], ...],
        Meta(min_length=1, max_length=50),
        label("Means", "Centre of each Gaussian.", "data units"),
    ] = (-2.0, 2.0)
    sigmas: Annotated[
        tuple[Annotated[float, Meta(ge=1e-6, le=1e3)], ...],
        Meta(min_length=1, max_length=50),
        label("Sigmas", "Standard deviation of each Gaussian.", "data units"),
    ] = (0.5, 0.5)
    weights: Annotated[
        tuple[Annotated[float, Meta(gt=0.0, le=1e6)], ...],
        Meta(min_length=1, max_length=50),
        label("Weights", "Relative weight of each Gaussian; their sum is made 1."),
    ] = (0.5, 0.5)
    scale: Scale = 1.0
    n_train: TrainingPoints = 0


class GanLab(Variant, frozen=True, tag="ganlab"):
    """The four sets of GAN Lab in the browser, in its unit square, for a like-for-like comparison."""

    title: ClassVar[str] = "GAN Lab (browser) set"

    shape: Annotated[Literal["line", "gaussians", "ring", "disjoint"], label("Shape", "Which of the four sets.")] = (
        "line"
    )
    scale: Scale = 1.0
    n_train: TrainingPoints = 0


class Points(Variant, frozen=True, tag="points"):
    """Your own points from a CSV file (one point a row) or an NPZ file (array 'points' or its first array)."""

    title: ClassVar[str] = "Points from a file"

    path: Annotated[
        str,
        Meta(extra={"suffixes": (".csv", ".npz")}),
        label("File", "A .csv or .npz file with one or two columns of finite numbers."),
    ] = ""
    content: Content = ""
    n_train: Annotated[
        int,
        Meta(ge=0, le=10_000_000),
        label("Training points", "How many of the points are trained on, drawn once; 0 takes all of them."),
    ] = 0
    scale: Scale = 1.0


DataSpec = (
    Ring
    | Ellipse
    | Grid
    | Mixture
    | Gaussians
    | Disjoint
    | Line
    | Spiral
    | SwissRoll
    | Moons
    | Circles
    | Checkerboard
    | Drawn
    | Pinwheel
    | Mixture1D
    | GanLab
    | Points
    | ImageSpec
)
