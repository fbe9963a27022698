"""The native library: found, loaded with the first call, and called.

ctypes lets go of the interpreter's lock for as long as a call takes, so that other threads go on.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ctypes import POINTER, byref, c_int32, c_int64, c_void_p
from pathlib import Path
from typing import Any

from ._abi import ABI_VERSION, FUNCTIONS, OK
from ._secret import Secret
from .errors import ExRunError, ForkedError, error_of
from .requests import BINARY, NESTED, SECRETS

_KINDS: dict[str, Any] = {
    "int32_t": c_int32,
    "int64_t": c_int64,
    "int32_t*": POINTER(c_int32),
    "int64_t*": POINTER(c_int64),
    "const uint8_t*": ctypes.c_char_p,
    "uint8_t*": c_void_p,
    "uint8_t**": POINTER(c_void_p),
}
_FILE = {"win32": "exrun.dll", "darwin": "libexrun.dylib"}.get(sys.platform, "libexrun.so")
_loading = threading.Lock()
_loaded: ctypes.CDLL | None = None
_process = 0


def path() -> Path:
    """The library's file: that of EXRUN_LIBRARY, else the one that the wheel brought."""
    named = os.environ.get("EXRUN_LIBRARY")
    return Path(named).absolute() if named else Path(__file__).parent / "_library" / _FILE


def library() -> ctypes.CDLL:
    """The library. It is loaded here and not with the package: a program may import it, fork, and use it in the children."""
    if _loaded is None:
        with _loading:
            return _load()
    if os.getpid() != _process:
        # The library would say so too; by then a child has perhaps taken a lock that nobody gives back.
        raise forked()
    return _loaded


def forked() -> ForkedError:
    """What a forked child gets."""
    return ForkedError(
        -44,
        {
            "name": "Forked",
            "message": f"this process ({os.getpid()}) was forked from one that uses ExRun ({_process}), "
            "and has none of the threads that do its work",
            "hint": "make clients in the process that uses them: with multiprocessing take the start method spawn "
            "or forkserver, or import exrun before the fork and make the first client after it",
        },
    )


def _load() -> ctypes.CDLL:
    global _loaded, _process
    if _loaded is None:
        file = path()
        try:
            found = ctypes.CDLL(str(file))
        except OSError as fault:
            raise ImportError(
                f"the library of ExRun cannot be loaded from {file}: {fault}. "
                "Install a wheel for this system, or name the library in EXRUN_LIBRARY."
            ) from fault
        version = found.exrun_abi_version()
        if version != ABI_VERSION:
            raise ImportError(f"{file} speaks version {version} of the ABI; this package needs {ABI_VERSION}")
        for name, kinds in FUNCTIONS.items():
            function = getattr(found, name)
            function.restype = c_int32
            function.argtypes = [_KINDS[kind] for kind in kinds]
        _loaded, _process = found, os.getpid()
    return _loaded


def call(name: str, *arguments: Any) -> int:
    """Calls a function whose last parameter is its error. Gives its status, or raises what it reported."""
    error = c_int64()
    status: int = getattr(library(), name)(*arguments, byref(error))
    if status < 0:
        raise _taken(status, error.value)
    return status


def make(name: str, *arguments: Any) -> int:
    """Calls a function that gives a handle."""
    handle = c_int64()
    call(name, *arguments, byref(handle))
    return handle.value


def bytes_of(name: str, *arguments: Any) -> bytes:
    """Calls a function that gives bytes."""
    data, length = c_void_p(), c_int64()
    call(name, *arguments, byref(data), byref(length))
    return take(data, length)


def json_of(name: str, *arguments: Any) -> Any:
    """Calls a function that gives JSON."""
    return json.loads(bytes_of(name, *arguments))


def take(data: c_void_p, length: c_int64) -> bytes:
    """Copies bytes that the library gave, and gives them back."""
    try:
        return ctypes.string_at(data.value or 0, length.value)
    finally:
        library().exrun_bytes_free(data)


def free(name: str, handle: int) -> None:
    """Frees a handle. In a forked child it is the parent's, who frees it."""
    if handle and _loaded is not None and os.getpid() == _process:
        getattr(_loaded, name)(handle)


def _taken(status: int, handle: int) -> ExRunError:
    if not handle:
        return forked() if status == -44 else error_of(status)
    data, length = c_void_p(), c_int64()
    found = library()
    try:
        if found.exrun_error_json(handle, byref(data), byref(length)) != OK:
            return error_of(status)
        return error_of(status, json.loads(take(data, length)))
    finally:
        found.exrun_error_free(handle)


@contextmanager
def encoded(request: Mapping[str, Any]) -> Iterator[tuple[bytes, int]]:
    """A request as the library takes it, for the time of the call: its text and the text's length.

    Members have the names of the ABI. What is secret never stands in the text: the text names a handle, which the call
    makes its own.
    """
    secrets: list[int] = []
    if "format" in request:
        raise TypeError("there is no format to choose: rows and results come as dicts; out_file writes other formats")

    def kept(value: Any) -> int:
        data = Secret(value).reveal_bytes()
        secrets.append(make("exrun_secret_new", data, len(data)))
        return secrets[-1]

    def members(of: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in of.items():
            if value is not None and name in SECRETS:
                value = kept(value)
            elif name in NESTED and isinstance(value, Mapping):
                value = members(value)
            elif name in NESTED and isinstance(value, (list, tuple)):
                value = [members(item) if isinstance(item, Mapping) else item for item in value]
            elif isinstance(value, bytes) and name not in BINARY:
                # As base64 it would be a name, or a path, of something else.
                raise TypeError(f"{name} must not be bytes")
            found[camel(name)] = value
        return found

    try:
        text = as_json(members(request)).encode("utf-8")
        yield text, len(text)
    finally:
        for handle in secrets:
            free("exrun_secret_free", handle)


def camel(name: str) -> str:
    """`max_concurrency` as the ABI writes it: `maxConcurrency`."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def as_json(value: Any) -> str:
    """JSON, with paths as text and bytes as base64. Numbers that JSON has no word for are refused."""
    return json.dumps(value, default=_plain, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Secret):
        raise TypeError("a secret cannot stand here: it would be in the text of the request")
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def decoded(text: bytes) -> Any:
    """A result. The secrets that it names by their handles are read, and the handles given back."""
    result = json.loads(text)
    if isinstance(result, dict):
        for name, value in result.items():
            if name.endswith("Secret") and isinstance(value, int):
                try:
                    result[name] = Secret(bytes_of("exrun_secret_read", value))
                finally:
                    free("exrun_secret_free", value)
    return result
