"""What theory says beside what was learnt: the truth panel and the canvas's layers of the best D."""

import msgspec
import numpy as np
import pytest
import scenes

from ganlab_desktop.experiment.objectives import LeastSquares, Wasserstein
from ganlab_desktop.experiment.penalties import GradientPenalty
from ganlab_desktop.palette import LIGHT
from ganlab_desktop.ui.panels.canvas import Canvas
from ganlab_desktop.ui.panels.truth import Truth
from ganlab_desktop.wire.messages import Picture

CRITIC = {"objective": Wasserstein()}
VALUE = np.stack([np.linspace(-1.3, -0.4, 20), np.linspace(-0.1, -0.3, 20)], axis=1)
W1 = np.stack([np.linspace(2.0, 0.3, 20), *(np.full(20, x) for x in (0.08, 0.25, 1.6, 0.9))], axis=1)
TRANSPORT = Picture(
    20,
    {
        "start": scenes.floats([[0.0, 0.0], [1.0, 1.0]]),
        "end": scenes.floats([[1.0, 0.0], [1.0, 2.0]]),
        "optimal": scenes.floats(np.full((64, 64), 2.0)),
    },
    scenes.BOX | dict(zip(("w1", "floor", "estimate", "slope", "cosine"), W1[-1], strict=True)),
)
BEST = Picture(
    20,
    {
        "optimal": scenes.floats(np.where(np.arange(64) < 32, 0.05, 0.95) * np.ones((64, 1))),
        "difference": scenes.floats(np.full((64, 64), 0.3)),
        "ratio": scenes.floats(np.tile(np.linspace(-9.0, 9.0, 64), (64, 1))),
    },
    scenes.BOX | {"value": -0.4, "optimum": -0.3},
)


def series() -> dict:
    return scenes.series_of("truth", ("value", "optimum"), VALUE) | scenes.series_of(
        "transport", ("w1", "floor", "estimate", "slope", "cosine"), W1
    )


def panel_of(shown, scene, pictures):
    panel = shown(Truth)
    panel.set_scene(scene)
    panel.receive(scenes.frame(pictures), series())
    panel.draw()
    return panel


def test_the_value_stands_under_its_optimum_with_the_gap_between(shown):
    panel = panel_of(shown, scenes.ring(), {"truth": BEST, "transport": TRANSPORT})
    value, optimum = panel.value.curves
    assert np.allclose(value.raw.getData()[1], VALUE[:, 0])
    assert np.allclose(optimum.raw.getData()[1], VALUE[:, 1])
    assert not panel.gap.path().isEmpty()
    told = {number.label: number.value for number in panel.header.numbers}
    assert told["gap"] == "0.100"
    assert told["W1"] == "0.300"


def test_a_critic_is_shown_against_the_distance(shown):
    panel = panel_of(shown, scenes.ring("score", CRITIC), {"transport": TRANSPORT})
    assert panel.value.isHidden()
    assert [curve.name for curve in panel.distance.curves] == ["estimate", "w1", "floor"]
    told = {number.label: number.value for number in panel.header.numbers}
    assert told["slope"] == "1.600"
    assert told["cosine"] == "0.900"


@pytest.mark.parametrize("reasons", [{"no_optimum": "no closed form"}, {}])
def test_where_there_is_no_optimum_or_no_value_the_header_says_why(shown, reasons):
    scene = scenes.ring(no_value="no closed form", **reasons)
    panel = panel_of(shown, scene, {"transport": TRANSPORT})
    assert panel.value.isHidden()
    assert "no closed form" in panel.header.explanation
    assert len(panel.distance.curves) == 2


@pytest.fixture
def canvas(shown):
    panel = shown(Canvas, 700, 600)
    panel.set_scene(scenes.ring())
    return panel


def show(panel, pictures):
    panel.receive(scenes.frame(pictures), {})
    panel.draw()


