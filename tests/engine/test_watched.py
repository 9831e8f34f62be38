"""What is measured beside the training leaves it as it is, and ends at once with it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ganlab_desktop.engine import study_process
from ganlab_desktop.engine.frames import FrameMaker
from ganlab_desktop.engine.lane import AnyLane, Lane, Measurement, Tell
from ganlab_desktop.engine.measuring import Meter
from ganlab_desktop.engine.run import Run
from ganlab_desktop.engine.sight import Sight
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.measure.probes import View
from ganlab_desktop.measure.studies import best_response
from ganlab_desktop.wire.messages import Frame, Grant

SMALL = with_changes(Experiment(), {"generator.hidden": [16], "discriminator.hidden": [16], "schedule.batch_size": 16})
VIEW = View((-1.0, 1.0, -1.0, 1.0), 16)
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
    assert measured.picture is not None
    steps: list[int] = measured.picture.arrays["steps"].numpy().tolist()
    return steps


def test_a_long_search_ends_with_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(best_response, "_FEWEST", 20_000)  # steps, which take half a minute
    meter = Meter(Run(SMALL), ("best_response",), Lane, lambda: None)
    meter.offer(("best_response",), VIEW, resting=True)
    time.sleep(0.5)
    started = time.monotonic()
    meter.close()
    assert time.monotonic() - started < 2.0


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> Iterator["study_process.StudyProcess"]:
    """A process for studies of the test's own."""
    process = study_process.StudyProcess()
    monkeypatch.setattr(study_process, "shared", lambda: process)
    yield process
    process.end()


def measured(lane: Callable[[Tell], AnyLane], study: str, run: Run, resting: bool = True) -> list[Measurement]:
    meter = Meter(run, (study,), lane, lambda: None)
    with closing(meter):
        meter.offer((study,), VIEW, resting=resting)
        return told_by(meter)


def told_by(meter: Meter, seconds: float = 30.0) -> list[Measurement]:
    deadline = time.monotonic() + seconds
    told: list[Measurement] = []
    while not told and time.monotonic() < deadline:
        time.sleep(0.01)
        told = meter.take()
    return told


VARIANTS = {
    "plain": {},
    "averaged and noisy": {"ema.half_life": 1000.0, "instance_noise.std": 0.1, "instance_noise.steps": 100},
    "batch norm": {"discriminator.norm": "batch", "generator.norm": "batch"},
    "spectral norm": {"discriminator.spectral_norm": True, "objective.kind": "hinge"},
    "smoothed labels": {"label_smoothing": {"real": 0.8, "steps": 100}},
    "conditional": {"data.kind": "mixture", "conditioning.kind": "concatenation"},
}


@pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS)
def test_the_process_for_studies_sees_what_is_seen_here(
    changes: dict[str, object], apart: "study_process.StudyProcess"
) -> None:
    run = Run(with_changes(SMALL, changes))
    for _ in range(20):
        run.advance()
    run.edit({"optimizer.generator.lr": 1e-3, "schedule.batch_size": 32})
    for _ in range(5):
        run.advance()
    for study in ("truth", "health", "quality"):
        (here,), (there,) = measured(Lane, study, run), measured(study_process.ApartLane, study, run)
        assert (here.step, here.label, here.rest > 0) == (there.step, there.label, there.rest > 0) == (25, 0, True)
        np.testing.assert_array_equal(here.row, there.row)
        assert here.picture is not None
        assert there.picture is not None
        assert here.picture.arrays.keys() == there.picture.arrays.keys()
        for name, array in here.picture.arrays.items():
            np.testing.assert_array_equal(array.numpy(), there.picture.arrays[name].numpy())


def test_a_process_for_studies_that_is_killed_comes_back(
    apart: "study_process.StudyProcess", monkeypatch: pytest.MonkeyPatch
) -> None:
    run, rung = Run(SMALL), []
    monkeypatch.setattr(study_process, "AFTER_FAILURE", 0.2)
    meter = Meter(run, ("truth",), study_process.ApartLane, lambda: rung.append(time.monotonic()))
    with closing(meter):
        meter.offer(("truth",), VIEW, resting=False)
        deadline = time.monotonic() + 20.0
        while not apart.process_id and time.monotonic() < deadline:
            time.sleep(0.001)
        os.kill(apart.process_id, signal.SIGKILL)
        while not rung and time.monotonic() < deadline:
            time.sleep(0.01)
        assert meter.take() == []  # nothing was seen, and the meter is free for the next
        run.advance()
        while not (told := meter.take()) and time.monotonic() < deadline:
            meter.offer(("truth",), VIEW, resting=False)
            time.sleep(0.01)
    assert [measurement.step for measurement in told] == [1]


def test_the_process_for_studies_ends_with_the_one_that_trains(tmp_path: Path) -> None:
    """Even if that is killed in the middle of a long look."""
    program = tmp_path / "watching.py"
    program.write_text(WATCHING)
    with subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True) as trains:
        assert trains.stdout is not None
        studies = int(trains.stdout.readline())
        trains.kill()
    deadline = time.monotonic() + 10.0
    while alive(studies) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(studies)


WATCHING = """
import time
from ganlab_desktop.engine import study_process
from ganlab_desktop.engine.measuring import Meter
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.measure.probes import View

meter = Meter(Run(Experiment()), ("best_response",), study_process.ApartLane, lambda: None)
meter.offer(("best_response",), View((-1.0, 1.0, -1.0, 1.0), 8), resting=True)
while not study_process.shared().process_id:
    time.sleep(0.01)
time.sleep(3.0)
print(study_process.shared().process_id, flush=True)
time.sleep(60.0)
"""


def alive(process: int) -> bool:
    """Whether a process runs; one that has ended and waits to be noticed does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
