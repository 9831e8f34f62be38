"""The image metrics beside torch-fidelity's own functions, where that is installed.

The numbers that these give on fixed sets stand in the tests of each metric, which need no extra.
"""

import numpy as np
import pytest
import reference_sets
import torch
from scipy.special import softmax

from ganlab_desktop.measure.metrics.frechet_distance import feature_distance
from ganlab_desktop.measure.metrics.inception_score import inception_score
from ganlab_desktop.measure.metrics.kernel_distance import subset_kernel_distance
from ganlab_desktop.measure.metrics.manifold_coverage import manifold_coverage
from ganlab_desktop.measure.metrics.perceptual_path_length import slerp

pytest.importorskip("torch_fidelity", reason="needs the extra 'vision' (torch-fidelity and torchvision)")

SETS = [reference_sets.features(), tuple(np.random.default_rng(1).standard_normal((2, 200, 64)))]


@pytest.mark.parametrize(("real", "fake"), SETS, ids=["moved", "equal"])
def test_feature_metrics_are_equal(real: np.ndarray, fake: np.ndarray) -> None:
    from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
    from torch_fidelity.metric_kid import kid_features_to_metric
    from torch_fidelity.metric_prc import prc_features_to_metric

    x, y = torch.from_numpy(real), torch.from_numpy(fake)
    fid = fid_statistics_to_metric(fid_features_to_statistics(x), fid_features_to_statistics(y), False)
    assert feature_distance(real, fake) == pytest.approx(fid["frechet_inception_distance"], rel=1e-6)
    kid = kid_features_to_metric(x, y, kid_subsets=10, kid_subset_size=100, rng_seed=3, verbose=False)
    drawn = subset_kernel_distance(real, fake, np.random.RandomState(3), 10, 100)
    assert drawn == pytest.approx(tuple(kid.values()), rel=1e-6)
    for found in manifold_coverage(real, fake):
        prc = prc_features_to_metric(y, x, prc_neighborhood=found.k, save_cpu_ram=False, verbose=False)
        assert (found.precision, found.recall) == pytest.approx((prc["precision"], prc["recall"]), rel=1e-5)


def test_inception_scores_are_equal() -> None:
    from torch_fidelity.metric_isc import isc_features_to_metric

    logits = reference_sets.logits()
    for splits in (1, 7, 10):
        theirs = isc_features_to_metric(torch.from_numpy(logits), splits, shuffle=False)
        assert inception_score(softmax(logits, axis=1), splits) == pytest.approx(tuple(theirs.values()), rel=1e-6)


def test_arcs_are_equal() -> None:
    from torch_fidelity.noise import batch_slerp_any

    a, b = np.random.default_rng(0).standard_normal((2, 50, 6))
    theirs = batch_slerp_any(torch.from_numpy(a), torch.from_numpy(b), 0.3).numpy()
    assert slerp(a, b, np.full((50, 1), 0.3)) == pytest.approx(theirs, rel=1e-5, abs=1e-6)
