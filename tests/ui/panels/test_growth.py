"""The wall over the run: the same latents at earlier steps."""

from dataclasses import dataclass

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from scenes import ring
from test_wall import images, pairs, translated, wall

from ganlab_desktop.ui.panels.canvas import Canvas
from ganlab_desktop.ui.panels.canvas.growth import Growth, ladder
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Frame, Picture, Preview


def at(step: int, grey: int = 0, **arrays: Array) -> Picture:
    """A wall whose image k is of brightness grey + k."""
    levels = (grey + np.arange(64)).astype(np.uint8)
    made = np.ascontiguousarray(np.tile(levels[:, None, None, None], (1, 8, 8, 1)))
    return Picture(step, {"images": Array.of(made)} | arrays, {"finite": 1.0})


def preview(step: int, shown: int, grey: int, **arrays: Array) -> Preview:
    return Preview("run", 0, 0, step, shown, {"wall": at(shown, grey, **arrays)})


@dataclass
class Shown:
    canvas: Canvas
    asked: list[int]

    @property
    def growth(self) -> Growth:
        return self.canvas.growth

    def receive(self, picture: Picture) -> None:
        self.canvas.receive(Frame(1, "run", 0, 0, picture.step, False, pictures={"wall": picture}), {})
        self.canvas.draw()

    def brightness(self, column: int, row: int) -> int:
        """Of the image in a place, as it is painted."""
        image, place = self.growth.grab().toImage(), self.growth._places[column]
        y, ratio = place.y() + (row + 0.45) * place.height() / 8, image.devicePixelRatio()
        return QColor(image.pixel(round(place.center().x() * ratio), round(y * ratio))).red()


@pytest.fixture
def shown(qtbot) -> Shown:
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(560, 560)
    canvas.show()
    canvas.set_scene(images())
    asked: list[int] = []
    canvas.growth.wanting.connect(lambda: asked.append(canvas.growth.missing()))
    canvas.over_run.click()
    canvas.draw()
    return Shown(canvas, asked)


def test_steps_lie_denser_the_earlier_and_stay_while_the_run_grows() -> None:
    assert ladder(0) == ()
    assert ladder(10) == (0,)
    assert ladder(700) == (0, 10, 20, 50, 100, 200, 500)
    for step in range(0, 3000, 7):
        assert ladder(step) == ladder(3000)[: len(ladder(step))]


def test_the_past_is_asked_for_from_the_newest_step_on_and_stands_in_columns(shown: Shown) -> None:
    shown.receive(at(60, 180))
    assert shown.asked == [50]
    for step, found in ((50, 49), (20, 20), (10, 8), (0, 0)):
        assert shown.growth.missing() == step
        shown.growth.take(preview(step, found, 2 * found))
    assert shown.growth.missing() is None
    assert shown.growth.steps == (0, 8, 20, 49)
    for row in (0, 3, 7):
        assert [shown.brightness(column, row) for column in range(5)] == [grey + row for grey in (0, 16, 40, 98, 180)]
    assert shown.growth.accessibleDescription() == "images of the steps 0, 8, 20, 49, 60"


def test_one_state_that_is_nearest_to_several_steps_stands_once(shown: Shown) -> None:
    shown.receive(at(30))
    for step, found in ((20, 25), (10, 0), (0, 0)):
        shown.growth.take(preview(step, found, found))
    assert shown.growth.steps == (0, 25)


def test_the_past_that_is_shown_ends_at_the_step_that_is_shown(shown: Shown) -> None:
    shown.receive(at(120))
    for step in (100, 50, 20, 10, 0):
        shown.growth.take(preview(step, step, step))
    shown.receive(at(30, 7))
    assert shown.growth.steps == (0, 10, 20)
    assert shown.brightness(3, 0) == 7
    shown.receive(at(130))
    assert shown.growth.steps == (0, 10, 20, 50, 100)  # which are still known
    shown.canvas.set_scene(images(run="another"))
    assert shown.growth.steps == ()


def test_where_there_is_no_room_the_earliest_steps_but_the_first_go(shown: Shown, qtbot) -> None:
    shown.receive(at(4000))
    while (step := shown.growth.missing()) is not None:
        shown.growth.take(preview(step, step, step // 20))
    shown.growth.grab()
    assert len(shown.growth._places) == 10
    shown.canvas.resize(220, 560)
    qtbot.wait(20)
    shown.growth.grab()
    assert 3 < len(shown.growth._places) < 9
    assert all(place.right() <= shown.growth.width() for place in shown.growth._places)
    assert shown.brightness(0, 0) == 0
    assert shown.brightness(-2, 0) == 100  # of step 2,000


def test_a_row_is_a_class_in_a_conditional_run(shown: Shown, qtbot) -> None:
    labels = Array.of(np.repeat(np.arange(8, dtype=np.int32), 8))
    shown.canvas.set_scene(images(classes=8))
    shown.receive(at(5, labels=labels))
    shown.growth.take(preview(0, 0, 50, labels=labels))
    assert [shown.brightness(0, row) for row in (0, 1, 7)] == [50, 58, 106]  # the first image of each class
    place = shown.growth._places[1]
    qtbot.mouseMove(shown.growth, QPoint(round(place.center().x()), round(place.y() + 2.5 * place.height() / 8)))
    assert shown.canvas.reading.text() == "class 2, step 5"


def test_of_pairs_input_and_target_stand_at_the_sides(shown: Shown, qtbot) -> None:
    shown.canvas.set_scene(translated())
    shown.receive(pairs())
    shown.growth.grab()
    image, places = shown.growth.grab().toImage(), shown.growth._places
    ratio = image.devicePixelRatio()
    assert len(places) == 3
    for place, colour in zip(places, ("red", "green", "blue"), strict=True):
        y = place.y() + 3.45 * place.height() / 8
        seen = QColor(image.pixel(round(place.center().x() * ratio), round(y * ratio)))
        assert abs(getattr(seen, colour)() - 30) <= 1


def test_a_plane_has_no_such_page(shown: Shown) -> None:
    plane = ring(run="plane")
    assert not shown.canvas.over_run.isHidden()
    shown.canvas.set_scene(plane)
    shown.canvas.draw()
    assert shown.canvas.over_run.isHidden()
    assert not shown.growth.isVisible()
    shown.canvas.set_scene(images())
    shown.receive(wall())
    assert shown.growth.isVisible()  # as it was chosen
