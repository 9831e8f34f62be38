"""What the discriminator says over a plane in the space of images."""

import numpy as np
import torch
from numpy.typing import NDArray

from ganlab_desktop.experiment.exploration import Corners
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.planes import Plane, plane_through, principal_plane
from ganlab_desktop.measure.probes import Box, Picture, View
from ganlab_desktop.measure.probes.probe import box_numbers, grid_points
from ganlab_desktop.measure.probes.samples import SHOWN
from ganlab_desktop.measure.studies.exploring import Explorer, ExploringStudy
from ganlab_desktop.measure.studies.study import Row, Snapshot

SIDE = 25  # points a side
PROJECTED = 150  # samples of either kind
_FITTED = 1000  # training images whose components are taken
_MARGIN = 0.3  # of the plane around what lies in it
_OUTER = 1.0  # percent of the samples left out at either end


class ImagePlane(ExploringStudy):
    """values (SIDE, SIDE), what D says, bottom row first; images (N, H, W, C), bytes, that lie in the plane, at places
    (N, 2): the three that it goes through, or at its corners, the lower ones first, those that the components make. Of
    the data's components: real, held-out images, and fake, generated ones, as they are projected: (PROJECTED, 2).

    Coordinates keep distances between images. Numbers: the box; of_real, 1 for three real images, else 0; share, that
    of the data's variance which the components hold; label, the class that a D that is told classes is asked about:
    that of the first of three images, of A with components; else -1.
    """

    REST = 0.4
    SHARE = 0.1

    JUDGES = True

    def __init__(self, data: Distribution, seed: int) -> None:
        super().__init__(data, seed)
        self._components: Plane | None = None

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        explorer = Explorer(snapshot)
        kind = explorer.wishes.plane
        latents, labels = explorer.chosen(list(explorer.corners))
        shown, arrays = np.empty((0, self.data.dim), np.float32), dict[str, NDArray[np.generic]]()
        if kind == "components":
            plane = self._principal()
            box, told = self._project(plane, snapshot)
            arrays |= told
        else:
            if kind == "real":
                shown, labels = self._real(snapshot, explorer.wishes.reals)
            else:
                shown = explorer.make(latents, labels).numpy()
            plane = plane_through(shown)
            box = _around(plane.places(shown))
        view = View(box, SIDE)
        points = torch.from_numpy(plane.at(grid_points(view, 2)[0]))
        label = labels[:1] if labels is not None and snapshot.experiment.tells_discriminator else None
        arrays["values"] = explorer.outputs(points, label).reshape(SIDE, SIDE)
        places = plane.places(shown) if len(shown) else _corners(box)
        arrays["places"] = places
        arrays["images"] = explorer.bytes_of(torch.from_numpy(shown if len(shown) else plane.at(places)))
        numbers = box_numbers(view) | {"of_real": float(kind == "real"), "share": plane.share}
        numbers["label"] = -1.0 if label is None else float(label)
        return Picture(arrays, numbers), ()

    def _real(self, snapshot: Snapshot, places: Corners) -> tuple[NDArray[np.float32], torch.Tensor | None]:
        """Three of the real images that are shown beside the wall, and their classes."""
        rng = Streams(snapshot.experiment.seed).at(0, Stream.SHOWN_REAL)
        index = [place if 0 <= place < SHOWN else 0 for place in places]
        if not snapshot.experiment.conditional:
            return self.data.sample(rng, SHOWN)[index], None
        samples, labels = self.data.labelled(rng, SHOWN)
        return samples[index], torch.from_numpy(labels[index])

    def _principal(self) -> Plane:
        if self._components is None:
            assert self.data.train_points is not None
            self._components = principal_plane(self.data.train_points[:_FITTED])
        return self._components

    def _project(self, plane: Plane, snapshot: Snapshot) -> tuple[Box, dict[str, NDArray[np.generic]]]:
        """Held-out and generated images in the plane, and a box that holds most of the former."""
        rng = Streams(snapshot.experiment.seed).at(0, Stream.MEASURED_REAL)
        real, fake = self.data.held_out(rng, PROJECTED), snapshot.generate(PROJECTED)
        seen = plane.places(real)
        low, high = np.percentile(seen, (_OUTER, 100.0 - _OUTER), axis=0)
        return _around(np.stack((low, high))), {"real": seen, "fake": plane.places(fake)}


def _around(places: NDArray[np.floating]) -> Box:
    """A box with a margin around places (N, 2)."""
    low, high = places.min(0).astype(np.float64), places.max(0).astype(np.float64)
    half = np.maximum(high - low, 1e-3) * (0.5 + _MARGIN)
    (left, bottom), (right, top) = (low + high) / 2 - half, (low + high) / 2 + half
    return float(left), float(right), float(bottom), float(top)


def _corners(box: Box) -> NDArray[np.float32]:
    left, right, bottom, top = box
    return np.array([(left, bottom), (right, bottom), (left, top), (right, top)], np.float32)
