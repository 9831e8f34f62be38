"""Curves over steps: where they begin and break, the past, and texts that leave each other room."""

from collections.abc import Callable
from itertools import combinations, product

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from ganlab_desktop.ui.plots.labels import apart
from ganlab_desktop.ui.plots.time_curve import broken
from ganlab_desktop.ui.plots.time_plot import TimePlot
from ganlab_desktop.ui.series import Curve, Series
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Chunk

AIR = 4.0  # pixels around a text's letters


def rows(steps, *columns) -> Series:
    """A series of columns a, b, ... at steps."""
    series, values = Series(), np.stack(np.broadcast_arrays(*columns, np.zeros(len(steps)))[:-1], axis=1)
    names = tuple("abcd"[: values.shape[1]])
    chunk = Chunk("x", 0, names, Array.of(np.asarray(steps, np.int64)), Array.of(values.astype(np.float32)))
    series.extend(chunk)
    return series


@pytest.fixture
def plot(qtbot) -> Callable[..., TimePlot]:
    """Makes a plot of a size with curves a, b, ..."""

    def make(width: int = 330, height: int = 150, count: int = 1, **options) -> TimePlot:
        made = TimePlot()
        qtbot.addWidget(made)
        made.resize(width, height)
        for name, colour in zip("abcd"[:count], ("discriminator", "fake", "truth", "real"), strict=False):
            made.add_curve(name, name.upper(), colour, **options)
        with qtbot.waitExposed(made):
            made.show()
        return made

    return make


def letters(shown: TimePlot, item) -> QRectF:
    """Where a text's letters lie, in pixels of the view."""
    shown.grab()  # texts take their place as they are painted
    box = shown.view.mapRectFromScene(item.mapRectToScene(item.boundingRect()))
    return box.adjusted(AIR, AIR, -AIR, -AIR)


def inside(shown: TimePlot, item) -> bool:
    return QRectF(-1, -1, shown.view.width() + 2, shown.view.height() + 2).contains(letters(shown, item))


@pytest.mark.parametrize(("first", "begin"), [(0, 0), (10, 0), (400, 0), (9_000, 9_000)])
def test_the_axis_begins_where_a_late_series_does(plot, first, begin):
    shown = plot(averaged=False)
    shown.draw(rows(np.arange(first, 10_001, 10), 1.0), 0.0)
    left, right, *_ = shown.visible_box()
    assert left == pytest.approx(begin, abs=0.01 * (right - left))
    assert right > 10_000


def test_a_curve_breaks_where_nobody_looked_and_nowhere_else():
    def curve(steps):
        steps = np.asarray(steps, np.float64)
        return Curve(steps, *(np.ones(len(steps), np.float32),) * 3)

    def breaks(steps):
        found = broken(curve(steps))
        assert all(len(values) == len(found.steps) for values in found)
        return found.steps[np.isnan(found.low)].tolist()

    opened, again = np.arange(100, 2_000, 20), np.arange(12_000, 13_000, 20)
    assert breaks([*opened, *again]) == [(opened[-1] + again[0]) / 2]
    assert breaks([*opened, 7_000, *again]) == [(opened[-1] + 7_000) / 2, (7_000 + 12_000) / 2]
    assert breaks(np.arange(0, 5_000, 50)) == []
    assert breaks(np.geomspace(10, 30_000, 200)) == [], "studies look the more rarely the longer a run is"
    assert breaks([0, 50, 100, 150, 300, 350, 400]) == [], "one look that came late"
    assert breaks([5]) == breaks([]) == []


def test_the_break_is_drawn_and_read_over(plot):
    shown = plot(averaged=False)
    shown.draw(rows([*range(100, 2_000, 20), *range(12_000, 13_000, 20)], 1.0), 0.0)
    x, y = shown.curves[0].raw.getData()
    assert np.count_nonzero(np.isnan(y)) == 1
    assert 1_980 < x[np.isnan(y)][0] < 12_000
    assert shown.curves[0].value_at(13_000) == 1.0


