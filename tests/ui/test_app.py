"""The program from launch to exit, as a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

CODE = "import sys; from ganlab_desktop.ui.app import main; sys.exit(main([], measure_seconds={}))"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Nobody's settings and data, and no screen."""
    own = {"HOME": str(tmp_path), "GANLAB_DATA": str(tmp_path / "data"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    return {**os.environ, **own, "QT_QPA_PLATFORM": "offscreen", "GANLAB_LAUNCHED": str(time.time())}


def test_measuring_prints_one_json_object_and_exits(environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", CODE.format(1.0)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert 0 < figures["seconds_to_paint"] < figures["seconds_to_first_frame"]
    assert figures["steps_per_second"] > 0
    intervals = figures["frame_interval_ms"]
    assert 0 < intervals["p50"] <= intervals["p95"] <= intervals["p99"]
    assert figures["frames"] > 5
    panels = {"canvas", "losses", "coverage", "critic_field", "truth", "dynamics", "generator", "quality", "memory"}
    panels |= {"canvas_beside", "likeness", "pairs", "likelihood", "schedule", "latent"}
    assert set(figures["refreshes_per_second"]) == panels


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that a program could handle")
def test_a_signal_closes_window_and_engine_in_order(environment: dict[str, str], tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", CODE.format(0.0)], env=environment) as program:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("data/**/*.ganlab")) and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(1.0)
        engines = psutil.Process(program.pid).children()
        assert len(engines) == 1
        program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=30) == 0
    assert not psutil.pid_exists(engines[0].pid)
    assert not list(tmp_path.glob("data/**/*-wal"))  # the run file was closed, not abandoned


def test_the_window_stays_free_of_what_belongs_to_the_engine() -> None:
    code = "import sys, ganlab_desktop.ui.window; print([m for m in ('torch', 'matplotlib', 'av') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
