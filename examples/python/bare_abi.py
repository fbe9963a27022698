#!/usr/bin/env python3
"""The mailbox settings of every mailbox in a file, as CSV, through the C ABI and nothing but the standard library.

What the package `exrun` does within: for those who bind the library to another language. In Python take the package; report.py
is this same program with it.

    EXRUN_LIBRARY=/path/to/libexrun.so python3 bare_abi.py --tenant contoso.com --client <appId> \\
        --certificate app.pfx --password-env PFX_PASSWORD --mailboxes mailboxes.txt --out report.csv

One mailbox a line in, one row a line out, in the same order. Ends with 0 when every mailbox could be read, with 2
when some could not (their rows are there, without settings), with 1 when the run itself failed.
"""

import argparse
import ctypes
import itertools
import json
import os
import sys
from ctypes import POINTER, byref, c_int32, c_int64, c_uint8, c_void_p

ABI_VERSION = 1
OK, PENDING, END = 0, 1, 2

# The C types of each function used here. Bytes go in as (pointer, length) and come out as (pointer, length) by
# reference; the last parameter of most is where an error's handle goes.
_IN = [ctypes.c_char_p, c_int64]
_OUT = [POINTER(c_void_p), POINTER(c_int64)]
_HANDLE, _HANDLE_OUT = c_int64, POINTER(c_int64)
SIGNATURES = {
    "exrun_abi_version": [],
    "exrun_bytes_free": [c_void_p],
    "exrun_error_json": [_HANDLE] + _OUT,
    "exrun_error_free": [_HANDLE],
    "exrun_secret_new": _IN + [_HANDLE_OUT, _HANDLE_OUT],
    "exrun_secret_free": [_HANDLE],
    "exrun_client_new": _IN + [_HANDLE_OUT, _HANDLE_OUT],
    "exrun_client_free": [_HANDLE],
    "exrun_mailbox_settings_report": [_HANDLE] + _IN + [_HANDLE_OUT, _HANDLE_OUT],
    "exrun_stream_push": [_HANDLE] + _IN + [POINTER(c_int64), _HANDLE_OUT],
    "exrun_stream_finish_input": [_HANDLE, _HANDLE_OUT],
    "exrun_stream_next": [_HANDLE, c_int32, c_int32] + _OUT + [POINTER(c_int32), _HANDLE_OUT],
    "exrun_stream_progress": [_HANDLE] + _OUT + [_HANDLE_OUT],
    "exrun_stream_free": [_HANDLE],
}


class ExRunError(Exception):
    """What a function of the library reported: `detail` holds every member of its JSON."""

    def __init__(self, status, detail):
        super().__init__(detail.get("message") or "status %d" % status)
        self.status = status
        self.detail = detail


class ExRun:
    """The library, loaded once. Nothing has to be closed: it lives as long as the process."""

    def __init__(self, path):
        self.library = ctypes.CDLL(os.path.abspath(path))
        # Before anything else: does it speak the version that this file was written for?
        version = self.library.exrun_abi_version()
        if version != ABI_VERSION:
            raise OSError("%s speaks version %d of the ABI; this program needs %d" % (path, version, ABI_VERSION))
        for name, types in SIGNATURES.items():
            function = getattr(self.library, name)
            function.restype = c_int32
            function.argtypes = types

    def call(self, name, *arguments):
        """Calls a function whose last parameter is the error; gives its status, or raises ExRunError."""
        error = c_int64()
        status = getattr(self.library, name)(*arguments, byref(error))
        if status < 0:
            raise ExRunError(status, self._error(error.value))
        return status

    def new(self, name, *arguments):
        """Calls a function that gives a handle."""
        handle = c_int64()
        self.call(name, *arguments, byref(handle))
        return handle.value

    def free(self, name, handle):
        """Frees a handle; 0 stands for none."""
        if handle:
            getattr(self.library, name)(handle)

    def take(self, data, length):
        """Copies bytes that the library gave, and gives them back."""
        try:
            return ctypes.string_at(data.value, length.value)
        finally:
            self.library.exrun_bytes_free(data)

    def _error(self, handle):
        data, length = c_void_p(), c_int64()
        if self.library.exrun_error_json(handle, byref(data), byref(length)) != OK:
            return {}
        self.library.exrun_error_free(handle)
        return json.loads(self.take(data, length).decode("utf-8"))


