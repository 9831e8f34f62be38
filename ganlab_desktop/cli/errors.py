"""What the command line refuses."""


class BadInputError(Exception):
    """An argument or a file that cannot be used; the message is one line for the user. Leaves with exit code 2."""
