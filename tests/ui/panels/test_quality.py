"""Quality over time and the precision-recall curve, and the matrix of what discriminators remember."""

import numpy as np
import pytest
import scenes

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.files import to_toml
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.palette import DARK, LIGHT
from ganlab_desktop.ui.panels.memory import Memory
from ganlab_desktop.ui.panels.quality import MEASURES, Quality
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Picture

COLUMNS = (
    *("accuracy_real", "accuracy_fake", "mean_fake", "held_out_gap"),
    *("support_size", "support_truth", "sliced_w2", "sliced_w2_floor", "precision", "recall"),
)
ROWS = np.stack([np.linspace(k, k + 1, 20) for k in range(len(COLUMNS))], axis=1)
ROWS[:, COLUMNS.index("held_out_gap")] = np.nan
RESPONSES = ("two_sample", "two_sample_best", "duality_gap")
CURVE = np.stack([np.linspace(0.0, 0.6, 30), np.linspace(0.9, 0.0, 30)], axis=1)
TRUTH = np.stack([np.linspace(0.0, 1.0, 30), np.linspace(1.0, 0.0, 30)], axis=1)
PICTURE = Picture(
    20, {"curve": scenes.floats(CURVE), "truth": scenes.floats(TRUTH)}, {"precision": 0.912, "recall": 0.334, "h": 0.01}
)


def series() -> dict:
    responses = np.tile([0.9, 0.95, 0.4], (20, 1))
    return scenes.series_of("quality", COLUMNS, ROWS) | scenes.series_of("best_response", RESPONSES, responses)


def drawn(shown, picture=PICTURE):
    panel = shown(Quality)
    panel.set_scene(scenes.ring())
    panel.receive(scenes.frame({"quality": picture}), series())
    panel.draw()
    return panel


def choose(panel, title):
    panel.choice.setCurrentIndex([measure.title for measure in MEASURES].index(title))
    panel.draw()


def test_the_curve_stands_beside_that_of_true_samples(shown):
    panel = drawn(shown)
    assert np.allclose(np.stack(panel.reached.getData(), axis=1), CURVE)
    assert np.allclose(np.stack(panel.best.getData(), axis=1), TRUTH)
    assert panel.best.opts["pen"].color().name() == DARK.truth.lower()
    assert [(n.label, n.value) for n in panel.header.numbers] == [("recall", "0.33"), ("precision", "0.91")]


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.title)
def test_each_measure_draws_its_columns_and_says_what_it_tells(shown, measure):
    panel = drawn(shown)
    choose(panel, measure.title)
    rows = {"quality": dict(zip(COLUMNS, ROWS.T, strict=True))}
    rows["best_response"] = {name: np.full(20, value) for name, value in zip(RESPONSES, (0.9, 0.95, 0.4), strict=True)}
    drawn_lines = () if measure.title == "Held-out gap" else zip(measure.lines, panel.time.curves, strict=True)
    for line, curve in drawn_lines:
        assert np.allclose(curve.raw.getData()[1], rows[measure.study][line.column], equal_nan=True)
    assert panel.time.toolTip() == panel.choice.toolTip() == measure.tip
    if measure.title == "Held-out gap":
        assert panel.time.isHidden()
        assert "set Training points above 0" in panel.why.text()
    else:
        assert panel.why.isHidden()
        assert measure.lines[0].label in panel.time.caption


@pytest.mark.parametrize(
    ("title", "changes", "reason"),
    [
        ("Accuracy of D", {"objective.kind": "wasserstein"}, "of a critic only differences count"),
        ("Duality gap", {"discriminator.packing": 2}, "groups of samples"),
        ("Duality gap", {"objective.kind": "wasserstein"}, "nothing bounds the critic"),
        ("Precision, recall", {}, "density"),
    ],
)
def test_a_measure_that_has_no_value_says_why(shown, title, changes, reason):
    panel = shown(Quality)
    panel.set_scene(scenes.ring(experiment=to_toml(with_changes(Experiment(), changes))))
    rows = scenes.series_of("quality", COLUMNS, np.full_like(ROWS, np.nan))
    panel.receive(
        scenes.frame({"quality": PICTURE}),
        rows | scenes.series_of("best_response", RESPONSES, ROWS[:, 3:4] * [1, 1, 1]),
    )
    choose(panel, title)
    assert reason in panel.why.text()
    assert panel.why.isVisible()
    assert panel.time.isHidden()


def test_searches_run_only_while_their_measure_is_chosen(shown):
    panel = drawn(shown)
    assert panel.probes == ("quality",)
    choose(panel, "Duality gap")
    assert panel.probes == ("quality", "best_response")
    choose(panel, "Sliced W2")
    assert panel.probes == ("quality",)


def test_data_without_density_have_no_curve_but_the_rest(shown):
    panel = drawn(shown, Picture(20, {}, {}))
    assert panel.tradeoff.isHidden()
    assert panel.time.isVisible()
    assert panel.header.numbers == ()
    panel.apply_theme(LIGHT)
    panel.draw()


STEPS = np.array([0, 100, 200, 400])
MATRIX = np.array([[0.5, 0.5, 0.5, 0.5], [0.1, 0.2, 0.9, 0.9], [0.3, 0.1, 0.2, 0.9], [0.8, 0.4, 0.1, 0.2]])


def remembered(shown, steps=STEPS, matrix=MATRIX, scene=None):
    panel = shown(Memory)
    panel.set_scene(scene or scenes.ring())
    arrays = {"matrix": scenes.floats(matrix), "steps": Array.of(steps)}
    panel.receive(scenes.frame({"memory": Picture(400, arrays, {"neutral": 0.5})}), {})
    panel.draw()
    return panel


def test_cells_lie_at_their_steps_and_colours_are_centred_on_a_d_that_cannot_tell(shown):
    panel = remembered(shown)
    low, high = panel.image.levels
    assert low + high == pytest.approx(1.0)
    assert high - 0.5 == pytest.approx(0.4)
    left, right = -50.0, 500.0  # as far beyond the ends as the next borders lie inside
    cells = panel.image.values
    for t, up in enumerate(STEPS):
        for s, across in enumerate(STEPS):
            row, column = (int((place - left) / (right - left) * len(cells)) for place in (up, across))
            assert cells[row, column] == pytest.approx(MATRIX[t, s], abs=1e-6)


def test_hovering_reads_who_judges_whom(shown):
    panel = remembered(shown)
    panel.map.hovered.emit(90.0, 390.0)
    assert panel.map.caption == "D of step 400 on G of step 100: D(G(z)) = 0.400"
    panel.map.left.emit()
    assert "400" not in panel.map.caption


def test_a_critics_matrix_is_read_against_real_data(shown):
    panel = remembered(shown, scene=scenes.ring("score", neutral=None))
    assert "D(x)" in panel.bar.name


def test_one_state_is_not_yet_a_matrix(shown):
    panel = remembered(shown, STEPS[:1], MATRIX[:1, :1])
    assert not panel.picture.isVisible()
    assert "fewer than two states" in panel.empty.text()  # and not that training has yet to start
    assert panel.header.numbers == ()
    panel = remembered(shown)
    panel.set_scene(scenes.ring(layout=1))
    assert panel.image.values is None
    panel.draw()
    assert panel.empty.isVisible()
