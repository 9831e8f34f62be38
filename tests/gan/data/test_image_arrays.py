"""Images in IDX and NPZ files: as distributed, and one clear line for each file that cannot be used."""

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.images import Idx, Npz
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.data.images import idx, npz, read_pictures, watching

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (50, 28, 28), np.uint8)
LABELS = np.arange(50, dtype=np.uint8) % 10


def as_idx(array: np.ndarray, kind: int = 8) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, kind, array.ndim, *array.shape) + array.tobytes()


def write(file: Path, content: bytes) -> Path:
    file.write_bytes(gzip.compress(content) if file.suffix == ".gz" else content)
    return file


@pytest.mark.parametrize("end", ["", ".gz"])
@pytest.mark.parametrize("dash", ["-idx", ".idx"])
def test_mnist_is_read_as_distributed(tmp_path: Path, dash: str, end: str) -> None:
    write(tmp_path / f"t10k-images{dash}3-ubyte{end}", as_idx(IMAGES[:5]))
    file = write(tmp_path / f"train-images{dash}3-ubyte{end}", as_idx(IMAGES))
    write(tmp_path / f"train-labels{dash}1-ubyte{end}", as_idx(LABELS))
    for path in (tmp_path, file):
        spec = Idx(path=str(path))
        found = read_pictures(spec)
        assert_array_equal(found.images.reshape(50, 32, 32)[:, 2:30, 2:30], IMAGES)  # framed by two pixels
        assert found.images.reshape(50, 32, 32)[:, :2].max() < 10
        assert_array_equal(found.labels, LABELS)
        assert found.names == tuple("0123456789")
        assert found.notices == ()
        data = build(spec)
        assert (data.image, data.classes, len(data.train_points)) == ((1, 32, 32), 10, 40)


def test_labels_may_be_packed_differently_or_missing(tmp_path: Path) -> None:
    file = write(tmp_path / "train-images-idx3-ubyte", as_idx(IMAGES))
    assert build(Idx(path=str(file))).classes == 0
    assert "no labels were found" in build(Idx(path=str(file))).notices[0]
    write(tmp_path / "train-labels-idx1-ubyte.gz", as_idx(LABELS + 1))
    data = build(Idx(path=str(file)))
    assert data.classes == 10
    assert read_pictures(Idx(path=str(file))).names == tuple(map(str, range(1, 11)))
    own = write(tmp_path / "mine.idx", as_idx(IMAGES))
    assert build(Idx(path=str(own))).classes == 0


def test_images_are_framed_or_resized(tmp_path: Path) -> None:
    squares = np.full((3, 28, 28), 20, np.uint8)
    squares[:, 7:21, 7:21] = 220
    file = write(tmp_path / "train-images-idx3-ubyte", as_idx(squares))
    framed = read_pictures(Idx(path=str(file))).images.reshape(3, 32, 32)
    assert_array_equal(framed[:, [0, 31]], 20)  # the darkest value, not black
    stretched = read_pictures(Idx(path=str(file), fit="resize")).images.reshape(3, 32, 32)
    assert (stretched > 120).sum() / (squares > 120).sum() == pytest.approx((32 / 28) ** 2, rel=0.05)
    assert (stretched.min(), stretched.max()) == (20, 220)
    for fit in ("frame", "resize"):
        small = read_pictures(Idx(path=str(file), fit=fit, size=8)).images.reshape(3, 8, 8)
        assert small.mean() == pytest.approx(squares.mean(), abs=4)  # over all pixels, not every third one


