"""Low priority for what may wait."""

import os
import subprocess
import sys
import threading

_NICENESS = 3
START_LOW = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)  # a process of low priority, on Windows


def lower_thread() -> None:
    """Give the calling thread low priority, on Linux; elsewhere a priority belongs to a process."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def lower_process() -> None:
    """Give this process low priority; on Windows it was started with it, see START_LOW."""
    if sys.platform != "win32":
        os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
