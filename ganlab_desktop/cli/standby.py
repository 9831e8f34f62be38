"""`ganlab export --stdio`: an export that is ready before it knows what is wanted, for a window that shows previews."""

import json
import os
import queue
import sys
import threading
from importlib import import_module
from typing import NoReturn

from ganlab_desktop.engine.priority import lower_process

WAITING = "waiting"  # what it says it does once it is ready

_NEEDED = (
    "ganlab_desktop.cli.exporting",
    "ganlab_desktop.engine.visit",
    "ganlab_desktop.export.writers",
    "matplotlib.backends.backend_agg",
    "contourpy",
    "PIL.PngImagePlugin",
)
_SELDOM_NEEDED = ("ot", "sklearn.datasets")  # a second or more, by studies of transport and by images of digits
_DESERTED = 1  # exit code
_STDIN = 0


def serve() -> NoReturn:
    """Load all that exports need, say so, and wait for one line of standard input: the words of an export as a JSON
    list, which goes to standard output. Where standard input ends, at whatever moment, so does this process; on Windows
    only until the line has come."""
    lower_process()
    # While a thread reads a pipe, Windows lets no library load that asks for its state as it starts, as OpenBLAS and so
    # numpy do: https://github.com/numpy/numpy/issues/24290, https://github.com/python/cpython/issues/78961 and
    # https://github.com/OpenMathLib/OpenBLAS/issues/5109. An export loads more as it goes, so none listens there later.
    listens = sys.platform != "win32"
    wanted: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    if listens:
        threading.Thread(target=_listen, args=(wanted,), name="listener", daemon=True).start()
    for module in _NEEDED:
        import_module(module)
    from ganlab_desktop.cli.app import run
    from ganlab_desktop.cli.exporting import tell_as_json

    tell_as_json(0.0, WAITING)
    if listens:  # or there is no telling whether a job waits for these
        for module in _SELDOM_NEEDED:
            if wanted.empty():
                import_module(module)
    try:
        words = [str(word) for word in json.loads(wanted.get() if listens else _line())]
    except (ValueError, TypeError):
        print("ganlab: export --stdio: standard input must give a list of words as JSON", file=sys.stderr)
        code = 2
    else:
        code = run(["export", *words, "-o", "-"])
    sys.stderr.flush()
    os._exit(code)  # nothing is left to do; to take down all that was loaded would take a second


def _line() -> bytes:
    """The line, once it has come; the process ends with its input. The buffers of sys.stdin would be locked then."""
    line = b""
    while b"\n" not in line:
        data = os.read(_STDIN, 1 << 16)
        if not data:
            os._exit(_DESERTED)
        line += data
    return line


def _listen(wanted: queue.SimpleQueue[bytes]) -> None:
    """Take the line, and end the process with its input."""
    wanted.put(_line())
    while os.read(_STDIN, 1 << 16):
        pass
    os._exit(_DESERTED)
