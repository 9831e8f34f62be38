"""Repainting leaves the reference count of None alone.

Some PySide6 releases lose or take references to None at every repaint, until Python aborts ("none_dealloc").
From Python 3.12 on None is immortal (PEP 683) and has no count to watch.
"""

import sys

import numpy as np
import pyqtgraph as pg
import pytest


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal")
def test_repainting_keeps_the_references_to_none(qtbot):
    plot = pg.PlotWidget()
    qtbot.addWidget(plot)
    curve = pg.PlotCurveItem([0.0, 1.0], [0.0, 1.0])
    plot.addItem(curve)
    points = pg.ScatterPlotItem([0.0, 1.0], [0.0, 1.0], pen=None)
    plot.addItem(points)
    plot.resize(300, 200)
    plot.show()
    generator = np.random.default_rng(0)

    def repaint(times):
        for _ in range(times):
            values = generator.random(50)
            curve.setData(values, values)
            points.setData(values, values)
            plot.viewport().repaint()

    repaint(50)  # caches fill
    before = sys.getrefcount(None)
    repaint(300)
    assert abs(sys.getrefcount(None) - before) < 60  # the bad releases change it by about ten per repaint
