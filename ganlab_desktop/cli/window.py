"""`ganlab [FILE ...]`: the window."""

import subprocess
import sys
from pathlib import Path

from ganlab_desktop.experiment.files import FILE_KINDS, kind_of_file


def open_window(arguments: list[str]) -> int:
    """Open a window, one for each file if any are named. The exit code of the first."""
    for argument in arguments:
        path = Path(argument)
        if kind_of_file(path) is None:
            kinds = ", ".join(FILE_KINDS)
            print(f"{argument}: neither a command nor a {kinds} file; see ganlab --help", file=sys.stderr)
            return 2
        if not path.is_file():
            print(f"{argument}: no such file", file=sys.stderr)
            return 2
    for argument in arguments[1:]:
        subprocess.Popen([sys.executable, "-m", "ganlab_desktop", argument], start_new_session=True)
    from ganlab_desktop.ui.app import main

    return main([str(Path(argument).resolve()) for argument in arguments[:1]])
