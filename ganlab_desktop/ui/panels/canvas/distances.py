"""Exact numbers: how far one Gaussian is from the data."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.text import fixed, tabular


class Quantity(NamedTuple):
    """A number of the study: its name there, what it is called and what it means."""

    name: str
    title: str
    tip: str
    decimals: int = 4


QUANTITIES = (
    Quantity(
        "optimum",
        QT_TRANSLATE_NOOP("Distances", "best V"),
        QT_TRANSLATE_NOOP(
            "Distances",
            "V(D, G) of the best D under this objective: -log 4 + 2 JSD for log losses, for an f-GAN its divergence.",
        ),
    ),
    Quantity(
        "jsd",
        QT_TRANSLATE_NOOP("Distances", "JSD"),
        QT_TRANSLATE_NOOP("Distances", "Jensen-Shannon divergence in nats; at most log 2 = 0.69315."),
        5,
    ),
    Quantity(
        "slope",
        QT_TRANSLATE_NOOP("Distances", "slope of V"),
        QT_TRANSLATE_NOOP(
            "Distances",
            "How fast the best D's log loss -log 4 + 2 JSD changes as the generator's mean moves: what pulls a "
            "saturating generator.",
        ),
    ),
    Quantity(
        "accuracy",
        QT_TRANSLATE_NOOP("Distances", "accuracy"),
        QT_TRANSLATE_NOOP("Distances", "Share of samples that the best D tells right: (1 + TV) / 2."),
        3,
    ),
    Quantity(
        "tv",
        QT_TRANSLATE_NOOP("Distances", "TV"),
        QT_TRANSLATE_NOOP("Distances", "Total variation: the largest difference in probability of any event."),
        3,
    ),
    Quantity(
        "kl",
        QT_TRANSLATE_NOOP("Distances", "KL"),
        QT_TRANSLATE_NOOP("Distances", "KL(p_data | p_g) in nats: large where the generator misses data."),
        3,
    ),
    Quantity(
        "reverse_kl",
        QT_TRANSLATE_NOOP("Distances", "reverse KL"),
        QT_TRANSLATE_NOOP("Distances", "KL(p_g | p_data) in nats: large where the generator makes what is no data."),
        3,
    ),
    Quantity(
        "w1",
        QT_TRANSLATE_NOOP("Distances", "W1"),
        QT_TRANSLATE_NOOP("Distances", "Earth mover's distance: the mean way from generated to real."),
        3,
    ),
    Quantity(
        "w2_squared",
        QT_TRANSLATE_NOOP("Distances", "W2 squared"),
        QT_TRANSLATE_NOOP("Distances", "The least mean squared way from generated to real."),
        3,
    ),
    Quantity(
        "rank",
        QT_TRANSLATE_NOOP("Distances", "rank"),
        QT_TRANSLATE_NOOP("Distances", "Dimensions that the generator's Gaussian fills."),
        0,
    ),
)


_SPACING, _LEFT, _RIGHT = 10, 8, 4
_WIDEST = "−8.8e−88"  # values are given room for as much


class Distances(QWidget):
    """Names above, values below, in as many rows as they need; what is not known of the data takes no room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Exact distances between data and generator"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(_LEFT, 2, _RIGHT, 2)
        self._grid.setHorizontalSpacing(_SPACING)
        self._grid.setVerticalSpacing(0)
        self._placed: tuple[int, tuple[str, ...]] = (0, ())
        self.names: dict[str, QLabel] = {}
        self.values: dict[str, QLabel] = {}
        for quantity in QUANTITIES:
            title = self.tr(quantity.title)
            name, value = QLabel(title, self), QLabel(self)
            name.setFont(tabular(self.font(), 11))
            value.setFont(tabular(self.font(), 12, bold=True))
            value.setAccessibleName(title)
            value.setMinimumWidth(value.fontMetrics().horizontalAdvance(_WIDEST))
            for label in (name, value):
                label.setToolTip(f"<p>{self.tr(quantity.tip)}</p>")
                label.setVisible(False)
            self.names[quantity.name], self.values[quantity.name] = name, value
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setVisible(False)

    def show_numbers(self, numbers: Mapping[str, float]) -> None:
        for quantity in QUANTITIES:
            number = numbers.get(quantity.name, math.nan)
            known = not math.isnan(number)
            self.names[quantity.name].setVisible(known)
            self.values[quantity.name].setVisible(known)
            text = fixed(number, quantity.decimals)
            if known and text != self.values[quantity.name].text():
                self.values[quantity.name].setText(text)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Put what is known into columns of the widest one's width, filled evenly."""
        known = tuple(name for name, label in self.names.items() if not label.isHidden())
        wide = max(max(self.names[n].sizeHint().width(), self.values[n].minimumWidth()) for n in self.names)
        room = self.width() - _LEFT - _RIGHT + _SPACING
        fitting = max(1, room // (wide + _SPACING))
        rows = -(-len(known) // fitting) or 1
        columns = -(-len(known) // rows)
        if (columns, known) == self._placed:
            return
        self._placed = columns, known
        for place, name in enumerate(known):
            row, column = divmod(place, columns)
            self._grid.addWidget(self.names[name], 2 * row, column)
            self._grid.addWidget(self.values[name], 2 * row + 1, column)
        for column in range(len(self.names) + 1):
            self._grid.setColumnStretch(column, int(column == columns))

    def apply_theme(self, colours: Colours) -> None:
        for name, value in zip(self.names.values(), self.values.values(), strict=True):
            name.setStyleSheet(f"color: {colours.secondary}; background: transparent;")
            value.setStyleSheet(f"color: {colours.truth}; background: transparent;")
