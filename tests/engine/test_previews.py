"""Previews of the past come at once, beside the training, and leave no trace in it."""

import queue
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from engine_process import Engine
from test_server import is_paused
from test_timeline import CPU, live, run_of, visited

from ganlab_desktop.engine.glance import RESOLUTION, SAMPLES
from ganlab_desktop.engine.previews import Previews
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.measure.probes import PROBES, View
from ganlab_desktop.wire import messages as wire


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    started = Engine(tmp_path / "data")
    yield started
    started.kill()


def is_preview(message: wire.Message) -> bool:
    return isinstance(message, wire.Preview)


def look(engine: Engine, step: int) -> tuple[wire.Preview, float]:
    """The preview of a step, and how long it took."""
    started = time.monotonic()
    engine.send(wire.Look(step))
    preview = engine.until(lambda message: isinstance(message, wire.Preview) and message.step == step)
    assert isinstance(preview, wire.Preview)
    return preview, time.monotonic() - started


def test_a_preview_is_what_the_nearest_keyframe_shows() -> None:
    run = run_of()
    live(run, 30)
    got: list[wire.Preview] = []
    arrived = threading.Event()
    previews = Previews(run.id, 1, run.timeline, lambda preview: (got.append(preview), arrived.set()))  # type: ignore[func-returns-value]
    before = run.game.state()
    for step in (15, 3, 26):  # under other data and optimisers, too
        arrived.clear()
        previews.ask(wire.Look(step))
        assert arrived.wait(20.0)
        preview = got[-1]
        assert (preview.step, abs(preview.shown - step) <= 2) == (step, True)
        replica = Replica(run.timeline, CPU)
        visited(replica, preview.shown)
        assert preview.layout == replica.layout
        view = View(replica.game.data.box, RESOLUTION)
        for name, array in (("surface", "values"), ("samples", "fake")):
            exact = PROBES[name](replica.game)(view).arrays[array]
            shown = preview.pictures[name].arrays[array].numpy()
            assert np.array_equal(shown, exact[:SAMPLES] if name == "samples" else exact)
    previews.close()
    assert run.game.state().equals(before)


@pytest.mark.parametrize(("width", "side"), [(128, 64), (512, 32), (1024, 16)])
def test_already_the_first_preview_of_a_large_network_is_coarser(width: int, side: int) -> None:
    hidden = {"generator.hidden": [8], "discriminator.hidden": [width] * 3}
    run, got = Run(with_changes(Experiment(), hidden)), queue.SimpleQueue[wire.Preview]()
    previews = Previews(run.id, 1, run.timeline, got.put)
    previews.ask(wire.Look(0))
    pictures = got.get(timeout=20.0).pictures
    assert pictures["surface"].arrays["values"].shape == (side, side)
    assert pictures["samples"].arrays["fake"].shape == (SAMPLES, 2)
    previews.close()


def test_previews_come_within_a_twentieth_of_a_second_while_training_goes_on(engine: Engine) -> None:
    engine.start()
    engine.ask(wire.Step, 500)
    engine.until(is_paused)
    look(engine, 100)
    engine.ask(wire.Play)
    waits = []
    for step in range(5, 500, 25):
        preview, seconds = look(engine, step)
        waits.append(seconds)
        assert preview.pictures.keys() == {"surface", "samples"}
    assert sorted(waits)[len(waits) // 2] < 0.05
    assert engine.frame(1, ()).playing


def test_of_many_looks_the_newest_is_answered(engine: Engine) -> None:
    engine.start()
    engine.ask(wire.Step, 100)
    engine.until(is_paused)
    for step in range(0, 100, 2):
        engine.send(wire.Look(step))
    engine.send(wire.Look(77))
    seen = [engine.until(is_preview)]
    while seen[-1].step != 77:  # type: ignore[union-attr]
        seen.append(engine.until(is_preview))
    assert len(seen) <= 51


def test_previews_of_an_opened_run_come_from_its_file(engine: Engine, tmp_path: Path) -> None:
    engine.start()
    engine.ask(wire.Step, 300)
    engine.until(is_paused)
    engine.ask(wire.Save, str(tmp_path / "a.ganlab"))
    before, _ = look(engine, 150)
    engine.ask(wire.New, 'title = "other"\n')
    engine.ask(wire.Open, str(tmp_path / "a.ganlab"))
    after, _ = look(engine, 150)
    assert after.shown == before.shown
    assert after.pictures == before.pictures
