"""The panel on what lies between images."""

from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QMenu
from scenes import floats, ring
from test_wall import EXPERIMENT, images, wall

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.exploration import Exploration
from ganlab_desktop.experiment.files import to_toml
from ganlab_desktop.experiment.networks import UniformLatent
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.style import StyleGenerator
from ganlab_desktop.ui.panels.canvas import Canvas
from ganlab_desktop.ui.panels.latent import Latent
from ganlab_desktop.ui.panels.latent.image_grid import shading_of
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.plots.tables import diverging
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Frame, Picture, Scene

Show = Callable[[type[Panel]], Panel]
LENGTHS = {"usual_low": 4.5, "usual_high": 6.8}
BOX = {"left": -2.0, "right": 6.0, "bottom": -1.0, "top": 4.0}


def grey(count: int, first: int = 0) -> Array:
    """Image k is evenly grey, of brightness first + 4 k."""
    levels = (first + 4 * np.arange(count)).astype(np.uint8)
    return Array.of(np.ascontiguousarray(np.tile(levels[:, None, None, None], (1, 8, 8, 1))))


def plane(rows: int = 4, columns: int = 6) -> Picture:
    lengths = np.linspace(4.7, 5.9, rows * columns).reshape(rows, columns)
    arrays = {"images": grey(rows * columns), "lengths": floats(lengths), "outputs": floats(lengths / 10)}
    return Picture(1, arrays, {"a": 3.0, "b": 9.0, "c": 20.0, "keeps_length": 1.0, "psi": float("nan")} | LENGTHS)


def path() -> Picture:
    shares = np.linspace(0.0, 1.0, 11)
    arrays = {"shares": floats(shares)}
    for way, lengths in (("line", 5.0 - 4 * shares * (1 - shares)), ("arc", np.full(11, 5.0))):
        arrays |= {f"{way}_images": grey(11), f"{way}_outputs": floats(shares), f"{way}_lengths": floats(lengths)}
    return Picture(1, arrays, {"a": 0.0, "b": 1.0} | LENGTHS)


def mixing() -> Picture:
    places = {"rows": Array.of(np.arange(3, dtype=np.int32)), "columns": Array.of(np.arange(7, 13, dtype=np.int32))}
    from_b = Array.of(np.array([0, 1], np.int32))
    made = {"mixed": grey(18, 100), "first": grey(3), "second": grey(6, 40)}
    return Picture(1, places | made | {"from_b": from_b}, {"layers": 3.0})


def surface(**arrays: Array) -> Picture:
    values = np.tile(np.linspace(0.1, 0.9, 25), (25, 1))
    shown = {"values": floats(values), "places": floats([[0, 0], [4, 0], [2, 3]]), "images": grey(3)}
    return Picture(1, shown | arrays, BOX | {"of_real": 0.0, "share": float("nan"), "label": -1.0})


def styled() -> Experiment:
    return msgspec.structs.replace(EXPERIMENT, generator=StyleGenerator(truncation=0.7))


def scene(experiment: Experiment = EXPERIMENT, **fields: object) -> Scene:
    return msgspec.structs.replace(images(**fields), experiment=to_toml(experiment))


@pytest.fixture
def panel(shown: Show) -> Latent:
    made = shown(Latent, 420, 230)
    assert isinstance(made, Latent)
    made.set_scene(scene())
    made.draw()
    return made


def receive(panel: Latent, name: str, picture: Picture) -> None:
    panel.receive(Frame(1, "run", 0, 0, 1, False, pictures={name: picture}), {})
    panel.draw()


def turn(panel: Latent, page: str) -> None:
    next(button for button in panel.pages.buttons if button.text() == page).click()


def test_the_page_in_sight_alone_is_asked_for(panel: Latent) -> None:
    asked = [panel.probes]
    for page in ("Path", "D(x)", "Features", "Plane"):
        turn(panel, page)
        asked.append(panel.probes)
    assert asked == [("latent_plane",), ("latent_path",), ("image_plane",), ("likeness",), ("latent_plane",)]


def test_every_image_of_the_plane_stands_in_its_place_over_what_d_says(panel: Latent) -> None:
    receive(panel, "latent_plane", plane())
    grid = panel.plane.grid
    shown = grid.grab().toImage()
    ratio = shown.devicePixelRatio()
    for number in (0, 5, 9, 23):
        middle = grid.place(number).center()
        assert QColor(shown.pixel(round(middle.x() * ratio), round(middle.y() * ratio))).red() == 4 * number
        assert grid.number_at(middle) == number
    assert grid.letters == {0: "A", 5: "B", 18: "C"}
    assert not grid.shading.isNull()
    assert (grid.shading.width(), grid.shading.height()) == (6, 4)
    assert [number.value for number in panel.header.numbers] == ["4.7 – 5.9", "0.47 – 0.59"]
    assert "A + 0.60 (B − A) + 0.33 (C − A)" in grid.tell(9)
    panel.controls.shade.click()
    panel.draw()
    assert grid.shading.isNull()


