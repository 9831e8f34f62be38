"""The panel on what generated images are like."""

import numpy as np
import pytest
from scenes import doubles, floats, ring, series_of
from test_wall import images

from ganlab_desktop.ui.panels.likeness import Likeness
from ganlab_desktop.ui.plots.text import percent
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Frame, Picture

NAME = "classifier of digits, 98.6% right"
NUMBERS = {
    "fid": 12.34,
    "fid_floor": 3.8,
    "precision": 0.81,
    "recall": 0.42,
    "density": 0.9,
    "coverage": 0.6,
    "nearer": 0.48,
    "present": 9.0,
    "class_agreement": float("nan"),
    "sharpness": 3.0,
    "sharpness_real": 4.0,
}


def picture(labelled: bool = True, **numbers: float) -> Picture:
    arrays = {"extractor": Array.of(np.frombuffer(NAME.encode(), np.uint8))}
    if labelled:
        shares = np.full(10, 0.1)
        shares[3] = 0.25
        arrays |= {"shares": floats(shares), "weights": floats(np.full(10, 0.1))}
    return Picture(5, arrays, NUMBERS | numbers)


@pytest.fixture
def panel(qtbot) -> Likeness:
    shown = Likeness()
    qtbot.addWidget(shown)
    shown.resize(420, 200)
    shown.show()
    shown.set_scene(images())
    return shown


def receive(panel: Likeness, shown: Picture) -> None:
    rows = np.array([[30.0, 3.8], [12.34, 3.8]], np.float32)
    series = series_of("likeness", ("fid", "fid_floor"), rows)
    panel.receive(Frame(1, "run", 0, 0, 5, False, pictures={"likeness": shown}), series)
    panel.draw()


def test_classes_stand_as_bars_and_the_numbers_name_their_classifier(panel: Likeness) -> None:
    receive(panel, picture())
    assert [number.value for number in panel.header.numbers] == ["12.3", "9 / 10", percent(0.42), "0.75 ×"]
    assert panel.share_bars.getData()[1].max() == pytest.approx(25.0)
    assert NAME in panel.bars.toolTip()
    assert "3.8" in panel.bars.toolTip()
    assert "3.00 beside 4.00 of held-out" in panel.bars.toolTip()
    assert panel.bars.isVisible()


def test_a_conditional_run_tells_how_many_are_of_the_class_asked_for(panel: Likeness) -> None:
    receive(panel, picture(class_agreement=0.97))
    assert percent(0.97) in [number.value for number in panel.header.numbers]


def test_without_classes_there_are_no_bars(panel: Likeness) -> None:
    receive(panel, picture(labelled=False, present=float("nan")))
    assert not panel.bars.isVisible()
    assert [number.value for number in panel.header.numbers] == ["12.3", percent(0.42), "0.75 ×"]


def test_the_panel_says_what_it_needs(panel: Likeness) -> None:
    panel.draw()
    assert "classifier" in panel.empty.text()
    panel.set_scene(images(no_comparison="no images are held out"))
    panel.draw()
    assert "no images are held out" in panel.empty.text()
    panel.set_scene(ring(run="points"))
    panel.draw()
    assert "about images" in panel.empty.text()


def test_the_spectrum_stands_on_a_page_of_its_own(panel: Likeness) -> None:
    spectra = np.array([[1.0, 0.1, 0.01], [1.0, 0.1, 1.0]])
    shown = picture()
    arrays = shown.arrays | {"frequencies": doubles([0.0, 0.35, 0.7]), "spectra": doubles(spectra)}
    receive(panel, Picture(5, arrays, shown.numbers))
    panel.pages.buttons[1].click()
    assert panel.pages.shown is panel.spectrum
    np.testing.assert_allclose(panel.real_power.getData()[1], [0.0, -10.0, -20.0])
    np.testing.assert_allclose(panel.fake_power.getData()[1], [0.0, -10.0, 0.0])
    left, right, bottom, top = panel.spectrum.visible_box()
    assert (left, right) == (0.0, 0.7)
    assert bottom < -20.0 < 0.0 < top
