"""Choosing the device that trains."""

import os
import sys

import torch

from ganlab_desktop.experiment.errors import ExperimentError

_TOY_PARAMETERS = 100_000


def resolve_device(name: str) -> torch.device:
    """The device of that name ("auto" takes CUDA, then MPS, then the CPU). Raises ExperimentError if it is missing."""
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
    """The names of devices that this machine has, "auto" for the best of them included."""
    cuda = torch.cuda.device_count() if torch.cuda.is_available() else 0
    found = [f"cuda:{number}" for number in range(cuda)]
    return ("auto", "cpu", *found, *(["mps"] if torch.backends.mps.is_available() else []))


def threads_for(parameters: int, *, images: bool = False) -> int:
    """CPU threads for networks with so many parameters: small ones lose more by handing work over than they gain.

    Those of images leave one processor to the window: where threads outnumber the free processors, the ones that wait
    for each other within a convolution make it many times as slow.
    """
    if parameters < _TOY_PARAMETERS:
        return 1
    if sys.platform == "linux":
        count = len(os.sched_getaffinity(0))  # a container or taskset may allow fewer than there are
    else:
        count = os.cpu_count() or 1
    return max(1, count - 1) if images else count


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
