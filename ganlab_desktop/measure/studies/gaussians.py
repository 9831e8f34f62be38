"""How far an affine generator is from Gaussian data, without any sample."""

import math

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.probes.probe import box_numbers, grid_points
from ganlab_desktop.measure.studies.known import Gaussian, LinePair, generated_gaussian, line_pair, seen_as_they_are
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study
from ganlab_desktop.measure.studies.truth import exact_values, no_optimum
from ganlab_desktop.measure.theory.gaussians import frechet_distance, kl_gaussians
from ganlab_desktop.measure.theory.line import GaussianSum, LineDistances, line_distances


class Gaussians(Study):
    """Arrays: mean (d,), std (d,) of the generator's samples along the axes, and on the line generated (1, R), the log
    of their density over the view. Numbers: COLUMNS and, on the line, those
    of LineDistances; `optimum` is the best D's value under the objective in use. In the plane only KL both ways and
    W2^2, against data that are one Gaussian, and `rank`, the dimensions that the generator fills. NaN where nothing
    fits; nothing at all for other generators.
    """

    COLUMNS = ("jsd", "kl", "reverse_kl", "tv", "w1", "w2_squared", "optimum")
    REST = 0.05
    SHARE = 0.1
    LIGHT = True
    JUDGES = False
    FOLLOWS_VIEW = True

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        q = generated_gaussian(snapshot)
        if q is None or not np.isfinite(q.covariance).all():
            return Picture({}), (math.nan,) * len(self.COLUMNS)
        pair = line_pair(snapshot)
        numbers = dict.fromkeys(self.COLUMNS, math.nan)
        numbers |= self._apart(q) if pair is None else _on_line(pair, snapshot)
        std = np.sqrt(np.diagonal(q.covariance))
        arrays: dict[str, NDArray[np.generic]] = {"mean": q.mean.astype(np.float32), "std": std.astype(np.float32)}
        if pair is not None:
            points, shape = grid_points(snapshot.view, 1)
            log_q = GaussianSum.single(pair.mean, pair.std).log_density(points[:, 0])
            arrays["generated"] = log_q.reshape(shape).astype(np.float32)
        row = tuple(numbers[name] for name in self.COLUMNS)
        return Picture(arrays, box_numbers(snapshot.view) | numbers), row

    def _apart(self, q: Gaussian) -> dict[str, float]:
        """From data that are one Gaussian in closed form; what is left where they are more."""
        numbers = {"rank": float(np.linalg.matrix_rank(q.covariance, hermitian=True))}
        modes = self.data.modes
        if modes is None or len(modes.weights) != 1:
            return numbers
        p = Gaussian(modes.centres[0], modes.covariances[0])
        return numbers | {
            "kl": kl_gaussians(*p, *q),
            "reverse_kl": kl_gaussians(*q, *p),
            "w2_squared": frechet_distance(*p, *q),
        }


def _on_line(pair: LinePair, snapshot: Snapshot) -> dict[str, float]:
    distances: LineDistances = line_distances(pair.p, pair.mean, pair.std)
    hidden = no_optimum(snapshot.experiment, snapshot.data, snapshot.objective) or not seen_as_they_are(snapshot)
    return distances._asdict() | {"optimum": math.nan if hidden else exact_values(pair, snapshot)[1]}
