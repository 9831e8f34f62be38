"""Mode coverage: shares against weights, distance against its floor, and less where the data allow less."""

import time

import numpy as np
import pytest
import scenes

from ganlab_desktop.experiment.experiment import Ema
from ganlab_desktop.palette import DARK
from ganlab_desktop.ui.panels.coverage import Coverage
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Modes, Picture

ROWS = np.stack([np.full(30, 7), np.full(30, 0.8), np.linspace(0.6, 0.03, 30), np.full(30, 0.011)], axis=1)


def drawn(shown, scene, picture, rows=ROWS):
    panel = shown(Coverage)
    panel.set_scene(scene)
    panel.receive(scenes.frame({"coverage": picture}), scenes.measured(rows))
    panel.draw()
    return panel


def test_bars_show_each_modes_share_in_percent(shown):
    panel = drawn(shown, scenes.ring(), scenes.pictures()["coverage"])
    x, heights = panel.share_bars.getData()
    assert np.allclose(heights.reshape(8, 4)[:, 1], 100 * np.arange(8) / 40)
    assert np.allclose(x.reshape(8, 4).mean(axis=1), np.arange(1, 9))
    assert panel.share_bars.opts["brush"].color().name() == DARK.fake.lower()


def test_expected_weights_are_marked_even_where_they_differ(shown):
    modes = Modes(
        scenes.doubles(scenes.ring_centres()),
        scenes.doubles(np.tile(np.eye(2), (8, 1, 1))),
        scenes.doubles(np.arange(1.0, 9.0)),
    )
    panel = drawn(shown, scenes.ring(modes=modes), scenes.pictures()["coverage"])
    assert np.allclose(panel.weights.getData()[1].reshape(8, 4)[:, 0], 100 * np.arange(1, 9) / 36)


def test_header_tells_modes_quality_and_divergence(shown):
    panel = drawn(shown, scenes.ring(), scenes.pictures()["coverage"])
    assert [number.value for number in panel.header.numbers] == ["7 / 8", "84 %", "0.031"]


def test_divergence_is_drawn_over_time_with_its_floor(shown):
    panel = drawn(shown, scenes.ring(), scenes.pictures()["coverage"])
    divergence, floor = panel.time.curves
    assert np.allclose(divergence.raw.getData()[1], ROWS[:, 2])
    assert np.allclose(floor.raw.getData()[1], 0.011)
    assert panel.time.caption == "JSD (h = 0.014)"


def test_data_without_modes_show_the_curve_only(shown):
    nothing = Picture(
        1, {"near": scenes.floats([])}, {"modes": 0.0, "high_quality": 0.5, "jsd": 0.2, "jsd_floor": 0.01, "h": 0.1}
    )
    panel = drawn(shown, scenes.ring(modes=None), nothing)
    assert not panel.bars.isVisible()
    assert panel.time.isVisible()
    assert panel.views.isHidden()  # so that the curve has the whole width
    assert [number.value for number in panel.header.numbers] == ["50 %", "0.200"]


def test_data_without_a_density_show_the_share_of_good_samples(shown):
    rows = ROWS.copy()
    rows[:, 2:] = np.nan
    picture = Picture(
        1,
        {"near": scenes.floats(np.full(8, 0.1))},
        {"captured": 8.0, "modes": 8.0, "high_quality": 0.8, "jsd": np.nan},
    )
    panel = drawn(shown, scenes.ring(), picture, rows)
    (share,) = panel.time.curves
    assert np.allclose(share.raw.getData()[1], 0.8)
    assert panel.time.caption == "high-quality share"
    assert [number.label for number in panel.header.numbers] == ["modes", "quality"]


@pytest.mark.parametrize("count", [1, 100])
def test_any_number_of_modes_fits(shown, count):
    modes = Modes(
        scenes.doubles(np.random.default_rng(0).normal(size=(count, 2))),
        scenes.doubles(np.tile(np.eye(2), (count, 1, 1))),
        scenes.doubles(np.full(count, 1 / count)),
    )
    shares = Picture(1, {"near": scenes.floats(np.full(count, 1 / count))}, {"modes": float(count)})
    panel = drawn(shown, scenes.ring(modes=modes), shares)
    left, right, bottom, top = panel.bars.visible_box()
    assert left < 1
    assert right > count
    assert bottom <= 0 < 100 / count < top


def test_nothing_measured_on_other_data_is_drawn(shown):
    panel = drawn(shown, scenes.ring(layout=1, data_since=520), scenes.pictures()["coverage"])
    steps, values = panel.time.curves[0].raw.getData()
    assert steps[0] == 550
    assert np.allclose(values, ROWS[11:, 2])


def test_measure_follows_the_data_that_are_learned_now(shown):
    rows = ROWS.copy()
    rows[11:, 2:] = np.nan
    panel = drawn(shown, scenes.ring(layout=1, data_since=520), scenes.pictures()["coverage"], rows)
    (share,) = panel.time.curves
    assert share.name == "high_quality"
    assert share.raw.getData()[0][0] == 550


def test_it_says_where_the_moving_average_is_measured(shown):
    panel = drawn(shown, scenes.ring(), scenes.pictures()["coverage"])
    assert "average" not in panel.header.explanation
    panel.set_scene(scenes.ring(changes={"ema": Ema(half_life=5_000.0)}))
    assert "G's moving average" in panel.header.explanation


def test_points_of_which_nothing_is_known_leave_a_sentence_and_no_age(shown, monkeypatch):
    nothing = Picture(1, {"near": scenes.floats([])}, dict.fromkeys(("high_quality", "jsd", "jsd_floor"), np.nan))
    rows = np.full((3, 4), np.nan)
    panel = drawn(shown, scenes.ring(modes=None), nothing, rows)
    assert panel.empty.isVisible()
    assert "nothing is measured" in panel.empty.text()
    assert panel.header.numbers == ()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 60.0)
    panel.receive(scenes.frame(playing=True), scenes.measured(rows))
    assert panel.header.age == ""


