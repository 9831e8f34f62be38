"""What the README says stands elsewhere too."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ganlab_desktop.__main__ import COMMANDS
from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.presets import load_preset, preset_names
from ganlab_desktop.ui import entries
from ganlab_desktop.ui.actions import Actions
from ganlab_desktop.ui.panels.canvas.specs import LAYERS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_levels_are_those_that_the_benchmarks_hold() -> None:
    source = (ROOT / "tests" / "benchmarks" / "test_presets.py").read_text()
    levels = re.search(r"LEVELS = \{(.*)\}", source)
    assert levels is not None
    for name, level in re.findall(r'"([a-z-]+)": ([0-9.]+)', levels[1]):
        assert re.search(rf"`{name}`.*\| {level} \|", README), (name, level)


def test_its_lines_of_python_do_what_they_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert lines is not None
    names: dict[str, Any] = {}
    exec(lines[1], names)
    assert names["curves"]["step"].tolist() == list(range(1, 501))
    assert names["samples"].shape == (1000, 2)
    assert names["scores"]["step"] == names["generator"].origin.step == 250
    assert (names["run"].number, names["run"].step) == (2, 250)
    assert tuple(names["points"].shape) == (64, 2)
    with names["open_run"]("ring.ganlab", run=1, readonly=True) as run:
        assert run.step == 500
        np.testing.assert_array_equal(run.at(250).sample(1000, seed=1), names["samples"])


def test_commands_and_presets_that_it_names_exist() -> None:
    for command in re.findall(r"^    ganlab ([a-z]+)", README, re.MULTILINE):
        assert command in COMMANDS
    for name in re.findall(r"ganlab (?:train|show) ([a-z0-9][a-z0-9-]*)(?= )", README):
        assert name in preset_names()


def test_keys_that_it_names_are_those_of_actions() -> None:
    known = {spec.shortcut for spec in Actions.specs()} | set(entries.KEYS.values()) | {"Shift"}
    named = set(re.findall(r"<kbd>([^<]+)</kbd>", README))
    assert {"Shift+Space", "Ctrl+B", "Ctrl+Z", "[", "]"} <= named
    assert named <= known


def test_pictures_that_it_shows_exist() -> None:
    for path in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file()


def test_titles_that_the_tour_tells_to_choose_exist() -> None:
    titles = [load_preset(name).title for name in preset_names()]
    tour = README.partition("**Break it.**")[2].partition("**Keep it.**")[0]
    layers = {spec.title for spec in LAYERS}
    for title in set(re.findall(r"\*([A-Z][^*]+)\*", tour)) - layers - {"Ask for the truth."}:
        assert any(known.startswith(" ".join(title.split())) for known in titles), title


def test_its_experiment_is_accepted() -> None:
    example = re.search(r"((?:^    .*\n)+)", README[README.index("An experiment is a TOML file") :], re.MULTILINE)
    assert example is not None
    experiment = files.from_toml("\n".join(line[4:] for line in example[1].splitlines()))
    assert experiment.discriminator.spectral_norm
    assert pytest.approx(0.05) == experiment.data.sigma  # type: ignore[union-attr]
