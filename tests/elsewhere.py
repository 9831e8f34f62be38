"""Files of runs that were trained on another machine, for tests."""

import json
import sqlite3
from pathlib import Path
from typing import Any

from ganlab_desktop.runfile import blobs


def pretend(path: Path, elsewhere: dict[str, Any], table: str) -> None:
    """Let a file say that another machine made its run, or reached its newest state."""
    connection = sqlite3.connect(path)
    for number, facts in connection.execute(f"SELECT id, facts FROM {table}").fetchall():
        told = json.loads(facts)
        (told if table == "runs" else told["machine"]).update(elsewhere)
        text = json.dumps(told)
        connection.execute(f"UPDATE {table} SET facts = ? WHERE id = ?", (text, number))
        if table == "states":
            step, tensors = connection.execute("SELECT step, tensors FROM states WHERE id = ?", (number,)).fetchone()
            digest = blobs._digest(step, text, tensors)
            connection.execute("UPDATE states SET sha256 = ? WHERE id = ?", (digest, number))
    connection.commit()
    connection.close()
