"""The critic field: norms as colours, directions as arrows, distributions around 1."""

import numpy as np
import pytest
import scenes
from test_wall import images

from ganlab_desktop.experiment.objectives import Wasserstein
from ganlab_desktop.experiment.penalties import R1, Dragan, GradientPenalty
from ganlab_desktop.palette import LIGHT
from ganlab_desktop.ui.panels.critic import CriticField
from ganlab_desktop.wire.messages import Picture


def drawn(shown, scene, picture):
    panel = shown(CriticField)
    panel.set_scene(scene)
    panel.receive(scenes.frame({"critic_field": picture}), {})
    panel.draw()
    return panel


def test_norms_are_coloured_from_zero_to_nearly_the_largest(shown):
    picture = scenes.pictures()["critic_field"]
    panel = drawn(shown, scenes.ring(), picture)
    norm = picture.arrays["norm"].numpy()
    assert np.array_equal(panel.image.values, norm)
    assert panel.image.levels[0] == 0.0
    assert np.percentile(norm, 99) < panel.image.levels[1] <= norm.max()
    assert [number.value for number in panel.header.numbers] == ["0.52", "1.87"]


def test_arrows_point_along_the_gradient_and_stay_in_their_cells(shown):
    field = np.zeros((4, 4, 2))
    field[..., 0], field[1, 2] = 1.0, (0.0, 50.0)
    arrays = {"norm": scenes.floats(np.ones((8, 8))), "quiver": scenes.floats(field)}
    panel = drawn(shown, scenes.ring(), Picture(1, arrays, scenes.BOX | {"mean": 1.0, "max": 1.0}))
    x, y = panel.field.getData()
    tails, tips = np.stack([x[0::6], y[0::6]], 1), np.stack([x[1::6], y[1::6]], 1)
    centres = (tails + tips) / 2
    assert np.allclose(centres, [(cx, cy) for cy in (-1.5, -0.5, 0.5, 1.5) for cx in (-1.5, -0.5, 0.5, 1.5)])
    along = tips - tails
    assert np.allclose(along[0], (along[0, 0], 0))
    assert along[0, 0] > 0
    assert np.allclose(along[6], (0, along[6, 1]))
    assert np.all(np.hypot(*along.T) <= 1.0)


def test_distributions_are_told_apart_and_one_is_marked(shown):
    panel = drawn(shown, scenes.ring(), scenes.pictures()["critic_field"])
    panel.apply_theme(LIGHT)
    assert panel.outlines["real"].opts["pen"].color().name() == LIGHT.real.lower()
    assert panel.outlines["fake"].opts["pen"].color().name() == LIGHT.fake.lower()
    assert panel.one.value() == 1.0
    left, right, *_ = panel.histogram.visible_box()
    assert left <= 0 < 1 < right
    assert len(panel.outlines["real"].getData()[1]) == 40


def test_on_the_line_the_norm_is_a_curve(shown):
    picture = scenes.line_pictures()["critic_field"]
    panel = drawn(shown, scenes.mixture(), picture)
    x, y = panel.curve.getData()
    assert panel.curve.isVisible()
    assert not panel.image.isVisible()
    assert np.allclose(x[[0, -1]], (-4, 4))
    assert np.allclose(y, picture.arrays["norm"].numpy()[0])


def test_the_largest_norm_and_the_product_of_the_layers_enclose_the_slope(shown):
    panel = shown(CriticField)
    panel.set_scene(scenes.ring())
    bracket = Picture(1, {}, {"lower": 1.87, "upper": 8.3})
    panel.receive(scenes.frame({"critic_field": scenes.pictures()["critic_field"], "lipschitz": bracket}), {})
    panel.draw()
    assert panel.map.caption == "1.87 ≤ L ≤ 8.30"
    assert "product" in panel.map.toolTip()


def test_where_the_slope_has_no_bound_the_tooltip_says_why(shown):
    panel = shown(CriticField)
    panel.set_scene(scenes.ring(no_bound="layer norm divides"))
    bracket = Picture(1, {}, {"lower": 1.87, "upper": float("nan")})
    panel.receive(scenes.frame({"critic_field": scenes.pictures()["critic_field"], "lipschitz": bracket}), {})
    panel.draw()
    assert panel.map.caption.strip() == ""
    assert "layer norm divides" in panel.map.toolTip()


@pytest.mark.parametrize(
    ("changes", "marked"),
    [
        ({}, False),
        ({"penalties": (R1(),)}, False),
        ({"penalties": (Dragan(),)}, True),
        ({"penalties": (GradientPenalty(),)}, True),
        ({"objective": Wasserstein()}, True),
    ],
    ids=str,
)
def test_one_is_marked_only_where_slopes_are_to_be_1(shown, changes, marked):
    panel = drawn(shown, scenes.ring(changes=changes), scenes.pictures()["critic_field"])
    assert panel.one.isVisible() == marked


def slopes(upper: float = 9.5) -> Picture:
    arrays = {"edges": scenes.floats(np.linspace(0.0, 0.4, 41))}
    arrays |= {name: scenes.floats(np.full(40, 2.5)) for name in ("real", "fake", "between")}
    return Picture(100, arrays, {"mean": 0.21, "max": 0.38, "upper": upper})


def of_images(shown, scene, picture):
    panel = shown(CriticField)
    panel.set_scene(scene)
    rows = np.array([[0.1, 0.2, 0.3, 0.5, 9.0], [0.2, 0.25, 0.18, 0.38, 9.5], [0.2, 0.25, 0.18, 0.38, 9.5]])
    series = scenes.series_of("critic_slopes", ("real", "fake", "between", "lower", "upper"), rows)
    panel.receive(scenes.frame({"critic_slopes": picture}), series)
    panel.draw()
    return panel


def test_of_images_mean_norms_over_time_stand_in_the_place_of_the_map(shown):
    panel = of_images(shown, images(), slopes())
    assert panel.probes == ("critic_slopes",)
    assert panel.time.isVisible()
    assert not panel.map.isVisible()
    assert panel.time.caption == "|∇D|, 0.38 ≤ L ≤ 9.50"
    assert [curve.value_at(0) for curve in panel.time.curves] == pytest.approx([0.1, 0.2, 0.3])
    assert [number.value for number in panel.header.numbers] == ["0.21", "0.38"]
    assert panel.histogram.visible_box()[1] == pytest.approx(0.4, rel=0.1)  # small slopes fill the picture
    assert np.allclose(panel.outlines["fake"].getData()[1], 2.5)


def test_of_images_a_slope_of_1_is_in_sight_where_it_is_asked_for(shown):
    scene = images(experiment=scenes.ring(changes={"objective": Wasserstein()}).experiment)
    panel = of_images(shown, scene, slopes(float("nan")))
    assert panel.one.isVisible()
    assert panel.histogram.visible_box()[1] > 1.0
    assert panel.time.caption == "|∇D|"


def test_a_plane_has_its_map_back_after_images(shown):
    panel = of_images(shown, images(), slopes())
    panel.set_scene(scenes.ring(run="other"))
    panel.receive(scenes.frame({"critic_field": scenes.pictures()["critic_field"]}), {})
    panel.draw()
    assert panel.map.isVisible()
    assert not panel.time.isVisible()
    assert panel.probes == ("critic_field", "lipschitz")
