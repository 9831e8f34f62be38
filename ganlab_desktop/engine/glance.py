"""The quick look at a run of which previews and thumbnails are made: a coarse surface and some samples, or the wall."""

from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.probes import Picture, Probe, View
from ganlab_desktop.measure.probes.probe import Box
from ganlab_desktop.measure.probes.samples import Samples
from ganlab_desktop.measure.probes.surface import Surface
from ganlab_desktop.measure.probes.wall import Wall

RESOLUTION, COARSEST = 64, 16  # points a side of the surface, and of the coarsest for large networks
SAMPLES = 256
_MOST_PRODUCTS = 6e8  # of a weight and a point, which take some 15 ms on one core


class Glance:
    """Pictures of one game by name. Leaves no trace in it."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self._probes: dict[str, Probe] = (
            {"wall": Wall(game)}
            if game.data.image is not None
            else {"surface": Surface(game), "samples": Samples(game, SAMPLES)}
        )

    def __call__(self, box: Box | None = None, label: int = 0) -> dict[str, Picture]:
        """What is seen now, of a part of the data space or of all that the data fill; the D of a class."""
        view = View(box or self.game.data.box, _resolution(self.game), label)
        return {name: probe(view) for name, probe in self._probes.items()}


def _resolution(game: Game) -> int:
    """Points a side of a surface that comes in time: the larger the discriminator, the fewer."""
    resolution, weights = RESOLUTION, len(game.discriminator.vector)
    while resolution > COARSEST and weights * resolution**2 > _MOST_PRODUCTS:
        resolution //= 2
    return resolution
