"""How far a training has come, told while it goes on."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import NamedTuple

from ganlab_desktop.measure.health import Finding

_INTERVAL = 0.25  # seconds between two words


class Progress(NamedTuple):
    """Where a training stands: `step` of `last`, the losses and scores of the newest step by name, NaN where a player
    did not move, and what has been found since the last word: what goes wrong (see measure/health.py), and one line
    about the selection of the best step, empty where there is none."""

    step: int
    last: int
    scalars: Mapping[str, float]
    findings: tuple[Finding, ...] = ()
    notice: str = ""


Report = Callable[[Progress], object]


class Reporter:
    """Passes on what happens, no more often than people can read; findings and the end at once."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._next = monotonic()

    @property
    def due(self) -> bool:
        """Whether it is time for a word."""
        return monotonic() >= self._next

    def tell(self, progress: Progress) -> None:
        """Say a word."""
        self._next = monotonic() + _INTERVAL
        self._report(progress)


@contextmanager
def reporting(progress: bool | Report, first: int, last: int) -> Iterator[Reporter]:
    """What a training reports to: a bar in the terminal or the notebook, a function, or nobody."""
    if callable(progress):
        yield Reporter(progress)
    elif progress:
        with _bar(first, last) as report:
            yield Reporter(report)
    else:
        yield Reporter(lambda told: None)


@contextmanager
def counting(what: str, total: int, *, shown: bool = True) -> Iterator[Callable[[], None]]:
    """A function to call for each of so many things that are done, and a bar of it in the terminal or the notebook."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    hidden = not (shown and (console.is_terminal or console.is_jupyter))
    with Bar(console=console, refresh_per_second=4, disable=hidden) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


@contextmanager
def _bar(first: int, last: int) -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn()
    with Bar(*columns, console=Console(stderr=True), refresh_per_second=4) as bar:
        task = bar.add_task("", total=last, completed=first, rate="")
        started = monotonic()

        def report(progress: Progress) -> None:
            rate = (progress.step - first) / max(monotonic() - started, 1e-9)
            bar.update(task, completed=progress.step, rate=f"{rate:,.0f} steps/s")
            for line in (*progress.findings, progress.notice):
                if str(line):
                    print(line, file=sys.stderr)

        yield report