def test_a_shading_goes_from_fake_to_real(panel: Latent) -> None:
    table = diverging(panel.colours)
    made = shading_of(np.array([[0.0, 1.0], [0.5, np.nan]]), (0.0, 1.0), table)
    shown = [made.pixel(x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
    assert shown[0] == table[0]
    assert shown[1] == table[255]
    assert shown[2] == shown[3] == table[127]


def test_paths_are_strips_with_their_lengths_below(panel: Latent) -> None:
    turn(panel, "Path")
    panel.resize(420, 320)
    receive(panel, "latent_path", path())
    assert len(panel.path.strips.images) == 22
    assert panel.path.strips.letters == {0: "A", 10: "B", 11: "A", 21: "B"}
    assert panel.path.lengths.isVisible()
    assert panel.path.curves["line"].getData()[1].min() == pytest.approx(4.0)
    assert panel.path.usual.getRegion() == pytest.approx((4.5, 6.8))
    assert [number.value for number in panel.header.numbers] == ["4.0", "4.5 – 6.8"]


def test_a_page_makes_no_panel_grow(panel: Latent, qtbot) -> None:
    for page, name, picture in (("Path", "latent_path", path()), ("D(x)", "image_plane", surface())):
        turn(panel, page)
        receive(panel, name, picture)
        qtbot.wait(20)
        assert panel.minimumSizeHint().height() < 200
        assert panel.minimumSizeHint().width() <= 320  # of a narrow dock


def test_mixing_is_for_style_based_generators(panel: Latent) -> None:
    button = panel.pages.buttons[2]
    assert not button.isEnabled()
    assert "style-based" in button.toolTip()
    assert panel.controls.psi.isHidden()
    panel.set_scene(scene(styled()))
    assert button.isEnabled()
    assert not panel.controls.psi.isHidden()
    turn(panel, "Mix")
    receive(panel, "style_mixing", mixing())
    assert panel.mixing.grid.images[0] is None
    assert panel.mixing.grid.letters == {1: "B", 7: "A"}
    assert [number.value for number in panel.header.numbers] == ["2 / 3"]
    assert panel.mixing.grid.tell(8) == "image 1 of the wall, in the marked layers with the style of image 8"
    assert panel.mixing.grid.tell(0 + 2) == "image 9 of the wall"


def test_layers_are_given_to_b_by_a_drag_and_by_keys(panel: Latent, qtbot) -> None:
    panel.set_scene(scene(styled()))
    turn(panel, "Mix")
    receive(panel, "style_mixing", mixing())
    strip = panel.controls.layers
    assert strip.sides == (4, 8, 8)
    assert panel.exploration.from_b == strip.from_b == (0, 1)
    first, last = (strip.field(layer).center().toPoint() for layer in (0, 2))
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=first)  # A again
    for layer in (1, 2):
        qtbot.mouseMove(strip, strip.field(layer).center().toPoint())
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=last)
    assert panel.exploration.from_b == ()
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=last)
    assert panel.exploration.from_b == (2,)
    strip.setFocus()
    qtbot.keyClick(strip, Qt.Key.Key_Left)
    qtbot.keyClick(strip, Qt.Key.Key_Space)
    assert panel.exploration.from_b == (1, 2)


def test_psi_is_the_experiments_until_it_is_chosen_and_again_in_another_run(panel: Latent) -> None:
    panel.set_scene(scene(styled()))
    assert panel.controls.psi.value.text() == "psi 0.70"
    assert panel.exploration.psi is None
    panel.controls.psi.slider.setValue(-6)
    assert panel.exploration.psi == pytest.approx(-0.3)
    panel.set_scene(scene(styled()))
    assert panel.exploration.psi == pytest.approx(-0.3)
    panel.set_scene(scene(styled(), run="another"))
    assert panel.exploration.psi is None
    assert panel.controls.psi.value.text() == "psi 0.70"


