"""Every message between the window and the engine.

Commands go from the window to the engine and carry an id; the engine answers each with one Reply of the same id, but
Frames answer Grants (one credit, one frame, holding the newest state) and Previews answer Looks. Events come unasked.
"""

from typing import Any, Literal

from msgspec import Struct

from ganlab_desktop.wire.arrays import Array

VERSION = 4

Player = Literal["discriminator", "generator"]
Level = Literal["info", "warning", "error"]


class Message(Struct, frozen=True, tag=True, tag_field="type"):
    """The base of all messages; the class name is the tag."""


# --- commands: window to engine -------------------------------------------------------------------------------------


class Hello(Message, frozen=True):
    """First message in both directions; a peer of another version is refused with a clear reply."""

    id: int = 0
    version: int = VERSION
    program: str = ""


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


class Play(Message, frozen=True):
    """Train until paused, or until schedule.steps; in the past, show again what was and then train on.

    `backwards` goes back step by step as far as the run is known. `loop` shows again and again what was between two
    steps, either way.
    """

    id: int
    backwards: bool = False
    loop: tuple[int, int] | None = None


class Pause(Message, frozen=True):
    """Stop at the end of the iteration at hand."""

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
    """Change what is said of a run of the document; None leaves a thing as it is. A run that is deleted stays in the
    file and can be taken back; the one at hand gives way to its nearest relative. Answered with a Scene."""

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
    canvas asks for.
    """

    credit: int
    probes: tuple[str, ...] = ()
    box: tuple[float, float, float, float] | None = None
    resolution: int = 64
    acknowledged: dict[str, int] = {}
    label: int = 0
    beside: tuple[str, ...] = ()
    beside_box: tuple[float, float, float, float] | None = None


class Look(Message, frozen=True):
    """Ask for a preview of a step, made from the nearest keyframe. A newer one replaces it; answered with a Preview, or
    not at all. `box` and `label` as in Grant."""

    step: int
    box: tuple[float, float, float, float] | None = None
    label: int = 0


Command = (
    Hello
    | New
    | Open
    | Save
    | Play
    | Pause
    | Recover
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
)

# --- answers: engine to window --------------------------------------------------------------------------------------


class Modes(Struct, frozen=True):
    """Modes of the data in network units: centres (K, d), covariances (K, d, d), weights (K,), all float64."""

    centres: Array
    covariances: Array
    weights: Array


class PhaseInfo(Struct, frozen=True):
    """One phase of an iteration: who moves, what happens, in which of that player's updates."""

    player: Player
    name: str
    update: int = 0


class Edited(Struct, frozen=True):
    """Settings that were changed at a step: one line that names them with their old and new values."""

    step: int
    text: str


class TreeRun(Struct, frozen=True):
    """A run of the document: a fork tells its parent and the step at which it left it. `step` is the newest one saved,
    `created` ISO 8601, UTC; `colour` the name of one in palette.RUN_COLOURS, empty for one by its number."""

    id: int
    parent: int | None
    forked_at: int
    title: str
    colour: str
    note: str
    created: str
    deleted: bool
    step: int


class Moment(Struct, frozen=True):
    """A moment of a run of the document: its number, the step, and how many edits had been made."""

    run: int
    step: int
    edits: int


class Bookmarked(Struct, frozen=True):
    """A step that the user has marked, and what he noted of it."""

    step: int
    note: str = ""


class Scene(Message, frozen=True):
    """What a run is: all that changes only when it is opened, edited or restarted.

    `run`, `branch` and `layout` stamp every frame; a frame whose stamp differs from the scene's is dropped. `box` is
    the view that fits the data (left, right, bottom, top); `real` are (N, dim) float32 samples of the data. `output`
    tells what the surface shows: "probability" for D(x) = sigmoid(logit), "score" for a critic's or a raw output.
    """

    run: str
    branch: int
    layout: int
    step: int
    experiment: str
    dim: int
    box: tuple[float, float, float, float]
    real: Array
    output: Literal["probability", "score"]
    phases: tuple[PhaseInfo, ...]
    device: str
    threads: int
    path: str = ""
    head: int = 0  # the newest step; `step` lies before it where the past is shown
    first: int = 0  # the earliest step that can be shown
    edits: tuple[Edited, ...] = ()  # all of the run, in order
    runs: tuple[TreeRun, ...] = ()  # of the document; the one at hand is number `branch`
    bookmarks: tuple[Bookmarked, ...] = ()  # likewise
    undo: str = ""  # what the edit changed that can be taken back; empty where there is none
    redo: str = ""  # likewise of the one that can be made again
    objective_since: int = 0  # the step from which on this objective has been played
    data_since: int = 0  # the step from which on these data have been learned
    neutral: float | None = None  # the surface's value where D cannot tell; None where only differences mean something
    kept: bool = True  # a file follows the run; False where it is in memory only or was opened for reading
    saved: Moment | None = None  # where the user opened or last saved the document; None while it has no name
    untitled: bool = True  # kept in the data folder of untitled runs, under no name of the user's choice
    modes: Modes | None = None
    warnings: tuple[str, ...] = ()
    no_density: str = ""  # why the densities of both sides cannot be compared; empty where they can
    no_optimum: str = ""  # why the best discriminator is not known; empty where it is
    left_out: str = ""  # what the run's losses have and the looks at its own game have not
    no_bound: str = ""  # why the discriminator's Lipschitz constant has no known upper bound; empty where it has
    no_value: str = ""  # why V(D, G) is not told beside its optimum; empty where it is
    classes: int = 0  # that the networks are told; 0 where none
    real_labels: Array | None = None  # the classes (N,) of `real`, int32, where they are told


