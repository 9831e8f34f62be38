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

PRESETS = ("ring-ns", "digits-dcgan")  # for which there is a plain loop
_ROUNDS = 7  # contenders take turns, so that a slow moment of the machine hits all of them


def measure(seconds: float, name: str = PRESETS[0], *, window: bool = True, quiet: bool = False) -> dict[str, Any]:
    """Figures by name; `seconds` for each contender. The preset's game is measured as it is (`engine_alone`) and
    without its penalty and average, which is the game that the plain loop plays."""
    import torch

    from ganlab_desktop.cli.plain_loop import plain_loop
    from ganlab_desktop.engine.run import Run

    def say(text: str) -> None:
        if not quiet:
            print(text, file=sys.stderr, flush=True)

    preset = load_preset(name)
    bare = with_changes(preset, {"penalties": [], "ema.half_life": 0.0})
    full, same = Run(preset), Run(bare)
    threads = sorted({1, min(2, os.cpu_count() or 1), same.threads})  # also as many as the engine
    say("engine alone and plain loop ...")
    contenders: dict[str, Callable[[], object]] = {"preset": full.advance, "engine": same.advance}
    contenders |= {f"loop {count}": plain_loop(bare) for count in threads}

    def set_threads(contender: str) -> None:
        torch.set_num_threads(int(contender.split()[1]) if contender.startswith("loop") else same.threads)

    rates: dict[str, list[float]] = {contender: [] for contender in contenders}
    for turn in range(_ROUNDS + 1):
        for contender, step in contenders.items():
            set_threads(contender)
            rate = _rate(step, seconds / _ROUNDS)
            if turn:  # the first round warms up
                rates[contender].append(rate)
    best = max(threads, key=lambda count: median(rates[f"loop {count}"]))
    ratios = [mine / theirs for mine, theirs in zip(rates["engine"], rates[f"loop {best}"], strict=True)]
    figures: dict[str, Any] = {
        "engine_steps_per_second": median(rates["engine"]),
        "loop_steps_per_second": median(rates[f"loop {best}"]),
        "loop_threads": best,
        "engine_threads": same.threads,
        "engine_over_loop": median(ratios),
        "preset": name,
        "engine_alone_steps_per_second": median(rates["preset"]),
    }
    if window:
        for fps in (30, 60):
            say(f"with a window at {fps} frames a second ...")
            torch.set_num_threads(full.threads)
            before = _rate(full.advance, 3.0)
            seen = _with_window(name, fps, seconds)
            alone = (before + _rate(full.advance, 3.0)) / 2.0
            figures |= {f"window_{fps}_{figure}": value for figure, value in seen.items()}
            figures[f"window_{fps}_over_alone"] = seen["steps_per_second"] / alone
    return figures


def _rate(step: Callable[[], object], seconds: float) -> float:
    started, count = perf_counter(), 0
    while perf_counter() - started < seconds:
        for _ in range(10):
            step()
        count += 10
    return count / (perf_counter() - started)


def _with_window(name: str, fps: int, seconds: float) -> dict[str, Any]:
    """What a real window in a process of its own measures; offscreen where there is no screen."""
    environment = dict(os.environ)
    environment.pop("GANLAB_LAUNCHED", None)
    if sys.platform == "linux" and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        environment["QT_QPA_PLATFORM"] = "offscreen"
    code = (
        "import os, sys, time; os.environ['GANLAB_LAUNCHED'] = repr(time.time())\n"
        "from ganlab_desktop.ui.app import main\n"
        f"sys.exit(main([], preset={name!r}, fps={fps}, measure_seconds={seconds}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=seconds + 120.0
    )
    if done.returncode:
        raise RuntimeError(f"the measuring window failed: {done.stderr.strip().splitlines()[-1:]}")
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures
