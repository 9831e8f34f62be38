"""Presets that provoke a phenomenon are found to have it, and it alone; healthy ones nothing. Run by make bench."""

import pytest
import torch

from ganlab_desktop.engine.checkup import Checkup
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.presets import load_preset, preset_names
from ganlab_desktop.experiment.validate import with_changes

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]

EVERY = 50  # steps between two looks
PRESETS = {  # steps, and what is to be found
    "collapse-minimax": (2000, ["mode_collapse"]),
    "vanishing-gradient": (1500, ["vanishing_gradient"]),
    "overpowered-discriminator": (1500, ["overpowered_discriminator"]),
    "overfitted-discriminator": (1800, ["overfitted_discriminator"]),
    "oscillation": (3000, ["oscillation"]),
    "saturated-clipping": (1500, ["saturated_clipping"]),
    "violated-lipschitz": (1500, ["violated_lipschitz"]),
    "posterior-collapse": (2500, ["posterior_collapse"]),
    "divergence": (1500, ["divergence"]),
    "ring-ns": (4000, []),
    "grid-wgan-gp": (2500, []),
}


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_shows_what_it_is_named_after(name: str, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    steps, expected = PRESETS[name]
    run = Run(with_changes(load_preset(name), {"seed": seed}))
    torch.set_num_threads(run.threads)
    checkup = Checkup(run)
    while run.step < steps and not run.diverged:
        run.advance()
        if run.step % EVERY == 0:
            checkup.look()
    checkup.check_divergence()
    with capsys.disabled():
        print(f"\n{name} seed {seed}:", *(f"{found.kind} at {found.step}" for found in checkup.findings))
    assert [finding.kind for finding in checkup.findings] == expected


BUDGET = 2500  # steps that a preset without a finding of its own is followed
BY_DESIGN = {  # findings of presets that are not named after them, with what they are there to show
    "line-jsd-ceiling": ["vanishing_gradient"],  # minimax between Gaussians so far apart that JSD stands at its ceiling
    "ring-ns-unregularised": ["oscillation"],  # without a penalty the samples travel from mode to mode
    "rotation-simultaneous": ["oscillation"],  # both move at once, so that the game spirals outwards
    "ring-unrolled-paper-none": ["oscillation"],  # the game without unrolled steps, whose samples rotate (Metz et al.)
    "one-gaussian-reverse-kl": ["mode_collapse"],  # one Gaussian cannot cover two modes, and the reverse KL takes one
}


@pytest.mark.parametrize("name", sorted(set(preset_names()) - PRESETS.keys()))
def test_every_other_preset_is_healthy_or_known_not_to_be(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    experiment = load_preset(name)
    run = Run(experiment)
    torch.set_num_threads(run.threads)
    checkup = Checkup(run)
    while run.step < min(BUDGET, experiment.schedule.steps) and not run.diverged:
        run.advance()
        if run.step % EVERY == 0:
            checkup.look()
    checkup.check_divergence()
    with capsys.disabled():
        print(f"\n{name}:", *(f"{found.kind} at {found.step}" for found in checkup.findings))
    assert [finding.kind for finding in checkup.findings] == BY_DESIGN.get(name, [])
