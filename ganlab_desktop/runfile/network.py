"""Whether a file lies on another machine, where a write-ahead log's shared memory does not reach."""

import os
import sys
from pathlib import Path

_REMOTE = {"9p", "afs", "ceph", "cifs", "davfs", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs"}
_REMOTE |= {"fuse.davfs2", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "vboxsf"}
_DRIVE_REMOTE = 4  # what GetDriveTypeW says of a network drive
_MOUNTS = Path("/proc/self/mounts")


def is_remote(path: Path) -> bool:
    """Whether the file's place is known to be a network drive; False where the system does not tell."""
    place = path.resolve().parent
    if sys.platform == "win32":
        import ctypes

        drive = f"{place.drive}\\"
        return drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive) == _DRIVE_REMOTE
    try:
        mounts = _MOUNTS.read_text(errors="replace")
    except OSError:
        return False
    return kind_of_mount(place, mounts) in _REMOTE


def kind_of_mount(place: Path, mounts: str) -> str:
    """The file system of a folder, by a table as in /proc/self/mounts: of mounts in one place the last one counts."""
    found, longest = "", -1
    for line in mounts.splitlines():
        _, point, kind, *_ = (*line.split(" "), "", "")
        point = point.encode().decode("unicode_escape")  # a space is \\040 there
        if len(point) >= longest and place.is_relative_to(point or os.sep):
            found, longest = kind, len(point)
    return found
