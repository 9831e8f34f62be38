"""What the window makes of findings: a line in the log for each, once, and all of them for whoever draws them."""

from typing import Any

import numpy as np
import pytest

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.files import to_toml
from ganlab_desktop.measure.health import RULES, Quantities, divergence
from ganlab_desktop.ui.awaiting import Awaiting
from ganlab_desktop.ui.engine_client import EngineClient
from ganlab_desktop.ui.findings import told
from ganlab_desktop.ui.session import Session
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Finding, Frame, Scene

COLLAPSE = Finding("mode_collapse", 1250, "mode collapse", "It reaches {reached:.0f} modes. Try R1.", {"reached": 3.0})
AGAIN = Finding("mode_collapse", 4000, "mode collapse", "It reaches {reached:.0f} modes. Try R1.", {"reached": 2.0})


def scene(run: str = "run", step: int = 0) -> Scene:
    values: dict[str, Any] = {
        "experiment": to_toml(Experiment()),
        "dim": 2,
        "box": (-1.0, 1.0, -1.0, 1.0),
        "real": Array.of(np.zeros((1, 2), np.float32)),
        "output": "probability",
        "phases": (),
        "device": "cpu",
        "threads": 1,
    }
    return Scene(run=run, branch=0, layout=0, step=step, **values)


def frame(findings: tuple[Finding, ...] | None, run: str = "run") -> Frame:
    return Frame(1, run, 0, 0, 5000, True, findings=findings)


@pytest.fixture
def session(awaiting: Awaiting) -> Session:
    client = EngineClient(awaiting)
    session = Session(client)
    session.client = client  # type: ignore[attr-defined]
    client.scene_changed.emit(scene())
    return session


def test_each_finding_is_logged_once_and_all_are_kept(session: Any) -> None:
    lines: list[tuple[str, str]] = []
    changes: list[int] = []
    session.log.connect(lambda level, text: lines.append((level, text)))
    session.findings_changed.connect(lambda: changes.append(len(session.findings)))
    for findings in ((COLLAPSE,), (COLLAPSE,), None, (COLLAPSE, AGAIN), None):
        session.client.frame_arrived.emit(frame(findings))
    assert lines == [
        ("warning", "step 1,250: mode collapse. It reaches 3 modes. Try R1."),
        ("warning", "step 4,000: mode collapse. It reaches 2 modes. Try R1."),
    ]
    assert changes == [1, 2]
    assert session.findings == (COLLAPSE, AGAIN)


def test_another_run_begins_without_findings_and_frames_of_the_old_one_bring_none(session: Any) -> None:
    session.client.frame_arrived.emit(frame((COLLAPSE,)))
    session.client.scene_changed.emit(scene("another"))
    assert session.findings == ()
    session.client.frame_arrived.emit(frame((COLLAPSE,)))
    assert session.findings == ()


def test_every_text_is_filled_with_what_the_rules_know() -> None:
    values = Quantities(*[0.5] * len(Quantities._fields))._asdict() | {"swings": 6.0, "window": 20.0}
    for rule in RULES:
        title, text = told(Finding(rule.kind, 1, rule.title, rule.text, values))
        assert title == rule.title
        assert "{" not in text
        assert text.count(". ") == 1
    assert "{" not in told(Finding(*divergence(7)))[1]
