"""How figures look: the colours' meaning, markers, and sizes that go with the font's."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
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
_FOR_LATEX |= {sign: f"\\{sign}" for sign in "&%$#_{}"}
_USUAL_FONT = 8.0  # points, at which lines and markers have the sizes written here
_SALT = "ganlab"  # of the identifiers in SVG, which would differ from one time to the next


class Ink:
    """The colours, markers and line widths of one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.colours = _STYLES[page.style]
        self.font = page.font_size or SIZES[page.size].font
        self.unit = self.font / _USUAL_FONT

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
        return "".join(_FOR_LATEX.get(sign, sign) for sign in words) if self.page.latex else words

    @property
    def diverging(self) -> Colormap:
        """Fake, neutral, real."""
        return ListedColormap(palette.diverging(self.colours))

    @property
    def sequential(self) -> Colormap:
        """Norms and densities."""
        return mpl.colormaps["gray" if self.page.style == "greyscale" else "cividis"]

    @property
    def real(self) -> dict[str, Any]:
        """Of a scatter of real samples: round."""
        return {"marker": "o", "color": self.colours.real, "linewidths": 0.0, "s": 3.6 * self.unit**2}

    @property
    def generated(self) -> dict[str, Any]:
        """Of a scatter of generated samples: diamonds, in greys hollow ones."""
        size = {"marker": "D", "s": 4.2 * self.unit**2}
        if self.page.style == "greyscale":
            edge = {"facecolors": self.colours.panel, "edgecolors": self.colours.text, "linewidths": 0.45 * self.unit}
            return size | edge
        return size | {"color": self.colours.fake, "linewidths": 0.0}

    @property
    def truth(self) -> dict[str, Any]:
        """Of a line that is the truth: dashed."""
        return {"color": self.colours.truth, "linestyle": (0, (4.0, 2.0)), "linewidth": self.line}

    def dress(self, axes: Axes, *, grid: bool = True, ticks: int = 5, whole: str = "") -> None:
        """Few ticks and a faint grid; whole numbers only along the axes named in `whole`."""
        axes.spines[["top", "right"]].set_visible(False)
        for name, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
            axis.set_major_locator(MaxNLocator(ticks, integer=name in whole, steps=[1, 2, 2.5, 5, 10]))
        if grid:
            axes.grid(color=self.colours.hairline, linewidth=self.hairline)
            axes.set_axisbelow(True)

    def legend(self, axes: Axes, *handles: Any, columns: int = 3) -> None:
        """What is what, in a row above the axes."""
        given = {"handles": list(handles)} if handles else {}
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, borderaxespad=0.3, **given)

    def colour_bar(self, figure: Canvas, image: Any, axes: Axes, words: str) -> None:
        """What the colours mean, beside the axes."""
        bar = figure.colorbar(image, ax=axes, fraction=0.05, pad=0.03, aspect=24)
        bar.outline.set_visible(False)
        bar.set_label(self.text(words))
        bar.ax.tick_params(length=0.0)
        bar.locator = MaxNLocator(4, steps=[1, 2, 2.5, 5, 10])
        bar.update_ticks()

    @contextmanager
    def set_up(self) -> Iterator[None]:
        """A block whose figures have this look. Raises ExportError where LaTeX is wanted and missing."""
        if self.page.latex and shutil.which("latex") is None:
            raise ExportError("page.latex: no latex is installed here; switch it off, or install TeX Live")
        with mpl.rc_context(self._settings()):
            yield

    def _settings(self) -> Any:  # matplotlib's stubs list every setting's name
        colours, unit = self.colours, self.unit
        family, mathematics = _FONTS[self.page.font]
        small = 0.875 * self.font
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
