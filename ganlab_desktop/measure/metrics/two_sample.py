"""The classifier two-sample test (Lopez-Paz and Oquab 2017): what a fresh discriminator can still tell apart."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch

from ganlab_desktop.experiment.networks import MlpDiscriminator
from ganlab_desktop.experiment.objectives import NonSaturating
from ganlab_desktop.gan.data.distribution import FloatArray, Samples
from ganlab_desktop.gan.networks.mlp import mlp_discriminator
from ganlab_desktop.gan.objectives import build_objective
from ganlab_desktop.measure.metrics.discrimination import Discrimination, discrimination

FRESH = MlpDiscriminator(activation="silu")

_RATE = 3e-3
_PATIENCE = 100  # steps in which the loss on the validation share must have fallen ...
_LEAST_FALL = 1e-4  # ... by so many nats
_MOST_STEPS = 3000
_VALIDATION = 5  # one in so many of the training half


class TwoSampleTest(NamedTuple):
    """Accuracy on the held-out halves, its standard deviation for samples that cannot be told apart (around 1/2), and
    the steps of training behind it. No classifier beats (1 + TV) / 2 but by chance."""

    accuracy: float
    deviation: float
    steps: int


def fresh_discriminator_test(
    real: Samples | FloatArray,
    fake: Samples | FloatArray,
    rng: np.random.Generator,
    spec: MlpDiscriminator = FRESH,
    *,
    wanted: Callable[[], bool] = lambda: True,
) -> TwoSampleTest:
    """Trains a fresh network on half of each of the samples (N, d) and (M, d), N, M >= 10, and scores it on the other
    halves, real and fake with equal weight.

    Training stops where the loss on a fifth of the training half has its minimum, so that what is learnt by heart does
    not count; on sharp modes that takes seconds, and it ends early once it is no longer `wanted`. Samples are shuffled
    and the weights drawn with `rng`; full batches and Adam leave nothing else to chance. Raises ValueError for samples
    that are not finite.
    """
    if not (np.isfinite(real).all() and np.isfinite(fake).all()):
        raise ValueError("a discriminator needs finite points")
    parts = [_parts(rng.permutation(samples.astype(np.float32))) for samples in (real, fake)]
    pooled = np.concatenate([part.train for part in parts])
    centre, spread = pooled.mean(0), pooled.std(0) + np.float32(1e-12)
    train, validation, test = (
        [torch.from_numpy((samples - centre) / spread) for samples in pair] for pair in zip(*parts, strict=True)
    )
    network = mlp_discriminator(spec, pooled.shape[1:], 0, rng)
    optimizer = torch.optim.Adam(network.parameters(), lr=_RATE)
    loss_of = build_objective(NonSaturating()).discriminator_loss
    best, best_step, steps, right = np.inf, 0, 0, Discrimination(0.5, 0.5, 0.5)
    while steps < _MOST_STEPS and steps - best_step < _PATIENCE and wanted():
        loss = loss_of(*(network(samples) for samples in train))
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        steps += 1
        with torch.no_grad():
            found = float(loss_of(*(network(samples) for samples in validation)))
            if found < best - _LEAST_FALL:
                best, best_step = found, steps
                right = discrimination(*(network(samples).numpy() for samples in test))
    deviation = np.sqrt(sum(1 / len(samples) for samples in test)) / 4
    return TwoSampleTest((right.real + right.fake) / 2, float(deviation), best_step)


class _Parts(NamedTuple):
    train: Samples
    validation: Samples
    test: Samples


def _parts(samples: Samples) -> _Parts:
    train, test = np.array_split(samples, 2)
    few = len(train) // _VALIDATION
    return _Parts(train[few:], train[:few], test)
