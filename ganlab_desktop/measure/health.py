"""What goes wrong with a training, told from a few quantities that are looked at again and again.

Every rule tests one look. A finding is raised where the test holds at each of the last LOOKS looks over at least STEPS
steps, and not before WARM_UP steps have been trained; it is over once a weaker test holds at none of them, and may then
be raised again. So the findings are a function of the time series of quantities alone.
"""

import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

WARM_UP = 1000  # steps: a healthy ring of eight has found all modes after 600
LOOKS = 6
STEPS = 250
WINDOW = 24  # looks over which swings are counted

SURE = 0.99  # accuracy on real and on generated samples at which D has won
VANISHED = 0.01  # |grad L_G|: over a distance of about 1, a D that is sure rises by several logits
COLLAPSED = 0.5  # share of the modes reached
NEAR = 0.3  # share of samples next to the data: a generator that has not got there yet has not collapsed
RANKED = 0.55  # P(training point above a fresh one), less two standard errors
SWING = 0.5  # of the data's standard deviation; the mean of a healthy generator stays within +-0.2
SWINGS = 5
CLIPPED = 0.6  # share of the parameters at the limit
UNTOLD = 0.1  # nats of the latents of a sample; log 2 is what tells one of two modes
STEEP = 10.0  # the slope where 1 is asked: lambda 0.1 lets a gradient penalty's slope reach 1 + d / (2 lambda) = 6


class Quantities(NamedTuple):
    """One look; NaN where a quantity does not apply.

    real_accuracy, training_accuracy, fake_accuracy: share of fresh real, training and generated points that D is right
    about; fake_output: mean D(G(z)), or score. ranked: probability that D ranks a training point above a fresh one,
    ranked_error: its standard error if both are alike. generator_gradient: mean |grad L_G| at generated samples, of
    each sample's own loss; output_gradient: mean |grad v| there. reached: modes (or regions, of data without modes)
    that hold a quarter of their own weight of generated samples, of so many regions; a single mode is divided into
    regions too, and samples are moved onto its mean, so that their spread alone counts. near: share of generated
    samples next to the data. offset_1, offset_2: the generated mean less the real one along the data's principal axes,
    in standard deviations along the first. clipped: share of parameters at the clipping limit. slope: the critic's
    mean slope between real and generated samples where it is to be 1. latent_nats: how much the latents of an
    autoencoder tell of a fresh point, the mean KL(q(z|x) || N(0, I)).
    """

    real_accuracy: float = math.nan
    training_accuracy: float = math.nan
    fake_accuracy: float = math.nan
    fake_output: float = math.nan
    ranked: float = math.nan
    ranked_error: float = math.nan
    generator_gradient: float = math.nan
    output_gradient: float = math.nan
    reached: float = math.nan
    regions: float = math.nan
    near: float = math.nan
    offset_1: float = math.nan
    offset_2: float = math.nan
    clipped: float = math.nan
    slope: float = math.nan
    latent_nats: float = math.nan


class Finding(NamedTuple):
    """What was found at a step; `text` is English with named fields that `values` fills."""

    kind: str
    step: int
    title: str
    text: str
    values: dict[str, float]

    def __str__(self) -> str:
        return f"step {self.step:,}: {self.title}. {self.text.format(**self.values)}"


class _Look(NamedTuple):
    step: int
    q: Quantities
    swings: int  # of the generated mean over the last WINDOW looks
    reach: float  # of the generated mean over the last LOOKS: swings that have died down are no oscillation


class _Rule(NamedTuple):
    """`holds` raises a finding, `lingers` keeps it from being over; `text` tells what is seen and what to try."""

    kind: str
    title: str
    holds: Callable[[_Look], bool]
    lingers: Callable[[_Look], bool]
    text: str


def _won(q: Quantities, accuracy: float) -> bool:
    return q.real_accuracy >= accuracy and q.fake_accuracy >= accuracy


def _misses(q: Quantities, share: float) -> bool:
    return q.reached <= share * q.regions


def _is_game(q: Quantities) -> bool:
    return math.isnan(q.latent_nats)


