"""How the generator stretches the latent space, and which directions it gives up."""

import math

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study
from ganlab_desktop.measure.theory.lipschitz import generator_singular_values

POINTS = 500
_BINS = 40
_LEAST = 1e-8  # a smaller singular value is drawn there
_NARROWEST = 1.0  # decade that the histogram covers at least


class SingularValues(Study):
    """Of dG/dz at latents, of the generator that plays: k = min(data dim, latent dim) at each.

    Arrays: edges (B + 1,) of log10 of the singular values, density (k, B), the largest singular value's first.
    Numbers: medians over the latents of `smallest`; of `condition`, the largest over the smallest (Odena et al. 2018);
    and of `dimensions`, the participation ratio (sum s^2)^2 / sum s^4, which is 1 where one direction is left and k
    where all are stretched alike; 0 where none is left.
    """

    COLUMNS = ("smallest", "condition", "dimensions")
    REST = 0.5
    SHARE = 0.05
    JUDGES = False

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        values = generator_singular_values(snapshot.generator, snapshot.latents(POINTS)).double().numpy()
        if not np.isfinite(values).all():
            return Picture({}), (math.nan,) * len(self.COLUMNS)
        largest, smallest, squares = values[:, 0], values[:, -1], values**2
        conditions = np.divide(largest, smallest, out=np.full(len(values), math.inf), where=smallest > 0)
        dimensions = np.divide(squares.sum(1) ** 2, (squares**2).sum(1), out=np.zeros(len(values)), where=largest > 0)
        row = tuple(float(np.median(x)) for x in (smallest, conditions, dimensions))
        logs = np.log10(np.maximum(values, _LEAST))
        middle, half = (logs.max() + logs.min()) / 2, max(float(np.ptp(logs)) * 1.02, _NARROWEST) / 2
        edges = np.linspace(middle - half, middle + half, _BINS + 1)
        arrays: dict[str, NDArray[np.generic]] = {
            "edges": edges.astype(np.float32),
            "density": np.stack([np.histogram(x, edges, density=True)[0] for x in logs.T]).astype(np.float32),
        }
        return Picture(arrays, dict(zip(self.COLUMNS, row, strict=True))), row
