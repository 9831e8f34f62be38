"""Latents between those of chosen images, and what a generator makes of them."""

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import gammaincinv
from torch import Tensor, nn

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.exploration import Exploration
from ganlab_desktop.experiment.images import as_bytes
from ganlab_desktop.experiment.networks import LatentSpec, NormalLatent
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.gan.networks.chance import key_of
from ganlab_desktop.gan.networks.conditioning import given, told
from ganlab_desktop.gan.networks.encoder import Encoder
from ganlab_desktop.gan.networks.style import Styled
from ganlab_desktop.gan.objectives import Objective
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.probes.samples import SHOWN
from ganlab_desktop.measure.probes.wall import places_of_wall
from ganlab_desktop.measure.studies.study import Snapshot, Study

_OF_MEAN = 1000  # latents of a class whose styles make its mean style


class Explorer:
    """The generator that plays, asked for images around the chosen ones.

    `corners` are the places of A, B and C on the wall; where they are asked for as encoded, beside it, of real images.
    Latents are (N, L), labels (N,) of a conditional game or None, images flat (N, D). The styles of a style-based
    generator are drawn towards their mean by `psi`: towards that of their class where the generator is told classes.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.wishes: Exploration = snapshot.view.exploration
        places = places_of_wall(snapshot.experiment, snapshot.data)
        self._latents, self._labels = places.latents, places.condition
        self.corners = self.wishes.corners
        if self.wishes.encoded and isinstance(snapshot.discriminator, Encoder):
            self._latents = _encoded(snapshot.discriminator, snapshot)
            self.corners = self.wishes.reals
        modules = snapshot.generator.modules()
        self.styled = next((module for module in modules if isinstance(module, Styled)), None)

    @property
    def normal(self) -> bool:
        """Whether latents are normal, so that their lengths are all about the same."""
        return isinstance(self.snapshot.experiment.latent, NormalLatent)

    def sound(self, place: int) -> int:
        """The place, or 0 where the wall has none such."""
        return place if 0 <= place < len(self._latents) else 0

    def along_wall(self, place: int, count: int) -> list[int]:
        """So many places of the wall, from this one on and then from the first on."""
        return [(self.sound(place) + step) % len(self._latents) for step in range(count)]

    def chosen(self, places: list[int]) -> tuple[Tensor, Tensor | None]:
        """Latents and labels of places on the wall."""
        index = torch.tensor([self.sound(place) for place in places])
        return self._latents[index], None if self._labels is None else self._labels[index]

    @torch.no_grad()
    def make(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """The images of latents."""
        if self.styled is None or self.wishes.psi is None:
            images: Tensor = given(self.snapshot.generator, labels)(latents)
            return images
        w, key = self.styles(latents, labels)
        return self.synthesise(w[:, None].expand(-1, self.layers, -1), key)

    @torch.no_grad()
    def styles(self, latents: Tensor, labels: Tensor | None) -> tuple[Tensor, Tensor]:
        """Truncated styles w (N, W) of latents, and the keys (N,) of their noise."""
        assert self.styled is not None
        inputs = told(self._given(labels), latents)
        w, truncation = self.styled.mapping(inputs), self.styled.truncation
        psi = truncation.psi if self.wishes.psi is None else self.wishes.psi
        mean = truncation.mean if self.wishes.psi is None or labels is None else self._class_means(labels)
        return torch.lerp(mean.expand_as(w), w, psi), key_of(inputs)

    @torch.no_grad()
    def synthesise(self, styles: Tensor, key: Tensor) -> Tensor:
        """The images of a style for each layer (N, layers, W), with noise of these keys (N,)."""
        assert self.styled is not None
        images: Tensor = self.styled.synthesis(styles, key)
        return images.flatten(1)

    @property
    def layers(self) -> int:
        """How many layers take a style."""
        assert self.styled is not None
        return len(self.styled.synthesis.layers)

    def outputs(self, images: Tensor, labels: Tensor | None) -> NDArray[np.float32]:
        """What the discriminator says of images, in the surface's terms: (N,); NaN where there is none."""
        if not self.snapshot.objective.judges:
            return np.full(len(images), np.nan, np.float32)
        with torch.no_grad():
            shown = self.snapshot.objective.shown(self.snapshot.judge(images, labels))
        values: NDArray[np.float32] = shown.ravel().float().numpy()
        return values

    def bytes_of(self, images: Tensor) -> NDArray[np.uint8]:
        """Images as bytes (N, H, W, C)."""
        assert self.snapshot.data.image is not None
        return as_bytes(images.numpy(), self.snapshot.data.image)

    def _given(self, labels: Tensor | None) -> nn.Module:
        return given(self.snapshot.generator, labels)

    def _class_means(self, labels: Tensor) -> Tensor:
        """The mean styles (N, W) of classes."""
        assert self.styled is not None
        latents = self.snapshot.latents(_OF_MEAN)
        means = {
            int(label): self.styled.mapping(told(self._given(label[None]), latents)).mean(0)
            for label in torch.unique(labels)
        }
        return torch.stack([means[int(label)] for label in labels])


@torch.no_grad()
def _encoded(encoder: Encoder, snapshot: Snapshot) -> Tensor:
    """The mean latents (N, L) of the real images that are shown beside the wall."""
    rng = Streams(snapshot.experiment.seed).at(0, Stream.SHOWN_REAL)
    shown = snapshot.data.sample(rng, SHOWN)  # as many as the scene draws, so that they are the same
    return encoder.encode(torch.from_numpy(shown)).mean


def between(corners: Tensor, columns: int, rows: int, *, keeps_length: bool) -> tuple[Tensor, Tensor]:
    """Latents (rows, columns, L) of the parallelogram with A, B and C (3, L) at its upper left, upper right and lower
    left corner, and the number (rows, columns) of the nearest of the three. Opposite to A stands B + C - A.

    With `keeps_length` each has the length that those of the three give in the same way; they are met exactly.
    """
    t, s = torch.meshgrid(torch.linspace(0.0, 1.0, rows), torch.linspace(0.0, 1.0, columns), indexing="ij")
    weights = torch.stack((1.0 - s - t, s, t), 2)
    latents = weights @ corners
    if keeps_length:
        wanted = (weights @ torch.linalg.vector_norm(corners, dim=1)).clamp_min(0.0)
        latents = latents * (wanted / torch.linalg.vector_norm(latents, dim=2).clamp_min(1e-12))[:, :, None]
    latents[0, 0], latents[0, -1], latents[-1, 0] = corners
    return latents, weights.argmax(2)


def usual_lengths(latent: LatentSpec) -> dict[str, float]:
    """The lengths `usual_low` and `usual_high` between which nine tenths of all normal latents lie: those of the
    chi distribution. Nothing of others."""
    if not isinstance(latent, NormalLatent):
        return {}
    low, high = np.sqrt(2.0 * gammaincinv(latent.dim / 2, np.array([0.05, 0.95])))
    return {"usual_low": float(low), "usual_high": float(high)}


class ExploringStudy(Study):
    """A look at what a user explores; it follows every change of that."""

    COLUMNS = ()
    REST = 0.2
    SHARE = 0.15
    FOLLOWS_VIEW = True
    WHOLE = True
    IMAGES = True
    JUDGES = False

    @classmethod
    def fits(cls, experiment: Experiment, data: Distribution, objective: Objective) -> bool:
        return data.image is not None and not experiment.translates
