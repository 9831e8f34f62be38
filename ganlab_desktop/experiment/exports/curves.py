"""What a run has measured, as a table for other programs."""

from typing import Annotated, ClassVar, Literal

from ganlab_desktop.experiment.exports.page import Export
from ganlab_desktop.experiment.exports.parts import FirstStep
from ganlab_desktop.experiment.spec import label


class Table(Export, frozen=True, tag="table"):
    """Every curve of the run, one row a step; columns are named series.column, and empty where nothing was measured."""

    title: ClassVar[str] = "Table of curves"
    endings: ClassVar[tuple[str, ...]] = ("csv", "npz", "parquet")

    series: Annotated[
        Literal[
            "all",
            "step",
            "moves",
            "selection",
            "coverage",
            "modes",
            "gaussians",
            "health",
            "truth",
            "transport",
            "dynamics",
            "lipschitz",
            "critic_slopes",
            "velocities",
            "singular_values",
            "path",
            "quality",
            "best_response",
            "likeness",
            "pairs",
            "likelihood",
        ],
        label("Series", "All of them, or one: step holds the losses and scores of each iteration."),
    ] = "all"
    first: FirstStep = 0
