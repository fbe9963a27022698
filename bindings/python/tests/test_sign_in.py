"""Every way to sign in that a machine has, and that nobody sees the secrets."""

from __future__ import annotations

import logging
import pickle
import shutil
import ssl
import subprocess
import unittest
from pathlib import Path
from typing import Any

from support import APP, GIVEN, MAILBOXES, SECRET, TENANT, Case, client

import exrun


def claims(app: exrun.Client) -> Any:
    token = app.token_acquire()["accessTokenSecret"]
    return exrun.token_decode(token)["claims"]


class SignIn(Case):
    def signs_in(self, credential: exrun.Credential, **options: Any) -> None:
        for kind in (repr, str):
            self.assertNotIn(SECRET, kind(credential))
            self.assertNotIn(GIVEN["password"], kind(credential))
        with exrun.Client(TENANT, APP, credential, **options) as app:
            self.assertNotIn(SECRET, repr(app))
            self.assertEqual(claims(app)["appid"], APP)

    def test_by_certificate(self) -> None:
        self.signs_in(exrun.Certificate(GIVEN["pfx"]))
        self.signs_in(exrun.Certificate(Path(GIVEN["locked"]), password=GIVEN["password"]))
        self.signs_in(exrun.Certificate(data=Path(GIVEN["locked"]).read_bytes(), password=exrun.Secret(GIVEN["password"])))
        self.signs_in(exrun.Certificate(GIVEN["pem"]))

    def test_by_secret_token_assertion_and_environment(self) -> None:
        self.signs_in(exrun.ClientSecret(SECRET))
        with client() as app:
            token = app.token_acquire()["accessTokenSecret"]
        self.signs_in(exrun.AccessToken(token))
        with exrun.Client(TENANT, APP, exrun.Certificate(GIVEN["pfx"])) as app:
            assertion = app.assertion_create()["assertion"]
        self.signs_in(exrun.Assertion(assertion))
        variables = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": APP, "AZURE_CLIENT_SECRET": SECRET}
        with exrun.Client(credential=exrun.Environment(variables)) as app:
            self.assertEqual(claims(app)["appid"], APP)

    def test_by_the_managed_identity_of_the_machine(self) -> None:
        with exrun.Client(credential=exrun.ManagedIdentity(variables=GIVEN["identity"])) as app:
            self.assertTrue(claims(app)["tid"])

    def test_by_a_certificate_and_a_key_in_a_vault(self) -> None:
        vault, asks = "https://contoso.vault.azure.net", exrun.ClientSecret(SECRET)
        self.signs_in(exrun.VaultCertificate(f"{vault}/certificates/exrun-app", asks))
        self.signs_in(exrun.VaultKey(f"{vault}/keys/exrun-hsm", asks))
        with client() as app:
            secret = app.vault_secret_get(vault=vault, name="app-secret")["valueSecret"]
            self.assertTrue(secret.reveal())
            self.assertGreater(len(list(app.vault_list(vault=vault, collection="secrets"))), 50)

    @unittest.skipUnless(shutil.which("openssl"), "openssl is not installed")
    def test_by_a_key_that_stays_with_the_caller(self) -> None:
        algorithms: list[str] = []

        def sign(digest: bytes, algorithm: str) -> bytes:
            algorithms.append(algorithm)
            options = ["-pkeyopt", "digest:sha256"]
            if algorithm == "PS256":
                options += ["-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:32"]
            command = ["openssl", "pkeyutl", "-sign", "-inkey", GIVEN["pem"], *options]
            return subprocess.run(command, input=digest, stdout=subprocess.PIPE, check=True).stdout

        text = Path(GIVEN["pem"]).read_text("ascii")
        end = "-----END CERTIFICATE-----"
        text = text[text.index("-----BEGIN CERTIFICATE-----") : text.index(end) + len(end)]
        der = ssl.PEM_cert_to_DER_cert(text)
        self.signs_in(exrun.CallerCertificate(der, sign))
        self.assertEqual(algorithms, ["PS256"])

    def test_a_person_is_shown_the_code_and_the_log_is_not(self) -> None:
        shown: list[exrun.Event] = []
        with self.assertLogs("exrun", logging.INFO) as logged:
            with exrun.Client(TENANT, APP, exrun.DeviceCode(), on_prompt=shown.append) as app:
                app.token_acquire()
        self.assertEqual([event["event"] for event in shown], ["deviceCode"])
        self.assertFalse([line for line in logged.output if shown[0]["userCode"] in line])


class Secrets(Case):
    def test_a_secret_is_not_seen_by_accident(self) -> None:
        secret = exrun.Secret("hunter2")
        self.assertEqual(f"{secret} {secret!r} {[secret]}", "Secret(hidden) Secret(hidden) [Secret(hidden)]")
        self.assertEqual((secret.reveal(), secret.reveal_bytes()), ("hunter2", b"hunter2"))
        with self.assertRaises(TypeError):
            pickle.dumps(secret)
        with client() as app, self.assertRaisesRegex(TypeError, "cannot stand here"):
            app.graph_request(method="POST", path="users", body={"password": secret})

    def test_a_wrong_secret_is_told_without_it(self) -> None:
        with exrun.Client(TENANT, APP, exrun.ClientSecret("hunter2-wrong")) as app:
            with self.assertRaises(exrun.errors.TokenRefusedError) as refused:
                app.mailbox_settings_get(mailbox=MAILBOXES[0])
        fault = refused.exception
        self.assertIsInstance(fault, exrun.SignInError)
        self.assertEqual((fault.name, fault.status), ("TokenRefused", -100))
        self.assertTrue(fault.service_code and fault.hint)
        self.assertNotIn("hunter2", f"{fault} {fault!r} {fault.detail}")


if __name__ == "__main__":
    unittest.main()
