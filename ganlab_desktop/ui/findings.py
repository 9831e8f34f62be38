"""Findings of what goes wrong with a training, in the user's language."""

from PySide6.QtCore import QCoreApplication

from ganlab_desktop.wire.messages import Finding


def told(finding: Finding) -> tuple[str, str]:
    """Title and text of a finding."""
    title, text = (QCoreApplication.translate("health", words) for words in (finding.title, finding.text))
    return title, text.format(**finding.values)
