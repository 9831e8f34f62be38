"""Which step of a training is its best, and when it is given up."""

from typing import Annotated, Literal

from msgspec import Meta

from ganlab_desktop.experiment.spec import Spec, label

OF_IMAGES = ("fid", "kid")
OF_DENSITIES = ("jsd",)


class Selection(Spec, frozen=True):
    """The best step by a metric stays at hand, whatever comes later; training rests where none better comes."""

    metric: Annotated[
        Literal["none", "fid", "kid", "jsd", "w1"],
        label(
            "Metric",
            "Of the generator's average where it is kept, against held-out samples; the lower the better. Images: "
            "Fréchet or kernel distance in the features of a classifier of the data. Points: Jensen-Shannon divergence "
            "or W1.",
        ),
    ] = "none"
    every: Annotated[int, Meta(ge=1, le=1_000_000), label("Looks every", "Between two looks.", "iterations")] = 500
    patience: Annotated[
        int,
        Meta(ge=0, le=10_000),
        label("Patience", "Looks without a better one after which training rests; 0 never gives up.", "looks"),
    ] = 0
