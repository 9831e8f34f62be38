"""The run's file while it trains: snapshots are taken by the training thread and written by another."""

import logging
import math
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.engine.glance import Glance
from ganlab_desktop.engine.history import Rows
from ganlab_desktop.engine.imported import embed
from ganlab_desktop.engine.run import Run
from ganlab_desktop.engine.thumbnail import drawn
from ganlab_desktop.engine.timeline import Edit, Keyframe, LoneMoves
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.runfile import RunFile

_log = logging.getLogger(__name__)

_INTERVAL = 1.0  # seconds between snapshots; a kill loses at most this and the time of two writes
_WRITE_SHARE = 10.0  # while it trains the interval is at least so many times the time that a write takes
_THUMBNAIL_AFTER = 20.0  # seconds until a run is drawn anew


@dataclass(frozen=True)
class _Snapshot:
    state: tuple[int, dict[str, NDArray[np.generic]], dict[str, Any]] | None  # None once the run has diverged
    rows: dict[str, tuple[tuple[str, ...], Rows]]
    keyframes: list[Keyframe]  # that the file has not
    dropped: list[Keyframe]  # that the timeline no longer has
    edits: list[Edit]  # that the file has not
    bookmarks: dict[int, str]
    events: dict[tuple[int, str], str]  # that the file has not
    thumbnail: dict[str, Picture]  # what is to be seen on it; empty for none
    moves: list[LoneMoves]
    last_move: int


