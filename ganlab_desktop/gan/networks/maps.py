"""Samples and features as maps (B, C, H, W), in which convolutions take them."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


def side_by_side(maps: Tensor) -> Tensor:
    """The same maps (B, C, H, W), on a CPU with the channels of a place side by side in memory, and so all that is made
    of them: convolutions there need not sort them anew."""
    return maps.contiguous(memory_format=torch.channels_last) if maps.device.type == "cpu" else maps


class Maps(nn.Module):
    """Features (B, C H W) as maps of a shape (C, H, W)."""

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        self.shape = tuple(shape)

    def forward(self, features: Tensor) -> Tensor:
        return side_by_side(features.reshape(-1, *self.shape))


class Images(nn.Module):
    """Flat images (B, N C H W + K) as maps (B, N C + K, H, W): N of them stand one after the other, and each of the K
    numbers beside them fills a map."""

    def __init__(self, shape: Sequence[int], count: int = 1, beside: int = 0) -> None:
        super().__init__()
        channels, self.height, self.width = shape
        self.channels, self.beside = count * channels, beside

    def forward(self, x: Tensor) -> Tensor:
        places = self.height * self.width
        maps = x[:, : self.channels * places].reshape(-1, self.channels, self.height, self.width)
        if self.beside:
            told = x[:, self.channels * places :, None, None]
            maps = torch.cat((maps, told.expand(-1, -1, self.height, self.width)), 1)
        return side_by_side(maps)