def test_truth_costs_nothing_until_it_is_wanted(canvas):
    assert not {"truth", "transport"} & set(canvas.probes)
    canvas.bar.buttons["optimal"].click()
    assert "truth" in canvas.probes
    canvas.bar.buttons["plan"].click()
    assert "transport" in canvas.probes


def test_the_best_d_takes_all_of_its_range_and_the_difference_as_much_about_zero(canvas):
    for name in ("optimal", "difference"):
        canvas.bar.buttons[name].click()
        show(canvas, scenes.pictures() | {"truth": BEST})
    best, difference = (canvas.plane.layers[name].image for name in ("optimal", "difference"))
    assert best.levels == (0.0, 1.0)
    assert difference.levels == (-0.5, 0.5)


def test_the_plan_joins_pairs(canvas):
    canvas.bar.buttons["plan"].click()
    canvas.apply_theme(LIGHT)
    show(canvas, scenes.pictures() | {"transport": TRANSPORT})
    x, y = canvas.plane.layers["plan"].segments.getData()
    assert np.allclose(np.stack([x, y], 1), [[0, 0], [1, 0], [1, 1], [1, 2]])


def test_a_critics_best_is_the_potential(canvas):
    canvas.set_scene(scenes.ring("score", CRITIC))
    canvas.bar.buttons["optimal"].click()
    assert "transport" in canvas.probes
    assert "truth" not in canvas.probes
    show(canvas, scenes.pictures() | {"transport": TRANSPORT})
    assert np.allclose(canvas.plane.layers["optimal"].image.values, 2.0)
    assert canvas.plane.layers["optimal"].levels == canvas.plane.scale.range, "as the critic's own score"


def test_a_button_without_an_optimum_says_why(canvas):
    canvas.set_scene(scenes.ring(no_optimum="no closed form"))
    button = canvas.bar.buttons["optimal"]
    assert not button.isEnabled()
    assert "no closed form" in button.toolTip()


def test_the_log_ratio_has_colours_around_zero_that_the_bar_tells(canvas):
    assert canvas.colour_bar.name == "D(x)"
    canvas.bar.buttons["ratio"].click()
    assert "truth" in canvas.probes
    show(canvas, scenes.pictures() | {"truth": BEST})
    image = canvas.plane.layers["ratio"].image
    assert np.allclose(image.values, np.linspace(-9.0, 9.0, 64).clip(-5.0, 5.0))
    assert image.levels == (-5.0, 5.0)
    assert (canvas.colour_bar.name, canvas.colour_bar.high) == ("log p/q", "5.00")
    canvas.plane.hovered.emit(1.0, 0.0)
    assert "log p/q 4.50" in canvas.reading.text()
    canvas.bar.buttons["ratio"].click()
    show(canvas, scenes.pictures(1))
    assert canvas.colour_bar.name == "D(x)"


def test_the_log_ratio_needs_densities_only(canvas):
    button = canvas.bar.buttons["ratio"]
    canvas.set_scene(scenes.ring(no_optimum="no closed form"))
    assert button.isEnabled()
    canvas.set_scene(scenes.ring(no_optimum="no density", no_density="the generator has none"))
    assert not button.isEnabled()
    assert "the generator has none" in button.toolTip()


def test_a_critics_ratio_is_that_of_the_densities_and_its_best_the_potential(canvas):
    canvas.set_scene(scenes.ring("score", CRITIC))
    for name, study in (("optimal", "transport"), ("ratio", "truth")):
        canvas.bar.buttons[name].click()
        assert study in canvas.probes
        show(canvas, scenes.pictures() | {"transport": TRANSPORT, "truth": BEST})
    assert np.allclose(canvas.plane.layers["optimal"].image.values, 2.0)
    assert np.allclose(canvas.plane.layers["ratio"].image.values, np.linspace(-9.0, 9.0, 64).clip(-5.0, 5.0))


