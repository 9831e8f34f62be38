"""Short runs of real training, to be exported."""

from pathlib import Path

import pytest

from ganlab_desktop.engine.document import Document
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes


def trained(path: Path, preset: str, steps: int, **changes: object) -> Path:
    """A document of a preset's run of so many steps, with keyframes at some of them."""
    named = {name.replace("__", "."): value for name, value in changes.items()}
    document = Document.new(with_changes(load_preset(preset), named), path)
    document.start_writing(lambda step: None, lambda text: pytest.fail(text))
    try:
        for step in range(1, steps + 1):
            document.run.advance()
            if step % (steps // 3) == 0:
                document.run.timeline.keep(document.run.game)
        document.run.flush()
    finally:
        document.close()
    return path


@pytest.fixture(scope="session")
def ring(tmp_path_factory) -> Path:
    return trained(tmp_path_factory.mktemp("ring") / "ring.ganlab", "ring-ns", 150)


@pytest.fixture(scope="session")
def wordy(tmp_path_factory) -> Path:
    """Of a title that takes several lines."""
    title = "The game of two networks on a ring of eight " * 3
    return trained(tmp_path_factory.mktemp("wordy") / "wordy.ganlab", "ring-ns", 6, title=title)


@pytest.fixture(scope="session")
def digits(tmp_path_factory) -> Path:
    return trained(tmp_path_factory.mktemp("digits") / "digits.ganlab", "digits-conditional", 3)


@pytest.fixture(scope="session")
def line(tmp_path_factory) -> Path:
    return trained(tmp_path_factory.mktemp("line") / "line.ganlab", "mixture-1d-ns", 60)


@pytest.fixture(scope="session")
def critic(tmp_path_factory) -> Path:
    changes = {"generator__hidden": [16], "discriminator__hidden": [16], "ema__half_life": 0.0}
    return trained(tmp_path_factory.mktemp("critic") / "critic.ganlab", "ring-wgan-gp", 30, **changes)


@pytest.fixture(scope="session")
def pairs(tmp_path_factory) -> Path:
    return trained(tmp_path_factory.mktemp("pairs") / "pairs.ganlab", "edges-to-glyphs", 3, schedule__batch_size=4)
