"""How long a film takes to be made: 300 frames of 1920 x 1080 pixels."""

import subprocess
import sys
import time
from pathlib import Path

import av
import pytest

pytestmark = pytest.mark.benchmark

FRAMES = 300
SIX = ("canvas", "losses", "critic-field", "coverage", "samples", "runs")
PANELS = "[" + ", ".join(f'{{kind = "{kind}"}}' for kind in SIX) + "]"


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "ring.ganlab"
    subprocess.run([*_GANLAB, "train", "ring-ns", "--out", str(path), "--steps", "3000"], check=True)
    return path


_GANLAB = (sys.executable, "-m", "ganlab_desktop")


@pytest.mark.parametrize(
    ("panels", "columns", "seconds"),
    [('[{kind = "canvas"}]', 1, 60.0), (PANELS, 3, None)],
    ids=["canvas", "six panels"],
)
def test_a_film_of_300_frames(ring: Path, tmp_path: Path, panels: str, columns: int, seconds: float | None) -> None:
    out = tmp_path / "film.mp4"
    chosen = ("--set", f"panels={panels}", "--set", f"columns={columns}", "--set", f"frames={FRAMES}")
    started = time.monotonic()
    subprocess.run([*_GANLAB, "export", str(ring), "--what", "video", *chosen, "-o", str(out)], check=True)
    took = time.monotonic() - started
    print(f"{FRAMES} frames of {panels}: {took:.1f} s, {out.stat().st_size / 1e6:.1f} MB")
    with av.open(str(out)) as container:
        frames = list(container.decode(video=0))
    assert (len(frames), frames[0].width, frames[0].height) == (FRAMES, 1920, 1080)
    if seconds is not None:
        assert took <= seconds
