"""The subcommands: their arguments, and how failures leave as one line and an exit code."""

import json
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ganlab_desktop import __version__
from ganlab_desktop.cli.errors import BadInputError, FailedError
from ganlab_desktop.experiment import files, presets
from ganlab_desktop.experiment.documented import documented_toml
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.exports.table import EXPORTS, export_of
from ganlab_desktop.runfile.errors import RunFileError

_UsageError: Any = typer.BadParameter.__base__  # typer may bring its own copy of click, so not click.UsageError

app = typer.Typer(
    name="ganlab",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="GAN Lab Desktop. Without a command, or with files, it opens the window.",
)

RunPath = Annotated[Path, typer.Argument(metavar="RUN.ganlab", help="A run file.")]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="STEP|best",
        help="Step to look at, or the best one by selection.metric; the newest saved one by default.",
    ),
]
Number = Annotated[int | None, typer.Option("--run", min=1, help="A run of the document; the one shown last else.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def run(arguments: list[str]) -> int:
    """Run a subcommand. Errors are one line on standard error; --debug adds the traceback."""
    debug = "--debug" in arguments
    try:
        code = app([word for word in arguments if word != "--debug"], standalone_mode=False)
    except _UsageError as error:
        return _fail(f"{error.format_message()} (see ganlab --help)", 2, debug)
    except (ExperimentError, BadInputError) as error:
        return _fail(str(error), 2, debug)
    except (RunFileError, FailedError) as error:
        return _fail(str(error), 1, debug)
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        return 1
    except Exception as error:  # the last line of defence: one clear line instead of a traceback
        return _fail(f"{type(error).__name__}: {error}", 1, debug)
    return code if isinstance(code, int) else 0


def _fail(text: str, code: int, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    print(f"ganlab: {' '.join(text.split())}", file=sys.stderr)
    return code


def _version(wanted: bool) -> None:
    if wanted:
        print(f"ganlab {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    pass


@app.command()
def train(
    experiment: Annotated[str, typer.Argument(help="A preset's name, a .toml file, or a .ganlab run to continue.")],
    out: Annotated[Path | None, typer.Option("--out", help="The run file to write.")] = None,
    steps: Annotated[int | None, typer.Option("--steps", min=1, help="Iterations; for a run, so many more.")] = None,
    device: Annotated[str | None, typer.Option("--device", help="auto, cpu, cuda, cuda:N or mps.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change a setting; may be repeated.")
    ] = None,
    number: Number = None,
    keyframes: Annotated[
        float | None, typer.Option("--keyframes", min=0.0, metavar="MB", help="Megabytes of its past to keep, 500.")
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option("--weights", metavar="FILE", help="Begin with the weights in a .safetensors file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one progress object a second.")] = False,
) -> int:
    """Train without a window."""
    from ganlab_desktop.cli.training import train as train_run

    return train_run(
        *(experiment, out),
        steps=steps,
        device=device,
        settings=settings or [],
        number=number,
        keyframes=keyframes,
        weights=weights,
        as_json=as_json,
    )


@app.command()
def evaluate(
    run: RunPath,
    at: At = None,
    number: Number = None,
    samples: Annotated[
        int,
        typer.Option(min=100, max=1_000_000, help="Generated samples for the mode counts and the Inception network."),
    ] = 2500,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the latents.")] = 0,
    inception: Annotated[
        bool,
        typer.Option(
            "--inception",
            help="Of images also the scores that papers publish, by torch-fidelity (extra vision): FID, KID, Inception "
            "score, precision and recall in terms of Inception v3, beside all held-out images. GANLAB_INCEPTION names "
            "the file of its weights, which else is fetched.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Every metric that fits the data, of the generator's average where one is kept."""
    from ganlab_desktop.cli.looking import evaluate as evaluate_run

    scores = evaluate_run(run, at, number, samples, seed, inception=inception)
    _table(scores if as_json else {name: score for name, score in scores.items() if score is not None}, as_json)


@app.command()
def sample(
    run: RunPath,
    out: Annotated[
        Path,
        typer.Option("-o", "--out", help="OUT.npz (array 'samples'; 'labels', or 'inputs' and 'targets') or OUT.png."),
    ],
    count: Annotated[int, typer.Option("-n", min=1, max=10_000_000, help="Number of samples.")] = 2500,
    at: At = None,
    number: Number = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the latents.")] = 0,
    ema: Annotated[bool, typer.Option("--ema", help="Sample the generator's moving average.")] = False,
    units: Annotated[str, typer.Option(help="network, or original to undo the data's scale.")] = "network",
) -> None:
    """Generated samples, float32; of a conditional run with the classes that were asked for, int64; where images are
    translated with those that are given and their targets."""
    from ganlab_desktop.cli.looking import sample as sample_run

    sample_run(run, out, count=count, at=at, number=number, seed=seed, ema=ema, units=units)


@app.command()
def export(
    run: RunPath,
    what: Annotated[
        str,
        typer.Option("--what", metavar="|".join((*EXPORTS, "SPEC.toml")), help="What to make of the run."),
    ],
    out: Annotated[
        str, typer.Option("-o", "--out", help="The file to write, of samples also a folder; - for standard output.")
    ],
    at: At = None,
    number: Number = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Change a setting of the export; may be repeated."),
    ] = None,
    ending: Annotated[
        str | None, typer.Option("--format", help="The file's format; by the ending of its name otherwise.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Figures, data and more, of a run that may be training meanwhile. With -o - progress goes to standard error as
    JSON lines with fraction and doing. Settings are explained by ganlab show --export KIND. For programs, ganlab export
    --stdio loads first, tells that it is waiting, and takes these words, without -o, as a JSON list from one line of
    standard input; it ends with its input."""
    from ganlab_desktop.cli.exporting import export as export_run

    export_run(*(run, out), what=what, at=at, number=number, settings=settings or [], ending=ending, force=force)


@app.command("presets")
def list_presets(as_json: Json = False) -> None:
    """The stock experiments."""
    titles = {name: presets.load_preset(name).title for name in presets.preset_names()}
    _table(titles, as_json)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="PRESET_OR_RUN", help="A preset, a .toml or a .ganlab.")] = "",
    schema: Annotated[bool, typer.Option("--schema", help="Explain the run file instead, for other programs.")] = False,
    exported: Annotated[
        str, typer.Option("--export", metavar="KIND", help="Explain the settings of a kind of export instead.")
    ] = "",
) -> None:
    """An experiment as TOML, every setting explained."""
    if exported:
        print(documented_toml(export_of(exported)), end="")
        return
    if schema:
        from ganlab_desktop.runfile.documented import documented_schema

        print(documented_schema())
        return
    if not name:
        raise BadInputError("show: name a PRESET_OR_RUN, or write ganlab show --schema")
    from ganlab_desktop.cli.looking import experiment_of

    print(documented_toml(experiment_of(name)), end="")


@app.command()
def info(run: RunPath, as_json: Json = False) -> None:
    """What a run file holds: title, step where training would go on, runs, run, tree, created (UTC), experiment,
    sound (whether the file is whole), path, size in bytes, replay (whether its past is exact on this machine), and
    weights (the file that it began with, where its seed did not draw them)."""
    from ganlab_desktop.cli.looking import info as info_of

    facts = info_of(run)
    if not as_json:
        facts["experiment"] = files.to_toml(files.from_toml(facts["toml"])) if facts["sound"] else ""
        facts["tree"] = "\n".join(map(_told, facts["tree"]))
    del facts["toml"]
    _table(facts, as_json)


@app.command()
def doctor(as_json: Json = False) -> int:
    """Check this machine: versions, devices, the window's libraries, the data folder."""
    from ganlab_desktop.cli.doctor import examine

    findings = examine()
    _table({name: finding.text for name, finding in findings.items()}, as_json)
    return 0 if all(finding.good for finding in findings.values()) else 1


@app.command()
def bench(
    as_json: Json = False,
    seconds: Annotated[float, typer.Option(min=1.0, help="Length of each measurement.")] = 10.0,
    window: Annotated[bool, typer.Option(help="Also measure with a window.")] = True,
    preset: Annotated[str, typer.Option(help="ring-ns, or digits-dcgan for images.")] = "ring-ns",
) -> None:
    """Measure the engine alone against a plain PyTorch loop, and with a window at 30 and 60 frames a second."""
    from ganlab_desktop.cli.bench import PRESETS, measure

    if preset not in PRESETS:
        raise BadInputError(f"--preset: must be {' or '.join(PRESETS)}, got {preset!r}")
    _table(measure(seconds, preset, window=window, quiet=as_json), as_json)


@app.command()
def engine(
    stdio: Annotated[bool, typer.Option("--stdio", help="Serve a window on standard input and output.")] = False,
) -> int:
    """The engine process that the window talks to."""
    if not stdio:
        raise BadInputError("engine: write ganlab engine --stdio")
    from ganlab_desktop.engine.server import serve_stdio

    return serve_stdio()


def _told(run: dict[str, object]) -> str:
    """A run of a document in one line."""
    origin = f"from step {run['forked_at']} of run {run['parent']}" if run["parent"] else ""
    words = (f"{run['id']}: step {run['step']}", origin, run["title"], run["note"], "deleted" if run["deleted"] else "")
    return ", ".join(str(word) for word in words if word)


def _table(facts: Mapping[str, object], as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts))
        return
    width = max(map(len, facts), default=0)
    for name, value in facts.items():
        text = "-" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
        print(f"{name:<{width}}  {text}".replace("\n", "\n" + " " * (width + 2)).rstrip())
