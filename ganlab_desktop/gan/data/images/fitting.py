"""Arrays of images brought to one square size and to the channels that are asked for."""

import numpy as np
import torch
from torch.nn import functional

from ganlab_desktop.gan.data.images.pictures import Bytes, watch

_BLOCK = 1000  # images that are resized together
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601, as Pillow weighs colours


def fitted(images: Bytes, size: int, channels: int, fit: str) -> Bytes:
    """Images (N, H, W, C) with one channel or three as flat ones (N, channels size size).

    Those that are smaller get a frame of their darkest value where `fit` is frame. All others are resized.
    """
    count = len(images)
    flat = np.empty((count, channels * size * size), np.uint8)
    for start in range(0, count, _BLOCK):
        watch(start, count)
        block = coloured(images[start : start + _BLOCK], channels)
        framed_alone = fit == "frame" and max(block.shape[1:3]) <= size
        block = framed(block, size) if framed_alone else resized(block, size)
        flat[start : start + _BLOCK] = block.transpose(0, 3, 1, 2).reshape(len(block), -1)
    return flat


def coloured(images: Bytes, channels: int) -> Bytes:
    """Images (N, H, W, C) with one channel or three, in so many channels."""
    if images.shape[3] == channels:
        return images
    if channels == 3:
        return np.repeat(images, 3, axis=3)
    greys: Bytes = np.rint(images.astype(np.float32) @ _LUMA).astype(np.uint8)
    return greys[..., None]


def framed(images: Bytes, size: int) -> Bytes:
    """Images (N, H, W, C) in the middle of squares of their darkest value."""
    count, height, width, channels = images.shape
    squares = np.empty((count, size, size, channels), np.uint8)
    squares[:] = images.min((1, 2), keepdims=True)
    top, left = (size - height) // 2, (size - width) // 2
    squares[:, top : top + height, left : left + width] = images
    return squares


def resized(images: Bytes, size: int) -> Bytes:
    """Images (N, H, W, C) as squares, bilinear, and over all pixels that meet in one where they shrink."""
    if images.shape[1:3] == (size, size):
        return images
    maps = torch.from_numpy(images.transpose(0, 3, 1, 2).astype(np.float32))
    maps = functional.interpolate(maps, (size, size), mode="bilinear", antialias=True)
    return maps.round().clamp(0, 255).permute(0, 2, 3, 1).numpy().astype(np.uint8)
