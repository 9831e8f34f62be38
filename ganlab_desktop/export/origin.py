"""What a network that leaves the laboratory says of itself: all that is needed to build it again, and to trace it."""

import json
import platform
from typing import NamedTuple

import msgspec
import torch

from ganlab_desktop import __version__
from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import Shape, image_shape
from ganlab_desktop.experiment.images.paired import input_shape
from ganlab_desktop.experiment.rules import check_classes
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.weights import PART

FORMAT = "1"
_MOST_DIMENSIONS = 2  # of points
_MOST_CLASSES = 100_000


class Origin(NamedTuple):
    """The experiment of a network, the step and the run that it is of, which of their networks it is, and what it needs
    to know of the data (see gan.players.Layout)."""

    experiment: Experiment
    step: int
    run: int
    part: str
    shape: tuple[int, ...]
    classes: int

    @property
    def image(self) -> Shape | None:
        """Channels, height and width of the images that are made; None where points are."""
        return image_shape(self.experiment.data)

    @property
    def input_image(self) -> Shape | None:
        """The same of the images that are given; None where none are."""
        return input_shape(self.experiment.data)


def origin_of(game: Game, run: int, part: str) -> Origin:
    """What a part of a game is, in a run of this number."""
    return Origin(game.experiment, game.state().facts["step"], run, part, game.data.shape, game.data.classes)


def header(origin: Origin) -> dict[str, str]:
    """Texts by name, as the headers of files keep them. `samples` is the shape of a sample, channels first."""
    return {
        "ganlab": FORMAT,
        PART: origin.part,
        "title": origin.experiment.title,
        "step": str(origin.step),
        "run": str(origin.run),
        "experiment": files.to_toml(origin.experiment),
        "samples": json.dumps(origin.shape),
        "classes": str(origin.classes),
        "versions": json.dumps(
            {"ganlab": __version__, "torch": torch.__version__, "python": platform.python_version()}
        ),
    }


def from_header(texts: dict[str, str], name: str) -> Origin:
    """The facts in the header of a file of this name. Raises ExperimentError where it has none, or strange ones."""
    if texts.get("ganlab") != FORMAT:
        newer = ": it is written by a newer version" if "ganlab" in texts else ""
        raise ExperimentError(name, f"is no checkpoint of this program{newer}")
    try:
        shape = msgspec.json.decode(texts["samples"], type=tuple[int, ...])
        step, run, classes = (int(texts[key]) for key in ("step", "run", "classes"))
        origin = Origin(files.from_toml(texts["experiment"]), step, run, texts[PART], shape, classes)
    except (KeyError, ValueError) as error:
        raise ExperimentError(name, f"its header cannot be read: {error}") from None
    points = origin.image is None and len(shape) == 1 and 1 <= shape[0] <= _MOST_DIMENSIONS
    if not (points or shape == origin.image) or not 0 <= classes <= _MOST_CLASSES:
        raise ExperimentError(name, "its header contradicts itself: samples or classes are none of its experiment")
    check_classes(origin.experiment, classes)
    return origin