def test_header_and_curve_tell_the_same_divergence_at_any_time(shown):
    panel = shown(Coverage)
    panel.set_scene(scenes.ring())
    for jsd in (0.5, 0.4):
        numbers = scenes.pictures()["coverage"].numbers | {"jsd": jsd}
        picture = Picture(1, {"near": scenes.floats(np.full(8, 0.1))}, numbers)
        panel.receive(scenes.frame({"coverage": picture}, playing=True), scenes.measured([[8, 0.8, jsd, 0.01]]))
        panel.draw()
        assert panel.header.numbers[-1].value == panel.time.curves[0].end.toPlainText() == f"{jsd:.3f}"


@pytest.mark.parametrize("count", [1, 2, 25])
def test_modes_are_counted_in_whole_numbers(shown, count):
    modes = Modes(
        scenes.doubles(np.random.default_rng(0).normal(size=(count, 2))),
        scenes.doubles(np.tile(np.eye(2), (count, 1, 1))),
        scenes.doubles(np.full(count, 1 / count)),
    )
    shares = Picture(1, {"near": scenes.floats(np.full(count, 1 / count))}, {"modes": float(count)})
    panel = drawn(shown, scenes.ring(modes=modes), shares)
    left, right, *_ = panel.bars.visible_box()
    ((_, ticks),) = panel.bars.bottom.tickValues(left, right, panel.bars.view.width())
    assert ticks
    assert all(tick == int(tick) for tick in ticks)


def lived(count: int = 8, looks: int = 40) -> tuple[dict, Picture]:
    """Modes that hold their weight, but for 3, born at look 10, and 5, which dies at look 20."""
    rows = np.full((looks, 50), np.nan)
    rows[:, :count] = 1 / count
    rows[:10, 2] = rows[20:, 4] = 0.0
    numbers = np.arange(1, count + 1)
    weights, shares = (scenes.floats(values) for values in (np.full(count, 1 / count), rows[-1, :count]))
    arrays = {"weights": weights, "shares": shares, "first": Array.of(numbers), "last": Array.of(numbers)}
    names = tuple(f"mode {number}" for number in range(1, 51))
    return scenes.series_of("modes", names, rows), Picture(1, arrays)


def over_time(shown, count: int = 8):
    panel = drawn(shown, scenes.ring(), scenes.pictures()["coverage"])
    panel.over_time.click()
    series, picture = lived(count)
    panel.receive(scenes.frame({"modes": picture}), scenes.measured(ROWS) | series)
    panel.draw()
    return panel


def test_the_caption_is_shortened_before_the_switch_covers_it(shown, qtbot):
    panel = drawn(shown, scenes.ring(), scenes.pictures()["coverage"])

    def caption_at(width: int) -> str:
        panel.resize(width, 230)
        qtbot.wait(20)
        assert panel.dirty
        panel.draw()
        return panel.bars.caption

    assert caption_at(400) == "share, %"
    assert caption_at(290) == "%"
    assert panel.bars.has_room("%", panel.over_time.width())


def test_the_switch_shows_how_each_mode_fared(shown):
    panel = drawn(shown, scenes.ring(), scenes.pictures()["coverage"])
    assert panel.bars.isVisible()
    assert not panel.fates.isVisible()
    panel = over_time(shown)
    assert panel.fates.isVisible()
    assert not panel.bars.isVisible()
    assert not panel.time.isVisible()
    cells = panel.fates.image.values
    assert cells.shape[0] == 8
    assert np.allclose(cells[0], 1.0)
    alive = cells > 0.25
    across = cells.shape[1]
    assert np.allclose([alive[2].mean(), alive[4].mean()], [29 / 39, 20 / 39], atol=1.5 / across)
    assert panel.fates.image.levels == (0.0, 2.0)
    panel.over_time.click()
    assert panel.bars.isVisible()
    assert panel.time.isVisible()


@pytest.mark.parametrize(
    ("row", "step", "told"),
    [
        (2, 400, "mode 3: 0 % of 12 %   not born"),
        (2, 700, "mode 3: 12 % of 12 %   born at 500"),
        (4, 1700, "mode 5: 0 % of 12 %   dead since 1,000"),
        (0, 1700, "mode 1: 12 % of 12 %   alive from the start"),
    ],
)
def test_hovering_tells_births_and_deaths(shown, row, step, told):
    panel = over_time(shown)
    panel.fates.hovered.emit(float(step), row + 1.1)
    assert panel.fates._reading.toPlainText().replace("\n", "   ") == f"step {step:,}   {told}"
    panel.fates.left.emit()
    panel.set_cursor(step)  # from another plot
    assert "of 8 alive" in panel.fates._reading.toPlainText()


def test_other_data_begin_a_map_of_their_own(shown):
    panel = over_time(shown)
    modes = Modes(
        scenes.doubles(np.zeros((25, 2))), scenes.doubles(np.tile(np.eye(2), (25, 1, 1))), scenes.doubles(np.ones(25))
    )
    panel.set_scene(scenes.ring(modes=modes, layout=1, data_since=1000))
    assert panel.fates.image.values is None
    series, picture = lived(25)
    panel.receive(scenes.frame({"modes": picture, "coverage": scenes.pictures()["coverage"]}), series)
    panel.draw()
    assert panel.fates.image.values.shape[0] == 25
    assert panel.fates.steps[0] == 1050
    panel.set_scene(scenes.ring(modes=None, layout=2))
    assert not panel.time.isHidden()
    assert panel.views.isHidden()
