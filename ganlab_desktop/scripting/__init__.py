"""Runs for scripts, notebooks and the command line, which needs nothing else to train and to look."""
