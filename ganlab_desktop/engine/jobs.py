"""What the training thread is asked to do between iterations."""

import threading
from collections import deque
from collections.abc import Callable
from enum import Enum, auto

Job = Callable[[], None]


class Turn(Enum):
    """When a job's turn comes."""

    NEXT = auto()  # with the next iteration, before all that wait
    IN_ORDER = auto()  # after those that wait
    ARRIVED = auto()  # once the moment of the past that is on its way is there, and after those that wait


class Jobs:
    """In the order in which they come, but that some wait for a moment of the past while frames tell of the way there.

    Any thread puts jobs in; the one that trains does them. `wake` is set where there is something new.
    """

    def __init__(self) -> None:
        self.wake = threading.Event()
        self._new: deque[tuple[Job, Turn]] = deque()
        self._waiting: deque[tuple[Job, Turn]] = deque()

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self._new or self._waiting)

    def put(self, job: Job, turn: Turn = Turn.NEXT) -> None:
        """Leave a job behind."""
        self._new.append((job, turn))
        self.wake.set()

    def work(self, on_its_way: Callable[[], bool]) -> None:
        """Do the jobs whose turn has come, while a moment of the past may be `on_its_way`."""
        while self._new:
            job, turn = self._new.popleft()
            if turn is Turn.NEXT:
                job()
            else:
                self._waiting.append((job, turn))
        while self._waiting and not (self._waiting[0][1] is Turn.ARRIVED and on_its_way()):
            self._waiting.popleft()[0]()

    def finish(self) -> None:
        """Do those that wait, wherever the run stands."""
        while self._waiting:
            self._waiting.popleft()[0]()
