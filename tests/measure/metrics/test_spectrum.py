"""The power spectrum against waves whose frequency is known."""

import numpy as np
import pytest

from ganlab_desktop.measure.metrics.spectrum import frequencies, power_spectrum

SHAPE = (2, 16, 16)


def flat(image: np.ndarray) -> np.ndarray:
    return np.broadcast_to(image, (3, *SHAPE)).reshape(3, -1).astype(np.float32)


def test_a_wave_has_all_its_power_at_its_frequency() -> None:
    wave = np.cos(2 * np.pi * 3 / 16 * np.arange(16))
    spectrum = power_spectrum(flat(wave[None, None, :]), SHAPE)
    place = int(np.argmax(spectrum))
    assert frequencies(SHAPE)[place] == pytest.approx(3 / 16)
    assert spectrum.sum() == pytest.approx(spectrum[place], rel=1e-5)
    # two of the places at this frequency hold (H W / 2)^2 / (H W) each
    places = np.sum(np.rint(16 * np.hypot(*np.meshgrid(np.fft.fftfreq(16), np.fft.fftfreq(16)))) == 3)
    assert spectrum[place] == pytest.approx(2 * 16 * 16 / 4 / places, rel=1e-5)


def test_a_checkerboard_stands_at_the_last_frequency() -> None:
    board = np.indices((16, 16)).sum(0) % 2 * 2.0 - 1.0
    spectrum = power_spectrum(flat(board), SHAPE)
    assert int(np.argmax(spectrum)) == len(spectrum) - 1
    assert frequencies(SHAPE)[-1] == pytest.approx(np.sqrt(0.5), abs=0.05)


def test_noise_is_flat_and_keeps_its_power() -> None:
    noise = np.random.default_rng(0).normal(0, 0.5, (400, 2 * 16 * 16)).astype(np.float32)
    np.testing.assert_allclose(power_spectrum(noise, SHAPE), 0.25, rtol=0.1)