def test_lengths_are_kept_where_that_makes_a_difference(panel: Latent) -> None:
    length = panel.controls.length
    assert length.isEnabled()
    length.click()
    assert not panel.exploration.keeps_length
    panel.set_scene(scene(styled()))
    assert not length.isEnabled()
    assert "one length itself" in length.toolTip()
    panel.set_scene(scene(msgspec.structs.replace(EXPERIMENT, latent=UniformLatent(dim=8))))
    assert not length.isEnabled()
    assert "cube" in length.toolTip()


def test_a_surface_shows_its_images_at_their_places(panel: Latent) -> None:
    turn(panel, "D(x)")
    panel.controls.kinds["components"].click()
    assert panel.exploration.plane == "components"
    assert [kind for kind, switch in panel.controls.kinds.items() if switch.isChecked()] == ["components"]
    panel.controls.kinds["real"].click()
    receive(panel, "image_plane", surface())
    page = panel.surface
    assert [item.isVisible() for item in page.thumbnails] == [True, True, True, False]
    assert (page.thumbnails[1].x(), page.thumbnails[1].y()) == (4.0, 0.0)
    assert not len(page.fake.points.getData()[0])
    page.plot.hovered.emit(2.0, 1.0)
    assert page.plot.caption == "D 0.500"


def test_over_components_samples_are_points_and_the_corners_are_images(panel: Latent) -> None:
    turn(panel, "D(x)")
    corners = floats([[-2, -1], [6, -1], [-2, 4], [6, 4]])
    picture = surface(places=corners, images=grey(4), real=floats(np.ones((5, 2))), fake=floats(np.zeros((4, 2))))
    picture.numbers.update({"share": 0.28, "label": 3.0})
    receive(panel, "image_plane", picture)
    page = panel.surface
    assert [len(points.points.getData()[0]) for points in (page.real, page.fake)] == [5, 4]
    page.plot.grab()  # lays it out
    box = page.plot.view.sceneBoundingRect().adjusted(-2, -2, 2, 2)
    for item in page.thumbnails:
        shown = item.deviceTransform(page.plot.viewportTransform()).mapRect(item.boundingRect())
        assert box.contains(shown)
    assert [number.value for number in panel.header.numbers] == ["28 %", "0.10 – 0.90", "3"]


def test_features_come_with_the_classifier(panel: Latent) -> None:
    turn(panel, "Features")
    assert "classifier" in panel.features.waiting.text()
    assert panel.features.waiting.isVisible()
    name = Array.of(np.frombuffer(b"classifier of digits", np.uint8))
    points = np.random.default_rng(0).normal(size=(30, 2))
    arrays = {"extractor": name, "real_points": floats(points), "fake_points": floats(points[:20])}
    receive(panel, "likeness", Picture(1, arrays, {"fid": 8.04, "explained": 0.41}))
    assert [len(shown.points.getData()[0]) for shown in (panel.features.real, panel.features.fake)] == [30, 20]
    assert [number.value for number in panel.header.numbers] == ["41 %", "8.0"]
    assert "classifier of digits" in panel.features.plot.toolTip()
    panel.set_scene(scene(no_comparison="no images are held out", run="b"))
    assert not panel.pages.buttons[4].isEnabled()
    assert "no images are held out" in panel.pages.buttons[4].toolTip()


def test_points_have_no_latent_panel(panel: Latent) -> None:
    panel.set_scene(ring(run="points"))
    panel.draw()
    assert "about images" in panel.empty.text()


def test_nothing_lies_between_images_that_are_made_of_others(panel: Latent) -> None:
    panel.set_scene(scene(load_preset("edges-to-glyphs")))
    panel.draw()
    assert "the image that is given" in panel.empty.text()
    assert panel.probes == ()
    panel.set_scene(scene())
    assert panel.probes == ("latent_plane",)


def test_corners_are_chosen_with_a_right_click_on_the_wall(qtbot) -> None:
    canvas, panel = Canvas(), Latent()
    for widget in (canvas, panel):
        qtbot.addWidget(widget)
    canvas.corner_wanted.connect(panel.use)
    panel.marks_changed.connect(lambda: canvas.wall.mark(panel.corners))
    canvas.resize(560, 760)
    canvas.show()
    canvas.set_scene(images())
    canvas.receive(Frame(1, "run", 0, 0, 1, False, pictures={"wall": wall()}), {})
    canvas.draw()
    qtbot.wait(50)
    for number, corner in ((37, 1), (2, 2)):
        where = canvas.wall._generated.cell(number).center().toPoint()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, canvas.wall.mapToGlobal(where))
        QApplication.sendEvent(canvas.wall, event)
        menu = canvas.findChild(QMenu)
        assert menu is not None
        menu.actions()[corner].trigger()
        menu.close()
        qtbot.wait(10)
    assert panel.exploration == Exploration(corners=(0, 37, 2), grid=panel.plane.shape)
    assert canvas.wall._marked == {0: "A", 37: "B", 2: "C"}
    image = canvas.wall.grab().toImage()
    corner = canvas.wall._generated.image(37).topLeft().toPoint() + QPoint(0, 1)
    ratio = image.devicePixelRatio()
    assert QColor(image.pixel(round(corner.x() * ratio), round(corner.y() * ratio))) == QColor(canvas.colours.fake)


