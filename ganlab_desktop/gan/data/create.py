"""The exact distribution behind each kind of toy data; every family registers what it makes of its specs."""

from functools import singledispatch

from ganlab_desktop.experiment.data import DataSpec
from ganlab_desktop.gan.data.distribution import Distribution


@singledispatch
def create(spec: DataSpec) -> Distribution:
    """The distribution of a spec, from which fresh points can be drawn without end."""
    raise TypeError(f"no distribution is registered for {type(spec).__name__}")
