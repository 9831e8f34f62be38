"""Kills at random moments: the run opens each time, at most two seconds older than last reported, with all its edits.

Twenty of each are run by make soak, two of the engine with every test run.
"""

import random
import time
from pathlib import Path

import pytest
from engine_process import Engine
from window_process import WindowProcess, endless

from ganlab_desktop.runfile.peek import peek
from ganlab_desktop.wire import messages as wire

pytestmark = pytest.mark.timeout(1200)

KILLS = 20


def kill_engines(folder: Path, kills: int, seed: int) -> None:
    """Kill one engine after the other, each of which goes on with the run."""
    moments = random.Random(seed)
    path, step = "", 0
    edits: list[float] = []  # rates that the engine has acknowledged
    for _ in range(kills + 1):
        engine = Engine(folder)
        try:
            if path:
                engine.ask(wire.Hello)
                scene = engine.ask(wire.Open, path).scene
            else:
                scene = engine.start()
            assert scene is not None
            assert scene.step >= step
            assert [f"{edit.text.split()[-1]}" for edit in scene.edits] == [f"{rate}" for rate in edits]
            path = scene.path
            engine.rows = {"step": scene.step, "coverage": 0}
            engine.ask(wire.Play)
            reported: list[tuple[float, int]] = []
            end = time.monotonic() + moments.uniform(0.0, 5.0)
            while time.monotonic() < end:
                reported.append((time.monotonic(), engine.frame(probes=()).step))
                if moments.random() < 0.02:
                    rate = 1e-3 + round(moments.random(), 6)
                    assert engine.ask(wire.Edit, {"optimizer.generator.lr": rate}).error == ""
                    edits.append(rate)
        finally:
            engine.kill()
        killed = time.monotonic()
        step = max((at for when, at in reported if when < killed - 2.0), default=0)


def test_a_kill_of_the_engine_loses_no_edit(tmp_path: Path) -> None:
    kill_engines(tmp_path, kills=2, seed=2)


@pytest.mark.soak
def test_no_kill_of_the_engine_loses_more_than_two_seconds(tmp_path: Path) -> None:
    kill_engines(tmp_path, KILLS, seed=0)


@pytest.mark.soak
def test_no_kill_of_the_window_loses_more_than_two_seconds(tmp_path: Path) -> None:
    moments = random.Random(1)
    path, step = endless(tmp_path), 0
    for _ in range(KILLS):
        window = WindowProcess(tmp_path, path)
        begun = window.until(step + 1)
        assert begun.path == path or not step
        path = begun.path
        time.sleep(moments.uniform(0.0, 5.0))
        killed = time.monotonic()
        window.kill()
        info = peek(Path(path))
        assert info.sound
        step = info.step
        assert step >= max((told.step for told in window.told if told.when < killed - 2.0), default=0)
