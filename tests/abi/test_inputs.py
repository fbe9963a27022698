"""What comes in is checked by every function, whatever it does: the header says which parameters there are."""

import ctypes
import json
import unittest

import exrun_abi as abi

# What a request needs that is otherwise right.
REQUESTS = {
    "exrun_mailbox_settings_get": {"mailbox": "kim@contoso.com"},
    "exrun_graph_request": {"method": "GET", "path": "organization"},
    "exrun_mailbox_items_report": {"facet": "categories"},
    "exrun_contact_sync_plan": {"contacts": [{"key": "1", "displayName": "Kim"}], "folder": "Company"},
    "exrun_event_sync_plan": {"events": [{"subject": "New year", "start": "2027-01-01"}], "name": "Holidays"},
    "exrun_mailbox_state_plan": {"state": {"categories": {"mode": "absent", "items": ["Old"]}}},
    "exrun_messages_export": {"outFolder": "/nowhere/messages", "subject": "Message 1"},
    "exrun_mailbox_delta": {"of": "messages", "since": "/nowhere/state.db"},
    "exrun_mailbox_requests": {"method": "GET", "path": "messages"},
    "exrun_mailbox_settings_update": {"mailbox": "kim@contoso.com", "settings": {"timeZone": "UTC"}},
    "exrun_mailboxes_count": {"source": {"all": True}},
    "exrun_tenant_id_get": {"domain": "contoso.com"},
    "exrun_vault_secret_get": {"vault": "https://contoso.vault.azure.net", "name": "app"},
    "exrun_vault_certificate_get": {"url": "https://contoso.vault.azure.net/certificates/app"},
    "exrun_vault_key_get": {"url": "https://contoso.vault.azure.net/keys/app"},
    "exrun_vault_key_sign": {
        "url": "https://contoso.vault.azure.net/keys/app",
        "digest": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    },
    "exrun_vault_list": {"vault": "https://contoso.vault.azure.net"},
    "exrun_certificate_convert": {"certificateFile": "app.pfx"},
    "exrun_certificate_create": {"subject": "app", "pfxFile": "/nowhere/app.pfx"},
    "exrun_report_compare": {"old": "/nowhere/old.csv", "new": "/nowhere/new.csv"},
    "exrun_certificate_read": {"certificateFile": "/nowhere/app.pfx"},
    "exrun_plan_apply": {"plan": "/nowhere/plan.jsonl"},
    "exrun_audit_verify": {"auditFile": "/nowhere/audit.jsonl"},
    "exrun_journal_merge": {"journals": ["/nowhere/1.db"], "journal": "/nowhere/all.db"},
}
INPUTS = {"request": b"{}", "options": b"{}", "data": b"secret", "lines": b'"a"\n', "signature": b"s"}
HANDLES = {"client", "operation", "stream", "secret", "error"}


class Arguments:
    """Arguments of one call of a function, all of them right, to be made wrong one by one."""

    def __init__(self, name, handles):
        self.name = name
        self.parameters = abi.FUNCTIONS[name]
        self.values = {}
        self.outputs = {}
        for kind, word in self.parameters:
            if word == "data" and kind == "uint8_t *":
                self.values[word] = None
            elif kind.endswith("*") and kind != "const uint8_t *":
                place = ctypes.c_void_p(1) if kind == "uint8_t **" else abi.TYPES[kind]._type_(-1)
                self.outputs[word] = place
                self.values[word] = ctypes.byref(place)
            elif kind == "const uint8_t *":
                self.values[word] = json.dumps(REQUESTS[name]).encode() if name in REQUESTS else INPUTS[word]
            elif word in handles:
                self.values[word] = handles[word]
            else:
                self.values[word] = 0
        for word, length in self.inputs():
            self.values[length] = len(self.values[word])

    def inputs(self):
        """(pointer, length) of each input."""
        words = [word for _, word in self.parameters]
        return [(word, words[at + 1]) for at, (kind, word) in enumerate(self.parameters) if kind == "const uint8_t *"]

    def call(self, **wrong):
        values = {**self.values, **wrong}
        return getattr(abi.LIBRARY, self.name)(*(values[word] for _, word in self.parameters))

    def error(self):
        return abi.take_error(self.outputs["error"])


