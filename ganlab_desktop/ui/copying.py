"""A panel onto the clipboard: as a picture, or the curves that it draws as a table."""

import numpy as np
from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QCursor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from ganlab_desktop.ui.docks import Dock
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.plots.time_plot import TimePlot

_TOLD_MS = 4_000


class Copying(QObject):
    """Copies the panel under the mouse, or else the one with the focus, or else the canvas."""

    def __init__(self, canvas: Panel, window: QMainWindow) -> None:
        super().__init__(window)
        self._canvas, self._window = canvas, window

    def picture(self) -> None:
        """Copy a panel as it looks."""
        self.copy_picture(self._meant())

    def data(self) -> None:
        """Copy the curves that a panel draws."""
        self.copy_data(self._meant())

    def copy_picture(self, panel: QWidget) -> None:
        QApplication.clipboard().setPixmap(picture_of(panel))
        self._say(self.tr("{0} is on the clipboard as a picture.").format(panel.accessibleName()))

    def copy_data(self, panel: QWidget) -> None:
        if table := curves_of(panel):
            QApplication.clipboard().setText(table)
            self._say(self.tr("The curves of {0} are on the clipboard as a table.").format(panel.accessibleName()))
        else:
            self._say(self.tr("{0} draws no curves that could be copied.").format(panel.accessibleName()))

    def _meant(self) -> QWidget:
        under, focused = QApplication.widgetAt(QCursor.pos()), QApplication.focusWidget()
        return self._panel_around(under) or self._panel_around(focused) or self._canvas

    def _panel_around(self, widget: QWidget | None) -> QWidget | None:
        """The panel of this window that a widget belongs to."""
        while widget is not None:
            if isinstance(widget, Dock):
                return widget.panel
            if isinstance(widget, Panel):
                return widget
            widget = widget.parentWidget()
        return None

    def _say(self, text: str) -> None:
        self._window.statusBar().showMessage(text, _TOLD_MS)


def picture_of(panel: QWidget) -> QPixmap:
    """A panel with its header, which stands in the title bar where the panel is in a dock."""
    header = getattr(panel, "header", None)
    body = panel.grab()
    if header is None or panel.isAncestorOf(header):
        return body
    head, scale = header.grab(), body.devicePixelRatio()
    whole = QPixmap(max(head.width(), body.width()), head.height() + body.height())
    whole.setDevicePixelRatio(scale)
    whole.fill(panel.palette().color(panel.backgroundRole()))
    painter = QPainter(whole)
    painter.drawPixmap(QPoint(0, 0), head)
    painter.drawPixmap(QPoint(0, round(head.height() / scale)), body)
    painter.end()
    return whole


def curves_of(panel: QWidget) -> str:
    """The curves that a panel draws, columns apart by tabs: the step, each curve's least and greatest value there, or
    the one value where single steps are drawn, and its running mean. Empty where there are none."""
    columns: dict[str, dict[float, float]] = {}
    for plot in panel.findChildren(TimePlot):
        for curve in plot.curves:
            data = curve.data
            if data is None or not len(data.steps):
                continue
            parts = {"": data.low} if np.array_equal(data.low, data.high, equal_nan=True) else {}
            parts = parts or {" (least)": data.low, " (greatest)": data.high}
            parts |= {" (mean)": data.smooth} if curve.averaged else {}
            for what, values in parts.items():
                column = columns.setdefault(f"{curve.name}{what}", {})
                column |= dict(zip(data.steps.tolist(), values.tolist(), strict=True))
    steps = sorted(set().union(*columns.values()))
    lines = ["\t".join(["step", *columns])] if columns else []
    for step in steps:
        here = [column.get(step, np.nan) for column in columns.values()]
        lines.append("\t".join([f"{step:.0f}", *("" if value != value else f"{value:.7g}" for value in here)]))
    return "".join(f"{line}\n" for line in lines)


def has_curves(panel: QWidget) -> bool:
    """Whether a panel draws curves over the steps."""
    return any(plot.curves for plot in panel.findChildren(TimePlot))
