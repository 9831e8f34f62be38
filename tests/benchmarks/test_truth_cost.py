"""What studies cost the training while panels show them. Run by make bench on an idle machine."""

import time
from collections import Counter
from pathlib import Path
from statistics import median

import pytest
from engine_process import PROBES, Engine

from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.wire import messages as wire

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(900)]

LEAST = 0.85  # of the speed without
SECONDS, ROUNDS, FPS = 6.0, 3, 30
A_SECOND = {  # looks, of the studies that some panels show
    "truth": {"truth": 5.0, "transport": 1.0},
    "dynamics": {"dynamics": 0.02, "path": 0.2},
    "generator": {"velocities": 0.5, "singular_values": 0.5, "quality": 0.5},
    "best response": {"best_response": 0.05, "memory": 0.2},
}


def watched(engine: Engine, probes: tuple[str, ...], seconds: float) -> tuple[float, Counter[str]]:
    """Iterations a second under 30 frames a second with these probes, and how many new pictures came of each."""
    seen: Counter[str] = Counter()
    frame = engine.frame(1, probes)
    begin, step, credit = time.monotonic(), frame.step, 1
    while (elapsed := time.monotonic() - begin) < seconds:
        credit += 1
        frame = engine.frame(credit, probes)
        seen.update(frame.pictures.keys())
        time.sleep(max(0.0, credit / FPS - (time.monotonic() - begin)))
    return (frame.step - step) / elapsed, seen


@pytest.mark.parametrize("least", A_SECOND.values(), ids=A_SECOND)
def test_studies_leave_the_training_its_speed(least: dict[str, float], tmp_path: Path) -> None:
    rare = 1.2 / min(least.values())  # a look that nobody waits for is broken off
    seconds, rounds = (SECONDS, ROUNDS) if rare <= SECONDS else (rare, 1)
    engine = Engine(tmp_path)
    try:
        engine.ask(wire.Hello)
        endless = with_changes(load_preset("ring-ns"), {"schedule.steps": 100_000_000})
        assert engine.ask(wire.New, files.to_toml(endless)).error == ""
        engine.ask(wire.Play)
        watched(engine, (*PROBES, *least), seconds)  # the first looks compute what depends on the data alone
        ratios, looks = [], Counter[str]()
        for _ in range(rounds):
            before, _ = watched(engine, PROBES, seconds)
            beside, seen = watched(engine, (*PROBES, *least), seconds)
            after, _ = watched(engine, PROBES, seconds)
            ratios.append(2 * beside / (before + after))
            looks += seen
    finally:
        engine.kill()
    rates = {name: looks[name] / (rounds * seconds) for name in least}
    print(f"{ratios}, looks a second: {rates}")
    assert median(ratios) >= LEAST
    assert all(looks[name] >= int(rate * rounds * seconds) for name, rate in least.items())  # whole looks alone count
