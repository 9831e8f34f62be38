"""Who writes each kind of export. A new kind adds its writer here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.page import Export
from ganlab_desktop.experiment.fields import kind_of
from ganlab_desktop.export.bundle_file import write_bundle
from ganlab_desktop.export.figure_file import FIGURES, write_figure
from ganlab_desktop.export.film_file import write_film
from ganlab_desktop.export.looking import Tell
from ganlab_desktop.export.network_file import write_checkpoint, write_onnx
from ganlab_desktop.export.samples_file import write_pictures, write_samples
from ganlab_desktop.export.table_file import write_table

Writer = Callable[[Visit, Any, str, BinaryIO, Tell], None]

WRITERS: dict[str, Writer] = {
    **dict.fromkeys(FIGURES, write_figure),
    "samples": write_samples,
    "table": write_table,
    "video": write_film,
    "checkpoint": write_checkpoint,
    "onnx": write_onnx,
    "bundle": write_bundle,
}

FOLDER_WRITERS: dict[str, Callable[[Visit, Any, Path, Tell], None]] = {"samples": write_pictures}


def write(visit: Visit, export: Export, ending: str, stream: BinaryIO, tell: Tell) -> None:
    """Write an export of a run as it stands, in the format of an ending. Raises ExportError where the run has no such
    thing, and OSError."""
    WRITERS[kind_of(export)](visit, export, ending, stream, tell)


def write_folder(visit: Visit, export: Export, folder: Path, tell: Tell) -> None:
    """The same into a new folder, where the export is one of `folders`."""
    FOLDER_WRITERS[kind_of(export)](visit, export, folder, tell)
