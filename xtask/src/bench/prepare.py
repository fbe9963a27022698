"""What a benchmark needs before it can run, by the C ABI and the Python example that stands on it.

    certificate PFX KEYFILE           makes a certificate and its key file
    token TENANT CLIENT PFX           prints an access token

The first argument is the folder of bare_abi.py.
"""

import json
import os
import sys
from ctypes import byref, c_int32, c_int64, c_void_p

sys.path.insert(0, sys.argv[1])
import bare_abi  # noqa: E402

_REQUEST = bare_abi._IN + [bare_abi._HANDLE_OUT, bare_abi._HANDLE_OUT]
bare_abi.SIGNATURES.update(
    {
        "exrun_certificate_create": _REQUEST,
        "exrun_token_acquire": [bare_abi._HANDLE] + _REQUEST,
        "exrun_operation_wait": [bare_abi._HANDLE, c_int32, bare_abi._HANDLE_OUT],
        "exrun_operation_take": [bare_abi._HANDLE] + bare_abi._OUT + [bare_abi._HANDLE_OUT],
    }
)


def run(exrun, name, request, *client):
    """Starts an operation, waits for its end and gives its result."""
    text = json.dumps(request).encode("utf-8")
    operation = exrun.new(name, *client, text, len(text))
    while exrun.call("exrun_operation_wait", operation, 1000) == bare_abi.PENDING:
        pass
    data, length = c_void_p(), c_int64()
    exrun.call("exrun_operation_take", operation, byref(data), byref(length))
    return json.loads(exrun.take(data, length).decode("utf-8"))


def main():
    exrun = bare_abi.ExRun(os.environ["EXRUN_LIBRARY"])
    what, arguments = sys.argv[2], sys.argv[3:]
    if what == "certificate":
        run(exrun, "exrun_certificate_create", dict(zip(("subject", "pfxFile", "keyFile"), ["ExRun bench"] + arguments)))
    else:
        options = dict(zip(("tenantId", "clientId"), arguments))
        options["credential"] = {"certificateFile": arguments[2]}
        text = json.dumps(options).encode("utf-8")
        client = exrun.new("exrun_client_new", text, len(text))
        print(run(exrun, "exrun_token_acquire", {"plainToken": True}, client)["access_token"])


main()