class Chunk(Struct, frozen=True):
    """Rows of a time series from position `start` on: steps (n,) int64, values (n, len(names)) float32."""

    series: str
    start: int
    names: tuple[str, ...]
    steps: Array
    values: Array


class Curves(Struct, frozen=True):
    """The curves of a run of the document, each as one chunk; long ones are averaged over equal numbers of rows."""

    run: int
    chunks: tuple[Chunk, ...]


class Compared(Struct, frozen=True):
    """A run at a step: the settings, by path, in which it differs from the one at hand, and what was measured last."""

    run: int
    step: int
    differs: dict[str, str] = {}
    measures: dict[str, float] = {}


class Comparison(Struct, frozen=True):
    """The runs of the document beside each other."""

    runs: tuple[Compared, ...]


class CutOff(Struct, frozen=True):
    """A run whose window or engine ended without closing it, and the step from which it would go on."""

    path: str
    title: str
    step: int


class Machine(Struct, frozen=True):
    """The engine's machine: the names of its devices, its processors, and the folder of runs without a name."""

    devices: tuple[str, ...]
    processors: int
    folder: str


class TableFormat(Struct, frozen=True):
    """What a table of a run file is for, and what stands in each of its columns."""

    name: str
    purpose: str
    columns: tuple[tuple[str, str], ...]


class FileFormat(Struct, frozen=True):
    """What a run file is, its tables, and a program in Python that reads its curves and edits."""

    about: str
    tables: tuple[TableFormat, ...]
    program: str


class Reply(Message, frozen=True):
    """The answer to the command with this id; `error` is empty where it succeeded."""

    id: int
    error: str = ""
    scene: Scene | None = None
    curves: Curves | None = None
    comparison: Comparison | None = None
    cut_off: tuple[CutOff, ...] = ()
    machine: Machine | None = None
    format: FileFormat | None = None


Content = Scene | Curves | Comparison | Machine | None
"""What a reply may hold."""


class Picture(Struct, frozen=True):
    """What one probe saw at one step: named arrays and numbers."""

    step: int
    arrays: dict[str, Array] = {}
    numbers: dict[str, float] = {}


class BesideFrame(Struct, frozen=True):
    """What is new of the run on the second canvas; stamped as its scene is."""

    branch: int
    layout: int
    step: int
    pictures: dict[str, Picture] = {}


class Finding(Struct, frozen=True):
    """What goes wrong with the training, found at a step: a short title, and an English text of two sentences, what is
    seen and what to try, with named fields that `values` fills."""

    kind: str
    step: int
    title: str
    text: str
    values: dict[str, float] = {}


class Frame(Message, frozen=True):
    """The newest state: progress, the rows that the window has not, and the pictures that are new since.

    `findings` are all findings of the run; None where the window has acknowledged so many (as "findings").
    """

    credit: int
    run: str
    branch: int
    layout: int
    step: int
    playing: bool
    head: int = 0  # the newest step; `step` lies before it where the past is shown
    phase: int = 0  # number of phases of the iteration at hand that have run; 0 between iterations
    steps_per_second: float = 0.0
    probe_share: float = 0.0  # share of the training thread's time that probes take
    chunks: tuple[Chunk, ...] = ()
    pictures: dict[str, Picture] = {}
    findings: tuple[Finding, ...] | None = None
    beside: BesideFrame | None = None


class BesideScene(Message, frozen=True):
    """What the second canvas shows: sent when that begins, when its experiment changes, and without a scene when it
    ends."""

    scene: Scene | None = None


class Preview(Message, frozen=True):
    """What the run was like about a step: the surface and some samples, at the step `shown`."""

    run: str
    branch: int
    layout: int
    step: int
    shown: int
    pictures: dict[str, Picture] = {}


class Paused(Message, frozen=True):
    """Training stopped by itself: at schedule.steps, after Step, or because it diverged."""

    step: int
    reason: Literal["finished", "stepped", "diverged", "failed"]
    text: str = ""


class Saved(Message, frozen=True):
    """The run file holds the state of this step."""

    step: int
    path: str


class Log(Message, frozen=True):
    """A line for the log panel."""

    level: Level
    text: str


Answer = Hello | Reply | Frame | Preview | Paused | Saved | Log | Scene | BesideScene
