"""The precision-recall curve of distributions (Sajjadi et al. 2018, "Assessing Generative Models").

Of masses on cells; precision and recall of samples by balls around their features are in `manifold_coverage`.
"""

from typing import NamedTuple

import numpy as np

from ganlab_desktop.gan.data.distribution import FloatArray


class PrecisionRecall(NamedTuple):
    """Precision and recall (A,) that the generator reaches together, from precision 0 to recall 0."""

    precision: FloatArray
    recall: FloatArray


def precision_recall_curve(p: FloatArray, q: FloatArray, angles: int = 1001) -> PrecisionRecall:
    """alpha(lambda) = sum min(lambda p, q) and beta = alpha / lambda of the data's masses p and the generated q.

    Masses of one shape on the same cells, with sum 1; lambda = tan(angle) for evenly spaced angles (eq. 7).
    Equal masses reach (1, 1), disjoint ones stay at (0, 0).
    """
    slopes = np.tan(np.linspace(0, np.pi / 2, angles + 2)[1:-1])
    p, q = p.ravel(), q.ravel()
    # min(lambda p, q) is lambda p up to the cell's own ratio q / p: sorted by it, both sums are cumulative.
    ratio = np.divide(q, p, out=np.full(p.shape, np.inf), where=p > 0)
    order = ratio.argsort()
    below = ratio[order].searchsorted(slopes, side="right")  # cells where q is the smaller side
    taken_q = np.append(0.0, np.cumsum(q[order]))[below]
    taken_p = np.append(np.cumsum(p[order][::-1])[::-1], 0.0)[below]
    precision = np.minimum(slopes * taken_p + taken_q, 1.0)
    return PrecisionRecall(precision, np.minimum(taken_p + taken_q / slopes, 1.0))


def f_scores(curve: PrecisionRecall, weight: float = 8.0) -> tuple[float, float]:
    """The largest F_w and F_1/w on the curve: the first speaks of recall, the second of precision."""

    def best(w: float) -> float:
        precision, recall = curve
        weighted = w**2 * precision + recall
        scores = np.divide((1 + w**2) * precision * recall, weighted, out=np.zeros_like(weighted), where=weighted > 0)
        return float(scores.max())

    return best(weight), best(1 / weight)
