"""One file per kind of figure: `gather` its data from a run, `draw` them, and `aspect`, its height over its width."""
