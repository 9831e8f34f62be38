"""The choice of a class over the canvas: where it stands, what it asks for and what stands out."""

import numpy as np
import pytest
from scenes import pictures, ring, ring_centres

from ganlab_desktop.experiment.conditioning import AuxiliaryClassifier, Projection
from ganlab_desktop.ui.panels.canvas import Canvas
from ganlab_desktop.ui.panels.coverage import Coverage
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Frame, Picture, Scene

LABELS = np.arange(2500) % 8


def conditional(**fields) -> Scene:
    changes = {"conditioning": fields.pop("conditioning", Projection())}
    return ring(changes=changes, classes=8, real_labels=Array.of(LABELS.astype(np.int32)), **fields)


@pytest.fixture
def canvas(qtbot) -> Canvas:
    shown = Canvas()
    qtbot.addWidget(shown)
    shown.resize(700, 600)
    shown.show()
    return shown


def test_there_is_a_choice_only_where_the_networks_are_told_classes(canvas: Canvas) -> None:
    canvas.set_scene(ring())
    assert canvas.classes.isHidden()
    assert canvas.label() == 0
    canvas.set_scene(conditional())
    assert not canvas.classes.isHidden()
    assert [canvas.classes.itemText(k) for k in (0, 7)] == ["class 1 of 8", "class 8 of 8"]
    canvas.classes.setCurrentIndex(5)
    canvas.set_scene(conditional(step=10))
    assert canvas.label() == 5  # an edit of the run leaves the choice alone
    canvas.set_scene(ring())
    assert canvas.classes.isHidden()
    assert canvas.label() == 0


def test_choosing_a_class_asks_for_it_and_lets_its_samples_stand_out(canvas: Canvas, qtbot) -> None:
    canvas.set_scene(conditional())
    fake = np.repeat(ring_centres(), 4, axis=0).astype(np.float32)
    told = np.repeat(np.arange(8, dtype=np.int32), 4)
    samples = Picture(1, {"fake": Array.of(fake), "labels": Array.of(told)}, {"ema": 0.0})
    canvas.receive(Frame(1, "run", 0, 0, 1, False, pictures=pictures() | {"samples": samples}), {})
    canvas.draw()
    with qtbot.waitSignal(canvas.view_changed):
        canvas.classes.setCurrentIndex(2)
        canvas.classes.activated.emit(2)
    assert canvas.label() == 2
    generated, real = canvas.plane.layers["generated"], canvas.plane.layers["real"]
    np.testing.assert_allclose(generated.points.getData(), np.tile(ring_centres()[2], (4, 1)).T, atol=1e-6)
    assert len(generated.others.getData()[0]) == 28
    angles = np.arctan2(*real.points.getData()[::-1])
    assert np.abs(angles - np.pi / 2).max() < 0.5  # the third mode of eight
    assert len(real.others.getData()[0]) > 6 * len(angles)


def test_without_classes_all_samples_are_alike(canvas: Canvas) -> None:
    canvas.set_scene(ring())
    canvas.receive(Frame(1, "run", 0, 0, 1, False, pictures=pictures()), {})
    canvas.draw()
    for name in ("real", "generated"):
        layer = canvas.plane.layers[name]
        assert len(layer.points.getData()[0]) > 100
        assert len(layer.others.getData()[0]) == 0


def test_on_the_line_the_class_alone_is_counted_where_d_is_told(canvas: Canvas) -> None:
    real = np.where(np.arange(1000) % 2, 1.0, -1.0)[:, None].astype(np.float32)
    labels = (np.arange(1000) % 2).astype(np.int32)
    fields = {"dim": 1, "box": (-2.0, 2.0, 0.0, 1.0), "real": Array.of(real), "modes": None, "classes": 2}
    for conditioning, shares in ((Projection(), (1.0, 0.0)), (AuxiliaryClassifier(), (0.5, 0.5))):
        scene = ring(changes={"conditioning": conditioning}, real_labels=Array.of(labels), **fields)
        canvas.set_scene(scene)
        heights, width = canvas.line.real.yData, 4.0 / 80
        assert heights[:40].sum() * width == pytest.approx(shares[0], abs=1e-6)
        assert heights[40:].sum() * width == pytest.approx(shares[1], abs=1e-6)


def test_coverage_tells_how_many_samples_are_as_asked(qtbot) -> None:
    panel = Coverage()
    qtbot.addWidget(panel)
    panel.set_scene(conditional())
    measured = pictures()["coverage"]
    panel.receive(Frame(1, "run", 0, 0, 1, False, pictures={"coverage": measured}), {})
    assert "class" not in [number.label for number in panel.numbers()]
    assert "Class: the share" in panel.header.toolTip()
    told = Picture(1, measured.arrays, measured.numbers | {"class_agreement": 0.97})
    panel.receive(Frame(1, "run", 0, 0, 1, False, pictures={"coverage": told}), {})
    assert ("class", "97 %") in [
        (number.label, number.value.replace("\u202f", " ").replace("\xa0", " ")) for number in panel.numbers()
    ]
