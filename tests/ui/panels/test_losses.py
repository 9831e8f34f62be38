"""The loss curves: what they show for which objective, in a range that stays calm."""

import math
import time

import numpy as np
import pytest
import scenes
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from ganlab_desktop.experiment.conditioning import Projection
from ganlab_desktop.experiment.experiment import LabelSmoothing
from ganlab_desktop.experiment.networks import MlpDiscriminator
from ganlab_desktop.experiment.objectives import (
    FGan,
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    RelativisticAverage,
    RelativisticAverageHinge,
    RelativisticAverageLeastSquares,
    RelativisticPaired,
    Wasserstein,
)
from ganlab_desktop.experiment.penalties import R1, GradientPenalty, OneSidedGradientPenalty, WeightClipping
from ganlab_desktop.palette import LIGHT
from ganlab_desktop.ui.panels.losses import Losses
from ganlab_desktop.ui.series import Series
from ganlab_desktop.wire.messages import Edited, Finding


def drawn(shown, objective, series, **changes):
    panel = shown(Losses)
    panel.set_scene(scenes.ring(changes={"objective": objective} | changes))
    panel.receive(scenes.frame(), series)
    panel.draw()
    return panel


@pytest.mark.parametrize(
    ("objective", "levels"),
    [
        (Minimax(), [math.log(4), -math.log(2)]),
        (NonSaturating(), [math.log(4), math.log(2)]),
        (Hinge(), [2.0]),
        (LeastSquares(), [0.25, 0.125]),
        (LeastSquares(a=-1.0, b=1.0, c=0.0), [1.0, 0.0]),
        (Wasserstein(), []),
        (RelativisticPaired(), [math.log(2)]),
        (RelativisticAverage(), [2 * math.log(2)]),
        (RelativisticAverageLeastSquares(), [2.0]),
        (RelativisticAverageHinge(), [2.0]),
        (FGan(), [0.0, -1.0]),
        (FGan(divergence="reverse_kl", generator_form="alternative"), [0.0, 1.0]),
        (FGan(divergence="gan", generator_form="alternative"), [math.log(4), math.log(2)]),
        (FGan(divergence="gan"), [math.log(4), -math.log(2)]),
        (FGan(divergence="pearson"), [0.0]),
    ],
)
def test_equilibrium_is_drawn_where_the_objective_has_one(shown, objective, levels):
    panel = drawn(shown, objective, scenes.losses(1.0, 1.0))
    assert [level.value for level in panel.plot.levels] == pytest.approx(levels)


@pytest.mark.parametrize("objective", [Minimax(), NonSaturating()])
def test_equilibrium_moves_with_a_smoothed_label_unless_it_fades(shown, objective):
    def levels(smoothing):
        panel = drawn(shown, objective, scenes.losses(1.0, 1.0), label_smoothing=smoothing)
        return [level.value for level in panel.plot.levels]

    # What both pay where p_g = p_data, minimised over all D on a fine grid.
    d = np.linspace(1e-5, 1.0 - 1e-5, 200_001)
    pays = -(0.8 * np.log(d) + 0.2 * np.log(1.0 - d)) - np.log(1.0 - d)
    best = d[pays.argmin()]
    aim = math.log(1.0 - best) if isinstance(objective, Minimax) else -math.log(best)
    assert levels(LabelSmoothing(real=0.8)) == pytest.approx([pays.min(), aim], abs=1e-4)
    assert levels(LabelSmoothing(real=0.8, steps=100)) == levels(LabelSmoothing())


def test_curves_hold_the_losses_and_the_header_their_means(shown):
    panel = drawn(shown, NonSaturating(), scenes.losses(1.25, 0.75, count=200))
    discriminator, generator = panel.plot.curves
    steps, values = discriminator.smooth.getData()
    assert np.array_equal(steps, np.arange(200))
    np.testing.assert_allclose(values, 1.25, rtol=1e-5)
    np.testing.assert_allclose(generator.raw.getData()[1], 0.75)
    assert [(number.label, number.value) for number in panel.header.numbers] == [("D", "1.250"), ("G", "0.750")]


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({}, "critic's difference of means"),
        ({"penalties": (R1(),)}, "critic's difference of means"),
        ({"penalties": (GradientPenalty(weight=0.0),)}, "critic's difference of means"),
        ({"penalties": (WeightClipping(),)}, "critic's estimate of K W1"),
        ({"penalties": (OneSidedGradientPenalty(),)}, "critic's estimate of K W1"),
        ({"penalties": (GradientPenalty(),)}, "critic's estimate of K W1"),
        ({"discriminator": MlpDiscriminator(spectral_norm=True)}, "lower bound of W1"),
        ({"discriminator": MlpDiscriminator(orthonormal=True, activation="groupsort")}, "lower bound of W1"),
        *(
            ({"discriminator": MlpDiscriminator(spectral_norm=True, **spoiled)}, "critic's estimate of K W1")
            for spoiled in (
                {"norm": "layer"},
                {"residual": True},
                {"fourier": 8},
                {"minibatch": "stddev"},
                {"packing": 2},
                {"activation": "silu"},
                {"activation": "gelu"},
            )
        ),
        (
            {"discriminator": MlpDiscriminator(spectral_norm=True), "conditioning": Projection()},
            "critic's estimate of K W1",
        ),
    ],
)
def test_wasserstein_shows_a_distance_only_where_slopes_are_bounded(shown, changes, label):
    panel = drawn(shown, Wasserstein(), scenes.losses(-0.4, 17.0), **changes)
    (curve,) = panel.plot.curves
    np.testing.assert_allclose(curve.smooth.getData()[1], 0.4, rtol=1e-5)
    assert [(n.label, n.value) for n in panel.header.numbers] == [(label, "0.400")]
    assert "lags behind G" in panel.header.toolTip()


