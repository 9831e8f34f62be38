"""Trained networks as files for other programs."""

from typing import Annotated, ClassVar, Literal

from ganlab_desktop.experiment.exports.page import Export
from ganlab_desktop.experiment.spec import label


class CheckpointFile(Export, frozen=True, tag="checkpoint"):
    """Weights by the names of the network's modules, with the experiment in the header."""

    title: ClassVar[str] = "Checkpoint"
    endings: ClassVar[tuple[str, ...]] = ("safetensors",)

    part: Annotated[
        Literal["generator", "average", "discriminator", "run"],
        label("Part", "The generator, its moving average, the discriminator, or all that training goes on with."),
    ] = "generator"


class OnnxFile(Export, frozen=True, tag="onnx"):
    """One network as an ONNX graph, of which ONNX Runtime has computed the same as PyTorch."""

    title: ClassVar[str] = "ONNX model"
    endings: ClassVar[tuple[str, ...]] = ("onnx",)

    part: Annotated[
        Literal["generator", "average", "discriminator"],
        label("Part", "The generator, its moving average, or the discriminator."),
    ] = "generator"
