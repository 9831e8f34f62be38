"""Fixed training sets, drawn or read from a file."""

from pathlib import Path

import numpy as np
import pytest

from ganlab_desktop.experiment.data import Points, Ring
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.gan.data import point_files
from ganlab_desktop.gan.data.build import build


def rows(points) -> set[tuple[float, ...]]:
    return {tuple(row) for row in points.tolist()}


def test_training_set_is_drawn_once_and_depends_on_the_seed() -> None:
    data, again, other = build(Ring(n_train=100), 7), build(Ring(n_train=100), 7), build(Ring(n_train=100), 8)
    assert data.train_points is not None
    assert data.train_points.shape == (100, 2)
    assert (data.train_points == again.train_points).all()
    assert not (data.train_points == other.train_points).all()
    batch = data.sample(np.random.default_rng(0), 5000)
    assert batch.dtype == np.float32
    assert rows(batch) == rows(data.train_points)  # 5,000 draws with replacement meet each of 100 points


def test_training_set_keeps_the_truth_it_was_drawn_from() -> None:
    data, exact = build(Ring(n_train=100)), build(Ring())
    x = exact.sample(np.random.default_rng(0), 50).astype(np.float64)
    assert (data.log_density(x) == exact.log_density(x)).all()
    assert (data.smoothed_log_density(x, 0.1) == exact.smoothed_log_density(x, 0.1)).all()
    assert (data.modes.centres == exact.modes.centres).all()
    assert (data.box, data.detail, data.has_density) == (exact.box, exact.detail, True)


def test_held_out_points_are_fresh() -> None:
    data = build(Ring(n_train=100))
    assert not rows(data.held_out(np.random.default_rng(0), 1000)) & rows(data.train_points)
    exact = build(Ring())
    assert exact.train_points is None
    assert exact.held_out(np.random.default_rng(0), 10).shape == (10, 2)


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n1,2\n3,-4.5\n",
        "1,2\n3,-4.5",
        "\ufeffx;y\r\n1;2\r\n3;-4.5\r\n",
        "# made by hand\n\n1 2\n3\t-4.5\n\n",
        " 1 , 2 \n 3 , -4.5e0 \n",
    ],
)
def test_text_is_read_with_any_usual_separator(tmp_path: Path, text: str) -> None:
    file = tmp_path / "points.csv"
    file.write_text(text, encoding="utf-8", newline="")
    data = build(Points(path=str(file), scale=2.0))
    assert rows(data.train_points) == {(0.5, 1.0), (1.5, -2.25)}
    assert rows(data.sample(np.random.default_rng(0), 100)) == {(0.5, 1.0), (1.5, -2.25)}
    assert data.dim == 2
    assert not data.has_density
    assert data.log_density(np.zeros((1, 2))) is None
    assert data.smoothed_log_density(np.zeros((1, 2)), 0.1) is None


def test_one_column_is_a_distribution_on_the_line(tmp_path: Path) -> None:
    file = tmp_path / "points.txt"
    file.write_text("value\n1\n2\n4\n")
    data = build(Points(path=str(file)))
    assert data.dim == 1
    assert data.train_points.tolist() == [[1.0], [2.0], [4.0]]
    assert data.box[2:] == (0.0, 1.0)
    assert data.box[0] < 1 < 4 < data.box[1]


def test_archives_give_points_or_their_first_array(tmp_path: Path) -> None:
    named, first = tmp_path / "named.npz", tmp_path / "first.NPZ"
    np.savez(named, other=np.zeros((5, 5)), points=np.array([[1, 2], [3, 4]]))
    np.savez_compressed(tmp_path / "first", np.array([1.0, 2.0, 3.0]))
    (tmp_path / "first.npz").rename(first)
    assert build(Points(path=str(named))).train_points.tolist() == [[1, 2], [3, 4]]
    assert build(Points(path=str(first))).train_points.tolist() == [[1], [2], [3]]


