"""Mode coverage: shares against weights, distance against its floor, and less where the data allow less."""

import numpy as np
import pytest
import scenes

from ganlab_desktop.palette import DARK
from ganlab_desktop.ui.panels.coverage import Coverage
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
    nothing = Picture(1, {"shares": scenes.floats([])}, {"modes": 0.0, "high_quality": 0.5, "jsd": 0.2, "h": 0.1})
    panel = drawn(shown, scenes.ring(modes=None), nothing)
    assert not panel.bars.isVisible()
    assert panel.time.isVisible()
    assert [number.value for number in panel.header.numbers] == ["50 %", "0.200"]


def test_data_without_a_density_show_the_share_of_good_samples(shown):
    rows = ROWS.copy()
    rows[:, 2:] = np.nan
    picture = Picture(
        1,
        {"shares": scenes.floats(np.full(8, 0.1))},
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
    shares = Picture(1, {"shares": scenes.floats(np.full(count, 1 / count))}, {"modes": float(count)})
    panel = drawn(shown, scenes.ring(modes=modes), shares)
    left, right, bottom, top = panel.bars.visible_box()
    assert left < 1
    assert right > count
    assert bottom <= 0 < 100 / count < top
