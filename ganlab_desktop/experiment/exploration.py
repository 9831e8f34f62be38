"""What a user wants to see of the spaces of latents, styles and images around some images of the wall."""

from typing import Literal

from msgspec import Struct

Corners = tuple[int, int, int]
ImagePlaneKind = Literal["generated", "real", "components"]


class Exploration(Struct, frozen=True):
    """The places on the wall of three images, A, B and C, and `reals` those of three real ones beside it, 1, 2 and 3.

    `grid` is how many columns and rows of images show the plane through their latents. `keeps_length` brings latents
    between theirs to the length that theirs have. `psi` truncates the styles of a style-based generator; None leaves
    that to the experiment. `from_b` are the layers, counted from the coarsest on, that take their style from B. `plane`
    is the one that the discriminator is asked about: through the three generated images, through the three real ones,
    or that of the data's first two principal components. `encoded` takes A, B and C to be the three real images, where
    there is an encoder to tell their latents.
    """

    corners: Corners = (0, 1, 2)
    grid: tuple[int, int] = (9, 5)
    keeps_length: bool = True
    psi: float | None = None
    from_b: tuple[int, ...] = ()
    plane: ImagePlaneKind = "generated"
    reals: Corners = (0, 1, 2)
    encoded: bool = False
