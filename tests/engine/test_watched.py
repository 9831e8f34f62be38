"""What is measured beside the training leaves it as it is, and ends at once with it."""

import time
from contextlib import closing

import numpy as np
import pytest

from ganlab_desktop.engine.frames import FrameMaker
from ganlab_desktop.engine.measuring import Measurement, Meter
from ganlab_desktop.engine.run import Run
from ganlab_desktop.engine.sight import Sight
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.measure.probes import Picture, View
from ganlab_desktop.measure.studies import STUDIES, Row, Snapshot, best_response
from ganlab_desktop.measure.studies.dynamics import Dynamics
from ganlab_desktop.wire.messages import Frame, Grant

SMALL = with_changes(Experiment(), {"generator.hidden": [16], "discriminator.hidden": [16], "schedule.batch_size": 16})
SHOWN = ("modes", "quality", "best_response", "memory")


def watch(run: Run, until: set[str], seconds: float = 30.0) -> dict[str, Frame]:
    """Train beside a window that shows all of SHOWN until each of some has told; by study, the last frame with it."""
    told: dict[str, Frame] = {}
    frames = FrameMaker(run, lambda: None)
    with closing(frames):
        deadline, credit = time.monotonic() + seconds, 0
        while not until <= set(told) and time.monotonic() < deadline:
            run.advance()
            credit += 1
            frames.measure(resting=False)
            frame = frames.make(Grant(credit, SHOWN), playing=True, rate=0.0)
            told |= dict.fromkeys(frame.pictures, frame) if frame is not None else {}
            time.sleep(0.001)
    return told


def test_a_run_that_is_measured_equals_one_that_is_not() -> None:
    watched, left_alone = Run(SMALL), Run(SMALL)
    told = watch(watched, {"modes", "quality", "memory"})
    assert {"modes", "quality", "memory"} <= set(told)
    while left_alone.step < watched.step:
        left_alone.advance()
    for name, array in watched.state()[1].items():
        np.testing.assert_array_equal(array, left_alone.state()[1][name])
    assert "memory" not in watched.history
    assert len(watched.history["quality"])


def test_states_are_remembered_before_anybody_looks() -> None:
    run = Run(SMALL)
    sight = Sight(run, lambda: None)
    with closing(sight):
        deadline = time.monotonic() + 20.0
        told: dict[str, Measurement] = {}
        while time.monotonic() < deadline and not ("memory" in told and len(remembered(told["memory"])) >= 3):
            run.advance()
            told |= {measured.study: measured for measured in sight.measure(resting=False)}
            time.sleep(0.001)
    assert len(remembered(told["memory"])) >= 3
    assert not {"quality", "best_response"} & set(told)  # these are for panels in sight


def remembered(measured: Measurement) -> list[int]:
    """The steps of the states that D is shown."""
    steps: list[int] = measured.picture.arrays["steps"].tolist()
    return steps


def test_a_long_search_ends_with_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(best_response, "_FEWEST", 20_000)  # steps, which take half a minute
    frames = FrameMaker(Run(SMALL), lambda: None)
    frames.make(Grant(1, ("best_response",)), playing=True, rate=0.0)
    frames.measure(resting=True)
    time.sleep(0.5)
    started = time.monotonic()
    frames.close()
    assert time.monotonic() - started < 2.0


@pytest.mark.parametrize(("resting", "least"), [(False, 0.15), (True, 0.0)])
def test_a_long_look_gives_way_to_the_training(resting: bool, least: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """What works for 0.05 s between two questions takes a quarter of the time: it waits for three times as long."""
    waited: list[float] = []

    class Busy(Dynamics):
        def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
            started = time.thread_time()
            while time.thread_time() - started < 0.05:
                pass
            asked = time.monotonic()
            snapshot.wanted()
            waited.append(time.monotonic() - asked)
            return Picture({}), (0.0, 0.0)

    monkeypatch.setitem(STUDIES, "dynamics", Busy)
    meter = Meter(Run(SMALL), ("dynamics",), lambda: None)
    with closing(meter):
        meter.offer(("dynamics",), View((-1.0, 1.0, -1.0, 1.0), 8), resting=resting)
        deadline = time.monotonic() + 10.0
        while not waited and time.monotonic() < deadline:
            time.sleep(0.01)
    assert least <= waited[0] < least + 0.1
