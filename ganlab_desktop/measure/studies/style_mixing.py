"""Images with some layers in the style of one latent and the others in that of another."""

import numpy as np
import torch
from numpy.typing import NDArray

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.style import StyleGenerator
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.gan.objectives import Objective
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.exploring import Explorer, ExploringStudy
from ganlab_desktop.measure.studies.study import Row, Snapshot

ROWS, COLUMNS = 3, 6  # of the images that are mixed, which follow A and B on the wall


class StyleMixing(ExploringStudy):
    """mixed (ROWS COLUMNS, H, W, C), bytes, row after row: the styles of the row's image, but in the layers `from_b`
    those of the column's (Karras et al. 2019, figure 3); noise as in the row's. first (ROWS, H, W, C) and second
    (COLUMNS, H, W, C) are these images themselves, at the places rows (ROWS,) and columns (COLUMNS,) of the wall.
    layers, how many there are, and from_b, those whose style is the column's.
    """

    @classmethod
    def fits(cls, experiment: Experiment, data: Distribution, objective: Objective) -> bool:
        return super().fits(experiment, data, objective) and isinstance(experiment.generator, StyleGenerator)

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        explorer = Explorer(snapshot)
        a, b, _ = explorer.corners
        rows, columns = explorer.along_wall(a, ROWS), explorer.along_wall(b, COLUMNS)
        w, key = explorer.styles(*explorer.chosen(rows + columns))
        own = explorer.synthesise(w[:, None].expand(-1, explorer.layers, -1), key)
        from_b = [layer for layer in range(explorer.layers) if layer in explorer.wishes.from_b]
        of_b = torch.zeros(explorer.layers, dtype=torch.bool)
        of_b[from_b] = True
        styles = torch.where(of_b[:, None], w[None, ROWS:, None], w[:ROWS, None, None])  # (ROWS, COLUMNS, layers, W)
        mixed = explorer.synthesise(styles.flatten(0, 1), key[:ROWS].repeat_interleave(COLUMNS))
        arrays: dict[str, NDArray[np.generic]] = {
            "mixed": explorer.bytes_of(mixed),
            "first": explorer.bytes_of(own[:ROWS]),
            "second": explorer.bytes_of(own[ROWS:]),
            "rows": np.array(rows, np.int32),
            "columns": np.array(columns, np.int32),
            "from_b": np.array(from_b, np.int32),
        }
        return Picture(arrays, {"layers": float(explorer.layers)}), ()
