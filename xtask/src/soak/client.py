"""One run of the library, as a program that may be killed at any moment.

    client.py PYTHON_EXAMPLES FUNCTION OPTIONS REQUEST INPUT OUT

FUNCTION starts the stream; OPTIONS and REQUEST are files of JSON; INPUT holds a line of input a line. Rows are added
to OUT as they come, each batch in one write: what stands there was given out. The last line of the output is JSON:
the run's counts, and the most memory that the process ever had, in bytes.
"""

import json
import os
import sys
from ctypes import byref, c_int64, c_void_p

sys.path.insert(0, sys.argv[1])
import bare_abi  # noqa: E402


def start(function, options, request):
    bare_abi.SIGNATURES[function] = bare_abi.SIGNATURES["exrun_mailbox_settings_report"]
    exrun = bare_abi.ExRun(os.environ["EXRUN_LIBRARY"])
    client = exrun.new("exrun_client_new", options, len(options))
    return exrun, exrun.new(function, client, request, len(request))


def most_memory():
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def main():
    function, options, request, source, out = sys.argv[2:]
    read = lambda path: open(path, "rb").read()  # noqa: E731
    try:
        exrun, stream = start(function, read(options), read(request))
        with open(source, "rb") as lines:
            added_to = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            for rows in bare_abi.rows(exrun, stream, lines):
                os.write(added_to, rows)
    except bare_abi.ExRunError as error:
        print(json.dumps({"error": error.detail}))
        return 1
    data, length = c_void_p(), c_int64()
    exrun.call("exrun_stream_progress", stream, byref(data), byref(length))
    counts = json.loads(exrun.take(data, length).decode("utf-8"))
    print(json.dumps({"counts": counts, "memory": most_memory()}))
    return 0


sys.exit(main())
