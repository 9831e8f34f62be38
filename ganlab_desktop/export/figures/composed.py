"""Several figures as the panels of one."""

from string import ascii_lowercase
from typing import Any

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.figures import Composed
from ganlab_desktop.experiment.exports.films import Film
from ganlab_desktop.experiment.fields import kind_of
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import Tell
from ganlab_desktop.export.pictures import PICTURES
from ganlab_desktop.export.sheets import Sheets, joined


def gather(visit: Visit, part: Composed | Film, tell: Tell) -> Sheets:
    """What each panel shows, under its letter."""
    parts = []
    for place, panel in enumerate(part.panels):
        share = place / len(part.panels)

        def tell_share(fraction: float, what: str, share: float = share) -> None:
            tell(0.7 * (share + fraction / len(part.panels)), what)

        parts.append(PICTURES[kind_of(panel)].gather(visit, panel, tell_share).under(ascii_lowercase[place]))
    return joined(parts)


def draw(figure: Canvas, sheets: Sheets, part: Composed | Film, ink: Ink) -> None:
    """The panels in rows, a letter at the upper left of each. All are of a width; a row that is not full stands in the
    middle."""
    columns, rows = _columns(part), _rows(part)
    ink = Ink(part.page, columns)
    heights = [_height(sheets, part, row, ink) for row in rows]
    halves = figure.add_gridspec(len(rows), 2 * columns, height_ratios=heights)  # of a panel's width
    for line, row in enumerate(rows):
        for number, (place, panel) in enumerate(row):
            left = columns - len(row) + 2 * number
            canvas = figure.add_subfigure(halves[line, left : left + 2])
            letter = ascii_lowercase[place]
            PICTURES[kind_of(panel)].draw(canvas, sheets.within(letter), panel, ink)
            if part.letters != "none":
                words = {"a": letter, "(a)": f"({letter})", "A": letter.upper()}[part.letters]
                canvas.suptitle(words, x=0.01, ha="left", fontweight="bold", fontsize="large")


def _columns(part: Composed | Film) -> int:
    """Panels in a full row."""
    return min(part.columns, len(part.panels))


def _rows(part: Composed | Film) -> list[list[tuple[int, Any]]]:
    panels, columns = list(enumerate(part.panels)), _columns(part)
    return [panels[start : start + columns] for start in range(0, len(panels), columns)]


def _height(sheets: Sheets, part: Composed | Film, row: list[tuple[int, Any]], ink: Ink) -> float:
    """Of a row, over a panel's width."""
    return max(
        PICTURES[kind_of(panel)].aspect(sheets.within(ascii_lowercase[place]), panel, ink) for place, panel in row
    ) + (0.06 if part.letters != "none" else 0.0)


def aspect(sheets: Sheets, part: Composed | Film, ink: Ink) -> float:
    """Height over width."""
    columns = _columns(part)
    panels = Ink(part.page, columns)
    return sum(_height(sheets, part, row, panels) for row in _rows(part)) / columns
