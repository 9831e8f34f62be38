"""Commands that look at an experiment or a finished run."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.cli.errors import BadInputError
from ganlab_desktop.cli.notes import note
from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import Shape, as_bytes, image_shape
from ganlab_desktop.experiment.images.paired import input_shape
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.peek import peek
from ganlab_desktop.runfile.runfile import RunFile
from ganlab_desktop.scripting.experiments import load_experiment

if TYPE_CHECKING:
    from ganlab_desktop.scripting.looks import Looks


def experiment_of(name: str, number: int | None = None) -> Experiment:
    """The experiment of a preset, a .toml file or a run of a .ganlab document, the one shown last where none is named.
    Raises ExperimentError, BadInputError."""
    try:
        return load_experiment(name, number)
    except RunFileError as error:
        raise BadInputError(str(error)) from None


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
    facts["replay"], facts["weights"] = _replay(path), _weights(path)
    return facts


def _weights(path: Path) -> str | None:
    """The file of weights that the run began with, and its SHA-256; None where its seed drew them, or the file is too
    damaged to tell."""
    try:
        with RunFile.open(path, readonly=True) as file:
            told = file.weights()
    except RunFileError:
        return None
    return f"{told.get('file')} ({told.get('sha256')})" if told else None


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
            images = image_shape(experiment.data) is not None
            made = (file.facts(), state.facts.get("machine", {}) if state else {})
            count = threads(parameters, begun=(made[1] or made[0]).get("threads"))
            here = machine(resolve_device(experiment.device, images=images), count)
    except (ExperimentError, RunFileError, KeyError):
        return None
    found = differences(made[0], here) or differences(made[1], here)
    return f"not exact ({found})" if found else "exact"


def evaluate(
    path: Path, at: str | None, number: int | None, samples: int, seed: int, *, inception: bool
) -> dict[str, Any]:
    """Metrics by name, None where one does not fit the data; see measure/evaluation.py and measure/inception.py."""
    from ganlab_desktop.measure.inception import caution

    with _looked_at(path, at, number) as look:
        scores = look.evaluate(samples, seed, inception=inception)
    if inception and (warning := caution(scores)):
        note((warning,))
    return scores


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
    with _looked_at(path, at, number) as look:
        if ema and not look.experiment.ema.half_life:
            raise BadInputError(f"{path}: keeps no moving average (ema.half_life = 0); leave out --ema")
        experiment, shape, given = look.experiment, look.image, input_shape(look.experiment.data)
        made, labels, pairs = look.sample(count, seed, average=ema), look.labels(count, seed), look.pairs(count, seed)
    arrays: dict[str, tuple[NDArray[np.float32], Shape | None]] = {"samples": (made, shape)}
    if pairs is not None:
        arrays = {"inputs": (pairs[1], given), "samples": (made, shape), "targets": (pairs[0], shape)}
    written: dict[str, Any] = {name: _in_units(*array, units, experiment) for name, array in arrays.items()}
    if labels is not None:
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


@contextmanager
def _looked_at(path: Path, at: str | None, number: int | None) -> Iterator["Looks"]:
    """A run of a file as it was after step `at`; its newest state, and the run shown last, where none is named."""
    from ganlab_desktop.engine.notices import MISSED
    from ganlab_desktop.scripting.run import open_run

    try:
        with open_run(path, run=number, readonly=True) as run:
            note(run.notices)
            if at is None:
                yield run
                return
            past = run.at(at)
            note(() if past.exact else (f"{path.name}: {MISSED}",))
            yield past
    except RunFileError as error:
        raise BadInputError(str(error)) from None


def _in_units(samples: NDArray[np.float32], shape: Shape | None, units: str, experiment: Any) -> NDArray[np.generic]:
    """Samples (N, dim) as they are written: points, or images (N, C, H, W), in original units (N, H, W, C) bytes."""
    if shape is not None:
        return as_bytes(samples, shape) if units == "original" else samples.reshape(-1, *shape)
    return samples * np.float32(experiment.data.scale) if units == "original" else samples


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
