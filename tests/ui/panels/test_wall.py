"""The canvas of an image run: a wall of generated images beside real ones."""

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from scenes import floats, pictures, ring

from ganlab_desktop.experiment.convolutions import DcganDiscriminator, DcganGenerator
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.files import to_toml
from ganlab_desktop.experiment.images import Digits
from ganlab_desktop.ui.panels.canvas import Canvas
from ganlab_desktop.ui.panels.canvas.wall import mosaic
from ganlab_desktop.ui.panels.coverage import Coverage
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Frame, Picture, Scene

EXPERIMENT = msgspec.structs.replace(
    Experiment(), data=Digits(), generator=DcganGenerator(), discriminator=DcganDiscriminator()
)


def images(**fields) -> Scene:
    real = floats(np.full((64, 64), -1.0))
    values = {"experiment": to_toml(EXPERIMENT), "dim": 64, "image": (1, 8, 8), "real": real, "modes": None}
    return ring(**(values | fields))


def wall(**arrays) -> Picture:
    """Image k is evenly grey, of brightness 3 k."""
    grey = np.tile(np.arange(64, dtype=np.uint8)[:, None, None, None] * 3, (1, 8, 8, 1))
    return Picture(1, {"images": Array.of(np.ascontiguousarray(grey))} | arrays, {"finite": 1.0})


@pytest.fixture
def canvas(qtbot) -> Canvas:
    shown = Canvas()
    qtbot.addWidget(shown)
    shown.resize(560, 760)
    shown.show()
    return shown


def receive(canvas: Canvas, picture: Picture) -> None:
    canvas.receive(Frame(1, "run", 0, 0, 1, False, pictures={"wall": picture}), {})
    canvas.draw()


def test_an_image_run_asks_for_its_wall_alone_and_a_plane_for_its_layers_again(canvas: Canvas) -> None:
    canvas.set_scene(images())
    assert canvas.probes == ("wall",)
    assert canvas.bar.isHidden()
    canvas.set_scene(ring(run="other"))
    assert "surface" in canvas.probes
    assert not canvas.bar.isHidden()


@pytest.mark.parametrize("size", [(560, 760), (1100, 500)])
def test_every_image_stands_in_its_place(canvas: Canvas, size: tuple[int, int], qtbot) -> None:
    canvas.resize(*size)
    canvas.set_scene(images())
    receive(canvas, wall())
    qtbot.wait(50)
    shown = canvas.wall.grab().toImage()
    ratio = shown.devicePixelRatio()
    heard: list[int] = []
    canvas.wall.hovered.connect(heard.append)
    places = canvas.wall._places
    for number in (0, 7, 8, 37, 63):
        x = places.x() + (number % 8 + 0.45) * places.width() / 8
        y = places.y() + (number // 8 + 0.45) * places.height() / 8
        assert abs(QColor(shown.pixel(round(x * ratio), round(y * ratio))).red() - 3 * number) <= 1
        qtbot.mouseMove(canvas.wall, QPoint(round(x), round(y)))
    assert heard == [0, 7, 8, 37, 63]
    assert canvas.reading.text() == "latent 64"


def test_rows_of_a_conditional_run_are_classes(canvas: Canvas, qtbot) -> None:
    canvas.set_scene(images(classes=8))
    receive(canvas, wall(labels=Array.of(np.repeat(np.arange(8, dtype=np.int32), 8))))
    assert canvas.wall.label_of(37) == 4
    canvas._hover_image(37)
    assert canvas.reading.text().split("  ")[0].startswith("latent 6")
    assert "class 4" in canvas.reading.text()


def test_panels_about_points_say_so(qtbot) -> None:
    panel = Coverage()
    qtbot.addWidget(panel)
    panel.set_scene(images())
    panel.receive(Frame(1, "run", 0, 0, 1, False, pictures={"coverage": pictures()["coverage"]}), {})
    panel.draw()
    assert "these are images" in panel.empty.text()


def test_a_mosaic_leaves_what_is_missing_open() -> None:
    made = mosaic(np.full((5, 4, 4, 3), 200, np.uint8), 3)
    assert (made.width(), made.height()) == (3 * 5 - 1, 2 * 5 - 1)
    assert QColor(made.pixelColor(0, 0)).getRgb() == (200, 200, 200, 255)
    assert made.pixelColor(4, 0).alpha() == 0
    assert made.pixelColor(13, 8).alpha() == 0


def test_a_click_looks_at_an_image_closely_and_another_one_no_longer(canvas: Canvas, qtbot) -> None:
    canvas.set_scene(images())
    receive(canvas, wall())
    qtbot.wait(50)
    places = canvas.wall._places
    inside = QPoint(round(places.x() + 2.5 * places.width() / 8), round(places.y() + 1.5 * places.height() / 8))
    with qtbot.waitSignal(canvas.view_changed):
        qtbot.mouseClick(canvas.wall, Qt.MouseButton.LeftButton, pos=inside)
    assert canvas.chosen == 10
    assert canvas.probes == ("wall", "closeup")
    closeup = Picture(
        1,
        {
            "image": Array.of(np.full((1, 8, 8, 1), 30, np.uint8)),
            "saliency": floats(np.eye(8)),
            "nearest": Array.of(np.full((5, 8, 8, 1), 200, np.uint8)),
            "distances": floats(np.arange(5) / 10),
            "latent": floats(np.zeros(4)),
        },
        {"chosen": 10.0, "output": 0.3},
    )
    canvas.receive(Frame(2, "run", 0, 0, 1, False, pictures={"closeup": closeup}), {})
    canvas.draw()
    assert len(canvas.wall._tiles) == 7
    canvas.wall.grab()
    with qtbot.waitSignal(canvas.view_changed):
        qtbot.mouseClick(canvas.wall, Qt.MouseButton.LeftButton, pos=inside)
    canvas.draw()
    assert canvas.chosen == -1
    assert canvas.wall._tiles == []
