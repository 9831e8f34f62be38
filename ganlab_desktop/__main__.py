"""The `ganlab` command: the window for files or no arguments, else one of the subcommands.

The ways that must start quickly, the window and the engine, are taken before the command line's library loads, and so
is an export that loads before it knows its words.
"""

import os
import sys
import time

# Turns that a thread of GNU's OpenMP spins for the others before it sleeps. By default 300,000: on processors that have
# other work too the ones that spin keep those from running that they wait for, and an image run's step takes two to
# four times as long. It is read when torch loads.
_SPINNING = ("GOMP_SPINCOUNT", "1000")

COMMANDS = ("train", "evaluate", "sample", "export", "presets", "show", "info", "doctor", "bench", "engine")


def main() -> int:
    """Run the command line in sys.argv. The exit code: 0 done, 1 failed, 2 bad usage or bad experiment."""
    os.environ.setdefault("GANLAB_LAUNCHED", repr(time.time()))
    os.environ.setdefault(*_SPINNING)
    arguments = sys.argv[1:]
    if arguments == ["engine", "--stdio"]:
        from ganlab_desktop.engine.server import serve_stdio

        return serve_stdio()
    if arguments == ["export", "--stdio"]:
        from ganlab_desktop.cli.standby import serve

        serve()
    if not arguments or (arguments[0] not in COMMANDS and not arguments[0].startswith("-")):
        from ganlab_desktop.cli.window import open_window

        return open_window(arguments)
    from ganlab_desktop.cli.app import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
