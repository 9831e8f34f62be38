"""How figures look: the colours' meaning, markers, and sizes that go with the font's."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import fill
from typing import Any
from unicodedata import normalize

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, ListedColormap
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import MaxNLocator

from ganlab_desktop import palette
from ganlab_desktop.experiment.exports.page import SIZES, Page
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.palette import DARK, GREYSCALE, LIGHT, mixed

Canvas = Figure | SubFigure

_STYLES = {"light": LIGHT, "dark": DARK, "greyscale": GREYSCALE}
_FONTS = {  # family and the mathematical fonts beside it; all of them come with matplotlib
    "sans": ("DejaVu Sans", "dejavusans"),
    "serif": ("DejaVu Serif", "dejavuserif"),
    "times": ("STIXGeneral", "stix"),
}
_FOR_LATEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_FOR_LATEX |= {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"}
_FOR_LATEX |= {sign: f"\\{sign}" for sign in "&%$#_{}"}
_FOR_LATEX |= {sign: f"{{{sign}}}" for sign in "-`'"}  # two of them stay two
_DARKEST = 0.3  # grey of a norm or density of 0, on which black arrows are still seen
_TWO_ABREAST = 42  # font sizes across
_HANDLE, _LETTER = 2.9, 0.48  # font sizes across: a legend's handle with its gaps, a letter
_OF_PAGE = 0.86  # that a legend may take
_SMALL = 0.875  # of the font's size
_LINE = 1.25  # font sizes
_SMALL_AXES = 9  # font sizes across, with less of which axes show nothing
_ROOMY = 27  # font sizes across, from which on markers have their full size
_USUAL_FONT = 8.0  # points, at which lines and markers have the sizes written here
_DASHES = ("solid", (0, (4.0, 1.5)), (0, (1.2, 1.2)), (0, (5.0, 1.2, 1.2, 1.2)), (0, (8.0, 2.0)), (0, (2.5, 1.0)))
_SALT = "ganlab"  # of the identifiers in SVG, which would differ from one time to the next


class Ink:
    """The colours, markers and line widths of one page, or of one of the `columns` of panels on it."""

    def __init__(self, page: Page, columns: int = 1) -> None:
        self.page = page
        self._width = (page.width or SIZES[page.size].width) / columns
        self.colours = _STYLES[page.style]
        self.font = page.font_size or SIZES[page.size].font
        self.unit = self.font / _USUAL_FONT
        self._dot = self.unit**2 * min(1.0, self._across / _ROOMY)  # of a marker's area

    @property
    def narrow(self) -> bool:
        """Whether two axes find no room beside each other."""
        return self._across < _TWO_ABREAST

    def pair(
        self, figure: Canvas, heights: tuple[float, float] = (1.0, 1.0), widths: tuple[float, float] = (1.0, 1.0)
    ) -> list[Axes]:
        """Two axes beside each other, or where that is too narrow one above the other."""
        if self.narrow:
            return list(figure.subplots(2, 1, height_ratios=heights))
        return list(figure.subplots(1, 2, width_ratios=widths))

    def abreast(self, count: int) -> int:
        """How many of some small axes stand in a row, so that all rows are about full."""
        most = max(1, int(self._across // _SMALL_AXES))
        return -(-count // -(-count // most))

    def lines(self, count: float) -> float:
        """The height of lines of text over the width."""
        return _LINE * count / self._across

    @property
    def _across(self) -> float:
        """The width in font sizes."""
        return self._width * 72 / self.font

    @property
    def dots(self) -> float:
        """Across the page, or the column of panels."""
        return self._width * self.page.dpi

    @property
    def line(self) -> float:
        """The width of a curve, in points."""
        return 1.1 * self.unit

    @property
    def hairline(self) -> float:
        return 0.5 * self.unit

    def soft(self, colour: str, share: float) -> str:
        """A colour faded into the background."""
        return mixed(colour, self.colours.panel, share)

    def text(self, words: str) -> str:
        """Words as they can be set."""
        if not self.page.latex:
            return words
        return "".join(
            _FOR_LATEX.get(sign, sign) for sign in normalize("NFC", words)
        )  # it knows é, but no accent alone

    @property
    def diverging(self) -> Colormap:
        """Fake, neutral, real."""
        return ListedColormap(palette.diverging(self.colours))

    @property
    def sequential(self) -> Colormap:
        """Norms and densities."""
        if self.page.style == "greyscale":
            return ListedColormap(mpl.colormaps["gray"](np.linspace(_DARKEST, 1.0, 256)))
        return mpl.colormaps["cividis"]

    @property
    def real(self) -> dict[str, Any]:
        """Of a scatter of real samples: round."""
        return {"marker": "o", "color": self.colours.real, "linewidths": 0.0, "s": 3.6 * self._dot}

    @property
    def generated(self) -> dict[str, Any]:
        """Of a scatter of generated samples: diamonds, in greys hollow ones."""
        size = {"marker": "D", "s": 4.2 * self._dot}
        if self.page.style == "greyscale":
            edge = {"facecolors": self.colours.panel, "edgecolors": self.colours.text, "linewidths": 0.45 * self.unit}
            return size | edge
        return size | {"color": self.colours.fake, "linewidths": 0.0}

    @property
    def truth(self) -> dict[str, Any]:
        """Of a line that is the truth: dashed."""
        return {"color": self.colours.truth, "linestyle": (0, (4.0, 2.0)), "linewidth": self.line}

    def run(self, number: int, colour: str, *, shown: bool) -> str:
        """A run's colour: the discriminator's for the one that is shown."""
        if self.page.style == "greyscale":
            return self.colours.text if shown else self.colours.fake
        return self.colours.discriminator if shown else palette.run_colour(colour, number, self.colours)

    def dashes(self, place: int) -> Any:
        """A pattern of dashes of its own for each of several curves: no two are told apart by colour alone."""
        return _DASHES[place % len(_DASHES)]

    def dress(self, axes: Axes, *, grid: bool = True, ticks: int = 5, whole: str = "") -> None:
        """Few ticks and a faint grid; whole numbers only along the axes named in `whole`."""
        axes.spines[["top", "right"]].set_visible(False)
        for name, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
            axis.set_major_locator(MaxNLocator(ticks, integer=name in whole, steps=[1, 2, 2.5, 5, 10]))
        if grid:
            axes.grid(color=self.colours.hairline, linewidth=self.hairline)
            axes.set_axisbelow(True)

    @property
    def on_map(self) -> str:
        """Of arrows on a map of norms, which is never dark where they are long."""
        return "#000000" if self.page.style == "greyscale" else "#101318"

    def name_level(self, axes: Axes, level: float, words: str) -> None:
        """What a level line is called, above its right end."""
        place: Any = {"xytext": (0.0, 1.5 * self.unit), "textcoords": "offset points", "ha": "right", "va": "bottom"}
        across = axes.get_yaxis_transform()
        axes.annotate(
            self.text(words), (1.0, level), xycoords=across, fontsize="small", color=self.colours.truth, **place
        )

    def legend(self, axes: Axes, most: int = 4) -> None:
        """What is what above the axes, in as many columns as find room."""
        handles, names = axes.get_legend_handles_labels()
        room = _OF_PAGE * self._across
        names = [_broken(name, (room - _HANDLE) / _LETTER) for name in names]
        widths = [_HANDLE + _LETTER * max(map(len, name.split("\n"))) for name in names] or [0.0]
        columns = max(
            (
                count
                for count in range(1, min(most, len(widths)) + 1)
                if sum(max(column) for column in np.array_split(widths, count)) <= room
            ),
            default=1,
        )
        axes.legend(handles, names, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, borderaxespad=0.3)

    def heading(self, figure: Figure, words: str) -> None:
        """What the figure is of, above all, in as many lines as it takes."""
        engine = figure.get_layout_engine()
        if engine is not None:
            engine.set(h_pad=0.05 * self.unit)  # type: ignore[call-arg]
        room = _SMALL * self._across / _LETTER
        if len(words) > room:
            title, _, place = words.rpartition(": ")
            words = f"{_broken(title, room)}\n{place}"
        figure.suptitle(self.text(words), fontsize="medium", color=self.colours.secondary)

    def colour_bar(self, figure: Canvas, image: ScalarMappable, axes: Axes, words: str, width: float = 0.05) -> None:
        """What the colours mean, beside the axes and as high as they are; its width is a share of theirs."""
        bar = figure.colorbar(image, cax=axes.inset_axes((1.0 + 0.6 * width, 0.0, width, 1.0)))
        bar.outline.set_visible(False)
        bar.set_label(self.text(words))
        bar.ax.tick_params(length=0.0)
        bar.locator = MaxNLocator(4, steps=[1, 2, 2.5, 5, 10])
        bar.update_ticks()

    @contextmanager
    def set_up(self) -> Iterator[None]:
        """A block whose figures have this look. Raises ExportError where LaTeX is wanted and missing, or fails."""
        if self.page.latex and shutil.which("latex") is None:
            raise _missing("latex")
        with mpl.rc_context(self._settings()), _latex_in_words():
            yield

    def _settings(self) -> Any:  # matplotlib's stubs list every setting's name
        colours, unit = self.colours, self.unit
        family, mathematics = _FONTS[self.page.font]
        small = _SMALL * self.font
        return {
            "font.family": [family],
            "font.size": self.font,
            "mathtext.fontset": mathematics,
            "text.usetex": self.page.latex,
            "text.parse_math": False,
            "axes.titlesize": self.font,
            "axes.labelsize": self.font,
            "axes.labelpad": 2.5 * unit,
            "axes.titlepad": 4.0 * unit,
            "axes.linewidth": self.hairline,
            "axes.edgecolor": colours.secondary,
            "axes.facecolor": colours.panel,
            "axes.labelcolor": colours.text,
            "axes.titlecolor": colours.text,
            "figure.facecolor": colours.panel,
            "savefig.facecolor": colours.panel,
            "text.color": colours.text,
            "xtick.labelsize": small,
            "ytick.labelsize": small,
            "xtick.color": colours.secondary,
            "ytick.color": colours.secondary,
            "xtick.major.size": 2.0 * unit,
            "ytick.major.size": 2.0 * unit,
            "xtick.major.width": self.hairline,
            "ytick.major.width": self.hairline,
            "xtick.major.pad": 2.0 * unit,
            "ytick.major.pad": 2.0 * unit,
            "legend.fontsize": small,
            "legend.frameon": False,
            "legend.handlelength": 1.6,
            "legend.columnspacing": 1.2,
            "legend.handletextpad": 0.5,
            "lines.linewidth": self.line,
            "lines.solid_capstyle": "round",
            "figure.constrained_layout.h_pad": 0.03 * unit,
            "figure.constrained_layout.w_pad": 0.03 * unit,
            "pdf.fonttype": 42,
            "svg.fonttype": "none" if self.page.editable else "path",
            "svg.hashsalt": _SALT,
        }


def _broken(words: str, letters: float) -> str:
    """Words in lines of so many letters at most, between words."""
    return fill(words, max(1, int(letters)), break_long_words=False, break_on_hyphens=False)


def fold_labels(figure: Figure) -> None:
    """Break what stands along a vertical axis, and is longer, in two. The figure is laid out."""
    inner = [bar for axes in figure.axes for bar in axes.child_axes]
    for axes in (*figure.axes, *inner):
        label = axes.yaxis.label
        if label.get_window_extent().height > axes.get_window_extent().height:
            label.set_text(_in_two(label.get_text()))


def _in_two(words: str) -> str:
    """Words in two lines: before a bracket, otherwise near the middle."""
    if "\n" in words or " " not in words:
        return words
    gaps = [place for place, sign in enumerate(words) if sign == " "]
    place = words.find(" (") if " (" in words else min(gaps, key=lambda gap: abs(gap - len(words) / 2))
    return f"{words[:place]}\n{words[place + 1 :]}"


def _missing(program: str) -> ExportError:
    return ExportError(f"page.latex: no {program} is installed here; switch it off, or install TeX Live")


@contextmanager
def _latex_in_words() -> Iterator[None]:
    """A block in which matplotlib's reports of what LaTeX and its companions could not do become an ExportError."""
    try:
        yield
    except RuntimeError as error:
        told = str(error)
        if sign := re.search(r"Unicode character (.+)", told):
            raise ExportError(f"page.latex: LaTeX cannot set {sign[1]}; leave it out, or switch LaTeX off") from None
        if sign := re.search(r"Failed to process string with tex because (\S+) could not be found", told):
            raise _missing(sign[1]) from None
        if "was not able to process the following string" in told:
            reason = re.search(r"^! (.+)$", told, re.MULTILINE)
            raise ExportError(f"page.latex: LaTeX failed: {reason[1] if reason else told.splitlines()[0]}") from None
        raise
