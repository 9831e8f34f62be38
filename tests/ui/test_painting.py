"""Drawing a distribution: strokes, their taking back, and the way from the form's button to the experiment."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.palette import DARK
from ganlab_desktop.ui.dialogs.painting import Painting
from ganlab_desktop.ui.editors import RasterEditor
from ganlab_desktop.ui.form import Form
from ganlab_desktop.ui.painter import Painter, picture
from ganlab_desktop.ui.theme import Theme

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
BLANK = ["." * 16] * 15 + ["." * 15 + "1"]


@pytest.fixture
def painter(qtbot: QtBot) -> Painter:
    """An empty raster but for its last cell, with a brush of one cell; a cell has 20 pixels."""
    painter = Painter(BLANK, DARK)
    qtbot.addWidget(painter)
    painter.resize(322, 322)
    painter.show()
    qtbot.waitExposed(painter)
    painter.set_brush(1)
    return painter


def cell(column: int, row: int) -> QPoint:
    return QPoint(1 + 20 * column + 10, 1 + 20 * row + 10)


def drag(painter: Painter, button: Qt.MouseButton, *cells: tuple[int, int]) -> None:
    QTest.mousePress(painter, button, pos=cell(*cells[0]))
    for place in cells[1:]:
        QTest.mouseMove(painter, cell(*place))
    QTest.mouseRelease(painter, button, pos=cell(*cells[-1]))


def test_a_fast_drag_leaves_no_gap_and_the_right_button_erases(painter: Painter) -> None:
    painter.set_weight(5)
    drag(painter, LEFT, (2, 3), (12, 3))
    assert painter.rows[3] == "..55555555555..."
    assert painter.rows[2] == painter.rows[4] == "." * 16
    drag(painter, RIGHT, (5, 3))
    assert painter.rows[3] == "..555.5555555..."
    painter.set_erasing(True)
    drag(painter, LEFT, (2, 3), (4, 3))
    assert painter.rows[3] == "......5555555..."


def test_a_diagonal_stroke_hangs_together(painter: Painter) -> None:
    drag(painter, LEFT, (1, 2), (13, 9))
    rows, columns = np.nonzero(painter.weights[:12])
    assert set(columns) == set(range(1, 14))
    assert set(rows) == set(range(2, 10))
    assert len(rows) < 2 * 13  # and is no wider than the brush


def test_the_brush_is_round_and_as_wide_as_it_says(painter: Painter) -> None:
    painter.set_brush(5)
    drag(painter, LEFT, (7, 7))
    filled = painter.weights[:15] > 0
    assert filled.sum(1).tolist()[5:10] == [3, 5, 5, 5, 3]
    assert filled.sum() == 21


def test_strokes_and_clearing_are_taken_back_one_by_one(painter: Painter) -> None:
    assert not painter.can_undo
    drag(painter, LEFT, (1, 1), (4, 1))
    drag(painter, LEFT, (1, 2), (4, 2))
    drag(painter, RIGHT, (9, 9))  # erases nothing, so there is nothing to take back
    painter.clear()
    assert painter.empty
    painter.undo()
    painter.undo()
    assert painter.rows[1] == ".9999..........."
    assert painter.rows[2] == "." * 16
    painter.undo()
    assert painter.rows == BLANK
    assert not painter.can_undo


def test_the_keyboard_moves_the_brush_paints_and_erases(painter: Painter) -> None:
    for _ in range(3):
        QTest.keyClick(painter, Qt.Key.Key_Left)
    QTest.keyClick(painter, Qt.Key.Key_Up)
    QTest.keyClick(painter, Qt.Key.Key_Space)
    assert painter.weights[7, 5] == 9  # from the cell right of and below the middle
    QTest.keyClick(painter, Qt.Key.Key_Right)
    QTest.keyClick(painter, Qt.Key.Key_Space)
    assert painter.rows[7] == ".....99........."
    QTest.keyClick(painter, Qt.Key.Key_Delete)
    assert painter.rows[7] == ".....9.........."
    for _ in range(40):
        QTest.keyClick(painter, Qt.Key.Key_Down)
    QTest.keyClick(painter, Qt.Key.Key_Space)
    assert painter.weights[15, 6] == 9  # the brush stays on the raster


def test_heavier_cells_are_fuller_and_what_was_there_stays_visible() -> None:
    image = picture(np.array([[0, 1], [5, 9]]), DARK)
    colours = [image.pixelColor(*place).name().upper() for place in ((0, 0), (1, 0), (0, 1), (1, 1))]
    assert colours[0] == DARK.panel
    assert colours[3] == DARK.real
    lightness = [QColor(colour).lightnessF() for colour in colours]
    assert lightness == sorted(lightness)
    traced = picture(np.array([[0, 0], [0, 9]]), DARK, before=np.array([[0, 3], [0, 9]]))
    assert traced.pixelColor(0, 0).name().upper() == DARK.panel
    assert traced.pixelColor(1, 0).name().upper() not in (DARK.panel, DARK.real)


def test_an_empty_drawing_cannot_be_trained_on(qtbot: QtBot) -> None:
    parent = Painter(BLANK, DARK)
    qtbot.addWidget(parent)
    parent.show()
    dialog = Painting(BLANK, DARK, parent)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    assert dialog.take.isEnabled()
    assert not dialog.undo.isEnabled()
    dialog.clear.click()
    assert not dialog.take.isEnabled()
    QTest.keySequence(dialog, "Ctrl+Z")
    assert dialog.take.isEnabled()
    assert dialog.painter.rows == BLANK
    dialog.weight.setValue(3)
    dialog.brush.setValue(1)
    QTest.keyClick(dialog.painter, Qt.Key.Key_Space)
    with qtbot.waitSignal(dialog.painted) as told:
        dialog.take.click()
    assert "3" in "".join(told.args[0])


def test_the_forms_button_opens_the_drawing_and_asks_for_the_new_one(
    qapp: QApplication, qtbot: QtBot, settings: QSettings
) -> None:
    form = Form(Theme(qapp, settings))
    qtbot.addWidget(form)
    form.show_experiment(with_changes(Experiment(), {"data.kind": "drawn", "data.raster": BLANK}), {})
    form.show()
    field = form.field("data.raster")
    assert field is not None
    assert isinstance(field.editor, RasterEditor)
    assert field.editor.accessibleName() == "Drawing"
    wishes: list[tuple[str, object]] = []
    form.edited.connect(lambda path, value: wishes.append((path, value)))
    field.editor.click()
    dialog = form.findChild(Painting)
    assert dialog.isVisible()
    dialog.take.click()
    assert wishes == []  # nothing was changed
    field.editor.click()
    dialog = next(found for found in form.findChildren(Painting) if found.isVisible())
    dialog.brush.setValue(1)
    QTest.keyClick(dialog.painter, Qt.Key.Key_Space)
    dialog.take.click()
    [(path, rows)] = wishes
    assert path == "data.raster"
    assert sum(row.count("9") for row in rows) == 1
