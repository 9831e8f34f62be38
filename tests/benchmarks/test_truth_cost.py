"""What the truth costs the training while it is shown. Run by make bench on an idle machine."""

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

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(300)]

LEAST = 0.85  # of the speed without
SECONDS, ROUNDS, FPS = 6.0, 3, 30
TRUTH = ("truth", "transport")
A_SECOND = {"truth": 5.0, "transport": 1.0}  # looks


def watched(engine: Engine, probes: tuple[str, ...]) -> tuple[float, Counter[str]]:
    """Iterations a second under 30 frames a second with these probes, and how many new pictures came of each."""
    seen: Counter[str] = Counter()
    frame = engine.frame(1, probes)
    begin, step, credit = time.monotonic(), frame.step, 1
    while (elapsed := time.monotonic() - begin) < SECONDS:
        credit += 1
        frame = engine.frame(credit, probes)
        seen.update(frame.pictures.keys())
        time.sleep(max(0.0, credit / FPS - (time.monotonic() - begin)))
    return (frame.step - step) / elapsed, seen


def test_the_truth_leaves_the_training_its_speed(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    try:
        engine.ask(wire.Hello)
        endless = with_changes(load_preset("ring-ns"), {"schedule.steps": 100_000_000})
        assert engine.ask(wire.New, files.to_toml(endless)).error == ""
        engine.ask(wire.Play)
        watched(engine, (*PROBES, *TRUTH))  # the first looks compute what depends on the data alone
        ratios, looks = [], Counter[str]()
        for _ in range(ROUNDS):
            before, _ = watched(engine, PROBES)
            beside, seen = watched(engine, (*PROBES, *TRUTH))
            after, _ = watched(engine, PROBES)
            ratios.append(2 * beside / (before + after))
            looks += seen
    finally:
        engine.kill()
    rates = {name: looks[name] / (ROUNDS * SECONDS) for name in TRUTH}
    print(f"{ratios}, looks a second: {rates}")
    assert median(ratios) >= LEAST
    assert all(rates[name] >= least for name, least in A_SECOND.items())