class EveryFunction(unittest.TestCase):
    def setUp(self):
        client = abi.new_client()
        self.handles = {
            "client": client,
            "operation": abi.new_operation(client),
            "stream": abi.new_stream(client),
            "secret": abi.new_secret(),
            "error": abi.new_error(),
        }

    def tearDown(self):
        for kind in ("operation", "stream", "client", "secret", "error"):
            abi.call(kind + "_free", self.handles[kind])
        self.assertEqual(set(abi.open_handles().values()), {0})

    def each(self):
        for name in abi.FUNCTIONS:
            # The frees would take the objects away from those that follow; they are tried by themselves.
            if not name.endswith("_free") and name != "exrun_abi_version":
                yield Arguments(name, self.handles)

    def refused(self, arguments, expected, part, **wrong):
        """The call fails so, with an error that says so, and with outputs that are empty."""
        with self.subTest(arguments.name):
            status = arguments.call(**wrong)
            self.assertEqual(status, expected)
            for word, place in arguments.outputs.items():
                if word != "error" and wrong.get(word, "") is not None:
                    self.assertFalse(place.value, f"{word} was written")
            if "error" in arguments.outputs:
                error = arguments.error()
                self.assertEqual(error["status"], expected)
                self.assertIn(part, error["message"])

    def test_null_outputs(self):
        for arguments in self.each():
            for word in arguments.outputs:
                if word != "error":
                    self.refused(arguments, abi.ERROR_NULL_POINTER, "is null", **{word: None})

    def test_null_error_is_allowed(self):
        for arguments in self.each():
            if "error" in arguments.outputs and arguments.inputs():
                word, length = arguments.inputs()[0]
                status = arguments.call(**{word: b"x", length: -1, "error": None})
                self.assertEqual(status, abi.ERROR_INVALID_LENGTH)

    def test_null_inputs(self):
        for arguments in self.each():
            for word, length in arguments.inputs():
                for number in (1, -1, 2**62):
                    wrong = {word: None, length: number}
                    self.refused(arguments, abi.ERROR_NULL_POINTER, f"{word} is null", **wrong)

    def test_lengths_that_cannot_be(self):
        for arguments in self.each():
            for word, length in arguments.inputs():
                for number in (-1, -(2**63), 2**63 - 1, 64 * 2**20 + 1):
                    wrong = {word: b"{}", length: number}
                    self.refused(arguments, abi.ERROR_INVALID_LENGTH, f"the length of {word} is", **wrong)

    def test_100_mb(self):
        text = b'{"' + b"x" * 100_000_000
        for arguments in self.each():
            for word, length in arguments.inputs():
                wrong = {word: text, length: len(text)}
                self.refused(arguments, abi.ERROR_INVALID_LENGTH, f"the length of {word} is", **wrong)

    def requests(self):
        """Functions whose input is a JSON object."""
        for arguments in self.each():
            for word, length in arguments.inputs():
                if word in ("request", "options"):
                    yield arguments, lambda text, word=word, length=length: {word: text, length: len(text)}

    def test_the_longest_input_is_read_to_its_end(self):
        text = b'{"x":"' + b"x" * (64 * 2**20 - 8) + b'"}'
        self.assertEqual(len(text), 64 * 2**20)
        for arguments, wrong in self.requests():
            self.refused(arguments, abi.ERROR_INVALID_ARGUMENT, "the member x is unknown", **wrong(text))

    def test_text_that_is_not_utf8(self):
        for arguments, wrong in self.requests():
            for text in (b"\xff", b'{"format":"\xc3"}', b'{"a":"\xed\xa0\x80"}'):
                self.refused(arguments, abi.ERROR_INVALID_UTF8, "is not UTF-8", **wrong(text))

    def test_text_that_is_not_json(self):
        for arguments, wrong in self.requests():
            for text in (b"{", b"x", b'{"a":}', b"{}{}", b"[" * 100_000, b'{"format":1' + b" " * 10):
                self.refused(arguments, abi.ERROR_INVALID_JSON, "not JSON", **wrong(text))

    def test_json_that_is_no_object(self):
        for arguments, wrong in self.requests():
            for text in (b"[]", b"1", b'"x"', b"null", b"true"):
                self.refused(arguments, abi.ERROR_INVALID_ARGUMENT, "a JSON object is needed", **wrong(text))

    def test_unknown_and_double_members(self):
        for arguments, wrong in self.requests():
            request = dict(REQUESTS.get(arguments.name, {}))
            text = json.dumps({**request, "unheardOf": 1}).encode()
            self.refused(arguments, abi.ERROR_INVALID_ARGUMENT, "the member unheardOf is unknown", **wrong(text))
            text = b'{"format":"json","format":"json"}'
            self.refused(arguments, abi.ERROR_INVALID_ARGUMENT, "the member format is there twice", **wrong(text))

    def test_members_of_the_wrong_type(self):
        for arguments, wrong in self.requests():
            if arguments.name == "exrun_client_new":
                continue
            for bad in (1, True, [], {}):
                text = json.dumps({**REQUESTS.get(arguments.name, {}), "format": bad}).encode()
                self.refused(arguments, abi.ERROR_INVALID_ARGUMENT, "format must be a string", **wrong(text))

    def test_handles_of_every_wrong_sort(self):
        for arguments in self.each():
            for kind, word in arguments.parameters:
                if kind == "int64_t" and word in HANDLES:
                    others = [handle for other, handle in self.handles.items() if other != word]
                    for bad in (0, 1, -1, 17, 2**53, -(2**63), 2**63 - 1, *others):
                        self.refused(arguments, abi.ERROR_INVALID_HANDLE, "is", **{word: bad})

    def test_frees_of_every_wrong_sort(self):
        for kind in HANDLES:
            others = [handle for other, handle in self.handles.items() if other != kind]
            for bad in (0, 1, -1, 17, 2**53, -(2**63), 2**63 - 1, *others):
                with self.subTest(kind=kind, handle=bad), self.assertRaises(abi.Failed) as raised:
                    abi.call(kind + "_free", bad)
                self.assertEqual(raised.exception.status, abi.ERROR_INVALID_HANDLE)


