"""Every metric that fits the data, for a finished generator."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.gan.data.distribution import Distribution, FloatArray, Labels, Samples, Told
from ganlab_desktop.gan.data.images import ImageSet
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.judgement import Judgement
from ganlab_desktop.measure.likeness import compare_with, no_comparison
from ganlab_desktop.measure.metrics.class_agreement import class_agreement
from ganlab_desktop.measure.metrics.discrimination import discrimination, held_out_gap
from ganlab_desktop.measure.metrics.evidence import Evidence
from ganlab_desktop.measure.metrics.matched_kernel import SAMPLES, MatchedKernel
from ganlab_desktop.measure.metrics.modes import dense_share, density_threshold, mode_coverage, reverse_kl_floor
from ganlab_desktop.measure.metrics.precision_recall import f_scores, precision_recall_curve
from ganlab_desktop.measure.metrics.support_size import support_size
from ganlab_desktop.measure.metrics.transport_distance import critic_gap, transport_distances, transport_floor
from ganlab_desktop.measure.metrics.two_sample import fresh_discriminator_test
from ganlab_desktop.measure.pairs import nearness
from ganlab_desktop.measure.studies.likelihood import mean_log_density
from ganlab_desktop.places import classifiers_directory

Sampler = Callable[[int, int], NDArray[np.float32]]
Asker = Callable[[int, int], Labels]
Giver = Callable[[int, int], tuple[Samples, Samples]]

POINTS = 1000  # on each side of the transport
TESTED = 2000  # and of the two-sample test

NAMES = (
    *("samples", "modes", "captured", "captured_quarter", "high_quality", "shares", "mode_kl", "mode_kl_floor"),
    "class_agreement",
    *("jsd", "jsd_floor", "kl", "kl_floor", "reverse_kl", "reverse_kl_floor", "tv", "tv_floor", "h"),
    *("precision", "recall"),
    *("extractor", "fid", "fid_floor", "kid", "inception", "inception_real", "density", "coverage", "nearer"),
    *("sharpness", "sharpness_real"),
    *("ssim", "ssim_input", "psnr", "psnr_input"),
    *(*Evidence._fields, "log_density"),
    *("w1", "w1_floor", "sliced_w2", "sliced_w2_floor", "support_size"),
    *("accuracy_real", "accuracy_fake", "mean_fake", "held_out_gap", "two_sample", "two_sample_best"),
    *("duality_gap", "slope", "lipschitz", "critic_gap"),
)


def evaluate(
    data: Distribution,
    sample: Sampler,
    count: int,
    seed: int,
    judgement: Judgement | None = None,
    asked: Asker | None = None,
    pairs: Giver | None = None,
    likelihood: Callable[[Samples], Evidence] | None = None,
) -> dict[str, Any]:
    """Metrics by name (NAMES, which are fixed); None stands where one does not fit the data.

    `sample(n, k)` gives n samples (n, dim) of the k-th independent draw, of the classes `asked(n, k)` (n,) where the
    generator is told some; where it translates images, `pairs(n, k)` are the targets (n, dim) and those that are given
    (n, D). samples: how many the mode counts took;
    modes: how many the data has; captured, captured_quarter, high_quality, shares, mode_kl: see metrics/modes.py;
    class_agreement: the share of them of the class asked for;
    jsd, kl, reverse_kl, tv (nats, at scale h, from 10,000 samples), and jsd_floor, kl_floor, reverse_kl_floor and
    tv_floor, what as many true samples score: see metrics/matched_kernel.py; precision, recall: F_1/8 and F_8 of
    metrics/precision_recall.py at the same scale;
    w1, sliced_w2 between 1,000 points a side, with what true samples score; support_size: how many equally likely
    points would come as near to each other as the samples do, to half of the data's detail.

    Of images, which have no density: modes are their classes, as a classifier of the data reads them; precision,
    recall, density, coverage, fid, fid_floor, kid, inception, inception_real, nearer: see likeness.py, in the terms of
    the feature map named by extractor, of at most 1,000 images a side; sharpness, sharpness_real: see
    metrics/sharpness.py. Of pairs: ssim and psnr (decibels) of generated
    images with their targets, ssim_input and psnr_input of the images that are given; held out, as many as `count`.

    Of a variational autoencoder, by the `likelihood` (see metrics/evidence.py) of 1,000 held-out samples, in nats per
    sample and network units: elbo, iwae, reconstruction, divergence, noise_std; and log_density, the mean log density
    of these under the data's own.

    accuracy_real, accuracy_fake, mean_fake (mean D(G(z)), for logits), held_out_gap (of a finite training set): the
    run's own discriminator. two_sample: held-out accuracy of a fresh one, and two_sample_best the most that any could
    reach, (1 + tv) / 2. duality_gap: what both players could still win against the other standing still, by
    studies/best_response.py. slope: the largest |grad D| at real and generated points and between them, and lipschitz
    the product of the layers' bounds, between which its Lipschitz constant lies. critic_gap: of a Wasserstein critic,
    w1 minus its estimate divided by its slope.
    """
    scores: dict[str, Any] = dict.fromkeys(NAMES)
    samples = sample(count, 0)
    scores["samples"] = count
    streams = Streams(seed)
    if data.modes is not None:
        coverage = mode_coverage(samples, data.modes)
        scores |= {
            "modes": len(data.modes.weights),
            "captured": coverage.captured,
            "captured_quarter": coverage.captured_quarter,
            "high_quality": coverage.high_quality,
            "shares": [round(float(share), 6) for share in coverage.shares],
            "mode_kl": coverage.reverse_kl,
            "mode_kl_floor": reverse_kl_floor(data.modes, count),
        }
    elif data.has_density:
        threshold = density_threshold(data, streams.at(0, Stream.MEASURED_REAL, 1))
        scores["high_quality"] = dense_share(samples, data, threshold)
    if isinstance(data, ImageSet) and not no_comparison(data):
        scores |= _likeness(data, samples, seed, None if asked is None else asked(count, 0))
    elif asked is not None and data.image is None:
        scores["class_agreement"] = class_agreement(data, samples, asked(count, 0))
    if pairs is not None and np.isfinite(samples).all():
        assert data.image is not None
        assert data.input_image is not None
        near = nearness(samples, *pairs(count, 0), data.image, data.input_image)._asdict()
        scores |= {name: near[name] for name in ("ssim", "ssim_input", "psnr", "psnr_input")}
    if data.has_density:
        kernel = MatchedKernel(data)
        generated = sample(SAMPLES, 1)
        found = kernel.measure(generated)
        scores |= found._asdict()
        recall, precision = f_scores(precision_recall_curve(kernel.p.ravel(), kernel.smoothed(generated).ravel()))
        scores |= {"precision": precision, "recall": recall, "two_sample_best": (1 + found.tv) / 2}
        floors = kernel.floor(streams.at(0, Stream.MEASURED_REAL))
        scores |= {f"{name}_floor": value for name, value in floors._asdict().items()} | {"h": kernel.h}
    fake, real = sample(POINTS, 2), data.held_out(streams.at(0, Stream.MEASURED_REAL, 2), POINTS)
    if np.isfinite(fake).all() and data.image is None:
        floor = transport_floor(data, streams.at(0, Stream.MEASURED_REAL, 3), POINTS)
        scores |= transport_distances(real, fake)._asdict()
        scores |= {f"{name}_floor": value for name, value in floor._asdict().items()}
        size = support_size(fake, data.detail / 2)
        scores["support_size"] = size if math.isfinite(size) else None
        truth = data.held_out(streams.at(0, Stream.MEASURED_REAL, 4), TESTED)
        test = fresh_discriminator_test(truth, sample(TESTED, 3), streams.at(0, Stream.MEASURED_REAL, 6))
        scores["two_sample"] = test.accuracy
    if likelihood is not None:
        held_out = data.held_out(streams.at(0, Stream.MEASURED_REAL, 8), POINTS)
        known = likelihood(held_out)._asdict() | {"log_density": mean_log_density(data, held_out)}
        scores |= {name: value if math.isfinite(value) else None for name, value in known.items()}
    if judgement is not None:
        of_real: Told | None = None
        of_fake: Told | None = pairs(POINTS, 2)[1] if pairs is not None else asked(POINTS, 2) if asked else None
        if of_fake is not None:
            of_real = data.told_held_out(streams.at(0, Stream.MEASURED_REAL, 2), POINTS)[1]
        v_real, v_fake = judgement.judge(real, of_real), (judgement.judge_fake or judgement.judge)(fake, of_fake)
        scores |= {"duality_gap": judgement.gap, "lipschitz": judgement.lipschitz}
        scores |= _judged(data, judgement, v_real, v_fake)
        if judgement.slope is not None:
            share = streams.at(0, Stream.CRITIC_FIELD, 1).random((len(real), 1), np.float32)
            slope = judgement.slope(np.concatenate((real, fake, real + share * (fake - real))))
            scores["slope"] = slope if math.isfinite(slope) else None
        if judgement.estimates_w1 and scores["w1"] is not None and scores["slope"] is not None:
            gap = critic_gap(scores["w1"], v_real, v_fake, scores["slope"])
            scores["critic_gap"] = gap if math.isfinite(gap) else None
    return scores


def _likeness(data: ImageSet, samples: NDArray[np.float32], seed: int, asked: Labels | None) -> dict[str, Any]:
    """The scores that only images have, and those of their classes under the names of modes."""
    comparison = compare_with(data, seed, classifiers_directory())
    assert comparison is not None
    if len(samples) < comparison.count:
        return {}
    found, shares = comparison.measure(samples, asked)
    told = {name: value for name, value in found._asdict().items() if math.isfinite(value)}
    scores: dict[str, Any] = {name: told[name] for name in told.keys() & set(NAMES)}
    if len(shares):
        scores |= {
            "modes": len(shares),
            "captured": round(found.present),
            "captured_quarter": round(found.present_quarter),
            "shares": [round(float(share), 6) for share in shares],
            "mode_kl": found.class_kl,
            "mode_kl_floor": found.class_kl_floor,
        }
    return scores | {"extractor": comparison.extractor.name}


def _judged(data: Distribution, judgement: Judgement, v_real: FloatArray, v_fake: FloatArray) -> dict[str, float]:
    """The scores of the run's own discriminator by its outputs for held-out real points and generated ones."""
    scores: dict[str, float] = {}
    if judgement.neutral is not None:
        found = discrimination(v_real, v_fake, judgement.neutral)
        scores |= {"accuracy_real": found.real, "accuracy_fake": found.fake}
        if judgement.logits:
            scores["mean_fake"] = found.mean_fake
    if data.train_points is not None:
        some = slice(10 * POINTS)
        known = judgement.judge(data.train_points[some], data.told_of_training(some))
        scores["held_out_gap"] = held_out_gap(known, v_real)
    return scores
