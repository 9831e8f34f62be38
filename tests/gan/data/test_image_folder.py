"""Folders of pictures: whatever can be read is read as it looks, the rest is told, and the second time is quick."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import ImageFolder
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.data.images import folder as folder_module
from ganlab_desktop.gan.data.images import keeping, read_pictures, watching
from ganlab_desktop.gan.data.images.decoding import read_picture
from ganlab_desktop.gan.game import Game

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GANLAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "images"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    return tmp_path / "pictures"


def plain(colour: tuple[int, int, int] = RED, size: tuple[int, int] = (20, 20)) -> Image.Image:
    return Image.new("RGB", size, colour)


def read(pictures: Path, **settings: object) -> np.ndarray:
    """The images (N, C, H, W) of a folder as bytes."""
    spec = ImageFolder(path=str(pictures), size=8, **settings)
    found = read_pictures(spec)
    return np.asarray(found.images).reshape(len(found.images), -1, 8, 8)


def refused(pictures: Path, problem: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        build(ImageFolder(path=str(pictures)))
    assert caught.value.path == "data.path"
    assert pictures.name in str(caught.value)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_subfolders_are_classes(pictures: Path) -> None:
    for name, colour, count in (("reds", RED, 30), ("blues", BLUE, 20), ("greens", GREEN, 10)):
        (pictures / name / "deeper").mkdir(parents=True)
        for number in range(count):
            plain(colour).save(pictures / name / ("deeper" if number % 2 else ".") / f"{number}.png")
    data = build(ImageFolder(path=str(pictures), size=8))
    assert data.image == (3, 8, 8)
    assert data.classes == 3
    assert data.notices == ()
    for draw in (data.labelled, data.labelled_held_out):
        images, labels = draw(np.random.default_rng(0), 200)
        channel = images.reshape(200, 3, 64).mean(2)
        assert_array_equal(channel.argmax(1), np.array([2, 1, 0])[labels])  # blues, greens, reds
        assert (np.sort(channel, 1) == [-1, -1, 1]).all()
    assert len(data.train_points) == 48
    assert read_pictures(ImageFolder(path=str(pictures), size=8)).names == ("blues", "greens", "reds")


def test_a_folder_without_subfolders_has_no_classes_and_one_image_is_enough(pictures: Path) -> None:
    plain(GREEN).save(pictures / "only.png")
    data = build(ImageFolder(path=str(pictures), size=16, colour="grey"))
    assert data.classes == 0
    assert data.image == (1, 16, 16)
    images = data.sample(np.random.default_rng(0), 5)
    assert_allclose(images, 2 * 150 / 255 - 1, atol=1e-6)  # 0.587 of 255 is 150
    assert_array_equal(data.held_out(np.random.default_rng(0), 5), images)


def sixteen_bits() -> Image.Image:
    return Image.fromarray(np.full((20, 20), 128 * 257, np.uint16))


def palette() -> Image.Image:
    return plain(BLUE).convert("P", palette=Image.Palette.ADAPTIVE)


FORMATS: dict[str, tuple[Callable[[], Image.Image], tuple[int, int, int]]] = {
    "plain.png": (plain, RED),
    "plain.bmp": (plain, RED),
    "plain.tiff": (plain, RED),
    "plain.ppm": (plain, RED),
    "plain.gif": (plain, RED),
    "UPPER.PNG": (plain, RED),
    "grey.png": (lambda: Image.new("L", (20, 20), 77), (77, 77, 77)),
    "bits.png": (lambda: Image.new("1", (20, 20), 1), (255, 255, 255)),
    "palette.png": (palette, BLUE),
    "sixteen.png": (sixteen_bits, (128, 128, 128)),
    "sixteen.tif": (sixteen_bits, (128, 128, 128)),
    "float.tif": (lambda: Image.fromarray(np.full((20, 20), 0.2, np.float32)), (51, 51, 51)),
    "float255.tif": (lambda: Image.fromarray(np.full((20, 20), 51.0, np.float32)), (51, 51, 51)),
    "integers.tif": (lambda: Image.fromarray(np.full((20, 20), 51 * 257, np.int32)), (51, 51, 51)),
    "cmyk.tif": (lambda: Image.new("CMYK", (20, 20), (0, 255, 255, 0)), RED),
    "photo.jpg": (lambda: plain((200, 100, 50)), (200, 100, 50)),
    "cmyk.jpg": (lambda: Image.new("CMYK", (20, 20), (0, 255, 255, 0)), RED),
    "large.jpg": (lambda: plain((200, 100, 50), (900, 700)), (200, 100, 50)),
    "photo.webp": (lambda: plain((200, 100, 50)), (200, 100, 50)),
}


@pytest.mark.parametrize("name", FORMATS)
def test_any_format_looks_as_it_should(pictures: Path, name: str) -> None:
    make, colour = FORMATS[name]
    make().save(pictures / name)
    image = read(pictures)[0]
    assert_allclose(image, np.broadcast_to(np.array(colour)[:, None, None], image.shape), atol=4)


@pytest.mark.parametrize(("background", "behind"), [("black", 0), ("white", 255)])
def test_see_through_images_stand_on_the_background(pictures: Path, background: str, behind: int) -> None:
    half = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    half.paste((255, 0, 0, 255), (0, 0, 10, 20))
    half.save(pictures / "a.png")
    Image.new("LA", (20, 20), (100, 0)).save(pictures / "b.png")
    indexed = palette()
    indexed.save(pictures / "c.png", transparency=indexed.getpixel((0, 0)))
    first, grey, hole = read(pictures, background=background)
    assert_array_equal(first[:, 0, 0], RED)
    assert_array_equal(first[:, 0, 7], [behind] * 3)
    assert_array_equal(grey, behind)
    assert_array_equal(hole, behind)


def test_of_an_animation_the_first_image_is_taken(pictures: Path) -> None:
    frames = [plain(colour) for colour in (BLUE, RED, GREEN)]
    frames[0].save(pictures / "a.gif", save_all=True, append_images=frames[1:])
    frames[0].save(pictures / "b.png", save_all=True, append_images=frames[1:])
    for image in read(pictures):
        assert_array_equal(image[:, 4, 4], BLUE)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_camera_held_sideways_is_turned_back(pictures: Path, orientation: int) -> None:
    upright = plain(BLUE)
    upright.paste(RED, (0, 0, 10, 10))  # top left
    turns = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    stored = upright
    for turn in turns.get(orientation, []):
        stored = stored.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(pictures / "a.png", exif=exif)
    image = read(pictures)[0]
    assert_array_equal(image[:, 0, 0], RED)
    assert_array_equal(image[:, 0, 7], BLUE)
    assert_array_equal(image[:, 7, 0], BLUE)


def test_oblong_images_are_cropped_or_padded(pictures: Path) -> None:
    wide = plain(BLUE, (60, 20))
    wide.paste(RED, (20, 0, 40, 20))
    wide.save(pictures / "wide.png")
    cropped, padded = read(pictures)[0], read(pictures, fit="pad", background="white")[0]
    assert_allclose(cropped, np.broadcast_to(np.array(RED)[:, None, None], (3, 8, 8)), atol=16)  # the kernel is wide
    assert_array_equal(padded[:, 0], 255)
    assert_array_equal(padded[:, 7], 255)
    assert padded[2, 4, 0] > 200
    assert padded[0, 4, 0] < 50


def test_files_that_cannot_be_read_are_left_out_and_told(pictures: Path) -> None:
    for label, name in enumerate(("a", "b", "broken")):
        (pictures / name).mkdir()
        for number in range(4 if name != "broken" else 0):
            Image.new("L", (20, 20), 10 * label + number).save(pictures / name / f"{number}.png")
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(pictures / "a" / "cut.png")
    whole = (pictures / "a" / "cut.png").read_bytes()
    (pictures / "a" / "cut.png").write_bytes(whole[: len(whole) // 2])
    Image.fromarray(noise).save(pictures / "a" / "cut.jpg")
    whole = (pictures / "a" / "cut.jpg").read_bytes()
    (pictures / "a" / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (pictures / "b" / "empty.png").touch()
    (pictures / "b" / "page.jpg").write_text("<html>not found</html>")
    (pictures / "broken" / "zeros.gif").write_bytes(bytes(100))
    Image.fromarray(np.full((4, 4), np.nan, np.float32)).save(pictures / "b" / "nan.tif")
    (pictures / "a" / "notes.txt").write_text("no picture")
    (pictures / "b" / ".hidden.png").write_text("of the system")
    (pictures / "none").mkdir()
    plain().save(pictures / "beside.png")
    found = read_pictures(ImageFolder(path=str(pictures), size=8, colour="grey"))
    assert found.names == ("a", "b")
    assert_array_equal(found.labels, [0, 0, 0, 0, 1, 1, 1, 1])
    assert_array_equal(found.images[:, 0], [0, 1, 2, 3, 10, 11, 12, 13])
    bad, empty, beside = found.notices
    assert bad.startswith("pictures: 6 of 14 files cannot be read and are left out: a/cut.jpg, a/cut.png, b/empty.png")
    assert bad.endswith("and 3 more")
    assert empty == "pictures: 1 subfolders hold no image that can be read: broken"
    assert beside == "pictures: 1 images beside the subfolders belong to no class and are left out"
    assert build(ImageFolder(path=str(pictures), size=8)).notices == found.notices


def test_pictures_with_too_many_pixels_are_left_out(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain(size=(30, 30)).save(pictures / "large.png")
    plain().save(pictures / "small.png")
    monkeypatch.setattr("ganlab_desktop.gan.data.images.decoding.LARGEST", 500)
    found = read_pictures(ImageFolder(path=str(pictures)))
    assert len(found.images) == 1
    assert "large.png" in found.notices[0]


def test_programs_in_postscript_files_are_not_run(pictures: Path) -> None:
    (pictures / "a.eps").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    refused(pictures, "holds no images")
    (pictures / "a.eps").rename(pictures / "a.png")
    refused(pictures, "none of its 1 files can be read")


def test_folders_that_cannot_be_used_are_refused(pictures: Path) -> None:
    refused(pictures, "holds no images; formats are ")
    (pictures / "a.txt").write_text("text")
    refused(pictures, "holds no images")
    refused(pictures / "a.txt", "is not a folder")
    refused(pictures / "nowhere", "there is no such file or folder")
    with pytest.raises(ExperimentError, match=r"^data\.path: names nothing; give a folder of images"):
        build(ImageFolder())


# --- the second time --------------------------------------------------------------------------------------------------


def many(pictures: Path, count: int = 300) -> ImageFolder:
    for number in range(count):
        Image.new("L", (8, 8), number % 256).save(pictures / f"{number:04}.png")
    (pictures / "bad.png").write_text("no picture")
    return ImageFolder(path=str(pictures), size=8, colour="grey")


def forbid(*_: object, **__: object) -> None:
    raise AssertionError("a file was read again")


def test_what_was_read_is_kept_and_mapped(pictures: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = many(pictures)
    first = read_pictures(spec)
    assert_array_equal(first.images[:, 0], np.arange(300) % 256)
    monkeypatch.setattr(folder_module, "read_picture", forbid)
    again = read_pictures(spec)
    assert isinstance(again.images, np.memmap)
    assert_array_equal(again.images, first.images)
    assert again.notices == first.notices
    assert len(again.notices) == 1
    moved = pictures.rename(pictures.with_name("moved"))
    assert len(read_pictures(ImageFolder(path=str(moved), size=8, colour="grey")).images) == 300
    assert [path.name.startswith(".") for path in cache.iterdir()] == [False]


def test_changed_files_and_settings_are_read_anew(pictures: Path) -> None:
    spec = many(pictures, 3)
    read_pictures(spec)
    Image.new("L", (8, 8), 99).save(pictures / "0001.png")
    os.utime(pictures / "0001.png", ns=(1, 1))
    assert_array_equal(read_pictures(spec).images[:, 0], [0, 99, 2])
    (pictures / "0000.png").unlink()
    assert_array_equal(read_pictures(spec).images[:, 0], [99, 2])
    assert read(pictures, colour="rgb").shape == (2, 3, 8, 8)


def test_reading_tells_how_far_it_is_and_leaves_nothing_when_stopped(pictures: Path, cache: Path) -> None:
    spec = many(pictures)
    told: list[tuple[int, int]] = []

    def progress(done: int, count: int) -> bool:
        told.append((done, count))
        return done < 100

    with watching(progress), pytest.raises(ExperimentError, match=r"was stopped after \d+ of 301 images"):
        read_pictures(spec)
    assert told == sorted(told)
    assert told[0] == (0, 301)
    assert list(cache.iterdir()) == []
    told.clear()
    with watching(lambda done, count: told.append((done, count)) is None):
        read_pictures(spec)
    assert told[-1] == (301, 301)


def test_damaged_keeping_is_read_anew(pictures: Path, cache: Path) -> None:
    spec = many(pictures, 3)
    read_pictures(spec)
    for name in ("facts.json", "images.npy"):
        (kept,) = cache.iterdir()
        (kept / name).write_bytes(b"")
        assert_array_equal(read_pictures(spec).images[:, 0], [0, 1, 2])


def test_without_room_to_keep_them_images_are_read_all_the_same(
    pictures: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = many(pictures, 3)
    cache.parent.write_text("no folder")
    found = read_pictures(spec)
    assert_array_equal(found.images[:, 0], [0, 1, 2])
    assert "are not kept for the next time" in found.notices[-1]
    cache.parent.unlink()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keeping, "_reserve", full)
    found = read_pictures(spec)
    assert_array_equal(found.images[:, 0], [0, 1, 2])
    assert found.notices[-1].endswith("No space left on device")
    assert list(cache.iterdir()) == []


def test_the_oldest_are_deleted_beyond_the_quota(pictures: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = many(pictures, 3)
    read_pictures(spec)
    (first,) = cache.iterdir()
    monkeypatch.setattr(keeping, "_KEPT_BYTES", 100)
    read(pictures, colour="rgb")
    assert first not in cache.iterdir()
    assert len(list(cache.iterdir())) == 1


def test_a_picture_is_flat_with_its_channels_first(tmp_path: Path) -> None:
    corner = plain(BLUE)
    corner.paste(RED, (0, 0, 20, 10))
    corner.save(tmp_path / "a.png")
    image = read_picture(tmp_path / "a.png", 4, 3, "crop", "black")
    assert image.shape == (48,)
    assert_array_equal(image.reshape(3, 4, 4)[:, 0, 3], RED)
    assert_array_equal(image.reshape(3, 4, 4)[:, 3, 0], BLUE)


def test_conditioning_waits_for_the_classes_that_the_files_have(pictures: Path) -> None:
    settings = {
        "data.kind": "image_folder",
        "data.path": str(pictures),
        "data.size": 8,
        "conditioning.kind": "projection",
    }
    experiment = with_changes(Experiment(), settings)
    plain().save(pictures / "a.png")
    with pytest.raises(ExperimentError, match=r"^conditioning: these data have no classes"):
        Game(experiment, torch.device("cpu"))
    for name in "ab":
        (pictures / name).mkdir()
        plain().save(pictures / name / "a.png")
    assert Game(experiment, torch.device("cpu")).data.classes == 2
