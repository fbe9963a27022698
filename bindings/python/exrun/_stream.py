"""A stream of the library with its input: everything but the waiting, which threads and asyncio do in their own ways."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping
from contextlib import suppress
from ctypes import byref, c_int32, c_int64, c_void_p
from typing import Any

from . import _native, rows
from ._abi import END, NEEDS_SIGNATURE, OK
from ._connection import Listener
from .errors import StateError
from .rows import Row

#: So many bytes of input are kept ready.
_READY = 64 * 1024

#: Streams that nobody has ended; the end of the process ends them, so that journals are let go of.
open_streams: weakref.WeakSet[Stream] = weakref.WeakSet()


class Stream:
    """A stream. Nothing here waits longer than it is told."""

    def __init__(
        self,
        listener: Listener,
        function: str,
        client: int | None,
        request: Mapping[str, Any],
        *,
        takes_input: bool,
    ) -> None:
        self._listener = listener
        self._handle = 0
        self._process = os.getpid()
        self._lines = b""
        self._takes_input = takes_input
        self._last: dict[str, Any] = {}
        self.ended = False
        with _native.encoded(request) as (text, length):
            first = () if client is None else (client,)
            self._handle = _native.make(function, *first, text, length)
        open_streams.add(self)

    @property
    def is_hungry(self) -> bool:
        """Whether input is wanted."""
        return self._takes_input and len(self._lines) < _READY

    def give(self, mailbox: rows.Mailbox) -> None:
        """Takes a mailbox, to be pushed."""
        if not (mailbox is None or isinstance(mailbox, (str, Mapping))):
            raise TypeError(f"a mailbox must be str, a mapping or None, not {type(mailbox).__name__}")
        self._lines += _native.as_json(mailbox).encode("utf-8") + b"\n"

    def push(self, *, is_last: bool) -> bool:
        """Pushes what fits; whether something did. Says when no more follows."""
        taken = c_int64()
        if self.ended:
            # By what gave the input.
            return False
        if self._lines:
            _native.call("exrun_stream_push", self._handle, self._lines, len(self._lines), byref(taken))
            self._lines = self._lines[taken.value :]
        if is_last and not self._lines and self._takes_input:
            _native.call("exrun_stream_finish_input", self._handle)
            self._takes_input = False
        return taken.value > 0

    def next(self, wait_ms: int) -> list[Row]:
        """The rows that are there, or come in this time. `ended` says when none follow."""
        data, length, count = c_void_p(), c_int64(), c_int32()
        handle, found = self._handle, list[Row]()
        if self.ended:
            return found
        try:
            status = _native.call("exrun_stream_next", handle, wait_ms, 0, byref(data), byref(length), byref(count))
            if status == OK:
                found = rows.read(_native.take(data, length))
            elif status == NEEDS_SIGNATURE:
                self._listener.sign()
        finally:
            self._tell(handle)
        if status == END:
            self.ended = True
            self.free()
        return found

    def _tell(self, handle: int) -> None:
        """Tells what there is to tell, of a stream that another thread has perhaps ended."""
        with suppress(StateError):
            self._listener.drain("exrun_stream_events", handle)

    @property
    def is_own(self) -> bool:
        """Whether there is a stream, and this is the process that it belongs to."""
        return self._handle != 0 and os.getpid() == self._process

    @property
    def progress(self) -> dict[str, Any]:
        """Counts of the stream; of one that is over, its last."""
        with suppress(StateError):
            if self.is_own:
                self._last = _native.json_of("exrun_stream_progress", self._handle)
        return dict(self._last)

    def cancel(self) -> None:
        """Starts nothing more."""
        with suppress(StateError):
            if self.is_own:
                _native.call("exrun_stream_cancel", self._handle)

    @property
    def lives(self) -> bool:
        """Whether something is still in flight, or the journal in use. False for what has no journal."""
        return self.is_own and not self.progress.get("ended", True)

    def free(self) -> None:
        """Gives the stream back. What still runs is cancelled."""
        self._last = self.progress
        handle, self._handle = self._handle, 0
        _native.free("exrun_stream_free", handle)
        open_streams.discard(self)

    def __del__(self) -> None:
        handle, self._handle = self._handle, 0
        _native.free("exrun_stream_free", handle)
