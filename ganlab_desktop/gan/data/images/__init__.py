"""Images that are made, read and handed out in batches."""

from ganlab_desktop.gan.data.images import digits, folder, glyphs, idx, npz, shapes, vision  # noqa: F401  they register
from ganlab_desktop.gan.data.images.image_set import ImageSet, image_set
from ganlab_desktop.gan.data.images.paired import PairedImages
from ganlab_desktop.gan.data.images.pictures import Pictures, read_pictures, watching

__all__ = ["ImageSet", "PairedImages", "Pictures", "image_set", "read_pictures", "watching"]
