"""Standard input and output as a stream of messages."""

import logging
import os
import signal
import sys


def claim_output() -> int:
    """A descriptor of what was standard output, kept for messages; whatever prints goes to standard error from now on,
    as the log does. Called before torch loads. Ctrl+C in the terminal is left to the process that started this one."""
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (0, 1):
            msvcrt.setmode(descriptor, os.O_BINARY)
    output = os.dup(1)
    os.dup2(2, 1)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return output


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of it, however little is taken at a time. Raises OSError where nobody reads any more."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
