"""What a user is told of a run whose past may not be replayed as it was."""

from contextlib import suppress

from ganlab_desktop.engine.machine import differences
from ganlab_desktop.engine.run import Run
from ganlab_desktop.gan.data.contents import changed
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.runfile import RunFile

MISSED = "its past is replayed, not exact (a state that it kept was not met bit for bit)"


def inexact(file: RunFile, run: Run) -> tuple[str, ...]:
    """Lines on why the past of a run that was just opened is replayed, but not bit for bit; none where it is exact."""
    return (*_of_other_machine(file, run), *_of_other_data(file, run))


def _of_other_machine(file: RunFile, run: Run) -> tuple[str, ...]:
    """A line where the past was not made by such a machine as this."""
    here = run.machine()
    try:
        found = differences(file.facts(), here) or differences(run.made_on, here)
    except RunFileError as error:
        return (error.problem,)
    return (f"its past is replayed, not exact ({found})",) if found else ()


def _of_other_data(file: RunFile, run: Run) -> tuple[str, ...]:
    """A line where the data are now read differently from when the run was last saved."""
    if line := changed(run.experiment):
        return (line,)
    here, made = run.game.data.digest, [run.made_on]
    if run.timeline.first.data == run.experiment.data:
        with suppress(RunFileError):  # which is told as a past that cannot be compared
            made.append(file.facts())
    if any(facts.get("images", here) != here for facts in made):
        return ("its images have changed since: its past is replayed, but not exactly",)
    return ()
