"""A window asks for a class: the frames show it, whatever number it sends."""

import time
from pathlib import Path

import numpy as np
import pytest

from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.frames import FrameMaker, scene_of
from ganlab_desktop.engine.history import History
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.probes import PROBES, View
from ganlab_desktop.wire.messages import Grant

SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8]}


def document(path: Path, kind: str) -> Document:
    return Document.new(with_changes(Experiment(), {**SMALL, "conditioning.kind": kind}), path)


@pytest.mark.parametrize(("asked", "shown"), [(0, 0), (5, 5), (99, 7), (-1, 0)])
def test_a_frame_shows_the_class_asked_for(tmp_path: Path, asked: int, shown: int) -> None:
    made = document(tmp_path / "a.ganlab", "projection")
    game, frames = made.run.game, FrameMaker(made.run, lambda: None)
    frame = frames.make(Grant(1, ("surface",), resolution=16, label=asked), playing=False, rate=0.0)
    again = frames.make(Grant(2, ("surface",), resolution=16, label=3), playing=False, rate=0.0)
    frames.close()
    made.close()
    expected = PROBES["surface"](game)(View(game.data.box, 16, shown)).arrays["values"]
    assert (frame.pictures["surface"].arrays["values"].numpy() == expected).all()
    assert not (again.pictures["surface"].arrays["values"].numpy() == expected).all()


def test_a_curve_has_a_gap_where_another_class_is_shown(tmp_path: Path) -> None:
    made = document(tmp_path / "a.ganlab", "projection")
    frames, history = FrameMaker(made.run, lambda: None), made.run.history["truth"]
    deadline, credit = time.monotonic() + 30.0, 0
    while (len(history) < 2 or not gaps(history)) and time.monotonic() < deadline:
        made.run.advance()
        credit += 1
        frames.make(Grant(credit, ("truth",), label=3 if len(history) >= 2 else 0), playing=True, rate=0.0)
        frames.measure(resting=False)
        time.sleep(0.01)
    frames.close()
    made.close()
    assert gaps(history) == [len(history) - 2]  # before the newest row


def gaps(history: History) -> list[int]:
    """The places of rows without a value."""
    return np.flatnonzero(np.isnan(history.after(0)[1]).all(1)).tolist()


def test_the_scene_tells_the_classes_of_its_samples(tmp_path: Path) -> None:
    told, plain = (document(tmp_path / f"{kind}.ganlab", kind) for kind in ("auxiliary_classifier", "none"))
    scenes = [scene_of(made) for made in (told, plain)]
    rng = Streams(0).at(0, Stream.SHOWN_REAL)
    samples, labels = told.run.game.data.labelled(rng, len(scenes[0].real.numpy()))
    assert scenes[0].classes == 8
    assert (scenes[0].real_labels.numpy() == labels).all()
    assert (scenes[1].classes, scenes[1].real_labels) == (0, None)
    for made, scene in zip((told, plain), scenes, strict=True):
        np.testing.assert_array_equal(scene.real.numpy(), samples)
        made.close()
