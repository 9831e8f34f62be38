"""Accelerators train every preset as the CPU does. Where this machine has none, these tests are skipped and say so."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from engine_process import PROBES, Engine
from numpy.testing import assert_allclose, assert_array_equal

from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.presets import load_preset, preset_names
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import SCALARS
from ganlab_desktop.wire import messages as wire

AVAILABLE: dict[str, Callable[[], bool]] = {"cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available}
IMAGES = [name for name in preset_names() if name.startswith(("digits", "glyphs", "edges"))]
COMPARED = [SCALARS.index(name) for name in ("discriminator_loss", "generator_loss", "real_score", "fake_score")]


@pytest.fixture(params=AVAILABLE)
def device(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if not AVAILABLE[name]():
        pytest.skip(f"this machine has no {name} device")
    return name


@pytest.mark.parametrize("preset", ["ring-ns", "digits-dcgan"])
def test_auto_takes_what_suits_the_data(device: str, preset: str) -> None:
    expected = "cpu" if preset == "ring-ns" else device
    assert Run(load_preset(preset), "auto").game.device.type == expected


@pytest.mark.parametrize("preset", preset_names())
def test_the_first_steps_are_those_of_the_cpu(device: str, preset: str) -> None:
    here, there = (Run(load_preset(preset), name) for name in ("cpu", device))
    for run in (here, there):
        for _ in range(2):
            run.advance()
        run.flush()
    (_, expected), (_, found) = (run.history["step"].after(0) for run in (here, there))
    assert_allclose(found[:, COMPARED], expected[:, COMPARED], rtol=5e-3, atol=5e-3)
    assert_allclose(there.sample(64), here.sample(64), rtol=0.0, atol=0.05)


@pytest.mark.parametrize("preset", ["ring-ns", "ring-wgan-gp", *IMAGES])
def test_a_run_goes_on_from_what_was_saved(device: str, preset: str) -> None:
    run = Run(load_preset(preset), device)
    for _ in range(3):
        run.advance()
    _, arrays, facts = run.state()
    again = Run(load_preset(preset), device)
    again.restore(arrays, facts)
    assert again.game.generator.vector.device.type == device
    for name, array in again.state()[1].items():
        assert_array_equal(array, arrays[name])
    for each in (run, again):
        each.advance()
    assert_allclose(again.sample(16), run.sample(16), atol=0.05)


@pytest.mark.parametrize("preset", ["ring-ns", "digits-dcgan"])
def test_a_step_of_the_past_is_played_again(device: str, preset: str) -> None:
    run = Run(load_preset(preset), device)
    for _ in range(5):
        run.advance()
    past = run.sample(16)
    for _ in range(5):
        run.advance()
    replica = Replica(run.timeline, run.game.device)
    replica.aim(5)
    replica.work(60.0)
    assert replica.arrived
    assert_allclose(replica.sample(16), past, atol=0.05)


@pytest.mark.parametrize("preset", ["ring-ns", "digits-dcgan"])
def test_an_engine_trains_and_shows(device: str, preset: str, tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    try:
        assert engine.ask(wire.Hello).error == ""
        experiment = with_changes(load_preset(preset), {"device": device})
        assert engine.ask(wire.New, files.to_toml(experiment)).error == ""
        engine.ask(wire.Play)
        probes = PROBES if preset == "ring-ns" else ("wall",)
        deadline = time.monotonic() + 60.0
        while (frame := engine.frame(probes=probes)).step < 50 or not frame.pictures:
            assert time.monotonic() < deadline
        arrays = [array.numpy() for picture in frame.pictures.values() for array in picture.arrays.values()]
        assert arrays
        assert all(np.isfinite(array).all() for array in arrays if array.dtype.kind == "f")
    finally:
        engine.kill()