RULES = (
    _Rule(
        "mode_collapse",
        "mode collapse",
        lambda look: _is_game(look.q) and not look.swings and look.q.near >= NEAR and _misses(look.q, COLLAPSED),
        lambda look: _misses(look.q, 0.75),
        "The generated samples reach {reached:.0f} of {regions:.0f} modes (of data without several modes: regions). "
        "Try R1 or a gradient penalty, the non-saturating loss, or a higher learning rate for G.",
    ),
    _Rule(
        "vanishing_gradient",
        "vanishing gradient",
        lambda look: _won(look.q, SURE) and look.q.generator_gradient < VANISHED,
        lambda look: _won(look.q, 0.95) and look.q.generator_gradient < 10 * VANISHED,
        "D is right about {fake_accuracy:.0%} of the generated samples, and of its slope {output_gradient:.2g} there, "
        "G's loss passes on a gradient of {generator_gradient:.1g}. "
        "Try the non-saturating or the Wasserstein objective, or a weaker discriminator.",
    ),
    _Rule(
        "overpowered_discriminator",
        "overpowered discriminator",
        lambda look: _won(look.q, SURE) and look.q.generator_gradient >= VANISHED,
        lambda look: _won(look.q, 0.95),
        "D is right about {real_accuracy:.0%} of the real and {fake_accuracy:.0%} of the generated samples, look after "
        "look. Try R1 or spectral norm, fewer or smaller steps of D, or the Wasserstein objective with its constraint.",
    ),
    _Rule(
        "overfitted_discriminator",
        "overfitted discriminator",
        lambda look: look.q.ranked - 2 * look.q.ranked_error > RANKED,
        lambda look: look.q.ranked - look.q.ranked_error > RANKED,
        "D ranks a training point above a fresh real one in {ranked:.0%} of all pairs, where 50% would mean that it "
        "cannot tell them apart. Try more training points, R1, or a smaller discriminator.",
    ),
    _Rule(
        "oscillation",
        "oscillation",
        lambda look: look.swings >= SWINGS and look.reach >= SWING,
        lambda look: look.swings >= SWINGS // 2,
        "The mean of the generated samples has swung to and fro {swings:.0f} times in the last {window:.0f} looks, by "
        "at least half a standard deviation of the data. "
        "Try R1 or a gradient penalty, lower learning rates, or a moving average of G.",
    ),
    _Rule(
        "saturated_clipping",
        "saturated clipping",
        lambda look: look.q.clipped >= CLIPPED,
        lambda look: look.q.clipped >= 0.8 * CLIPPED,
        "{clipped:.0%} of the critic's parameters stand at the clipping limit, so that it is left with few functions. "
        "Try a gradient penalty in the place of clipping, or a larger limit.",
    ),
    _Rule(
        "violated_lipschitz",
        "violated Lipschitz constraint",
        lambda look: look.q.slope > STEEP,
        lambda look: look.q.slope > 0.7 * STEEP,
        "Between real and generated samples the critic's slope is {slope:.3g} on average, where a distance W1 asks for "
        "1. Add a gradient penalty or raise its weight, or use spectral norm.",
    ),
    _Rule(
        "posterior_collapse",
        "posterior collapse",
        lambda look: look.q.latent_nats < UNTOLD,
        lambda look: look.q.latent_nats < 3 * UNTOLD,
        "The encoder tells {latent_nats:.2g} nats of a sample, next to nothing: the decoder makes the same of all. "
        "Try a warm-up, a lower beta, or a fixed variance that is smaller than the data's.",
    ),
)

_DIVERGENCE = (
    "The networks' losses or weights are no longer finite numbers. "
    "Start again with lower learning rates or a penalty, or open the run to go on from its last good state."
)


def divergence(step: int) -> Finding:
    """The finding that the weights are no longer finite from this step on, which needs no second look."""
    return Finding("divergence", step, "divergence", _DIVERGENCE, {})


class Watch:
    """Follows one run's quantities and raises each finding once per episode."""

    def __init__(self) -> None:
        self._past: deque[_Look] = deque(maxlen=WINDOW)
        self._active: set[str] = set()

    def see(self, step: int, quantities: Sequence[float], since: int = 0) -> list[Finding]:
        """The findings that are new with this look; `since` is the step from which on the game is what it is."""
        if self._past and not since <= self._past[-1].step < step:
            self._past.clear()
        if step < since + WARM_UP:
            return []
        q = Quantities(*quantities)
        seen = [look.q for look in self._past] + [q]
        ways = [[q.offset_1 for q in seen], [q.offset_2 for q in seen]]
        turns, reach = max(map(swings, ways)), max(max(way[-LOOKS:]) - min(way[-LOOKS:]) for way in ways)
        self._past.append(_Look(step, q, turns, reach))
        last = list(self._past)[-LOOKS:]
        if len(last) < LOOKS or last[-1].step - last[0].step < STEPS:
            return []
        found = []
        for rule in RULES:
            if rule.kind in self._active:
                if not any(map(rule.lingers, last)):
                    self._active.remove(rule.kind)
            elif all(map(rule.holds, last)):
                self._active.add(rule.kind)
                values = q._asdict() | {"swings": float(last[-1].swings), "window": float(len(self._past))}
                found.append(Finding(rule.kind, step, rule.title, rule.text, values))
        return found


def swings(values: Sequence[float]) -> int:
    """How often values turn back by at least SWING from the farthest point of a move of at least as much."""
    turns, direction = 0, 0
    low = high = values[0] if values else 0.0
    for value in values[1:]:
        low, high = min(low, value), max(high, value)
        if direction <= 0 and value - low >= SWING:
            turns, direction, high = turns + (direction < 0), 1, value
        elif direction >= 0 and high - value >= SWING:
            turns, direction, low = turns + (direction > 0), -1, value
    return turns
