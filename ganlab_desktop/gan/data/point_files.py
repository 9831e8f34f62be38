"""Points from CSV and NPZ files, with one clear line where a file cannot be used."""

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.gan.data.distribution import FloatArray

LARGEST_FILE = 256 * 2**20  # bytes; some ten million points
MOST_NUMBERS = 32_000_000  # in all, which take 256 MB
_SEPARATORS = ((",", re.compile(",")), (";", re.compile(";")), (None, re.compile(r"\s+")))
_Separator = tuple[str | None, re.Pattern[str]]


def read(path: str) -> FloatArray:
    """The points (N, 1) or (N, 2) of a file, N >= 1, all finite.

    A name that ends in .npz is read as NumPy's archive: the array 'points' or else the first one, never pickled
    objects. Any other file is text: one point a row, its numbers separated by commas, semicolons or blanks; a first
    row that holds no number is a header, rows that start with # are comments.
    Raises ExperimentError("data.path", one line that names the file and, in text, the row).
    """
    if not path:
        raise ExperimentError("data.path", "names no file; give a .csv or .npz file of points")
    file = Path(path).expanduser()
    try:
        if not file.exists():
            raise _refuse(file, "there is no such file")
        if not file.is_file():
            raise _refuse(file, "is not a file")
        if file.stat().st_size > LARGEST_FILE:
            raise _refuse(file, f"is too large; at most {LARGEST_FILE // 2**20} MB can be read")
        points = _read_npz(file) if file.suffix.lower() == ".npz" else _read_text(file)
    except OSError as error:
        raise _refuse(file, f"cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        if isinstance(error, ExperimentError):
            raise
        raise _refuse(file, f"cannot be read: {_one_line(error)}") from None
    if points.size > MOST_NUMBERS:
        raise _refuse(file, f"holds {len(points):,} points; at most {MOST_NUMBERS // points.shape[1]:,} can be read")
    return points


def _refuse(file: Path, problem: str) -> ExperimentError:
    return ExperimentError("data.path", f"{_one_line(file)}: {problem}")


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


# --- text -----------------------------------------------------------------------------------------------------------


def _read_text(file: Path) -> FloatArray:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise _refuse(file, "is neither text nor an .npz archive") from None
    if "\0" in text:
        raise _refuse(file, "is neither text nor an .npz archive")
    lines = text.splitlines()
    numbers = [i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    if numbers and not any(_is_number(word) for word in re.split(r"[,;\s]+", lines[numbers[0]].strip())):
        del numbers[0]
    if not numbers:
        raise _refuse(file, "holds no points")
    rows = [lines[i].strip() for i in numbers]
    separator = next(s for s in _SEPARATORS if s[1].search(rows[0]) or s[0] is None)
    columns = len(separator[1].split(rows[0]))
    if columns > 2:
        raise _refuse(file, f"row {numbers[0] + 1} has {columns} columns; points have one or two")
    try:
        points: FloatArray = np.loadtxt(rows, np.float64, delimiter=separator[0], comments=None, ndmin=2)
    except ValueError:
        raise _bad_row(file, rows, numbers, separator, columns) from None
    if not np.isfinite(points).all():
        raise _refuse(file, f"row {numbers[_first_not_finite(points)] + 1} holds a value that is not finite")
    return points


def _bad_row(
    file: Path, rows: Sequence[str], numbers: Sequence[int], separator: _Separator, columns: int
) -> ExperimentError:
    """What is wrong with the first row that does not hold `columns` numbers."""
    for row, number in zip(rows, numbers, strict=True):
        words = separator[1].split(row)
        if len(words) != columns:
            return _refuse(file, f"row {number + 1} has {len(words)} columns, the first has {columns}")
        for word in words:
            if not _is_number(word):
                return _refuse(file, f"row {number + 1} holds {word.strip()[:40]!r} where a number should be")
    return _refuse(file, "does not hold rows of numbers")


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return "_" not in word  # Python reads 1_000, tables do not mean it


def _first_not_finite(points: FloatArray) -> int:
    return int(np.flatnonzero(~np.isfinite(points).all(1))[0])


# --- archives -------------------------------------------------------------------------------------------------------


def _read_npz(file: Path) -> FloatArray:
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST_FILE:
                raise _refuse(file, f"unpacks to more than {LARGEST_FILE // 2**20} MB")
        with np.load(file, allow_pickle=False) as arrays:
            if not arrays.files:
                raise _refuse(file, "holds no arrays")
            name = "points" if "points" in arrays.files else arrays.files[0]
            array = arrays[name]
    except (zipfile.BadZipFile, EOFError, KeyError, MemoryError, NotImplementedError, RuntimeError) as error:
        raise _refuse(file, f"is a damaged .npz archive: {_one_line(error)}") from None
    return _as_points(file, name, array)


def _as_points(file: Path, name: str, array: NDArray[np.generic]) -> FloatArray:
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu":
        raise _refuse(file, f"array {name!r} does not hold real numbers")
    points: NDArray[Any] = array.reshape(-1, 1) if array.ndim == 1 else array
    if points.ndim != 2 or points.shape[1] not in (1, 2):
        raise _refuse(file, f"array {name!r} has shape {array.shape}; points have shape (N, 1) or (N, 2)")
    if not len(points):
        raise _refuse(file, "holds no points")
    numbers: FloatArray = points.astype(np.float64)
    if not np.isfinite(numbers).all():
        raise _refuse(file, f"array {name!r} holds a value that is not finite in row {_first_not_finite(numbers)}")
    return numbers
