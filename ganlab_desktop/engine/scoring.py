"""All scores of a game as it stands."""

from functools import partial
from typing import Any

from ganlab_desktop.engine.checkup import snapshot_of
from ganlab_desktop.engine.sampling import Sampling
from ganlab_desktop.gan.data.distribution import Labels, Samples
from ganlab_desktop.measure.evaluation import evaluate
from ganlab_desktop.measure.judgement import judgement_of
from ganlab_desktop.measure.metrics.evidence import Evidence
from ganlab_desktop.measure.studies.likelihood import evidence_of
from ganlab_desktop.measure.studies.study import Snapshot

_DRAWS, _DRAWS_OF_IMAGES = 500, 100  # latents of each sample that tell how likely it is: images are slow to decode


def scores_of(look: Sampling, samples: int = 2500, seed: int = 0) -> dict[str, Any]:
    """Metrics by name, None where one does not fit the data (see measure/evaluation.py), of the generator's average
    where one is kept: which `generator` says, beside the step and the seed."""
    game, snapshot = look.game, snapshot_of(look)
    judges = game.objective.judges

    def asked(count: int, offset: int) -> Labels:
        labels = look.labels(count, seed + offset)
        assert labels is not None
        return labels

    def pairs(count: int, offset: int) -> tuple[Samples, Samples]:
        found = look.pairs(count, seed + offset)
        assert found is not None
        return found

    scores = evaluate(
        game.data,
        lambda count, offset: look.sample(count, seed + offset, average=game.averages),
        samples,
        seed,
        judgement_of(snapshot) if judges else None,
        asked if game.experiment.conditional else None,
        pairs if game.experiment.translates else None,
        None if judges else partial(likelihood_of, snapshot),
    )
    return {"step": game.step, "generator": "average" if game.averages else "live", "seed": seed, **scores}


def likelihood_of(snapshot: Snapshot, held_out: Samples) -> Evidence:
    """How likely held-out samples (N, dim) are under a variational autoencoder, from more latents of each than are
    drawn while it trains."""
    return evidence_of(snapshot, held_out, _DRAWS if snapshot.data.image is None else _DRAWS_OF_IMAGES)
