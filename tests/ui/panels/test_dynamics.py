"""The pages of the dynamics panel: the smallest game, this one, and the updates."""

import numpy as np
import pytest
import scenes

from ganlab_desktop.ui.panels.dynamics import Dynamics
from ganlab_desktop.wire.messages import Picture

SMALLEST, THIS, UPDATES = range(3)
PLANE = {
    "field": scenes.floats(np.stack(np.meshgrid(np.linspace(-1, 1, 13), np.linspace(-1, 1, 13)), axis=2)),
    "flow": scenes.floats(np.column_stack([np.cos(np.arange(50)), np.sin(np.arange(50))])),
    "descent": scenes.floats(np.column_stack([np.arange(50), np.arange(50)]) / 50),
    "flow_eigenvalues": scenes.floats([[0.0, 0.5], [0.0, -0.5]]),
    "step_eigenvalues": scenes.floats([[0.98, 0.2], [0.98, -0.2]]),
}
SPECTRUM = {"spectrum": scenes.floats([[0.4, 1.0], [0.4, -1.0], [-0.2, 0.0]])}
NUMBERS = scenes.BOX | {"flow_verdict": 0.0, "step_verdict": 1.0, "rightmost": 0.4, "rotation": 1.0}
ALPHA = np.linspace(-0.5, 1.5, 25)
PATH = Picture(
    4800,
    {
        "shares": scenes.floats(ALPHA),
        "cosine": scenes.floats(np.sign(1 - ALPHA)),
        "norm": scenes.floats(4 * np.abs(1 - ALPHA)),
    },
    {"start": 1200.0, "start_cosine": 1.0, "end_cosine": 0.0},
)
MOVES = ("generator_norm", "discriminator_norm", "generator_cosine", "discriminator_cosine")


def moves():
    rows = np.tile([0.02, 0.05, -0.6, 0.9], (40, 1))
    return scenes.series_of("moves", MOVES, rows)


def panel_of(shown, pictures, series=None, size=(420, 300)):
    panel = shown(Dynamics, *size)
    panel.set_scene(scenes.ring())
    panel.receive(scenes.frame(pictures), series or {})
    panel.draw()
    return panel


def turn(panel, page):
    panel.pages.buttons[page].click()


def told(panel):
    return {number.label: number.value for number in panel.header.numbers}


def test_plane_steps_and_spectrum_are_drawn_and_told(shown):
    panel = panel_of(shown, {"dynamics": Picture(3, PLANE | SPECTRUM, NUMBERS)})
    assert np.allclose(panel.smallest.descent.getData()[0], np.arange(50) / 50)
    assert np.allclose(panel.smallest.steps.getData()[0], 0.98)
    assert told(panel) == {"flow": "cycles", "steps": "diverges"}
    turn(panel, THIS)
    assert np.allclose(panel.own.values.getData()[0], [0.4, 0.4, -0.2])
    left, right, *_ = panel.own.spectrum.visible_box()
    assert left < -0.2 < 0.4 < right
    assert told(panel) == {"largest Re": "0.400"}


def test_an_objective_without_a_dirac_gan_shows_its_own_game(shown):
    panel = panel_of(shown, {"dynamics": Picture(3, SPECTRUM, {"rightmost": 0.4, "rotation": 1.0})})
    assert panel.pages.shown is panel.own
    button = panel.pages.buttons[SMALLEST]
    assert not button.isEnabled()
    assert "No Dirac-GAN" in button.toolTip()
    panel.receive(scenes.frame({"dynamics": Picture(4, PLANE, NUMBERS)}), {})
    panel.draw()
    assert panel.pages.shown is panel.smallest
    assert "No Dirac-GAN" not in button.toolTip()


def test_a_method_without_an_equilibrium_has_a_plane_but_no_eigenvalues(shown):
    arrays = {name: array for name, array in PLANE.items() if not name.endswith("eigenvalues")}
    panel = panel_of(shown, {"dynamics": Picture(3, arrays, scenes.BOX)})
    assert not len(panel.smallest.steps.getData()[0])
    assert not panel.header.numbers


def test_the_path_angle_names_its_ends(shown):
    panel = panel_of(shown, {"dynamics": Picture(3, PLANE | SPECTRUM, NUMBERS), "path": PATH})
    turn(panel, THIS)
    assert np.allclose(panel.own.cosine.getData()[1], np.sign(1 - ALPHA))
    assert panel.own.norm.getData()[1].max() == pytest.approx(1.0)
    left, right, bottom, top = panel.own.path.visible_box()
    assert left <= -0.5 < 1.5 <= right
    assert bottom < -1 < 1 < top
    assert "1,200" in panel.own.path.toolTip()
    assert "4,800" in panel.own.path.toolTip()


def test_updates_of_both_players_are_told_apart(shown):
    panel = panel_of(shown, {}, moves())
    turn(panel, UPDATES)
    norms = {curve.name: curve.raw.getData()[1][-1] for curve in panel.updates.norms.curves}
    cosines = {curve.name: curve.raw.getData()[1][-1] for curve in panel.updates.cosines.curves}
    assert norms == pytest.approx({"generator_norm": 0.02, "discriminator_norm": 0.05})
    assert cosines == pytest.approx({"generator_cosine": -0.6, "discriminator_cosine": 0.9})
    assert told(panel) == {"cos D": "0.90", "cos G": "−0.60"}


@pytest.mark.parametrize("page", range(3))
def test_nothing_is_cut_off_in_the_smallest_dock(shown, page):
    pictures = {"dynamics": Picture(3, PLANE | SPECTRUM, NUMBERS), "path": PATH}
    panel = panel_of(shown, pictures, moves(), size=(320, 260))
    turn(panel, page)
    assert (panel.width(), panel.height()) == (320, 260)
    for button in panel.pages.buttons:
        assert panel.pages.rect().contains(button.geometry())
        assert button.fontMetrics().horizontalAdvance(button.text()) < button.width()
    assert panel.minimumSizeHint().width() <= 320
    assert panel.minimumSizeHint().height() <= 260


def test_a_new_run_starts_with_empty_pages(shown):
    pictures = {"dynamics": Picture(3, PLANE | SPECTRUM, NUMBERS), "path": PATH}
    panel = panel_of(shown, pictures, moves())
    turn(panel, UPDATES)
    panel.clear()
    assert not len(panel.own.cosine.getData()[0])
    assert not len(panel.own.values.getData()[0])
    assert not len(panel.updates.norms.curves[0].raw.getData()[0])
    assert "1,200" not in panel.own.path.toolTip()
