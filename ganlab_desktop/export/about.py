"""What a file says of how it was made."""

import json
from typing import Any, NamedTuple

from ganlab_desktop import __version__
from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment import files, paths
from ganlab_desktop.experiment.exports.page import Export


class About(NamedTuple):
    """Of what and how a file was made: enough to make it again. `experiment` is TOML, `exact`
    whether the states shown are those of the training, bit for bit."""

    title: str
    document: str
    run: int
    step: int
    seed: int
    export: dict[str, Any]
    experiment: str
    exact: bool
    version: str = f"GAN Lab Desktop {__version__}"

    @property
    def line(self) -> str:
        """Title, run and step for people."""
        return f"{self.title or self.document}: run {self.run}, step {self.step:,}"

    def json(self) -> str:
        return json.dumps(self._asdict(), ensure_ascii=False)


def about(visit: Visit, export: Export) -> About:
    """Of an export of a run as it stands."""
    run = visit.run
    return About(
        title=run.experiment.title,
        document=visit.file.path.name,
        run=visit.file.run,
        step=run.step,
        seed=run.experiment.seed,
        export=paths.as_dict(export),
        experiment=files.to_toml(run.experiment),
        exact=visit.exact,
    )
