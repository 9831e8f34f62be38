"""Real wire messages for the panels to show: a ring of eight Gaussians, a mixture on the line, data without modes."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from ganlab_desktop.experiment.data import Mixture1D
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.files import to_toml
from ganlab_desktop.ui.series import Series
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Chunk, Frame, Modes, Picture, Scene

STEP = ("discriminator_loss", "generator_loss", "penalty", "real_score", "fake_score")
COVERAGE = ("captured", "high_quality", "jsd", "jsd_floor")
BOX = {"left": -2.0, "right": 2.0, "bottom": -2.0, "top": 2.0}
SIGMA = 0.1


def floats(values) -> Array:
    return Array.of(np.ascontiguousarray(values, dtype=np.float32))


def doubles(values) -> Array:
    return Array.of(np.ascontiguousarray(values, dtype=np.float64))


def ring_centres() -> np.ndarray:
    angle = np.arange(8) * np.pi / 4
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def ring(output: str = "probability", changes: Mapping[str, Any] | None = None, **fields) -> Scene:
    """The ring of eight Gaussians, with other fields of the experiment and of the scene where they are given."""
    experiment = msgspec.structs.replace(Experiment(), **(changes or {}))
    real = np.random.default_rng(0).normal(size=(2500, 2)) * SIGMA + ring_centres()[np.arange(2500) % 8]
    known = Modes(
        doubles(ring_centres()), doubles(np.tile(SIGMA**2 * np.eye(2), (8, 1, 1))), doubles(np.full(8, 1 / 8))
    )
    values = {
        "run": "run",
        "branch": 0,
        "layout": 0,
        "step": 0,
        "experiment": to_toml(experiment),
        "dim": 2,
        "box": (-2.0, 2.0, -2.0, 2.0),
        "real": floats(real),
        "output": output,
        "neutral": 0.5 if output == "probability" else None,
        "phases": (),
        "device": "cpu",
        "threads": 1,
        "modes": known,
    }
    return Scene(**(values | fields))


def mixture() -> Scene:
    experiment = msgspec.structs.replace(Experiment(), data=Mixture1D())
    real = np.random.default_rng(0).normal(size=(4000, 1)) * 0.5 + np.where(np.arange(4000) % 2, 2.0, -2.0)[:, None]
    modes = Modes(doubles([[-2.0], [2.0]]), doubles([[[0.25]], [[0.25]]]), doubles([0.5, 0.5]))
    return ring(experiment=to_toml(experiment), dim=1, box=(-4.0, 4.0, -1.0, 1.0), real=floats(real), modes=modes)


def surface(values: np.ndarray | None = None, **numbers: float) -> Picture:
    """D rising from left to right where nothing else is asked for."""
    if values is None:
        values = np.tile(np.linspace(0.1, 0.9, 64), (64, 1))
    return Picture(1, {"values": floats(values)}, BOX | numbers)


def pictures(seed: int = 0) -> dict[str, Picture]:
    """One of each picture of data in the plane."""
    random = np.random.default_rng(seed)
    fake = ring_centres()[random.integers(0, 8, 512)] + SIGMA * random.normal(size=(512, 2))
    side = np.linspace(-1.5, 1.5, 20)
    edges = np.linspace(0.0, 2.0, 41)
    bins = {name: floats(np.exp(-((edges[:-1] - 1.0) ** 2))) for name in ("real", "fake", "between")}
    field = random.normal(size=(12, 12, 2))
    return {
        "surface": surface(),
        "samples": Picture(1, {"fake": floats(fake)}, {"ema": 0.0}),
        "gradients": Picture(1, {"origin": floats(fake[:100]), "direction": floats(random.normal(size=(100, 2)))}),
        "manifold": Picture(1, {"grid": floats(np.stack(np.meshgrid(side, side), axis=2))}),
        "critic_field": Picture(
            1,
            {"norm": floats(random.random((48, 48))), "quiver": floats(field), "edges": floats(edges), **bins},
            BOX | {"mean": 0.52, "max": 1.87},
        ),
        "coverage": Picture(
            1,
            {"near": floats(np.arange(8) / 40)},
            {"captured": 7.0, "modes": 8.0, "high_quality": 0.843, "jsd": 0.0312, "jsd_floor": 0.011, "h": 0.014},
        ),
    }


def line_pictures() -> dict[str, Picture]:
    """The pictures of data on the line."""
    x = np.linspace(-4.0, 4.0, 64)
    density = (np.exp(-2 * (x + 2) ** 2) + np.exp(-2 * (x - 2) ** 2)) / np.sqrt(2 * np.pi)
    box = {"left": -4.0, "right": 4.0, "bottom": -1.0, "top": 1.0}
    fake = np.random.default_rng(1).normal(size=(512, 1))
    values = {"values": floats([np.linspace(0.2, 0.8, 64)]), "density": floats([np.log(density)])}
    edges = np.linspace(0.0, 1.0, 21)
    norm = {"norm": floats([np.abs(np.sin(x))]), "edges": floats(edges), "real": floats(np.ones(20))}
    return {
        "surface": Picture(1, values, box),
        "samples": Picture(1, {"fake": floats(fake)}, {"ema": 1.0}),
        "critic_field": Picture(1, norm, box | {"mean": 0.6, "max": 1.0}),
    }


def steps(rows: np.ndarray, start: int = 0) -> Chunk:
    numbers = np.arange(start, start + len(rows), dtype=np.int64)
    return Chunk("step", start, STEP, Array.of(numbers), floats(rows))


def losses(discriminator: float, generator: float, count: int = 500) -> dict[str, Series]:
    """A run whose losses never change."""
    series = Series()
    series.extend(steps(np.tile([discriminator, generator, 0.0, 0.0, 0.0], (count, 1))))
    return {"step": series}


def measured(rows: np.ndarray) -> dict[str, Series]:
    """Coverage measured every 50 steps."""
    return series_of("coverage", COVERAGE, rows)


def series_of(name: str, columns: tuple[str, ...], rows: np.ndarray) -> dict[str, Series]:
    """Rows of a study that looks every 50 steps."""
    series = Series()
    numbers = 50 * np.arange(len(rows), dtype=np.int64)
    series.extend(Chunk(name, 0, columns, Array.of(numbers), floats(rows)))
    return {name: series}


def frame(shown: dict[str, Picture] | None = None, playing: bool = False, step: int = 1) -> Frame:
    return Frame(1, "run", 0, 0, step, playing, pictures={} if shown is None else shown)
