"""Binds the library by reading its header: no packages, no list of functions to keep up to date.

EXRUN_LIBRARY names the library. EXRUN_CONNECT_TO names a listener that never answers, so that work that was
started stays in flight.
"""

import ctypes
import json
import os
import re
from pathlib import Path

HEADER = Path(__file__).resolve().parents[2] / "include" / "exrun.h"

TYPES = {
    "void": None,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "int32_t *": ctypes.POINTER(ctypes.c_int32),
    "int64_t *": ctypes.POINTER(ctypes.c_int64),
    "const uint8_t *": ctypes.c_char_p,
    "uint8_t *": ctypes.c_void_p,
    "uint8_t **": ctypes.POINTER(ctypes.c_void_p),
}

# Unsigned, and with the end of the year 2100: no service would take it.
TOKEN = (
    b"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9."
    b"eyJhdWQiOiJodHRwczovL2dyYXBoLm1pY3Jvc29mdC5jb20iLCJleHAiOjQxMDI0NDQ4MDB9.c2ln"
)


def read_header():
    """Gives {function: [(type, parameter)]} and {constant: number}."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", HEADER.read_text(), flags=re.DOTALL)
    constants = {name: int(number) for name, number in re.findall(r"#define (EXRUN_\w+) (-?\d+)", text)}
    functions = {}
    for name, parameters in re.findall(r"^int32_t (exrun_\w+)\(([^)]*)\);", text, flags=re.MULTILINE):
        functions[name] = []
        if parameters.strip() != "void":
            for parameter in parameters.split(","):
                kind, word = re.fullmatch(r"(.*?)(\w+)", " ".join(parameter.split())).groups()
                functions[name].append((kind.strip(), word))
    return functions, constants


FUNCTIONS, CONSTANTS = read_header()
globals().update({name.removeprefix("EXRUN_"): number for name, number in CONSTANTS.items()})

LIBRARY = ctypes.CDLL(os.environ["EXRUN_LIBRARY"])
for _name, _parameters in FUNCTIONS.items():
    _function = getattr(LIBRARY, _name)
    _function.restype = ctypes.c_int32
    _function.argtypes = [TYPES[kind] for kind, _ in _parameters]


class Failed(Exception):
    """A negative status, with the error that the library gave."""

    def __init__(self, name, status, error):
        super().__init__(f"{name}: {status} {error and error['message']}")
        self.status = status
        self.error = error


def take_bytes(data, length):
    """Copies given bytes and gives them back."""
    copy = ctypes.string_at(data.value, length.value)
    status = LIBRARY.exrun_bytes_free(data)
    assert status == OK, status
    return copy


def take_error(handle):
    """Reads an error and frees it; None for 0."""
    if handle.value == 0:
        return None
    data, length = ctypes.c_void_p(), ctypes.c_int64()
    assert LIBRARY.exrun_error_json(handle, ctypes.byref(data), ctypes.byref(length)) == OK
    assert LIBRARY.exrun_error_free(handle) == OK
    return json.loads(take_bytes(data, length))


def call(name, *inputs):
    """Calls a function with its inputs (bytes count as pointer and length); gives (status, *outputs).

    Outputs are numbers, and bytes or None. Raises Failed on a negative status.
    """
    inputs = list(inputs)
    arguments, outputs, error = [], [], None
    parameters = FUNCTIONS["exrun_" + name]
    skip = False
    for (kind, word), (following, _) in zip(parameters, parameters[1:] + [("", "")]):
        if skip:
            skip = False
        elif kind == "const uint8_t *":
            value = inputs.pop(0)
            arguments += [value, len(value or b"")]
            skip = True
        elif kind == "uint8_t **":
            data, length = ctypes.c_void_p(), ctypes.c_int64()
            arguments += [ctypes.byref(data), ctypes.byref(length)]
            outputs.append((data, length))
            skip = True
        elif kind in ("int64_t *", "int32_t *"):
            place = TYPES[kind]._type_()
            arguments.append(ctypes.byref(place))
            if word == "error":
                error = place
            else:
                outputs.append(place)
        else:
            arguments.append(inputs.pop(0))
    assert not inputs, f"{name} takes fewer inputs"
    status = getattr(LIBRARY, "exrun_" + name)(*arguments)
    if status < 0:
        raise Failed(name, status, take_error(error) if error is not None else None)
    results = []
    for output in outputs:
        if isinstance(output, tuple):
            results.append(take_bytes(*output) if output[0].value else None)
        else:
            results.append(output.value)
    return (status, *results)


def value(name, *inputs):
    """The one output of a call that must give OK."""
    status, result = call(name, *inputs)
    assert status == OK, f"{name}: {status}"
    return result


def open_handles():
    """What is alive, by kind."""
    return json.loads(value("open_handles"))


def new_secret(secret=b"hunter2"):
    return value("secret_new", secret)


def new_client():
    """A client with a token of its own."""
    secret = new_secret(TOKEN)
    client = value("client_new", json.dumps({"credential": {"tokenSecret": secret}}).encode())
    call("secret_free", secret)
    return client


def new_operation(client):
    """An operation that stays in flight."""
    return value("tenant_id_get", client, b'{"domain":"contoso.com"}')


def new_stream(client, mailboxes=2):
    """A stream that stays in flight."""
    stream = value("mailbox_settings_report", client, b"")
    lines = b"".join(b'"user%d@contoso.com"\n' % number for number in range(mailboxes))
    assert value("stream_push", stream, lines) == len(lines)
    return stream


def new_error():
    """The handle of an error."""
    error = ctypes.c_int64()
    assert LIBRARY.exrun_operation_wait(0, 0, ctypes.byref(error)) == ERROR_INVALID_HANDLE
    return error.value