def test_without_an_optimum_nothing_is_measured_for_the_panel(shown):
    panel = shown(Truth)
    panel.set_scene(scenes.ring())
    assert panel.probes == ("truth", "transport")
    for scene in (scenes.ring(no_optimum="no closed form", no_value="no closed form"), scenes.ring("score", CRITIC)):
        panel.set_scene(scene)
        assert panel.probes == ("transport",)


def test_on_the_line_the_best_d_and_the_density_of_g_are_there_from_the_start(shown):
    panel = shown(Canvas, 700, 600)
    panel.set_scene(scenes.mixture())
    assert "truth" in panel.probes
    box = {"left": -4.0, "right": 4.0, "bottom": -1.0, "top": 1.0}
    x = np.linspace(-4.0, 4.0, 64)
    best = Picture(1, {"optimal": scenes.floats([np.abs(x) / 8]), "generated": scenes.floats([-(x**2) / 2])}, box)
    show(panel, scenes.line_pictures() | {"truth": best})
    assert np.allclose(panel.line.best.getData()[1], np.abs(x) / 8)
    assert np.allclose(panel.line.pushed.getData()[1], np.exp(-(x**2) / 2))
    panel.set_scene(msgspec.structs.replace(scenes.ring(), run="other"))
    assert "truth" not in panel.probes


@pytest.fixture
def colours_of(canvas):
    """The colours that a best D with these values gets, as positions in the table."""

    def index(values, scene=None, layer="optimal"):
        canvas.set_scene(scene or scenes.ring("score", neutral=0.0))
        canvas.bar.buttons[layer].setChecked(True)
        best = Picture(2, {layer: scenes.floats(np.tile(values, (64, 1)))}, scenes.BOX)
        spread = scenes.surface(np.tile(np.linspace(-1.0, 1.0, 64), (64, 1)))
        canvas.receive(scenes.frame({"surface": spread, "truth": best}), {})
        canvas.draw()
        image = canvas.plane.layers[layer].image
        low, high = image.levels
        return np.clip((np.asarray(image.values)[32] - low) / (high - low), 0.0, 1.0)

    return index


@pytest.mark.parametrize("layer", ["optimal", "difference"])
def test_an_infinite_best_d_has_the_colour_of_the_end_and_an_unknown_one_that_of_the_middle(colours_of, layer):
    values = np.repeat([np.inf, -np.inf, np.nan, 1e30], 16).astype(np.float32)
    found = colours_of(values, layer=layer)
    assert found[[4, 20, 36, 60]] == pytest.approx([1.0, 0.0, 0.5, 1.0])


def test_colours_turn_round_where_the_target_of_real_samples_is_the_lower_one(canvas):
    table = canvas.plane.layers["surface"].image._table
    canvas.set_scene(scenes.ring("score", {"objective": LeastSquares(a=1.0, b=0.0, c=0.0)}, neutral=0.5))
    assert np.array_equal(canvas.plane.layers["surface"].image._table, table[::-1])
    assert np.array_equal(canvas.plane.layers["ratio"].image._table, table)


def test_the_difference_from_a_potential_is_not_drawn(canvas):
    canvas.set_scene(scenes.ring("score", CRITIC))
    assert not canvas.bar.buttons["difference"].isEnabled()
    assert "potentials" in canvas.bar.buttons["difference"].toolTip()
    assert canvas.bar.buttons["optimal"].isEnabled()


def test_a_critic_without_an_estimate_says_why(shown):
    scene = scenes.ring("score", CRITIC, no_optimum="a reason", no_value="a reason")
    panel = panel_of(shown, scene, {"transport": TRANSPORT})
    assert "a reason" in panel.header.toolTip()
    assert [curve.label for curve in panel.distance.curves] == ["W1", "floor"]
    assert panel.value.isHidden()


def test_the_slope_that_a_gradient_penalty_leaves_is_told(shown):
    scene = scenes.ring("score", CRITIC | {"penalties": (GradientPenalty(weight=0.1),)})
    panel = panel_of(shown, scene, {"transport": TRANSPORT})
    assert "1 + d / (2 lambda), 6.000 at d = 1" in panel.header.toolTip()
