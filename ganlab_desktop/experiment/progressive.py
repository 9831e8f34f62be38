"""Networks that grow with the images that they make and judge."""

from typing import Annotated, ClassVar

from msgspec import Meta

from ganlab_desktop.experiment.convolutions import ImageDiscriminator, ImageGenerator, Maps, Packing, Stddev
from ganlab_desktop.experiment.spec import label

StageSteps = Annotated[
    int,
    Meta(ge=1, le=10_000_000),
    label("Steps per stage", "Iterations at each side of the images, from 4 on; the last stage never ends.", "steps"),
]
Fade = Annotated[
    float,
    Meta(ge=0.0, le=1.0),
    label("Fade", "Share of each stage over which its new layers take over from the images of half the side."),
]


class ProgressiveGenerator(ImageGenerator, frozen=True, tag="progressive"):
    """Grows from images of 4 x 4 up to the data's, with pixel norm and equalised learning rate (Karras et al. 2018)."""

    title: ClassVar[str] = "Progressive growing"

    maps: Maps = 32
    stage_steps: StageSteps = 1000
    fade: Fade = 0.5


class ProgressiveDiscriminator(ImageDiscriminator, frozen=True, tag="progressive"):
    """Grows from images of 4 x 4 up to the data's, which it sees at the side of its stage (Karras et al. 2018)."""

    title: ClassVar[str] = "Progressive growing"
    activation: ClassVar[str] = "leaky_relu"
    norm: ClassVar[str] = "none"
    spectral_norm: ClassVar[bool] = False

    maps: Maps = 32
    stage_steps: StageSteps = 1000
    fade: Fade = 0.5
    minibatch: Stddev = "stddev"
    packing: Packing = 1
