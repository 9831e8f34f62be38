"""One clear line where a file of images cannot be used."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ganlab_desktop.experiment.errors import ExperimentError


def refuse(file: Path, problem: str, setting: str = "data.path") -> ExperimentError:
    """The error that names a file and what is wrong with it."""
    return ExperimentError(setting, f"{one_line(file)}: {problem}")


def one_line(text: object) -> str:
    return " ".join(str(text).split())


@contextmanager
def readable(file: Path, setting: str = "data.path") -> Iterator[None]:
    """Turn what reading a file may raise into one line about it."""
    try:
        yield
    except ExperimentError:
        raise
    except OSError as error:
        raise refuse(file, f"cannot be read: {error.strerror or one_line(error)}", setting) from None
    except (ValueError, EOFError, MemoryError, OverflowError) as error:
        raise refuse(file, f"cannot be read: {one_line(error) or type(error).__name__}", setting) from None


def existing(path: str, meant: str, setting: str = "data.path") -> Path:
    """The file or folder of a path. Raises ExperimentError where there is none; `meant` says what should be given."""
    if not path:
        raise ExperimentError(setting, f"names nothing; give {meant}")
    file = Path(path).expanduser()
    with readable(file, setting):
        if not file.exists():
            raise refuse(file, f"there is no such file or folder; give {meant}", setting)
    return file