def refused(spec: Idx | Npz, file: Path, *problems: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        build(spec)
    message = str(caught.value)
    assert caught.value.path == "data.path"
    assert file.name in message
    assert all(problem in message for problem in problems), message
    assert "\n" not in message


@pytest.mark.parametrize("end", ["", ".gz"])
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is no IDX file"),
        (b"\x89PNG\r\n\x1a\n", "is no IDX file"),
        (as_idx(IMAGES, kind=13), "values of type 0x0d; only unsigned bytes (0x08)"),
        (as_idx(LABELS), "has 1 dimensions; images have three"),
        (as_idx(IMAGES)[:10], "ends within its header"),
        (as_idx(IMAGES)[:-1], "ends after 39,199 of the 39,200 bytes"),
        (as_idx(IMAGES) + b"\0", "goes on after the 39,200 bytes"),
        (as_idx(np.zeros((0, 28, 28), np.uint8)), "holds no images"),
        (struct.pack(">HBB3I", 0, 8, 3, 2**31, 2**31, 2**31), "says that it holds"),
    ],
)
def test_bad_idx_files_are_refused(tmp_path: Path, content: bytes, problem: str, end: str) -> None:
    file = write(tmp_path / f"train-images-idx3-ubyte{end}", content)
    refused(Idx(path=str(file)), file, problem)


def test_damaged_gzip_and_bad_labels_are_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "train-images-idx3-ubyte.gz", as_idx(IMAGES))
    whole = file.read_bytes()
    for content in (whole[:1000], whole[:5], whole[:500] + bytes(100) + whole[600:]):
        file.write_bytes(content)
        refused(Idx(path=str(file)), file, "is a damaged gzip file")
    file.write_bytes(whole)
    for labels, problem in (
        (as_idx(LABELS[:40]), "holds 40 labels for 50 images"),
        (as_idx(IMAGES), "has 3 dimensions; labels have one"),
    ):
        refused(Idx(path=str(file)), write(tmp_path / "train-labels-idx1-ubyte.gz", labels), problem)


def test_idx_paths_that_lead_nowhere_are_refused(tmp_path: Path) -> None:
    refused(Idx(path=str(tmp_path)), tmp_path, "holds no file of images", "train-images-idx3-ubyte.gz")
    refused(Idx(path=str(tmp_path / "nowhere")), tmp_path / "nowhere", "there is no such file or folder")
    refused(Idx(path="/dev/null"), Path("/dev/null"), "is not a file")
    for spec in (Idx(), Npz()):
        with pytest.raises(ExperimentError, match=r"^data\.path: names nothing; give an"):
            build(spec)


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    file = write(tmp_path / "train-images-idx3-ubyte", as_idx(IMAGES))
    first = read_pictures(Idx(path=str(file)))
    assert read_pictures(Idx(path=str(file), n_train=3)) is first
    write(file, as_idx(IMAGES[:7]))
    assert len(read_pictures(Idx(path=str(file))).images) == 7


# --- archives ---------------------------------------------------------------------------------------------------------


def saved(tmp_path: Path, **arrays: Any) -> Path:
    file = tmp_path / "images.npz"
    np.savez(file, **arrays)
    return file


COLOURED = RNG.integers(0, 256, (20, 32, 32, 3), np.uint8)


@pytest.mark.parametrize(
    "array",
    [
        COLOURED,
        COLOURED.transpose(0, 3, 1, 2),
        COLOURED.astype(np.int64),
        COLOURED / 255,
        (COLOURED / 127.5 - 1).astype(np.float32),
    ],
    ids=["last", "first", "integers", "to 1", "from -1"],
)
def test_archives_hold_images_in_any_usual_form(tmp_path: Path, array: np.ndarray) -> None:
    file = saved(tmp_path, other=np.zeros(3), labels=np.arange(20) % 4, images=array)
    found = read_pictures(Npz(path=str(file)))
    assert_array_equal(found.images.reshape(20, 3, 32, 32), COLOURED.transpose(0, 3, 1, 2))
    assert_array_equal(found.labels, np.arange(20) % 4)
    assert build(Npz(path=str(file))).classes == 4


def test_colours_become_grey_and_greys_colours(tmp_path: Path) -> None:
    grey = np.full((4, 8, 8), 90, np.uint8)
    found = read_pictures(Npz(path=str(saved(tmp_path, x=grey)), size=8)).images
    assert_array_equal(found, np.full((4, 192), 90))
    red = np.zeros((4, 8, 8, 3), np.uint8)
    red[..., 0] = 255
    found = read_pictures(Npz(path=str(saved(tmp_path, x=red)), size=8, colour="grey")).images
    assert_array_equal(found, np.full((4, 64), 76))  # 0.299 of 255
    found = read_pictures(Npz(path=str(saved(tmp_path, x=grey > 100)), size=8)).images
    assert_array_equal(found, np.zeros((4, 192)))


