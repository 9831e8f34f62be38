"""The path angle is that of the run's own field, between two states that the picture names."""

from dataclasses import replace

import numpy as np
import pytest
from snapshots import line, snapshot

from ganlab_desktop.experiment.objectives import NonSaturating, Wasserstein
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.measure.studies import Snapshot
from ganlab_desktop.measure.studies.path import SHARES, Path


def state(step: int, generator: tuple[float, float], discriminator: tuple[float, float]) -> Snapshot:
    return replace(snapshot(Wasserstein(), line(*discriminator), line(*generator)), step=step)


def test_the_angle_is_that_of_the_field_in_closed_form() -> None:
    """G(z) = a z + b, D(x) = c x + d under the Wasserstein loss, data of mean 2 and latents of mean 0: the field is
    (0, c) for (a, b) and (2 - b, 0) for (c, d), up to the chance of the batch."""
    earlier, here = np.array([1.0, 0.0, 0.5, 0.1]), np.array([1.0, 1.2, -0.3, 0.1])
    study = Path(snapshot(Wasserstein(), line(0.0, 0.0)).data, 0)
    first, row = study.look(state(10, earlier[:2], earlier[2:]))
    assert not first.arrays
    assert np.isnan(row).all()
    picture, (at_start, at_end) = study.look(state(15, here[:2], here[2:]))
    assert picture.numbers["start"] == 10.0
    points = earlier + SHARES[:, None] * (here - earlier)
    field = np.stack([0 * SHARES, points[:, 2], 2 - points[:, 1], 0 * SHARES], axis=1)
    norm, way = np.linalg.norm(field, axis=1), here - earlier
    cosine = field @ way / norm / np.linalg.norm(way)
    np.testing.assert_allclose(picture.arrays["shares"], SHARES, rtol=1e-6)
    np.testing.assert_allclose(picture.arrays["norm"], norm, atol=0.15)
    np.testing.assert_allclose(picture.arrays["cosine"], cosine, atol=0.1)
    assert (at_start, at_end) == pytest.approx((cosine[6], cosine[18]), abs=0.1)


def test_paths_start_a_quarter_to_half_of_the_way_back() -> None:
    study = Path(snapshot(Wasserstein(), line(0.0, 0.0)).data, 0)
    starts = {}
    for step in (0, 100, 150, 200, 399, 400, 799, 1000, 5):
        picture, _ = study.look(state(step, (1.0, step / 100), (0.5, 0.1)))
        starts[step] = picture.numbers.get("start")
    assert starts == {0: None, 100: 0.0, 150: 0.0, 200: 100.0, 399: 100.0, 400: 200.0, 799: 200.0, 1000: 400.0, 5: None}


def test_a_state_looked_at_twice_makes_no_path() -> None:
    study = Path(snapshot(NonSaturating(), line(0.0, 0.0)).data, 0)
    for _ in range(2):
        picture, row = study.look(state(3, (1.0, 0.0), (0.5, 0.1)))
        assert not picture.arrays
        assert np.isnan(row).all()


def test_a_packing_discriminator_has_no_path() -> None:
    study = Path(snapshot(NonSaturating(), line(0.0, 0.0)).data, 0)
    for step in (1, 5):
        shot = state(step, (1.0, float(step)), (0.5, 0.1))
        packing = with_changes(shot.experiment, {"discriminator.packing": 2})
        picture, _ = study.look(replace(shot, experiment=packing))
        assert not picture.arrays
