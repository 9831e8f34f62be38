"""What cannot be exported."""


class ExportError(Exception):
    """An export that this run or this machine cannot give; the message is one line for the user."""
