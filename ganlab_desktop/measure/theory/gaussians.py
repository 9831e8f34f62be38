"""Distances between Gaussians in closed form."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

FloatArray = NDArray[np.float64]


def w1_gaussians(mean_p: float, std_p: float, mean_q: float, std_q: float) -> float:
    """W1 of two Gaussians on the line: E |a + b Z| with a, b the differences of means and standard deviations."""
    a, b = abs(mean_p - mean_q), abs(std_p - std_q)
    if b == 0:
        return a
    return float(b * np.sqrt(2 / np.pi) * np.exp(-((a / b) ** 2) / 2) + a * (1 - 2 * ndtr(-a / b)))


def w2_gaussians(mean_p: float, std_p: float, mean_q: float, std_q: float) -> float:
    """W2 of two Gaussians on the line: the distance between the points (mean, standard deviation)."""
    return float(np.hypot(mean_p - mean_q, std_p - std_q))


def kl_gaussians(mean_p: FloatArray, cov_p: FloatArray, mean_q: FloatArray, cov_q: FloatArray) -> float:
    """KL(p | q) in nats of Gaussians with means (d,) and covariances (d, d); infinite where q is flat, NaN
    where p is."""
    (sign_p, log_det_p), (sign_q, log_det_q) = np.linalg.slogdet(cov_p), np.linalg.slogdet(cov_q)
    if sign_p <= 0 or sign_q <= 0:
        return float("nan") if sign_p <= 0 else float("inf")
    away = mean_q - mean_p
    spread = np.trace(np.linalg.solve(cov_q, cov_p)) + away @ np.linalg.solve(cov_q, away)
    return float(spread - len(mean_p) + log_det_q - log_det_p) / 2


def frechet_distance(mean_p: FloatArray, cov_p: FloatArray, mean_q: FloatArray, cov_q: FloatArray) -> float:
    """W2^2 of Gaussians with means (d,) and covariances (d, d), the FID's formula (Dowson and Landau 1982).

    |m_p - m_q|^2 + tr(S_p + S_q) - 2 tr (S_p^(1/2) S_q S_p^(1/2))^(1/2). The matrix under the outer root is symmetric,
    so its eigenvalues are real for singular covariances too.
    """
    values, vectors = np.linalg.eigh(cov_p)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ cov_q @ root), 0.0)).sum()
    return float(((mean_p - mean_q) ** 2).sum() + np.trace(cov_p) + np.trace(cov_q) - 2 * cross)
