"""Shared by all tests."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before any test imports Qt