class Writer:
    """Keeps a run file in step with its run. All methods but the writing itself are for the training thread.

    One snapshot is on its way at a time. `on_saved(step)` and `on_failed(text)` are called from the writing thread.
    """

    def __init__(
        self, run: Run, file: RunFile, on_saved: Callable[[int], None], on_failed: Callable[[str], None]
    ) -> None:
        self.file = file
        self._run = run
        self._on_saved = on_saved
        self._on_failed = on_failed
        # What the file has already: what a full disk kept out goes with the next snapshot.
        self._written = {name: len(file.series(name).steps) for name in run.history}  # rows
        self._moves = len(file.moves())
        self._edits = len(file.edits())
        self._bookmarks = file.bookmarks()
        self._events = {(event.step, event.kind) for event in file.events()}
        self._glance: Glance | None = None
        self._drawn_step = -1
        self._drawn_at = -math.inf
        self._saved_step = -1
        self._last = monotonic()
        self._write_seconds = 0.0
        self._pending: _Snapshot | None = None
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._write_pending, name="writer", daemon=True)
        self._thread.start()

    def tick(self, *, resting: bool = False) -> None:
        """Hand over a snapshot if one is due and the one before is written."""
        interval = _INTERVAL if resting else max(_INTERVAL, _WRITE_SHARE * self._write_seconds)
        if monotonic() - self._last < interval or self._pending is not None or not self._behind:
            return
        self._last = monotonic()
        snapshot = self._snapshot()
        with self._changed:
            self._pending = snapshot
            self._changed.notify_all()

    def write_now(self, *, last: bool = False) -> None:
        """Write the present state and all edits before returning, and if it is the `last` one, with a thumbnail.
        Raises RunFileError."""
        self._settle()
        self._write(self._snapshot(last=last))

    @property
    def _behind(self) -> bool:
        """Whether the file lacks what has happened. Not for while a snapshot is on its way."""
        timeline = self._run.timeline
        noted = (self._edits, self._bookmarks) == (len(timeline.edits), timeline.bookmarks)
        return self._run.step != self._saved_step or not noted

    def close(self, *, for_good: bool) -> None:
        """Write what is left, forget the deleted runs if it is `for_good`, and close the file. Raises RunFileError; the
        file is closed all the same."""
        try:
            self.write_now(last=True)
            if for_good:
                with suppress(RunFileError):  # on a full disk, say: they go another time
                    self.file.purge()
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Close the file as it is."""
        self.retire()
        self.file.close()

    def retire(self) -> None:
        """Let go of the file, which stays open."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _snapshot(self, *, last: bool = False) -> _Snapshot:
        self._run.flush()
        rows = {
            name: (history.columns, history.after(self._written[name])) for name, history in self._run.history.items()
        }
        timeline = self._run.timeline
        timeline.release()
        return _Snapshot(
            state=None if self._run.diverged else self._run.state(),
            rows=rows,
            keyframes=[keyframe for keyframe in timeline.keyframes if keyframe.row is None],
            dropped=list(timeline.dropped),
            edits=timeline.edits[self._edits :],
            bookmarks=dict(timeline.bookmarks),
            events={what: text for what, text in self._run.events.items() if what not in self._events},
            thumbnail=self._look(last=last),
            moves=timeline.moves[max(0, self._moves - 1) :],  # the last one may have grown
            last_move=len(timeline.moves),
        )

    def _look(self, *, last: bool) -> dict[str, Picture]:
        """What a thumbnail shows, where it is time for one."""
        run = self._run
        due = last or monotonic() - self._drawn_at > _THUMBNAIL_AFTER
        if not due or run.diverged or run.game.position or run.step == self._drawn_step:
            return {}
        if self._glance is None:
            self._glance = Glance(run.game)
        self._drawn_step, self._drawn_at = run.step, monotonic()
        try:
            return self._glance()
        except Exception:  # a run is saved without its picture, whatever keeps that from being drawn
            _log.exception("a thumbnail could not be drawn")
            return {}

    def _settle(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._pending is None)

    def _write_pending(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._pending is not None or self._closing)
                snapshot = self._pending
            if snapshot is None:
                return
            try:
                self._write(snapshot)
            except RunFileError as error:
                self._on_failed(str(error))
            except Exception as error:  # out of memory, say: whoever waits for this thread must not wait for ever
                _log.exception("writing the run failed")
                self._on_failed(f"{self.file.path}: cannot be written ({type(error).__name__}: {error})")
            finally:
                with self._changed:
                    self._pending = None
                    self._changed.notify_all()

    def _write(self, snapshot: _Snapshot) -> None:
        started = monotonic()
        embed(self.file, *(edit.experiment for edit in snapshot.edits))
        for edit in snapshot.edits:
            self.file.add_edit(edit.step, edit.changes, edit.experiment)
            self._edits += 1
        self._write_bookmarks(snapshot.bookmarks)
        for (step, kind), text in snapshot.events.items():
            self.file.add_event(step, kind, text)
            self._events.add((step, kind))
        for name, (columns, (steps, values)) in snapshot.rows.items():
            if len(steps):
                self.file.append_series(name, columns, steps, values)
                self._written[name] += len(steps)
        if snapshot.moves:
            self.file.put_moves(snapshot.moves)
        self._moves = snapshot.last_move
        if snapshot.dropped:
            self.file.drop_keyframes([keyframe.row for keyframe in snapshot.dropped if keyframe.row is not None])
            del self._run.timeline.dropped[: len(snapshot.dropped)]
        for keyframe in snapshot.keyframes:
            if keyframe.state is not None:
                arrays = {name: tensor.numpy() for name, tensor in keyframe.state.tensors.items()}
                keyframe.row = self.file.add_keyframe(keyframe.step, keyframe.edits, arrays, keyframe.state.facts)
        if snapshot.state is not None:  # after the rows: what lies beyond the newest state is cut on opening
            self.file.write_state(*snapshot.state)
        self._write_seconds = monotonic() - started
        if snapshot.state is not None:
            self._saved_step = snapshot.state[0]
            self._on_saved(self._saved_step)
            if snapshot.thumbnail:
                self._write_thumbnail(self._saved_step, snapshot.thumbnail)

    def _write_thumbnail(self, step: int, seen: dict[str, Picture]) -> None:
        try:
            self.file.put_thumbnail(step, drawn(seen, self._run.game.objective.neutral))
        except Exception:  # all that matters is saved
            _log.exception("a thumbnail could not be written")

    def _write_bookmarks(self, bookmarks: dict[int, str]) -> None:
        for step in self._bookmarks.keys() - bookmarks.keys():
            self.file.drop_bookmark(step)
            del self._bookmarks[step]
        for step, note in bookmarks.items():
            if self._bookmarks.get(step) != note:
                self.file.put_bookmark(step, note)
                self._bookmarks[step] = note
