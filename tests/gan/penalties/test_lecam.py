"""LeCam against averages kept by hand."""

import numpy as np
import pytest
import torch
from torch import Tensor
from turns import Quadratic, batches, rng, turn

from ganlab_desktop.experiment.penalties import LeCam
from ganlab_desktop.gan.penalties import Penalty, build_penalty

OUTPUTS = np.random.default_rng(5).normal([0.4, -0.4], 0.8, (40, 16, 2))  # steps, batch, (real, fake)


def term_of(penalty: Penalty, v_real: Tensor, v_fake: Tensor) -> Tensor:
    term = penalty.term(turn(Quadratic(), *batches(), v_real=v_real, v_fake=v_fake), rng())
    assert term is not None
    return term


@pytest.mark.parametrize("form", ["official", "paper"])
def test_forty_terms_and_their_gradients_equal_the_hand_derivation(form: str) -> None:
    penalty = build_penalty(LeCam(weight=2.0, decay=0.9, form=form))  # type: ignore[arg-type]
    for step, outputs in enumerate(OUTPUTS):
        v_real, v_fake = (torch.from_numpy(outputs[:, None, side]).requires_grad_() for side in (0, 1))
        term = term_of(penalty, v_real, v_fake)
        # A mean of all batches so far with weights that fall by the decay: an average freed of its start.
        shares = 0.9 ** np.arange(step, -1, -1.0)
        mean_real, mean_fake = shares @ OUTPUTS[: step + 1].mean(1) / shares.sum()
        over_real, over_fake = outputs[:, 0] - mean_fake, mean_real - outputs[:, 1]
        if form == "official":
            over_real, over_fake = np.maximum(over_real, 0.0), np.maximum(over_fake, 0.0)
        assert term.item() == pytest.approx(2.0 * ((over_real**2).mean() + (over_fake**2).mean()), rel=1e-5)
        by_real, by_fake = torch.autograd.grad(term, (v_real, v_fake))
        np.testing.assert_allclose(by_real[:, 0], 4.0 * over_real / 16, rtol=1e-4, atol=1e-7)
        np.testing.assert_allclose(by_fake[:, 0], -4.0 * over_fake / 16, rtol=1e-4, atol=1e-7)


def test_the_averages_are_all_that_it_remembers() -> None:
    through, resumed = build_penalty(LeCam()), build_penalty(LeCam())
    batch = [[torch.from_numpy(outputs[:, side]) for side in (0, 1)] for outputs in OUTPUTS]
    for v_real, v_fake in batch[:20]:
        term_of(through, v_real, v_fake)
    for name, tensor in through.state.items():
        resumed.state[name].copy_(tensor)
    for v_real, v_fake in batch[20:]:
        assert torch.equal(term_of(through, v_real, v_fake), term_of(resumed, v_real, v_fake))