def test_labels_may_be_words_and_arrays_may_have_other_names(tmp_path: Path) -> None:
    file = saved(tmp_path, x=IMAGES[:4], y=np.array(["cat", "dog", "cat", "bird"]))
    found = read_pictures(Npz(path=str(file), colour="grey"))
    assert found.names == ("bird", "cat", "dog")
    assert_array_equal(found.labels, [1, 2, 1, 0])
    found = read_pictures(Npz(path=str(saved(tmp_path, y=np.array([[7], [9]]), whatever=IMAGES[:2]))))
    assert found.names == ("7", "9")
    assert read_pictures(Npz(path=str(saved(tmp_path, labels=np.ones(50, int), x=IMAGES)))).labels is None


@pytest.mark.parametrize(
    ("arrays", "problem"),
    [
        ({"images": np.zeros((5, 4))}, "array 'images' has shape (5, 4); images have shape (N, H, W)"),
        ({"images": np.zeros((5, 4, 4, 2))}, "has shape (5, 4, 4, 2)"),
        ({"images": np.zeros((0, 4, 4))}, "holds no images"),
        ({"images": np.full((2, 4, 4), 300)}, "must hold whole numbers from 0 to 255"),
        ({"images": np.full((2, 4, 4), -1)}, "but goes from -1 to -1"),
        ({"images": np.full((2, 4, 4), 1.5)}, "or others from 0 to 1 or from -1 to 1, but goes from 1.5 to 1.5"),
        ({"images": np.full((2, 4, 4), np.nan)}, "not finite"),
        ({"images": np.full((2, 4, 4), "a")}, "does not hold real numbers"),
        ({"images": np.zeros((2, 4, 4), complex)}, "does not hold real numbers"),
        ({"images": np.array([{"code": "runs"}], dtype=object)}, "cannot be read"),
        ({"images": IMAGES, "labels": np.zeros(49, int)}, "array 'labels' holds 49 labels for 50 images"),
        ({"images": IMAGES, "labels": np.zeros((50, 10), int)}, "labels are one whole number or word per image"),
        ({"images": IMAGES, "labels": np.zeros(50)}, "type float64; labels are one whole number"),
        ({"labels": np.zeros(50, int)}, "holds no array of images; name it images or x"),
        ({}, "holds no arrays"),
    ],
)
def test_bad_arrays_are_refused(tmp_path: Path, arrays: dict[str, np.ndarray], problem: str) -> None:
    file = saved(tmp_path, **arrays)
    refused(Npz(path=str(file)), file, problem)


def test_damaged_archives_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = saved(tmp_path, images=IMAGES).read_bytes()
    file = tmp_path / "bad.npz"
    for content in (b"", b"no archive", good[:500], good.replace(b"NUMPY", b"DUMPY")):
        file.write_bytes(content)
        refused(Npz(path=str(file)), file)
    refused(Npz(path=str(tmp_path)), tmp_path, "is not a file")
    monkeypatch.setattr(npz, "LARGEST", 1000)
    refused(Npz(path=str(tmp_path / "images.npz")), tmp_path / "images.npz", "unpacks to more than")


def test_too_many_labels_are_no_classes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganlab_desktop.gan.data.images.arrays.MOST_CLASSES", 5)
    file = saved(tmp_path, images=IMAGES, labels=LABELS)
    refused(Npz(path=str(file)), file, "holds 10 different labels; at most 5 classes")


def test_reading_stops_when_asked(tmp_path: Path) -> None:
    file = write(tmp_path / "train-images-idx3-ubyte", as_idx(IMAGES))
    with (
        watching(lambda done, count: False),
        pytest.raises(ExperimentError, match="was stopped after 0 of 50 images"),
    ):
        read_pictures(Idx(path=str(file), size=16))
    assert idx.read_idx(file, 3).shape == (50, 28, 28)
