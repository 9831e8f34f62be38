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


def serve() -> NoReturn:
    """Load all that exports need, say so, and wait for one line of standard input: the words of an export as a JSON
    list, which goes to standard output. Where standard input ends, at whatever moment, so does this process."""
    lower_process()
    wanted: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(wanted,), name="listener", daemon=True).start()
    for module in _NEEDED:
        import_module(module)
    from ganlab_desktop.cli.app import run
    from ganlab_desktop.cli.exporting import tell_as_json

    tell_as_json(0.0, WAITING)
    for module in _SELDOM_NEEDED:
        if wanted.empty():
            import_module(module)
    try:
        words = [str(word) for word in json.loads(wanted.get())]
    except (ValueError, TypeError):
        print("ganlab: export --stdio: standard input must give a list of words as JSON", file=sys.stderr)
        code = 2
    else:
        code = run(["export", *words, "-o", "-"])
    sys.stderr.flush()
    os._exit(code)  # nothing is left to do; to take down all that was loaded would take a second


def _listen(wanted: queue.SimpleQueue[bytes]) -> None:
    """Take the line, and end the process with its input; the buffers of sys.stdin would be locked at an exit."""
    line = b""
    while data := os.read(0, 1 << 16):
        if b"\n" not in line:
            line += data
            if b"\n" in line:
                wanted.put(line)
    os._exit(_DESERTED)
