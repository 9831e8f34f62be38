"""The style-based generator."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ganlab_desktop.experiment.convolutions import ImageGenerator, Maps
from ganlab_desktop.experiment.spec import label

_SMALLEST = 4  # side of the learned constant


class StyleGenerator(ImageGenerator, frozen=True, tag="style"):
    """Layers over a learned constant, each in a style that a mapping network makes of the latent (Karras et al. 2019,
    2020). Early layers carry large structure, later ones texture, noise the details that are left to chance."""

    title: ClassVar[str] = "Style-based"

    maps: Maps = 32
    depth: Annotated[
        int, Meta(ge=1, le=8), label("Mapping layers", "Layers between the latent and its style.", "layers")
    ] = 4
    width: Annotated[
        int, Meta(ge=2, le=1024), label("Style dimension", "Numbers in a style w, and in each layer that makes it.")
    ] = 64
    modulation: Annotated[
        Literal["adain", "demodulation"],
        label(
            "Modulation",
            "adain: a style gives each map its mean and deviation (2019); demodulation: it scales the inputs of each "
            "convolution, whose outputs are expected to deviate by 1 (2020).",
        ),
    ] = "demodulation"
    noise: Annotated[bool, label("Noise inputs", "One number per place and layer, which depends on the latent.")] = True
    mixing: Annotated[
        float,
        Meta(ge=0.0, le=1.0),
        label("Style mixing", "Share of training samples whose later layers have the style of a second latent."),
    ] = 0.9
    truncation: Annotated[
        float,
        Meta(ge=0.0, le=1.0),
        label("Truncation psi", "Where samples are looked at, w is mean + psi (w - mean); 0 is one image, 1 all."),
    ] = 1.0


def layer_sides(side: int) -> tuple[int, ...]:
    """The side of the maps of each layer that takes a style, the coarsest first, in a generator of images of a side."""
    sides = [_SMALLEST]
    while sides[-1] < side:
        sides += [2 * sides[-1]] * 2
    return tuple(sides)
