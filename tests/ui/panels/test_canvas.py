"""The canvas: layers and their switches, the view, and the read-out under the mouse."""

from itertools import combinations

import msgspec
import numpy as np
import pytest
import scenes
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QTextDocumentFragment
from PySide6.QtWidgets import QSlider, QWidget

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.files import to_toml
from ganlab_desktop.experiment.objectives import LeastSquares
from ganlab_desktop.palette import DARK, LIGHT
from ganlab_desktop.ui.panels.canvas import Canvas
from ganlab_desktop.ui.panels.canvas.layers import MOST_POINTS
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.ui.thumbnail import Thumbnail
from ganlab_desktop.wire.messages import Picture, Preview


@pytest.fixture
def canvas(shown):
    panel = shown(Canvas, 700, 600)
    panel.set_scene(scenes.ring())
    show(panel, scenes.pictures())
    return panel


def show(panel, pictures, playing=False):
    panel.receive(scenes.frame(pictures, playing=playing), {})
    panel.draw()


def test_probes_follow_the_switches(canvas):
    assert set(canvas.probes) == {"surface", "samples", "batch", "manifold", "gradients"}
    canvas.bar.buttons["field"].click()
    assert "critic_field" in canvas.probes
    canvas.bar.buttons["manifold"].click()
    assert "manifold" not in canvas.probes
    canvas.bar.buttons["surface"].click()
    assert "surface" in canvas.probes, "the contours still need it"
    canvas.bar.buttons["contours"].click()
    assert "surface" not in canvas.probes


def test_layer_that_is_switched_on_later_shows_the_next_picture(canvas):
    layer = canvas.plane.layers["field"]
    assert len(layer.vectors.getData()[0] if layer.vectors.xData is not None else ()) == 0
    canvas.bar.buttons["field"].click()
    show(canvas, scenes.pictures(1))
    assert len(layer.vectors.getData()[0]) > 0
    assert layer.vectors.isVisible()
    canvas.bar.buttons["field"].click()
    assert not layer.vectors.isVisible()


def test_points_are_bounded_and_keep_their_places_in_the_list(canvas):
    assert len(canvas.plane.layers["real"].points.data) <= MOST_POINTS
    fake = scenes.pictures()["samples"].arrays["fake"].numpy()
    x, y = canvas.plane.layers["generated"].points.getData()
    assert np.allclose(np.stack([x, y], axis=1), fake)


def test_points_have_the_shapes_and_colours_of_their_meaning(canvas):
    canvas.apply_theme(LIGHT)
    real, fake = canvas.plane.layers["real"].points, canvas.plane.layers["generated"].points
    assert (real.opts["symbol"], fake.opts["symbol"]) == ("o", "d")
    assert real.opts["brush"].color().name() == LIGHT.real.lower()
    assert fake.opts["brush"].color().name() == LIGHT.fake.lower()


def test_surface_is_blue_where_d_says_real_orange_where_it_says_fake_and_neutral_at_one_half(canvas):
    for name in ("real", "generated", "manifold", "gradients", "modes", "contours"):
        canvas.bar.buttons[name].click()
    image = canvas.plane.grab().toImage()
    plane = canvas.plane

    def at(x, y):
        return image.pixelColor(plane.mapFromScene(plane.view.mapViewToScene(QPointF(x, y))))

    left, middle, right = at(-1.9, 0), at(0, 0), at(1.9, 0)
    assert left.red() > left.blue() + 40
    assert right.blue() > right.red() + 40
    panel = QColor(DARK.panel)
    assert all(abs(a - b) < 12 for a, b in zip(middle.getRgb(), panel.getRgb(), strict=True))


def test_scale_of_a_probability_is_symmetric_about_one_half_and_glides(canvas):
    low, high = canvas.plane.scale.range
    assert low + high == pytest.approx(1.0)
    assert high == pytest.approx(0.9, abs=0.02)
    show(canvas, {"surface": scenes.surface(np.full((64, 64), 0.5))})
    assert canvas.plane.scale.range[1] > 0.8, "one flat picture must not blow the colours up at once"


def test_scale_of_a_critic_is_centred_on_its_median(shown):
    panel = shown(Canvas, 700, 600)
    panel.set_scene(scenes.ring(output="score"))
    values = np.tile(np.linspace(10.0, 14.0, 64), (64, 1))
    values[:, :3] = -50.0
    show(panel, {"surface": scenes.surface(values)})
    assert sum(panel.plane.scale.range) / 2 == pytest.approx(np.median(values), abs=1e-4)
    assert panel.colour_bar.name == "score f(x)"


