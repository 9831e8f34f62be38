"""The panel on what changes by the step."""

import msgspec
import numpy as np
import pytest
from scenes import ring, series_of
from test_wall import images

from ganlab_desktop.experiment.augmentation import Adaptive
from ganlab_desktop.experiment.experiment import Experiment, InstanceNoise, Schedule
from ganlab_desktop.experiment.files import to_toml
from ganlab_desktop.experiment.optimizers import Adam, Optimizers
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.progressive import ProgressiveDiscriminator, ProgressiveGenerator
from ganlab_desktop.ui.panels.schedule import Schedule as SchedulePanel
from ganlab_desktop.wire.messages import Frame


@pytest.fixture
def panel(qtbot) -> SchedulePanel:
    shown = SchedulePanel()
    qtbot.addWidget(shown)
    shown.resize(500, 180)
    shown.show()
    return shown


def arrive(panel: SchedulePanel, step: int, series=None) -> None:
    panel.receive(Frame(1, "run", 0, 0, step, False, head=step), series or {})
    panel.draw()


def told(panel: SchedulePanel) -> list[str]:
    return [number.value for number in panel.header.numbers]


def test_where_nothing_changes_the_panel_says_what_would(panel: SchedulePanel) -> None:
    panel.set_scene(ring())
    panel.draw()
    assert "Nothing changes" in panel.empty.text()
    assert not panel.plots


def test_rates_and_noise_are_drawn_to_the_last_step_and_told_at_the_moment(panel: SchedulePanel) -> None:
    falling = Adam(lr=0.01, schedule="linear")
    changes = {
        "optimizer": Optimizers(generator=falling, discriminator=falling),
        "instance_noise": InstanceNoise(std=0.4, steps=100),
        "schedule": Schedule(steps=200),
    }
    panel.set_scene(ring(changes=changes))
    arrive(panel, 50)
    assert told(panel) == ["0.00750", "0.200"]
    rates, noise = panel.plots
    steps, values = rates.lines[0].getData()
    np.testing.assert_allclose(values, 0.01 * (1 - steps / 200), atol=1e-9)
    steps, values = noise.lines[0].getData()
    assert (steps[0], steps[-1]) == (0, 200)
    np.testing.assert_allclose(values, 0.4 * np.maximum(1 - steps / 100, 0), atol=1e-9)
    assert noise.now.value() == 50
    panel.set_moment(0)
    panel.draw()
    assert told(panel) == ["0.01000", "0.400"]
    assert noise.now.value() == 0


def test_growth_fades_from_side_to_side(panel: SchedulePanel) -> None:
    grown = load_preset("digits-progressive")
    assert isinstance(grown.generator, ProgressiveGenerator)
    growing = {"stage_steps": 100, "fade": 0.5}
    experiment = msgspec.structs.replace(
        grown, generator=ProgressiveGenerator(**growing), discriminator=ProgressiveDiscriminator(**growing)
    )
    panel.set_scene(images(experiment=to_toml(experiment)))
    arrive(panel, 99)
    assert told(panel) == ["4.0"]
    arrive(panel, 125)
    assert told(panel) == ["6.0"]
    arrive(panel, 150)
    assert told(panel) == ["8.0"]


def test_the_probability_of_augmentation_is_what_was_measured(panel: SchedulePanel) -> None:
    experiment = msgspec.structs.replace(load_preset("digits-dcgan"), augmentation=Adaptive())
    panel.set_scene(images(experiment=to_toml(experiment)))
    arrive(panel, 100, series_of("step", ("augmentation",), np.array([[0.1], [0.2], [0.3]], np.float32)))
    assert told(panel) == ["0.300"]
    panel.set_moment(50)
    panel.draw()
    assert told(panel) == ["0.200"]


def test_another_experiment_gets_other_plots(panel: SchedulePanel) -> None:
    panel.set_scene(ring(changes={"instance_noise": InstanceNoise(std=0.4, steps=100)}))
    assert len(panel.plots) == 1
    panel.set_scene(ring(changes={"seed": Experiment().seed}))
    panel.draw()
    assert not panel.plots
    assert "Nothing changes" in panel.empty.text()