def test_another_constraint_renames_the_curve(shown):
    panel = drawn(shown, Wasserstein(), scenes.losses(-0.4, 17.0))
    panel.set_scene(scenes.ring(changes={"objective": Wasserstein(), "penalties": (GradientPenalty(),)}))
    panel.draw()
    (curve,) = panel.plot.curves
    assert (curve.label, panel.header.numbers[0].label) == ("K W1", "critic's estimate of K W1")


def test_raw_trace_of_a_long_run_keeps_its_extremes_in_few_points(shown):
    series = Series()
    rows = np.zeros((300_000, 5), np.float32)
    rows[123_456, 0] = 7.0
    series.extend(scenes.steps(rows))
    panel = drawn(shown, NonSaturating(), {"step": series})
    steps, values = panel.plot.curves[0].raw.getData()
    assert len(steps) <= 2000
    assert np.nanmax(values) == 7.0


def test_early_outliers_do_not_stretch_the_range(shown):
    rows = np.full((1000, 5), 1.0, np.float32)
    rows[:5, :2] = 500.0
    series = Series()
    series.extend(scenes.steps(rows))
    panel = drawn(shown, NonSaturating(), {"step": series})
    assert panel.plot.visible_box()[3] < 3.0


def test_a_generator_that_has_not_moved_yet_draws_nothing(shown):
    rows = np.tile(np.float32([1.0, np.nan, 0, 0, 0]), (50, 1))
    series = Series()
    series.extend(scenes.steps(rows))
    panel = drawn(shown, NonSaturating(), {"step": series})
    assert not panel.plot.curves[1].end.isVisible()
    assert panel.header.numbers[1].value == "–"


def test_hovering_reads_values_and_tells_the_step(shown, qtbot):
    panel = drawn(shown, NonSaturating(), scenes.losses(1.25, 0.75))
    with qtbot.waitSignal(panel.cursor_moved) as told:
        panel.plot.hovered.emit(99.7, 0.0)
    assert told.args == [100]
    text = panel.plot._reading.toPlainText()
    assert "100" in text
    assert "1.250" in text
    panel.plot.left.emit()
    assert not panel.plot._reading.isVisible()


def test_double_click_shows_the_whole_history_again(shown):
    panel = drawn(shown, NonSaturating(), scenes.losses(1.0, 1.0, count=5000))
    panel.plot.view.setRange(xRange=(1000, 1200), padding=0)
    panel.plot.moved.emit()
    panel.draw()
    assert panel.plot.visible_box()[:2] == pytest.approx((1000, 1200))
    panel.plot.fit_wanted.emit()
    panel.draw()
    assert panel.plot.visible_box()[0] <= 0
    assert panel.plot.visible_box()[1] > 5000


def test_curves_take_on_the_colours_of_their_meaning(shown):
    panel = drawn(shown, NonSaturating(), scenes.losses(1.0, 1.0))
    panel.apply_theme(LIGHT)
    discriminator, generator = panel.plot.curves
    assert discriminator.smooth.opts["pen"].color().name() == LIGHT.discriminator.lower()
    assert generator.smooth.opts["pen"].color().name() == LIGHT.fake.lower()
    assert panel.plot.levels[0].line.pen.color().name() == LIGHT.truth.lower()


def test_a_million_steps_repaint_at_the_cost_of_a_few_thousand(shown):
    panel = shown(Losses)
    panel.set_scene(scenes.ring())

    def cost(count: int) -> float:
        series = Series()
        noise = np.random.default_rng(0).normal(size=(count, 5)).astype(np.float32)
        series.extend(scenes.steps(noise))
        panel.receive(scenes.frame(), {"step": series})
        times = []
        for _ in range(15):
            begin = time.perf_counter()
            panel.draw()
            panel.plot.grab()
            times.append(time.perf_counter() - begin)
        return min(times)

    few = cost(4_000)
    assert cost(1_000_000) < 3 * few


def test_neither_curve_nor_mean_knows_the_losses_of_an_earlier_objective(shown):
    series = Series()
    rows = np.zeros((200, 5), np.float32)
    rows[:121, 0], rows[121:, 0] = 1.386, -0.4
    series.extend(scenes.steps(rows))
    panel = shown(Losses)
    panel.set_scene(scenes.ring(changes={"objective": Wasserstein()}, objective_since=120))
    panel.receive(scenes.frame(), {"step": series})
    panel.draw()
    steps, values = panel.plot.curves[0].smooth.getData()
    assert steps[0] == 121
    np.testing.assert_allclose(values, 0.4, rtol=1e-5)
    assert panel.header.numbers[0].value == "0.400"
    left, _, bottom, _ = panel.plot.visible_box()
    assert 115 < left <= 121
    assert bottom > 0.0


