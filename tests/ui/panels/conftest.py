"""Panels on a window system that shows nothing."""

from collections.abc import Callable

import pytest

from ganlab_desktop.ui.panels.panel import Panel


@pytest.fixture
def shown(qtbot) -> Callable[[type[Panel]], Panel]:
    """Makes a panel of a class and shows it at a size it has in the window."""

    def show(kind: type[Panel], width: int = 360, height: int = 230) -> Panel:
        panel = kind()
        qtbot.addWidget(panel)
        panel.resize(width, height)
        with qtbot.waitExposed(panel):
            panel.show()
        return panel

    return show
