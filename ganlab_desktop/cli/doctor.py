"""`ganlab doctor`: what this machine can do, and what is in the way."""

import ctypes.util
import importlib.metadata
import os
import platform
import sys
from typing import NamedTuple

_PACKAGES = ("torch", "PySide6-Essentials", "pyqtgraph", "qasync", "numpy", "scipy", "msgspec", "safetensors")
_LIBRARIES = ("EGL", "GL", "xkbcommon", "dbus-1", "fontconfig")  # what Qt's plugins load on Linux


class Finding(NamedTuple):
    """One line of the report."""

    good: bool
    text: str


def examine() -> dict[str, Finding]:
    """All findings by name."""
    findings = {"python": Finding(sys.version_info >= (3, 11), f"{platform.python_version()} on {platform.platform()}")}
    for package in _PACKAGES:
        try:
            findings[package] = Finding(True, importlib.metadata.version(package))
        except importlib.metadata.PackageNotFoundError:
            findings[package] = Finding(False, "missing")
    findings["devices"] = _devices()
    if sys.platform == "linux":
        missing = [name for name in _LIBRARIES if ctypes.util.find_library(name) is None]
        text = f"missing: {', '.join(missing)}" if missing else "all found"
        findings["window libraries"] = Finding(not missing, text)
        screen = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
        findings["screen"] = Finding(True, screen or "none; training and the other commands work without")
    findings["data folder"] = _data_folder()
    return findings


def _devices() -> Finding:
    try:
        import torch
    except ImportError as error:
        return Finding(False, str(error))
    devices = [f"cpu ({os.cpu_count()} cores, {torch.backends.cpu.get_cpu_capability()})"]
    if torch.cuda.is_available():
        devices += [f"cuda:{i} ({torch.cuda.get_device_name(i)})" for i in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        devices.append("mps")
    return Finding(True, ", ".join(devices))


def _data_folder() -> Finding:
    from ganlab_desktop.engine.places import untitled_directory

    try:
        directory = untitled_directory()
    except OSError as error:
        return Finding(False, str(error))
    good = os.access(directory, os.W_OK)
    return Finding(good, str(directory) if good else f"{directory} cannot be written")
