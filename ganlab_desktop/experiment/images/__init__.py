"""Images that a GAN may be trained on. Samples are flat, channels first, with values from -1 to 1."""

from ganlab_desktop.experiment.images.digits import Digits, StackedDigits
from ganlab_desktop.experiment.images.files import Idx, ImageFolder, Npz, TorchVision
from ganlab_desktop.experiment.images.paired import Paired, SourceSpec, input_shape
from ganlab_desktop.experiment.images.rendered import Glyphs, Shapes
from ganlab_desktop.experiment.images.shape import Shape, as_bytes, image_shape

ImageSpec = SourceSpec | Paired

__all__ = [
    "Digits",
    "Glyphs",
    "Idx",
    "ImageFolder",
    "ImageSpec",
    "Npz",
    "Paired",
    "Shape",
    "Shapes",
    "SourceSpec",
    "StackedDigits",
    "TorchVision",
    "as_bytes",
    "image_shape",
    "input_shape",
]
