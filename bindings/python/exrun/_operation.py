"""An operation of the library: everything but the waiting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import _native
from ._abi import NEEDS_SIGNATURE, OK
from ._connection import Listener
from .run import WAIT_MS


class Operation:
    """An operation. `with` gives it back, which cancels what still runs."""

    def __init__(self, listener: Listener, function: str, client: int | None, request: Mapping[str, Any]) -> None:
        self._listener = listener
        self._handle = 0
        with _native.encoded(request) as (text, length):
            first = () if client is None else (client,)
            self._handle = _native.make(function, *first, text, length)

    def has_ended(self, wait_ms: int) -> bool:
        """Whether it has ended, or does in this time."""
        status = _native.call("exrun_operation_wait", self._handle, wait_ms)
        if status == NEEDS_SIGNATURE:
            self._listener.sign()
        self._listener.drain("exrun_operation_events", self._handle)
        return status == OK

    def result(self) -> Any:
        """What came of it."""
        return _native.decoded(_native.bytes_of("exrun_operation_take", self._handle))

    def __enter__(self) -> Operation:
        return self

    def __exit__(self, *_: object) -> None:
        handle, self._handle = self._handle, 0
        _native.free("exrun_operation_free", handle)


def operate(listener: Listener, function: str, client: int | None, request: Mapping[str, Any]) -> Any:
    """An operation to its end."""
    with Operation(listener, function, client, request) as operation:
        while not operation.has_ended(WAIT_MS):
            pass
        return operation.result()
