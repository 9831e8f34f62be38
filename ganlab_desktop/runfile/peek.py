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


class Glimpse(NamedTuple):
    """What tells a run file from others: its title (a fork without one has that of the first run), the step and the
    number of runs that are not deleted, and a small picture (PNG, empty where there is none)."""

    title: str
    step: int
    runs: int
    png: bytes


def glimpse(path: Path) -> Glimpse:
    """The little of a run file that is read at once, however large it is and also while it is being written.

    Raises RunFileError where it is no run file or too damaged to tell.
    """
    with RunFile.open(path, readonly=True) as file, naming(path):
        tree = file.runs()
        step = next((run.step for run in tree if run.id == file.run), 0)
        title = file.title() or next((run.title for run in tree), "")
        return Glimpse(title, step, sum(not run.deleted for run in tree), file.thumbnail())


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
