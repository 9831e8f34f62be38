"""Where this program keeps what is its own on the user's machine."""

import os
from pathlib import Path

import platformdirs


def data_directory() -> Path:
    """The user's data folder of this program; GANLAB_DATA puts it elsewhere."""
    return Path(os.environ.get("GANLAB_DATA") or platformdirs.user_data_dir("ganlab", appauthor=False))


def classifiers_directory() -> Path:
    """Classifiers of image sets, which take seconds to train and are small."""
    return data_directory() / "classifiers"
