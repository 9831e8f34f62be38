"""All kinds of export by name. A new kind adds its spec to this table and its writer to export/writers.py."""

import os
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any, get_args

from ganlab_desktop.experiment import paths
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.exports.bundle import Bundle
from ganlab_desktop.experiment.exports.curves import Table
from ganlab_desktop.experiment.exports.figures import FigureSpec
from ganlab_desktop.experiment.exports.films import Film
from ganlab_desktop.experiment.exports.networks import CheckpointFile, OnnxFile
from ganlab_desktop.experiment.exports.page import Export
from ganlab_desktop.experiment.validate import read

_SPECS: tuple[type[Export], ...] = (*get_args(FigureSpec), Film, Table, CheckpointFile, OnnxFile, Bundle)

EXPORTS: dict[str, type[Export]] = {str(spec.__struct_config__.tag): spec for spec in _SPECS}


def export_of(kind: str, settings: Iterable[tuple[str, Any]] = ()) -> Export:
    """The export of a kind with the values at some paths changed. Raises ExperimentError with a path and what is
    allowed there."""
    raw: dict[str, Any] = {}
    if kind in EXPORTS:
        raw = paths.as_dict(EXPORTS[kind]())
    for path, value in settings:
        paths.put(raw, path, value)
    return read_export(raw | {"kind": kind})


def read_export(raw: dict[str, Any]) -> Export:
    """The export that a nested dict describes. Raises ExperimentError."""
    kind = raw.get("kind")
    if kind not in EXPORTS:
        raise ExperimentError("kind", f"must be one of {', '.join(EXPORTS)}, got {kind!r}")
    return read(raw, EXPORTS[kind])


def is_folder(export: Export, name: str) -> bool:
    """Whether a name asks for a folder: one without an ending, or with a slash at its end."""
    return export.folders and (name.endswith(("/", os.sep)) or not PurePath(name).suffix)


def ending_of(export: Export, name: str) -> str:
    """The format that a file's name or a word asks for. Raises ExperimentError where the export has no such one."""
    ending = name.rpartition(".")[2].lower()
    if ending not in export.endings:
        kind = str(export.__struct_config__.tag)
        or_folder = f", or into a folder: {name}/" if export.folders else ""
        raise ExperimentError("", f"{name}: {kind} is written as {', '.join(export.endings)}{or_folder}")
    return ending