@pytest.mark.parametrize(("width", "height"), [(330, 150), (150, 120), (330, 90)])
@pytest.mark.parametrize("levels", [(1.386, 0.693), (0.4, 2.0), (1.0,), (0.5, 0.55)])
def test_texts_never_cover_each_other_nor_leave_the_plot(plot, width, height, levels):
    shown = plot(width, height, 3)
    for level in levels:
        shown.add_level(level, f"{level:.3g} at equilibrium")
    shown.set_events([(40, "mode collapse", "…"), (195, "divergence", "…")])
    x = np.arange(200)
    shown.draw(rows(x, 1.0 + np.exp(-x / 20), 1.01 - np.exp(-x / 20) / 2, np.full(200, 0.98)), 0.0)
    ends = [curve.end for curve in shown.curves]
    texts = [*ends, *(level.text for level in shown.levels if level.text.isVisible())]
    assert all(inside(shown, text) for text in texts)
    assert all(end.isVisible() for end in ends)
    titles = [event.label for event in shown.events]
    pairs = [*combinations(texts, 2), *product(texts[len(ends) :], titles)]
    assert not any(letters(shown, one).intersects(letters(shown, other)) for one, other in pairs)
    if (width, height) == (330, 150) and levels in ((1.386, 0.693), (1.0,)):
        assert len(texts) == len(ends) + len(levels)


@pytest.mark.parametrize("step", [0, 60, 130, 199])
def test_the_cursors_box_lies_inside_and_cuts_no_text(plot, step):
    shown = plot(150, 120, 2)
    shown.add_level(0.8, "log 4")
    shown.set_events([(40, "mode collapse", "…")])
    shown.draw(rows(np.arange(200), 1.0, 0.5), 0.0)
    shown.set_cursor(step)
    assert shown._reading.toPlainText().replace("\n", "   ") == f"step {step}   A 1.000   B 0.500"
    assert inside(shown, shown._reading)
    box, texts = letters(shown, shown._reading), [shown.levels[0].text, shown.events[0].label]
    texts += [curve.end for curve in shown.curves]
    assert not any(text.isVisible() and letters(shown, text).intersects(box) for text in texts)
    shown.set_cursor(-1)
    assert all(text.isVisible() for text in texts)


def test_in_the_past_values_are_those_of_the_moment_and_what_came_after_is_faint(plot):
    shown = plot(averaged=False)
    series = rows(np.arange(100), np.arange(100.0))
    shown.draw(series, 0.0)
    assert shown.value(series, shown.curves[0]) == 99.0
    assert not shown._veil.isVisible()
    shown.set_moment(40)
    shown.draw(series, 1.0)
    assert shown.value(series, shown.curves[0]) == 40.0
    assert not shown.curves[0].end.isVisible(), "the newest value is not the one of the moment"
    veil = shown._veil.mapRectToParent(shown._veil.rect())
    assert veil.left() == 40
    assert veil.right() == pytest.approx(shown.visible_box()[1])
    shown.hovered.emit(70.0, 0.0)
    assert shown._cursor.value() == 70
    shown.left.emit()
    assert shown._cursor.isVisible()
    assert shown._cursor.value() == 40
    shown.set_moment(-1)
    shown.draw(series, 2.0)
    assert shown.value(series, shown.curves[0]) == 99.0
    assert shown.curves[0].end.isVisible()
    assert not shown._veil.isVisible()
    assert not shown._cursor.isVisible()


def test_the_range_takes_in_the_beginning_unless_that_flattens_the_rest(plot):
    x = np.arange(2_000)
    wave = 1.0 + 0.2 * np.sin(x / 30)
    shown = plot(averaged=False)
    shown.draw(rows(x, wave + 0.3 * np.exp(-x / 20)), 0.0)
    assert shown.visible_box()[3] > 1.3
    far = plot(averaged=False)
    far.draw(rows(x, wave + 50.0 * np.exp(-x / 20)), 0.0)
    _, _, bottom, top = far.visible_box()
    assert 0.4 > 0.4 / (top - bottom) > 0.3


@pytest.mark.parametrize("wanted", [[10.0], [10.0, 12.0, 90.0], [95.0, 96.0, 97.0], [-5.0, 200.0], [50.0, 50.0]])
def test_labels_move_apart_as_little_as_they_must(wanted):
    placed = apart(wanted, 16.0, 100.0)
    assert all(8.0 <= place <= 92.0 for place in placed)
    assert all(abs(one - other) >= 16.0 - 1e-9 for one, other in combinations(placed, 2))
    assert np.argsort(placed, kind="stable").tolist() == np.argsort(wanted, kind="stable").tolist()
    assert placed[0] == wanted[0] or not 8.0 <= wanted[0] <= 92.0 or len(wanted) > 2
