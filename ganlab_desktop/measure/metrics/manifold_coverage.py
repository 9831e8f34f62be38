"""What of the generated samples lies among the real ones and the reverse, by balls around features.

Improved precision and recall (Kynkäänniemi et al. 2019) and density and coverage (Naeem et al. 2020). The curve of
Sajjadi et al. (2018), which compares masses on cells, is `precision_recall`.
"""

from typing import NamedTuple

import numpy as np

from ganlab_desktop.measure.metrics.neighbours import Features, distances, neighbour_radii

NEIGHBOURS = (3, 5, 10)  # 3: Kynkäänniemi et al.; 5: Naeem et al.


class ManifoldCoverage(NamedTuple):
    """At k neighbours; a ball reaches from a sample to the k-th nearest other one of its own set.

    `precision`: share of the generated samples within a ball of a real one. `recall`: share of the real samples within
    a ball of a generated one. `density`: the number of real balls that a generated sample lies in, over k; near 1 for
    equal distributions, and it may exceed 1. `coverage`: share of the real samples with a generated one in their ball;
    for equal distributions of N a side near 1 - 2^-k.
    """

    k: int
    precision: float
    recall: float
    density: float
    coverage: float


def manifold_coverage(real: Features, fake: Features, ks: tuple[int, ...] = NEIGHBOURS) -> list[ManifoldCoverage]:
    """The four numbers for each k, of features (N, d) and (M, d); balls are closed, so equal sets score 1 throughout
    but in density, which is then at least 1.

    Precision and recall grow with k and with N: compare at equal ones. Raises ValueError where a side has not more
    samples than the largest k, and for features that are not finite.
    """
    real_radii, fake_radii = neighbour_radii(real, ks), neighbour_radii(fake, ks)
    balls = np.zeros((len(ks), len(fake)))  # of real samples, that each generated one lies in
    reached, covered = np.zeros((2, len(ks), len(real)), bool)
    for place, block in distances(real, fake):
        nearest = block.min(1)
        for i in range(len(ks)):
            balls[i] += (block <= real_radii[i, place, None]).sum(0)
            reached[i, place] = (block <= fake_radii[i]).any(1)
            covered[i, place] = nearest <= real_radii[i, place]
    return [
        ManifoldCoverage(
            k=k,
            precision=float((balls[i] > 0).mean()),
            recall=float(reached[i].mean()),
            density=float(balls[i].mean() / k),
            coverage=float(covered[i].mean()),
        )
        for i, k in enumerate(ks)
    ]
