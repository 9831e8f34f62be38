"""What can be exported, as data: one spec per kind, and the table of them. The window's dialogs, the command line and
reproduction bundles read it alike."""
