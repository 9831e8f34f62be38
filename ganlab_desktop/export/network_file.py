"""Trained networks as files."""

from typing import BinaryIO

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.networks import CheckpointFile, OnnxFile
from ganlab_desktop.export.checkpoint import checkpoint_of
from ganlab_desktop.export.looking import Tell
from ganlab_desktop.export.onnx_graph import onnx_of


def write_checkpoint(visit: Visit, export: CheckpointFile, ending: str, stream: BinaryIO, tell: Tell) -> None:
    """Write a part of the run as it stands. Raises ExportError where it has no such part."""
    tell(0.5, "writing")
    stream.write(checkpoint_of(visit.run.game, export.part, visit.file.run).packed())


def write_onnx(visit: Visit, export: OnnxFile, ending: str, stream: BinaryIO, tell: Tell) -> None:
    """Write a network as it stands. Raises ExportError where the run has none such, where libraries are missing, and
    where ONNX Runtime does not compute the same."""
    tell(0.2, "recording the network")
    stream.write(onnx_of(visit.run.game, export.part, visit.file.run))
