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
from ganlab_desktop.experiment.images import Digits, Paired, Shapes
from ganlab_desktop.experiment.translation import PatchDiscriminator, UnetGenerator
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
    places = canvas.wall._generated.place
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
    places = canvas.wall._generated.place
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


PIX2PIX = msgspec.structs.replace(
    EXPERIMENT,
    data=Paired(task="low_resolution", source=Shapes(size=16)),
    generator=UnetGenerator(),
    discriminator=PatchDiscriminator(patch="16"),
)


def pairs(**arrays) -> Picture:
    """Of pair k the input is red 10 k, the generated image green 10 k, the target blue 10 k."""
    brightness = 10 * np.arange(24, dtype=np.uint8)[:, None, None, None]
    parts = {
        name: Array.of(
            np.ascontiguousarray(brightness * np.eye(3, dtype=np.uint8)[channel] + np.zeros((1, 16, 16, 1), np.uint8))
        )
        for channel, name in enumerate(("inputs", "images", "targets"))
    }
    return Picture(1, parts | arrays, {"finite": 1.0})


@pytest.mark.parametrize("size", [(560, 760), (1100, 500)])
def test_each_generated_image_of_pairs_stands_between_its_input_and_its_target(
    canvas: Canvas, size: tuple[int, int], qtbot
) -> None:
    canvas.resize(*size)
    canvas.set_scene(translated())
    assert canvas.probes == ("wall", "pairs")
    receive(canvas, pairs())
    qtbot.wait(50)
    shown = canvas.wall.grab().toImage()
    ratio, places = shown.devicePixelRatio(), canvas.wall._generated.place
    heard: list[int] = []
    canvas.wall.hovered.connect(heard.append)
    for number in (1, 8, 23):
        y = places.y() + (number // 3 + 0.45) * places.height() / 8
        for third, colour in enumerate(("red", "green", "blue")):
            x = places.x() + (number % 3 + 0.16 + 0.31 * third) * places.width() / 3
            seen = QColor(shown.pixel(round(x * ratio), round(y * ratio)))
            assert abs(getattr(seen, colour)() - 10 * number) <= 1
            assert seen.red() + seen.green() + seen.blue() <= 10 * number + 3
            qtbot.mouseMove(canvas.wall, QPoint(round(x), round(y)))
    assert set(heard) == {1, 8, 23}
    assert canvas.reading.text() == "pair 24"


def test_grey_inputs_stand_beside_images_in_colour(canvas: Canvas) -> None:
    canvas.set_scene(translated())
    receive(canvas, pairs(inputs=Array.of(np.full((24, 16, 16, 1), 90, np.uint8))))
    assert canvas.wall._made.pixelColor(0, 0).getRgb() == (90, 90, 90, 255)


def test_the_canvas_of_pairs_tells_their_likeness_and_what_d_sees(canvas: Canvas) -> None:
    canvas.set_scene(translated())
    receive(canvas, pairs())
    measured = Picture(1, {}, {"ssim": 0.61, "psnr": 17.26, "ssim_input": 0.2, "psnr_input": 8.0})
    canvas.receive(Frame(2, "run", 0, 0, 1, False, pictures={"pairs": measured}), {})
    canvas.draw()
    assert [number.value for number in canvas.header.numbers] == ["0.61", "0.20", "17.3", "8.0"]
    assert "6 × 6 patches of 16 pixels" in " ".join(canvas._words_on_image((3, 16, 16)))


def test_a_pair_looked_at_closely_shows_its_input_and_its_target(canvas: Canvas, qtbot) -> None:
    canvas.set_scene(translated())
    receive(canvas, pairs())
    qtbot.wait(50)
    places = canvas.wall._generated.place
    inside = QPoint(round(places.x() + 1.5 * places.width() / 3), round(places.y() + 2.5 * places.height() / 8))
    qtbot.mouseClick(canvas.wall, Qt.MouseButton.LeftButton, pos=inside)
    assert canvas.chosen == 7
    assert canvas.probes == ("wall", "closeup", "pairs")
    colours = {"inputs": 10, "image": 20, "targets": 30, "nearest": 40}
    arrays = {
        name: Array.of(np.full((5 if name == "nearest" else 1, 16, 16, 3), value, np.uint8))
        for name, value in colours.items()
    }
    arrays |= {"saliency": floats(np.eye(16)), "distances": floats(np.arange(5) / 10), "latent": floats(np.zeros(4))}
    closeup = Picture(1, arrays, {"chosen": 7.0, "output": 0.3})
    canvas.receive(Frame(2, "run", 0, 0, 1, False, pictures={"closeup": closeup}), {})
    canvas.draw()
    tiles = canvas.wall._tiles
    assert [tile.pixelColor(0, 0).red() for tile in (*tiles[:3], *tiles[4:])] == [10, 20, 30, *[40] * 5]
    canvas.wall.grab()


def translated() -> Scene:
    real = floats(np.full((64, 768), -1.0))
    return ring(experiment=to_toml(PIX2PIX), dim=768, image=(3, 16, 16), real=real, modes=None)
