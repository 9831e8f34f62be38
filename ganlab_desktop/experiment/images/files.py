"""Your own images and published sets, read from files."""

from typing import Annotated, ClassVar, Literal, NamedTuple

from msgspec import Meta

from ganlab_desktop.experiment.images.shape import Colour, Shape, Size, TrainingImages, channels, image_shape
from ganlab_desktop.experiment.spec import Variant, label

Fit = Annotated[
    Literal["frame", "resize"],
    label("Fit", "Smaller images get a frame of their darkest value, as 28 pixels do at 32, or all are resized."),
]


class ImageFolder(Variant, frozen=True, tag="image_folder"):
    """Pictures in a folder, in any format that Pillow reads. Where it has subfolders, each of them is a class."""

    title: ClassVar[str] = "Folder of images"

    path: Annotated[
        str,
        Meta(extra={"folder": True}),
        label("Folder", "A folder of images, or of one subfolder of images for each class."),
    ] = ""
    size: Size = 32
    colour: Colour = "rgb"
    fit: Annotated[
        Literal["crop", "pad"],
        label("Fit", "Oblong images lose what is outside their middle square, or get a border to make them square."),
    ] = "crop"
    background: Annotated[
        Literal["black", "white"], label("Background", "What stands behind see-through images, and in borders.")
    ] = "black"
    n_train: TrainingImages = 0


class Idx(Variant, frozen=True, tag="idx"):
    """MNIST, Fashion-MNIST and others in their IDX files, as distributed or unpacked."""

    title: ClassVar[str] = "IDX files (MNIST)"

    path: Annotated[
        str,
        Meta(extra={"folder": True}),
        label(
            "Path",
            "An images file such as train-images-idx3-ubyte.gz, or the folder it is in; labels are found beside it.",
        ),
    ] = ""
    size: Size = 32
    fit: Fit = "frame"
    n_train: TrainingImages = 0


class Npz(Variant, frozen=True, tag="npz"):
    """Images in a NumPy archive: the array images, x or the first one, and labels or y where there are classes."""

    title: ClassVar[str] = "Images from an NPZ file"

    path: Annotated[
        str,
        Meta(extra={"suffixes": (".npz",)}),
        label("File", "An .npz file with images (N, H, W), (N, H, W, C) or (N, C, H, W)."),
    ] = ""
    size: Size = 32
    colour: Colour = "rgb"
    fit: Fit = "frame"
    n_train: TrainingImages = 0


class Published(NamedTuple):
    """What is known of one of torchvision's sets without reading it."""

    channels: int
    classes: int


PUBLISHED = {
    "mnist": Published(1, 10),
    "fashion_mnist": Published(1, 10),
    "kmnist": Published(1, 10),
    "usps": Published(1, 10),
    "cifar10": Published(3, 10),
    "cifar100": Published(3, 100),
    "svhn": Published(3, 10),
    "stl10": Published(3, 10),
}


class TorchVision(Variant, frozen=True, tag="torchvision"):
    """The training images of a published set, read or downloaded by torchvision, which is installed with the extra
    vision."""

    title: ClassVar[str] = "Published set (torchvision)"

    name: Annotated[
        Literal["mnist", "fashion_mnist", "kmnist", "usps", "cifar10", "cifar100", "svhn", "stl10"],
        label("Set", "Which of torchvision's sets."),
    ] = "mnist"
    root: Annotated[str, Meta(extra={"folder": True}), label("Folder", "Where the sets are kept on this machine.")] = ""
    download: Annotated[bool, label("Download", "Fetch the set from its publisher where the folder lacks it.")] = False
    size: Size = 32
    fit: Fit = "frame"
    n_train: TrainingImages = 0


@image_shape.register
def _folder(data: ImageFolder) -> Shape:
    return channels(data.colour), data.size, data.size


@image_shape.register
def _idx(data: Idx) -> Shape:
    return 1, data.size, data.size


@image_shape.register
def _npz(data: Npz) -> Shape:
    return channels(data.colour), data.size, data.size


@image_shape.register
def _torchvision(data: TorchVision) -> Shape:
    return PUBLISHED[data.name].channels, data.size, data.size
