"""What importing a room drags in: the window stays without torch, everything else without Qt."""

import subprocess
import sys
from pathlib import Path

import pytest

import ganlab_desktop

PACKAGE = Path(ganlab_desktop.__file__).parent
WINDOW = ("ui", "wire", "experiment", "palette")
ENGINE = ("scripting", "export", "engine", "measure", "gan", "runfile", "wire", "experiment", "palette")
TORCH = {"torch", "matplotlib", "av"}
QT = {"PySide6", "shiboken6", "pyqtgraph", "qasync", "qtawesome"}


def modules_of(room: str) -> list[str]:
    """The dotted names of a room's modules, whether it is a file or a folder."""
    files = [PACKAGE / f"{room}.py", *sorted((PACKAGE / room).rglob("*.py"))]
    parts = [file.relative_to(PACKAGE.parent).with_suffix("").parts for file in files if file.is_file()]
    return [".".join(part).removesuffix(".__init__") for part in parts]


def loaded_after_importing(modules: list[str]) -> set[str]:
    """What a fresh interpreter has loaded after importing these modules."""
    program = "import sys, importlib\nfor name in sys.argv[1:]: importlib.import_module(name)\nprint(*sys.modules)"
    command = [sys.executable, "-c", program, *modules]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=PACKAGE.parent, check=False)
    assert result.returncode == 0, result.stderr
    return set(result.stdout.split())


@pytest.mark.parametrize(
    ("rooms", "kept_out"), [(WINDOW, TORCH), (ENGINE, QT)], ids=["window without torch", "engine without Qt"]
)
def test_importing_a_side_keeps_the_other_side_out(rooms, kept_out):
    modules = [name for room in rooms for name in modules_of(room)]
    assert len(modules) >= len(rooms)
    assert not loaded_after_importing(modules) & kept_out


def test_a_forbidden_import_would_be_seen():
    assert "torch" in loaded_after_importing(["torch"])


def test_an_engine_starts_without_what_it_needs_later_if_at_all():
    slow = {"scipy.stats", "sklearn", "ot", "matplotlib", "av", "torchvision", "torch_fidelity"}
    assert not loaded_after_importing(["ganlab_desktop.engine.server", "ganlab_desktop.engine.trainer"]) & slow
