"""The phase plane, the circle and the line of stability."""

import numpy as np
import scenes

from ganlab_desktop.ui.panels.dynamics import Dynamics
from ganlab_desktop.wire.messages import Picture

PLANE = {
    "field": scenes.floats(np.stack(np.meshgrid(np.linspace(-1, 1, 13), np.linspace(-1, 1, 13)), axis=2)),
    "flow": scenes.floats(np.column_stack([np.cos(np.arange(50)), np.sin(np.arange(50))])),
    "descent": scenes.floats(np.column_stack([np.arange(50), np.arange(50)]) / 50),
    "flow_eigenvalues": scenes.floats([[0.0, 0.5], [0.0, -0.5]]),
    "step_eigenvalues": scenes.floats([[0.98, 0.2], [0.98, -0.2]]),
}
SPECTRUM = {"spectrum": scenes.floats([[0.4, 1.0], [0.4, -1.0], [-0.2, 0.0]])}
NUMBERS = scenes.BOX | {"flow_verdict": 0.0, "step_verdict": 1.0, "rightmost": 0.4, "rotation": 1.0}


def panel_of(shown, arrays, numbers):
    panel = shown(Dynamics, 420, 300)
    panel.set_scene(scenes.ring())
    panel.receive(scenes.frame({"dynamics": Picture(3, arrays, numbers)}), {})
    panel.draw()
    return panel


def test_plane_steps_and_spectrum_are_drawn_and_told(shown):
    panel = panel_of(shown, PLANE | SPECTRUM, NUMBERS)
    assert np.allclose(panel.descent.getData()[0], np.arange(50) / 50)
    assert np.allclose(panel.steps.getData()[0], 0.98)
    assert np.allclose(panel.values.getData()[0], [0.4, 0.4, -0.2])
    left, right, *_ = panel.spectrum.visible_box()
    assert left < -0.2 < 0.4 < right
    assert [number.value for number in panel.header.numbers] == ["cycles", "diverges", "0.400"]


def test_an_objective_without_a_dirac_gan_shows_the_spectrum_alone(shown):
    panel = panel_of(shown, SPECTRUM, {"rightmost": 0.4, "rotation": 1.0})
    assert panel.plane.isHidden()
    assert panel.circle.isHidden()
    assert panel.spectrum.isVisible()
    assert "no Dirac-GAN" in panel.header.explanation


def test_a_method_without_an_equilibrium_has_a_plane_but_no_eigenvalues(shown):
    arrays = {name: array for name, array in PLANE.items() if not name.endswith("eigenvalues")}
    panel = panel_of(shown, arrays, scenes.BOX)
    assert not len(panel.steps.getData()[0])
    assert not panel.header.numbers
