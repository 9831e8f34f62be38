"""Kills at random moments: the run opens each time, at most two seconds older than last reported. Run by make soak."""

import random
import time
from pathlib import Path

import pytest
from engine_process import Engine
from window_process import WindowProcess, endless

from ganlab_desktop.runfile.peek import peek
from ganlab_desktop.wire import messages as wire

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1200)]

KILLS = 20


def test_no_kill_of_the_engine_loses_more_than_two_seconds(tmp_path: Path) -> None:
    moments = random.Random(0)
    path, step = "", 0
    for _ in range(KILLS):
        engine = Engine(tmp_path)
        try:
            if path:
                engine.ask(wire.Hello)
                scene = engine.ask(wire.Open, path).scene
            else:
                scene = engine.start()
            assert scene is not None
            assert scene.step >= step
            path = scene.path
            engine.rows = {"step": scene.step, "coverage": 0}
            engine.ask(wire.Play)
            if moments.random() < 0.5:
                engine.ask(wire.Edit, {"optimizer.generator.lr": moments.choice((1e-3, 1e-4))})
            reported: list[tuple[float, int]] = []
            end = time.monotonic() + moments.uniform(0.0, 5.0)
            while time.monotonic() < end:
                reported.append((time.monotonic(), engine.frame(probes=()).step))
        finally:
            engine.kill()
        killed = time.monotonic()
        step = max((at for when, at in reported if when < killed - 2.0), default=0)


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