def test_scale_of_a_hinge_discriminator_is_centred_where_it_cannot_tell(shown):
    panel = shown(Canvas, 700, 600)
    panel.set_scene(scenes.ring(output="score", neutral=0.0))
    show(panel, {"surface": scenes.surface(np.tile(np.linspace(-3.0, -1.0, 64), (64, 1)))})
    assert sum(panel.plane.scale.range) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("real_target", [1.0, -1.0])
def test_a_preview_has_the_colours_of_the_canvas(qtbot, real_target):
    window = QWidget()
    qtbot.addWidget(window)
    thumbnail = Thumbnail(window)
    targets = LeastSquares(a=-real_target, b=real_target, c=real_target)
    scene = scenes.ring(
        output="score", changes={"objective": targets}, neutral=0.0, real=scenes.floats(np.empty((0, 2)))
    )
    values = scenes.surface(real_target * np.tile(np.linspace(-1.0, 1.0, 64), (64, 1)))
    samples = Picture(1, {"fake": scenes.floats(np.empty((0, 2)))})
    thumbnail.show_preview(Preview("run", 0, 0, 1, 1, {"surface": values, "samples": samples}), scene, DARK)
    image = thumbnail.picture.grab().toImage()
    left, right = image.pixelColor(2, 72), image.pixelColor(141, 72)
    assert left.red() > left.blue() + 40  # what D takes for generated
    assert right.blue() > right.red() + 40


def test_middle_contour_runs_where_d_is_one_half(canvas):
    x, _ = canvas.plane.layers["contours"].middle.getData()
    assert len(x) >= 2 * 60
    assert np.allclose(x, 0.0, atol=1e-5)


def test_modes_are_ringed_at_three_sigmas(canvas):
    x, y = canvas.plane.layers["modes"].rings.getData()
    rings = np.stack([x, y], axis=1).reshape(8, -1, 2)
    distance = np.linalg.norm(rings - scenes.ring_centres()[:, None], axis=2)
    assert np.allclose(distance, 3 * scenes.SIGMA)


def test_arrows_begin_at_the_samples_and_point_where_the_generator_wants_to_go(canvas):
    picture = scenes.pictures()["gradients"]
    x, y = canvas.plane.layers["gradients"].arrows.getData()
    start = np.stack([x[0::6], y[0::6]], axis=1)
    along = np.stack([x[1::6], y[1::6]], axis=1) - start
    direction = picture.arrays["direction"].numpy()
    assert np.allclose(start, picture.arrays["origin"].numpy())
    cosine = np.sum(along * direction, axis=1) / np.linalg.norm(along, axis=1) / np.linalg.norm(direction, axis=1)
    assert np.all(cosine > 0.999)


def test_regular_manifold_is_drawn_edge_by_edge(canvas):
    strong, *faint = canvas.plane.layers["manifold"].tiers
    assert len(strong.getData()[0]) == 2 * 2 * 20 * 19
    assert all(len(tier.getData()[0]) == 0 for tier in faint)


def test_stretched_edges_of_the_manifold_fade(canvas):
    grid = scenes.pictures()["manifold"].arrays["grid"].numpy().copy()
    grid[:, 10:, 0] += 3.0
    show(canvas, {"manifold": Picture(2, {"grid": scenes.floats(grid)})})
    strong, _, faint = canvas.plane.layers["manifold"].tiers
    assert len(faint.getData()[0]) == 2 * 20
    assert np.ptp(strong.getData()[0].reshape(-1, 2), axis=1).max() < 0.2


def test_latent_of_many_dimensions_switches_the_manifold_off_and_says_why(shown):
    latent = msgspec.structs.replace(Experiment().latent, dim=16)
    experiment = to_toml(msgspec.structs.replace(Experiment(), latent=latent))
    panel = shown(Canvas, 700, 600)
    panel.set_scene(scenes.ring(experiment=experiment))
    button = panel.bar.buttons["manifold"]
    assert not button.isEnabled()
    assert "latent" in button.toolTip()
    assert "manifold" not in panel.probes


def test_view_fits_the_scene_with_equal_aspect(canvas):
    left, right, bottom, top = canvas.box()
    assert left < -2 < 2 < right
    assert bottom < -2 < 2 < top
    view = canvas.plane.view
    assert (right - left) / view.width() == pytest.approx((top - bottom) / view.height(), rel=1e-3)


