"""`ganlab [FILE ...]`: the window."""

import sys
from pathlib import Path

_KINDS = (".ganlab", ".toml", ".csv", ".npz")


def open_window(arguments: list[str]) -> int:
    """Open the window, on files if any are named. The exit code."""
    for argument in arguments:
        path = Path(argument)
        if path.suffix not in _KINDS:
            hint = f"neither a command nor a file of kind {', '.join(_KINDS)}; see ganlab --help"
            print(f"{argument}: {hint}", file=sys.stderr)
            return 2
        if not path.is_file():
            print(f"{argument}: no such file", file=sys.stderr)
            return 2
    from ganlab_desktop.ui.app import main

    return main([str(Path(argument).resolve()) for argument in arguments])
