"""`ganlab bench`: the engine against a plain PyTorch loop, alone and with a window, measured in one run."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes

PRESET = "ring-ns"
_ROUNDS = 7  # contenders take turns, so that a slow moment of the machine hits all of them
_BATCH = 256


def measure(seconds: float, *, window: bool = True, quiet: bool = False) -> dict[str, Any]:
    """Figures by name; `seconds` for each contender. The preset's game is measured as it is (`engine_alone`) and
    without its penalty and average, which is the game that the plain loop plays."""
    import torch

    from ganlab_desktop.engine.run import Run

    def say(text: str) -> None:
        if not quiet:
            print(text, file=sys.stderr, flush=True)

    preset = load_preset(PRESET)
    bare = with_changes(preset, {"penalties": [], "ema.half_life": 0.0})
    full, same = Run(preset), Run(bare)
    threads = sorted({1, min(2, os.cpu_count() or 1)})
    say("engine alone and plain loop ...")
    contenders: dict[str, Callable[[], object]] = {"preset": full.advance, "engine": same.advance}
    contenders |= {f"loop {count}": plain_loop() for count in threads}

    def set_threads(name: str) -> None:
        torch.set_num_threads(int(name.split()[1]) if name.startswith("loop") else same.threads)

    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(_ROUNDS + 1):
        for name, step in contenders.items():
            set_threads(name)
            rate = _rate(step, seconds / _ROUNDS)
            if turn:  # the first round warms up
                rates[name].append(rate)
    best = max(threads, key=lambda count: median(rates[f"loop {count}"]))
    ratios = [mine / theirs for mine, theirs in zip(rates["engine"], rates[f"loop {best}"], strict=True)]
    figures: dict[str, Any] = {
        "engine_steps_per_second": median(rates["engine"]),
        "loop_steps_per_second": median(rates[f"loop {best}"]),
        "loop_threads": best,
        "engine_over_loop": median(ratios),
        "preset": PRESET,
        "engine_alone_steps_per_second": median(rates["preset"]),
    }
    if window:
        for fps in (30, 60):
            say(f"with a window at {fps} frames a second ...")
            torch.set_num_threads(full.threads)
            before = _rate(full.advance, 3.0)
            seen = _with_window(fps, seconds)
            alone = (before + _rate(full.advance, 3.0)) / 2.0
            figures |= {f"window_{fps}_{name}": value for name, value in seen.items()}
            figures[f"window_{fps}_over_alone"] = seen["steps_per_second"] / alone
    return figures


def plain_loop() -> Callable[[], None]:
    """One iteration of the loop that a tutorial would write for the preset's ring, networks, batch and rates."""
    import torch
    from torch import nn

    preset = load_preset(PRESET)
    data: Any = preset.data
    networks: Any = preset.generator

    def mlp(inputs: int, hidden: tuple[int, ...], outputs: int) -> nn.Sequential:
        layers: list[nn.Module] = []
        for width in hidden:
            layers += [nn.Linear(inputs, width), nn.ReLU()]
            inputs = width
        return nn.Sequential(*layers, nn.Linear(inputs, outputs))

    generator = mlp(preset.latent.dim, networks.hidden, 2)
    discriminator = mlp(2, preset.discriminator.hidden, 1)
    adam_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.9))
    adam_d = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.9))
    loss = nn.BCEWithLogitsLoss()
    angles = torch.arange(data.modes) * (2.0 * torch.pi / data.modes)
    centres = data.radius / data.scale * torch.stack((angles.cos(), angles.sin()), 1)
    sigma = data.sigma / data.scale
    ones, zeros = torch.ones(_BATCH, 1), torch.zeros(_BATCH, 1)

    def step() -> None:
        real = centres[torch.randint(data.modes, (_BATCH,))] + sigma * torch.randn(_BATCH, 2)
        fake = generator(torch.randn(_BATCH, preset.latent.dim))
        loss_d = loss(discriminator(real), ones) + loss(discriminator(fake.detach()), zeros)
        adam_d.zero_grad()
        loss_d.backward()
        adam_d.step()
        fake = generator(torch.randn(_BATCH, preset.latent.dim))
        loss_g = loss(discriminator(fake), ones)
        adam_g.zero_grad()
        loss_g.backward()
        adam_g.step()

    return step


def _rate(step: Callable[[], object], seconds: float) -> float:
    started, count = perf_counter(), 0
    while perf_counter() - started < seconds:
        for _ in range(10):
            step()
        count += 10
    return count / (perf_counter() - started)


def _with_window(fps: int, seconds: float) -> dict[str, Any]:
    """What a real window in a process of its own measures; offscreen where there is no screen."""
    environment = dict(os.environ)
    environment.pop("GANLAB_LAUNCHED", None)
    if sys.platform == "linux" and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        environment["QT_QPA_PLATFORM"] = "offscreen"
    code = (
        "import os, sys, time; os.environ['GANLAB_LAUNCHED'] = repr(time.time())\n"
        "from ganlab_desktop.ui.app import main\n"
        f"sys.exit(main([], preset={PRESET!r}, fps={fps}, measure_seconds={seconds}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=seconds + 120.0
    )
    if done.returncode:
        raise RuntimeError(f"the measuring window failed: {done.stderr.strip().splitlines()[-1:]}")
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures
