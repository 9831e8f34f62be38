"""A drawing as text: what stands in each cell of a square raster, readable in a TOML file."""

from collections.abc import Iterable

EMPTY = "."
HEAVIEST = 9
FEWEST, MOST = 2, 64  # cells along a side

ROW = rf"\A[{EMPTY}1-{HEAVIEST}]{{{FEWEST},{MOST}}}\Z"


def weights_of(rows: Iterable[str]) -> list[list[int]]:
    """The weight of every cell, top row first: 0 for an empty one, else its digit."""
    return [[0 if mark == EMPTY else int(mark) for mark in row] for row in rows]


def rows_of(weights: Iterable[Iterable[int]]) -> list[str]:
    """The rows of text for weights from 0 to 9, top row first."""
    return ["".join(str(weight) if weight else EMPTY for weight in row) for row in weights]


def heart(side: int) -> tuple[str, ...]:
    """The curve (x^2 + y^2 - 1)^3 = x^2 y^3, filled, on a square of so many cells a side."""
    places = [1.25 * (2 * (place + 0.5) / side - 1) for place in range(side)]
    inside = [[(x**2 + y**2 - 1) ** 3 < x**2 * y**3 for x in places] for y in (0.12 - place for place in places)]
    return tuple(rows_of([[HEAVIEST * filled for filled in row] for row in inside]))
