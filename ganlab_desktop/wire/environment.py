"""Names of the environment variables in which an engine finds what its user prefers."""

KEYFRAMES = "GANLAB_KEYFRAMES"  # megabytes of a run's keyframes in all
IN_MEMORY = "GANLAB_KEYFRAMES_IN_MEMORY"  # megabytes of them that stay in memory though the file has them
THREADS = "GANLAB_THREADS"  # CPU threads that train; a number that suits the networks where there is none
MOST_THREADS = 1024
MOST_MEGABYTES = 1e9
DEFAULT_MEGABYTES = {KEYFRAMES: 500.0, IN_MEMORY: 64.0}
