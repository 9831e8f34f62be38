"""A variational autoencoder in a real window beside a real engine: every panel is live or says why not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from windows import SLOW, run_to

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.files import to_toml
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.ui.window import Window

POINTS: dict[str, Any] = {"objective.kind": "variational", "schedule.batch_size": 32}
IMAGES = POINTS | {
    "data.kind": "digits",
    "latent.dim": 8,
    "generator": {"kind": "dcgan", "maps": 4},
    "discriminator": {"kind": "dcgan", "maps": 4},
}
OF_DISCRIMINATOR = {"critic_field", "generator", "truth", "dynamics", "memory"}


@pytest.fixture
def opened(open_window: Callable[..., Window], tmp_path: Path) -> Callable[[dict[str, Any]], Window]:
    def open_one(changes: dict[str, Any]) -> Window:
        path = tmp_path / "autoencoder.toml"
        path.write_text(to_toml(with_changes(Experiment(), changes)))
        return open_window(str(path))

    return open_one


def shown(window: Window, name: str) -> Any:
    window.docks[name].show()
    window.docks[name].raise_()
    return window.docks[name].panel


@pytest.mark.parametrize("changes", [POINTS, IMAGES], ids=["points", "images"])
def test_all_panels_are_live_or_say_why_not(opened, changes: dict[str, Any], qtbot) -> None:
    window = opened(changes)
    run_to(window, qtbot, 30)
    of_images = "data.kind" in changes
    likelihood = shown(window, "likelihood")
    qtbot.waitUntil(lambda: "likelihood" in likelihood.pictures, timeout=SLOW)
    qtbot.waitUntil(lambda: likelihood.picture.isVisible(), timeout=SLOW)
    assert np.isfinite(likelihood.pictures["likelihood"].numbers["elbo"])
    wanted = ("latent", "latent_plane") if of_images else ("quality", "quality")
    other = shown(window, wanted[0])
    qtbot.waitUntil(lambda: wanted[1] in other.pictures, timeout=SLOW)
    canvas = window.canvas
    picture = "wall" if of_images else "samples"
    qtbot.waitUntil(lambda: picture in canvas.pictures and canvas.pictures[picture].step == 30, timeout=SLOW)
    for name in OF_DISCRIMINATOR:
        said = (
            "these are images"
            if of_images and name not in ("memory", "critic_field")
            else "variational autoencoder has none"
        )
        panel = shown(window, name)
        qtbot.waitUntil(lambda panel=panel, said=said: said in panel.empty.text(), timeout=SLOW)
        assert panel.empty.isVisible()
    text = window.log_panel.text.toPlainText()
    assert "failed" not in text
    assert "Traceback" not in text


def test_its_phases_are_stepped_and_its_past_is_shown_again(opened, qtbot) -> None:
    window = opened(POINTS)
    run_to(window, qtbot, 20)
    canvas = window.canvas
    qtbot.waitUntil(lambda: "samples" in canvas.pictures and canvas.pictures["samples"].step == 20, timeout=SLOW)
    then = canvas.pictures["samples"].arrays["fake"].numpy().copy()
    scene = window.session.scene
    assert scene is not None
    assert [phase.name for phase in scene.phases][:4] == ["real batch", "encode", "decode", "gradients"]
    tip = window.phases.text_at(window.phases.place_of(1))
    assert tip.startswith("E encode: ")
    run_to(window, qtbot, 40)
    window.seek(20)
    qtbot.waitUntil(lambda: window.session.step == 20 and canvas.pictures["samples"].step == 20, timeout=SLOW)
    np.testing.assert_array_equal(canvas.pictures["samples"].arrays["fake"].numpy(), then)


def test_a_game_that_is_to_become_one_waits_for_a_new_start(open_window, qtbot) -> None:
    window = open_window()
    form = window.form_panel.form
    form.edited.emit("penalties", [])
    qtbot.waitUntil(lambda: not window.session.experiment.penalties, timeout=SLOW)
    form.edited.emit("objective.kind", "variational")
    qtbot.waitUntil(lambda: "objective.kind" in window.session.pending, timeout=SLOW)
    assert "encoder" in window.session.pending["objective.kind"].reason
