"""The command line: what it prints, what it refuses, and with which exit code."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ganlab_desktop.cli.app import run
from ganlab_desktop.cli.window import open_window
from ganlab_desktop.engine.document import Document
from ganlab_desktop.experiment import files, presets
from ganlab_desktop.experiment.data import Grid
from ganlab_desktop.runfile.runfile import RunFile

FAST = ["--set", "schedule.batch_size=32", "--set", "generator.hidden=[16]", "--set", "discriminator.hidden=[16]"]
EVALUATED = {
    "step", "generator", "seed", "samples", "modes", "captured", "captured_quarter", "high_quality", "shares",
    "mode_kl", "mode_kl_floor", "jsd", "jsd_floor", "kl", "kl_floor", "reverse_kl",
    "reverse_kl_floor", "tv", "tv_floor", "h", "precision", "recall", "w1",
    "w1_floor", "sliced_w2", "sliced_w2_floor", "support_size", "accuracy_real", "accuracy_fake", "mean_fake",
    "held_out_gap", "two_sample", "two_sample_best", "class_agreement", "duality_gap", "slope", "lipschitz",
    "critic_gap", "extractor", "fid", "fid_floor", "kid", "inception", "inception_real", "density", "coverage",
    "nearer", "sharpness", "sharpness_real", "elbo", "iwae", "reconstruction", "divergence", "noise_std", "log_density",
    "ssim", "ssim_input", "psnr", "psnr_input",
}  # fmt: skip

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    out = tmp_path / "run.ganlab"
    assert run(["train", "ring-ns", "--out", str(out), "--steps", "60", "--json", *FAST]) == 0
    return out


def test_train_writes_a_run_that_info_describes(trained: Path, capsys: Capture) -> None:
    assert run(["info", str(trained), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (facts["step"], facts["runs"], facts["sound"]) == (60, 1, True)
    told = {
        "title",
        "step",
        "run",
        "runs",
        "tree",
        "created",
        "experiment",
        "sound",
        "path",
        "size",
        "replay",
        "weights",
    }
    assert set(facts) == told
    assert facts["experiment"]["schedule"]["batch_size"] == 32
    assert [path.name for path in trained.parent.iterdir()] == ["run.ganlab"]


def test_training_on_equals_training_through(trained: Path, tmp_path: Path, capsys: Capture) -> None:
    assert run(["train", str(trained), "--steps", "40"]) == 0
    through = tmp_path / "through.ganlab"
    assert run(["train", "ring-ns", "--out", str(through), "--steps", "100", *FAST]) == 0
    for path in (trained, through):
        assert run(["sample", str(path), "-n", "50", "-o", str(path.with_suffix(".npz"))]) == 0
    first, second = (np.load(path.with_suffix(".npz"))["samples"] for path in (trained, through))
    assert first.dtype == np.float32
    assert first.shape == (50, 2)
    np.testing.assert_array_equal(first, second)
    kept = []
    for path in (trained, through):
        with RunFile.open(path, readonly=True) as file:
            kept.append((file.latest_state(), file.series("step")))
    (left, left_rows), (right, right_rows) = kept
    assert left is not None
    assert right is not None
    assert left.facts["game"] == right.facts["game"]
    for name, array in left.arrays.items():
        np.testing.assert_array_equal(array, right.arrays[name])
    np.testing.assert_array_equal(left_rows.values, right_rows.values)


def test_continuing_into_another_file_leaves_the_first_alone(trained: Path, tmp_path: Path, capsys: Capture) -> None:
    before, other = trained.read_bytes(), tmp_path / "other.ganlab"
    changes = ["--set", "optimizer.generator.lr=1e-4"]
    assert run(["train", str(trained), "--out", str(other), "--steps", "5", *changes]) == 0
    assert trained.read_bytes() == before
    capsys.readouterr()
    assert run(["info", str(other), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["step"] == 65
    assert facts["experiment"]["optimizer"]["generator"]["lr"] == 1e-4


def test_samples_of_the_past_are_those_of_a_shorter_run(trained: Path, tmp_path: Path, capsys: Capture) -> None:
    short = tmp_path / "short.ganlab"
    assert run(["train", "ring-ns", "--out", str(short), "--steps", "37", *FAST]) == 0
    for path, at in ((trained, ["--at", "37"]), (short, [])):
        assert run(["sample", str(path), "-n", "50", "-o", str(path.with_suffix(".npz")), "--ema", *at]) == 0
    first, second = (np.load(path.with_suffix(".npz"))["samples"] for path in (trained, short))
    np.testing.assert_array_equal(first, second)
    capsys.readouterr()
    assert run(["evaluate", str(trained), "--at", "37", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["step"] == 37
    assert run(["evaluate", str(trained), "--at", "61", "--json"]) == 2
    assert "steps 0 to 60" in capsys.readouterr().err


def test_runs_of_a_document_are_told_and_chosen_by_their_number(trained: Path, capsys: Capture) -> None:
    document = Document.open(trained)
    document.start_writing(lambda step: None, lambda text: None)
    document.fork(document.run, {"optimizer.generator.lr": 0.01})
    document.close()
    assert run(["train", str(trained), "--steps", "10"]) == 0  # the fork, which was shown last
    assert run(["train", str(trained), "--run", "1", "--steps", "5"]) == 0
    capsys.readouterr()
    assert run(["info", str(trained), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["run"], facts["runs"], facts["step"]) == (1, 2, 65)
    assert [(entry["id"], entry["parent"], entry["forked_at"], entry["step"]) for entry in facts["tree"]] == [
        (1, None, 0, 65),
        (2, 1, 60, 70),
    ]
    assert run(["evaluate", str(trained), "--run", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["step"] == 70
    assert run(["evaluate", str(trained), "--run", "3"]) == 2
    assert "holds run 1, 2" in capsys.readouterr().err
    assert run(["info", str(trained)]) == 0
    assert "2: step 70, from step 60 of run 1" in capsys.readouterr().out


def test_evaluate_has_a_fixed_set_of_keys(trained: Path, capsys: Capture) -> None:
    capsys.readouterr()
    assert run(["evaluate", str(trained), "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert set(scores) == EVALUATED
    assert scores["modes"] == 8
    assert 0.0 <= scores["jsd"] <= np.log(2.0) + 1e-9
    assert scores["jsd_floor"] <= 0.02
    assert scores["duality_gap"] > 0.0
    assert 0.0 < scores["slope"] <= scores["lipschitz"]
    assert scores["critic_gap"] is None  # no critic


def test_inception_is_refused_of_points_before_anything_is_measured(trained: Path, capsys: Capture) -> None:
    capsys.readouterr()
    assert run(["evaluate", str(trained), "--inception", "--json"]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert "inception: judges images, and these data are points" in told.err


def test_data_without_modes_or_density_evaluates_to_nothing_there(tmp_path: Path, capsys: Capture) -> None:
    points = tmp_path / "points.csv"
    np.savetxt(points, np.random.default_rng(0).normal(size=(50, 2)), delimiter=",")
    out = tmp_path / "points.ganlab"
    data = ["--set", "data.kind=points", "--set", f"data.path={points}"]
    assert run(["train", "ring-ns", "--out", str(out), "--steps", "5", *data, *FAST]) == 0
    capsys.readouterr()
    assert run(["evaluate", str(out), "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert set(scores) == EVALUATED
    assert scores["modes"] is None
    assert scores["jsd"] is None


def test_a_conditional_run_tells_the_classes_that_it_was_asked_for(tmp_path: Path, capsys: Capture) -> None:
    out, samples = tmp_path / "run.ganlab", tmp_path / "samples.npz"
    assert run(["train", "ring-conditional", "--out", str(out), "--steps", "40", *FAST]) == 0
    assert run(["sample", str(out), "-n", "3000", "-o", str(samples)]) == 0
    with np.load(samples) as arrays:
        assert arrays["samples"].shape == (3000, 2)
        assert arrays["labels"].dtype == np.int64
        assert np.bincount(arrays["labels"]) / 3000 == pytest.approx(np.full(8, 1 / 8), abs=0.03)
    capsys.readouterr()
    assert run(["evaluate", str(out), "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert set(scores) == EVALUATED
    assert 0.0 <= scores["class_agreement"] <= 1.0


def test_samples_come_in_original_units_and_as_a_picture(trained: Path, tmp_path: Path, capsys: Capture) -> None:
    network, original, picture = tmp_path / "a.npz", tmp_path / "b.npz", tmp_path / "c.png"
    for out, more in ((network, []), (original, ["--units", "original"]), (picture, ["--ema"])):
        assert run(["sample", str(trained), "-n", "20", "-o", str(out), *more]) == 0
    ratio = np.load(original)["samples"] / np.load(network)["samples"]
    np.testing.assert_allclose(ratio, 1.414, rtol=1e-5)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_show_explains_every_setting_and_loads_again(capsys: Capture) -> None:
    for name in presets.preset_names():
        assert run(["show", name]) == 0
        text = capsys.readouterr().out
        assert files.from_toml(text) == presets.load_preset(name)
        assert "# Step size; may be changed while training." in text


def test_settings_apply_in_order(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "grid.ganlab"
    assert (
        run(
            [
                "train",
                "ring-ns",
                "--out",
                str(out),
                "--steps",
                "2",
                "--set",
                "data.kind=grid",
                "--set",
                "data.side=3",
                *FAST,
            ]
        )
        == 0
    )
    capsys.readouterr()
    assert run(["show", str(out)]) == 0
    assert files.from_toml(capsys.readouterr().out).data == Grid(side=3)


BAD = {
    "unknown preset": (["train", "rng-ns", "--out", "OUT"], "unknown preset 'rng-ns'; presets: "),
    "no out": (["train", "ring-ns"], "--out"),
    "unknown setting": (["train", "ring-ns", "--out", "OUT", "--set", "scedule.steps=5"], "did you mean schedule?"),
    "out of range": (
        ["train", "ring-ns", "--out", "OUT", "--set", "optimizer.generator.lr=-1"],
        "optimizer.generator.lr: must be > 0 and <= 100, got -1",
    ),
    "no value": (["train", "ring-ns", "--out", "OUT", "--set", "seed"], "--set seed: must be path=value"),
    "refused": (
        ["train", "ring-wgan-gp", "--out", "OUT", "--set", "discriminator.norm=batch"],
        "discriminator.norm: batch norm cannot be combined with a gradient penalty",
    ),
    "bad file": (["train", "FILE.toml", "--out", "OUT"], "not valid TOML"),
    "missing file": (["train", "none.toml", "--out", "OUT"], "none.toml: No such file"),
    "missing run": (["info", "none.ganlab"], "none.ganlab"),
    "foreign run": (["evaluate", "FILE.ganlab"], "FILE.ganlab"),
    "missing device": (["train", "ring-ns", "--out", "OUT", "--device", "cuda:63"], "device: cuda:63 was asked for"),
    "senseless device": (["train", "ring-ns", "--out", "OUT", "--device", "gpu"], "device"),
    "empty points": (["train", "ring-ns", "--out", "OUT", "--set", "data.kind=points"], "data.path"),
    "zero steps": (["train", "ring-ns", "--out", "OUT", "--steps", "0"], "--steps"),
    "unknown option": (["train", "ring-ns", "--outt", "OUT"], "--outt"),
    "unknown run name": (["train", "ring-ns", "--out", "out.run"], "must end in .ganlab"),
    "unknown format": (["sample", "FILE.ganlab", "-o", "x.jpg"], "must end in .npz or .png"),
    "engine alone": (["engine"], "engine --stdio"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_and_exit_code_2(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FILE.toml").write_text("title = \n")
    (tmp_path / "FILE.ganlab").write_text("not a run\n" * 200)
    arguments, expected = BAD[name]
    assert run([word.replace("OUT", "out.ganlab") for word in arguments]) == 2
    captured = capsys.readouterr()
    assert expected in captured.err
    assert captured.err.count("\n") == 1
    assert not (tmp_path / "out.ganlab").exists()


def test_an_existing_run_is_not_written_over(trained: Path, capsys: Capture) -> None:
    before = trained.read_bytes()
    assert run(["train", "ring-ns", "--out", str(trained), "--steps", "1"]) == 2
    assert "exists already" in capsys.readouterr().err
    assert trained.read_bytes() == before


def test_a_change_that_needs_a_new_start_leaves_no_copy_behind(trained: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "new.ganlab"
    assert run(["train", str(trained), "--out", str(out), "--set", "generator.hidden=[8]"]) == 2
    assert "generator.hidden" in capsys.readouterr().err
    assert not out.exists()


def test_the_window_refuses_files_that_it_cannot_open(tmp_path: Path, capsys: Capture) -> None:
    for name in ("trian", "missing.toml"):
        assert open_window([str(tmp_path / name)]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_a_diverging_run_fails_and_keeps_its_last_good_state(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "diverged.ganlab"
    wild = [
        "objective.kind=wasserstein",
        "penalties=[]",
        "optimizer.discriminator.kind=sgd",
        "optimizer.discriminator.lr=100",
    ]
    settings = [word for setting in wild for word in ("--set", setting)]
    assert run(["train", "ring-ns", "--out", str(out), "--steps", "5000", *settings]) == 1
    assert "no longer finite" in capsys.readouterr().err
    assert run(["info", str(out), "--json"]) == 0


def test_interrupting_saves_and_leaves_with_130(tmp_path: Path) -> None:
    out = tmp_path / "cut.ganlab"
    command = [sys.executable, "-m", "ganlab_desktop", "train", "ring-ns", "--out", str(out), "--json", *FAST]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    step = json.loads(process.stdout.readline())["step"]
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    assert process.wait(30) == 130
    assert json.loads(rest.splitlines()[-1])["step"] >= step > 0
    process.stdout.close()
    done = subprocess.run(
        [sys.executable, "-m", "ganlab_desktop", "info", str(out), "--json"], capture_output=True, check=True
    )
    assert json.loads(done.stdout)["step"] >= step


def test_doctor_names_versions_and_devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    run(["doctor", "--json"])
    findings = json.loads(capsys.readouterr().out)
    assert "cpu" in findings["devices"]
    assert str(os.cpu_count()) in findings["devices"]
    assert findings["data folder"].startswith(str(tmp_path))


def test_help_and_version_start_without_torch() -> None:
    started = time.monotonic()
    code = (
        "import sys; from ganlab_desktop.__main__ import main; sys.argv = ['ganlab', '--version']\n"
        "print(main(), 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-2:] == ["0", "False"]
    assert time.monotonic() - started < 10.0


def test_evaluate_and_sample_look_at_the_best_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, plain = tmp_path / "a.ganlab", tmp_path / "b.ganlab"
    selected = ["--set", "selection.metric=w1", "--set", "selection.every=10"]
    assert run(["train", "ring-ns", "--out", str(path), "--steps", "60", *selected]) == 0
    assert run(["train", "ring-ns", "--out", str(plain), "--steps", "20"]) == 0
    with RunFile.open(path, readonly=True) as file:
        steps, scores = file.series("selection")[1:]
    best = int(steps[scores[:, 0].argmin()])
    for at, out in ((str(best), "step"), ("best", "best")):
        assert run(["sample", str(path), "--at", at, "--out", str(tmp_path / f"{out}.npz"), "-n", "50"]) == 0
    np.testing.assert_array_equal(np.load(tmp_path / "best.npz")["samples"], np.load(tmp_path / "step.npz")["samples"])
    capsys.readouterr()
    assert run(["evaluate", str(plain), "--at", "best"]) == 2
    assert "has compared no steps" in capsys.readouterr().err
    assert run(["evaluate", str(plain), "--at", "soon"]) == 2
    assert "ganlab: step soon: must be a number or best" in capsys.readouterr().err


def test_train_gives_up_where_nothing_better_comes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changes = ["selection.metric=w1", "selection.every=5", "selection.patience=2"]
    changes += [f"optimizer.{player}.lr=1e-12" for player in ("generator", "discriminator")]
    path = tmp_path / "a.ganlab"
    settings = [part for change in changes for part in ("--set", change)]
    assert run(["train", "ring-ns", "--out", str(path), "--steps", "500", *settings]) == 0
    assert "no lower w1 in 2 looks" in capsys.readouterr().err
    with RunFile.open(path, readonly=True) as file:
        gave_up = file.newest_row()
    assert gave_up < 100
    assert run(["train", str(path), "--steps", "3"]) == 0  # whoever asks for more gets it, up to the next look
    with RunFile.open(path, readonly=True) as file:
        assert file.newest_row() == gave_up + 3
