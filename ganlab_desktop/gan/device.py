"""Choosing the device that trains."""

import ctypes
import os
import platform
import sys
from functools import cache

import torch

from ganlab_desktop.experiment.errors import ExperimentError

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # names of mallopt(3)
_KEPT_FREE, _LARGEST_KEPT = 512 << 20, 32 << 20  # bytes: of the heap, and of a block (the most that glibc allows)


def resolve_device(name: str, *, images: bool) -> torch.device:
    """The device of that name, for a game of images or one of points. Raises ExperimentError if it is missing.

    "auto" takes CUDA, then MPS, then the CPU for images, and the CPU for points: to start the kernels of their small
    networks takes an accelerator longer than the CPU needs for the whole step (ring-ns: 124 against 428 steps/s).
    """
    if name == "auto" and not images:
        return torch.device("cpu")
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    if name.startswith("cuda"):
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        number = name.removeprefix("cuda").removeprefix(":") or "0"
        index = int(number) if number.isdecimal() else count
        if index >= count:
            found = f"{count} CUDA device{'s' if count > 1 else ''}" if count else "no CUDA device"
            raise ExperimentError("device", f"{name} was asked for, but this machine has {found}; use cpu or auto")
        return torch.device(name)
    if name == "mps" and not torch.backends.mps.is_available():
        raise ExperimentError("device", "mps was asked for, but this machine has no Metal device; use cpu or auto")
    if name not in ("cpu", "mps"):
        raise ExperimentError("device", f"must be auto, cpu, mps, cuda or cuda:N, got {name!r}")
    return torch.device(name)


def available_devices() -> tuple[str, ...]:
    """The names of devices that this machine has, "auto" for the one that suits the data included."""
    cuda = torch.cuda.device_count() if torch.cuda.is_available() else 0
    found = [f"cuda:{number}" for number in range(cuda)]
    return ("auto", "cpu", *found, *(["mps"] if torch.backends.mps.is_available() else []))


def prefer_exactness() -> None:
    """Ask for repeatable kernels and full float32 products. On the CPU this changes nothing."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = False
    # as use_deterministic_algorithms(True, warn_only=True), which loads the compiler too: that takes over a second
    torch.set_deterministic_debug_mode("warn")
    # what none reads needs no filling, which takes a twelfth of an image run's time
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]  # missing in its stubs


@cache
def keep_freed_memory() -> None:
    """Have the C library keep the memory of batches that are gone for those that come. On Linux alone.

    It otherwise gives it back to the system, again and again: of an image run's step a fifth passes in page faults.
    """
    if sys.platform == "linux" and platform.libc_ver()[0] == "glibc":
        library = ctypes.CDLL(None)
        library.mallopt(_TRIM_THRESHOLD, _KEPT_FREE)
        library.mallopt(_MMAP_THRESHOLD, _LARGEST_KEPT)
