"""Commands that look at an experiment or a finished run."""

import json
import math
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.cli.errors import BadInputError
from ganlab_desktop.experiment import files, presets
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import Shape, as_bytes, image_shape
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.peek import peek
from ganlab_desktop.runfile.runfile import RunFile


def experiment_of(name: str, number: int | None = None) -> Experiment:
    """The experiment of a preset, a .toml file or a run of a .ganlab document, the one shown last where none is named.
    Raises ExperimentError, BadInputError."""
    path = Path(name)
    if files.kind_of_file(path) == "experiment":
        return files.load(path)
    if files.kind_of_file(path) == "run":
        try:
            with RunFile.open(path, readonly=True) as file:
                file.choose(number)
                return file.experiment()
        except RunFileError as error:
            raise BadInputError(str(error)) from None
    return presets.load_preset(name)


def info(path: Path) -> dict[str, Any]:
    """What a run file holds. Raises BadInputError where it is no run file."""
    try:
        found = peek(path)
    except RunFileError as error:
        raise BadInputError(str(error)) from None
    facts: dict[str, Any] = found._asdict()
    facts["path"] = str(facts["path"])
    facts["tree"] = [run._asdict() for run in found.tree]
    facts["toml"] = facts["experiment"]
    try:
        facts["experiment"] = json.loads(msgspec.json.encode(files.from_toml(facts["toml"])))
    except ValueError:
        facts["experiment"], facts["sound"] = None, False
    facts["replay"] = _replay(path)
    return facts


def _replay(path: Path) -> str | None:
    """How the run's past can be visited on this machine; None where the file is too damaged to tell."""
    from ganlab_desktop.engine.machine import differences, machine
    from ganlab_desktop.engine.threads import threads
    from ganlab_desktop.gan.device import resolve_device

    try:
        with RunFile.open(path, readonly=True) as file:
            state = file.latest_state()
            players = ("generator.parameters", "discriminator.parameters")
            parameters = sum(state.arrays[name].size for name in players) if state else 0
            experiment = file.experiment()
            count = threads(parameters, images=image_shape(experiment.data) is not None)
            here = machine(resolve_device(experiment.device), count)
            made = (file.facts(), state.facts.get("machine") if state else None)
    except (ExperimentError, RunFileError, KeyError):
        return None
    found = differences(made[0], here) or differences(made[1], here)
    return f"not exact ({found})" if found else "exact"


def evaluate(path: Path, at: str | None, number: int | None, samples: int, seed: int) -> dict[str, Any]:
    """Metrics by name, None where one does not fit the data; see measure/evaluation.py."""
    from ganlab_desktop.engine.checkup import snapshot_of
    from ganlab_desktop.measure.evaluation import evaluate as evaluate_samples
    from ganlab_desktop.measure.judgement import judgement_of

    run = _load(path, at, number)
    average = run.game.averages

    def asked(count: int, offset: int) -> Any:
        return run.labels(count, seed + offset)

    def pairs(count: int, offset: int) -> Any:
        return run.pairs(count, seed + offset)

    scores = evaluate_samples(
        run.game.data,
        lambda count, offset: run.sample(count, seed + offset, average=average),
        samples,
        seed,
        judgement_of(snapshot_of(run)),
        asked if run.experiment.conditional else None,
        pairs if run.experiment.translates else None,
    )
    return {"step": run.step, "generator": "average" if average else "live", "seed": seed, **scores}


_SEEN = 32  # pixels along which an image is drawn at least


def sample(
    path: Path, out: Path, *, count: int, at: str | None, number: int | None, seed: int, ema: bool, units: str
) -> None:
    """Write samples of a run's generator, and in an .npz of a conditional one the classes that it was asked for. Where
    images are translated, with the held-out images that are given and their targets; in a .png all three side by side.
    Raises BadInputError."""
    if out.suffix not in (".npz", ".png"):
        raise BadInputError(f"{out}: must end in .npz or .png")
    if units not in ("network", "original"):
        raise BadInputError(f"--units: must be network or original, got {units!r}")
    run = _load(path, at, number)
    if ema and not run.game.averages:
        raise BadInputError(f"{path}: keeps no moving average (ema.half_life = 0); leave out --ema")
    made = run.sample(count, seed, average=ema)
    shape, given, pairs = run.game.data.image, run.game.data.input_image, run.pairs(count, seed)
    arrays: dict[str, tuple[NDArray[np.float32], Shape | None]] = {"samples": (made, shape)}
    if pairs is not None:
        arrays = {"inputs": (pairs[1], given), "samples": (made, shape), "targets": (pairs[0], shape)}
    written: dict[str, Any] = {name: _in_units(*array, units, run) for name, array in arrays.items()}
    if (labels := run.labels(count, seed)) is not None:
        written["labels"] = labels
    try:
        if out.suffix == ".npz":
            with out.open("wb") as stream:
                np.savez(stream, **written)
        elif shape is None:
            _draw(written["samples"], out)
        else:
            _draw_images([as_bytes(array, own) for array, own in arrays.values() if own is not None], out)
    except OSError as error:
        raise BadInputError(f"{out}: {error.strerror or 'cannot be written'}") from None


def _load(path: Path, at: str | None, number: int | None) -> Any:
    """A run of a file as it was after step `at`; its newest state, and the run shown last, where none is named."""
    from ganlab_desktop.engine.visit import visit

    try:
        with visit(path, number, at) as visited:
            return visited.run
    except RunFileError as error:
        raise BadInputError(str(error)) from None


def _in_units(samples: NDArray[np.float32], shape: Shape | None, units: str, run: Any) -> NDArray[np.generic]:
    """Samples (N, dim) as they are written: points, or images (N, C, H, W), in original units (N, H, W, C) bytes."""
    if shape is not None:
        return as_bytes(samples, shape) if units == "original" else samples.reshape(-1, *shape)
    return samples * np.float32(run.experiment.data.scale) if units == "original" else samples


def _draw_images(parts: list[NDArray[np.uint8]], out: Path) -> None:
    """Images (N, H, W, C) side by side, about as high as wide, each pixel as large as can be seen; where there are
    several parts, the images of a place beside each other."""
    from PIL import Image

    deepest = max(part.shape[3] for part in parts)
    pictures = np.concatenate([np.broadcast_to(part, (*part.shape[:3], deepest)) for part in parts], 2)
    count, height, width, channels = pictures.shape
    columns = math.ceil(math.sqrt(count * height / width))
    rows = -(-count // columns)
    sheet = np.zeros((rows * columns, height, width, channels), np.uint8)
    sheet[:count] = pictures
    sheet = sheet.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    whole = Image.fromarray(sheet.reshape(rows * height, columns * width, channels).squeeze())
    larger = max(1, _SEEN // height)
    whole.resize((whole.width * larger, whole.height * larger), Image.Resampling.NEAREST).save(out)


def _draw(samples: NDArray[np.float32], out: Path) -> None:
    """The samples as a picture: a scatter in the plane, a histogram on the line."""
    from matplotlib.figure import Figure

    from ganlab_desktop.palette import LIGHT

    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.add_subplot()
    if samples.shape[1] == 1:
        axes.hist(samples[:, 0], bins=100, density=True, color=LIGHT.fake)
    else:
        axes.scatter(samples[:, 0], samples[:, 1], s=4, marker="D", linewidths=0, color=LIGHT.fake)
        axes.set_aspect("equal")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(out, dpi=150)
