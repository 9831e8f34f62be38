"""What the window says to the engine."""

from typing import Any

from ganlab_desktop.experiment.exploration import Exploration
from ganlab_desktop.wire.message import Hello, Message, Player


class New(Message, frozen=True):
    """Start an untitled run of an experiment (TOML). Answered with a Scene."""

    id: int
    experiment: str


class Open(Message, frozen=True):
    """Open a .ganlab run, or start a run from a .toml file, on the engine's machine. Answered with a Scene."""

    id: int
    path: str


class Save(Message, frozen=True):
    """Write the run to a .ganlab file on the engine's machine and go on there. Answered with a Scene."""

    id: int
    path: str


class Commit(Message, frozen=True):
    """Write the present state into the file that follows the run, with a keyframe, so that other processes find the run
    as it is now. The document counts as saved by its user as little as before. Answered when it is written."""

    id: int


class Play(Message, frozen=True):
    """Train until paused, or until schedule.steps; in the past, show again what was and then train on.

    `backwards` goes back step by step as far as the run is known. `loop` shows again and again what was between two
    steps, either way.
    """

    id: int
    backwards: bool = False
    loop: tuple[int, int] | None = None


class Pause(Message, frozen=True):
    """Stop at the end of the iteration at hand; on the way to a moment of the past, go no further."""

    id: int


class Step(Message, frozen=True):
    """Train `count` iterations and pause. `only` lets one player move; the other's phases are skipped."""

    id: int
    count: int = 1
    only: Player | None = None


class StepPhase(Message, frozen=True):
    """Run the next phase of the iteration and pause there, or, with `to`, go to where so many of its phases have run;
    all of them end it. Answered with a Scene where the past is shown."""

    id: int
    to: int | None = None


class Seek(Message, frozen=True):
    """Pause and show the run as it was after `step` iterations and `phase` phases of the next; its newest moment leads
    back to the present. Frames show the nearest keyframe first. Answered with a Scene of that moment."""

    id: int
    step: int
    phase: int = 0


class SetSpeed(Message, frozen=True):
    """Limit training to so many iterations a second, or with `phases` phases; 0 means as fast as it goes."""

    id: int
    per_second: float = 0.0
    phases: bool = False


class Edit(Message, frozen=True):
    """Change settings by path. All apply at the next iteration, or, where one needs a new start, none does and the
    reply's error says why. Answered with a Scene."""

    id: int
    changes: dict[str, Any]


class Fork(Message, frozen=True):
    """Go on in a run of its own from the iteration that is shown, with some settings changed. Answered with a Scene."""

    id: int
    changes: dict[str, Any] = {}


class TurnTo(Message, frozen=True):
    """Go on with another run of the document. Answered with a Scene."""

    id: int
    run: int


class Duplicate(Message, frozen=True):
    """Begin the experiment anew with another seed, as another run of the document. Answered with a Scene."""

    id: int
    seed: int


class Describe(Message, frozen=True):
    """Change what is said of a run of the document; None leaves a thing as it is. A run that is deleted can be
    taken back until the document is closed; the one at hand gives way to its nearest relative. Answered with a
    Scene."""

    id: int
    run: int
    title: str | None = None
    colour: str | None = None
    note: str | None = None
    deleted: bool | None = None


class ShowBeside(Message, frozen=True):
    """Show another run of the document on a second canvas, at the step shown or at a step of its own; None shows none.
    Frames tell of it, and BesideScene what it is."""

    id: int
    run: int | None
    step: int | None = None


class Overlay(Message, frozen=True):
    """Tell the curves of another run of the document. Answered with Curves."""

    id: int
    run: int


class Compare(Message, frozen=True):
    """Tell all runs of the document beside each other, as they were at a step. Answered with a Comparison."""

    id: int
    step: int


class Undo(Message, frozen=True):
    """Take the last edit back by another one that is made now, or with `again` make it once more. Answered with a
    Scene."""

    id: int
    again: bool = False


class Bookmark(Message, frozen=True):
    """Mark a step with a note, or without one take its mark away; without a step it is the one that is shown.
    Committed before it is answered, with a Scene."""

    id: int
    step: int | None = None
    note: str | None = ""


class Restart(Message, frozen=True):
    """Start again from step 0, with some settings changed. Answered with a Scene."""

    id: int
    changes: dict[str, Any] = {}


class Revert(Message, frozen=True):
    """Pause and go back to where the document was opened or last saved by the user. What came since stays in the
    document as a run of its own; of one that is open for reading only it is lost. Answered with a Scene."""

    id: int


class Recover(Message, frozen=True):
    """Ask which runs were cut off by a crash, among the untitled ones and these documents. Answered with `cut_off`."""

    id: int
    documents: tuple[str, ...] = ()


class Peek(Message, frozen=True):
    """Tell what run files are at a glance, without opening them. Answered with `glimpses`, in the same order."""

    id: int
    documents: tuple[str, ...]


class Survey(Message, frozen=True):
    """Tell what the engine's machine offers. Answered with a Machine."""

    id: int


class Explain(Message, frozen=True):
    """Tell what a run file holds, for people who read it with other programs. Answered with a FileFormat, whose program
    reads the file of this path."""

    id: int
    path: str = ""


class Shutdown(Message, frozen=True):
    """Commit the run file and exit."""

    id: int


class Grant(Message, frozen=True):
    """One credit for one frame.

    `probes` are the pictures, and the series taken on request, that visible panels ask for, `box` is the canvas's view
    (left, right, bottom, top) in network units, `resolution` the surface's side in points, `label` the class that is
    looked at in a conditional game. `acknowledged` gives, per series, how many rows the window has; the frame carries
    those after. As "findings" it tells how many of these the window has. `beside` and `beside_box` are what a second
    canvas asks for. `chosen` is the place on the wall of the image that is looked at closely, -1 for none;
    `exploration` tells what is looked at between images.
    """

    credit: int
    probes: tuple[str, ...] = ()
    box: tuple[float, float, float, float] | None = None
    resolution: int = 64
    acknowledged: dict[str, int] = {}
    label: int = 0
    beside: tuple[str, ...] = ()
    beside_box: tuple[float, float, float, float] | None = None
    chosen: int = -1
    exploration: Exploration = Exploration()


class Look(Message, frozen=True):
    """Ask for a preview of a step, made from the nearest keyframe. A newer one replaces it; answered with a Preview, or
    not at all. `box` and `label` as in Grant."""

    step: int
    box: tuple[float, float, float, float] | None = None
    label: int = 0


class StopReading(Message, frozen=True):
    """Stop reading images, if some are read now; the command that needs them is refused."""


Command = (
    Hello
    | New
    | Open
    | Save
    | Commit
    | Play
    | Pause
    | Recover
    | Peek
    | Step
    | StepPhase
    | Seek
    | SetSpeed
    | Edit
    | Undo
    | Bookmark
    | Look
    | Restart
    | Revert
    | Survey
    | Explain
    | Shutdown
    | Grant
    | Fork
    | TurnTo
    | Duplicate
    | Describe
    | ShowBeside
    | Overlay
    | Compare
    | StopReading
)
