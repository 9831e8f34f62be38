"""What the generator makes of the ways from the latent of one image to that of another."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab_desktop.measure.metrics.perceptual_path_length import lerp, slerp
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.exploring import Explorer, ExploringStudy, usual_lengths
from ganlab_desktop.measure.studies.study import Row, Snapshot

SHARES = np.linspace(0.0, 1.0, 11)  # of the way from A to B


class LatentPath(ExploringStudy):
    """The ways are `line` through latents; `arc`, of normal latents; and `style`, a line through the styles of a
    style-based generator. Of each there are <way>_images (S, H, W, C), bytes, and <way>_outputs (S,), what D says of
    them; of the first two <way>_lengths (S,) of the latents. shares (S,) of the way, from 0 at A to 1 at B.

    Numbers: a and b, the places on the wall, and usual_low and usual_high, see LatentPlane. In a conditional game each
    image is of the class of the nearer end.
    """

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        explorer = Explorer(snapshot)
        a, b, _ = explorer.corners
        ends, labels = explorer.chosen([a, b])
        nearer = torch.from_numpy((SHARES > 0.5).astype(np.int64))
        classes = None if labels is None else labels[nearer]
        arrays: dict[str, NDArray[np.generic]] = {"shares": SHARES.astype(np.float32)}

        def take(way: str, images: Tensor) -> None:
            arrays[f"{way}_images"] = explorer.bytes_of(images)
            arrays[f"{way}_outputs"] = explorer.outputs(images, classes)

        for way, path in {"line": lerp, "arc": slerp}.items() if explorer.normal else (("line", lerp),):
            first, second = (np.repeat(end[None], len(SHARES), 0) for end in ends.double().numpy())
            latents = torch.from_numpy(path(first, second, SHARES[:, None])).float()
            latents[0], latents[-1] = ends  # to the bit, of which noise inputs depend
            take(way, explorer.make(latents, classes))
            arrays[f"{way}_lengths"] = torch.linalg.vector_norm(latents, dim=1).numpy()
        if explorer.styled is not None:
            w, keys = explorer.styles(ends, labels)
            along = torch.lerp(w[0], w[1], torch.from_numpy(SHARES).float()[:, None])
            styles = along[:, None].expand(-1, explorer.layers, -1)
            take("style", explorer.synthesise(styles, keys[nearer]))
        places = {"a": float(explorer.sound(a)), "b": float(explorer.sound(b))}
        return Picture(arrays, places | usual_lengths(snapshot.experiment.latent)), ()
