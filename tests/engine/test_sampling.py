"""Samples are functions of their latents, and of what the generator is told, however many are made at once."""

import numpy as np
import pytest

from ganlab_desktop.engine import sampling
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes

KINDS = {
    "ring-ns": {},
    "ring-conditional": {},
    "digits-style": {},
    "edges-to-glyphs": {"data.source.count": 300, "generator.maps": 4, "discriminator.maps": 4},
}


@pytest.mark.parametrize("preset", KINDS)
def test_samples_in_parts_are_those_made_at_once(preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(with_changes(load_preset(preset), KINDS[preset]))
    whole = run.sample(23, seed=1)
    monkeypatch.setattr(sampling, "_AT_ONCE", 5)
    np.testing.assert_allclose(run.sample(23, seed=1), whole, rtol=1e-4, atol=1e-5)
