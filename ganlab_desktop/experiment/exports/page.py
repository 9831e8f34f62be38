"""How large a figure is and how it looks."""

from typing import Annotated, ClassVar, Literal, NamedTuple

from msgspec import Meta

from ganlab_desktop.experiment.spec import Spec, Variant, label

FIGURES = ("pdf", "svg", "png")
DATA = ("csv", "npz", "parquet", "zip")  # of what a figure shows; a zip holds a file for each of its tables


class Size(NamedTuple):
    """Width in inches, the greatest height, and the font's size in points."""

    width: float
    height: float
    font: float


SIZES = {
    "column": Size(3.35, 8.0, 8.0),
    "two_columns": Size(6.9, 8.8, 9.0),
    "slide": Size(13.33, 7.5, 18.0),
    "poster": Size(18.0, 24.0, 26.0),
}


class Page(Spec, frozen=True):
    """How large a figure is and how it looks."""

    size: Annotated[
        Literal["column", "two_columns", "slide", "poster"],
        label("Size", "A paper's column of 3.35 inches or two of 6.9, a slide of 13.33 by 7.5, a poster's 18."),
    ] = "column"
    width: Annotated[
        float, Meta(ge=0.0, le=100.0), label("Width", "Another width than the size's own; 0 takes that.", "inches")
    ] = 0.0
    height: Annotated[
        float, Meta(ge=0.0, le=100.0), label("Height", "0 takes what the figure's contents need.", "inches")
    ] = 0.0
    style: Annotated[
        Literal["light", "dark", "greyscale"],
        label("Style", "The window's colours on white or on its dark panels, or greys that survive any printer."),
    ] = "light"
    font: Annotated[
        Literal["sans", "serif", "times"],
        label("Font", "DejaVu Sans, DejaVu Serif, or STIX, which goes with Times."),
    ] = "sans"
    font_size: Annotated[
        float, Meta(ge=0.0, le=200.0), label("Font size", "0 takes what goes with the size.", "points")
    ] = 0.0
    latex: Annotated[bool, label("LaTeX", "Let LaTeX set the text, in its own font; needs an installed latex.")] = False
    editable: Annotated[
        bool,
        label(
            "Text stays text",
            "In SVG: words that can be edited and found, but look as meant only where the font is installed. "
            "Otherwise outlines, the same everywhere. PDF always embeds its fonts.",
        ),
    ] = False
    heading: Annotated[bool, label("Heading", "The experiment's title, the run and the step above the figure.")] = False
    dpi: Annotated[
        int, Meta(ge=30, le=2400), label("Resolution", "Of PNG, and of the surfaces within PDF and SVG.", "dots/inch")
    ] = 300


class Export(Variant, frozen=True):
    """A file to be made of a run. `endings` are the file's possible ones, the usual one first; `folders` tells whether
    a name without one asks for a folder of files."""

    endings: ClassVar[tuple[str, ...]] = ()
    folders: ClassVar[bool] = False


class Part(Export, frozen=True):
    """What a figure shows, alone or as one panel among others."""

    endings: ClassVar[tuple[str, ...]] = FIGURES + DATA
