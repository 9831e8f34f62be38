"""Path length regularisation of a style-based generator (Karras et al. 2020, section 3.2 and eq. 4)."""

import math

import numpy as np
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.penalties import PathLength
from ganlab_desktop.gan.networks.style import Styled
from ganlab_desktop.gan.penalties.penalty import GeneratorTurn, Penalty, build_penalty


def path_lengths(generator: nn.Module, latents: Tensor, directions: Tensor) -> Tensor:
    """|J_w^T y| (B,) for latents (B, L) and y (B, C H W), differentiable by the generator's parameters.

    J_w is the derivative of an image by a style that all its layers take up; where a sample mixes two, by both alike.
    """
    seen: list[Tensor] = []
    (styled,) = (module for module in generator.modules() if isinstance(module, Styled))
    handle = styled.synthesis.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    try:
        images = generator(latents)
    finally:
        handle.remove()
    (gradient,) = torch.autograd.grad((images * directions).sum(), seen[0], create_graph=True)
    lengths: Tensor = torch.linalg.vector_norm(gradient.sum(1), dim=1)
    return lengths


class _PathLength(Penalty):
    """The average of the lengths takes in the batch at hand before it is used, as in the authors' code, but is freed of
    its start at 0, towards which it would pull all lengths: it is `sum` over `weight`, the sum of the shares in it."""

    moves_generator = True

    def __init__(self, spec: PathLength) -> None:
        self.every = spec.every
        self._weight, self._share = spec.weight, 1.0 - spec.decay
        self._remembered = {name: torch.zeros(()) for name in ("sum", "weight")}

    @property
    def state(self) -> dict[str, Tensor]:
        return self._remembered

    def generator_term(self, turn: GeneratorTurn, rng: np.random.Generator) -> Tensor:
        """weight E (|J_w^T y| - a)^2 with y ~ N(0, I / (H W)) and a, the moving average of the lengths."""
        (styled,) = (module for module in turn.generator.modules() if isinstance(module, Styled))
        drawn = rng.standard_normal(tuple(turn.fake.shape), np.float32) / math.sqrt(styled.places)
        lengths = path_lengths(turn.generator, turn.latent, torch.from_numpy(drawn).to(turn.fake))
        total, weight = self._remembered.values()
        for average, now in ((total, lengths.detach().mean()), (weight, torch.ones(()))):
            average.lerp_(now.to(average), self._share)
        return self._weight * (lengths - total / weight).square().mean()


@build_penalty.register
def _path_length(spec: PathLength) -> Penalty:
    return _PathLength(spec)
