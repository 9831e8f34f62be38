"""The canvas of data on the line: sliders, exact numbers, the joint plan and the read-out."""

import msgspec
import numpy as np
import pytest
import scenes
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from ganlab_desktop.experiment.data import Mixture1D
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.files import to_toml
from ganlab_desktop.experiment.networks import AffineGenerator, NormalLatent
from ganlab_desktop.ui.panels.canvas import Canvas
from ganlab_desktop.wire.messages import Picture

BOX = {"left": -4.0, "right": 4.0, "bottom": 0.0, "top": 1.0}


def scene(means=(2.0,), generator=AffineGenerator(mean=(0.5,), std=(1.5,)), **fields):  # noqa: B008
    data = Mixture1D(means=means, sigmas=(1.0,) * len(means), weights=(0.5,) * len(means))
    experiment = Experiment(data=data, latent=NormalLatent(dim=1), generator=generator)
    return msgspec.structs.replace(scenes.mixture(), experiment=to_toml(experiment), **fields)


def gaussian(mean: float, std: float, **numbers: float) -> Picture:
    x = np.linspace(-4.0, 4.0, 65)
    log_q = -(((x - mean) / std) ** 2) / 2 - np.log(std * np.sqrt(2 * np.pi))
    arrays = {"mean": scenes.floats([mean]), "std": scenes.floats([std]), "generated": scenes.floats([log_q])}
    return Picture(1, arrays, BOX | numbers)


@pytest.fixture
def canvas(shown) -> Canvas:
    panel = shown(Canvas, 576, 640)
    panel.set_scene(scene())
    panel.draw()
    return panel


@pytest.fixture
def wishes(canvas) -> list:
    """What the sliders ask for."""
    told: list = []
    canvas.edited.connect(lambda path, value: told.append((path, value)))
    return told


def receive(canvas: Canvas, **pictures: Picture) -> None:
    canvas.receive(scenes.frame(scenes.line_pictures() | pictures), {})
    canvas.draw()


def shown_texts(canvas: Canvas) -> dict[str, str]:
    return {name: label.text() for name, label in canvas.distances.values.items() if label.isVisibleTo(canvas)}


def test_sliders_show_the_gaussians_of_both_sides(canvas) -> None:
    sliders = canvas.sliders
    knobs = (sliders.mean, sliders.sigma, sliders.g_mean, sliders.g_std)
    assert [knob.field.text() for knob in knobs] == ["2", "1", "0.5", "1.5"]
    assert [knob.slider.value() for knob in knobs] == [40, 20, 10, 30]
    assert not sliders.weight.isVisible()
    assert not sliders.which.isVisible()
    assert {knob.slider.accessibleName() for knob in knobs} == {
        "Mean of the data",
        "Standard deviation of the data",
        "Mean of the generator",
        "Standard deviation of the generator",
    }


def test_dragging_and_arrow_keys_change_the_setting_in_round_steps(canvas, wishes) -> None:
    canvas.sliders.mean.slider.setValue(50)
    QTest.keyClick(canvas.sliders.g_std.slider, Qt.Key.Key_Right)
    assert wishes == [("data.means", [2.5]), ("generator.std", [1.55])]
    assert canvas.sliders.mean.field.text() == "2.5"


@pytest.mark.parametrize(("width", "rows"), [(480, 2), (1100, 1)])
def test_exact_numbers_keep_all_their_digits_at_any_width(shown, width, rows) -> None:
    panel = shown(Canvas, width, 640)
    panel.set_scene(scene())
    panel.bar.buttons["plan"].click()
    names = ("optimum", "jsd", "slope", "accuracy", "tv", "kl", "reverse_kl", "w1", "w2_squared")
    receive(panel, gaussians=gaussian(0.5, 1.5, **dict.fromkeys(names, -1.6e-11)))
    QTest.qWait(100)  # the layout
    labels = [label for pair in (panel.distances.names, panel.distances.values) for label in pair.values()]
    labels = [label for label in labels if label.isVisible()]
    assert len(labels) == 2 * len(names)
    assert all(label.width() >= label.fontMetrics().horizontalAdvance(label.text()) for label in labels)
    assert all(panel.distances.rect().contains(label.geometry()) for label in labels)
    assert len({label.y() for label in labels}) == 2 * rows
    caption = panel.line.plan._caption
    assert caption.pos().x() + caption.boundingRect().width() <= panel.line.plan.width()


def test_any_number_can_be_typed(canvas, wishes) -> None:
    field = canvas.sliders.g_mean.field
    field.selectAll()
    QTest.keyClicks(field, "12.345")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert wishes == [("generator.mean", [12.345])]
    assert canvas.sliders.g_mean.slider.value() == canvas.sliders.g_mean.slider.maximum()


def test_one_of_several_gaussians_is_chosen_and_changed_alone(canvas, wishes) -> None:
    canvas.set_scene(scene((-3.0, 1.0, 3.0), layout=1))
    canvas.draw()
    sliders = canvas.sliders
    assert sliders.which.isVisibleTo(canvas)
    assert sliders.which.count() == 3
    sliders.which.setCurrentIndex(2)
    assert sliders.mean.field.text() == "3"
    assert wishes == []
    sliders.mean.slider.setValue(70)
    sliders.weight.slider.setValue(4)
    sliders.which.setCurrentIndex(0)
    sliders.mean.slider.setValue(-80)
    assert wishes == [
        ("data.means", [-3.0, 1.0, 3.5]),
        ("data.weights", [0.5, 0.5, 0.2]),
        ("data.means", [-4.0, 1.0, 3.5]),  # both changes, though no scene has told of the first yet
    ]


