"""A variational autoencoder in the place of the game (Kingma and Welling 2014)."""

from torch import Tensor

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.objectives import Variational
from ganlab_desktop.experiment.schedules import beta
from ganlab_desktop.gan.game import Game, Phase, Runs
from ganlab_desktop.gan.networks.encoder import Encoder
from ganlab_desktop.gan.objectives.variational import Posterior, best_variance, log_likelihood
from ganlab_desktop.gan.plans import Player
from ganlab_desktop.gan.streams import Stream

_REMEMBERED = 100  # batches over which the best variance is averaged


class Autoencoding(Game):
    """The generator decodes latents that the discriminator's network, an Encoder, tells of real samples; both descend
    -E log p(x|z) + beta KL(q(z|x) || N(0, I)), minus the ELBO where beta is 1.

    One latent is drawn for each sample, as mean plus deviation times noise. The variance of p(x|z) is the spec's, or
    each batch's best one in training; for looks the encoder keeps its mean over the last batches.
    """

    def _follow(self, experiment: Experiment) -> None:
        super()._follow(experiment)
        assert isinstance(experiment.objective, Variational)
        self._spec = experiment.objective
        if self._spec.variance == "fixed":
            self.encoder.variance.fill_(self._spec.noise_std**2)

    @property
    def encoder(self) -> Encoder:
        """The network in the discriminator's place."""
        network = self.discriminator.module
        assert isinstance(network, Encoder)
        return network

    def _runs(self) -> Runs:
        return {
            ("discriminator", "real batch"): self._draw_real,
            ("discriminator", "encode"): self._encode,
            ("generator", "decode"): self._decode,
            ("generator", "gradients"): self._take_gradients,
            ("discriminator", "update"): lambda update: self._move("discriminator"),
            ("generator", "update"): self._generator_update,
        }

    def _takes_part(self, phase: Phase, only: Player) -> bool:
        return phase.name != "update" or phase.player == only  # a loss needs both networks, whoever moves by it

    def _encode(self, update: int) -> None:
        self._posterior = self.encoder.encode(self.batch["real"])
        noise = self.streams.at(self.step, Stream.POSTERIOR).standard_normal(self._posterior.mean.shape, "float32")
        self._latents = self._posterior.latents(self.batches.tensor(noise))
        self.batch["latent"] = self._latents.detach()

    def _decode(self, update: int) -> None:
        real, decoded = self.batch["real"], self.generator.module(self._latents)
        variance = self.encoder.variance
        if self._spec.variance == "optimal":
            variance = best_variance(real, decoded)
            share = max(1.0 / (self.step + 1), 1.0 / _REMEMBERED)
            self.encoder.variance.lerp_(variance.detach(), share)
        reconstruction = -log_likelihood(real, decoded, variance).mean()
        divergence = self._posterior.divergence().mean()
        self._loss = reconstruction + beta(self._spec, self.step) * divergence
        self.batch["fake"] = decoded.detach()
        loss = self._loss.detach()
        self._scalars |= {"discriminator_loss": loss, "generator_loss": loss}
        self._scalars |= {"reconstruction": reconstruction.detach(), "divergence": divergence.detach()}

    def _take_gradients(self, update: int) -> None:
        self.batch["gradient"] = self.descent.take_common_gradient(self._loss)

    # --- looking ----------------------------------------------------------------------------------------------------

    def encode(self, samples: Tensor) -> Posterior:
        """q(z|x) of samples (N, D). For observed looks."""
        return self.encoder.encode(samples)

    def score(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        raise TypeError(self.objective.reason)

    def judge(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        raise TypeError(self.objective.reason)