def test_right_after_a_change_of_objective_there_is_no_loss_yet(shown):
    panel = drawn(shown, NonSaturating(), scenes.losses(1.0, 0.7, count=100))
    panel.set_scene(scenes.ring(changes={"objective": Hinge()}, objective_since=99))
    panel.draw()
    assert [number.value for number in panel.header.numbers] == ["–", "–"]
    assert not panel.plot.curves[0].end.isVisible()


def hovered(panel, x, y):
    """The tooltip that comes up where the mouse rests."""
    view = panel.plot.viewport()
    spot = panel.plot.mapFromScene(panel.plot.view.mapViewToScene(QPointF(x, y)))
    resting = QHelpEvent(QEvent.Type.ToolTip, spot, view.mapToGlobal(spot))
    QApplication.sendEvent(view, resting)
    return QToolTip.text() if resting.isAccepted() else ""


COLLAPSE = Finding("mode_collapse", 50, "mode collapse", "It reaches {reached:.0f} modes. Try <R1>.", {"reached": 3.0})


def test_findings_stand_at_their_step_with_their_title_and_tell_their_text_on_hovering(shown):
    panel = drawn(shown, NonSaturating(), scenes.losses(1.0, 0.7, count=200))
    panel.apply_theme(LIGHT)
    panel.set_findings((COLLAPSE,))
    (event,) = panel.plot.events
    assert event.line.value() == 50
    assert event.line.pen.color().name() == LIGHT.trouble.lower()
    assert event.label.toPlainText() == "mode collapse"
    for spot in ((50, 0.85), (50, 0.8)):
        assert "It reaches 3 modes. Try &lt;R1&gt;." in hovered(panel, *spot)
    assert hovered(panel, 150, 0.85) == ""
    items = panel.plot.scene().items()
    assert event.line in items
    panel.set_findings((COLLAPSE,))
    assert panel.plot.events == [event]
    panel.set_findings(())
    assert panel.plot.events == []
    assert not {event.line, event.label} & set(panel.plot.scene().items())


def test_titles_of_findings_at_nearby_steps_stand_below_each_other_and_inside(shown):
    panel = drawn(shown, NonSaturating(), scenes.losses(1.0, 0.7, count=200))
    panel.set_findings(tuple(replace(COLLAPSE, step=step) for step in (10, 12, 199)))
    panel.draw()
    left, right, _, top = panel.plot.visible_box()
    across = (right - left) / panel.plot.view.width()
    spots = [(event.label.pos().x(), event.label.pos().y()) for event in panel.plot.events]
    widths = [event.size()[0] * across for event in panel.plot.events]
    assert spots[0][1] < top
    assert spots[1][1] < spots[0][1]
    assert spots[2][1] == spots[0][1]
    assert all(left <= x and x + width <= right * 1.001 for (x, _), width in zip(spots, widths, strict=True))


def test_the_header_tells_the_losses_of_the_moment_that_is_shown(shown):
    series = Series()
    series.extend(scenes.steps(np.repeat(np.float32([[1.0, 2.0, 0, 0, 0], [3.0, 4.0, 0, 0, 0]]), 300, axis=0)))
    panel = drawn(shown, NonSaturating(), {"step": series})
    newest = [number.value for number in panel.header.numbers]
    panel.set_moment(250)
    panel.draw()
    assert [number.value for number in panel.header.numbers] == ["1.000", "2.000"]
    panel.set_moment(-1)
    panel.draw()
    assert [number.value for number in panel.header.numbers] == newest != ["1.000", "2.000"]


def test_a_change_of_objective_is_told_and_parts_the_losses_on_either_side(shown):
    series = Series()
    rows = np.zeros((200, 5), np.float32)
    rows[:121, 0], rows[121:, 0] = 1.386, -40.0
    series.extend(scenes.steps(rows))
    edits = (Edited(50, "generator_optimizer.lr: 0.001 → 0.002"), Edited(120, "objective.kind: x → wasserstein"))
    panel = drawn(shown, NonSaturating(), {"step": series})
    assert panel.plot.caption == ""
    changed = {"changes": {"objective": Wasserstein()}, "objective_since": 120, "edits": edits}
    panel.set_scene(scenes.ring(**changed, step=199, head=199))
    panel.draw()
    assert panel.plot.caption == "objective changed: from step 120 on"
    panel.set_scene(scenes.ring(edits=edits, step=100, head=199))
    panel.draw()
    series.extend(scenes.steps(rows))  # as the engine sends them again
    panel.draw()
    assert panel.plot.caption == "objective changed at step 120"
    steps, values = panel.plot.curves[0].raw.getData()
    assert steps[-1] == 120
    np.testing.assert_allclose(values, 1.386, rtol=1e-5)
    assert 120 < panel.plot.visible_box()[1] < 180
