"""The small picture of a run that its file keeps, and what else people find it by."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganlab_desktop.engine import writing
from ganlab_desktop.engine.checkup import Checkup
from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.file_format import glimpses_of
from ganlab_desktop.engine.glance import Glance
from ganlab_desktop.engine.thumbnail import SIDE, drawn
from ganlab_desktop.experiment.data import Ring
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import Digits, ImageFolder
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.health import Finding
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.palette import DARK
from ganlab_desktop.runfile.runfile import RunFile

SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8]}


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def test_samples_lie_where_they_are_and_colours_say_what_the_discriminator_does() -> None:
    box = {"left": -1.0, "right": 1.0, "bottom": -1.0, "top": 1.0}
    rising = np.tile(np.linspace(0.0, 1.0, 64), (64, 1)).astype(np.float32)
    fake = np.array([[-0.5, 0.5], [9.0, 9.0], [np.nan, 0.0]], np.float32)
    image = pixels(drawn({"surface": Picture({"values": rising}, box), "samples": Picture({"fake": fake})}, 0.5))
    assert image.shape == (SIDE, SIDE, 3)
    rows, columns = np.nonzero((image == rgb(DARK.fake)).all(axis=2))
    assert (len(rows), rows.mean(), columns.mean()) == (5, pytest.approx(32, abs=1), pytest.approx(32, abs=1))
    left, middle, right = image[100, 2].astype(int), image[100, SIDE // 2].astype(int), image[100, -3].astype(int)
    assert left[0] > left[2]  # orange where D says generated
    assert right[2] > right[0]  # blue where it says real
    assert np.abs(middle - rgb(DARK.panel)).max() < 12


def surface(values: np.ndarray, falling: float = 0.0) -> dict[str, Picture]:
    numbers = {"left": -1.0, "right": 1.0, "bottom": -1.0, "top": 1.0, "falling": falling}
    seen = Picture({"values": np.tile(values, (len(values), 1)).astype(np.float32)}, numbers)
    return {"surface": seen, "samples": Picture({"fake": np.empty((0, 2), np.float32)})}


def test_where_lower_outputs_are_real_the_colours_run_the_other_way() -> None:
    rising, falling = (pixels(drawn(surface(np.linspace(-1.0, 1.0, 64), way), 0.0)) for way in (0.0, 1.0))
    assert (rising[64, 2] == falling[64, -3]).all()
    assert (falling[64, 2] != falling[64, -3]).any()
    targets = {"objective": {"kind": "least_squares", "a": 1.0, "b": 0.0, "c": 0.0}}
    for changes, way in (({}, 0.0), (targets, 1.0)):
        game = Game(with_changes(Experiment(), SMALL | changes), torch.device("cpu"))
        assert Glance(game)()["surface"].numbers["falling"] == way


def test_noise_about_the_value_of_a_discriminator_that_cannot_tell_is_not_drawn_in_full_colours() -> None:
    noise = np.linspace(-1e-4, 1e-4, 64)
    assert np.abs(pixels(drawn(surface(0.5 + noise), 0.5)) - np.float64(rgb(DARK.panel))).max() < 4
    assert pixels(drawn(surface(noise), None)).std() > 20  # a critic's values have no size of their own


@pytest.mark.parametrize("preset", ["ring-ns", "mixture-1d-ns", "grid-wgan-gp", "digits-dcgan", "edges-to-glyphs"])
def test_every_kind_of_data_has_a_picture_and_looking_leaves_no_trace(preset: str) -> None:
    game = Game(load_preset(preset), torch.device("cpu"))
    before = game.state()
    image = pixels(drawn(Glance(game)(), game.objective.neutral))
    assert image.shape == (SIDE, SIDE, 3)
    assert image.std() > 5.0
    for name, tensor in game.state().tensors.items():
        assert tensor.equal(before.tensors[name]), name


def test_a_diverged_surface_is_drawn_too() -> None:
    nothing = {"surface": Picture({"values": np.full((4, 4), np.nan, np.float32)}, {"left": 0, "right": 1})}
    nothing["surface"].numbers.update(bottom=0.0, top=1.0)
    nothing["samples"] = Picture({"fake": np.full((4, 2), np.nan, np.float32)})
    assert (pixels(drawn(nothing, None)) == rgb(DARK.panel)).all()


def test_a_run_is_drawn_while_it_trains_and_when_it_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.ganlab"
    monkeypatch.setattr(writing, "_THUMBNAIL_AFTER", 1e6)
    document = Document.new(with_changes(Experiment(title="Mine"), SMALL), path)
    document.start_writing(lambda step: None, lambda text: None)
    document.run.advance()
    document.save()
    (first,) = glimpses_of([str(path)])
    assert (first.title, first.step, first.runs, first.problem) == ("Mine", 1, 1, "")
    assert pixels(first.png).shape == (SIDE, SIDE, 3)
    for _ in range(50):
        document.run.advance()
    document.save()
    assert glimpses_of([str(path)])[0].png == first.png  # it is not drawn every second
    document.close()
    last = glimpses_of([str(path)])[0]
    assert last.step == 51
    assert last.png != first.png


@pytest.mark.parametrize("fails", ["Glance.__call__", "drawn"])
def test_a_picture_that_cannot_be_drawn_keeps_nothing_from_being_saved(
    fails: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: object) -> None:
        raise ValueError("no picture")

    monkeypatch.setattr(f"ganlab_desktop.engine.writing.{fails}", fail)
    path = tmp_path / "a.ganlab"
    document, saved = Document.new(with_changes(Experiment(), SMALL), path), []
    document.start_writing(saved.append, lambda text: pytest.fail(text))
    for _ in range(5):
        document.run.advance()
    document.save()
    document.run.advance()
    document.close()
    assert saved == [5, 6]
    with RunFile.open(path) as file:
        state = file.latest_state()
        assert state is not None
        assert (state.step, file.thumbnail()) == (6, b"")


def test_what_cannot_be_read_at_a_glance_says_why(tmp_path: Path) -> None:
    (tmp_path / "b.ganlab").write_text("no run")
    problems = [glimpse.problem for glimpse in glimpses_of([str(tmp_path / "a.ganlab"), str(tmp_path / "b.ganlab")])]
    assert problems == ["no such file", "not a run file"]


def test_findings_are_written_once_however_often_the_run_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.ganlab"
    document = Document.new(with_changes(Experiment(), SMALL), path)
    found = [Finding("oscillation", 7, "oscillation", "The mean swings by {swing:.1f}.", {"swing": 2.0})]
    for opening in range(3):
        document = document if not opening else Document.open(path)
        document.start_writing(lambda step: None, lambda text: None)
        checkup = Checkup(document.run)
        checkup._watch.see = lambda *look: list(found)  # type: ignore[method-assign]
        for _ in range(8):
            document.run.advance()
        checkup.look()
        document.close()
    with RunFile.open(path) as file:
        assert file.events() == [(7, "oscillation", "The mean swings by 2.0.")]


def test_images_that_have_changed_are_told_of_on_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_CACHE", str(tmp_path / "cache"))
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    rng = np.random.default_rng(0)
    for number in range(6):
        Image.fromarray(rng.integers(0, 255, (8, 8), np.uint8)).save(pictures / f"{number}.png")
    data = ImageFolder(path=str(pictures), size=8, colour="grey")
    path = tmp_path / "a.ganlab"
    document = Document.new(with_changes(load_preset("digits-dcgan"), {"data": data}), path)
    document.start_writing(lambda step: None, lambda text: None)
    document.run.advance()
    document.close()

    def notices() -> list[str]:
        opened = Document.open(path)
        opened.close()
        return [notice for notice in opened.notices if "changed" in notice]

    assert notices() == []
    Image.fromarray(rng.integers(0, 255, (8, 8), np.uint8)).save(pictures / "3.png")
    assert notices() == ["a.ganlab: its images have changed since: its past is replayed, but not exactly"]


def test_only_images_have_a_digest() -> None:
    def digest(data: object) -> str:
        base = load_preset("digits-dcgan" if isinstance(data, Digits) else "ring-ns")
        return Game(with_changes(base, {"data": data}), torch.device("cpu")).data.digest

    assert digest(Ring()) == ""
    assert len(digest(Digits())) == 64
    assert digest(Digits()) == digest(Digits(n_train=100))  # which of them are trained on is the experiment's
