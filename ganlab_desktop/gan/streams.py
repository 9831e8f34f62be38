"""Counter-based randomness: the draw for (seed, step, stream) is a pure function of the three.

Philox (Salmon et al. 2011) is keyed with the seed and the stream and counts from the step, so nothing has to be
remembered between draws: any step can be drawn again, in any order, by any process.
"""

from enum import IntEnum

import numpy as np

_STEP_WORD = 2  # of the four 64-bit counter words; the lower two leave 2^128 blocks for the draws of one step


class Stream(IntEnum):
    """What is drawn. The numbers are part of what makes a run repeatable: never renumber, only append."""

    GENERATOR_WEIGHTS = 1
    DISCRIMINATOR_WEIGHTS = 2
    REAL = 3
    DISCRIMINATOR_LATENT = 4
    GENERATOR_LATENT = 5
    PENALTY = 6
    SHOWN_REAL = 7
    SHOWN_LATENT = 8
    MEASURED_LATENT = 9
    MEASURED_REAL = 10
    SAMPLED_LATENT = 11
    CRITIC_FIELD = 12
    LAYOUT = 13
    TRAINING_SET = 14
    INSTANCE_NOISE = 15
    AUGMENTATION = 16
    UNROLLED = 17
    LABELS = 18
    MEASURED_LABELS = 19
    SAMPLED_LABELS = 20
    CLASSIFIER = 21
    POSTERIOR = 22
    MEASURED_POSTERIOR = 23


class Streams:
    """The streams of one seed. Belongs to one thread: each draw reuses the same generator object."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.Philox(key=[seed, 0])
        self._generator = np.random.Generator(self._bits)
        self._state = self._bits.state
        self._counter = self._state["state"]["counter"]
        self._key = self._state["state"]["key"]
        self._state["buffer_pos"] = 4  # the block buffer is empty, so that nothing of an earlier draw is left

    def at(self, step: int, stream: Stream, index: int = 0) -> np.random.Generator:
        """A generator at the start of (step, stream, index); valid until the next call."""
        self._counter[:] = 0
        self._counter[_STEP_WORD] = step
        self._key[1] = stream | index << 32
        self._bits.state = self._state
        return self._generator
