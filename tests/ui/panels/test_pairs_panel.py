"""The panel on how near generated images come to their targets."""

import numpy as np
import pytest
from scenes import ring, series_of
from test_wall import images, translated

from ganlab_desktop.ui.panels.pairs import Pairs
from ganlab_desktop.wire.messages import Frame, Picture

NAMES = ("ssim", "psnr", "l1", "ssim_input", "psnr_input", "l1_input")


@pytest.fixture
def panel(qtbot) -> Pairs:
    shown = Pairs()
    qtbot.addWidget(shown)
    shown.resize(420, 200)
    shown.show()
    shown.set_scene(translated())
    return shown


def receive(panel: Pairs) -> None:
    rows = np.array([[0.3, 14.0, 0.4, 0.1, 8.0, 0.5], [0.612, 17.26, 0.2, 0.1, 8.0, 0.5]], np.float32)
    shown = Picture(5, {}, dict(zip(NAMES, rows[1].tolist(), strict=True)))
    panel.receive(Frame(1, "run", 0, 0, 5, False, pictures={"pairs": shown}), series_of("pairs", NAMES, rows))
    panel.draw()


def test_both_measures_stand_over_time_beside_those_of_the_inputs(panel: Pairs) -> None:
    receive(panel)
    assert [number.value for number in panel.header.numbers] == ["0.61", "0.10", "17.3", "8.0"]
    for plot, values in ((panel.similarity, (0.3, 0.612, 0.1)), (panel.ratio, (14.0, 17.26, 8.0))):
        generated, given = plot.curves
        assert generated.reach() == pytest.approx((values[0], values[1]))
        assert given.reach() == pytest.approx((values[2], values[2]))
        assert given.dashed
        assert "0.61" in plot.toolTip()


def test_the_panel_says_what_it_needs(panel: Pairs) -> None:
    panel.draw()
    assert "appears here" in panel.empty.text()
    panel.set_scene(images())
    panel.draw()
    assert "U-Net" in panel.empty.text()
    panel.set_scene(ring(run="points"))
    panel.draw()
    assert "about images" in panel.empty.text()
