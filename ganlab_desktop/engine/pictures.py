"""What was seen of a game, for the window."""

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.measure.probes import Picture as Seen
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Picture


def picture_of(step: int, seen: Seen) -> Picture:
    """What was seen at a step, as a message."""
    arrays: dict[str, NDArray[np.generic]] = seen.arrays
    return Picture(step, {name: Array.of(array) for name, array in arrays.items()}, seen.numbers)
