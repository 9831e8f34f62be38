"""Images that a GAN may be trained on. Samples are flat, channels first, with values from -1 to 1."""

from ganlab_desktop.experiment.images.digits import Digits, StackedDigits
from ganlab_desktop.experiment.images.files import Idx, ImageFolder, Npz, TorchVision
from ganlab_desktop.experiment.images.rendered import Glyphs, Shapes
from ganlab_desktop.experiment.images.shape import Shape, as_bytes, image_shape

ImageSpec = Digits | Glyphs | Shapes | StackedDigits | ImageFolder | Idx | Npz | TorchVision

__all__ = [
    "Digits",
    "Glyphs",
    "Idx",
    "ImageFolder",
    "ImageSpec",
    "Npz",
    "Shape",
    "Shapes",
    "StackedDigits",
    "TorchVision",
    "as_bytes",
    "image_shape",
]
