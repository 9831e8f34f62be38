"""Memory of a window and its engine over twenty minutes of training. Run by make soak."""

import time
from pathlib import Path

import numpy as np
import pytest
from window_process import WindowProcess, endless

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

MINUTES, SETTLED = 20, 5
MOST_PER_MINUTE = 1e6  # bytes


def test_memory_stays(tmp_path: Path) -> None:
    window = WindowProcess(tmp_path, endless(tmp_path))
    try:
        window.until(1)
        begin, samples = time.monotonic(), []
        while (minutes := (time.monotonic() - begin) / 60.0) < MINUTES:
            samples.append((minutes, *window.memory().values()))
            time.sleep(15.0)
        steps = window.until(1).step
        assert window.told[-100].step < steps, "training has stopped"
    finally:
        window.close()
    times, *memory = np.array([sample for sample in samples if sample[0] >= SETTLED]).T
    slopes = dict(zip(("window", "engine"), (np.polyfit(times, used, 1)[0] for used in memory), strict=True))
    print(f"{steps:,} steps; bytes a minute: {slopes}; at the end {[round(used[-1]) for used in memory]}")
    assert sum(slopes.values()) < MOST_PER_MINUTE
