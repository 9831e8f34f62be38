"""Runs in the hands of a script."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import ganlab_desktop
from ganlab_desktop import Run, load_experiment, load_generator, load_preset, open_run, with_changes
from ganlab_desktop.engine.run import Run as EngineRun
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.scripting.progress import Progress

SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8]}


def experiment(**changes: Any) -> Experiment:
    return with_changes(load_preset("ring-ns"), {**SMALL, **changes})


def test_importing_the_package_loads_neither_torch_nor_qt() -> None:
    program = (
        "import sys, ganlab_desktop\n"
        "assert not {'torch', 'numpy', 'msgspec', 'PySide6'} & set(sys.modules)\n"
        "ganlab_desktop.load_preset('ring-ns')\n"
        "assert not {'torch', 'PySide6'} & set(sys.modules)\n"
        "ganlab_desktop.Run, ganlab_desktop.load_generator\n"
        "assert 'torch' in sys.modules and not {'PySide6', 'matplotlib', 'av'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_all_that_is_offered_is_there() -> None:
    for name in ganlab_desktop.__all__:
        assert callable(getattr(ganlab_desktop, name))
    assert set(ganlab_desktop.__all__) <= set(dir(ganlab_desktop))
    with pytest.raises(AttributeError, match="nothing"):
        ganlab_desktop.nothing  # noqa: B018


def test_it_trains_as_the_engine_does_and_leaves_the_threads_alone() -> None:
    before = torch.get_num_threads()
    run, engine = Run(experiment()), EngineRun(experiment())
    outcome = run.train(30, progress=False)
    assert torch.get_num_threads() == before
    for _ in range(30):
        engine.advance()
    assert (outcome.step, outcome.ended) == (30, "done")
    np.testing.assert_array_equal(run.sample(20, 4, average=False), engine.sample(20, 4))
    np.testing.assert_array_equal(run.sample(20, 4), engine.sample(20, 4, average=True))


def test_a_function_is_told_how_far_it_is() -> None:
    told: list[Progress] = []
    run = Run(experiment(**{"schedule.steps": 40}))
    run.train(progress=told.append)
    assert (told[-1].step, told[-1].last) == (40, 40)
    assert told[-1].scalars["discriminator_loss"] == run.curves()["discriminator_loss"][-1]


def test_the_past_is_another_object_that_stays() -> None:
    run = Run(experiment())
    run.train(20, progress=False)
    at_20 = run.sample(10)
    run.edit({"optimizer.generator.lr": 0.01})
    run.train(20, progress=False)
    past = run.at(20)
    np.testing.assert_array_equal(past.sample(10), at_20)
    assert (past.step, run.step) == (20, 40)
    assert run.at(30).experiment.optimizer.generator.lr == 0.01
    run.train(5, progress=False)
    np.testing.assert_array_equal(past.sample(10), at_20)
    assert past.evaluate(200)["step"] == 20
    with pytest.raises(ExperimentError, match="steps 0 to 45"):
        run.at(46)
    with pytest.raises(ExperimentError, match=r"selection\.metric"):
        run.at("best")


def test_looking_changes_nothing() -> None:
    watched, alone = Run(experiment()), Run(experiment())
    for _ in range(4):
        watched.train(5, progress=False)
        watched.evaluate(200)
        watched.at(3).generator()
    alone.train(20, progress=False)
    np.testing.assert_array_equal(watched.sample(10), alone.sample(10))


def test_curves_are_columns() -> None:
    run = Run(experiment())
    run.train(10, progress=False)
    curves = run.curves()
    assert curves["step"].dtype == np.int64
    assert curves["generator_loss"].dtype == np.float32
    assert {len(column) for column in curves.values()} == {10}
    assert "step" in run.series
    with pytest.raises(ExperimentError, match="there are step"):
        run.curves("nothing")


def test_a_saved_run_is_opened_where_it_was_and_forked(tmp_path: Path) -> None:
    run = Run(experiment())
    run.train(20, progress=False)
    with pytest.raises(ExperimentError, match="save it"):
        run.fork(10, {})
    with pytest.raises(ExperimentError, match="no file yet"):
        run.save()
    run.save(tmp_path / "a.ganlab")
    run.train(10, progress=False)
    wanted = run.sample(10)
    assert run.fork(10, {"optimizer.generator.lr": 0.01}) == 2
    assert (run.number, run.step, [entry.forked_at for entry in run.runs]) == (2, 10, [0, 10])
    run.close()
    with open_run(tmp_path / "a.ganlab", run=1, readonly=True) as first:
        np.testing.assert_array_equal(first.sample(10), wanted)
        assert first.path == tmp_path / "a.ganlab"
        with open_run(tmp_path / "a.ganlab") as second:  # the other one has left the file alone
            assert second.number == 2
            second.turn_to(1)
            assert second.step == 30
            second.train(5, progress=False)
    assert load_experiment(tmp_path / "a.ganlab", run=2).optimizer.generator.lr == 0.01
    with pytest.raises(ExperimentError, match=r"^run 3: .*holds run 1, 2"):
        open_run(tmp_path / "a.ganlab", run=3)
    with pytest.raises(RunFileError):
        open_run(tmp_path / "none.ganlab")


def test_a_generator_comes_from_a_run_or_a_checkpoint(tmp_path: Path) -> None:
    with Run(experiment()) as run:
        run.save(tmp_path / "a.ganlab")
        run.train(20, progress=False)
        run.save()
        run.save_checkpoint(tmp_path / "live.safetensors")
        run.at(10).save_checkpoint(tmp_path / "past.safetensors", "average")
        with pytest.raises(ExportError, match="part"):
            run.save_checkpoint(tmp_path / "no.safetensors", "critic")
        live, past = run.sample(9, 2, average=False), run.at(10).sample(9, 2)
    found = {
        "checkpoint": load_generator(tmp_path / "live.safetensors"),
        "run": load_generator(tmp_path / "a.ganlab", average=False),
    }
    for generator in found.values():
        with torch.no_grad():
            np.testing.assert_array_equal(generator(generator.latents(9, 2)).numpy(), live)
    for generator in (load_generator(tmp_path / "past.safetensors"), load_generator(tmp_path / "a.ganlab", step=10)):
        with torch.no_grad():
            np.testing.assert_array_equal(generator(generator.latents(9, 2)).numpy(), past)
    with pytest.raises(ExperimentError, match=r"only a \.ganlab document"):
        load_generator(tmp_path / "live.safetensors", step=3)
    with pytest.raises(ExportError, match="moving average of the generator alone"):
        load_generator(tmp_path / "past.safetensors", average=False)


def test_ctrl_c_ends_after_the_iteration_at_hand() -> None:
    run, other = Run(experiment()), Run(experiment())
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    outcome = run.train(10_000_000, progress=False)
    assert outcome.ended == "interrupted"
    assert 0 < outcome.step == run.step
    other.train(outcome.step, progress=False)
    np.testing.assert_array_equal(run.sample(5), other.sample(5))


def test_a_run_that_diverges_says_so() -> None:
    run = Run(load_preset("divergence"))
    outcome = run.train(progress=False)
    assert outcome.ended == "diverged"
    assert "no longer finite since step" in outcome.why


def test_pages_of_a_notebook_show_words_and_losses_not_markup() -> None:
    strange = experiment(title="<script>alert(1)</script>")
    assert "<script>" not in strange._repr_html_()
    assert "schedule" in strange._repr_html_()
    assert "batch_size = 16" in strange._repr_html_()
    run = Run(strange)
    assert "svg" not in run._repr_html_()
    run.train(20, progress=False)
    page = run._repr_html_()
    assert "<script>" not in page
    assert page.count("<polyline") == 2
    assert "20 of" in page


def test_a_read_only_run_is_not_said_to_be_saved_where_it_is_not(tmp_path: Path) -> None:
    with Run(experiment()) as run:
        run.train(5, progress=False)
        run.save(tmp_path / "a.ganlab")
    with open_run(tmp_path / "a.ganlab", readonly=True) as run:
        run.train(5, progress=False)
        with pytest.raises(RunFileError, match="open for reading only"):
            run.save()
        run.save(tmp_path / "b.ganlab")
    with open_run(tmp_path / "b.ganlab") as run:
        assert run.step == 10


def test_many_short_trainings_are_watched_like_a_long_one() -> None:
    with Run(experiment()) as run:
        for _ in range(20):
            run.train(1, progress=False)
        assert len(run.curves("health")["step"]) < 10


@pytest.mark.parametrize(
    ("preset", "series"), [("digits-dcgan", "transport"), ("digits-dcgan", "coverage"), ("ring-vae", "dynamics")]
)
def test_a_measure_that_does_not_fit_the_run_is_refused(preset: str, series: str) -> None:
    with Run(load_preset(preset)) as run, pytest.raises(ExperimentError, match=f"no measure '{series}' of this run"):
        run.measure(series)
