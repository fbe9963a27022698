#!/usr/bin/env python3
"""Key Vault step by step through the C ABI: a token by secret, the list, a secret, a certificate, a sign-in with it.

    EXRUN_LIBRARY=/path/to/libexrun.so CLIENT_SECRET=... python3 key_vault.py --tenant contoso.com --client <appId> \\
        --vault https://contoso.vault.azure.net --secret app-secret --certificate exrun-app [--key exrun-hsm]

Shows after each token what stands in it: aud, and roles or scp. The certificate stays in memory, and with --key the
private key stays in the vault. The binding is that of report.py, beside this file.
"""

import argparse
import json
import os
import sys
from ctypes import byref, c_int32, c_int64, c_void_p

import report
from report import END, OK, ExRun, ExRunError

report.SIGNATURES.update(
    {
        name: [report._HANDLE] + report._IN + [report._HANDLE_OUT] * 2
        for name in (
            "exrun_token_acquire",
            "exrun_vault_secret_get",
            "exrun_vault_certificate_get",
            "exrun_vault_list",
        )
    }
)
report.SIGNATURES.update(
    {
        "exrun_token_decode": report._IN + report._OUT + [report._HANDLE_OUT],
        "exrun_operation_wait": [report._HANDLE, c_int32, report._HANDLE_OUT],
        "exrun_operation_take": [report._HANDLE] + report._OUT + [report._HANDLE_OUT],
        "exrun_operation_free": [report._HANDLE],
        "exrun_secret_read": [report._HANDLE] + report._OUT + [report._HANDLE_OUT],
    }
)


def encoded(request):
    """A request as bytes, and their length."""
    text = json.dumps(request).encode("utf-8")
    return text, len(text)


def operate(exrun, name, client, request):
    """One operation to its end; gives its result."""
    operation = exrun.new(name, client, *encoded(request))
    try:
        while exrun.call("exrun_operation_wait", operation, 250) != OK:
            pass
        data, length = c_void_p(), c_int64()
        exrun.call("exrun_operation_take", operation, byref(data), byref(length))
        return json.loads(exrun.take(data, length).decode("utf-8"))
    finally:
        exrun.free("exrun_operation_free", operation)


def make_client(exrun, arguments, credential):
    """The app with a credential of docs/abi.md."""
    options = {"tenantId": arguments.tenant, "clientId": arguments.client, "credential": credential}
    return exrun.new("exrun_client_new", *encoded(options))


def show_token(exrun, step, client, request):
    """What a token says. One of an app for a vault has neither roles nor scp: the vault decides by its own policies."""
    token = operate(exrun, "exrun_token_acquire", client, request)["accessTokenSecret"]
    try:
        data, length = c_void_p(), c_int64()
        exrun.call("exrun_token_decode", *encoded({"tokenSecret": token}), byref(data), byref(length))
    finally:
        exrun.free("exrun_secret_free", token)
    claims = json.loads(exrun.take(data, length).decode("utf-8"))["claims"]
    shown = " ".join("%s=%s" % (name, claims.get(name, "(none)")) for name in ("aud", "appid", "roles", "scp"))
    print("%s: %s" % (step, shown))


def listed(exrun, client, vault):
    """Yields what the vault holds, page after page; nothing is held."""
    stream = exrun.new("exrun_vault_list", client, *encoded({"vault": vault, "collection": "secrets"}))
    try:
        while True:
            data, length, rows = c_void_p(), c_int64(), c_int32()
            status = exrun.call("exrun_stream_next", stream, 250, 0, byref(data), byref(length), byref(rows))
            if status == END:
                return
            if status == OK:
                for line in exrun.take(data, length).decode("utf-8").splitlines():
                    yield json.loads(line)
    finally:
        exrun.free("exrun_stream_free", stream)


def run(exrun, arguments):
    """The steps."""
    handles = []

    def keep(kind, handle):
        handles.append((kind, handle))
        return handle

    try:
        value = os.environ["CLIENT_SECRET"].encode("utf-8")
        app_secret = keep("exrun_secret_free", exrun.new("exrun_secret_new", value, len(value)))
        client = keep("exrun_client_free", make_client(exrun, arguments, {"clientSecret": app_secret}))
        show_token(exrun, "token by secret", client, {"resource": "https://vault.azure.net"})

        print("secrets: %d" % sum(1 for _ in listed(exrun, client, arguments.vault)))

        request = {"vault": arguments.vault, "name": arguments.secret}
        found = operate(exrun, "exrun_vault_secret_get", client, request)
        secret = keep("exrun_secret_free", found["valueSecret"])
        data, length = c_void_p(), c_int64()
        exrun.call("exrun_secret_read", secret, byref(data), byref(length))
        print("secret: %s, %d characters" % (found["id"], len(exrun.take(data, length).decode("utf-8"))))

        request = {"vault": arguments.vault, "name": arguments.certificate}
        certificate = operate(exrun, "exrun_vault_certificate_get", client, request)
        pfx = keep("exrun_secret_free", certificate["pfxSecret"])
        print("certificate: %s %s private key: True" % (certificate["subject"], certificate["thumbprint"]))

        signed_in = keep("exrun_client_free", make_client(exrun, arguments, {"certificateSecret": pfx}))
        show_token(exrun, "token by certificate", signed_in, {})

        if arguments.key:
            key = "%s/keys/%s" % (arguments.vault.rstrip("/"), arguments.key)
            credential = {"vaultKey": key, "vaultCredential": {"clientSecret": app_secret}}
            signed_in = keep("exrun_client_free", make_client(exrun, arguments, credential))
            show_token(exrun, "token by a key in the vault", signed_in, {})
    finally:
        for kind, handle in reversed(handles):
            exrun.free(kind, handle)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tenant", required=True, help="id or domain of the tenant")
    parser.add_argument("--client", required=True, help="application (client) id; its secret is in CLIENT_SECRET")
    parser.add_argument("--vault", required=True, help="the vault's URL")
    parser.add_argument("--secret", required=True, help="name of a secret")
    parser.add_argument("--certificate", required=True, help="name of a certificate of the app")
    parser.add_argument("--key", help="name of a key that signs in the vault")
    parser.add_argument("--library", default=os.environ.get("EXRUN_LIBRARY"), help="the library, else $EXRUN_LIBRARY")
    arguments = parser.parse_args()
    if not arguments.library:
        parser.error("name the library with --library or in EXRUN_LIBRARY")
    if "CLIENT_SECRET" not in os.environ:
        parser.error("the environment variable CLIENT_SECRET is not set")
    try:
        run(ExRun(arguments.library), arguments)
    except (ExRunError, OSError) as error:
        print("error: %s" % error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
