"""One probe per kind of picture. A new picture adds its file and one entry here."""

from collections.abc import Callable

from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.probes.batch import Batch
from ganlab_desktop.measure.probes.closeup import Closeup
from ganlab_desktop.measure.probes.critic_field import CriticField
from ganlab_desktop.measure.probes.gradients import Gradients
from ganlab_desktop.measure.probes.manifold import Manifold
from ganlab_desktop.measure.probes.probe import Box, Picture, Probe, View
from ganlab_desktop.measure.probes.samples import Samples
from ganlab_desktop.measure.probes.surface import Surface
from ganlab_desktop.measure.probes.wall import Wall

PROBES: dict[str, Callable[[Game], Probe]] = {
    "samples": Samples,
    "gradients": Gradients,
    "manifold": Manifold,
    "surface": Surface,
    "critic_field": CriticField,
    "batch": Batch,
    "wall": Wall,
    "closeup": Closeup,
}
_OF_IMAGES = frozenset({"wall", "closeup"})
_OF_DISCRIMINATOR = frozenset({"gradients", "critic_field"})


def fits(name: str, game: Game) -> bool:
    """Whether a probe has something to see in a game: of images, or of points on the line or in the plane; of a
    discriminator where there is one."""
    asks = name in _OF_DISCRIMINATOR and not game.objective.judges
    return not asks and (name in _OF_IMAGES) == (game.data.image is not None)


__all__ = ["PROBES", "Box", "Picture", "Probe", "View", "fits"]
