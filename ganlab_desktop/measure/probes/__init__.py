"""One probe per kind of picture. A new picture adds its file and one entry here."""

from collections.abc import Callable

from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.probes.batch import Batch
from ganlab_desktop.measure.probes.critic_field import CriticField
from ganlab_desktop.measure.probes.gradients import Gradients
from ganlab_desktop.measure.probes.manifold import Manifold
from ganlab_desktop.measure.probes.probe import Box, Picture, Probe, View
from ganlab_desktop.measure.probes.samples import Samples
from ganlab_desktop.measure.probes.surface import Surface

PROBES: dict[str, Callable[[Game], Probe]] = {
    "samples": Samples,
    "gradients": Gradients,
    "manifold": Manifold,
    "surface": Surface,
    "critic_field": CriticField,
    "batch": Batch,
}

__all__ = ["PROBES", "Box", "Picture", "Probe", "View"]
