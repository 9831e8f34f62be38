"""Generators by the names of their files."""

from pathlib import Path

from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.export.checkpoint import read_checkpoint
from ganlab_desktop.export.generator import Generator, generator_in
from ganlab_desktop.scripting.run import open_run


def load_generator(
    path: str | Path, *, step: int | str | None = None, average: bool | None = None, run: int | None = None
) -> Generator:
    """A trained generator, in eval mode on the CPU, from a .safetensors checkpoint or straight from a .ganlab run.

    `generator(latents)` makes samples (B, D), float32, of latents (B, L), which `generator.latents(B, seed)` draws; see
    Generator for those that are told classes or images. Of a run, `step` is one of its past or "best", its newest one
    if none is named, and `run` its number in the document; `average` chooses between the generator that plays and its
    moving average, which is taken where it is kept. Raises ExperimentError, RunFileError and ExportError.
    """
    path = Path(path).expanduser()
    if files.kind_of_file(path) == "run":
        with open_run(path, run=run, readonly=True) as opened:
            return (opened if step is None else opened.at(step)).generator(average=average)
    if step is not None or run is not None:
        raise ExperimentError(str(path), "only a .ganlab document has steps and runs to choose from")
    return generator_in(read_checkpoint(path), str(path), average=average)
