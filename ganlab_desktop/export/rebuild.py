"""Trains the run of this folder anew and makes its figure again: python rebuild.py

It needs GAN Lab Desktop as versions.json tells. The figure's numbers are the same bit for bit where PyTorch, the
processor's vector instructions, the device and the number of threads are those that stand there under trained_on, if
the figure was made from the states of that training: README.txt says so where it was not.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

EXPORT = (sys.executable, "-m", "ganlab_desktop", "export", "rebuilt.ganlab", "--what", "figure.toml", "--force")


def main() -> int:
    """The exit code: 0 where the figure's data are the same."""
    os.chdir(Path(__file__).resolve().parent)
    story = json.loads(Path("story.json").read_text("utf-8"))
    os.environ.setdefault("GANLAB_THREADS", str(story["threads"]))
    train(story)
    for name in ("rebuilt.npz", "rebuilt.pdf"):
        subprocess.run([*EXPORT, "-o", name], check=True)
    return compare(Path("figure.npz"), Path("rebuilt.npz"))


def train(story: dict[str, Any]) -> None:
    """Train the run into rebuilt.ganlab: who moved up to each moment, what was changed and what was measured there.
    Exits where training cannot come so far."""
    from ganlab_desktop import Run, load_experiment

    weights = "weights.safetensors" if Path("weights.safetensors").exists() else None
    with Run(load_experiment("experiment.toml"), device=story["device"], weights=weights) as run:
        for moment in story["moments"]:
            while run.step < moment["step"]:
                outcome = run.train(moment["step"] - run.step, only=moment["alone"], progress=False)
                if outcome.ended not in ("done", "selected"):  # the run went on where no better step came
                    sys.exit(f"step {outcome.step}: {outcome.why or outcome.ended}")
            for changes in moment["changes"]:
                run.edit(changes)
            for series in moment["measured"]:
                run.measure(series)
        run.save("rebuilt.ganlab")


def compare(first: Path, second: Path) -> int:
    """Tell whether two figures show the same numbers: 0 or 1."""
    with np.load(first) as before, np.load(second) as after:
        names = [name for name in before.files if name != "about"]
        differ = [name for name in names if name not in after.files or not equal(before[name], after[name])]
    print(f"not the same: {', '.join(differ)}" if differ else f"the same numbers in all of {len(names)} arrays")
    return int(bool(differ))


def equal(a: Any, b: Any) -> bool:
    return a.shape == b.shape and bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))


if __name__ == "__main__":
    sys.exit(main())