def test_the_generators_sliders_follow_training_but_not_under_the_hand(canvas, wishes) -> None:
    receive(canvas, gaussians=gaussian(1.25, 0.7512))
    assert (canvas.sliders.g_mean.field.text(), canvas.sliders.g_std.field.text()) == ("1.25", "0.751")
    assert wishes == []
    canvas.sliders.g_mean.slider.setValue(-20)
    receive(canvas, gaussians=gaussian(1.3, 0.8))
    assert canvas.sliders.g_mean.field.text() == "-1"
    assert canvas.sliders.g_std.field.text() == "0.8"


def test_data_in_the_plane_have_no_sliders_and_other_generators_none_of_their_own(canvas) -> None:
    canvas.set_scene(scenes.mixture())
    assert canvas.sliders.isVisibleTo(canvas)
    assert not canvas.sliders.g_mean.isVisibleTo(canvas)
    assert "gaussians" not in canvas.probes
    canvas.set_scene(scenes.ring())
    assert not canvas.sliders.isVisibleTo(canvas)
    assert not canvas.distances.isVisibleTo(canvas)


def test_exact_numbers_stand_below_and_unknown_ones_take_no_room(canvas) -> None:
    assert "gaussians" in canvas.probes
    receive(canvas, gaussians=gaussian(0.0, 1.0, jsd=0.33683, kl=2.0, w1=2.0, reverse_kl=np.inf, tv=np.nan))
    assert shown_texts(canvas) == {"jsd": "0.33683", "kl": "2.000", "w1": "2.000", "reverse_kl": "∞"}


def test_the_generators_density_is_drawn_as_it_is(canvas) -> None:
    receive(canvas, gaussians=gaussian(0.5, 2.0))
    assert canvas.line.exact.yData.max() == pytest.approx(1 / (2 * np.sqrt(2 * np.pi)), rel=1e-3)


def test_the_read_out_tells_both_densities_and_both_discriminators(canvas) -> None:
    best = Picture(1, {"optimal": scenes.floats([np.linspace(0.0, 1.0, 65)])}, BOX)
    receive(canvas, gaussians=gaussian(0.0, 1.0), truth=best)
    canvas.line.hovered.emit(0.0, 0.2)
    assert "best 0.500" in canvas.reading.text()
    assert "p_g 0.399" in canvas.reading.text()
    assert "p_data" in canvas.reading.text()


def test_the_view_stays_while_a_gaussian_moves_in_it_and_grows_where_it_leaves(canvas) -> None:
    left, right, *_ = canvas.line.visible_box()
    assert (left, right) == pytest.approx((-5.05, 6.05))  # 3.7 standard deviations of the generator at least
    canvas.set_scene(scene(generator=AffineGenerator(mean=(0.0,), std=(1.0,)), box=(-3.0, 3.0, 0.0, 1.0)))
    assert canvas.line.visible_box()[:2] == pytest.approx((left, right))
    canvas.set_scene(scene(generator=AffineGenerator(mean=(5.0,), std=(1.0,))))
    assert canvas.line.visible_box()[:2] == pytest.approx((left, 8.7))


def test_curves_on_the_line_are_finer_than_surfaces_and_the_header_speaks_of_them(canvas) -> None:
    assert canvas.resolution() == 256
    assert "densities" in canvas.header.explanation
    canvas.set_scene(scenes.ring())
    assert canvas.resolution() == 128
    assert "densities" not in canvas.header.explanation


def test_the_plan_is_a_matrix_with_its_marginals(canvas) -> None:
    assert canvas.bar.buttons["plan"].isEnabled()
    assert not canvas.line.plan.isVisible()
    canvas.bar.buttons["plan"].setChecked(True)
    assert canvas.line.plan.isVisible()
    assert "transport" in canvas.probes
    plan = np.zeros((4, 4))
    plan[0, 1], plan[2, 3] = 0.75, 0.25  # generated at -3 to real at -1, generated at 1 to real at 3
    ends = {"start": scenes.floats([[-3.0]]), "end": scenes.floats([[-1.0]])}
    receive(canvas, transport=Picture(1, {"plan": scenes.floats(plan), **ends}, BOX))
    drawn = canvas.line.plan
    np.testing.assert_allclose(drawn.cells.image, np.sqrt(plan / 0.75), atol=1e-6)
    rect = drawn.cells.mapRectToParent(drawn.cells.boundingRect())
    assert (rect.left(), rect.right(), rect.top(), rect.bottom()) == (-4.0, 4.0, -4.0, 4.0)
    above = drawn.real.yData - drawn.real.yData.min()  # real -1 and 3: columns 1 and 3
    np.testing.assert_allclose(above[1::2][:4] / above.max(), [0, 1, 0, 1 / 3], atol=1e-6)
    beside = drawn.fake.xData - drawn.fake.xData.min()  # generated -3 and 1: rows 0 and 2
    np.testing.assert_allclose(beside[1::2][:4] / beside.max(), [1, 0, 1 / 3, 0], atol=1e-6)