def test_part_of_a_file_is_picked_once_and_the_rest_held_out(tmp_path: Path) -> None:
    file = tmp_path / "points.npz"
    np.savez(file, points=np.arange(100.0))
    data, again, other = (build(Points(path=str(file), n_train=40), seed) for seed in (1, 1, 2))
    assert len(rows(data.train_points)) == 40
    assert rows(data.train_points) == rows(again.train_points) != rows(other.train_points)
    assert len(rows(data.held_out(np.random.default_rng(0), 2000))) == 60
    assert not rows(data.held_out(np.random.default_rng(0), 2000)) & rows(data.train_points)
    with pytest.raises(ExperimentError, match=r"data\.n_train: must be <= 100"):
        build(Points(path=str(file), n_train=101))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "holds no points"),
        (b"x,y\n", "holds no points"),
        (b"x,y\n1,2\n3\n", "row 3 has 1 columns, the first has 2"),
        (b"1,2\n3,4,5\n", "row 2 has 3 columns, the first has 2"),
        (b"1,2,3\n4,5,6\n", "row 1 has 3 columns"),
        (b"x,y\n1,2\n3,four\n", "row 3 holds 'four' where a number should be"),
        (b"1,2\n\n3,\n", "row 3 holds '' where a number should be"),
        (b"1,2\n3,nan\n", "row 2 holds a value that is not finite"),
        (b"1 2\n# note\n-inf 4\n", "row 3 holds a value that is not finite"),
        (b"1,2\n3,1e999\n", "row 2 holds a value that is not finite"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "is neither text"),
        (b"1,2\n\x00,3\n", "is neither text"),
    ],
)
def test_bad_text_names_file_and_row(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "points.csv"
    file.write_bytes(content)
    refused(file, problem)


@pytest.mark.parametrize(
    ("array", "problem"),
    [
        (np.zeros((0, 2)), "holds no points"),
        (np.zeros((4, 3)), "has shape (4, 3)"),
        (np.zeros((2, 2, 2)), "has shape (2, 2, 2)"),
        (np.array(1.0), "has shape ()"),
        (np.array([[0, 0], [np.nan, 1]]), "not finite in row 1"),
        (np.array(["a", "b"]), "does not hold real numbers"),
        (np.array([1j]), "does not hold real numbers"),
        (np.array([{"code": "runs"}], dtype=object), "cannot be read"),
    ],
)
def test_bad_arrays_are_refused(tmp_path: Path, array, problem: str) -> None:
    file = tmp_path / "points.npz"
    np.savez(file, points=array)
    refused(file, problem)


def test_damaged_and_missing_files_are_refused(tmp_path: Path) -> None:
    good, bad, empty = tmp_path / "good.npz", tmp_path / "bad.npz", tmp_path / "empty.npz"
    np.savez(good, points=np.ones((1000, 2)))
    for content in (b"", b"not an archive", good.read_bytes()[:500], good.read_bytes().replace(b"NUMPY", b"DUMPY")):
        bad.write_bytes(content)
        refused(bad, "")
    np.savez(empty)
    refused(empty, "holds no arrays")
    refused(tmp_path / "nowhere.csv", "there is no such file")
    refused(tmp_path, "is not a file")
    refused(Path("/dev/zero"), "is not a file")
    with pytest.raises(ExperimentError, match=r"^data\.path: names no file"):
        build(Points())


def test_files_too_large_are_refused_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, bomb = tmp_path / "points.csv", tmp_path / "points.npz"
    with text.open("wb") as file:
        file.truncate(point_files.LARGEST_FILE + 1)
    refused(text, "is too large")
    monkeypatch.setattr(point_files, "LARGEST_FILE", 2**20)
    np.savez_compressed(bomb, points=np.zeros((2**20, 2)))
    assert bomb.stat().st_size < 2**17
    refused(bomb, "unpacks to more than")


def test_points_beyond_single_precision_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("1e39\n")
    with pytest.raises(ExperimentError, match=r"data\.scale: "):
        build(Points(path=str(file)))
    assert build(Points(path=str(file), scale=1e6)).train_points == pytest.approx(1e33)


def refused(file: Path, problem: str) -> None:
    """The file gives one line at data.path that names it and the problem."""
    with pytest.raises(ExperimentError) as caught:
        build(Points(path=str(file)))
    message = str(caught.value)
    assert caught.value.path == "data.path"
    assert file.name in message
    assert problem in message
    assert "\n" not in message
