"""The runs of a document beside each other: their curves, the settings in which they differ, what was measured."""

import math

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.paths import differences
from ganlab_desktop.runfile.runfile import RunFile
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Chunk, Compared

MOST_ROWS = 20_000  # of a curve; longer ones are averaged over equal numbers of rows
MEASURES = {  # what the table tells, as series and column
    "discriminator_loss": ("step", "discriminator_loss"),
    "generator_loss": ("step", "generator_loss"),
    "captured": ("coverage", "captured"),
    "high_quality": ("coverage", "high_quality"),
    "jsd": ("coverage", "jsd"),
    "w1": ("transport", "w1"),
}


def curves_of(file: RunFile, number: int, run: Run) -> tuple[Chunk, ...]:
    """All curves of a run of the file, from its root on."""
    found = []
    for name in run.history:
        series = file.series(name, number)
        if len(series.steps):
            steps, values = thinned(series.steps, series.values)
            found.append(Chunk(name, 0, series.columns, Array.of(steps), Array.of(values)))
    return tuple(found)


def thinned(steps: NDArray[np.int64], values: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Steps (m,) and means (m, columns), m <= MOST_ROWS, of as many rows each; the last ones, if too few, go."""
    every = -(-len(steps) // MOST_ROWS)
    count = len(steps) // every
    kept = values[: count * every].reshape(count, every, -1)
    return steps[every - 1 : count * every : every], kept.mean(axis=1, dtype=np.float64).astype(np.float32)


def compared(file: RunFile, step: int) -> tuple[Compared, ...]:
    """All runs of the file that are not deleted as they are or were at a step; those that are not so far at their end.

    What they differ in is told against the selected one.
    """
    reference = _experiment_at(file, file.run, step)
    rows = []
    for entry in file.runs():
        if entry.deleted:
            continue
        at = min(step, entry.step)
        experiment = _experiment_at(file, entry.id, at)
        differs = {path: str(value) for path, (_, value) in differences(reference, experiment).items()}
        newest = {series: file.row_at(series, at, entry.id) for series, _ in MEASURES.values()}
        measures = {name: newest[series].get(column, math.nan) for name, (series, column) in MEASURES.items()}
        known = {name: value for name, value in measures.items() if math.isfinite(value)}
        rows.append(Compared(entry.id, at, differs, known))
    return tuple(rows)


def _experiment_at(file: RunFile, number: int, step: int) -> Experiment:
    edits = [edit for edit in file.edits(number) if edit.step <= step]
    return files.from_toml(edits[-1].experiment) if edits else file.first_experiment(number)
