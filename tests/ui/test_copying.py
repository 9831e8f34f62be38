"""Panels on the clipboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from windows import run_to

from ganlab_desktop.ui.copying import curves_of


def test_alt_c_copies_the_panel_under_the_mouse(open_window, qtbot) -> None:
    window = open_window()
    run_to(window, qtbot, 20)
    QApplication.clipboard().clear()
    losses = window.losses
    window.move(-window.width() // 2, 0)  # the mouse does not leave the small screen that there is without a display
    QCursor.setPos(losses.mapToGlobal(losses.rect().center()))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=5_000)
    QTest.keyClick(window.canvas, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    image = QApplication.clipboard().image()
    dock = window.docks["losses"]
    assert image.width() == losses.width()
    assert image.height() == losses.height() + losses.header.height()
    assert dock.isAncestorOf(losses.header)
    assert len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}) > 8
    assert "Losses" in window.statusBar().currentMessage()


def test_the_curves_of_a_panel_are_copied_as_they_are_drawn(open_window, qtbot) -> None:
    window = open_window()
    run_to(window, qtbot, 20)
    qtbot.waitUntil(lambda: window.losses.plot.curves[0].data is not None, timeout=5_000)
    qtbot.waitUntil(lambda: curves_of(window.losses).splitlines()[-1].startswith("20\t"), timeout=5_000)
    window.panel_menus.copying.copy_data(window.losses)
    head, *rows = [line.split("\t") for line in QApplication.clipboard().text().splitlines()]
    assert head == [
        *("step", "discriminator_loss", "discriminator_loss (mean)"),
        *("generator_loss", "generator_loss (mean)"),
    ]
    assert [int(row[0]) for row in rows] == list(range(1, 21))
    series = window.session.series["step"]
    assert float(rows[-1][1]) == float(f"{series.last('discriminator_loss'):.7g}")
    assert float(rows[-1][2]) == float(f"{series.mean('discriminator_loss'):.7g}")


def test_a_panel_without_curves_says_so(open_window, qtbot) -> None:
    window = open_window()
    QApplication.clipboard().setText("mine")
    window.panel_menus.copying.copy_data(window.canvas)
    assert QApplication.clipboard().text() == "mine"
    assert "no curves" in window.statusBar().currentMessage()


@pytest.mark.parametrize("place", ["plot", "header", "canvas"])
def test_a_right_click_anywhere_on_a_panel_opens_its_menu(open_window, qtbot, place: str) -> None:
    window = open_window()
    widget = {
        "plot": window.losses.plot.viewport(),
        "header": window.losses.header,
        "canvas": window.canvas.plane.viewport(),
    }[place]
    panel = window.canvas if place == "canvas" else window.losses
    middle = widget.rect().center()
    click = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, middle, widget.mapToGlobal(middle))
    QApplication.sendEvent(widget, click)
    (menu,) = (menu for menu in panel.findChildren(QMenu) if menu.isVisible())
    texts = [action.text() for action in menu.actions()]
    menu.close()
    assert texts[-1] == ("Copy as picture" if place == "canvas" else "Copy data")
    assert "Export this panel..." in texts
