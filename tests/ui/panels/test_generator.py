"""What the generator is told, as two curves over D's output, and what it makes of the latent space."""

from itertools import pairwise

import numpy as np
import pytest
import scenes

from ganlab_desktop.experiment.objectives import Minimax, NonSaturating, Wasserstein
from ganlab_desktop.palette import DARK, LIGHT
from ganlab_desktop.ui.panels.generator import Generator
from ganlab_desktop.wire.messages import Picture

V = np.linspace(-12.0, -4.0, 20)
LENGTHS = {
    "output": scenes.floats(V),
    "own": scenes.floats(np.full(20, 0.3)),
    "saturating": scenes.floats(V * np.log10(np.e)),
    "non_saturating": scenes.floats(np.zeros(20)),
    "edges": scenes.floats(np.linspace(-13.0, -3.0, 31)),
    "density": scenes.floats(np.full(30, 0.1)),
}
MEDIANS = {"own": 2.0, "saturating": 3.4e-4, "non_saturating": 0.99, "ideal": float("nan"), "ratio": 2981.0}
STRETCH = Picture(
    3,
    {
        "edges": scenes.floats(np.linspace(-3.0, 1.0, 41)),
        "density": scenes.floats([np.eye(40)[35], np.eye(40)[10]]),
    },
    {"smallest": 0.01, "condition": 312.0, "dimensions": 1.04},
)


def drawn(shown, objective=None, arrays=(), output="probability", theme=DARK):
    panel = shown(Generator, 420, 300)
    panel.apply_theme(theme)
    panel.set_scene(scenes.ring(output, {"objective": objective or NonSaturating()}))
    velocities = Picture(3, LENGTHS | dict(arrays), MEDIANS)
    panel.receive(scenes.frame({"velocities": velocities, "singular_values": STRETCH}), {})
    panel.draw()
    return panel


def test_both_log_losses_stand_over_the_logit_and_the_one_that_is_played_is_strong(shown):
    for objective, strong, faint in (
        (Minimax(), "saturating", "non_saturating"),
        (NonSaturating(), "non_saturating", "saturating"),
    ):
        panel = drawn(shown, objective, theme=LIGHT)
        assert np.allclose(panel.curves_["saturating"].getData()[1], V * np.log10(np.e))
        pens = {name: panel.curves_[name].opts["pen"] for name in (strong, faint)}
        assert pens[strong].color().name() == LIGHT.fake.lower()
        assert pens[faint].color().name() != LIGHT.fake.lower()
        assert pens[strong].width() > pens[faint].width()
        assert not panel.curves_["own"].isVisible()
        assert panel.even.isVisible()
        labels = [number.label for number in panel.header.numbers]
        assert labels == ["speed-up", *(name.replace("_", "-") for name in (strong, faint))]


def test_another_loss_has_a_curve_of_its_own_beside_the_two(shown):
    panel = drawn(shown, Wasserstein(), output="score")
    assert panel.curves_["own"].isVisible()
    assert panel.labels.items["own"].isVisible()
    assert not panel.even.isVisible()
    told = {number.label: number.value for number in panel.header.numbers}
    assert told == {"speed-up": "2981.0", "this loss": "2.000", "saturating": "3.4e−04", "non-saturating": "0.990"}


@pytest.mark.parametrize("begin", [0.0, -5.2])  # at the top of the losses' range, and at its bottom
def test_names_stand_apart_within_the_picture(shown, begin):
    same = scenes.floats(np.linspace(begin, 0.0, 20))
    together = {
        "output": scenes.floats(V + 7.0),
        "own": same,
        "non_saturating": same,
        "ideal": scenes.floats(np.full(20, 9.0)),
    }
    panel = drawn(shown, Wasserstein(), together, output="score")
    left, right, bottom, top = panel.speed.visible_box()
    pixel, across = (top - bottom) / panel.speed.view.height(), (right - left) / panel.speed.view.width()
    items = [item for item in panel.labels.items.values() if item.isVisible()]
    places = sorted((item.pos().y(), item.boundingRect().height() * pixel) for item in items)
    assert len(places) == 4
    assert all(b - a >= 0.75 * height for (a, height), (b, _) in pairwise(places))
    assert places[0][0] >= bottom
    assert places[-1][0] + 0.75 * places[-1][1] <= top
    assert all(item.pos().x() >= left for item in items)
    assert all(item.pos().x() + item.boundingRect().width() * across <= right + 1e-6 for item in items)


def test_a_far_ideal_leaves_the_losses_their_room_and_is_dashed(shown):
    panel = drawn(shown, arrays={"ideal": scenes.floats(np.full(20, 9.0))}, theme=LIGHT)
    *_, top = panel.speed.visible_box()
    assert 0.0 < top < 4.0
    pen = panel.curves_["ideal"].opts["pen"]
    assert pen.color().name() == LIGHT.truth.lower()
    assert pen.style().name == "DashLine"


def test_the_outputs_lie_under_the_curves(shown):
    panel = drawn(shown)
    assert panel.speed.visible_box()[:2] == pytest.approx(panel.outputs.visible_box()[:2])
    edges, density = panel.density.getData()
    assert np.allclose(edges, np.linspace(-13.0, -3.0, 31))
    assert np.allclose(density, 0.1)


def test_saturation_beyond_all_digits_is_left_out(shown):
    panel = drawn(shown, Minimax(), {"saturating": scenes.floats(np.full(20, -np.inf))})
    assert np.isfinite(panel.speed.visible_box()).all()
    assert not panel.labels.items["saturating"].isVisible()


def test_a_vanishing_singular_value_lies_far_left_and_the_dimensions_are_told(shown):
    panel = drawn(shown)
    largest, smallest = (outline.getData()[1] for outline in panel.outlines)
    assert (np.argmax(largest), np.argmax(smallest)) == (35, 10)
    assert panel.told.toPlainText() == "condition 312\n1.0 of 2 dims"
    assert panel.stretch.caption == "log10 σ1 σ2 of G"


def test_a_latent_on_the_line_has_one_singular_value(shown):
    panel = drawn(shown)
    arrays = {"edges": STRETCH.arrays["edges"], "density": scenes.floats([np.eye(40)[20]])}
    panel.receive(scenes.frame({"singular_values": Picture(4, arrays, STRETCH.numbers)}), {})
    panel.draw()
    assert not panel.outlines[0].isVisible()
    assert np.argmax(panel.outlines[1].getData()[1]) == 20
    assert panel.stretch.caption == "log10 σ of G"
    assert panel.told.toPlainText() == "median 0.01\n1.0 of 2 dims"


def test_networks_that_are_no_longer_finite_leave_the_last_picture(shown):
    panel = drawn(shown)
    panel.receive(scenes.frame({"velocities": Picture(5, {}), "singular_values": Picture(5, {})}), {})
    panel.draw()
    assert np.allclose(panel.curves_["saturating"].getData()[0], V)
    assert panel.header.numbers == ()
