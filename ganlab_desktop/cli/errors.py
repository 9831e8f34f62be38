"""What the command line refuses."""


class BadInputError(Exception):
    """An argument or a file that cannot be used; the message is one line for the user. Leaves with exit code 2."""


class FailedError(Exception):
    """Work that did not come to its end; the message is one line for the user. Leaves with exit code 1."""