def test_double_click_fits_again(canvas, qtbot):
    before = canvas.box()
    canvas.plane.view.setRange(xRange=(0, 0.1), yRange=(0, 0.1))
    assert canvas.box() != before
    qtbot.mouseDClick(canvas.plane.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    assert canvas.box() == pytest.approx(before)


def test_box_is_the_scenes_before_the_canvas_is_on_screen(qtbot):
    panel = Canvas()
    qtbot.addWidget(panel)
    panel.set_scene(scenes.ring())
    assert panel.box() == (-2.0, 2.0, -2.0, 2.0)


def test_surface_is_finer_where_training_rests(canvas):
    assert canvas.resolution() == 128
    show(canvas, {}, playing=True)
    assert canvas.resolution() == 64


def test_hovering_reads_surface_density_and_nearest_mode(canvas):
    values = np.tile(np.linspace(0.0, 1.0, 64), (64, 1))
    density = np.full((64, 64), np.log(0.25))
    show(
        canvas,
        {"surface": Picture(1, {"values": scenes.floats(values), "density": scenes.floats(density)}, scenes.BOX)},
    )
    canvas.plane.hovered.emit(1.0, 0.2)
    text = canvas.reading.text()
    assert "x (1.00, 0.20)" in text
    assert "D 0.750" in text
    assert "density 0.250" in text
    assert "mode 1 at 2.0 σ" in text
    canvas.plane.left.emit()
    assert "D 0.750" not in canvas.reading.text()


def test_opacity_is_reached_by_right_click(canvas, qtbot):
    button = canvas.bar.buttons["real"]
    button.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(2, 2), QPoint(2, 2)))
    slider = button.findChild(QSlider)
    assert slider.accessibleName()
    slider.setValue(40)
    assert canvas.plane.layers["real"].points.opacity() == pytest.approx(0.4)
    button._menu.close()


def test_every_switch_has_a_name_for_screen_readers_and_a_tip(canvas):
    for button in canvas.bar.buttons.values():
        assert button.accessibleName()
        assert button.toolTip()


def plain(tip):
    return QTextDocumentFragment.fromHtml(tip).toPlainText()


@pytest.mark.parametrize(("width", "rows"), [(430, 3), (560, 2), (1400, 1)])
def test_every_switch_has_its_word_and_its_own_mark_at_any_width(shown, width, rows):
    panel = shown(Canvas, width, 500)
    panel.set_scene(scenes.ring())
    panel.draw()
    buttons = list(panel.bar.buttons.values())
    assert len({button.spec.mark for button in buttons}) == len(buttons)
    places = [button.geometry() for button in buttons]
    assert all(panel.bar.rect().contains(place) for place in places)
    assert not any(one.intersects(other) for one, other in combinations(places, 2))
    assert len({place.y() for place in places}) == rows


def test_tips_begin_with_the_name_and_tell_why_a_layer_is_not_to_be_had(shown):
    panel = shown(Canvas, 700, 600)
    panel.set_scene(scenes.ring(no_optimum="the data have no density"))
    for button in panel.bar.buttons.values():
        assert plain(button.toolTip()).startswith(f"{button.text()}: ")
        assert button.font().strikeOut() == (not button.isEnabled())
    assert "the data have no density" in panel.bar.buttons["optimal"].toolTip()


def test_what_covers_the_surface_is_one_layer_at_a_time_and_the_bar_and_the_contours_tell_of_it(canvas):
    x = np.tile(np.linspace(-1.0, 1.0, 64), (64, 1))
    best = {"optimal": scenes.floats(0.5 + 0.4 * x.T), "difference": scenes.floats(x), "ratio": scenes.floats(9 * x)}
    lines = canvas.plane.layers["contours"].middle
    for name, told, half in (
        ("optimal", "best D(x)", None),
        ("difference", "D − best D", 0.5),
        ("ratio", "log p/q", 5),
    ):
        canvas.bar.buttons[name].click()
        show(canvas, {"truth": Picture(1, best, scenes.BOX)})
        covering = [cover for cover in ("optimal", "difference", "ratio") if canvas.bar.on()[cover]]
        assert covering == [name]
        assert canvas.colour_bar.name == told
        low, high = canvas.plane.layers[name].levels
        assert (canvas.colour_bar.low, canvas.colour_bar.high) == (fixed(low), fixed(high))
        if half is not None:
            assert (low, high) == pytest.approx((-half, half), abs=0.02)
        along = lines.getData()[1 if name == "optimal" else 0]
        assert len(along) > 100
        assert np.allclose(along, 0.0, atol=0.05)
    canvas.bar.buttons["ratio"].click()
    show(canvas, scenes.pictures(2))
    assert canvas.colour_bar.name == "D(x)"


