"""Exports from the window that need an extra: what they write with it, and the line that the dialog gives without."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from test_export_dialog import opened, write
from windows import SLOW, run_to

from ganlab_desktop.engine.visit import visit
from ganlab_desktop.export.checkpoint import network_of
from ganlab_desktop.export.onnx_graph import LIBRARIES

ONNX = all(find_spec(library) for library in LIBRARIES)
PARQUET = find_spec("pyarrow") is not None


@pytest.mark.skipif(not ONNX, reason="the extra onnx is not installed")
def test_a_generator_is_exported_as_onnx(open_window, qtbot, tmp_path) -> None:
    import onnxruntime

    window = open_window()
    run_to(window, qtbot, 8)
    dialog = opened(window, qtbot, "onnx")
    assert "ONNX" in dialog.preview.told.text()
    write(dialog, qtbot, tmp_path / "g.onnx")
    assert "g.onnx is written" in dialog.told.text()
    session = onnxruntime.InferenceSession((tmp_path / "g.onnx").read_bytes())
    assert "8" in session.get_modelmeta().custom_metadata_map["step"]
    with visit(Path(window.session.scene.path), 1, "8") as visited, torch.no_grad():
        generator = network_of(visited.run.game, "generator").module.eval()
        latents = torch.randn(5, visited.run.experiment.latent.dim)
        expected = generator(latents)
    (samples,) = session.run(None, {"latents": latents.numpy()})
    np.testing.assert_allclose(samples, expected.numpy(), atol=1e-5)


@pytest.mark.skipif(ONNX, reason="the extra onnx is installed")
def test_without_its_extra_onnx_is_refused_in_a_line(open_window, qtbot, tmp_path) -> None:
    refused(open_window, qtbot, "onnx", tmp_path / "g.onnx", "ONNX needs onnx", "pip install 'ganlab-desktop[onnx]'")


@pytest.mark.skipif(PARQUET, reason="the extra parquet is installed")
def test_without_its_extra_parquet_is_refused_in_a_line(open_window, qtbot, tmp_path) -> None:
    path, said = (
        tmp_path / "curves.parquet",
        "Parquet needs pyarrow: pip install 'ganlab-desktop[parquet]', or write .csv",
    )
    refused(open_window, qtbot, "table", path, said)


def refused(open_window, qtbot, kind: str, path: Path, *said: str) -> None:
    """An export that says why it cannot be, and leaves nothing."""
    window = open_window()
    run_to(window, qtbot, 8)
    dialog = opened(window, qtbot, kind)
    dialog.target.take(str(path))
    dialog.export_button.click()
    qtbot.waitUntil(lambda: dialog.export_button.isEnabled(), timeout=SLOW)
    assert all(part in dialog.told.text() for part in said)
    assert dialog.told.objectName() == "message"
    assert not list(path.parent.glob(f"*{path.name}*"))