class Options(unittest.TestCase):
    WRONG = {
        "tenantId": [1, True, [], {}, " "],
        "clientId": [1, " "],
        "cloud": [
            1,
            [],
            "mars",
            {"loginHost": "a"},
            {"host": "a"},
            {"loginHost": "https://a", "graphHost": "g", "vaultSuffix": "v"},
        ],
        "credential": [1, "x", {}, {"tokenSecret": "x"}, {"certificateFile": 1}, {"certificateFile": ""}],
        "assertionAlgorithm": [1, "HS256", "ps256"],
        "validForMinutes": [0, 1441, -1, 1.5, "10", 1e99],
        "sendX5c": [0, "true"],
        "tokenVersion": [0, 3, "2"],
        "resource": [1],
        "proxy": [1, " ", "http://user:hunter2@proxy"],
        "proxyPasswordSecret": ["hunter2", True],
        "caFile": [1, "", "a\u0000b"],
        "requestTimeoutMs": [0, -1, "1"],
        "maxTries": [0, 101],
        "maxRetryMs": [-1],
        "maxConcurrency": [0, 1025],
        "userAgent": [1],
    }

    def test_every_option_is_checked_by_name_and_no_value_repeated(self):
        for member, values in self.WRONG.items():
            for wrong in values:
                with self.subTest(member=member, value=wrong), self.assertRaises(abi.Failed) as raised:
                    abi.call("client_new", json.dumps({member: wrong}).encode())
                self.assertEqual(raised.exception.status, abi.ERROR_INVALID_ARGUMENT)
                self.assertIn(member, raised.exception.error["message"])
                self.assertNotIn("hunter2", json.dumps(raised.exception.error))


if __name__ == "__main__":
    unittest.main()
