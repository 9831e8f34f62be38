"""How far generated samples are from the data by optimal transport, and how far a critic's estimate is from that."""

from typing import NamedTuple

import numpy as np

from ganlab_desktop.gan.data.distribution import Distribution, FloatArray, Samples
from ganlab_desktop.measure.theory.transport import optimal_transport, sliced_w2, w1_line


class TransportDistances(NamedTuple):
    """Exact W1 and sliced W2 of two clouds, in network units."""

    w1: float
    sliced_w2: float


def transport_distances(real: Samples | FloatArray, fake: Samples | FloatArray) -> TransportDistances:
    """Of clouds (N, d) and (M, d), d <= 2; W1 by sorting on the line and by the network simplex in the plane.

    Raises ValueError for samples that are not finite.
    """
    real, fake = real.astype(np.float64), fake.astype(np.float64)
    if not (np.isfinite(real).all() and np.isfinite(fake).all()):
        raise ValueError("transport needs finite points")
    w1 = w1_line(real[:, 0], fake[:, 0]) if real.shape[1] == 1 else optimal_transport(real, fake).w1
    return TransportDistances(w1, sliced_w2(real, fake))


def transport_floor(distribution: Distribution, rng: np.random.Generator, n: int) -> TransportDistances:
    """What two independent batches of n true samples score: a perfect generator comes no nearer."""
    first = distribution.held_out(rng, n)
    return transport_distances(first, distribution.held_out(rng, n))


def critic_estimate(v_real: FloatArray, v_fake: FloatArray, slope: float) -> float:
    """The critic's W1, (E v_real - E v_fake) / slope, where `slope` is the largest |grad f| seen.

    A penalised critic is steeper than 1 (`theory.transport.penalised_slope`); undivided it would overshoot. NaN for a
    flat critic, which estimates nothing.
    """
    return float((v_real.mean() - v_fake.mean()) / slope) if slope > 0 else float("nan")


def critic_gap(w1: float, v_real: FloatArray, v_fake: FloatArray, slope: float) -> float:
    """Exact W1 of the same points minus the critic's estimate: at least 0 for a critic no steeper than `slope`."""
    return w1 - critic_estimate(v_real, v_fake, slope)
