"""The bar that tells what colours mean."""

import pytest
from PySide6.QtGui import QFontMetricsF

from ganlab_desktop.ui.plots.colour_bar import ColourBar


@pytest.mark.parametrize(("low", "high"), [("3.5e−08", "0.92"), ("−7.6e+17", "7.6e+17"), ("0.45", "0.55")])
def test_its_words_have_room_beside_each_other(qtbot, low, high):
    bar = ColourBar("score f(x)")
    qtbot.addWidget(bar)
    bar.set_values("score f(x)", low, high)
    metrics = QFontMetricsF(bar.font())
    words = sum(metrics.horizontalAdvance(text) for text in ("score f(x)", low, high))
    assert bar.sizeHint().width() >= words + 96 + 4 * 6  # the bar, and gaps, twice the usual one behind the name


def test_it_stands_still_while_its_values_change(qtbot):
    bar = ColourBar("D(x)")
    qtbot.addWidget(bar)
    widths = set()
    for low, high in (("0.45", "0.55"), ("0.00", "1.00"), ("−9.30", "−4.00")):
        bar.set_values("D(x)", low, high)
        widths.add(bar.sizeHint().width())
    assert len(widths) == 1
