"""Places that are not an ordinary folder of this machine."""

from pathlib import Path

import numpy as np
import pytest

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.runfile import connections, network
from ganlab_desktop.runfile.peek import peek
from ganlab_desktop.runfile.runfile import RunFile

MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/home /home nfs4 rw,vers=4.2 0 0
//server/my\\040share /mnt/my\\040share cifs rw 0 0
/dev/vdb /home/local ext4 rw 0 0
me@far: /home/local/far fuse.sshfs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/tmp", "ext4"),
        ("/home/me", "nfs4"),
        ("/homes", "ext4"),
        ("/mnt/my share/runs", "cifs"),
        ("/home/local/me", "ext4"),
        ("/home/local/far/runs", "fuse.sshfs"),
    ],
)
def test_the_innermost_mount_tells_the_kind_of_a_place(place: str, kind: str) -> None:
    assert network.kind_of_mount(Path(place), MOUNTS) == kind


def test_an_ordinary_place_is_not_remote(tmp_path: Path) -> None:
    assert not network.is_remote(tmp_path / "a.ganlab")


def test_a_network_drive_gets_a_rollback_journal_and_survives_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.ganlab"
    RunFile.create(path, Experiment(title="a")).close()
    connections.writer(path).close()  # leaves the mark of a write-ahead log
    monkeypatch.setattr(connections, "is_remote", lambda path: True)
    file = RunFile.open(path)
    assert file._connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    file.write_state(10, {"w": np.zeros(5000)}, {})
    assert peek(path).step == 10  # while it is open
    file._connection.execute("PRAGMA cache_size = 2")  # so that a change is in the file before it is committed
    file._connection.execute("BEGIN IMMEDIATE")
    file._connection.execute("UPDATE states SET tensors = zeroblob(1000000)")
    copy = tmp_path / "copy"
    copy.mkdir()
    assert (tmp_path / "a.ganlab").stat().st_size > 1_000_000
    for left in tmp_path.glob("a.ganlab*"):  # what a kill in mid-transaction leaves
        (copy / left.name).write_bytes(left.read_bytes())
    file._connection.execute("ROLLBACK")
    file.close()
    with RunFile.open(copy / "a.ganlab") as again:
        state = again.latest_state()
        assert state is not None
        assert state.step == 10
        assert again.is_sound()
    assert [left.name for left in copy.iterdir()] == ["a.ganlab"]
