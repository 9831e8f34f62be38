"""The layers of the canvas as the user meets them: one row of a table each."""

from typing import NamedTuple

from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.marks import Mark

BEST = "best"  # the picture that holds the best D: truth's, or for a critic transport's


class LayerSpec(NamedTuple):
    """A layer as the user meets it: name, words, mark and colour of its button, its picture, how it starts."""

    name: str
    title: str
    tip: str
    mark: Mark
    colour: str
    picture: str = ""
    on: bool = True
    opacity: float = 1.0
    on_line: bool = False  # whether it exists for 1-D data
    covers: bool = False  # whether it fills the plane and hides the surface
    of_discriminator: bool = False  # whether it shows what D says, or should say


LAYERS = (
    LayerSpec(
        "surface",
        QT_TRANSLATE_NOOP("LayerBar", "Surface"),
        QT_TRANSLATE_NOOP(
            "LayerBar",
            "What D says at each place: orange generated, blue real (a critic: against its median)",
        ),
        "square",
        "text",
        "surface",
        on_line=True,
        of_discriminator=True,
    ),
    LayerSpec(
        "contours",
        QT_TRANSLATE_NOOP("LayerBar", "Contours"),
        QT_TRANSLATE_NOOP(
            "LayerBar", "Lines of equal colour: the middle of the colours' range, and fainter its quartiles"
        ),
        "waves",
        "text",
        "surface",
        of_discriminator=True,
    ),
    LayerSpec(
        "real",
        QT_TRANSLATE_NOOP("LayerBar", "Real"),
        QT_TRANSLATE_NOOP("LayerBar", "Samples of the data"),
        "round",
        "real",
        on_line=True,
    ),
    LayerSpec(
        "generated",
        QT_TRANSLATE_NOOP("LayerBar", "Generated"),
        QT_TRANSLATE_NOOP("LayerBar", "Samples of the generator, always from the same latent points"),
        "diamond",
        "fake",
        "samples",
        on_line=True,
    ),
    LayerSpec(
        "manifold",
        QT_TRANSLATE_NOOP("LayerBar", "Manifold"),
        QT_TRANSLATE_NOOP("LayerBar", "The image of a regular latent grid; needs a latent of one or two dimensions"),
        "net",
        "fake",
        "manifold",
    ),
    LayerSpec(
        "gradients",
        QT_TRANSLATE_NOOP("LayerBar", "Gradients"),
        QT_TRANSLATE_NOOP("LayerBar", "The way the generator wants each sample to move"),
        "arrow",
        "text",
        "gradients",
        of_discriminator=True,
    ),
    LayerSpec(
        "field",
        QT_TRANSLATE_NOOP("LayerBar", "Field"),
        QT_TRANSLATE_NOOP("LayerBar", "The gradient of the discriminator or critic on a regular grid"),
        "field",
        "discriminator",
        "critic_field",
        on=False,
        of_discriminator=True,
    ),
    LayerSpec(
        "modes",
        QT_TRANSLATE_NOOP("LayerBar", "Modes"),
        QT_TRANSLATE_NOOP("LayerBar", "The data's modes, at three standard deviations"),
        "ring",
        "text",
    ),
    LayerSpec(
        "optimal",
        QT_TRANSLATE_NOOP("LayerBar", "Best D"),
        QT_TRANSLATE_NOOP("LayerBar", "The best D against this generator; for a critic the Kantorovich potential"),
        "star",
        "truth",
        BEST,
        on=False,
        on_line=True,
        covers=True,
        of_discriminator=True,
    ),
    LayerSpec(
        "difference",
        QT_TRANSLATE_NOOP("LayerBar", "Difference"),
        QT_TRANSLATE_NOOP("LayerBar", "D minus the best D: what D has yet to learn"),
        "delta",
        "truth",
        BEST,
        on=False,
        covers=True,
        of_discriminator=True,
    ),
    LayerSpec(
        "ratio",
        QT_TRANSLATE_NOOP("LayerBar", "Log ratio"),
        QT_TRANSLATE_NOOP(
            "LayerBar",
            "log p/q, the density of the data over that of the generator's samples, both seen at one scale: orange "
            "where the generator puts too much, blue where too little, 0 where both agree. Whatever the objective, "
            "it is what all the divergences are made of",
        ),
        "ratio",
        "truth",
        "truth",
        on=False,
        covers=True,
    ),
    LayerSpec(
        "plan",
        QT_TRANSLATE_NOOP("LayerBar", "Plan"),
        QT_TRANSLATE_NOOP("LayerBar", "The shortest transport from generated to real samples: W1 is its mean length"),
        "dash",
        "truth",
        "transport",
        on=False,
        on_line=True,
    ),
)

COVERS = tuple(spec.name for spec in LAYERS if spec.covers)  # one of them at a time
