"""The package has what the library has: every function, every member, every credential, every status."""

from __future__ import annotations

import builtins
import inspect
import pickle
import re
import unittest
from pathlib import Path
from typing import Any

from support import MAILBOXES, BROKEN, Case, client

import exrun
from exrun import _native, credentials, requests
from exrun._abi import FUNCTIONS, STATUSES

#: What is not for whoever uses the package: handles, bytes, waiting, the reading of JSON.
WITHIN = (
    "abi_version bytes_free error_json error_free secret_new secret_read secret_free client_new client_free "
    "operation_wait operation_take operation_events operation_cancel operation_free stream_push stream_finish_input "
    "stream_next stream_progress stream_events stream_cancel stream_free signature_request signature_provide "
    "signature_decline json_read"
).split()
#: Of another name than the function.
OTHER = {"version": "library_version"}


class Names(Case):
    def test_every_function_has_its_method(self) -> None:
        for name, kinds in FUNCTIONS.items():
            name = name[len("exrun_") :]
            if name in WITHIN:
                continue
            if kinds[0] == "int64_t":
                self.assertTrue(callable(getattr(exrun.Client, name, None)), name)
                self.assertTrue(callable(getattr(exrun.AsyncClient, name, None)), name)
            else:
                self.assertTrue(callable(getattr(exrun, OTHER.get(name, name), None)), name)

    def test_the_library_knows_every_member(self) -> None:
        tried = 0
        with client() as app:
            for function, kinds in FUNCTIONS.items():
                parts = function[len("exrun_") :].split("_")
                of = getattr(requests, "".join(part.capitalize() for part in parts), None)
                if of is None:
                    continue
                tried += 1
                # What is null counts as absent; what is unknown is refused all the same.
                whole = dict.fromkeys(members(of))
                first = (app._connection.handle,) if kinds[0] == "int64_t" else ()
                self.assertNotIn("unknown", self.said(function, first, whole))
                self.assertIn("unknown", self.said(function, first, {**whole, "no_such_member": 1}), function)
        self.assertGreater(tried, 20)
        for of in (requests.ClientOptions, requests.Credential):
            whole = {"credential": dict.fromkeys(members(of))} if of is requests.Credential else dict.fromkeys(members(of))
            self.assertNotIn("unknown", self.said("exrun_client_new", (), whole))

    def said(self, function: str, first: tuple[int, ...], request: dict[str, Any]) -> str:
        kind = "client" if function == "exrun_client_new" else "stream" if "uint8_t**" not in FUNCTIONS[function] else ""
        try:
            with _native.encoded(request) as (text, length):
                if not kind:
                    _native.bytes_of(function, *first, text, length)
                    return ""
                handle = _native.make(function, *first, text, length)
        except exrun.ExRunError as fault:
            return str(fault)
        for free in ("exrun_client_free", "exrun_stream_free", "exrun_operation_free"):
            # It is of one kind; the others do not know it.
            _native.free(free, handle)
        return ""

    def test_every_credential_has_its_class(self) -> None:
        made: list[exrun.Credential] = [
            exrun.Certificate("app.pfx"),
            exrun.Certificate(data=b"pfx"),
            exrun.CallerCertificate(b"der", lambda digest, algorithm: None),
            exrun.ClientSecret("x"),
            exrun.Assertion("x"),
            exrun.FederatedToken("file"),
            exrun.ManagedIdentity(),
            exrun.Environment(),
            exrun.DeviceCode(),
            exrun.Browser(),
            exrun.RefreshToken("x"),
            exrun.VaultCertificate("https://x"),
            exrun.VaultKey("https://x"),
            exrun.AccessToken("x"),
        ]
        first = list(requests.Credential.__annotations__)[:14]
        self.assertEqual([next(iter(credential.members())) for credential in made], first)
        classes = {
            kind
            for _, kind in inspect.getmembers(credentials, inspect.isclass)
            if issubclass(kind, credentials.Credential) and not kind.__name__.startswith("_")
        }
        self.assertEqual(classes - {type(credential) for credential in made}, {credentials.Credential})

    def test_every_status_has_its_class(self) -> None:
        kinds = set()
        for status, name in STATUSES.items():
            fault = exrun.errors.error_of(status, {"message": "m", "name": name, "requestId": "r"})
            self.assertEqual(type(fault).__name__, f"{name}Error")
            kinds.add(type(fault))
            again = pickle.loads(pickle.dumps(fault))
            self.assertEqual((type(again), again.detail), (type(fault), fault.detail))
        self.assertEqual(len(kinds), len(STATUSES))

    def test_an_error_has_every_member(self) -> None:
        with client() as app, self.assertRaises(exrun.ServiceError) as failed:
            app.mailbox_settings_get(mailbox=BROKEN[0])
        fault = failed.exception
        self.assertEqual(fault.target, BROKEN[0])
        self.assertIn("mailbox settings", fault.action or "")
        self.assertGreaterEqual(fault.http_status or 0, 400)
        self.assertTrue(fault.request_id and fault.client_request_id and fault.service_code)
        for name in fault.detail:
            plain = "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
            self.assertEqual(getattr(fault, plain), fault.detail[name], name)

    def test_the_page_names_what_is_there(self) -> None:
        pages = Path(__file__).parents[3] / "docs"
        ours = (pages / "python.md").read_text("utf-8")
        page = ours + (pages / "exchangelib.md").read_text("utf-8")
        named = set(re.findall(r"\bexrun\.(?!db)([A-Za-z_]\w*)", ours))
        named |= set(re.findall(r"`([A-Z]\w+)\(", ours)) | set(re.findall(r"`(\w+Error)`", ours))
        self.assertGreater(len(named), 25)
        there = set(dir(exrun)) | set(dir(exrun.errors)) | set(dir(builtins))
        self.assertEqual(named - there, set())
        called = set(re.findall(r"client\.(\w+)\(", page)) | set(re.findall(r"`([a-z_]+)\((?:mailbox|method=|\))", page))
        self.assertGreater(len(called), 9)
        self.assertEqual({name for name in called if not hasattr(exrun.Client, name)}, {"reveal"})
        for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
            compile(f"async def page():\n{indented(block)}", "docs", "exec")

    def test_the_version_is_that_of_the_package(self) -> None:
        from importlib.metadata import version

        self.assertEqual((exrun.__version__, exrun.library_version()), (version("exrun"), version("exrun")))
        self.assertTrue(MAILBOXES)


def indented(block: str) -> str:
    return "".join(f"    {line}\n" for line in block.splitlines())


def members(of: Any) -> set[str]:
    found: set[str] = set(of.__required_keys__ | of.__optional_keys__)
    return found


if __name__ == "__main__":
    unittest.main()
