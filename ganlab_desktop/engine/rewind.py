"""States that a replay came by, so that going back does not replay the same way for every step."""

from ganlab_desktop.gan.state import GameState

MEMORY = 64_000_000  # bytes


class Rewind:
    """Keeps the newest ones that fit, by step and number of edits."""

    def __init__(self, memory: int = MEMORY) -> None:
        self._memory = memory
        self._states: dict[tuple[int, int], GameState] = {}
        self._size = 0

    def __len__(self) -> int:
        return len(self._states)

    def keep(self, step: int, edits: int, state: GameState) -> None:
        """Remember a state, and forget the oldest where there are too many."""
        if (step, edits) in self._states:
            return
        self._states[step, edits] = state
        self._size += _size(state)
        while self._size > self._memory and len(self._states) > 1:
            self._size -= _size(self._states.pop(next(iter(self._states))))

    def get(self, step: int, edits: int) -> GameState | None:
        """The state after a step and so many edits, if it is remembered."""
        return self._states.get((step, edits))


def _size(state: GameState) -> int:
    return sum(tensor.nbytes for tensor in state.tensors.values())
