"""Runs: rows of many mailboxes, one after another."""

from __future__ import annotations

import atexit
import itertools
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Generic, TypeVar

from . import _native
from ._connection import LOG, OfOneProcess
from ._stream import Stream, open_streams
from .rows import Mailbox, Row, maker

T_co = TypeVar("T_co", covariant=True)

#: The longest that a call of the library waits: Ctrl+C is heard between two of them.
WAIT_MS = 100
#: Requests of a run that writes land for so long after it was stopped, and a moment for the journal.
LANDING_SECONDS = 6.0
#: Waiting for so long needs no word.
_SILENT_SECONDS = 0.3
#: Input that comes slowly is pushed after so long.
_PATIENCE_SECONDS = 0.05


class Run(OfOneProcess, Generic[T_co], Iterator[T_co]):
    """The rows of a run, as they come.

    Iterate over it to its end, or leave it by `with`, `close` or an exception (Ctrl+C too): then nothing more is sent,
    what is in flight lands, and a run with a journal goes on from there when it is started again. Several threads may
    take rows: each row goes to one of them.
    """

    def __init__(self, stream: Stream, mailboxes: Iterable[Mailbox] | None, into: type[T_co] | None) -> None:
        self._stream = stream
        self._mailboxes = iter(mailboxes if mailboxes is not None else ())
        self._all_given = mailboxes is None
        self._make = maker(into)
        self._ready: deque[Row] = deque()
        self._lock = threading.Lock()
        #: The thread that takes rows.
        self._taker: int | None = None

    def __iter__(self) -> Run[T_co]:
        return self

    def __next__(self) -> T_co:
        # Before the lock: in a forked child a thread that is not there may hold it.
        _native.library()
        if self._taker == threading.get_ident():
            # It would wait for itself.
            raise RuntimeError("the run is at work: its own input, a handler of its log or a signal's asked for its rows")
        with self._lock:
            self._taker = threading.get_ident()
            try:
                while not self._ready and not self._stream.ended:
                    self._ready.extend(self._turn())
            except BaseException:
                self.close()
                raise
            finally:
                self._taker = None
            if not self._ready:
                raise StopIteration
            return self._make(self._ready.popleft())

    def _turn(self) -> list[Row]:
        until = time.monotonic() + _PATIENCE_SECONDS
        while self._stream.is_hungry and not self._all_given and time.monotonic() < until:
            some = list(itertools.islice(self._mailboxes, 1))
            self._all_given = not some
            for mailbox in some:
                self._stream.give(mailbox)
        has_room = self._stream.push(is_last=self._all_given)
        return self._stream.next(0 if has_room and not self._all_given else WAIT_MS)

    @property
    def progress(self) -> dict[str, Any]:
        """Counts, as docs/abi.md lists them ("Streams"): `completed`, `failed`, `requests`, `throttled` ..."""
        return self._stream.progress

    def cancel(self) -> None:
        """Starts no more requests; whoever iterates gets CancelledError. From any thread."""
        self._stream.cancel()

    def close(self) -> None:
        """Ends the run and waits until its journal can be used again: as long as what is in flight, at most 6 seconds."""
        self._ready.clear()
        end(self._stream)

    def __enter__(self) -> Run[T_co]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def end(stream: Stream) -> None:
    """Ends a stream, and waits for what it had in flight. A second Ctrl+C ends the waiting too."""
    try:
        stream.cancel()
        begun = time.monotonic()
        is_told = False
        while stream.lives and time.monotonic() < begun + LANDING_SECONDS:
            if not is_told and time.monotonic() > begun + _SILENT_SECONDS:
                is_told = True
                LOG.warning(
                    "nothing more is sent; waiting at most %.0f seconds for the answers of what is in flight, "
                    "so that it is known what was written; Ctrl+C leaves at once",
                    LANDING_SECONDS,
                )
            time.sleep(0.005)
    finally:
        stream.ended = True
        stream.free()


def _end_all() -> None:
    for stream in list(open_streams):
        end(stream)


atexit.register(_end_all)
