"""Replies to what the window asks for: what a job returns, or why it failed."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.wire.messages import Comparison, Content, Curves, Machine, Reply, Scene

_log = logging.getLogger(__name__)


def replied(request: int, job: Callable[[], Content], surroundings: AbstractContextManager[object]) -> Reply:
    """Do a job within some surroundings, and tell what came of it."""
    try:
        with surroundings:
            content = job()
        match content:
            case Scene() as scene:
                return Reply(request, scene=scene)
            case Curves() as curves:
                return Reply(request, curves=curves)
            case Comparison() as comparison:
                return Reply(request, comparison=comparison)
            case Machine() as machine:
                return Reply(request, machine=machine)
            case None:
                return Reply(request)
    except (ExperimentError, RunFileError) as error:
        return Reply(request, error=str(error))
    except Exception as error:  # a defect must reach the user as a message, not end the engine
        _log.exception("a command failed")
        return Reply(request, error=f"unexpected {type(error).__name__}: {error}")