def make_client(exrun, arguments):
    """An app in a tenant. A secret never stands in the JSON: the JSON names its handle."""
    password = 0
    if arguments.password_env:
        value = os.environ[arguments.password_env].encode("utf-8")
        password = exrun.new("exrun_secret_new", value, len(value))
    try:
        options = json.dumps(
            {
                "tenantId": arguments.tenant,
                "clientId": arguments.client,
                "credential": {"certificateFile": arguments.certificate, "passwordSecret": password or None},
            }
        ).encode("utf-8")
        return exrun.new("exrun_client_new", options, len(options))
    finally:
        # The client has its own reference.
        exrun.free("exrun_secret_free", password)


def rows(exrun, stream, source):
    """Pushes lines of JSON, a mailbox each, and yields rows as they come.

    The stream takes only what fits, so that any number of mailboxes needs no more memory than a few.
    """
    lines = b""
    source = iter(source)
    reading, finished = True, False
    while True:
        if reading and len(lines) < 64 * 1024:
            some = b"".join(itertools.islice(source, 1024))
            lines += some
            reading = bool(some)
        taken = c_int64()
        if lines:
            exrun.call("exrun_stream_push", stream, lines, len(lines), byref(taken))
            lines = lines[taken.value :]
        elif not finished:
            finished = True
            exrun.call("exrun_stream_finish_input", stream)

        # Wait for rows only when there is nothing to push: a quarter of a second, so that Ctrl+C works.
        data, length, count = c_void_p(), c_int64(), c_int32()
        wait = 0 if taken.value else 250
        status = exrun.call("exrun_stream_next", stream, wait, 0, byref(data), byref(length), byref(count))
        if status == END:
            return
        if status == OK:
            yield exrun.take(data, length)


def report(exrun, arguments):
    """Writes the report; gives the counts of the run."""
    request = {"format": "csv", "includeError": arguments.errors}
    if arguments.concurrency:
        request["maxConcurrency"] = arguments.concurrency
    for option in ("batch", "journal", "shard"):
        if getattr(arguments, option):
            request[option] = getattr(arguments, option)
    request = json.dumps(request).encode("utf-8")
    client, stream = 0, 0
    try:
        client = make_client(exrun, arguments)
        stream = exrun.new("exrun_mailbox_settings_report", client, request, len(request))
        with open(arguments.mailboxes, encoding="utf-8", newline="") as source, open(arguments.out, "wb") as out:
            mailboxes = (line.rstrip("\n").rstrip("\r") for line in source)
            lines = (json.dumps(mailbox).encode("utf-8") + b"\n" for mailbox in mailboxes)
            for part in rows(exrun, stream, lines):
                out.write(part)
        data, length = c_void_p(), c_int64()
        exrun.call("exrun_stream_progress", stream, byref(data), byref(length))
        return json.loads(exrun.take(data, length).decode("utf-8"))
    finally:
        exrun.free("exrun_stream_free", stream)
        exrun.free("exrun_client_free", client)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tenant", required=True, help="id or domain of the tenant")
    parser.add_argument("--client", required=True, help="application (client) id")
    parser.add_argument("--certificate", required=True, help="PFX or PEM file with the app's certificate and key")
    parser.add_argument("--password-env", help="environment variable that holds the file's password")
    parser.add_argument("--mailboxes", required=True, help="text file, one mailbox a line")
    parser.add_argument("--out", required=True, help="CSV file to write")
    parser.add_argument("--concurrency", type=int, help="most requests at a time")
    parser.add_argument("--batch", choices=("auto", "never", "always"), help="whether reads go in $batch requests")
    parser.add_argument("--journal", help="file that makes the run resumable: go on where a run with it ended")
    parser.add_argument("--shard", help="only a share of the mailboxes, such as 3/8")
    parser.add_argument("--errors", action="store_true", help="add columns that say why a mailbox failed")
    parser.add_argument("--library", default=os.environ.get("EXRUN_LIBRARY"), help="the library, else $EXRUN_LIBRARY")
    arguments = parser.parse_args()
    if not arguments.library:
        parser.error("name the library with --library or in EXRUN_LIBRARY")
    if arguments.password_env and arguments.password_env not in os.environ:
        parser.error("the environment variable %s is not set" % arguments.password_env)

    try:
        counts = report(ExRun(arguments.library), arguments)
    except (ExRunError, OSError) as error:
        print("error: %s" % error, file=sys.stderr)
        hint = getattr(error, "detail", {}).get("hint")
        if hint:
            print("hint: %s" % hint, file=sys.stderr)
        return 1
    seconds = counts["elapsedMs"] / 1000
    print("%d rows, %d failed, %.1f s" % (counts["delivered"], counts["failed"], seconds), file=sys.stderr)
    if counts["failed"] and not arguments.errors:
        print("--errors adds the columns that say why a mailbox failed", file=sys.stderr)
    return 2 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
