"""Going to moments of the past, and what keeping it costs. Run by make bench on an idle machine."""

import json
import queue
import random
from pathlib import Path
from statistics import median
from time import perf_counter, process_time, sleep
from typing import Any

import numpy as np
import pytest
import torch

from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.previews import Previews
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.run import Run
from ganlab_desktop.engine.timeline import RECENT
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.wire.messages import Look

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(2400)]

LENGTHS = (1_000, 10_000, 100_000)
SEEKS = 60
GOAL_MS = 100.0  # or the time of two steps, whichever is longer; once keyframes are thinned, of those between them
PREVIEW_MS = 50.0
MOST_COST = 0.05  # of the training's speed
ROUNDS, SECONDS = 9, 2.0


def started(path: Path) -> Document:
    document = Document.new(load_preset("ring-ns"), path)
    torch.set_num_threads(document.run.threads)
    document.start_writing(lambda step: None, lambda text: None)
    return document


def timed_seeks(document: Document, first: int, last: int) -> dict[str, float]:
    """Milliseconds to moments at random, each arrived at from another one at random."""
    moments, taken = random.Random(last), []
    replica = Replica(document.run.timeline, document.run.game.device)
    for _ in range(SEEKS):
        step = moments.randint(first, last)
        began = perf_counter()
        replica.aim(step, moments.randrange(len(replica.game.phases)))
        replica.work(60.0)
        taken.append(1e3 * (perf_counter() - began))
    assert replica.exact
    return {f"p{share}": round(float(np.percentile(taken, share)), 1) for share in (50, 95)}


def kept_of(document: Document) -> dict[str, float]:
    """Keyframes: their number, whether some had to go, how many steps apart those around 95 of 100 steps lie at most,
    the megabytes of all and of those in memory; and the whole file with its log."""
    document.save()
    keyframes = document.run.timeline.keyframes
    assert document.path is not None
    log = document.path.with_name(document.path.name + "-wal")
    whole = document.path.stat().st_size + (log.stat().st_size if log.exists() else 0)
    held = sum(kept.size for kept in keyframes if kept.state is not None)
    gaps = np.diff([keyframe.step for keyframe in keyframes])
    spacing = {"thinned": document.run.timeline.thinned, "spacing": float(np.percentile(np.repeat(gaps, gaps), 95))}
    kept = {"keyframes": sum(kept.size for kept in keyframes), "in_memory": held, "file": whole}
    return {"count": len(keyframes)} | spacing | {f"{name}_mb": round(size / 1e6, 1) for name, size in kept.items()}


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Any]:
    """By the length of the run: how long seeks take within the last steps and anywhere, and what is kept."""
    document, figures = started(tmp_path_factory.mktemp("past") / "a.ganlab"), {}
    for length in LENGTHS:
        began, first = perf_counter(), document.run.step
        while document.run.step < length:
            document.run.advance()
            document.tick()
        rate = (length - first) / (perf_counter() - began)
        figures[length] = {
            "recent_ms": timed_seeks(document, length - RECENT, length - 1),
            "anywhere_ms": timed_seeks(document, 0, length - 1),
            "steps_per_second": round(rate),
            **kept_of(document),
        }
        print(json.dumps({length: figures[length]}), flush=True)
    document.close()
    return figures


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("where", ["recent_ms", "anywhere_ms"])
def test_the_past_is_there_at_once(past: dict[int, Any], where: str, length: int) -> None:
    """A seek plays the steps since the keyframe before; reading that one must cost next to nothing."""
    figures = past[length]
    played = max(2.0, figures["spacing"]) if where == "anywhere_ms" and figures["thinned"] else 2.0
    assert figures[where]["p95"] <= max(GOAL_MS, played * 1e3 / figures["steps_per_second"])


def test_previews_of_the_papers_networks_come_within_a_twentieth_of_a_second() -> None:
    """From the first one on, at the rate of a drag."""
    sizes = {"generator.hidden": [512] * 3, "discriminator.hidden": [512] * 3, "schedule.batch_size": 16}
    run, arrived = Run(with_changes(load_preset("ring-ns"), sizes)), queue.SimpleQueue[object]()
    torch.set_num_threads(1)
    for _ in range(20):
        run.advance()
        run.timeline.keep(run.game)
    previews, taken = Previews(run.id, 1, run.timeline, arrived.put), []
    sleep(1.0)
    for step in range(20):
        began = perf_counter()
        previews.ask(Look(step))
        arrived.get(timeout=10.0)
        taken.append(1e3 * (perf_counter() - began))
    previews.close()
    print(f"previews, in ms: {[round(one) for one in taken]}")
    assert float(np.percentile(taken, 95)) <= PREVIEW_MS


def test_keyframes_stay_within_their_budget(past: dict[int, Any]) -> None:
    assert past[LENGTHS[-1]]["keyframes_mb"] <= 500.0
    assert past[LENGTHS[-1]]["in_memory_mb"] <= 80.0
    assert past[LENGTHS[-1]]["file_mb"] <= 600.0


def test_keyframes_cost_training_little(tmp_path: Path) -> None:
    """Both runs are written to a file; one forgets its past. They take turns, and what counts is the processor's time,
    that of the writing included, which is the same on a machine that others use too."""
    keeping, forgetting = started(tmp_path / "keeping.ganlab"), started(tmp_path / "forgetting.ganlab")
    forgetting.run.timeline.passed = lambda *arguments: None  # type: ignore[method-assign]
    ratios = []
    for turn in range(ROUNDS + 1):
        costs = {
            document: _cost(document) for document in ((keeping, forgetting) if turn % 2 else (forgetting, keeping))
        }
        if turn:  # the first warms up
            ratios.append(costs[keeping] / costs[forgetting])
    for document in (keeping, forgetting):
        document.close()
    assert len(keeping.run.timeline.keyframes) > 10 * len(forgetting.run.timeline.keyframes)
    print(f"a step costs {median(ratios):.3f} times what it costs without: {[round(ratio, 3) for ratio in ratios]}")
    assert median(ratios) <= 1.0 + MOST_COST


def _cost(document: Document) -> float:
    """Seconds of the processor for a step."""
    began, spent, first = perf_counter(), process_time(), document.run.step
    while perf_counter() - began < SECONDS:
        document.run.advance()
        document.tick()
    return (process_time() - spent) / (document.run.step - first)
