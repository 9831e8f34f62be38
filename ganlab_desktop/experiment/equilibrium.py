"""Where the players' losses stand when the generator's distribution is the data's and D is at its best."""

import math

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.objectives import FGan, LeastSquares, Minimax

Levels = tuple[tuple[float, str], ...]  # values and their names

# At p_g = p_data the optimal D is 1/2 everywhere: its loss is log 4 and -log D is log 2 (Goodfellow et al. 2014,
# theorem 1). A hinge D that cannot tell the two apart pays 1 on either side. A relativistic one gives real and
# generated samples the same output, and either player's loss is that of a difference of 0.
_LEVELS: dict[str, Levels] = {
    "minimax": ((math.log(4.0), "log 4"), (-math.log(2.0), "-log 2")),
    "non_saturating": ((math.log(4.0), "log 4"), (math.log(2.0), "log 2")),
    "hinge": ((2.0, "2"),),
    "relativistic_paired": ((math.log(2.0), "log 2"),),
    "relativistic_average": ((2.0 * math.log(2.0), "2 log 2"),),
    "relativistic_average_ls": ((2.0, "2"),),
    "relativistic_average_hinge": ((2.0, "2"),),
}

# At p_g = p_data the optimal T is f'(1). D's loss is minus the divergence f(1), which is 0 but for the GAN's, and by
# f*(f'(1)) = f'(1) - f(1) the generator's is f(1) - f'(1), or -f'(1) in the alternative form. f'(1) is 0 but for three.
_F_GAN: dict[tuple[str, str], Levels] = {
    ("kl", "minimax"): ((0.0, "0"), (-1.0, "-1")),
    ("kl", "alternative"): ((0.0, "0"), (-1.0, "-1")),
    ("reverse_kl", "minimax"): ((0.0, "0"), (1.0, "1")),
    ("reverse_kl", "alternative"): ((0.0, "0"), (1.0, "1")),
    ("gan", "minimax"): _LEVELS["minimax"],
    ("gan", "alternative"): _LEVELS["non_saturating"],
}


def equilibrium_of(experiment: Experiment) -> Levels:
    """The values of both losses there; none where they have none that is known."""
    objective = experiment.objective
    if isinstance(objective, LeastSquares):  # at p_g = p_data the optimal D is (a + b) / 2 (Mao et al. 2017, eq. 5)
        middle = (objective.a + objective.b) / 2
        return _named((objective.b - objective.a) ** 2 / 4, (middle - objective.c) ** 2 / 2)
    if (label := experiment.label_smoothing.settled) < 1.0:  # at p_g = p_data the optimal D is half the real label
        real, fake = math.log(label / 2), math.log(1 - label / 2)
        pays = -(label * real + (1 - label) * fake) - fake
        return _named(pays, fake if isinstance(objective, Minimax) else -real)
    if isinstance(objective, FGan):
        return _F_GAN.get((objective.divergence, objective.generator_form), ((0.0, "0"),))
    return _LEVELS.get(str(objective.__struct_config__.tag), ())


def _named(*values: float) -> Levels:
    """Each level once, named by its value."""
    return tuple((value, f"{value:.3g}") for value in dict.fromkeys(values))
