"""Experiments as TOML text and files."""

import os
import tempfile
import tomllib
from pathlib import Path
from typing import Literal

import tomli_w

from ganlab_desktop.experiment import paths
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import validate

FileKind = Literal["run", "experiment", "points"]

FILE_KINDS: dict[str, FileKind] = {".ganlab": "run", ".toml": "experiment", ".csv": "points", ".npz": "points"}
LARGEST = 1_000_000  # bytes; an experiment is a few kilobytes, so anything larger is another file


def kind_of_file(path: Path) -> FileKind | None:
    """What a file's name says that it holds; None for a name that is not ours."""
    return FILE_KINDS.get(path.suffix.lower())


def from_toml(text: str) -> Experiment:
    """The experiment in TOML text. Raises ExperimentError."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ExperimentError("", f"not valid TOML: {error}") from None
    except RecursionError:
        raise ExperimentError("", "not valid TOML: nested too deeply") from None
    return validate(raw)


def to_toml(experiment: Experiment) -> str:
    """The experiment as TOML text, complete: defaults are written out, so the file still means the same later."""
    return tomli_w.dumps(paths.as_dict(experiment))


def load(path: Path) -> Experiment:
    """The experiment in a TOML file. Raises ExperimentError, which names the file."""
    try:
        if path.stat().st_size > LARGEST:
            raise ExperimentError(str(path), f"larger than {LARGEST // 1_000_000} MB, so not an experiment")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ExperimentError(str(path), "not a text file (UTF-8)") from None
    except OSError as error:
        raise ExperimentError(str(path), error.strerror or "cannot be read") from None
    try:
        return from_toml(text)
    except ExperimentError as error:
        raise ExperimentError(f"{path}: {error.path}" if error.path else str(path), error.problem) from None


def save(experiment: Experiment, path: Path) -> None:
    """Write the experiment to a TOML file; the file is replaced whole or not at all. Raises ExperimentError."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(to_toml(experiment))
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ExperimentError(str(path), error.strerror or "cannot be written") from None
