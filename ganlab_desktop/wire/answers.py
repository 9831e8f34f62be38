"""What the engine says to the window: answers to commands, and what comes unasked."""

from typing import Literal

from msgspec import Struct

from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.message import Hello, Message, Player

Level = Literal["info", "warning", "error"]


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


class BestStep(Struct, frozen=True):
    """The step that scores lowest by the metric of experiment.selection."""

    step: int
    metric: str
    score: float


class Scene(Message, frozen=True):
    """What a run is: all that changes only when it is opened, edited or restarted.

    `run`, `branch` and `layout` stamp every frame; a frame whose stamp differs from the scene's is dropped. `box` is
    the view that fits the data (left, right, bottom, top); `real` are (N, dim) float32 samples of the data. `output`
    tells what the surface shows: "probability" for D(x) = sigmoid(logit), "score" for a critic's or a raw output,
    "none" where there is no discriminator.
    """

    run: str
    branch: int
    layout: int
    step: int
    experiment: str
    dim: int
    box: tuple[float, float, float, float]
    real: Array
    output: Literal["probability", "score", "none"]
    phases: tuple[PhaseInfo, ...]
    device: str
    threads: int
    path: str = ""
    head: int = 0  # the newest step; `step` lies before it where the past is shown
    first: int = 0  # the earliest step that can be shown
    aim: tuple[int, int] | None = None  # the moment, as step and phase, that is on its way to be shown
    edits: tuple[Edited, ...] = ()  # all of the run, in order
    runs: tuple[TreeRun, ...] = ()  # of the document; the one at hand is number `branch`
    bookmarks: tuple[Bookmarked, ...] = ()  # likewise
    best: BestStep | None = None
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
    no_comparison: str = ""  # why generated images are not compared with held-out ones; empty where they are
    image: tuple[int, int, int] | None = None  # channels, height and width of samples that are images, from -1 to 1


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


class Glimpse(Struct, frozen=True):
    """A run file at a glance: what it is called, where training would go on, how many runs it holds, and a small
    picture (PNG; empty where there is none). `problem` says why nothing more is known; empty where it is."""

    path: str
    title: str = ""
    step: int = 0
    runs: int = 0
    png: bytes = b""
    problem: str = ""


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
    glimpses: tuple[Glimpse, ...] = ()


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


class Keyframes(Struct, frozen=True):
    """How many states of its past a run keeps, and the steps (n,) int64 of some of them, the oldest first."""

    count: int
    steps: Array


class Frame(Message, frozen=True):
    """The newest state: progress, the rows that the window has not, and the pictures that are new since.

    `findings` are all findings of the run; None where the window has acknowledged so many (as "findings"). Likewise
    the `keyframes`, which are told at rest.
    """

    credit: int
    run: str
    branch: int
    layout: int
    step: int
    playing: bool
    head: int = 0  # the newest step; `step` lies before it where the past is shown
    phase: int = 0  # number of phases of the iteration at hand that have run; 0 between iterations
    aim: tuple[int, int] | None = None  # the moment, as step and phase, that is on its way to be shown
    steps_per_second: float = 0.0
    probe_share: float = 0.0  # share of the training thread's time that probes take
    chunks: tuple[Chunk, ...] = ()
    pictures: dict[str, Picture] = {}
    findings: tuple[Finding, ...] | None = None
    beside: BesideFrame | None = None
    keyframes: Keyframes | None = None


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


class Reading(Message, frozen=True):
    """Images are read for a command that waits: so many of all are done. A count of 0 tells that it is over."""

    done: int
    count: int


class Log(Message, frozen=True):
    """A line for the log panel."""

    level: Level
    text: str


Answer = Hello | Reply | Frame | Preview | Paused | Saved | Reading | Log | Scene | BesideScene
