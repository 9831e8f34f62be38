"""The data of a figure: named columns with their units."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

Column = NDArray[Any]

UNIT = "network units"  # of points: data divided by the experiment's scale


@dataclass(frozen=True)
class Sheet:
    """Columns of one shape by name: (N,) in a table, (rows, columns) over a grid. `units` names those that have one."""

    columns: dict[str, Column]
    units: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def __contains__(self, name: str) -> bool:
        return name in self.columns


@dataclass(frozen=True)
class Sheets:
    """All that one figure shows: sheets by name, single numbers, and words for axes and legends."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Sheet:
        return self.sheets[name]

    def __contains__(self, name: str) -> bool:
        return name in self.sheets

    def under(self, name: str) -> "Sheets":
        """The same as a part of a whole, in which all its names begin with this one."""
        return Sheets(*({f"{name}.{key}": value for key, value in held.items()} for held in self._held))

    def within(self, name: str) -> "Sheets":
        """The part that was put under a name."""
        start = f"{name}."
        return Sheets(
            *(
                {key.removeprefix(start): value for key, value in held.items() if key.startswith(start)}
                for held in self._held
            )
        )

    @property
    def _held(self) -> tuple[dict[str, Any], ...]:
        return self.sheets, self.numbers, self.words


def joined(parts: Iterable[Sheets]) -> Sheets:
    """Several parts with different names as one whole."""
    whole = Sheets()
    for part in parts:
        whole.sheets.update(part.sheets)
        whole.numbers.update(part.numbers)
        whole.words.update(part.words)
    return whole


def table(steps: Column, columns: Mapping[str, Column], unit: str = "") -> Sheet:
    """A sheet of columns (n,) over steps (n,)."""
    units = dict.fromkeys(columns, unit) if unit else {}
    return Sheet({"step": steps, **columns}, {"step": "iterations"} | units)


def points(samples: Column, labels: Column | None = None) -> Sheet:
    """A sheet of points (N, dim) and, where they have any, their classes (N,)."""
    names = ("x", "y")[: samples.shape[1]]
    columns = {name: samples[:, place] for place, name in enumerate(names)}
    more = {} if labels is None else {"labels": labels}
    return Sheet(columns | more, dict.fromkeys(names, UNIT))