@pytest.fixture
def exploring(qtbot) -> tuple[Canvas, Latent]:
    """A wall in focus beside a panel that its images are chosen for."""
    canvas, panel = Canvas(), Latent()
    for widget in (canvas, panel):
        qtbot.addWidget(widget)
        widget.set_scene(images())
    canvas.corner_wanted.connect(panel.use)
    canvas.resize(560, 760)
    canvas.show()
    canvas.receive(Frame(1, "run", 0, 0, 1, False, pictures={"wall": wall()}), {})
    canvas.draw()
    qtbot.wait(50)
    canvas.activateWindow()
    canvas.wall.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(canvas.wall.hasFocus)
    return canvas, panel


def press(canvas: Canvas, qtbot, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(canvas.wall, key)


def test_corners_are_chosen_with_keys(exploring: tuple[Canvas, Latent], qtbot) -> None:
    canvas, panel = exploring
    down, right = Qt.Key.Key_Down, Qt.Key.Key_Right
    press(canvas, qtbot, down, down, right, Qt.Key.Key_C)
    assert panel.corners == (0, 1, 17)
    assert canvas.wall.accessibleDescription() == "generated image 18"
    assert "latent 18" in canvas.reading.text()
    assert panel.pages.accessibleDescription() == "A, B and C are the images 1, 2 and 18 of the wall."
    press(canvas, qtbot, Qt.Key.Key_1)  # which is for real ones
    assert panel.exploration.reals == (0, 1, 2)
    press(canvas, qtbot, Qt.Key.Key_Return)
    assert canvas.chosen == 17
    press(canvas, qtbot, Qt.Key.Key_Return, *[down] * 6)  # and over the edge, to the real ones below
    assert canvas.wall.accessibleDescription() == "real image 1"
    press(canvas, qtbot, right, right, Qt.Key.Key_2)
    assert panel.exploration.reals == (0, 2, 2)
    assert panel.exploration.plane == "real"
    assert panel.pages.shown is panel.surface
    assert panel.pages.accessibleDescription() == "1, 2 and 3 are the real images 1, 3 and 3 beside the wall."
    press(canvas, qtbot, Qt.Key.Key_Up, Qt.Key.Key_A)
    assert panel.corners == (0, 1, 17)
    press(canvas, qtbot, Qt.Key.Key_Escape)
    assert not canvas.wall.hasFocus()


def test_real_images_are_chosen_with_a_right_click_and_from_the_keyboards_menu(
    exploring: tuple[Canvas, Latent], qtbot
) -> None:
    canvas, panel = exploring
    for reason, number in ((QContextMenuEvent.Reason.Mouse, 21), (QContextMenuEvent.Reason.Keyboard, 0)):
        where = canvas.wall._real.cell(21).center().toPoint()
        QApplication.sendEvent(canvas.wall, QContextMenuEvent(reason, where, canvas.wall.mapToGlobal(where)))
        menu = canvas.findChild(QMenu)
        assert menu is not None
        words = [action.text() for action in menu.actions()]
        menu.actions()[2].trigger()
        menu.close()
        qtbot.wait(10)
        if reason == QContextMenuEvent.Reason.Mouse:
            assert "real image 3" in words[2]
            assert panel.exploration.reals == (0, 1, number)
            canvas.wall.mark(panel.reals, real=True)
            assert canvas.wall._marked_real == {0: "1", 1: "2", 21: "3"}
            canvas.wall.grab()
        else:
            assert "Use as C" in words[2]
            assert panel.corners == (0, 1, number)


def test_keys_of_the_window_are_left_to_it_but_for_those_of_the_wall(exploring: tuple[Canvas, Latent]) -> None:
    canvas, _ = exploring
    kept = []
    for key in (Qt.Key.Key_Left, Qt.Key.Key_A, Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_F):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        QApplication.sendEvent(canvas.wall, event)
        kept.append(event.isAccepted())
    assert kept == [True, True, True, False, False]
