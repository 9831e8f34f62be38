"""What a run file holds, at a glance."""

from pathlib import Path
from typing import NamedTuple

from ganlab_desktop.runfile.errors import naming
from ganlab_desktop.runfile.runfile import RunFile
from ganlab_desktop.runfile.tree import RunEntry


class Info(NamedTuple):
    """A run file's facts. `step` is where training would go on, `experiment` is TOML, `size` is in bytes; `run` is the
    number of the run that they tell of, the one shown last, `runs` how many of the `tree` are not deleted.

    `sound` is true where the file's structure is whole and its newest state passes its checksum.
    """

    title: str
    step: int
    run: int
    runs: int
    created: str
    experiment: str
    sound: bool
    path: Path
    size: int
    tree: list[RunEntry]


def peek(path: Path) -> Info:
    """The facts of a run file, read without changing it, also while it is being written.

    Raises RunFileError where it is no run file or too damaged to tell.
    """
    with RunFile.open(path, readonly=True) as file, naming(path):
        state, tree = file.latest_state(), file.runs()
        return Info(
            title=file.title(),
            step=state.step if state else 0,
            run=file.run,
            runs=sum(not run.deleted for run in tree),
            created=file.created(),
            experiment=file.experiment_toml(),
            sound=file.is_sound() and not file.damage,
            path=path,
            size=path.stat().st_size,
            tree=tree,
        )
