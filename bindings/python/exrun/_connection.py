"""A client of the library, and what happens beside its work: its log, its prompts, its signatures."""

from __future__ import annotations

import base64
import json
import logging
import sys
from collections.abc import Callable, Mapping
from ctypes import byref, c_int64, c_void_p
from typing import Any

from . import _native
from ._abi import PENDING
from .credentials import CallerCertificate, Credential, Sign
from .errors import StateError

#: An event, as docs/abi.md has it ("Events"): `event`, `severity`, `time`, `message` and what belongs to it.
Event = Mapping[str, Any]

#: Warnings reach standard error where a program sets up no logging, as those of Python do.
LOG = logging.getLogger("exrun")

_LEVELS = {"info": logging.INFO, "warning": logging.WARNING}


def _show(event: Event) -> None:
    print(event["message"], file=sys.stderr, flush=True)


class OfOneProcess:
    """What is neither copied nor sent to another process: it stands for an object of the library in this one."""

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise TypeError(f"{type(self).__name__} is neither copied nor pickled: make one where it is used")


class Listener(OfOneProcess):
    """Who hears of events: the log, and for what a person has to do, `on_prompt`."""

    def __init__(self, on_prompt: Callable[[Event], None] | None = None) -> None:
        if on_prompt is not None and not callable(on_prompt):
            raise TypeError(f"on_prompt must be a function that takes an event, not {type(on_prompt).__name__}")
        self._on_prompt = on_prompt or _show

    def drain(self, function: str, handle: int) -> None:
        """Tells what there is to tell."""
        for line in _native.bytes_of(function, handle).splitlines():
            event = json.loads(line)
            level = _LEVELS.get(event.get("severity", "info"))
            if level is None:
                # A code to sign in with is for the person who does it, and not for a file.
                self._on_prompt(event)
            else:
                LOG.log(level, "%s", event.get("message", event.get("event")), extra={"exrun": event})

    def sign(self) -> bool:
        """Answers what waits for a signature; whether there was something."""
        return False


class Connection(Listener):
    """A client: an app in a tenant. It is used in the process that made it."""

    def __init__(
        self,
        tenant_id: str | None,
        client_id: str | None,
        credential: Credential | None,
        on_prompt: Callable[[Event], None] | None,
        options: Mapping[str, Any],
    ) -> None:
        self._handle = 0
        super().__init__(on_prompt)
        if credential is not None and not isinstance(credential, Credential):
            raise TypeError(
                f"the credential must be one of exrun's, such as exrun.Certificate, not {type(credential).__name__}"
            )
        self._shown = f"{tenant_id or 'no tenant'}, {client_id or 'no app'}, {type(credential).__name__}"
        self._sign: Sign | None = credential.sign if isinstance(credential, CallerCertificate) else None
        whole = {
            "tenant_id": tenant_id,
            "client_id": client_id,
            "credential": None if credential is None else credential.members(),
            **options,
        }
        with _native.encoded(whole) as (text, length):
            self._handle = _native.make("exrun_client_new", text, length)

    @property
    def handle(self) -> int:
        """The handle, of an open client in its own process."""
        _native.library()
        if not self._handle:
            raise StateError(-40, {"name": "InvalidHandle", "message": "the client is closed"})
        return self._handle

    def close(self) -> None:
        """Frees the client. Work that was started goes on."""
        handle, self._handle = self._handle, 0
        _native.free("exrun_client_free", handle)

    def sign(self) -> bool:
        data, length = c_void_p(), c_int64()
        if self._sign is None:
            return False
        if _native.call("exrun_signature_request", self.handle, byref(data), byref(length)) == PENDING:
            return False
        request = json.loads(_native.take(data, length))
        signature = self._sign(base64.b64decode(request["digest"]), request["alg"])
        if signature is None:
            _native.call("exrun_signature_decline", self.handle, request["id"])
        else:
            _native.call("exrun_signature_provide", self.handle, request["id"], signature, len(signature))
        return True

    def __repr__(self) -> str:
        return f"({self._shown}{'' if self._handle else ', closed'})"

    def __del__(self) -> None:
        self.close()
