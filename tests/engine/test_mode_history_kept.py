"""The history of modes: measured beside the training, thinned, and kept in the run's file."""

import time
from contextlib import closing
from pathlib import Path

import numpy as np
import torch

from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.frames import FrameMaker
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.metrics.modes import mode_coverage
from ganlab_desktop.measure.studies.mode_history import ROWS, SAMPLES, ModeHistory
from ganlab_desktop.wire.messages import Grant

SMALL = with_changes(Experiment(), {"generator.hidden": [8], "discriminator.hidden": [8], "schedule.batch_size": 16})


def shares(run: Run) -> np.ndarray:
    """Each mode's share of good samples, by way of the run's own generator."""
    rng = Streams(run.experiment.seed).at(0, Stream.MEASURED_LATENT)
    latents = torch.from_numpy(draw_latent(run.experiment.latent, rng, SAMPLES))
    network = run.game.average.network if run.game.averages else run.game.generator
    with torch.no_grad():
        samples = network.module(latents).numpy()
    return mode_coverage(samples, run.game.data.modes).hits / SAMPLES


# Wide modes and long steps, so that samples lie on modes early and the average lags behind.
AVERAGED = with_changes(SMALL, {"ema.half_life": 2000.0, "data.sigma": 0.8, "optimizer.generator.lr": 0.01})


def test_columns_are_the_shares_at_their_steps_and_outlive_the_engine(tmp_path: Path) -> None:
    document = Document.new(AVERAGED, tmp_path / "run.ganlab")
    frames = FrameMaker(document.run, lambda: None)
    document.start_writing(lambda step: None, lambda text: None)
    with closing(frames):
        frames.make(Grant(1, ("modes",)), playing=True, rate=0.0)
        deadline = time.monotonic() + 20.0
        while len(document.run.history["modes"]) < 3 and time.monotonic() < deadline:
            document.run.advance()
            frames.measure(resting=True)
            time.sleep(0.002)
    document.close()
    again = Document.open(tmp_path / "run.ganlab")
    steps, rows = again.run.history["modes"].after(0)
    again.close()
    assert len(steps) >= 3
    assert (rows[-1, :8] > 0.01).sum() > 1
    replay = Run(AVERAGED)
    for step, row in zip(steps, rows, strict=True):
        while replay.step < step:
            replay.advance()
        np.testing.assert_allclose(row[:8], shares(replay), atol=1.5 / SAMPLES)
        assert np.isnan(row[8:]).all()


def test_rows_grow_with_the_logarithm_of_the_run() -> None:
    run = Run(SMALL)
    frames = FrameMaker(run, lambda: None)
    with closing(frames):
        for step in range(0, 200_000, 20):
            frames._keep("modes", step, (0.0,) * ROWS, ModeHistory.SPACING)
            frames._keep("coverage", step, (0.0,) * 4)
    steps, _ = run.history["modes"].after(0)
    assert len(run.history["coverage"]) == 10_000
    assert len(steps) < 2 / ModeHistory.SPACING * np.log(200_000)
    gaps = np.diff(steps)
    assert (gaps <= np.maximum(40, 1.1 * ModeHistory.SPACING * steps[1:] + 20)).all()  # nothing is left out for long
