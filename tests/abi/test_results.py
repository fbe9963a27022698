"""What work gives that needs no service: certificates, assertions, and signatures by the caller."""

import base64
import contextlib
import json
import sqlite3
import tempfile
import time
import unittest
from pathlib import Path

import exrun_abi as abi


def request(**members):
    return json.dumps(members).encode()


def result(operation, answer=None):
    """Waits for an operation and takes its result; gives what `answer` says to each signature request."""
    try:
        while True:
            status = abi.call("operation_wait", operation, 1000)[0]
            if status == abi.OK:
                return abi.value("operation_take", operation)
            if status == abi.NEEDS_SIGNATURE:
                answer()
    finally:
        abi.call("operation_free", operation)


class Results(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.pfx = str(Path(cls.folder.name) / "app.pfx")
        cls.password = abi.new_secret(b"correct horse")
        operation = abi.value(
            "certificate_create", request(subject="ExRun test", pfxFile=cls.pfx, passwordSecret=cls.password)
        )
        cls.created = json.loads(result(operation))

    @classmethod
    def tearDownClass(cls):
        abi.call("secret_free", cls.password)
        cls.folder.cleanup()

    def tearDown(self):
        self.assertEqual(abi.open_handles(), {kind: int(kind == "secret") for kind in abi.open_handles()})

    def read(self, **members):
        return json.loads(result(abi.value("certificate_read", request(**members))))

    def client(self, **credential):
        options = {"tenantId": "contoso.com", "clientId": "11111111-2222-3333-4444-555555555555"}
        return abi.value("client_new", request(**options, credential=credential))

    def test_a_created_certificate_reads_as_it_was_made(self):
        self.assertEqual(self.created["pfxFile"], self.pfx)
        read = self.read(certificateFile=self.pfx, passwordSecret=self.password)
        self.assertEqual(read["thumbprint"], self.created["thumbprint"])
        self.assertEqual(read["keyBits"], 2048)
        self.assertTrue(read["hasPrivateKey"])

        pfx = abi.new_secret(Path(self.pfx).read_bytes())
        same = self.read(certificateSecret=pfx, passwordSecret=self.password)
        abi.call("secret_free", pfx)
        # Each reading makes a new id for the key credential.
        same["keyCredential"]["keyId"] = read["keyCredential"]["keyId"]
        self.assertEqual(same, read)

    def test_a_wrong_password_is_the_error_of_take(self):
        wrong = abi.new_secret(b"wrong")
        operation = abi.value("certificate_read", request(certificateFile=self.pfx, passwordSecret=wrong))
        abi.call("secret_free", wrong)
        with self.assertRaises(abi.Failed) as raised:
            result(operation)
        self.assertEqual(raised.exception.status, abi.ERROR_CERTIFICATE_PASSWORD)
        self.assertNotIn("wrong", raised.exception.error["target"])

    def journal(self, name, *outcomes):
        """A journal as it has been since format 2."""
        path = str(Path(self.folder.name) / name)
        with contextlib.closing(sqlite3.connect(path)) as database, database:
            database.executescript(
                """CREATE TABLE fingerprint(name TEXT NOT NULL UNIQUE, value TEXT NOT NULL);
                CREATE TABLE outcomes(mailbox BLOB NOT NULL, work BLOB NOT NULL, occurrence INTEGER NOT NULL,
                    state INTEGER NOT NULL, record BLOB, UNIQUE(mailbox, work, occurrence));
                PRAGMA application_id = 0x45785275; PRAGMA user_version = 2;"""
            )
            database.execute("INSERT INTO fingerprint VALUES('method', '\"GET\"')")
            database.executemany("INSERT INTO outcomes VALUES(?, zeroblob(16), 0, ?, ?)", outcomes)
        return path

    def test_journals_are_merged(self):
        mailboxes = [bytes([number] * 16) for number in range(4)]
        one = self.journal("1.db", (mailboxes[0], 1, b"row"), (mailboxes[1], 2, b"error"), (mailboxes[2], 0, None))
        two = self.journal("2.db", (mailboxes[3], 1, b"row"), (mailboxes[1], 1, b"row"))
        members = request(journals=[one, two], journal=str(Path(self.folder.name) / "all.db"))
        merged = json.loads(result(abi.value("journal_merge", members)))
        self.assertEqual(merged, {"rows": 3, "failed": 0, "intents": 1, "duplicates": 1})
        with self.assertRaises(abi.Failed) as raised:
            result(abi.value("journal_merge", members))
        self.assertEqual(raised.exception.status, abi.ERROR_FILE_EXISTS)

    def test_kept_tokens_are_forgotten(self):
        cleared = json.loads(result(abi.value("token_cache_clear", b"")))
        self.assertEqual(cleared["removed"], False)
        self.assertTrue(cleared["file"].endswith("tokens.bin"), cleared)

    def test_results_come_as_clixml(self):
        members = {"certificateFile": self.pfx, "passwordSecret": self.password, "format": "clixml"}
        text = result(abi.value("certificate_read", request(**members))).decode()
        self.assertTrue(text.startswith("<Objs "), text[:80])
        self.assertIn('<S N="thumbprint">' + self.created["thumbprint"], text)

    def test_an_assertion_can_be_decoded(self):
        client = self.client(certificateFile=self.pfx, passwordSecret=self.password)
        created = json.loads(result(abi.value("assertion_create", client, request(validForMinutes=5))))
        abi.call("client_free", client)
        self.assertEqual(list(created), ["assertion", "alg", "expires_on"])
        token = abi.new_secret(created["assertion"].encode())
        decoded = json.loads(abi.value("token_decode", request(tokenSecret=token)))
        abi.call("secret_free", token)
        self.assertEqual(decoded["headers"]["alg"], created["alg"])
        self.assertEqual(str(decoded["claims"]["exp"]), created["expires_on"])
        self.assertEqual(created["assertion"].split(".")[2], decoded["signature"])

    def caller_client(self):
        read = self.read(certificateFile=self.pfx, passwordSecret=self.password)
        return self.client(callerCertificate=read["keyCredential"]["value"])

    def test_the_caller_signs(self):
        client = self.caller_client()
        asked = []

        def answer():
            open_request = json.loads(abi.value("signature_request", client))
            asked.append(open_request)
            abi.call("signature_provide", client, open_request["id"] + 1000, b"nobody asked")
            abi.call("signature_provide", client, open_request["id"], b"s" * 256)
            abi.call("signature_provide", client, open_request["id"], b"too late")

        created = json.loads(result(abi.value("assertion_create", client, b""), answer))
        abi.call("client_free", client)
        self.assertEqual([request["alg"] for request in asked], ["PS256"])
        self.assertEqual(list(asked[0]), ["id", "alg", "digest", "thumbprint"])
        self.assertEqual(asked[0]["thumbprint"], self.created["thumbprint"])
        self.assertEqual(len(base64.b64decode(asked[0]["digest"])), 32)
        signature = created["assertion"].split(".")[2]
        self.assertEqual(base64.urlsafe_b64decode(signature + "=="), b"s" * 256)

    def test_the_caller_declines(self):
        client = self.caller_client()

        def answer():
            abi.call("signature_decline", client, json.loads(abi.value("signature_request", client))["id"])

        with self.assertRaises(abi.Failed) as raised:
            result(abi.value("assertion_create", client, request(algorithm="PS256")), answer)
        self.assertEqual(raised.exception.status, abi.ERROR_KEY_UNUSABLE)
        abi.call("client_free", client)

    def test_a_signature_request_goes_with_its_operation(self):
        client = self.caller_client()
        operation = abi.value("assertion_create", client, b"")
        while abi.call("operation_wait", operation, 1000)[0] != abi.NEEDS_SIGNATURE:
            pass
        other = abi.new_operation(client)
        self.assertEqual(abi.call("operation_wait", other, 1000)[0], abi.NEEDS_SIGNATURE)
        abi.call("operation_free", operation)
        # The free returns at once; the request is withdrawn when the work has noticed.
        deadline = time.monotonic() + 60
        while abi.call("operation_wait", other, 20)[0] != abi.PENDING and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(abi.call("signature_request", client)[0], abi.PENDING)
        abi.call("operation_free", other)
        abi.call("client_free", client)

    def test_without_a_credential_it_is_said_what_is_missing(self):
        client = abi.value("client_new", b"")
        with self.assertRaises(abi.Failed) as raised:
            result(abi.value("token_acquire", client, b""))
        self.assertEqual(raised.exception.status, abi.ERROR_CREDENTIAL_MISSING)
        abi.call("client_free", client)


if __name__ == "__main__":
    unittest.main()