def test_the_range_begins_anew_where_another_moment_or_another_output_is_shown(canvas):
    wide = np.tile(np.linspace(-8.0, 9.0, 64), (64, 1))
    canvas.set_scene(scenes.ring(output="score"))
    show(canvas, {"surface": Picture(30, {"values": scenes.floats(wide)}, scenes.BOX)})
    assert canvas.plane.scale.range[1] > 5
    canvas.set_scene(scenes.ring())
    for step, half in ((20, 0.1), (10, 0.4), (30, 0.2)):
        values = np.tile(np.linspace(0.5 - half, 0.5 + half, 64), (64, 1))
        surface = Picture(step, {"values": scenes.floats(values)}, scenes.BOX)
        canvas.receive(msgspec.structs.replace(scenes.frame({"surface": surface}, step=step), head=30), {})
        canvas.draw()
        assert canvas.plane.scale.range == pytest.approx((0.5 - half, 0.5 + half), abs=0.02)
        assert canvas.plane.layers["surface"].image.levels == canvas.plane.scale.range


@pytest.mark.parametrize("width", [430, 520, 900])
def test_what_is_read_under_the_mouse_is_never_cut(shown, width):
    panel = shown(Canvas, width, 600)
    panel.set_scene(scenes.ring())
    arrays = {name: scenes.floats(np.full((64, 64), value)) for name, value in (("values", 0.75), ("density", -20.0))}
    show(panel, {"surface": Picture(1, arrays, scenes.BOX)})
    for hover in (False, True):
        if hover:
            panel.plane.hovered.emit(-1.23, -0.24)
        lines = panel.reading.text().split("\n")
        metrics = panel.reading.fontMetrics()
        assert all(metrics.horizontalAdvance(line) <= panel.reading.width() for line in lines)
        assert len(lines) * metrics.lineSpacing() <= panel.reading.height()
    told = ["x (−1.23, −0.24)", "D 0.750", "density 2.1e−09", *(["mode 5 at 3.3 σ"] if width > 500 else [])]
    assert panel.reading.text().replace("\n", "    ").split("    ") == told


@pytest.mark.parametrize(
    ("values", "samples", "said"),
    [
        (0.5, 0.1, ""),
        (0.5, np.nan, "samples are no longer finite"),
        (np.inf, 0.1, "What D says"),
        (np.nan, np.inf, "Neither"),
        (0.5, 1e9, "far outside"),
    ],
)
def test_players_that_have_diverged_are_told_on_the_canvas(canvas, values, samples, said):
    fake = Picture(1, {"fake": scenes.floats(np.full((64, 2), samples))})
    show(canvas, {"surface": scenes.surface(np.full((8, 8), values)), "samples": fake})
    assert said in canvas.trouble.text()
    assert canvas.trouble.isVisible() == bool(said)
    assert (canvas.colour_bar.low == "–") == (not np.isfinite(values))
    show(canvas, scenes.pictures())
    assert not canvas.trouble.isVisible()


def test_averaged_samples_are_named(canvas):
    assert canvas.header.numbers == ()
    show(canvas, {"samples": Picture(2, scenes.pictures()["samples"].arrays, {"ema": 1.0})})
    assert canvas.header.numbers[0].value == "averaged G"


def test_on_the_line_densities_and_d_are_curves(shown):
    panel = shown(Canvas, 700, 600)
    panel.set_scene(scenes.mixture())
    show(panel, scenes.line_pictures())
    line = panel.line
    assert line.isVisible()
    edges, heights = line.real.getData()
    assert np.sum(heights * np.diff(edges)) == pytest.approx(1.0, abs=0.02)
    assert np.allclose(line.values.getData()[1], np.linspace(0.2, 0.8, 64))
    x, density = line.density.getData()
    assert np.trapezoid(density, x) == pytest.approx(1.0, abs=0.02)
    assert set(panel.probes) == {"surface", "samples", "truth"}
    line.hovered.emit(2.0, 0.1)
    assert "mode 2 at 0.0 σ" in panel.reading.text()
