"""What a replay must have in common with the training that it replays to be bit-exact."""

import platform
from collections.abc import Mapping
from typing import Any

import torch

_COMPARED = {"torch": "PyTorch", "cpu": "vector instructions", "threads": "threads", "device": "device"}


def machine(device: torch.device, threads: int) -> dict[str, Any]:
    """The facts of this machine and build, for networks on a device with so many CPU threads."""
    return {
        "torch": torch.__version__,
        "cpu": torch.backends.cpu.get_cpu_capability(),
        "threads": threads,
        "device": str(device),
        "system": platform.platform(),
    }


def differences(made: object, here: Mapping[str, Any]) -> str:
    """What is different here from the facts of the machine that made a run, one line; empty where replays are exact."""
    if not isinstance(made, Mapping):
        return ""
    return "; ".join(
        f"{title}: {made[name]} there, {here[name]} here"
        for name, title in _COMPARED.items()
        if name in made and made[name] != here[name]
    )
