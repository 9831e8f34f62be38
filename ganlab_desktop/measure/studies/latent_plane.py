"""What the generator makes of a plane through the latents of three images."""

import math

import numpy as np
import torch
from numpy.typing import NDArray

from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.exploring import Explorer, ExploringStudy, between, usual_lengths
from ganlab_desktop.measure.studies.study import Row, Snapshot

FEWEST, MOST = 2, 16  # images in a row or column


class LatentPlane(ExploringStudy):
    """images (R K, H, W, C), bytes, R rows of K: A at the upper left, B at the upper right, C at the lower left,
    B + C - A opposite to A, see `between`; lengths (R, K) of their latents; outputs (R, K), what D says of them. In a
    conditional game each is of the class of the nearest of the three.

    Numbers: a, b and c, the places on the wall; keeps_length; psi where one is asked for; and usual_low, usual_high,
    between which nine tenths of all normal latents are long.
    """

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        explorer = Explorer(snapshot)
        wishes = explorer.wishes
        corners, labels = explorer.chosen(list(explorer.corners))
        keeps = wishes.keeps_length and explorer.normal
        columns, rows = (min(max(side, FEWEST), MOST) for side in wishes.grid)
        grid, nearest = between(corners, columns, rows, keeps_length=keeps)
        latents = grid.flatten(0, 1)
        classes = None if labels is None else labels[nearest.ravel()]
        made = explorer.make(latents, classes)
        lengths = torch.linalg.vector_norm(grid, dim=2)
        arrays: dict[str, NDArray[np.generic]] = {
            "images": explorer.bytes_of(made),
            "lengths": lengths.numpy(),
            "outputs": explorer.outputs(made, classes).reshape(rows, columns),
        }
        places = dict(zip("abc", (float(explorer.sound(place)) for place in explorer.corners), strict=True))
        numbers = {**places, "keeps_length": float(keeps), "psi": math.nan if wishes.psi is None else wishes.psi}
        return Picture(arrays, numbers | usual_lengths(snapshot.experiment.latent)), ()
