"""What a command has to say of a file, beside what was asked for."""

import sys
from collections.abc import Iterable


def note(lines: Iterable[str]) -> None:
    """Tell each as one line of standard error."""
    for line in lines:
        print(f"note: {' '.join(line.split())}", file=sys.stderr, flush=True)
